//! Letters of a case: decisions, what carries them out, and what waits for an officer.

use super::page::{Page, Part};
use super::words::{address, date, facts, name, short_date, site};
use super::{Missing, Told, needed, written};
use crate::domain::basis::{MEASURES, cite};
use crate::domain::letter::{DecisionText, Going, Letter, LetterKind, SiteText};
use crate::mail::clean::line;

/// 警告.
pub(super) fn warning(letter: &Letter, going: &Going) -> Result<Told, Missing> {
    let decision = needed(letter.decision.as_ref(), "decision")?;
    let lead = format!("经研究，就{}的标识使用问题，对你单位予以警告，请立即整改。", site(letter));
    let mut page = decided("警告书", lead, letter, decision);
    page.section("要求");
    page.text("请立即完成整改，并申请复检。仍不整改的，我办将依照该办法第二十条继续处理。");
    objection(&mut page, going);
    Ok((format!("【警告】{}：予以警告，请立即整改", site(letter)), page))
}

/// 撤销网站标识决定.
pub(super) fn revocation(letter: &Letter, going: &Going) -> Result<Told, Missing> {
    let decision = needed(letter.decision.as_ref(), "decision")?;
    let lead = format!("经研究，决定自 {} 起撤销{}的网站标识。", date(decision.effective_on), site(letter));
    let mut page = decided("撤销网站标识决定书", lead, letter, decision);
    page.section("生效后的要求");
    page.text("自生效之日起，该标识不再有效，证书页面显示“已撤销”。请从所有页面移除该标识。需要继续使用网站标识的，须重新申请，审核通过后发放新的标识。");
    objection(&mut page, going);
    Ok((format!("【撤销决定】{}：网站标识自 {}起撤销", site(letter), short_date(decision.effective_on)), page))
}

/// 停止域名解析决定.
pub(super) fn stop_resolution(letter: &Letter, going: &Going) -> Result<Told, Missing> {
    let decision = needed(letter.decision.as_ref(), "decision")?;
    let (day, number) = (date(decision.effective_on), decision.names.len());
    let lead = format!("经研究，决定自 {day} 起停止{}下列 {number} 个域名的解析。", site(letter));
    let mut page = decided("停止域名解析决定书", lead, letter, decision);
    page.section("执行与恢复");
    page.text("我办将通知域名注册管理机构执行。停止解析期间，网站标识同时停用。整改完成后，请重新提出开办审核；审核通过后恢复解析，网站标识同时恢复。");
    objection(&mut page, going);
    let subject =
        format!("【停止解析决定】{}：{number} 个域名自 {}起停止解析", site(letter), short_date(decision.effective_on));
    Ok((subject, page))
}

/// 撤回决定.
pub(super) fn withdrawn(letter: &Letter, _: &Going) -> Result<Told, Missing> {
    let lead = format!("原定对{}作出的决定已撤回，不发生效力。", site(letter));
    let mut page = Page::new("撤回决定告知", lead);
    page.number = letter.number.as_deref().map(name);
    page.section("网站信息");
    page.add(Part::Facts(facts(letter)));
    if let Some(decision) = &letter.decision {
        page.section("所撤回的决定");
        page.add(Part::Facts(terms(decision)));
    }
    written(&mut page, letter, "撤回的理由");
    Ok((format!("【撤回决定】{}：原决定撤回，不发生效力", site(letter)), page))
}

/// 恢复决定.
pub(super) fn reinstatement(letter: &Letter, _: &Going) -> Result<Told, Missing> {
    let decision = needed(letter.decision.as_ref(), "decision")?;
    let day = date(decision.effective_on);
    let lead = format!("经重新审核，决定自 {day} 起恢复{}的网站标识和域名解析。", site(letter));
    let mut page = decided("恢复决定书", lead, letter, decision);
    page.section("恢复后的要求");
    page.text("请核对网站能够正常打开，并在所有页面底部居中的显著位置加挂网站标识。域名恢复解析可能需要一定时间。");
    Ok((format!("【恢复决定】{}：自 {}起恢复", site(letter), short_date(decision.effective_on)), page))
}

