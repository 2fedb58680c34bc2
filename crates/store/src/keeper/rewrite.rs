//! Files rewritten without some of their rows.

use super::{KeepError, Keeper, Turn};
use crate::lake::file::{FileError, LakeFile};
use crate::lake::schema::TableKind;
use arrow::array::{AsArray, BooleanArray};
use arrow::compute::filter_record_batch;
use arrow::record_batch::RecordBatch;
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

/// Days and ids of sessions whose events are to be left out.
pub(super) type SessionsByDay = BTreeMap<i32, HashSet<String>>;

impl Keeper {
    /// Adds to a turn: a file without some rows. Nothing where all its rows stay. Returns how many go.
    pub(super) async fn leave_out(
        &self,
        turn: &mut Turn,
        file: &Arc<LakeFile>,
        goes: impl FnOnce(&RecordBatch) -> BooleanArray + Send + 'static,
    ) -> Result<usize, KeepError> {
        let batch = self.read_all(file).await?;
        let goes = goes(&batch);
        let n_going = goes.true_count();
        if n_going == 0 {
            return Ok(0);
        }
        let stays = arrow::compute::not(&goes).map_err(|error| unreadable(file, error))?;
        let rest = filter_record_batch(&batch, &stays).map_err(|error| unreadable(file, error))?;
        turn.change.removed.push(Arc::clone(file));
        let rewritten = if rest.num_rows() == 0 {
            None
        } else {
            let partition = (file.site.clone(), file.day);
            let written =
                self.lake.write(file.table, partition, rest.into(), vec![file.path.clone()]).await?;
            turn.change.added.push(Arc::clone(&written));
            Some(written)
        };
        if file.table == TableKind::Sessions {
            let mut next = 0;
            let moved = stays.iter().map(|stays| {
                let written = rewritten.as_ref().filter(|_| stays == Some(true))?;
                next += 1;
                Some((Arc::clone(written), next - 1))
            });
            turn.moves.0.insert(file.id, moved.collect());
        }
        Ok(n_going)
    }

    pub(super) async fn read_all(&self, file: &Arc<LakeFile>) -> Result<RecordBatch, KeepError> {
        let (file, storage) = (Arc::clone(file), self.lake.storage().clone());
        let read = tokio::task::spawn_blocking(move || file.read_all(&storage)).await;
        Ok(read.map_err(|error| FileError::of("a file".to_owned(), error))??)
    }

    pub(super) async fn read_column(
        &self,
        file: &Arc<LakeFile>,
        column: &'static str,
    ) -> Result<RecordBatch, KeepError> {
        let (file, storage) = (Arc::clone(file), self.lake.storage().clone());
        let read = tokio::task::spawn_blocking(move || file.read(&storage, &[column])).await;
        Ok(read.map_err(|error| FileError::of("a file".to_owned(), error))??)
    }

    /// Whether any of the ids may be in a file, as its bloom filters say: no is certain.
    pub(super) async fn may_hold_any(
        &self,
        file: &Arc<LakeFile>,
        column: &'static str,
        ids: &HashSet<String>,
    ) -> Result<bool, KeepError> {
        let (file, storage, ids) = (Arc::clone(file), self.lake.storage().clone(), ids.clone());
        let checked = tokio::task::spawn_blocking(move || {
            for id in &ids {
                if file.may_hold(&storage, column, id)? {
                    return Ok(true);
                }
            }
            Ok::<_, FileError>(false)
        });
        Ok(checked.await.map_err(|error| FileError::of("a file".to_owned(), error))??)
    }
}

/// Which rows have one of these texts in a column.
pub(super) fn one_of(batch: &RecordBatch, column: &str, texts: &HashSet<String>) -> BooleanArray {
    match batch.column_by_name(column) {
        Some(values) => values
            .as_string::<i32>()
            .iter()
            .map(|text| Some(text.is_some_and(|text| texts.contains(text))))
            .collect(),
        None => BooleanArray::from(vec![false; batch.num_rows()]),
    }
}

pub(super) fn unreadable(
    file: &LakeFile,
    error: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> KeepError {
    KeepError::File(FileError::of(file.object().to_string(), error))
}
