//! Replays, from a browser's chunk to what a player reads.

use crate::running::{Answer, PATIENCE, Running, any_file_holds, batch, click, now_ms, page_view};
use expect_test::expect;
use flate2::Compression;
use flate2::write::GzEncoder;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use std::io::Write;
use std::time::Instant;

const HOUR: i64 = 3_600_000;
const TYPED: &str = "what ann has typed in";
const SHOWN: &str = "what only ann may read";

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).expect("memory");
    encoder.finish().expect("memory")
}

/// What a browser would send of these records, which it masked as it says.
fn chunk(events: &Value, index: u32, masks: Value, records: &[Value]) -> (Value, String) {
    let times = records.iter().map(|record| record["timestamp"].as_i64().expect("a time"));
    let text: String = records.iter().map(|record| format!("{record}\n")).collect();
    let styles: Vec<&Value> = records
        .iter()
        .filter(|record| record["data"]["tag"] == "fp.style")
        .map(|record| &record["data"]["payload"]["hash"])
        .collect();
    let head = json!({
        "v": 1, "sent_at": now_ms(), "session": events["session"], "visitor_id": events["visitor_id"],
        "tab_id": events["tab_id"], "page_id": events["tab_id"], "index": index,
        "first_at": times.clone().min(), "last_at": times.max(),
        "keyframe": records[0]["type"] == 4, "records": records.len(), "bytes": text.len(),
        "styles": styles, "masks": masks, "trigger": "sampled", "cost": {"main_ms": 4, "longest_ms": 2},
    });
    (head, text)
}

fn send(server: &Running, (head, text): &(Value, String)) -> Answer {
    let body = [format!("{head}\n").as_bytes(), &gzip(text)].concat();
    server.post(&format!("/i/{}/replay", server.key), &[], &body)
}

fn masked() -> Value {
    json!({"inputs": true, "text": true})
}

fn set_rules(server: &Running, rules: Value) -> Answer {
    server.call("PUT", "/api/v1/sites/default/privacy", Some(rules))
}

fn record_all(server: &Running) {
    assert_eq!(set_rules(server, json!({"replay": {"enabled": true, "sample_rate": 1}})).status, 200);
}

/// A page with a field, as a browser that masks nothing tells it.
fn page(at: i64) -> [Value; 2] {
    let node = json!({"type": 0, "id": 1, "childNodes": [{"type": 2, "id": 2, "tagName": "body", "attributes": {},
    "childNodes": [
        {"type": 2, "id": 3, "tagName": "script", "attributes": {"src": "https://evil.example/x.js"}, "childNodes": []},
        {"type": 2, "id": 4, "tagName": "input", "attributes": {"value": TYPED, "onfocus": "x()"}, "childNodes": []},
        {"type": 3, "id": 5, "textContent": SHOWN},
    ]}]});
    [
        json!({"type": 4, "timestamp": at, "data": {"href": "https://shop.example/", "width": 800, "height": 600}}),
        json!({"type": 2, "timestamp": at + 1, "data": {"node": node, "initialOffset": {"left": 0, "top": 0}}}),
    ]
}

fn style(at: i64, hash: &str, css: &str) -> Value {
    json!({"type": 5, "timestamp": at, "data": {"tag": "fp.style", "payload": {"hash": hash, "css": css}}})
}

fn moved(at: i64) -> Value {
    json!({"type": 3, "timestamp": at, "data": {"source": 1, "positions": [{"x": 1, "y": 2, "id": 4, "timeOffset": 0}]}})
}

fn path_of(events: &Value) -> String {
    let id = events["session"]["id"].as_str().expect("an id");
    format!("/api/v1/sites/default/sessions/{id}/replay")
}

fn chunks(server: &Running, outcome: &str) -> u64 {
    let text = server.get("/metrics").text;
    let name = format!("footpath_replay_chunks_total{{outcome=\"{outcome}\"}} ");
    let line = text.lines().find_map(|line| line.strip_prefix(&name));
    line.unwrap_or_else(|| panic!("no {outcome} in {text}")).parse().expect("a number")
}

