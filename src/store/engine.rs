//! The two engines behind one face: connection, transaction, and the macros that expand one statement into both arms.

use std::str::FromStr;
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Executor, PgPool, Postgres, Sqlite, SqlitePool, Transaction};

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// How long a writer of SQLite waits for the one before it.
const BUSY: Duration = Duration::from_secs(30);

/// What can go wrong with the database.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("the database: {0}")]
    Sql(#[from] sqlx::Error),
    #[error("the schema: {0}")]
    Schema(#[from] sqlx::migrate::MigrateError),
    #[error("database.url must begin with sqlite: or postgres: and name a database")]
    Url,
    /// Something stands in the database that this program never writes.
    #[error("the database holds a value that cannot be read: {0}")]
    Corrupt(String),
}

/// A result of the store.
pub type StoreResult<T> = Result<T, StoreError>;

/// A database. Cheap to clone; clones share the connections.
#[derive(Debug, Clone)]
pub enum Db {
    /// Readers beside one writer: SQLite has one at a time anyway, and a queue is fairer than a busy loop.
    Sqlite {
        readers: SqlitePool,
        writer: SqlitePool,
    },
    Postgres(PgPool),
}

/// An open transaction; it is undone when dropped.
#[derive(Debug)]
pub enum Tx {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

impl Db {
    /// Opens `sqlite:FILE` (made if missing) or `postgres://…`, with at most so many connections.
    pub async fn open(url: &str, connections: u32) -> StoreResult<Self> {
        let db = Self::lazily(url, connections)?;
        db.ping_at_all().await?;
        Ok(db)
    }

    /// The same without a word with the database: whoever asks it learns whether it answers.
    pub fn lazily(url: &str, connections: u32) -> StoreResult<Self> {
        if url.starts_with("sqlite:") {
            return Self::lazily_sqlite(url, connections);
        }
        if !url.starts_with("postgres:") && !url.starts_with("postgresql:") {
            return Err(StoreError::Url);
        }
        let options = PgConnectOptions::from_str(url).map_err(|_| StoreError::Url)?.application_name("badgewatch");
        // A future that is dropped while BEGIN is under way (a visitor who hangs up, a stop) leaves its transaction open on
        // a connection that goes back to the pool. Undoing it takes the place of the pool's own test of the connection; a
        // ROLLBACK alone would be warned of each time.
        let pool = PgPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(BUSY)
            .test_before_acquire(false)
            .before_acquire(|connection, _| {
                Box::pin(async move { connection.execute("BEGIN; ROLLBACK").await.map(|_| true) })
            });
        Ok(Self::Postgres(pool.connect_lazy_with(options)))
    }

    fn lazily_sqlite(url: &str, connections: u32) -> StoreResult<Self> {
        let options = SqliteConnectOptions::from_str(url)
            .map_err(|_| StoreError::Url)?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // What was told to a unit must survive a power cut.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY);
        let pool = |most| SqlitePoolOptions::new().max_connections(most).acquire_timeout(BUSY);
        let writer = pool(1).connect_lazy_with(options.clone());
        let readers = pool(connections).connect_lazy_with(options);
        Ok(Self::Sqlite { readers, writer })
    }

    /// Brings the schema up to date. Safe to run from several processes at once.
    pub async fn migrate(&self) -> StoreResult<()> {
        match self {
            Self::Sqlite { writer, .. } => MIGRATIONS.run(writer).await?,
            Self::Postgres(pool) => MIGRATIONS.run(pool).await?,
        }
        Ok(())
    }

    /// A transaction that only reads, and sees one state of the database.
    pub async fn read(&self) -> StoreResult<Tx> {
        Ok(match self {
            Self::Sqlite { readers, .. } => Tx::Sqlite(readers.begin().await?),
            Self::Postgres(pool) => {
                Tx::Postgres(pool.begin_with("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY").await?)
            }
        })
    }

    /// A transaction that may write.
    pub async fn write(&self) -> StoreResult<Tx> {
        Ok(match self {
            // A plain BEGIN would take the lock at the first write and fail where two transactions read before it.
            Self::Sqlite { writer, .. } => Tx::Sqlite(writer.begin_with("BEGIN IMMEDIATE").await?),
            Self::Postgres(pool) => Tx::Postgres(pool.begin().await?),
        })
    }

    /// Does it answer at all, whatever its schema?
    async fn ping_at_all(&self) -> StoreResult<()> {
        let mut tx = self.write().await?;
        fetch_one!((i64,), &mut tx, "SELECT COUNT(*) FROM (SELECT 1) AS one")?;
        Ok(())
    }

    /// Does it answer?
    pub async fn ping(&self) -> StoreResult<()> {
        let mut tx = self.read().await?;
        fetch_one!((i64,), &mut tx, "SELECT COUNT(*) FROM job_runs")?;
        Ok(())
    }

    /// Closes every connection; what is under way is finished first.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { readers, writer } => {
                readers.close().await;
                writer.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

impl Tx {
    /// Makes everything that was written last.
    pub async fn commit(self) -> StoreResult<()> {
        match self {
            Self::Sqlite(tx) => tx.commit().await?,
            Self::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }
}

/// Runs a statement; the number of rows it changed.
macro_rules! execute {
    ($tx:expr, $sql:expr $(, $value:expr)* $(,)?) => {
        match $tx {
            $crate::store::Tx::Sqlite(tx) => {
                sqlx::query($sql)$(.bind($value))*.execute(&mut **tx).await.map(|done| done.rows_affected())
            }
            $crate::store::Tx::Postgres(tx) => {
                sqlx::query($sql)$(.bind($value))*.execute(&mut **tx).await.map(|done| done.rows_affected())
            }
        }
        .map_err($crate::store::StoreError::from)
    };
}

/// Reads rows of a type by one of sqlx's ways to fetch.
macro_rules! fetch {
    ($how:ident, $row:ty, $tx:expr, $sql:expr $(, $value:expr)* $(,)?) => {
        match $tx {
            $crate::store::Tx::Sqlite(tx) => {
                sqlx::query_as::<_, $row>($sql)$(.bind($value))*.$how(&mut **tx).await
            }
            $crate::store::Tx::Postgres(tx) => {
                sqlx::query_as::<_, $row>($sql)$(.bind($value))*.$how(&mut **tx).await
            }
        }
        .map_err($crate::store::StoreError::from)
    };
}

/// Every row of a question.
macro_rules! fetch_all {
    ($row:ty, $tx:expr, $($rest:tt)+) => { $crate::store::engine::fetch!(fetch_all, $row, $tx, $($rest)+) };
}

/// The only row of a question.
macro_rules! fetch_one {
    ($row:ty, $tx:expr, $($rest:tt)+) => { $crate::store::engine::fetch!(fetch_one, $row, $tx, $($rest)+) };
}

/// The row of a question, if there is one.
macro_rules! fetch_optional {
    ($row:ty, $tx:expr, $($rest:tt)+) => { $crate::store::engine::fetch!(fetch_optional, $row, $tx, $($rest)+) };
}

/// Rows that one statement inserts: the engines take 32,766 values and more, and gain little beyond this.
pub(crate) const ROWS_AT_ONCE: usize = 200;

/// Inserts many rows by few statements: between `$head` and `$tail` (both fixed texts) stands one list of values a row,
/// which `$bind` fills in the order of the columns. With a type before them, the rows that `RETURNING` gives are read.
macro_rules! insert_many {
    ($tx:expr, $rows:expr, $head:expr, $tail:expr, |$row:ident, $value:ident| $bind:block) => {{
        for chunk in $rows.chunks($crate::store::engine::ROWS_AT_ONCE) {
            $crate::store::engine::insert_chunk!(
                $tx,
                chunk,
                $head,
                $tail,
                |$row, $value| $bind,
                |query, connection| { query.build().execute(connection).await.map(|_| ()) }
            )?;
        }
        Ok(())
    }};
    ($type:ty, $tx:expr, $rows:expr, $head:expr, $tail:expr, |$row:ident, $value:ident| $bind:block) => {{
        let mut returned: Vec<$type> = Vec::new();
        for chunk in $rows.chunks($crate::store::engine::ROWS_AT_ONCE) {
            returned.extend($crate::store::engine::insert_chunk!(
                $tx,
                chunk,
                $head,
                $tail,
                |$row, $value| $bind,
                |query, connection| { query.build_query_as::<$type>().fetch_all(connection).await }
            )?);
        }
        Ok(returned)
    }};
}

/// One statement of [`insert_many`].
macro_rules! insert_chunk {
    ($tx:expr, $rows:expr, $head:expr, $tail:expr, |$row:ident, $value:ident| $bind:block,
     |$query:ident, $connection:ident| $run:block) => {
        match $tx {
            $crate::store::Tx::Sqlite(tx) => {
                let mut $query = sqlx::QueryBuilder::<sqlx::Sqlite>::new($head);
                $query.push_values($rows, |mut $row, $value| $bind).push($tail);
                let $connection = &mut **tx;
                $run
            }
            $crate::store::Tx::Postgres(tx) => {
                let mut $query = sqlx::QueryBuilder::<sqlx::Postgres>::new($head);
                $query.push_values($rows, |mut $row, $value| $bind).push($tail);
                let $connection = &mut **tx;
                $run
            }
        }
        .map_err($crate::store::StoreError::from)
    };
}

pub(crate) use {execute, fetch, fetch_all, fetch_one, fetch_optional, insert_chunk, insert_many};
