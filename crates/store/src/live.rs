//! The live set: the sessions that are not yet in the lake, or that are being amended, in memory and queryable as soon
//! as they are folded.
//!
//! One task folds committed batches, in order; queries read under a shared lock and get whole rows. What the lake holds
//! is under the same lock, so that a session which moves from the one to the other is in every answer exactly once. A
//! client's session that is here *shadows* its rows in the lake: all of its events are here, and those rows are left
//! out of answers until they are rewritten. A site's rows can only be reached through [`crate::SiteSessions`].

use crate::journal::Position;
use crate::lake::{LakeVersion, Rows, Stored};
use footpath_model::batch::Batch;
use footpath_model::id::{SessionId, SiteId};
use footpath_model::session::{Session, SessionStatus};
use footpath_model::sessionize::{Folded, HintedSession, PlacedEvent};
use footpath_model::site::SessionRules;
use footpath_model::time::Timestamp;
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::sync::{Arc, RwLock, RwLockReadGuard, RwLockWriteGuard};
use tokio::sync::watch;

/// Changes kept for followers; one that has fallen further behind reads its list again.
const CHANGES_KEPT: usize = 4096;
/// What an event takes in memory beyond its text, and a batch with its share of a session's row, bytes: measured, by what
/// a process takes that holds a journal of a gigabyte.
const EVENT_OVERHEAD: usize = 300;
const BATCH_OVERHEAD: usize = 1500;

/// A session's place in the order of lists: newest start first, id as the tie-break.
pub type SessionKey = (Timestamp, SessionId);
/// A site's client session: what is folded, flushed and loaded as one.
pub(crate) type HintKey = (SiteId, SessionId);

/// A batch that the journal has committed.
#[derive(Clone, Debug)]
pub(crate) struct Committed {
    pub position: Position,
    /// Size of its text in the journal.
    pub bytes: usize,
    pub batch: Arc<Batch>,
}

impl Committed {
    pub(crate) fn key(&self) -> HintKey {
        (self.batch.site.clone(), self.batch.hint.id)
    }

    fn memory(&self) -> usize {
        self.bytes + BATCH_OVERHEAD + self.batch.events.len() * EVENT_OVERHEAD
    }
}

/// All that answers are made of: live sessions, and the lake.
#[derive(Debug)]
pub(crate) struct LiveSet {
    state: RwLock<State>,
    version: watch::Sender<u64>,
}

#[derive(Debug)]
pub(crate) struct State {
    sites: HashMap<SiteId, SiteLive>,
    pub lake: Arc<LakeVersion>,
    /// A guess at what the live sessions take in memory.
    pub bytes: usize,
}

#[derive(Debug, Default)]
pub(crate) struct SiteLive {
    by_hint: HashMap<SessionId, LiveHint>,
    /// Every session with the hint that holds it, and its place among that hint's.
    by_start: BTreeMap<SessionKey, (SessionId, usize)>,
    /// Hints of the sessions that the server split off.
    hint_of: HashMap<SessionId, SessionId>,
    changes: VecDeque<(u64, SessionId)>,
    /// The newest change that is no longer in `changes`.
    forgotten: u64,
}

/// All events under one client session id, with where they also are.
#[derive(Debug)]
pub(crate) struct LiveHint {
    pub hinted: HintedSession,
    /// Where its batches are in the journal; those that the lake has are not among them.
    pub positions: Vec<Position>,
    /// Its rows in the lake's `sessions`, which it shadows.
    pub shadowed: Vec<Rows>,
    /// The version of the last change.
    pub version: u64,
    /// The server's clock at the last change.
    pub changed_at: Timestamp,
    pub bytes: usize,
}

impl LiveHint {
    fn new(hinted: HintedSession, shadowed: Vec<Rows>) -> Self {
        let (positions, changed_at) = (Vec::new(), Timestamp::default());
        Self { hinted, positions, shadowed, version: 0, changed_at, bytes: 0 }
    }

    /// Whether all of its sessions are over.
    pub(crate) fn is_settled(&self, now: Timestamp, rules: SessionRules) -> bool {
        self.hinted.sessions().all(|session| session.status(now, rules) == SessionStatus::Settled)
    }
}

impl LiveSet {
    pub(crate) fn new(lake: LakeVersion) -> Self {
        let state = State { sites: HashMap::new(), lake: Arc::new(lake), bytes: 0 };
        Self { state: RwLock::new(state), version: watch::Sender::new(0) }
    }

