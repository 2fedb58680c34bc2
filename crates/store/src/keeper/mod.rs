//! Who keeps the lake: moves settled sessions into it, keeps its files few, and deletes what must go.
//!
//! Everything that changes the lake is a [`Turn`]: new files are written, committed, and then, at one instant, take the
//! place of the old ones in memory. One turn runs at a time, so that they never conflict; queries and ingest go on
//! meanwhile, and only the last step waits for the fold.

mod compact;
mod delete;
mod flush;
mod move_chunks;
mod owners;
mod rewrite;

pub use compact::Compacted;
pub use delete::{Deleted, Deletion};
pub use flush::Flushed;
pub(crate) use flush::Which;

use crate::fold::ChunkCounts;
use crate::journal::{Journal, Position};
use crate::lake::file::{FileError, LakeFile};
use crate::lake::sessions::{self, ROW_COLUMNS};
use crate::lake::table::{Doing, TableError};
use crate::lake::{Change, Lake, LakeVersion, Rows};
use crate::live::{LiveSet, State};
use crate::metadata::{Metadata, MetadataError};
use crate::replay_journal::ReplayJournal;
use crate::snapshot::FROM_MANY_FILES;
use footpath_model::id::SiteId;
use footpath_model::site::SessionRules;
use footpath_model::time::Timestamp;
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::{Mutex, Notify};

/// Why a turn did not come to its end. Nothing has changed then, and it may be tried again.
#[derive(Debug)]
pub enum KeepError {
    /// A file of the lake cannot be read.
    File(FileError),
    /// A table cannot be written.
    Table(TableError),
    /// The lake has the sessions, but the journal cannot forget them; they are told apart at the next start.
    Journal(sqlx::Error),
    /// What was pinned cannot be changed.
    Metadata(MetadataError),
    /// Data arrived again and again for what was to be deleted.
    Busy,
}

impl std::fmt::Display for KeepError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(error) => error.fmt(f),
            Self::Table(error) => error.fmt(f),
            Self::Journal(_) => f.write_str("the journal could not forget what the lake has taken over"),
            Self::Metadata(error) => error.fmt(f),
            Self::Busy => f.write_str("sessions to be deleted kept changing: try again in a minute"),
        }
    }
}

impl std::error::Error for KeepError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::File(source) => source.source(),
            Self::Table(source) => source.source(),
            Self::Journal(source) => Some(source),
            Self::Metadata(source) => source.source(),
            Self::Busy => None,
        }
    }
}

impl From<FileError> for KeepError {
    fn from(error: FileError) -> Self {
        Self::File(error)
    }
}

impl From<TableError> for KeepError {
    fn from(error: TableError) -> Self {
        Self::Table(error)
    }
}

/// Keeps one lake.
#[derive(Debug)]
pub(crate) struct Keeper {
    pub live: Arc<LiveSet>,
    pub lake: Arc<Lake>,
    pub journal: Journal,
    pub metadata: Arc<Metadata>,
    /// Held by the fold while it looks up and takes in; a turn's last step waits for it.
    pub folding: Arc<Mutex<()>>,
    /// Batches in the journal that can no longer be folded; the next turn has it forget them.
    pub of_no_use: Arc<std::sync::Mutex<Vec<Position>>>,
    /// Replay chunks that are not in the lake.
    pub replay: ReplayJournal,
    /// Those among them that belong to nothing; the next turn has them forgotten.
    pub chunks_of_no_use: Arc<std::sync::Mutex<Vec<Position>>>,
    pub chunk_counts: Arc<ChunkCounts>,
    /// Held for a turn.
    pub turning: Mutex<()>,
    /// Woken when live sessions take too much memory.
    pub pressed: Notify,
}

/// Where rows of `sessions` have gone: of each replaced file, by row, the file and row that it is now, or nothing.
#[derive(Debug, Default)]
struct Moves(HashMap<u64, Vec<Option<Moved>>>);

/// The file and row that a row is now.
type Moved = (Arc<LakeFile>, u32);

/// A change of the lake that is ready to be made.
#[derive(Debug, Default)]
struct Turn {
    change: Change,
    moves: Moves,
}

impl Keeper {
    fn rules(&self, site: &SiteId) -> SessionRules {
        self.metadata.site(site).map_or_else(SessionRules::default, |site| site.session_rules)
    }

    /// Has the journal forget batches, and those that were of no use meanwhile.
    async fn forget(&self, mut positions: Vec<Position>) -> Result<(), KeepError> {
        positions.append(&mut self.of_no_use.lock().expect("no holder of this lock panics"));
        self.journal.forget(positions).await.map_err(KeepError::Journal)
    }

