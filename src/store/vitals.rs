//! How the database itself does: connections, size.

use super::{Db, StoreResult, Tx, fetch_one};
use crate::closed_set;

closed_set! {
    /// The pools of connections.
    pub enum Pool {
        Readers = "readers", "SQLite: those that read";
        Writer = "writer", "SQLite: the one that writes";
        Shared = "shared", "PostgreSQL: all";
    }
}

/// What a pool has at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Connections {
    pub pool: Pool,
    pub open: u32,
    pub idle: u32,
    /// As many as it may have.
    pub most: u32,
}

/// The connections of this process, without a word with the database.
pub fn connections(db: &Db) -> Vec<Connections> {
    macro_rules! of {
        ($pool:expr, $connections:expr) => {
            Connections {
                pool: $pool,
                open: $connections.size(),
                idle: u32::try_from($connections.num_idle()).unwrap_or(u32::MAX),
                most: $connections.options().get_max_connections(),
            }
        };
    }
    match db {
        Db::Sqlite { readers, writer } => vec![of!(Pool::Readers, readers), of!(Pool::Writer, writer)],
        Db::Postgres(pool) => vec![of!(Pool::Shared, pool)],
    }
}

/// The size of the database in bytes. The one question that the engines are asked in words of their own.
pub async fn bytes(tx: &mut Tx) -> StoreResult<i64> {
    let sql = match tx {
        Tx::Sqlite(_) => "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
        Tx::Postgres(_) => "SELECT pg_database_size(current_database())",
    };
    Ok(fetch_one!((i64,), tx, sql)?.0)
}
