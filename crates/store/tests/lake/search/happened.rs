//! Anything that can happen in sessions, in few words each, so that much is alike.

use crate::fixture::{NOON, shop};
use footpath_model::batch::{Batch, SessionHint};
use footpath_model::context::{BotReason, Context, Device, DeviceClass, Place, User, Versioned};
use footpath_model::event::*;
use footpath_model::id::{SessionId, TabId, VisitorId};
use footpath_model::session::BoundaryReason;
use footpath_model::time::{MINUTE, SECOND};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use uuid::Uuid;

const PATHS: [(&str, &str); 5] = [
    ("/", "/"),
    ("/cart", "/cart"),
    ("/products/42", "/products/:id"),
    ("/products/7", "/products/:id"),
    ("/Checkout", "/Checkout"),
];

/// Batches of some sessions, in the order in which they arrive.
pub(super) fn any_batches() -> impl Strategy<Value = Vec<Batch>> {
    prop::collection::vec(any_batch(), 1..40).prop_map(in_order)
}

/// So many, always the same, that all that can happen happens.
pub(super) fn batches_of_all() -> Vec<Batch> {
    let mut runner = TestRunner::deterministic();
    let batches = prop::collection::vec(any_batch(), 400).new_tree(&mut runner).expect("batches").current();
    in_order(batches)
}

/// Numbers the events of each tab, and lets each batch begin where the one before of its session ended, or later.
fn in_order(drawn: Vec<Drawn>) -> Vec<Batch> {
    let mut next: std::collections::HashMap<u128, (i64, [u32; 3])> = std::collections::HashMap::new();
    let batch = |drawn: Drawn| {
        let Drawn { hint, tab, pause, context, start_reason, kinds } = drawn;
        let (at, seqs) = next.entry(hint).or_default();
        *at += pause;
        let seq = &mut seqs[tab as usize];
        // Some clocks are slow, and some of the times lie far ahead.
        let slow_ms = if hint % 7 == 3 { 20 * SECOND } else { 0 };
        let mut events = Vec::new();
        for (after, kind, path) in kinds {
            *at += after;
            let ahead_ms = if hint % 11 == 5 && seq.is_multiple_of(4) { 10 * MINUTE } else { 0 };
            events.push(event(*seq, *at - slow_ms + ahead_ms, kind, path));
            *seq += 1;
        }
        let end = NOON.plus(*at);
        Batch {
            site: shop(),
            received_at: end,
            sent_at: end.plus(-slow_ms),
            backfill: false,
            visitor_id: VisitorId(Uuid::from_u128(hint % 5)),
            hint: SessionHint {
                id: SessionId(Uuid::from_u128(hint)),
                start_reason,
                previous_id: (start_reason != BoundaryReason::FirstVisit)
                    .then(|| SessionId(Uuid::from_u128(1000 + hint))),
            },
            tab_id: TabId(Uuid::from_u128(10 * hint + u128::from(tab))),
            context,
            events,
        }
    };
    drawn.into_iter().map(batch).collect()
}

fn event(seq: u32, at: i64, mut kind: EventKind, (path, template): (&str, &str)) -> Event {
    let route = match &mut kind {
        EventKind::Frustration(frustration) => {
            frustration.click_seq = seq.saturating_sub(1);
            None
        }
        EventKind::PageView(_) | EventKind::Request(_) => {
            Some(Route { path: path.into(), template: template.into() })
        }
        EventKind::Click(_)
        | EventKind::Submit(_)
        | EventKind::Input(_)
        | EventKind::Scroll(_)
        | EventKind::Custom(_)
        | EventKind::Error(_)
        | EventKind::Vital(_)
        | EventKind::PageLoad(_)
        | EventKind::Resources(_)
        | EventKind::Visibility(_)
        | EventKind::Identify(_)
        | EventKind::SessionEnd(_) => None,
    };
    Event { seq, at: NOON.plus(at), kind, route }
}

/// When, what, and where it went: path and template.
type Happened = (i64, EventKind, (&'static str, &'static str));

