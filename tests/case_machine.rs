//! The machine of cases: its grid, state by event, for a lawyer to read; and its laws over random lives.

use std::sync::LazyLock;

use badgewatch::domain::calendar::Calendar;
use badgewatch::domain::case::*;
use badgewatch::domain::registry::BadgeState;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use proptest::prelude::*;

/// A Thursday noon in Beijing, and days after it.
fn at(days: i64) -> DateTime<Utc> {
    "2026-11-26T04:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::days(days)
}

fn today(now: DateTime<Utc>) -> NaiveDate {
    (now + TimeDelta::hours(8)).date_naive()
}

fn step_at(case: &Case, event: &CaseEvent, now: DateTime<Utc>) -> Result<(Case, Vec<Effect>), CaseRefusal> {
    static CALENDAR: LazyLock<Calendar> = LazyLock::new(Calendar::builtin);
    step(case, event, &Moment { now, today: today(now), calendar: &CALENDAR })
}

fn open(ground: Ground) -> Case {
    Case::open(ground, Opened { by: "system".into(), at: at(0), why: "逾期未整改".into() })
}

fn consulted() -> CaseEvent {
    CaseEvent::Consulted(Consultation {
        by: "account:chen".into(),
        whom: "云溪县委网信办".into(),
        on: today(at(0)),
        opinion: "同意".into(),
    })
}

fn proposal(outcome: CaseOutcome) -> Proposal {
    Proposal {
        by: "account:chen".into(),
        outcome,
        names: vec!["www.yunxi.gov.cn".into(), "xn--9kq759e.xn--zfr164b".into()],
        reason: "限期内未整改".into(),
        effective: Effective::NextWorkingDay,
        bundle_hash: "a".repeat(64),
        shared: Vec::new(),
        despite_shared: false,
    }
}

fn proposed(outcome: CaseOutcome) -> CaseEvent {
    CaseEvent::Proposed(proposal(outcome))
}

fn by(name: &str, event: fn(String) -> CaseEvent) -> CaseEvent {
    event(format!("account:{name}"))
}

fn approved(name: &str) -> CaseEvent {
    by(name, |by| CaseEvent::Approved { by })
}

fn reinstatement() -> CaseEvent {
    by("chen", |by| CaseEvent::ReinstatementProposed {
        by, review: "云审〔2026〕7号".into(), reason: "已整改".into()
    })
}

/// The case after a row of events, each half a day after the one before it or when its time has come.
fn after(ground: Ground, events: &[CaseEvent]) -> Case {
    let live = |(case, now): (Case, DateTime<Utc>), event: &CaseEvent| {
        let now = if *event == CaseEvent::EffectReached { case.next_at().unwrap() } else { now };
        let (case, _) = step_at(&case, event, now).unwrap_or_else(|refusal| panic!("{}: {refusal}", event.name()));
        (case, now + TimeDelta::hours(12))
    };
    events.iter().fold((open(ground), at(0)), live).0
}

/// Every kind of case there is, by the way it came there.
fn stages() -> Vec<(&'static str, Case)> {
    use CaseOutcome::*;
    let decided = |ground, outcome, further: &[CaseEvent]| {
        let mut events = vec![consulted(), proposed(outcome), approved("li")];
        events.extend(further.iter().cloned());
        after(ground, &events)
    };
    let (overdue, closed) = (Ground::OverdueNotice, Ground::SiteClosed);
    let effect = || CaseEvent::EffectReached;
    vec![
        ("open 办理中", after(overdue, &[])),
        ("open 办理中, consulted", after(overdue, &[consulted()])),
        ("proposed 待审批: stop_resolution", after(overdue, &[consulted(), proposed(StopResolution)])),
        ("approved 已批准、待生效, before its time: stop_resolution", decided(overdue, StopResolution, &[])),
        ("approved 已批准、待生效, its time has come: stop_resolution", decided(overdue, StopResolution, &[])),
        ("in_force 已生效: stop_resolution", decided(overdue, StopResolution, &[effect()])),
        ("in_force 已生效: revocation", decided(closed, Revocation, &[effect()])),
        ("in_force 已生效: handed_over, no receipt yet", decided(Ground::Counterfeit, HandedOver, &[effect()])),
        (
            "reinstatement_proposed 拟恢复: stop_resolution",
            decided(overdue, StopResolution, &[effect(), reinstatement()]),
        ),
        (
            "reinstated 已恢复: stop_resolution",
            decided(
                overdue,
                StopResolution,
                &[effect(), reinstatement(), by("li", |by| CaseEvent::ReinstatementApproved { by })],
            ),
        ),
        ("closed 已结案: warning_written", decided(overdue, WarningWritten, &[effect()])),
    ]
}

