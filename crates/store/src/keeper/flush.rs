//! Flush: sessions that are over move from the live set into the lake, exactly once.
//!
//! A client's session is flushed whole, when all its parts are settled and it has been quiet for a moment; where live
//! sessions take too much memory, those that changed longest ago go first, settled or not. Data that comes later loads
//! the session again, and a later flush puts its rows in place of the old ones.

use super::rewrite::{SessionsByDay, one_of};
use super::{KeepError, Keeper, Turn};
use crate::journal::Position;
use crate::lake::events::{self, EventRow};
use crate::lake::file::LakeFile;
use crate::lake::schema::{PARTITIONS, TableKind};
use crate::lake::sessions::{self, SessionRow};
use crate::lake::table::Doing;
use crate::lake::writing::{NewRows, ROWS_AT_ONCE};
use crate::lake::{Rows, day_of};
use crate::live::{HintKey, State};
use arrow::array::{AsArray, BooleanArray};
use arrow::record_batch::RecordBatch;
use footpath_model::columns::{EventColumn, SessionColumn};
use footpath_model::id::{SessionId, SiteId};
use footpath_model::session::Session;
use footpath_model::sessionize::PlacedEvent;
use footpath_model::time::{SECOND, Timestamp};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

/// A hint that changed less long ago is not yet flushed: history comes batch by batch.
const QUIET_MS: i64 = 5 * SECOND;
/// Events of one turn at most, so that it fits in memory and ends soon.
const TURN_EVENTS: usize = 100_000;

/// Which sessions are flushed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Which {
    /// Those that are over, if there are at least so many events of them.
    Settled { at_least: usize },
    /// Besides, those that changed longest ago, until the others take no more than this, bytes.
    Pressed { down_to: usize },
    /// These, settled or not.
    These(HashSet<HintKey>),
}

/// What a flush did.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Flushed {
    /// Sessions that are in the lake now.
    pub sessions: usize,
    /// Their events.
    pub events: usize,
    /// Of the sessions, those whose rows took the place of older ones.
    pub amended: usize,
    /// Whether there was more to flush than fits into one turn.
    pub more: bool,
}

/// An event, and what was added to the times of its tab, milliseconds.
type Corrected = (PlacedEvent, i64);

/// A hint to be flushed, as it was when it was chosen.
struct Chosen {
    key: HintKey,
    version: u64,
    parts: Vec<(Arc<Session>, Vec<Corrected>)>,
    shadowed: Vec<Rows>,
}

impl Chosen {
    fn n_events(&self) -> usize {
        self.parts.iter().map(|(_, events)| events.len()).sum()
    }
}

impl Keeper {
    /// Runs one turn of flushing.
    pub(crate) async fn flush(&self, which: &Which, now: Timestamp) -> Result<Flushed, KeepError> {
        let _turning = self.turning.lock().await;
        self.flush_in_turn(which, now).await
    }

    /// The same for who already has the turn.
    pub(super) async fn flush_in_turn(&self, which: &Which, now: Timestamp) -> Result<Flushed, KeepError> {
        let (chosen, more) = self.choose(which, now);
        if chosen.is_empty() {
            if !self.of_no_use.lock().expect("no holder of this lock panics").is_empty() {
                self.forget(Vec::new()).await?;
            }
            return Ok(Flushed::default());
        }
        let flushed = Flushed {
            sessions: chosen.iter().map(|chosen| chosen.parts.len()).sum(),
            events: chosen.iter().map(Chosen::n_events).sum(),
            amended: chosen.iter().filter(|chosen| !chosen.shadowed.is_empty()).count(),
            more,
        };
        let mut turn = Turn::default();
        let written = match self.write(&mut turn, &chosen).await {
            Ok(written) => written,
            Err(error) => {
                self.lake.discard(&turn.change).await;
                return Err(error);
            }
        };
        let positions =
            self.make(turn, Doing::Flush, now, |state| hand_over(state, &chosen, &written)).await?;
        drop(chosen);
        self.forget(positions).await?;
        self.lake.bury().await;
        Ok(flushed)
    }

