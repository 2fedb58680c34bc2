//! What earlier versions wrote is read for ever.
//!
//! `tests/golden/lake-1` was written once, by the format's first version, `lake-1-replay` by the first that had replay;
//! they are never written again. Columns are added within a format; where a format 2 comes, it gets directories of its own.
//! (`UPDATE_EXPECT=1` writes what is missing, and only that.) `tests/golden/data-1` is a whole data directory as a server
//! left it that had no replay yet.

use crate::fixture::{Answers, NOON, Opened, batch, empty, files_below, later, now, open, shop};
use crate::replay::{chunk, put, told as told_replay};
use crate::scan::{cell, read_parquet};
use arrow::datatypes::{Schema, SchemaRef};
use footpath_model::batch::Batch;
use footpath_model::columns::{EventColumn, ReplayColumn, SessionColumn};
use footpath_model::privacy::SiteRules;
use footpath_model::time::{HOUR, SECOND};
use footpath_store::LakeDamage;
use std::path::{Path, PathBuf};

const TABLES: [&str; 3] = ["sessions", "events", "replay_chunks"];
const FIRST: &str = "lake-1";
const WITH_REPLAY: &str = "lake-1-replay";

fn directory(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name)
}

fn golden(version: &str, table: &str) -> PathBuf {
    directory(version).join(format!("{table}.parquet"))
}

/// The tables that a version had.
fn tables(version: &str) -> &'static [&'static str] {
    if version == FIRST { &TABLES[..2] } else { &TABLES }
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
async fn of_golden_files(version: &str) -> Opened {
    let dir = tempfile::tempdir().expect("a temporary directory");
    for table in tables(version) {
        let directory = dir.path().join("lake").join(table);
        let partition = directory.join(format!("site=shop/day={}", day()));
        std::fs::create_dir_all(&partition).expect("made");
        std::fs::copy(golden(version, table), partition.join("golden.parquet")).expect("copied");
        std::fs::create_dir_all(directory.join("_delta_log")).expect("made");
        std::fs::write(directory.join("_delta_log/00000000000000000000.json"), "{").expect("written");
    }
    let (store, recovery) = open(dir.path()).await;
    assert_eq!(recovery.lake.set_aside.len(), tables(version).len(), "the logs, and no file: {recovery:?}");
    Opened { dir, store }
}

fn told(answers: &Answers) -> String {
    answers.rows.iter().map(|row| format!("{row:#?}\n{:#?}\n", answers.events[&row.id])).collect()
}

#[tokio::test]
async fn files_of_the_first_version_can_be_read() {
    let opened = of_golden_files(FIRST).await;
    let answers = opened.answers().await;
    assert_eq!((answers.rows.len(), answers.n_events()), (2, 17));
    assert_eq!(told_replay(&opened, answers.rows[0].id).await, []);
    expect_test::expect_file!["../golden/lake-1/answers.txt"].assert_eq(&told(&answers));
}

#[tokio::test]
async fn files_with_replay_can_be_read() {
    if std::env::var_os("UPDATE_EXPECT").is_some() && !golden(WITH_REPLAY, "sessions").exists() {
        let opened = written().await;
        std::fs::create_dir_all(directory(WITH_REPLAY)).expect("made");
        for table in TABLES {
            let files = opened.files(table);
            assert_eq!(files.len(), 1);
            let written = files.keys().next().expect("one");
            std::fs::copy(written, golden(WITH_REPLAY, table)).expect("copied");
        }
    }
    let opened = of_golden_files(WITH_REPLAY).await;
    let answers = opened.answers().await;
    assert_eq!((answers.rows.len(), answers.n_events()), (2, 17));
    let (kept, records) = chunk(1, 0, answers.rows[0].start);
    assert_eq!(told_replay(&opened, answers.rows[0].id).await, [(kept, 0, records)]);
    expect_test::expect_file!["../golden/lake-1-replay/answers.txt"].assert_eq(&told(&answers));
}

#[tokio::test]
async fn a_session_of_old_files_is_amended_and_written_anew() {
    for version in [FIRST, WITH_REPLAY] {
        let opened = of_golden_files(version).await;
        let start = opened.answers().await.rows[0].start;
        later(start.since(NOON) + 2 * HOUR);
        opened.take([crate::fixture::late_batch(1, start)]).await;
        let answers = opened.answers().await;
        assert_eq!((answers.rows.len(), answers.n_events()), (2, 19));
        assert_eq!(opened.flush().await.amended, 1);
        assert_eq!(opened.answers().await, answers);
    }
}

fn copy_all(from: &Path, to: &Path) {
    for path in files_below(from) {
        let copy = to.join(path.strip_prefix(from).expect("it is below"));
        std::fs::create_dir_all(copy.parent().expect("it has one")).expect("made");
        std::fs::copy(&path, copy).expect("copied");
    }
}

#[tokio::test]
async fn a_data_directory_of_before_replay_is_opened_and_gets_replay() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    copy_all(&directory("data-1"), dir.path());
    let (store, recovery) = open(dir.path()).await;
    assert_eq!((recovery.batches, &recovery.lake), (1, &LakeDamage::default()));
    let opened = Opened { dir, store };
    let answers = opened.answers().await;
    assert_eq!((answers.rows.len(), answers.n_events()), (3, 21));
    let metadata = opened.store.metadata();
    assert_eq!(*metadata.rules(&shop()), SiteRules::default());
    assert_eq!(metadata.filters(&shop()).await.expect("read").len(), 1);

    // A chunk of the session that is live: both go to the lake, whose older files stay as they are.
    let live = answers.rows.iter().max_by_key(|row| row.start).expect("one");
    later(live.start.since(NOON) + HOUR);
    put(&opened, chunk(live.id.0.as_u128(), 0, live.start)).await;
    assert_eq!(opened.flush().await.sessions, 1);
    assert_eq!(told_replay(&opened, live.id).await.len(), 1);
    let (opened, recovery) = opened.restarted().await;
    assert_eq!(recovery.lake, LakeDamage::default());
    assert_eq!(told_replay(&opened, live.id).await.len(), 1);
    assert_eq!(opened.answers().await.rows.len(), 3);
    assert_eq!(opened.answers().await.events, answers.events);
}

