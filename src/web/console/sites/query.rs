//! What a list is asked, as it stands in its address.

use serde::Deserialize;
use url::form_urlencoded::Serializer;

use crate::flow::sites::Wanted;
use crate::store::site_rows::{Freshness, Hanging, Named, Sort};

/// Characters of one field that are read.
const LONGEST: usize = 100;

/// The fields of the address; each may be missing.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(in crate::web::console) struct Asked {
    pub region: String,
    pub kind: String,
    pub verdict: String,
    pub cause: String,
    pub finding: String,
    pub code: String,
    pub domain: String,
    pub q: String,
    pub address: String,
    pub cn: String,
    pub badge: String,
    pub looked: String,
    pub sort: String,
    /// From 1.
    pub page: String,
    /// What was done just before.
    pub told: String,
    pub number: String,
}

impl Asked {
    /// What is asked, with what no address of ours holds left out.
    pub fn wanted(&self) -> Wanted {
        Wanted {
            region: clean(&self.region),
            kind: clean(&self.kind),
            verdict: clean(&self.verdict),
            cause: clean(&self.cause),
            finding: clean(&self.finding),
            code: clean(&self.code),
            domain: clean(&self.domain),
            text: clean(&self.q),
            address: clean(&self.address),
            named: Named::from_name(&self.cn),
            hanging: Hanging::from_name(&self.badge),
            freshness: Freshness::from_name(&self.looked),
            sort: Sort::from_name(&self.sort),
            page: self.page.parse::<u32>().unwrap_or(1).saturating_sub(1),
        }
    }
}

fn clean(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).take(LONGEST).collect::<String>().trim().to_owned()
}

/// The fields that are asked, as an address has them; no page.
pub(in crate::web::console) fn written(wanted: &Wanted) -> String {
    let fields = [
        ("q", wanted.text.as_str()),
        ("region", &wanted.region),
        ("verdict", &wanted.verdict),
        ("finding", &wanted.finding),
        ("cause", &wanted.cause),
        ("kind", &wanted.kind),
        ("code", &wanted.code),
        ("domain", &wanted.domain),
        ("address", &wanted.address),
        ("cn", wanted.named.map_or("", Named::name)),
        ("badge", wanted.hanging.map_or("", Hanging::name)),
        ("looked", wanted.freshness.map_or("", Freshness::name)),
        ("sort", wanted.sort.filter(|sort| *sort != Sort::Need).map_or("", Sort::name)),
    ];
    Serializer::new(String::new()).extend_pairs(fields.into_iter().filter(|(_, value)| !value.is_empty())).finish()
}

/// An address of the list.
pub(in crate::web::console) fn link(query: &str, page: u32) -> String {
    let page = if page > 0 { format!("page={}", page + 1) } else { String::new() };
    let parts: Vec<&str> = [query, &page].into_iter().filter(|part| !part.is_empty()).collect();
    if parts.is_empty() { "/console/sites".to_owned() } else { format!("/console/sites?{}", parts.join("&")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_is_written_as_it_is_read() {
        let asked = Asked { q: " 云溪\0县 ".into(), cn: "expired".into(), page: "3".into(), ..Asked::default() };
        let wanted = asked.wanted();
        assert_eq!((wanted.text.as_str(), wanted.named, wanted.page), ("云溪县", Some(Named::Expired), 2));
        let query = written(&wanted);
        assert_eq!(query, "q=%E4%BA%91%E6%BA%AA%E5%8E%BF&cn=expired");
        assert_eq!((link(&query, 0), link("", 0)), (format!("/console/sites?{query}"), "/console/sites".into()));
        assert_eq!(link(&query, 2), format!("/console/sites?{query}&page=3"));
    }
}