    /// The same of replay chunks.
    async fn forget_chunks(&self, mut positions: Vec<Position>) -> Result<(), KeepError> {
        positions.append(&mut self.chunks_of_no_use.lock().expect("no holder of this lock panics"));
        self.replay.forget(positions).await.map_err(KeepError::Journal)
    }

    /// Leaves a file out of the lake for good, and puts it where a person can look at it. Returns its path and rows;
    /// nothing where the lake does not have it. Where rows were read of many files at once, the file is looked for.
    pub(crate) async fn quarantine(&self, path: &str, now: Timestamp) -> Vec<(String, usize)> {
        let _turning = self.turning.lock().await;
        let version = Arc::clone(&self.live.read().lake);
        let named = version.files().find(|file| file.object().as_ref() == path);
        let damaged = match named {
            Some(file) => vec![Arc::clone(file)],
            None if path == FROM_MANY_FILES => self.undecodable(&version).await,
            None => Vec::new(),
        };
        drop(version);
        let mut left_out = Vec::new();
        for file in damaged {
            left_out.push(self.leave_out_of_the_lake(file, now).await);
        }
        left_out
    }

    /// Files whose sessions cannot be read.
    async fn undecodable(&self, version: &LakeVersion) -> Vec<Arc<LakeFile>> {
        let mut found = Vec::new();
        for file in &version.sessions {
            let (reading, storage) = (Arc::clone(file), self.lake.storage().clone());
            let read = tokio::task::spawn_blocking(move || {
                let columns: Vec<&str> = ROW_COLUMNS.iter().map(|column| column.name()).collect();
                let rows = reading.read(&storage, &columns).ok()?;
                sessions::decode(&reading.site, &rows).ok()
            });
            if !matches!(read.await, Ok(Some(_))) {
                found.push(Arc::clone(file));
            }
        }
        found
    }

    async fn leave_out_of_the_lake(&self, file: Arc<LakeFile>, now: Timestamp) -> (String, usize) {
        let path = file.object().to_string();
        tracing::error!(
            file = path,
            rows = file.rows,
            "a file of the lake is damaged, and its rows are left out"
        );
        self.lake.set_aside(&file).await;
        let mut turn = Turn::default();
        turn.remove(&file);
        if let Err(error) = self.make(turn, Doing::Delete, now, |_| ()).await {
            tracing::error!(%error, "it stays in the log, and will be told of again at the next start");
        }
        (path, file.rows)
    }

    /// Commits a turn and puts it in force. `with` changes what is live at that same instant; where it refuses, the
    /// turn is undone by never having been committed.
    async fn make<T>(
        &self,
        turn: Turn,
        doing: Doing,
        now: Timestamp,
        with: impl FnOnce(&mut State) -> T,
    ) -> Result<T, KeepError> {
        self.lake.commit(doing, &turn.change, now).await?;
        let _folding = self.folding.lock().await;
        Ok(self.live.change(|state| {
            state.lake = Arc::new(state.lake.changed(&turn.change));
            for held in state.hints_mut() {
                let all_there = turn.moves.follow(&mut held.shadowed);
                held.saved &= all_there;
            }
            with(state)
        }))
    }
}

impl Turn {
    /// A file goes with all its rows.
    fn remove(&mut self, file: &Arc<LakeFile>) {
        self.moves.0.insert(file.id, Vec::new());
        self.change.removed.push(Arc::clone(file));
    }
}

impl Moves {
    /// Puts rows that a live hint shadows where they are now. Returns whether all are somewhere.
    fn follow(&self, shadowed: &mut Vec<Rows>) -> bool {
        if !shadowed.iter().any(|rows| self.0.contains_key(&rows.file.id)) {
            return true;
        }
        let mut all_there = true;
        let mut now: Vec<Rows> = Vec::new();
        for rows in shadowed.drain(..) {
            let Some(moved) = self.0.get(&rows.file.id) else {
                now.push(rows);
                continue;
            };
            for row in rows.rows {
                let Some(Some((file, row))) = moved.get(row as usize) else {
                    all_there = false;
                    continue;
                };
                match now.iter_mut().find(|rows| rows.file.id == file.id) {
                    Some(rows) => rows.rows.push(*row),
                    None => now.push(Rows { file: Arc::clone(file), rows: vec![*row] }),
                }
            }
        }
        now.iter_mut().for_each(|rows| rows.rows.sort_unstable());
        *shadowed = now;
        all_there
    }
}
