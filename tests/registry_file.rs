//! The file as the store takes it: workbooks, rows made ready, cells that spreadsheets leave alone, and what a registry that
//! is not complete may say.

mod support;

use std::io::{Cursor, Write};

use badgewatch::domain::badge::BadgeHosts;
use badgewatch::domain::identity::{Pairs, Subject};
use badgewatch::domain::look::{Document, look};
use badgewatch::domain::page::FollowedSet;
use badgewatch::domain::page::kind::Answer;
use badgewatch::domain::region::Regions;
use badgewatch::domain::registry::*;
use badgewatch::domain::verdict::{BrokenStep, Effect, FindingCode, Reason, Verdict};
use support::xlsx::{Cell, xlsx};
use url::Url;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// The rows of a sheet: English headers, then cells by column; what is not named is empty.
fn sheet(rows: &[&[(&str, Cell)]]) -> Vec<u8> {
    let header = Column::ALL.iter().map(|column| Cell::from(column.name())).collect();
    let row = |cells: &&[(&str, Cell)]| {
        let cell = |name: &str| cells.iter().find(|(column, _)| *column == name).map(|(_, cell)| cell.clone());
        Column::ALL.iter().map(|column| cell(column.name()).unwrap_or_else(|| Cell::from(""))).collect()
    };
    xlsx(&std::iter::once(header).chain(rows.iter().map(row)).collect::<Vec<Vec<Cell>>>())
}

fn text(text: &str) -> Cell {
    Cell::from(text)
}

fn csv(rows: &[&str]) -> String {
    let header: Vec<_> = Column::ALL.iter().map(|column| column.name()).collect();
    format!("{}\n{}\n", header.join(","), rows.join("\n"))
}

/// A CSV row with these cells.
fn line(cells: &[(&str, &str)]) -> String {
    let cell = |name: &str| cells.iter().find(|(column, _)| *column == name).map_or("", |(_, cell)| cell);
    Column::ALL.iter().map(|column| cell(column.name())).collect::<Vec<_>>().join(",")
}

fn rows(lines: &[&[(&str, &str)]]) -> Entries {
    let lines: Vec<String> = lines.iter().map(|cells| line(cells)).collect();
    let registry = Registry::read(csv(&lines.iter().map(String::as_str).collect::<Vec<_>>()).as_bytes()).unwrap();
    assert_eq!(registry.refused, []);
    Entries::of(registry.into_parts().0, &Regions::builtin())
}

#[test]
fn a_workbook_is_told_by_what_is_in_it_and_keeps_days_and_digits() {
    let file = sheet(&[&[
        ("en_domain", text("www.yunxi.gov.test")),
        ("issued_on", Cell::Day(45_719)),
        ("notified_on", Cell::Number(45_720.0)),
        ("domain_expires_on", Cell::Number(20_270_131.0)),
        ("contact_phone", Cell::Number(3_510_000_000.0)),
        ("handler_phone", text("000000000000000000000")),
        ("region", Cell::Number(140_214.0)),
    ]]);
    let registry = Registry::read(&file).unwrap();
    assert_eq!((registry.refused.len(), registry.sites().len()), (0, 1), "{:?}", registry.refused);
    let site = &registry.sites()[0];
    assert_eq!((site.row, site.unit.region.as_deref()), (2, Some("140214")));
    assert_eq!(site.issued_on.unwrap().to_string(), "2025-03-03");
    assert_eq!(site.notified_on.unwrap().to_string(), "2025-03-04", "a day whose format was taken off");
    assert_eq!(site.domain_expires_on.unwrap().to_string(), "2027-01-31");
    assert_eq!(site.contact.phone.as_deref(), Some("3510000000"));
    assert_eq!(site.handler.phone.as_deref(), Some("000000000000000000000"));
}