#[test]
fn a_site_says_what_its_pages_record_and_every_change_is_noted() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let server = Running::start(dir.path());
    let config = || server.get(&format!("/i/{}/config", server.key));
    expect![[r#"200 public, max-age=300 {"anonymise_users":false,"block":[],"consent_required":false,"honour_dnt":false,"honour_gpc":false,"ignore":[],"mask":[],"replay":{"block_media":false,"canvas":false,"enabled":false,"mask_all_text":true,"mask_inputs":true,"min_duration_ms":0,"on_error":false,"sample_rate":0.0},"unmask":[],"v":1}"#]]
    .assert_eq(&format!("{} {} {}", config().status, config().headers["cache-control"].to_str().expect("text"), config().json()));
    assert_eq!(server.get("/i/fp_unknown/config").status, 403);

    let events = batch(json!([page_view(0, now_ms(), "https://shop.example/")]));
    let off = send(&server, &chunk(&events, 0, masked(), &page(now_ms())));
    expect![[
        r#"200 {"message":"the site does not record replays","outcome":"dropped","reason":"replay_off"}"#
    ]]
    .assert_eq(&format!("{} {}", off.status, off.json()));

    expect!["400 invalid_body: replay.sample_rate: 2 is not between 0 and 1"]
        .assert_eq(&set_rules(&server, json!({"replay": {"sample_rate": 2}})).error());
    assert_eq!(set_rules(&server, json!({"mask_all": true})).status, 400, "an unknown field is told");
    record_all(&server);
    record_all(&server);
    assert_eq!(config().json()["replay"]["enabled"], true);
    let changes = server.get("/api/v1/sites/default/audit").json();
    assert_eq!(changes["changes"].as_array().map(Vec::len), Some(1), "what changes nothing is no change");
    let change = &changes["changes"][0];
    assert_eq!(
        (&change["what"], &change["before"]["replay"]["enabled"], &change["after"]["replay"]["enabled"]),
        (&json!("privacy"), &json!(false), &json!(true))
    );
    server.kill();
    let server = Running::start(dir.path());
    assert_eq!(server.get("/api/v1/sites/default/privacy").json()["replay"]["sample_rate"], 1.0);
}

#[test]
fn a_chunk_is_masked_kept_once_and_told_to_a_player() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let server = Running::start(dir.path());
    record_all(&server);
    let at = now_ms() - 10_000;
    let events = batch(json!([page_view(0, at, "https://shop.example/"), click(1, at + 9_000, "Buy")]));
    let mut first = page(at).to_vec();
    first.push(style(at + 2, "abc", "a { color: red }"));
    let first = chunk(&events, 0, json!({"inputs": false, "text": false}), &first);
    assert_eq!(send(&server, &first).status, 204, "before its events");
    assert_eq!(server.get(&path_of(&events)).status, 404, "there is no session yet");
    assert_eq!(server.send(&events).status, 204);
    assert_eq!(send(&server, &first).status, 204, "sent again");
    assert_eq!(send(&server, &chunk(&events, 2, masked(), &[moved(at + 8_000)])).status, 204);
    assert_eq!((chunks(&server, "accepted"), chunks(&server, "duplicate")), (2, 1));

    let manifest = server.when(&path_of(&events), |manifest| manifest["n_chunks"] == 2);
    let tab = &manifest["tabs"][0];
    assert_eq!((&manifest["complete"], &manifest["styles"]), (&json!(false), &json!(["abc"])));
    assert_eq!(
        tab["gaps"],
        json!([{"after_index": 0, "before_index": 2, "start": at + 2, "end": at + 8_000}])
    );
    assert_eq!(
        (&tab["chunks"][0]["keyframe"], &tab["chunks"][0]["flags"], &tab["chunks"][1]["flags"]),
        (&json!(true), &json!(["scrubbed"]), &json!([]))
    );
    let tab_id = tab["tab_id"].as_str().expect("an id");
    let records = server.get(&format!("{}/chunks/{tab_id}/0", path_of(&events)));
    assert_eq!(records.headers["content-type"], "application/x-ndjson");
    let page: Value = serde_json::from_str(records.text.lines().nth(1).expect("the page")).expect("JSON");
    let body = &page["data"]["node"]["childNodes"][0]["childNodes"];
    assert_eq!(
        body[0],
        json!({"type": 2, "id": 3, "tagName": "fp-removed", "attributes": {}, "childNodes": []})
    );
    assert_eq!(body[1]["attributes"], json!({"value": "*****"}));
    assert_eq!(body[2]["textContent"], "**** **** *** *** ****");
    let found = server.get(&format!("{}/styles/abc", path_of(&events))).json();
    assert_eq!(found, json!({"hash": "abc", "css": "a { color: red }"}));
    let missing = server.get(&format!("{}/chunks/{tab_id}/1", path_of(&events)));
    assert_eq!(missing.error(), format!("404 unknown_chunk: chunk 1 of tab {tab_id} is not there"));

    let session = server.get(&path_of(&events).replace("/replay", "")).json();
    assert_eq!(session["replay"]["chunks"], 2);
    for secret in [TYPED, SHOWN] {
        assert!(!any_file_holds(dir.path(), secret), "{secret}");
    }
    server.kill();
    let server = Running::start(dir.path());
    assert_eq!(server.get(&path_of(&events)).json(), manifest);
}

