//! The lake: sessions that last, as two Delta tables of Parquet files on an object store.
//!
//! ```text
//! lake/sessions/site=shop/day=2026-11-23/….parquet     one row per session
//! lake/events/site=shop/day=2026-11-23/….parquet       one row per event
//! lake/{sessions,events}/_delta_log/                   which files are the table's
//! ```
//!
//! A [`LakeVersion`] is a set of files that belong together; who holds one reads the same rows for as long as it likes,
//! since files are never changed, and one that is replaced is deleted only when no version holds it any more.
//! One task changes the lake (`crate::keeper`), so commits never conflict.

mod columns;
pub(crate) mod events;
pub(crate) mod file;
mod names;
pub(crate) mod schema;
pub(crate) mod sessions;
pub(crate) mod storage;
pub(crate) mod table;
pub(crate) mod writing;

use crate::lake::file::{FileError, FileFacts, LakeFile};
use crate::lake::schema::TableKind;
use crate::lake::storage::Storage;
use crate::lake::table::{Doing, Table, TableError, day_name};
use crate::lake::writing::{Encoded, NewRows, encode_file};
use arrow::array::AsArray;
use arrow::compute::{max, min};
use arrow::datatypes::{Int32Type, TimestampMicrosecondType};
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;
use footpath_model::columns::{EventColumn, SessionColumn};
use footpath_model::id::{SessionId, SiteId};
use footpath_model::sessionize::HintedSession;
use footpath_model::site::SessionRules;
use footpath_model::time::{DAY, Timestamp};
use std::collections::{BTreeMap, HashSet};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use uuid::Uuid;

/// A set of files that belong together.
#[derive(Clone, Debug, Default)]
pub(crate) struct LakeVersion {
    pub sessions: Vec<Arc<LakeFile>>,
    pub events: Vec<Arc<LakeFile>>,
}

impl LakeVersion {
    pub(crate) fn of(&self, table: TableKind) -> &[Arc<LakeFile>] {
        match table {
            TableKind::Sessions => &self.sessions,
            TableKind::Events => &self.events,
        }
    }

    fn of_mut(&mut self, table: TableKind) -> &mut Vec<Arc<LakeFile>> {
        match table {
            TableKind::Sessions => &mut self.sessions,
            TableKind::Events => &mut self.events,
        }
    }

    /// The files of `sessions` with sessions of a site.
    pub(crate) fn sessions_of(&self, site: &SiteId) -> impl Iterator<Item = &Arc<LakeFile>> {
        self.sessions.iter().filter(move |file| file.site == *site)
    }

    /// The version after a change.
    pub(crate) fn changed(&self, change: &Change) -> Self {
        let mut next = self.clone();
        for table in TableKind::ALL {
            let gone: HashSet<u64> = change.removed.iter().map(|file| file.id).collect();
            let files = next.of_mut(table);
            files.retain(|file| !gone.contains(&file.id));
            files.extend(change.added.iter().filter(|file| file.table == table).cloned());
        }
        next
    }
}

/// Files that come and files that go, of both tables.
#[derive(Clone, Debug, Default)]
pub(crate) struct Change {
    pub added: Vec<Arc<LakeFile>>,
    pub removed: Vec<Arc<LakeFile>>,
}

impl Change {
    pub(crate) fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty()
    }

    fn touches(&self, table: TableKind) -> bool {
        self.added.iter().chain(&self.removed).any(|file| file.table == table)
    }

    fn of(&self, table: TableKind) -> (Vec<Arc<LakeFile>>, Vec<Arc<LakeFile>>) {
        let of = |files: &[Arc<LakeFile>]| files.iter().filter(|file| file.table == table).cloned().collect();
        (of(&self.added), of(&self.removed))
    }
}

/// What was wrong with the lake when it was opened.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct LakeDamage {
    /// Files and logs that could not be read, and where they were put.
    pub set_aside: Vec<PathBuf>,
    /// Files that the log names and that are not there, or cannot be read.
    pub missing: Vec<String>,
    /// Rows that were in them, as the log says.
    pub missing_rows: u64,
}

/// Where a hint's rows are in the lake.
#[derive(Clone, Debug)]
pub(crate) struct Rows {
    pub file: Arc<LakeFile>,
    pub rows: Vec<u32>,
}

/// What the lake has of a hint.
pub(crate) enum Found {
    /// Nothing.
    Nothing,
    /// All of it.
    Whole(Stored),
    /// Its sessions, but no longer all of their events: nothing can be folded in any more.
    WithoutEvents,
}

/// A hint read back from the lake.
pub(crate) struct Stored {
    pub hinted: HintedSession,
    /// Its rows in `sessions`.
    pub rows: Vec<Rows>,
}

