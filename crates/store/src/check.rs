//! Is a stopped data directory whole? Reads everything and changes nothing: what a start would mend is told, not mended.
//!
//! Limits: every byte is read, so that it takes as long as the disk does. Session ids are held in memory, 16 bytes each.

use crate::data_dir::{self, OpenError};
use crate::lake::file::LakeFile;
use crate::lake::schema::TableKind;
use crate::lake::storage::Storage;
use crate::lake::table::{Table, day_name};
use crate::lake::{events, parquet_files, replay_chunks, sessions};
use crate::{beside, replay_journal};
use arrow::array::AsArray;
use arrow::datatypes::Int32Type;
use arrow::record_batch::RecordBatch;
use footpath_model::batch::Batch;
use footpath_model::columns::{EventColumn, SessionColumn};
use futures_util::TryStreamExt;
use sqlx::{Connection, Row, SqliteConnection};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::ErrorKind;
use std::path::Path;
use uuid::Uuid;

/// How bad it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Severity {
    /// Left by a crash, and mended by the next start.
    Note,
    /// Something is lost, or not as it should be.
    Problem,
}

/// Something that was found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// What it is, and of which file.
    pub what: String,
    /// What to do about it.
    pub mend: &'static str,
}

/// One part of the data directory, looked through.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Check {
    /// Which part.
    pub name: &'static str,
    /// How much of it there is.
    pub seen: String,
    /// What was found; nothing where all is well.
    pub findings: Vec<Finding>,
}

/// Findings beyond these are counted, and not told one by one.
const TOLD: usize = 20;

const RESTORE: &str = "restore the file from a backup, or start the server, which leaves it out";
const REMAKE: &str = "start the server: it sets the log aside and makes a new one from the files";
const NEXT_START: &str = "nothing to do: the next start mends it";

impl Check {
    fn new(name: &'static str) -> Self {
        Self { name, seen: String::new(), findings: Vec::new() }
    }

    fn find(&mut self, severity: Severity, what: impl Into<String>, mend: &'static str) {
        if self.findings.len() < TOLD {
            self.findings.push(Finding { severity, what: what.into(), mend });
        } else if self.findings.len() == TOLD {
            let what = "and more".to_owned();
            self.findings.push(Finding { severity: Severity::Problem, what, mend: "mend these first" });
        }
    }

    fn problem(&mut self, what: impl Into<String>, mend: &'static str) {
        self.find(Severity::Problem, what, mend);
    }
}

/// Looks through a data directory that no server uses.
///
/// # Errors
/// Where there is none, or it is in use.
pub async fn check(dir: &Path) -> Result<Vec<Check>, OpenError> {
    let metadata = dir.join("metadata.db");
    // Taking the lock would make the directory.
    std::fs::metadata(dir).map_err(|error| OpenError::Io(dir.to_owned(), error))?;
    let _lock = data_dir::lock(dir)?;
    let (metadata, sites_that_delete) = check_metadata(&metadata).await;
    let mut checks = vec![check_journal(&dir.join("journal.db")).await, metadata];
    let source_maps = dir.join("source_maps.db");
    // The server makes one when it starts.
    if source_maps.exists() {
        checks.push(check_source_maps(&source_maps).await);
    }
    // There is none where no later version has been started yet.
    if dir.join("replay.db").exists() {
        checks.push(check_replay(&dir.join("replay.db")).await);
    }
    checks.extend(check_lake(&dir.join("lake"), sites_that_delete).await);
    checks.push(check_set_aside(dir));
    Ok(checks)
}

async fn opened(check: &mut Check, path: &Path) -> Option<SqliteConnection> {
    const MEND: &str = "restore it from a backup; what is in it cannot be made again";
    if !path.exists() {
        check.problem(format!("{} is missing", path.display()), MEND);
        return None;
    }
    let damaged = |error: &dyn std::fmt::Display| format!("{} is damaged: {error}", path.display());
    let mut connection = match beside::open(path).await {
        Ok(connection) => connection,
        Err(error) => {
            check.problem(damaged(&cause(&error)), MEND);
            return None;
        }
    };
    match sqlx::query_scalar::<_, String>("PRAGMA quick_check").fetch_all(&mut connection).await {
        Ok(lines) if lines == ["ok"] => {}
        Ok(lines) => lines.iter().for_each(|line| check.problem(damaged(line), MEND)),
        Err(error) => {
            check.problem(damaged(&error), MEND);
            return None;
        }
    }
    Some(connection)
}

