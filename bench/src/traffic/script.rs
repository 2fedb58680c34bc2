//! A session written out: what a visitor of a shop does, cut into requests as the SDK would send them.

use crate::dice::Dice;
use serde_json::{Value, json};
use std::ops::RangeInclusive;

/// Bytes of an id.
pub(super) const ID_BYTES: usize = 36;
/// Bytes of a time: Unix ms until the year 2286.
pub(super) const TIME_BYTES: usize = 13;

/// How a session's events are cut into requests.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Shape {
    /// 20 to 50 events in each, as an SDK does that waits for a while.
    Batches,
    /// One event in each, as one does that waits for nothing.
    Singles,
}

/// A session's requests.
pub(super) struct Script {
    pub(super) requests: Vec<Request>,
}

/// A whole HTTP request, and where in it are the parts that differ from visitor to visitor.
pub(super) struct Request {
    pub(super) bytes: Vec<u8>,
    pub(super) session: usize,
    pub(super) visitor: usize,
    pub(super) tab: usize,
    pub(super) sent_at: usize,
    pub(super) at: Vec<usize>,
}

/// User agent, its client hints (platform, version, brand, brand's version), screen.
type Browser = (&'static str, Option<[&'static str; 4]>, [u32; 2]);

const BROWSERS: &[Browser] = &[
    (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
        Some(["Windows", "15.0.0", "Google Chrome", "142.0.7444.60"]),
        [1920, 1080],
    ),
    (
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
        Some(["macOS", "15.6.1", "Google Chrome", "141.0.7390.122"]),
        [1728, 1117],
    ),
    (
        "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36",
        Some(["Android", "15.0.0", "Google Chrome", "142.0.7444.48"]),
        [412, 915],
    ),
    (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1",
        None,
        [393, 852],
    ),
    ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0", None, [1536, 864]),
];

const PLACES: &[(&str, &str)] = &[
    ("en-US", "America/New_York"),
    ("de-DE", "Europe/Berlin"),
    ("pt-BR", "America/Sao_Paulo"),
    ("ja-JP", "Asia/Tokyo"),
];

/// Path and title of pages.
const PAGES: &[(&str, &str)] = &[
    ("/", "Harbour Goods: things for the table"),
    ("/products?page=2&sort=price", "Products – Harbour Goods"),
    ("/products/1042", "Enamel mug, white – Harbour Goods"),
    ("/products/20771", "Linen tea towel, set of three – Harbour Goods"),
    ("/categories/kitchen", "Kitchen – Harbour Goods"),
    ("/search?q=mug", "Search: mug – Harbour Goods"),
    ("/cart", "Your cart – Harbour Goods"),
    ("/checkout", "Checkout – Harbour Goods"),
    ("/account/orders/88213", "Order 88213 – Harbour Goods"),
];

/// Label, role and selector of what is clicked on.
const CLICKS: &[(&str, &str, &str)] = &[
    (
        "Add to Cart",
        "button",
        "div#root > main.page > section.product-detail > form#buy > button.button.button-primary",
    ),
    (
        "Products",
        "link",
        "div#root > header.site-header > nav.main-menu > ul > li:nth-child(2) > a.menu-link",
    ),
    (
        "Enamel mug, white",
        "link",
        "main.page > ul.product-grid > li:nth-child(7) > article.card > a.card-link",
    ),
    ("Checkout", "button", "div#root > main.page > aside.order-summary > div.actions > button#checkout"),
    ("Show 20 more products", "button", "div#root > main.page > section.results > div.pager > button.button"),
    ("Size: large", "radio", "main.page > form#buy > fieldset.sizes > label.choice:nth-child(3) > input"),
];

