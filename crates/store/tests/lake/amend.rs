//! Late data: a session that the lake has is loaded, folded on, and written anew in place of its old row.

use crate::fixture::{NOON, Opened, batch, batch_of, click, empty, id, late_batch, later, shop};
use footpath_model::batch::Batch;
use footpath_model::id::TabId;
use footpath_model::time::{DAY, HOUR, MINUTE, SECOND};
use uuid::Uuid;

/// Sessions 1 to 3 in the lake, some on another day than the others.
async fn flushed() -> Opened {
    let opened = empty().await;
    opened.take([batch(1, NOON), batch(2, NOON.plus(SECOND)), batch(3, NOON.plus(-DAY))]).await;
    assert_eq!(opened.flush().await.sessions, 3);
    opened
}

/// What the same batches make in a store that never flushes.
async fn without_a_lake(batches: impl IntoIterator<Item = Batch>) -> crate::fixture::Answers {
    let opened = empty().await;
    opened.take(batches).await;
    opened.answers().await
}

fn all() -> Vec<Batch> {
    vec![batch(1, NOON), batch(2, NOON.plus(SECOND)), batch(3, NOON.plus(-DAY)), late_batch(1, NOON)]
}

#[tokio::test]
async fn late_data_amends_a_flushed_session() {
    let expected = without_a_lake(all()).await;
    let opened = flushed().await;
    opened.take([late_batch(1, NOON)]).await;
    assert_eq!(opened.answers().await, expected, "while it is amended");
    let status = opened.store.status();
    assert_eq!((status.live_sessions, status.lake_sessions), (1, 3), "its old row is hidden");

    let (opened, recovery) = opened.restarted().await;
    assert_eq!(recovery.batches, 1, "the journal has the late batch alone");
    assert_eq!(opened.answers().await, expected, "after a restart");

    let again = opened.flush().await;
    assert_eq!((again.sessions, again.events, again.amended), (1, 4, 1));
    assert_eq!(opened.answers().await, expected, "in the lake again");
    let status = opened.store.status();
    assert_eq!(
        (status.live_sessions, status.lake_sessions, status.lake_events),
        (0, 3, 8),
        "old rows are gone"
    );
    assert_eq!(opened.journalled().await, 0);
    let (opened, _) = opened.restarted().await;
    assert_eq!(opened.answers().await, expected);
    let status = opened.store.status();
    assert_eq!((status.lake_sessions, status.lake_events), (3, 8));
}

#[tokio::test]
async fn a_resent_batch_of_a_flushed_session_changes_nothing() {
    let opened = flushed().await;
    let before = opened.answers().await;
    opened.take([batch(1, NOON), batch(3, NOON.plus(-DAY))]).await;
    assert_eq!(opened.store.n_duplicates(), 4);
    assert_eq!(opened.answers().await, before);
    let (opened, _) = opened.restarted().await;
    assert_eq!(opened.answers().await, before);
    opened.flush().await;
    assert_eq!(opened.answers().await, before);
    assert_eq!(opened.store.status().lake_sessions, 3);
    assert_eq!(opened.journalled().await, 0, "what was sent twice is forgotten too");
}

#[tokio::test]
async fn late_data_of_another_tab_moves_the_start_to_another_day() {
    let opened = flushed().await;
    // The part before midnight arrives last, from a tab of its own: ten minutes at a time, so that nothing splits.
    let midnight = NOON.plus(-12 * HOUR);
    let steps: Vec<_> =
        (0..).map(|n| midnight.plus(-MINUTE + n * 20 * MINUTE)).take_while(|at| *at < NOON).collect();
    let mut earlier = batch_of(1, 0, NOON, steps.iter().map(|_| click("early")).collect());
    earlier.tab_id = TabId(Uuid::from_u128(77));
    earlier.events.iter_mut().zip(&steps).for_each(|(event, at)| event.at = *at);
    let mut batches = all();
    batches.truncate(3);
    batches.push(earlier.clone());
    let expected = without_a_lake(batches).await;

    opened.take([earlier]).await;
    assert_eq!(opened.answers().await, expected);
    opened.flush().await;
    assert_eq!(opened.answers().await, expected);
    let status = opened.store.status();
    assert_eq!(
        (status.lake_sessions, status.lake_events),
        (3, expected.n_events()),
        "the other day has no old row"
    );
    let (opened, _) = opened.restarted().await;
    assert_eq!(opened.answers().await, expected);
}

