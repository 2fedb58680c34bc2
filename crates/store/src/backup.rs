//! A consistent copy of a data directory, whether a server uses it or not.
//!
//! First the journal and replay.db are copied, then the lake, then metadata and source maps; the order is what makes it right. What was acknowledged
//! before the copy began is in the journal, or in the lake already, which is copied later and never has less. Sessions
//! that moved from one to the other meanwhile are in both copies, as after a crash between the two steps of a flush;
//! the copy's first start folds their events once. Sites are never fewer later on, so that metadata has all that the
//! others speak of.
//!
//! The lake's logs are read at a moment when neither changes, so that no turn is half in the copy. Its files never
//! change: they are linked where the file system can, and copied where not. One that is replaced and deleted before it
//! is linked makes the lake begin anew, with the newer log.
//!
//! Limit: what is erased while a backup is made may still be in it, as in every backup made before.

use crate::beside;
use crate::data_dir::OpenError;
use crate::lake::file::LakeFile;
use crate::lake::parquet_files;
use crate::lake::schema::TableKind;
use crate::lake::table::{Table, TableError};
use sqlx::Connection;
use std::collections::{BTreeSet, HashSet};
use std::fs::{self, File};
use std::io::{Error, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How often the lake is begun anew. A turn comes every few seconds, and commits in milliseconds.
const TRIES: u32 = 100;
const PAUSE: Duration = Duration::from_millis(100);

/// Why there is no copy. What was begun is left beside it, in `….part`.
#[derive(Debug)]
pub enum BackupError {
    /// Something is where the copy, or its beginnings, should be.
    Exists(PathBuf),
    /// A file cannot be read or written.
    Io(PathBuf, Error),
    /// A database cannot be read or written.
    Database(PathBuf, sqlx::Error),
    /// A database cannot be opened.
    Open(OpenError),
    /// A log of the lake cannot be read.
    Lake(TableError),
    /// The lake changed again and again, or a crash has left it in the middle of a change.
    Restless,
}

impl std::fmt::Display for BackupError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Exists(path) => {
                write!(f, "{} is there already: name a directory that is not, or delete it", path.display())
            }
            Self::Io(path, _) => write!(f, "cannot copy {}", path.display()),
            Self::Database(path, _) => write!(f, "cannot copy the database {}", path.display()),
            Self::Open(error) => error.fmt(f),
            Self::Lake(error) => error.fmt(f),
            Self::Restless => f.write_str(
                "the lake is in the middle of a change: try again; where a crash has left it so, start the server once",
            ),
        }
    }
}

impl std::error::Error for BackupError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io(_, source) => Some(source),
            Self::Database(_, source) => Some(source),
            Self::Open(source) => source.source(),
            Self::Lake(source) => source.source(),
            Self::Exists(_) | Self::Restless => None,
        }
    }
}

/// What was copied.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct BackedUp {
    /// Batches in the journal.
    pub batches: u64,
    /// Files of the lake, without its logs.
    pub files: usize,
    /// Rows of sessions in the lake.
    pub sessions: usize,
    /// Their size.
    pub bytes: u64,
    /// How many of the files could not be linked, and were copied.
    pub copied: usize,
}

