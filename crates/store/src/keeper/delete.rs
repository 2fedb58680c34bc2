//! Deletion: what is older than a site keeps it, and what somebody asked to have erased. Both free bytes, and say how
//! many.
//!
//! Erasure first flushes what is live of the sessions, so that all of them is in the lake, and then rewrites the files
//! that have any of it; after that the journal, its write-ahead log and the lake hold no byte of them. Retention drops
//! whole days, and rewrites only those with pinned sessions.

use super::flush::Which;
use super::owners::Owners;
use super::rewrite::{SessionsByDay, one_of};
use super::{KeepError, Keeper, Turn};
use crate::lake::file::LakeFile;
use crate::lake::schema::TableKind;
use crate::lake::table::Doing;
use arrow::array::{AsArray, BooleanArray};
use arrow::compute::not;
use arrow::record_batch::RecordBatch;
use footpath_model::columns::{ReplayColumn, SessionColumn};
use footpath_model::id::{SessionId, SiteId};
use footpath_model::time::Timestamp;
use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

/// How often erasure begins again where data arrives for what it erases.
const TRIES: usize = 5;
/// How long a deletion waits for queries that still read what it deleted, before it leaves the rest for later.
const READERS_WAIT: Duration = Duration::from_secs(10);

/// Whether something is deleted, or only told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Deletion {
    /// Nothing changes.
    DryRun,
    /// It goes.
    ForGood,
}

/// What a deletion deleted, or would.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Deleted {
    /// Sessions.
    pub sessions: usize,
    /// Events.
    pub events: usize,
    /// Replay chunks.
    pub replay_chunks: usize,
    /// Files that go.
    pub files: usize,
    /// Bytes that are free after it: files that go, less those that take their place. Of a dry run, an estimate by the
    /// share of rows.
    pub bytes: u64,
    /// Files that go as soon as the queries that read them end.
    pub files_still_read: usize,
}

impl Deleted {
    /// Both.
    pub(crate) fn and(self, other: Self) -> Self {
        Self {
            sessions: self.sessions + other.sessions,
            events: self.events + other.events,
            replay_chunks: self.replay_chunks + other.replay_chunks,
            files: self.files + other.files,
            bytes: self.bytes + other.bytes,
            files_still_read: self.files_still_read.max(other.files_still_read),
        }
    }
}

impl Keeper {
    /// Erases sessions of a site, live or not, from everywhere.
    pub(crate) async fn erase(
        &self,
        site: &SiteId,
        ids: &HashSet<SessionId>,
        deletion: Deletion,
        now: Timestamp,
    ) -> Result<Deleted, KeepError> {
        let _turning = self.turning.lock().await;
        let texts: HashSet<String> = ids.iter().map(SessionId::to_string).collect();
        if deletion == Deletion::DryRun {
            return self.would_erase(site, ids, &texts).await;
        }
        let mut total = Deleted::default();
        for _ in 0..TRIES {
            let live = self.live_hints_of(site, ids);
            if !live.is_empty() {
                self.flush_in_turn(&Which::These(live), now).await?;
            }
            let mut turn = Turn::default();
            let mut deleted = match self.leave_out_sessions(&mut turn, site, &texts).await {
                Ok(deleted) => deleted,
                Err(error) => {
                    self.lake.discard(&turn.change).await;
                    return Err(error);
                }
            };
            if !turn.change.is_empty() {
                deleted.bytes = freed(&turn);
                self.make(turn, Doing::Delete, now, |_| ()).await?;
            }
            total = Deleted {
                sessions: total.sessions.max(deleted.sessions),
                events: total.events.max(deleted.events),
                replay_chunks: total.replay_chunks.max(deleted.replay_chunks),
                files: total.files + deleted.files,
                bytes: total.bytes + deleted.bytes,
                files_still_read: 0,
            };
            // Data that came before the turn was in force has loaded them from the lake, and would bring them back.
            if !self.live_hints_of(site, ids).is_empty() {
                continue;
            }
            self.forget(Vec::new()).await?;
            self.forget_chunks(Vec::new()).await?;
            self.metadata.unpin_all(site, ids, now).await.map_err(KeepError::Metadata)?;
            self.live.tell_all();
            total.files_still_read = self.bury_all().await;
            return Ok(total);
        }
        Err(KeepError::Busy)
    }

