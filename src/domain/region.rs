//! Regions by their codes (GB/T 2260): province, prefecture, county in two digits each; and by their names.

use std::collections::{BTreeMap, HashMap};

/// The regions that come with the program.
const BUILTIN: &str = include_str!("../../config/regions.csv");
/// What statistical lists write between a municipality and its districts; it names no region.
const FILLER: &str = "市辖区";

/// Is the region within an area? `140000` holds `140200`, which holds `140214`; `000000` is the whole country.
pub fn is_within(code: &str, area: &str) -> bool {
    code.len() == 6 && area.len() == 6 && code.starts_with(digits_of(area))
}

/// The digits that all codes within an area begin with; none for the whole country.
pub fn digits_of(area: &str) -> &str {
    let level = area.trim_end_matches('0').len().div_ceil(2) * 2;
    area.get(..level).unwrap_or(area)
}

/// The first and the last code of an area, in the order of texts. Of the whole country the first is empty: what lies in no
/// known region is its.
pub fn bounds(area: &str) -> (String, String) {
    let digits = digits_of(area);
    let first = if digits.is_empty() { String::new() } else { format!("{digits:0<6}") };
    (first, format!("{digits:9<6}"))
}

/// Where an area and the one that is asked for meet: the narrower of the two, if it lies in the other.
pub fn meet<'a>(area: &'a str, asked: &'a str) -> Option<&'a str> {
    match (is_within(asked, area), is_within(area, asked)) {
        (true, _) => Some(asked),
        (false, true) => Some(area),
        (false, false) => None,
    }
}

/// Is the registry complete for a region, so that "nobody was issued this badge" may be said there (domain rules §3)?
/// `list`: the areas it is declared complete for. A site whose region is not known is covered by `000000` alone.
pub fn complete_for(region: Option<&str>, list: &[impl AsRef<str>]) -> bool {
    list.iter().any(|area| is_within(region.unwrap_or("000000"), area.as_ref()))
}

/// One region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    pub code: String,
    pub name: String,
    /// The region above it that is on the list; none above a province.
    pub parent: Option<String>,
}

/// What is wrong with a list of regions.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: a region is six digits, a comma and a name, each code once")]
pub struct RegionsError {
    pub line: usize,
}

/// A list of regions, to be found by code or by name.
#[derive(Debug, Clone, Default)]
pub struct Regions {
    by_code: BTreeMap<String, Region>,
    by_name: HashMap<String, Vec<String>>,
}

impl Regions {
    /// The list that comes with the program (`config/regions.csv`).
    pub fn builtin() -> Self {
        Self::read(BUILTIN).expect("a test reads the list")
    }

    /// Reads `code,name` lines under a header; lines that begin with `#` are remarks.
    pub fn read(text: &str) -> Result<Self, RegionsError> {
        let mut names = BTreeMap::new();
        let lines = text.lines().enumerate().filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
        for (at, line) in lines.skip(1) {
            let region = line.split_once(',').filter(|(code, name)| is_code(code) && !name.is_empty());
            let (code, name) = region.ok_or(RegionsError { line: at + 1 })?;
            if names.insert(code, name).is_some() {
                return Err(RegionsError { line: at + 1 });
            }
        }
        let mut regions = Self::default();
        for (&code, &name) in &names {
            let parent = above(code).into_iter().find(|above| names.contains_key(above.as_str()));
            let (code, name) = (code.to_owned(), name.to_owned());
            regions.by_name.entry(name.clone()).or_default().push(code.clone());
            regions.by_code.insert(code.clone(), Region { code, name, parent });
        }
        Ok(regions)
    }

    /// All regions, in the order of their codes: each stands behind the one above it.
    pub fn all(&self) -> impl Iterator<Item = &Region> {
        self.by_code.values()
    }

    /// The region of a code.
    pub fn of_code(&self, code: &str) -> Option<&Region> {
        self.by_code.get(code)
    }

