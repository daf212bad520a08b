//! The registry file: what is read, what is refused and why, and whose page, code or id it then knows.

use badgewatch::domain::host::Host;
use badgewatch::domain::ids::{BadgeCode, CertificateId};
use badgewatch::domain::registry::*;
use proptest::prelude::*;

const HEADER: &str = "unit_name,unit_type,parent_unit,address,functions,region,site_name,cn_domain,en_domain,ips,badge_code,\
certificate_id,issued_on,issuing_office,state,domain_expires_on,contact_name,contact_email,contact_phone,url_prefix,hosting,\
notified_on,administrative_functions,handler_name,handler_email,handler_phone";

const CODE: &str = "CA182050000412345670001";
const ID: &str = "0A5537536EC43D83E053022819ACDDA0";

/// A good row with some cells replaced.
fn row(changes: &[(&str, &str)]) -> String {
    let good = [
        ("unit_name", "云溪市教育局"),
        ("unit_type", "organ"),
        ("site_name", "云溪市教育局网站"),
        ("en_domain", "jyj.yunxi.gov.test"),
        ("state", "valid"),
        ("contact_name", "甲某某"),
        ("contact_phone", "00000000000"),
    ];
    let cell = |name: &str| {
        let find = |list: &[(&str, &str)]| list.iter().find(|(n, _)| *n == name).map(|(_, v)| v.to_string());
        find(changes).or_else(|| find(&good)).unwrap_or_default()
    };
    HEADER.split(',').map(cell).collect::<Vec<_>>().join(",")
}

fn file(rows: &[String]) -> String {
    format!("{HEADER}\n{}\n", rows.join("\n"))
}

fn read(rows: &[String]) -> Registry {
    Registry::read(file(rows).as_bytes()).unwrap()
}

/// A registry of sites given as (unit, English name, folder).
fn registry(sites: &[(&str, &str, &str)]) -> Registry {
    let rows =
        sites.iter().map(|(unit, en, folder)| row(&[("unit_name", unit), ("en_domain", en), ("url_prefix", folder)]));
    let registry = read(&rows.collect::<Vec<_>>());
    assert_eq!(registry.refused, []);
    registry
}

fn host(text: &str) -> Host {
    Host::parse(text).unwrap()
}

fn owner<'r>(registry: &'r Registry, at: &str, path: &str) -> Option<&'r str> {
    registry.site_of(&host(at), path).map(|site| site.unit.name.as_str())
}

/// What a single row with these cells is refused for.
fn refusal(changes: &[(&str, &str)]) -> (Option<Column>, RefusalReason) {
    let registry = read(&[row(changes)]);
    assert!(registry.sites().is_empty(), "{changes:?}");
    let [Refusal { row: 2, column, reason, .. }] = registry.refused[..] else { panic!("{:?}", registry.refused) };
    (column, reason)
}

#[test]
fn a_full_row_is_read_cell_by_cell() {
    let registry = read(&[row(&[
        ("parent_unit", "云溪市人民政府"),
        ("cn_domain", "云溪教育.政务"),
        ("ips", "192.0.2.7; 2001:db8::7；192.0.2.8"),
        ("badge_code", CODE),
        ("certificate_id", &ID.to_lowercase()),
        ("issued_on", "2026-03-01"),
        ("issuing_office", "云溪市编办"),
        ("notified_on", "2026/3/5"),
        ("domain_expires_on", "2027年1月31日"),
        ("administrative_functions", "否"),
    ])]);
    assert_eq!((registry.refused.len(), registry.warnings.len()), (0, 0));
    let [site] = registry.sites() else { panic!() };
    assert_eq!((site.key.as_str(), site.row), ("jyj.yunxi.gov.test", 2));
    assert_eq!((site.unit.kind, site.state, site.hosting), (Some(UnitType::Organ), BadgeState::Valid, Hosting::Own));
    assert_eq!(site.unit.parent.as_deref(), Some("云溪市人民政府"));
    assert_eq!(site.unit.administrative_functions, Some(false));
    assert_eq!(site.cn_domain, Some(host("云溪教育.政务")));
    assert_eq!(site.ips.len(), 3);
    assert_eq!(site.badge_code, BadgeCode::parse(CODE).ok());
    assert_eq!(site.certificate_id, CertificateId::parse(ID));
    let days = [site.issued_on, site.notified_on, site.domain_expires_on].map(|day| day.unwrap().to_string());
    assert_eq!(days, ["2026-03-01", "2026-03-05", "2027-01-31"]);
    assert_eq!(site.contact.name.as_deref(), Some("甲某某"));
}

