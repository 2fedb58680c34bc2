//! Ingest: from a request of a browser to a durable batch, as one list of named steps.
//!
//! A `drop_…` step may stop an item, and gives it its outcome; a `put_…` step only adds. Everything a step needs is
//! passed to it; the order is [`receive`]'s, and nowhere else.

pub mod decode;
pub mod enrich;
mod limits;
pub mod outcome;
mod rate;
pub mod replay;
pub(crate) mod rules;
mod visitor;
pub mod wire;

use crate::error::{ApiError, Code};
use axum::Json;
use axum::body::Body;
use axum::extract::{ConnectInfo, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use enrich::agent::AgentParser;
use enrich::place::Places;
use enrich::{anonymise, place, route, scrub};
use footpath_model::batch::Batch;
use footpath_model::context::{BotReason, Context, Device};
use footpath_model::event::{Event, EventKind, Route};
use footpath_model::site::Site;
use footpath_model::time::Timestamp;
use footpath_store::{AppendError, MetadataError, Store};
use http_body_util::LengthLimitError;
use ipnet::IpNet;
use outcome::{DropReason, Intake, Outcomes};
use rate::{ItemRate, WHOLE_BATCH};
use replay::ReplayIngest;
use serde_json::value::RawValue;
use std::error::Error;
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;
use wire::{WireContext, WireDropped, WireEnvelope, WireEvent, WireOutcomes};

/// How long a client may take to send a body.
const BODY_WAIT: Duration = Duration::from_secs(20);

/// How much one site key may send.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rates {
    pub events_per_second: NonZeroU32,
    pub replay_kib_per_second: NonZeroU32,
}

/// What the steps work with.
pub(crate) struct Ingest {
    store: Store,
    agents: AgentParser,
    places: Places,
    trusted_proxies: Vec<IpNet>,
    rate: ItemRate,
    /// What became of all items.
    pub(crate) outcomes: Outcomes,
    /// What replay chunks need besides.
    pub(crate) replay: ReplayIngest,
}

impl Ingest {
    pub(crate) fn new(store: Store, places: Places, trusted_proxies: Vec<IpNet>, rates: Rates) -> Self {
        Self {
            store,
            agents: AgentParser::new(),
            places,
            trusted_proxies,
            rate: ItemRate::new(rates.events_per_second, WHOLE_BATCH),
            outcomes: Outcomes::default(),
            replay: ReplayIngest::new(rates.replay_kib_per_second),
        }
    }

    /// Compiles the rules for user agents, 0.2 s, so that no visitor waits for it.
    pub(crate) fn warm(&self) {
        self.agents.warm();
    }
}

/// Who sent a request, as far as HTTP tells.
struct Sender<'a> {
    address: IpAddr,
    user_agent: &'a str,
}

