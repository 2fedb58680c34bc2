//! Traffic: visitors of a shop as requests that are whole but for their ids and times.
//!
//! A few hundred sessions are written out once ([`script`]); a tab plays one of them with ids of its own, request by
//! request, and then another visitor takes its place. So making a request costs the client a few copies of 13 and 36
//! bytes, while the server sees as many visitors as there are sessions.

mod script;

use crate::client::{Post, Source};
use crate::dice::Dice;
use flate2::Compression;
use flate2::write::GzEncoder;
pub(crate) use script::Shape;
use script::{ID_BYTES, Script, TIME_BYTES};
use std::io::Write;
use uuid::Uuid;

/// Sessions written out. More would only push the client's memory out of the caches.
const N_SCRIPTS: usize = 240;
/// How long before its first request a visitor's first event was.
const FIRST_BATCH_MS: i64 = 400;

/// Requests whose ids and times are put in as they are sent.
pub(crate) struct Traffic {
    scripts: Vec<Script>,
    connections: Vec<Tabs>,
    dice: Dice,
}

/// The tabs whose requests a connection carries in turn.
struct Tabs {
    tabs: Vec<Tab>,
    turn: usize,
}

/// A visitor's tab.
struct Tab {
    script: usize,
    n_sent: usize,
    session: Id,
    visitor: Id,
    tab: Id,
    last_at: i64,
}

type Id = [u8; ID_BYTES];

impl Traffic {
    /// Traffic of `shape` to a site, over so many connections, each carrying so many tabs at a time.
    pub(crate) fn new(shape: Shape, site_key: &str, connections: usize, tabs: usize) -> Self {
        let mut dice = Dice::new(1);
        let scripts = (0..N_SCRIPTS).map(|_| Script::write(&mut dice, shape, site_key)).collect();
        let mut traffic = Self { scripts, connections: Vec::new(), dice };
        for _ in 0..connections {
            let tabs = (0..tabs).map(|_| traffic.open_tab(0)).collect();
            traffic.connections.push(Tabs { tabs, turn: 0 });
        }
        traffic
    }

    fn open_tab(&mut self, now_ms: i64) -> Tab {
        let mut id = || uuid_v7(now_ms, &mut self.dice);
        let (session, visitor, tab) = (id(), id(), id());
        let script = self.dice.below(self.scripts.len());
        Tab { script, n_sent: 0, session, visitor, tab, last_at: 0 }
    }
}

impl Source for Traffic {
    fn next(&mut self, connection: usize, now_ms: i64) -> Option<Post<'_>> {
        let turn = {
            let tabs = &mut self.connections[connection];
            tabs.turn = (tabs.turn + 1) % tabs.tabs.len();
            tabs.turn
        };
        let tab = &self.connections[connection].tabs[turn];
        if tab.n_sent == 0 || tab.n_sent == self.scripts[tab.script].requests.len() {
            let mut tab = self.open_tab(now_ms);
            tab.last_at = now_ms - FIRST_BATCH_MS;
            self.connections[connection].tabs[turn] = tab;
        }
        let tab = &mut self.connections[connection].tabs[turn];
        let request = &mut self.scripts[tab.script].requests[tab.n_sent];
        let starts_session = tab.n_sent == 0;
        let n_events = request.at.len() as i64;
        for (at, id) in
            [(request.session, tab.session), (request.visitor, tab.visitor), (request.tab, tab.tab)]
        {
            request.bytes[at..at + ID_BYTES].copy_from_slice(&id);
        }
        put_time(&mut request.bytes, request.sent_at, now_ms);
        for (nth, &at) in (1..).zip(&request.at) {
            put_time(&mut request.bytes, at, tab.last_at + (now_ms - tab.last_at) * nth / n_events);
        }
        tab.last_at = now_ms;
        tab.n_sent += 1;
        Some(Post { bytes: &request.bytes, n_events: request.at.len() as u32, starts_session })
    }
}

/// Requests compressed beforehand, as browsers would.
pub(crate) struct Compressed {
    connections: Vec<Vec<Sealed>>,
    n_sent: Vec<usize>,
    /// Whether they are sent over and over: only to a server that cannot tell.
    repeats: bool,
}

struct Sealed {
    bytes: Vec<u8>,
    n_events: u32,
    starts_session: bool,
}

impl Compressed {
    /// So many requests for each connection, with the times of now.
    pub(crate) fn new(mut traffic: Traffic, requests: usize, now_ms: i64, repeats: bool) -> Self {
        let n_connections = traffic.connections.len();
        let mut sealed = |connection| {
            let post = traffic.next(connection, now_ms)?;
            let bytes = compress(post.bytes);
            Some(Sealed { bytes, n_events: post.n_events, starts_session: post.starts_session })
        };
        let connections: Vec<Vec<Sealed>> = (0..n_connections)
            .map(|connection| (0..requests).filter_map(|_| sealed(connection)).collect())
            .collect();
        Self { connections, n_sent: vec![0; n_connections], repeats }
    }
}

