//! Flush: what is over moves into the lake, the journal forgets it, and no answer changes.

use crate::fixture::{NOON, Opened, batch, batch_of, click, empty, id, later, now, page_view, shop};
use crate::scan::cells;
use footpath_model::batch::Batch;
use footpath_model::context::{Context, User};
use footpath_model::event::{Custom, EventKind, Identify, PropValue, Props, Vital, VitalName, VitalRating};
use footpath_model::id::TabId;
use footpath_model::time::{DAY, HOUR, MINUTE, SECOND};
use uuid::Uuid;

/// One event of each kind, with all that a context can say.
fn of_every_kind() -> Batch {
    let golden: Batch = serde_json::from_str(include_str!("../golden/journal-1.json")).expect("a batch");
    assert_eq!(golden.events.len(), 15);
    golden
}

/// Numbers whose text is long, strings that need escapes, empty ones, and the widest integers.
fn awkward() -> Vec<EventKind> {
    let props: Props = [
        ("sum".to_owned(), PropValue::Number(0.1 + 0.2)),
        ("tiny".to_owned(), PropValue::Number(5e-324)),
        ("huge".to_owned(), PropValue::Number(-1.797_693_134_862_315_7e308)),
        ("third".to_owned(), PropValue::Number(1.0 / 3.0)),
        ("on".to_owned(), PropValue::Bool(true)),
        ("\"quoted\"\n{}: ".to_owned(), PropValue::Text("\u{0}\u{1f}é🜁 \"\\/ ':{".to_owned())),
        (String::new(), PropValue::Text(String::new())),
    ]
    .into();
    let vital = |value| {
        EventKind::Vital(Vital {
            name: VitalName::Cls,
            value,
            rating: VitalRating::NeedsImprovement,
            attribution: None,
        })
    };
    vec![
        page_view("https://shop.example/a?b=\"c\"&utm_source=news&utm_campaign=%C3%A4"),
        EventKind::Custom(Custom { name: "{\"click\":{}}".to_owned(), props: props.clone() }),
        EventKind::Identify(Identify { user_id: "zoë \"the\" 1st".to_owned(), traits: props }),
        vital(0.123_456_789_012_345_67),
        vital(2_718.281_828_459_045),
        vital(0.0),
        click(""),
    ]
}

/// Batches under all the conditions that a row must remember.
fn of_all_sorts() -> Vec<Batch> {
    let start = NOON.plus(-3 * HOUR);
    let skewed = Batch {
        sent_at: start.plus(-10 * MINUTE),
        events: batch(1, start.plus(-10 * MINUTE)).events,
        ..batch(1, start)
    };
    // The second batch of that tab was sent after its clock was set right: the tab's correction holds.
    let set_right = batch_of(1, 2, start.plus(MINUTE), vec![click("after the clock was set")]);
    let mut clamped = batch(2, start);
    clamped.events[1].at = start.plus(HOUR);
    let backfilled = Batch { backfill: true, ..batch(3, start.plus(-400 * DAY)) };
    let backfilled = Batch { received_at: start, sent_at: start, ..backfilled };
    let two_tabs = Batch { tab_id: TabId(Uuid::from_u128(99)), ..batch(4, start.plus(SECOND / 2)) };
    let mut split = batch(5, start.plus(-DAY));
    split.received_at = start;
    split.sent_at = start;
    split.events[1].at = start.plus(-DAY + 2 * HOUR);
    let known = Context {
        user: Some(User { id: "u1".to_owned(), traits: [("n".to_owned(), PropValue::Number(1e21))].into() }),
        props: [("theme".to_owned(), PropValue::Text("dark".to_owned()))].into(),
        ..Context::default()
    };
    let other =
        Context { user: Some(User { id: "u2".to_owned(), traits: Props::default() }), ..known.clone() };
    // Another user in the same instant: a session of its own.
    let switched = Batch {
        context: other,
        ..batch_of(
            6,
            2,
            start.plus(MINUTE),
            vec![click("as another user"), page_view("https://shop.example/2")],
        )
    };
    let no_activity = EventKind::Vital(Vital {
        name: VitalName::Inp,
        value: 8.0,
        rating: VitalRating::Good,
        attribution: None,
    });
    vec![
        skewed,
        set_right,
        clamped,
        backfilled,
        batch(4, start),
        two_tabs,
        split,
        Batch { context: known, ..batch(6, start) },
        switched,
        batch_of(7, 0, start, awkward()),
        batch_of(8, 0, start, vec![no_activity]),
        of_every_kind(),
    ]
}

async fn full() -> Opened {
    let opened = empty().await;
    let of_every = of_every_kind().received_at;
    later(of_every.since(now()).max(0) + SECOND);
    opened.take(of_all_sorts()).await;
    opened
}