/// Method, URL and status of the page's own calls.
const CALLS: &[(&str, &str, u16)] = &[
    ("POST", "https://shop.example/api/cart/items?currency=EUR&locale=en-US", 200),
    (
        "GET",
        "https://shop.example/api/products?category=kitchen&page=2&limit=24&sort=price&currency=EUR&locale=en-US",
        200,
    ),
    ("GET", "https://shop.example/api/products/1042/reviews?limit=10&sort=helpful&locale=en-US", 200),
    (
        "GET",
        "https://api.shop.example/v2/recommendations?product=1042&placement=detail&limit=12&currency=EUR",
        200,
    ),
    ("PUT", "https://shop.example/api/cart/items/5512?currency=EUR&locale=en-US", 409),
    ("POST", "https://shop.example/api/payment?locale=en-US", 502),
];

const STACK: &str = "TypeError: Cannot read properties of undefined (reading 'price')
    at total (https://cdn.shop.example/app.3f2a1b9c.js:1:48213)
    at CartSummary (https://cdn.shop.example/app.3f2a1b9c.js:1:50877)
    at renderWithHooks (https://cdn.shop.example/vendor.77aa01fe.js:2:11804)
    at updateFunctionComponent (https://cdn.shop.example/vendor.77aa01fe.js:2:19360)
    at beginWork (https://cdn.shop.example/vendor.77aa01fe.js:2:27011)
    at performUnitOfWork (https://cdn.shop.example/vendor.77aa01fe.js:2:40125)
    at workLoopSync (https://cdn.shop.example/vendor.77aa01fe.js:2:39870)
    at renderRootSync (https://cdn.shop.example/vendor.77aa01fe.js:2:39544)";

const SHOP: &str = "https://shop.example";

impl Script {
    pub(super) fn write(dice: &mut Dice, shape: Shape, site_key: &str) -> Self {
        let (sizes, requests): (RangeInclusive<usize>, usize) = match shape {
            Shape::Batches => (20..=50, dice.between(1, 6)),
            Shape::Singles => (1..=1, dice.between(10, 60)),
        };
        let sizes: Vec<usize> = (0..requests).map(|_| dice.between(*sizes.start(), *sizes.end())).collect();
        let events = events(dice, sizes.iter().sum());
        let browser = *dice.pick(BROWSERS);
        let context = context(dice, &browser).to_string();
        let head = head(dice, &browser, site_key);
        let mut first = 0;
        let requests = sizes
            .into_iter()
            .map(|size| {
                let request = Request::write(&head, &context, first, &events[first..first + size]);
                first += size;
                request
            })
            .collect();
        Self { requests }
    }
}

impl Request {
    fn write(head: &str, context: &str, first_seq: usize, events: &[String]) -> Self {
        let mut body = Body::default();
        body.text(r#"{"v":1,"sent_at":"#);
        let sent_at = body.hole(TIME_BYTES);
        body.text(r#","session":{"id":""#);
        let session = body.hole(ID_BYTES);
        body.text(r#"","start_reason":"first_visit"},"visitor_id":""#);
        let visitor = body.hole(ID_BYTES);
        body.text(r#"","tab_id":""#);
        let tab = body.hole(ID_BYTES);
        body.text(r#"","context":"#);
        body.text(context);
        body.text(r#","events":["#);
        let mut at = Vec::with_capacity(events.len());
        for (seq, kind) in (first_seq..).zip(events) {
            body.text(if seq == first_seq { "" } else { "," });
            body.text(&format!(r#"{{"seq":{seq},"at":"#));
            at.push(body.hole(TIME_BYTES));
            body.text(&format!(r#","kind":{kind}}}"#));
        }
        body.text("]}");

        let bytes = join(head, &body.bytes);
        let offset = bytes.len() - body.bytes.len();
        Self {
            bytes,
            session: session + offset,
            visitor: visitor + offset,
            tab: tab + offset,
            sent_at: sent_at + offset,
            at: at.into_iter().map(|at| at + offset).collect(),
        }
    }
}

/// A body being written.
#[derive(Default)]
struct Body {
    bytes: Vec<u8>,
}

impl Body {
    fn text(&mut self, text: &str) {
        self.bytes.extend_from_slice(text.as_bytes());
    }

    /// Leaves room, and says where.
    fn hole(&mut self, length: usize) -> usize {
        let at = self.bytes.len();
        self.bytes.resize(at + length, b'1');
        at
    }
}

/// A request's head without its length, and its body.
pub(super) fn split(request: &[u8]) -> (String, &[u8]) {
    let end = crate::http::find(request, b"\r\n\r\n").unwrap_or(request.len() - 4);
    let head = String::from_utf8_lossy(&request[..end]);
    let lines = head.lines().filter(|line| !line.starts_with("content-length"));
    (lines.map(|line| format!("{line}\r\n")).collect(), &request[end + 4..])
}

/// A request of a head without its length, and a body.
pub(super) fn join(head: &str, body: &[u8]) -> Vec<u8> {
    let mut request = format!("{head}content-length: {}\r\n\r\n", body.len()).into_bytes();
    request.extend_from_slice(body);
    request
}

/// What a browser sends before the body of a cross-origin `fetch`; the reverse proxy tells the visitor's address.
fn head(dice: &mut Dice, (user_agent, hints, _): &Browser, site_key: &str) -> String {
    let address =
        format!("{}.{}.{}.{}", dice.between(11, 99), dice.below(256), dice.below(256), dice.below(256));
    let hints = match hints {
        Some([platform, _, brand, _]) => {
            format!(
                "sec-ch-ua: \"{brand}\";v=\"142\", \"Not A(Brand\";v=\"24\"\r\nsec-ch-ua-platform: \"{platform}\"\r\n"
            )
        }
        None => String::new(),
    };
    format!(
        "POST /i/{site_key} HTTP/1.1\r\nhost: localhost\r\nuser-agent: {user_agent}\r\n{hints}accept: */*\r\n\
         accept-language: en-US,en;q=0.9\r\naccept-encoding: gzip, deflate, br, zstd\r\norigin: {SHOP}\r\n\
         referer: {SHOP}/\r\nsec-fetch-site: cross-site\r\nsec-fetch-mode: cors\r\nsec-fetch-dest: empty\r\n\
         x-forwarded-for: {address}\r\ncontent-type: text/plain;charset=UTF-8\r\n"
    )
}

fn context(dice: &mut Dice, (_, hints, screen): &Browser) -> Value {
    let (language, time_zone) = dice.pick(PLACES);
    let mut context = json!({
        "language": language,
        "time_zone": time_zone,
        "screen": screen,
        "viewport": [screen[0], screen[1] - 127],
        "connection": "4g",
        "release": "2026.11.3",
        "environment": "production",
        "sdk": {"name": "footpath-js", "version": "0.1.0"},
    });
    if let Some([platform, platform_version, brand, version]) = hints {
        context["hints"] = json!({
            "mobile": *platform == "Android",
            "platform": platform,
            "platform_version": platform_version,
            "brands": [{"brand": brand, "version": version}, {"brand": "Chromium", "version": version}],
        });
    }
    if dice.chance(25) {
        let plan = *dice.pick(&["free", "pro", "team"]);
        context["user"] =
            json!({"id": format!("u-{}", dice.between(1, 99_999)), "traits": {"plan": plan, "beta": true}});
    }
    context
}

/// So many event kinds as JSON: page after page, each with what is done and measured on it.
fn events(dice: &mut Dice, n: usize) -> Vec<String> {
    let mut events: Vec<String> = Vec::with_capacity(n + 24);
    let mut referrer = "https://www.google.com/".to_owned();
    while events.len() < n {
        let (path, title) = *dice.pick(PAGES);
        let url = format!("{SHOP}{path}");
        let is_load = events.is_empty() || dice.chance(30);
        let navigation = if is_load { "load" } else { "push" };
        let view = json!({"page_view": {"url": url, "title": title, "referrer": referrer, "navigation": navigation}});
        events.push(view.to_string());
        if is_load {
            events.extend(loaded(dice).iter().map(Value::to_string));
        }
        for _ in 0..dice.between(3, 9) {
            events.push(done(dice).to_string());
        }
        events.push(
            json!({"visibility": {"state": "hidden", "active_ms": dice.between(900, 30_000)}}).to_string(),
        );
        referrer = url;
    }
    events.truncate(n);
    events
}

/// What is measured of a document's load.
fn loaded(dice: &mut Dice) -> [Value; 5] {
    let ttfb = dice.between(40, 600);
    let paint = ttfb + dice.between(200, 900);
    let hero = "https://cdn.shop.example/img/hero-1600.webp";
    let page_load = json!({
        "ttfb_ms": ttfb, "dom_ready_ms": paint + 180, "load_ms": paint + 640, "transfer_bytes": 18_204,
    });
    let largest_paint = json!({
        "name": "LCP", "value": paint as f64 + 412.5, "rating": "needs_improvement",
        "attribution": {
            "target": "div#root > main.page > section.hero > img",
            "resource_url": hero,
            "phases_ms": {
                "ttfb": ttfb, "resource_load_delay": 61.5, "resource_load_duration": 204, "render_delay": 38,
            },
        },
    });
    let resources = json!({
        "by_type": {
            "script": {"count": 7, "transfer_bytes": 184_022, "duration_ms": 912},
            "img": {"count": 24, "transfer_bytes": 902_113, "duration_ms": 3104},
            "css": {"count": 2, "transfer_bytes": 31_002, "duration_ms": 140},
        },
        "heaviest": [{"url": hero, "type": "img", "transfer_bytes": 212_004, "duration_ms": 204}],
    });
    [
        json!({"page_load": page_load}),
        json!({"vital": {"name": "TTFB", "value": ttfb as f64 + 0.3, "rating": "good"}}),
        json!({"vital": {"name": "FCP", "value": paint as f64 + 0.7, "rating": "good"}}),
        json!({"vital": largest_paint}),
        json!({"resources": resources}),
    ]
}

/// One thing that a visitor does, or that happens meanwhile.
fn done(dice: &mut Dice) -> Value {
    match dice.below(100) {
        0..28 => {
            let (label, role, selector) = dice.pick(CLICKS);
            let (x, y) = (dice.between(10, 1200), dice.between(10, 800));
            json!({"click": {"label": label, "role": role, "selector": selector, "x": x, "y": y}})
        }
        28..60 => {
            let (method, url, status) = dice.pick(CALLS);
            let (duration, size) = (dice.between(20, 900), dice.between(200, 40_000));
            json!({"request": {
                "method": method, "url": url, "status": status, "duration_ms": duration, "size_bytes": size,
                "initiator": "fetch",
            }})
        }
        60..67 => json!({"scroll": {"depth_pct": dice.between(5, 100)}}),
        67..72 => {
            let field = *dice.pick(&["email", "street", "postcode", "city"]);
            json!({"input": {"form": "checkout", "field": field, "first": dice.chance(25)}})
        }
        72..75 => {
            let fields = ["email", "street", "postcode", "city", "country"];
            json!({"submit": {"form": "checkout", "fields": fields}})
        }
        75..87 => json!({"vital": {
            "name": "INP", "value": dice.between(24, 480), "rating": "good",
            "attribution": {
                "target": "main.page > section.product-detail > form#buy > button.button-primary",
                "interaction": "pointer",
                "load_state": "complete",
                "phases_ms": {"input_delay": 12, "processing_duration": 48.5, "presentation_delay": 31},
            },
        }}),
        87..93 => {
            let sku = format!("HG-{}", dice.between(1000, 9999));
            let props = json!({"sku": sku, "price": 24.5, "currency": "EUR", "in_stock": true});
            json!({"custom": {"name": "product_viewed", "props": props}})
        }
        93..95 => json!({"vital": {
            "name": "CLS", "value": 0.031, "rating": "good", "attribution": {"target": "main.page > div.reviews"},
        }}),
        95 => {
            json!({"frustration": {"kind": "dead", "click_seq": 1, "label": "Size: large", "role": "radio"}})
        }
        _ => {
            let message = "Cannot read properties of undefined (reading 'price')";
            json!({"error": {"name": "TypeError", "message": message, "stack": STACK, "source": "uncaught"}})
        }
    }
}
