//! One invented letter of each kind: what `badgewatch mail preview` shows, and what the tests render.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use crate::domain::calendar::Calendar;
use crate::domain::confirm::Rule;
use crate::domain::letter::{DecisionText, Exhibit, Fault, Going, Letter, LetterKind, Limit, OfficeText, SiteText};
use crate::domain::verdict::FindingCode;

const LINK: &str = "https://badge.yunxi.example/u/3kQ9mT2vXw8Lr5Zp7NcYb1";
const SNIPPET: &str = r#"<script type="text/javascript">document.write(unescape("%3Cspan id='_ideConac' %3E%3C/span%3E%3Cscript src='http://dcs.conac.cn/js/07/021/0214/60789012/CA070210214607890120003.js' type='text/javascript'%3E%3C/script%3E"));</script>"#;
const FOOTER: &str = r#"<div class="footer"><p>主办：云溪县教育局</p><p>网站标识码：1402140012</p></div></body>"#;

/// A letter of this kind, and how it goes.
pub fn sample(kind: LetterKind) -> (Letter, Going) {
    use LetterKind as K;
    let (letter, going) = base(kind);
    let told = vec![partly_hung(), blocked()];
    match kind {
        K::Rectification => (Letter { faults: told, limit: Some(limit()), ..letter }, begins(going)),
        K::Supplement => (Letter { faults: vec![domain_dead()], limit: Some(limit()), ..letter }, begins(going)),
        K::Reminder => {
            (Letter { faults: vec![partly_hung()], due: begins(going.clone()).due, ..letter }, on(going, "2026-09-29"))
        }
        K::Rectified => (Letter { faults: told, ..letter }, on(going, "2026-10-08")),
        K::Withdrawn => {
            let why = "检查期间我办一处检测点的线路故障，所取页面不完整，误判为未发现标识。经人工核对，页面符合要求。";
            (with(letter, why), on(going, "2026-09-21"))
        }
        K::Extended => {
            let due = Some(Calendar::builtin().due(day("2026-09-18"), 15, false));
            (
                Letter {
                    due, ..with(letter, "网站正在迁移到县统一平台，预计 10月中旬完成。同意延长 5 个工作日。")
                },
                on(going, "2026-09-28"),
            )
        }
        K::Answered => {
            let answer = "你单位来函称首页底部已有标识。\n经 9月22日 人工核对：首页确有标识；通知所列 3 个页面使用旧模板，其中没有标识。\n通知维持不变，请按期整改。";
            (Letter { due: begins(going.clone()).due, ..with(letter, answer) }, on(going, "2026-09-23"))
        }
        K::OverdueNotice => {
            let seen = |fault: Fault| Fault { last_seen: seen_at(26 * 24), looks: 27, ..fault };
            let faults = told.into_iter().map(seen).collect();
            (Letter { faults, due: begins(going.clone()).due, ..letter }, on(going, "2026-10-12"))
        }
        K::Friendly => (Letter { faults: vec![expiring()], number: None, ..letter }, on(going, "2026-09-18")),
        _ => decided(kind, letter, going),
    }
}

fn decided(kind: LetterKind, letter: Letter, going: Going) -> (Letter, Going) {
    use LetterKind as K;
    let letter = Letter { number: Some("云溪编标案〔2026〕3号".to_owned()), ..letter };
    let going = on(going, "2026-10-20");
    let why = "《责令整改通知书》（云溪编标改〔2026〕12号）所定期限于 2026年10月9日 届满。\n10月10日、10月11日、10月12日 三次检查，所列问题仍在。";
    match kind {
        K::Warning => (with(Letter { decision: Some(decision(20, &[])), ..letter }, why), going),
        K::Revocation => {
            let why = "该网站自 2026年8月15日 起关闭，至 2026年9月20日 共有 37 日检查均无法打开（逐日记录附后，无法判定之日未计入）。";
            (with(Letter { decision: Some(decision(19, &[])), ..letter }, why), going)
        }
        K::StopResolution => (with(Letter { decision: Some(decision(20, NAMES)), ..letter }, why), going),
        K::DecisionWithdrawn => {
            let why = "你单位已于 2026年10月20日 完成整改，复检未再发现问题。";
            (with(Letter { decision: Some(decision(20, NAMES)), ..letter }, why), going)
        }
        K::Reinstatement => {
            let why = "你单位已完成整改，并于 2026年10月19日 通过重新开办审核。";
            (with(Letter { decision: Some(decision(20, NAMES)), ..letter }, why), going)
        }
        K::Instruction => {
            let decision = DecisionText {
                jws: Some("eyJhbGciOiJFZERTQSJ9.eyJhY3Rpb24iOiJzdG9wIn0.c2lnbmF0dXJl".to_owned()),
                ..decision(20, NAMES)
            };
            let letter =
                Letter { addressee: "域名注册管理机构".to_owned(), decision: Some(decision), ..letter };
            (with(letter, "自生效之日起停止下列域名的解析，直至收到我办的恢复通知。"), Going { link: None, ..going })
        }
        _ => {
            let letter = Letter { addressee: letter.office.name.clone(), copies: Vec::new(), ..letter };
            (with(letter, "整改通知被退信，期限已停止计算：请核对联系邮箱后重新发出。"), going)
        }
    }
}

