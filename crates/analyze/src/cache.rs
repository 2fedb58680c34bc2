//! Decoded columns, kept by segment and column, up to a number of bytes.
//!
//! What is kept is chosen by quick_cache's variant of S3-FIFO: a column that one query touched leaves before those
//! that many do. It has one shard, since a column may weigh megabytes and must fit a shard; lookups are few, one per
//! segment and column of a query.

use crate::batch::Held;
use crate::source::SegmentId;
use footpath_model::columns::SessionColumn;
use quick_cache::sync::{Cache, DefaultLifecycle};
use quick_cache::{DefaultHashBuilder, OptionsBuilder, Weighter};
use std::collections::HashSet;
use std::fmt;

type Key = (SegmentId, SessionColumn);

/// What an entry costs besides its bytes, roughly.
const BYTES_PER_ENTRY: u64 = 128;
/// A guess at the size of a held column, for the cache's own tables: a two-byte code for each of 50,000 rows.
const TYPICAL_BYTES: u64 = 100_000;

pub(crate) struct ColumnCache {
    columns: Cache<Key, Held, ByBytes>,
}

#[derive(Clone)]
struct ByBytes;

impl Weighter<Key, Held> for ByBytes {
    fn weight(&self, _key: &Key, held: &Held) -> u64 {
        held.bytes() as u64 + BYTES_PER_ENTRY
    }
}

impl ColumnCache {
    /// A cache that holds at most `bytes`.
    pub(crate) fn new(bytes: u64) -> Self {
        let options = OptionsBuilder::new()
            .shards(1)
            .estimated_items_capacity((bytes / TYPICAL_BYTES).clamp(16, 1 << 16) as usize)
            .weight_capacity(bytes)
            .build()
            .expect("both capacities are given");
        let columns =
            Cache::with_options(options, ByBytes, DefaultHashBuilder::default(), DefaultLifecycle::default());
        Self { columns }
    }

    pub(crate) fn get(&self, segment: SegmentId, column: SessionColumn) -> Option<Held> {
        self.columns.get(&(segment, column))
    }

    /// Keeps a column; one that is heavier than the whole cache is not kept.
    pub(crate) fn put(&self, segment: SegmentId, column: SessionColumn, held: Held) {
        self.columns.insert((segment, column), held);
    }

    /// Lets go of all segments but these.
    pub(crate) fn retain(&self, segments: &HashSet<SegmentId>) {
        self.columns.retain(|(segment, _), _| segments.contains(segment));
    }

    /// Bytes held.
    pub(crate) fn bytes(&self) -> u64 {
        self.columns.weight()
    }
}

impl fmt::Debug for ColumnCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ColumnCache")
            .field("columns", &self.columns.len())
            .field("bytes", &self.bytes())
            .finish()
    }
}
