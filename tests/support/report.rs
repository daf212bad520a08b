//! Reading `badgewatch.check/1` and `badgewatch.inspect/1` as a stranger would: by the contract alone.

use serde_json::Value;
use url::Url;

const VERDICTS: &str = "pass|fail|undetermined|not_applicable";
const EFFECTS: &str = "fault|lead|queue|reminder|remark";
const STEPS: &str = "grammar|path|issued|in_force|unit|site|host|pair|link";
const OUTCOMES: &str = "resolves|nxdomain|nodata|servfail|refused|timeout|lame|bogus";
const KINDS: &str = "page|error_page|soft_404|challenge|blocked|login|empty|not_html|frame";
const CODES: &str = "not_hung|partly_hung|misplaced|blocked|malformed|wrong_link|error_state|unknown_badge|foreign_badge|\
     revoked_badge|domain_dead|unreachable|cannot_look|hang_overdue|report_overdue|badge_elsewhere|name_mismatch|\
     info_mismatch|address_mismatch|suffix_wrong|domain_expiring";

/// One site of `check --json`.
pub struct Report<'a>(pub &'a Value);

/// One PAGE of either report.
pub struct Page<'a>(pub &'a Value);

/// The text of a value, `-` for null and what is not there.
pub fn text(value: &Value) -> &str {
    match value {
        Value::String(text) => text,
        Value::Bool(true) => "true",
        Value::Bool(false) => "false",
        _ => "-",
    }
}

/// Whether `got` is one of the words of `a|b|c`, in whatever case.
pub fn among(wanted: &str, got: &str) -> bool {
    wanted.split('|').any(|word| word.eq_ignore_ascii_case(got))
}

/// Path and query of an address; the address itself where it is none.
pub fn path_of(address: &str) -> String {
    let Ok(url) = Url::parse(address) else { return address.to_owned() };
    url.query().map_or(url.path().to_owned(), |query| format!("{}?{query}", url.path()))
}

impl<'a> Report<'a> {
    pub fn findings(&self) -> Vec<&'a Value> {
        self.0["findings"].as_array().into_iter().flatten().collect()
    }

    pub fn faults(&self) -> Vec<&'a Value> {
        self.findings().into_iter().filter(|finding| text(&finding["effect"]) == "fault").collect()
    }

    pub fn show(&self, findings: &[&Value]) -> String {
        let show = |finding: &&Value| {
            let pages = finding["pages"].as_array().into_iter().flatten().map(|page| path_of(text(page)));
            format!(
                "{}:{}@{}",
                text(&finding["code"]),
                text(&finding["broken_step"]),
                pages.collect::<Vec<_>>().join(",")
            )
        };
        findings.iter().map(show).collect::<Vec<_>>().join(" ")
    }

    /// The page at a path, or at `//host/path`.
    pub fn page(&self, path: &str) -> Option<Page<'a>> {
        let same = |page: &&Value| {
            let url = text(&page["url"]);
            match path.starts_with("//") {
                true => url.split_once(':').is_some_and(|(_, rest)| rest == path),
                false => path_of(url) == path,
            }
        };
        self.0["pages"].as_array()?.iter().find(same).map(Page)
    }

    pub fn dns_outcome(&self, name: &str) -> &'a str {
        let same = |entry: &&Value| text(&entry["name"]).trim_end_matches('.').eq_ignore_ascii_case(name);
        self.0["dns"].as_array().into_iter().flatten().find(same).map_or("-", |entry| text(&entry["outcome"]))
    }

    /// `complete=false`, `checked<=20`, `known>=5`.
    pub fn coverage_differs(&self, fact: &str) -> Option<String> {
        let coverage = &self.0["coverage"];
        let number = |name: &str| coverage[name].as_i64().unwrap_or(-1);
        let holds = if let Some((name, most)) = fact.split_once("<=") {
            (0..=most.parse().ok()?).contains(&number(name))
        } else if let Some((name, least)) = fact.split_once(">=") {
            number(name) >= least.parse().ok()?
        } else {
            let (name, value) = fact.split_once('=')?;
            text(&coverage[name]) == value
        };
        (!holds).then(|| format!("coverage: expected {fact}, got {coverage}"))
    }

    /// What no report may say, whatever the site: words outside the closed sets, a verdict that its findings deny.
    pub fn contradictions(&self) -> Vec<String> {
        let site = self.0;
        let mut wrong = Vec::new();
        let mut closed = |what: &str, set: &str, value: &Value, optional: bool| {
            if !(among(set, text(value)) || optional && value.is_null()) {
                wrong.push(format!("{what} is {value}, which is none of {set}"));
            }
        };
        closed("verdict", VERDICTS, &site["verdict"], false);
        for finding in self.findings() {
            closed("finding code", CODES, &finding["code"], false);
            closed("effect", EFFECTS, &finding["effect"], false);
            closed("broken_step", STEPS, &finding["broken_step"], true);
        }
        for page in site["pages"].as_array().into_iter().flatten() {
            closed("page verdict", VERDICTS, &page["verdict"], false);
            closed("page kind", KINDS, &page["kind"], true);
        }
        for entry in site["dns"].as_array().into_iter().flatten() {
            closed("dns outcome", OUTCOMES, &entry["outcome"], false);
        }
        let (failed, faults) = (text(&site["verdict"]) == "fail", self.faults());
        if failed == faults.is_empty() {
            wrong.push(format!("verdict {} with the faults [{}]", text(&site["verdict"]), self.show(&faults)));
        }
        if failed && !faults.iter().any(|fault| fault["code"] == site["cause"]) {
            wrong.push(format!("cause {} is none of the faults [{}]", text(&site["cause"]), self.show(&faults)));
        }
        wrong
    }
}

impl Page<'_> {
    /// Why `key=value` does not hold of the page; facts of a reading hold where any reading has them.
    pub fn differs(&self, fact: &str) -> Option<String> {
        let (key, wanted) = fact.split_once('=')?;
        let readings = || self.0["readings"].as_array().into_iter().flatten();
        let got: Vec<String> = match key {
            "verdict" | "cause" | "kind" | "charset" | "title" => vec![text(&self.0[key]).to_owned()],
            "status" => vec![self.0[key].to_string()],
            "follow" => self.0["to_follow"].as_array().into_iter().flatten().map(Value::to_string).collect(),
            "code" => readings().map(|reading| text(&reading["code"]).to_owned()).collect(),
            "id" => readings().map(|reading| text(&reading["certificate_id"]).to_owned()).collect(),
            _ => readings().map(|reading| text(&reading[key]).to_owned()).collect(),
        };
        let holds = match key {
            "follow" => got.iter().any(|entry| entry.contains(wanted)),
            _ => got.iter().any(|got| among(wanted, got)),
        };
        (!holds).then(|| format!("page {}: expected {fact}, got [{}]", path_of(text(&self.0["url"])), got.join(" ")))
    }
}
