//! The county, its office, its mail server and its web, under one clock.

use badgewatch::app;
use badgewatch::config::Config;
use badgewatch::demo::{Behaviour, County};
use badgewatch::domain::notice::NoticeState;
use badgewatch::domain::verdict::Verdict;
use badgewatch::flow::watch::{Step, Watch};
use badgewatch::store::looks;
use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, Utc, Weekday};
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::support::db::every_engine;
use crate::support::letter::Kept;
use crate::support::office::{EVERYWHERE, Office};
use crate::support::world::{PORTAL, World, settings};

/// The unit of the portal, and who gets copies of its letters.
pub const UNIT: &str = "wzgl01@yunxi.test";
pub const PARENT: &str = "shi@minghe.example";
pub const SUPERVISOR: &str = "wangxin@yunxi.example";

pub struct House {
    pub county: County,
    pub watch: Watch,
    pub office: Office,
    reader: reqwest::Client,
    _stop: DropGuard,
}

/// Runs a story on every engine there is.
pub async fn told(story: impl AsyncFn(House)) {
    for test in every_engine().await {
        // Wednesday 16 September 2026, noon in Beijing.
        let begin: DateTime<Utc> = "2026-09-16T04:00:00Z".parse().unwrap();
        let world = World::open_at(test, begin, |config| config.watch.delay_ms = 0).await;
        story(House::open(world).await).await;
    }
}

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Independently of the product: days off and worked weekends of autumn 2026, as the State Council's office announced them.
pub fn is_worked(on: NaiveDate) -> bool {
    let mid_autumn = day("2026-09-25")..=day("2026-09-27");
    let national = day("2026-10-01")..=day("2026-10-07");
    let made_up = [day("2026-09-20"), day("2026-10-10")];
    let is_weekend = matches!(on.weekday(), Weekday::Sat | Weekday::Sun);
    made_up.contains(&on) || !is_weekend && !mid_autumn.contains(&on) && !national.contains(&on)
}

/// The next so many working days after a day, by an independent count.
pub fn working_days(after: NaiveDate, many: usize) -> Vec<NaiveDate> {
    (1..).map(|n| after + Days::new(n)).filter(|on| is_worked(*on)).take(many).collect()
}

impl House {
    async fn open(world: World) -> Self {
        let World { county, clock, test, watch } = world;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let differ = |config: &mut Config| {
            // The links of letters lead to the web that runs here.
            config.web.public_url = Some(format!("http://{address}"));
            let office = config.offices.0.get_mut(EVERYWHERE).unwrap();
            office.parents.insert("明河市人民政府".to_owned(), PARENT.to_owned());
            office.supervisor = Some("云溪县委网信办".to_owned());
            office.supervisor_email = Some(SUPERVISOR.to_owned());
        };
        let office = Office::open(test, clock, settings(&county), differ).await;
        let app = app::shared(office.config.clone(), office.db().clone(), office.clock.clone()).await.unwrap();
        let stop = CancellationToken::new();
        tokio::spawn(badgewatch::web::serve(app, listener, stop.clone()));
        let reader = reqwest::Client::builder().no_proxy().build().unwrap();
        // These cost a time-out every day, and their stories are told elsewhere.
        for site in county.sites().iter().filter(|site| site.verdict == Verdict::Undetermined) {
            county.set(&site.address(), Behaviour::InOrder);
        }
        Self { county, watch, office, reader, _stop: stop.drop_guard() }
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.office.clock.now()
    }

    pub fn today(&self) -> NaiveDate {
        self.office.clock.today()
    }

    pub fn later(&self, minutes: i64) {
        self.office.clock.advance(TimeDelta::minutes(minutes));
    }

    /// Everything that is due now: looks, notices, cases, and letters with their tries in the next hours.
    pub async fn work(&self) {
        while self.watch.step(64).await.unwrap() == Step::Worked {}
        self.office.work().await;
        for minutes in [5, 10, 20] {
            self.later(minutes);
            self.office.work().await;
        }
    }

    /// The badge of the portal was taken down: three looks over two days find no badge, then the letter goes.
    pub async fn accused(&self) {
        self.county.set(PORTAL, Behaviour::WithoutBadge);
        self.work().await;
        self.until("2026-09-17").await;
        assert!(self.subjects(UNIT).is_empty(), "two looks are too few for a letter");
        self.until("2026-09-18").await;
        assert_eq!(self.subjects(UNIT).len(), 1, "{:?}", self.subjects(UNIT));
    }

    /// Lets days pass until a day, and works at noon of each.
    pub async fn until(&self, last: &str) {
        while self.today() < day(last) {
            let noon = (self.today() + Days::new(1)).and_hms_opt(4, 0, 0).unwrap().and_utc();
            self.office.clock.advance(noon - self.now());
            self.work().await;
        }
        assert_eq!(self.today(), day(last), "no day is passed over");
    }

    pub async fn state(&self, key: &str) -> NoticeState {
        self.office.notice(key).await.notice.state
    }

    /// Verdict and cause of a site's last look.
    pub async fn verdict(&self, key: &str) -> String {
        let id = self.office.site(key).await;
        let standing = looks::standing(&mut self.office.db().read().await.unwrap(), &id).await.unwrap().unwrap();
        format!("{} {}", standing.verdict, standing.cause)
    }

    /// The letters of a recipient; those that came twice under one Message-ID count once, as a mail program shows them.
    pub fn letters(&self, recipient: &str) -> Vec<Kept> {
        let mut seen = std::collections::HashSet::new();
        let kept = self.office.server.kept_for(recipient);
        kept.into_iter().filter(|letter| seen.insert(letter.message_id())).collect()
    }

    /// Its subjects, in order.
    pub fn subjects(&self, recipient: &str) -> Vec<String> {
        self.letters(recipient).iter().map(Kept::subject).collect()
    }

    /// What stands behind a link.
    pub async fn get(&self, link: &str) -> String {
        let answer = self.reader.get(link).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{link}");
        answer.text().await.unwrap()
    }

    /// Presses a button of the page, and sees where it leads.
    pub async fn press(&self, link: &str, button: &str) -> String {
        let answer = self.reader.post(format!("{link}/{button}")).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{button}");
        answer.text().await.unwrap()
    }

    /// The unit asks for a re-check, which goes before everything else that is due.
    pub async fn recheck(&self, link: &str, key: &str) -> String {
        let queued = self.press(link, "recheck").await;
        assert!(queued.contains("复检已排队"), "{queued}");
        let claim = self.watch.claim(1).await.unwrap().remove(0);
        assert_eq!(claim.site_id, self.office.site(key).await);
        self.watch.look(&claim).await.unwrap();
        self.get(&format!("{link}/recheck")).await
    }
}

/// The link in a letter.
pub fn link(letter: &Kept) -> String {
    let text = letter.text();
    let found = text.lines().map(str::trim).find(|line| line.starts_with("http://127.0.0.1:") && line.contains("/n/"));
    found.unwrap_or_else(|| panic!("no link: {text}")).to_owned()
}
