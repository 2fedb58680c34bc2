//! Saving: what is live is in the lake too, so that a start need not fold it, and it is one row all the same.

use crate::fixture::{NOON, Opened, batch, batch_of, click, empty, late_batch, later, now, shop};
use crate::scan::cells;
use footpath_model::time::{HOUR, MINUTE, SECOND};
use footpath_store::{Store, StoreOptions};
use std::collections::HashSet;

async fn with(n: u128) -> Opened {
    let opened = empty().await;
    opened.take((1..=n).map(|n| batch(n, NOON))).await;
    opened
}

#[tokio::test]
async fn what_is_saved_stays_live_and_is_not_folded_at_the_next_start() {
    let opened = with(3).await;
    let (before, before_cells) = (opened.answers().await, cells(&opened.store, &shop()).await);
    assert_eq!(opened.store.save(0).await.expect("saved").sessions, 3);
    let status = opened.store.status();
    assert_eq!((status.live_sessions, status.lake_sessions), (3, 3));
    assert!(status.live_bytes > 0, "they are in memory");
    assert_eq!(opened.journalled().await, 0);
    assert_eq!(opened.answers().await, before);
    assert_eq!(cells(&opened.store, &shop()).await, before_cells);
    assert_eq!(opened.store.save(0).await.expect("saved").sessions, 0, "nothing has changed");

    let (opened, recovery) = opened.restarted().await;
    assert_eq!(recovery.batches, 0);
    assert_eq!(opened.answers().await, before);
    assert_eq!(cells(&opened.store, &shop()).await, before_cells);
}

#[tokio::test]
async fn what_did_not_change_since_is_let_go_of_and_not_written_again() {
    let opened = with(3).await;
    opened.store.save(0).await.expect("saved");
    let (before, files) = (opened.answers().await, opened.files("sessions"));
    opened.take([late_batch(3, NOON)]).await;
    let grown = opened.answers().await;
    assert_ne!(grown, before);
    later(6 * SECOND);
    // All are quiet, and those of NOON are over.
    later(HOUR);
    let flushed = opened.store.flush().await.expect("flushed");
    assert_eq!((flushed.sessions, flushed.events, flushed.amended), (3, 4, 1), "only one was written");
    assert_eq!(opened.store.status().live_sessions, 0);
    assert_eq!(opened.store.status().live_bytes, 0);
    assert_ne!(opened.files("sessions"), files);
    assert_eq!(opened.answers().await, grown);

    let saved_alone = with(2).await;
    saved_alone.store.save(0).await.expect("saved");
    let files = saved_alone.files("sessions");
    let before = saved_alone.answers().await;
    assert_eq!(saved_alone.flush().await.sessions, 2);
    assert_eq!(saved_alone.store.status().live_sessions, 0);
    assert_eq!(saved_alone.files("sessions"), files, "no file was written");
    assert_eq!(saved_alone.answers().await, before);
}

#[tokio::test]
async fn saved_sessions_grow_move_and_go_as_others_do() {
    let opened = with(4).await;
    opened.store.save(0).await.expect("saved");
    opened.take((1..=4).map(|n| late_batch(n, NOON))).await;
    opened.take((5..=8).map(|n| batch(n, NOON.plus(MINUTE)))).await;
    opened.store.save(0).await.expect("saved again");
    opened.take((9..=12).map(|n| batch(n, NOON.plus(2 * MINUTE)))).await;
    opened.store.save(0).await.expect("saved again");
    let before = opened.answers().await;
    assert_eq!(before.rows.len(), 12);
    later(2 * 24 * HOUR);
    while opened.store.compact().await.expect("compacted").is_some() {}
    assert_eq!(opened.files("sessions").len(), 1, "rows moved to another file");
    assert_eq!(opened.answers().await, before);
    let gone = HashSet::from([crate::fixture::id(2)]);
    let erased = opened
        .store
        .erase(&shop(), &gone, "a test".to_owned(), footpath_store::Deletion::ForGood)
        .await
        .expect("erased");
    assert_eq!((erased.sessions, erased.events), (1, 4));
    let left = opened.answers().await;
    assert_eq!(left.rows.len(), 11);
    let (opened, recovery) = opened.restarted().await;
    assert_eq!(recovery.batches, 0);
    assert_eq!(opened.answers().await, left);
}

#[tokio::test]
async fn a_journal_that_does_not_fit_in_memory_is_moved_to_the_lake_at_the_start() {
    const WIDE: usize = 100_000;
    let opened = empty().await;
    let wide = |n| batch_of(n, 0, NOON, vec![click(&"x".repeat(WIDE)), click("Buy")]);
    opened.take((1..=600).map(wide)).await;
    let before = opened.answers().await;
    let Opened { dir, store } = opened;
    drop(store);
    let little = StoreOptions { live_bytes: 1 << 20, clock: now };
    let (store, recovery) = Store::open(dir.path(), little).await.expect("it opens");
    assert_eq!(recovery.batches, 600);
    let status = store.status();
    assert!(status.live_bytes < 600 * WIDE / 2, "{} bytes are live", status.live_bytes);
    assert!(status.lake_sessions > 0);
    let opened = Opened { dir, store };
    assert!(opened.journalled().await < 600, "the journal has forgotten what the lake has");
    assert_eq!(opened.answers().await, before);
}
