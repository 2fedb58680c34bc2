//! The journal: every accepted batch, in order of receipt, durable before it is acknowledged.
//!
//! One writer task owns the connection. It takes all batches that wait, inserts them in one transaction, and
//! acknowledges them after its commit; so one `fsync` serves as many batches as arrived during the one before.
//! A row is one batch as JSON: readable by hand, and new fields need no migration (`tests/golden/journal-1.json`
//! pins the format). Limit: nothing is ever removed yet.

use crate::data_dir::OpenError;
use crate::sqlite::{self, Schema};
use footpath_model::batch::Batch;
use futures_util::TryStreamExt;
use sqlx::{Connection, Row, SqliteConnection};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Semaphore, mpsc, oneshot};

const SCHEMA: Schema = Schema {
    format: 1,
    create: "CREATE TABLE batches (position INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;",
};

/// Bytes of encoded batches that may wait for the disk. More would only hide that it is too slow.
const QUEUE_BYTES: usize = 64 * 1024 * 1024;
/// How long a batch waits for room in the queue before the client is told to come back.
const QUEUE_WAIT: Duration = Duration::from_secs(2);
/// Batches in one transaction at most, so that the first does not wait long for the last.
const GROUP_MAX: usize = 1024;
/// How long the first batch of a group waits for others. A commit costs as much CPU for one batch as for a hundred, and
/// on a fast disk they would otherwise follow each other almost singly.
const GATHER: Duration = Duration::from_millis(2);
/// A guess at an event's size as JSON, with its share of the context.
const EVENT_BYTES: usize = 512;

/// Why a batch was not made durable. It may be sent again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AppendError {
    /// The disk is full.
    DiskFull,
    /// The queue before the disk stayed full.
    Overloaded,
    /// The database failed; the log has the reason.
    Failed,
}

impl std::fmt::Display for AppendError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::DiskFull => "the disk is full: free space in the data directory's file system",
            Self::Overloaded => "the journal cannot keep up: send more slowly",
            Self::Failed => "the journal could not be written",
        })
    }
}

impl std::error::Error for AppendError {}

/// Hands batches to the writer.
#[derive(Clone, Debug)]
pub(crate) struct Journal {
    queue: mpsc::UnboundedSender<Waiting>,
    room: Arc<Semaphore>,
}

/// A batch that waits for its commit.
#[derive(Debug)]
struct Waiting {
    body: Vec<u8>,
    batch: Arc<Batch>,
    room: tokio::sync::OwnedSemaphorePermit,
    done: oneshot::Sender<Result<(), AppendError>>,
}

impl Journal {
    /// Opens the file, hands every batch in it to `each`, in order, and starts the writer. Committed batches go to
    /// `committed`, in order.
    pub(crate) async fn open(
        path: &Path,
        mut each: impl FnMut(Result<Batch, Unreadable>),
        committed: mpsc::Sender<Vec<Arc<Batch>>>,
    ) -> Result<Self, OpenError> {
        let mut connection = sqlite::open(path, &SCHEMA).await?;
        read(&mut connection, &mut each)
            .await
            .map_err(|error| OpenError::Database(path.to_owned(), error))?;
        let (queue, waiting) = mpsc::unbounded_channel();
        tokio::spawn(write(connection, waiting, committed));
        Ok(Self { queue, room: Arc::new(Semaphore::new(QUEUE_BYTES)) })
    }

    /// Returns when the batch is on disk.
    pub(crate) async fn append(&self, batch: Batch) -> Result<(), AppendError> {
        let mut body = Vec::with_capacity(batch.events.len() * EVENT_BYTES);
        serde_json::to_writer(&mut body, &batch).map_err(|error| {
            tracing::error!(%error, "a batch cannot be encoded");
            AppendError::Failed
        })?;
        let permits = u32::try_from(body.len().min(QUEUE_BYTES)).unwrap_or(u32::MAX);
        let room = tokio::time::timeout(QUEUE_WAIT, Arc::clone(&self.room).acquire_many_owned(permits))
            .await
            .map_err(|_| AppendError::Overloaded)?
            .map_err(|_| AppendError::Failed)?;
        let (done, outcome) = oneshot::channel();
        let waiting = Waiting { body, batch: Arc::new(batch), room, done };
        self.queue.send(waiting).map_err(|_| AppendError::Failed)?;
        outcome.await.map_err(|_| AppendError::Failed)?
    }
}

/// A row that is no batch: damaged, or of a version that wrote something else.
#[derive(Debug)]
pub(crate) struct Unreadable {
    pub position: i64,
    pub error: serde_json::Error,
}

async fn read(
    connection: &mut SqliteConnection,
    each: &mut impl FnMut(Result<Batch, Unreadable>),
) -> Result<(), sqlx::Error> {
    let mut rows = sqlx::query("SELECT position, body FROM batches ORDER BY position").fetch(connection);
    while let Some(row) = rows.try_next().await? {
        let position: i64 = row.try_get(0)?;
        let body: &[u8] = row.try_get(1)?;
        each(serde_json::from_slice(body).map_err(|error| Unreadable { position, error }));
    }
    Ok(())
}