#[tokio::test]
async fn late_data_splits_and_joins_flushed_sessions() {
    let gap = batch_of(1, 2, NOON.plus(HOUR), vec![click("after a pause")]);
    let opened = flushed().await;
    opened.take([gap.clone()]).await;
    let split = without_a_lake(all().into_iter().take(3).chain([gap.clone()])).await;
    assert_eq!(split.rows.len(), 4);
    assert_eq!(opened.answers().await, split);
    assert_eq!(opened.flush().await.sessions, 2);
    assert_eq!(opened.answers().await, split);
    assert_eq!(opened.store.status().lake_sessions, 4);

    // What happened in the pause comes last of all, and makes one session of the two.
    let bridge = batch_of(1, 3, NOON.plus(29 * MINUTE), vec![click("meanwhile"), click("and then")]);
    let bridge = Batch { received_at: NOON.plus(2 * HOUR), sent_at: NOON.plus(2 * HOUR), ..bridge };
    let mut bridge = bridge;
    bridge.events[1].at = NOON.plus(40 * MINUTE);
    let joined = without_a_lake(all().into_iter().take(3).chain([gap, bridge.clone()])).await;
    assert_eq!(joined.rows.len(), 3);
    opened.take([bridge]).await;
    assert_eq!(opened.answers().await, joined);
    let (opened, _) = opened.restarted().await;
    assert_eq!(opened.answers().await, joined);
    opened.flush().await;
    assert_eq!(opened.answers().await, joined);
    let status = opened.store.status();
    assert_eq!((status.lake_sessions, status.lake_events), (3, joined.n_events()));
}

#[tokio::test]
async fn data_that_comes_while_a_flush_runs_is_in_the_answers_and_in_the_next_flush() {
    let opened = empty().await;
    opened.take((1..=50).map(|n| batch(n, NOON))).await;
    later(DAY);
    let (flushing, store) = (opened.store.clone(), opened.store.clone());
    let flush = tokio::spawn(async move { flushing.flush().await.expect("flushed") });
    for n in 1..=50 {
        tokio::task::yield_now().await;
        store.append(late_batch(n, NOON)).await.expect("durable");
    }
    flush.await.expect("no panic");
    drop(store);
    opened.take([batch(51, NOON)]).await;
    let expected =
        without_a_lake((1..=51).map(|n| batch(n, NOON)).chain((1..=50).map(|n| late_batch(n, NOON)))).await;
    assert_eq!(opened.answers().await, expected);
    let (opened, _) = opened.restarted().await;
    assert_eq!(opened.answers().await, expected);
    opened.flush().await;
    assert_eq!(opened.answers().await, expected);
    let status = opened.store.status();
    assert_eq!((status.live_sessions, status.lake_sessions, status.lake_events), (0, 51, 202));
    assert_eq!(opened.journalled().await, 0);
}

#[tokio::test]
async fn batches_of_the_same_instant_stay_apart() {
    // Same tab, same times, same context: but another visitor, and one of them is history.
    let other = Batch { backfill: true, ..late_batch(1, NOON) };
    let other = Batch { received_at: NOON, sent_at: NOON, ..other };
    let opened = empty().await;
    opened.take([batch(1, NOON), other]).await;
    let before = opened.answers().await;
    assert_eq!(before.events[&id(1)].iter().filter(|event| event.contains(", true, ")).count(), 2);
    opened.flush().await;
    assert_eq!(opened.answers().await, before);
    opened.take([batch_of(1, 4, NOON.plus(2 * MINUTE), vec![click("late")])]).await;
    let amended = opened.answers().await;
    assert_eq!(amended.rows[0].counts.events, 5);
    opened.flush().await;
    assert_eq!(opened.answers().await, amended);
    assert!(opened.store.sessions(&shop()).first_start().is_some());
}