/// Every event, as a careful person would bring it.
fn events() -> Vec<(&'static str, CaseEvent)> {
    let (authority, stop) = (Authority::Cnnic, InstructionAct::Stop);
    let why = || "查明有误".to_owned();
    let reference = || "CN-2026-1".to_owned();
    vec![
        ("consulted", consulted()),
        ("proposed: stop_resolution", proposed(CaseOutcome::StopResolution)),
        ("proposed: revocation", proposed(CaseOutcome::Revocation)),
        ("proposed: no_action", proposed(CaseOutcome::NoAction)),
        ("approved by who proposed", approved("chen")),
        ("approved by another", approved("li")),
        ("rejected", CaseEvent::Rejected { by: "account:li".into(), why: why() }),
        ("withdrawn", CaseEvent::Withdrawn { by: "account:li".into(), why: why() }),
        ("effect_reached", CaseEvent::EffectReached),
        (
            "handed_over",
            CaseEvent::HandedOver(HandOver {
                by: "account:chen".into(),
                to: "县公安局".into(),
                receipt: "回执 3 号".into(),
            }),
        ),
        (
            "acknowledged: cnnic, stop",
            CaseEvent::Acknowledged { authority, act: stop, by: "CNNIC".into(), reference: reference() },
        ),
        (
            "acknowledged: registry, revoke",
            CaseEvent::Acknowledged {
                authority: Authority::Registry,
                act: InstructionAct::Revoke,
                by: "注册中心".into(),
                reference: reference(),
            },
        ),
        ("names_confirmed: cnnic, stop", CaseEvent::NamesConfirmed { authority, act: stop }),
        ("names_not_confirmed: cnnic, stop", CaseEvent::NamesNotConfirmed { authority, act: stop }),
        ("reinstatement_proposed", reinstatement()),
        ("reinstatement_approved by who proposed", by("chen", |by| CaseEvent::ReinstatementApproved { by })),
        ("reinstatement_approved by another", by("li", |by| CaseEvent::ReinstatementApproved { by })),
        ("reinstatement_rejected", CaseEvent::ReinstatementRejected { by: "account:li".into(), why: why() }),
        ("closed", CaseEvent::Closed { by: "account:chen".into(), why: why() }),
    ]
}

fn effect_text(effect: &Effect) -> String {
    match effect {
        Effect::State => "the site's state follows".into(),
        Effect::Tell(letter) => format!("{letter} to the unit"),
        Effect::Note(letter) => format!("{letter} to the office"),
        Effect::Instruct(act) => format!("instruction: {act}"),
    }
}

#[test]
fn the_grid_of_state_and_event() {
    let mut grid =
        String::from("What each event makes of each case: the state after it and what follows, or ✗ and why not.\n");
    for (stage, case) in stages() {
        grid += &format!("\n== {stage} (ground {})\n", case.ground);
        let early = case.next_at().filter(|_| stage.contains("before its time")).map(|at| at - TimeDelta::seconds(1));
        for (name, event) in events() {
            let result = match step_at(&case, &event, early.unwrap_or(at(60))) {
                Ok((to, effects)) => {
                    let effects: Vec<_> = effects.iter().map(effect_text).collect();
                    let follows = if effects.is_empty() { String::new() } else { format!("; {}", effects.join(", ")) };
                    format!("→ {}{follows}", to.state)
                }
                Err(refusal) => format!("✗ {refusal} {}", refusal.label()),
            };
            grid += &format!("{name:<40} {result}\n");
        }
    }
    insta::assert_snapshot!(grid);
}

