//! Every letter there is, as a unit reads it: rendered from the samples and looked at.

mod support;

use badgewatch::domain::calendar::Calendar;
use badgewatch::domain::letter::{Exhibit, Fault, Going, Letter, LetterKind};
use badgewatch::domain::verdict::FindingCode;
use badgewatch::mail::clean::is_hidden;
use badgewatch::mail::render::{RenderError, render};
use badgewatch::mail::sample::sample;
use badgewatch::mail::{Rendered, remedy};
use proptest::prelude::*;
use scraper::{Html, Selector};
use support::badgewatch;

#[test]
fn every_letter_reads_as_it_should() {
    for kind in LetterKind::ALL {
        let (letter, going) = sample(*kind);
        let rendered = render(&letter, &going).unwrap();
        let files: String = rendered.attachments.iter().map(|file| format!("附件：{}\n", file.name)).collect();
        let text = format!("主题：{}\n{files}\n{}", rendered.subject, rendered.text);
        insta::assert_snapshot!(format!("letter_{}", kind.name()), text);
        insta::assert_snapshot!(format!("letter_{}_html", kind.name()), rendered.html);
    }
}

#[test]
fn an_office_that_carries_an_instruction_itself_gets_it_with_the_task() {
    let (instruction, going) = sample(LetterKind::Instruction);
    let text = Some("未设置注册管理机构的邮箱，请将所附执行通知送达注册管理机构并登记回执。".to_owned());
    let task = Letter { kind: LetterKind::OfficeTask, text, ..instruction };
    let files: Vec<_> = render(&task, &going).unwrap().attachments.into_iter().map(|file| file.name).collect();
    assert_eq!(files, ["instruction.jws"]);
    let (plain, going) = sample(LetterKind::OfficeTask);
    assert!(render(&plain, &going).unwrap().attachments.is_empty(), "any other task brings nothing");
}

fn rectification() -> (Letter, Going) {
    sample(LetterKind::Rectification)
}

/// What a person reads of a part of the HTML.
fn read(html: &str, selector: &str) -> Vec<String> {
    let page = Html::parse_document(html);
    let selector = Selector::parse(selector).unwrap();
    page.select(&selector).map(|element| element.text().collect::<String>()).collect()
}