#[test]
fn the_same_file_reads_alike_in_every_charset_and_with_every_line_end() {
    let text = file(&[row(&[]), row(&[("en_domain", "b.yunxi.gov.test"), ("address", "\"云溪路1号,\n东楼\"")])]);
    let expected = Registry::read(text.as_bytes()).unwrap().sites().to_vec();
    assert_eq!(expected.len(), 2);
    assert_eq!(expected[1].unit.address.as_deref(), Some("云溪路1号, 东楼"));

    let with_mark = [b"\xef\xbb\xbf", text.as_bytes()].concat();
    let gbk = encoding_rs::GBK.encode(&text).0.into_owned();
    let utf16 = [b"\xff\xfe".to_vec(), text.encode_utf16().flat_map(u16::to_le_bytes).collect()].concat();
    let crlf = text.replace('\n', "\r\n").into_bytes();
    let old_mac = text.replace('\n', "\r").into_bytes();
    for bytes in [with_mark, gbk, utf16, crlf, old_mac] {
        assert_eq!(Registry::read(&bytes).unwrap().sites(), expected);
    }
}

#[test]
fn a_chinese_header_and_chinese_values_are_read_in_any_order_and_in_gbk() {
    let text = "*网站名称（必填）,开办主体,单位类型,上级主管单位,单位地址,职能,行政区划,中文域名,英文域名,IP地址,标识编号,\
证书编号,发放日期,审核机构,状态,域名到期日,联系人,联系邮箱,联系电话,托管方式,通知日期,行政职能,经办人\n\
云溪市博物馆,云溪市博物馆,事业单位,无,—,,云溪市,云溪博物馆.公益,,,ＣＡ182050000412345670001,,20260301,云溪市编办,停用,,,,,网络红页,,是,乙某某\n\
云溪市志愿者协会,云溪市志愿者协会,社会组织,,,,,,zyz.yunxi.test,,,,,,撤销,,,,,自建,,否,\n";
    let registry = Registry::read(&encoding_rs::GBK.encode(text).0).unwrap();
    assert_eq!(registry.refused, []);
    assert_eq!(registry.warnings, []);
    let [museum, volunteers] = registry.sites() else { panic!() };
    assert_eq!(museum.key, host("云溪博物馆.公益").ascii(), "without an English name the Chinese one is the key");
    assert_eq!((museum.unit.kind, museum.state), (Some(UnitType::Institution), BadgeState::Suspended));
    assert_eq!((museum.hosting, museum.unit.administrative_functions), (Hosting::RedPage, Some(true)));
    assert_eq!((&museum.unit.parent, &museum.unit.address), (&None, &None), "无 and — are no values");
    assert_eq!(museum.badge_code, BadgeCode::parse(CODE).ok(), "full-width letters are read");
    assert_eq!(museum.handler.name.as_deref(), Some("乙某某"));
    assert_eq!((volunteers.unit.kind, volunteers.state), (Some(UnitType::Society), BadgeState::Revoked));
}

#[test]
fn every_header_word_names_one_column() {
    for column in Column::ALL {
        for word in [column.name()].iter().chain(column.chinese()) {
            assert_eq!(Column::of_header(word), Some(*column), "{word}");
        }
    }
}

#[test]
fn a_file_that_cannot_be_used_says_what_is_wrong_with_it() {
    let error = |text: &str| Registry::read(text.as_bytes()).unwrap_err();
    assert_eq!(error(""), RegistryError::Empty);
    assert_eq!(error("\n \n,,\n"), RegistryError::Empty);
    assert_eq!(error(&HEADER.replace(",en_domain", "")), RegistryError::MissingColumns(vec![Column::EnDomain]));
    assert_eq!(error(&format!("{HEADER},英文域名")), RegistryError::DuplicateColumn(Column::EnDomain));
    assert_eq!(error(&format!("\"{HEADER}")), RegistryError::Header(RefusalReason::Quotes));
    assert_eq!(error(&HEADER.replace(",en_domain", "")).to_string(), "missing column: en_domain (英文域名)");
}

