//! The store as its users see it: batches go in, rows come out, before and after a restart.

use arrow::record_batch::RecordBatch;
use footpath_analyze::{
    Bots, Cancel, Filter, List, ListCursor, Order, RowRef, Scheduler, SchedulerConfig, Segment, SegmentId,
    Source, SourceError, list,
};
use footpath_model::batch::{Batch, SessionHint};
use footpath_model::columns::SessionColumn;
use footpath_model::context::{BotReason, Context};
use footpath_model::event::{Click, Event, EventKind, Navigation, PageView};
use footpath_model::id::{SessionId, SiteId, TabId, VisitorId};
use footpath_model::session::BoundaryReason;
use footpath_model::session::Session;
use footpath_model::site::SessionRules;
use footpath_model::time::{HOUR, MINUTE, Timestamp};
use footpath_store::{Changes, NewSite, OpenError, Snapshot, Store, StoreOptions};
use std::cell::Cell;
use std::collections::HashSet;
use std::path::Path;
use uuid::Uuid;

const NOON: Timestamp = Timestamp(12 * HOUR);

fn site() -> SiteId {
    SiteId("shop".to_owned())
}

/// A page view and a click of session `n`, starting at `start`.
fn batch(n: u128, start: Timestamp) -> Batch {
    let page = EventKind::PageView(PageView {
        url: "https://shop.example/".to_owned(),
        title: None,
        referrer: None,
        navigation: Navigation::Load,
    });
    let click = EventKind::Click(Click {
        label: Some("Buy".to_owned()),
        role: "button".to_owned(),
        selector: "button".to_owned(),
        x: 1,
        y: 2,
    });
    Batch {
        site: site(),
        received_at: start,
        sent_at: start,
        backfill: false,
        visitor_id: VisitorId(Uuid::from_u128(n)),
        hint: SessionHint {
            id: SessionId(Uuid::from_u128(n)),
            start_reason: BoundaryReason::FirstVisit,
            previous_id: None,
        },
        tab_id: TabId(Uuid::from_u128(n)),
        context: Context::default(),
        events: vec![
            Event { seq: 0, at: start, kind: page, route: None },
            Event { seq: 1, at: start.plus(1000), kind: click, route: None },
        ],
    }
}

thread_local! {
    /// A test has a thread of its own, and its runtime runs on it. It begins in the evening: all sessions are over.
    static NOW: Cell<Timestamp> = const { Cell::new(Timestamp(20 * HOUR)) };
}

const OPTIONS: StoreOptions = StoreOptions { live_bytes: 1 << 30, clock: || NOW.get() };

async fn open(dir: &Path) -> Store {
    Store::open(dir, OPTIONS).await.expect("the directory can be opened").0
}

fn everything() -> Filter {
    Filter { range: Timestamp(0)..Timestamp(i64::MAX), bots: Bots::Include, search: None }
}

/// A page of a list, as the server asks for it.
#[derive(PartialEq, Debug)]
struct Listed {
    rows: Vec<Session>,
    total: u64,
    /// The cursor of the next page, where there is one.
    next: Option<ListCursor>,
}

struct SnapshotSource {
    snapshot: Snapshot,
    segments: Vec<Segment>,
}

impl Source for SnapshotSource {
    fn segments(&self) -> &[Segment] {
        &self.segments
    }

    fn load(&self, segment: usize, columns: &[SessionColumn]) -> Result<RecordBatch, SourceError> {
        let failed = |error| SourceError { segment, source: Box::new(error) };
        self.snapshot.load(segment, columns).map_err(failed)
    }
}

async fn listed(store: &Store, filter: Filter, after: Option<ListCursor>, limit: usize) -> Listed {
    let sessions = store.sessions(&site());
    let asked = List { order: Order::NEWEST, after, limit };
    let answer = tokio::task::spawn_blocking(move || {
        let scheduler = Scheduler::new(SchedulerConfig { threads: 1, cache_bytes: 1 << 20 });
        let snapshot =
            sessions.snapshot(filter.range.clone(), Snapshot::ROW_COLUMNS).expect("it can be taken");
        let segment = |of: &footpath_store::SnapshotSegment| Segment {
            id: of.id.map(SegmentId),
            rows: of.rows,
            starts: of.starts.clone(),
            hidden: of.hidden.clone(),
        };
        let segments = snapshot.segments().iter().map(segment).collect();
        let source = SnapshotSource { snapshot, segments };
        let page = list(&scheduler, &source, &filter, &asked, &Cancel::default()).expect("it can be listed");
        let places: Vec<RowRef> = page.rows.iter().map(|row| row.row).collect();
        let rows = match places.is_empty() {
            true => Vec::new(),
            false => {
                let batch =
                    scheduler.take(&source, &places, Snapshot::ROW_COLUMNS).expect("rows can be read");
                source.snapshot.decode(&batch).expect("rows can be decoded")
            }
        };
        let last = page.rows.last().zip(rows.last()).filter(|_| page.more);
        let next = last.map(|(row, session)| row.cursor(session.id));
        Listed { next, total: page.counted.total, rows }
    });
    answer.await.expect("listing does not panic")
}

