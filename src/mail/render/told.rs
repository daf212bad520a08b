//! Letters of a notice: from the first one to its end.

use super::faults::{found, names, remedies, summary};
use super::limit::{begins, counted, day, nearness, until};
use super::page::{Page, Part};
use super::words::{address, date, facts, name, notice, short_date, site};
use super::{Missing, Told, needed, written};
use crate::domain::basis::MEASURES;
use crate::domain::calendar::Due;
use crate::domain::letter::{Going, Letter};
use crate::domain::verdict::FindingCode;

/// 责令整改通知书.
pub(super) fn rectification(letter: &Letter, going: &Going) -> Result<Told, Missing> {
    let due = needed(going.due.as_ref(), "due")?;
    let mut page = Page::new("责令整改通知书", demand(letter, "发现", due));
    page.number = letter.number.as_deref().map(name);
    page.urgent = true;
    page.section("网站信息");
    page.add(Part::Facts(facts(letter)));
    told(&mut page, letter, going, due)?;
    let subject = format!("【责令整改】{}：{}，{}", site(letter), summary(letter), until(due));
    Ok((subject, page))
}

/// 补充通知.
pub(super) fn supplement(letter: &Letter, going: &Going) -> Result<Told, Missing> {
    let due = needed(going.due.as_ref(), "due")?;
    let mut page = Page::new("补充整改通知书", demand(letter, "新发现", due));
    page.urgent = true;
    page.text(format!(
        "本通知是{}的补充。原通知所列问题的整改期限不变，本通知所列问题的期限另行计算。",
        notice(letter)
    ));
    page.section("网站信息");
    page.add(Part::Facts(facts(letter)));
    told(&mut page, letter, going, due)?;
    let subject = format!("【补充整改】{}：新发现{}，{}", site(letter), spaced(&summary(letter)), until(due));
    Ok((subject, page))
}

/// `新发现 2 项问题`, `新发现域名不能解析`.
fn spaced(text: &str) -> String {
    if text.starts_with(|c: char| c.is_ascii_alphanumeric()) { format!(" {text}") } else { text.to_owned() }
}

fn demand(letter: &Letter, verb: &str, due: &Due) -> String {
    let number = letter.faults.len();
    format!("经检查，在{}{verb} {number} 项问题。现责令你单位于 {}24:00 前完成整改。", site(letter), day(due))
}

/// What every letter says that begins a limit.
fn told(page: &mut Page, letter: &Letter, going: &Going, due: &Due) -> Result<(), Missing> {
    found(page, letter, going.copy);
    begins(page, needed(letter.limit.as_ref(), "limit")?, due);
    remedies(page, letter);
    ways(page, going);
    consequences(page, letter);
    page.text("特此通知。");
    Ok(())
}

/// 如何复检、申请延期、提出异议: by one link, which copies do not carry.
pub(super) fn ways(page: &mut Page, going: &Going) {
    if going.copy {
        return;
    }
    page.section("如何申请复检、延期或提出异议");
    page.add(Part::List(vec![
        "整改完成后，打开下面的链接，点“立即复检”，结果当场可见；不申请复检的，系统按日常检查确认整改结果。".to_owned(),
        "在期限内确实不能完成的，请在到期前申请延期，说明理由和预计完成时间。".to_owned(),
        "认为检查结果有误的，请提出异议，写明情况，可附一份材料；我办核查后书面答复。".to_owned(),
    ]));
    if let Some(link) = &going.link {
        page.text("链接供你单位专用，打开时无需账号，请勿转发给无关人员：");
        page.add(Part::Link(link.clone()));
    }
}

/// 逾期后果.
fn consequences(page: &mut Page, letter: &Letter) {
    page.section("逾期后果");
    page.text(
        "期限届满后复检仍发现上述问题的，我办将依照前述办法第二十条研究处理：情节较轻的，予以警告并督促整改；\
         情节严重的，通知有关机构停止该网站域名的解析，整改后须重新开办审核。",
    );
    let closed = |code| matches!(code, FindingCode::DomainDead | FindingCode::Unreachable);
    if letter.faults.iter().any(|fault| closed(fault.code)) {
        page.text("网站关闭或者网上名称失效超过 30 日的，依照该办法第十九条第（三）项，可以撤销网站标识。");
    }
}

/// 整改提醒.
pub(super) fn reminder(letter: &Letter, going: &Going) -> Result<Told, Missing> {
    let due = needed(letter.due.as_ref(), "due")?;
    let near = nearness(due, going.on);
    let lead = format!("{}的整改期限{near}，到期日为 {}。", site(letter), day(due));
    let mut page = Page::new("整改提醒", lead);
    page.urgent = true;
    page.text(format!(
        "{}所列问题，目前尚未确认消除。已整改的，请申请复检；不能按期完成的，请在到期前申请延期。",
        notice(letter)
    ));
    if !letter.faults.is_empty() {
        found(&mut page, letter, going.copy);
        remedies(&mut page, letter);
    }
    page.section("整改期限");
    page.text(format!("到期日：{}24:00。", day(due)));
    counted(&mut page, due);
    ways(&mut page, going);
    let subject = match () {
        () if due.date == going.on => format!("【整改提醒】{}：今天到期", site(letter)),
        () => format!("【整改提醒】{}：{near}（{}到期）", site(letter), short_date(due.date)),
    };
    Ok((subject, page))
}