#[test]
fn a_number_whose_last_digits_a_spreadsheet_lost_is_refused_and_so_is_a_day_of_no_sense() {
    let site = ("en_domain", text("www.yunxi.gov.test"));
    let phone = ("contact_phone", Cell::Number(1_234_567_890_123_456.0));
    let registry = Registry::read(&sheet(&[&[site.clone(), phone]])).unwrap();
    assert_eq!(registry.refused[0].reason, RefusalReason::Spreadsheet);
    let registry = Registry::read(&sheet(&[&[site, ("issued_on", Cell::Number(12.0))]])).unwrap();
    assert_eq!((registry.refused[0].reason, registry.refused[0].column), (RefusalReason::Date, Some(Column::IssuedOn)));
    // A CSV tells nobody what its numbers are counted from.
    let registry = Registry::read(csv(&[&line(&[("en_domain", "a.gov.test"), ("issued_on", "45719")])]).as_bytes());
    assert_eq!(registry.unwrap().refused[0].reason, RefusalReason::Date);
}

#[test]
fn a_broken_or_an_old_workbook_is_refused_as_a_whole() {
    let whole = sheet(&[&[("en_domain", text("www.yunxi.gov.test"))]]);
    for end in [4, 30, whole.len() / 2, whole.len() - 1] {
        let read = Registry::read(&whole[..end]);
        assert!(matches!(read, Err(RegistryError::Workbook(_))), "{end}: {read:?}");
    }
    let old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and so on";
    assert_eq!(Registry::read(old).unwrap_err(), RegistryError::OldWorkbook);
    assert_eq!(Registry::read(&xlsx(&[])).unwrap_err(), RegistryError::Empty);
}

#[test]
fn what_unpacks_to_more_than_a_registry_is_refused_before_it_is_kept() {
    let blanks = "　".repeat(1 << 20);
    let whole = sheet(&[&[("en_domain", text("www.yunxi.gov.test"))]]);
    let mut zip = ZipWriter::new_append(Cursor::new(whole)).unwrap();
    zip.start_file("xl/sharedStrings.xml", SimpleFileOptions::default()).unwrap();
    zip.write_all(b"<sst><si><t>").unwrap();
    (0..30).for_each(|_| zip.write_all(blanks.as_bytes()).unwrap());
    zip.write_all(b"</t></si></sst>").unwrap();
    let bomb = zip.finish().unwrap().into_inner();
    assert!(bomb.len() < 1 << 20, "{} bytes hold ninety million", bomb.len());
    let read = Registry::read(&bomb);
    assert!(matches!(&read, Err(RegistryError::Workbook(why)) if why.contains("more than a registry")), "{read:?}");
}

#[test]
fn rows_far_below_and_blank_rows_keep_their_numbers() {
    let header: Vec<Cell> = Column::ALL.iter().map(|column| Cell::from(column.name())).collect();
    let at = Column::ALL.iter().position(|column| *column == Column::EnDomain).unwrap();
    let row =
        |host: &str| (0..Column::ALL.len()).map(|n| Cell::from(if n == at { host } else { "" })).collect::<Vec<Cell>>();
    let blank = vec![Cell::from("")];
    let registry =
        Registry::read(&xlsx(&[blank.clone(), header, row("a.gov.test"), blank.clone(), blank, row("no host")]))
            .unwrap();
    assert_eq!(registry.sites()[0].row, 3);
    assert_eq!((registry.refused[0].row, registry.refused[0].key.as_deref()), (6, None));
}

#[test]
fn a_refused_row_tells_its_site_where_its_names_can_be_read() {
    let bad_day = line(&[("en_domain", "a.gov.test"), ("issued_on", "soon")]);
    let bad_name = line(&[("en_domain", "a gov test"), ("cn_domain", "云溪.政务")]);
    let twice = line(&[("en_domain", "b.gov.test"), ("url_prefix", "/x/")]);
    let registry = Registry::read(csv(&[&bad_day, &bad_name, &twice, &twice]).as_bytes()).unwrap();
    let keys: Vec<_> = registry.refused.iter().map(|refusal| refusal.key.as_deref()).collect();
    assert_eq!(keys, [Some("a.gov.test"), None, Some("b.gov.test/x/")]);
}

