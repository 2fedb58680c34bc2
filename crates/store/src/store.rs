//! One data directory, opened: the parts of this crate put together, and the task that keeps the lake.

use crate::data_dir::{self, DirLock, OpenError};
use crate::fold::{Fold, TakenIn};
use crate::journal::{AppendError, Journal, Position, Unreadable};
use crate::keeper::{Compacted, Deleted, Deletion, Flushed, KeepError, Keeper, Which};
use crate::lake::file::FileError;
use crate::lake::{Lake, LakeDamage};
use crate::live::{Committed, LiveSet};
use crate::metadata::Metadata;
use crate::retention::{DataKind, DeletionRecord};
use crate::snapshot::SiteSessions;
use footpath_model::batch::Batch;
use footpath_model::id::{SessionId, SiteId};
use footpath_model::time::Timestamp;
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::{Mutex, Notify, mpsc, watch};

/// Groups of committed batches that may wait for the fold; the journal's writer waits beyond.
const GROUPS_BEFORE_FOLD: usize = 4;
/// Events of settled sessions that make a flush worth its files.
pub(crate) const FLUSH_EVENTS: usize = 20_000;

/// What a store is opened with.
#[derive(Clone, Copy, Debug)]
pub struct StoreOptions {
    /// Live sessions may take about so much memory, bytes; more are flushed early, and at twice as much ingest waits.
    pub live_bytes: usize,
    /// The server's clock.
    pub clock: fn() -> Timestamp,
}

/// An open data directory. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    keeper: Arc<Keeper>,
    options: StoreOptions,
    accepted: Arc<AtomicU64>,
    duplicates: Arc<AtomicU64>,
    late: Arc<AtomicU64>,
    damage: Arc<std::sync::Mutex<LakeDamage>>,
    _lock: Arc<DirLock>,
}

/// What was found at start.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Recovery {
    /// Batches of the journal that were folded.
    pub batches: u64,
    /// Rows of the journal that are damaged and were set aside; each is in the log with its position.
    pub unreadable: u64,
    /// What was wrong with the lake.
    pub lake: LakeDamage,
}

impl Store {
    /// Opens a data directory, making it where it is missing, and folds its journal.
    ///
    /// # Errors
    /// Where the directory or a file cannot be used, is in use, or is of a later version.
    pub async fn open(dir: &Path, options: StoreOptions) -> Result<(Self, Recovery), OpenError> {
        let lock = Arc::new(data_dir::lock(dir)?);
        let metadata = Arc::new(Metadata::open(&dir.join("metadata.db")).await?);
        let (lake, version, damage) =
            Lake::open(&dir.join("lake"), (options.clock)()).await.map_err(OpenError::Lake)?;
        let live = Arc::new(LiveSet::new(version));
        let late = Arc::<AtomicU64>::default();
        let fold = Fold {
            live,
            lake: Arc::new(lake),
            metadata,
            folding: Arc::default(),
            clock: options.clock,
            late: Arc::clone(&late),
            of_no_use: Arc::default(),
        };
        let (committed, to_fold) = mpsc::channel(GROUPS_BEFORE_FOLD);

        let mut recovery = Recovery { lake: damage.clone(), ..Recovery::default() };
        let (mut unreadable, mut damaged) = (Vec::new(), Vec::new());
        let journal = Journal::open(
            &dir.join("journal.db"),
            async |group: Vec<Result<Committed, Unreadable>>| {
                let mut batches = Vec::with_capacity(group.len());
                for row in group {
                    match row {
                        Ok(batch) => batches.push(batch),
                        Err(row) => unreadable.push(row),
                    }
                }
                recovery.batches += batches.len() as u64;
                damaged.extend(fold.take_in(&batches).await.damaged);
            },
            committed,
        )
        .await?;
        recovery.unreadable = unreadable.len() as u64;
        let keeper = Arc::new(Keeper {
            live: Arc::clone(&fold.live),
            lake: Arc::clone(&fold.lake),
            journal,
            metadata: Arc::clone(&fold.metadata),
            folding: Arc::clone(&fold.folding),
            of_no_use: Arc::clone(&fold.of_no_use),
            turning: Mutex::new(()),
            pressed: Notify::new(),
        });
        set_aside(&keeper.journal, dir, unreadable).await?;
        let store = Self {
            keeper,
            options,
            accepted: Arc::default(),
            duplicates: Arc::default(),
            late,
            damage: Arc::new(std::sync::Mutex::new(damage)),
            _lock: lock,
        };
        for error in damaged {
            store.quarantine(&error).await;
        }
        tokio::spawn(store.fold_committed(to_fold, fold));
        Ok((store, recovery))
    }