#[test]
fn optional_columns_may_be_missing_and_unknown_ones_are_only_warned_of() {
    let required: Vec<_> =
        Column::ALL.iter().filter(|column| !column.is_optional()).map(|column| column.name()).collect();
    assert_eq!(required.len(), 19);
    let values = row(&[]).split(',').take(19).collect::<Vec<_>>().join(",");
    let text = format!("{},备用列\n{values},x\n", required.join(","));
    let registry = Registry::read(text.as_bytes()).unwrap();
    assert_eq!(registry.sites().len(), 1);
    let [Warning { kind: WarningKind::UnknownColumn, sentence, .. }] = &registry.warnings[..] else { panic!() };
    assert!(sentence.contains("备用列"));
}

#[test]
fn an_office_may_hold_next_to_nothing_and_an_empty_state_accuses_nobody() {
    let empty = [("unit_name", " \u{3000}\u{200b}"), ("unit_type", ""), ("site_name", "无"), ("state", "")];
    let registry = read(&[row(&empty)]);
    let site = &registry.sites()[0];
    assert_eq!((site.unit.name.as_str(), site.unit.kind, site.name.as_str()), ("", None, ""));
    assert_eq!(site.state, BadgeState::Valid);
    assert!(!site.unit.is_same(&site.unit.clone()), "two units without a name are not the same unit");
}

#[test]
fn every_reason_to_refuse_a_row_names_its_column() {
    use RefusalReason as R;
    for (column, cell, reason) in [
        (Column::UnitType, "company", R::Value),
        (Column::State, "gone", R::Value),
        (Column::Hosting, "cloud", R::Value),
        (Column::AdministrativeFunctions, "perhaps", R::Value),
        (Column::EnDomain, "http://a.gov.test/", R::Domain),
        (Column::EnDomain, "192.0.2.1", R::Domain),
        (Column::EnDomain, "a.gov.test;b.gov.test", R::Domain),
        (Column::EnDomain, "gov.cn", R::SharedSuffix),
        (Column::CnDomain, "政务.cn", R::SharedSuffix),
        (Column::Ips, "192.0.2.300", R::Address),
        (Column::UrlPrefix, "/a/?b=c", R::Prefix),
        (Column::UrlPrefix, "http://other.gov.test/a/", R::Prefix),
        (Column::BadgeCode, "CA1820500004123456700", R::Code),
        (Column::CertificateId, "4104000031", R::Certificate),
        (Column::IssuedOn, "2026-02-30", R::Date),
        (Column::NotifiedOn, "26-3-1", R::Date),
        (Column::DomainExpiresOn, "46000", R::Date),
    ] {
        assert_eq!(refusal(&[(column.name(), cell)]), (Some(column), reason), "{column}: {cell}");
    }
    assert_eq!(refusal(&[("en_domain", "")]), (None, R::NoDomain));
    assert_eq!(refusal(&[("functions", &"职".repeat(30_000))]), (None, R::TooLong));
    assert_eq!(refusal(&[("functions", "\u{fffd}")]), (None, R::Encoding));
    assert_eq!(refusal(&[("handler_phone", ",x")]), (None, R::Cells));
    assert_eq!(refusal(&[("address", "5\" 号")]), (None, R::Quotes));
}

#[test]
fn a_half_bad_file_keeps_its_good_rows_and_counts_rows_as_a_spreadsheet_does() {
    let with = |en: &str| row(&[("en_domain", en)]);
    let two_lines = row(&[("en_domain", "b.gov.test"), ("functions", "\"一\n二\"")]);
    let empty = ",".repeat(25);
    let registry = read(&[
        with("a.gov.test"),
        with("!!"),
        String::new(),
        empty,
        two_lines,
        with("a.gov.test"),
        with("c.gov.test"),
    ]);
    let kept: Vec<_> = registry.sites().iter().map(|site| (site.key.as_str(), site.row)).collect();
    assert_eq!(kept, [("a.gov.test", 2), ("b.gov.test", 6), ("c.gov.test", 8)]);
    let refused: Vec<_> = registry.refused.iter().map(|refusal| (refusal.row, refusal.reason)).collect();
    assert_eq!(refused, [(3, RefusalReason::Domain), (7, RefusalReason::Duplicate)]);
    assert_eq!(registry.refused[1].sentence, "a.gov.test: the site stands in row 2 already");
}

