//! One Delta table: its log says which files are its own. All that is Delta's is in here; the rest of the lake knows
//! files and partitions.
//!
//! Every commit that belongs to a *turn* (a flush, a compaction, an erasure) carries the turn's number as Delta's
//! application transaction. A turn commits to `events` first and to `sessions` last, so that a crash between the two
//! can be told, and undone, from the numbers alone.
//!
//! Where the log is damaged it is set aside, and a new one is made from the files themselves: each names the files that
//! it took the place of.

use super::file::{FileFacts, LakeFile};
use super::schema::{PARTITIONS, TableKind};
use super::storage::Storage;
use super::writing::REPLACES;
use deltalake_core::kernel::transaction::{CommitBuilder, CommitProperties};
use deltalake_core::kernel::{Action, Add, LogicalFileView, Remove, Transaction};
use deltalake_core::logstore::{LogStoreRef, get_actions};
use deltalake_core::operations::create::CreateBuilder;
use deltalake_core::protocol::{DeltaOperation, SaveMode};
use deltalake_core::{DeltaTable, DeltaTableBuilder, DeltaTableError};
use footpath_model::columns::{EventColumn, SessionColumn};
use footpath_model::id::SiteId;
use footpath_model::time::Timestamp;
use serde::Deserialize;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use url::Url;

/// The name under which our turns are numbered in the log.
const APPLICATION: &str = "footpath";

/// Why a table could not be opened or written.
#[derive(Debug)]
pub struct TableError {
    /// Which table.
    pub table: &'static str,
    source: Box<dyn std::error::Error + Send + Sync>,
}

impl TableError {
    pub(crate) fn of(
        table: &'static str,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self { table, source: source.into() }
    }

    /// Why, in one line.
    pub(crate) fn cause(&self) -> String {
        self.source.to_string()
    }
}

impl std::fmt::Display for TableError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the table {} of the lake failed", self.table)
    }
}

impl std::error::Error for TableError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(self.source.as_ref())
    }
}

/// What a commit does, in the words of Delta's log.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Doing {
    /// New rows, and rows that they take the place of.
    Flush,
    /// The same rows in other files.
    Compact,
    /// Rows go.
    Delete,
}

/// A table and its log.
pub(crate) struct Table {
    pub kind: TableKind,
    table: DeltaTable,
    /// The number of the last turn that is in the log.
    pub turn: i64,
}

impl Table {
    /// Opens the table below the lake's directory, making it where it is missing.
    ///
    /// # Errors
    /// Where its log is damaged, or the storage fails.
    pub(crate) async fn open(kind: TableKind, root: &Path) -> Result<(Self, Vec<LakeFile>), TableError> {
        let failed = |source: DeltaTableError| failed(kind, source);
        let directory = root.join(kind.name());
        std::fs::create_dir_all(&directory).map_err(|error| self::failed(kind, error))?;
        let url = Url::from_directory_path(&directory)
            .map_err(|()| self::failed(kind, format!("{} is no absolute path", directory.display())))?;
        let mut table = DeltaTableBuilder::from_url(url).map_err(failed)?.build().map_err(failed)?;
        match table.load().await {
            Ok(()) => {}
            Err(DeltaTableError::NotATable(_)) if !directory.join("_delta_log").exists() => {
                table = create(kind, table.log_store()).await.map_err(failed)?;
            }
            Err(error) => return Err(failed(error)),
        }
        let log_store = table.log_store();
        let state = table.snapshot().map_err(failed)?;
        let turn = state.transaction_version(log_store.as_ref(), APPLICATION).await.map_err(failed)?;
        let files = state.log_data().iter().map(|view| of_view(kind, &view)).collect::<Result<_, _>>()?;
        Ok((Self { kind, table, turn: turn.unwrap_or(0) }, files))
    }

    /// Commits a turn: files come, files go, at once.
    pub(crate) async fn commit(
        &mut self,
        turn: i64,
        doing: Doing,
        added: &[Arc<LakeFile>],
        removed: &[Arc<LakeFile>],
        now: Timestamp,
    ) -> Result<(), TableError> {
        let data_change = doing != Doing::Compact;
        let adds = added.iter().map(|file| Action::Add(add_of(file, now, data_change)));
        let removes = removed.iter().map(|file| Action::Remove(remove_of(file, now, data_change)));
        let actions = adds.chain(removes).collect();
        self.commit_actions(turn, doing, actions).await
    }