#[test]
fn the_grounds_and_what_they_may_come_to() {
    let mut table = String::new();
    for ground in Ground::ALL {
        let who = match (ground.by_system(), ground.by_hand()) {
            (true, true) => "by the records or by hand",
            (true, false) => "by the records only",
            _ => "by hand only",
        };
        let item = ground.item_of_19().map_or(String::new(), |item| format!(" 19({item})"));
        table += &format!("{ground} {} · articles {:?}{item} · opened {who}\n", ground.label(), ground.articles());
        for outcome in ground.outcomes() {
            let consulted = if outcome.needs_consultation(*ground) { ", after a consultation" } else { "" };
            let once = if outcome.may_be_at_once() { ", may be at once" } else { "" };
            table += &format!(
                "    {outcome} {} · articles {:?}{consulted}{once}\n",
                outcome.label(),
                outcome.articles(*ground)
            );
        }
    }
    insta::assert_snapshot!(table);
}

#[test]
fn an_overdue_notice_and_a_failed_review_revoke_nothing() {
    let revoking: Vec<_> =
        Ground::ALL.iter().filter(|ground| ground.outcomes().contains(&CaseOutcome::Revocation)).collect();
    assert!(revoking.iter().all(|ground| ground.item_of_19().is_some()) && revoking.len() == 6);
}

#[test]
fn each_law_has_its_refusal() {
    let ready = after(Ground::OverdueNotice, &[consulted()]);
    let refused = |case: &Case, change: &dyn Fn(&mut Proposal)| {
        let mut proposal = proposal(CaseOutcome::StopResolution);
        change(&mut proposal);
        step_at(case, &CaseEvent::Proposed(proposal), at(1)).unwrap_err()
    };
    assert_eq!(refused(&ready, &|p| p.reason = " ".into()), CaseRefusal::NoReason);
    assert_eq!(refused(&ready, &|p| p.bundle_hash.clear()), CaseRefusal::NoEvidence);
    assert_eq!(refused(&ready, &|p| p.names.clear()), CaseRefusal::NoNames);
    assert_eq!(refused(&ready, &|p| p.outcome = CaseOutcome::Revocation), CaseRefusal::OutcomeNotAllowed);
    let neighbour = || SharedSite { site: "edu.yunxi.gov.cn".into(), unit: "云溪县教育局".into() };
    assert_eq!(refused(&ready, &|p| p.shared.push(neighbour())), CaseRefusal::SharedNames);
    assert_eq!(refused(&ready, &|p| p.effective = Effective::At { at: at(1) }), CaseRefusal::TimeIsOver);
    assert_eq!(refused(&open(Ground::OverdueNotice), &|_| {}), CaseRefusal::NoConsultation);
    let at_once = |p: &mut Proposal| (p.outcome, p.effective) = (CaseOutcome::WarningWritten, Effective::AtOnce);
    assert_eq!(refused(&ready, &at_once), CaseRefusal::TooSoon);
    let tomorrow = Consultation { by: "x".into(), whom: "y".into(), on: today(at(2)), opinion: "z".into() };
    assert_eq!(
        step_at(&open(Ground::OverdueNotice), &CaseEvent::Consulted(tomorrow), at(1)).unwrap_err(),
        CaseRefusal::ConsultationIncomplete
    );
}

