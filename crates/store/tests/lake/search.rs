//! Searches over a store's sessions, live and in the lake: whatever is searched for among whatever happened, found is what
//! the model says plainly; and each value that is offered is found in as many sessions as it says.

mod asked;
mod funnels;
mod happened;

use crate::fixture::{Opened, empty, later, now, shop};
use arrow::array::AsArray;
use arrow::record_batch::RecordBatch;
use asked::{any_search, pool};
use footpath_analyze::{
    Bots, Cancel, ClauseCounts, CompiledSearch, Count, Filter, List, Order, RowRef, Scheduler,
    SchedulerConfig, Segment, SegmentId, Source, SourceError, Values, ValuesOf, list,
};
use footpath_model::batch::Batch;
use footpath_model::columns::SessionColumn;
use footpath_model::id::SessionId;
use footpath_model::search::{Clock, Field, Search, Zone, has_values, literal, matches};
use footpath_model::sessionize::HintedSession;
use footpath_model::site::SessionRules;
use footpath_model::time::{DAY, HOUR, MINUTE, Timestamp};
use footpath_store::Snapshot;
use happened::{any_batches, batches_of_all};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Clocks that are an hour behind UTC.
struct Behind;

impl Zone for Behind {
    fn instant(&self, day: i64, minute: u16) -> Timestamp {
        Timestamp(day * DAY + i64::from(minute) * MINUTE + HOUR)
    }
}

fn clock() -> Clock<'static> {
    Clock { now: now(), timeout_ms: SessionRules::default().timeout_ms, zone: &Behind }
}

/// What the batches make, folded apart from the store.
fn folded(batches: &[Batch]) -> Vec<HintedSession> {
    let mut hints: BTreeMap<SessionId, HintedSession> = BTreeMap::new();
    for batch in batches {
        let hinted =
            hints.entry(batch.hint.id).or_insert_with(|| HintedSession::new(SessionRules::default()));
        hinted.fold(&Arc::new(batch.clone()));
    }
    hints.into_values().collect()
}

/// Ids that a search finds, said plainly.
fn found_plainly(hints: &[HintedSession], search: &Search) -> BTreeSet<String> {
    let sessions = hints.iter().flat_map(HintedSession::sessions_with_events);
    let found = sessions.filter(|(session, events)| matches(search, session, events, clock()));
    found.map(|(session, _)| session.id.to_string()).collect()
}

struct Sessions {
    snapshot: Snapshot,
    segments: Vec<Segment>,
}

impl Sessions {
    fn of(opened: &Opened) -> Self {
        let partitions = [SessionColumn::Site, SessionColumn::Day];
        let columns: Vec<SessionColumn> =
            SessionColumn::ALL.iter().copied().filter(|column| !partitions.contains(column)).collect();
        let everything = Timestamp(i64::MIN)..Timestamp(i64::MAX);
        let snapshot =
            opened.store.sessions(&shop()).snapshot(everything, &columns).expect("it can be taken");
        let segment = |of: &footpath_store::SnapshotSegment| Segment {
            id: of.id.map(SegmentId),
            rows: of.rows,
            starts: of.starts.clone(),
            hidden: of.hidden.clone(),
        };
        Self { segments: snapshot.segments().iter().map(segment).collect(), snapshot }
    }
}

impl Source for Sessions {
    fn segments(&self) -> &[Segment] {
        &self.segments
    }

    fn load(&self, segment: usize, columns: &[SessionColumn]) -> Result<RecordBatch, SourceError> {
        let failed = |error| SourceError { segment, source: Box::new(error) };
        self.snapshot.load(segment, columns).map_err(failed)
    }
}

fn scheduler() -> Scheduler {
    Scheduler::new(SchedulerConfig { threads: 1, cache_bytes: 1 << 26 })
}

fn filter(search: &Search) -> Filter {
    let compiled = CompiledSearch::new(search.clone(), clock());
    Filter { bots: Bots::Include, search: Some(Arc::new(compiled)), ..Filter::all() }
}

/// Ids that a search finds in a store.
fn found(scheduler: &Scheduler, source: &Sessions, search: &Search) -> BTreeSet<String> {
    let all = List { order: Order::NEWEST, after: None, limit: usize::MAX };
    let filter = filter(search);
    apart(|| {
        let page = list(scheduler, source, &filter, &all, &Cancel::default()).expect("it can be listed");
        let rows: Vec<RowRef> = page.rows.iter().map(|row| row.row).collect();
        let ids = scheduler.take(source, &rows, &[SessionColumn::Id]).expect("ids can be read");
        ids.column(0).as_string::<i32>().iter().flatten().map(str::to_owned).collect()
    })
}

/// On a thread that may block, which the runtime's own may not.
fn apart<T: Send>(read: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| scope.spawn(read).join().expect("reading does not panic"))
}

