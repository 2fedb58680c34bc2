//! The session fold: events in, sessions out, whatever the order of arrival.
//!
//! The client's session id is a hint. All events under one hint are kept in order of their corrected time, and cut
//! into sessions by the rules below; so the sessions are a function of the *set* of events, and re-sending,
//! splitting or re-ordering batches changes nothing. Definitions: `docs/sessions.md`.
//!
//! - A gap between two activities over the timeout, a span over the cap, or another known user starts a new session.
//! - Events that are no activity belong to the session that has started by their time, and never extend it.
//! - A part split off gets an id derived from the hint and its first event, so that it is the same after a restart.
//!
//! Limit: two hints are never merged, even where a client changed its id too early.

mod chunks;

use crate::acquisition::Acquisition;
use crate::batch::Batch;
use crate::context::{Context, User};
use crate::event::{Event, EventKind, FrustrationKind};
use crate::id::{SessionId, TabId};
use crate::replay::{ChunkFacts, ChunkKey, ReplayTally};
use crate::session::{BoundaryReason, Counts, Page, Session};
use crate::site::SessionRules;
use crate::time::{DAY, MINUTE, SECOND, Timestamp};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use uuid::Uuid;

/// A clock that is off by less is taken as right: it is within what a slow network explains, milliseconds.
pub const SKEW_IGNORED_MS: i64 = 5 * SECOND;
/// Corrected times may be this far after receipt before they are clamped, milliseconds.
pub const FUTURE_ALLOWED_MS: i64 = 5 * MINUTE;
/// Late data is taken in up to this age, milliseconds: what an SDK's offline queue keeps.
pub const LATE_ALLOWED_MS: i64 = 7 * DAY;

/// An event at its corrected time.
#[derive(Clone, Debug)]
pub struct PlacedEvent {
    /// Corrected time.
    pub at: Timestamp,
    /// The tab it happened in.
    pub tab_id: TabId,
    /// Whether its time lay in the future and was clamped.
    pub clamped: bool,
    batch: Arc<Batch>,
    index: u32,
}

impl PlacedEvent {
    /// The event itself.
    pub fn event(&self) -> &Event {
        &self.batch.events[self.index as usize]
    }

    /// What holds for its batch.
    pub fn context(&self) -> &Context {
        &self.batch.context
    }

    /// The batch it came in.
    pub fn batch(&self) -> &Batch {
        &self.batch
    }

    fn key(&self) -> (Timestamp, TabId, u32) {
        (self.at, self.tab_id, self.event().seq)
    }
}

/// A batch that was folded before and has been kept elsewhere, or a part of one, with where its events were put.
#[derive(Clone, Debug)]
pub struct FoldedBatch {
    /// The batch, with the events that are still known of it.
    pub batch: Batch,
    /// What was added to the times of its tab, milliseconds.
    pub tab_skew_ms: i64,
    /// Corrected time of each event, and whether it was clamped; as many as there are events.
    pub places: Vec<(Timestamp, bool)>,
}

/// What became of the events of a batch.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Folded {
    /// Events that were new.
    pub accepted: u32,
    /// Events that were there already.
    pub duplicate: u32,
    /// Sessions from this one on may have changed; those before it are as they were.
    pub changed_from: usize,
}

/// All events under one client session id, and the sessions they make.
#[derive(Debug)]
pub struct HintedSession {
    events: Vec<PlacedEvent>,
    tabs: HashMap<TabId, Tab>,
    /// Sessions of `events[..n_folded]`.
    parts: Vec<Part>,
    n_folded: usize,
    rules: SessionRules,
    chunks: BTreeMap<ChunkKey, ChunkFacts>,
}

#[derive(Debug)]
struct Tab {
    /// Added to the client's times.
    skew_ms: i64,
    seen: SeqSet,
}

impl HintedSession {
    /// Nothing yet, under these rules.
    pub fn new(rules: SessionRules) -> Self {
        Self {
            events: Vec::new(),
            tabs: HashMap::new(),
            parts: Vec::new(),
            n_folded: 0,
            rules,
            chunks: BTreeMap::new(),
        }
    }