    /// Returns when the batch is durable. It is in the answers soon after.
    ///
    /// # Errors
    /// Where it is not durable; it may be sent again.
    pub async fn append(&self, batch: Batch) -> Result<(), AppendError> {
        self.keeper.journal.append(batch).await
    }

    /// The sessions of one site.
    pub fn sessions(&self, site: &SiteId) -> SiteSessions {
        SiteSessions {
            live: Arc::clone(&self.keeper.live),
            lake: Arc::clone(&self.keeper.lake),
            site: site.clone(),
        }
    }

    /// The site that holds a session. Blocks where it is not live.
    ///
    /// # Errors
    /// Where a file of the lake cannot be read.
    pub fn site_of(&self, session: SessionId) -> Result<Option<SiteId>, crate::FileError> {
        if let Some(site) = self.keeper.live.read().site_of(session) {
            return Ok(Some(site.clone()));
        }
        for site in self.metadata().sites().iter() {
            if self.sessions(&site.id).session(session)?.is_some() {
                return Ok(Some(site.id.clone()));
            }
        }
        Ok(None)
    }

    /// Wakes when any session has changed; the value goes to [`SiteSessions::changes_since`].
    pub fn follow(&self) -> watch::Receiver<u64> {
        self.keeper.live.follow()
    }

    /// Durable events that the fold took in since the process started.
    pub fn n_accepted(&self) -> u64 {
        self.accepted.load(Ordering::Relaxed)
    }

    /// Durable events that the fold left out since the process started, since they were there already.
    pub fn n_duplicates(&self) -> u64 {
        self.duplicates.load(Ordering::Relaxed)
    }

    /// Durable events that the fold left out since the process started, since retention has deleted what they belong to.
    pub fn n_late(&self) -> u64 {
        self.late.load(Ordering::Relaxed)
    }

    /// What is held, and where.
    pub fn status(&self) -> StoreStatus {
        let state = self.keeper.live.read();
        let files = || state.lake.sessions.iter().chain(&state.lake.events);
        StoreStatus {
            live_sessions: state.n_sessions(),
            live_bytes: state.bytes,
            lake_sessions: state.lake.sessions.iter().map(|file| file.rows).sum(),
            lake_events: state.lake.events.iter().map(|file| file.rows).sum(),
            lake_files: files().count(),
            lake_bytes: files().map(|file| file.bytes).sum(),
            damage: self.damage.lock().expect("no holder of this lock panics").clone(),
        }
    }

    /// Ids of the files that snapshots are made of now, as in [`crate::SnapshotSegment`].
    pub fn file_ids(&self) -> HashSet<u64> {
        self.keeper.live.read().lake.sessions.iter().map(|file| file.id).collect()
    }

    /// Sites and salts, retention and pins.
    pub fn metadata(&self) -> &Metadata {
        &self.keeper.metadata
    }

    /// Moves sessions that are over into the lake, few or many.
    ///
    /// # Errors
    /// Where the lake or the journal fails; nothing is lost then.
    pub async fn flush(&self) -> Result<Flushed, KeepError> {
        self.flush_which(&Which::Settled { at_least: 1 }).await
    }

    async fn flush_which(&self, which: &Which) -> Result<Flushed, KeepError> {
        let mut total = Flushed::default();
        loop {
            let flushed = self.keeper.flush(which, self.now()).await?;
            total.sessions += flushed.sessions;
            total.events += flushed.events;
            total.amended += flushed.amended;
            if !flushed.more {
                return Ok(total);
            }
        }
    }

