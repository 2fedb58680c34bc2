//! Sends simulated visitors through the real HTTP ingest: [`fill`] brings in their past with the backfill key, as fast as
//! the server takes it; [`trickle`] sends new ones with the public key, each batch at its real time.
//!
//! Limit: a fill that was stopped half-way is not resumed. It went from the newest day back, so only old days are missing.

use super::visitors::{Delivery, Population, Session, Traffic, play};
use crate::clock::now;
use crate::ingest::wire::WireBatch;
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::header::{CONTENT_TYPE, HeaderName, RETRY_AFTER, USER_AGENT};
use hyper::{Request, Response, StatusCode, Uri};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use indicatif::{ProgressBar, ProgressStyle};
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinSet;

/// Requests under way at once: enough for the journal to commit them in groups.
const CONNECTIONS: usize = 32;
/// Sessions simulated ahead of being sent: the simulation is the faster of the two, and must not pile up.
const AHEAD: usize = 64;
/// How often a batch is tried where the server is out of reach or fails. Being told to wait does not count.
const TRIES: u32 = 5;
/// Between such tries, and where the server asks to wait without saying how long.
const PAUSE: Duration = Duration::from_millis(500);
/// A new visitor comes this often while the demo runs.
const TRICKLE_EVERY: Duration = Duration::from_secs(20);

/// What a fill has done.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Report {
    /// Visitors' sessions. Who signs out starts another, which is not counted here.
    pub sessions: u64,
    /// Requests that were taken.
    pub batches: u64,
    /// Events in them.
    pub events: u64,
    /// How long it took.
    pub elapsed: Duration,
}

/// Why a fill stopped.
#[derive(Debug)]
pub enum FillError {
    /// The address of the server is none.
    Address(String, hyper::http::uri::InvalidUri),
    /// The server could not be reached.
    Unreachable(hyper_util::client::legacy::Error),
    /// The connection broke while the answer was read.
    Answer(hyper::Error),
    /// The server did not take a batch, or not all of it.
    Refused(StatusCode, String),
    /// A recording of the shop cannot be read.
    Recording(std::io::Error),
}

impl std::fmt::Display for FillError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Address(url, _) => write!(f, "base_url: {url} is not the address of a server"),
            Self::Unreachable(_) => write!(f, "the server cannot be reached: is it running?"),
            Self::Answer(_) => write!(f, "the server's answer broke off"),
            Self::Refused(status, body) => write!(f, "the server did not take a request: {status} {body}"),
            Self::Recording(_) => write!(f, "a recording of the shop cannot be read"),
        }
    }
}

impl std::error::Error for FillError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Address(_, source) => Some(source),
            Self::Unreachable(source) => Some(source),
            Self::Answer(source) => Some(source),
            Self::Recording(source) => Some(source),
            Self::Refused(..) => None,
        }
    }
}

/// Sends all of `traffic` to the server at `base_url` with a site's backfill key, newest sessions first.
///
/// # Errors
/// Where the server stays out of reach, or refuses a batch.
pub async fn fill(base_url: &str, backfill_key: &str, traffic: Traffic) -> Result<Report, FillError> {
    let start = Instant::now();
    let door = Door::new(base_url, backfill_key)?;
    let progress = progress_bar(traffic.n_planned());
    let (sender, receiver) = mpsc::channel(AHEAD);
    let simulation = tokio::task::spawn_blocking(move || {
        for session in traffic {
            if sender.blocking_send(session).is_err() {
                // Nobody receives any more: sending has failed, which is told by those who sent.
                break;
            }
        }
    });
    let receiver = Arc::new(Mutex::new(receiver));
    let mut senders = JoinSet::new();
    for _ in 0..CONNECTIONS {
        senders.spawn(send_sessions(door.clone(), Arc::clone(&receiver), progress.clone()));
    }
    drop(receiver);
    let mut report = Report::default();
    while let Some(sent) = senders.join_next().await {
        let sent = sent.unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()))?;
        report.sessions += sent.sessions;
        report.batches += sent.batches;
        report.events += sent.events;
    }
    simulation.await.unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()));
    progress.finish_and_clear();
    Ok(Report { elapsed: start.elapsed(), ..report })
}

/// Keeps visitors coming, in real time and for ever: drop the future to stop it. `origin` is the shop's, as in
/// [`super::visitors::Simulation`].
///
/// # Errors
/// Where `base_url` is no address. A visitor who cannot be sent is given up, and the next one tried.
pub async fn trickle(
    base_url: &str,
    public_key: &str,
    origin: &str,
    mut population: Population,
) -> Result<std::convert::Infallible, FillError> {
    let door = Door::new(base_url, public_key)?;
    let mut visitors = JoinSet::new();
    let mut clock = tokio::time::interval(TRICKLE_EVERY);
    loop {
        clock.tick().await;
        while visitors.try_join_next().is_some() {}
        let at = now().0;
        let country = population.country();
        let session = play(population.arrival(at, at, country), origin);
        visitors.spawn(send_in_time(door.clone(), session));
    }
}

