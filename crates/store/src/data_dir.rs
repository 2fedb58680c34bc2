//! The data directory: one process at a time, everything below it.

use crate::lake::table::TableError;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

/// Why a data directory cannot be used.
#[derive(Debug)]
pub enum OpenError {
    /// The directory or a file in it cannot be made, opened or read.
    Io(PathBuf, std::io::Error),
    /// Another process has it.
    InUse(PathBuf),
    /// A database file in it cannot be opened or read.
    Database(PathBuf, sqlx::Error),
    /// The lake in it cannot be opened.
    Lake(TableError),
    /// It was written by a later version of Footpath: the file, its format, the newest format known here.
    TooNew(PathBuf, i64, i64),
}

impl std::fmt::Display for OpenError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Io(path, _) => {
                write!(f, "cannot use {}: check that it exists and is writable", path.display())
            }
            Self::InUse(path) => write!(
                f,
                "data directory {} is in use by another footpath process: stop it, or choose another with --data-dir",
                path.display()
            ),
            Self::Database(path, _) => write!(f, "cannot open the database {}", path.display()),
            Self::Lake(error) => write!(f, "{error}"),
            Self::TooNew(path, found, known) => write!(
                f,
                "{} has format {found}, this version of footpath knows formats up to {known}: run a newer version",
                path.display()
            ),
        }
    }
}

impl std::error::Error for OpenError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io(_, source) => Some(source),
            Self::Database(_, source) => Some(source),
            Self::Lake(source) => source.source(),
            Self::InUse(_) | Self::TooNew(..) => None,
        }
    }
}

/// Held as long as the process uses the directory; the operating system frees it even after `kill -9`.
#[derive(Debug)]
pub(crate) struct DirLock(#[expect(dead_code, reason = "held, not read")] File);

/// Makes the directory where it is missing, and takes it for this process.
pub(crate) fn lock(dir: &Path) -> Result<DirLock, OpenError> {
    std::fs::create_dir_all(dir).map_err(|error| OpenError::Io(dir.to_owned(), error))?;
    let path = dir.join("footpath.lock");
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(|error| OpenError::Io(path.clone(), error))?;
    match file.try_lock() {
        Ok(()) => Ok(DirLock(file)),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse(dir.to_owned())),
        Err(TryLockError::Error(error)) => Err(OpenError::Io(path, error)),
    }
}
