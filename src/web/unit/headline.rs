//! The answer first: one sentence that says what is wrong and until when, or that nothing is any more.

use chrono::NaiveDate;

use super::words::{is_of_pages, short};
use crate::domain::calendar::Due;
use crate::flow::notices::unit_view::{Standing, Told, UnitView};
use crate::web::tongue::Tongue;

/// The top of the page.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Headline {
    pub sentence: String,
    /// The day in it, which no line end may part.
    pub day: Option<String>,
    /// Shape and word: never by colour alone.
    pub chip: Option<(&'static str, String)>,
    /// What else must be known at once.
    pub more: Vec<String>,
}

impl Headline {
    /// The sentence before the day, the day, and the rest.
    pub fn parts(&self) -> (&str, &str, &str) {
        let sentence = self.sentence.as_str();
        let around = self.day.as_deref().and_then(|day| Some((sentence.split_once(day)?, day)));
        around.map_or((sentence, "", ""), |((before, after), day)| (before, day, after))
    }
}

type Chip = Option<(&'static str, String)>;

pub(super) fn headline(t: Tongue, view: &UnitView) -> Headline {
    let mut head = by_standing(t, view);
    if view.is_dark && !view.notice.state.is_over() {
        let why = t.say(
            "网站域名已依决定停止解析：停止解析期间不计入整改期限，不再提醒；您单位仍可提出异议。",
            "The names of the site are stopped by a decision: the days of the stop are not counted and nothing is reminded \
             of. You may still object.",
        );
        head.more.push(why.to_owned());
    }
    let Some(due) = &view.due else { return head };
    head.day = Some(t.day(due.date));
    if due.provisional {
        let why = t.say(
            "到期日为暂定：所涉年份的放假调休安排尚未公布，公布后如有变化将重新计算并告知。",
            "The due date is provisional: the holidays of a year it reaches into are not published yet. If it moves, you will \
             be told.",
        );
        head.more.push(why.to_owned());
    }
    head
}

fn by_standing(t: Tongue, view: &UnitView) -> Headline {
    let own = |zh: &str, en: &str| t.say(zh, en).to_owned();
    match &view.standing {
        Standing::Runs { due, left } => runs(t, view, due, *left),
        Standing::NotTold { bounced } => not_told(t, view, *bounced),
        Standing::Mended => Headline {
            day: None,
            sentence: own("通知所列问题经检查均已消除", "All that the notice tells was found mended"),
            chip: chip("pass", own("✔ 已消除，正在办结", "✔ mended, being closed")),
            more: vec![own(
                "不需要再做什么，办结后另行告知。",
                "Nothing more is to be done; you will be told when it is closed.",
            )],
        },
        Standing::AwaitingLook { due, objected } => awaiting(t, view, *due, *objected),
        Standing::Overdue { due } => overdue(t, view, *due),
        Standing::Rectified => Headline {
            day: None,
            sentence: own("已整改，本通知办结", "Mended: this notice is closed"),
            chip: chip("pass", own("✔ 已整改", "✔ mended")),
            more: vec![own("通知所列问题经检查均已消除，感谢配合。", "All that it told was found mended. Thank you.")],
        },
        Standing::Withdrawn { why } => Headline {
            day: None,
            sentence: own("本通知已撤回，无需整改", "This notice was withdrawn: nothing needs to be done"),
            chip: chip("na", own("－ 已撤回", "－ withdrawn")),
            more: reason(t, why.as_deref()),
        },
        Standing::Closed { why } => Headline {
            day: None,
            sentence: own("本通知已办结", "This notice is closed"),
            chip: chip("na", own("－ 已办结", "－ closed")),
            more: reason(t, why.as_deref()),
        },
    }
}

fn chip(class: &'static str, text: String) -> Chip {
    Some((class, text))
}

fn reason(t: Tongue, why: Option<&str>) -> Vec<String> {
    why.map(|why| format!("{}{why}", t.say("理由：", "Reason: "))).into_iter().collect()
}

/// `2 个页面检查时未发现标识`; of several faults their number.
fn what(t: Tongue, view: &UnitView) -> String {
    let live: Vec<&Told> = view.live().collect();
    match (live.as_slice(), t) {
        ([one], _) if is_of_pages(one.fault.code) && one.fault.pages_in_all > 0 => {
            let (count, short) = (one.fault.pages_in_all, short(t, one.fault.code));
            match t {
                Tongue::Chinese => format!("{count} 个页面{short}"),
                Tongue::English => format!("{count} page{} {short}", if count == 1 { "" } else { "s" }),
            }
        }
        ([one], Tongue::Chinese) => short(t, one.fault.code).to_owned(),
        ([one], Tongue::English) => capitalised(short(t, one.fault.code)),
        (many, Tongue::Chinese) => format!("本网站有 {} 项问题", many.len()),
        (many, Tongue::English) => format!("{} faults on this site", many.len()),
    }
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn runs(t: Tongue, view: &UnitView, due: &Due, left: usize) -> Headline {
    let (what, day) = (what(t, view), t.day(due.date));
    let mark = if due.provisional { t.say("（暂定）", " (provisional)") } else { "" };
    let sentence = match t {
        Tongue::Chinese => format!("{what}，请在 {day}24:00 前整改{mark}"),
        Tongue::English => format!("{what}: please mend it by the end of {day}{mark}"),
    };
    let nearness = match (due.date == view.today, left, t) {
        (true, _, _) => t.say("◕ 今天 24:00 到期", "◕ due today at 24:00").to_owned(),
        (_, 0, _) => t.say("◔ 其间没有工作日", "◔ no working day before").to_owned(),
        (_, left, Tongue::Chinese) => format!("◔ 还剩 {left} 个工作日"),
        (_, 1, Tongue::English) => "◔ 1 working day left".to_owned(),
        (_, left, Tongue::English) => format!("◔ {left} working days left"),
    };
    Headline {
        day: None,
        sentence,
        chip: chip(if due.date == view.today { "fail" } else { "runs" }, nearness),
        more: Vec::new(),
    }
}

fn not_told(t: Tongue, view: &UnitView, bounced: bool) -> Headline {
    let what = what(t, view);
    let sentence = match t {
        Tongue::Chinese => format!("{what}，请予整改"),
        Tongue::English => format!("{what}: please mend it"),
    };
    let more = match bounced {
        true => t.say(
            "发往您单位登记邮箱的通知未能送达，整改期限尚未开始计算。在本页确认收到的，期限从确认的次日起计算。",
            "The letter to the address on file did not arrive, and the limit has not begun. If you confirm receipt here, it \
             begins on the day after.",
        ),
        false => t.say(
            "通知正在发出，整改期限自告知之日的次日起计算。",
            "The letter is on its way; the limit begins on the day after you are told.",
        ),
    };
    let chip = chip("na", t.say("… 期限尚未开始", "… limit not begun").to_owned());
    Headline { day: None, sentence, chip, more: vec![more.to_owned()] }
}

fn awaiting(t: Tongue, view: &UnitView, due: NaiveDate, objected: bool) -> Headline {
    let day = t.day(due);
    let sentence = match t {
        Tongue::Chinese => format!("整改期限已于 {day}届满，等待复核"),
        Tongue::English => format!("The limit ended on {day}: a look will tell whether it was mended"),
    };
    let pending = match objected {
        true => t.say(
            "您单位提出的异议尚未答复，答复之前不作逾期认定。",
            "Your objection has not been answered; until it is, nothing is called overdue.",
        ),
        false => t.say(
            "期满后的检查得出结论之前，不作逾期认定。已经整改的，可以立即申请复检。",
            "Nothing is called overdue before a look after that day. If it is mended, ask for a re-check now.",
        ),
    };
    let what = match t {
        Tongue::Chinese => format!("此前查明：{}。", what(t, view)),
        Tongue::English => format!("Found so far: {}.", what(t, view)),
    };
    let chip = chip("undetermined", t.say("？ 等待复核", "？ waits for a look").to_owned());
    Headline { day: None, sentence, chip, more: vec![what, pending.to_owned()] }
}

fn overdue(t: Tongue, view: &UnitView, due: NaiveDate) -> Headline {
    let (what, day) = (what(t, view), t.day(due));
    let sentence = match t {
        Tongue::Chinese => format!("{what}，整改期限已于 {day}届满"),
        Tongue::English => format!("{what}; the limit ended on {day}"),
    };
    let next = t.say(
        "期满后的检查仍发现问题，办理机关将依照《暂行办法》第二十条研究处理。请立即整改，整改后申请复检；问题消除的，如实计入办理情况。",
        "A look after that day still found it, and the office now considers a decision (art. 20). Mend it at once and ask for a \
         re-check: that it was mended is taken into account.",
    );
    let chip = chip("fail", t.say("✘ 逾期未改", "✘ overdue").to_owned());
    Headline { day: None, sentence, chip, more: vec![next.to_owned()] }
}
