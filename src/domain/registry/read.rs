//! From a row to a site.

use super::cells::{Cells, Fault};
use super::problem::RefusalReason;
use super::site::{BadgeState, Contact, Hosting, Site, Unit, UnitType};
use super::{Column, clean, prefix};
use crate::domain::host::Host;

const UNIT_TYPES: &[(UnitType, &[&str])] = &[
    (
        UnitType::Organ,
        &[
            "organ",
            "党政机关",
            "机关",
            "行政机关",
            "党委",
            "党委机关",
            "党的机关",
            "人大",
            "人大机关",
            "政府",
            "政府机关",
            "政府部门",
            "政协",
            "政协机关",
            "法院",
            "审判机关",
            "检察院",
            "检察机关",
            "其他机关",
            "其他党政机关",
        ],
    ),
    (UnitType::Institution, &["institution", "事业单位", "事业", "事业法人"]),
    (UnitType::Society, &["society", "社会组织", "社会团体", "社团", "民办非企业单位", "社会服务机构", "基金会"]),
];

const STATES: &[(BadgeState, &[&str])] = &[
    (BadgeState::Valid, &["valid", "有效", "正常", "在用"]),
    (BadgeState::Suspended, &["suspended", "停用", "暂停", "停止解析", "已停用", "已暂停"]),
    (BadgeState::Revoked, &["revoked", "撤销", "已撤销"]),
];

const HOSTINGS: &[(Hosting, &[&str])] = &[
    (Hosting::Own, &["own", "自建", "自建网站", "自有"]),
    (Hosting::RedPage, &["red_page", "网络红页", "红页", "redpage"]),
];

const YES_OR_NO: &[(bool, &[&str])] =
    &[(true, &["是", "true", "yes", "y", "1"]), (false, &["否", "false", "no", "n", "0"])];

/// Reads a row whose cells stand under their header; the first fault refuses it.
pub(super) fn site(cells: &Cells, row: u64) -> Result<Site, Fault> {
    if cells.header.is_overrun_by(cells.row) {
        return Err(Fault::of_row(RefusalReason::Cells));
    }
    let unit = unit(cells)?;
    let name = cells.text(Column::SiteName).unwrap_or_default();
    let Address { key, en_domain, cn_domain, url_prefix } = address(cells)?;
    Ok(Site {
        key,
        row,
        unit,
        name,
        url_prefix,
        ips: cells.addresses(Column::Ips)?,
        badge_code: cells.code(Column::BadgeCode)?,
        certificate_id: cells.certificate(Column::CertificateId)?,
        issued_on: cells.day(Column::IssuedOn)?,
        issuing_office: cells.text(Column::IssuingOffice),
        // Nobody is told that a badge is revoked because a cell is empty.
        state: cells.value(Column::State, STATES)?.unwrap_or(BadgeState::Valid),
        domain_expires_on: cells.day(Column::DomainExpiresOn)?,
        hosting: cells.value(Column::Hosting, HOSTINGS)?.unwrap_or(Hosting::Own),
        notified_on: cells.day(Column::NotifiedOn)?,
        contact: contact(cells, [Column::ContactName, Column::ContactEmail, Column::ContactPhone]),
        handler: contact(cells, [Column::HandlerName, Column::HandlerEmail, Column::HandlerPhone]),
        en_domain,
        cn_domain,
    })
}

/// The key of a row that is refused for something else than its names.
pub(super) fn key(cells: &Cells) -> Option<String> {
    if cells.header.is_overrun_by(cells.row) { None } else { address(cells).ok().map(|address| address.key) }
}

/// What a site is known by.
struct Address {
    key: String,
    en_domain: Option<Host>,
    cn_domain: Option<Host>,
    url_prefix: Option<String>,
}

fn address(cells: &Cells) -> Result<Address, Fault> {
    let (en_domain, cn_domain) = (cells.domain(Column::EnDomain)?, cells.domain(Column::CnDomain)?);
    let Some(host) = en_domain.as_ref().or(cn_domain.as_ref()) else {
        return Err(Fault::of_row(RefusalReason::NoDomain));
    };
    let url_prefix = url_prefix(cells, &en_domain, &cn_domain)?;
    let key = format!("{}{}", host.ascii(), url_prefix.as_deref().unwrap_or_default());
    Ok(Address { key, en_domain, cn_domain, url_prefix })
}

/// Offices hold less than the law lists: only what a badge is judged by must be there.
fn unit(cells: &Cells) -> Result<Unit, Fault> {
    Ok(Unit {
        name: cells.text(Column::UnitName).unwrap_or_default(),
        kind: cells.value(Column::UnitType, UNIT_TYPES)?,
        parent: cells.text(Column::ParentUnit),
        address: cells.text(Column::Address),
        functions: cells.text(Column::Functions),
        administrative_functions: cells.value(Column::AdministrativeFunctions, YES_OR_NO)?,
        region: cells.text(Column::Region),
    })
}

fn url_prefix(cells: &Cells, en: &Option<Host>, cn: &Option<Host>) -> Result<Option<String>, Fault> {
    let Some(cell) = cells.text(Column::UrlPrefix) else { return Ok(None) };
    let is_own = |host: &str| {
        let host = Host::parse(host);
        host.is_some_and(|host| en.iter().chain(cn).any(|name| super::names::twins(name).contains(&host)))
    };
    prefix::parse(&clean::half_width(&cell), is_own).ok_or_else(|| Fault::at(Column::UrlPrefix, RefusalReason::Prefix))
}

fn contact(cells: &Cells, [name, email, phone]: [Column; 3]) -> Contact {
    Contact { name: cells.text(name), email: cells.text(email), phone: cells.text(phone) }
}