    /// Compacts one day that has too many files; nothing where none has.
    ///
    /// # Errors
    /// Where the lake fails; nothing has changed then.
    pub async fn compact(&self) -> Result<Option<Compacted>, KeepError> {
        self.keeper.compact(self.now()).await
    }

    /// Deletes what a site no longer keeps, and records it.
    ///
    /// # Errors
    /// Where the lake fails; that is recorded too.
    pub async fn retain(&self, site: &SiteId, deletion: Deletion) -> Result<Deleted, KeepError> {
        let retention = self.metadata().retention(site);
        if deletion == Deletion::ForGood && !retention.0.is_empty() {
            // History that has just come may be too old already.
            self.flush().await?;
        }
        let now = self.now();
        let mut total = Deleted::default();
        // Days that an earlier kind took with it are not counted again, dry or not.
        let mut from = i32::MIN;
        for kind in DataKind::ALL {
            let Some(days) = retention.days(kind) else { continue };
            let before = crate::lake::day_of(now) - i32::try_from(days).unwrap_or(i32::MAX);
            let cause = format!("retention of {} for {days} days", kind.name());
            let run = self.keeper.retain(site, kind.table(), from..before, deletion, now);
            total = total.and(self.recorded(site, cause, deletion, run).await?);
            from = before;
        }
        Ok(total)
    }

    /// Erases sessions of a site from everywhere, pinned or not, and records it.
    ///
    /// # Errors
    /// Where the lake fails; that is recorded too.
    pub async fn erase(
        &self,
        site: &SiteId,
        sessions: &HashSet<SessionId>,
        cause: String,
        deletion: Deletion,
    ) -> Result<Deleted, KeepError> {
        let run = self.keeper.erase(site, sessions, deletion, self.now());
        self.recorded(site, cause, deletion, run).await
    }

    /// Ids of a site's sessions of a user.
    ///
    /// # Errors
    /// Where a file of the lake cannot be read.
    pub async fn sessions_of_user(&self, site: &SiteId, user: &str) -> Result<HashSet<SessionId>, KeepError> {
        self.keeper.sessions_of_user(site, user).await
    }

    async fn recorded(
        &self,
        site: &SiteId,
        cause: String,
        deletion: Deletion,
        run: impl Future<Output = Result<Deleted, KeepError>>,
    ) -> Result<Deleted, KeepError> {
        let started_at = self.now();
        let outcome = run.await;
        let nothing = matches!(&outcome, Ok(deleted) if *deleted == Deleted::default());
        if deletion == Deletion::DryRun || nothing {
            return outcome;
        }
        let record = DeletionRecord {
            id: 0,
            site: site.clone(),
            cause,
            started_at,
            ended_at: self.now(),
            deleted: outcome.as_ref().copied().unwrap_or_default(),
            error: outcome.as_ref().err().map(ToString::to_string),
        };
        if let Err(error) = self.metadata().record_deletion(&record).await {
            tracing::error!(%error, ?record, "a deletion could not be recorded");
        }
        outcome
    }

    /// A file that cannot be read is left out from now on, so that the rest can be served.
    pub async fn quarantine(&self, error: &crate::FileError) {
        if !error.damaged {
            return;
        }
        quarantine(&self.keeper, &error.path, self.now(), &self.damage).await;
    }

    fn now(&self) -> Timestamp {
        (self.options.clock)()
    }