#[test]
fn a_decision_takes_effect_on_the_next_working_day_at_nine() {
    // The day before the National Day holiday of 2026, which ends on 7 October.
    let eve: DateTime<Utc> = "2026-09-30T10:00:00Z".parse().unwrap();
    let calendar = Calendar::builtin();
    assert_eq!(next_morning(&calendar, today(eve)), "2026-10-08T01:00:00Z".parse::<DateTime<Utc>>().unwrap());
    let case = after(Ground::OverdueNotice, &[consulted(), proposed(CaseOutcome::StopResolution), approved("li")]);
    assert_eq!(
        case.next_at().unwrap(),
        "2026-11-30T01:00:00Z".parse::<DateTime<Utc>>().unwrap(),
        "approved on a Friday"
    );
    let early = case.next_at().unwrap() - TimeDelta::seconds(1);
    assert_eq!(step_at(&case, &CaseEvent::EffectReached, early).unwrap_err(), CaseRefusal::NotYet);
    let withdrawn = CaseEvent::Withdrawn { by: "account:li".into(), why: "有误".into() };
    assert_eq!(step_at(&case, &withdrawn, early).unwrap().0.state, CaseState::Open);
    assert_eq!(step_at(&case, &withdrawn, case.next_at().unwrap()).unwrap_err(), CaseRefusal::InForceAlready);
}

#[test]
fn a_serious_stop_takes_effect_with_its_approval() {
    let mut stop = proposal(CaseOutcome::StopResolution);
    stop.effective = Effective::AtOnce;
    let case = after(Ground::OverdueNotice, &[consulted(), CaseEvent::Proposed(stop)]);
    let (case, effects) = step_at(&case, &approved("li"), at(1)).unwrap();
    assert_eq!((case.state, case.holds()), (CaseState::InForce, Some(BadgeState::Suspended)));
    assert_eq!(effects.len(), 3);
    assert_eq!(case.executions.len(), 2, "the registry and CNNIC, each for its names");
}

#[test]
fn a_case_reads_back_as_it_was_kept() {
    for (_, case) in stages() {
        let text = serde_json::to_string(&case).unwrap();
        assert_eq!(serde_json::from_str::<Case>(&text).unwrap(), case);
    }
    for (_, event) in events() {
        let text = serde_json::to_string(&event).unwrap();
        assert_eq!(serde_json::from_str::<CaseEvent>(&text).unwrap(), event);
    }
}

fn words() -> impl Strategy<Value = String> {
    prop_oneof![4 => Just("有理由".to_owned()), 1 => Just(" ".to_owned())]
}

fn person() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["account:chen", "account:li", "account:wang"]).prop_map(str::to_owned)
}

fn any_event() -> impl Strategy<Value = CaseEvent> {
    let outcome = prop::sample::select(CaseOutcome::ALL);
    let hash = prop_oneof![4 => Just("b".repeat(64)), 1 => Just(String::new())];
    let effective = prop_oneof![Just(Effective::NextWorkingDay), Just(Effective::AtOnce)];
    let (authority, act) = (prop::sample::select(Authority::ALL), prop::sample::select(InstructionAct::ALL));
    let told = (authority, act);
    prop_oneof![
        2 => (person(), words()).prop_map(|(by, opinion)| CaseEvent::Consulted(Consultation { by, whom: "网信办".into(), on: today(at(0)), opinion })),
        6 => (person(), outcome, words(), hash, effective).prop_map(|(by, outcome, reason, bundle_hash, effective)| {
            CaseEvent::Proposed(Proposal { by, reason, bundle_hash, effective, ..proposal(outcome) })
        }),
        6 => person().prop_map(|by| CaseEvent::Approved { by }),
        1 => (person(), words()).prop_map(|(by, why)| CaseEvent::Rejected { by, why }),
        1 => (person(), words()).prop_map(|(by, why)| CaseEvent::Withdrawn { by, why }),
        4 => Just(CaseEvent::EffectReached),
        1 => (person(), words()).prop_map(|(by, receipt)| CaseEvent::HandedOver(HandOver { by, to: "公安".into(), receipt })),
        2 => told.clone().prop_map(|(authority, act)| CaseEvent::Acknowledged { authority, act, by: "x".into(), reference: "1".into() }),
        2 => told.clone().prop_map(|(authority, act)| CaseEvent::NamesConfirmed { authority, act }),
        1 => told.prop_map(|(authority, act)| CaseEvent::NamesNotConfirmed { authority, act }),
        3 => (person(), words()).prop_map(|(by, review)| CaseEvent::ReinstatementProposed { by, review, reason: "已整改".into() }),
        3 => person().prop_map(|by| CaseEvent::ReinstatementApproved { by }),
        1 => (person(), words()).prop_map(|(by, why)| CaseEvent::ReinstatementRejected { by, why }),
        1 => (person(), words()).prop_map(|(by, why)| CaseEvent::Closed { by, why }),
    ]
}