    fn choose(&self, which: &Which, now: Timestamp) -> (Vec<Chosen>, bool) {
        let state = self.live.read();
        let mut keys: Vec<(Timestamp, HintKey, usize)> = Vec::new();
        let mut n_settled = 0;
        for (site, hint, held) in state.hints() {
            let key = (site.clone(), hint);
            let quiet = now.since(held.changed_at) >= QUIET_MS;
            let settled = quiet && held.is_settled(now, self.rules(site));
            n_settled += if settled { held.hinted.events().len() } else { 0 };
            let wanted = match which {
                Which::Settled { .. } => settled,
                // Unsettled ones too; the oldest are taken below.
                Which::Pressed { .. } => true,
                Which::These(keys) => keys.contains(&key),
            };
            if wanted {
                keys.push((held.changed_at, key, held.bytes));
            }
        }
        if matches!(which, Which::Settled { at_least } if n_settled < *at_least) {
            return (Vec::new(), false);
        }
        keys.sort_unstable_by_key(|(changed_at, ..)| *changed_at);
        let mut chosen: Vec<Chosen> = Vec::new();
        let (mut n_events, mut left) = (0, state.bytes);
        for (_, key, bytes) in keys {
            if matches!(which, Which::Pressed { down_to } if left <= *down_to) {
                break;
            }
            if n_events >= TURN_EVENTS {
                return (chosen, true);
            }
            let Some(held) = state.hint(&key) else { continue };
            let parts = held.hinted.sessions_with_events().map(|(session, events)| {
                let skew = |event: &PlacedEvent| held.hinted.tab_skew_ms(event.tab_id);
                (Arc::clone(session), events.iter().map(|event| (event.clone(), skew(event))).collect())
            });
            let one = Chosen {
                parts: parts.collect(),
                version: held.version,
                shadowed: held.shadowed.clone(),
                key,
            };
            n_events += one.n_events();
            left = left.saturating_sub(bytes);
            chosen.push(one);
        }
        (chosen, false)
    }

    /// Writes the rows of all that is chosen, and without them the files that had older ones. Returns where each
    /// hint's rows are.
    async fn write(
        &self,
        turn: &mut Turn,
        chosen: &[Chosen],
    ) -> Result<HashMap<HintKey, Vec<Rows>>, KeepError> {
        self.leave_out_older(turn, chosen).await?;
        let mut written: HashMap<HintKey, Vec<Rows>> = HashMap::new();
        for ((site, day), partition) in partitions(chosen) {
            let hints: Vec<SessionId> = partition.iter().map(|part| part.hint).collect();
            let parts = Arc::new(partition);
            let partition = (site.clone(), day);
            let events = event_rows(Arc::clone(&parts));
            if events.n_rows > 0 {
                let file = self.lake.write(TableKind::Events, partition.clone(), events, Vec::new()).await?;
                turn.change.added.push(file);
            }
            let sessions = session_rows(parts);
            let file = self.lake.write(TableKind::Sessions, partition, sessions, Vec::new()).await?;
            for (row, hint) in (0u32..).zip(hints) {
                let of_hint = written.entry((site.clone(), hint)).or_default();
                match of_hint.iter_mut().find(|rows| rows.file.id == file.id) {
                    Some(rows) => rows.rows.push(row),
                    None => of_hint.push(Rows { file: Arc::clone(&file), rows: vec![row] }),
                }
            }
            turn.change.added.push(file);
        }
        Ok(written)
    }

    async fn leave_out_older(&self, turn: &mut Turn, chosen: &[Chosen]) -> Result<(), KeepError> {
        let mut older: BTreeMap<u64, (Arc<LakeFile>, HashSet<u32>)> = BTreeMap::new();
        for rows in chosen.iter().flat_map(|chosen| &chosen.shadowed) {
            let file = || (Arc::clone(&rows.file), HashSet::new());
            older.entry(rows.file.id).or_insert_with(file).1.extend(&rows.rows);
        }
        let mut gone: BTreeMap<SiteId, SessionsByDay> = BTreeMap::new();
        for (file, rows) in older.into_values() {
            let ids = self.read_column(&file, SessionColumn::Id.name()).await?;
            let ids = ids.column(0).as_string::<i32>();
            let days = gone.entry(file.site.clone()).or_default();
            let of_day = days.entry(file.day).or_default();
            of_day.extend(rows.iter().map(|row| ids.value(*row as usize).to_owned()));
            self.leave_out(turn, &file, move |batch| {
                (0u32..).take(batch.num_rows()).map(|row| Some(rows.contains(&row))).collect::<BooleanArray>()
            })
            .await?;
        }
        for (site, days) in gone {
            self.leave_out_events(turn, &site, &days).await?;
        }
        Ok(())
    }

