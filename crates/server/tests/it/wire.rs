//! Files of the wire format that are kept for ever: each must be taken, whole, by every later version.

use crate::running::{Running, now_ms};
use serde_json::{Value, json};

#[test]
fn every_golden_batch_is_taken_and_told_as_before() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let server = Running::start(dir.path());
    let golden = include_str!("../golden/wire/1-every-kind.json");
    let mut batch: Value = serde_json::from_str(golden).expect("JSON");
    // The file is of one day; late data is taken for seven.
    let shift = now_ms() - batch["sent_at"].as_i64().expect("a number");
    batch["sent_at"] = json!(now_ms());
    for event in batch["events"].as_array_mut().expect("a list") {
        event["at"] = json!(event["at"].as_i64().expect("a number") + shift);
    }
    let answer = server.send(&batch);
    assert_eq!((answer.status, answer.text.as_str()), (204, ""));

    let id = batch["session"]["id"].as_str().expect("an id");
    let timeline = server.when(&format!("/api/v1/sites/default/sessions/{id}/events"), |timeline| {
        timeline["rows"].as_array().is_some_and(|rows| rows.len() > 1)
    });
    let lines: Vec<&str> = timeline["rows"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|row| row["line"].as_str().expect("a line"))
        .collect();
    expect_test::expect_file!["../golden/wire/1-every-kind.timeline.txt"]
        .assert_eq(&(lines.join("\n") + "\n"));
    assert_eq!(batch["events"].as_array().expect("a list").len(), 15, "one event of each kind");
}
