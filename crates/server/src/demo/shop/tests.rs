use super::*;
use axum::body::Body;
use http_body_util::BodyExt;
use tower::ServiceExt;

struct Answer {
    status: StatusCode,
    headers: axum::http::HeaderMap,
    body: String,
}

async fn ask(request: Request) -> Answer {
    let router = Router::new().nest_service("/demo", router("key\"<x>".to_owned()));
    let response = router.oneshot(request).await.expect("a router always answers");
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.expect("the body is in memory").to_bytes();
    Answer {
        status: parts.status,
        headers: parts.headers,
        body: String::from_utf8_lossy(&bytes).into_owned(),
    }
}

async fn get(path: &str) -> Answer {
    ask(Request::get(path).body(Body::empty()).expect("a valid path")).await
}

async fn post(path: &str, json: &str) -> Answer {
    let request = Request::post(path).header(header::CONTENT_TYPE, "application/json");
    ask(request.body(Body::from(json.to_owned())).expect("a valid path")).await
}

#[tokio::test]
async fn every_page_is_laid_out_with_its_title_and_nothing_inline() {
    let pages = [
        ("/demo", "Fern &amp; Field – plants and outdoor goods"),
        ("/demo/", "Fern &amp; Field – plants and outdoor goods"),
        ("/demo/products", "Products – Fern &amp; Field"),
        ("/demo/products/plants", "Products – Fern &amp; Field"),
        ("/demo/products/42", "Enamel Watering Can – Fern &amp; Field"),
        ("/demo/products/48", "Trowel &amp; Fork – Fern &amp; Field"),
        ("/demo/cart", "Cart – Fern &amp; Field"),
        ("/demo/checkout", "Checkout – Fern &amp; Field"),
        ("/demo/order/10001", "Thank you – Fern &amp; Field"),
        ("/demo/account", "Account – Fern &amp; Field"),
    ];
    for (path, title) in pages {
        let page = get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert!(page.body.contains(&format!("<title>{title}</title>")), "{path}");
        assert!(page.body.contains("data-site=\"key&quot;&lt;x&gt;\""), "{path} names the site's key");
        assert!(!page.body.contains("{{"), "{path} has a gap in its layout");
        assert!(!page.body.contains("style=") && !page.body.contains("<style"), "{path} has an inline style");
        assert!(
            !page.body.contains("<script>") && !page.body.contains(" onclick"),
            "{path} has an inline script"
        );
        let policy = page.headers[header::CONTENT_SECURITY_POLICY].to_str().expect("ASCII");
        assert!(policy.starts_with("default-src 'self';") && !policy.contains("unsafe"), "{policy}");
    }
}

#[tokio::test]
async fn what_is_not_there_says_so() {
    for path in
        ["/demo/nothing", "/demo/products/41", "/demo/products/none", "/demo/order/x", "/demo/js/none.js"]
    {
        assert_eq!(get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn every_file_that_pages_and_scripts_name_is_served() {
    let mut names = Vec::new();
    for path in Files::iter() {
        let text = text(&path);
        for part in text.split(['"', '`']).filter(|part| part.starts_with("/demo/") && !part.contains('$')) {
            if [".js", ".css", ".svg"].iter().any(|suffix| part.ends_with(suffix))
                && !part.contains(SLOW_PICTURE)
            {
                names.push(part.to_owned());
            }
        }
        names.extend(
            text.split('"')
                .filter(|part| path.starts_with("js/") && part.starts_with("./"))
                .map(|part| format!("/demo/js/{}", &part[2..])),
        );
    }
    assert!(names.len() > 30, "{names:?}");
    for name in names {
        assert_eq!(get(&name).await.status, StatusCode::OK, "{name}");
    }
}

#[tokio::test]
async fn the_cart_is_priced_and_a_payment_can_fail() {
    let cart =
        post("/demo/api/cart", r#"{"items": [{"id": 42, "quantity": 2}, {"id": 51, "quantity": 1}]}"#).await;
    assert_eq!((cart.status, cart.body.as_str()), (StatusCode::OK, r#"{"count":3,"total_cents":7500}"#));
    let unknown = post("/demo/api/cart", r#"{"items": [{"id": 1, "quantity": 2}]}"#).await;
    assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY);

    for (card, status) in
        [("4242424242424242", 200), ("4000000000000002", 402), ("4000000000000119", 500), ("", 200)]
    {
        let paid = post("/demo/api/payment", &format!(r#"{{"card_number": "{card}"}}"#)).await;
        assert_eq!(paid.status.as_u16(), status, "{card}: {}", paid.body);
    }
}