    /// Takes in a batch; events already seen are left out. All batches must be of one site and one hint.
    pub fn fold(&mut self, batch: &Arc<Batch>) -> Folded {
        let mut folded = Folded { changed_from: self.parts.len(), ..Folded::default() };
        let tab = self
            .tabs
            .entry(batch.tab_id)
            .or_insert_with(|| Tab { skew_ms: skew_of(batch), seen: SeqSet::default() });
        let mut fresh = Vec::with_capacity(batch.events.len());
        for (index, event) in (0u32..).zip(&batch.events) {
            if tab.seen.insert(event.seq) {
                folded.accepted += 1;
                fresh.push(place(batch, index, tab.skew_ms));
            } else {
                folded.duplicate += 1;
            }
        }
        let Some(first) = fresh.iter().map(PlacedEvent::key).min() else {
            return folded;
        };
        // Nearly always the end; where it is not, only what follows is sorted and folded again.
        let at = self.events.partition_point(|other| other.key() <= first);
        self.events.append(&mut fresh);
        self.events[at..].sort_by_key(PlacedEvent::key);
        if at < self.n_folded {
            let part = self.parts.partition_point(|part| part.first_key <= first).saturating_sub(1);
            self.n_folded = self.start_of(part);
            self.parts.truncate(part);
        }
        folded.changed_from = self.parts.len().saturating_sub(1);
        self.fold_rest();
        self.tally_chunks();
        folded
    }

    /// The sessions that these batches make, as when they were folded first: all that was known under the hint.
    pub fn restore(rules: SessionRules, batches: impl IntoIterator<Item = FoldedBatch>) -> Self {
        let mut hinted = Self::new(rules);
        for FoldedBatch { batch, tab_skew_ms, places } in batches {
            let tab = hinted
                .tabs
                .entry(batch.tab_id)
                .or_insert_with(|| Tab { skew_ms: tab_skew_ms, seen: SeqSet::default() });
            let batch = Arc::new(batch);
            for (index, (at, clamped)) in (0u32..).zip(places) {
                if tab.seen.insert(batch.events[index as usize].seq) {
                    let tab_id = batch.tab_id;
                    hinted.events.push(PlacedEvent { at, tab_id, clamped, batch: Arc::clone(&batch), index });
                }
            }
        }
        hinted.events.sort_by_key(PlacedEvent::key);
        hinted.fold_rest();
        hinted
    }

    /// All events, in order of time.
    pub fn events(&self) -> &[PlacedEvent] {
        &self.events
    }

    /// What is added to the times of one of its tabs, milliseconds.
    pub fn tab_skew_ms(&self, tab: TabId) -> i64 {
        self.tabs.get(&tab).map_or(0, |tab| tab.skew_ms)
    }

    /// The sessions, each with its events, in order of time.
    pub fn sessions_with_events(&self) -> impl Iterator<Item = (&Arc<Session>, &[PlacedEvent])> {
        (0..self.parts.len()).map(|part| {
            (&self.parts[part].session, &self.events[self.start_of(part)..self.start_of(part + 1)])
        })
    }

    /// The sessions, in order of time: at least one where any event was accepted.
    pub fn sessions(&self) -> impl DoubleEndedIterator<Item = &Session> + ExactSizeIterator {
        self.parts.iter().map(|part| part.session.as_ref())
    }

    /// One of its sessions, counted from 0 in order of time.
    pub fn session(&self, index: usize) -> Option<&Arc<Session>> {
        self.parts.get(index).map(|part| &part.session)
    }

    /// The events of one of its sessions, in order of time; none where the session is not of this hint.
    pub fn events_of(&self, id: SessionId) -> &[PlacedEvent] {
        match self.parts.iter().position(|part| part.session.id == id) {
            Some(part) => &self.events[self.start_of(part)..self.start_of(part + 1)],
            None => &[],
        }
    }

    /// Where the events of a part begin; the end for the part after the last, and 0 for the first, before which an
    /// event may just have been put.
    fn start_of(&self, part: usize) -> usize {
        match self.parts.get(part) {
            Some(_) if part == 0 => 0,
            Some(part) => self.events.partition_point(|event| event.key() < part.first_key),
            None => self.events.len(),
        }
    }

    /// Last activity of the last session.
    pub fn last_activity(&self) -> Option<Timestamp> {
        self.parts.last().map(|part| part.session.end)
    }

    fn fold_rest(&mut self) {
        for event in &self.events[self.n_folded..] {
            match self.parts.last_mut() {
                None => self.parts.push(Part::first(event, &self.tabs)),
                Some(last) => match last.boundary_before(event, self.rules) {
                    None => last.add(event),
                    Some(reason) => {
                        Arc::make_mut(&mut last.session).closed_by.get_or_insert(reason);
                        let next = last.next(event, reason);
                        self.parts.push(next);
                    }
                },
            }
        }
        self.n_folded = self.events.len();
    }
}

