//! The notice as a machine: the whole grid of states and events as a lawyer would read it, and what must hold whatever
//! happens in whatever order.

use badgewatch::domain::beijing;
use badgewatch::domain::calendar::Calendar;
use badgewatch::domain::letter::{LetterKind, Limit};
use badgewatch::domain::notice::{
    Effect, Event, EventKind, Moment, Notice, NoticeState, Pause, Refusal, RequestKind, may_announce,
};
use badgewatch::domain::office::Approval;
use badgewatch::domain::verdict::FindingCode;
use chrono::{Days, NaiveDate};
use proptest::prelude::*;

const LIMIT: Limit = Limit { days: 10, include_start_day: false };

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn moment<'a>(calendar: &'a Calendar, today: NaiveDate) -> Moment<'a> {
    let now = beijing::at_hour(today, 10);
    Moment { now, today, calendar, limit: LIMIT, approval: Approval::ApproveEach }
}

fn draft() -> Notice {
    Notice::draft([("f1".to_owned(), FindingCode::NotHung)], LIMIT)
}

/// A notice after events, each on a day.
fn after(events: &[(&str, Event)]) -> Notice {
    let calendar = Calendar::builtin();
    events.iter().fold(draft(), |notice, (on, event)| {
        let stepped = notice.step(event, &moment(&calendar, day(on)));
        stepped.unwrap_or_else(|refusal| panic!("{event:?} on {on}: {refusal}")).notice
    })
}

fn told(on: &str) -> Event {
    Event::Told { step: 0, on: day(on) }
}

/// Told on Friday 18 September 2026: due on 9 October, after the National Day holiday.
const TOLD: &str = "2026-09-18";
const DUE: &str = "2026-10-09";
const DAY_AFTER: &str = "2026-10-10";

fn sent() -> Notice {
    after(&[(TOLD, Event::Approved), (TOLD, told(TOLD))])
}

fn in_state(state: NoticeState) -> Notice {
    let gone = Event::Cleared { findings: vec!["f1".into()], letter_waits: true };
    let why = || "登记有误".to_owned();
    let then = |events: &[(&str, Event)]| {
        let mut all = vec![(TOLD, Event::Approved), (TOLD, told(TOLD))];
        all.extend(events.iter().cloned());
        after(&all)
    };
    let notice = match state {
        NoticeState::Drafted => draft(),
        NoticeState::Queued => after(&[(TOLD, Event::Approved)]),
        NoticeState::Sent => sent(),
        NoticeState::Acknowledged => then(&[(TOLD, Event::Acknowledged)]),
        NoticeState::Bounced => then(&[(TOLD, Event::Failed { step: 0 })]),
        NoticeState::AwaitingLook => then(&[(DAY_AFTER, Event::DueOver { failing: false })]),
        NoticeState::Overdue => then(&[(DAY_AFTER, Event::DueOver { failing: true })]),
        NoticeState::Rectified => then(&[("2026-09-25", gone)]),
        NoticeState::Withdrawn => then(&[("2026-09-25", Event::Withdrawn { why: why() })]),
        NoticeState::Closed => after(&[(TOLD, Event::Closed { why: why() })]),
    };
    assert_eq!(notice.state, state);
    notice
}

/// The badge that was missing everywhere is missing on some pages, or the other way round.
fn restated(id: &str, letter_waits: bool) -> Event {
    Event::Restated { faults: vec![(id.into(), FindingCode::PartlyHung)], letter_waits }
}

/// One event of each kind, as it might come on the day after the due day.
fn event(kind: EventKind) -> Event {
    let text = || "情况说明".to_owned();
    match kind {
        EventKind::Found => Event::Found { faults: vec![("f2".into(), FindingCode::DomainDead)], letter_waits: false },
        EventKind::Restated => restated("f3", false),
        EventKind::Approved => Event::Approved,
        EventKind::Told => Event::Told { step: 0, on: day(DAY_AFTER) },
        EventKind::Failed => Event::Failed { step: 0 },
        EventKind::Resent => Event::Resent,
        EventKind::DeliveredByHand => Event::DeliveredByHand { on: day(DAY_AFTER) },
        EventKind::Acknowledged => Event::Acknowledged,
        EventKind::Asked => Event::Asked { kind: RequestKind::Objection, text: text(), until: None },
        EventKind::Answered => {
            Event::Answered { kind: RequestKind::Objection, granted: false, text: text(), until: None }
        }
        EventKind::Extended => Event::Extended { until: day("2026-10-30"), why: text() },
        EventKind::Paused => {
            Event::Paused { from: day("2026-09-21"), until: day("2026-09-25"), why: Pause::Maintenance }
        }
        EventKind::Cleared => Event::Cleared { findings: vec!["f1".into()], letter_waits: true },
        EventKind::Reminded => Event::Reminded { day: day(DUE) },
        EventKind::DueOver => Event::DueOver { failing: true },
        EventKind::Recounted => Event::Recounted,
        EventKind::Withdrawn => Event::Withdrawn { why: text() },
        EventKind::Closed => Event::Closed { why: text() },
    }
}