    /// Gives the table the number of a turn that changed nothing in it.
    pub(crate) async fn catch_up(&mut self, turn: i64) -> Result<(), TableError> {
        if self.turn == turn { Ok(()) } else { self.commit_actions(turn, Doing::Compact, Vec::new()).await }
    }

    async fn commit_actions(
        &mut self,
        turn: i64,
        doing: Doing,
        actions: Vec<Action>,
    ) -> Result<(), TableError> {
        let failed = |source: DeltaTableError| failed(self.kind, source);
        let operation = match doing {
            Doing::Flush => DeltaOperation::Write {
                mode: SaveMode::Append,
                partition_by: Some(PARTITIONS.map(str::to_owned).to_vec()),
                predicate: None,
            },
            Doing::Compact => DeltaOperation::Optimize { predicate: None, target_size: 0 },
            Doing::Delete => DeltaOperation::Delete { predicate: None },
        };
        let properties = CommitProperties::default()
            .with_application_transaction(Transaction::new(APPLICATION, turn))
            .with_cleanup_expired_logs(Some(true));
        let state = self.table.snapshot().map_err(failed)?;
        let committed = CommitBuilder::from(properties)
            .with_actions(actions)
            .build(Some(state), self.table.log_store(), operation)
            .await
            .map_err(failed)?;
        self.table.state = Some(committed.snapshot());
        self.turn = turn;
        Ok(())
    }

    /// Path of the log's newest entry, below the table's directory.
    pub(crate) fn newest_log_entry(&self) -> String {
        format!("_delta_log/{:020}.json", self.table.version().unwrap_or_default())
    }

    /// Undoes the last commit, which was left without its counterpart.
    pub(crate) async fn undo(&mut self, to_turn: i64, now: Timestamp) -> Result<(), TableError> {
        let failed = |source: DeltaTableError| failed(self.kind, source);
        let version = self.table.version().unwrap_or_default();
        let log = self.table.log_store();
        let entry = log.read_commit_entry(version).await.map_err(failed)?.unwrap_or_default();
        let actions = get_actions(version, &entry).map_err(failed)?;
        let mut inverse = Vec::new();
        for action in actions {
            match action {
                Action::Add(add) => {
                    let file = of_add(self.kind, &add)?;
                    inverse.push(Action::Remove(remove_of(&file, now, true)));
                }
                Action::Remove(remove) => {
                    if let Some(file) = self.file_before(version, &remove.path).await? {
                        inverse.push(Action::Add(add_of(&file, now, true)));
                    }
                }
                _other_actions => {}
            }
        }
        self.commit_actions(to_turn, Doing::Delete, inverse).await
    }

    async fn file_before(&self, version: u64, path: &str) -> Result<Option<LakeFile>, TableError> {
        let failed = |source: DeltaTableError| failed(self.kind, source);
        let mut before = DeltaTable::new(self.table.log_store());
        before.load_version(version.saturating_sub(1)).await.map_err(failed)?;
        let state = before.snapshot().map_err(failed)?;
        let found = state.log_data().iter().find(|view| view.path() == path);
        found.map(|view| of_view(self.kind, &view)).transpose()
    }
}

async fn create(kind: TableKind, log_store: LogStoreRef) -> Result<DeltaTable, DeltaTableError> {
    let start = match kind {
        TableKind::Sessions => SessionColumn::Start.name(),
        TableKind::Events => EventColumn::Start.name(),
    };
    CreateBuilder::new()
        .with_log_store(log_store)
        .with_table_name(kind.name())
        .with_columns(kind.delta_schema())
        .with_partition_columns(PARTITIONS)
        .with_configuration([
            // Statistics in the log are of this column alone: the log must hold nothing about persons.
            ("delta.dataSkippingStatsColumns", Some(start)),
            ("delta.checkpointInterval", Some("50")),
            ("delta.logRetentionDuration", Some("interval 1 days")),
            ("delta.deletedFileRetentionDuration", Some("interval 1 hours")),
        ])
        .await
}