/// Runs until the last sender is gone, and then commits what still waits.
async fn write(
    mut connection: SqliteConnection,
    mut waiting: mpsc::UnboundedReceiver<Waiting>,
    committed: mpsc::Sender<Vec<Arc<Batch>>>,
) {
    let mut group = Vec::with_capacity(GROUP_MAX);
    while waiting.recv_many(&mut group, GROUP_MAX).await > 0 {
        tokio::time::sleep(GATHER).await;
        while group.len() < GROUP_MAX
            && let Ok(one) = waiting.try_recv()
        {
            group.push(one);
        }
        let bodies = group.iter_mut().map(|one| std::mem::take(&mut one.body)).collect();
        let outcome = insert(&mut connection, bodies).await.map_err(|error| {
            tracing::error!(%error, n_batches = group.len(), "the journal could not be written");
            kind_of(&error)
        });
        let batches = acknowledge(&mut group, outcome);
        // The fold is the only reader: it is gone only when the process ends.
        if !batches.is_empty() && committed.send(batches).await.is_err() {
            break;
        }
    }
    if let Err(error) = connection.close().await {
        tracing::warn!(%error, "the journal was not closed cleanly; nothing acknowledged is lost");
    }
}

/// Tells every waiting client, and returns the batches that are now durable.
fn acknowledge(group: &mut Vec<Waiting>, outcome: Result<(), AppendError>) -> Vec<Arc<Batch>> {
    group
        .drain(..)
        .filter_map(|one| {
            drop(one.room);
            // A client that went away does not hear of it; its batch is durable all the same.
            let _ = one.done.send(outcome);
            outcome.is_ok().then_some(one.batch)
        })
        .collect()
}

async fn insert(connection: &mut SqliteConnection, bodies: Vec<Vec<u8>>) -> Result<(), sqlx::Error> {
    let mut transaction = connection.begin().await?;
    let mut bodies = bodies.into_iter();
    for (rows, statement) in INSERTS {
        while bodies.len() >= *rows {
            let mut query = sqlx::query(*statement);
            for body in bodies.by_ref().take(*rows) {
                query = query.bind(body);
            }
            query.execute(&mut *transaction).await?;
        }
    }
    transaction.commit().await
}

macro_rules! insert {
    ($($row:literal)+) => { concat!("INSERT INTO batches (body) VALUES (?)", $($row),+) };
}

/// Statements for so many rows each, largest first: one call into SQLite's thread for many rows, and few for any number.
const INSERTS: &[(usize, &str)] = &[
    (
        32,
        insert!(
            ",(?),(?),(?),(?),(?),(?),(?)" ",(?),(?),(?),(?),(?),(?),(?),(?)"
            ",(?),(?),(?),(?),(?),(?),(?),(?)" ",(?),(?),(?),(?),(?),(?),(?),(?)"
        ),
    ),
    (8, insert!(",(?),(?),(?),(?),(?),(?),(?)")),
    (4, insert!(",(?),(?),(?)")),
    (2, insert!(",(?)")),
    (1, insert!("")),
];

fn kind_of(error: &sqlx::Error) -> AppendError {
    /// <https://sqlite.org/rescode.html#full>
    const SQLITE_FULL: &str = "13";
    match error.as_database_error().and_then(|error| error.code()) {
        Some(code) if code == SQLITE_FULL => AppendError::DiskFull,
        _ => AppendError::Failed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_statement_has_as_many_rows_as_it_says() {
        for (rows, statement) in INSERTS {
            assert_eq!(statement.matches("(?)").count(), *rows);
        }
        assert_eq!(INSERTS.last().map(|(rows, _)| *rows), Some(1), "any number can be made up");
    }

    #[tokio::test]
    async fn a_commit_is_on_disk_before_it_is_acknowledged() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let mut connection = sqlite::open(&dir.path().join("journal.db"), &SCHEMA).await.expect("it opens");
        let synchronous: i64 =
            sqlx::query_scalar("PRAGMA synchronous").fetch_one(&mut connection).await.expect("it tells");
        let mode: String =
            sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut connection).await.expect("it tells");
        // <https://sqlite.org/pragma.html#pragma_synchronous>: 2 is FULL.
        assert_eq!((synchronous, mode.as_str()), (2, "wal"));
    }

    #[tokio::test]
    async fn a_full_disk_is_told_and_later_batches_are_taken_again() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let mut connection = sqlite::open(&dir.path().join("journal.db"), &SCHEMA).await.expect("it opens");
        let limit = |pages: u32| sqlx::query(sqlx::AssertSqlSafe(format!("PRAGMA max_page_count = {pages}")));
        limit(4).execute(&mut connection).await.expect("it can be limited");
        let too_much = insert(&mut connection, vec![vec![b' '; 1 << 20]]).await.expect_err("no room");
        assert_eq!(kind_of(&too_much), AppendError::DiskFull);
        limit(1 << 20).execute(&mut connection).await.expect("it can be widened");
        insert(&mut connection, vec![vec![b' '; 1 << 20]]).await.expect("there is room again");
        let rows: i64 = sqlx::query_scalar("SELECT count(*) FROM batches")
            .fetch_one(&mut connection)
            .await
            .expect("counted");
        assert_eq!(rows, 1);
    }
}
