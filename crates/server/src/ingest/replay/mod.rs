//! Ingest of replay chunks: from a request of a browser to a durable chunk, as one list of named steps, beside that of
//! events.
//!
//! The order is [`receive`]'s, and nowhere else. Replay gives way to events: a chunk is refused at once where the server
//! has more to do than it can, and the browser sends it again.

pub mod decode;
pub mod outcome;
mod scrub;
mod tree;

use super::{Age, Ingest, drop_oversized, drop_unknown_key, header_text, put_sender, visitor};
use crate::error::{ApiError, Code};
use crate::ingest::limits;
use crate::ingest::rate::ItemRate;
use axum::Json;
use axum::body::Body;
use axum::extract::{ConnectInfo, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use decode::WireChunkHead;
use footpath_model::id::SessionId;
use footpath_model::privacy::SiteRules;
use footpath_model::replay::{ChunkFlag, ReplayChunk};
use footpath_model::site::Site;
use footpath_store::Kept;
use outcome::{ChunkDropReason, ChunkIntake, ChunkOutcomes};
use scrub::Policy;
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit};
use utoipa::ToSchema;

/// Chunks whose bodies are received at once; each may be held in memory as sent.
const BODIES_AT_ONCE: usize = 48;
/// Chunks that are inflated and scrubbed at once: a page is a tree of some times its size while it is.
const SCRUBBED_AT_ONCE: usize = 2;
/// How long a chunk waits for its turn to be scrubbed.
const SCRUB_WAIT: Duration = Duration::from_secs(5);

/// What the steps work with beside what events need.
pub(crate) struct ReplayIngest {
    /// In KiB as sent.
    rate: ItemRate,
    bodies: Semaphore,
    scrubs: Semaphore,
    /// What became of all chunks.
    pub(crate) outcomes: ChunkOutcomes,
}

impl ReplayIngest {
    pub(super) fn new(kib_per_second: NonZeroU32) -> Self {
        Self {
            rate: ItemRate::new(kib_per_second, WHOLE_CHUNK),
            bodies: Semaphore::new(BODIES_AT_ONCE),
            scrubs: Semaphore::new(SCRUBBED_AT_ONCE),
            outcomes: ChunkOutcomes::default(),
        }
    }
}

const WHOLE_CHUNK: NonZeroU32 =
    NonZeroU32::new((limits::BODY_BYTES / 1024) as u32).expect("a chunk may have bytes");

/// What comes back where a chunk was read and is not kept.
#[derive(Serialize, Deserialize, ToSchema, Debug, Clone, PartialEq, Eq)]
pub struct WireChunkOutcome {
    /// `dropped`.
    pub outcome: String,
    /// Why.
    pub reason: ChunkDropReason,
    /// What exactly.
    pub message: String,
}