/// Waits until the fold has caught up: `n` sessions are listed.
async fn until_sessions(store: &Store, n: usize) {
    let mut versions = store.follow();
    while store.status().live_sessions < n {
        versions.changed().await.expect("the fold runs");
    }
}

#[tokio::test]
async fn what_was_acknowledged_is_there_after_a_restart_and_once() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let store = open(dir.path()).await;
    for n in 1..=100 {
        store.append(batch(n, NOON.plus(i64::try_from(n).expect("small") * MINUTE))).await.expect("durable");
    }
    store.append(batch(1, NOON.plus(MINUTE))).await.expect("a batch sent again is taken");
    until_sessions(&store, 100).await;
    let before = listed(&store, everything(), None, 1000).await;
    drop(store);

    let (store, recovery) = Store::open(dir.path(), OPTIONS).await.expect("it opens again");
    assert_eq!((recovery.batches, recovery.unreadable), (101, 0));
    assert_eq!(listed(&store, everything(), None, 1000).await, before);
    assert_eq!(before.total, 100);
    assert!(before.rows.iter().all(|session| session.counts.events == 2), "no event counts twice");
}

#[tokio::test]
async fn many_writers_are_all_acknowledged() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let store = open(dir.path()).await;
    let writers: Vec<_> = (1..=200)
        .map(|n| {
            let store = store.clone();
            tokio::spawn(async move { store.append(batch(n, NOON)).await })
        })
        .collect();
    for writer in writers {
        writer.await.expect("no writer panics").expect("durable");
    }
    until_sessions(&store, 200).await;
    assert_eq!(store.n_duplicates(), 0);
}

#[tokio::test]
async fn pages_follow_each_other_while_new_sessions_arrive() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let store = open(dir.path()).await;
    for n in 1..=25 {
        // Five of each start, so that the id must break ties.
        let start = NOON.plus(i64::try_from(n / 5).expect("small") * MINUTE);
        store.append(batch(n, start)).await.expect("durable");
    }
    until_sessions(&store, 25).await;

    let mut seen = HashSet::new();
    let mut after = None;
    let mut pages = 0;
    loop {
        let page = listed(&store, everything(), after, 4).await;
        for session in &page.rows {
            assert!(seen.insert(session.id), "{} is listed twice", session.id);
        }
        after = page.next;
        pages += 1;
        let newer = 1000 + pages;
        store.append(batch(newer, NOON.plus(HOUR))).await.expect("durable");
        until_sessions(&store, 25 + usize::try_from(pages).expect("small")).await;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen.len(), 25, "what arrived meanwhile is newer than every page");
    assert_eq!(pages, 7);
}

#[tokio::test]
async fn a_range_holds_its_start_and_not_its_end_and_bots_are_apart() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let store = open(dir.path()).await;
    let bot = Context { bot: Some(BotReason::Headless), ..Context::default() };
    store.append(batch(1, NOON)).await.expect("durable");
    store.append(batch(2, NOON.plus(HOUR))).await.expect("durable");
    store.append(Batch { context: bot, ..batch(3, NOON) }).await.expect("durable");
    until_sessions(&store, 3).await;
    let total = async |from, to, bots| {
        listed(&store, Filter { range: from..to, bots, search: None }, None, 10).await.total
    };
    assert_eq!(total(NOON, NOON.plus(HOUR), Bots::Exclude).await, 1);
    assert_eq!(total(NOON, NOON.plus(HOUR + 1), Bots::Exclude).await, 2);
    assert_eq!(total(NOON, NOON.plus(HOUR), Bots::Include).await, 2);
    assert_eq!(total(NOON, NOON.plus(HOUR), Bots::Only).await, 1);
    assert_eq!(total(NOON.plus(1), NOON.plus(1), Bots::Include).await, 0);
}

#[tokio::test]
async fn a_site_sees_no_other_sites_rows() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let store = open(dir.path()).await;
    let other = SiteId("other".to_owned());
    store.append(batch(1, NOON)).await.expect("durable");
    store.append(Batch { site: other.clone(), ..batch(2, NOON) }).await.expect("durable");
    until_sessions(&store, 2).await;
    let id = SessionId(Uuid::from_u128(2));
    let (asked, there) = (store.clone(), other.clone());
    let look = move || {
        assert!(asked.sessions(&site()).session(id).expect("readable").is_none());
        assert!(asked.sessions(&site()).events(id).expect("readable").is_none());
        assert!(asked.sessions(&there).session(id).expect("readable").is_some());
        assert_eq!(asked.site_of(id).expect("readable"), Some(there.clone()));
    };
    tokio::task::spawn_blocking(look.clone()).await.expect("another site's row is not seen while live");
    assert_eq!(listed(&store, everything(), None, 10).await.total, 1);
    for id in [site(), other] {
        let new = NewSite {
            name: String::new(),
            id,
            time_zone: "UTC".to_owned(),
            base_path: String::new(),
            session_rules: SessionRules::default(),
        };
        store.metadata().create_site(new).await.expect("made");
    }
    NOW.set(NOW.get().plus(MINUTE));
    assert_eq!(store.flush().await.expect("flushed").sessions, 2);
    tokio::task::spawn_blocking(look).await.expect("another site's row is not seen in the lake");
    assert_eq!(listed(&store, everything(), None, 10).await.total, 1);
}

