//! The county as its office has it on file.

use chrono::{Days, NaiveDate};

use super::badge;
use super::site::{DemoSite, OnFile};
use crate::domain::registry::{Column, UnitType};

/// The day on which the badges were issued, but for those still to be hung.
const ISSUED: &str = "2025-03-03";
/// The names are paid for this much longer.
const PAID_DAYS: u64 = 300;

/// The registry CSV of these sites; days are counted from `today`.
pub(super) fn csv(sites: &[DemoSite], today: NaiveDate) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let header = Column::ALL.iter().map(|column| column.name().to_owned()).collect();
    let rows = sites.iter().map(|site| Column::ALL.iter().map(|column| cell(site, *column, today)).collect());
    for record in std::iter::once(header).chain(rows) {
        let record: Vec<String> = record;
        // Writing to memory cannot fail.
        let _ = writer.write_record(record);
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

fn cell(site: &DemoSite, column: Column, today: NaiveDate) -> String {
    let is_chinese = !site.host.is_ascii();
    let days_ago = |days| day(today.checked_sub_days(Days::new(days)));
    match column {
        Column::UnitName => site.unit.to_owned(),
        Column::UnitType => site.kind.name().to_owned(),
        Column::ParentUnit if site.number == 1 => "明河市人民政府".to_owned(),
        Column::ParentUnit => "云溪县人民政府".to_owned(),
        Column::Address => format!("云溪县政通路{}号", site.number),
        Column::Functions => format!("{}的法定职责（示例）", site.unit),
        Column::Region => "云溪县".to_owned(),
        Column::SiteName => site.name(),
        Column::CnDomain if is_chinese => site.host.to_owned(),
        Column::CnDomain => site.chinese_name.unwrap_or_default().to_owned(),
        Column::EnDomain if !is_chinese => site.host.to_owned(),
        Column::BadgeCode if site.on_file != OnFile::Id => badge::code(site.number),
        Column::CertificateId if site.on_file != OnFile::Code => badge::certificate_id(site.number),
        Column::IssuedOn => site.notified_days_ago.map_or(ISSUED.to_owned(), days_ago),
        Column::NotifiedOn => site.notified_days_ago.map(days_ago).unwrap_or_default(),
        Column::IssuingOffice => "云溪县机构编制委员会办公室".to_owned(),
        Column::State => site.state.name().to_owned(),
        Column::DomainExpiresOn => day(today.checked_add_days(Days::new(PAID_DAYS))),
        Column::ContactName => format!("{}网站管理", site.unit),
        Column::ContactEmail => format!("wzgl{:02}@yunxi.test", site.number),
        Column::UrlPrefix => site.folder.unwrap_or_default().to_owned(),
        Column::Hosting => site.hosting.name().to_owned(),
        Column::AdministrativeFunctions if site.kind == UnitType::Institution => "否".to_owned(),
        _ => String::new(),
    }
}

fn day(date: Option<NaiveDate>) -> String {
    date.map(|date| date.format("%Y-%m-%d").to_string()).unwrap_or_default()
}
