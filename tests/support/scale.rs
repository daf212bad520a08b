//! A registry of a province's size, made by few statements, and how long the console's lists take over it.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use badgewatch::app;
use badgewatch::clock::Clock;
use badgewatch::config::Config;
use badgewatch::domain::account::{AccountRole, Body};
use badgewatch::flow::accounts::{self, NewAccount, OPERATOR};
use badgewatch::flow::people;
use badgewatch::store::Db;
use chrono::{DateTime, NaiveDate, Utc};
use tokio_util::sync::CancellationToken;

/// Pages of each site.
const PAGES: i64 = 10;
/// What a list may take, 19 times of 20.
const AIM: Duration = Duration::from_millis(300);
const PASSWORD: &str = "long enough, and invented";

/// Numbers from 0 to below `$1`, and what is made of them.
macro_rules! numbered {
    ($rest:literal) => {
        concat!(
            "WITH RECURSIVE n(i) AS (SELECT CAST(0 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i + 1 < $1) ",
            $rest
        )
    };
}

/// 100 counties of one province, each site in one of them; a tenth fails, a tenth cannot be told.
const SEED: [&str; 8] = [
    numbered!(
        "INSERT INTO regions (code, name) SELECT '14' || substr(CAST(10101 + (i / 10) * 100 + i % 10 AS TEXT), 2), \
         'county ' || i FROM n WHERE i < 100 AND $2 IS NOT NULL AND $3 IS NOT NULL"
    ),
    numbered!(
        "INSERT INTO units (id, name_key, name, kind, region) SELECT 'u' || i, 'u' || i, '云溪县第' || i || '局', \
         CASE WHEN i % 5 = 0 THEN 'institution' ELSE 'organ' END, \
         '14' || substr(CAST(10101 + ((i % 100) / 10) * 100 + i % 10 AS TEXT), 2) FROM n \
         WHERE $2 IS NOT NULL AND $3 IS NOT NULL"
    ),
    numbered!(
        "INSERT INTO imports (id, at, file, sha256, rows_good, refused, added, changed, unchanged, dropped) \
         SELECT 'import', $2, 'x', 'x', 0, 0, 0, 0, 0, 0 FROM n WHERE i = 0 AND $3 IS NOT NULL"
    ),
    numbered!(
        "INSERT INTO sites (id, key, unit_id, name, en_domain, cn_domain, ips, badge_code, state, domain_expires_on, hosting, \
         fingerprint, imported_by, changed_at, area) SELECT 's' || i, 's' || i || '.yunxi.gov.test', 'u' || i, \
         '第' || i || '局网站', 's' || i || '.yunxi.gov.test', CASE WHEN i % 3 = 0 THEN 'n' || i || '.xn--zfr164b' END, '', \
         'CA18205000041' || CAST(1000000000 + i AS TEXT), 'valid', CASE WHEN i % 2 = 0 THEN $3 END, 'own', 'x', 'import', $2, \
         '14' || substr(CAST(10101 + ((i % 100) / 10) * 100 + i % 10 AS TEXT), 2) FROM n"
    ),
    numbered!(
        "INSERT INTO pages (site_id, url, depth, origin, first_seen_at) SELECT 's' || (i / 10), \
         'http://s' || (i / 10) || '.yunxi.gov.test/' || (i % 10), 1, 'link', $2 FROM n WHERE $3 IS NOT NULL"
    ),
    numbered!(
        "INSERT INTO site_rows (site_id, key, name, unit_name, kind, area, en_domain, cn_domain, badge_code, state, \
         domain_expires_on, searched, rank, verdict, cause, looked_at, fair_at, hung, address, checked, known) \
         SELECT s.id, s.key, s.name, u.name, u.kind, u.region, s.en_domain, s.cn_domain, s.badge_code, s.state, \
         s.domain_expires_on, lower(s.key || ' ' || s.name || ' ' || u.name || ' ' || s.badge_code), \
         CASE i % 10 WHEN 0 THEN 0 WHEN 1 THEN 1 ELSE 3 END, \
         CASE i % 10 WHEN 0 THEN 'fail' WHEN 1 THEN 'undetermined' ELSE 'pass' END, \
         CASE i % 10 WHEN 0 THEN 'not_hung' WHEN 1 THEN 'challenge' ELSE 'verified' END, $2, \
         CASE WHEN i % 10 <> 1 THEN $2 END, i % 10 > 1, '10.0.' || (i % 200) || '.1', 10, 10 \
         FROM n JOIN sites s ON s.id = 's' || i JOIN units u ON u.id = 'u' || i WHERE $3 IS NOT NULL"
    ),
    numbered!(
        "INSERT INTO findings (id, site_id, code, effect, state, version, failed, first_failed_at, last_failed_at, clean, \
         opened_at, pages) SELECT 'f' || i, 's' || i, 'not_hung', 'fault', 'confirmed', 1, 3, $2, $2, 0, $2, '[]' FROM n \
         WHERE i % 10 = 0 AND $3 IS NOT NULL"
    ),
    numbered!(
        "INSERT INTO plan (site_id, rank, next_at, home_at, pages_at, attempts) SELECT 's' || i, 1, $2, $2, $2, 0 FROM n \
         WHERE $3 IS NOT NULL"
    ),
];