fn effect(effect: &Effect) -> String {
    match effect {
        Effect::Write(telegram) => format!("信：{}", telegram.kind.label()),
        Effect::StopLetters => "停发未发出的信".to_owned(),
        Effect::AskLook => "要求复检".to_owned(),
        Effect::TellOffice => "交办理人".to_owned(),
        Effect::OpenCase => "立案".to_owned(),
    }
}

#[test]
fn the_grid_of_states_and_events() {
    let calendar = Calendar::builtin();
    let at = moment(&calendar, day(DAY_AFTER));
    let mut grid = String::from("2026年9月18日告知，限 10月9日；事件发生在 10月10日\n");
    for state in NoticeState::ALL {
        grid += &format!("\n{} {}\n", state.label(), state.name());
        for kind in EventKind::ALL {
            let outcome = match in_state(*state).step(&event(*kind), &at) {
                Ok(step) => {
                    let effects: Vec<_> = step.effects.iter().map(effect).collect();
                    let effects =
                        if effects.is_empty() { String::new() } else { format!("（{}）", effects.join("；")) };
                    format!("→ {}{effects}", step.notice.state.label())
                }
                Err(refusal) => format!("✘ {}", refusal.to_string().split(" · ").next().unwrap()),
            };
            grid += &format!("  {:<18} {} {outcome}\n", kind.name(), kind.label());
        }
    }
    insta::assert_snapshot!(grid);
}

#[test]
fn the_limit_runs_over_the_national_day_and_reminds_three_working_days_before() {
    let (notice, calendar) = (sent(), Calendar::builtin());
    let due = notice.due().unwrap();
    assert_eq!((due.date, due.provisional, due.counted.len()), (day(DUE), false, 10));
    assert_eq!(notice.reminders(&calendar), [day("2026-09-29"), day(DUE)]);
    assert_eq!(notice.wakes_on(&calendar), Some(day("2026-09-29")));
}

#[test]
fn overdue_is_said_only_on_a_failing_look_after_the_due_day() {
    let calendar = Calendar::builtin();
    let over = |on: &str, failing| sent().step(&Event::DueOver { failing }, &moment(&calendar, day(on)));
    assert_eq!(over(DUE, true), Err(Refusal::NotDue), "the last day belongs to the unit");
    let waits = over(DAY_AFTER, false).unwrap();
    assert_eq!((waits.notice.state, &waits.effects[..]), (NoticeState::AwaitingLook, &[Effect::AskLook][..]));
    assert_eq!(over(DAY_AFTER, true).unwrap().notice.state, NoticeState::Overdue);
}

#[test]
fn an_open_objection_keeps_it_from_being_said_at_all() {
    let calendar = Calendar::builtin();
    let objects = Event::Asked { kind: RequestKind::Objection, text: "标识在页脚".into(), until: None };
    let notice = after(&[(TOLD, Event::Approved), (TOLD, told(TOLD)), ("2026-09-21", objects)]);
    let over = notice.step(&Event::DueOver { failing: true }, &moment(&calendar, day(DAY_AFTER))).unwrap();
    assert_eq!(over.notice.state, NoticeState::AwaitingLook);
    let again = over.notice.step(&Event::DueOver { failing: true }, &moment(&calendar, day("2026-10-12")));
    assert_eq!(again, Err(Refusal::Nothing));
    let no = Event::Answered { kind: RequestKind::Objection, granted: false, text: "复检未见".into(), until: None };
    let answered = over.notice.step(&no, &moment(&calendar, day("2026-10-12"))).unwrap();
    let said = answered.notice.step(&Event::DueOver { failing: true }, &moment(&calendar, day("2026-10-13"))).unwrap();
    assert_eq!(said.notice.state, NoticeState::Overdue);
}

