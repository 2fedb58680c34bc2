//! How events arrive and are kept in the journal: one tab's events with their context.

use crate::context::Context;
use crate::event::Event;
use crate::id::{SessionId, SiteId, TabId, VisitorId};
use crate::session::BoundaryReason;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// One accepted batch: validated, enriched, scrubbed. This is the journal's record, so it is pinned by a golden file
/// and new fields have defaults.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Batch {
    /// Whose it is.
    pub site: SiteId,
    /// The server's clock when it arrived.
    pub received_at: Timestamp,
    /// The client's clock when it was sent.
    pub sent_at: Timestamp,
    /// Whether it is history, whose events may be of any age: it came with the site's backfill key.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub backfill: bool,
    /// The person-device.
    pub visitor_id: VisitorId,
    /// The client's idea of the session.
    pub hint: SessionHint,
    /// The tab all events are of.
    pub tab_id: TabId,
    /// What holds for all of them.
    pub context: Context,
    /// In `seq` order.
    pub events: Vec<Event>,
}

/// The client's idea of which session its events belong to. The server referees: see [`crate::sessionize`].
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct SessionHint {
    /// Id that the client minted.
    pub id: SessionId,
    /// Why the client started a session.
    pub start_reason: BoundaryReason,
    /// The visitor's session before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_id: Option<SessionId>,
}