/// Makes a registry of so many sites with ten pages each.
pub async fn seed(db: &Db, sites: i64, now: DateTime<Utc>) {
    let expires: NaiveDate = "2026-06-01".parse().expect("a day");
    for (at, sql) in SEED.into_iter().enumerate() {
        let many = match at {
            0 => 100,
            4 => sites * PAGES,
            _ => sites,
        };
        match db {
            Db::Sqlite { writer, .. } => {
                sqlx::query(sql).bind(many).bind(now).bind(expires).execute(writer).await.map(|_| ())
            }
            Db::Postgres(pool) => sqlx::query(sql).bind(many).bind(now).bind(expires).execute(pool).await.map(|_| ()),
        }
        .unwrap_or_else(|error| panic!("{sql}: {error}"));
    }
    match db {
        Db::Sqlite { writer, .. } => sqlx::query("ANALYZE").execute(writer).await.map(|_| ()),
        Db::Postgres(pool) => sqlx::query("ANALYZE").execute(pool).await.map(|_| ()),
    }
    .expect("it can be analysed");
}

/// What is asked, as an officer of the whole country and as one of a county asks it.
const ASKED: &[(&str, &str)] = &[
    ("all", ""),
    ("page 200", "page=200"),
    ("verdict", "verdict=fail"),
    ("verdict, last page", "verdict=pass&page=200"),
    ("cause", "cause=challenge"),
    ("finding", "finding=not_hung"),
    ("kind", "kind=institution"),
    ("city", "region=140100"),
    ("county", "region=140105"),
    ("county and verdict", "region=140105&verdict=fail"),
    ("code", "code=CA182050000411000000007"),
    ("domain", "domain=s7.yunxi"),
    ("text, many", "q=yunxi"),
    ("text, one", "q=%E7%AC%AC777%E5%B1%80"),
    ("text, none", "q=nowhere"),
    ("no Chinese domain", "cn=none"),
    ("Chinese domain expired", "cn=expired"),
    ("hung", "badge=hung"),
    ("not hung", "badge=unhung"),
    ("stale", "looked=stale"),
    ("hosting address", "address=10.0.7.1"),
    ("by name", "sort=name"),
    ("by unit", "sort=unit"),
    ("by domain", "sort=domain"),
    ("longest not looked at", "sort=oldest"),
    ("by end of the domain", "sort=expires"),
    ("everything at once", "verdict=fail&finding=not_hung&kind=organ&q=yunxi&cn=none&sort=name"),
];

/// How long one question took.
pub struct Line {
    pub what: String,
    pub middle: Duration,
    pub p95: Duration,
}

impl Line {
    pub fn is_well(&self) -> bool {
        self.p95 <= AIM
    }
}

impl std::fmt::Display for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let ratio = self.p95.as_secs_f64() / AIM.as_secs_f64();
        let sign = if self.is_well() { '✔' } else { '✘' };
        write!(f, "{:<34} p50 {:>8.1?} p95 {:>8.1?} ÷ aim {ratio:>5.2} {sign}", self.what, self.middle, self.p95)
    }
}

/// Asks each question so many times over HTTP, as people who are logged in.
pub async fn measure(db: &Db, times: usize, now: DateTime<Utc>) -> Vec<Line> {
    let shared = app::shared(Config::default(), db.clone(), Clock::manual(now)).await.expect("the parts are built");
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let (address, stop) = (listener.local_addr().expect("an address"), CancellationToken::new());
    let _stop = stop.clone().drop_guard();
    tokio::spawn(badgewatch::web::serve(shared, listener, stop));
    let mut lines = Vec::new();
    for (name, region) in [("nation", "000000"), ("county", "140105")] {
        let visitor = Visitor::log_in(db, address, name, region, now).await;
        for (what, query) in ASKED.iter().filter(|(_, query)| name == "nation" || !query.contains("region")) {
            lines.push(visitor.time(format!("{name}: {what}"), &format!("/console/sites?{query}"), times).await);
        }
        lines.push(visitor.time(format!("{name}: overview"), "/console", times).await);
        lines.push(visitor.time(format!("{name}: a site"), "/console/sites/s4.yunxi.gov.test", times).await);
    }
    lines
}

struct Visitor {
    client: reqwest::Client,
    address: SocketAddr,
    cookie: String,
}

impl Visitor {
    async fn log_in(db: &Db, address: SocketAddr, name: &str, region: &str, now: DateTime<Utc>) -> Self {
        let (role, body) = (AccountRole::Officer, Body::Office);
        let new = NewAccount { name: name.into(), person: name.into(), region: region.into(), role, body };
        accounts::add_account(db, &new, OPERATOR, now).await.expect("an account");
        people::set_password(db, name, PASSWORD, false, OPERATOR, now).await.expect("a password");
        let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build();
        let client = client.expect("a client");
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("name", name), ("password", PASSWORD)])
            .finish();
        let request = client.post(format!("http://{address}/console/log-in")).body(body);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let answer = request.send().await.expect("an answer");
        let cookie = answer.headers()["set-cookie"].to_str().expect("a cookie").split(';').next().map(str::to_owned);
        Self { client, address, cookie: cookie.expect("a cookie") }
    }

    async fn time(&self, what: String, path: &str, times: usize) -> Line {
        let mut took = Vec::new();
        for _ in 0..=times {
            let begun = Instant::now();
            let request = self.client.get(format!("http://{}{path}", self.address)).header("cookie", &self.cookie);
            let answer = request.send().await.expect("an answer");
            assert_eq!(answer.status(), 200, "{path}");
            answer.bytes().await.expect("a page");
            took.push(begun.elapsed());
        }
        // The first one warms what the others find warm.
        took.remove(0);
        took.sort();
        Line { what, middle: took[took.len() / 2], p95: took[(took.len() * 95).div_ceil(100).saturating_sub(1)] }
    }
}