async fn send_sessions(
    door: Door,
    sessions: Arc<Mutex<mpsc::Receiver<Session>>>,
    progress: ProgressBar,
) -> Result<Report, FillError> {
    let mut sent = Report::default();
    loop {
        let next = sessions.lock().await.recv().await;
        let Some(session) = next else { return Ok(sent) };
        sent.sessions += u64::from(!session.is_empty());
        for delivery in session {
            sent.batches += 1;
            sent.events += delivery.body.events.len() as u64;
            door.post(delivery).await?;
        }
        progress.inc(1);
    }
}

async fn send_in_time(door: Door, session: Session) {
    for mut delivery in session {
        let wait = u64::try_from(delivery.body.sent_at - now().0).unwrap_or_default();
        tokio::time::sleep(Duration::from_millis(wait)).await;
        // The clock that a browser would have read.
        delivery.body.sent_at = now().0;
        if let Err(error) = door.post(delivery).await {
            tracing::debug!("a simulated visitor was given up: {error}");
            return;
        }
    }
}

/// Where requests go. Its clones share their connections.
#[derive(Clone)]
pub(super) struct Door {
    batches: Uri,
    chunks: Uri,
    client: Client<HttpConnector, Full<Bytes>>,
}

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// One request of a browser.
pub(super) struct Sending<'a> {
    /// Whether it is a chunk of a replay, and no batch.
    pub replay: bool,
    pub body: Bytes,
    /// Where it comes from.
    pub address: Ipv4Addr,
    pub user_agent: &'a str,
}

impl Door {
    pub(super) fn new(base_url: &str, key: &str) -> Result<Self, FillError> {
        let url = format!("{}/i/{key}", base_url.trim_end_matches('/'));
        let uri = |url: String| url.parse().map_err(|error| FillError::Address(base_url.to_owned(), error));
        let (batches, chunks) = (uri(url.clone())?, uri(format!("{url}/replay"))?);
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        Ok(Self { batches, chunks, client: Client::builder(TokioExecutor::new()).build(connector) })
    }

    /// Sends one batch until it is taken.
    async fn post(&self, Delivery { body, address, user_agent }: Delivery) -> Result<(), FillError> {
        self.send(Sending { replay: false, body: json(&body).into(), address, user_agent }).await
    }

    /// Sends one request until it is taken.
    pub(super) async fn send(&self, sending: Sending<'_>) -> Result<(), FillError> {
        let Sending { replay, body, address, user_agent } = sending;
        let (url, content_type) =
            if replay { (&self.chunks, "text/plain") } else { (&self.batches, "application/json") };
        let mut tries = 1;
        loop {
            let request = Request::post(url.clone())
                .header(CONTENT_TYPE, content_type)
                .header(USER_AGENT, user_agent)
                .header(FORWARDED_FOR, address.to_string())
                .body(Full::new(body.clone()))
                .expect("the parts are valid: an address of a server, constants, an IP address");
            let pause = match self.client.request(request).await {
                Ok(answer) if answer.status() == StatusCode::NO_CONTENT => return Ok(()),
                Ok(answer) if answer.status() == StatusCode::TOO_MANY_REQUESTS => retry_after(&answer),
                Ok(answer) if answer.status().is_server_error() && tries < TRIES => {
                    tries += 1;
                    retry_after(&answer)
                }
                Ok(answer) => {
                    let status = answer.status();
                    let body = answer.into_body().collect().await.map_err(FillError::Answer)?.to_bytes();
                    return Err(FillError::Refused(status, String::from_utf8_lossy(&body).into_owned()));
                }
                Err(_) if tries < TRIES => {
                    tries += 1;
                    PAUSE
                }
                Err(error) => return Err(FillError::Unreachable(error)),
            };
            tokio::time::sleep(pause).await;
        }
    }
}

fn json(batch: &WireBatch) -> Vec<u8> {
    serde_json::to_vec(batch).expect("a batch has no map with other keys than strings")
}

fn retry_after<B>(answer: &Response<B>) -> Duration {
    let seconds = answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
    seconds.map_or(PAUSE, Duration::from_secs)
}

/// On a terminal only; logs get a line from who called.
fn progress_bar(n_sessions: usize) -> ProgressBar {
    let style = ProgressStyle::with_template("  {msg} {wide_bar:.green} {pos} of {len} sessions")
        .expect("the template is a constant that a test has seen");
    ProgressBar::new(n_sessions as u64).with_style(style).with_message("Simulating visitors")
}

#[cfg(test)]
mod tests;
