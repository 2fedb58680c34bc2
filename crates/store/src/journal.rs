//! The journal: every accepted batch, in order of receipt, durable before it is acknowledged.
//!
//! One writer task owns the connection. It takes all batches that wait, inserts them in one transaction, and
//! acknowledges them after its commit; so one `fsync` serves as many batches as arrived during the one before.
//! A row is one batch as JSON: readable by hand, and new fields need no migration (`tests/golden/journal-1.json`
//! pins the format).
//!
//! A batch is forgotten when the lake has all of its client session. So what is here is exactly what the live set must
//! be made of again after a crash: the journal is also the live set's snapshot.

use crate::data_dir::OpenError;
use crate::live::Committed;
use crate::sqlite::{self, Schema};
use footpath_model::batch::Batch;
use futures_util::TryStreamExt;
use sqlx::sqlite::SqliteRow;
use sqlx::{Connection, Row, SqliteConnection};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Semaphore, mpsc, oneshot};

const SCHEMA: Schema =
    Schema { steps: &["CREATE TABLE batches (position INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;"] };

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

/// Positions in one statement that forgets.
const FORGET_CHUNK: usize = 500;

/// A batch's number in the journal.
pub(crate) type Position = i64;

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
    forget: mpsc::UnboundedSender<Forget>,
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

/// Batches to be forgotten.
#[derive(Debug)]
struct Forget {
    positions: Vec<Position>,
    done: oneshot::Sender<Result<(), sqlx::Error>>,
}

impl Journal {
    /// Opens the file, hands every batch in it to `each`, in order and in groups, and starts the writer. Committed
    /// batches go to `committed`, in order.
    pub(crate) async fn open(
        path: &Path,
        each: impl AsyncFnMut(Vec<Result<Committed, Unreadable>>),
        committed: mpsc::Sender<Vec<Committed>>,
    ) -> Result<Self, OpenError> {
        let mut connection = sqlite::open(path, &SCHEMA).await?;
        read(&mut connection, each).await.map_err(|error| OpenError::Database(path.to_owned(), error))?;
        let (queue, waiting) = mpsc::unbounded_channel();
        let (forget, forgotten) = mpsc::unbounded_channel();
        tokio::spawn(write(connection, waiting, forgotten, committed));
        Ok(Self { queue, forget, room: Arc::new(Semaphore::new(QUEUE_BYTES)) })
    }

    /// Returns when the batches are gone from the file and from its write-ahead log.
    pub(crate) async fn forget(&self, positions: Vec<Position>) -> Result<(), sqlx::Error> {
        let (done, outcome) = oneshot::channel();
        let ended = || sqlx::Error::WorkerCrashed;
        self.forget.send(Forget { positions, done }).map_err(|_| ended())?;
        outcome.await.map_err(|_| ended())?
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
    pub position: Position,
    pub body: Vec<u8>,
    pub error: serde_json::Error,
}

/// Batches decoded and taken in together at start.
const READ_GROUP: usize = 512;

async fn read(
    connection: &mut SqliteConnection,
    mut each: impl AsyncFnMut(Vec<Result<Committed, Unreadable>>),
) -> Result<(), sqlx::Error> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let rows = sqlx::query("SELECT position, body FROM batches ORDER BY position").fetch(connection);
    // Decoding is most of a start: it goes on, on all cores, while what came before is taken in.
    let groups = rows.try_chunks(READ_GROUP).map_err(|broken_off| broken_off.1).map_ok(decode);
    let mut groups = std::pin::pin!(groups.try_buffered(threads + 1));
    while let Some(group) = groups.try_next().await? {
        each(group).await;
    }
    Ok(())
}

async fn decode(rows: Vec<SqliteRow>) -> Result<Vec<Result<Committed, Unreadable>>, sqlx::Error> {
    let decoding = tokio::task::spawn_blocking(move || rows.iter().map(decode_row).collect());
    decoding.await.map_err(|panicked| sqlx::Error::Decode(panicked.into()))?
}

fn decode_row(row: &SqliteRow) -> Result<Result<Committed, Unreadable>, sqlx::Error> {
    let position: Position = row.try_get(0)?;
    let body: &[u8] = row.try_get(1)?;
    Ok(match serde_json::from_slice(body) {
        Ok(batch) => Ok(Committed { position, bytes: body.len(), batch: Arc::new(batch) }),
        Err(error) => Err(Unreadable { position, body: body.to_owned(), error }),
    })
}

