//! Whatever is done to a store, in whatever order: it answers as a naive model does, which keeps the batches of each
//! hint in a list and folds them from the beginning each time it is asked.

use crate::fixture::{
    Answers, NOON, Opened, batch_of, click, empty, late_batch, later, now, page_view, shop, written,
};
use footpath_model::batch::Batch;
use footpath_model::event::{EventKind, Identify, Props, Visibility, VisibilityState};
use footpath_model::id::{SessionId, TabId};
use footpath_model::session::Session;
use footpath_model::sessionize::HintedSession;
use footpath_model::site::SessionRules;
use footpath_model::time::{DAY, MINUTE, SECOND};
use footpath_store::{DataKind, Deletion, Retention};
use proptest::prelude::*;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use uuid::Uuid;

/// What is done to a store.
#[derive(Clone, Debug)]
enum Step {
    /// A batch of a hint's tab, so many minutes into the hint's day, sent by a clock that is so many minutes off.
    Ingest {
        hint: u128,
        tab: u128,
        minute: i64,
        off: i64,
        kinds: Vec<u8>,
    },
    /// A batch that was sent before.
    Resend(usize),
    Flush,
    /// What is live is written to the lake, and stays.
    Save,
    Restart,
    Compact,
    Retain,
    Erase {
        hint: u128,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let kinds = proptest::collection::vec(0u8..6, 1..5);
    let off = prop_oneof![3 => Just(0i64), 1 => Just(10), 1 => Just(-7)];
    prop_oneof![
        8 => (1u128..6, 0u128..3, 0i64..600, off, kinds)
            .prop_map(|(hint, tab, minute, off, kinds)| Step::Ingest { hint, tab, minute, off, kinds }),
        2 => any::<prop::sample::Index>().prop_map(|index| Step::Resend(index.index(1000))),
        4 => Just(Step::Flush),
        2 => Just(Step::Save),
        2 => Just(Step::Restart),
        2 => Just(Step::Compact),
        1 => Just(Step::Retain),
        1 => (1u128..6).prop_map(|hint| Step::Erase { hint }),
    ]
}

fn kind(of: u8) -> EventKind {
    match of {
        0 => page_view("https://shop.example/a"),
        1 => click("Buy"),
        2 => EventKind::Visibility(Visibility { state: VisibilityState::Hidden, active_ms: 500 }),
        3 => EventKind::Identify(Identify { user_id: "one".to_owned(), traits: Props::default() }),
        4 => EventKind::Identify(Identify { user_id: "two".to_owned(), traits: Props::default() }),
        _ => page_view("https://shop.example/b?utm_source=x"),
    }
}

/// A store, and what must be in it.
struct Pair {
    opened: Opened,
    model: BTreeMap<SessionId, Vec<Arc<Batch>>>,
    sent: Vec<Batch>,
    seqs: HashMap<TabId, u32>,
}

impl Pair {
    async fn new() -> Self {
        later(-now().since(NOON));
        // Every day that is written to is over.
        later(4 * DAY);
        let opened = empty().await;
        let retention = Retention(BTreeMap::from([(DataKind::Sessions, 7)]));
        opened.store.metadata().set_retention(&shop(), retention, now()).await.expect("set");
        Self { opened, model: BTreeMap::new(), sent: Vec::new(), seqs: HashMap::new() }
    }

    async fn take(&mut self, batch: Batch) {
        self.model.entry(batch.hint.id).or_default().push(Arc::new(batch.clone()));
        self.opened.take([batch]).await;
    }

    fn folded(&self) -> impl Iterator<Item = (SessionId, HintedSession)> {
        self.model.iter().map(|(hint, batches)| {
            let mut hinted = HintedSession::new(SessionRules::default());
            for batch in batches {
                hinted.fold(batch);
            }
            (*hint, hinted)
        })
    }

    fn expected(&self) -> Answers {
        let mut answers = Answers::default();
        for (_, hinted) in self.folded() {
            for (session, events) in hinted.sessions_with_events() {
                answers.rows.push(Session::clone(session));
                answers.events.insert(session.id, events.iter().map(written).collect());
            }
        }
        answers.rows.sort_by_key(|row| (row.start, row.id));
        answers
    }

