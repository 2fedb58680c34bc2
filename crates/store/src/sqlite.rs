//! How a SQLite file of ours is opened: the same pragmas and the same check of its format for each.

use crate::data_dir::OpenError;
use sqlx::sqlite::{SqliteAutoVacuum, SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, Executor, SqliteConnection};
use std::path::Path;

/// What a file holds: the statements that lead from each format to the next, the first from an empty file. A step that
/// was released is never changed.
pub(crate) struct Schema {
    pub steps: &'static [&'static str],
}

impl Schema {
    /// Written to `PRAGMA user_version`; a file with a larger one is refused.
    fn format(&self) -> i64 {
        i64::try_from(self.steps.len()).unwrap_or(i64::MAX)
    }
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
        // What is deleted is gone from the file: pages that are freed go back to the file system, those that stay in
        // use are overwritten where they held it.
        .auto_vacuum(SqliteAutoVacuum::Incremental)
        .pragma("secure_delete", "FAST")
        .disable_statement_logging();
    let mut connection = options.connect().await.map_err(failed)?;
    let found: i64 =
        sqlx::query_scalar("PRAGMA user_version").fetch_one(&mut connection).await.map_err(failed)?;
    if found > schema.format() {
        return Err(OpenError::TooNew(path.to_owned(), found, schema.format()));
    }
    let done = usize::try_from(found).unwrap_or(0);
    if done < schema.steps.len() {
        let mut transaction = connection.begin().await.map_err(failed)?;
        for step in &schema.steps[done..] {
            transaction.execute(*step).await.map_err(failed)?;
        }
        let stamp = format!("PRAGMA user_version = {}", schema.format());
        transaction.execute(sqlx::AssertSqlSafe(stamp)).await.map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
    }
    Ok(connection)
}