/// A session being folded.
#[derive(Debug)]
struct Part {
    /// Shared, so that a query holds it without a copy; a change while it is held copies it.
    session: Arc<Session>,
    /// Key of its first event: everything from here to the next part's is of this session.
    first_key: (Timestamp, TabId, u32),
    has_activity: bool,
    /// When the client closed it.
    closed_at: Option<Timestamp>,
    hint: SessionId,
    tabs: Vec<TabId>,
}

impl Part {
    fn first(event: &PlacedEvent, tabs: &HashMap<TabId, Tab>) -> Self {
        let hint = &event.batch.hint;
        let mut part = Self::empty(event, hint.id, hint.start_reason, hint.previous_id);
        Arc::make_mut(&mut part.session).clock_skew_ms = tabs.get(&event.tab_id).map_or(0, |tab| tab.skew_ms);
        part.add(event);
        part
    }

    fn next(&self, event: &PlacedEvent, reason: BoundaryReason) -> Self {
        let id = derived_id(self.hint, event);
        let mut part = Self::empty(event, id, reason, Some(self.session.id));
        part.hint = self.hint;
        Arc::make_mut(&mut part.session).clock_skew_ms = self.session.clock_skew_ms;
        part.add(event);
        part
    }

    fn empty(
        event: &PlacedEvent,
        id: SessionId,
        start_reason: BoundaryReason,
        previous_id: Option<SessionId>,
    ) -> Self {
        let context = event.context();
        Self {
            session: Arc::new(Session {
                site: event.batch.site.clone(),
                id,
                visitor_id: event.batch.visitor_id,
                user: None,
                start: event.at,
                end: event.at,
                start_reason,
                closed_by: None,
                previous_id,
                active_ms: 0,
                counts: Counts::default(),
                entry: None,
                exit: None,
                acquisition: Acquisition::default(),
                load_ms: None,
                device: context.device.clone(),
                place: context.place.clone(),
                language: context.language.clone(),
                screen: context.screen,
                release: context.release.clone(),
                bot: context.bot,
                clock_skew_ms: 0,
                n_clamped: 0,
                replay: ReplayTally::default(),
            }),
            first_key: event.key(),
            has_activity: false,
            closed_at: None,
            hint: id,
            tabs: Vec::new(),
        }
    }

    /// Whether `event` starts another session, and why.
    fn boundary_before(&self, event: &PlacedEvent, rules: SessionRules) -> Option<BoundaryReason> {
        let session = &self.session;
        if let (Some(known), Some(now)) = (&session.user, user_of(event))
            && known.id != now
        {
            return Some(BoundaryReason::UserSwitch);
        }
        if !event.event().kind.is_activity() || !self.has_activity {
            return None;
        }
        // Not at the same instant: a client closes an idle session at the time of its last activity.
        if let (Some(closed_at), Some(reason)) = (self.closed_at, session.closed_by)
            && event.at > closed_at
        {
            return Some(reason);
        }
        if event.at.since(session.end) > rules.timeout_ms {
            Some(BoundaryReason::Idle)
        } else if event.at.since(session.start) > rules.cap_ms {
            Some(BoundaryReason::Cap)
        } else {
            None
        }
    }

    fn add(&mut self, placed: &PlacedEvent) {
        let event = placed.event();
        let session = Arc::make_mut(&mut self.session);
        if event.kind.is_activity() {
            if !self.has_activity {
                session.start = placed.at;
                self.has_activity = true;
            }
            session.end = placed.at;
        }
        if !self.tabs.contains(&placed.tab_id) {
            self.tabs.push(placed.tab_id);
            session.counts.tabs += 1;
        }
        session.n_clamped += u32::from(placed.clamped);
        if let Some(user) = &placed.context().user {
            session.user = Some(user.clone());
        }
        count(&mut session.counts, &event.kind);
        self.keep(placed.at, event);
    }

    /// What the row keeps of an event beside its count.
    fn keep(&mut self, at: Timestamp, event: &Event) {
        let session = Arc::make_mut(&mut self.session);
        match &event.kind {
            EventKind::PageView(view) => {
                let page = Page::of(view, event.route.as_ref());
                if session.entry.is_none() {
                    session.acquisition = Acquisition::of(view);
                    session.entry = Some(page.clone());
                }
                session.exit = Some(page);
            }
            EventKind::PageLoad(load) => {
                session.load_ms.get_or_insert(load.load_ms);
            }
            EventKind::Visibility(visibility) => {
                session.active_ms += i64::from(visibility.active_ms);
            }
            EventKind::Identify(identify) => {
                session.user = Some(User { id: identify.user_id.clone(), traits: identify.traits.clone() });
            }
            EventKind::SessionEnd(end) => {
                session.closed_by = Some(end.reason);
                self.closed_at = Some(at);
            }
            EventKind::Click(_)
            | EventKind::Submit(_)
            | EventKind::Input(_)
            | EventKind::Scroll(_)
            | EventKind::Custom(_)
            | EventKind::Request(_)
            | EventKind::Error(_)
            | EventKind::Vital(_)
            | EventKind::Resources(_)
            | EventKind::Frustration(_) => {}
        }
    }
}