/// Whether the case is what the laws allow, whatever way it came there.
fn is_lawful(case: &Case) {
    let decision = case.decision.as_ref();
    if let Some(decision) = decision.filter(|decision| decision.in_force_at.is_some()) {
        let proposal = &decision.proposal;
        let approval = decision.approval.as_ref().expect("nothing is in force that was not approved");
        assert_ne!(proposal.by, approval.by, "two people");
        assert!(proposal.bundle_hash.len() == 64 && !proposal.reason.trim().is_empty());
        assert!(decision.in_force_at.unwrap() >= approval.effective_at, "not before its time");
        assert!(case.ground.outcomes().contains(&proposal.outcome));
        assert!(!proposal.outcome.needs_consultation(case.ground) || !case.consultations.is_empty());
    }
    let over = matches!(case.state, CaseState::InForce | CaseState::Closed | CaseState::Reinstated);
    assert!(!over || decision.is_some_and(|decision| decision.in_force_at.is_some()), "nothing ends undecided");
    assert!(case.holds().is_none() || case.decision.is_some());
    if case.state == CaseState::Reinstated {
        let lifted = case.reinstatement.as_ref().unwrap();
        assert_ne!(Some(&lifted.by), lifted.approved_by.as_ref());
        assert!(lifted.approved_by.is_some() && !lifted.review.trim().is_empty());
        assert_eq!(case.holds(), None);
    }
    if case.outcome() == Some(CaseOutcome::HandedOver) && case.state == CaseState::Closed {
        assert!(!case.handed_over.as_ref().unwrap().receipt.trim().is_empty(), "a receipt");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn no_life_of_a_case_breaks_a_law(
        ground in prop::sample::select(Ground::ALL),
        life in prop::collection::vec((any_event(), 0i64..96), 0..60),
    ) {
        let (mut case, mut now) = (open(ground), at(0));
        for (event, hours) in life {
            now += TimeDelta::hours(hours);
            let told = |case: &Case| case.executions.len();
            if let Ok((to, effects)) = step_at(&case, &event, now) {
                is_lawful(&to);
                prop_assert!(!case.state.is_over() || to.state == case.state, "what is over stays over");
                let instructs = effects.iter().any(|effect| matches!(effect, Effect::Instruct(_)));
                prop_assert_eq!(instructs, told(&to) > told(&case), "an instruction follows an order and the other way round");
                prop_assert_eq!(effects.contains(&Effect::State), to.holds() != case.holds());
                case = to;
            }
        }
    }
}

/// The random lives do reach what the laws speak of.
#[test]
fn random_lives_reach_every_state() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let lives = prop::collection::vec((any_event(), 0i64..96), 60);
    let mut reached = std::collections::BTreeSet::new();
    for round in 0..300 {
        let ground = Ground::ALL[round % Ground::ALL.len()];
        let (mut case, mut now) = (open(ground), at(0));
        for (event, hours) in lives.new_tree(&mut runner).unwrap().current() {
            now += TimeDelta::hours(hours);
            case = step_at(&case, &event, now).map_or(case, |(to, _)| to);
            reached.insert(case.state);
        }
    }
    assert_eq!(reached.len(), CaseState::ALL.len(), "{reached:?}");
}