#[test]
fn a_stray_quotation_mark_costs_its_own_row_only() {
    let with = |unit: &str, en: &str| row(&[("unit_name", unit), ("en_domain", en)]);
    let rows =
        [with("甲", "a.gov.test"), with("\"乙", "b.gov.test"), with("\"丙\"", "c.gov.test"), with("丁", "d.gov.test")];
    for line_end in ["\n", "\r\n", "\r"] {
        let registry = Registry::read(file(&rows).replace('\n', line_end).as_bytes()).unwrap();
        let units: Vec<_> = registry.sites().iter().map(|site| (site.unit.name.as_str(), site.row)).collect();
        assert_eq!(units, [("甲", 2), ("丙", 4), ("丁", 5)], "no unit is joined with another unit's domain");
        assert_eq!((registry.refused[0].row, registry.refused[0].reason), (3, RefusalReason::Quotes));
        assert_eq!(registry.refused.len(), 1);
    }
}

#[test]
fn a_file_of_stray_quotation_marks_is_refused_as_a_whole_before_it_costs_time_or_rows() {
    let lines = vec![",\"x\",\"".to_owned(); 50_000];
    let error = Registry::read(file(&lines).as_bytes()).unwrap_err();
    assert!(matches!(error, RegistryError::Quotes(row) if row < 10), "{error}");
}

#[test]
fn a_row_with_broken_bytes_is_refused_and_the_rest_stays_readable() {
    let mut bytes = file(&[row(&[]), row(&[("en_domain", "b.gov.test"), ("address", "@@")])]).into_bytes();
    let at = bytes.windows(2).position(|pair| pair == b"@@").unwrap();
    bytes[at..at + 2].copy_from_slice(&[0xe4, 0xff]);
    let registry = Registry::read(&bytes).unwrap();
    assert_eq!(registry.sites()[0].unit.name, "云溪市教育局");
    assert_eq!(registry.refused[0].reason, RefusalReason::Encoding);
}

#[test]
fn cells_as_spreadsheets_leave_them_do_no_harm() {
    let code = format!("=\"{CODE}\"");
    let registry = read(&[row(&[
        ("unit_name", "\"云溪市\u{0}\u{7}\t教育局\r\n\""),
        ("site_name", "=HYPERLINK(1+1)"),
        ("badge_code", &code),
        ("en_domain", " \u{feff}JYJ.Yunxi.GOV.test. "),
        ("issued_on", "2026-03-01 00:00:00"),
    ])]);
    let [site] = registry.sites() else { panic!("{:?}", registry.refused) };
    assert_eq!((site.unit.name.as_str(), site.name.as_str()), ("云溪市 教育局", "=HYPERLINK(1+1)"));
    assert_eq!((site.key.as_str(), site.badge_code.is_some()), ("jyj.yunxi.gov.test", true));
}

#[test]
fn what_the_law_leaves_open_may_be_empty() {
    let red_page =
        read(&[row(&[("en_domain", ""), ("cn_domain", "云溪.公益"), ("hosting", "red_page"), ("state", "")])]);
    let [site] = red_page.sites() else { panic!("{:?}", red_page.refused) };
    assert_eq!((&site.badge_code, &site.certificate_id, site.notified_on), (&None, &None, None));
}

#[test]
fn personal_data_is_in_no_debug_text_and_in_no_refusal() {
    let shifted = row(&[("state", "甲某某"), ("en_domain", "b.gov.test")]);
    let registry = read(&[row(&[("handler_email", "jia@yunxi.test")]), shifted]);
    assert_eq!((registry.sites().len(), registry.refused.len()), (1, 1));
    let text = format!("{registry:?}");
    for secret in ["甲某某", "00000000000", "jia@yunxi.test"] {
        assert!(!text.contains(secret), "{secret}");
    }
}

