//! One session is one row, at every instant: a reader that never rests, beside a store that never rests either.
//!
//! The ledger says what must be in an answer and what may be: it is read before and after each answer, so that what
//! happened meanwhile is neither demanded nor forbidden.

use crate::fixture::{NOON, Opened, batch, empty, id, late_batch, later, now, rows, shop};
use footpath_model::id::SessionId;
use footpath_model::time::{DAY, MINUTE, Timestamp};
use footpath_store::{DataKind, Deletion, Retention, SiteSessions};
use std::collections::{BTreeMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

/// Steps of the workload; more where time allows.
const STEPS: u64 = 120;

#[derive(Clone, Default)]
struct Ledger {
    /// Sessions that were folded, with so many events at least, and that nobody began to delete.
    must: BTreeMap<SessionId, u32>,
    /// Sessions that were sent, with so many events at most, and that nobody has deleted.
    may: BTreeMap<SessionId, u32>,
}

/// Numbers that look random and are the same each time: Knuth's linear congruential generator.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % n
    }
}

struct Workload {
    opened: Opened,
    ledger: Arc<Mutex<Ledger>>,
    dice: Dice,
    next: u128,
    starts: BTreeMap<u128, Timestamp>,
}

impl Workload {
    fn change(&self, change: impl FnOnce(&mut Ledger)) {
        change(&mut self.ledger.lock().expect("the reader does not panic while it holds it"));
    }

    async fn step(&mut self) {
        match self.dice.below(13) {
            0..=3 => self.ingest().await,
            4..=6 => self.amend().await,
            7 | 8 => {
                later(DAY / 4);
                self.opened.store.flush().await.expect("flushed");
            }
            9 => drop(self.opened.store.compact().await.expect("compacted")),
            10 => self.erase().await,
            11 => drop(self.opened.store.save(0).await.expect("saved")),
            _ => self.retain().await,
        }
    }

    async fn ingest(&mut self) {
        let start = Timestamp(now().0 / DAY * DAY + DAY / 2).plus(-2 * DAY);
        let sessions: Vec<u128> = (self.next..self.next + 4).collect();
        self.next += 4;
        let start_of = |n: u128| start.plus(i64::try_from(n % 600).expect("small") * MINUTE);
        self.change(|ledger| ledger.may.extend(sessions.iter().map(|n| (id(*n), 2))));
        self.opened.take(sessions.iter().map(|n| batch(*n, start_of(*n)))).await;
        self.change(|ledger| ledger.must.extend(sessions.iter().map(|n| (id(*n), 2))));
        self.starts.extend(sessions.iter().map(|n| (*n, start_of(*n))));
    }

    fn any(&mut self) -> Option<u128> {
        let place = self.dice.below(self.starts.len().max(1));
        self.starts.keys().nth(place).copied()
    }

    async fn amend(&mut self) {
        let Some(n) = self.any() else { return };
        self.change(|ledger| {
            ledger.may.insert(id(n), 4);
        });
        self.opened.take([late_batch(n, self.starts[&n])]).await;
        self.change(|ledger| {
            ledger.must.insert(id(n), 4);
        });
    }

    async fn erase(&mut self) {
        let Some(n) = self.any() else { return };
        self.starts.remove(&n);
        self.change(|ledger| {
            ledger.must.remove(&id(n));
        });
        let gone = HashSet::from([id(n)]);
        let deleted = self.opened.store.erase(&shop(), &gone, "a test".to_owned(), Deletion::ForGood).await;
        assert_eq!(deleted.expect("erased").sessions, 1);
        self.change(|ledger| {
            ledger.may.remove(&id(n));
        });
    }

