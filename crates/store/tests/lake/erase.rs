//! Erasure: of what is erased no byte is left, wherever it was.

use crate::fixture::{NOON, Opened, batch, batch_of, click, empty, id, later, now, shop};
use crate::scan::files_with;
use footpath_model::batch::Batch;
use footpath_model::context::{Context, User};
use footpath_model::event::Props;
use footpath_model::id::VisitorId;
use footpath_model::time::{DAY, HOUR, MINUTE};
use footpath_store::{Deleted, Deletion};
use std::collections::HashSet;
use uuid::Uuid;

const SECRET: &str = "secret-7c1f";

/// Session 7, with a word that no other session has, as a click's label and as a user's name.
fn secret(seq: u32, at: footpath_model::time::Timestamp) -> Batch {
    let user = User { id: format!("{SECRET}@example.org"), traits: Props::default() };
    let kinds = vec![click(&format!("{SECRET}-label-{seq}")), click("plain")];
    Batch { context: Context { user: Some(user), ..Context::default() }, ..batch_of(7, seq, at, kinds) }
}

fn others() -> impl Iterator<Item = Batch> {
    (1..=5).map(|n| batch(n, NOON))
}

fn seven() -> HashSet<footpath_model::id::SessionId> {
    HashSet::from([id(7)])
}

async fn erased(opened: &Opened) -> Deleted {
    let before = opened.answers().await;
    let would = opened.store.erase(&shop(), &seven(), "a test".to_owned(), Deletion::DryRun).await;
    let would = would.expect("told");
    assert_eq!(opened.answers().await, before, "a dry run changes nothing");
    assert!(!files_with(opened.dir.path(), &[SECRET]).is_empty(), "and the search finds what is there");
    let deleted =
        opened.store.erase(&shop(), &seven(), "erasure of a test".to_owned(), Deletion::ForGood).await;
    let deleted = deleted.expect("erased");
    assert_eq!(deleted.files_still_read, 0);
    let (session, user) = (id(7).to_string(), format!("{SECRET}@example.org"));
    let left = files_with(opened.dir.path(), &[SECRET, &session, &user]);
    assert_eq!(left, Vec::<String>::new(), "nothing is left of it in any file");
    let mut expected = before;
    expected.rows.retain(|row| row.id != id(7));
    expected.events.remove(&id(7));
    assert_eq!(opened.answers().await, expected, "others are as they were");
    let receipts = opened.store.metadata().deletions(&shop(), 10).await.expect("read");
    assert_eq!(receipts.len(), 1, "one receipt, none for the dry run");
    assert_eq!(receipts[0].cause, "erasure of a test");
    assert_eq!(
        (receipts[0].deleted.sessions, receipts[0].deleted.events),
        (deleted.sessions, deleted.events)
    );
    assert_eq!((would.sessions, deleted.sessions), (1, 1));
    deleted
}

async fn stays_erased(opened: Opened) {
    let before = opened.answers().await;
    let (opened, _) = opened.restarted().await;
    assert_eq!(opened.answers().await, before);
    assert_eq!(files_with(opened.dir.path(), &[SECRET, &id(7).to_string()]), Vec::<String>::new());
}

#[tokio::test]
async fn a_live_session_is_erased() {
    let opened = empty().await;
    opened.take(others().chain([secret(0, NOON)])).await;
    let deleted = erased(&opened).await;
    assert_eq!(deleted.events, 2);
    stays_erased(opened).await;
}

#[tokio::test]
async fn a_flushed_session_is_erased() {
    let opened = empty().await;
    opened.take(others().chain([secret(0, NOON)])).await;
    opened.flush().await;
    let bytes = |opened: &Opened| -> u64 {
        opened.files("sessions").values().chain(opened.files("events").values()).sum()
    };
    let before = bytes(&opened);
    let deleted = erased(&opened).await;
    assert_eq!((deleted.events, deleted.files), (2, 2));
    assert_eq!(before - bytes(&opened), deleted.bytes, "the directory shrank by what was reported");
    stays_erased(opened).await;
}

#[tokio::test]
async fn an_amended_session_is_erased_pinned_or_not() {
    let opened = empty().await;
    opened.take(others().chain([secret(0, NOON)])).await;
    opened.flush().await;
    opened.store.metadata().pin(&shop(), id(7), true, now()).await.expect("pinned");
    opened.take([secret(2, NOON.plus(MINUTE))]).await;
    erased(&opened).await;
    assert!(!opened.store.metadata().is_pinned(&shop(), id(7)));
    stays_erased(opened).await;
}

