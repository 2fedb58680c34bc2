//! Replay chunks that are not yet in the lake: durable before they are acknowledged, each once.
//!
//! A file of its own beside the journal, by the same means (one writer task, one commit for all that wait), so that
//! megabytes of replay never stand before events in one queue. Its queue is short and nobody waits for room in it: where
//! the disk is too slow, replay is what is refused first. A row is what is known of a chunk, as JSON, and its records,
//! compressed; a chunk is forgotten when the lake has it.

use crate::data_dir::OpenError;
use crate::journal::{AppendError, Position, kind_of};
use crate::sqlite::{self, Schema};
use crate::{beside, journal};
use footpath_model::id::{SessionId, SiteId};
use footpath_model::replay::{ChunkKey, ReplayChunk};
use futures_util::TryStreamExt;
use sqlx::{Connection, Row, SqliteConnection};
use std::io::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

// Positions are never used again, so that forgetting one twice is no harm.
const SCHEMA: Schema = Schema {
    steps: &["CREATE TABLE chunks (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    site TEXT NOT NULL,
    hint TEXT NOT NULL,
    tab TEXT NOT NULL,
    number INTEGER NOT NULL,
    head TEXT NOT NULL,
    records BLOB NOT NULL,
    UNIQUE (site, hint, tab, number)
) STRICT;"],
};

/// Bytes of compressed records that may wait for the disk.
const QUEUE_BYTES: usize = 16 * 1024 * 1024;
/// Chunks in one transaction at most.
const GROUP_MAX: usize = 64;
/// How long the first chunk of a group waits for others.
const GATHER: Duration = Duration::from_millis(2);
/// Heads read at once at start.
const READ_GROUP: usize = 4096;
/// Of zstd, for records that stay here for less than an hour: quick.
const LEVEL: i32 = 3;

/// A chunk that has been committed, or was there already.
#[derive(Clone, Debug)]
pub(crate) struct CommittedChunk {
    pub position: Position,
    pub chunk: Arc<ReplayChunk>,
}

/// Whether a chunk that is durable now was so before.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kept {
    /// It was not.
    New,
    /// One of its name was there already.
    Already,
}

/// A row that is no chunk: damaged, or of a version that wrote something else.
#[derive(Debug)]
pub(crate) struct UnreadableChunk {
    pub position: Position,
    pub head: String,
    pub error: serde_json::Error,
}

/// Hands chunks to the writer.
#[derive(Clone, Debug)]
pub(crate) struct ReplayJournal {
    queue: mpsc::UnboundedSender<Waiting>,
    forget: mpsc::UnboundedSender<Forget>,
    room: Arc<Semaphore>,
    reader: Arc<Mutex<SqliteConnection>>,
}

#[derive(Debug)]
struct Waiting {
    chunk: Arc<ReplayChunk>,
    head: String,
    records: Vec<u8>,
    room: OwnedSemaphorePermit,
    done: oneshot::Sender<Result<Kept, AppendError>>,
}

#[derive(Debug)]
struct Forget {
    positions: Vec<Position>,
    done: oneshot::Sender<Result<(), sqlx::Error>>,
}

impl ReplayJournal {
    /// Opens the file, hands what is known of every chunk in it to `each`, in order and in groups, and starts the writer.
    /// Committed chunks go to `committed`, in order.
    pub(crate) async fn open(
        path: &Path,
        each: impl AsyncFnMut(Vec<Result<CommittedChunk, UnreadableChunk>>),
        committed: mpsc::Sender<Vec<CommittedChunk>>,
    ) -> Result<Self, OpenError> {
        let mut connection = sqlite::open(path, &SCHEMA).await?;
        read(&mut connection, each).await.map_err(|error| OpenError::Database(path.to_owned(), error))?;
        let reader = Arc::new(Mutex::new(beside::open(path).await?));
        let (queue, waiting) = mpsc::unbounded_channel();
        let (forget, forgotten) = mpsc::unbounded_channel();
        tokio::spawn(write(connection, waiting, forgotten, committed));
        Ok(Self { queue, forget, room: Arc::new(Semaphore::new(QUEUE_BYTES)), reader })
    }