#[test]
fn a_code_or_id_given_twice_is_warned_of_and_all_its_sites_are_legitimate() {
    let with = |en: &str| row(&[("en_domain", en), ("badge_code", CODE), ("certificate_id", ID)]);
    let registry = read(&[with("a.gov.test"), with("b.gov.test"), row(&[("en_domain", "c.gov.test")])]);
    assert_eq!(registry.refused, []);
    let warned: Vec<_> = registry.warnings.iter().map(|warning| (warning.kind, warning.rows.as_slice())).collect();
    assert_eq!(warned, [(WarningKind::SharedCode, &[2, 3][..]), (WarningKind::SharedCertificate, &[2, 3][..])]);
    let keys = |sites: Vec<&Site>| sites.iter().map(|site| site.key.clone()).collect::<Vec<_>>();
    assert_eq!(keys(registry.holders_of_code(&BadgeCode::parse(CODE).unwrap())), ["a.gov.test", "b.gov.test"]);
    assert_eq!(keys(registry.holders_of_id(&CertificateId::parse(ID).unwrap())), ["a.gov.test", "b.gov.test"]);
    assert!(registry.holders_of_code(&BadgeCode::parse("CA182050000412345670009").unwrap()).is_empty());
}

#[test]
fn a_name_given_to_two_sites_is_warned_of_and_stays_with_the_first() {
    let with = |unit: &str, en: &str| row(&[("unit_name", unit), ("en_domain", en), ("cn_domain", "云溪.政务")]);
    let registry = read(&[with("甲", "a.gov.test"), with("乙", "b.gov.test")]);
    assert_eq!(registry.warnings[0].kind, WarningKind::SharedName);
    assert_eq!(owner(&registry, "云溪.政务", "/"), Some("甲"));
    assert_eq!(registry.sites_on(&host("www.云溪.政务.cn")).len(), 2);
}

#[test]
fn a_relation_between_hosts_holds_at_label_borders_only() {
    let registry = registry(&[("甲", "hd.gov.cn", "")]);
    for own in ["hd.gov.cn", "www.hd.gov.cn", "news.hd.gov.cn", "a.b.hd.gov.cn", "a.www.hd.gov.cn"] {
        assert_eq!(owner(&registry, own, "/"), Some("甲"), "{own}");
        assert!(registry.sites()[0].owns(&host(own)), "{own}");
    }
    for other in ["evilhd.gov.cn", "hd.gov.cn.evil.test", "gov.cn", "hd-gov.cn", "hd.gov.test", "www.gov.cn"] {
        assert_eq!(owner(&registry, other, "/"), None, "{other}");
        assert!(!registry.sites()[0].owns(&host(other)), "{other}");
    }
}

#[test]
fn a_nearer_registration_wins() {
    let registry = registry(&[("市", "yunxi.gov.test", ""), ("局", "jyj.yunxi.gov.test", "")]);
    assert_eq!(owner(&registry, "jyj.yunxi.gov.test", "/"), Some("局"));
    assert_eq!(owner(&registry, "news.jyj.yunxi.gov.test", "/"), Some("局"));
    assert_eq!(owner(&registry, "news.yunxi.gov.test", "/"), Some("市"));
}

#[test]
fn www_and_the_bare_name_are_one_unless_each_is_registered() {
    let one = registry(&[("甲", "www.yunxi.gov.test", "")]);
    assert_eq!(owner(&one, "yunxi.gov.test", "/"), Some("甲"));
    assert_eq!(owner(&one, "m.www.yunxi.gov.test", "/"), Some("甲"));
    assert_eq!(owner(&one, "jyj.yunxi.gov.test", "/"), None, "a sister of the registered name may be anybody's");

    let both = registry(&[("甲", "yunxi.gov.test", ""), ("乙", "www.yunxi.gov.test", "")]);
    assert_eq!(owner(&both, "www.yunxi.gov.test", "/"), Some("乙"));
    assert_eq!(owner(&both, "yunxi.gov.test", "/"), Some("甲"));

    let nested = registry(&[("市", "yunxi.gov.test", ""), ("局", "www.jyj.yunxi.gov.test", "")]);
    assert_eq!(owner(&nested, "news.jyj.yunxi.gov.test", "/"), None, "neither the bureau's for sure nor the city's");
}

