//! Compaction: the many small files of a day become few, sorted anew. The rows are the same.

use super::rewrite::unreadable;
use super::{KeepError, Keeper, Moved, Turn};
use crate::lake::file::LakeFile;
use crate::lake::schema::TableKind;
use crate::lake::table::Doing;
use crate::live::State;
use arrow::array::{ArrayRef, UInt32Array};
use arrow::compute::{SortColumn, concat_batches, lexsort_to_indices, take_record_batch};
use arrow::record_batch::RecordBatch;
use footpath_model::columns::{EventColumn, ReplayColumn, SessionColumn};
use footpath_model::id::SiteId;
use footpath_model::time::{DAY, Timestamp};
use std::collections::BTreeMap;
use std::sync::Arc;

/// So many small files of a day are enough to make one of them.
const FILES_OF_A_DAY: usize = 8;

/// What a compaction did.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Compacted {
    /// Files that were replaced.
    pub files_before: usize,
    /// Files that took their place.
    pub files_after: usize,
    /// Size of the former, bytes.
    pub bytes_before: u64,
    /// Size of the latter, bytes.
    pub bytes_after: u64,
}

/// How much of a file there may be at most: what is sorted at once must fit in memory. Of sessions and events that is
/// a number of rows, of replay chunks the file's size in bytes, which inflate to some twenty times as many.
const fn at_most(table: TableKind) -> usize {
    match table {
        TableKind::Sessions | TableKind::Events => 128 * 1024,
        TableKind::ReplayChunks => 4 * 1024 * 1024,
    }
}

fn size(file: &LakeFile) -> usize {
    match file.table {
        TableKind::Sessions | TableKind::Events => file.rows,
        TableKind::ReplayChunks => usize::try_from(file.bytes).unwrap_or(usize::MAX),
    }
}

impl Keeper {
    /// Runs one turn of compaction: of the first day that needs it. Nothing where none does.
    pub(crate) async fn compact(&self, now: Timestamp) -> Result<Option<Compacted>, KeepError> {
        let _turning = self.turning.lock().await;
        let Some(files) = self.files_to_compact(now) else {
            return Ok(None);
        };
        let mut turn = Turn::default();
        if let Err(error) = self.merge(&mut turn, &files).await {
            self.lake.discard(&turn.change).await;
            return Err(error);
        }
        let bytes = |files: &[Arc<LakeFile>]| files.iter().map(|file| file.bytes).sum();
        let compacted = Compacted {
            files_before: files.len(),
            files_after: turn.change.added.len(),
            bytes_before: bytes(&files),
            bytes_after: bytes(&turn.change.added),
        };
        drop(files);
        self.make(turn, Doing::Compact, now, |_: &mut State| ()).await?;
        self.lake.bury().await;
        Ok(Some(compacted))
    }

    fn files_to_compact(&self, now: Timestamp) -> Option<Vec<Arc<LakeFile>>> {
        let version = Arc::clone(&self.live.read().lake);
        // A day gets new rows while it lasts, and for some hours after it.
        let open_since = now.plus(-DAY - DAY / 4).0.div_euclid(DAY);
        TableKind::ALL.into_iter().find_map(|table| {
            let mut days: BTreeMap<(&SiteId, i32), Vec<&Arc<LakeFile>>> = BTreeMap::new();
            let small = |file: &&Arc<LakeFile>| size(file) < at_most(table) / 2;
            for file in version.of(table).iter().filter(small) {
                days.entry((&file.site, file.day)).or_default().push(file);
            }
            let ((_, _), mut files) = days.into_iter().find(|((_, day), files)| {
                let closed = i64::from(*day) < open_since;
                files.len() >= if closed { 2 } else { FILES_OF_A_DAY }
            })?;
            files.sort_by_key(|file| size(file));
            let mut sum = 0;
            let fits = |file: &&&Arc<LakeFile>| {
                sum += size(file);
                sum <= at_most(table)
            };
            let chosen: Vec<Arc<LakeFile>> =
                files.iter().take_while(fits).map(|file| Arc::clone(file)).collect();
            (chosen.len() >= 2).then_some(chosen)
        })
    }

    async fn merge(&self, turn: &mut Turn, files: &[Arc<LakeFile>]) -> Result<(), KeepError> {
        let Some(first) = files.first() else { return Ok(()) };
        let failed = |error| unreadable(first, error);
        let mut batches = Vec::with_capacity(files.len());
        for file in files {
            batches.push(self.read_all(file).await?);
        }
        let all = concat_batches(&first.table.file_schema(), &batches).map_err(failed)?;
        drop(batches);
        let order = order(first.table, &all).map_err(failed)?;
        let sorted = take_record_batch(&all, &order).map_err(failed)?;
        drop(all);
        let replaces = files.iter().map(|file| file.path.clone()).collect();
        let written = self.lake.write(first.table, (first.site.clone(), first.day), sorted, replaces).await?;
        if first.table == TableKind::Sessions {
            let mut moved: Vec<Option<Moved>> = vec![None; order.len()];
            for (row, was) in (0u32..).zip(order.values()) {
                moved[*was as usize] = Some((Arc::clone(&written), row));
            }
            let mut moved = moved.into_iter();
            for file in files {
                turn.moves.0.insert(file.id, moved.by_ref().take(file.rows).collect());
            }
        }
        turn.change.added.push(written);
        turn.change.removed.extend(files.iter().cloned());
        Ok(())
    }
}

/// Sessions in order of their start; events by session, and in order of time; chunks by session, and as they follow.
fn order(table: TableKind, batch: &RecordBatch) -> Result<UInt32Array, arrow::error::ArrowError> {
    let columns: &[&str] = match table {
        TableKind::Sessions => &[SessionColumn::Start.name(), SessionColumn::Id.name()],
        TableKind::Events => &[
            EventColumn::Session.name(),
            EventColumn::At.name(),
            EventColumn::Tab.name(),
            EventColumn::Seq.name(),
        ],
        TableKind::ReplayChunks => {
            &[ReplayColumn::Hint.name(), ReplayColumn::Tab.name(), ReplayColumn::Index.name()]
        }
    };
    let values: Vec<ArrayRef> =
        columns.iter().filter_map(|column| batch.column_by_name(column).cloned()).collect();
    let columns: Vec<SortColumn> =
        values.into_iter().map(|values| SortColumn { values, options: None }).collect();
    lexsort_to_indices(&columns, None)
}
