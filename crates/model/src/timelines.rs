//! Timelines as tests write them, and the sessions they make.
//!
//! A line is `tab h:mm:ss what`; `tab@user` has a user in its context. Lines of a tab that follow each other are one
//! batch. What can happen is what [`parse_kind`] knows.

use crate::batch::{Batch, SessionHint};
use crate::context::{Context, User};
use crate::event::*;
use crate::id::{SessionId, SiteId, TabId, VisitorId};
use crate::session::{BoundaryReason, Session};
use crate::sessionize::HintedSession;
use crate::site::SessionRules;
use crate::time::{SECOND, Timestamp};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use uuid::Uuid;

const HINT: SessionId = SessionId(Uuid::from_u128(0x5e55));

/// The fold of a timeline.
pub(crate) fn fold(timeline: &str) -> HintedSession {
    fold_batches(&batches(timeline), SessionRules::default())
}

pub(crate) fn fold_batches(batches: &[Arc<Batch>], rules: SessionRules) -> HintedSession {
    let mut hinted = HintedSession::new(rules);
    for batch in batches {
        hinted.fold(batch);
    }
    hinted
}

/// The first session of a timeline.
pub(crate) fn session(timeline: &str) -> Session {
    fold(timeline).sessions().next().expect("it has a session").clone()
}

pub(crate) fn batches(timeline: &str) -> Vec<Arc<Batch>> {
    let mut made: Vec<Batch> = Vec::new();
    let mut next_seq: HashMap<&str, u32> = HashMap::new();
    for line in timeline.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let mut words = line.splitn(3, ' ');
        let (Some(who), Some(at), Some(what)) = (words.next(), words.next(), words.next()) else {
            panic!("`{line}` is not `tab h:mm:ss what`");
        };
        let (tab, user) = who.split_once('@').map_or((who, None), |(tab, user)| (tab, Some(user)));
        let seq = next_seq.entry(tab).or_default();
        let at = parse_clock(at);
        let kind = parse_kind(what);
        let route = url_of(&kind).map(|url| Route { path: url.into(), template: url.into() });
        let event = Event { seq: *seq, at, kind, route };
        *seq += 1;
        let context = Context {
            user: user.map(|id| User { id: id.to_owned(), traits: Props::default() }),
            ..Context::default()
        };
        match made.last_mut().filter(|last| last.tab_id == tab_id(tab) && last.context == context) {
            Some(last) => {
                last.events.push(event);
                last.sent_at = at;
                last.received_at = at;
            }
            None => made.push(batch(tab, at, context, vec![event])),
        }
    }
    made.into_iter().map(Arc::new).collect()
}

fn url_of(kind: &EventKind) -> Option<&str> {
    match kind {
        EventKind::PageView(view) => Some(&view.url),
        EventKind::Request(request) => Some(&request.url),
        _ => None,
    }
}

pub(crate) fn batch(tab: &str, at: Timestamp, context: Context, events: Vec<Event>) -> Batch {
    Batch {
        site: SiteId("shop".to_owned()),
        received_at: at,
        sent_at: at,
        backfill: false,
        visitor_id: VisitorId(Uuid::from_u128(1)),
        hint: SessionHint { id: HINT, start_reason: BoundaryReason::FirstVisit, previous_id: None },
        tab_id: tab_id(tab),
        context,
        events,
    }
}

pub(crate) fn tab_id(tab: &str) -> TabId {
    TabId(Uuid::from_u128(u128::from(tab.as_bytes()[0])))
}

fn parse_clock(text: &str) -> Timestamp {
    let seconds = text.split(':').fold(0, |sum, part| sum * 60 + number::<i64>(part));
    Timestamp(seconds * SECOND)
}

#[track_caller]
fn number<T: std::str::FromStr>(text: &str) -> T {
    text.parse().unwrap_or_else(|_| panic!("`{text}` is no number"))
}

pub(crate) fn parse_kind(what: &str) -> EventKind {
    let (kind, rest) = what.split_once(' ').unwrap_or((what, ""));
    let words: Vec<&str> = rest.split_whitespace().collect();
    let word = |place: usize, default: &'static str| words.get(place).copied().unwrap_or(default).to_owned();
    match kind {
        "page" => EventKind::PageView(PageView {
            url: rest.to_owned(),
            title: None,
            referrer: None,
            navigation: Navigation::Load,
        }),
        "click" => EventKind::Click(Click {
            label: (!rest.is_empty()).then(|| rest.to_owned()),
            role: "button".to_owned(),
            selector: "button".to_owned(),
            x: 0,
            y: 0,
        }),
        // `input form field`
        "input" => {
            EventKind::Input(Input { form: Some(word(0, "form")), field: word(1, "field"), first: false })
        }
        "submit" => EventKind::Submit(Submit { form: word(0, "form"), fields: Vec::new() }),
        "scroll" => EventKind::Scroll(Scroll { depth_pct: 50 }),
        "custom" => EventKind::Custom(Custom { name: rest.to_owned(), props: Props::default() }),
        "error" => EventKind::Error(PageError {
            name: rest.to_owned(),
            message: String::new(),
            stack: None,
            source: ErrorSource::Uncaught,
        }),
        // `request method path status ms`
        "request" => EventKind::Request(Request {
            method: word(0, "GET"),
            url: word(1, "/api"),
            status: number(&word(2, "200")),
            duration_ms: number(&word(3, "10")),
            size_bytes: None,
            initiator: Initiator::Fetch,
            failure: None,
        }),
        // `loaded seconds`
        "loaded" => {
            let load_ms = number::<u32>(rest) * 1000;
            let (ttfb_ms, dom_ready_ms) = (load_ms / 10, load_ms / 2);
            EventKind::PageLoad(PageLoad { ttfb_ms, dom_ready_ms, load_ms, transfer_bytes: None })
        }
        // `vital name value`
        "vital" => EventKind::Vital(Vital {
            name: match &*word(0, "") {
                "LCP" => VitalName::Lcp,
                "INP" => VitalName::Inp,
                "CLS" => VitalName::Cls,
                "FCP" => VitalName::Fcp,
                other => panic!("unknown vital `{other}`"),
            },
            value: number(&word(1, "")),
            rating: VitalRating::Good,
            attribution: None,
        }),
        // `resources type count bytes`
        "resources" => {
            let (count, transfer_bytes) = (number(&word(1, "1")), number(&word(2, "0")));
            let total = ResourceTotal { count, transfer_bytes, duration_ms: 10 * count };
            let heaviest = Resource {
                url: format!("https://shop.example/{}?v=1", word(0, "img")),
                initiator_type: word(0, "img"),
                transfer_bytes,
                duration_ms: 10 * count,
            };
            EventKind::Resources(Resources {
                by_type: BTreeMap::from([(word(0, "img"), total)]),
                heaviest: vec![heaviest],
            })
        }
        "hidden" => EventKind::Visibility(Visibility {
            state: VisibilityState::Hidden,
            active_ms: number::<u32>(rest) * 1000,
        }),
        "identify" => EventKind::Identify(Identify { user_id: rest.to_owned(), traits: Props::default() }),
        "logout" => EventKind::SessionEnd(SessionEnd { reason: BoundaryReason::Logout }),
        other => panic!("unknown kind `{other}`"),
    }
}