#[test]
fn a_unit_is_described_once_and_contradictions_are_said() {
    let ready = rows(&[
        &[("unit_name", "云溪县教育局"), ("en_domain", "a.gov.test"), ("address", "一号")],
        &[("unit_name", "云溪县 教育局"), ("en_domain", "b.gov.test"), ("address", "二号"), ("unit_type", "organ")],
    ]);
    let units: Vec<_> = ready.entries.iter().map(|entry| (&entry.unit_key, &entry.site.unit)).collect();
    assert_eq!(units[0], units[1]);
    assert_eq!((units[0].1.address.as_deref(), units[0].1.kind), (Some("一号"), Some(UnitType::Organ)));
    let [warning] = &ready.warnings[..] else { panic!("{:?}", ready.warnings) };
    assert_eq!((warning.kind, &warning.rows[..]), (WarningKind::UnitDiffers, &[2, 3][..]));
}

#[test]
fn bureaus_of_one_name_in_two_counties_are_two_units() {
    let ready = rows(&[
        &[("unit_name", "教育局"), ("en_domain", "a.gov.test"), ("region", "云冈区")],
        &[("unit_name", "教育局"), ("en_domain", "b.gov.test"), ("region", "140213")],
        &[("unit_name", "教育局"), ("en_domain", "c.gov.test"), ("region", "山西省大同市云冈区")],
        &[("unit_name", ""), ("en_domain", "d.gov.test"), ("region", "朝阳区")],
        &[("unit_name", ""), ("en_domain", "e.gov.test")],
    ]);
    let keys: Vec<_> = ready.entries.iter().map(|entry| entry.unit_key.as_str()).collect();
    assert_eq!(keys, ["教育局@140214", "教育局@140213", "教育局@140214", "site:d.gov.test", "site:e.gov.test"]);
    let regions: Vec<_> = ready.entries.iter().map(|entry| entry.region.as_deref()).collect();
    assert_eq!(regions, [Some("140214"), Some("140213"), Some("140214"), None, None]);
    assert_eq!(ready.unknown_regions().collect::<Vec<_>>(), [5]);
    let [warning] = &ready.warnings[..] else { panic!("{:?}", ready.warnings) };
    assert_eq!((warning.kind, &warning.rows[..]), (WarningKind::UnknownRegion, &[5][..]));
    assert_eq!(ready.entries[3].site.unit.region.as_deref(), Some("朝阳区"), "the text is kept");
}

#[test]
fn a_fingerprint_is_of_what_a_row_says_and_not_of_how_it_is_written() {
    let one = |cells: &[(&str, &str)]| rows(&[cells]).entries.remove(0).fingerprint;
    let plain = one(&[("en_domain", "a.gov.test"), ("issued_on", "2025-03-03"), ("state", "valid")]);
    assert_eq!(plain, one(&[("en_domain", "A.GOV.test"), ("issued_on", "2025年3月3日"), ("state", "有效")]));
    assert_ne!(plain, one(&[("en_domain", "a.gov.test"), ("issued_on", "2025-03-04"), ("state", "valid")]));
    // No value may slip into the next column unseen.
    assert_ne!(
        one(&[("en_domain", "a.gov.test"), ("contact_name", "甲")]),
        one(&[("en_domain", "a.gov.test"), ("contact_email", "甲")])
    );
}