#[tokio::test]
async fn todays_files_have_all_columns_of_the_old_ones() {
    let opened = written().await;
    for table in TABLES {
        let files = opened.files(table);
        let today = schema_of(files.keys().next().expect("one"));
        let old = schema_of(&golden(WITH_REPLAY, table));
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

/// A line a column: what is derived from a session's events beyond what its row decodes to.
#[tokio::test]
async fn rows_tell_what_a_session_did() {
    use SessionColumn as C;
    let columns = [
        C::Returning,
        C::ReferrerHost,
        C::FirstInteraction,
        C::Connection,
        C::StepKind,
        C::StepLabel,
        C::StepOutcome,
        C::StepOffset,
        C::ViewRoute,
        C::ViewLoad,
        C::ViewLcp,
        C::ViewLcpTarget,
        C::ViewLcpResource,
        C::ViewInpScript,
        C::RequestEndpoint,
        C::RequestStatus,
        C::LoadedView,
        C::LoadedType,
        C::LoadedCount,
        C::LoadedBytes,
        C::LoadedDuration,
        C::HeavyView,
        C::HeavyUrl,
        C::HeavyType,
        C::HeavyBytes,
        C::HeavyDuration,
    ];
    let opened = written().await;
    let batches = read_parquet(opened.files("sessions").keys().next().expect("one"));
    let rows = batches.iter().flat_map(|batch| (0..batch.num_rows()).map(move |row| (batch, row)));
    let of_every_kind = rows.max_by_key(|(batch, row)| cell(batch, C::StepKind.name(), *row).len());
    let (batch, row) = of_every_kind.expect("it has rows");
    let line = |column: &C| format!("{} {}\n", column.name(), cell(batch, column.name(), row));
    expect_test::expect![[r#"
        returning true
        referrer_host google.com
        first_interaction_ms 1000
        connection 4g
        step_kind [page, click, submit, input, custom, error]
        step_label [/products, Add to Cart, checkout, checkout: email, coupon, PaymentError]
        step_outcome [, rage, , , , ]
        step_offset_ms [0, 1000, 2000, 3000, 5000, 7000]
        view_route [/products]
        view_load_ms [431]
        view_lcp_ms [1235]
        view_lcp_target [img.hero]
        view_lcp_resource [https://shop.example/hero.jpg]
        view_inp_script []
        request_endpoint [POST /api/cart]
        request_status [200]
        loaded_view [0]
        loaded_type [img]
        loaded_count [3]
        loaded_bytes [90000]
        loaded_duration_ms [200]
        heavy_view [0]
        heavy_url [https://shop.example/hero.jpg]
        heavy_type [img]
        heavy_bytes [80000]
        heavy_duration_ms [150]
    "#]]
    .assert_eq(&columns.iter().map(line).collect::<String>());
}