/// A batch before it has its place in time.
#[derive(Clone, Debug)]
struct Drawn {
    hint: u128,
    tab: u8,
    pause: i64,
    context: Context,
    start_reason: BoundaryReason,
    kinds: Vec<Happened>,
}

fn any_batch() -> impl Strategy<Value = Drawn> {
    let after = prop_oneof![3 => Just(0), 3 => Just(400), 3 => Just(3 * SECOND), 1 => Just(2 * MINUTE)];
    let kinds = prop::collection::vec((after, any_kind(), select(PATHS.to_vec())), 1..8);
    let pause = prop_oneof![6 => Just(0), 2 => Just(10 * SECOND), 1 => Just(40 * MINUTE)];
    let reason = select(vec![BoundaryReason::FirstVisit, BoundaryReason::Idle, BoundaryReason::Api]);
    (1..40_u128, 0..3_u8, pause, any_context(), reason, kinds).prop_map(
        |(hint, tab, pause, context, start_reason, kinds)| Drawn {
            hint,
            tab,
            pause,
            context,
            start_reason,
            kinds,
        },
    )
}

fn word(words: &[&'static str]) -> impl Strategy<Value = String> + use<> {
    select(words.to_vec()).prop_map(str::to_owned)
}

fn maybe(words: &[&'static str]) -> impl Strategy<Value = Option<String>> + use<> {
    prop::option::of(word(words))
}

fn any_props() -> impl Strategy<Value = Props> {
    let value = prop_oneof![
        any::<bool>().prop_map(PropValue::Bool),
        (0..30_i32).prop_map(|n| PropValue::Number(f64::from(n) / 2.0)),
        word(&["pro", "Free", "12", "x y"]).prop_map(PropValue::Text),
    ];
    let email = prop::option::of(word(&["Ann@example.com", "bob@example.com"]));
    (prop::collection::btree_map(word(&["plan", "Seats", "total"]), value, 0..3), email).prop_map(
        |(mut props, email)| {
            props.extend(email.map(|email| ("email".to_owned(), PropValue::Text(email))));
            Props(props)
        },
    )
}

/// Sessions of one hint are of one user, so that not every batch begins another.
fn any_user() -> impl Strategy<Value = User> {
    (Just("u_1".to_owned()), any_props()).prop_map(|(id, traits)| User { id, traits })
}

fn any_context() -> impl Strategy<Value = Context> {
    let versioned = |names: &[&'static str]| {
        let version = maybe(&["9", "17.4", "17.10.1", "120"]);
        prop::option::of((word(names), version).prop_map(|(name, version)| Versioned { name, version }))
    };
    let class = select(vec![DeviceClass::Desktop, DeviceClass::Mobile, DeviceClass::Other]);
    let device = (
        class,
        maybe(&["iPhone", "Pixel 8"]),
        versioned(&["Firefox", "Mobile Safari"]),
        versioned(&["iOS", "Linux"]),
    )
        .prop_map(|(class, model, browser, os)| Device { class, model, browser, os });
    let place = (maybe(&["DE", "FR"]), maybe(&["Bavaria"]), maybe(&["München", "Paris"]))
        .prop_map(|(country, region, city)| Place { country, region, city });
    let screen = prop::option::of(select(vec![[390, 844], [1920, 1080]]));
    let bot = prop::option::weighted(0.2, select(vec![BotReason::Headless, BotReason::KnownCrawler]));
    let user = prop::option::weighted(0.3, any_user());
    (device, place, screen, maybe(&["de-DE", "en"]), maybe(&["2.4.1", "v2.10", "beta"]), bot, user).prop_map(
        |(device, place, screen, language, release, bot, user)| Context {
            user,
            device,
            place,
            language,
            screen,
            release,
            bot,
            ..Context::default()
        },
    )
}

fn any_kind() -> impl Strategy<Value = EventKind> {
    prop_oneof![
        6 => any_page_view(),
        5 => maybe(&["Pay", "Add to Cart"]).prop_map(|label| EventKind::Click(Click {
            label, role: "button".to_owned(), selector: "button.pay".to_owned(), x: 0, y: 0,
        })),
        2 => select(vec![FrustrationKind::Rage, FrustrationKind::Dead, FrustrationKind::Error]).prop_map(|kind| {
            EventKind::Frustration(Frustration { kind, click_seq: 0, label: None, role: "button".to_owned() })
        }),
        2 => word(&["checkout", "Login"]).prop_map(|form| EventKind::Submit(Submit { form, fields: Vec::new() })),
        3 => word(&["email", "name"]).prop_map(|field| EventKind::Input(Input { form: None, field, first: true })),
        1 => Just(EventKind::Scroll(Scroll { depth_pct: 50 })),
        3 => (word(&["purchase", "Signup"]), any_props()).prop_map(|(name, props)| EventKind::Custom(Custom { name, props })),
        4 => any_request(),
        3 => any_error(),
        3 => any_vital(),
        1 => (100..4000_u32).prop_map(|load_ms| EventKind::PageLoad(PageLoad {
            ttfb_ms: load_ms / 4, dom_ready_ms: load_ms / 2, load_ms, transfer_bytes: None,
        })),
        1 => (0..20_000_u32).prop_map(|active_ms| EventKind::Visibility(Visibility { state: VisibilityState::Hidden, active_ms })),
        1 => any_props().prop_map(|traits| EventKind::Identify(Identify { user_id: "u_1".to_owned(), traits })),
        1 => Just(EventKind::SessionEnd(SessionEnd { reason: BoundaryReason::Logout })),
    ]
}

fn any_page_view() -> impl Strategy<Value = EventKind> {
    let url = word(&[
        "https://shop.example/",
        "https://shop.example/?utm_source=mail&utm_medium=Email&utm_campaign=spring&utm_term=shoes&utm_content=a",
        "https://shop.example/?gclid=1",
    ]);
    let navigation = select(vec![Navigation::Load, Navigation::Push, Navigation::Bfcache]);
    let referrer = maybe(&["https://news.example/a", "https://www.google.com/"]);
    (url, maybe(&["The Shop", "Not found"]), referrer, navigation).prop_map(
        |(url, title, referrer, navigation)| {
            EventKind::PageView(PageView { url, title, referrer, navigation })
        },
    )
}

fn any_request() -> impl Strategy<Value = EventKind> {
    let outcome = prop_oneof![
        select(vec![200_u16, 201, 404, 503]).prop_map(|status| (status, None)),
        select(vec![RequestFailure::Network, RequestFailure::Abort, RequestFailure::Timeout])
            .prop_map(|failure| (0, Some(failure))),
    ];
    (word(&["GET", "POST"]), outcome, 1..3000_u32).prop_map(|(method, (status, failure), duration_ms)| {
        EventKind::Request(Request {
            method,
            url: "https://shop.example/api".to_owned(),
            status,
            duration_ms,
            size_bytes: None,
            initiator: Initiator::Fetch,
            failure,
        })
    })
}

fn any_error() -> impl Strategy<Value = EventKind> {
    let stack = maybe(&[
        "Error\n    at pay (https://shop.example/checkout.js:1:2)",
        "Error\n    at draw (https://cdn.example/lib.js:1:2)",
    ]);
    let message = word(&["Card 42 was declined", "Card 43 was declined", "'x' is not a function"]);
    (word(&["TypeError", "PaymentError"]), message, stack).prop_map(|(name, message, stack)| {
        EventKind::Error(PageError { name, message, stack, source: ErrorSource::Uncaught })
    })
}

fn any_vital() -> impl Strategy<Value = EventKind> {
    let times = select(vec![VitalName::Lcp, VitalName::Inp, VitalName::Fcp, VitalName::Ttfb]);
    let value = prop_oneof![
        (times, 0..40_000_u32).prop_map(|(name, tenths)| (name, f64::from(tenths) / 10.0)),
        (0..64_u32).prop_map(|n| (VitalName::Cls, f64::from(n) / 128.0)),
    ];
    value.prop_map(|(name, value)| {
        EventKind::Vital(Vital { name, value, rating: VitalRating::Good, attribution: None })
    })
}