    /// Returns when the chunk is on disk. Blocks nobody for long: where the queue is full it is refused at once.
    pub(crate) async fn append(&self, chunk: ReplayChunk, records: String) -> Result<Kept, AppendError> {
        let encoded = tokio::task::spawn_blocking(move || {
            let head = serde_json::to_string(&chunk).map_err(Error::other)?;
            Ok::<_, Error>((chunk, head, zstd::bulk::compress(records.as_bytes(), LEVEL)?))
        });
        let failed = |error: &dyn std::fmt::Display| {
            tracing::error!(%error, "a replay chunk cannot be encoded");
            AppendError::Failed
        };
        let (chunk, head, records) =
            encoded.await.map_err(|error| failed(&error))?.map_err(|error| failed(&error))?;
        let permits = u32::try_from(records.len().min(QUEUE_BYTES)).unwrap_or(u32::MAX);
        let room =
            Arc::clone(&self.room).try_acquire_many_owned(permits).map_err(|_| AppendError::Overloaded)?;
        let (done, outcome) = oneshot::channel();
        let waiting = Waiting { chunk: Arc::new(chunk), head, records, room, done };
        self.queue.send(waiting).map_err(|_| AppendError::Failed)?;
        outcome.await.map_err(|_| AppendError::Failed)?
    }

    /// Returns when the chunks are gone from the file and from its write-ahead log.
    pub(crate) async fn forget(&self, positions: Vec<Position>) -> Result<(), sqlx::Error> {
        if positions.is_empty() {
            return Ok(());
        }
        let (done, outcome) = oneshot::channel();
        let ended = || sqlx::Error::WorkerCrashed;
        self.forget.send(Forget { positions, done }).map_err(|_| ended())?;
        outcome.await.map_err(|_| ended())?
    }

    /// What is known of the chunks of a hint.
    pub(crate) async fn of_hint(
        &self,
        site: &SiteId,
        hint: SessionId,
    ) -> Result<Vec<ReplayChunk>, sqlx::Error> {
        let mut reader = self.reader.lock().await;
        let heads: Vec<String> = sqlx::query_scalar("SELECT head FROM chunks WHERE site = ? AND hint = ?")
            .bind(&site.0)
            .bind(hint.to_string())
            .fetch_all(&mut *reader)
            .await?;
        // What cannot be read was told of at start.
        Ok(heads.iter().filter_map(|head| serde_json::from_str(head).ok()).collect())
    }

    /// A chunk of a hint, with its records.
    pub(crate) async fn of_key(
        &self,
        site: &SiteId,
        hint: SessionId,
        key: ChunkKey,
    ) -> Result<Option<(ReplayChunk, String)>, sqlx::Error> {
        let found = {
            let mut reader = self.reader.lock().await;
            sqlx::query(
                "SELECT head, records FROM chunks WHERE site = ? AND hint = ? AND tab = ? AND number = ?",
            )
            .bind(&site.0)
            .bind(hint.to_string())
            .bind(key.tab_id.to_string())
            .bind(key.index)
            .fetch_optional(&mut *reader)
            .await?
        };
        found.map(|row| decode(row.try_get(0)?, row.try_get(1)?)).transpose()
    }

    /// A chunk by its position, with its records; nothing where it is gone.
    pub(crate) async fn at(&self, position: Position) -> Result<Option<(ReplayChunk, String)>, sqlx::Error> {
        let found = {
            let mut reader = self.reader.lock().await;
            sqlx::query("SELECT head, records FROM chunks WHERE position = ?")
                .bind(position)
                .fetch_optional(&mut *reader)
                .await?
        };
        found.map(|row| decode(row.try_get(0)?, row.try_get(1)?)).transpose()
    }
}

/// What is known of a chunk, and its records.
fn decode(head: &str, records: &[u8]) -> Result<(ReplayChunk, String), sqlx::Error> {
    let failed = |error: Box<dyn std::error::Error + Send + Sync>| sqlx::Error::Decode(error);
    let chunk: ReplayChunk = serde_json::from_str(head).map_err(|error| failed(error.into()))?;
    let inflated =
        zstd::bulk::decompress(records, chunk.bytes as usize).map_err(|error| failed(error.into()))?;
    Ok((chunk, String::from_utf8(inflated).map_err(|error| failed(error.into()))?))
}