fn cause(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), ToString::to_string)
}

async fn check_journal(path: &Path) -> Check {
    let mut check = Check::new("journal");
    let Some(mut connection) = opened(&mut check, path).await else { return check };
    let (mut n_batches, mut n_events) = (0u64, 0u64);
    let mut rows = sqlx::query("SELECT position, body FROM batches ORDER BY position").fetch(&mut connection);
    loop {
        let row = match rows.try_next().await {
            Ok(Some(row)) => row,
            Ok(None) => break,
            Err(error) => {
                check.problem(format!("journal.db cannot be read to its end: {error}"), RESTORE);
                break;
            }
        };
        n_batches += 1;
        let batch: Option<Batch> = row.try_get(1).ok().and_then(|body| serde_json::from_slice(body).ok());
        match batch {
            Some(batch) => n_events += batch.events.len() as u64,
            None => check.problem(
                format!("journal.db: row {} is no batch", row.try_get::<i64, _>(0).unwrap_or_default()),
                "start the server: it sets the row aside in damaged/ and leaves it out",
            ),
        }
    }
    drop(rows);
    check.seen = format!("{n_batches} batches, {n_events} events");
    closed(connection).await;
    check
}

async fn check_replay(path: &Path) -> Check {
    let mut check = Check::new("replay");
    let Some(mut connection) = opened(&mut check, path).await else { return check };
    let (mut n_chunks, mut n_bytes) = (0u64, 0u64);
    let mut rows =
        sqlx::query("SELECT position, head, records FROM chunks ORDER BY position").fetch(&mut connection);
    loop {
        let row = match rows.try_next().await {
            Ok(Some(row)) => row,
            Ok(None) => break,
            Err(error) => {
                check.problem(format!("replay.db cannot be read to its end: {error}"), RESTORE);
                break;
            }
        };
        n_chunks += 1;
        let (head, records): (&str, &[u8]) =
            (row.try_get(1).unwrap_or_default(), row.try_get(2).unwrap_or_default());
        n_bytes += records.len() as u64;
        if !replay_journal::is_whole(head, records) {
            check.problem(
                format!("replay.db: row {} is no chunk", row.try_get::<i64, _>(0).unwrap_or_default()),
                "start the server: it leaves the chunk out",
            );
        }
    }
    drop(rows);
    check.seen = format!("{n_chunks} replay chunks, {n_bytes} bytes");
    closed(connection).await;
    check
}

/// With the sites that have deleted something: their sessions may be without events.
async fn check_metadata(path: &Path) -> (Check, HashSet<String>) {
    let mut check = Check::new("metadata");
    let Some(mut connection) = opened(&mut check, path).await else { return (check, HashSet::new()) };
    match sqlx::query_scalar::<_, i64>("SELECT count(*) FROM sites").fetch_one(&mut connection).await {
        Ok(sites) => check.seen = format!("{sites} sites"),
        Err(error) => check.problem(format!("metadata.db: the sites cannot be read: {error}"), RESTORE),
    }
    let deleting = "SELECT site FROM retention UNION SELECT site FROM deletions";
    // Files from before there was retention have no such tables, and nothing was deleted.
    let deleting = sqlx::query_scalar(deleting).fetch_all(&mut connection).await.unwrap_or_default();
    closed(connection).await;
    (check, deleting.into_iter().collect())
}

async fn check_source_maps(path: &Path) -> Check {
    let mut check = Check::new("source maps");
    let Some(mut connection) = opened(&mut check, path).await else { return check };
    match sqlx::query_scalar::<_, i64>("SELECT count(*) FROM maps").fetch_one(&mut connection).await {
        Ok(maps) => check.seen = format!("{maps} maps"),
        Err(error) => check.problem(format!("source_maps.db: the maps cannot be read: {error}"), RESTORE),
    }
    closed(connection).await;
    check
}

async fn closed(connection: SqliteConnection) {
    if let Err(error) = connection.close().await {
        tracing::warn!(%error, "a database that was only read was not closed cleanly");
    }
}

