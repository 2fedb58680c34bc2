use super::super::visitors::Simulation;
use super::*;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::IntoResponse;
use axum::routing::post;
use footpath_model::id::TabId;
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};

/// An ingest that keeps the names of events, and answers the first requests as it is told to.
#[derive(Clone, Default)]
struct Taken {
    events: Arc<std::sync::Mutex<BTreeSet<(TabId, u32)>>>,
    n_requests: Arc<AtomicU32>,
    first_answers: Arc<Vec<StatusCode>>,
}

async fn take(
    State(taken): State<Taken>,
    Path(key): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> impl IntoResponse {
    assert_eq!(key, "secret");
    assert!(headers.contains_key(USER_AGENT) && headers.contains_key(FORWARDED_FOR));
    let nth = taken.n_requests.fetch_add(1, Ordering::Relaxed) as usize;
    if let Some(status) = taken.first_answers.get(nth) {
        return (*status, [(RETRY_AFTER, "0")]).into_response();
    }
    let batch: WireBatch = serde_json::from_slice(&body).expect("a batch of the wire format");
    let mut events = taken.events.lock().expect("no test panics while it holds this");
    for event in &batch.events {
        assert!(events.insert((batch.tab_id, event.seq)), "sent twice");
    }
    StatusCode::NO_CONTENT.into_response()
}

async fn serve(first_answers: Vec<StatusCode>) -> (SocketAddr, Taken) {
    let taken = Taken { first_answers: Arc::new(first_answers), ..Taken::default() };
    let router = Router::new().route("/i/{key}", post(take)).with_state(taken.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    tokio::spawn(async move { axum::serve(listener, router).await });
    (address, taken)
}

fn traffic() -> Traffic {
    Traffic::new(Simulation {
        seed: 5,
        days: 1,
        now: 1_795_442_400_000,
        origin: "http://localhost:4040".to_owned(),
    })
}

#[tokio::test]
async fn everything_is_sent_once_even_where_the_server_asks_to_wait_or_fails() {
    let answers = vec![
        StatusCode::TOO_MANY_REQUESTS,
        StatusCode::SERVICE_UNAVAILABLE,
        StatusCode::TOO_MANY_REQUESTS,
        StatusCode::INSUFFICIENT_STORAGE,
    ];
    let n_answers = answers.len() as u64;
    let (address, taken) = serve(answers).await;
    let report = fill(&format!("http://{address}"), "secret", traffic()).await.expect("it is taken");
    let events = taken.events.lock().expect("nobody panicked").len() as u64;
    let expected: u64 = traffic().flatten().map(|delivery| delivery.body.events.len() as u64).sum();
    assert_eq!((report.events, events), (expected, expected));
    assert_eq!(u64::from(taken.n_requests.load(Ordering::Relaxed)), report.batches + n_answers);
    assert!(report.sessions > 100, "{report:?}");
}

#[tokio::test]
async fn a_refusal_ends_the_fill_and_says_what_the_server_said() {
    let (address, _) = serve(vec![StatusCode::FORBIDDEN; 10_000]).await;
    let error = fill(&format!("http://{address}"), "secret", traffic()).await.expect_err("it is refused");
    assert!(matches!(error, FillError::Refused(StatusCode::FORBIDDEN, _)), "{error}");
}

#[test]
fn the_progress_bar_has_a_valid_template() {
    progress_bar(3).inc(1);
}