/// Without what only sets it.
fn bare(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

#[test]
fn the_text_says_all_that_the_html_says() {
    for kind in LetterKind::ALL {
        let (letter, going) = sample(*kind);
        let rendered = render(&letter, &going).unwrap();
        let text = bare(&rendered.text);
        for shown in read(&rendered.html, "h1, h2, h3, p, li, pre") {
            let shown = bare(&shown);
            assert!(text.contains(&shown) || shown == "打开办理页面", "{kind}: {shown} is not in the text");
        }
    }
}

#[test]
fn a_trial_says_so_first_and_a_copy_carries_no_link() {
    let (letter, going) = rectification();
    let link = going.link.clone().unwrap();
    let trial = render(&letter, &Going { trial: true, ..going.clone() }).unwrap();
    assert!(trial.subject.starts_with("【试运行】【责令整改】"));
    assert!(trial.text.starts_with("【试运行】") && trial.text.contains("不计期限"));
    assert!(trial.html.contains("【试运行】") && trial.html.contains("不计期限"));

    // Even where the caller forgot to leave it out.
    for kind in LetterKind::ALL.iter().filter(|kind| **kind != LetterKind::OfficeTask) {
        let (letter, going) = sample(*kind);
        let copy = render(&letter, &Going { copy: true, ..going }).unwrap();
        assert!(copy.subject.starts_with("【抄送】"), "{kind}");
        assert!(!copy.text.contains(&link) && !copy.html.contains(&link), "{kind}");
    }
}

#[test]
fn ten_thousand_pages_are_twenty_and_a_number() {
    let (mut letter, going) = rectification();
    letter.faults.truncate(1);
    letter.faults[0].pages = (0..10_000).map(|n| format!("https://jyj.yunxi.gov.cn/page-{n}.html")).collect();
    letter.faults[0].pages_in_all = 10_000;
    let rendered = render(&letter, &going).unwrap();
    assert_eq!(rendered.subject, "【责令整改】云溪县教育局网站：10,000 个页面未挂标，限 10月9日前");
    assert_eq!(rendered.text.matches("/page-").count(), 20);
    assert!(rendered.text.contains("共 10,000 个，以上为前 20 个，其余见文末链接。"));
    assert!(rendered.html.len() < 30_000);
}

#[test]
fn a_due_date_that_may_move_is_said_to() {
    let (letter, going) = rectification();
    let on = "2026-12-18".parse().unwrap();
    let due = Some(Calendar::builtin().due(on, 10, false));
    let rendered = render(&letter, &Going { on, due, ..going }).unwrap();
    assert!(rendered.subject.ends_with("限 1月4日前（暂定）"), "{}", rendered.subject);
    assert!(rendered.text.contains("2027年1月4日（周一，暂定）"), "{}", rendered.text);
    assert!(rendered.text.contains("2027 年放假调休安排尚未公布"), "{}", rendered.text);
}

#[test]
fn the_day_of_sending_counts_only_where_the_terms_say_so() {
    let (mut letter, going) = rectification();
    assert!(render(&letter, &going).unwrap().text.contains("自本通知发出次日起算"));
    letter.limit.as_mut().unwrap().include_start_day = true;
    assert!(render(&letter, &going).unwrap().text.contains("自本通知发出当日起算"));
}

#[test]
fn a_letter_without_what_it_is_for_is_none() {
    let (letter, going) = rectification();
    let missing = |letter: &Letter, going: &Going| match render(letter, going) {
        Err(RenderError::Missing { what, .. }) => what,
        other => panic!("{other:?}"),
    };
    assert_eq!(missing(&letter, &Going { due: None, ..going.clone() }), "due");
    assert_eq!(missing(&Letter { limit: None, ..letter.clone() }, &going), "limit");
    let link = Some("javascript:alert(1)".to_owned());
    assert_eq!(missing(&letter, &Going { link, ..going }), "an http address as its link");
    let (letter, going) = sample(LetterKind::Instruction);
    assert_eq!(missing(&Letter { decision: None, ..letter }, &going), "decision");
}

fn fault(code: FindingCode, evidence: Vec<Exhibit>) -> Fault {
    let (letter, _) = rectification();
    Fault { code, evidence, ..letter.faults[0].clone() }
}

#[test]
fn every_finding_is_said_in_words_and_has_a_remedy() {
    for code in FindingCode::ALL {
        assert!(remedy::seen(*code).ends_with('。') && !remedy::short(*code).is_empty(), "{code}");
        let steps = remedy::steps(&fault(*code, Vec::new()));
        assert!(!steps.is_empty() && steps.iter().all(|step| step.ends_with('。')), "{code}: {steps:?}");
        let (letter, going) = rectification();
        render(&Letter { faults: vec![fault(*code, Vec::new())], ..letter }, &going).unwrap();
    }
}

#[test]
fn a_blocked_badge_is_told_the_cause_that_the_evidence_shows() {
    let (letter, _) = rectification();
    let mut shown = letter.faults[1].evidence[0].clone();
    let told = |shown: &Exhibit| remedy::steps(&fault(FindingCode::Blocked, vec![shown.clone()])).concat();
    assert!(told(&shown).contains("按发放时的写法以 http:// 引用脚本"));
    shown.address = "http://jyj.yunxi.gov.cn/".into();
    assert!(!told(&shown).contains("按发放时的写法以 http:// 引用脚本"), "a plain page may fetch it in the clear");
    assert!(told(&shown).contains("Content-Security-Policy") && told(&shown).contains("_ideConac"));
    shown.excerpt = Some("content-security-policy: script-src 'self'".into());
    assert!(told(&shown).contains("不允许加载标识脚本"));
}

#[test]
fn an_operator_looks_at_any_letter() {
    let listed = badgewatch(["mail", "preview", "--list"]);
    assert_eq!(listed.stdout.lines().count(), LetterKind::ALL.len());
    let shown = badgewatch(["mail", "preview", "stop_resolution", "--trial"]);
    assert!(shown.stdout.starts_with("主题：【试运行】【停止解析决定】"), "{}", shown.stdout);
    let file = tempfile::NamedTempFile::new().unwrap();
    let path = file.path().to_str().unwrap();
    assert_eq!(badgewatch(["mail", "preview", "reminder", "--html", "-o", path]).code, Some(0));
    assert!(std::fs::read_to_string(path).unwrap().starts_with("<!DOCTYPE html>"));
    let wrong = badgewatch(["mail", "preview", "love"]);
    assert_eq!(wrong.code, Some(64));
    assert!(wrong.stderr.contains("rectification"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn no_name_breaks_the_page(kind in prop::sample::select(LetterKind::ALL), words in prop::collection::vec(hostile(), 12)) {
        let (letter, going) = sample(kind);
        let ours = render(&letter, &going).unwrap();
        let theirs = render(&attacked(letter, &words), &going).unwrap();
        prop_assert_eq!(skeleton(&theirs), skeleton(&ours));
        let hidden = |text: &str| text.chars().any(|c| is_hidden(c) && c != '\n');
        prop_assert!(!hidden(&theirs.text) && !hidden(&theirs.html) && !hidden(&theirs.subject), "{}", theirs.text);
        prop_assert!(theirs.subject.chars().count() < 200);
    }
}

/// Every element and its attributes, but for those whose number depends on what was written.
fn skeleton(letter: &Rendered) -> Vec<String> {
    let page = Html::parse_document(&letter.html);
    let mut tags: Vec<_> = page
        .select(&Selector::parse("*").unwrap())
        .map(|element| format!("{} {:?}", element.value().name(), element.value().attrs().collect::<Vec<_>>()))
        .collect();
    tags.sort();
    tags.dedup();
    tags
}

fn attacked(letter: Letter, words: &[String]) -> Letter {
    let word = |n: usize| format!("字{}", words[n]);
    let attack = |mut fault: Fault| {
        fault.pages.iter_mut().for_each(|page| *page = format!("https://x.example/{}", words[0]));
        fault.vantage = word(1);
        for exhibit in &mut fault.evidence {
            (exhibit.address, exhibit.answer) = (word(2), word(3));
            exhibit.excerpt = exhibit.excerpt.as_ref().map(|_| word(4));
        }
        fault
    };
    let mut letter = Letter { faults: letter.faults.iter().cloned().map(attack).collect(), ..letter };
    (letter.addressee, letter.site.name, letter.site.address) = (word(5), word(6), word(7));
    letter.text = letter.text.map(|_| word(8));
    letter.office.name = word(9);
    letter.copies.iter_mut().for_each(|copy| *copy = word(10));
    letter.number = letter.number.map(|_| word(11));
    letter
}

fn hostile() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "<script>alert(1)</script>",
        "</p></div>",
        "<img src=x onerror=alert(1)>",
        "\"",
        "'",
        "&",
        "&#x3c;",
        "-->",
        "<!--",
        "]]>",
        "\r\n",
        "\0",
        "\u{202e}",
        "\u{2066}",
        "\u{200b}",
        "\u{2028}",
        "{{ link }}",
        "{% raw %}",
        "javascript:alert(1)",
        "云溪",
    ]);
    let piece = prop_oneof![3 => pieces.prop_map(str::to_owned), 1 => ".{0,30}", 1 => "长{1,3000}"];
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}