/// Whether a row is a whole chunk, for who looks a stopped directory through.
pub(crate) fn is_whole(head: &str, records: &[u8]) -> bool {
    decode(head, records).is_ok_and(|(chunk, records)| records.len() == chunk.bytes as usize)
}

async fn read(
    connection: &mut SqliteConnection,
    mut each: impl AsyncFnMut(Vec<Result<CommittedChunk, UnreadableChunk>>),
) -> Result<(), sqlx::Error> {
    let mut rows = sqlx::query("SELECT position, head FROM chunks ORDER BY position").fetch(connection);
    let mut group = Vec::with_capacity(READ_GROUP);
    while let Some(row) = rows.try_next().await? {
        let position: Position = row.try_get(0)?;
        let head: &str = row.try_get(1)?;
        group.push(match serde_json::from_str(head) {
            Ok(chunk) => Ok(CommittedChunk { position, chunk: Arc::new(chunk) }),
            Err(error) => Err(UnreadableChunk { position, head: head.to_owned(), error }),
        });
        if group.len() == READ_GROUP {
            each(std::mem::take(&mut group)).await;
        }
    }
    each(group).await;
    Ok(())
}

/// Runs until the last sender is gone, and then commits what still waits.
async fn write(
    mut connection: SqliteConnection,
    mut waiting: mpsc::UnboundedReceiver<Waiting>,
    mut forgotten: mpsc::UnboundedReceiver<Forget>,
    committed: mpsc::Sender<Vec<CommittedChunk>>,
) {
    let mut group: Vec<Waiting> = Vec::with_capacity(GROUP_MAX);
    loop {
        tokio::select! {
            received = waiting.recv_many(&mut group, GROUP_MAX) => if received == 0 { break },
            Some(forget) = forgotten.recv() => {
                let outcome = journal::delete(&mut connection, "chunks", &forget.positions).await;
                // Who asked may be gone with the process; the chunks are as they are.
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
        let positions = insert(&mut connection, &group).await.map_err(|error| {
            tracing::error!(%error, n_chunks = group.len(), "replay.db could not be written");
            kind_of(&error)
        });
        let chunks = acknowledge(&mut group, positions);
        // The fold is the only reader: it is gone only when the process ends.
        if !chunks.is_empty() && committed.send(chunks).await.is_err() {
            break;
        }
    }
    if let Err(error) = connection.close().await {
        tracing::warn!(%error, "replay.db was not closed cleanly; nothing acknowledged is lost");
    }
}

/// Returns where each is now; nothing for those that were there already.
async fn insert(
    connection: &mut SqliteConnection,
    group: &[Waiting],
) -> Result<Vec<Option<Position>>, sqlx::Error> {
    let mut transaction = connection.begin().await?;
    let mut positions = Vec::with_capacity(group.len());
    for Waiting { chunk, head, records, .. } in group {
        let inserted = sqlx::query(
            "INSERT INTO chunks (site, hint, tab, number, head, records) VALUES (?, ?, ?, ?, ?, ?)
             ON CONFLICT DO NOTHING",
        )
        .bind(&chunk.site.0)
        .bind(chunk.hint.to_string())
        .bind(chunk.tab_id.to_string())
        .bind(chunk.index)
        .bind(head)
        .bind(records.as_slice())
        .execute(&mut *transaction)
        .await?;
        positions.push((inserted.rows_affected() > 0).then(|| inserted.last_insert_rowid()));
    }
    transaction.commit().await?;
    Ok(positions)
}

/// Tells every waiting client, and returns the chunks that are new.
fn acknowledge(
    group: &mut Vec<Waiting>,
    positions: Result<Vec<Option<Position>>, AppendError>,
) -> Vec<CommittedChunk> {
    let mut committed = Vec::new();
    for (place, Waiting { chunk, room, done, .. }) in group.drain(..).enumerate() {
        drop(room);
        let outcome = positions.as_ref().map(|positions| match positions.get(place).copied().flatten() {
            Some(position) => {
                committed.push(CommittedChunk { position, chunk });
                Kept::New
            }
            None => Kept::Already,
        });
        // A client that went away does not hear of it; its chunk is durable all the same.
        let _ = done.send(outcome.map_err(|error| *error));
    }
    committed
}