/// The two tables.
pub(crate) struct Lake {
    storage: Storage,
    tables: tokio::sync::Mutex<[Table; 2]>,
    /// Files that are no longer the tables', until nobody reads them.
    graveyard: Mutex<Vec<Arc<LakeFile>>>,
}

impl std::fmt::Debug for Lake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lake").field("storage", &self.storage).finish_non_exhaustive()
    }
}

impl Lake {
    /// Opens the lake in a local directory, making it where it is missing, and mends what a crash left behind.
    pub(crate) async fn open(
        root: &Path,
        now: Timestamp,
    ) -> Result<(Self, LakeVersion, LakeDamage), TableError> {
        let io = |source: std::io::Error| TableError::of("lake", source);
        std::fs::create_dir_all(root).map_err(io)?;
        let root = root.canonicalize().map_err(io)?;
        let storage = Storage::local(&root).map_err(io)?;
        let mut damage = LakeDamage::default();
        let (events, event_files) =
            open_table(TableKind::Events, &storage, &root, (now, 0), &mut damage).await?;
        // Where the log of sessions is made anew it goes on from the other's turn, or the next start would take that
        // one's last turn for half of one.
        let at = (now, events.turn);
        let (sessions, session_files) =
            open_table(TableKind::Sessions, &storage, &root, at, &mut damage).await?;
        let lake = Self {
            storage,
            tables: tokio::sync::Mutex::new([events, sessions]),
            graveyard: Mutex::default(),
        };
        let mut version = LakeVersion {
            sessions: session_files.into_iter().map(Arc::new).collect(),
            events: event_files.into_iter().map(Arc::new).collect(),
        };
        lake.undo_half_turn(&mut version, &root, now, &damage).await?;
        lake.leave_out_missing(&mut version, &root, &mut damage);
        lake.remove_strays(&version, &root).await;
        Ok((lake, version, damage))
    }

    pub(crate) fn storage(&self) -> &Storage {
        &self.storage
    }

    /// A turn that a crash left in `events` alone.
    async fn undo_half_turn(
        &self,
        version: &mut LakeVersion,
        root: &Path,
        now: Timestamp,
        damage: &LakeDamage,
    ) -> Result<(), TableError> {
        let mut tables = self.tables.lock().await;
        let [events, sessions] = &mut *tables;
        if !damage.set_aside.is_empty() {
            // A log that was made anew has lost its numbers: from now on both go on from the same one.
            let last = events.turn.max(sessions.turn);
            events.catch_up(last).await?;
            sessions.catch_up(last).await?;
        }
        if events.turn <= sessions.turn {
            return Ok(());
        }
        tracing::warn!(turn = events.turn, "a half-written turn of the lake is undone");
        let to_turn = sessions.turn;
        events.undo(to_turn, now).await?;
        let (_, files) = Table::open(TableKind::Events, root).await?;
        version.events = files.into_iter().map(Arc::new).collect();
        Ok(())
    }

    fn leave_out_missing(&self, version: &mut LakeVersion, root: &Path, damage: &mut LakeDamage) {
        for table in TableKind::ALL {
            version.of_mut(table).retain(|file| {
                let path = root.join(table.name()).join(&file.path);
                let there = std::fs::metadata(&path).is_ok_and(|found| found.len() == file.bytes);
                if !there {
                    tracing::error!(file = %path.display(), rows = file.rows,
                        "a file of the lake is missing or cut off, and its rows are left out");
                    damage.missing.push(file.object().to_string());
                    damage.missing_rows += file.rows as u64;
                }
                there
            });
        }
    }

    /// Deletes files that no log names: written before a crash, or replaced before one.
    async fn remove_strays(&self, version: &LakeVersion, root: &Path) {
        for table in TableKind::ALL {
            let known: HashSet<PathBuf> =
                version.of(table).iter().map(|file| root.join(table.name()).join(&file.path)).collect();
            let directory = root.join(table.name());
            let strays = parquet_files(&directory).into_iter().filter(|path| !known.contains(path));
            for path in strays.collect::<Vec<_>>() {
                tracing::info!(file = %path.display(), "a file of an unfinished turn is deleted");
                if let Err(error) = tokio::fs::remove_file(&path).await {
                    tracing::warn!(file = %path.display(), %error, "it cannot be deleted");
                }
            }
        }
    }