#[test]
fn both_spellings_of_a_chinese_name_lead_to_the_site() {
    let registry = read(&[row(&[("cn_domain", "云溪.政务")])]);
    for name in ["云溪.政务", "云溪.政务.cn", "www.云溪.政务", "www.云溪.政务.cn", "新闻.云溪.政务.cn"]
    {
        assert_eq!(owner(&registry, name, "/"), Some("云溪市教育局"), "{name}");
        assert!(registry.sites()[0].owns(&host(name)), "{name}");
    }
    assert_eq!(owner(&registry, "别处.政务.cn", "/"), None);
    assert_eq!(registry.sites()[0].hosts().len(), 6);
}

#[test]
fn the_longest_folder_wins_and_the_rest_is_the_hosts_own_site() {
    let registry = registry(&[
        ("市", "www.yunxi.gov.test", ""),
        ("局", "yunxi.gov.test", "jyj"),
        ("处", "www.yunxi.gov.test", "http://www.yunxi.gov.test/jyj/zsc/index.html"),
    ]);
    for (path, unit) in [
        ("/", "市"),
        ("/index.html", "市"),
        ("/jyjs/", "市"),
        ("/jyj", "局"),
        ("/jyj/", "局"),
        ("/jyj/a/b.html", "局"),
        ("/jyj/zsc", "处"),
        ("/jyj/zsc/1.html", "处"),
        ("", "市"),
    ] {
        assert_eq!(owner(&registry, "www.yunxi.gov.test", path), Some(unit), "{path}");
        assert_eq!(owner(&registry, "yunxi.gov.test", path), Some(unit), "{path} without www.");
    }
    assert_eq!(owner(&registry, "news.www.yunxi.gov.test", "/jyj/"), Some("市"), "a folder has no subdomains");
    assert_eq!(registry.sites_on(&host("yunxi.gov.test")).len(), 3);
    assert_eq!(registry.sites()[1].key, "yunxi.gov.test/jyj/");
}

#[test]
fn a_host_with_folders_only_belongs_to_nobody_outside_them() {
    let registry =
        registry(&[("局", "www.yunxi.gov.test", "/jyj/"), ("站", "www.yunxi.gov.test", "yunxi.gov.test/站/")]);
    assert_eq!(owner(&registry, "www.yunxi.gov.test", "/jyj/x"), Some("局"));
    assert_eq!(owner(&registry, "www.yunxi.gov.test", "/%E7%AB%99/x"), Some("站"));
    assert_eq!(owner(&registry, "www.yunxi.gov.test", "/"), None);
    assert_eq!(owner(&registry, "a.www.yunxi.gov.test", "/jyj/"), None);
}

#[test]
fn units_are_told_apart_by_name_whatever_the_blanks_and_brackets() {
    let registry = registry(&[
        ("云溪市(东)教育局", "a.gov.test", ""),
        ("云溪市 （东） 教育局", "b.gov.test", ""),
        ("云溪市", "c.gov.test", ""),
    ]);
    let [a, b, c] = registry.sites() else { panic!() };
    assert!(a.unit.is_same(&b.unit));
    assert!(!a.unit.is_same(&c.unit));
}

#[test]
fn a_hundred_thousand_rows_are_read_and_found() {
    let rows: Vec<_> = (0..100_000)
        .map(|n| {
            let (en, code) = (format!("s{n}.gov.test"), format!("CA182050000{n:08}0001"));
            row(&[("en_domain", &en), ("badge_code", &code), ("unit_name", &format!("单位{n}"))])
        })
        .collect();
    let registry = read(&rows);
    assert_eq!((registry.sites().len(), registry.refused.len()), (100_000, 0));
    for n in [0, 1, 4_711, 99_999] {
        assert_eq!(owner(&registry, &format!("www.s{n}.gov.test"), "/"), Some(format!("单位{n}").as_str()));
        let code = BadgeCode::parse(&format!("CA182050000{n:08}0001")).unwrap();
        assert_eq!(registry.holders_of_code(&code)[0].row, n + 2);
    }
    assert_eq!(owner(&registry, "s100000.gov.test", "/"), None);
}