    fn live_hints_of(&self, site: &SiteId, ids: &HashSet<SessionId>) -> HashSet<(SiteId, SessionId)> {
        let state = self.live.read();
        let hints = state.hints().filter(|(of, _, held)| {
            *of == site && held.hinted.sessions().any(|session| ids.contains(&session.id))
        });
        hints.map(|(site, hint, _)| (site.clone(), hint)).collect()
    }

    async fn leave_out_sessions(
        &self,
        turn: &mut Turn,
        site: &SiteId,
        texts: &HashSet<String>,
    ) -> Result<Deleted, KeepError> {
        let owners = self.owners(site, texts).await?;
        let version = Arc::clone(&self.live.read().lake);
        let mut deleted = Deleted::default();
        let mut days = SessionsByDay::new();
        for file in version.sessions_of(site) {
            if !self.may_hold_any(file, SessionColumn::Id.name(), texts).await? {
                continue;
            }
            let ids = texts.clone();
            let goes = move |batch: &RecordBatch| one_of(batch, SessionColumn::Id.name(), &ids);
            let n_gone = self.leave_out(turn, file, goes).await?;
            if n_gone > 0 {
                days.entry(file.day).or_default().extend(texts.iter().cloned());
            }
            deleted.sessions += n_gone;
        }
        deleted.events = self.leave_out_events(turn, site, &days).await?;
        let (hints, owners) = (owners.hints(), Arc::new(owners));
        for file in version.replay_chunks.iter().filter(|file| file.site == *site) {
            if self.may_hold_any(file, ReplayColumn::Hint.name(), &hints).await? {
                let owners = Arc::clone(&owners);
                deleted.replay_chunks += self.leave_out(turn, file, move |batch| owners.own(batch)).await?;
            }
        }
        deleted.files = turn.change.removed.len();
        Ok(deleted)
    }

    async fn would_erase(
        &self,
        site: &SiteId,
        ids: &HashSet<SessionId>,
        texts: &HashSet<String>,
    ) -> Result<Deleted, KeepError> {
        let (mut would, mut live) = (Deleted::default(), HashSet::new());
        let version = {
            let state = self.live.read();
            for held in state.hints().filter(|(of, ..)| *of == site).map(|(.., held)| held) {
                for (session, events) in held.hinted.sessions_with_events() {
                    if ids.contains(&session.id) {
                        live.insert(session.id.to_string());
                        would.sessions += 1;
                        would.events += events.len();
                        // Those in the lake are counted there.
                        would.replay_chunks += held.waiting_chunks.len().min(session.replay.chunks as usize);
                    }
                }
            }
            Arc::clone(&state.lake)
        };
        let owners = self.owners(site, texts).await?;
        let hints = owners.hints();
        for file in version.replay_chunks.iter().filter(|file| file.site == *site) {
            if self.may_hold_any(file, ReplayColumn::Hint.name(), &hints).await? {
                let rows = owners.own(&self.read_columns(file, Owners::COLUMNS).await?).true_count();
                would.replay_chunks += rows;
                would.files += usize::from(rows > 0);
                would.bytes += share(file, rows);
            }
        }
        for table in [TableKind::Events, TableKind::Sessions] {
            let column = table.session_column();
            for file in version.of(table).iter().filter(|file| file.site == *site) {
                if !self.may_hold_any(file, column, texts).await? {
                    continue;
                }
                let ids = self.read_column(file, column).await?;
                let rows = one_of(&ids, column, texts).true_count();
                // What is being amended was counted where it is live.
                let counted = one_of(&ids, column, &live).true_count();
                match table {
                    TableKind::Sessions => would.sessions += rows - counted,
                    TableKind::Events => would.events += rows - counted,
                    TableKind::ReplayChunks => {}
                }
                would.files += usize::from(rows > 0);
                would.bytes += share(file, rows);
            }
        }
        Ok(would)
    }

