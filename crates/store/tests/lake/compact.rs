//! Compaction: fewer files, the same rows.

use crate::fixture::{NOON, Opened, batch, batch_of, click, empty, late_batch, shop};
use crate::scan::{cells, read_parquet};
use arrow::array::AsArray;
use footpath_model::time::{DAY, MINUTE};

/// `n` flushes of three sessions each, all of one day.
async fn many_files(n: u128) -> Opened {
    let opened = empty().await;
    for turn in 0..n {
        // Interleaved, so that sorted files are not merely put after each other.
        let start = |k: u128| NOON.plus(i64::try_from(turn + k * n).expect("small") * MINUTE);
        opened.take((0..3).map(|k| batch(1000 - turn * 3 - k, start(k)))).await;
        assert_eq!(opened.flush().await.sessions, 3);
    }
    opened
}

/// Compacts until there is nothing to compact; returns how often it did.
async fn compacted(opened: &Opened) -> usize {
    let mut turns = 0;
    while let Some(done) = opened.store.compact().await.expect("compacted") {
        assert!(done.files_after < done.files_before, "{done:?}");
        turns += 1;
    }
    turns
}

#[tokio::test]
async fn many_files_become_few_with_the_same_rows() {
    let opened = many_files(5).await;
    let (before, before_cells) = (opened.answers().await, cells(&opened.store, &shop()).await);
    assert_eq!((opened.files("sessions").len(), opened.files("events").len()), (5, 5));
    assert_eq!(compacted(&opened).await, 2, "once for each table");
    assert_eq!(
        (opened.files("sessions").len(), opened.files("events").len()),
        (1, 1),
        "old files are deleted"
    );
    assert_eq!(opened.store.status().lake_files, 2);
    assert_eq!(opened.answers().await, before);
    assert_eq!(cells(&opened.store, &shop()).await, before_cells);
    for (table, columns) in [
        ("sessions", ["start_at", "session_id"].as_slice()),
        ("events", ["session_id", "at", "seq"].as_slice()),
    ] {
        for path in opened.files(table).keys() {
            assert_sorted(path, columns);
        }
    }
    let (opened, recovery) = opened.restarted().await;
    assert_eq!(recovery, footpath_store::Recovery::default());
    assert_eq!(opened.answers().await, before);
    assert_eq!(cells(&opened.store, &shop()).await, before_cells);
}

#[track_caller]
fn assert_sorted(path: &std::path::Path, columns: &[&str]) {
    for batch in read_parquet(path) {
        let key = |row: usize| -> Vec<String> {
            let cell = |name: &&str| {
                let column = batch.column_by_name(name).expect("it is there");
                match column.as_primitive_opt::<arrow::datatypes::Int64Type>() {
                    Some(numbers) => format!("{:020}", numbers.value(row)),
                    None => arrow::util::display::array_value_to_string(column, row).expect("text"),
                }
            };
            columns.iter().map(cell).collect()
        };
        assert!((1..batch.num_rows()).all(|row| key(row - 1) <= key(row)), "{} is sorted", path.display());
    }
}

#[tokio::test]
async fn a_day_that_still_gets_rows_waits_for_more_files() {
    let opened = empty().await;
    opened.take([batch(1, NOON)]).await;
    crate::fixture::later(2 * 60 * MINUTE);
    opened.store.flush().await.expect("flushed");
    opened.take([batch(2, NOON)]).await;
    crate::fixture::later(MINUTE);
    opened.store.flush().await.expect("flushed");
    assert_eq!(opened.files("sessions").len(), 2);
    assert_eq!(opened.store.compact().await.expect("looked"), None);
}

#[tokio::test]
async fn rows_that_live_sessions_shadow_are_followed_to_their_new_file() {
    let opened = many_files(4).await;
    // One of each file is amended and stays live over the compaction.
    let amended = [1000, 996, 994, 989];
    let start = |n: u128| {
        let (turn, k) = ((1000 - n) / 3, (1000 - n) % 3);
        NOON.plus(i64::try_from(turn + k * 4).expect("small") * MINUTE)
    };
    opened.take(amended.map(|n| late_batch(n, start(n)))).await;
    let before = opened.answers().await;
    assert_eq!(before.rows.len(), 12);
    assert_eq!(compacted(&opened).await, 2);
    assert_eq!(opened.answers().await, before, "no hidden row comes back, no other one is hidden");
    let hidden = {
        let snapshot = opened.store.sessions(&shop()).snapshot(NOON.plus(-DAY)..NOON.plus(DAY), &[]);
        let snapshot = snapshot.expect("taken");
        snapshot.segments().iter().map(|segment| segment.hidden.len()).sum::<usize>()
    };
    assert_eq!(hidden, 4);
    let more = amended.map(|n| batch_of(n, 4, start(n).plus(2 * MINUTE), vec![click("more")]));
    opened.take(more).await;
    let before = opened.answers().await;
    assert_eq!(opened.flush().await.amended, 4);
    assert_eq!(opened.answers().await, before);
    let status = opened.store.status();
    assert_eq!((status.lake_sessions, status.lake_events), (12, before.n_events()));
    compacted(&opened).await;
    let (opened, _) = opened.restarted().await;
    assert_eq!(opened.answers().await, before);
}

#[tokio::test]
async fn a_snapshot_reads_what_compaction_replaced() {
    let opened = many_files(3).await;
    let sessions = opened.store.sessions(&shop());
    let columns = footpath_store::Snapshot::ROW_COLUMNS;
    let snapshot = sessions.snapshot(NOON.plus(-DAY)..NOON.plus(DAY), columns).expect("taken");
    compacted(&opened).await;
    assert_eq!(opened.files("sessions").len(), 4, "replaced files stay while somebody reads them");
    let read = tokio::task::spawn_blocking(move || {
        let load = |place| snapshot.load(place, columns).expect("still readable").num_rows();
        (0..snapshot.segments().len()).map(load).sum::<usize>()
    });
    assert_eq!(read.await.expect("no panic"), 9);
    opened.take([batch(1, NOON)]).await;
    opened.flush().await;
    assert_eq!(opened.files("sessions").len(), 2, "and go when nobody does");
}