#[test]
fn what_a_spreadsheet_would_spoil_is_read_back_as_it_was() {
    let cells =
        [("contact_phone", "+86 10 0000"), ("handler_phone", "00000000000"), ("site_name", "=1+1"), ("address", "-")];
    let mut cells: Vec<(&str, &str)> = cells.to_vec();
    cells.extend([("en_domain", "a.gov.test"), ("certificate_id", "12345678E01234567890123456789012")]);
    let site = rows(&[&cells]).entries.remove(0).site;
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(Column::ALL.iter().map(|column| column.name())).unwrap();
    writer.write_record(site.export()).unwrap();
    let file = writer.into_inner().unwrap();
    let shown = String::from_utf8_lossy(&file);
    assert!(shown.contains(r#""=""=1+1""""#) && shown.contains(r#""=""00000000000""""#), "{shown}");
    assert_eq!(Registry::read(&file).unwrap().sites(), [site]);
}

#[test]
fn what_changed_is_told_by_column_and_never_a_personal_value() {
    let site = |cells: &[(&str, &str)]| rows(&[cells]).entries.remove(0).site;
    let old = site(&[("en_domain", "a.gov.test"), ("site_name", "甲网"), ("contact_name", "某某")]);
    let new = site(&[("en_domain", "a.gov.test"), ("site_name", "乙网"), ("handler_email", "x@y.test")]);
    let told: Vec<_> = changes(&old, &new).into_iter().map(|c| (c.column, c.old, c.new)).collect();
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(
        told,
        [
            (Column::SiteName, some("甲网"), some("乙网")),
            (Column::ContactName, None, None),
            (Column::HandlerEmail, None, None)
        ]
    );
    assert_eq!(changes(&old, &old), []);
}

/// Code, effect and broken step of a finding.
type Told = (FindingCode, Effect, Option<BrokenStep>);

/// The verdict of a page that shows a badge nobody knows, by a registry that has another on file for its site.
fn unknown_badge(registry: &Registry) -> (Verdict, String, Vec<Told>) {
    let page = "<html><head><meta charset=utf-8><title>云溪县</title></head><body><p>公告</p><div class=footer>\
        主办单位：云溪县人民政府 版权所有 云ICP备2024000123号-1 <span id=\"_ideConac\"></span>\
        <script src=\"http://dcs.conac.cn/js/18/205/0000/41234567/CA182050000412345670009.js\"></script></div></body></html>";
    let (url, pairs, hosts) = (Url::parse("http://a.gov.test/").unwrap(), Pairs::new(), BadgeHosts::default());
    let document = Document {
        url: &url,
        url_known: true,
        body: page.as_bytes(),
        answer: Answer::default(),
        policies: &[],
        exempt: None,
        not_owed: None,
    };
    let looked = look(&document, &hosts, &FollowedSet::new(), &Subject::of(Some(registry), Some(&url), &pairs));
    let findings = looked.page.findings.iter().map(|finding| (finding.code, finding.effect, finding.broken_step));
    (looked.page.verdict, looked.page.cause.name().to_owned(), findings.collect())
}

#[test]
fn only_a_complete_registry_says_that_nobody_was_issued_a_badge() {
    let row = line(&[("en_domain", "a.gov.test"), ("badge_code", "CA182050000412345670001")]);
    let file = Registry::read(csv(&[&row]).as_bytes()).unwrap();
    assert!(file.complete, "a file given by hand is taken as complete");
    let (code, step) = (FindingCode::UnknownBadge, Some(BrokenStep::Issued));
    assert_eq!(unknown_badge(&file), (Verdict::Fail, code.name().to_owned(), vec![(code, Effect::Fault, step)]));

    let partial = Registry::of(file.into_parts().0, false);
    let unverified = Reason::IdentityUnverified.name().to_owned();
    assert_eq!(unknown_badge(&partial), (Verdict::Pass, unverified, vec![(code, Effect::Lead, step)]));
}

#[test]
fn a_registry_of_sites_finds_what_a_file_of_them_finds() {
    let lines = [
        line(&[("en_domain", "a.gov.test"), ("badge_code", "CA182050000412345670001")]),
        line(&[("en_domain", "b.gov.test"), ("url_prefix", "/x/")]),
    ];
    let file = Registry::read(csv(&[&lines[0], &lines[1]]).as_bytes()).unwrap();
    let of = Registry::of(file.sites().to_vec(), true);
    let host = badgewatch::domain::host::Host::parse("www.b.gov.test").unwrap();
    assert_eq!(
        of.site_of(&host, "/x/y.html").map(|site| &site.key),
        file.site_of(&host, "/x/y.html").map(|site| &site.key)
    );
    assert!(of.site_of(&host, "/x/y.html").is_some() && of.site_of(&host, "/").is_none());
    let code = badgewatch::domain::ids::BadgeCode::parse("CA182050000412345670001").unwrap();
    assert_eq!(of.holders_of_code(&code).len(), 1);
    assert!(Registry::of(Vec::new(), false).sites().is_empty());
}
