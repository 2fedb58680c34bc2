//! How a SQLite file of ours is opened: the same pragmas and the same check of its format for each.

use crate::data_dir::OpenError;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, Executor, SqliteConnection};
use std::path::Path;

/// What a file holds: its schema, and the number of that schema's format.
pub(crate) struct Schema {
    /// Written to `PRAGMA user_version`; a file with a larger one is refused.
    pub format: i64,
    /// Run when the file is new.
    pub create: &'static str,
}

/// Opens or creates the file, durable: a commit returns after its bytes are on disk.
pub(crate) async fn open(path: &Path, schema: &Schema) -> Result<SqliteConnection, OpenError> {
    let failed = |error| OpenError::Database(path.to_owned(), error);
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        // Journal rows are batches of some 10 KB: larger pages make fewer of them.
        .page_size(8192)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .pragma("wal_autocheckpoint", "4000")
        .disable_statement_logging();
    let mut connection = options.connect().await.map_err(failed)?;
    let found: i64 =
        sqlx::query_scalar("PRAGMA user_version").fetch_one(&mut connection).await.map_err(failed)?;
    if found > schema.format {
        return Err(OpenError::TooNew(path.to_owned(), found, schema.format));
    }
    if found == 0 {
        let mut transaction = connection.begin().await.map_err(failed)?;
        transaction.execute(schema.create).await.map_err(failed)?;
        let stamp = format!("PRAGMA user_version = {}", schema.format);
        transaction.execute(sqlx::AssertSqlSafe(stamp)).await.map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
    }
    Ok(connection)
}