/// 执行通知.
pub(super) fn instruction(letter: &Letter, _: &Going) -> Result<Told, Missing> {
    let decision = needed(letter.decision.as_ref(), "decision")?;
    needed(decision.jws.as_ref(), "decision.jws")?;
    let number = decision.names.len();
    let lead = format!("请依照本通知及所附签名指令，对{}的 {number} 个域名执行。", site(letter));
    let mut page = decided("执行通知", lead, letter, decision);
    page.urgent = true;
    page.section("核验与回复");
    page.add(Part::List(vec![
        "附件 instruction.jws 为本通知的签名指令（JWS，RFC 7515）。请用我办事先提供的公钥核验签名，核验不通过的，请勿执行，并与我办联系。".to_owned(),
        "本通知与签名指令不一致的，请勿执行，并与我办联系。".to_owned(),
        "执行后请回复本邮件，写明文号、执行的域名和时间。我办将通过域名解析核对执行结果。".to_owned(),
    ]));
    page.annexes.push("instruction.jws（签名指令）".to_owned());
    let subject = format!("【执行通知】{}：{number} 个域名，{}起执行", site(letter), short_date(decision.effective_on));
    Ok((subject, page))
}

/// 待办提醒.
pub(super) fn office_task(letter: &Letter, going: &Going) -> Result<Told, Missing> {
    let text = needed(letter.text.as_ref(), "text")?;
    if letter.site == SiteText::default() {
        return Ok(daily_tasks(letter, text));
    }
    let what = line(text, 60).trim_end_matches('。').to_owned();
    let mut page = Page::new("待办提醒", format!("{}有一件事项等待处理。", site(letter)));
    page.number = letter.number.as_deref().map(name);
    written(&mut page, letter, "事项");
    if let Some(link) = &going.link {
        page.add(Part::Link(link.clone()));
    }
    page.section("网站信息");
    page.add(Part::Facts(facts(letter)));
    Ok((format!("【待办】{}：{what}", site(letter)), page))
}

/// 待办提醒 of an office's whole day: it is about no single site.
fn daily_tasks(letter: &Letter, text: &str) -> Told {
    let what = line(text.lines().next().unwrap_or_default(), 60);
    let mut page = Page::new("待办提醒", "下列事项等待处理，处理前相关通知、案件和信件不会自行办结。".to_owned());
    written(&mut page, letter, "事项");
    (format!("【待办】{}：{what}", name(&letter.office.name)), page)
}

/// What every decision says: whom it concerns, on what ground, why, from when, which names.
fn decided(title: &'static str, lead: String, letter: &Letter, decision: &DecisionText) -> Page {
    let mut page = Page::new(title, lead);
    page.number = letter.number.as_deref().map(name);
    page.urgent = letter.kind != LetterKind::Reinstatement;
    page.section("网站信息");
    page.add(Part::Facts(facts(letter)));
    written(&mut page, letter, if letter.kind == LetterKind::Instruction { "执行内容" } else { "事实和理由" });
    page.section(if letter.kind == LetterKind::Instruction {
        "执行的域名与依据"
    } else {
        "决定内容与依据"
    });
    page.add(Part::Facts(terms(decision)));
    if !decision.names.is_empty() {
        page.text(format!("所涉域名（{} 个）：", decision.names.len()));
        page.add(Part::Addresses(decision.names.iter().map(|text| address(text)).collect()));
    }
    page
}

fn terms(decision: &DecisionText) -> Vec<(&'static str, String)> {
    let mut terms = vec![("生效日期", date(decision.effective_on))];
    if !decision.articles.is_empty() {
        terms.push(("依据", format!("{}{}。", MEASURES, cite(&decision.articles))));
    }
    terms
}

/// Where to turn to; the unit's page is behind the link.
fn objection(page: &mut Page, going: &Going) {
    if going.copy {
        return;
    }
    page.section("异议");
    match &going.link {
        None => page.text("对本决定有异议的，请与我办联系。"),
        Some(link) => {
            page.text("对本决定有异议的，请打开下面的链接提出，或与我办联系。链接供你单位专用，请勿转发给无关人员：");
            page.add(Part::Link(link.clone()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decision_names_its_ground_and_its_day() {
        let day = chrono::NaiveDate::from_ymd_opt(2026, 12, 7).unwrap();
        let decision = DecisionText { articles: vec![20], effective_on: day, names: Vec::new(), jws: None };
        let terms = terms(&decision);
        assert_eq!(terms[0], ("生效日期", "2026年12月7日".to_owned()));
        assert!(terms[1].1.ends_with("第二十条。"));
    }
}