    async fn run(mut self, step: Step) -> Self {
        match step {
            Step::Ingest { hint, tab, minute, off, kinds } => {
                let day = i64::try_from(hint % 3).expect("small");
                let at = NOON.plus(day * DAY + (minute - 300) * MINUTE);
                let tab = TabId(Uuid::from_u128(hint * 100 + tab));
                let seq = self.seqs.entry(tab).or_default();
                let mut batch =
                    batch_of(hint, *seq, at.plus(off * MINUTE), kinds.into_iter().map(kind).collect());
                *seq += u32::try_from(batch.events.len()).expect("few");
                batch.tab_id = tab;
                batch.received_at = at.plus(30 * SECOND);
                batch.sent_at = batch.received_at.plus(off * MINUTE);
                self.sent.push(batch.clone());
                self.take(batch).await;
            }
            Step::Resend(index) => {
                if !self.sent.is_empty() {
                    self.take(self.sent[index % self.sent.len()].clone()).await;
                }
            }
            Step::Flush => {
                later(MINUTE);
                self.opened.store.flush().await.expect("flushed");
                assert_eq!(self.opened.store.status().live_sessions, 0);
                assert_eq!(self.opened.journalled().await, 0);
                let rows = self.expected();
                let status = self.opened.store.status();
                assert_eq!((status.lake_sessions, status.lake_events), (rows.rows.len(), rows.n_events()));
            }
            Step::Save => {
                self.opened.store.save(0).await.expect("saved");
                assert_eq!(self.opened.journalled().await, 0);
            }
            Step::Restart => self.opened = self.opened.restarted().await.0,
            Step::Compact => drop(self.opened.store.compact().await.expect("compacted")),
            Step::Retain => {
                later(2 * DAY);
                // What is being amended would stay for another time; the model knows no such thing.
                self.opened.store.flush().await.expect("flushed");
                let first_kept = (now().0.div_euclid(DAY) - 7) * DAY;
                let gone = |hinted: &HintedSession| hinted.sessions().all(|row| row.start.0 < first_kept);
                let gone: Vec<SessionId> =
                    self.folded().filter(|(_, hinted)| gone(hinted)).map(|(hint, _)| hint).collect();
                gone.iter().for_each(|hint| drop(self.model.remove(hint)));
                self.opened.store.retain(&shop(), Deletion::ForGood).await.expect("deleted");
            }
            Step::Erase { hint } => {
                let hint = crate::fixture::id(hint);
                let of_hint = self.folded().filter(|(of, _)| *of == hint);
                let ids =
                    of_hint.flat_map(|(_, hinted)| hinted.sessions().map(|row| row.id).collect::<Vec<_>>());
                let ids = ids.collect();
                self.model.remove(&hint);
                let erased =
                    self.opened.store.erase(&shop(), &ids, "a test".to_owned(), Deletion::ForGood).await;
                assert_eq!(erased.expect("erased").sessions, ids.len());
            }
        }
        self
    }
}

fn cases() -> u32 {
    if std::env::var_os("FOOTPATH_LONG").is_some() { 1000 } else { 24 }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_store_answers_as_a_fold_from_the_beginning_would(steps in proptest::collection::vec(step(), 1..25)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let mut pair = Pair::new().await;
            for step in steps {
                pair = pair.run(step).await;
                let answers = pair.opened.answers().await;
                let expected = pair.expected();
                prop_assert_eq!(answers, expected);
            }
            Ok(())
        })?;
    }
}

#[tokio::test]
async fn the_model_is_not_always_content() {
    let mut pair = Pair::new().await;
    pair.take(crate::fixture::batch(1, NOON)).await;
    assert_eq!(pair.opened.answers().await, pair.expected());
    pair.opened.take([late_batch(1, NOON)]).await;
    assert_ne!(pair.opened.answers().await, pair.expected(), "the store has what the model has not");
}
