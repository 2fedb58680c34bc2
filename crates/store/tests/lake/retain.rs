//! Retention: whole days go, pinned sessions stay, and what is reported is what happened.

use crate::fixture::{NOON, Opened, batch, batch_of, click, empty, id, late_batch, later, now, shop};
use footpath_model::time::{DAY, MINUTE};
use footpath_store::{DataKind, Deleted, Deletion, Retention};
use std::collections::BTreeMap;

/// A session a day for 20 days, in the lake; session `n` is of day `n`, and it is the noon of the day after the last.
async fn of_20_days() -> Opened {
    let opened = empty().await;
    later(-now().since(NOON));
    for n in 1..=20 {
        opened.take([batch(n, day(n)), batch(n + 100, day(n).plus(MINUTE))]).await;
    }
    later(21 * DAY);
    assert_eq!(opened.store.flush().await.expect("flushed").sessions, 40);
    opened
}

fn day(n: u128) -> footpath_model::time::Timestamp {
    NOON.plus(i64::try_from(n).expect("small") * DAY)
}

async fn keep(opened: &Opened, kind: DataKind, days: u32) {
    let retention = Retention(BTreeMap::from([(kind, days)]));
    opened.store.metadata().set_retention(&shop(), retention, now()).await.expect("set");
}

fn bytes(opened: &Opened) -> u64 {
    opened.files("sessions").values().chain(opened.files("events").values()).sum()
}

/// Runs it dry and then for good, and checks the one against the other and against the directory.
async fn retained(opened: &Opened) -> Deleted {
    let before = opened.answers().await;
    let on_disk = bytes(opened);
    let n_files = opened.files("sessions").len() + opened.files("events").len();
    let would = opened.store.retain(&shop(), Deletion::DryRun).await.expect("told");
    assert_eq!(opened.answers().await, before, "a dry run changes no answer");
    assert_eq!(bytes(opened), on_disk, "nor a file");
    assert!(opened.store.metadata().deletions(&shop(), 10).await.expect("read").is_empty(), "nor the record");
    let deleted = opened.store.retain(&shop(), Deletion::ForGood).await.expect("deleted");
    assert_eq!(
        (would.sessions, would.events, would.files),
        (deleted.sessions, deleted.events, deleted.files)
    );
    assert!(deleted.bytes > 0);
    assert_eq!(on_disk - bytes(opened), deleted.bytes, "the directory shrank by what was reported");
    assert_eq!(deleted.files_still_read, 0);
    assert!(opened.files("sessions").len() + opened.files("events").len() < n_files);
    deleted
}

#[tokio::test]
async fn whole_days_go() {
    let opened = of_20_days().await;
    keep(&opened, DataKind::Sessions, 10).await;
    let deleted = retained(&opened).await;
    // It is day 21: days 1 to 10 are more than 10 days ago.
    assert_eq!((deleted.sessions, deleted.events), (20, 40));
    let after = opened.answers().await;
    assert!(after.rows.iter().all(|row| row.start >= day(11)));
    assert_eq!((after.rows.len(), after.n_events()), (20, 40));
    let status = opened.store.status();
    assert_eq!((status.lake_sessions, status.lake_events), (20, 40));
    let record = opened.store.metadata().deletions(&shop(), 10).await.expect("read");
    let sum = |of: fn(&Deleted) -> usize| record.iter().map(|record| of(&record.deleted)).sum::<usize>();
    assert_eq!((sum(|deleted| deleted.sessions), sum(|deleted| deleted.events)), (20, 40));
    assert_eq!(record.iter().map(|record| record.deleted.bytes).sum::<u64>(), deleted.bytes);
    assert!(record.iter().all(|record| record.error.is_none()));
    let again = opened.store.retain(&shop(), Deletion::ForGood).await.expect("nothing to do");
    assert_eq!(again, Deleted::default());
    let (opened, recovery) = opened.restarted().await;
    assert_eq!(recovery, footpath_store::Recovery::default());
    assert_eq!(opened.answers().await, after);
}

#[tokio::test]
async fn pinned_sessions_stay_with_their_events() {
    let opened = of_20_days().await;
    keep(&opened, DataKind::Sessions, 10).await;
    for n in [3, 104] {
        opened.store.metadata().pin(&shop(), id(n), true, now()).await.expect("pinned");
    }
    let before = opened.answers().await;
    let deleted = retained(&opened).await;
    assert_eq!((deleted.sessions, deleted.events), (18, 36));
    let after = opened.answers().await;
    assert_eq!(after.rows.len(), 22);
    for n in [3, 104] {
        let row =
            |answers: &crate::fixture::Answers| answers.rows.iter().find(|row| row.id == id(n)).cloned();
        assert_eq!(row(&after), row(&before));
        assert_eq!(after.events[&id(n)], before.events[&id(n)]);
    }
    let again = opened.store.retain(&shop(), Deletion::ForGood).await.expect("nothing to do");
    assert_eq!(again, Deleted::default(), "what is pinned is not rewritten each time");
    let (opened, _) = opened.restarted().await;
    opened.store.metadata().pin(&shop(), id(3), false, now()).await.expect("let go");
    let deleted = opened.store.retain(&shop(), Deletion::ForGood).await.expect("deleted");
    assert_eq!((deleted.sessions, deleted.events), (1, 2), "what is let go goes");
}

