//! The live set: the sessions that are not yet in the lake, or that are being amended, in memory and queryable as soon
//! as they are folded.
//!
//! One task folds committed batches, in order; queries read under a shared lock and get whole rows. What the lake holds
//! is under the same lock, so that a session which moves from the one to the other is in every answer exactly once. A
//! client's session that is here *shadows* its rows in the lake: all of its events are here, and those rows are left
//! out of answers until they are rewritten. A site's rows can only be reached through [`crate::SiteSessions`].

use crate::journal::Position;
use crate::lake::{LakeVersion, Rows, Stored};
use crate::replay_journal::CommittedChunk;
use footpath_model::batch::Batch;
use footpath_model::id::{SessionId, SiteId};
use footpath_model::replay::{ChunkKey, ReplayChunk};
use footpath_model::session::{Session, SessionStatus};
use footpath_model::sessionize::{Folded, HintedSession, PlacedEvent};
use footpath_model::site::SessionRules;
use footpath_model::time::Timestamp;
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::sync::{Arc, RwLock, RwLockReadGuard, RwLockWriteGuard};
use tokio::sync::watch;

/// Changes kept for followers; one that has fallen further behind reads its list again.
const CHANGES_KEPT: usize = 4096;
/// What is known of a replay chunk takes about so much in memory, bytes; its records are on disk.
const CHUNK_OVERHEAD: usize = 160;
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

/// What live sessions may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// In memory, bytes.
    pub bytes: usize,
    /// In the journal, bytes.
    pub journalled: usize,
}

#[derive(Debug)]
pub(crate) struct State {
    sites: HashMap<SiteId, SiteLive>,
    pub lake: Arc<LakeVersion>,
    /// A guess at what the live sessions take in memory.
    pub bytes: usize,
    /// What the journal holds of them, bytes of text: a start folds it again.
    pub journalled: usize,
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
    /// Where those of its replay chunks are that the lake does not have yet.
    pub waiting_chunks: BTreeMap<ChunkKey, Position>,
    /// Its rows in the lake's `sessions`, which it shadows.
    pub shadowed: Vec<Rows>,
    /// The version of the last change.
    pub version: u64,
    /// The server's clock at the last change.
    pub changed_at: Timestamp,
    /// What it takes in memory, and of it in the journal.
    pub bytes: usize,
    pub journalled: usize,
    /// Whether the rows that it shadows are all of it as it is now, so that it can be let go of.
    pub saved: bool,
}

impl LiveHint {
    fn new(hinted: HintedSession, shadowed: Vec<Rows>) -> Self {
        let (positions, changed_at) = (Vec::new(), Timestamp::default());
        let waiting_chunks = BTreeMap::new();
        Self {
            hinted,
            positions,
            waiting_chunks,
            shadowed,
            version: 0,
            changed_at,
            bytes: 0,
            journalled: 0,
            saved: false,
        }
    }

    /// Whether all of its sessions are over.
    pub(crate) fn is_settled(&self, now: Timestamp, rules: SessionRules) -> bool {
        self.hinted.sessions().all(|session| session.status(now, rules) == SessionStatus::Settled)
    }
}