#[tokio::test]
async fn followers_get_what_changed_or_are_told_to_read_again() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let store = open(dir.path()).await;
    store.append(batch(1, NOON)).await.expect("durable");
    until_sessions(&store, 1).await;
    let version = *store.follow().borrow();
    assert_eq!(store.sessions(&site()).changes_since(version), Changes::Sessions(Vec::new()));
    store.append(batch(2, NOON)).await.expect("durable");
    until_sessions(&store, 2).await;
    match store.sessions(&site()).changes_since(version) {
        Changes::Sessions(sessions) => {
            assert_eq!(sessions.iter().map(|s| s.id.0.as_u128()).collect::<Vec<_>>(), [2]);
        }
        Changes::Resync => panic!("one change is not too many"),
    }
    let writers: Vec<_> = (3..5000)
        .map(|n| {
            let store = store.clone();
            tokio::spawn(async move { store.append(batch(n, NOON)).await })
        })
        .collect();
    for writer in writers {
        writer.await.expect("no writer panics").expect("durable");
    }
    until_sessions(&store, 4999).await;
    assert_eq!(store.sessions(&site()).changes_since(version), Changes::Resync);
}

#[tokio::test]
async fn a_directory_is_used_by_one_process_at_a_time() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let first = open(dir.path()).await;
    let second = Store::open(dir.path(), OPTIONS).await;
    assert!(matches!(second, Err(OpenError::InUse(_))));
    drop(first);
    open(dir.path()).await;
}

#[tokio::test]
async fn a_damaged_row_is_left_out_and_counted() {
    use sqlx::{Connection, SqliteConnection};
    let dir = tempfile::tempdir().expect("a temporary directory");
    let store = open(dir.path()).await;
    for n in 1..=3 {
        store.append(batch(n, NOON)).await.expect("durable");
    }
    drop(store);
    let url = format!("sqlite://{}", dir.path().join("journal.db").display());
    let mut connection = SqliteConnection::connect(&url).await.expect("the journal is a SQLite file");
    sqlx::query("UPDATE batches SET body = substr(body, 1, 20) WHERE position = 2")
        .execute(&mut connection)
        .await
        .expect("a row can be cut");
    connection.close().await.expect("closed");

    let (store, recovery) = Store::open(dir.path(), OPTIONS).await.expect("it opens all the same");
    assert_eq!((recovery.batches, recovery.unreadable), (2, 1));
    assert_eq!(store.status().live_sessions, 2);
    let aside = std::fs::read(dir.path().join("damaged/journal-2.json")).expect("it was set aside");
    assert_eq!(aside.len(), 20, "what is left of the row can be looked at");
    drop(store);
    let (_, recovery) = Store::open(dir.path(), OPTIONS).await.expect("it opens a third time");
    assert_eq!((recovery.batches, recovery.unreadable), (2, 0), "it is told of once");
}

#[tokio::test]
async fn sites_and_salts_outlive_a_restart() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let store = open(dir.path()).await;
    let new = NewSite {
        id: site(),
        name: "Shop".to_owned(),
        time_zone: "Europe/Berlin".to_owned(),
        base_path: "/shop".to_owned(),
        session_rules: SessionRules { timeout_ms: 5 * MINUTE, ..SessionRules::default() },
    };
    let made = store.metadata().create_site(new.clone()).await.expect("made");
    assert!(store.metadata().create_site(new.clone()).await.is_err(), "an id is taken once");
    let too_long = SessionRules { timeout_ms: 241 * MINUTE, ..SessionRules::default() };
    let wrong = NewSite { id: SiteId("other".to_owned()), session_rules: too_long, ..new };
    assert!(store.metadata().create_site(wrong).await.is_err());
    let salts = store.metadata().salts(NOON).await.expect("drawn");
    drop(store);

    let store = open(dir.path()).await;
    assert_eq!(*store.metadata().site(&site()).expect("there"), *made);
    assert_eq!(store.metadata().salts(NOON).await.expect("kept"), salts);
    let tomorrow = store.metadata().salts(NOON.plus(24 * HOUR)).await.expect("drawn");
    assert_eq!(tomorrow.yesterday, salts.today);
    assert_ne!(tomorrow.today, salts.today);
}

#[test]
fn the_journal_of_every_version_can_be_read() {
    let golden = include_str!("golden/journal-1.json");
    let batch: Batch = serde_json::from_str(golden).expect("a record of format 1 can be read");
    assert_eq!(batch.events.len(), 15, "one event of each kind");
    let again = serde_json::to_string_pretty(&batch).expect("it can be written");
    expect_test::expect_file!["golden/journal-1.json"].assert_eq(&(again + "\n"));
}