/// Pieces that registry files are made of, and that trouble readers.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        Just(b"\"".to_vec()),
        Just(b",".to_vec()),
        Just(b"\r".to_vec()),
        Just(b"\n".to_vec()),
        Just("\u{feff}".as_bytes().to_vec()),
        Just(row(&[]).into_bytes()),
        Just(row(&[("address", "\"云\n溪\"")]).into_bytes()),
        Just(b"\xd4\xc6\xcf\xaa".to_vec()),
        proptest::collection::vec(any::<u8>(), 0..20),
        "\\PC{0,12}".prop_map(String::into_bytes),
    ]
}

proptest! {
    #[test]
    fn no_bytes_break_the_reader(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = Registry::read(&bytes);
    }

    #[test]
    fn no_rows_break_the_reader_and_none_is_lost(pieces in proptest::collection::vec(piece(), 0..60)) {
        let bytes = [file(&[]).into_bytes(), pieces.concat(), b"\n".to_vec()].concat();
        if let Ok(registry) = Registry::read(&bytes) {
            let rows: Vec<_> = registry.sites().iter().map(|site| site.row).chain(registry.refused.iter().map(|r| r.row)).collect();
            let distinct: std::collections::BTreeSet<_> = rows.iter().collect();
            prop_assert_eq!(distinct.len(), rows.len());
            for site in registry.sites() {
                for host in site.hosts() {
                    prop_assert!(registry.sites_on(&host).contains(&site));
                }
            }
        }
    }

    #[test]
    fn a_look_up_agrees_with_going_through_all_sites(
        names in proptest::collection::btree_set("(www\\.)?([ab]\\.){0,2}[xy]\\.gov\\.test", 1..6),
        asked in "(www\\.)?([abc]\\.){0,3}[xyz]\\.gov\\.test",
    ) {
        let sites: Vec<_> = names.iter().map(|name| (name.as_str(), name.as_str(), "")).collect();
        let registry = registry(&sites);
        let asked = host(&asked);
        let names: Vec<Host> = names.iter().map(|name| host(name)).collect();
        let twin_of_asked = asked.www_twin().unwrap();
        let nearest = |names: &mut dyn Iterator<Item = &Host>| names.max_by_key(|name| name.ascii().len()).cloned();
        let expected = if names.contains(&asked) {
            Some(asked.clone())
        } else if names.contains(&twin_of_asked) {
            Some(twin_of_asked)
        } else {
            let above = nearest(&mut names.iter().filter(|name| asked.is_within(name)));
            let with_www = names.iter().filter(|name| name.ascii().starts_with("www."));
            let twins: Vec<Host> = with_www.filter_map(Host::www_twin).filter(|twin| asked.is_within(twin)).collect();
            let doubt = nearest(&mut twins.iter());
            above.filter(|name| doubt.is_none_or(|twin| twin.ascii().len() <= name.ascii().len()))
        };
        prop_assert_eq!(registry.site_of(&asked, "/").map(|site| site.key.clone()), expected.map(|name| name.ascii().to_owned()));
    }
}

#[test]
fn the_hanging_limit_runs_to_the_end_of_its_last_day_and_a_provisional_one_waits_for_the_plan() {
    use badgewatch::domain::{
        calendar::Calendar,
        site::{Hanging, not_owed},
        verdict::Reason,
    };
    let calendar = Calendar::builtin();
    let owed_by = |days: u32, notified: &str, today: &str| {
        let registry = read(&[row(&[("badge_code", CODE), ("certificate_id", ID), ("notified_on", notified)])]);
        not_owed(&registry.sites()[0], days, today.parse().unwrap(), &calendar)
    };
    let owed = |notified: &str, today: &str| owed_by(Hanging::default().days, notified, today);

    assert_eq!(owed("2014-09-26", "2014-10-09"), Some(Reason::HangingPeriod), "the due day is the unit's");
    assert_eq!(owed("2014-09-26", "2014-10-10"), None);
    // Sunday 28 September was worked: the two days of such a county end on Monday.
    assert_eq!(owed_by(2, "2014-09-26", "2014-09-29"), Some(Reason::HangingPeriod));
    assert_eq!(owed_by(2, "2014-09-26", "2014-09-30"), None);
    // Counted without 2027's holidays the limit would end early in January; the plan may move that by a week.
    assert_eq!(owed("2026-12-28", "2027-01-08"), Some(Reason::HangingPeriod));
    assert_eq!(owed("2026-12-28", "2027-02-01"), None);
}