impl LiveSet {
    pub(crate) fn new(lake: LakeVersion) -> Self {
        let state = State { sites: HashMap::new(), lake: Arc::new(lake), bytes: 0, journalled: 0 };
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
            let State { sites, bytes, journalled, .. } = &mut *state;
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
                *journalled += committed.bytes;
                total.accepted += folded.accepted;
                total.duplicate += folded.duplicate;
            }
        }
        self.version.send_replace(version);
        total
    }

    /// Takes replay chunks in as [`Self::fold`] takes batches. Returns where those are that were here already: the lake
    /// has them.
    pub(crate) fn fold_chunks(
        &self,
        chunks: &[CommittedChunk],
        mut stored: HashMap<HintKey, Stored>,
        now: Timestamp,
        rules_of: impl Fn(&SiteId) -> SessionRules,
    ) -> Vec<Position> {
        let version = *self.version.borrow() + 1;
        let mut duplicates = Vec::new();
        {
            let mut state = self.write();
            let State { sites, bytes, .. } = &mut *state;
            for CommittedChunk { position, chunk } in chunks {
                let site = sites.entry(chunk.site.clone()).or_default();
                let key = (chunk.site.clone(), chunk.hint);
                if let Some(stored) = stored.remove(&key) {
                    site.insert(chunk.hint, LiveHint::new(stored.hinted, stored.rows));
                }
                if site.fold_chunk((*position, chunk), || rules_of(&chunk.site), version, now) {
                    *bytes += CHUNK_OVERHEAD;
                } else {
                    duplicates.push(*position);
                }
            }
        }
        self.version.send_replace(version);
        duplicates
    }

    /// Hints among these that are not here: the lake may have them.
    pub(crate) fn unknown(&self, keys: impl Iterator<Item = HintKey>) -> Vec<HintKey> {
        let state = self.read();
        let known =
            |key: &HintKey| state.sites.get(&key.0).is_some_and(|site| site.by_hint.contains_key(&key.1));
        let keys: HashSet<HintKey> = keys.filter(|key| !known(key)).collect();
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
        self.journalled = self.journalled.saturating_sub(removed.journalled);
        Some(removed)
    }

    /// Notes that the lake has all of a hint, which stays. Returns what the journal may forget.
    pub(crate) fn save(&mut self, key: &HintKey, rows: Vec<Rows>) -> Vec<Position> {
        let Some(held) = self.hint_mut(key) else { return Vec::new() };
        held.shadowed = rows;
        held.saved = true;
        let (positions, journalled) =
            (std::mem::take(&mut held.positions), std::mem::take(&mut held.journalled));
        self.journalled = self.journalled.saturating_sub(journalled);
        positions
    }

    /// Whether live sessions take so many times what they may.
    pub(crate) fn exceeds(&self, limits: Limits, times: usize) -> bool {
        self.bytes > limits.bytes.saturating_mul(times)
            || self.journalled > limits.journalled.saturating_mul(times)
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
        held.journalled += committed.bytes;
        held.saved = false;
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
            self.tell(version, id);
        }
        folded
    }

    /// Takes a chunk in, where it is new.
    fn fold_chunk(
        &mut self,
        (position, chunk): (Position, &ReplayChunk),
        rules: impl FnOnce() -> SessionRules,
        version: u64,
        now: Timestamp,
    ) -> bool {
        let held = self
            .by_hint
            .entry(chunk.hint)
            .or_insert_with(|| LiveHint::new(HintedSession::new(rules()), Vec::new()));
        if held.hinted.fold_chunks([(chunk.key(), chunk.facts())]) == 0 {
            return false;
        }
        held.waiting_chunks.insert(chunk.key(), position);
        held.bytes += CHUNK_OVERHEAD;
        // Its row says how many chunks there are.
        held.saved = false;
        held.version = version;
        held.changed_at = now;
        // Nearly always the last one's; a list that shows another hears of it when it is read again.
        let changed = held.hinted.sessions().next_back().map(|session| session.id);
        if let Some(id) = changed {
            self.tell(version, id);
        }
        true
    }

    fn tell(&mut self, version: u64, id: SessionId) {
        if self.changes.len() == CHANGES_KEPT
            && let Some((forgotten, _)) = self.changes.pop_front()
        {
            self.forgotten = forgotten;
        }
        self.changes.push_back((version, id));
    }

    /// The hint that holds a session, and what is held of it.
    pub(crate) fn hint_of(&self, id: SessionId) -> Option<(SessionId, &LiveHint)> {
        let hint = *self.hint_of.get(&id).unwrap_or(&id);
        let held = self.by_hint.get(&hint)?;
        held.hinted.sessions().any(|session| session.id == id).then_some((hint, held))
    }

    /// What is held of a hint.
    pub(crate) fn hint(&self, hint: SessionId) -> Option<&LiveHint> {
        self.by_hint.get(&hint)
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