    pub(crate) fn read(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().expect("no holder of this lock panics")
    }

    fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().expect("no holder of this lock panics")
    }

    /// Folds batches in, each with its site's rules. Of hints that are not here, `stored` has what the lake knows.
    pub(crate) fn fold(
        &self,
        batches: &[Committed],
        mut stored: HashMap<HintKey, Stored>,
        now: Timestamp,
        rules_of: impl Fn(&SiteId) -> SessionRules,
    ) -> Folded {
        let version = *self.version.borrow() + 1;
        let mut total = Folded::default();
        {
            let mut state = self.write();
            let State { sites, bytes, .. } = &mut *state;
            for committed in batches {
                let batch = &committed.batch;
                if !sites.contains_key(&batch.site) {
                    sites.insert(batch.site.clone(), SiteLive::default());
                }
                let Some(site) = sites.get_mut(&batch.site) else { continue };
                if let Some(stored) = stored.remove(&committed.key()) {
                    site.insert(batch.hint.id, LiveHint::new(stored.hinted, stored.rows));
                }
                let folded = site.fold(committed, || rules_of(&batch.site), version, now);
                *bytes += committed.memory();
                total.accepted += folded.accepted;
                total.duplicate += folded.duplicate;
            }
        }
        self.version.send_replace(version);
        total
    }

    /// Hints of these batches that are not here: the lake may have them.
    pub(crate) fn unknown(&self, batches: &[Committed]) -> Vec<HintKey> {
        let state = self.read();
        let known =
            |key: &HintKey| state.sites.get(&key.0).is_some_and(|site| site.by_hint.contains_key(&key.1));
        let keys: HashSet<HintKey> = batches.iter().map(Committed::key).filter(|key| !known(key)).collect();
        keys.into_iter().collect()
    }

    /// Changes the lake's version, and what is live with it, at one instant.
    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.write())
    }

    /// Tells followers that more has changed than can be told one by one.
    pub(crate) fn tell_all(&self) {
        let version = *self.version.borrow() + 1;
        self.change(|state| {
            for site in state.sites.values_mut() {
                site.changes.clear();
                site.forgotten = version;
            }
        });
        self.version.send_replace(version);
    }

    /// Wakes at every change of any site; the value is its version.
    pub(crate) fn follow(&self) -> watch::Receiver<u64> {
        self.version.subscribe()
    }
}

impl State {
    pub(crate) fn site(&self, site: &SiteId) -> Option<&SiteLive> {
        self.sites.get(site)
    }

    /// The site whose live set holds a session.
    pub(crate) fn site_of(&self, id: SessionId) -> Option<&SiteId> {
        self.sites.iter().find(|(_, site)| site.holder(id).is_some()).map(|(site, _)| site)
    }

    /// All live hints.
    pub(crate) fn hints(&self) -> impl Iterator<Item = (&SiteId, SessionId, &LiveHint)> {
        self.sites
            .iter()
            .flat_map(|(site, live)| live.by_hint.iter().map(move |(hint, held)| (site, *hint, held)))
    }

    pub(crate) fn hints_mut(&mut self) -> impl Iterator<Item = &mut LiveHint> {
        self.sites.values_mut().flat_map(|live| live.by_hint.values_mut())
    }

    pub(crate) fn hint(&self, (site, hint): &HintKey) -> Option<&LiveHint> {
        self.sites.get(site)?.by_hint.get(hint)
    }

    pub(crate) fn hint_mut(&mut self, (site, hint): &HintKey) -> Option<&mut LiveHint> {
        self.sites.get_mut(site)?.by_hint.get_mut(hint)
    }

    /// Takes a hint out: the lake has all of it.
    pub(crate) fn remove(&mut self, (site, hint): &HintKey) -> Option<LiveHint> {
        let removed = self.sites.get_mut(site)?.remove(*hint)?;
        self.bytes = self.bytes.saturating_sub(removed.bytes);
        Some(removed)
    }

    /// Live sessions, over all sites.
    pub(crate) fn n_sessions(&self) -> usize {
        self.sites.values().map(|site| site.by_start.len()).sum()
    }
}

impl SiteLive {
    fn insert(&mut self, hint: SessionId, held: LiveHint) {
        for (index, key) in held.hinted.sessions().map(key).enumerate() {
            self.place(key, hint, index);
        }
        self.by_hint.insert(hint, held);
    }

