//! A large shop's quarter, made up: who came, what they did, as batches that ingest has enriched and scrubbed.
//!
//! It is made fast rather than told well: `footpath generate` simulates people, one after the other, and takes some
//! 20 µs an event, which for a hundred million is too long. Here a session is rolled from tables ([`world`], [`shopper`]),
//! skewed as real ones are: half of all sessions see one page, a few see a hundred; few pages, labels and places are
//! most of all; two in five visitors come back. Dates are fixed, so that the same settings are the same bytes.
//!
//! Limits: one tab each, no late data, and every device's clock is right.

mod shopper;
mod world;

use crate::dice::Dice;
use footpath_model::batch::Batch;
use footpath_model::context::BotReason;
use footpath_model::id::{SessionId, VisitorId};
use footpath_model::session::BoundaryReason;
use footpath_model::time::{DAY, HOUR, Timestamp};
use shopper::Shopper;
use std::collections::VecDeque;
use uuid::Uuid;
use world::World;

/// Id of the site.
pub(crate) const SITE: &str = "shop";
/// The first moment after the quarter, 2026-06-01T00:00:00Z.
pub(crate) const UNTIL: Timestamp = Timestamp(1_780_272_000_000);
/// Days of the quarter.
pub(crate) const DAYS: i64 = 90;

/// Sessions of one day for each of the week, Monday first, parts of 1000.
const WEEK: [u64; 7] = [160, 155, 150, 148, 142, 115, 130];
/// Sessions by hour, midnight first.
const HOURS: [u64; 24] =
    [3, 2, 1, 1, 1, 2, 4, 7, 9, 10, 10, 11, 13, 12, 10, 10, 11, 12, 14, 17, 19, 18, 12, 6];
/// Percent of sessions by someone who was there before.
const RETURNING: usize = 40;
/// Visitors who may come back.
const REMEMBERED: usize = 300_000;
/// Events of a session, roughly: the number of sessions is made of it.
const EVENTS_OF_A_SESSION: u64 = 10;
/// One session of so many is remembered, to be looked up.
const LOOKED_UP_EVERY: u64 = 9973;

/// A visitor between two sessions.
#[derive(Clone, Copy)]
struct Visitor {
    id: VisitorId,
    /// Place in the tables of devices and countries.
    device: usize,
    country: usize,
    /// The site's number for the person, where it knows one.
    user: Option<u32>,
    bot: Option<BotReason>,
    last: Option<SessionId>,
}

/// The quarter, batch by batch, in order of the sessions' start.
pub(crate) struct Site {
    world: World,
    dice: Dice,
    /// Start of each session of the day that is under way; the next one is last.
    starts: Vec<i64>,
    day: i64,
    n_sessions: u64,
    remembered: VecDeque<Visitor>,
    /// Batches of the session that is under way; the next one is last.
    batches: Vec<Batch>,
    n_users: u32,
}

impl Site {
    /// A quarter of about so many events.
    pub(crate) fn new(n_events: u64) -> Self {
        Self {
            world: World::default(),
            dice: Dice::new(1),
            starts: Vec::new(),
            day: 0,
            n_sessions: n_events / EVENTS_OF_A_SESSION,
            remembered: VecDeque::new(),
            batches: Vec::new(),
            n_users: 0,
        }
    }

    /// Starts of a day's sessions, latest first.
    fn starts_of(&mut self, day: i64) -> Vec<i64> {
        let midnight = UNTIL.0 - (DAYS - day) * DAY;
        // 1 January 1970 was a Thursday.
        let weekday = |day: i64| WEEK[((midnight + (day) * DAY).div_euclid(DAY) + 3).rem_euclid(7) as usize];
        let of_quarter: u64 = (0..DAYS).map(|nth| weekday(nth - day)).sum();
        let n_sessions = self.n_sessions * weekday(0) / of_quarter;
        let all_hours: u64 = HOURS.iter().sum();
        let mut starts = Vec::with_capacity(n_sessions as usize);
        for (hour, weight) in (0..).zip(HOURS) {
            let from = midnight + hour * HOUR;
            let n = n_sessions * weight / all_hours;
            starts.extend((0..n).map(|_| from + self.dice.below(HOUR as usize) as i64));
        }
        starts.sort_unstable_by(|one, other| other.cmp(one));
        starts
    }