#[test]
fn what_was_found_later_has_a_limit_of_its_own_and_the_first_is_not_prolonged() {
    let calendar = Calendar::builtin();
    let found = Event::Found { faults: vec![("f2".into(), FindingCode::DomainDead)], letter_waits: false };
    let notice = after(&[
        (TOLD, Event::Approved),
        (TOLD, told(TOLD)),
        ("2026-09-28", found),
        ("2026-09-28", Event::Approved),
        ("2026-09-28", Event::Told { step: 1, on: day("2026-09-28") }),
    ]);
    assert_eq!(notice.due().unwrap().date, day(DUE), "the earliest of what is not mended");
    assert_eq!(notice.due_of(1).unwrap().date, day("2026-10-16"));
    let gone = Event::Cleared { findings: vec!["f1".into()], letter_waits: false };
    let mended = notice.step(&gone, &moment(&calendar, day("2026-09-29"))).unwrap();
    assert_eq!((mended.notice.due().unwrap().date, mended.effects.len()), (day("2026-10-16"), 0));
}

/// The letter came back; a supplement for another fault arrived on 28 September.
fn bounced_and_supplemented() -> Notice {
    let found = Event::Found { faults: vec![("f2".into(), FindingCode::DomainDead)], letter_waits: false };
    let on = "2026-09-28";
    let supplement = [found, Event::Approved, Event::Told { step: 1, on: day(on) }, Event::Failed { step: 0 }];
    let mut all = vec![(TOLD, Event::Approved), (TOLD, told(TOLD))];
    all.extend(supplement.map(|event| (on, event)));
    after(&all)
}

#[test]
fn once_what_bounced_is_mended_the_clock_goes_by_what_arrived() {
    let calendar = Calendar::builtin();
    let gone = Event::Cleared { findings: vec!["f1".into()], letter_waits: false };
    let at = |on| moment(&calendar, day(on));
    let bounced = bounced_and_supplemented();
    assert_eq!(bounced.state, NoticeState::Bounced);
    let taken_up = bounced.step(&gone, &at("2026-09-29")).unwrap().notice;
    assert_eq!((taken_up.state, taken_up.due().unwrap().date), (NoticeState::Sent, day("2026-10-16")));
    assert_eq!(taken_up.wakes_on(&calendar), Some(day("2026-10-13")), "and reminds of it");
    let over = Event::DueOver { failing: true };
    assert_eq!(taken_up.step(&over, &at("2026-10-16")), Err(Refusal::NotDue));
    assert_eq!(taken_up.step(&over, &at("2026-10-17")).unwrap().notice.state, NoticeState::Overdue);

    let confirmed = bounced.step(&Event::Acknowledged, &at("2026-09-29")).unwrap().notice;
    let confirmed = confirmed.step(&Event::Failed { step: 1 }, &at("2026-09-29"));
    assert_eq!(confirmed, Err(Refusal::Nothing), "who confirmed has it");
}

#[test]
fn what_comes_back_of_mended_faults_stops_no_clock() {
    let calendar = Calendar::builtin();
    let found = Event::Found { faults: vec![("f2".into(), FindingCode::DomainDead)], letter_waits: false };
    let gone = Event::Cleared { findings: vec!["f1".into()], letter_waits: false };
    let supplement = [found, Event::Approved, Event::Told { step: 1, on: day("2026-09-28") }, gone];
    let at = moment(&calendar, day("2026-09-29"));
    let notice = supplement.iter().fold(sent(), |notice, event| notice.step(event, &at).unwrap().notice);
    let first = notice.step(&Event::Failed { step: 0 }, &at).unwrap().notice;
    assert_eq!((first.state, first.due()), (NoticeState::Sent, notice.due()));
    let last = first.step(&Event::Failed { step: 1 }, &at).unwrap().notice;
    assert_eq!((last.state, last.due()), (NoticeState::Bounced, None), "nobody has what is left: an officer's task");
}

#[test]
fn the_same_fact_to_another_extent_takes_its_place_under_the_same_limit() {
    let calendar = Calendar::builtin();
    let later = moment(&calendar, day("2026-09-28"));
    for (notice, waits) in [(sent(), false), (draft(), false), (in_state(NoticeState::Queued), true)] {
        let after = notice.step(&restated("f3", waits), &later).unwrap();
        assert_eq!((after.notice.state, after.notice.tellings.len()), (notice.state, 1));
        assert_eq!(after.notice.due(), notice.due(), "no second limit");
        let rewritten = matches!(after.effects[..], [Effect::Write(telegram)] if telegram.step == 0);
        assert_eq!(rewritten, waits, "only a letter that waits tells it anew: {:?}", after.effects);
    }
    let bounced = in_state(NoticeState::Bounced).step(&restated("f3", false), &later).unwrap().notice;
    let resent = bounced.step(&Event::Resent, &later).unwrap();
    assert_eq!((resent.notice.live_of(0).count(), resent.notice.tellings.len()), (2, 1), "the next try tells it");
}