    /// Runs until the journal's writer ends. It must not hold the journal itself, or neither would ever end.
    fn fold_committed(
        &self,
        mut committed: mpsc::Receiver<Vec<Committed>>,
        fold: Fold,
    ) -> impl Future<Output = ()> + use<> {
        let (accepted, duplicates) = (Arc::clone(&self.accepted), Arc::clone(&self.duplicates));
        let (keeper, limit) = (Arc::downgrade(&self.keeper), self.options.live_bytes);
        let (damage, clock) = (Arc::clone(&self.damage), self.options.clock);
        async move {
            while let Some(batches) = committed.recv().await {
                let TakenIn { folded, damaged } = fold.take_in(&batches).await;
                if let Some(keeper) = keeper.upgrade().filter(|_| !damaged.is_empty()) {
                    // Not here: a turn may be under way that waits for the journal, which waits for this task.
                    tokio::spawn(leave_out(keeper, damaged, clock, Arc::clone(&damage)));
                }
                accepted.fetch_add(u64::from(folded.accepted), Ordering::Relaxed);
                duplicates.fetch_add(u64::from(folded.duplicate), Ordering::Relaxed);
                while fold.live.read().bytes > limit
                    && let Some(keeper) = keeper.upgrade()
                {
                    keeper.pressed.notify_one();
                    if fold.live.read().bytes <= 2 * limit {
                        break;
                    }
                    // What is accepted is safe in the journal; the queue before it fills, and clients are told.
                    drop(keeper);
                    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
                }
            }
        }
    }

    /// Keeps the lake until the store is dropped by everyone else: flushes, compacts, and once an hour deletes what
    /// sites no longer keep. Spawn it once.
    pub async fn keep(self) {
        crate::schedule::keep(self).await;
    }

    pub(crate) async fn pressed(&self) {
        self.keeper.pressed.notified().await;
    }

    /// One turn: while it is pressed for memory, whoever keeps the lake has other things to do, too.
    pub(crate) async fn relieve(&self) -> Result<Flushed, KeepError> {
        self.keeper.flush(&Which::Pressed { down_to: self.options.live_bytes / 2 }, self.now()).await
    }

    pub(crate) async fn flush_if_worth_it(&self) -> Result<Flushed, KeepError> {
        self.flush_which(&Which::Settled { at_least: FLUSH_EVENTS }).await
    }
}

/// What is held, and where.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct StoreStatus {
    /// Sessions in memory.
    pub live_sessions: usize,
    /// About what they take, bytes.
    pub live_bytes: usize,
    /// Sessions in the lake; those that are being amended are in both.
    pub lake_sessions: usize,
    /// Events in the lake.
    pub lake_events: usize,
    /// Its files.
    pub lake_files: usize,
    /// Their size.
    pub lake_bytes: u64,
    /// What could not be read.
    pub damage: LakeDamage,
}

/// Leaves damaged files out, each once.
async fn leave_out(
    keeper: Arc<Keeper>,
    damaged: Vec<FileError>,
    clock: fn() -> Timestamp,
    damage: Arc<std::sync::Mutex<LakeDamage>>,
) {
    for error in damaged {
        quarantine(&keeper, &error.path, clock(), &damage).await;
    }
}

async fn quarantine(keeper: &Keeper, path: &str, now: Timestamp, damage: &std::sync::Mutex<LakeDamage>) {
    for (path, rows) in keeper.quarantine(path, now).await {
        let mut damage = damage.lock().expect("no holder of this lock panics");
        damage.missing.push(path);
        damage.missing_rows += rows as u64;
    }
}

/// Puts damaged rows of the journal where a person can look at them, and out of the way.
async fn set_aside(journal: &Journal, dir: &Path, rows: Vec<Unreadable>) -> Result<(), OpenError> {
    if rows.is_empty() {
        return Ok(());
    }
    let aside = dir.join("damaged");
    let io = |error| OpenError::Io(aside.clone(), error);
    std::fs::create_dir_all(&aside).map_err(io)?;
    let mut positions: Vec<Position> = Vec::with_capacity(rows.len());
    for Unreadable { position, body, error } in rows {
        let file: PathBuf = aside.join(format!("journal-{position}.json"));
        std::fs::write(&file, body).map_err(|error| OpenError::Io(file.clone(), error))?;
        tracing::error!(position, %error, file = %file.display(),
            "a journal row is damaged, was left out and set aside");
        positions.push(position);
    }
    journal.forget(positions).await.map_err(|error| OpenError::Database(dir.join("journal.db"), error))
}