#[tokio::test]
async fn events_go_alone_and_late_data_for_them_is_counted() {
    let opened = of_20_days().await;
    keep(&opened, DataKind::Events, 10).await;
    let before = opened.answers().await;
    let deleted = retained(&opened).await;
    assert_eq!((deleted.sessions, deleted.events), (0, 40));
    let after = opened.answers().await;
    assert_eq!(after.rows, before.rows, "rows stay as they were");
    assert_eq!(after.n_events(), 40);
    assert!(after.events[&id(3)].is_empty());

    opened.take([late_batch(3, day(3)), late_batch(15, day(15))]).await;
    assert_eq!(opened.store.n_late(), 2, "late events of a session without its events");
    let late = opened.answers().await;
    assert_eq!(late.ids(), before.ids(), "no second row");
    let events_of = |n| late.rows.iter().find(|row| row.id == id(n)).expect("there").counts.events;
    assert_eq!((events_of(3), events_of(15)), (2, 4));
    opened.flush().await;
    assert_eq!(opened.journalled().await, 0, "what came too late is not kept either");
    let (opened, recovery) = opened.restarted().await;
    assert_eq!((recovery.batches, opened.store.n_late()), (0, 0), "and is told of once");
    assert_eq!(opened.answers().await, late);
}

#[tokio::test]
async fn events_are_not_kept_longer_than_their_sessions() {
    let opened = of_20_days().await;
    let retention = Retention(BTreeMap::from([(DataKind::Sessions, 7), (DataKind::Events, 3650)]));
    opened.store.metadata().set_retention(&shop(), retention, now()).await.expect("set");
    let deleted = retained(&opened).await;
    assert_eq!((deleted.sessions, deleted.events), (26, 52));
}

#[tokio::test]
async fn another_sites_days_are_left_alone() {
    use footpath_model::batch::Batch;
    let opened = of_20_days().await;
    let other = footpath_model::id::SiteId("other".to_owned());
    opened.take([Batch { site: other.clone(), ..batch(1, day(1)) }]).await;
    opened.flush().await;
    keep(&opened, DataKind::Sessions, 7).await;
    retained(&opened).await;
    assert_eq!(crate::fixture::answers(&opened.store, &other).await.rows.len(), 1);
}

#[tokio::test]
async fn what_is_live_over_its_retention_is_one_row_and_goes_at_the_next_run() {
    let opened = of_20_days().await;
    opened.take([late_batch(3, day(3))]).await;
    keep(&opened, DataKind::Sessions, 10).await;
    opened.store.retain(&shop(), Deletion::ForGood).await.expect("deleted");
    let answers = opened.answers().await;
    assert_eq!(answers.rows.len(), 21, "it is still being amended");
    assert_eq!(answers.events[&id(3)].len(), 4);
    opened.take([batch_of(3, 4, day(3).plus(2 * MINUTE), vec![click("more")])]).await;
    assert_eq!(opened.flush().await.sessions, 1);
    assert_eq!(opened.answers().await.events[&id(3)].len(), 5);
    opened.store.retain(&shop(), Deletion::ForGood).await.expect("deleted");
    assert!(!opened.answers().await.ids().contains(&id(3)));
}

#[tokio::test]
async fn a_session_that_lost_its_beginning_is_amended_as_one_row() {
    // One hint over two days, split by the night; retention takes the first.
    let opened = empty().await;
    let second = batch_of(1, 2, NOON.plus(DAY), vec![click("the day after")]);
    opened.take([batch(1, NOON), second]).await;
    opened.flush().await;
    let before = opened.answers().await;
    assert_eq!(before.rows.len(), 2);
    keep(&opened, DataKind::Sessions, 7).await;
    let until = NOON.plus(8 * DAY).since(now());
    later(until);
    opened.store.retain(&shop(), Deletion::ForGood).await.expect("deleted");
    assert_eq!(opened.answers().await.ids(), [before.rows[1].id]);
    opened.take([batch_of(1, 3, NOON.plus(DAY + MINUTE), vec![click("late")])]).await;
    // It is the first of its hint now, and has the hint's id: the fold knows nothing of what is deleted.
    let amended = opened.answers().await;
    assert_eq!((amended.rows.len(), amended.n_events()), (1, 2));
    opened.flush().await;
    assert_eq!(opened.answers().await, amended);
    assert_eq!(opened.store.status().lake_sessions, 1);
}