#[test]
fn the_same_fact_is_gone_when_no_extent_of_it_is_left() {
    let calendar = Calendar::builtin();
    let at = moment(&calendar, day("2026-09-28"));
    let gone = |id: &str| Event::Cleared { findings: vec![id.to_owned()], letter_waits: false };
    let both = sent().step(&restated("f3", false), &at).unwrap().notice;
    let one = both.step(&gone("f1"), &at).unwrap().notice;
    assert_eq!((one.state, one.due()), (NoticeState::Sent, both.due()));
    assert_eq!(one.step(&gone("f3"), &at).unwrap().notice.state, NoticeState::Rectified);
}

#[test]
fn what_was_gone_and_comes_again_is_a_new_fault() {
    let calendar = Calendar::builtin();
    let at = moment(&calendar, day("2026-09-28"));
    let other = Event::Found { faults: vec![("f2".into(), FindingCode::DomainDead)], letter_waits: false };
    let gone = Event::Cleared { findings: vec!["f1".into()], letter_waits: false };
    let notice = [other, gone].iter().fold(sent(), |notice, event| notice.step(event, &at).unwrap().notice);
    assert_eq!(notice.tells(FindingCode::PartlyHung), None);
    assert_eq!(notice.step(&restated("f3", false), &at), Err(Refusal::Nothing));
}

#[test]
fn an_amended_calendar_moves_the_due_date_and_the_unit_is_told() {
    let amended = Calendar::parse("date,kind,name\n2026-10-01,holiday,国庆节\n2026-10-02,holiday,国庆节\n").unwrap();
    let step = sent().step(&Event::Recounted, &moment(&amended, day("2026-09-21"))).unwrap();
    // Without the worked Sunday and the long holiday: 10 plain weekdays but for 1 and 2 October.
    assert_eq!(step.notice.due().unwrap().date, day("2026-10-06"));
    assert!(matches!(step.effects[..], [Effect::Write(telegram)] if telegram.kind == LetterKind::Extended));
    let again = step.notice.step(&Event::Recounted, &moment(&amended, day("2026-09-21")));
    assert_eq!(again, Err(Refusal::Nothing));
}

#[test]
fn an_amended_calendar_moves_a_later_limit_where_the_first_stays() {
    let text = "date,kind,name\n2026-10-01,holiday,国庆节\n";
    let plain = Calendar::parse(text).unwrap();
    let amended = Calendar::parse(&format!("{text}2026-10-12,holiday,国庆节\n")).unwrap();
    let (today, last) = (day("2026-10-05"), Event::Told { step: 1, on: day("2026-10-05") });
    let found = Event::Found { faults: vec![("f2".into(), FindingCode::DomainDead)], letter_waits: false };
    let events = [Event::Approved, told(TOLD), found, Event::Approved, last];
    let step = |notice: Notice, event: &Event| notice.step(event, &moment(&plain, today)).unwrap().notice;
    let notice = events.iter().fold(draft(), step);
    let (first, later) = (notice.due().unwrap().date, notice.due_of(1).unwrap().date);
    let step = notice.step(&Event::Recounted, &moment(&amended, day("2026-10-06"))).unwrap();
    assert_eq!(step.notice.due().unwrap().date, first);
    assert!(step.notice.due_of(1).unwrap().date > later, "its own day moved");
    assert!(step.effects.is_empty(), "the day that letters name did not");
}

#[test]
fn nobody_gives_time_beyond_a_year_or_announces_maintenance_beyond_two_months() {
    let calendar = Calendar::builtin();
    let extend = |until: &str| {
        let event = Event::Extended { until: day(until), why: "机房搬迁".to_owned() };
        sent().step(&event, &moment(&calendar, day(DUE)))
    };
    assert!(extend("2027-10-10").is_ok());
    assert_eq!(extend("2027-10-11"), Err(Refusal::ExtensionTooFar));
    let asks = Event::Asked { kind: RequestKind::Extension, text: "改版".into(), until: Some(day("2062-10-09")) };
    let asked = sent().step(&asks, &moment(&calendar, day(DUE))).unwrap().notice;
    let grant = Event::Answered { kind: RequestKind::Extension, granted: true, text: "同意".into(), until: None };
    assert_eq!(asked.step(&grant, &moment(&calendar, day(DUE))), Err(Refusal::ExtensionTooFar), "a slip of the pen");

    let announce = |until: &str| may_announce(day("2026-10-20"), day(until), day(DUE));
    assert_eq!((announce("2026-12-08"), announce("2026-12-09")), (Ok(()), Err(Refusal::MaintenanceTooFar)));
    assert_eq!(announce("2026-10-19"), Err(Refusal::Day));
}

