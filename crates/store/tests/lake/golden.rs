//! Files of the lake as version 1 wrote them are read for ever.
//!
//! `tests/golden/lake-1` was written once, by the format's first version, and is never written again; where a format 2
//! comes, it gets a directory of its own. (`UPDATE_EXPECT=1` writes what is missing, and only that.)

use crate::fixture::{Answers, NOON, Opened, batch, empty, later, now, open};
use crate::replay::{chunk, put, told as told_replay};
use crate::scan::read_parquet;
use arrow::datatypes::{Schema, SchemaRef};
use footpath_model::batch::Batch;
use footpath_model::columns::{EventColumn, ReplayColumn, SessionColumn};
use footpath_model::time::{HOUR, SECOND};
use std::path::{Path, PathBuf};

const TABLES: [&str; 3] = ["sessions", "events", "replay_chunks"];

fn golden(table: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/lake-1").join(format!("{table}.parquet"))
}

fn day() -> &'static str {
    "2026-11-23"
}

/// One event of each kind, and a plain session, in the lake as today's code writes it.
async fn written() -> Opened {
    let every: Batch = serde_json::from_str(include_str!("../golden/journal-1.json")).expect("a batch");
    let opened = empty().await;
    later(every.received_at.since(now()) + SECOND);
    let start = every.received_at.plus(-HOUR);
    opened.take([batch(1, start), every]).await;
    put(&opened, chunk(1, 0, start)).await;
    assert_eq!(opened.flush().await.sessions, 2);
    opened
}

fn schema_of(path: &Path) -> SchemaRef {
    read_parquet(path).first().expect("it has rows").schema()
}

/// Puts the golden files where a lake has them, under a log that cannot be read: it is made anew from the files.
async fn of_golden_files() -> Opened {
    let dir = tempfile::tempdir().expect("a temporary directory");
    for table in TABLES {
        let directory = dir.path().join("lake").join(table);
        let partition = directory.join(format!("site=shop/day={}", day()));
        std::fs::create_dir_all(&partition).expect("made");
        std::fs::copy(golden(table), partition.join("golden.parquet")).expect("copied");
        std::fs::create_dir_all(directory.join("_delta_log")).expect("made");
        std::fs::write(directory.join("_delta_log/00000000000000000000.json"), "{").expect("written");
    }
    let (store, recovery) = open(dir.path()).await;
    assert_eq!(recovery.lake.set_aside.len(), 3, "the logs, and no file: {recovery:?}");
    Opened { dir, store }
}

fn told(answers: &Answers) -> String {
    answers.rows.iter().map(|row| format!("{row:#?}\n{:#?}\n", answers.events[&row.id])).collect()
}

#[tokio::test]
async fn files_of_every_version_can_be_read() {
    if std::env::var_os("UPDATE_EXPECT").is_some() && !golden("sessions").exists() {
        let opened = written().await;
        std::fs::create_dir_all(golden("sessions").parent().expect("it has one")).expect("made");
        for table in TABLES {
            let files = opened.files(table);
            assert_eq!(files.len(), 1);
            std::fs::copy(files.keys().next().expect("one"), golden(table)).expect("copied");
        }
    }
    let opened = of_golden_files().await;
    let answers = opened.answers().await;
    assert_eq!((answers.rows.len(), answers.n_events()), (2, 17));
    let (kept, records) = chunk(1, 0, answers.rows[0].start);
    assert_eq!(told_replay(&opened, answers.rows[0].id).await, [(kept, 0, records)]);
    expect_test::expect_file!["../golden/lake-1/answers.txt"].assert_eq(&told(&answers));
}

#[tokio::test]
async fn a_session_of_old_files_is_amended_and_written_anew() {
    let opened = of_golden_files().await;
    let start = opened.answers().await.rows[0].start;
    later(start.since(NOON) + 2 * HOUR);
    opened.take([crate::fixture::late_batch(1, start)]).await;
    let answers = opened.answers().await;
    assert_eq!((answers.rows.len(), answers.n_events()), (2, 19));
    assert_eq!(opened.flush().await.amended, 1);
    assert_eq!(opened.answers().await, answers);
}

#[tokio::test]
async fn todays_files_have_all_columns_of_the_old_ones() {
    let opened = written().await;
    for table in TABLES {
        let files = opened.files(table);
        let today = schema_of(files.keys().next().expect("one"));
        let old = schema_of(&golden(table));
        let field = |schema: &Schema, name: &str| {
            schema.field_with_name(name).ok().map(|field| (field.data_type().clone(), field.is_nullable()))
        };
        for of_old in old.fields() {
            let name = of_old.name();
            assert_eq!(field(&today, name), field(&old, name), "column {name} of {table} is as it was");
        }
        let ours: Vec<&str> = match table {
            "sessions" => SessionColumn::ALL.iter().map(|column| column.name()).collect(),
            "replay_chunks" => ReplayColumn::ALL.iter().map(|column| column.name()).collect(),
            _ => EventColumn::ALL.iter().map(|column| column.name()).collect(),
        };
        let ours: Vec<&str> = ours.into_iter().filter(|name| !["site", "day"].contains(name)).collect();
        let names: Vec<&str> = today.fields().iter().map(|field| field.name().as_str()).collect();
        assert_eq!(names, ours, "the columns that the model names, in its order");
    }
}