const NAMES: &[&str] = &["jyj.yunxi.gov.cn", "xn--9kq486cosguxs.xn--zfr164b"];

fn base(kind: LetterKind) -> (Letter, Going) {
    let office = OfficeText {
        name: "云溪县委机构编制委员会办公室".to_owned(),
        supervisor: Some("云溪县委网信办".to_owned()),
        contact: Some("网站标识管理科".to_owned()),
        phone: Some("0000-1234567".to_owned()),
        email: Some("badge@yunxi.example".to_owned()),
    };
    let site = SiteText {
        name: "云溪县教育局".to_owned(),
        address: "https://jyj.yunxi.gov.cn/".to_owned(),
        en_domain: Some("jyj.yunxi.gov.cn".to_owned()),
        cn_domain: Some(NAMES[1].to_owned()),
        badge_code: Some("CA070210214607890120003".to_owned()),
        certificate_id: None,
    };
    let letter = Letter {
        kind,
        number: Some("云溪编标改〔2026〕12号".to_owned()),
        addressee: "云溪县教育局".to_owned(),
        parent_unit: Some("云溪县人民政府".to_owned()),
        site,
        office,
        faults: Vec::new(),
        limit: None,
        due: None,
        text: None,
        decision: None,
        copies: vec!["云溪县人民政府".to_owned(), "云溪县委网信办".to_owned()],
    };
    let link = Some(LINK.to_owned());
    (letter, Going { on: day("2026-09-18"), due: None, link, trial: false, copy: false })
}

fn with(letter: Letter, text: &str) -> Letter {
    Letter { text: Some(text.to_owned()), ..letter }
}

fn on(going: Going, text: &str) -> Going {
    Going { on: day(text), ..going }
}

/// Ten working days over the National Day holidays, with a worked Sunday among them.
fn begins(going: Going) -> Going {
    let due = Some(Calendar::builtin().due(going.on, limit().days, limit().include_start_day));
    Going { due, ..going }
}

fn limit() -> Limit {
    Limit { days: 10, include_start_day: false }
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap_or_default()
}

fn seen_at(hours: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_789_520_400, 0).unwrap_or_default() + TimeDelta::hours(hours)
}

fn fault(code: FindingCode, pages: &[&str], evidence: Vec<Exhibit>) -> Fault {
    Fault {
        code,
        pages: pages.iter().map(ToString::to_string).collect(),
        pages_in_all: pages.len() as u64,
        first_seen: seen_at(0),
        last_seen: seen_at(48),
        looks: 3,
        rule: Rule::default(),
        vantage: "云溪-1".to_owned(),
        evidence,
    }
}

fn exhibit(address: &str, answer: &str, excerpt: Option<&str>) -> Exhibit {
    Exhibit {
        address: address.to_owned(),
        at: seen_at(48),
        answer: answer.to_owned(),
        excerpt: excerpt.map(str::to_owned),
        sha256: "9f2c4b1e7a5d3c8809e6f4a2b1d0c7e58f3a6b9c2d1e4f708192a3b4c5d6e7f8".to_owned(),
    }
}

fn decision(article: u8, names: &[&str]) -> DecisionText {
    let names = names.iter().map(ToString::to_string).collect();
    DecisionText { articles: vec![article], effective_on: day("2026-10-21"), names, jws: None }
}

fn partly_hung() -> Fault {
    let pages = [
        "https://jyj.yunxi.gov.cn/zwgk/",
        "https://jyj.yunxi.gov.cn/zwgk/2019/0412.html",
        "https://jyj.yunxi.gov.cn/zt/kjks/",
    ];
    fault(FindingCode::PartlyHung, &pages, vec![exhibit(pages[1], "200", Some(FOOTER))])
}

fn blocked() -> Fault {
    let pages = ["https://jyj.yunxi.gov.cn/"];
    fault(FindingCode::Blocked, &pages, vec![exhibit(pages[0], "200", Some(SNIPPET))])
}

fn domain_dead() -> Fault {
    fault(FindingCode::DomainDead, &[NAMES[1]], vec![exhibit(NAMES[1], "NXDOMAIN", None)])
}

fn expiring() -> Fault {
    fault(FindingCode::DomainExpiring, &[NAMES[1]], Vec::new())
}
