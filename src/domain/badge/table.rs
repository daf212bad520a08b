//! Which hosts show a badge as their own, as a table small enough for the badge's script.
//!
//! It says of every host what [`names::holders`] says by all that is registered: the script walks from its host up, label by
//! label, and the first name that stands in the table decides.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::domain::certificate::Certificate;
use crate::domain::host::Host;
use crate::domain::registry::names;

/// What a name in the table stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Reach {
    /// Registered to somebody else, with all that lies below.
    Other = 0,
    /// The site's own; what lies below is not.
    Here = 1,
    /// The site's own, and what lies below as well.
    Below = 2,
}

/// Names in A-labels, Chinese ones without the `.cn` of their longer spelling.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HostTable(BTreeMap<String, Reach>);

impl HostTable {
    /// The table of a certificate. `others`: the names below its own that are registered to other sites.
    pub fn of<'n>(held: &Certificate, others: impl IntoIterator<Item = &'n Host>) -> Self {
        let mut table = Self::default();
        for name in held.names() {
            let holds_below = held.url_prefix.is_none() && !name.is_shared_suffix();
            for host in names::twins(name) {
                let is_above = holds_below && within(&host, name);
                table.raise(&host, if is_above { Reach::Below } else { Reach::Here });
            }
        }
        for other in others {
            table.0.entry(short(&bare(other)).to_owned()).or_insert(Reach::Other);
        }
        table
    }

    fn raise(&mut self, host: &Host, reach: Reach) {
        let known = self.0.entry(short(host).to_owned()).or_insert(reach);
        *known = reach.max(*known);
    }

    /// The sites of several certificates that bear one number.
    pub fn join(&mut self, other: Self) {
        for (name, reach) in other.0 {
            let known = self.0.entry(name).or_insert(reach);
            *known = reach.max(*known);
        }
    }

    /// What the script finds out.
    pub fn holds(&self, host: &Host) -> bool {
        let host = short(host);
        let (mut name, mut least) = (host, Reach::Here);
        loop {
            if let Some(reach) = self.0.get(name) {
                return *reach >= least;
            }
            let Some((_, above)) = name.split_once('.') else { return false };
            (name, least) = (above, Reach::Below);
        }
    }

    /// Does the nearest name above say the same already?
    fn is_implied(&self, name: &str, reach: Reach) -> bool {
        let above = std::iter::successors(Some(name), |name| name.split_once('.').map(|(_, above)| above)).skip(1);
        let nearest = above.filter_map(|above| self.0.get(above)).next();
        reach != Reach::Here && nearest == Some(&reach)
    }

    /// Writes it as an object of JavaScript. Old browsers give a Chinese host in characters: it stands there in both ways.
    pub fn write(&self, out: &mut String) {
        out.push('{');
        for (name, reach) in self.0.iter().filter(|(name, reach)| !self.is_implied(name, **reach)) {
            let shown = Host::parse(name).map(|host| host.unicode()).filter(|shown| shown != name);
            for name in std::iter::once(name).chain(&shown) {
                if !out.ends_with('{') {
                    out.push(',');
                }
                out.push('"');
                escape(name, out);
                // Writing to a string never fails.
                let _ = write!(out, "\":{}", *reach as u8);
            }
        }
        out.push('}');
    }
}

/// A text inside quotes, in ASCII: the charset of the page that loads the script does not matter.
fn escape(text: &str, out: &mut String) {
    for unit in text.encode_utf16() {
        match u8::try_from(unit).map(char::from) {
            Ok(plain) if plain.is_ascii_alphanumeric() || matches!(plain, '.' | '-' | '_') => out.push(plain),
            _ => {
                let _ = write!(out, "\\u{unit:04x}");
            }
        }
    }
}

/// Is what lies below the host below the registered name (in either spelling)?
fn within(host: &Host, name: &Host) -> bool {
    host.is_within(name) || name.cn_twin().is_some_and(|twin| host.is_within(&twin))
}

/// The name without the `www.` that its apex counts as.
fn bare(name: &Host) -> Host {
    name.www_twin()
        .filter(|twin| twin.www_twin().as_ref() == Some(name) && is_shorter(twin, name))
        .unwrap_or(name.clone())
}

fn is_shorter(a: &Host, b: &Host) -> bool {
    a.ascii().len() < b.ascii().len()
}

