//! A database with some sites on file, and the words the stories share.

use badgewatch::store::{Db, sites};
use chrono::{DateTime, TimeDelta, Utc};

use crate::support::db::{TestDb, every_engine, register};

/// The moment every story begins at, and minutes after it.
pub fn at(minutes: i64) -> DateTime<Utc> {
    "2026-11-26T04:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::minutes(minutes)
}

/// A database and the ids of its sites, in the order of their keys.
pub struct Stage {
    pub test: TestDb,
    pub ids: Vec<String>,
}

impl Stage {
    pub fn db(&self) -> &Db {
        &self.test.db
    }

    /// Runs one statement of the story's own.
    pub async fn run(&self, sql: &'static str) {
        match self.db() {
            Db::Sqlite { writer, .. } => {
                sqlx::query(sql).execute(writer).await.unwrap();
            }
            Db::Postgres(pool) => {
                sqlx::query(sql).execute(pool).await.unwrap();
            }
        }
    }
}

/// Tells a story on every engine there is, with so many sites on file.
pub async fn told(many: usize, story: impl AsyncFn(&Stage)) {
    for test in every_engine().await {
        register(&test.db, &csv(many), at(0)).await;
        let listed = sites::after_key(&mut test.db.read().await.unwrap(), "", 1_000).await.unwrap();
        assert_eq!(listed.len(), many);
        let stage = Stage { ids: listed.into_iter().map(|site| site.id).collect(), test };
        story(&stage).await;
    }
}

/// A transaction that reads, for one question.
#[macro_export]
macro_rules! ask {
    ($stage:expr, $($function:ident)::+ $(, $argument:expr)* $(,)?) => {
        $($function)::+(&mut $stage.db().read().await.unwrap() $(, $argument)*).await.unwrap()
    };
}

/// A transaction of one change, made to last.
#[macro_export]
macro_rules! tell {
    ($stage:expr, $($function:ident)::+ $(, $argument:expr)* $(,)?) => {{
        let mut tx = $stage.db().write().await.unwrap();
        let done = $($function)::+(&mut tx $(, $argument)*).await.unwrap();
        tx.commit().await.unwrap();
        done
    }};
}

const HEADER: &str = "unit_name,unit_type,parent_unit,address,functions,region,site_name,cn_domain,en_domain,ips,\
                      badge_code,certificate_id,issued_on,issuing_office,state,domain_expires_on,contact_name,contact_email,\
                      contact_phone";

/// The registry of so many sites; every other one has a Chinese name, too.
fn csv(many: usize) -> String {
    let row = |number: usize| {
        let chinese = if number.is_multiple_of(2) { format!("云溪{number}.政务") } else { String::new() };
        format!(
            "云溪县第{number}局,organ,云溪县人民政府,政通路{number}号,,云溪县,第{number}局网站,{chinese},\
             s{number:03}.yunxi.gov.test,10.0.0.1;10.0.0.2,CA18205000041{number:06}0001,{:032X},2025-03-03,编办,valid,\
             2027-01-01,甲某某,,00000000000",
            number + 1
        )
    };
    (0..many).map(row).fold(HEADER.to_owned(), |all, row| all + "\n" + &row)
}