    fn visitor(&mut self, at: i64) -> (Visitor, BoundaryReason) {
        if self.remembered.len() > 1000 && self.dice.chance(RETURNING) {
            // Who was here lately comes back sooner.
            let place = self.dice.skewed(self.remembered.len());
            let place = self.remembered.len() - 1 - place;
            if let Some(visitor) = self.remembered.swap_remove_back(place) {
                return (visitor, BoundaryReason::Idle);
            }
        }
        let id = VisitorId(self.uuid(at));
        let user = self.dice.chance(25).then(|| {
            self.n_users += 1;
            self.n_users
        });
        let bot = (self.dice.below(1000) < 15).then_some(BotReason::KnownCrawler);
        let device = self.dice.skewed(self.world.devices());
        let country = self.dice.skewed(self.world.countries());
        (Visitor { id, device, country, user, bot, last: None }, BoundaryReason::FirstVisit)
    }

    fn uuid(&mut self, at: i64) -> Uuid {
        uuid_v7(at, &mut self.dice)
    }

    /// Rolls the next session.
    fn roll(&mut self, at: i64) {
        let (mut visitor, start_reason) = self.visitor(at);
        let session = SessionId(self.uuid(at));
        let shopper = Shopper { visitor, session, start_reason, tab: self.uuid(at), start: Timestamp(at) };
        self.batches = shopper.batches(&self.world, &mut self.dice);
        self.batches.reverse();
        visitor.last = Some(session);
        if self.remembered.len() == REMEMBERED {
            self.remembered.pop_front();
        }
        self.remembered.push_back(visitor);
    }
}

impl Iterator for Site {
    type Item = Batch;

    fn next(&mut self) -> Option<Batch> {
        loop {
            if let Some(batch) = self.batches.pop() {
                return Some(batch);
            }
            match self.starts.pop() {
                Some(start) => self.roll(start),
                None if self.day == DAYS => return None,
                None => {
                    self.starts = self.starts_of(self.day);
                    self.day += 1;
                }
            }
        }
    }
}

/// An id that tells its time, as clients mint them.
fn uuid_v7(unix_ms: i64, dice: &mut Dice) -> Uuid {
    let random = dice.bytes();
    let mut tail = [0; 10];
    tail.copy_from_slice(&random[..10]);
    uuid::Builder::from_unix_timestamp_millis(unix_ms.unsigned_abs(), &tail).into_uuid()
}

/// What is known of a quarter once it is made.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
pub(crate) struct Facts {
    /// Events that it was to have.
    pub(crate) asked_for: u64,
    pub(crate) sessions: u64,
    pub(crate) events: u64,
    /// Some sessions, from all of it.
    pub(crate) some: Vec<String>,
}

impl Facts {
    /// Takes a batch into account; batches of a session follow each other.
    pub(crate) fn see(&mut self, batch: &Batch, last: &mut Option<SessionId>) {
        self.events += batch.events.len() as u64;
        if *last != Some(batch.hint.id) {
            *last = Some(batch.hint.id);
            if self.sessions.is_multiple_of(LOOKED_UP_EVERY) {
                self.some.push(batch.hint.id.to_string());
            }
            self.sessions += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use footpath_model::event::EventKind;
    use footpath_model::sessionize::HintedSession;
    use footpath_model::site::SessionRules;
    use std::collections::HashMap;
    use std::sync::Arc;

    #[test]
    fn no_session_is_cut_in_two_and_quarters_are_skewed() {
        let mut hinted: HashMap<SessionId, HintedSession> = HashMap::new();
        let (mut facts, mut last) = (Facts::default(), None);
        let mut errors = 0;
        for batch in Site::new(40_000) {
            facts.see(&batch, &mut last);
            errors += batch.events.iter().filter(|event| matches!(event.kind, EventKind::Error(_))).count();
            let rules = SessionRules::default();
            let folded = hinted
                .entry(batch.hint.id)
                .or_insert_with(|| HintedSession::new(rules))
                .fold(&Arc::new(batch));
            assert_eq!(folded.duplicate, 0);
        }
        let sessions: Vec<_> = hinted.values().flat_map(HintedSession::sessions).collect();
        assert_eq!(sessions.len() as u64, facts.sessions, "none is cut in two");
        let mean = facts.events / facts.sessions;
        assert!((8..=12).contains(&mean), "{mean} events a session");
        assert!(sessions.iter().all(|session| session.n_clamped == 0));
        let quarter = UNTIL.plus(-DAYS * DAY)..UNTIL;
        assert!(sessions.iter().all(|session| quarter.contains(&session.start)));
        let one_page = sessions.iter().filter(|session| session.counts.page_views == 1).count();
        let many = sessions.iter().filter(|session| session.counts.page_views > 20).count();
        assert!((40..=60).contains(&(100 * one_page / sessions.len())), "{one_page} with one page");
        assert!(many > 0 && many < sessions.len() / 20, "{many} with over 20 pages");
        assert!(errors > 0);
    }
}
