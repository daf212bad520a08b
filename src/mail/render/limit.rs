//! 限期与计算: until when, and how that was counted.

use chrono::{Datelike, NaiveDate, Weekday};

use super::page::Page;
use super::words::{date, date_with_weekday, short_date};
use crate::domain::beijing::weekday;
use crate::domain::calendar::Due;
use crate::domain::letter::Limit;

/// Counted days that are listed one by one; a longer limit is told by its ends.
const LISTED_DAYS: usize = 40;

/// The day, marked where it may still move.
pub(super) fn day(due: &Due) -> String {
    let mark = if due.provisional { "，暂定" } else { "" };
    format!("{}（{}{mark}）", date(due.date), weekday(due.date))
}

/// `限 12月4日前`, as a subject line says it.
pub(super) fn until(due: &Due) -> String {
    format!("限 {}前{}", short_date(due.date), if due.provisional { "（暂定）" } else { "" })
}

/// The section of a limit that begins today.
pub(super) fn begins(page: &mut Page, limit: &Limit, due: &Due) {
    page.section("整改期限及计算");
    let start =
        if limit.include_start_day { "自本通知发出当日起算" } else { "自本通知发出次日起算" };
    page.text(format!("整改期限为 {} 个工作日，{start}，至 {}24:00 止。", limit.days, date_with_weekday(due.date)));
    counted(page, due);
}

/// The counted days, and why a day may move.
pub(super) fn counted(page: &mut Page, due: &Due) {
    if !due.counted.is_empty() {
        let total = due.counted.len();
        page.text(format!("计入的工作日（{total} 天）：{}。休息日和法定节假日不计入。", days(&due.counted)));
    }
    if due.provisional {
        page.text(format!(
            "到期日为暂定：计算涉及的 {} 年放假调休安排尚未公布，暂按周一至周五为工作日推算。安排公布后如有变化，将重新计算并另行告知。",
            due.date.year()
        ));
    }
}

fn days(counted: &[NaiveDate]) -> String {
    let written = |day: &NaiveDate| {
        let worked = matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
        format!("{}（{}{}）", short_date(*day), weekday(*day), if worked { "，调休上班" } else { "" })
    };
    match counted {
        [first, .., last] if counted.len() > LISTED_DAYS => format!("{} 至 {}", date(*first), date(*last)),
        days => days.iter().map(written).collect::<Vec<_>>().join("、"),
    }
}

/// How near the day is: `还剩 3 个工作日`, `今天到期`.
pub(super) fn nearness(due: &Due, on: NaiveDate) -> String {
    let left = due.counted.iter().filter(|day| **day > on).count();
    match () {
        () if due.date == on => "今天到期".to_owned(),
        () if due.date < on => format!("已于{}到期", short_date(due.date)),
        () if left == 0 => format!("{}到期", short_date(due.date)),
        () => format!("还剩 {left} 个工作日"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::calendar::Calendar;

    #[test]
    fn nearness_counts_working_days_over_a_holiday() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let due = Calendar::builtin().due(day("2026-09-18"), 10, false);
        assert_eq!(due.date, day("2026-10-09"));
        assert_eq!(nearness(&due, day("2026-09-29")), "还剩 3 个工作日", "30 September, 8 and 9 October");
        assert_eq!(nearness(&due, day("2026-10-03")), "还剩 2 个工作日");
        assert_eq!(nearness(&due, day("2026-10-09")), "今天到期");
        assert_eq!(nearness(&due, day("2026-10-10")), "已于10月9日到期");
        assert_eq!(nearness(&Due { counted: Vec::new(), ..due }, day("2026-10-03")), "10月9日到期");
    }
}
