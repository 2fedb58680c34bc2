//! The demo shop: a few pages, a cart and a payment that can fail, instrumented with the SDK as any site would be. It
//! keeps nothing: the cart lives in the browser, and an order is a number.
//!
//! The pages are files in `demo/`; [`Pages`] puts each into the layout once, when the server starts. They run under
//! a policy without any inline script or style, so that the SDK is seen to work there.
//!
//! Two things are wrong with it on purpose, for Footpath to show: one picture is slow and comes without a size
//! ([`SLOW_PICTURE`]), and the button "Size guide" does nothing.

use super::catalogue;
use super::visitors::releases;
use axum::Json;
use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use rust_embed::RustEmbed;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

#[derive(RustEmbed)]
#[folder = "../../demo"]
pub(super) struct Files;

const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; \
    frame-ancestors 'self'";

/// The picture that spoils the vitals of product pages.
const SLOW_PICTURE: &str = "windowsill.svg";
/// How long it takes: with the page itself, LCP then needs improvement.
const SLOW_PICTURE_DELAY: Duration = Duration::from_millis(1_400);

/// Orders are counted from here, so that they look like orders.
const FIRST_ORDER: u32 = 10_001;

/// The shop, to be nested at `/demo` as a service (a nested router would leave out `/demo/`); `site_key` is the public key that its pages report to.
pub fn router(site_key: String) -> Router {
    let shop = Shop { pages: Pages::new(&site_key), next_order: AtomicU32::new(FIRST_ORDER) };
    Router::new()
        .route("/", get(|State(shop): Shared| async move { shop.page(&shop.pages.home) }))
        .route("/products", get(|State(shop): Shared| async move { shop.page(&shop.pages.products) }))
        .route("/products/{id}", get(product_page))
        .route("/cart", get(|State(shop): Shared| async move { shop.page(&shop.pages.cart) }))
        .route("/checkout", get(|State(shop): Shared| async move { shop.page(&shop.pages.checkout) }))
        .route("/order/{id}", get(order_page))
        .route("/account", get(|State(shop): Shared| async move { shop.page(&shop.pages.account) }))
        .route("/catalogue.js", get(catalogue_module))
        .route("/js/{file}", get(|Path(file): Path<String>| async move { asset(&format!("js/{file}")) }))
        .route("/css/{file}", get(|Path(file): Path<String>| async move { asset(&format!("css/{file}")) }))
        .route("/img/{file}", get(picture))
        .route("/api/products", get(|| async { json_text(catalogue::JSON.to_owned()) }))
        .route("/api/cart", post(price_cart))
        .route("/api/payment", post(pay))
        .fallback(|State(shop): Shared| async move { shop.not_found() })
        .layer(middleware::from_fn(harden))
        .with_state(Arc::new(shop))
}

type Shared = State<Arc<Shop>>;

struct Shop {
    pages: Pages,
    next_order: AtomicU32,
}

impl Shop {
    fn page(&self, page: &str) -> Response {
        Html(page.to_owned()).into_response()
    }

    fn not_found(&self) -> Response {
        (StatusCode::NOT_FOUND, Html(self.pages.not_found.clone())).into_response()
    }
}

/// The pages, laid out, each as HTML.
struct Pages {
    home: String,
    products: String,
    /// With `{{PRODUCT}}` where its name belongs.
    product: String,
    cart: String,
    checkout: String,
    order: String,
    account: String,
    not_found: String,
}

impl Pages {
    fn new(site_key: &str) -> Self {
        let layout = text("layout.html")
            .replace("{{SITE_KEY}}", &escape(site_key))
            .replace("{{RELEASE}}", releases::CURRENT);
        let page = |name: &str| {
            let page = text(&format!("pages/{name}.html"));
            let (title, main) = page.split_once('\n').expect("a test lays out every page");
            let title = title.trim_start_matches("<title>").trim_end_matches("</title>");
            layout.replace("{{TITLE}}", title).replace("{{MAIN}}", main.trim_end())
        };
        Self {
            home: page("home"),
            products: page("products"),
            product: page("product"),
            cart: page("cart"),
            checkout: page("checkout"),
            order: page("order"),
            account: page("account"),
            not_found: page("not-found"),
        }
    }
}

