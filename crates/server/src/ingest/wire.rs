//! The wire format, version 1, as it arrives: `docs/wire.md` is its prose, `tests/golden/wire` pins it.
//!
//! Nothing past [`super::decode`] knows these types, so that another client's format can be decoded beside it.

use super::enrich::agent::WireHints;
use footpath_model::context::User;
use footpath_model::event::{EventKind, Props};
use footpath_model::id::{SessionId, TabId, VisitorId};
use footpath_model::session::BoundaryReason;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// The version of the wire format that is read here.
pub const VERSION: u32 = 1;

/// What a client sends: events of one tab with their context.
#[derive(Deserialize, Serialize, ToSchema, Debug, Clone)]
pub struct WireBatch {
    /// Version of the format: 1.
    pub v: u32,
    /// The client's clock when this request is made, Unix ms.
    pub sent_at: i64,
    /// The client's session; absent in cookieless mode.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<WireSession>,
    /// The person-device; absent in cookieless mode.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Uuid)]
    pub visitor_id: Option<VisitorId>,
    /// The tab that all events are of.
    #[schema(value_type = String, format = Uuid)]
    pub tab_id: TabId,
    /// What holds for all events.
    #[serde(default)]
    pub context: WireContext,
    /// In `seq` order.
    pub events: Vec<WireEvent>,
}

/// [`WireBatch`] with its events still undecoded, so that a bad one does not sink the others.
#[derive(Deserialize, Debug)]
pub(super) struct WireEnvelope<'a> {
    pub v: u32,
    pub sent_at: i64,
    #[serde(default)]
    pub session: Option<WireSession>,
    #[serde(default)]
    pub visitor_id: Option<VisitorId>,
    pub tab_id: TabId,
    #[serde(default)]
    pub context: WireContext,
    #[serde(borrow)]
    pub events: Vec<&'a RawValue>,
}

/// The client's idea of the session.
#[derive(Deserialize, Serialize, ToSchema, Debug, Clone)]
pub struct WireSession {
    /// UUIDv7.
    #[schema(value_type = String, format = Uuid)]
    pub id: SessionId,
    /// Why it was started.
    pub start_reason: BoundaryReason,
    /// The visitor's session before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Uuid)]
    pub previous_id: Option<SessionId>,
}

/// What holds for all events of a batch.
#[derive(Deserialize, Serialize, ToSchema, Debug, Default, Clone)]
pub struct WireContext {
    /// The user identified by the site.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<User>,
    /// `navigator.language`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// IANA name of the browser's time zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// Width and height, CSS px.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub screen: Option<[u32; 2]>,
    /// Width and height, CSS px.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub viewport: Option<[u32; 2]>,
    /// `navigator.connection.effectiveType`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection: Option<String>,
    /// Version of the site's own code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release: Option<String>,
    /// Deployment of the site's own code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// User agent client hints.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hints: Option<WireHints>,
    /// `navigator.webdriver`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub automated: bool,
    /// Who wrote this batch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sdk: Option<WireSdk>,
    /// Set by the site.
    #[serde(default, skip_serializing_if = "Props::is_empty")]
    pub props: Props,
}

/// Who wrote a batch.
#[derive(Deserialize, Serialize, ToSchema, Debug, Clone)]
pub struct WireSdk {
    /// Such as `footpath-js`.
    pub name: String,
    /// Such as `0.1.0`.
    pub version: String,
}

/// One event.
#[derive(Deserialize, Serialize, ToSchema, Debug, Clone)]
pub struct WireEvent {
    /// Counts up by one per tab.
    pub seq: u32,
    /// The client's clock, Unix ms.
    pub at: i64,
    /// What happened.
    pub kind: EventKind,
}

/// What comes back where some events were dropped.
#[derive(Serialize, Deserialize, ToSchema, Debug, Clone, PartialEq, Eq)]
pub struct WireOutcomes {
    /// Events that are durable.
    pub accepted: u32,
    /// Events that are not, and must not be sent again.
    pub dropped: Vec<WireDropped>,
}

/// One event that was dropped.
#[derive(Serialize, Deserialize, ToSchema, Debug, Clone, PartialEq, Eq)]
pub struct WireDropped {
    /// Its `seq`, where that could be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<u32>,
    /// Its place in the batch, from 0.
    pub index: u32,
    /// Why.
    pub reason: super::outcome::DropReason,
    /// What exactly.
    pub message: String,
}
