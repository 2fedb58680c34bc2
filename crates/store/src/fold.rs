//! How committed batches are taken in: what the lake has of their sessions is loaded first, so that late data and the
//! events before it are folded as one.
//!
//! Where not all of a session's events can be loaded, later ones are left out and counted: folded alone they would make
//! a second row of it.

use crate::journal::Position;
use crate::lake::file::FileError;
use crate::lake::{Found, Lake};
use crate::live::{Committed, HintKey, LiveSet};
use crate::metadata::Metadata;
use crate::replay_journal::CommittedChunk;
use footpath_model::id::SiteId;
use footpath_model::sessionize::Folded;
use footpath_model::site::SessionRules;
use footpath_model::time::Timestamp;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::Mutex;

/// Takes committed batches in.
#[derive(Clone)]
pub(crate) struct Fold {
    pub live: Arc<LiveSet>,
    pub lake: Arc<Lake>,
    pub metadata: Arc<Metadata>,
    pub folding: Arc<Mutex<()>>,
    pub clock: fn() -> Timestamp,
    /// Events that were left out, since the session they belong to has lost earlier ones.
    pub late: Arc<AtomicU64>,
    /// Where such batches are in the journal, until it forgets them.
    pub of_no_use: Arc<std::sync::Mutex<Vec<Position>>>,
    /// The same of replay chunks, which are in the lake already or belong to nothing any more.
    pub chunks_of_no_use: Arc<std::sync::Mutex<Vec<Position>>>,
    /// How many chunks that were, of each kind.
    pub chunk_counts: Arc<ChunkCounts>,
}

/// What became of committed batches.
#[derive(Default)]
pub(crate) struct TakenIn {
    pub folded: Folded,
    /// Files that were met and must be left out of the lake.
    pub damaged: Vec<FileError>,
}

/// Why a hint takes in no more.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Closed {
    /// Its events are deleted, or damaged.
    ForGood,
    /// Its files cannot be read now. Its batches stay in the journal, and are folded at the next start.
    UntilRestart,
}

/// Why a hint takes in no chunk.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum ClosedTo {
    /// The lake has them all.
    Already,
    /// What they belong to is deleted.
    Expired,
    /// Its files cannot be read now.
    Now,
}

/// Replay chunks that were durable and of no use, since the process started.
#[derive(Debug, Default)]
pub(crate) struct ChunkCounts {
    /// The lake had them already.
    pub duplicate: AtomicU64,
    /// What they belong to is deleted.
    pub expired: AtomicU64,
    /// No session came that they could belong to.
    pub without_session: AtomicU64,
}

impl Fold {
    pub(crate) async fn take_in(&self, batches: &[Committed]) -> TakenIn {
        if batches.is_empty() {
            return TakenIn::default();
        }
        let _folding = self.folding.lock().await;
        let mut damaged = Vec::new();
        let (mut stored, mut closed) = (HashMap::new(), HashMap::new());
        for (key, found) in
            self.found(self.live.unknown(batches.iter().map(Committed::key)), &mut damaged).await
        {
            match found {
                Some(Found::Nothing) => {}
                Some(Found::Whole(whole)) => {
                    stored.insert(key, whole);
                }
                Some(Found::WithoutEvents) => {
                    closed.insert(key, Closed::ForGood);
                }
                None => {
                    closed.insert(key, Closed::UntilRestart);
                }
            }
        }
        let rules = |site: &SiteId| rules_of(&self.metadata, site);
        if closed.is_empty() {
            return TakenIn { folded: self.live.fold(batches, stored, (self.clock)(), rules), damaged };
        }
        let (late, batches): (Vec<Committed>, Vec<Committed>) =
            batches.iter().cloned().partition(|committed| closed.contains_key(&committed.key()));
        self.leave_out(&late, &closed);
        TakenIn { folded: self.live.fold(&batches, stored, (self.clock)(), rules), damaged }
    }

