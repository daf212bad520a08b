//! The regions one chooses from: province, city, county, each a link.

use std::borrow::Cow;

use crate::domain::region::{Region, Regions};

/// The whole country.
pub(super) const EVERYWHERE: &str = "000000";

/// A region as a link.
pub(super) struct Place<'r> {
    pub name: Cow<'r, str>,
    pub link: String,
}

fn place(region: &Region) -> Place<'_> {
    Place { name: region.name.as_str().into(), link: link(&region.code) }
}

/// Where a region's list stands.
pub(super) fn link(code: &str) -> String {
    if code == EVERYWHERE { "/list".to_owned() } else { format!("/list?region={code}") }
}

/// The regions above one, the highest first; the country before them.
pub(super) fn above<'r>(regions: &'r Regions, code: &str, everywhere: &'r str) -> Vec<Place<'r>> {
    let parent = |region: &&'r Region| region.parent.as_deref().and_then(|code| regions.of_code(code));
    let parents = std::iter::successors(regions.of_code(code).as_ref().and_then(parent), parent);
    let mut above: Vec<Place<'r>> = parents.map(place).collect();
    if code != EVERYWHERE {
        above.push(Place { name: everywhere.into(), link: link(EVERYWHERE) });
    }
    above.reverse();
    above
}

/// The regions right below one.
pub(super) fn below<'r>(regions: &'r Regions, code: &str) -> Vec<Place<'r>> {
    let parent = (code != EVERYWHERE).then_some(code);
    regions.all().filter(|region| region.parent.as_deref() == parent).map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_goes_from_the_country_to_a_county_and_back() {
        let regions = Regions::builtin();
        let names = |places: Vec<Place>| places.into_iter().map(|place| place.name.into_owned()).collect::<Vec<_>>();
        assert_eq!(below(&regions, EVERYWHERE).len(), 34);
        assert!(names(below(&regions, "140000")).contains(&"大同市".to_owned()));
        assert!(names(below(&regions, "110000")).contains(&"东城区".to_owned()), "no city between");
        assert!(below(&regions, "140214").is_empty());
        assert_eq!(names(above(&regions, "140214", "全国")), ["全国", "山西省", "大同市"]);
        assert!(above(&regions, EVERYWHERE, "全国").is_empty());
        assert_eq!(link("140200"), "/list?region=140200");
    }
}