/// `POST /i/{site_key}`: takes a batch of events.
#[utoipa::path(
    post, path = "/i/{site_key}", operation_id = "send_batch", tag = "ingest",
    params(("site_key" = String, Path, description = "The site's public key, or its backfill key for history")),
    request_body(content = wire::WireBatch, description = "Also taken as text/plain, and with content-encoding: gzip"),
    responses(
        (status = 204, description = "Every event is durable"),
        (status = 200, body = WireOutcomes, description = "Some events were dropped, the rest is durable"),
        (status = 400, body = crate::error::ErrorBody, description = "The batch cannot be read"),
        (status = 403, body = crate::error::ErrorBody, description = "The site key is unknown"),
        (status = 413, body = crate::error::ErrorBody, description = "Over a limit"),
        (status = 429, body = crate::error::ErrorBody, description = "Too many events for this key"),
        (status = 503, body = crate::error::ErrorBody, description = "Overloaded: send the same batch again"),
        (status = 507, body = crate::error::ErrorBody, description = "Disk full: send the same batch again"),
    )
)]
pub(crate) async fn receive(
    State(ingest): State<Arc<Ingest>>,
    Path(key): Path<String>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, ApiError> {
    let refuse = |reason| ingest.outcomes.intake(1).drop_rest(reason);
    let (site, age) = drop_unknown_key(&ingest, &key).inspect_err(|_| refuse(DropReason::UnknownKey))?;
    let body = drop_oversized(body).await.inspect_err(|_| refuse(DropReason::Refused))?;
    let encoding = header_text(&headers, &header::CONTENT_ENCODING);
    let text = decode::text_of(&body, encoding).inspect_err(|_| refuse(DropReason::Refused))?;
    let envelope = decode::envelope(&text).inspect_err(|_| refuse(DropReason::Refused))?;

    let times = Times::of(&envelope, age).inspect_err(|_| refuse(DropReason::Refused))?;

    let n_events = u32::try_from(envelope.events.len()).unwrap_or(u32::MAX);
    let intake = ingest.outcomes.intake(n_events);
    let mut intake = drop_over_rate(&ingest, &site, n_events, intake)?;
    let mut dropped = Vec::new();
    let events = drop_malformed(&envelope.events, &mut intake, &mut dropped);
    let mut events = drop_too_old(events, times, age, &mut intake, &mut dropped);
    if events.is_empty() {
        return Ok(answer(0, dropped));
    }

    let sender = put_sender(&ingest, peer, &headers);
    let mut context = put_context(&ingest, envelope.context, &sender);
    let ids = visitor::put_visitor(
        &ingest.store,
        &site,
        times.received_at,
        (sender.address, sender.user_agent),
        envelope.visitor_id,
        envelope.session,
    );
    let (visitor_id, hint) = match ids.await {
        Ok(ids) => ids,
        Err(error) => {
            intake.drop_rest(DropReason::Unavailable);
            return Err(ApiError::internal(&error));
        }
    };
    scrub::scrub_context(&mut context);
    events.iter_mut().for_each(|event| scrub::scrub_event(&mut event.kind));
    let mut events = put_routes(events, &site, header_text(&headers, &header::ORIGIN));
    if let Err(error) = put_pseudonyms(&ingest, &site, &mut context, &mut events).await {
        intake.drop_rest(DropReason::Unavailable);
        return Err(ApiError::internal(&error));
    }
    let batch = Batch {
        site: site.id.clone(),
        received_at: times.received_at,
        sent_at: times.sent_at,
        backfill: age == Age::Any,
        visitor_id,
        hint,
        tab_id: envelope.tab_id,
        context,
        events,
    };
    let accepted = make_durable(&ingest, batch, intake.hand_over()).await?;
    Ok(answer(accepted, dropped))
}

fn answer(accepted: u32, dropped: Vec<WireDropped>) -> Response {
    if dropped.is_empty() {
        StatusCode::NO_CONTENT.into_response()
    } else {
        Json(WireOutcomes { accepted, dropped }).into_response()
    }
}

/// In a task of its own: a client that hangs up must not stop a batch half way, nor leave its items without outcome.
async fn make_durable(ingest: &Arc<Ingest>, batch: Batch, items: u32) -> Result<u32, ApiError> {
    let owned = Arc::clone(ingest);
    let appended = tokio::spawn(async move {
        let intake = owned.outcomes.intake(items);
        match owned.store.append(batch).await {
            Ok(()) => Ok(intake.hand_over()),
            Err(error) => {
                intake.drop_rest(DropReason::Unavailable);
                Err(error)
            }
        }
    });
    match appended.await {
        Ok(outcome) => outcome.map_err(not_durable),
        Err(panicked) => Err(ApiError::internal(&panicked)),
    }
}

/// How old events may be, which the kind of key says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Age {
    /// The public key: events of now, and late ones.
    Recent,
    /// The backfill key: history; the time of receipt is what the client says.
    Any,
}

/// The two clocks of a request.
#[derive(Clone, Copy)]
struct Times {
    received_at: Timestamp,
    sent_at: Timestamp,
}

impl Times {
    fn of(envelope: &WireEnvelope<'_>, age: Age) -> Result<Self, ApiError> {
        let now = crate::clock::now();
        let sent_at = Timestamp(envelope.sent_at);
        if age == Age::Any && envelope.session.is_none() {
            return Err(ApiError::new(
                Code::InvalidBatch,
                "session: with a backfill key it must be there, since nobody can be told by an address of long ago",
            ));
        }
        let received_at = match age {
            Age::Recent => now,
            Age::Any if (Timestamp(0)..=now.plus(limits::FUTURE_MS)).contains(&sent_at) => sent_at,
            Age::Any => {
                return Err(ApiError::new(
                    Code::InvalidBatch,
                    "sent_at: with a backfill key it must lie between 1970 and now",
                ));
            }
        };
        Ok(Self { received_at, sent_at })
    }
}

fn drop_unknown_key(ingest: &Ingest, key: &str) -> Result<(Arc<Site>, Age), ApiError> {
    let sites = ingest.store.metadata().sites();
    let of_key = sites.iter().find_map(|site| {
        if site.key == key {
            Some((Arc::clone(site), Age::Recent))
        } else if site.backfill_key == key {
            Some((Arc::clone(site), Age::Any))
        } else {
            None
        }
    });
    of_key.ok_or_else(|| ApiError::new(Code::UnknownKey, "the site key in the path is unknown"))
}

async fn drop_oversized(body: Body) -> Result<axum::body::Bytes, ApiError> {
    match tokio::time::timeout(BODY_WAIT, axum::body::to_bytes(body, limits::BODY_BYTES)).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(error)) if error.source().is_some_and(|source| source.is::<LengthLimitError>()) => {
            Err(ApiError::new(Code::BodyTooLarge, format!("body has more than {} bytes", limits::BODY_BYTES)))
        }
        Ok(Err(_)) => Err(ApiError::new(Code::InvalidBatch, "body ended early")),
        Err(_) => Err(ApiError::new(
            Code::SlowRequest,
            format!("body did not arrive within {} s", BODY_WAIT.as_secs()),
        )),
    }
}

