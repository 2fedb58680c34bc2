//! The API: ranges, pages, errors, live.

use crate::running::{CHROME, PATIENCE, Running, batch, click, now_ms, page_view};
use expect_test::{Expect, expect};
use serde_json::{Value, json};
use std::collections::HashSet;
use std::io::{BufRead, BufReader};

fn server() -> (tempfile::TempDir, Running) {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let server = Running::start(dir.path());
    (dir, server)
}

#[test]
fn pages_hold_every_session_once() {
    let (_dir, server) = server();
    for n in 0..23 {
        let at = now_ms() - n * 1000;
        assert_eq!(server.send(&batch(json!([page_view(0, at, "https://shop.example/")]))).status, 204);
    }
    server.sessions_when("", |list| list["total"] == 23);
    let mut seen = HashSet::new();
    let mut cursor = String::new();
    let mut starts = Vec::new();
    loop {
        let page = server.get(&format!("/api/v1/sites/default/sessions?limit=10{cursor}")).json();
        assert_eq!(page["total"], 23);
        for session in page["sessions"].as_array().expect("a list") {
            assert!(seen.insert(session["id"].as_str().expect("an id").to_owned()));
            starts.push(session["start"].as_i64().expect("a time"));
        }
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen.len(), 23);
    assert!(starts.is_sorted_by(|a, b| a >= b), "newest first");
}

#[test]
fn a_day_is_a_day_where_the_site_lives_even_when_clocks_change() {
    let (_dir, server) = server();
    let made = server.post(
        "/api/v1/sites",
        &[("content-type", "application/json")],
        br#"{"id": "berlin", "time_zone": "Europe/Berlin"}"#,
    );
    assert_eq!(made.status, 201);
    let range = |query: &str| {
        let list = server.get(&format!("/api/v1/sites/berlin/sessions?{query}")).json();
        (list["range"]["from"].as_i64().expect("a time"), list["range"]["to"].as_i64().expect("a time"))
    };
    let hours = |query: &str| {
        let (from, to) = range(query);
        (to - from) / 3_600_000
    };
    assert_eq!(hours("from=2026-10-24&to=2026-10-24"), 24);
    assert_eq!(hours("from=2026-10-25&to=2026-10-25"), 25, "the day summer time ends");
    assert_eq!(hours("from=2026-03-29&to=2026-03-29"), 23, "the day it begins");
    assert_eq!(range("from=2026-11-01T00:00:00Z&to=1793600000000"), (1_793_491_200_000, 1_793_600_000_000));
}

#[test]
fn wrong_questions_are_answered_with_what_would_be_right() {
    let (_dir, server) = server();
    #[track_caller]
    fn check(server: &Running, path: &str, expected: Expect) {
        expected.assert_eq(&server.get(path).error());
    }
    let list = "/api/v1/sites/default/sessions";
    check(&server, "/api/v1/sites/nowhere/sessions", expect!["404 unknown_site: there is no site `nowhere`"]);
    check(&server, "/api/v1/nothing", expect!["404 unknown_path: there is nothing at this path"]);
    check(&server, &format!("{list}/abc"), expect!["404 unknown_session: there is no session `abc`"]);
    check(
        &server,
        &format!("{list}?last=soon"),
        expect![
            "400 invalid_parameter: last: `soon` is no number of minutes, hours or days, such as 15m, 24h, 7d"
        ],
    );
    check(
        &server,
        &format!("{list}?last=%C3%BC"),
        expect![
            "400 invalid_parameter: last: `ü` is no number of minutes, hours or days, such as 15m, 24h, 7d"
        ],
    );
    check(
        &server,
        &format!("{list}?last=1h&from=2026-01-01"),
        expect!["400 invalid_parameter: last: leave it out, or leave out `from` and `to`"],
    );
    check(
        &server,
        &format!("{list}?from=yesterday"),
        expect![
            "400 invalid_parameter: from: `yesterday` is no date (2026-11-01), RFC 3339 instant or number of Unix ms"
        ],
    );
    check(
        &server,
        &format!("{list}?from=2026-02-02&to=2026-01-01"),
        expect!["400 invalid_parameter: to: it lies before `from`"],
    );
    check(
        &server,
        &format!("{list}?limit=0"),
        expect!["400 invalid_parameter: limit: 0 is not between 1 and 200"],
    );
    check(
        &server,
        &format!("{list}?limit=many"),
        expect![
            "400 invalid_parameter: Failed to deserialize query string: limit: invalid digit found in string"
        ],
    );
    check(
        &server,
        &format!("{list}?cursor=x"),
        expect![
            "400 invalid_parameter: cursor: it is not one that this server gave for a list in this order"
        ],
    );
    check(
        &server,
        &format!("{list}?bots=maybe"),
        expect!["400 invalid_parameter: bots: `maybe` is not one of exclude, include, only"],
    );
    check(
        &server,
        &format!("{list}?colour=red"),
        expect![
            "400 invalid_parameter: Failed to deserialize query string: colour: unknown field `colour`, expected one of `q`, `selection`, `from`, `to`, `last`, `bots`, `sort`, `order`, `limit`, `cursor`"
        ],
    );
}