/// Why a step ends the way of a chunk.
enum Stop {
    /// It is an error of the request or the server.
    Failed(ChunkDropReason, ApiError),
    /// The chunk was read and is not kept.
    Dropped(ChunkDropReason, &'static str),
}

impl Stop {
    fn refused(error: ApiError) -> Self {
        Self::Failed(ChunkDropReason::Refused, error)
    }
}

/// `POST /i/{site_key}/replay`: takes a chunk of a replay.
#[utoipa::path(
    post, path = "/i/{site_key}/replay", operation_id = "send_replay_chunk", tag = "ingest",
    params(("site_key" = String, Path, description = "The site's public key")),
    request_body(
        content = WireChunkHead, content_type = "text/plain",
        description = "The head as one line of JSON, a line feed, and the records, a line each, as one gzip member"
    ),
    responses(
        (status = 204, description = "The chunk is durable, or was already"),
        (status = 200, body = WireChunkOutcome, description = "The chunk was read and is not kept"),
        (status = 400, body = crate::error::ErrorBody, description = "The chunk cannot be read"),
        (status = 403, body = crate::error::ErrorBody, description = "The site key is unknown"),
        (status = 413, body = crate::error::ErrorBody, description = "Over a limit"),
        (status = 415, body = crate::error::ErrorBody, description = "A content encoding"),
        (status = 429, body = crate::error::ErrorBody, description = "Too much for this key"),
        (status = 503, body = crate::error::ErrorBody, description = "Overloaded: send the same chunk again"),
        (status = 507, body = crate::error::ErrorBody, description = "Disk full: send the same chunk again"),
    )
)]
pub(crate) async fn receive(
    State(ingest): State<Arc<Ingest>>,
    Path(key): Path<String>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, ApiError> {
    let intake = ingest.replay.outcomes.intake();
    match steps(&ingest, &key, peer, &headers, body).await {
        Ok((chunk, records)) => {
            intake.hand_over();
            make_durable(&ingest, chunk, records).await?;
            Ok(StatusCode::NO_CONTENT.into_response())
        }
        Err(Stop::Failed(reason, error)) => {
            intake.drop_it(reason);
            Err(error)
        }
        Err(Stop::Dropped(reason, message)) => {
            intake.drop_it(reason);
            let (outcome, message) = ("dropped".to_owned(), message.to_owned());
            Ok(Json(WireChunkOutcome { outcome, reason, message }).into_response())
        }
    }
}

async fn steps(
    ingest: &Ingest,
    key: &str,
    peer: SocketAddr,
    headers: &HeaderMap,
    body: Body,
) -> Result<(ReplayChunk, String), Stop> {
    let site = drop_unknown(ingest, key)?;
    drop_encoded(headers)?;
    let _room = drop_under_load(ingest)?;
    let body = drop_oversized(body).await.map_err(Stop::refused)?;
    let (head, sent) = decode::head(&body).map_err(Stop::refused)?;
    let rules = ingest.store.metadata().rules(&site.id);
    drop_where_off(&rules)?;
    drop_over_rate(ingest, &site, body.len())?;
    let hint = put_hint(ingest, &site, peer, headers, &head).await?;
    let chunk = put_chunk(&site, hint, &head, sent.len());
    drop_out_of_time(&chunk)?;
    drop_over_session(ingest, &chunk)?;
    scrub_records(ingest, chunk, head, body.slice_ref(sent), &rules).await
}

fn drop_unknown(ingest: &Ingest, key: &str) -> Result<Arc<Site>, Stop> {
    match drop_unknown_key(ingest, key) {
        Ok((site, Age::Recent)) => Ok(site),
        Ok((_, Age::Any)) => Err(Stop::Failed(
            ChunkDropReason::UnknownKey,
            ApiError::new(
                Code::UnknownKey,
                "a replay is sent with the site's public key, not its backfill key",
            ),
        )),
        Err(error) => Err(Stop::Failed(ChunkDropReason::UnknownKey, error)),
    }
}

fn drop_encoded(headers: &HeaderMap) -> Result<(), Stop> {
    match header_text(headers, &header::CONTENT_ENCODING) {
        None | Some("" | "identity") => Ok(()),
        Some(other) => Err(Stop::refused(ApiError::new(
            Code::UnsupportedEncoding,
            format!("content-encoding `{other}`: a chunk has none, since its records are gzip already"),
        ))),
    }
}

/// Replay is what gives way first: where events begin to wait, or too many chunks are under way.
fn drop_under_load(ingest: &Ingest) -> Result<SemaphorePermit<'_>, Stop> {
    let room = ingest.replay.bodies.try_acquire().ok().filter(|_| !ingest.store.is_pressed());
    room.ok_or_else(|| shed("the server is busy with events"))
}

fn shed(why: &str) -> Stop {
    Stop::Failed(ChunkDropReason::Shed, ApiError::new(Code::Overloaded, why))
}

fn drop_where_off(rules: &SiteRules) -> Result<(), Stop> {
    if rules.replay.enabled {
        Ok(())
    } else {
        Err(Stop::Dropped(ChunkDropReason::ReplayOff, "the site does not record replays"))
    }
}

fn drop_over_rate(ingest: &Ingest, site: &Site, bytes: usize) -> Result<(), Stop> {
    let kib = u32::try_from(bytes.div_ceil(1024)).unwrap_or(u32::MAX);
    ingest.replay.rate.take(&site.id, NonZeroU32::new(kib).unwrap_or(NonZeroU32::MIN)).map_err(|too_many| {
        let message =
            format!("too much replay for this site key: room again in {} ms", too_many.retry_after_ms);
        Stop::Failed(ChunkDropReason::RateLimited, ApiError::new(Code::RateLimited, message))
    })
}

/// The hint that the events of the same browser have.
async fn put_hint(
    ingest: &Ingest,
    site: &Site,
    peer: SocketAddr,
    headers: &HeaderMap,
    head: &WireChunkHead,
) -> Result<SessionId, Stop> {
    let sender = put_sender(ingest, peer, headers);
    let from = (sender.address, sender.user_agent);
    let now = crate::clock::now();
    let ids = visitor::put_visitor(&ingest.store, site, now, from, head.visitor_id, head.session.clone());
    match ids.await {
        Ok((_, hint)) => Ok(hint.id),
        Err(error) => Err(Stop::Failed(ChunkDropReason::Unavailable, ApiError::internal(&error))),
    }
}

