//! Anything that can be asked, in the words of what happened.

use proptest::prelude::*;
use proptest::sample::select;

/// Clauses about sessions.
const OF_SESSIONS: &[&str] = &[
    "cart",
    "declined",
    "\"not a function\"",
    "ann@",
    "u_*",
    "pay",
    "00000000-0000-0000-0000-000000000003",
    "text:*",
    "user:u_1",
    "user:ann@example.com",
    "user:*",
    "user.id:U_1",
    "user.email:*@EXAMPLE.com",
    "email:bob@example.com",
    "user.plan:pro",
    "user.PLAN:(free OR true)",
    "user.seats:>3",
    "user.seats:12",
    "user.total:=2.5",
    "user.total:*",
    "visitor:00000000-0000-0000-0000-000000000003",
    "session:00000000-0000-0000-0000-000000000007",
    "session:*0000001*",
    "previous:*",
    "previous:*3ef",
    "is:live",
    "is:settled",
    "is:bounced",
    "is:returning",
    "is:new",
    "is:identified",
    "is:anonymous",
    "is:bot",
    "is:(bounced OR bot)",
    "has:errors",
    "has:failed",
    "has:rage",
    "has:dead",
    "has:replay",
    "has:user",
    "has:form",
    "has:country",
    "has:(rage OR dead)",
    "started:2024-10-04",
    "started:>2024-10-04T11:00",
    "started:<=2024-10-04T11:00",
    "duration:0",
    "duration:>1s",
    "duration:1s..10s",
    "active:>5s",
    "active:0",
    "pages:1",
    "pages:>=2",
    "pages:0",
    "clicks:>0",
    "submits:1",
    "interactions:>1",
    "requests:(0 OR 2)",
    "failed_requests:>=1",
    "errors:>=1",
    "errors:2..",
    "rage_clicks:>0",
    "dead_clicks:>0",
    "error_clicks:>0",
    "custom_events:1",
    "events:<4",
    "tabs:>1",
    "tabs:1",
    "start_reason:first_visit",
    "start_reason:(idle OR api)",
    "end_reason:idle",
    "end_reason:logout",
    "end_reason:*",
    "entry:/",
    "entry:products",
    "entry:/products/:id",
    "entry.title:shop",
    "entry.title:*found",
    "entry.load:>1s",
    "entry.load:*",
    "exit:/checkout",
    "exit:/products/*",
    "exit.title:shop",
    "channel:direct",
    "channel:(paid OR search)",
    "channel:campaign",
    "referrer:news",
    "referrer:*",
    "utm_source:MAIL",
    "utm_medium:email",
    "utm_campaign:spr*",
    "utm_term:shoes",
    "utm_content:a",
    "device:mobile",
    "device:(desktop OR other)",
    "device.model:iphone",
    "browser:Firefox",
    "browser:*safari",
    "browser.version:>=17.4",
    "browser.version:<100",
    "browser.version:9",
    "os:ios",
    "os.version:17.4..17.9",
    "os.version:=17.4",
    "screen.width:<768px",
    "screen.height:>=1080px",
    "language:de*",
    "language:en",
    "country:DE",
    "country:(DE OR FR)",
    "country:*",
    "region:bavaria",
    "city:MÜNCHEN",
    "city:paris",
    "release:>=2.4",
    "release:beta",
    "release:v2.10",
    "bot:headless",
    "bot:*",
    "clock_skew:0",
    "clock_skew:>1s",
    "clamped:0",
    "clamped:>0",
];

