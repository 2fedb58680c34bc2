//! Damage: a store opens with what is left, says what is not, and never makes a second row of a session.

use crate::fixture::{NOON, Opened, batch, empty, files_below, id, late_batch, open, rows, shop};
use footpath_model::time::{DAY, MINUTE};
use footpath_store::{Deletion, FileError, Recovery, Store};
use std::path::{Path, PathBuf};

/// Sessions 1 to 3 of one day and 4 to 6 of the next, in the lake.
async fn two_days() -> Opened {
    let opened = empty().await;
    opened.take((1..=3).map(|n| batch(n, NOON))).await;
    opened.flush().await;
    opened.take((4..=6).map(|n| batch(n, NOON.plus(DAY)))).await;
    opened.flush().await;
    assert_eq!(opened.answers().await.rows.len(), 6);
    opened
}

/// The file of a table with the first day.
fn first_file(opened: &Opened, table: &str) -> PathBuf {
    opened.files(table).into_keys().next().expect("there is one")
}

/// The log's entry that removed or added files last.
fn newest_log_entry(dir: &Path, table: &str) -> PathBuf {
    let entries = files_below(&dir.join("lake").join(table).join("_delta_log"));
    entries
        .into_iter()
        .filter(|path| path.extension().is_some_and(|of| of == "json"))
        .max()
        .expect("there is one")
}

fn flip(path: &Path, at: usize) {
    let mut bytes = std::fs::read(path).expect("it can be read");
    bytes[at] ^= 0x55;
    std::fs::write(path, bytes).expect("it can be written");
}

/// Rows as the server reads them: what turns out to be damaged is left out, and the rest is asked for again.
async fn served(store: &Store) -> Vec<u128> {
    for _ in 0..5 {
        let sessions = store.sessions(&shop());
        let asked = tokio::task::spawn_blocking(move || {
            let rows = rows(&sessions)?;
            for row in &rows {
                sessions.session(row.id)?;
                sessions.events(row.id)?;
            }
            Ok::<_, FileError>(rows)
        });
        match asked.await.expect("reading damaged files does not panic") {
            Ok(rows) => return rows.iter().map(|row| row.id.0.as_u128()).collect(),
            Err(error) => store.quarantine(&error).await,
        }
    }
    panic!("damage does not come to an end");
}

#[tokio::test]
async fn a_missing_sessions_file_is_told_and_the_rest_served() {
    let opened = two_days().await;
    std::fs::remove_file(first_file(&opened, "sessions")).expect("removed");
    let (opened, recovery) = opened.restarted().await;
    assert_eq!((recovery.lake.missing.len(), recovery.lake.missing_rows), (1, 3));
    assert_eq!(opened.store.status().damage, recovery.lake);
    assert_eq!(served(&opened.store).await, [4, 5, 6]);
    // What is sent again is there again, with all its events, and once.
    opened.take([batch(1, NOON)]).await;
    opened.flush().await;
    assert_eq!(served(&opened.store).await, [1, 4, 5, 6]);
    assert_eq!(opened.answers().await.events[&id(1)].len(), 2);
}

#[tokio::test]
async fn a_missing_events_file_leaves_the_rows() {
    let opened = two_days().await;
    std::fs::remove_file(first_file(&opened, "events")).expect("removed");
    let (opened, recovery) = opened.restarted().await;
    assert_eq!((recovery.lake.missing.len(), recovery.lake.missing_rows), (1, 6));
    assert_eq!(served(&opened.store).await, [1, 2, 3, 4, 5, 6]);
    opened.take([late_batch(1, NOON), late_batch(4, NOON.plus(DAY))]).await;
    assert_eq!(served(&opened.store).await, [1, 2, 3, 4, 5, 6], "no second row");
    assert_eq!(opened.store.n_late(), 2);
}

#[tokio::test]
async fn a_cut_off_file_is_as_if_missing() {
    let opened = two_days().await;
    let path = first_file(&opened, "sessions");
    let bytes = std::fs::read(&path).expect("read");
    std::fs::write(&path, &bytes[..bytes.len() / 2]).expect("cut");
    let (opened, recovery) = opened.restarted().await;
    assert_eq!(recovery.lake.missing_rows, 3);
    assert_eq!(served(&opened.store).await, [4, 5, 6]);
}

/// Flips bytes all over a file, one at a time, and looks what a store makes of it.
async fn flipped_all_over(table: &str) {
    let opened = two_days().await;
    let path = first_file(&opened, table);
    let whole = std::fs::read(&path).expect("read");
    let Opened { dir, store } = opened;
    drop(store);
    closed(dir.path()).await;
    let mut n_found = 0;
    for at in (0..whole.len()).step_by(whole.len() / 24 + 1).chain([whole.len() - 1, whole.len() - 6]) {
        let copy = tempfile::tempdir().expect("a temporary directory");
        copy_all(dir.path(), copy.path());
        flip(&copy.path().join(path.strip_prefix(dir.path()).expect("below")), at);
        let (store, recovery) = open(copy.path()).await;
        assert_eq!(recovery, Recovery::default(), "it is not read before it must be");
        let opened = Opened { dir: copy, store };
        opened.take((1..=6).map(|n| late_batch(n, NOON.plus(if n < 4 { 0 } else { DAY })))).await;
        let seen = served(&opened.store).await;
        assert!([4, 5, 6].iter().all(|n| seen.contains(n)), "byte {at}: {seen:?}");
        let damage = opened.store.status().damage;
        n_found += usize::from(damage.missing_rows > 0);
        for done in [opened.store.flush().await.map(drop), opened.store.compact().await.map(drop)] {
            // A turn may fail of damage that no query met; it says so, and changes nothing.
            drop(done);
        }
        served(&opened.store).await;
        let (opened, _) = opened.restarted().await;
        served(&opened.store).await;
    }
    assert!(n_found > 0, "some bytes are noticed");
}