async fn check_lake(root: &Path, sites_that_delete: HashSet<String>) -> Vec<Check> {
    let mut log = Check::new("lake: logs");
    let mut files = Vec::new();
    let mut turns = Vec::new();
    let mut n_optional = 0;
    // Not yet opened by any server: nothing is lost.
    let Ok(root) = root.canonicalize() else {
        log.find(Severity::Note, "there is no lake yet", NEXT_START);
        return vec![log];
    };
    for kind in TableKind::ALL {
        let name = kind.name();
        if !root.join(name).join("_delta_log").exists() {
            if kind == TableKind::ReplayChunks {
                n_optional += 1;
                log.find(Severity::Note, format!("there is no lake/{name} yet"), NEXT_START);
                continue;
            }
            log.problem(format!("lake/{name}/_delta_log is missing"), "restore it from a backup");
            continue;
        }
        match Table::open(kind, &root).await {
            Ok((table, of_table)) => {
                turns.push(table.turn);
                files.extend(of_table);
            }
            Err(error) => {
                log.problem(format!("the log of lake/{name} is damaged: {}", error.cause()), REMAKE)
            }
        }
    }
    log.seen = format!("{} files", files.len());
    let logs_are_whole = turns.len() + n_optional == TableKind::ALL.len();
    let is_half =
        logs_are_whole && turns.last().is_some_and(|sessions| turns.iter().any(|turn| turn > sessions));
    if is_half {
        log.find(Severity::Note, "a turn is half written, as a crash leaves it", NEXT_START);
    }
    let strays = check_strays(&root, &files, logs_are_whole);
    let looked = tokio::task::spawn_blocking(move || {
        let rows_must_match = logs_are_whole && !is_half;
        Storage::local(&root).map(|storage| Rows::check(&storage, files, rows_must_match, &sites_that_delete))
    });
    let mut checks = vec![log];
    match looked.await {
        Ok(Ok(rows)) => checks.extend(rows),
        Ok(Err(error)) => checks[0].problem(format!("the lake cannot be read: {error}"), RESTORE),
        Err(error) => checks[0].problem(format!("reading the lake panicked: {error}"), RESTORE),
    }
    checks.push(strays);
    checks
}

fn check_strays(root: &Path, files: &[LakeFile], logs_are_whole: bool) -> Check {
    let mut check = Check::new("lake: strays");
    if !logs_are_whole {
        check.seen = "not looked for, since a log is missing".to_owned();
        return check;
    }
    let known: HashSet<_> = files.iter().map(|file| root.join(file.table.name()).join(&file.path)).collect();
    let mut bytes = 0;
    let mut n_strays = 0;
    for table in TableKind::ALL {
        for path in parquet_files(&root.join(table.name())) {
            if !known.contains(&path) {
                n_strays += 1;
                bytes += std::fs::metadata(&path).map_or(0, |found| found.len());
                check.find(
                    Severity::Note,
                    format!("{} is in no log, as a crash leaves it", path.display()),
                    "nothing to do: the next start deletes it",
                );
            }
        }
    }
    check.seen = format!("{n_strays} files, {bytes} bytes");
    check
}

fn check_set_aside(dir: &Path) -> Check {
    let mut check = Check::new("set aside");
    for aside in [dir.join("damaged"), dir.join("lake").join("damaged")] {
        match std::fs::read_dir(&aside) {
            Ok(entries) => check.find(
                Severity::Note,
                format!("{} has {} things that were damaged once", aside.display(), entries.count()),
                "look at them, and delete them when they are of no use",
            ),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => check.problem(format!("{} cannot be read: {error}", aside.display()), RESTORE),
        }
    }
    check.seen = if check.findings.is_empty() { "nothing" } else { "earlier damage" }.to_owned();
    check
}

/// The rows of the tables; those of sessions and events are held against each other.
struct Rows<'a> {
    storage: &'a Storage,
    files: Check,
    rows: Check,
    n_files: usize,
    n_sessions: usize,
    n_events: usize,
    n_chunks: usize,
    /// Sessions whose events retention has deleted.
    n_without_events: usize,
    seen: HashSet<Uuid>,
}

