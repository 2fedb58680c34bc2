use super::*;
use expect_test::{Expect, expect};
use proptest::prelude::*;

#[track_caller]
fn check(urls: &[&str], expect: Expect) {
    let told = urls.iter().map(|url| match route(url, Some("shop.example"), "/") {
        Some(route) if route.path == route.template => format!("{url} → {}\n", route.path),
        Some(route) => format!("{url} → {} → {}\n", route.path, route.template),
        None => format!("{url} → none\n"),
    });
    expect.assert_eq(&told.collect::<String>());
}

#[test]
fn each_rule_fits_its_examples_and_is_reached() {
    for (index, rule) in RULES.iter().enumerate() {
        for example in rule.examples {
            let first = RULES.iter().position(|rule| (rule.fits)(example));
            assert_eq!(first, Some(index), "{example} is decided by another rule");
            let mut out = String::new();
            template(example, &mut out);
            assert_eq!(out, rule.placeholder.unwrap_or(example));
        }
    }
}

#[test]
fn words_are_kept() {
    let words = [
        "products",
        "blue-shirt",
        "iphone-15",
        "iphone-15-pro-max",
        "top-100",
        "ps5",
        "covid19",
        "web3",
        "windows-11",
        "best-phones-2026",
        "2026-in-review",
        "h264-vs-h265",
        "log4j2",
        "facade",
        "deadbeef",
        "en",
        "pt-BR",
        "a11y",
        "i18n",
        "oauth2",
        "page2",
        "s3",
        "k8s-1-31",
        "checkout",
        "internationalization-guide",
        "AboutUs",
        "getProductsByCategory",
        "日本語",
        "über-uns",
        "index.html",
        "report-2026.pdf",
        "jquery-3.7.1.min.js",
        "app.3f2a1b9c.js",
        "logo@2x.png",
        ".well-known",
        "robots.txt",
        "pneumonoultramicroscopicsilicovolcanoconiosis",
        "24-7",
        "404-not-found",
    ];
    for word in words {
        let mut out = String::new();
        template(word, &mut out);
        assert_eq!(out, word);
    }
}

