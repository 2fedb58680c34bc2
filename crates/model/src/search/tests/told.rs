//! Sessions as tests write them.
//!
//! A line is `tab seconds what`. Lines of a tab that follow each other are one batch.

use crate::batch::{Batch, SessionHint};
use crate::context::{Context, Device, DeviceClass, Place, Versioned};
use crate::event::*;
use crate::id::{SessionId, SiteId, TabId, VisitorId};
use crate::session::BoundaryReason;
use crate::sessionize::HintedSession;
use crate::site::SessionRules;
use crate::time::{SECOND, Timestamp};
use std::collections::HashMap;
use std::sync::Arc;
use uuid::Uuid;

pub(super) const SESSION: Uuid = Uuid::from_u128(0x0019_a0f5_7c00_7000_8000_0000_0000_5e55);

/// The fold of a session's lines.
pub(super) fn fold(lines: &str) -> HintedSession {
    let mut batches: Vec<Batch> = Vec::new();
    let mut next_seq: HashMap<&str, u32> = HashMap::new();
    for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let mut words = line.splitn(3, ' ');
        let (Some(tab), Some(at), Some(what)) = (words.next(), words.next(), words.next()) else {
            panic!("`{line}` is not `tab seconds what`");
        };
        let at = Timestamp(at.parse::<i64>().expect("seconds") * SECOND);
        let seq = next_seq.entry(tab).or_default();
        let tab_id = TabId(Uuid::from_u128(u128::from(tab.as_bytes()[0])));
        let (kind, route) = what_happened(what, *seq);
        let event = Event { seq: *seq, at, kind, route };
        *seq += 1;
        match batches.last_mut().filter(|last| last.tab_id == tab_id) {
            Some(last) => {
                last.events.push(event);
                (last.sent_at, last.received_at) = (at, at);
            }
            None => batches.push(batch(tab_id, at, event)),
        }
    }
    let mut hinted = HintedSession::new(SessionRules::default());
    for batch in batches {
        hinted.fold(&Arc::new(batch));
    }
    hinted
}

fn batch(tab_id: TabId, at: Timestamp, event: Event) -> Batch {
    let versioned = |name: &str, version: &str| {
        Some(Versioned { name: name.to_owned(), version: Some(version.to_owned()) })
    };
    Batch {
        site: SiteId("shop".to_owned()),
        received_at: at,
        sent_at: at,
        backfill: false,
        visitor_id: VisitorId(Uuid::from_u128(7)),
        hint: SessionHint {
            id: SessionId(SESSION),
            start_reason: BoundaryReason::FirstVisit,
            previous_id: None,
        },
        tab_id,
        context: Context {
            device: Device {
                class: DeviceClass::Mobile,
                model: None,
                browser: versioned("Mobile Safari", "17"),
                os: versioned("iOS", "17.4.1"),
            },
            place: Place { country: Some("DE".to_owned()), region: None, city: Some("Köln".to_owned()) },
            screen: Some([390, 844]),
            release: Some("v2.4.1".to_owned()),
            ..Context::default()
        },
        events: vec![event],
    }
}

fn what_happened(what: &str, seq: u32) -> (EventKind, Option<Route>) {
    let (kind, rest) = what.split_once(' ').unwrap_or((what, ""));
    let route = |path: &str, template: &str| Some(Route { path: path.into(), template: template.into() });
    let kind = match kind {
        "page" => {
            let (path, template) = rest.split_once(" as ").unwrap_or((rest, rest));
            let url = format!("https://shop.example{path}?utm_source=mail");
            let view = PageView { url, title: None, referrer: None, navigation: Navigation::Load };
            return (EventKind::PageView(view), route(path, template));
        }
        "request" => {
            let mut words = rest.split(' ');
            let mut word = || words.next().expect("method, path, status and milliseconds");
            let (method, path) = (word().to_owned(), word());
            let request = Request {
                method,
                url: format!("https://shop.example{path}"),
                status: word().parse().expect("a status"),
                duration_ms: word().parse().expect("milliseconds"),
                size_bytes: None,
                initiator: Initiator::Fetch,
                failure: words.next().map(|_| RequestFailure::Timeout),
            };
            return (EventKind::Request(request), route(path, path));
        }
        "click" => EventKind::Click(Click {
            label: Some(rest.to_owned()),
            role: "button".to_owned(),
            selector: "button".to_owned(),
            x: 0,
            y: 0,
        }),
        "rage" => EventKind::Frustration(Frustration {
            kind: FrustrationKind::Rage,
            click_seq: seq - 1,
            label: None,
            role: "button".to_owned(),
        }),
        "input" => EventKind::Input(Input { form: None, field: rest.to_owned(), first: true }),
        "submit" => EventKind::Submit(Submit { form: rest.to_owned(), fields: Vec::new() }),
        "custom" => {
            let (name, props) = rest.split_once(' ').unwrap_or((rest, ""));
            EventKind::Custom(Custom { name: name.to_owned(), props: parse_props(props) })
        }
        "error" => {
            let (name, message) = rest.split_once(": ").unwrap_or((rest, ""));
            EventKind::Error(PageError {
                name: name.to_owned(),
                message: message.to_owned(),
                stack: Some(format!("{name}\n    at pay (https://shop.example/app-4f3a9c1b.js:1:2)")),
                source: ErrorSource::Uncaught,
            })
        }
        "lcp" => EventKind::Vital(Vital {
            name: VitalName::Lcp,
            value: rest.parse().expect("milliseconds"),
            rating: VitalRating::Good,
            attribution: None,
        }),
        "hidden" => EventKind::Visibility(Visibility {
            state: VisibilityState::Hidden,
            active_ms: rest.parse::<u32>().expect("seconds") * 1000,
        }),
        "identify" => {
            let (id, traits) = rest.split_once(' ').unwrap_or((rest, ""));
            EventKind::Identify(Identify { user_id: id.to_owned(), traits: parse_props(traits) })
        }
        other => panic!("unknown kind `{other}`"),
    };
    (kind, None)
}

fn parse_props(text: &str) -> Props {
    let pairs = text.split_whitespace().filter_map(|pair| pair.split_once('='));
    let value = |text: &str| match (text.parse(), text.parse()) {
        (Ok(flag), _) => PropValue::Bool(flag),
        (_, Ok(number)) => PropValue::Number(number),
        (Err(_), Err(_)) => PropValue::Text(text.to_owned()),
    };
    pairs.map(|(key, text)| (key.to_owned(), value(text))).collect()
}
