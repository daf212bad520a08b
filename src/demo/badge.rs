//! The badges of the county: codes, certificate ids, and the markup in which they hang.

use super::site::DemoSite;
use crate::domain::ids::BadgeCode;
use crate::domain::registry::UnitType;

/// The number of a badge that nobody in the county was issued.
pub(super) const NOBODYS: u16 = 999;

/// The badge code of the site with this number; all are of one invented county.
pub(super) fn code(number: u16) -> String {
    format!("CA1820500014100{number:04}0001")
}

/// The certificate id of the site with this number.
pub(super) fn certificate_id(number: u16) -> String {
    format!("0AB54EBC0ADC{:04X}E053022819AC{:04X}", 0xA000 + number, 0xC000 + number)
}

/// The path of the issued script of this code.
pub(super) fn script_path(code: &str) -> String {
    let folder = BadgeCode::parse(code).map(|code| code.path()).unwrap_or_default();
    format!("/js/{folder}/{code}.js")
}

/// The embed code as it is issued.
pub(super) fn embed(code: &str) -> String {
    embed_of(&script_path(code))
}

/// An embed code whose folder is another unit's.
pub(super) fn malformed_embed(number: u16) -> String {
    let wrong = script_path(&code(number)).replace(&format!("4100{number:04}/"), &format!("4100{:04}/", number + 1));
    embed_of(&wrong)
}

fn embed_of(path: &str) -> String {
    format!(
        "<script type=\"text/javascript\">document.write(unescape(\"%3Cspan id='_ideConac' %3E%3C/span%3E%3Cscript \
         src='http://dcs.conac.cn{path}' type='text/javascript'%3E%3C/script%3E\"));</script>"
    )
}

/// Link and picture, as the issued script renders them.
pub(super) fn link(site: &DemoSite) -> String {
    let colour = if site.kind == UnitType::Organ { "red" } else { "blue" };
    format!(
        "<a href=\"//bszs.conac.cn/sitename?method=show&amp;id={}\" target=\"_blank\">\
         <img id=\"imgConac\" src=\"//dcs.conac.cn/image/{colour}.png\" alt=\"网站标识\"></a>",
        certificate_id(site.number)
    )
}

/// What the registry's host serves as the script of a badge.
pub(super) fn issued_script(site: &DemoSite) -> String {
    format!(
        "document.write(unescape(\"%3Cspan id='_ideConac' %3E%3C/span%3E\"));\n\
         document.getElementById('_ideConac').innerHTML='{}';\n",
        link(site).replace("&amp;", "&")
    )
}

/// The picture of a badge in this colour: a drawing of our own that says what it is.
pub(super) fn picture(colour: &str) -> String {
    let fill = if colour == "red" { "#b42318" } else { "#1f4e8c" };
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"80\" height=\"40\"><rect width=\"80\" height=\"40\" rx=\"4\" \
         fill=\"{fill}\"/><text x=\"40\" y=\"25\" fill=\"#fff\" font-size=\"14\" text-anchor=\"middle\">标识示例</text></svg>"
    )
}