/// The shorter spelling of a Chinese name.
fn short(name: &Host) -> &str {
    let text = name.ascii();
    match name.cn_twin() {
        Some(twin) if is_shorter(&twin, name) => &text[..text.len() - ".cn".len()],
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::registry::{BadgeState, Hosting};

    fn host(text: &str) -> Host {
        Host::parse(text).unwrap()
    }

    fn held(names: &[Host], is_folder: bool) -> Certificate {
        Certificate {
            badge_code: None,
            certificate_id: None,
            state: BadgeState::Valid,
            since: None,
            site_name: String::new(),
            unit_name: String::new(),
            unit_type: None,
            address: None,
            functions: None,
            cn_domain: names.get(1).cloned(),
            en_domain: names.first().cloned(),
            cn_name: None,
            url_prefix: is_folder.then(|| "/x/".to_owned()),
            hosting: Hosting::Own,
            issuing_office: None,
            issued_on: None,
            region: None,
        }
    }

    fn written(table: &HostTable) -> String {
        let mut out = String::new();
        table.write(&mut out);
        out
    }

    #[test]
    fn a_site_with_two_names_has_a_short_table() {
        let table = HostTable::of(
            &held(&[host("www.yunxi.gov.test"), host("云溪.政务")], false),
            [&host("jyj.www.yunxi.gov.test")],
        );
        insta::assert_snapshot!(written(&table), @r#"{"jyj.www.yunxi.gov.test":0,"www.yunxi.gov.test":2,"xn--9kq759e.xn--zfr164b":2,"\u4e91\u6eaa.\u653f\u52a1":2,"yunxi.gov.test":1}"#);
        for (name, is_own) in [
            ("www.yunxi.gov.test", true),
            ("yunxi.gov.test", true),
            ("m.yunxi.gov.test", false),
            ("m.www.yunxi.gov.test", true),
            ("a.jyj.www.yunxi.gov.test", false),
            ("www.jyj.www.yunxi.gov.test", false),
            ("m.云溪.政务.cn", true),
            ("evil.test", false),
            ("yunxi.gov.test.evil.test", false),
            ("evilyunxi.gov.test", false),
        ] {
            assert_eq!(table.holds(&host(name)), is_own, "{name}");
        }
    }

    #[test]
    fn nothing_breaks_out_of_the_quotes() {
        let mut out = String::new();
        escape("a\"</script>\\\n云\u{2028}\u{1F600}", &mut out);
        assert_eq!(out, "a\\u0022\\u003c\\u002fscript\\u003e\\u005c\\u000a\\u4e91\\u2028\\ud83d\\ude00");
    }

    fn name() -> impl Strategy<Value = Host> {
        let end =
            prop::sample::select(vec!["hd.gov.test", "gov.test", "hd.test", "云溪.政务", "云溪.政务.cn", "政务.cn"]);
        let label = prop::sample::select(vec!["www", "a", "b"]);
        let name = (prop::collection::vec(label, 0..3), end).prop_map(|(labels, end)| {
            let name = labels.iter().fold(end.to_owned(), |name, label| format!("{label}.{name}"));
            host(&name)
        });
        // A twin of a twin: nobody has it.
        name.prop_filter("www.www.", |name| !name.ascii().contains("www.www."))
    }

    proptest! {
        /// The script and the certificate never disagree.
        #[test]
        fn the_table_says_what_the_registry_says(
            sites in prop::collection::vec((prop::collection::vec(name(), 1..=2), any::<bool>()), 1..5),
            visited in name(),
        ) {
            let sites: Vec<Certificate> = sites.iter().map(|(names, is_folder)| held(names, *is_folder)).collect();
            let on = |name: &Host| {
                (0..sites.len()).filter(|at| sites[*at].names().any(|known| known == name)).collect::<Vec<_>>()
            };
            let holders = names::holders(&visited, on, |at| sites[*at].url_prefix.is_some());
            for (at, site) in sites.iter().enumerate() {
                let others = sites.iter().enumerate().filter(|(other, _)| *other != at).flat_map(|(_, other)| other.names());
                let own: Vec<&Host> = site.names().collect();
                let below = others.filter(|name| own.iter().any(|own| {
                    *own != *name && (name.is_within(own) || own.cn_twin().is_some_and(|own| name.is_within(&own)))
                }));
                let table = HostTable::of(site, below.collect::<Vec<_>>());
                prop_assert_eq!(table.holds(&visited), holders.contains(&at), "{:?} at {:?}", table, visited);
            }
        }
    }
}