    /// What is old goes, but for what is being amended: that goes another time.
    async fn retain(&mut self) {
        later(DAY);
        let first_kept = Timestamp((now().0.div_euclid(DAY) - 7) * DAY);
        let old: Vec<u128> =
            self.starts.iter().filter(|(_, start)| **start < first_kept).map(|(n, _)| *n).collect();
        self.change(|ledger| ledger.must.retain(|known, _| !old.iter().any(|n| id(*n) == *known)));
        self.opened.store.retain(&shop(), Deletion::ForGood).await.expect("deleted");
        let left = self.opened.answers().await;
        for n in old {
            match left.rows.iter().find(|row| row.id == id(n)) {
                Some(row) => self.change(|ledger| ledger.must.extend([(id(n), row.counts.events)])),
                None => {
                    self.starts.remove(&n);
                    self.change(|ledger| ledger.may.retain(|known, _| *known != id(n)));
                }
            }
        }
    }

    /// With nothing under way, the ledger says exactly what is there.
    async fn check(&self) {
        let answers = self.opened.answers().await;
        let ledger = self.ledger.lock().expect("no panic").clone();
        let counted: BTreeMap<SessionId, u32> =
            answers.rows.iter().map(|row| (row.id, row.counts.events)).collect();
        assert_eq!(counted, ledger.must);
        assert_eq!(ledger.must, ledger.may);
        assert!(answers.rows.iter().all(|row| answers.events[&row.id].len() == row.counts.events as usize));
    }
}

/// Reads until it is told to stop; returns how often it did.
fn read_on(sessions: &SiteSessions, ledger: &Mutex<Ledger>, stop: &AtomicBool) -> usize {
    let known = || ledger.lock().expect("no panic").clone();
    let mut n_answers = 0;
    while !stop.load(Ordering::Relaxed) {
        let before = known();
        let rows = rows(sessions).expect("readable");
        let after = known();
        let there: BTreeMap<SessionId, u32> = rows.iter().map(|row| (row.id, row.counts.events)).collect();
        for (id, least) in &before.must {
            if after.must.contains_key(id) {
                let found = there.get(id).unwrap_or_else(|| panic!("session {id} is in no row"));
                assert!(found >= least, "session {id} has {found} events of {least}");
            }
        }
        for (id, found) in &there {
            let most = before.may.get(id).max(after.may.get(id));
            let most = most.unwrap_or_else(|| panic!("session {id} was deleted and is still a row"));
            assert!(found <= most, "session {id} has {found} events of {most}");
        }
        // One timeline as well: another one each time.
        if let Some((id, least)) = before.must.iter().nth(n_answers % before.must.len().max(1)) {
            let told = sessions.events(*id).expect("readable");
            if known().must.contains_key(id) {
                let told = told.unwrap_or_else(|| panic!("session {id} is not found"));
                assert!(told.events.len() >= *least as usize, "the timeline of {id} lacks events");
                assert_eq!(told.events.len(), told.session.counts.events as usize);
            }
        }
        n_answers += 1;
    }
    n_answers
}

#[tokio::test]
async fn one_session_is_one_row_whatever_runs_beside() {
    let opened = empty().await;
    let retention = Retention(BTreeMap::from([(DataKind::Sessions, 7)]));
    opened.store.metadata().set_retention(&shop(), retention, now()).await.expect("set");
    later(-now().since(NOON));
    let ledger = Arc::<Mutex<Ledger>>::default();
    let stop = Arc::<AtomicBool>::default();
    let reader = {
        let (sessions, ledger, stop) =
            (opened.store.sessions(&shop()), Arc::clone(&ledger), Arc::clone(&stop));
        tokio::task::spawn_blocking(move || read_on(&sessions, &ledger, &stop))
    };
    let mut workload = Workload { opened, ledger, dice: Dice(42), next: 1, starts: BTreeMap::new() };
    for step in 0..STEPS {
        workload.step().await;
        if step % 10 == 0 {
            workload.check().await;
        }
        if reader.is_finished() {
            break;
        }
    }
    stop.store(true, Ordering::Relaxed);
    let n_answers = reader.await.expect("no answer was wrong");
    assert!(n_answers > 20, "the reader came to word: {n_answers}");
    workload.check().await;
    let Workload { opened, .. } = workload;
    let before = opened.answers().await;
    let (opened, _) = opened.restarted().await;
    assert_eq!(opened.answers().await, before);
}
