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

impl Fold {
    pub(crate) async fn take_in(&self, batches: &[Committed]) -> TakenIn {
        if batches.is_empty() {
            return TakenIn::default();
        }
        let _folding = self.folding.lock().await;
        let mut damaged = Vec::new();
        let (mut stored, mut closed) = (HashMap::new(), HashMap::new());
        for (key, found) in self.found(self.live.unknown(batches), &mut damaged).await {
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