#[test]
fn what_is_no_chunk_is_told_and_counted() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let server = Running::start(dir.path());
    record_all(&server);
    let events = batch(json!([page_view(0, now_ms(), "https://shop.example/")]));
    let good = chunk(&events, 0, masked(), &[moved(now_ms())]);
    let path = format!("/i/{}/replay", server.key);
    let body = [format!("{}\n", good.0).as_bytes(), &gzip(&good.1)].concat();
    let mut told = vec![
        server.post("/i/fp_unknown/replay", &[], &body).error(),
        server.post(&path, &[("content-encoding", "gzip")], &body).error(),
        server.post(&path, &[], b"{}\n").error(),
        server.post(&path, &[], &vec![b' '; 1_100_000]).error(),
    ];
    let mut old = good.clone();
    old.0["first_at"] = json!(now_ms() - 8 * 24 * HOUR);
    told.push(send(&server, &old).text);
    expect![[r#"
        403 unknown_key: the site key in the path is unknown
        415 unsupported_encoding: content-encoding `gzip`: a chunk has none, since its records are gzip already
        400 invalid_chunk: head: missing field `v` at line 1 column 2
        413 body_too_large: body has more than 1048576 bytes
        {"outcome":"dropped","reason":"too_old","message":"first_at, last_at: more than 7 days old, in the future, or the wrong way round"}"#]]
    .assert_eq(&told.join("\n"));
    assert_eq!(
        (chunks(&server, "refused"), chunks(&server, "unknown_key"), chunks(&server, "too_old")),
        (3, 1, 1)
    );
    // Of a session that nobody has heard of, only so much waits.
    for index in 0..40 {
        let answer = send(&server, &chunk(&events, index, masked(), &[moved(now_ms())]));
        assert!(matches!(answer.status, 200 | 204));
    }
    assert!(chunks(&server, "session_full") >= 1 && chunks(&server, "accepted") <= 40);
}

#[test]
fn replay_gives_way_where_a_key_sends_too_much() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let server = Running::start_with(dir.path(), &["--replay-rate", "1"]);
    record_all(&server);
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let noise: String = (0..600_000).map(|_| random.random_range('a'..='z')).collect();
    let events = batch(json!([page_view(0, now_ms(), "https://shop.example/")]));
    let record = json!({"type": 5, "timestamp": now_ms(), "data": {"tag": "x", "payload": noise}});
    let answers: Vec<Answer> = (0..4)
        .map(|index| send(&server, &chunk(&events, index, masked(), std::slice::from_ref(&record))))
        .collect();
    let refused = answers.iter().find(|answer| answer.status == 429).expect("it is too much");
    assert!(refused.headers.contains_key("retry-after"));
    assert_eq!(server.send(&events).status, 204, "events go on");
}