fn drop_over_rate<'a>(
    ingest: &Ingest,
    site: &Site,
    n_events: u32,
    intake: Intake<'a>,
) -> Result<Intake<'a>, ApiError> {
    let n_events = NonZeroU32::new(n_events).unwrap_or(NonZeroU32::MIN);
    match ingest.rate.take(&site.id, n_events) {
        Ok(()) => Ok(intake),
        Err(too_many) => {
            intake.drop_rest(DropReason::RateLimited);
            Err(ApiError::new(
                Code::RateLimited,
                format!("too many events for this site key: room again in {} ms", too_many.retry_after_ms),
            ))
        }
    }
}

fn drop_malformed(
    raw: &[&RawValue],
    intake: &mut Intake<'_>,
    dropped: &mut Vec<WireDropped>,
) -> Vec<(u32, WireEvent)> {
    let mut events = Vec::with_capacity(raw.len());
    for (index, raw) in (0u32..).zip(raw) {
        match decode::event(index, raw) {
            Ok(event) => events.push((index, event)),
            Err(reason) => {
                intake.drop_one(reason.reason);
                dropped.push(reason);
            }
        }
    }
    events
}

fn drop_too_old(
    mut events: Vec<(u32, WireEvent)>,
    times: Times,
    age: Age,
    intake: &mut Intake<'_>,
    dropped: &mut Vec<WireDropped>,
) -> Vec<WireEvent> {
    let oldest = match age {
        Age::Recent => times.sent_at.plus(-limits::LATE_MS),
        Age::Any => Timestamp(i64::MIN),
    };
    events.retain(|(index, event)| {
        let keep = Timestamp(event.at) >= oldest;
        if !keep {
            intake.drop_one(DropReason::TooOld);
            dropped.push(WireDropped {
                seq: Some(event.seq),
                index: *index,
                reason: DropReason::TooOld,
                message: "at: more than 7 days before sent_at; use the backfill key for history".to_owned(),
            });
        }
        keep
    });
    events.into_iter().map(|(_, event)| event).collect()
}

fn put_sender<'a>(ingest: &Ingest, peer: SocketAddr, headers: &'a HeaderMap) -> Sender<'a> {
    // A client can send a line of its own; the proxy's comes after it.
    let lines = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let forwarded = lines.collect::<Vec<_>>().join(",");
    let forwarded = Some(forwarded.as_str()).filter(|forwarded| !forwarded.is_empty());
    Sender {
        address: place::client_ip(peer.ip(), forwarded, &ingest.trusted_proxies),
        user_agent: header_text(headers, &header::USER_AGENT).unwrap_or_default(),
    }
}

fn put_context(ingest: &Ingest, wire: WireContext, sender: &Sender<'_>) -> Context {
    let (device, bot) = put_device(ingest, &wire, sender);
    Context {
        user: wire.user,
        device,
        place: ingest.places.locate(sender.address),
        language: wire.language,
        time_zone: wire.time_zone,
        screen: wire.screen,
        viewport: wire.viewport,
        connection: wire.connection,
        release: wire.release,
        environment: wire.environment,
        props: wire.props,
        bot,
    }
}

fn put_device(ingest: &Ingest, wire: &WireContext, sender: &Sender<'_>) -> (Device, Option<BotReason>) {
    let hints = wire.hints.clone().unwrap_or_default();
    let (device, bot) = ingest.agents.parse(sender.user_agent, &hints);
    (device, bot.or(wire.automated.then_some(BotReason::Automated)))
}

/// Where the site wants it, nobody is told by name.
async fn put_pseudonyms(
    ingest: &Ingest,
    site: &Site,
    context: &mut Context,
    events: &mut [Event],
) -> Result<(), MetadataError> {
    if ingest.store.metadata().rules(&site.id).anonymise_users {
        let secret = ingest.store.metadata().secret(&site.id).await?;
        anonymise::anonymise(context, events, &secret);
    }
    Ok(())
}

/// Tells where page views and requests went, from URLs that have been scrubbed. A request to the page's own host is
/// shown by its path alone: that host is the last page view's, or the one in `Origin`, which browsers always send.
fn put_routes(events: Vec<WireEvent>, site: &Site, origin: Option<&str>) -> Vec<Event> {
    let mut page_host = origin.and_then(route::host).map(str::to_owned);
    events
        .into_iter()
        .map(|WireEvent { seq, at, kind }| {
            let route = route_of(&kind, site, &mut page_host);
            Event { seq, at: Timestamp(at), kind, route }
        })
        .collect()
}

fn route_of(kind: &EventKind, site: &Site, page_host: &mut Option<String>) -> Option<Route> {
    match kind {
        EventKind::PageView(view) => {
            *page_host = route::host(&view.url).map(str::to_owned);
            route::route(&view.url, None, &site.base_path)
        }
        EventKind::Request(request) => route::route(&request.url, page_host.as_deref(), &site.base_path),
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
        | EventKind::Frustration(_)
        | EventKind::Identify(_)
        | EventKind::SessionEnd(_) => None,
    }
}

fn not_durable(error: AppendError) -> ApiError {
    let code = match error {
        AppendError::DiskFull => Code::DiskFull,
        AppendError::Overloaded => Code::Overloaded,
        AppendError::Failed => Code::Internal,
    };
    ApiError::new(code, error.to_string())
}

fn header_text<'a>(headers: &'a HeaderMap, name: &header::HeaderName) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
