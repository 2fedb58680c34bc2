//! The reports over HTTP, through real ingest: numbers add up, and every number's list is exactly as long.

use crate::running::{Running, batch, click, now_ms, page_view};
use expect_test::{Expect, expect};
use serde_json::{Value, json};
use std::process::Command;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
const REPORTS: &str = "/api/v1/sites/default/reports";

fn input(seq: u32, at: i64, field: &str) -> Value {
    json!({"seq": seq, "at": at, "kind": {"input": {"field": field, "form": "checkout", "first": seq == 2}}})
}

fn error(seq: u32, at: i64, name: &str) -> Value {
    json!({"seq": seq, "at": at, "kind": {"error": {"name": name, "message": "declined", "source": "uncaught"}}})
}

fn request(seq: u32, at: i64, status: u32) -> Value {
    json!({"seq": seq, "at": at, "kind": {"request": {"method": "POST", "url": "https://shop.example/api/pay",
        "status": status, "duration_ms": 400, "initiator": "fetch"}}})
}

fn page(seq: u32, at: i64, path: &str) -> Value {
    page_view(seq, at, &format!("https://shop.example{path}"))
}

/// What sessions do in the shop, one shape each; all but the last are over.
fn shapes(at: i64) -> Vec<Vec<Value>> {
    let after = |seconds: i64| at + seconds * 1000;
    vec![
        vec![
            page(0, at, "/"),
            click(1, after(3), "Shop"),
            page(2, after(4), "/checkout"),
            input(3, after(9), "email"),
            input(4, after(12), "card"),
            request(5, after(20), 200),
            page(6, after(21), "/thanks"),
        ],
        vec![
            page(0, at, "/"),
            page(1, after(4), "/checkout"),
            input(2, after(9), "email"),
            input(3, after(12), "card"),
            error(4, after(13), "PaymentError"),
        ],
        vec![
            page(0, at, "/"),
            page(1, after(4), "/checkout"),
            input(2, after(9), "card"),
            error(3, after(13), "PaymentError"),
            page(4, after(20), "/help"),
        ],
        vec![page(0, at, "/"), page(1, after(5), "/checkout")],
        vec![
            page(0, at, "/"),
            page(1, after(5), "/"),
            page(2, after(9), "/products/7"),
            request(3, after(10), 500),
        ],
        vec![page(0, at, "/blog")],
    ]
}

/// A shop with four sessions of each shape two days ago, two the week before, and one of each live now.
fn shop() -> (tempfile::TempDir, Running) {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let key = backfill_key(dir.path());
    let server = Running::start(dir.path());
    let mut sent = 0;
    let mut send = |start: i64, nth: i64| {
        for events in shapes(start) {
            let mut batch = batch(Value::Array(events));
            batch["sent_at"] = json!(start + MINUTE);
            batch["context"] = json!({"language": if nth % 2 == 0 { "de" } else { "en" }});
            let answer = server.post(&format!("/i/{key}"), &[], batch.to_string().as_bytes());
            assert_eq!(answer.status, 204, "{}", answer.text);
            sent += 1;
        }
    };
    (0..4).for_each(|nth| send(now_ms() - 2 * DAY - nth * HOUR, nth));
    (0..2).for_each(|nth| send(now_ms() - 9 * DAY - nth * HOUR, 0));
    send(now_ms() - 2 * MINUTE, 0);
    server.sessions_when("", |list| list["total"] == sent);
    (dir, server)
}

/// Makes the site, and gives the key with which batches of the past are taken.
fn backfill_key(data_dir: &std::path::Path) -> String {
    let add = Command::new(env!("CARGO_BIN_EXE_footpath"))
        .args(["site", "add", "default", "--data-dir"])
        .arg(data_dir)
        .output();
    let listed = String::from_utf8(add.expect("the binary runs").stdout).expect("text");
    listed.trim().rsplit(' ').next().expect("the backfill key is last").to_owned()
}

fn report(server: &Running, path: &str) -> Value {
    let answer = server.get(&format!("{REPORTS}/{path}"));
    assert_eq!(answer.status, 200, "{path}: {}", answer.text);
    answer.json()
}

