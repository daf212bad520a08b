//! The sample county under a real watch: what its own looks say of a stop, a reinstatement, and somebody else's badge.

use badgewatch::demo::Behaviour;
use badgewatch::demo::names::Answer;
use badgewatch::domain::account::AccountRole;
use badgewatch::domain::calendar::Calendar;
use badgewatch::domain::case::{Authority, CaseOutcome, CaseState, Effective, Ground, InstructionAct};
use badgewatch::domain::office::Offices;
use badgewatch::domain::registry::BadgeState;
use badgewatch::flow::cases::{self, Desk, Proposing};
use badgewatch::store::cases::{Filter, StoredCase};
use badgewatch::store::{instructions, looks, sites};
use chrono::TimeDelta;

use super::desk::{acts, case, offices, overdue, person, refused, work};
use crate::support::world::{PORTAL, World, told};

/// The portal's other name.
const CHINESE: &str = "云溪.政务";

struct House<'a> {
    world: &'a World,
    calendar: Calendar,
    offices: Offices,
}

impl House<'_> {
    fn desk(&self) -> Desk<'_> {
        let db = &self.world.test.db;
        let cnnic = Some("stop@cnnic.example");
        Desk { db, calendar: self.calendar.clone().into(), offices: &self.offices, registry: None, cnnic }
    }

    async fn work(&self) -> usize {
        work(&self.desk(), self.world.clock.now()).await
    }

    async fn site(&self) -> sites::StoredSite {
        sites::by_key(&mut self.world.test.db.read().await.unwrap(), PORTAL).await.unwrap().unwrap()
    }

    /// Verdict and cause of the last look.
    async fn verdict(&self) -> String {
        let id = self.site().await.id;
        let standing = looks::standing(&mut self.world.test.db.read().await.unwrap(), &id).await.unwrap().unwrap();
        format!("{} {}", standing.verdict, standing.cause)
    }

    /// Has an authority's order been found carried out?
    async fn confirmed(&self, id: &str, act: InstructionAct) -> bool {
        self.work().await;
        let case = case(&self.world.test.db, id).await.case;
        case.executions.iter().filter(|done| done.order.act == act).all(|done| done.confirmed_at.is_some())
    }

    async fn cases(&self) -> Vec<StoredCase> {
        let filter = Filter { region: "000000", ..Filter::default() };
        let mut tx = self.world.test.db.read().await.unwrap();
        badgewatch::store::cases::list(&mut tx, &filter, 100, 0).await.unwrap()
    }
}

