//! All that is in a snapshot, or in a directory, as text: every column of every row, and every byte of every file.

use crate::fixture::files_below;
use arrow::record_batch::RecordBatch;
use arrow::util::display::array_value_to_string;
use footpath_model::columns::SessionColumn;
use footpath_model::id::SiteId;
use footpath_model::time::Timestamp;
use footpath_store::Store;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use std::collections::BTreeMap;
use std::path::Path;

/// Every column of every session, by its id.
pub(crate) async fn cells(store: &Store, site: &SiteId) -> BTreeMap<String, Vec<String>> {
    let sessions = store.sessions(site);
    let read = tokio::task::spawn_blocking(move || {
        let partitions = [SessionColumn::Site, SessionColumn::Day];
        let columns: Vec<SessionColumn> =
            SessionColumn::ALL.iter().copied().filter(|column| !partitions.contains(column)).collect();
        let everything = Timestamp(i64::MIN)..Timestamp(i64::MAX);
        let snapshot = sessions.snapshot(everything, &columns).expect("it can be taken");
        let mut found = BTreeMap::new();
        for (place, segment) in snapshot.segments().iter().enumerate() {
            let batch = snapshot.load(place, &columns).expect("readable");
            for row in (0u32..).take(segment.rows).filter(|row| segment.hidden.binary_search(row).is_err()) {
                let of = |column: &SessionColumn| cell(&batch, column.name(), row as usize);
                let id = of(&SessionColumn::Id);
                let cells = columns.iter().map(of).collect();
                assert!(found.insert(id, cells).is_none(), "a session is one row");
            }
        }
        found
    });
    read.await.expect("reading does not panic")
}

pub(crate) fn cell(batch: &RecordBatch, column: &str, row: usize) -> String {
    let array = batch.column_by_name(column).expect("a column that was asked for");
    array_value_to_string(array, row).expect("every type has a text")
}

/// The rows of a Parquet file.
pub(crate) fn read_parquet(path: &Path) -> Vec<RecordBatch> {
    let file = std::fs::File::open(path).expect("a file can be opened");
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).and_then(|builder| builder.build());
    reader.expect("a Parquet file").collect::<Result<_, _>>().expect("readable")
}

/// The files, below a directory, in which any of these texts is: as bytes, or in a row of a Parquet file.
pub(crate) fn files_with(directory: &Path, texts: &[&str]) -> Vec<String> {
    let holds = |path: &Path| {
        let bytes = std::fs::read(path).expect("a file can be read");
        let in_bytes = |text: &&str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
        if texts.iter().any(in_bytes) {
            return true;
        }
        let is_parquet = path.extension().is_some_and(|extension| extension == "parquet");
        is_parquet && read_parquet(path).iter().any(|batch| in_rows(batch, texts))
    };
    let files = files_below(directory).into_iter().filter(|path| holds(path));
    files.map(|path| path.display().to_string()).collect()
}

fn in_rows(batch: &RecordBatch, texts: &[&str]) -> bool {
    batch.columns().iter().any(|column| {
        (0..batch.num_rows()).any(|row| {
            let cell = array_value_to_string(column, row).expect("every type has a text");
            texts.iter().any(|text| cell.contains(text))
        })
    })
}