/// Clauses about page views.
const OF_PAGES: &[&str] = &[
    "page:/cart", "page:/products/:id", "page:/products/42", "page:/products/*", "page:check", "page:*",
    "page:/nowhere", "load:>1s", "load:*", "ttfb:<500ms", "dom_ready:>1s", "fcp:>1s", "fcp:<100ms",
    "lcp:>2s", "lcp:*", "inp:0..2s", "cls:>0.25", "cls:<=0.25",
];
const OF_CLICKS: &[&str] = &[
    "click:pay", "click:\"add to cart\"", "click:*", "click:button*", "rage:*", "rage:pay", "dead:*",
    "error_click:pay", "error_click:*",
];
const OF_SUBMITS: &[&str] = &["submit:checkout", "submit:login", "submit:*"];
const OF_INPUTS: &[&str] = &["input:email", "input:na*", "input:*"];
const OF_REQUESTS: &[&str] = &[
    "request:/cart",
    "request:\"POST /cart\"",
    "request:\"get *\"",
    "request:products",
    "failed:*",
    "failed:/cart",
    "status:5xx",
    "status:404",
    "status:0",
    "status:>=400",
    "status:(2xx OR 404)",
    "request.duration:>1s",
    "request.failure:timeout",
    "request.failure:(network OR abort)",
    "request.failure:*",
];
const OF_ERRORS: &[&str] = &[
    "error:PaymentError",
    "error:type*",
    "error:*",
    "error.message:declined",
    "error.message:\"Card * was declined\"",
    "error.frame:checkout",
    "error.frame:draw*",
    "error.frame:*",
    "error.group:*",
    "error.group:*a*",
];
const OF_CUSTOM: &[&str] = &[
    "event:purchase",
    "event:SIGNUP",
    "event:*",
    "event.plan:pro",
    "event.total:>5",
    "event.seats:(true OR 12)",
    "event.TOTAL:*",
];

const OF_EVENTS: [&[&str]; 7] =
    [OF_PAGES, OF_CLICKS, OF_INPUTS, OF_SUBMITS, OF_REQUESTS, OF_ERRORS, OF_CUSTOM];

/// All clauses that searches are made of.
pub(super) fn pool() -> impl Iterator<Item = &'static str> {
    OF_SESSIONS.iter().chain(OF_EVENTS.into_iter().flatten()).copied()
}

pub(super) fn any_search() -> impl Strategy<Value = String> {
    any_part().prop_recursive(4, 12, 3, |inner| {
        prop_oneof![
            3 => prop::collection::vec(inner.clone(), 2..4).prop_map(|of| format!("({})", of.join(" "))),
            3 => prop::collection::vec(inner.clone(), 2..4).prop_map(|of| format!("({})", of.join(" OR "))),
            2 => inner.prop_map(|of| format!("-({of})")),
        ]
    })
}

fn any_part() -> impl Strategy<Value = String> {
    let stop = prop_oneof![
        4 => any_event(),
        1 => (any_event(), any_event()).prop_map(|(one, other)| format!("({one} OR {other})")),
    ];
    prop_oneof![
        4 => select(OF_SESSIONS).prop_map(str::to_owned),
        4 => any_event(),
        3 => prop::collection::vec(stop, 2..4).prop_map(|stops| format!("({})", stops.join(" THEN "))),
    ]
}

/// One clause, or several that are said of one event.
pub(super) fn any_event() -> BoxedStrategy<String> {
    select(OF_EVENTS.to_vec())
        .prop_flat_map(|of_kind| {
            let clause = prop_oneof![3 => select(of_kind), 1 => select(OF_PAGES)].prop_map(str::to_owned);
            let inner = clause.prop_recursive(3, 6, 3, |inner| {
                prop_oneof![
                    3 => prop::collection::vec(inner.clone(), 2..4).prop_map(|of| format!("({})", of.join(" "))),
                    2 => prop::collection::vec(inner.clone(), 2..4).prop_map(|of| format!("({})", of.join(" OR "))),
                    1 => inner.prop_map(|of| format!("-({of})")),
                ]
            });
            prop_oneof![1 => select(of_kind).prop_map(str::to_owned), 1 => inner.prop_map(|inner| format!("{{{inner}}}"))]
        })
        .boxed()
}