    /// Writes a file that is not yet the table's.
    pub(crate) async fn write(
        &self,
        table: TableKind,
        (site, day): (SiteId, i32),
        rows: NewRows,
        replaces: Vec<String>,
    ) -> Result<Arc<LakeFile>, TableError> {
        let n_rows = rows.n_rows;
        let Encoded { bytes, starts } =
            tokio::task::spawn_blocking(move || encode_file(table, rows, &replaces))
                .await
                .map_err(|error| TableError::of(table.name(), error))?
                .map_err(|error| TableError::of(table.name(), error))?;
        let path = format!("site={site}/day={}/{}.parquet", day_name(day), Uuid::now_v7());
        let facts = FileFacts { path, site, day, rows: n_rows, bytes: bytes.len() as u64, starts };
        let file = LakeFile::new(table, facts);
        self.storage.put(&file.object(), bytes).await.map_err(|error| TableError::of(table.name(), error))?;
        Ok(Arc::new(file))
    }

    /// Makes a change the tables', durably; a crash leaves all of it or nothing. Where it fails nothing has changed, and
    /// the files that were written for it are gone.
    pub(crate) async fn commit(
        &self,
        doing: Doing,
        change: &Change,
        now: Timestamp,
    ) -> Result<(), TableError> {
        let mut tables = self.tables.lock().await;
        let last = tables.iter().map(|table| table.turn).max().unwrap_or(0);
        // Only a turn of both tables needs a number of its own.
        let both = TableKind::ALL.iter().all(|table| change.touches(*table));
        let turn = if both { last + 1 } else { last };
        let [events, sessions] = &mut *tables;
        if change.touches(TableKind::Events)
            && let Err(error) = self.commit_one(events, turn, doing, change, now).await
        {
            self.discard(change).await;
            return Err(error);
        }
        if change.touches(TableKind::Sessions)
            && let Err(error) = self.commit_one(sessions, turn, doing, change, now).await
        {
            match if both { events.undo(last, now).await } else { Ok(()) } {
                Ok(()) => self.discard(change).await,
                // The next start undoes it; until then its files must stay.
                Err(undo) => {
                    tracing::error!(error = %undo, cause = %undo.cause(), "half a turn is in the lake")
                }
            }
            return Err(error);
        }
        self.graveyard.lock().expect("no holder of this lock panics").extend(change.removed.iter().cloned());
        Ok(())
    }

    async fn commit_one(
        &self,
        table: &mut Table,
        turn: i64,
        doing: Doing,
        change: &Change,
        now: Timestamp,
    ) -> Result<(), TableError> {
        let kind = table.kind;
        let (added, removed) = change.of(kind);
        table.commit(turn, doing, &added, &removed, now).await?;
        let entry = format!("{}/{}", kind.name(), table.newest_log_entry());
        self.storage.sync(&entry.into()).await.map_err(|error| TableError::of(kind.name(), error))
    }

    /// Deletes files that were written for a change that was not committed.
    pub(crate) async fn discard(&self, change: &Change) {
        for file in &change.added {
            if let Err(error) = self.storage.delete(&file.object()).await {
                tracing::warn!(file = %file.object(), %error, "a file of no use cannot be deleted now");
            }
        }
    }

    /// Copies a damaged file to where a person can look at it; it is deleted from its place as any replaced file.
    pub(crate) async fn set_aside(&self, file: &LakeFile) {
        let Some(root) = self.storage.local_root() else { return };
        let from = root.join(file.object().as_ref());
        let aside = root.join("damaged");
        let to = aside.join(from.file_name().unwrap_or_default());
        let copied = async {
            tokio::fs::create_dir_all(&aside).await?;
            tokio::fs::copy(&from, &to).await
        };
        if let Err(error) = copied.await {
            tracing::warn!(file = %from.display(), %error, "a damaged file cannot be set aside");
        }
    }

    /// Deletes replaced files that nobody reads any more, and returns how many bytes that freed.
    pub(crate) async fn bury(&self) -> u64 {
        let unread: Vec<Arc<LakeFile>> = {
            let mut graveyard = self.graveyard.lock().expect("no holder of this lock panics");
            graveyard.extract_if(.., |file| Arc::strong_count(file) == 1).collect()
        };
        let mut freed = 0;
        for file in unread {
            match self.storage.delete(&file.object()).await {
                Ok(()) => freed += file.bytes,
                Err(error) => {
                    tracing::warn!(file = %file.object(), %error, "a replaced file cannot be deleted now");
                    self.graveyard.lock().expect("no holder of this lock panics").push(file);
                }
            }
        }
        freed
    }

    /// Files that are replaced and still read.
    pub(crate) fn n_unburied(&self) -> usize {
        self.graveyard.lock().expect("no holder of this lock panics").len()
    }

