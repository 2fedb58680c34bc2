//! Access logs in the combined format of Apache and nginx: page views, and the sessions they make.
//!
//! ```text
//! 192.0.2.1 - - [23/Nov/2026:10:00:00 +0000] "GET /cart HTTP/1.1" 200 5123 "https://shop.example/" "Mozilla/5.0 …"
//! ```
//!
//! A line is a page view where it is a GET of something that looks like a page and was answered with 200–399. A visitor
//! is an address with a user agent, for a day: as in cookieless mode nobody can be followed from day to day, and the id
//! is a hash under the site's secret key, so that nobody can find the address from it. A session ends after 30 minutes
//! without a page view. All ids are made from the log alone, so that importing it again changes nothing.
//!
//! Limits: people behind one address with the same browser are one visitor; pages from a cache are not in a log; a
//! session that spans two files is two, unless they are read as one (`cat old new | footpath import -`).

use super::source::{Line, Source};
use super::{DataError, Outgoing, Reject, Sender, Unit, Units};
use crate::ingest::wire::{VERSION, WireBatch, WireContext, WireEvent, WireSdk, WireSession};
use footpath_model::event::{EventKind, Navigation, PageView};
use footpath_model::id::{SessionId, TabId, VisitorId};
use footpath_model::session::BoundaryReason;
use footpath_model::time::{DAY, MINUTE};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::net::IpAddr;
use uuid::Uuid;

/// Lines of a unit. Page views of a session among them are sent together.
const BLOCK: usize = 2_000;
/// Events of a batch at most, well under what the server takes.
const BATCH: usize = 200;
/// Without a page view for longer than this a session is over.
const TIMEOUT_MS: i64 = 30 * MINUTE;
/// Endings of paths that are pages; a path without an ending is one too.
const PAGES: [&str; 10] = ["html", "htm", "xhtml", "php", "asp", "aspx", "jsp", "jspx", "cgi", "do"];

pub(super) struct Combined {
    source: Source,
    origin: String,
    secret: Vec<u8>,
    visitors: HashMap<[u8; 16], Open>,
    newest: i64,
}

/// A session that may go on.
struct Open {
    visitor_id: VisitorId,
    session: WireSession,
    tab_id: TabId,
    next_seq: u32,
    last: i64,
}

impl Combined {
    pub(super) fn new(source: Source, origin: &str, secret: &str) -> Result<Self, DataError> {
        let origin = origin.trim_end_matches('/');
        let url = url::Url::parse(origin).ok().filter(|url| url.has_host() && url.path() == "/");
        if url.is_none() {
            return Err(DataError::new(format!(
                "origin: `{origin}` is none: write it as https://shop.example"
            )));
        }
        Ok(Self {
            source,
            origin: origin.to_owned(),
            secret: secret.as_bytes().to_vec(),
            visitors: HashMap::new(),
            newest: i64::MIN,
        })
    }