fn failed(kind: TableKind, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> TableError {
    TableError::of(kind.name(), source)
}

/// What we write into Delta's statistics of a file, and read back.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Statistics {
    num_records: usize,
    #[serde(default)]
    min_values: HashMap<String, serde_json::Value>,
    #[serde(default)]
    max_values: HashMap<String, serde_json::Value>,
}

fn start_column(kind: TableKind) -> &'static str {
    match kind {
        TableKind::Sessions => SessionColumn::Start.name(),
        TableKind::Events => EventColumn::Start.name(),
    }
}

fn statistics(file: &LakeFile) -> String {
    let column = start_column(file.table);
    serde_json::json!({
        "numRecords": file.rows,
        "minValues": { column: iso(*file.starts.start()) },
        "maxValues": { column: iso(*file.starts.end()) },
        "nullCount": { column: 0 },
    })
    .to_string()
}

fn iso(at: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(at.0).map_or_else(|_| String::new(), |at| format!("{at:.3}"))
}

fn of_iso(value: Option<&serde_json::Value>) -> Option<Timestamp> {
    let at: jiff::Timestamp = value?.as_str()?.parse().ok()?;
    Some(Timestamp(at.as_millisecond()))
}

fn of_view(kind: TableKind, view: &LogicalFileView) -> Result<LakeFile, TableError> {
    let size = u64::try_from(view.size()).unwrap_or(0);
    lake_file(kind, &view.path(), size, &view.partition_values_map(), view.stats().as_deref())
}

fn of_add(kind: TableKind, add: &Add) -> Result<LakeFile, TableError> {
    let size = u64::try_from(add.size).unwrap_or(0);
    lake_file(kind, &add.path, size, &add.partition_values, add.stats.as_deref())
}

fn lake_file(
    kind: TableKind,
    path: &str,
    bytes: u64,
    partition: &HashMap<String, Option<String>>,
    statistics: Option<&str>,
) -> Result<LakeFile, TableError> {
    let unreadable = |what: &str| failed(kind, format!("its log says no {what} of the file {path}"));
    let value = |name: &str| partition.get(name).cloned().flatten();
    let statistics: Statistics = statistics
        .and_then(|stats| serde_json::from_str(stats).ok())
        .ok_or_else(|| unreadable("statistics"))?;
    let day = value("day").and_then(|day| parse_day(&day)).ok_or_else(|| unreadable("day"))?;
    // A file whose statistics another engine rewrote may be of any time.
    let column = start_column(kind);
    let earliest = of_iso(statistics.min_values.get(column)).unwrap_or(Timestamp(i64::MIN));
    let latest = of_iso(statistics.max_values.get(column)).unwrap_or(Timestamp(i64::MAX));
    let facts = FileFacts {
        path: path.to_owned(),
        site: SiteId(value("site").ok_or_else(|| unreadable("site"))?),
        day,
        rows: statistics.num_records,
        bytes,
        starts: earliest..=latest,
    };
    Ok(LakeFile::new(kind, facts))
}

/// Days since 1970-01-01 of `2026-11-23`.
pub(crate) fn parse_day(text: &str) -> Option<i32> {
    let date: jiff::civil::Date = text.parse().ok()?;
    date.since(jiff::civil::date(1970, 1, 1)).ok().map(|span| span.get_days())
}

/// `2026-11-23`, of days since 1970-01-01.
pub(crate) fn day_name(day: i32) -> String {
    use jiff::ToSpan;
    jiff::civil::date(1970, 1, 1)
        .checked_add(day.days())
        .map_or_else(|_| format!("day {day}"), |date| date.to_string())
}

fn partition_values(file: &LakeFile) -> HashMap<String, Option<String>> {
    let [site, day] = PARTITIONS.map(str::to_owned);
    HashMap::from([(site, Some(file.site.0.clone())), (day, Some(day_name(file.day)))])
}

fn add_of(file: &LakeFile, now: Timestamp, data_change: bool) -> Add {
    Add {
        path: file.path.clone(),
        partition_values: partition_values(file),
        size: i64::try_from(file.bytes).unwrap_or(i64::MAX),
        modification_time: now.0,
        data_change,
        stats: Some(statistics(file)),
        ..Add::default()
    }
}