impl<'a> Rows<'a> {
    fn check(
        storage: &'a Storage,
        files: Vec<LakeFile>,
        must_match: bool,
        sites_that_delete: &HashSet<String>,
    ) -> [Check; 2] {
        let mut this = Rows {
            storage,
            files: Check::new("lake: files"),
            rows: Check::new("lake: rows"),
            n_files: 0,
            n_sessions: 0,
            n_events: 0,
            n_chunks: 0,
            n_without_events: 0,
            seen: HashSet::new(),
        };
        let mut partitions: BTreeMap<(String, i32), Vec<LakeFile>> = BTreeMap::new();
        for file in files {
            partitions.entry((file.site.0.clone(), file.day)).or_default().push(file);
        }
        for ((site, day), files) in partitions {
            this.partition(
                &files,
                must_match,
                sites_that_delete.contains(&site),
                &format!("{site}, {}", day_name(day)),
            );
        }
        this.files.seen = format!("{} files read whole", this.n_files);
        this.rows.seen = format!(
            "{} sessions, {} events, {} replay chunks",
            this.n_sessions, this.n_events, this.n_chunks
        );
        if this.n_without_events > 0 {
            this.rows.seen += &format!("; {} sessions without events, by retention", this.n_without_events);
        }
        if !must_match {
            this.rows.seen += "; not held against each other, since a log is not whole";
        }
        [this.files, this.rows]
    }

    /// A site's sessions of a day have their events in the same partition.
    fn partition(&mut self, files: &[LakeFile], must_match: bool, may_lack_events: bool, place: &str) {
        let mut events: HashMap<Uuid, usize> = HashMap::new();
        let mut said: HashMap<Uuid, usize> = HashMap::new();
        let mut all_read = true;
        for file in files {
            let Some(batch) = self.read(file) else {
                all_read = false;
                continue;
            };
            match file.table {
                TableKind::ReplayChunks => self.n_chunks += batch.num_rows(),
                TableKind::Events => {
                    self.n_events += batch.num_rows();
                    ids(&batch, EventColumn::Session.name())
                        .for_each(|id| *events.entry(id).or_default() += 1);
                }
                TableKind::Sessions => {
                    self.n_sessions += batch.num_rows();
                    for (id, n_events) in ids(&batch, SessionColumn::Id.name()).zip(event_counts(&batch)) {
                        if !self.seen.insert(id) {
                            self.rows.problem(
                                format!("session {id} is there twice ({place})"),
                                "restore from a backup",
                            );
                        }
                        said.insert(id, n_events);
                    }
                }
            }
        }
        // What a damaged file held is missing on one side.
        if !must_match || !all_read {
            return;
        }
        for (id, n_said) in &said {
            match events.get(id).copied().unwrap_or(0) {
                0 if may_lack_events && *n_said > 0 => self.n_without_events += 1,
                n if n == *n_said => {}
                n => self.rows.problem(
                    format!("session {id} says that it has {n_said} events, and there are {n} ({place})"),
                    "restore from a backup",
                ),
            }
        }
        let orphans = events.keys().filter(|id| !said.contains_key(id)).count();
        if orphans > 0 {
            self.rows.problem(
                format!("events of {orphans} sessions that are not there ({place})"),
                "restore from a backup",
            );
        }
    }

    fn read(&mut self, file: &LakeFile) -> Option<RecordBatch> {
        let path = format!("lake/{}", file.object());
        self.n_files += 1;
        let batch = match file.read_all(self.storage) {
            Ok(batch) => batch,
            Err(error) => {
                self.files.problem(format!("{path} cannot be read: {}", cause(&error)), RESTORE);
                return None;
            }
        };
        if batch.num_rows() != file.rows {
            let (found, said) = (batch.num_rows(), file.rows);
            self.files.problem(format!("{path} has {found} rows, its log says {said}"), RESTORE);
        }
        let decoded = match file.table {
            TableKind::Sessions => sessions::decode(&file.site, &batch).map(drop),
            TableKind::Events => events::decode(&file.site, std::slice::from_ref(&batch)).map(drop),
            TableKind::ReplayChunks => replay_chunks::decode(&file.site, &batch).map(drop),
        };
        if let Err(error) = decoded {
            self.files.problem(format!("{path} has a value that cannot be read: {error}"), RESTORE);
            return None;
        }
        Some(batch)
    }
}

/// Ids that are none were told of when the batch was decoded.
fn ids<'a>(batch: &'a RecordBatch, column: &str) -> impl Iterator<Item = Uuid> + 'a {
    let texts = batch.column_by_name(column).map(|column| column.as_string::<i32>());
    texts.into_iter().flatten().flatten().filter_map(|text| Uuid::parse_str(text).ok())
}

fn event_counts(batch: &RecordBatch) -> impl Iterator<Item = usize> + '_ {
    let counts = batch.column_by_name(SessionColumn::Events.name());
    let counts = counts.into_iter().flat_map(|column| column.as_primitive::<Int32Type>().values());
    counts.map(|count| usize::try_from(*count).unwrap_or(0))
}