/// Each number with its door, wherever in an answer; `selections.x` is of the number `x` beside it, `selection` of `number`.
fn doors<'a>(value: &'a Value, found: &mut Vec<(String, u64, &'a str)>) {
    match value {
        Value::Array(values) => values.iter().for_each(|value| doors(value, found)),
        Value::Object(fields) => {
            for (name, selection) in fields.get("selections").and_then(Value::as_object).into_iter().flatten()
            {
                if let (Some(number), Some(selection)) =
                    (fields.get(name).and_then(Value::as_u64), selection.as_str())
                {
                    found.push((name.clone(), number, selection));
                }
            }
            let number = ["reached", "sessions", "with_path"]
                .iter()
                .find_map(|name| Some((*name, fields.get(*name)?.as_u64()?)));
            if let (Some((name, number)), Some(selection)) =
                (number, fields.get("selection").and_then(Value::as_str))
                && !fields.contains_key("with_path")
            {
                found.push((name.to_owned(), number, selection));
            }
            fields.values().for_each(|value| doors(value, found));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Every number of an answer has a list that is exactly as long.
#[track_caller]
fn check_doors(server: &Running, answer: &Value, at_least: usize) {
    let mut found = Vec::new();
    doors(answer, &mut found);
    assert!(found.len() >= at_least, "{} doors in {answer}", found.len());
    for (name, number, selection) in found {
        assert_eq!(total(server, answer, selection), number, "{name} of {answer}");
    }
}

fn total(server: &Running, answer: &Value, selection: &str) -> u64 {
    listed(server, answer, selection)["total"].as_u64().expect("a number")
}

fn listed(server: &Running, answer: &Value, selection: &str) -> Value {
    let (from, to) = (&answer["range"]["from"], &answer["range"]["to"]);
    let list =
        server.get(&format!("/api/v1/sites/default/sessions?from={from}&to={to}&selection={selection}"));
    assert_eq!(list.status, 200, "{}", list.text);
    list.json()
}

fn n(value: &Value, name: &str) -> u64 {
    value[name].as_u64().unwrap_or_else(|| panic!("{name} in {value}"))
}

fn each<'a>(value: &'a Value, list: &str) -> &'a [Value] {
    value[list].as_array().unwrap_or_else(|| panic!("{list} in {value}"))
}

fn set_goals(server: &Running) {
    let goals =
        json!({"goals": [{"name": "Order confirmed", "steps": [{"kind": "page", "label": "/thanks"}]}]});
    let answer = server.call("PUT", "/api/v1/sites/default/goals", Some(goals.clone()));
    assert_eq!((answer.status, answer.json()), (200, goals));
}

#[test]
fn every_number_opens_a_list_that_is_exactly_as_long() {
    let (_dir, server) = shop();
    set_goals(&server);
    for (path, at_least) in [
        ("paths?last=7d&depth=4", 30),
        ("paths?last=7d&kinds=page,click,error&breadth=1&variants=2", 10),
        ("paths?last=7d&end=page:/checkout", 5),
        ("paths?last=7d&start=page:/&end=page:/checkout", 5),
        ("drop-off?last=7d", 25),
        ("drop-off/endings?last=7d&step=page:/checkout", 10),
        ("error-impact?last=7d", 8),
        ("funnel?last=7d&steps=page:/%3Epage:/checkout%3Epage:/thanks%7Cpage:/help", 12),
        ("funnel?last=7d&steps=page:/%3Epage:/checkout&order=strict&window=1m", 8),
        ("funnel?last=7d&steps=%7Bpage:/%7D%3E%7Bpage:/checkout%7D&window=1m", 8),
        ("segments?last=7d&dimensions=language,entry_route&limit=2", 3),
        ("pages?last=7d", 5),
        ("overview?last=7d", 1),
    ] {
        check_doors(&server, &report(&server, path), at_least);
    }
}

#[test]
fn numbers_add_up() {
    let (_dir, server) = shop();
    set_goals(&server);
    let paths = report(&server, "paths?last=7d&breadth=2&depth=4");
    assert_eq!(n(&paths, "out_of"), 30);
    for (place, node) in each(&paths, "nodes").iter().enumerate() {
        assert_eq!(n(node, "sessions"), n(node, "continued") + n(node, "ended") + n(node, "open"), "{node}");
        let children = each(&paths, "nodes").iter().filter(|child| child["parent"] == json!(place));
        let shown: u64 = children.map(|child| n(child, "sessions")).sum();
        let rest = node["rest"].as_object().map_or(0, |_| n(&node["rest"], "sessions"));
        if n(node, "depth") < 4 {
            assert_eq!(shown + rest, n(node, "continued"), "{node}");
        }
    }
    for step in each(&report(&server, "drop-off?last=7d"), "steps") {
        let parts = ["continued", "completed", "dropped", "open"].map(|part| n(step, part));
        assert_eq!(n(step, "reached"), parts.iter().sum::<u64>(), "{step}");
    }
    let endings = report(&server, "drop-off/endings?last=7d&step=page:/checkout");
    assert_eq!(n(&endings, "reached"), 20);
    let sum = |name: &str| each(&endings, "endings").iter().map(|one| n(one, name)).sum::<u64>();
    assert_eq!(sum("sessions"), 20);
    for ending in each(&endings, "endings") {
        let trend: u64 = each(ending, "trend").iter().filter_map(Value::as_u64).sum();
        assert_eq!(trend, n(ending, "sessions"));
    }
    let segments = report(&server, "segments?last=7d&dimensions=entry_route,language&limit=1");
    let rows: u64 = each(&segments, "rows").iter().map(|row| n(row, "sessions")).sum();
    assert_eq!(rows + n(&segments["rest"], "sessions"), n(&segments["total"], "sessions"));
    for row in each(&report(&server, "error-impact?last=7d"), "rows") {
        assert_eq!(n(row, "sessions"), n(row, "ended") + n(row, "went_on") + n(row, "open"), "{row}");
    }
}

#[test]
fn metrics_stand_against_the_period_before_and_rates_open_their_part() {
    let (_dir, server) = shop();
    let answer = report(
        &server,
        "metrics?last=7d&metrics=sessions,error_rate,bounce_rate,single_page_rate,return_rate,duration_median",
    );
    let series = each(&answer, "metrics");
    assert_eq!(series[0]["total"]["value"], 30.0);
    assert_eq!(series[0]["previous"]["total"]["value"], 12.0);
    assert_eq!(series[0]["change"], 1.5);
    assert_eq!(answer["previous"]["range"]["to"], answer["range"]["from"]);
    let buckets = each(&answer, "buckets");
    assert_eq!(buckets.len(), each(&answer["previous"], "buckets").len());
    assert_eq!(
        (buckets[0]["from"].clone(), buckets[buckets.len() - 1]["to"].clone()),
        (answer["range"]["from"].clone(), answer["range"]["to"].clone())
    );
    for one in &series[..4] {
        let of = |measure: &Value| {
            (measure["value"].as_f64().expect("a number")
                * if one["metric"]["unit"] == "ratio" { n(measure, "of") as f64 } else { 1.0 })
            .round() as u64
        };
        let selection = one["total"]["selection"].as_str().expect("a door");
        assert_eq!(total(&server, &answer, selection), of(&one["total"]), "{one}");
        assert_eq!(total(&server, &answer["previous"], selection), of(&one["previous"]["total"]), "{one}");
    }
    assert_eq!(series[5]["total"]["selection"], Value::Null, "no list is of a median");
    let whole = report(&server, "metrics");
    assert_eq!(whole["previous"], Value::Null, "before the first session there is nothing to compare with");
    assert_eq!(report(&server, "overview?last=7d")["live"]["sessions"], 6);
}

#[test]
fn a_report_of_a_number_is_a_report_of_its_sessions() {
    let (_dir, server) = shop();
    set_goals(&server);
    let funnel = report(&server, "funnel?last=7d&steps=page:/%3Epage:/checkout%3Epage:/thanks");
    let at_checkout = &each(&funnel, "steps")[1];
    let (dropped, door) =
        (n(at_checkout, "dropped"), at_checkout["selections"]["dropped"].as_str().expect("a door"));
    assert_eq!(dropped, 12);
    let (from, to) = (&funnel["range"]["from"], &funnel["range"]["to"]);
    let endings = report(
        &server,
        &format!("drop-off/endings?from={from}&to={to}&step=page:/checkout&selection={door}"),
    );
    assert_eq!((n(&endings, "reached"), n(&endings, "out_of")), (dropped, dropped));
    check_doors(&server, &endings, 10);
}

#[test]
fn an_ending_tells_what_decided_each_session() {
    let (_dir, server) = shop();
    set_goals(&server);
    let rules = json!([
        {"name": "Completed purchase", "when": "completed"},
        {"name": "Still open", "when": "still_open"},
        {"name": "Abandoned at payment", "when": {"abandoned_at": {"fields": ["checkout: card*"]}}},
        {"name": "Left before entering details", "when": "left_before_details"},
        {"name": "Left", "when": "idle"},
    ]);
    let preview = server.call(
        "POST",
        "/api/v1/sites/default/ending-rules/preview",
        Some(json!({"rules": rules, "step": {"kind": "page", "label": "/checkout"}})),
    );
    assert_eq!(preview.status, 200, "{}", preview.text);
    let told = |endings: &Value| {
        let some = each(endings, "endings").iter().filter(|one| n(one, "sessions") > 0);
        some.map(|one| format!("{} {}\n", n(one, "sessions"), one["name"].as_str().expect("a name")))
            .collect::<String>()
    };
    expect![[r#"
        5 Completed
        3 Still open
        4 Blocked by an error
        4 Abandoned while filling in
        4 Left before entering details
    "#]]
    .assert_eq(&told(&preview.json()["saved"]));
    let proposed = expect![[r#"
        5 Completed purchase
        3 Still open
        8 Abandoned at payment
        4 Left before entering details
    "#]];
    proposed.assert_eq(&told(&preview.json()["proposed"]));
    let before = report(&server, "drop-off/endings?last=7d&step=page:/checkout");
    assert_eq!(told(&before), told(&preview.json()["saved"]), "a preview changes nothing");

    let set = server.call("PUT", "/api/v1/sites/default/ending-rules", Some(json!({"rules": rules})));
    assert_eq!((set.status, set.json()["rules"].clone()), (200, rules));
    let endings = report(&server, "drop-off/endings?last=7d&step=page:/checkout");
    proposed.assert_eq(&told(&endings));
    let abandoned = &each(&endings, "endings")[2];
    let list = listed(&server, &endings, abandoned["selection"].as_str().expect("a door"));
    assert_eq!(list["selection"]["text"], "Sessions that ended at /checkout: Abandoned at payment");
    for (session, evidence) in each(&list, "sessions").iter().zip(each(&list, "evidence")) {
        assert_eq!(evidence["step"], json!({"kind": "input", "label": "checkout: card"}));
        assert_eq!(evidence["rule"], "Abandoned at payment");
        assert_eq!(
            evidence["at"].as_i64(),
            session["start"].as_i64().map(|start| start + evidence["offset_ms"].as_i64().expect("ms"))
        );
    }
}

#[test]
fn endpoints_and_vitals_are_told() {
    let (_dir, server) = shop();
    let endpoints = report(&server, "endpoints?last=7d");
    let pay = &each(&endpoints, "rows")[0];
    assert_eq!(
        (&pay["endpoint"], n(pay, "calls"), n(pay, "ok"), n(pay, "server_errors")),
        (&json!("POST /api/pay"), 10, 5, 5)
    );
    assert_eq!(pay["average_ms"], 400.0);
    assert_eq!(total(&server, &endpoints, pay["selection"].as_str().expect("a door")), n(pay, "sessions"));
    let failed = pay["selections"]["server_errors"].as_str().expect("a door");
    assert_eq!(total(&server, &endpoints, failed), 5);
    let vitals = report(&server, "vitals?last=7d");
    assert_eq!(each(&vitals, "vitals").len(), 5);
    assert_eq!(each(&vitals, "vitals")[0]["measures"][0]["state"], "nothing", "nothing was measured");
    let of_page = report(&server, "vitals?last=7d&route=/checkout");
    assert_eq!(total(&server, &of_page, of_page["selection"].as_str().expect("a door")), 20);
    assert_eq!(each(&of_page, "vitals")[0]["series"], Value::Null);
    let definitions = report(&server, "definitions");
    assert!(
        each(&definitions, "metrics")
            .iter()
            .all(|metric| !metric["definition"].as_str().expect("text").is_empty())
    );
}

#[test]
fn an_empty_site_has_reports_of_nothing() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let server = Running::start(dir.path());
    for path in [
        "overview",
        "metrics",
        "segments",
        "paths",
        "drop-off",
        "drop-off/endings?step=page:/",
        "error-impact",
        "funnel?steps=page:/",
        "pages",
        "endpoints",
        "vitals",
        "vitals?route=/",
    ] {
        let answer = report(&server, path);
        let join = if path.contains('?') { "&" } else { "?" };
        let csv = server.get(&format!("{REPORTS}/{path}{join}format=csv"));
        assert_eq!(
            (csv.status, &csv.headers["content-type"]),
            (200, &"text/csv; charset=utf-8".parse().expect("a header"))
        );
        check_doors(&server, &answer, 0);
    }
    let overview = report(&server, "overview?last=7d");
    let of = |name: &str| {
        each(&overview, "metrics").iter().find(|one| one["metric"]["name"] == name).expect("it is there")["total"].clone()
    };
    assert_eq!(
        (of("bounce_rate")["value"].clone(), of("bounce_rate")["state"].clone()),
        (Value::Null, json!("nothing"))
    );
    assert_eq!(of("sessions")["value"], 0.0);
}

#[test]
fn tables_are_written_for_spreadsheets() {
    let (_dir, server) = shop();
    set_goals(&server);
    #[track_caller]
    fn check(server: &Running, path: &str, expected: Expect) {
        expected.assert_eq(&server.get(&format!("{REPORTS}/{path}&format=csv")).text.replace("\r\n", "\n"));
    }
    check(
        &server,
        "funnel?last=7d&steps=page:/%3Epage:/checkout%3Epage:/thanks",
        expect![[r#"
        step,reached,continued,dropped,open,of_first,of_previous,time_to_next (ms)
        page:/,25,20,4,1,1.0,,4000
        page:/checkout,20,5,12,3,0.8,0.8,17000
        page:/thanks,5,5,0,0,0.2,0.25,
    "#]],
    );
    check(
        &server,
        "segments?last=7d&dimensions=language&metrics=error_rate,duration_average",
        expect![[r#"
        language,sessions,error_rate,duration_average (ms)
        de,18,0.3333333333333333,11166.666666666666
        en,12,0.3333333333333333,11166.666666666666
    "#]],
    );
}

#[test]
fn wrong_questions_are_answered_with_what_would_be_right() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let server = Running::start(dir.path());
    #[track_caller]
    fn check(server: &Running, path: &str, expected: Expect) {
        expected.assert_eq(&server.get(&format!("{REPORTS}/{path}")).error());
    }
    check(
        &server,
        "metrics?metrics=speed",
        expect!["400 invalid_parameter: metrics: `speed` is none: /reports/definitions lists them"],
    );
    check(
        &server,
        "segments?dimensions=device,os,browser",
        expect!["400 invalid_parameter: dimensions: at most 2 can be combined"],
    );
    check(&server, "paths?depth=21", expect!["400 invalid_parameter: depth: 21 is not between 1 and 20"]);
    check(
        &server,
        "paths?start=checkout",
        expect![
            "400 invalid_parameter: start: `checkout` is no step: write kind:label, such as page:/checkout"
        ],
    );
    check(
        &server,
        "drop-off/endings",
        expect!["400 invalid_parameter: step: say which, such as page:/checkout"],
    );
    check(
        &server,
        "funnel",
        expect![
            "400 invalid_parameter: steps: `` is no step: write kind:label, such as page:/checkout, or a clause of a search about an event"
        ],
    );
    check(
        &server,
        "funnel?steps=page:/%3Ecountry:DE",
        expect![
            "400 invalid_parameter: steps: `country:DE`: `country` is of the whole session, and a step is an event: put it in the search"
        ],
    );
    check(
        &server,
        "funnel?steps=page:/&window=0d",
        expect![
            "400 invalid_parameter: window: `0d` is no number of minutes, hours or days, such as 15m, 24h, 7d"
        ],
    );
    check(
        &server,
        "pages?format=xml",
        expect!["400 invalid_parameter: format: `xml` is not one of json, csv"],
    );
    check(
        &server,
        "pages?interval=hour&from=2026-01-01&to=2026-06-01",
        expect!["400 invalid_parameter: interval: hour makes over 1000 buckets: choose a longer one"],
    );
    check(
        &server,
        "pages?selection=abcd",
        expect!["400 invalid_parameter: selection: it is not one that this server gave: it does not inflate"],
    );
    check(&server, "nothing", expect!["404 unknown_path: there is nothing at this path"]);
    let put = |path: &str, body: Value| {
        server.call("PUT", &format!("/api/v1/sites/default/{path}"), Some(body)).error()
    };
    expect!["400 invalid_body: goals: `Sale` has 0 steps, not 1 to 50"]
        .assert_eq(&put("goals", json!({"goals": [{"name": "Sale", "steps": []}]})));
    assert!(
        put("ending-rules", json!({"rules": []})).contains("the last rule, and no other, must be `idle`")
    );
    let funnel = |name: &str, steps: &str| json!({"name": name, "steps": steps});
    expect!["400 invalid_body: funnels: `Sale`: steps: `cart`: say what it is the text of, such as click:, page: or error.message:"]
        .assert_eq(&put("funnels", json!({"funnels": [funnel("Sale", "cart > page:/thanks")]})));
    expect!["400 invalid_body: funnels: two are named `Sale`"].assert_eq(&put(
        "funnels",
        json!({"funnels": [funnel("Sale", "page:/a"), funnel("Sale", "page:/b")]}),
    ));
    expect!["400 invalid_body: rules: ` ` is no name: write 1 to 80 characters"]
        .assert_eq(&put("ending-rules", json!({"rules": [{"name": " ", "when": "idle"}]})));
}

#[test]
fn goals_and_funnels_outlive_a_restart() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let server = Running::start(dir.path());
    set_goals(&server);
    let funnels =
        json!({"funnels": [{"name": "Sale", "steps": "page:/cart > page:/thanks", "window": "24h"}]});
    let set = server.call("PUT", "/api/v1/sites/default/funnels", Some(funnels.clone()));
    assert_eq!(set.json(), funnels);
    server.kill();
    let server = Running::start(dir.path());
    assert_eq!(server.get("/api/v1/sites/default/funnels").json(), funnels);
    assert_eq!(server.get("/api/v1/sites/default/goals").json()["goals"][0]["name"], "Order confirmed");
}

#[test]
fn the_terminal_tells_reports_too() {
    let (_dir, server) = shop();
    set_goals(&server);
    let told = |args: &[&str]| {
        let out = Command::new(env!("CARGO_BIN_EXE_footpath"))
            .arg("report")
            .args(args)
            .args(["--url", &server.url])
            .output();
        let out = out.expect("the binary runs");
        let text = if out.status.success() { out.stdout } else { out.stderr };
        String::from_utf8(text).expect("text")
    };
    expect![[r#"
        /checkout  20 sessions
        ├── 25% - Completed (5)
        ├── 20% - Blocked by an error (4)
        │       100.0 %  PaymentError
        ├── 20% - Abandoned while filling in (4)
        │       100.0 %  checkout: card
        ├── 20% - Left before entering details (4)
        └── 15% - Still open (3)
    "#]]
    .assert_eq(&told(&["endings", "step=page:/checkout"]));
    expect![[r#"
        user_type  sessions  duration_average  error_rate
        anonymous        30            11.2 s      33.3 %
    "#]]
    .assert_eq(&told(&["segments"]));
    let json: Value = serde_json::from_str(&told(&["paths", "--json", "--since", "30d"])).expect("JSON");
    assert_eq!(n(&json, "out_of"), 42);
    assert!(told(&["pages", "limit=0"]).contains("limit: 0 is not between 1 and 500"));
}