/// Runs until the last sender is gone, and then commits what still waits.
async fn write(
    mut connection: SqliteConnection,
    mut waiting: mpsc::UnboundedReceiver<Waiting>,
    mut forgotten: mpsc::UnboundedReceiver<Forget>,
    committed: mpsc::Sender<Vec<Committed>>,
) {
    let mut group = Vec::with_capacity(GROUP_MAX);
    loop {
        tokio::select! {
            received = waiting.recv_many(&mut group, GROUP_MAX) => if received == 0 { break },
            Some(forget) = forgotten.recv() => {
                let outcome = delete(&mut connection, &forget).await;
                // Who asked may be gone with the process; the batches are as they are.
                let _ = forget.done.send(outcome);
                continue;
            }
        }
        tokio::time::sleep(GATHER).await;
        while group.len() < GROUP_MAX
            && let Ok(one) = waiting.try_recv()
        {
            group.push(one);
        }
        let sizes: Vec<usize> = group.iter().map(|one| one.body.len()).collect();
        let bodies = group.iter_mut().map(|one| std::mem::take(&mut one.body)).collect();
        let outcome = insert(&mut connection, bodies).await.map_err(|error| {
            tracing::error!(%error, n_batches = group.len(), "the journal could not be written");
            kind_of(&error)
        });
        let batches = acknowledge(&mut group, outcome, &sizes);
        // The fold is the only reader: it is gone only when the process ends.
        if !batches.is_empty() && committed.send(batches).await.is_err() {
            break;
        }
    }
    if let Err(error) = connection.close().await {
        tracing::warn!(%error, "the journal was not closed cleanly; nothing acknowledged is lost");
    }
}

/// Free pages go back to the file system, so that the file is as large as what it holds.
async fn delete(connection: &mut SqliteConnection, forget: &Forget) -> Result<(), sqlx::Error> {
    let mut transaction = connection.begin().await?;
    for chunk in forget.positions.chunks(FORGET_CHUNK) {
        let places = vec!["?"; chunk.len()].join(",");
        // Only question marks are put in.
        let text = sqlx::AssertSqlSafe(format!("DELETE FROM batches WHERE position IN ({places})"));
        let mut query = sqlx::query(text);
        for position in chunk {
            query = query.bind(position);
        }
        query.execute(&mut *transaction).await?;
    }
    transaction.commit().await?;
    sqlx::query("PRAGMA incremental_vacuum").fetch_all(&mut *connection).await?;
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").fetch_all(&mut *connection).await?;
    Ok(())
}

/// Tells every waiting client, and returns the batches that are now durable.
fn acknowledge(
    group: &mut Vec<Waiting>,
    outcome: Result<Position, AppendError>,
    sizes: &[usize],
) -> Vec<Committed> {
    group
        .drain(..)
        .zip(sizes)
        .enumerate()
        .filter_map(|(place, (one, bytes))| {
            drop(one.room);
            // A client that went away does not hear of it; its batch is durable all the same.
            let _ = one.done.send(outcome.map(drop));
            let position = outcome.ok()? + i64::try_from(place).ok()?;
            Some(Committed { position, bytes: *bytes, batch: one.batch })
        })
        .collect()
}

/// Returns the position of the first; the others follow it, since nobody else writes.
async fn insert(connection: &mut SqliteConnection, bodies: Vec<Vec<u8>>) -> Result<Position, sqlx::Error> {
    let n_bodies = i64::try_from(bodies.len()).unwrap_or(i64::MAX);
    let mut transaction = connection.begin().await?;
    let mut last: Position = 0;
    let mut bodies = bodies.into_iter();
    for (rows, statement) in INSERTS {
        while bodies.len() >= *rows {
            let mut query = sqlx::query(*statement);
            for body in bodies.by_ref().take(*rows) {
                query = query.bind(body);
            }
            last = query.execute(&mut *transaction).await?.last_insert_rowid();
        }
    }
    transaction.commit().await?;
    Ok(last + 1 - n_bodies)
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
