//! Who may reach the server while there are no accounts.

use crate::running::Running;
use std::process::Command;

#[test]
fn an_address_that_others_can_reach_is_refused_without_insecure() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let run = Command::new(env!("CARGO_BIN_EXE_footpath"))
        .args(["serve", "--listen", "0.0.0.0:0", "--data-dir"])
        .arg(dir.path())
        .output()
        .expect("the binary runs");
    assert!(!run.status.success());
    let told = String::from_utf8(run.stderr).expect("text");
    assert!(told.contains("--insecure") && told.contains("0.0.0.0"), "{told}");
}

#[test]
fn a_foreign_host_name_is_refused_everywhere_but_at_ingest() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let server = Running::start(dir.path());
    let as_host = |path: &str| {
        let response = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .build()
            .new_agent()
            .get(format!("{}{path}", server.url))
            .header("host", "rebound.example")
            .call()
            .expect("it answers");
        response.status().as_u16()
    };
    for path in ["/", "/api/v1/sites", "/metrics"] {
        assert_eq!(as_host(path), 403, "{path}");
    }
    assert_eq!(as_host("/footpath.js"), 200);
    assert_eq!(as_host("/footpath-replay.js"), 200);
}

#[test]
fn a_second_server_on_the_directory_is_told_why_it_cannot() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let _server = Running::start(dir.path());
    let run = Command::new(env!("CARGO_BIN_EXE_footpath"))
        .args(["serve", "--listen", "127.0.0.1:0", "--data-dir"])
        .arg(dir.path())
        .output()
        .expect("the binary runs");
    let told = String::from_utf8(run.stderr).expect("text");
    assert!(told.contains("is in use by another footpath process"), "{told}");
}

#[test]
fn a_configuration_file_gives_defaults_and_its_errors_name_the_key() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let file = dir.path().join("footpath.toml");
    let run = |text: &str| {
        std::fs::write(&file, text).expect("it can be written");
        let run = Command::new(env!("CARGO_BIN_EXE_footpath"))
            .args(["serve", "--config"])
            .arg(&file)
            .env("FOOTPATH_DATA_DIR", dir.path().join("data"))
            .output()
            .expect("the binary runs");
        assert!(!run.status.success());
        String::from_utf8(run.stderr).expect("text")
    };
    assert!(run("listen = \"0.0.0.0:4040\"").contains("--insecure"), "the file's address was taken");
    assert!(run("listn = \"127.0.0.1:0\"").contains("unknown setting `listn`"));
    assert!(run("listen = [[").contains("is not TOML"));
    assert!(run("ingest_rate = 0").contains("--ingest-rate"));
}