fn house(world: &World) -> House<'_> {
    House { world, calendar: Calendar::builtin(), offices: offices() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_reaches_the_verdict_is_confirmed_by_looks_and_lifted_after_a_new_review() {
    told(async |world| {
        let house = house(&world);
        let desk = house.desk();
        // The county's regions are on no list: its sites are the country's.
        let (chen, li) =
            (person("chen", AccountRole::Officer, "000000"), person("li", AccountRole::Approver, "000000"));
        world.look().await;
        assert_eq!(house.verdict().await, "pass verified");

        let opened = overdue(&world.test.db, &house.site().await, "n1", world.clock.now()).await;
        let (id, now) = (opened.id.as_str(), world.clock.now());
        cases::consult(&desk, &chen, id, ("网信办", world.clock.today(), "同意"), now).await.unwrap();
        let proposing = Proposing {
            outcome: Some(CaseOutcome::StopResolution),
            names: &[],
            reason: "限期内未整改",
            effective: Effective::NextWorkingDay,
            // The whole county lives below the portal's name.
            despite_shared: true,
        };
        cases::propose(&desk, &chen, id, &proposing, now).await.unwrap();
        cases::approve(&desk, &li, id, now).await.unwrap();
        world.days(1).await;
        // Other sites of the county have their own stories, and cases of them.
        house.work().await;
        assert_eq!(case(&world.test.db, id).await.case.state, CaseState::InForce);
        assert_eq!(house.site().await.site.state, BadgeState::Suspended);

        // The name still resolves and the badge still shows: the next look says so.
        world.days(1).await;
        assert_eq!(house.verdict().await, "fail revoked_badge");
        assert!(!house.confirmed(id, InstructionAct::Stop).await);
        let key = (Authority::Cnnic, InstructionAct::Stop);
        cases::acknowledge_instruction(&desk, &chen, id, key, ("CNNIC", "CN-1"), world.clock.now()).await.unwrap();
        assert!(!house.confirmed(id, InstructionAct::Stop).await, "their word is not yet what is seen");

        // The unit takes its records out itself, and may put them back at any time: that is no stop.
        let names = world.county.names();
        [PORTAL, CHINESE].iter().for_each(|name| names.set(name, Answer::Deleted));
        world.days(1).await;
        assert!(!house.confirmed(id, InstructionAct::Stop).await, "its own zone says it");
        [PORTAL, CHINESE].iter().for_each(|name| names.set(name, Answer::NxDomain));
        world.days(1).await;
        assert_eq!(house.verdict().await, "not_applicable not_in_force", "the sanction is no new fault");
        assert!(house.confirmed(id, InstructionAct::Stop).await);

        let now = world.clock.now();
        cases::propose_reinstatement(&desk, &chen, id, ("云审〔2026〕7号", "已整改"), now).await.unwrap();
        let same = person("chen", AccountRole::Approver, "000000");
        assert_eq!(refused(cases::approve_reinstatement(&desk, &same, id, now).await), "same_person");
        cases::approve_reinstatement(&desk, &li, id, now).await.unwrap();
        assert_eq!(house.site().await.site.state, BadgeState::Valid);
        assert!(!house.confirmed(id, InstructionAct::Reinstate).await, "the name is still gone");
        world.county.set(PORTAL, Behaviour::InOrder);
        world.days(1).await;
        assert!(house.confirmed(id, InstructionAct::Reinstate).await);
        assert_eq!(house.verdict().await, "pass verified");
        let told = instructions::of_case(&mut world.test.db.read().await.unwrap(), id).await.unwrap();
        assert!(told.iter().all(|one| one.confirmed_at.is_some()), "{told:?}");
        let ended = case(&world.test.db, id).await;
        assert_eq!((ended.case.state, ended.ended_at), (CaseState::Reinstated, Some(now)));
        assert_eq!(acts(&world.test.db, id).await.last().unwrap(), "system names_confirmed");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_elses_badge_opens_a_case_once_both_ends_were_looked_at() {
    told(async |world| {
        let house = house(&world);
        world.look().await;
        let others: Vec<_> = world.county.sites().iter().map(|site| site.address()).filter(|at| at != PORTAL).collect();
        world.county.set(PORTAL, Behaviour::ForeignBadge);
        for other in &others {
            world.county.set(other, Behaviour::Challenge);
        }
        world.days(4).await;
        assert_eq!(world.states(PORTAL).await["foreign_badge"].name(), "confirmed");
        house.work().await;
        assert!(house.cases().await.is_empty(), "the other end was not fairly looked at since");

        for other in &others {
            world.county.set(other, Behaviour::AsTold);
        }
        world.days(1).await;
        world.clock.advance(TimeDelta::minutes(1));
        house.work().await;
        house.work().await;
        let site = house.site().await;
        let cases: Vec<_> = house.cases().await.into_iter().filter(|case| case.site_id == site.id).collect();
        assert_eq!(cases.len(), 1);
        assert_eq!((cases[0].case.ground, cases[0].case.state), (Ground::BadgeMisused, CaseState::Open));
        assert!(cases[0].case.opened.why.contains("两端网站均已检查"), "{}", cases[0].case.opened.why);
        assert_eq!(site.site.state, BadgeState::Valid, "a case is no decision");
    })
    .await;
}
