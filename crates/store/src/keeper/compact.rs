//! Compaction: the many small files of a day become few, sorted anew. The rows are the same.

use super::rewrite::unreadable;
use super::{KeepError, Keeper, Moved, Turn};
use crate::lake::file::LakeFile;
use crate::lake::schema::TableKind;
use crate::lake::table::Doing;
use crate::lake::writing::{NewRows, ROWS_AT_ONCE};
use crate::live::State;
use arrow::array::{Array, UInt32Array};
use arrow::compute::{SortColumn, concat, interleave_record_batch, lexsort_to_indices};
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;
use footpath_model::columns::{EventColumn, SessionColumn};
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

/// Rows and bytes of a file at most: what is merged is held decoded, which is some ten times as much as in the file.
const ROWS_AT_MOST: usize = 128 * 1024;
const BYTES_AT_MOST: u64 = 8 * 1024 * 1024;

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
        let size = |files: &[Arc<LakeFile>]| files.iter().map(|file| file.bytes).sum();
        let compacted = Compacted {
            files_before: files.len(),
            files_after: turn.change.added.len(),
            bytes_before: size(&files),
            bytes_after: size(&turn.change.added),
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
            let small =
                |file: &&Arc<LakeFile>| file.rows < ROWS_AT_MOST / 2 && file.bytes < BYTES_AT_MOST / 2;
            for file in version.of(table).iter().filter(small) {
                days.entry((&file.site, file.day)).or_default().push(file);
            }
            let ((_, _), mut files) = days.into_iter().find(|((_, day), files)| {
                let closed = i64::from(*day) < open_since;
                files.len() >= if closed { 2 } else { FILES_OF_A_DAY }
            })?;
            files.sort_by_key(|file| file.rows);
            let (mut rows, mut bytes) = (0, 0);
            let fits = |file: &&&Arc<LakeFile>| {
                rows += file.rows;
                bytes += file.bytes;
                rows <= ROWS_AT_MOST && bytes <= BYTES_AT_MOST
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
        let order = order(first.table, &batches).map_err(failed)?;
        let replaces = files.iter().map(|file| file.path.clone()).collect();
        let partition = (first.site.clone(), first.day);
        let rows = in_order(batches, &order);
        let written = self.lake.write(first.table, partition, rows, replaces).await?;
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

/// The places of all batches' rows, one batch after the other, in the order in which they are to be: sessions by their
/// start; events by session, and in order of time.
fn order(table: TableKind, batches: &[RecordBatch]) -> Result<UInt32Array, ArrowError> {
    let columns: &[&str] = match table {
        TableKind::Sessions => &[SessionColumn::Start.name(), SessionColumn::Id.name()],
        TableKind::Events => &[
            EventColumn::Session.name(),
            EventColumn::At.name(),
            EventColumn::Tab.name(),
            EventColumn::Seq.name(),
        ],
    };
    let of_all = |name: &&str| {
        let parts = batches.iter().filter_map(|batch| batch.column_by_name(name));
        let parts: Vec<&dyn Array> = parts.map(AsRef::as_ref).collect();
        Ok(SortColumn { values: concat(&parts)?, options: None })
    };
    let columns: Vec<SortColumn> = columns.iter().map(of_all).collect::<Result<_, ArrowError>>()?;
    lexsort_to_indices(&columns, None)
}

/// All batches' rows in an order.
fn in_order(batches: Vec<RecordBatch>, order: &UInt32Array) -> NewRows {
    let places = batches.iter().enumerate();
    let places = places.flat_map(|(batch, rows)| (0..rows.num_rows()).map(move |row| (batch, row)));
    let places: Vec<(usize, usize)> = places.collect();
    let places: Vec<(usize, usize)> = order.values().iter().map(|place| places[*place as usize]).collect();
    let n_rows = places.len();
    let some = move |from: usize| {
        let batches: Vec<&RecordBatch> = batches.iter().collect();
        interleave_record_batch(&batches, &places[from..places.len().min(from + ROWS_AT_ONCE)])
    };
    NewRows { n_rows, batches: Box::new((0..n_rows).step_by(ROWS_AT_ONCE).map(some)) }
}