/// Who an event says the visitor is: the user it identifies, or else that of its batch.
fn user_of(placed: &PlacedEvent) -> Option<&str> {
    if let EventKind::Identify(identify) = &placed.event().kind {
        Some(&identify.user_id)
    } else {
        placed.context().user.as_ref().map(|user| user.id.as_str())
    }
}

fn count(counts: &mut Counts, kind: &EventKind) {
    counts.events += 1;
    match kind {
        EventKind::PageView(_) => counts.page_views += 1,
        EventKind::Click(_) => {
            counts.clicks += 1;
            counts.interactions += 1;
        }
        EventKind::Submit(_) => {
            counts.submits += 1;
            counts.interactions += 1;
        }
        EventKind::Input(_) => counts.interactions += 1,
        EventKind::Custom(_) => counts.custom += 1,
        EventKind::Request(request) => {
            counts.requests += 1;
            counts.failed_requests += u32::from(request.failed());
        }
        EventKind::Error(_) => counts.errors += 1,
        EventKind::Frustration(frustration) => match frustration.kind {
            FrustrationKind::Rage => counts.rage_clicks += 1,
            FrustrationKind::Dead => counts.dead_clicks += 1,
            FrustrationKind::Error => counts.error_clicks += 1,
        },
        EventKind::Scroll(_)
        | EventKind::Vital(_)
        | EventKind::PageLoad(_)
        | EventKind::Resources(_)
        | EventKind::Visibility(_)
        | EventKind::Identify(_)
        | EventKind::SessionEnd(_) => {}
    }
}

/// The id of a part split off a hint by the event that starts it.
fn derived_id(hint: SessionId, first: &PlacedEvent) -> SessionId {
    let mut name = [0u8; 20];
    name[..16].copy_from_slice(first.tab_id.0.as_bytes());
    name[16..].copy_from_slice(&first.event().seq.to_be_bytes());
    SessionId(Uuid::new_v5(&hint.0, &name))
}

/// How far a client's clock is off, told by one batch; nothing where a slow network explains it.
fn skew_of(batch: &Batch) -> i64 {
    let skew = batch.received_at.since(batch.sent_at);
    if skew.unsigned_abs() < SKEW_IGNORED_MS.unsigned_abs() { 0 } else { skew }
}

/// Puts an event at its corrected time.
///
/// The tab's correction keeps its events in order. Where it leads out of what a batch can bring (late data to a little
/// future), the clock was set meanwhile, or somebody forges: then the batch's own correction holds, within those bounds.
fn place(batch: &Arc<Batch>, index: u32, tab_skew_ms: i64) -> PlacedEvent {
    let earliest =
        if batch.backfill { Timestamp(i64::MIN) } else { batch.received_at.plus(-LATE_ALLOWED_MS) };
    let latest = batch.received_at.plus(FUTURE_ALLOWED_MS);
    let at = batch.events[index as usize].at;
    let corrected = [tab_skew_ms, skew_of(batch)].map(|skew| at.plus(skew));
    let within = corrected.into_iter().find(|at| (earliest..=latest).contains(at));
    PlacedEvent {
        at: within.unwrap_or_else(|| corrected[1].clamp(earliest, latest)),
        tab_id: batch.tab_id,
        clamped: within.is_none(),
        batch: Arc::clone(batch),
        index,
    }
}

/// Numbers seen, as closed ranges, first → last: a tab counts up, so there is nearly always one.
#[derive(Debug, Default)]
struct SeqSet {
    ranges: BTreeMap<u32, u32>,
}

impl SeqSet {
    /// Whether `seq` was new.
    fn insert(&mut self, seq: u32) -> bool {
        let before = self.ranges.range(..=seq).next_back().map(|(first, last)| (*first, *last));
        if before.is_some_and(|(_, last)| seq <= last) {
            return false;
        }
        let first = match before {
            Some((first, last)) if last.checked_add(1) == Some(seq) => first,
            Some(_) | None => seq,
        };
        let after = seq.checked_add(1).and_then(|next| self.ranges.remove(&next));
        self.ranges.insert(first, after.unwrap_or(seq));
        true
    }
}

#[cfg(test)]
mod tests;