#[test]
fn users_of_a_site_that_anonymises_have_no_name_and_are_erased_by_theirs() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let server = Running::start(dir.path());
    assert_eq!(set_rules(&server, json!({"anonymise_users": true})).status, 200);
    let mut events = batch(json!([
        page_view(0, now_ms(), "https://shop.example/"),
        {"seq": 1, "at": now_ms(), "kind": {"identify": {"user_id": "ann.lee", "traits": {"plan": "gold plan"}}}},
    ]));
    events["context"] = json!({"user": {"id": "ann.lee", "traits": {"plan": "gold plan"}}});
    assert_eq!(server.send(&events).status, 204);
    let list = server.sessions_when("", |list| list["total"] == 1);
    let user = &list["sessions"][0]["user"];
    assert!(user["id"].as_str().is_some_and(|id| id.starts_with("anon-")), "{user}");
    assert_eq!(list["sessions"][0]["place"]["city"], Value::Null);
    assert!(!any_file_holds(dir.path(), "ann.lee") && !any_file_holds(dir.path(), "gold plan"));
    let erased = server.call("POST", "/api/v1/sites/default/erasures", Some(json!({"user_id": "ann.lee"})));
    assert_eq!(erased.json()["sessions"], 1);
}

/// A style sheet as frameworks make them, a page that uses it, and what happens on it.
struct HeavyPage {
    random: ChaCha8Rng,
    classes: Vec<String>,
    css: String,
}

impl HeavyPage {
    fn new() -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(7);
        let mut name = |most: usize| -> String {
            let length = random.random_range(4..most);
            (0..length).map(|_| random.random_range('a'..='z')).collect()
        };
        let classes: Vec<String> = (0..600).map(|_| format!("{}-{}", name(9), name(12))).collect();
        let mut css = String::new();
        for class in &classes {
            let (margin, grey) = (random.random_range(0..64), random.random_range(0..0xff_ffff));
            css += &format!(
                ".{class}{{margin:{margin}px;padding:{}px;color:#{grey:06x};display:flex;font-size:{}px}}\n",
                margin / 2,
                margin / 4 + 8
            );
        }
        Self { random, classes, css }
    }

    fn class(&mut self) -> String {
        let place = self.random.random_range(0..self.classes.len());
        self.classes[place].clone()
    }

    fn text(&mut self) -> String {
        let length = self.random.random_range(10..60);
        (0..length).map(|_| if self.random.random_range(0..6) == 0 { ' ' } else { '*' }).collect()
    }

    fn row(&mut self, id: u32) -> Value {
        let (outer, inner, text) = (self.class(), self.class(), self.text());
        let link = format!("/products/{}", self.random.random_range(1000..99_999));
        json!({"type": 2, "id": id, "tagName": "div", "attributes": {"class": outer}, "childNodes": [
            {"type": 2, "id": id + 1, "tagName": "a", "attributes": {"class": inner, "href": link}, "childNodes": [
                {"type": 3, "id": id + 2, "textContent": text}]}]})
    }

    /// Half an hour: a keyframe each 30 s, and between them pointer moves and rows that come and go.
    fn chunks(&mut self, from: i64) -> Vec<Vec<Value>> {
        let mut rows: Vec<Value> = (0..900u32).map(|n| self.row(100 + 3 * n)).collect();
        let mut next = 10_000;
        let mut chunks = Vec::new();
        for half_minute in 0..60 {
            let at = from + half_minute * 30_000;
            let mut records = vec![
                json!({"type": 4, "timestamp": at, "data": {"href": "https://shop.example/products", "width": 1280, "height": 720}}),
            ];
            if half_minute == 0 {
                records.push(style(at, "heavy", &self.css));
            }
            let head = json!({"type": 2, "id": 5, "tagName": "link",
                "attributes": {"rel": "stylesheet", "_cssText": "fp-style:heavy"}, "childNodes": []});
            let mut children = vec![head];
            children.extend(rows.iter().cloned());
            let node = json!({"type": 0, "id": 1, "childNodes": [
                {"type": 2, "id": 2, "tagName": "body", "attributes": {}, "childNodes": children}]});
            records.push(json!({"type": 2, "timestamp": at + 20, "data": {"node": node, "initialOffset": {"left": 0, "top": 0}}}));
            for moment in 0..50i64 {
                let at = at + 500 + moment * 580;
                let positions: Vec<Value> = (0..10)
                    .map(|n| {
                        let (x, y) = (self.random.random_range(0..1280), self.random.random_range(0..720));
                        json!({"x": x, "y": y, "id": self.random.random_range(100..2800), "timeOffset": n * -50})
                    })
                    .collect();
                records
                    .push(json!({"type": 3, "timestamp": at, "data": {"source": 1, "positions": positions}}));
                if moment % 10 == 0 {
                    let (gone, new) = (rows.remove(0), self.row(next));
                    next += 3;
                    records.push(json!({"type": 3, "timestamp": at + 1, "data": {"source": 0, "texts": [], "attributes": [],
                        "removes": [{"parentId": 2, "id": gone["id"]}],
                        "adds": [{"parentId": 2, "nextId": null, "node": new}]}}));
                    rows.push(new);
                }
            }
            chunks.push(records);
        }
        chunks
    }
}