#[test]
fn sites_are_added_and_wrong_ones_refused() {
    let (_dir, server) = server();
    let add =
        |body: &str| server.post("/api/v1/sites", &[("content-type", "application/json")], body.as_bytes());
    let made = add(r#"{"id": "shop", "name": "Shop", "base_path": "/shop/", "session_timeout_minutes": 5}"#);
    assert_eq!(made.status, 201);
    assert_eq!(made.json()["base_path"], "/shop");
    expect!["409 site_exists: site shop exists already: choose another id"]
        .assert_eq(&add(r#"{"id": "shop"}"#).error());
    expect!["400 invalid_body: id: a site id has 1 to 40 characters a-z, 0-9 or -, and does not start or end with -"]
        .assert_eq(&add(r#"{"id": "Shop!"}"#).error());
    expect!["400 invalid_body: time_zone: time zone `Mars/Olympus` is unknown: use a name such as Europe/Berlin or UTC"]
        .assert_eq(&add(r#"{"id": "mars", "time_zone": "Mars/Olympus"}"#).error());
    expect!["400 invalid_body: session_timeout_minutes: timeout of 500 min: choose 1 to 240 min"]
        .assert_eq(&add(r#"{"id": "slow", "session_timeout_minutes": 500}"#).error());
    let listed = server.get("/api/v1/sites").json();
    assert_eq!(listed["sites"].as_array().expect("a list").len(), 2);
}

#[test]
fn an_error_is_shown_with_what_was_going_on() {
    let (_dir, server) = server();
    let start = now_ms() - 60_000;
    let sent = batch(json!([
        page_view(0, start, "https://shop.example/checkout"),
        click(1, start + 1_000, "Pay"),
        {"seq": 2, "at": start + 1_500, "kind": {"request": {"method": "POST", "url": "https://shop.example/api/pay",
            "status": 402, "duration_ms": 400, "initiator": "fetch"}}},
        {"seq": 3, "at": start + 1_600, "kind": {"vital": {"name": "LCP", "value": 900.0, "rating": "good"}}},
        {"seq": 4, "at": start + 2_000, "kind": {"error": {"name": "PaymentError", "message": "declined", "source": "uncaught"}}},
        click(5, start + 9_000, "Try again"),
    ]));
    let id = sent["session"]["id"].as_str().expect("an id").to_owned();
    assert_eq!(server.send(&sent).status, 204);
    let path = format!("/api/v1/sites/-/sessions/{id}/errors");
    server.when(&format!("/api/v1/sites/-/sessions/{id}"), |found| found["counts"]["events"] == 6);
    let found = server.get(&path).json();
    let error = &found["errors"][0];
    let lines = |rows: &Value| {
        rows.as_array()
            .expect("a list")
            .iter()
            .map(|row| row["line"].as_str().expect("a line").to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        lines(&error["before"]),
        ["Page: /checkout", "Click: \"Pay\" button", "HTTP: POST /api/pay - 402"]
    );
    assert_eq!(error["action"]["line"], "Click: \"Pay\" button");
    assert_eq!(lines(&error["requests"]), ["HTTP: POST /api/pay - 402"]);
    assert_eq!(lines(&error["after"]), ["Click: \"Try again\" button"]);
    assert_eq!(error["ending"], "Session is still live");
    let group = error["group"].as_str().expect("an id");
    let groups = server.get("/api/v1/sites/default/error-groups").json();
    assert_eq!(groups["groups"][0]["id"], group);
    let list = server.get(&format!("/api/v1/sites/default/sessions?q=error.group:{group}")).json();
    assert_eq!((&list["total"], &list["sessions"][0]["id"]), (&json!(1), &json!(id)));
}

#[test]
fn a_follower_hears_of_a_session_soon_after_it_began() {
    let (_dir, server) = server();
    let response = ureq::Agent::config_builder()
        .user_agent(CHROME)
        .timeout_global(Some(PATIENCE))
        .build()
        .new_agent()
        .get(format!("{}/api/v1/sites/default/live", server.url))
        .call()
        .expect("it answers");
    let sent = batch(json!([page_view(0, now_ms(), "https://shop.example/")]));
    assert_eq!(server.send(&sent).status, 204);
    let mut lines =
        BufReader::new(response.into_body().into_reader()).lines().map(|line| line.expect("text"));
    assert!(lines.any(|line| line == "event: session"));
    let data = lines.next().expect("data follows");
    let told: Value = serde_json::from_str(data.strip_prefix("data: ").expect("data")).expect("JSON");
    assert_eq!(told["id"], sent["session"]["id"]);
    assert_eq!(told["status"], "live");
}
