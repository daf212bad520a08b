//! The registry file that the cases ask for, by the contract of the registry CSV.

use badgewatch::domain::beijing;
use chrono::{TimeDelta, Utc};

use super::words::{Whose, Words};

/// The columns, required ones first.
const COLUMNS: &[&str] = &[
    "unit_name",
    "unit_type",
    "parent_unit",
    "address",
    "functions",
    "region",
    "site_name",
    "cn_domain",
    "en_domain",
    "ips",
    "badge_code",
    "certificate_id",
    "issued_on",
    "issuing_office",
    "state",
    "domain_expires_on",
    "contact_name",
    "contact_email",
    "contact_phone",
    "url_prefix",
    "hosting",
    "notified_on",
];

/// One row, column by column.
#[derive(Clone, Debug)]
pub struct Row(Vec<(&'static str, String)>);

impl Row {
    /// Reads `own revoked cn:云溪.政务`: whose row, then what differs from a plain valid one.
    pub fn parse(line: &str, words: &Words) -> Result<Self, String> {
        let mut options = line.split_whitespace();
        let mut row = match options.next() {
            Some("own") => Self::plain(words, Whose::Own, words.host()),
            Some("other") => Self::plain(words, Whose::Other, format!("www.other-{}.gov.test", words.slug)),
            Some("sibling") => Self::plain(words, Whose::Sibling, format!("www.sibling-{}.gov.test", words.slug)),
            whose => return Err(format!("registry: nobody is called {whose:?}")),
        };
        options.try_for_each(|option| row.apply(option))?;
        Ok(row)
    }

    fn plain(words: &Words, whose: Whose, host: String) -> Self {
        let unit = words.unit(whose);
        let mut row = Self(COLUMNS.iter().map(|column| (*column, String::new())).collect());
        for (column, value) in [
            ("unit_type", "organ"),
            ("parent_unit", "云溪市人民政府"),
            ("address", "云溪市政通路1号"),
            ("functions", "测试职能"),
            ("region", "云溪市"),
            ("issued_on", "2024-03-01"),
            ("issuing_office", "云溪市机构编制委员会办公室"),
            ("state", "valid"),
            ("contact_email", "office@yunxi.test"),
            ("hosting", "own"),
        ] {
            row.set(column, value);
        }
        row.set("site_name", &format!("{unit}门户网站"));
        row.set("unit_name", &unit);
        row.set("en_domain", &host);
        row.set("badge_code", &words.code(whose));
        row.set("certificate_id", &words.id(whose));
        row
    }

    fn set(&mut self, column: &str, value: &str) {
        let cell = self.0.iter_mut().find(|(name, _)| *name == column).expect("a column of the contract");
        value.clone_into(&mut cell.1);
    }

    fn apply(&mut self, option: &str) -> Result<(), String> {
        let (name, value) = option.split_once(':').unwrap_or((option, ""));
        match name {
            "code-only" => self.set("certificate_id", ""),
            "id-only" => self.set("badge_code", ""),
            "no-badge" => ["badge_code", "certificate_id", "issued_on"].iter().for_each(|column| self.set(column, "")),
            "revoked" | "suspended" => self.set("state", name),
            "red_page" => self.set("hosting", name),
            "en" => self.set("en_domain", value),
            "cn" => self.set("cn_domain", value),
            "prefix" => self.set("url_prefix", value),
            "type" => self.set("unit_type", value),
            "ips" => self.set("ips", value),
            "expires" => self.set("domain_expires_on", &day(-number(value)?)),
            "site-name" => self.set("site_name", value),
            "code" => self.set("badge_code", value),
            "id" => self.set("certificate_id", value),
            "notified" => self.set("notified_on", &day(number(value)?)),
            _ => return Err(format!("registry: no option {option:?}")),
        }
        Ok(())
    }
}

fn number(text: &str) -> Result<i64, String> {
    text.parse().map_err(|_| format!("registry: {text:?} is no number of days"))
}

/// The day in Beijing so many days ago.
#[expect(clippy::disallowed_methods, reason = "the binary under test reads the same clock")]
fn day(days_ago: i64) -> String {
    (beijing::day(Utc::now()) - TimeDelta::days(days_ago)).format("%Y-%m-%d").to_string()
}

/// The CSV of all rows, UTF-8.
pub fn csv<'a>(rows: impl IntoIterator<Item = &'a Row>) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS).unwrap();
    for row in rows {
        writer.write_record(row.0.iter().map(|(_, value)| value)).unwrap();
    }
    writer.into_inner().unwrap()
}