    /// A hash that only who has the site's secret can make.
    fn hash(&self, parts: &[&[u8]]) -> [u8; 16] {
        let mut hash = Sha256::new().chain_update(&self.secret);
        for part in parts {
            hash = hash.chain_update([0]).chain_update(part);
        }
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&hash.finalize()[..16]);
        bytes
    }

    /// UUIDv7 of a time, otherwise drawn from a hash.
    fn id(&self, at: i64, parts: &[&[u8]]) -> Uuid {
        let mut random = [0; 10];
        random.copy_from_slice(&self.hash(parts)[..10]);
        uuid::Builder::from_unix_timestamp_millis(u64::try_from(at).unwrap_or(0), &random).into_uuid()
    }

    /// Adds a page view to the session that it belongs to.
    fn put(&mut self, view: View<'_>, line: u64, batches: &mut Vec<(Sender, u64, WireBatch)>) {
        let address = view.address.to_string();
        let from = self.hash(&[address.as_bytes(), view.user_agent.as_bytes()]);
        self.newest = self.newest.max(view.at);
        if self.visitors.get(&from).is_none_or(|open| view.at - open.last > TIMEOUT_MS) {
            let before = self.visitors.remove(&from);
            let open = self.begin(&from, view.at, before);
            self.visitors.insert(from, open);
        }
        let Some(open) = self.visitors.get_mut(&from) else { return };
        // Servers write a line when they have answered, so that a slow page comes after a later one.
        open.last = open.last.max(view.at);
        let kind = EventKind::PageView(PageView {
            url: format!("{}{}", self.origin, view.path),
            title: None,
            referrer: view.referrer.map(str::to_owned),
            navigation: Navigation::Load,
        });
        let event = WireEvent { seq: open.next_seq, at: open.last, kind };
        open.next_seq += 1;
        let of_session = batches.iter_mut().rev().find(|(_, _, batch)| batch.tab_id == open.tab_id);
        match of_session {
            Some((_, _, batch)) if batch.events.len() < BATCH => {
                batch.sent_at = event.at;
                batch.events.push(event);
            }
            Some(_) | None => {
                let sender =
                    Sender { address: Some(view.address), user_agent: Some(view.user_agent.to_owned()) };
                batches.push((sender, line, open.batch(event)));
            }
        }
    }

    fn begin(&self, from: &[u8; 16], at: i64, before: Option<Open>) -> Open {
        let (time, day) = (at.to_be_bytes(), at.div_euclid(DAY).to_be_bytes());
        let visitor_id = VisitorId(self.id(at.div_euclid(DAY) * DAY, &[b"visitor", from, &day]));
        let before = before.filter(|before| before.visitor_id == visitor_id);
        Open {
            visitor_id,
            session: WireSession {
                id: SessionId(self.id(at, &[b"session", from, &time])),
                start_reason: if before.is_some() {
                    BoundaryReason::Idle
                } else {
                    BoundaryReason::FirstVisit
                },
                previous_id: before.map(|before| before.session.id),
            },
            tab_id: TabId(self.id(at, &[b"tab", from, &time])),
            next_seq: 0,
            last: at,
        }
    }
}

impl Open {
    fn batch(&self, event: WireEvent) -> WireBatch {
        let sdk = WireSdk { name: "access-log".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() };
        WireBatch {
            v: VERSION,
            sent_at: event.at,
            session: Some(self.session.clone()),
            visitor_id: Some(self.visitor_id),
            tab_id: self.tab_id,
            context: WireContext { sdk: Some(sdk), ..WireContext::default() },
            events: vec![event],
        }
    }
}

impl Units for Combined {
    fn next(&mut self) -> Result<Option<Unit>, DataError> {
        let (mut unit, mut batches, mut n_lines) = (Unit::default(), Vec::new(), 0);
        while n_lines < BLOCK
            && let Some(Line { number, end, bytes }) = self.source.next()?
        {
            n_lines += 1;
            (unit.last_line, unit.end) = (number, end);
            let text = bytes.as_deref().map(String::from_utf8_lossy).unwrap_or_default();
            match parse(&text) {
                Ok(Some(view)) => self.put(view, number, &mut batches),
                Ok(None) => unit.passed_over += 1,
                Err(field) => {
                    let message = format!("{field}; the line must be of the combined format");
                    unit.rejects.push(Reject::line(number, "malformed", message, text.clone().into_owned()));
                }
            }
        }
        if n_lines == 0 {
            return Ok(None);
        }
        self.visitors.retain(|_, open| self.newest - open.last <= DAY);
        unit.sends = batches
            .into_iter()
            .map(|(sender, line, batch)| Outgoing {
                line,
                n_events: batch.events.len() as u64,
                body: serde_json::to_vec(&batch).expect("a batch has no map with other keys than strings"),
                sender,
            })
            .collect();
        Ok(Some(unit))
    }
}

/// A page view as a log tells it.
#[derive(PartialEq, Eq, Debug)]
struct View<'a> {
    address: IpAddr,
    at: i64,
    path: &'a str,
    referrer: Option<&'a str>,
    user_agent: &'a str,
}