#[tokio::test]
async fn settled_sessions_move_to_the_lake_as_they_are() {
    let opened = full().await;
    let before = opened.answers().await;
    let before_cells = cells(&opened.store, &shop()).await;
    assert!(before.rows.iter().any(|row| row.n_clamped > 0), "one was clamped");
    assert!(before.rows.iter().any(|row| row.clock_skew_ms != 0), "one was skewed");
    assert_eq!(before.rows.iter().filter(|row| row.previous_id == Some(id(5))).count(), 1, "one was split");
    let n_batches = of_all_sorts().len();
    assert_eq!(opened.journalled().await, i64::try_from(n_batches).expect("few"));

    let flushed = opened.flush().await;
    assert_eq!((flushed.sessions, flushed.events), (before.rows.len(), before.n_events()));
    assert_eq!((flushed.amended, flushed.more), (0, false));
    let status = opened.store.status();
    assert_eq!((status.live_sessions, status.live_bytes), (0, 0));
    assert_eq!((status.lake_sessions, status.lake_events), (before.rows.len(), before.n_events()));
    assert_eq!(opened.journalled().await, 0, "the journal forgets what the lake has");
    assert_eq!(opened.answers().await, before);
    assert_eq!(cells(&opened.store, &shop()).await, before_cells, "lists of steps, views and requests too");

    let (opened, recovery) = opened.restarted().await;
    assert_eq!(recovery, footpath_store::Recovery::default());
    assert_eq!(opened.answers().await, before);
    assert_eq!(cells(&opened.store, &shop()).await, before_cells);
    assert_eq!(opened.flush().await.sessions, 0, "there is nothing left to flush");
}

#[tokio::test]
async fn a_restart_before_the_flush_changes_nothing() {
    let opened = full().await;
    let before = opened.answers().await;
    let (opened, recovery) = opened.restarted().await;
    assert_eq!(recovery.batches, of_all_sorts().len() as u64);
    assert_eq!(opened.answers().await, before);
    opened.flush().await;
    assert_eq!(opened.answers().await, before);
}

#[tokio::test]
async fn live_sessions_stay() {
    let opened = empty().await;
    opened.take([batch(1, NOON.plus(-HOUR)), batch(2, NOON)]).await;
    let before = opened.answers().await;
    assert_eq!(opened.store.flush().await.expect("flushed").sessions, 0, "nothing is quiet yet");
    later(6 * SECOND);
    assert_eq!(opened.store.flush().await.expect("flushed").sessions, 1);
    let status = opened.store.status();
    assert_eq!((status.live_sessions, status.lake_sessions), (1, 1));
    assert_eq!(opened.journalled().await, 1, "what is live is in the journal");
    assert_eq!(opened.answers().await, before);

    let (opened, recovery) = opened.restarted().await;
    assert_eq!(recovery.batches, 1);
    assert_eq!(opened.answers().await, before);
}

#[tokio::test]
async fn a_hint_with_a_live_part_stays_whole() {
    let opened = empty().await;
    let second = batch_of(1, 2, NOON.plus(2 * HOUR), vec![click("back again")]);
    later(2 * HOUR);
    opened.take([batch(1, NOON), second]).await;
    later(6 * SECOND);
    assert_eq!(opened.answers().await.rows.len(), 2);
    assert_eq!(opened.store.flush().await.expect("flushed").sessions, 0);
    later(HOUR);
    assert_eq!(opened.store.flush().await.expect("flushed").sessions, 2);
}

#[tokio::test]
async fn too_much_live_is_flushed_before_it_is_over_and_stays_one_row() {
    use footpath_store::{Store, StoreOptions};
    let dir = tempfile::tempdir().expect("a temporary directory");
    let little = StoreOptions { live_bytes: 4096, clock: now };
    let (store, _) = Store::open(dir.path(), little).await.expect("it opens");
    let keeping = tokio::spawn(store.clone().keep());
    let opened = Opened { dir, store };
    for n in 1..=40 {
        opened.take([batch(n, NOON)]).await;
    }
    while opened.store.status().live_bytes > 4096 {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    assert!(opened.store.status().lake_sessions > 0, "some moved");
    let grown = (1..=40).map(|n| batch_of(n, 2, NOON.plus(MINUTE), vec![click("more")]));
    opened.take(grown).await;
    let answers = opened.answers().await;
    assert_eq!(answers.rows.len(), 40);
    assert!(answers.rows.iter().all(|row| row.counts.events == 3));
    assert!(answers.events.values().all(|events| events.len() == 3));
    keeping.abort();
}
