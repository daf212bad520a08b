//! What an officer says to an act: the fields it asks for, and the event that comes of them.

use serde::Deserialize;

use super::act_name;
use crate::domain::notice::{Event, Notice, OfficerAct, RequestKind};
use crate::web::console::act::{Field, Problem, Stage, day, said};
use crate::web::tongue::Tongue;

/// The fields of all acts.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(in crate::web::console) struct Given {
    pub why: String,
    pub until: String,
    pub on: String,
    pub text: String,
    pub granted: String,
    /// Fingerprint of the letters that were shown.
    pub letters: String,
    confirm: String,
    again: String,
    look: String,
}

impl Given {
    pub fn stage(&self) -> Stage {
        Stage::of(&self.confirm, &self.again).or_look(&self.look)
    }
}

/// Does it ask for anything?
pub(super) const fn has_form(act: OfficerAct) -> bool {
    !matches!(act, OfficerAct::Approve | OfficerAct::Resend)
}

/// The fields that an act asks for.
pub(super) fn fields(t: Tongue, act: OfficerAct, notice: &Notice, given: &Given) -> Vec<Field> {
    match act {
        OfficerAct::Approve | OfficerAct::Resend => Vec::new(),
        OfficerAct::Deliver => vec![Field::day(
            "on",
            t.say("送达日期", "Day of delivery"),
            t.say(
                "实际送达单位的日期（北京时间），不得晚于今天。",
                "The day the unit had it (Beijing), today at the latest.",
            ),
            &given.on,
        )],
        OfficerAct::Withdraw | OfficerAct::Close => vec![why(t, act, given)],
        OfficerAct::Extend => vec![until(t, notice, given, false), why(t, act, given)],
        OfficerAct::AnswerObjection => vec![granted(t, RequestKind::Objection, given), text(t, given)],
        OfficerAct::AnswerExtension => {
            vec![granted(t, RequestKind::Extension, given), until(t, notice, given, true), text(t, given)]
        }
    }
}

fn why(t: Tongue, act: OfficerAct, given: &Given) -> Field {
    let hint = match act {
        OfficerAct::Close => t.say("记入办理记录，单位可以看到。", "Goes on record; the unit can read it."),
        _ => t.say("写入给单位的信件，也记入办理记录。", "Stands in the letter to the unit, and on record."),
    };
    Field::text("why", t.say("理由", "Reason"), hint, &given.why)
}

fn text(t: Tongue, given: &Given) -> Field {
    let hint = t.say("写入给单位的信件。", "Stands in the letter to the unit.");
    Field::text("text", t.say("答复", "Answer"), hint, &given.text)
}

fn until(t: Tongue, notice: &Notice, given: &Given, is_answer: bool) -> Field {
    let now = notice.due().map(|due| t.date(due.date)).unwrap_or_default();
    let now = format!("{}{now}{}", t.say("现到期日为 ", "Now due on "), t.say("。", "."));
    let asked = notice.open_request(RequestKind::Extension).and_then(|request| request.until);
    let hint = match asked.filter(|_| is_answer) {
        Some(asked) => format!(
            "{now}{}{}",
            t.say("不填则按申请延至 ", " If left empty, as asked: "),
            format_args!("{}{}", t.date(asked), t.say("；不同意的，不填。", "; leave it empty if it is not granted."))
        ),
        None => now,
    };
    Field::day("until", t.say("新的到期日", "New due date"), hint, &given.until)
}

fn granted(t: Tongue, kind: RequestKind, given: &Given) -> Field {
    let (yes, no) = match kind {
        RequestKind::Objection => (
            t.say("异议成立，撤回通知", "It is right: withdraw the notice"),
            t.say("异议不成立，通知照常", "It is not: the notice stands"),
        ),
        RequestKind::Extension => (t.say("同意延期", "Grant it"), t.say("不同意延期", "Do not grant it")),
    };
    let all = [("yes", yes), ("no", no)].map(|(value, label)| (value.to_owned(), label.to_owned()));
    Field::one("granted", t.say("结论", "Decision"), &given.granted, all)
}

/// What was said as the event of the act, or what stands against it.
pub(super) fn event(t: Tongue, act: OfficerAct, given: &Given) -> Result<Event, Vec<Problem>> {
    let mut problems = Vec::new();
    let event = match act {
        OfficerAct::Approve => Event::Approved,
        OfficerAct::Resend => Event::Resent,
        OfficerAct::Deliver => Event::DeliveredByHand { on: keep(day(t, "on", &given.on), &mut problems) },
        OfficerAct::Withdraw => Event::Withdrawn { why: keep(said(t, "why", &given.why), &mut problems) },
        OfficerAct::Close => Event::Closed { why: keep(said(t, "why", &given.why), &mut problems) },
        OfficerAct::Extend => Event::Extended {
            until: keep(day(t, "until", &given.until), &mut problems),
            why: keep(said(t, "why", &given.why), &mut problems),
        },
        OfficerAct::AnswerObjection => answered(t, RequestKind::Objection, given, &mut problems),
        OfficerAct::AnswerExtension => answered(t, RequestKind::Extension, given, &mut problems),
    };
    if problems.is_empty() { Ok(event) } else { Err(problems) }
}

fn answered(t: Tongue, kind: RequestKind, given: &Given, problems: &mut Vec<Problem>) -> Event {
    let granted = match given.granted.as_str() {
        "yes" => true,
        "no" => false,
        _ => {
            problems
                .push(Problem { field: "granted", message: t.say("请选择结论", "Choose a decision").to_owned() });
            false
        }
    };
    let has_day = kind == RequestKind::Extension && granted && !given.until.trim().is_empty();
    let until = has_day.then(|| keep(day(t, "until", &given.until), problems));
    Event::Answered { kind, granted, text: keep(said(t, "text", &given.text), problems), until }
}

fn keep<T: Default>(read: Result<T, Problem>, problems: &mut Vec<Problem>) -> T {
    read.unwrap_or_else(|problem| {
        problems.push(problem);
        T::default()
    })
}

/// The title of an act's pages.
pub(super) fn title(t: Tongue, act: OfficerAct) -> &'static str {
    match act {
        OfficerAct::Approve => t.say("审核并发出通知", "Review the notice and send it"),
        act => act_name(t, act),
    }
}