    fn remove(&mut self, hint: SessionId) -> Option<LiveHint> {
        let removed = self.by_hint.remove(&hint)?;
        for key in removed.hinted.sessions().map(key) {
            self.displace(key);
        }
        Some(removed)
    }

    fn place(&mut self, key: SessionKey, hint: SessionId, index: usize) {
        self.by_start.insert(key, (hint, index));
        if key.1 != hint {
            self.hint_of.insert(key.1, hint);
        }
    }

    fn displace(&mut self, key: SessionKey) {
        self.by_start.remove(&key);
        self.hint_of.remove(&key.1);
    }

    fn fold(
        &mut self,
        committed: &Committed,
        rules: impl FnOnce() -> SessionRules,
        version: u64,
        now: Timestamp,
    ) -> Folded {
        let hint = committed.batch.hint.id;
        let held = self
            .by_hint
            .entry(hint)
            .or_insert_with(|| LiveHint::new(HintedSession::new(rules()), Vec::new()));
        let before: Vec<SessionKey> = held.hinted.sessions().map(key).collect();
        let folded = held.hinted.fold(&committed.batch);
        held.positions.push(committed.position);
        held.bytes += committed.memory();
        held.version = version;
        held.changed_at = now;
        if folded.accepted == 0 {
            return folded;
        }
        let after: Vec<SessionKey> = held.hinted.sessions().map(key).collect();
        let changed: Vec<SessionId> =
            held.hinted.sessions().skip(folded.changed_from).map(|session| session.id).collect();
        if before != after {
            let ids: HashSet<SessionId> = after.iter().map(|(_, id)| *id).collect();
            let vanished = before.iter().any(|(_, id)| !ids.contains(id));
            before.into_iter().for_each(|key| self.displace(key));
            for (index, key) in after.into_iter().enumerate() {
                self.place(key, hint, index);
            }
            if vanished {
                // A list that shows it must be read again.
                self.changes.clear();
                self.forgotten = version;
                return folded;
            }
        }
        for id in changed {
            if self.changes.len() == CHANGES_KEPT
                && let Some((forgotten, _)) = self.changes.pop_front()
            {
                self.forgotten = forgotten;
            }
            self.changes.push_back((version, id));
        }
        folded
    }

    fn holder(&self, id: SessionId) -> Option<&LiveHint> {
        self.by_hint.get(self.hint_of.get(&id).unwrap_or(&id))
    }

    pub(crate) fn session(&self, id: SessionId) -> Option<&Session> {
        self.holder(id)?.hinted.sessions().find(|session| session.id == id)
    }

    pub(crate) fn events(&self, id: SessionId) -> Option<&[PlacedEvent]> {
        Some(self.holder(id)?.hinted.events_of(id))
    }

    /// Sessions that start in a range, oldest first: each with its hint and its place among that hint's.
    pub(crate) fn started_in(
        &self,
        range: &std::ops::Range<Timestamp>,
    ) -> impl Iterator<Item = (SessionId, usize, &LiveHint)> {
        let nil = SessionId(uuid::Uuid::nil());
        let keys = (range.start, nil)..(range.end.max(range.start), nil);
        self.by_start
            .range(keys)
            .filter_map(|(_, (hint, index))| self.by_hint.get(hint).map(|held| (*hint, *index, held)))
    }

    /// The start of the first session.
    pub(crate) fn first_start(&self) -> Option<Timestamp> {
        self.by_start.keys().next().map(|key| key.0)
    }

    /// Rows of the lake that hints here shadow.
    pub(crate) fn shadowed(&self) -> impl Iterator<Item = &Rows> {
        self.by_hint.values().flat_map(|held| &held.shadowed)
    }

    /// When the visitor behind a client's session id was last active, while it is live.
    pub(crate) fn last_activity(&self, hint: SessionId) -> Option<Timestamp> {
        self.by_hint.get(&hint)?.hinted.last_activity()
    }

    /// Sessions that changed after `version`, each once; nothing where more changed than is kept.
    pub(crate) fn changes_since(&self, version: u64) -> Option<Vec<Session>> {
        if self.forgotten > version {
            return None;
        }
        let newer = self.changes.partition_point(|(changed, _)| *changed <= version);
        let ids: HashSet<SessionId> = self.changes.range(newer..).map(|(_, id)| *id).collect();
        let mut sessions: Vec<Session> = ids.into_iter().filter_map(|id| self.session(id).cloned()).collect();
        sessions.sort_by_key(key);
        Some(sessions)
    }
}

fn key(session: &Session) -> SessionKey {
    (session.start, session.id)
}
