//! A few rows of a large file: what is read page by page is what is read whole.

use crate::fixture::{NOON, batch, empty, shop};
use arrow::array::UInt32Array;
use arrow::compute::take_record_batch;
use footpath_model::columns::SessionColumn;
use footpath_model::time::Timestamp;
use footpath_store::Snapshot;

#[tokio::test]
async fn rows_of_many_pages_are_read_without_the_pages_between() {
    let opened = empty().await;
    opened.take((1..=9000).map(|n| batch(n, NOON.plus(n as i64)))).await;
    opened.flush().await;
    let sessions = opened.store.sessions(&shop());
    let asked = tokio::task::spawn_blocking(move || {
        let columns: Vec<SessionColumn> =
            [Snapshot::ROW_COLUMNS, &[SessionColumn::StepLabel, SessionColumn::StepOutcome]].concat();
        let snapshot = sessions.snapshot(Timestamp(i64::MIN)..Timestamp(i64::MAX), &columns).expect("taken");
        assert_eq!(snapshot.segments().len(), 1);
        let all = snapshot.load(0, &columns).expect("readable");
        assert_eq!(all.num_rows(), 9000);
        for rows in [vec![0, 1, 2047, 2048, 4100, 4101, 8999], vec![8999], vec![5000], (0..9000).collect()] {
            let few = snapshot.load_rows(0, &columns, &rows).expect("readable");
            let taken = take_record_batch(&all, &UInt32Array::from(rows.clone())).expect("they are there");
            assert!(few == taken, "rows {rows:?}");
        }
    });
    asked.await.expect("asking does not panic");
}