/// 整改完成告知.
pub(super) fn rectified(letter: &Letter, _: &Going) -> Result<Told, Missing> {
    let mut page = Page::new("整改完成告知", format!("经复检，{}的问题已消除，通知办结。", site(letter)));
    let told = names(letter);
    let which = if told.is_empty() { String::new() } else { format!("（{told}）") };
    page.text(format!(
        "{}所列问题{which}，复检时均未再发现。本通知办结，无需再办理其他手续。感谢配合。",
        notice(letter)
    ));
    written(&mut page, letter, "");
    page.text("日常检查仍照常进行。改版、更换模板或迁移网站时，请留意保留网站标识。");
    Ok((format!("【整改完成】{}：问题已消除，通知办结", site(letter)), page))
}

/// 撤回通知.
pub(super) fn withdrawn(letter: &Letter, _: &Going) -> Result<Told, Missing> {
    let mut page = Page::new("撤回整改通知", format!("现撤回关于{}的整改通知，你单位无需整改。", site(letter)));
    page.text(format!("经核查，{}不当，现予撤回，自始不计期限，不作为后续处理的依据。", notice(letter)));
    written(&mut page, letter, "撤回的理由");
    page.text("给你单位的工作带来不便，谨致歉意。");
    Ok((format!("【撤回通知】{}：整改通知已撤回，无需整改", site(letter)), page))
}

/// 延期告知.
pub(super) fn extended(letter: &Letter, going: &Going) -> Result<Told, Missing> {
    let due = needed(letter.due.as_ref(), "due")?;
    let mut page = Page::new("延期告知", format!("{}的整改期限延至 {}24:00。", notice(letter), day(due)));
    counted(&mut page, due);
    written(&mut page, letter, "延期的理由");
    ways(&mut page, going);
    Ok((format!("【延期告知】{}：整改期限延至 {}", site(letter), short_date(due.date)), page))
}

/// 异议答复.
pub(super) fn answered(letter: &Letter, going: &Going) -> Result<Told, Missing> {
    let mut page = Page::new("异议答复", format!("你单位对{}提出的异议收悉，经核查，答复如下。", notice(letter)));
    needed(letter.text.as_ref(), "text")?;
    written(&mut page, letter, "答复");
    if let Some(due) = &letter.due {
        page.section("整改期限");
        page.text(format!("到期日：{}24:00。", day(due)));
        counted(&mut page, due);
    }
    ways(&mut page, going);
    Ok((format!("【异议答复】{}：对异议的答复", site(letter)), page))
}

/// 逾期告知.
pub(super) fn overdue(letter: &Letter, going: &Going) -> Result<Told, Missing> {
    let due = needed(letter.due.as_ref(), "due")?;
    let mut page = Page::new("逾期告知", format!("{}的整改期限已满，届满后检查仍发现问题。", site(letter)));
    page.urgent = true;
    page.text(format!(
        "{}的整改期限已于 {} 届满。届满后的检查仍发现下列问题，我办将依照{MEASURES}第二十条研究处理意见。\
         作出处理决定前完成整改的，请立即申请复检，整改情况将一并考虑。",
        notice(letter),
        date(due.date)
    ));
    page.section("网站信息");
    page.add(Part::Facts(facts(letter)));
    found(&mut page, letter, going.copy);
    remedies(&mut page, letter);
    ways(&mut page, going);
    Ok((format!("【逾期告知】{}：期限已满，检查仍发现问题", site(letter)), page))
}

/// 友情提醒.
pub(super) fn friendly(letter: &Letter, going: &Going) -> Result<Told, Missing> {
    let what = if letter.faults.is_empty() { "有事项需要留意".to_owned() } else { summary(letter) };
    let mut page = Page::new("友情提醒", format!("{}：{what}，请及时核对。", site(letter)));
    page.text("本提醒不是整改通知，不计期限，也不影响网站标识的使用。");
    for fault in &letter.faults {
        page.section(fault.code.label());
        page.text(crate::mail::remedy::seen(fault.code));
        page.add(Part::Addresses(fault.pages.iter().map(|text| address(text)).collect()));
        page.text("请核对：");
        page.add(Part::List(crate::mail::remedy::steps(fault).into_iter().map(str::to_owned).collect()));
    }
    written(&mut page, letter, "");
    if let Some(link) = going.link.as_ref().filter(|_| !going.copy) {
        page.text("查看详情：");
        page.add(Part::Link(link.clone()));
    }
    Ok((format!("【友情提醒】{}：{what}", site(letter)), page))
}