    /// Takes replay chunks in. A hint that the lake has is loaded, so that its sessions are amended.
    pub(crate) async fn take_in_chunks(&self, chunks: &[CommittedChunk]) -> Vec<FileError> {
        if chunks.is_empty() {
            return Vec::new();
        }
        let _folding = self.folding.lock().await;
        let key = |committed: &CommittedChunk| (committed.chunk.site.clone(), committed.chunk.hint);
        let mut damaged = Vec::new();
        let (mut stored, mut closed) = (HashMap::new(), HashMap::new());
        for (hint, found) in self.found(self.live.unknown(chunks.iter().map(key)), &mut damaged).await {
            match found {
                Some(Found::Nothing) => {}
                // As after a crash between the two steps of a flush: all of them are there, and nothing is amended.
                Some(Found::Whole(whole))
                    if chunks
                        .iter()
                        .filter(|chunk| key(chunk) == hint)
                        .all(|chunk| whole.hinted.chunks().contains_key(&chunk.chunk.key())) =>
                {
                    closed.insert(hint, ClosedTo::Already);
                }
                Some(Found::Whole(whole)) => {
                    stored.insert(hint, whole);
                }
                Some(Found::WithoutEvents) => {
                    closed.insert(hint, ClosedTo::Expired);
                }
                None => {
                    closed.insert(hint, ClosedTo::Now);
                }
            }
        }
        let mut of_no_use = Vec::new();
        let mut rest = Vec::with_capacity(chunks.len());
        for chunk in chunks {
            match closed.get(&key(chunk)) {
                None => rest.push(chunk.clone()),
                // They stay in replay.db, and are taken in at the next start.
                Some(ClosedTo::Now) => {}
                Some(ClosedTo::Already) => {
                    self.chunk_counts.duplicate.fetch_add(1, Ordering::Relaxed);
                    of_no_use.push(chunk.position);
                }
                Some(ClosedTo::Expired) => {
                    self.chunk_counts.expired.fetch_add(1, Ordering::Relaxed);
                    of_no_use.push(chunk.position);
                }
            }
        }
        let rules = |site: &SiteId| rules_of(&self.metadata, site);
        let duplicates = self.live.fold_chunks(&rest, stored, (self.clock)(), rules);
        self.chunk_counts.duplicate.fetch_add(duplicates.len() as u64, Ordering::Relaxed);
        of_no_use.extend(duplicates);
        self.chunks_of_no_use.lock().expect("no holder of this lock panics").extend(of_no_use);
        damaged
    }

    fn leave_out(&self, late: &[Committed], closed: &HashMap<HintKey, Closed>) {
        let n_late: usize = late.iter().map(|committed| committed.batch.events.len()).sum();
        tracing::warn!(
            events = n_late,
            "late events were left out: what they belong to is deleted or cannot be read"
        );
        let for_good = |committed: &&Committed| closed.get(&committed.key()) == Some(&Closed::ForGood);
        let positions = late.iter().filter(for_good).map(|committed| committed.position);
        self.of_no_use.lock().expect("no holder of this lock panics").extend(positions);
        self.late.fetch_add(n_late as u64, Ordering::Relaxed);
    }

    /// What the lake has of hints that are not live; nothing is said of those that cannot be read now.
    async fn found(
        &self,
        unknown: Vec<HintKey>,
        damaged: &mut Vec<FileError>,
    ) -> Vec<(HintKey, Option<Found>)> {
        let version = Arc::clone(&self.live.read().lake);
        if unknown.is_empty() || version.sessions.is_empty() {
            return Vec::new();
        }
        let (lake, metadata, keys) = (Arc::clone(&self.lake), Arc::clone(&self.metadata), unknown.clone());
        let loading = tokio::task::spawn_blocking(move || {
            let mut damaged = Vec::new();
            let mut load = |key: HintKey| {
                let rules = rules_of(&metadata, &key.0);
                let found = lake.load(&version, &key, rules, &mut damaged).map_err(|error| {
                    tracing::error!(%error, hint = %key.1, "what the lake has of a session cannot be read now");
                });
                (key, found.ok())
            };
            let found: Vec<_> = keys.into_iter().map(&mut load).collect();
            (found, damaged)
        });
        match loading.await {
            Ok((found, met)) => {
                damaged.extend(met);
                found
            }
            Err(error) => {
                tracing::error!(%error, "what the lake has of some sessions cannot be read now");
                unknown.into_iter().map(|key| (key, None)).collect()
            }
        }
    }
}

/// A site that was deleted meanwhile folds by the default rules.
fn rules_of(metadata: &Metadata, site: &SiteId) -> SessionRules {
    metadata.site(site).map_or_else(SessionRules::default, |site| site.session_rules)
}