/// Some in the lake, some live.
async fn filled(batches: &[Batch]) -> Opened {
    let opened = empty().await;
    let (first, second) = batches.split_at(batches.len() / 2);
    opened.take(first.to_vec()).await;
    later(2 * HOUR);
    opened.store.flush().await.expect("it can be flushed");
    opened.take(second.to_vec()).await;
    opened
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 300, ..ProptestConfig::default() })]

    #[test]
    fn found_is_what_the_model_says(
        batches in any_batches(),
        searches in prop::collection::vec(any_search(), 120),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let opened = filled(&batches).await;
            let hints = folded(&batches);
            // Once with live sessions, once with all of them in the lake.
            for _ in 0..2 {
                let (scheduler, source) = (scheduler(), Sessions::of(&opened));
                for text in &searches {
                    let search = Search::parse(text).map_err(|e| TestCaseError::fail(format!("{text}: {e:?}")))?;
                    let expected = found_plainly(&hints, &search);
                    prop_assert_eq!(found(&scheduler, &source, &search), expected, "{}", search);
                }
                drop(source);
                opened.flush().await;
            }
            Ok(())
        })?;
    }
}

/// A pool that finds all or nothing proves nothing: each clause finds some sessions and leaves out others.
#[tokio::test]
async fn each_field_finds_some_sessions_and_not_all() {
    let batches = batches_of_all();
    let (opened, hints) = (filled(&batches).await, folded(&batches));
    let (scheduler, source) = (scheduler(), Sessions::of(&opened));
    let n_sessions: usize = hints.iter().map(|hint| hint.sessions().len()).sum();
    let mut telling: BTreeMap<Field, bool> = Field::all().map(|field| (field, false)).collect();
    for text in pool() {
        let search = Search::parse(text).expect("a search");
        let expected = found_plainly(&hints, &search);
        assert_eq!(found(&scheduler, &source, &search), expected, "{search}");
        for field in search.parts().iter().flat_map(|(part, _)| part.fields()) {
            *telling.entry(field).or_default() |= (1..n_sessions).contains(&expected.len());
        }
    }
    let idle: Vec<&str> =
        telling.iter().filter(|(_, telling)| !**telling).map(|(field, _)| field.name()).collect();
    assert!(idle.is_empty(), "no clause of the pool tells sessions apart by: {}", idle.join(", "));
}

#[tokio::test]
async fn values_are_found_in_as_many_sessions_as_they_say() {
    let batches = batches_of_all();
    let opened = filled(&batches).await;
    let (scheduler, source, cancel) = (scheduler(), Sessions::of(&opened), Cancel::default());
    let values = |of: ValuesOf| {
        let asked = Values::new(of, "", usize::MAX);
        apart(|| scheduler.run(&source, &Filter::all(), &asked, &cancel).expect("values can be counted"))
    };
    let mut n_values = 0;
    for field in Field::all().filter(|field| has_values(*field)) {
        let keys = match field.is_keyed() {
            false => vec![None],
            true if field.name() == "user." => {
                values(ValuesOf::TraitKeys).values.into_iter().map(|key| Some(key.value)).collect()
            }
            true => values(ValuesOf::PropKeys).values.into_iter().map(|key| Some(key.value)).collect(),
        };
        for key in keys {
            // Of the key `email` the field of the same name is asked.
            if key.as_deref() == Some("email") {
                continue;
            }
            let name = format!("{}{}", field.name(), key.clone().unwrap_or_default());
            let counted = values(ValuesOf::Field(field, key));
            assert!(!counted.values.is_empty() && counted.complete, "{name} has values");
            for value in counted.values {
                let text = format!("{name}:{}", literal(&value.value));
                // In fields that find parts of texts, a value can be part of another; templates are of paths too.
                let search = Search::parse(&text).expect("a value is written as it is read");
                let filter = filter(&search);
                let counted = apart(|| scheduler.run(&source, &filter, &Count, &cancel));
                let sessions = counted.expect("counted").total;
                assert!(sessions >= value.sessions, "{text}: {sessions} found, {} offered", value.sessions);
                if !text.contains("title:") && !text.contains("message:") {
                    assert_eq!(sessions, value.sessions, "{text}");
                }
                n_values += 1;
            }
        }
    }
    assert!(n_values > 60, "{n_values} values");
}

#[tokio::test]
async fn what_emptied_a_search_is_told() {
    let batches = batches_of_all();
    let opened = filled(&batches).await;
    let (scheduler, source) = (scheduler(), Sessions::of(&opened));
    let search = Search::parse("page:/cart -has:errors country:XX OR page:/nowhere").expect("a search");
    let asked = ClauseCounts { search: Arc::new(CompiledSearch::new(search, clock())) };
    let run = || scheduler.run(&source, &Filter::all(), &asked, &Cancel::default());
    let counted = apart(run).expect("counted");
    let lines =
        counted.parts.iter().map(|part| format!("{} {} {}\n", part.part, part.alone > 0, part.without > 0));
    expect_test::expect![[r#"
        page:/cart true false
        -has:errors true false
        country:XX false true
        page:/nowhere false false
    "#]]
    .assert_eq(&lines.collect::<String>());
    assert!(counted.of > counted.found, "some are left out");
}