    /// The code of the region that a text names, by its six digits or by full names: its own, with those above it before
    /// it where it takes them to tell it from its namesakes (`云冈区`, `大同市云冈区`, `山西省大同市云冈区`). `None` where no
    /// region, or more than one, is meant.
    pub fn find(&self, text: &str) -> Option<&str> {
        let text: String = text.chars().filter(|c| !c.is_whitespace() && !"/-·,，、>".contains(*c)).collect();
        if let Some((code, _)) = self.by_code.get_key_value(&text) {
            return Some(code);
        }
        let text = text.replace(FILLER, "");
        let ends = text.char_indices().map(|(at, _)| at);
        let mut found = ends.flat_map(|at| {
            let (before, name) = text.split_at(at);
            let named = self.by_name.get(name).into_iter().flatten();
            named.filter(move |code| self.leads_to(before, code))
        });
        let first = found.next()?;
        found.next().is_none().then_some(first)
    }

    /// Does the text consist of names of regions above the one of the code, the highest first?
    fn leads_to(&self, mut text: &str, code: &str) -> bool {
        let mut above = self.by_code.get(code).and_then(|region| region.parent.as_deref());
        while let Some(region) = above.and_then(|code| self.by_code.get(code)) {
            text = text.strip_suffix(region.name.as_str()).unwrap_or(text);
            above = region.parent.as_deref();
        }
        text.is_empty()
    }
}

fn is_code(text: &str) -> bool {
    text.len() == 6 && text.bytes().all(|b| b.is_ascii_digit())
}

/// The codes a region lies under, the nearest first.
fn above(code: &str) -> Vec<String> {
    let codes = [4, 2].map(|digits| format!("{:0<6}", &code[..digits]));
    codes.into_iter().filter(|above| above != code).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_within_those_above_it() {
        assert!(is_within("140214", "140000") && is_within("140214", "140200") && is_within("140214", "000000"));
        assert!(!is_within("140214", "140300") && !is_within("140200", "140214"));
        assert!(is_within("110101", "110101") && !is_within("11", "110000"));
        assert!(!is_within("150214", "140000") && is_within("201000", "200000"));
        let digits = ["000000", "140000", "140200", "140214", "201000", "140210"].map(digits_of);
        assert_eq!(digits, ["", "14", "1402", "140214", "2010", "140210"]);
    }

    #[test]
    fn complete_is_what_lies_in_a_declared_area() {
        assert!(complete_for(Some("140214"), &["110000", "140200"]));
        assert!(!complete_for(Some("140214"), &["140300"]) && !complete_for(Some("140214"), &[] as &[&str]));
        assert!(complete_for(None, &["000000"]) && !complete_for(None, &["140000"]));
    }

    #[test]
    fn the_list_of_the_house_is_a_tree_of_three_levels() {
        let regions = Regions::builtin();
        assert_eq!(regions.all().count(), 3213);
        let parent = |code| regions.of_code(code).unwrap().parent.as_deref();
        assert_eq!((parent("140214"), parent("140200"), parent("140000")), (Some("140200"), Some("140000"), None));
        // Districts of a municipality, and counties that a province rules itself, have no prefecture above them.
        assert_eq!((parent("110101"), parent("419001")), (Some("110000"), Some("410000")));
    }

    #[test]
    fn a_region_is_told_by_code_or_by_unambiguous_full_names() {
        let regions = Regions::builtin();
        for text in [
            "140214",
            " 140214 ",
            "云冈区",
            "大同市云冈区",
            "山西省大同市云冈区",
            "山西省 / 大同市 / 云冈区",
            "山西省云冈区",
        ] {
            assert_eq!(regions.find(text), Some("140214"), "{text}");
        }
        assert_eq!(regions.find("北京市市辖区朝阳区"), Some("110105"));
        assert_eq!(regions.find("北京市"), Some("110000"));
        assert_eq!(regions.find("河南省济源市"), Some("419001"));
        // Two cities have a 城区, and a few a 朝阳区 or 鼓楼区.
        for text in [
            "朝阳区",
            "鼓楼区",
            "江苏省鼓楼区",
            "大同",
            "河北省云冈区",
            "大同市山西省云冈区",
            "云冈区某镇",
            "999999",
            "",
        ] {
            assert_eq!(regions.find(text), None, "{text}");
        }
        assert_eq!(regions.find("江苏省南京市鼓楼区"), Some("320106"));
    }

    #[test]
    fn a_list_with_a_bad_line_is_refused_with_its_line() {
        for (text, line) in
            [("code,name\n14,x\n", 2), ("# r\ncode,name\n140000,a\n140000,b\n", 4), ("code,name\n140000,", 2)]
        {
            assert_eq!(Regions::read(text).unwrap_err().line, line, "{text}");
        }
    }
}