#[tokio::test]
async fn what_compaction_replaced_is_erased_too() {
    let opened = empty().await;
    for batch in others().chain([secret(0, NOON)]) {
        opened.take([batch]).await;
        opened.flush().await;
    }
    while opened.store.compact().await.expect("compacted").is_some() {}
    erased(&opened).await;
    stays_erased(opened).await;
}

#[tokio::test]
async fn late_data_of_a_session_without_events_is_erased() {
    use footpath_store::{DataKind, Retention};
    let opened = empty().await;
    opened.take(others().chain([secret(0, NOON)])).await;
    opened.flush().await;
    later(20 * DAY);
    let retention = Retention([(DataKind::Events, 7)].into());
    opened.store.metadata().set_retention(&shop(), retention, now()).await.expect("set");
    opened.store.retain(&shop(), Deletion::ForGood).await.expect("deleted");
    opened.take([secret(2, NOON.plus(MINUTE))]).await;
    assert_eq!(opened.store.n_late(), 2);
    let gone = opened.store.erase(&shop(), &seven(), "erasure of a test".to_owned(), Deletion::ForGood).await;
    assert_eq!(gone.expect("erased").sessions, 1);
    assert_eq!(files_with(opened.dir.path(), &[SECRET, &id(7).to_string()]), Vec::<String>::new());
    stays_erased(opened).await;
}

#[tokio::test]
async fn a_part_that_the_server_split_off_goes_and_the_others_stay() {
    let opened = empty().await;
    opened.take(others().chain([batch(7, NOON), secret(2, NOON.plus(2 * HOUR))])).await;
    let before = opened.answers().await;
    let parts =
        opened.store.sessions_of_user(&shop(), &format!("{SECRET}@example.org")).await.expect("found");
    assert_eq!(parts.len(), 1);
    let gone =
        opened.store.erase(&shop(), &parts, "a user".to_owned(), Deletion::ForGood).await.expect("erased");
    assert_eq!((gone.sessions, gone.events), (1, 2));
    assert_eq!(files_with(opened.dir.path(), &[SECRET]), Vec::<String>::new());
    let mut expected = before;
    expected.rows.retain(|row| !parts.contains(&row.id));
    expected.events.retain(|id, _| !parts.contains(id));
    assert_eq!(opened.answers().await, expected);
    let (opened, _) = opened.restarted().await;
    assert_eq!(opened.answers().await, expected);
}

#[tokio::test]
async fn a_users_sessions_are_found_live_and_flushed_and_only_theirs() {
    let opened = empty().await;
    opened.take(others().chain([secret(0, NOON)])).await;
    opened.flush().await;
    let again = Batch { visitor_id: VisitorId(Uuid::from_u128(8)), ..secret(0, NOON) };
    let again = Batch { hint: footpath_model::batch::SessionHint { id: id(8), ..again.hint }, ..again };
    opened.take([again]).await;
    let found =
        opened.store.sessions_of_user(&shop(), &format!("{SECRET}@example.org")).await.expect("found");
    assert_eq!(found, HashSet::from([id(7), id(8)]));
    let deleted = opened.store.erase(&shop(), &found, "a user".to_owned(), Deletion::ForGood).await;
    assert_eq!(deleted.expect("erased").sessions, 2);
    assert_eq!(files_with(opened.dir.path(), &[SECRET]), Vec::<String>::new());
}

#[tokio::test]
async fn data_that_arrives_while_it_is_erased_does_not_bring_it_back() {
    for delay in 0..12 {
        let opened = empty().await;
        opened.take(others().chain([secret(0, NOON)])).await;
        opened.flush().await;
        let (erasing, store) = (opened.store.clone(), opened.store.clone());
        let erase = tokio::spawn(async move {
            erasing.erase(&shop(), &seven(), "erasure of a test".to_owned(), Deletion::ForGood).await
        });
        tokio::time::sleep(std::time::Duration::from_micros(delay * 1500)).await;
        store.append(secret(2, NOON.plus(MINUTE))).await.expect("durable");
        erase.await.expect("no panic").expect("erased");
        let first = format!("{SECRET}-label-0");
        assert_eq!(files_with(opened.dir.path(), &[&first]), Vec::<String>::new(), "after {delay} steps");
        opened.take([batch(9, NOON)]).await;
        let events = opened.answers().await.events.remove(&id(7)).unwrap_or_default();
        assert!(!events.iter().any(|event| event.contains(&first)), "after {delay} steps");
    }
}