    /// Deletes a site's data of one kind of some days, but for pinned sessions.
    pub(crate) async fn retain(
        &self,
        site: &SiteId,
        table: TableKind,
        days: Range<i32>,
        deletion: Deletion,
        now: Timestamp,
    ) -> Result<Deleted, KeepError> {
        let _turning = self.turning.lock().await;
        let pinned = self.metadata.pinned(site);
        let pinned: HashSet<String> = pinned.iter().map(SessionId::to_string).collect();
        let owners = self.owners(site, &pinned).await?;
        let version = Arc::clone(&self.live.read().lake);
        let is_old = |file: &&Arc<LakeFile>| file.site == *site && days.contains(&file.day);
        let mut turn = Turn::default();
        let mut deleted = Deleted::default();
        for kind in TableKind::ALL {
            // Without its row nobody finds what belongs to a session: it goes with it.
            if table != TableKind::Sessions && kind != table {
                continue;
            }
            for file in version.of(kind).iter().filter(is_old) {
                let keeps = match kind {
                    TableKind::Sessions | TableKind::Events => {
                        let column = kind.session_column();
                        one_of(&self.read_column(file, column).await?, column, &pinned)
                    }
                    TableKind::ReplayChunks => owners.own(&self.read_columns(file, Owners::COLUMNS).await?),
                };
                let rows = file.rows - keeps.true_count();
                if rows == 0 {
                    continue;
                }
                match kind {
                    TableKind::Sessions => deleted.sessions += rows,
                    TableKind::Events => deleted.events += rows,
                    TableKind::ReplayChunks => deleted.replay_chunks += rows,
                }
                deleted.files += 1;
                deleted.bytes += share(file, rows);
                if deletion == Deletion::ForGood && rows == file.rows {
                    turn.remove(file);
                } else if deletion == Deletion::ForGood {
                    let all_but = move |_: &RecordBatch| not(&keeps).unwrap_or_else(|_| none_of(&keeps));
                    if let Err(error) = self.leave_out(&mut turn, file, all_but).await {
                        self.lake.discard(&turn.change).await;
                        return Err(error);
                    }
                }
            }
        }
        drop(version);
        if deletion == Deletion::ForGood && !turn.change.is_empty() {
            deleted.bytes = freed(&turn);
            self.make(turn, Doing::Delete, now, |_| ()).await?;
            self.live.tell_all();
            deleted.files_still_read = self.bury_all().await;
        }
        Ok(deleted)
    }

    /// Ids of a site's sessions of a user, live or not.
    pub(crate) async fn sessions_of_user(
        &self,
        site: &SiteId,
        user: &str,
    ) -> Result<HashSet<SessionId>, KeepError> {
        let (mut ids, version) = {
            let state = self.live.read();
            let is_of = |session: &&footpath_model::session::Session| {
                session.site == *site && session.user.as_ref().is_some_and(|known| known.id == user)
            };
            let live = state.hints().flat_map(|(.., held)| held.hinted.sessions()).filter(is_of);
            (live.map(|session| session.id).collect::<HashSet<_>>(), Arc::clone(&state.lake))
        };
        for file in version.sessions_of(site) {
            let users = self.read_column(file, SessionColumn::User.name()).await?;
            let users = users.column(0).as_string::<i32>().clone();
            if !users.iter().any(|known| known == Some(user)) {
                continue;
            }
            let found = self.read_column(file, SessionColumn::Id.name()).await?;
            let found = found.column(0).as_string::<i32>();
            let of_user = found.iter().zip(users.iter()).filter(|(_, known)| *known == Some(user));
            ids.extend(of_user.filter_map(|(id, _)| id?.parse::<SessionId>().ok()));
        }
        Ok(ids)
    }

    /// Deletes replaced files, waiting a moment for those that read them. Returns how many are still read.
    async fn bury_all(&self) -> usize {
        let waiting = async {
            loop {
                self.lake.bury().await;
                if self.lake.n_unburied() == 0 {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        let _timed_out = tokio::time::timeout(READERS_WAIT, waiting).await;
        self.lake.n_unburied()
    }
}

fn freed(turn: &Turn) -> u64 {
    let size = |files: &[Arc<LakeFile>]| files.iter().map(|file| file.bytes).sum::<u64>();
    size(&turn.change.removed).saturating_sub(size(&turn.change.added))
}

fn share(file: &LakeFile, rows: usize) -> u64 {
    let rows = rows as u128 * u128::from(file.bytes) / (file.rows.max(1) as u128);
    u64::try_from(rows).unwrap_or(u64::MAX)
}

fn none_of(mask: &BooleanArray) -> BooleanArray {
    BooleanArray::from(vec![false; mask.len()])
}