#[test]
fn a_letter_that_went_after_all_is_taken_back() {
    let calendar = Calendar::builtin();
    let why = "检测方原因".to_owned();
    let withdrawn = after(&[(TOLD, Event::Approved), (TOLD, Event::Withdrawn { why })]);
    let late = withdrawn.step(&told(TOLD), &moment(&calendar, day(TOLD))).unwrap();
    assert!(matches!(late.effects[..], [Effect::Write(telegram)] if telegram.kind == LetterKind::Withdrawn));
    assert_eq!(late.notice.state, NoticeState::Withdrawn);
}

fn any_event() -> impl Strategy<Value = Event> {
    let on = || (0u64..60).prop_map(|offset| day(TOLD) + Days::new(offset));
    let finding = || prop_oneof![Just("f1"), Just("f2"), Just("f3")].prop_map(str::to_owned);
    let kind = || prop_oneof![Just(RequestKind::Objection), Just(RequestKind::Extension)];
    let text = || prop_oneof![Just(String::new()), Just("理由".to_owned())];
    prop_oneof![
        (finding(), any::<bool>())
            .prop_map(|(id, letter_waits)| Event::Found { faults: vec![(id, FindingCode::Misplaced)], letter_waits }),
        (finding(), any::<bool>()).prop_map(|(id, letter_waits)| restated(&id, letter_waits)),
        Just(Event::Approved),
        (0u32..3, on()).prop_map(|(step, on)| Event::Told { step, on }),
        (0u32..3).prop_map(|step| Event::Failed { step }),
        Just(Event::Resent),
        on().prop_map(|on| Event::DeliveredByHand { on }),
        Just(Event::Acknowledged),
        (kind(), text(), proptest::option::of(on())).prop_map(|(kind, text, until)| Event::Asked { kind, text, until }),
        (kind(), any::<bool>(), text(), proptest::option::of(on()))
            .prop_map(|(kind, granted, text, until)| Event::Answered { kind, granted, text, until }),
        (on(), text()).prop_map(|(until, why)| Event::Extended { until, why }),
        (on(), 0u64..5).prop_map(|(from, days)| Event::Paused {
            from,
            until: from + Days::new(days),
            why: Pause::Maintenance
        }),
        (finding(), any::<bool>()).prop_map(|(id, letter_waits)| Event::Cleared { findings: vec![id], letter_waits }),
        on().prop_map(|day| Event::Reminded { day }),
        any::<bool>().prop_map(|failing| Event::DueOver { failing }),
        Just(Event::Recounted),
        text().prop_map(|why| Event::Withdrawn { why }),
        text().prop_map(|why| Event::Closed { why }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn whatever_happens(events in proptest::collection::vec((0u64..4, any_event()), 1..40)) {
        let calendar = Calendar::builtin();
        let (mut notice, mut today) = (draft(), day(TOLD));
        for (wait, event) in &events {
            today = today + Days::new(*wait);
            let Ok(step) = notice.step(event, &moment(&calendar, today)) else { continue };
            let next = step.notice;
            prop_assert!(!notice.state.is_over() || next.state == notice.state, "what is over stays over");
            if next.state == NoticeState::Overdue && notice.state != NoticeState::Overdue {
                let is_look = matches!(event, Event::DueOver { failing: true });
                prop_assert!(is_look && notice.due().unwrap().date < today, "overdue after the due day, on a failing look");
                prop_assert!(step.effects.contains(&Effect::OpenCase));
            }
            if let Event::Restated { .. } = event {
                prop_assert_eq!((next.state, &next.tellings), (notice.state, &notice.tellings), "told as before");
            }
            if step.effects.contains(&Effect::OpenCase) {
                prop_assert_eq!(next.state, NoticeState::Overdue);
            }
            if next.state == NoticeState::Rectified && !notice.state.is_over() {
                prop_assert_eq!(next.live().count(), 0);
            }
            for telling in &next.tellings {
                // A due date stands where the unit was told, and is the calendar's.
                prop_assert_eq!(telling.due.is_some(), telling.told_on.is_some());
                if let (Some(on), Some(due)) = (telling.told_on, &telling.due) {
                    prop_assert_eq!(due, &calendar.due_skipping(on, 10, false, &next.pauses));
                    prop_assert_eq!(due.counted.len(), 10);
                }
            }
            let accuses = |effect: &Effect| matches!(effect, Effect::Write(telegram)
                if matches!(telegram.kind, LetterKind::Rectification | LetterKind::Supplement));
            if step.effects.iter().any(accuses) {
                prop_assert!(next.live().count() > 0 || matches!(event, Event::Approved | Event::Resent));
            }
            notice = next;
        }
    }
}