    /// What the lake has of a hint. Blocks.
    ///
    /// Files that are damaged are told in `damaged`, and it is as if they were not there: they are about to be left out.
    ///
    /// # Errors
    /// Where a file cannot be read now, but may be another time.
    pub(crate) fn load(
        &self,
        version: &LakeVersion,
        (site, hint): &(SiteId, SessionId),
        rules: SessionRules,
        damaged: &mut Vec<FileError>,
    ) -> Result<Found, FileError> {
        let text = hint.to_string();
        let (mut rows, mut n_events) = (Vec::new(), 0);
        let mut days: BTreeMap<i32, Vec<String>> = BTreeMap::new();
        for file in version.sessions_of(site) {
            let found = file.find(&self.storage, SessionColumn::Hint.name(), &text);
            let Some((batch, places)) = unless_damaged(found, damaged)? else { continue };
            let ids = batch.column_by_name(SessionColumn::Id.name());
            let ids = ids.into_iter().flat_map(|ids| ids.as_string::<i32>().iter().flatten());
            days.entry(file.day).or_default().extend(ids.map(str::to_owned));
            let counts = batch.column_by_name(SessionColumn::Events.name());
            let counts = counts.into_iter().flat_map(|counts| counts.as_primitive::<Int32Type>().values());
            n_events += counts.map(|n| usize::try_from(*n).unwrap_or(0)).sum::<usize>();
            rows.push(Rows { file: Arc::clone(file), rows: places });
        }
        if rows.is_empty() {
            return Ok(Found::Nothing);
        }
        let mut folded = Vec::new();
        for file in version.events.iter().filter(|file| file.site == *site) {
            for id in days.get(&file.day).into_iter().flatten() {
                let found = file.find(&self.storage, EventColumn::Session.name(), id);
                let Some((batch, _)) = unless_damaged(found, damaged)? else { continue };
                match events::decode(site, &[batch]) {
                    Ok(batches) => folded.extend(batches),
                    Err(error) => damaged.push(FileError::of(file.object().to_string(), error)),
                }
            }
        }
        if folded.iter().map(|folded| folded.batch.events.len()).sum::<usize>() < n_events {
            return Ok(Found::WithoutEvents);
        }
        Ok(Found::Whole(Stored { hinted: HintedSession::restore(rules, folded), rows }))
    }
}

/// Nothing where the file is damaged, which is noted.
fn unless_damaged<T>(
    found: Result<Option<T>, FileError>,
    damaged: &mut Vec<FileError>,
) -> Result<Option<T>, FileError> {
    match found {
        Err(error) if error.damaged => {
            damaged.push(error);
            Ok(None)
        }
        other => other,
    }
}

async fn open_table(
    kind: TableKind,
    storage: &Storage,
    root: &Path,
    (now, turn): (Timestamp, i64),
    damage: &mut LakeDamage,
) -> Result<(Table, Vec<LakeFile>), TableError> {
    match Table::open(kind, root).await {
        Ok(opened) => Ok(opened),
        Err(error) if root.join(kind.name()).join("_delta_log").exists() => {
            tracing::error!(%error, cause = %error.cause(), "the log of a table is damaged and is made anew");
            damage.set_aside.extend(table::rebuild(kind, storage, root, (now, turn)).await?);
            Table::open(kind, root).await
        }
        Err(error) => Err(error),
    }
}

/// The Parquet files in the partitions of a table's directory.
pub(crate) fn parquet_files(directory: &Path) -> Vec<PathBuf> {
    let below = |directory: &Path| -> Vec<PathBuf> {
        let entries = std::fs::read_dir(directory).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).collect()
    };
    let sites = below(directory).into_iter().filter(|path| !path.ends_with("_delta_log"));
    let files = sites.flat_map(|site| below(&site)).flat_map(|day| below(&day));
    files.filter(|path| path.extension().is_some_and(|extension| extension == "parquet")).collect()
}

/// The earliest and the latest start of a session that the rows are of.
pub(crate) fn starts_of(batch: &RecordBatch) -> Result<RangeInclusive<Timestamp>, ArrowError> {
    let column = batch
        .column_by_name(SessionColumn::Start.name())
        .or_else(|| batch.column_by_name(EventColumn::Start.name()))
        .and_then(|column| column.as_primitive_opt::<TimestampMicrosecondType>())
        .ok_or_else(|| ArrowError::SchemaError("the column of starts is missing".to_owned()))?;
    let at = |micros: Option<i64>| Timestamp(micros.unwrap_or(0).div_euclid(1000));
    Ok(at(min(column))..=at(max(column)))
}

/// The UTC day of a start: days since 1970-01-01.
pub(crate) fn day_of(start: Timestamp) -> i32 {
    let day = start.0.div_euclid(DAY);
    i32::try_from(day).unwrap_or(if day < 0 { i32::MIN } else { i32::MAX })
}