/// The page view that a line tells of, nothing where it tells of something else, or what is wrong with it.
fn parse(line: &str) -> Result<Option<View<'_>>, &'static str> {
    if line.trim().is_empty() {
        return Ok(None);
    }
    let (address, rest) = line.split_once(' ').ok_or("address: the line ends after it")?;
    let (_, rest) = rest.split_once('[').ok_or("time: there is no [")?;
    let (time, rest) = rest.split_once(']').ok_or("time: there is no ] after it")?;
    let (request, rest) = quoted(rest).ok_or("request: it is not in quotes")?;
    let (numbers, _) = rest.split_once('"').ok_or("user agent: it is missing")?;
    let mut numbers = numbers.split_whitespace();
    let status: u16 = numbers.next().and_then(|text| text.parse().ok()).ok_or("status: it is no number")?;
    let (referrer, rest) = quoted(rest).ok_or("referrer: it is not in quotes")?;
    let (user_agent, _) = quoted(rest).ok_or("user agent: it is not in quotes")?;
    let at = jiff::Timestamp::strptime("%d/%b/%Y:%H:%M:%S %z", time)
        .map_err(|_| "time: it is not written as 23/Nov/2026:10:00:00 +0000")?;
    let mut words = request.split(' ');
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    if method != "GET" || !(200..400).contains(&status) || !is_page(path) {
        return Ok(None);
    }
    let address =
        address.parse().map_err(|_| "address: it is no IP address; write logs without looking up names")?;
    Ok(Some(View {
        address,
        at: at.as_millisecond(),
        path,
        referrer: Some(referrer).filter(|referrer| referrer.contains("://")),
        user_agent: if user_agent == "-" { "" } else { user_agent },
    }))
}

/// What is between the next two quotes, and what follows. A quote in it is written `\"`.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let (_, text) = text.split_once('"')?;
    let mut escaped = false;
    let end = text.bytes().position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    })?;
    Some((&text[..end], &text[end + 1..]))
}

fn is_page(target: &str) -> bool {
    let path = target.split(['?', '#']).next().unwrap_or_default();
    let Some((_, last)) = path.rsplit_once('/') else { return false };
    if !path.starts_with('/') || path.starts_with("/.well-known/") {
        return false;
    }
    match last.rsplit_once('.') {
        None => true,
        Some((_, ending)) => PAGES.iter().any(|page| page.eq_ignore_ascii_case(ending)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    #[track_caller]
    fn check(line: &str, expected: Expect) {
        let text = match parse(line) {
            Ok(Some(View { address, at, path, referrer, user_agent })) => {
                format!("{address} {at} {path} {referrer:?} {user_agent}")
            }
            Ok(None) => "passed over".to_owned(),
            Err(field) => format!("error: {field}"),
        };
        expected.assert_eq(&text);
    }

    #[test]
    fn lines_are_page_views_or_say_why_not() {
        let line = |request: &str, status: u16| {
            format!(
                r#"192.0.2.1 - - [23/Nov/2026:10:00:00 +0100] "{request}" {status} 512 "-" "a \"browser\"""#
            )
        };
        check(
            &line("GET /cart?step=2 HTTP/1.1", 200),
            expect![[r#"192.0.2.1 1795424400000 /cart?step=2 None a \"browser\""#]],
        );
        check(&line("GET /logo.png HTTP/1.1", 200), expect!["passed over"]);
        check(
            &line("GET /index.PHP HTTP/1.1", 304),
            expect![[r#"192.0.2.1 1795424400000 /index.PHP None a \"browser\""#]],
        );
        check(&line("POST /cart HTTP/1.1", 200), expect!["passed over"]);
        check(&line("GET /gone HTTP/1.1", 404), expect!["passed over"]);
        check(&line("-", 400), expect!["passed over"]);
        check(
            r#"2001:db8::1 - ann [23/Nov/2026:10:00:00 +0000] "GET / HTTP/2.0" 200 - "https://example.org/" "-" "extra""#,
            expect![[r#"2001:db8::1 1795428000000 / Some("https://example.org/") "#]],
        );
        check("", expect!["passed over"]);
        check("hello", expect!["error: address: the line ends after it"]);
        check(
            r#"192.0.2.1 - - [yesterday] "GET / HTTP/1.1" 200 1 "-" "-""#,
            expect!["error: time: it is not written as 23/Nov/2026:10:00:00 +0000"],
        );
        check(
            r#"host.example - - [23/Nov/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 1 "-" "-""#,
            expect!["error: address: it is no IP address; write logs without looking up names"],
        );
        check(
            r#"192.0.2.1 - - [23/Nov/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 1"#,
            expect!["error: user agent: it is missing"],
        );
    }
}