/// Copies a data directory. The copy has its name only when it is whole, and on disk.
///
/// # Errors
/// Where something is in the copy's place, or cannot be read or written.
pub async fn backup(from: &Path, to: &Path) -> Result<BackedUp, BackupError> {
    let mut part = to.to_owned().into_os_string();
    part.push(".part");
    let part = PathBuf::from(part);
    if let Some(path) = [to, &part].into_iter().find(|path| path.exists()) {
        return Err(BackupError::Exists(path.to_owned()));
    }
    let source = from.join("journal.db");
    if !source.exists() {
        return Err(BackupError::Io(source, Error::new(ErrorKind::NotFound, "there is no journal")));
    }
    fs::create_dir_all(&part).map_err(|error| BackupError::Io(part.clone(), error))?;
    let journal = part.join("journal.db");
    copy_database(&source, &journal).await?;
    // There is none where no later version has been started yet.
    if from.join("replay.db").exists() {
        copy_database(&from.join("replay.db"), &part.join("replay.db")).await?;
    }
    let mut done = copy_lake(&from.join("lake"), &part.join("lake")).await?;
    copy_database(&from.join("metadata.db"), &part.join("metadata.db")).await?;
    let source_maps = from.join("source_maps.db");
    // The server makes one when it starts.
    if source_maps.exists() {
        copy_database(&source_maps, &part.join("source_maps.db")).await?;
    }
    done.batches = n_batches(&journal).await?;
    let synced = part.clone();
    let sync = tokio::task::spawn_blocking(move || sync_all(&synced)).await;
    let failed = |error: Error| BackupError::Io(part.clone(), error);
    sync.map_err(|panicked| failed(Error::other(panicked)))?.map_err(failed)?;
    fs::rename(&part, to).map_err(failed)?;
    Ok(done)
}

async fn copy_database(from: &Path, to: &Path) -> Result<(), BackupError> {
    let failed = |error| BackupError::Database(from.to_owned(), error);
    let mut connection = beside::open(from).await.map_err(BackupError::Open)?;
    let name = to.to_string_lossy().into_owned();
    // One read transaction: all of it is of one moment.
    sqlx::query("VACUUM INTO ?").bind(name).execute(&mut connection).await.map_err(failed)?;
    connection.close().await.map_err(failed)
}

async fn n_batches(journal: &Path) -> Result<u64, BackupError> {
    let failed = |error| BackupError::Database(journal.to_owned(), error);
    let mut connection = beside::open(journal).await.map_err(BackupError::Open)?;
    let count: i64 = sqlx::query_scalar("SELECT count(*) FROM batches")
        .fetch_one(&mut connection)
        .await
        .map_err(failed)?;
    connection.close().await.map_err(failed)?;
    Ok(u64::try_from(count).unwrap_or(0))
}

async fn copy_lake(from: &Path, to: &Path) -> Result<BackedUp, BackupError> {
    let io = |error| BackupError::Io(from.to_owned(), error);
    let from = match from.canonicalize() {
        Ok(from) => from,
        // The server makes one when it starts; a directory without is as good as a new one.
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(BackedUp::default()),
        Err(error) => return Err(io(error)),
    };
    for _ in 0..TRIES {
        if let Some(moment) = Moment::of(&from).await? {
            let (source, target) = (from.clone(), to.to_owned());
            let copied = tokio::task::spawn_blocking(move || moment.copy(&source, &target)).await;
            match copied.map_err(|panicked| io(Error::other(panicked)))? {
                Ok(done) => return Ok(done),
                // Deleted since its log was read: there is a newer log now.
                Err((_, error)) if error.kind() == ErrorKind::NotFound => {}
                Err((path, error)) => return Err(BackupError::Io(path, error)),
            }
        }
        tokio::time::sleep(PAUSE).await;
    }
    Err(BackupError::Restless)
}

/// The lake at a moment when no turn was half done.
struct Moment {
    /// The newest entry of each log.
    versions: Vec<(TableKind, u64)>,
    files: Vec<LakeFile>,
}

impl Moment {
    /// Nothing where a turn came in between.
    async fn of(root: &Path) -> Result<Option<Self>, BackupError> {
        let newest = || -> Result<Vec<(TableKind, u64)>, BackupError> {
            let of = |kind| Ok((kind, newest_version(&log_of(root, kind))?));
            tables(root).into_iter().map(of).collect()
        };
        let versions = newest()?;
        let (mut files, mut turns) = (Vec::new(), Vec::new());
        for (kind, _) in &versions {
            let (table, of_table) = Table::open(*kind, root).await.map_err(BackupError::Lake)?;
            turns.push(table.turn);
            files.extend(of_table);
        }
        let is_half = turns.last().is_some_and(|sessions| turns.iter().any(|turn| turn > sessions));
        if newest()? != versions || is_half {
            return Ok(None);
        }
        Ok(Some(Self { versions, files }))
    }

