//! A snapshot of the store as analyses read it, as in the server (`crates/server/src/query.rs`).

use arrow::record_batch::RecordBatch;
use footpath_analyze::{Segment, SegmentId, Source, SourceError};
use footpath_model::columns::SessionColumn;
use footpath_store::{FileError, Snapshot};
use std::sync::Arc;

pub(super) struct SnapshotSource {
    pub(super) snapshot: Snapshot,
    segments: Vec<Segment>,
}

impl SnapshotSource {
    pub(super) fn new(snapshot: Snapshot) -> Self {
        let segments = snapshot.segments().iter().map(|segment| Segment {
            id: segment.id.map(SegmentId),
            rows: segment.rows,
            starts: segment.starts.clone(),
            hidden: Arc::clone(&segment.hidden),
        });
        let segments = segments.collect();
        Self { snapshot, segments }
    }
}

impl Source for SnapshotSource {
    fn segments(&self) -> &[Segment] {
        &self.segments
    }

    fn load(&self, segment: usize, columns: &[SessionColumn]) -> Result<RecordBatch, SourceError> {
        self.snapshot.load(segment, columns).map_err(|error| failed(segment, error))
    }

    fn load_rows(
        &self,
        segment: usize,
        columns: &[SessionColumn],
        rows: &[u32],
    ) -> Result<RecordBatch, SourceError> {
        self.snapshot.load_rows(segment, columns, rows).map_err(|error| failed(segment, error))
    }
}

fn failed(segment: usize, error: FileError) -> SourceError {
    SourceError { segment, source: Box::new(error) }
}