/// Moves all that is over into the lake, which retention does before it looks.
fn flush(server: &Running, chunks: u64) {
    let retention = json!({"sessions_days": 3650, "events_days": null});
    assert_eq!(server.call("PUT", "/api/v1/sites/default/retention", Some(retention)).status, 200);
    let start = Instant::now();
    while server.get("/api/v1/storage").json()["lake_replay_chunks"] != chunks {
        assert!(start.elapsed() < PATIENCE, "{}", server.get("/api/v1/storage").json());
        server.call("POST", "/api/v1/sites/default/retention/run", Some(json!({"dry_run": false})));
        std::thread::sleep(std::time::Duration::from_millis(200));
    }
}

#[test]
fn a_heavy_replay_takes_less_than_a_third_of_what_was_sent_and_is_read_at_once() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let server = Running::start(dir.path());
    record_all(&server);
    let from = now_ms() - 3 * HOUR;
    let events = batch(json!([
        page_view(0, from, "https://shop.example/products"),
        click(1, from + 1_795_000, "Buy")
    ]));
    assert_eq!(server.send(&events).status, 204);
    let (mut sent, mut n_chunks) = (0u64, 0u64);
    for (index, records) in (0u32..).zip(HeavyPage::new().chunks(from)) {
        let chunk = chunk(&events, index, masked(), &records);
        sent += gzip(&chunk.1).len() as u64;
        n_chunks += 1;
        let answer = send(&server, &chunk);
        assert_eq!(answer.status, 204, "{}", answer.text);
    }
    let live = server.when(&path_of(&events), |manifest| manifest["n_chunks"] == n_chunks);
    assert_eq!(live["complete"], true);
    let first = live["tabs"][0]["tab_id"].as_str().expect("an id").to_owned();
    let read = |index: u32| {
        let start = Instant::now();
        let answer = server.get(&format!("{}/chunks/{first}/{index}", path_of(&events)));
        assert_eq!(answer.status, 200);
        (answer.text, start.elapsed())
    };
    let waiting = read(40).0;

    flush(&server, n_chunks);
    assert_eq!(server.get(&path_of(&events)).json(), live, "the same in the lake");
    assert_eq!(read(40).0, waiting);
    let stored = server.get("/api/v1/storage").json()["lake_replay_bytes"].as_u64().expect("a size");
    #[expect(clippy::cast_precision_loss, reason = "some megabytes")]
    let ratio = stored as f64 / sent as f64;
    let start = Instant::now();
    server.get(&path_of(&events));
    let manifest = start.elapsed();
    let mut reads: Vec<_> = (0..20).map(|n| read(n * 3).1).collect();
    reads.sort_unstable();
    println!(
        "replay: {n_chunks} chunks, {sent} bytes sent, {stored} stored, ratio {ratio:.3}; manifest {manifest:?}, \
         chunk median {:?}, slowest {:?}",
        reads[10], reads[19]
    );
    assert!(ratio <= 0.30, "{ratio}");
    let restarted = {
        server.kill();
        Running::start(dir.path())
    };
    assert_eq!(restarted.get(&path_of(&events)).json(), live);
    let id = events["session"]["id"].as_str().expect("an id");
    let erased =
        restarted.call("POST", "/api/v1/sites/default/erasures", Some(json!({"session_ids": [id]}))).json();
    assert_eq!((&erased["sessions"], &erased["replay_chunks"]), (&json!(1), &json!(n_chunks)));
    assert_eq!(restarted.get("/api/v1/storage").json()["lake_replay_chunks"], 0);
    assert!(!any_file_holds(dir.path(), id), "nor is its name left");
}
