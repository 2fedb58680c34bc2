//! Where batches go: the ingest of a running server, with a site's backfill key, again until each has its outcome.
//!
//! Being told to wait is obeyed for as long as the server says so; a server that is out of reach is given a minute,
//! which is enough for a restart. Sending a batch twice changes nothing, so that nobody needs to know whether an
//! unanswered one arrived.
//!
//! Limit: HTTP only. From another machine, import through a tunnel or on the server's own machine.

use super::DataError;
use crate::ingest::wire::WireOutcomes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER, USER_AGENT};
use hyper::{HeaderMap, Request, StatusCode, Uri};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde::Deserialize;
use std::io::Write;
use std::net::IpAddr;
use std::time::{Duration, Instant};

/// How long a server may stay out of reach, or fail, before sending is given up.
const PATIENCE: Duration = Duration::from_secs(60);
/// Between tries where the server does not say how long to wait.
const PAUSE: Duration = Duration::from_millis(500);
/// Bodies over this are sent compressed: the server takes 1 MiB as sent, 4 MiB inflated.
const COMPRESS_OVER: usize = 512 * 1024;
/// Who sends where nothing is known of the visitor's browser. It is no crawler's name, since history without user
/// agents is not a crawler's.
const UNKNOWN_BROWSER: HeaderValue = HeaderValue::from_static("unknown");
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Where batches go. Its clones share their connections.
#[derive(Clone, Debug)]
pub(super) struct Door {
    url: Uri,
    client: Client<HttpConnector, Full<Bytes>>,
}

/// Who sent a batch, as far as is known; told to the server as a reverse proxy would.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sender {
    #[serde(default)]
    pub address: Option<IpAddr>,
    #[serde(default)]
    pub user_agent: Option<String>,
}

/// What became of a batch.
#[derive(Debug)]
pub(super) enum Answer {
    /// Every event is durable.
    Taken,
    /// Some events were dropped.
    Partly(WireOutcomes),
    /// Nothing of it was taken, and never will be.
    Refused(Refusal),
}

/// Why a batch was refused.
#[derive(Debug, Deserialize)]
pub(super) struct Refusal {
    pub code: String,
    pub message: String,
}

impl Door {
    /// The ingest of the server at `base_url`.
    pub(super) fn new(base_url: &str, backfill_key: &str) -> Result<Self, DataError> {
        if !base_url.starts_with("http://") {
            return Err(DataError::new(format!(
                "url: `{base_url}` does not begin with http://: import on the server's own machine, or through a tunnel"
            )));
        }
        let url = format!("{}/i/{backfill_key}", base_url.trim_end_matches('/'));
        let url = url.parse().map_err(|error| {
            DataError::because(format!("url: `{base_url}` is not the address of a server"), Box::new(error))
        })?;
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        Ok(Self { url, client: Client::builder(TokioExecutor::new()).build(connector) })
    }

    /// Sends one batch until it has its outcome.
    pub(super) async fn send(&self, body: Vec<u8>, sender: &Sender) -> Result<Answer, DataError> {
        let (body, compressed) =
            if body.len() > COMPRESS_OVER { (compress(&body), true) } else { (body, false) };
        let headers = headers(sender, compressed);
        let body = Bytes::from(body);
        let mut failing_since: Option<Instant> = None;
        loop {
            let mut request = Request::new(Full::new(body.clone()));
            *request.method_mut() = hyper::Method::POST;
            *request.uri_mut() = self.url.clone();
            *request.headers_mut() = headers.clone();
            let (pause, trouble) = match self.try_send(request).await {
                Ok((StatusCode::NO_CONTENT, ..)) => return Ok(Answer::Taken),
                Ok((StatusCode::OK, _, text)) => return partly(&text),
                // Full queues and rates empty again: these are waited for without limit.
                Ok((StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE, told, _)) => {
                    tokio::time::sleep(wait(&told)).await;
                    continue;
                }
                Ok((status, told, text)) if status.is_server_error() => (wait(&told), trouble(status, &text)),
                Ok((status, _, text)) => return refused(status, &text),
                Err(error) => {
                    (PAUSE, DataError::because("the server cannot be reached: is it running?", error))
                }
            };
            if failing_since.get_or_insert_with(Instant::now).elapsed() > PATIENCE {
                return Err(trouble);
            }
            tokio::time::sleep(pause).await;
        }
    }

    async fn try_send(
        &self,
        request: Request<Full<Bytes>>,
    ) -> Result<(StatusCode, HeaderMap, Bytes), Box<dyn std::error::Error + Send + Sync>> {
        let answer = self.client.request(request).await?;
        let (head, body) = answer.into_parts();
        Ok((head.status, head.headers, body.collect().await?.to_bytes()))
    }
}

fn headers(sender: &Sender, compressed: bool) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    // A log may hold bytes that no header may: such a browser is as good as unknown.
    let user_agent = sender.user_agent.as_deref().and_then(|text| HeaderValue::from_str(text).ok());
    headers.insert(USER_AGENT, user_agent.unwrap_or(UNKNOWN_BROWSER));
    if let Some(address) = sender.address
        && let Ok(value) = HeaderValue::from_str(&address.to_string())
    {
        headers.insert(FORWARDED_FOR, value);
    }
    if compressed {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    headers
}

fn compress(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 4), Compression::fast());
    encoder.write_all(body).expect("memory takes what is written to it");
    encoder.finish().expect("memory takes what is written to it")
}

fn wait(headers: &HeaderMap) -> Duration {
    let seconds = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
    seconds.map_or(PAUSE, Duration::from_secs)
}

fn partly(text: &Bytes) -> Result<Answer, DataError> {
    serde_json::from_slice(text)
        .map(Answer::Partly)
        .map_err(|error| DataError::because("the answer is not of a Footpath server: check --url", error))
}

fn refused(status: StatusCode, text: &Bytes) -> Result<Answer, DataError> {
    match (status, serde_json::from_slice::<Refusal>(text)) {
        (StatusCode::BAD_REQUEST | StatusCode::PAYLOAD_TOO_LARGE, Ok(refusal)) => {
            Ok(Answer::Refused(refusal))
        }
        (StatusCode::FORBIDDEN, Ok(_)) => Err(DataError::new(
            "backfill-key: the server does not know it: `footpath site list` shows each site's",
        )),
        _ => Err(trouble(status, text)),
    }
}

fn trouble(status: StatusCode, text: &Bytes) -> DataError {
    let told = serde_json::from_slice::<Refusal>(text)
        .map_or_else(|_| "it may be no Footpath server: check --url".to_owned(), |refusal| refusal.message);
    DataError::new(format!("the server answered {status}: {told}"))
}
