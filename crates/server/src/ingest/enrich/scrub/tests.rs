use super::*;
use expect_test::{Expect, expect};
use footpath_model::event::Navigation;
use proptest::prelude::*;

#[track_caller]
fn check_urls(urls: &[&str], expect: Expect) {
    let told = urls.iter().map(|url| {
        let mut scrubbed = url.to_string();
        scrub_url(&mut scrubbed);
        if scrubbed == *url { format!("{url}\n") } else { format!("{url}\n  → {scrubbed}\n") }
    });
    expect.assert_eq(&told.collect::<String>());
}

#[track_caller]
fn check_texts(texts: &[&str], expect: Expect) {
    let scrubbed = |text: &str, scrub: fn(&mut String)| {
        let mut text = text.to_owned();
        scrub(&mut text);
        text
    };
    let lines = texts.iter().map(|text| {
        format!(
            "{text:?}\n  observed {:?}\n  told     {:?}\n",
            scrubbed(text, observed),
            scrubbed(text, told)
        )
    });
    expect.assert_eq(&lines.collect::<String>());
}

const JWT: &str =
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U";

#[test]
fn urls_keep_what_is_no_secret() {
    check_urls(
        &[
            "https://shop.example/products?page=2&sort=price&utm_source=mail&utm_campaign=spring-2026&gclid=Cj0KCQ#reviews",
            "https://shop.example/@ann/posts?country_code=DE&author=ann&keyboard=de&passenger=2&promocode=X",
            "https://shop.example/orders/20261123104512?t=1795442400900",
            "/relative?q=a+b%20c",
            "about:blank",
            "",
        ],
        expect![[r#"
            https://shop.example/products?page=2&sort=price&utm_source=mail&utm_campaign=spring-2026&gclid=Cj0KCQ#reviews
            https://shop.example/@ann/posts?country_code=DE&author=ann&keyboard=de&passenger=2&promocode=X
            https://shop.example/orders/20261123104512?t=1795442400900
            /relative?q=a+b%20c
            about:blank

        "#]],
    );
}

#[test]
fn urls_lose_secrets() {
    check_urls(
        &[
            "https://ann:hunter2@shop.example/x",
            "https://ann@shop.example?x",
            "https://shop.example/reset?token=abc&next=/cart",
            "https://shop.example/reset?user%5Bpassword%5D=x&apiKey=y&X-Amz-Signature=z&sid=1",
            "https://shop.example/cb?code=4%2F0Ab&state=x",
            "https://shop.example/cb#access_token=abc&expires_in=3600",
            "https://shop.example/#/reset?token=abc&tab=2",
            "https://shop.example/invite/ann@shop.example?to=bob%40shop.example&note=x",
            "https://shop.example/pay/4242424242424242?n=4242+4242+4242+4242",
            &format!("https://shop.example/verify/{JWT}?x={JWT}"),
            "https://shop.example/a;jsessionid=1A2B/b",
            "data:text/html;base64,PGI+",
            "https://shop.example/x?token=&token&token=•••",
        ],
        expect![[r#"
            https://ann:hunter2@shop.example/x
              → https://shop.example/x
            https://ann@shop.example?x
              → https://shop.example?x
            https://shop.example/reset?token=abc&next=/cart
              → https://shop.example/reset?token=•••&next=/cart
            https://shop.example/reset?user%5Bpassword%5D=x&apiKey=y&X-Amz-Signature=z&sid=1
              → https://shop.example/reset?user%5Bpassword%5D=•••&apiKey=•••&X-Amz-Signature=•••&sid=•••
            https://shop.example/cb?code=4%2F0Ab&state=x
              → https://shop.example/cb?code=•••&state=x
            https://shop.example/cb#access_token=abc&expires_in=3600
              → https://shop.example/cb
            https://shop.example/#/reset?token=abc&tab=2
              → https://shop.example/#/reset?token=•••&tab=2
            https://shop.example/invite/ann@shop.example?to=bob%40shop.example&note=x
              → https://shop.example/invite/•••?to=•••&note=x
            https://shop.example/pay/4242424242424242?n=4242+4242+4242+4242
              → https://shop.example/pay/•••?n=•••
            https://shop.example/verify/eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U?x=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U
              → https://shop.example/verify/•••?x=•••
            https://shop.example/a;jsessionid=1A2B/b
              → https://shop.example/a/b
            data:text/html;base64,PGI+
              → data:text/html
            https://shop.example/x?token=&token&token=•••
        "#]],
    );
}

#[test]
fn urls_lose_control_characters() {
    let mut url = "https://shop.example/\u{0}\na".to_owned();
    scrub_url(&mut url);
    assert_eq!(url, "https://shop.example/a");
}

#[test]
fn texts_lose_secrets() {
    check_texts(
        &[
            "Add to Cart",
            "Welcome, ann@shop.example.",
            "Card 4242 4242 4242 4242 (Visa), 3782-822463-10005, 4111111111111111",
            "Card 4242 4242 4242 4243, order 1795442400900, x4242424242424242, 0.4242424242424242",
            "12 4242 4242 4242 4242 99",
            &format!("401 for {JWT}: Bearer 0123456789abcdef0123"),
            "key sk_live_4eC39HqLyjWDarjtT1zdp7dc refused",
            "GET https://shop.example/api?id=7&token=abc&x=1 failed",
            "logo@2x.png, react@18.2.0, @ann, foo@https://cdn.example/x.js:1:2",
            "a\nb\u{1b}[31mc",
            "Bearer of good news, a = b",
        ],
        expect![[r#"
            "Add to Cart"
              observed "Add to Cart"
              told     "Add to Cart"
            "Welcome, ann@shop.example."
              observed "Welcome, •••."
              told     "Welcome, ann@shop.example."
            "Card 4242 4242 4242 4242 (Visa), 3782-822463-10005, 4111111111111111"
              observed "Card ••• (Visa), •••, •••"
              told     "Card ••• (Visa), •••, •••"
            "Card 4242 4242 4242 4243, order 1795442400900, x4242424242424242, 0.4242424242424242"
              observed "Card 4242 4242 4242 4243, order 1795442400900, x4242424242424242, 0.4242424242424242"
              told     "Card 4242 4242 4242 4243, order 1795442400900, x4242424242424242, 0.4242424242424242"
            "12 4242 4242 4242 4242 99"
              observed "12 ••• 99"
              told     "12 ••• 99"
            "401 for eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U: Bearer 0123456789abcdef0123"
              observed "401 for •••: Bearer •••"
              told     "401 for •••: Bearer •••"
            "key sk_live_4eC39HqLyjWDarjtT1zdp7dc refused"
              observed "key ••• refused"
              told     "key ••• refused"
            "GET https://shop.example/api?id=7&token=abc&x=1 failed"
              observed "GET https://shop.example/api?id=7&token=•••&x=1 failed"
              told     "GET https://shop.example/api?id=7&token=•••&x=1 failed"
            "logo@2x.png, react@18.2.0, @ann, foo@https://cdn.example/x.js:1:2"
              observed "logo@2x.png, react@18.2.0, @ann, foo@https://cdn.example/x.js:1:2"
              told     "logo@2x.png, react@18.2.0, @ann, foo@https://cdn.example/x.js:1:2"
            "a\nb\u{1b}[31mc"
              observed "a b [31mc"
              told     "a b [31mc"
            "Bearer of good news, a = b"
              observed "Bearer of good news, a = b"
              told     "Bearer of good news, a = b"
        "#]],
    );
}

#[test]
fn properties_lose_what_their_key_names() {
    let texts = [
        ("email", "ann@shop.example"),
        ("code", "SUMMER10"),
        ("plan", "pro"),
        ("password", "hunter2"),
        ("apiKey", "abc"),
        ("note", "4242 4242 4242 4242"),
        ("reset_token", "abc"),
    ];
    let mut props: Props =
        texts.iter().map(|(key, text)| (key.to_string(), PropValue::Text(text.to_string()))).collect();
    props.0.insert("paid".into(), PropValue::Bool(true));
    props.0.insert("pan".into(), PropValue::Number(4_242_424_242_424_242.0));
    props.0.insert("cvc".into(), PropValue::Number(123.0));
    props.0.insert("tokens_used".into(), PropValue::Number(1200.0));
    scrub_props(&mut props);
    let told: String = props.0.iter().map(|(key, value)| format!("{key}: {value:?}\n")).collect();
    expect![[r#"
        apiKey: Text("•••")
        code: Text("SUMMER10")
        cvc: Text("•••")
        email: Text("ann@shop.example")
        note: Text("•••")
        paid: Bool(true)
        pan: Text("•••")
        password: Text("•••")
        plan: Text("pro")
        reset_token: Text("•••")
        tokens_used: Number(1200.0)
    "#]]
    .assert_eq(&told);
}

#[test]
fn entries_over_the_limit_are_left_out() {
    let mut props: Props = (0..100).map(|n| (format!("{n:03}"), PropValue::Bool(true))).collect();
    scrub_props(&mut props);
    assert_eq!(props.0.len(), MAX_ENTRIES);
    assert!(props.0.contains_key("063"));
    let mut submit = EventKind::Submit(Submit { form: "f".into(), fields: vec!["x".into(); 100] });
    scrub_event(&mut submit);
    let EventKind::Submit(Submit { fields, .. }) = submit else { unreachable!("it was a submit") };
    assert_eq!(fields.len(), MAX_ENTRIES);
}

#[test]
fn texts_are_cut_between_characters() {
    let mut text = "é".repeat(MAX_TEXT);
    observed(&mut text);
    assert_eq!(text.len(), MAX_TEXT);
    let mut text = format!("x{}", "é".repeat(MAX_TEXT));
    observed(&mut text);
    assert_eq!(text.len(), MAX_TEXT - 1);
    let mut url = format!("https://shop.example/{}", "a".repeat(3_000));
    scrub_url(&mut url);
    assert_eq!(url.len(), MAX_URL);
    assert_eq!(cut("añb", 2), "a");
    assert_eq!(cut("añb", 3), "añ");
    assert_eq!(cut("a", 64), "a");
}

#[test]
fn stacks_keep_their_lines() {
    let mut stack =
        "TypeError: ann@shop.example\r\n\tat f (https://ann.example/x.js?token=abc:1:2)\n".to_owned();
    scrub_stack(&mut stack);
    expect![[r#"
        TypeError: •••
        	at f (https://ann.example/x.js?token=•••)
    "#]]
    .assert_eq(&stack);
}

/// A secret in every string of every kind of event: none may be left.
#[test]
fn every_string_of_every_kind_is_scrubbed() {
    let secret = JWT;
    let kinds = r#"[
        {"page_view": {"url": "S", "title": "S", "referrer": "S", "navigation": "load"}},
        {"click": {"label": "S", "role": "S", "selector": "S", "x": 1, "y": 2}},
        {"submit": {"form": "S", "fields": ["S", "S"]}},
        {"input": {"form": "S", "field": "S", "first": true}},
        {"scroll": {"depth_pct": 50}},
        {"custom": {"name": "S", "props": {"a": "S", "S": true}}},
        {"request": {"method": "S", "url": "S", "status": 200, "duration_ms": 1, "initiator": "fetch"}},
        {"error": {"name": "S", "message": "S", "stack": "S", "source": "uncaught"}},
        {"vital": {"name": "LCP", "value": 1.0, "rating": "good", "attribution":
            {"target": "S", "resource_url": "S", "interaction": "S", "load_state": "S", "phases_ms": {"S": 1.0}}}},
        {"page_load": {"ttfb_ms": 1, "dom_ready_ms": 2, "load_ms": 3}},
        {"resources": {"by_type": {"S": {"count": 1, "transfer_bytes": 1, "duration_ms": 1}},
            "heaviest": [{"url": "S", "type": "S", "transfer_bytes": 1, "duration_ms": 1}]}},
        {"visibility": {"state": "hidden", "active_ms": 1}},
        {"frustration": {"kind": "rage", "click_seq": 1, "label": "S", "role": "S"}},
        {"identify": {"user_id": "S", "traits": {"a": "S", "S": true}}},
        {"session_end": {"reason": "logout"}}
    ]"#;
    let mut kinds: Vec<EventKind> =
        serde_json::from_str(&kinds.replace("\"S\"", &format!("\"{secret}\""))).unwrap();
    let n_secrets = |kinds: &[EventKind]| serde_json::to_string(kinds).unwrap().matches(secret).count();
    assert_eq!(n_secrets(&kinds), 32);
    kinds.iter_mut().for_each(scrub_event);
    assert_eq!(n_secrets(&kinds), 0);
}

#[test]
fn every_string_of_a_context_is_scrubbed() {
    let context = r#"{"user": {"id": "S", "traits": {"a": "S"}}, "device": {"class": "desktop", "model": "S",
        "browser": {"name": "S", "version": "S"}, "os": {"name": "S", "version": "S"}}, "place": {"country": "S",
        "region": "S", "city": "S"}, "language": "S", "time_zone": "S", "connection": "S", "release": "S",
        "environment": "S", "props": {"a": "S"}}"#;
    let mut context: Context =
        serde_json::from_str(&context.replace("\"S\"", &format!("\"{JWT}\""))).unwrap();
    scrub_context(&mut context);
    assert!(!serde_json::to_string(&context).unwrap().contains("eyJ"));
}

/// Prints what a call costs: `cargo test -p footpath-server scrub -- --ignored --nocapture`.
#[test]
#[ignore = "a measurement, not a test"]
fn cost() {
    let page_view = EventKind::PageView(PageView {
        url: "https://shop.example/products/42?page=2&utm_source=mail".into(),
        title: Some("Products – Shop".into()),
        referrer: Some("https://www.google.com/".into()),
        navigation: Navigation::Load,
    });
    let click = EventKind::Click(Click {
        label: Some("Add to Cart".into()),
        role: "button".into(),
        selector: "main > div.product:nth-of-type(2) > button#add".into(),
        x: 340,
        y: 512,
    });
    for (name, mut kind) in [("page_view", page_view), ("click", click)] {
        let rounds = 200_000;
        let start = std::time::Instant::now();
        for _ in 0..rounds {
            scrub_event(std::hint::black_box(&mut kind));
        }
        println!("scrub {name}: {} ns a call", start.elapsed().as_nanos() / rounds);
    }
}

/// Pieces that secrets are made of, in any order.
fn near_secrets() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "4242", "4242424242424242", " ", "-", "ann", "@", "shop.example", ".", "?", "&", "=", "#", "/", "//",
        ":", "https://", "token", "token=", "email", JWT, "eyJ", "Bearer ", "sk_live_", "0123456789abcdef0",
        "%40", "%", "+", "•", "•••", "\n", "\u{7}", ";jsessionid=", "!/", "data:", "3782-822463-10005",
        "2x.png", "é", "x",
    ]);
    prop::collection::vec(pieces, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn scrubbing_twice_changes_nothing(text in prop_oneof![near_secrets(), ".{0,60}"], pad in 0_usize..2_100) {
        for scrub in [observed, told, scrub_url, scrub_stack] {
            for text in [text.clone(), format!("https://x/{}{text}", "a".repeat(pad))] {
                let mut once = text;
                scrub(&mut once);
                let mut twice = once.clone();
                scrub(&mut twice);
                prop_assert_eq!(&once, &twice);
                prop_assert!(once.len() <= MAX_STACK);
            }
        }
    }

    #[test]
    fn a_card_never_passes(before in "[a-z ,:]{0,8}", after in "[ ,:]{0,4}") {
        let mut text = format!("{before} 4242 4242 4242 4242{after}");
        observed(&mut text);
        prop_assert!(!text.contains("4242"));
    }
}