impl Source for Compressed {
    fn next(&mut self, connection: usize, _now_ms: i64) -> Option<Post<'_>> {
        let requests = &self.connections[connection];
        let n_sent = &mut self.n_sent[connection];
        if self.repeats && *n_sent == requests.len() {
            *n_sent = 0;
        }
        let Sealed { bytes, n_events, starts_session } = requests.get(*n_sent)?;
        *n_sent += 1;
        Some(Post { bytes, n_events: *n_events, starts_session: *starts_session })
    }
}

/// The same request with its body in gzip.
fn compress(request: &[u8]) -> Vec<u8> {
    let (head, body) = script::split(request);
    let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 4), Compression::default());
    // Writing to memory cannot fail.
    let body = encoder.write_all(body).and_then(|()| encoder.finish()).unwrap_or_default();
    script::join(&format!("{head}content-encoding: gzip\r\n"), &body)
}

fn uuid_v7(unix_ms: i64, dice: &mut Dice) -> Id {
    let random: [u8; 16] = dice.bytes();
    let mut tail = [0; 10];
    tail.copy_from_slice(&random[..10]);
    let uuid: Uuid = uuid::Builder::from_unix_timestamp_millis(unix_ms.unsigned_abs(), &tail).into_uuid();
    let mut text = [0; ID_BYTES];
    uuid.hyphenated().encode_lower(&mut text);
    text
}

/// Writes 13 digits.
fn put_time(bytes: &mut [u8], at: usize, unix_ms: i64) {
    let mut rest = unix_ms.unsigned_abs();
    for digit in bytes[at..at + TIME_BYTES].iter_mut().rev() {
        *digit = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;
    use std::collections::{HashMap, HashSet};
    use std::io::Read;

    const NOW: i64 = 1_795_442_400_000;

    fn body_of(request: &[u8]) -> Value {
        let (_, body) = script::split(request);
        serde_json::from_slice(body).expect("a body is JSON")
    }

    #[test]
    fn every_tab_counts_up_in_time_and_no_event_is_sent_twice() {
        let mut traffic = Traffic::new(Shape::Batches, "KEY", 2, 3);
        let mut tabs: HashMap<String, (i64, i64)> = HashMap::new();
        let mut sessions = HashSet::new();
        let (mut n_started, mut n_events) = (0, 0);
        for turn in 0..200 {
            let post = traffic.next(turn % 2, NOW + turn as i64 * 7).expect("traffic has no end");
            n_started += usize::from(post.starts_session);
            let body = body_of(post.bytes);
            let events = body["events"].as_array().expect("events are an array");
            assert_eq!(events.len(), post.n_events as usize);
            n_events += events.len();
            sessions.insert(body["session"]["id"].to_string());
            let (seq, at) = tabs.entry(body["tab_id"].to_string()).or_insert((-1, 0));
            for event in events {
                let next = (event["seq"].as_i64().expect("seq"), event["at"].as_i64().expect("at"));
                assert_eq!(next.0, *seq + 1);
                assert!(next.1 >= *at, "{} before {at}", next.1);
                (*seq, *at) = next;
            }
            assert!(*at <= body["sent_at"].as_i64().expect("sent_at"));
        }
        assert_eq!(sessions.len(), n_started);
        assert!(n_started > 6, "visitors are followed by others");
        assert!((20 * 200..=50 * 200).contains(&n_events), "20 to 50 events a request: {n_events} in 200");
    }

    #[test]
    fn an_event_has_the_size_that_the_readme_says() {
        let mut traffic = Traffic::new(Shape::Batches, "KEY", 1, 50);
        let (mut bytes, mut events) = (0, 0);
        for _ in 0..500 {
            let post = traffic.next(0, NOW).expect("traffic has no end");
            bytes += script::split(post.bytes).1.len();
            events += post.n_events as usize;
        }
        let mean = bytes / events;
        assert!((200..=300).contains(&mean), "{mean} bytes an event");
    }

    #[test]
    fn the_length_of_a_body_is_in_its_head() {
        for shape in [Shape::Batches, Shape::Singles] {
            let mut traffic = Traffic::new(shape, "KEY", 1, 1);
            let post = traffic.next(0, NOW).expect("traffic has no end");
            let head = String::from_utf8_lossy(post.bytes);
            let length =
                head.lines().find_map(|line| line.strip_prefix("content-length: ")).expect("a length");
            assert_eq!(length.parse(), Ok(script::split(post.bytes).1.len()));
        }
    }

    #[test]
    fn compressed_requests_hold_the_same() {
        let plain = |n| Traffic::new(Shape::Batches, "KEY", n, 1);
        let mut compressed = Compressed::new(plain(1), 2, NOW, false);
        let mut traffic = plain(1);
        for _ in 0..2 {
            let sent = compressed.next(0, NOW + 5).expect("there are two");
            let mut inflated = String::new();
            flate2::read::GzDecoder::new(script::split(sent.bytes).1)
                .read_to_string(&mut inflated)
                .expect("gzip");
            let same = traffic.next(0, NOW).expect("traffic has no end");
            assert_eq!(inflated.as_bytes(), script::split(same.bytes).1);
        }
        assert!(compressed.next(0, NOW).is_none());

        let mut repeated = Compressed::new(plain(1), 2, NOW, true);
        let n_events: Vec<u32> = (0..4).filter_map(|_| Some(repeated.next(0, NOW)?.n_events)).collect();
        assert_eq!(n_events[..2], n_events[2..]);
    }
}