/// A product, or a shelf: the shelves' page changes its path to `/products/plants` without asking for it.
async fn product_page(State(shop): Shared, Path(id): Path<String>) -> Response {
    if catalogue::CATEGORIES.contains(&id.as_str()) {
        return shop.page(&shop.pages.products);
    }
    match id.parse().ok().and_then(catalogue::product) {
        Some(product) => shop.page(&shop.pages.product.replace("{{PRODUCT}}", &escape(&product.name))),
        None => shop.not_found(),
    }
}

/// Who holds the number of an order has it: what was ordered is known to the browser alone.
async fn order_page(State(shop): Shared, Path(id): Path<String>) -> Response {
    match id.parse::<u32>() {
        Ok(_) => shop.page(&shop.pages.order),
        Err(_) => shop.not_found(),
    }
}

async fn catalogue_module() -> Response {
    let module = format!("export const catalogue = {};\n", catalogue::JSON.trim_end());
    ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8"), REVALIDATE], module).into_response()
}

async fn picture(Path(file): Path<String>) -> Response {
    if file == SLOW_PICTURE {
        tokio::time::sleep(SLOW_PICTURE_DELAY).await;
    }
    asset(&format!("img/{file}"))
}

/// Ask again each time, but keep it: `no-store` would keep pages out of the back/forward cache.
const REVALIDATE: (HeaderName, &str) = (header::CACHE_CONTROL, "no-cache");

fn asset(path: &str) -> Response {
    match Files::get(path) {
        Some(file) => {
            ([(header::CONTENT_TYPE, file.metadata.mimetype()), REVALIDATE], file.data.into_owned())
                .into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

#[derive(Deserialize)]
struct Cart {
    items: Vec<CartItem>,
}

#[derive(Deserialize)]
struct CartItem {
    id: u32,
    quantity: u32,
}

#[derive(Serialize)]
struct PricedCart {
    count: u32,
    total_cents: u64,
}

/// An answer that a page shows to its user.
#[derive(Serialize)]
struct Refusal {
    message: &'static str,
}

async fn price_cart(Json(cart): Json<Cart>) -> Response {
    let mut priced = PricedCart { count: 0, total_cents: 0 };
    for item in &cart.items {
        let Some(product) = catalogue::product(item.id) else {
            let message = "items: this product is not sold here";
            return (StatusCode::UNPROCESSABLE_ENTITY, Json(Refusal { message })).into_response();
        };
        priced.count = priced.count.saturating_add(item.quantity);
        priced.total_cents += product.price_cents * u64::from(item.quantity);
    }
    Json(priced).into_response()
}

#[derive(Deserialize)]
struct Payment {
    card_number: String,
}

#[derive(Serialize)]
struct Paid {
    order_id: u32,
}

/// Pays with any card but two: their endings are those that payment providers use for tests.
async fn pay(State(shop): Shared, Json(payment): Json<Payment>) -> Response {
    let refusal = |status, message| (status, Json(Refusal { message })).into_response();
    match payment.card_number.get(payment.card_number.len().saturating_sub(4)..) {
        Some("0002" | "9995") => {
            refusal(StatusCode::PAYMENT_REQUIRED, "Your bank declined this card. Please try another one.")
        }
        Some("0119") => refusal(
            StatusCode::INTERNAL_SERVER_ERROR,
            "Something broke on our side. You were not charged; please try again.",
        ),
        Some(_) | None => {
            Json(Paid { order_id: shop.next_order.fetch_add(1, Ordering::Relaxed) }).into_response()
        }
    }
}

fn json_text(text: String) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], text).into_response()
}

fn text(path: &str) -> String {
    let file = Files::get(path).expect("a test lays out every page");
    String::from_utf8_lossy(&file.data).into_owned()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

async fn harden(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CONTENT_SECURITY_POLICY));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

#[cfg(test)]
mod tests;