    /// Adds to a turn: the files of `events` without the events of some sessions. Returns how many go.
    pub(super) async fn leave_out_events(
        &self,
        turn: &mut Turn,
        site: &SiteId,
        days: &SessionsByDay,
    ) -> Result<usize, KeepError> {
        let version = Arc::clone(&self.live.read().lake);
        let mut n_gone = 0;
        for file in version.events.iter().filter(|file| file.site == *site) {
            let Some(ids) = days.get(&file.day) else { continue };
            if self.may_hold_any(file, EventColumn::Session.name(), ids).await? {
                let ids = ids.clone();
                let goes = move |batch: &RecordBatch| one_of(batch, EventColumn::Session.name(), &ids);
                n_gone += self.leave_out(turn, file, goes).await?;
            }
        }
        Ok(n_gone)
    }
}

/// Takes hints out of the live set that did not change since they were chosen; the others now shadow their new rows.
/// Returns what the journal may forget.
fn hand_over(state: &mut State, chosen: &[Chosen], written: &HashMap<HintKey, Vec<Rows>>) -> Vec<Position> {
    let mut positions = Vec::new();
    for Chosen { key, version, .. } in chosen {
        match state.hint_mut(key) {
            Some(held) if held.version == *version => {
                positions.extend(state.remove(key).into_iter().flat_map(|removed| removed.positions));
            }
            Some(held) => held.shadowed = written.get(key).cloned().unwrap_or_default(),
            None => {}
        }
    }
    positions
}

/// A session of a partition, with its events and their tabs' corrections.
struct Part {
    session: Arc<Session>,
    hint: SessionId,
    events: Vec<Corrected>,
}

fn partitions(chosen: &[Chosen]) -> BTreeMap<(SiteId, i32), Vec<Part>> {
    let mut partitions: BTreeMap<(SiteId, i32), Vec<Part>> = BTreeMap::new();
    for Chosen { key: (site, hint), parts, .. } in chosen {
        for (session, events) in parts {
            let part = Part { session: Arc::clone(session), hint: *hint, events: events.clone() };
            partitions.entry((site.clone(), day_of(session.start))).or_default().push(part);
        }
    }
    for parts in partitions.values_mut() {
        parts.sort_by_key(|part| (part.session.start, part.session.id));
    }
    partitions
}

/// The parts as rows of `sessions`, in their order.
fn session_rows(parts: Arc<Vec<Part>>) -> NewRows {
    let columns = SessionColumn::ALL.iter().copied();
    let columns: Vec<SessionColumn> = columns.filter(|column| !PARTITIONS.contains(&column.name())).collect();
    let n_rows = parts.len();
    let encode = move |from: usize| {
        let parts = &parts[from..parts.len().min(from + ROWS_AT_ONCE)];
        let events: Vec<Vec<PlacedEvent>> =
            parts.iter().map(|part| part.events.iter().map(|(event, _)| event.clone()).collect()).collect();
        let rows = parts.iter().zip(&events);
        let rows: Vec<SessionRow<'_>> =
            rows.map(|(part, events)| SessionRow::new(&part.session, part.hint, events)).collect();
        sessions::encode(&rows, &columns)
    };
    NewRows { n_rows, batches: Box::new((0..n_rows).step_by(ROWS_AT_ONCE).map(encode)) }
}

/// The parts' events as rows of `events`, in the order in which a session's are looked up.
fn event_rows(parts: Arc<Vec<Part>>) -> NewRows {
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by_key(|place| parts[*place].session.id);
    let places: Vec<(usize, usize)> = order
        .into_iter()
        .flat_map(|part| (0..parts[part].events.len()).map(move |event| (part, event)))
        .collect();
    let n_rows = places.len();
    let encode = move |from: usize| {
        let places = &places[from..places.len().min(from + ROWS_AT_ONCE)];
        let row = |(part, event): &(usize, usize)| {
            let Part { session, events, .. } = &parts[*part];
            let (placed, tab_skew_ms) = &events[*event];
            EventRow { session: session.id, session_start: session.start, tab_skew_ms: *tab_skew_ms, placed }
        };
        events::encode(&places.iter().map(row).collect::<Vec<_>>())
    };
    NewRows { n_rows, batches: Box::new((0..n_rows).step_by(ROWS_AT_ONCE).map(encode)) }
}