fn remove_of(file: &LakeFile, now: Timestamp, data_change: bool) -> Remove {
    Remove {
        path: file.path.clone(),
        data_change,
        deletion_timestamp: Some(now.0),
        extended_file_metadata: Some(true),
        partition_values: Some(partition_values(file)),
        size: Some(i64::try_from(file.bytes).unwrap_or(i64::MAX)),
        ..Remove::default()
    }
}

/// Sets a damaged log aside and makes a new one, of this turn, from the files that are there: all but those that another
/// took the place of. Returns where the old log went, and the files that could not be read and were set aside too.
pub(crate) async fn rebuild(
    kind: TableKind,
    storage: &Storage,
    root: &Path,
    (now, turn): (Timestamp, i64),
) -> Result<Vec<PathBuf>, TableError> {
    let directory = root.join(kind.name());
    let aside = root.join("damaged").join(format!("{}-{}", kind.name(), now.0));
    std::fs::create_dir_all(&aside).map_err(|error| failed(kind, error))?;
    std::fs::rename(directory.join("_delta_log"), aside.join("_delta_log"))
        .map_err(|error| failed(kind, error))?;
    let mut set_aside = vec![aside.join("_delta_log")];

    let storage = storage.clone();
    let found = tokio::task::spawn_blocking(move || files_on_disk(kind, &storage, &directory))
        .await
        .map_err(|error| failed(kind, error))?
        .map_err(|error| failed(kind, error))?;
    let mut kept = Vec::new();
    let mut replaced = HashSet::new();
    for (path, facts) in found {
        match facts {
            Ok((facts, replaces)) => {
                replaced.extend(replaces);
                kept.push(Arc::new(LakeFile::new(kind, facts)));
            }
            Err(error) => {
                tracing::error!(path = %path.display(), error = %error, "a damaged file was set aside");
                let to = aside.join(path.file_name().unwrap_or_default());
                std::fs::rename(&path, &to).map_err(|error| failed(kind, error))?;
                set_aside.push(to);
            }
        }
    }
    kept.retain(|file| !replaced.contains(&file.path));
    let (mut table, _) = Table::open(kind, root).await?;
    table.commit(turn, Doing::Flush, &kept, &[], now).await?;
    Ok(set_aside)
}

type AnyError = Box<dyn std::error::Error + Send + Sync>;
/// What a file says of itself, and the files that it took the place of.
type Facts = (FileFacts, Vec<String>);
type Found = (PathBuf, Result<Facts, AnyError>);

fn files_on_disk(kind: TableKind, storage: &Storage, directory: &Path) -> Result<Vec<Found>, std::io::Error> {
    let mut found = Vec::new();
    for site in std::fs::read_dir(directory)? {
        let site = site?.path();
        let Some(site_id) = partition_of(&site, "site=") else { continue };
        for day in std::fs::read_dir(&site)? {
            let day = day?.path();
            let Some(day_number) = partition_of(&day, "day=").and_then(|day| parse_day(&day)) else {
                continue;
            };
            for file in std::fs::read_dir(&day)? {
                let path = file?.path();
                let facts = facts_of(kind, storage, directory, &path, SiteId(site_id.clone()), day_number);
                found.push((path, facts));
            }
        }
    }
    Ok(found)
}

fn partition_of(path: &Path, prefix: &str) -> Option<String> {
    path.file_name()?.to_str()?.strip_prefix(prefix).map(str::to_owned)
}

fn facts_of(
    kind: TableKind,
    storage: &Storage,
    directory: &Path,
    path: &Path,
    site: SiteId,
    day: i32,
) -> Result<Facts, AnyError> {
    let below = path.strip_prefix(directory)?.to_str().ok_or("its path is no text")?.to_owned();
    let bytes = std::fs::metadata(path)?.len();
    let facts =
        |rows, starts| FileFacts { path: below.clone(), site: site.clone(), day, rows, bytes, starts };
    let unknown =
        LakeFile::new(kind, facts(usize::from(u16::MAX), Timestamp(i64::MIN)..=Timestamp(i64::MAX)));
    let batch = unknown.read(storage, &[start_column(kind)])?;
    let starts = super::starts_of(&batch)?;
    let replaces = unknown.note(storage, REPLACES)?.unwrap_or_default();
    let replaces = replaces.lines().map(str::to_owned).collect();
    Ok((facts(batch.num_rows(), starts), replaces))
}
