//! Whose replay chunks are: a row of `replay_chunks` names its hint and its time, and the hint's sessions say the rest.

use super::rewrite::unreadable;
use super::{KeepError, Keeper};
use crate::lake::file::{FileError, LakeFile};
use arrow::array::{Array, AsArray, BooleanArray};
use arrow::datatypes::TimestampMicrosecondType;
use arrow::record_batch::RecordBatch;
use footpath_model::columns::{ReplayColumn, SessionColumn};
use footpath_model::id::SiteId;
use footpath_model::replay::owner;
use footpath_model::time::Timestamp;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// The sessions of some hints, as far as chunks must be told apart by them.
#[derive(Debug, Default)]
pub(super) struct Owners {
    /// Of each hint: when each of its sessions starts, ascending, and whether it is one of those asked for.
    hints: HashMap<String, (Vec<Timestamp>, Vec<bool>)>,
}

impl Owners {
    /// The columns that [`Self::own`] reads.
    pub(super) const COLUMNS: &'static [&'static str] =
        &[ReplayColumn::Hint.name(), ReplayColumn::First.name()];

    /// The hints.
    pub(super) fn hints(&self) -> HashSet<String> {
        self.hints.keys().cloned().collect()
    }

    /// Which rows belong to a session that was asked for.
    pub(super) fn own(&self, batch: &RecordBatch) -> BooleanArray {
        let hints = batch.column_by_name(ReplayColumn::Hint.name()).and_then(|of| of.as_string_opt::<i32>());
        let times = batch
            .column_by_name(ReplayColumn::First.name())
            .and_then(|of| of.as_primitive_opt::<TimestampMicrosecondType>());
        let (Some(hints), Some(times)) = (hints, times) else {
            return BooleanArray::from(vec![false; batch.num_rows()]);
        };
        let is_owned = |row: usize| {
            let (starts, asked) = self.hints.get(hints.value(row))?;
            asked.get(owner(starts, at(times.value(row)))).copied()
        };
        (0..hints.len()).map(|row| Some(is_owned(row).unwrap_or(false))).collect()
    }
}

fn at(micros: i64) -> Timestamp {
    Timestamp(micros.div_euclid(1000))
}

impl Keeper {
    /// The sessions of a site's lake that share a hint with some of these.
    pub(super) async fn owners(&self, site: &SiteId, ids: &HashSet<String>) -> Result<Owners, KeepError> {
        let version = Arc::clone(&self.live.read().lake);
        let mut owners = Owners::default();
        if ids.is_empty() || version.replay_chunks.iter().all(|file| file.site != *site) {
            return Ok(owners);
        }
        const COLUMNS: &[&str] =
            &[SessionColumn::Id.name(), SessionColumn::Hint.name(), SessionColumn::Start.name()];
        let mut hints = HashSet::new();
        for file in version.sessions_of(site) {
            if self.may_hold_any(file, SessionColumn::Id.name(), ids).await? {
                let rows = sessions(file, &self.read_columns(file, COLUMNS).await?)?;
                hints.extend(rows.into_iter().filter(|(id, ..)| ids.contains(id)).map(|(_, hint, _)| hint));
            }
        }
        let mut found: HashMap<String, Vec<(Timestamp, bool)>> = HashMap::new();
        for file in version.sessions_of(site) {
            if self.may_hold_any(file, SessionColumn::Hint.name(), &hints).await? {
                for (id, hint, start) in sessions(file, &self.read_columns(file, COLUMNS).await?)? {
                    if hints.contains(&hint) {
                        found.entry(hint).or_default().push((start, ids.contains(&id)));
                    }
                }
            }
        }
        for (hint, mut sessions) in found {
            sessions.sort_unstable();
            owners.hints.insert(hint, sessions.into_iter().unzip());
        }
        Ok(owners)
    }
}

fn sessions(file: &LakeFile, batch: &RecordBatch) -> Result<Vec<(String, String, Timestamp)>, KeepError> {
    let missing = || KeepError::File(FileError::of(file.object().to_string(), "a column is missing"));
    let text = |column: SessionColumn| {
        batch.column_by_name(column.name()).and_then(|column| column.as_string_opt::<i32>())
    };
    let starts = batch
        .column_by_name(SessionColumn::Start.name())
        .ok_or_else(missing)?
        .as_primitive_opt::<TimestampMicrosecondType>()
        .ok_or_else(|| unreadable(file, "its starts are no instants"))?;
    let (ids, hints) =
        (text(SessionColumn::Id).ok_or_else(missing)?, text(SessionColumn::Hint).ok_or_else(missing)?);
    Ok((0..batch.num_rows())
        .map(|row| (ids.value(row).to_owned(), hints.value(row).to_owned(), at(starts.value(row))))
        .collect())
}