    fn copy(&self, from: &Path, to: &Path) -> Result<BackedUp, (PathBuf, Error)> {
        let mut done = BackedUp::default();
        let mut kept = HashSet::new();
        // At once, before any of them is deleted: the logs can wait.
        for file in &self.files {
            let below = Path::new(file.table.name()).join(&file.path);
            done.copied += usize::from(link_or_copy(&from.join(&below), &to.join(&below))?);
            done.files += 1;
            done.bytes += file.bytes;
            done.sessions += if file.table == TableKind::Sessions { file.rows } else { 0 };
            kept.insert(to.join(&below));
        }
        for (kind, version) in &self.versions {
            copy_log(&log_of(from, *kind), &log_of(to, *kind), *version)?;
            // From a try before.
            for path in parquet_files(&to.join(kind.name())) {
                if !kept.contains(&path) {
                    fs::remove_file(&path).map_err(|error| (path, error))?;
                }
            }
        }
        Ok(done)
    }
}

/// The tables that are there: one that a later version adds is made when that is started.
fn tables(root: &Path) -> Vec<TableKind> {
    let is_optional = |kind: &TableKind| *kind == TableKind::ReplayChunks;
    TableKind::ALL.into_iter().filter(|kind| !is_optional(kind) || log_of(root, *kind).exists()).collect()
}

fn log_of(root: &Path, kind: TableKind) -> PathBuf {
    root.join(kind.name()).join("_delta_log")
}

/// The number that an entry or a checkpoint of a log begins with.
fn version_of(name: &str) -> Option<u64> {
    name.get(..20)?.parse().ok()
}

fn newest_version(log: &Path) -> Result<u64, BackupError> {
    let failed = |error| BackupError::Io(log.to_owned(), error);
    let mut newest = 0;
    for entry in fs::read_dir(log).map_err(failed)? {
        let name = entry.map_err(failed)?.file_name();
        newest = newest.max(name.to_str().and_then(version_of).unwrap_or(0));
    }
    Ok(newest)
}

/// Entries and checkpoints up to a version. What says which checkpoint is the newest is left out: it is only faster to
/// read a log with it, and it may speak of a later one.
fn copy_log(from: &Path, to: &Path, version: u64) -> Result<(), (PathBuf, Error)> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |error| (path, error)
    };
    if to.exists() {
        fs::remove_dir_all(to).map_err(failed(to))?;
    }
    fs::create_dir_all(to).map_err(failed(to))?;
    for entry in fs::read_dir(from).map_err(failed(from))? {
        let entry = entry.map_err(failed(from))?;
        let name = entry.file_name();
        let is_wanted = name.to_str().and_then(version_of).is_some_and(|found| found <= version);
        if is_wanted && entry.path().is_file() {
            fs::copy(entry.path(), to.join(&name)).map_err(failed(&entry.path()))?;
        }
    }
    Ok(())
}

/// Whether it was copied.
fn link_or_copy(from: &Path, to: &Path) -> Result<bool, (PathBuf, Error)> {
    let failed = |error| (from.to_owned(), error);
    if let Some(directory) = to.parent() {
        fs::create_dir_all(directory).map_err(|error| (directory.to_owned(), error))?;
    }
    match fs::hard_link(from, to) {
        Ok(()) => Ok(false),
        // By a try before: files never change.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(error) if error.kind() == ErrorKind::NotFound => Err(failed(error)),
        // Another file system, or one without links.
        Err(_) => fs::copy(from, to).map(|_| true).map_err(failed),
    }
}

/// Everything below a directory is on disk when it returns.
fn sync_all(directory: &Path) -> Result<(), Error> {
    let paths: BTreeSet<PathBuf> =
        fs::read_dir(directory)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    for path in paths {
        if path.is_dir() {
            sync_all(&path)?;
        } else {
            File::open(&path)?.sync_all()?;
        }
    }
    File::open(directory)?.sync_all()
}