fn put_chunk(site: &Site, hint: SessionId, head: &WireChunkHead, sent_bytes: usize) -> ReplayChunk {
    let mut flags: Vec<ChunkFlag> = head.flags.iter().map(|flag| flag.flag()).collect();
    flags.sort_unstable();
    flags.dedup();
    ReplayChunk {
        site: site.id.clone(),
        hint,
        tab_id: head.tab_id,
        page_id: head.page_id,
        index: head.index,
        received_at: crate::clock::now(),
        sent_at: footpath_model::time::Timestamp(head.sent_at),
        first_at: footpath_model::time::Timestamp(head.first_at),
        last_at: footpath_model::time::Timestamp(head.last_at),
        keyframe: head.keyframe,
        n_records: head.records,
        bytes: head.bytes,
        sent_bytes: u32::try_from(sent_bytes).unwrap_or(u32::MAX),
        flags,
        styles: head.styles.clone(),
        masks: head.masks,
        trigger: head.trigger,
        cost: head.cost,
    }
}

fn drop_out_of_time(chunk: &ReplayChunk) -> Result<(), Stop> {
    if chunk.is_of_its_time() {
        Ok(())
    } else {
        Err(Stop::Dropped(
            ChunkDropReason::TooOld,
            "first_at, last_at: more than 7 days old, in the future, or the wrong way round",
        ))
    }
}

/// The key is public: whoever has it can send, but no session grows without end.
fn drop_over_session(ingest: &Ingest, chunk: &ReplayChunk) -> Result<(), Stop> {
    let held = ingest.store.live_replay(&chunk.site, chunk.hint);
    let most = if held.has_session { limits::CHUNKS_PER_SESSION } else { limits::CHUNKS_BEFORE_SESSION };
    if held.chunks >= most
        || held.sent_bytes >= limits::REPLAY_BYTES_PER_SESSION
        || held.tabs > limits::TABS_PER_SESSION
    {
        return Err(Stop::Dropped(
            ChunkDropReason::SessionFull,
            "the session has as much replay as is kept of one",
        ));
    }
    Ok(())
}

async fn scrub_records(
    ingest: &Ingest,
    mut chunk: ReplayChunk,
    head: WireChunkHead,
    sent: axum::body::Bytes,
    rules: &SiteRules,
) -> Result<(ReplayChunk, String), Stop> {
    let turn = tokio::time::timeout(SCRUB_WAIT, ingest.replay.scrubs.acquire()).await;
    let Ok(Ok(_turn)) = turn else { return Err(shed("the server is busy with replays")) };
    let policy = Policy {
        inputs: rules.replay.mask_inputs,
        text: rules.replay.mask_all_text && !chunk.masks.text,
        canvas: rules.replay.canvas,
    };
    let scrubbed = tokio::task::spawn_blocking(move || decode::records(&head, &sent, policy)).await;
    let (records, changed) = match scrubbed {
        Ok(records) => records.map_err(Stop::refused)?,
        Err(panicked) => {
            return Err(Stop::Failed(ChunkDropReason::Internal, ApiError::internal(&panicked)));
        }
    };
    chunk.bytes = u32::try_from(records.len()).unwrap_or(u32::MAX);
    if changed {
        chunk.flags.push(ChunkFlag::Scrubbed);
    }
    Ok((chunk, records))
}

/// In a task of its own: a client that hangs up must not leave a chunk without outcome.
async fn make_durable(ingest: &Arc<Ingest>, chunk: ReplayChunk, records: String) -> Result<(), ApiError> {
    let owned = Arc::clone(ingest);
    let appended = tokio::spawn(async move {
        let intake: ChunkIntake<'_> = owned.replay.outcomes.intake();
        match owned.store.append_chunk(chunk, records).await {
            Ok(Kept::New) => intake.accept(),
            Ok(Kept::Already) => intake.is_duplicate(),
            Err(error) => {
                intake.drop_it(match error {
                    footpath_store::AppendError::Overloaded => ChunkDropReason::Shed,
                    footpath_store::AppendError::DiskFull | footpath_store::AppendError::Failed => {
                        ChunkDropReason::Unavailable
                    }
                });
                return Err(error);
            }
        }
        Ok(())
    });
    match appended.await {
        Ok(outcome) => outcome.map_err(super::not_durable),
        Err(panicked) => Err(ApiError::internal(&panicked)),
    }
}
