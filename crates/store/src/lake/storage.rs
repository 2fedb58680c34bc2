//! Where the lake's files are: a local directory, or a bucket, behind one interface.
//!
//! Reads block, since they are made by threads that scan; who is on the async runtime makes them on a thread of its
//! own. On a local directory a write is on disk when it returns: the journal forgets what the lake has taken over.

use bytes::Bytes;
use object_store::path::Path as ObjectPath;
use object_store::{ObjectStore, ObjectStoreExt};
use parquet::errors::ParquetError;
use parquet::file::reader::{ChunkReader, Length};
use std::fs::File;
use std::io::{Cursor, Error, ErrorKind};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::runtime::Handle;

/// The lake's files.
#[derive(Clone, Debug)]
pub(crate) struct Storage {
    store: Arc<dyn ObjectStore>,
    /// Where they are on this machine, if they are.
    local: Option<PathBuf>,
    runtime: Handle,
}

impl Storage {
    /// A local directory, which must exist.
    pub(crate) fn local(root: &Path) -> Result<Self, Error> {
        let store = object_store::local::LocalFileSystem::new_with_prefix(root).map_err(Error::other)?;
        Ok(Self { store: Arc::new(store), local: Some(root.to_owned()), runtime: Handle::current() })
    }

    pub(crate) fn local_root(&self) -> Option<&Path> {
        self.local.as_deref()
    }

    /// Writes a file, whole or not at all.
    pub(crate) async fn put(&self, path: &ObjectPath, bytes: Bytes) -> Result<(), Error> {
        self.store.put(path, bytes.into()).await.map_err(io_error)?;
        self.sync(path).await
    }

    /// Returns when a file that was just written, and its name, are on disk.
    pub(crate) async fn sync(&self, path: &ObjectPath) -> Result<(), Error> {
        let Some(root) = self.local.clone() else {
            return Ok(());
        };
        let file = root.join(path.as_ref());
        tokio::task::spawn_blocking(move || {
            File::open(&file)?.sync_all()?;
            // A new directory's own name is in the one above it.
            for directory in file.ancestors().skip(1).take_while(|directory| directory.starts_with(&root)) {
                File::open(directory)?.sync_all()?;
            }
            Ok(())
        })
        .await
        .map_err(Error::other)?
    }

    /// Removes a file; that it is gone already is no error.
    pub(crate) async fn delete(&self, path: &ObjectPath) -> Result<(), Error> {
        match self.store.delete(path).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(io_error(error)),
        }
    }

    /// Reads parts of a file. Blocks: never call it on the runtime's own threads.
    pub(crate) fn read(&self, path: &ObjectPath, ranges: &[Range<u64>], size: u64) -> Result<Fetched, Error> {
        let ranges = joined(ranges);
        let bytes = self.runtime.block_on(self.store.get_ranges(path, &ranges)).map_err(io_error)?;
        let parts = ranges.iter().map(|range| range.start).zip(bytes).collect();
        Ok(Fetched { parts, size })
    }
}

/// The same bytes in order, neighbours as one.
fn joined(ranges: &[Range<u64>]) -> Vec<Range<u64>> {
    let mut sorted = ranges.to_vec();
    sorted.sort_unstable_by_key(|range| range.start);
    let mut joined: Vec<Range<u64>> = Vec::with_capacity(sorted.len());
    for range in sorted {
        match joined.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            Some(_) | None => joined.push(range),
        }
    }
    joined
}

fn io_error(error: object_store::Error) -> Error {
    // The reason that the operating system gave must stay visible: a full disk is not a damaged file.
    let mut cause: &(dyn std::error::Error + 'static) = &error;
    let mut kind = ErrorKind::Other;
    loop {
        if let Some(io) = cause.downcast_ref::<Error>() {
            kind = io.kind();
        }
        match cause.source() {
            Some(source) => cause = source,
            None => return Error::new(kind, error),
        }
    }
}

/// Parts of a file in memory, as a reader of Parquet wants them.
#[derive(Clone, Debug)]
pub(crate) struct Fetched {
    /// Each part with where it begins, in order.
    parts: Vec<(u64, Bytes)>,
    size: u64,
}

impl Length for Fetched {
    fn len(&self) -> u64 {
        self.size
    }
}

impl ChunkReader for Fetched {
    type T = Cursor<Bytes>;

    fn get_read(&self, start: u64) -> Result<Self::T, ParquetError> {
        Ok(Cursor::new(self.from(start)?))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        let bytes = self.from(start)?;
        if bytes.len() < length {
            return Err(ParquetError::EOF(format!("{length} bytes at {start} were not fetched")));
        }
        Ok(bytes.slice(..length))
    }
}

impl Fetched {
    fn from(&self, start: u64) -> Result<Bytes, ParquetError> {
        let before = self.parts.partition_point(|(at, _)| *at <= start);
        let (at, bytes) = self.parts[..before]
            .last()
            .filter(|(at, bytes)| start < *at + bytes.len() as u64)
            .ok_or_else(|| ParquetError::EOF(format!("byte {start} was not fetched")))?;
        Ok(bytes.slice(usize::try_from(start - at).unwrap_or(usize::MAX)..))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_are_fetched_as_one() {
        assert_eq!(joined(&[5..9, 0..2, 2..4, 8..10]), [0..4, 5..10]);
        assert_eq!(joined(&[]), []);
    }

    #[test]
    fn only_what_was_fetched_can_be_read() {
        let part = |at, text: &'static str| (at, Bytes::from_static(text.as_bytes()));
        let fetched = Fetched { parts: vec![part(2, "abc"), part(9, "de")], size: 20 };
        assert_eq!(fetched.get_bytes(3, 2).expect("it is there"), "bc");
        assert_eq!(fetched.get_bytes(9, 2).expect("it is there"), "de");
        for (start, length) in [(0, 1), (5, 1), (4, 2), (11, 1)] {
            assert!(fetched.get_bytes(start, length).is_err(), "{length} at {start}");
        }
    }
}