#[test]
fn paths_and_templates() {
    check(
        &[
            "https://shop.example",
            "https://shop.example/",
            "https://shop.example/cart/",
            "https://shop.example/products/42?ref=mail#reviews",
            "https://shop.example/orders/019a0f5e-7c00-7000-8000-000000000001/lines/7",
            "https://shop.example/p/blue-shirt-12345",
            "https://shop.example/users/42.json",
            "https://shop.example/v1/users/507f1f77bcf86cd799439011",
            "https://shop.example/de-AT/produkte/9",
            "https://shop.example/404",
            "https://shop.example/orders/404",
            "https://shop.example/account;jsessionid=1A2B3C4D/orders",
            "https://ann:secret@shop.example/x",
            "/relative/7",
            "file:///home/ann/index.html",
        ],
        expect![[r#"
            https://shop.example → /
            https://shop.example/ → /
            https://shop.example/cart/ → /cart
            https://shop.example/products/42?ref=mail#reviews → /products/42 → /products/:id
            https://shop.example/orders/019a0f5e-7c00-7000-8000-000000000001/lines/7 → /orders/019a0f5e-7c00-7000-8000-000000000001/lines/7 → /orders/:id/lines/:id
            https://shop.example/p/blue-shirt-12345 → /p/blue-shirt-12345 → /p/:slug-:id
            https://shop.example/users/42.json → /users/42.json → /users/:id.json
            https://shop.example/v1/users/507f1f77bcf86cd799439011 → /v1/users/507f1f77bcf86cd799439011 → /v1/users/:id
            https://shop.example/de-AT/produkte/9 → /de-AT/produkte/9 → /de-AT/produkte/:id
            https://shop.example/404 → /404
            https://shop.example/orders/404 → /orders/404 → /orders/:id
            https://shop.example/account;jsessionid=1A2B3C4D/orders → /account/orders
            https://ann:secret@shop.example/x → /x
            /relative/7 → /relative/7 → /relative/:id
            file:///home/ann/index.html → /home/ann/index.html
        "#]],
    );
}

#[test]
fn hash_routes() {
    check(
        &[
            "https://shop.example/#/users/12?tab=2",
            "https://shop.example/app#!/users/12",
            "https://shop.example/app#/",
            "https://shop.example/app#section-2",
        ],
        expect![[r#"
            https://shop.example/#/users/12?tab=2 → /#/users/12 → /#/users/:id
            https://shop.example/app#!/users/12 → /app#!/users/12 → /app#!/users/:id
            https://shop.example/app#/ → /app#/
            https://shop.example/app#section-2 → /app
        "#]],
    );
}

#[test]
fn other_hosts() {
    check(
        &[
            "https://API.example:8443/v1/charges/ch_3MmlLrLkdIwHu7ix0snN0B15",
            "https://SHOP.example/x",
            "https://api.example",
        ],
        expect![[r#"
            https://API.example:8443/v1/charges/ch_3MmlLrLkdIwHu7ix0snN0B15 → api.example:8443/v1/charges/ch_3MmlLrLkdIwHu7ix0snN0B15 → api.example:8443/v1/charges/:id
            https://SHOP.example/x → /x
            https://api.example → api.example/
        "#]],
    );
    assert_eq!(&*route("https://any.example/x", None, "").unwrap().path, "/x");
    assert_eq!(host("https://ann:secret@api.example:8443/x"), Some("api.example:8443"));
    assert_eq!(host("https://api.example?x"), Some("api.example"));
    assert_eq!(host("/x"), None);
}

#[test]
fn what_has_no_path() {
    check(
        &[
            "data:text/plain,hi",
            "blob:https://shop.example/1",
            "about:blank",
            "mailto:ann@shop.example",
            "",
            "junk",
        ],
        expect![[r#"
        data:text/plain,hi → none
        blob:https://shop.example/1 → none
        about:blank → none
        mailto:ann@shop.example → none
         → none
        junk → none
    "#]],
    );
}

#[test]
fn base_paths_are_left_out_of_own_paths_only() {
    let path = |url, base_path| route(url, Some("shop.example"), base_path).unwrap().path;
    for base_path in ["/shop", "/shop/"] {
        assert_eq!(&*path("https://shop.example/shop/cart", base_path), "/cart");
        assert_eq!(&*path("https://shop.example/shop", base_path), "/");
        assert_eq!(&*path("https://shop.example/shopping", base_path), "/shopping");
        assert_eq!(&*path("https://shop.example/help", base_path), "/help");
        assert_eq!(&*path("https://api.example/shop/cart", base_path), "api.example/shop/cart");
    }
}

#[test]
fn percent_encoding_is_undone_where_it_is_safe() {
    check(
        &[
            "https://shop.example/caf%C3%A9/blue%20shirt",
            "https://shop.example/a%2Fb/100%25/%3Fq/%23",
            "https://shop.example/%00%0A%1b[31m/%e2%80%ae",
            "https://shop.example/%ff%C3/%zz/%",
            "https://shop.example/ann%40shop.example",
        ],
        expect![[r#"
            https://shop.example/caf%C3%A9/blue%20shirt → /café/blue shirt
            https://shop.example/a%2Fb/100%25/%3Fq/%23 → /a%2Fb/100%25/%3Fq/%23
            https://shop.example/%00%0A%1b[31m/%e2%80%ae → /%00%0A%1B[31m/%E2%80%AE
            https://shop.example/%ff%C3/%zz/% → /%FF%C3/%zz/%
            https://shop.example/ann%40shop.example → /ann@shop.example → /:email
        "#]],
    );
    let raw = route("https://shop.example/raw\u{202e}\u{7}", None, "").unwrap();
    assert_eq!(&*raw.path, "/raw%E2%80%AE%07");
}

/// Prints what a call costs: `cargo test -p footpath-server route -- --ignored --nocapture`.
#[test]
#[ignore = "a measurement, not a test"]
fn cost() {
    let urls = [
        "https://shop.example/products/42?ref=mail",
        "https://shop.example/checkout",
        "https://shop.example/api/v1/orders/019a0f5e-7c00-7000-8000-000000000001",
        "https://shop.example/p/blue-shirt-12345",
    ];
    let rounds = 250_000;
    let start = std::time::Instant::now();
    for _ in 0..rounds {
        for url in urls {
            std::hint::black_box(route(std::hint::black_box(url), Some("shop.example"), "/"));
        }
    }
    println!("route: {} ns a call", start.elapsed().as_nanos() / (rounds * urls.len() as u128));
}

proptest! {
    #[test]
    fn never_panics_and_is_safe_to_show(url in ".{0,80}", path in "(/[a-z0-9%@.;•-]{0,12}){0,5}(#!?/[a-z0-9/?]{0,9})?") {
        for url in [url, format!("https://shop.example{path}")] {
            if let Some(route) = route(&url, Some("shop.example"), "/b") {
                prop_assert!(!route.path.chars().any(is_unsafe), "{}", route.path);
                prop_assert!(!route.template.chars().any(is_unsafe));
            }
        }
    }
}