#[tokio::test]
async fn flipped_bytes_of_a_sessions_file_cost_its_rows_alone() {
    flipped_all_over("sessions").await;
}

#[tokio::test]
async fn flipped_bytes_of_an_events_file_make_no_second_row() {
    flipped_all_over("events").await;
}

/// Waits until the databases of a store that was dropped are closed: their write-ahead logs are gone then.
async fn closed(dir: &Path) {
    let is_log = |path: &std::path::PathBuf| path.to_string_lossy().ends_with("-wal");
    while files_below(dir).iter().any(is_log) {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
}

fn copy_all(from: &Path, to: &Path) {
    for path in files_below(from) {
        let there = to.join(path.strip_prefix(from).expect("below"));
        std::fs::create_dir_all(there.parent().expect("it has one")).expect("made");
        std::fs::copy(&path, there).expect("copied");
    }
}

#[tokio::test]
async fn a_damaged_log_is_made_anew_from_the_files() {
    for table in ["sessions", "events"] {
        let opened = two_days().await;
        opened.take([late_batch(1, NOON)]).await;
        opened.flush().await;
        let before = opened.answers().await;
        std::fs::write(newest_log_entry(opened.dir.path(), table), "{\"add\":{\"pa").expect("written");
        let (opened, recovery) = opened.restarted().await;
        assert_eq!(recovery.lake.set_aside.len(), 1, "{table}: {recovery:?}");
        assert_eq!(opened.answers().await, before, "{table}: every row is found again, and none twice");
        let (opened, recovery) = opened.restarted().await;
        assert_eq!(recovery, Recovery::default(), "{table}: it is told of once");
        assert_eq!(opened.answers().await, before, "{table}: nothing is taken for half a turn");
        opened.take([late_batch(2, NOON), batch(9, NOON)]).await;
        opened.flush().await;
        let before = opened.answers().await;
        let (opened, _) = opened.restarted().await;
        assert_eq!(opened.answers().await, before, "{table}: and it goes on");
    }
}

#[tokio::test]
async fn a_turn_that_a_crash_left_in_events_alone_is_undone() {
    let opened = two_days().await;
    opened.take([late_batch(1, NOON), batch(7, NOON.plus(MINUTE))]).await;
    let before = opened.answers().await;
    let journal = std::fs::read(opened.dir.path().join("journal.db")).expect("read");
    let wal = std::fs::read(opened.dir.path().join("journal.db-wal")).expect("read");
    let old_files: Vec<(PathBuf, Vec<u8>)> = ["sessions", "events"]
        .iter()
        .flat_map(|table| opened.files(table).into_keys())
        .map(|path| (path.clone(), std::fs::read(path).expect("read")))
        .collect();
    opened.flush().await;
    let Opened { dir, store } = opened;
    drop(store);
    // As a crash between the two commits leaves it: the journal has forgotten nothing, old files are there.
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    std::fs::remove_file(newest_log_entry(dir.path(), "sessions")).expect("removed");
    std::fs::write(dir.path().join("journal.db"), journal).expect("put back");
    std::fs::write(dir.path().join("journal.db-wal"), wal).expect("put back");
    let _gone = std::fs::remove_file(dir.path().join("journal.db-shm"));
    for (path, bytes) in old_files {
        std::fs::write(path, bytes).expect("put back");
    }
    for _ in 0..2 {
        let (store, recovery) = open(dir.path()).await;
        assert_eq!(recovery.lake, footpath_store::LakeDamage::default());
        assert_eq!(crate::fixture::answers(&store, &shop()).await, before);
        assert_eq!(store.status().lake_events, 12, "events that the undone turn wrote are gone");
    }
    let (store, _) = open(dir.path()).await;
    let opened = Opened { dir, store };
    opened.flush().await;
    assert_eq!(opened.answers().await, before);
    assert_eq!(opened.store.status().lake_events, before.n_events());
}

#[tokio::test]
async fn deletion_goes_on_beside_a_damaged_file() {
    let opened = two_days().await;
    let path = first_file(&opened, "sessions");
    let length = std::fs::metadata(&path).expect("there").len();
    flip(&path, usize::try_from(length).expect("small") - 6);
    let ids = [id(2), id(5)].into();
    let (opened, _) = opened.restarted().await;
    let erase = async || opened.store.erase(&shop(), &ids, "a test".to_owned(), Deletion::ForGood).await;
    let failed = erase().await.expect_err("what cannot be read cannot be erased from");
    let recorded = opened.store.metadata().deletions(&shop(), 1).await.expect("read");
    assert_eq!(recorded[0].error.as_ref(), Some(&failed.to_string()), "a failed deletion is visible");
    assert_eq!(served(&opened.store).await, [4, 5, 6]);
    assert_eq!(erase().await.expect("erased").sessions, 1);
    assert_eq!(served(&opened.store).await, [4, 6]);
}
