//! The session: one row that answers what a list, a search or a metric asks of a visit.

use crate::acquisition::Acquisition;
use crate::context::{BotReason, Device, Place, User};
use crate::event::{PageView, Route};
use crate::id::{SessionId, SiteId, VisitorId};
use crate::replay::ReplayTally;
use crate::site::SessionRules;
use crate::time::{SECOND, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Why one session ended and the next began.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BoundaryReason {
    /// The visitor was never seen before (only as a start).
    FirstVisit,
    /// No activity for longer than the site's timeout.
    Idle,
    /// The session would have spanned more than 24 hours.
    Cap,
    /// Another known user took over.
    UserSwitch,
    /// The user logged out.
    Logout,
    /// Consent was given or withdrawn.
    Consent,
    /// The site asked for it.
    Api,
}

/// Whether a session can still grow in the ordinary way.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SessionStatus {
    /// The last activity is not longer ago than the timeout.
    Live,
    /// It is over; late data may still amend it.
    Settled,
}

/// One session, as folded from all of its events that are known.
#[derive(Clone, PartialEq, Debug)]
pub struct Session {
    /// Whose it is.
    pub site: SiteId,
    /// Its id.
    pub id: SessionId,
    /// The person-device.
    pub visitor_id: VisitorId,
    /// The person, where known at any time in the session.
    pub user: Option<User>,
    /// First activity (first event where there was no activity), corrected time.
    pub start: Timestamp,
    /// Last activity.
    pub end: Timestamp,
    /// Why it began.
    pub start_reason: BoundaryReason,
    /// Why it ended, where something ended it before the timeout did.
    pub closed_by: Option<BoundaryReason>,
    /// The visitor's session before this one.
    pub previous_id: Option<SessionId>,
    /// Visible time with interaction gaps of at most 30 s, milliseconds.
    pub active_ms: i64,
    /// What was counted.
    pub counts: Counts,
    /// First page view.
    pub entry: Option<Page>,
    /// Last page view.
    pub exit: Option<Page>,
    /// What brought the visitor to the entry page.
    pub acquisition: Acquisition,
    /// `loadEventEnd` of the first full page load, milliseconds.
    pub load_ms: Option<u32>,
    /// Of the first event's batch.
    pub device: Device,
    /// Of the first event's batch.
    pub place: Place,
    /// BCP 47.
    pub language: Option<String>,
    /// Width and height of the screen, CSS px.
    pub screen: Option<[u32; 2]>,
    /// Version of the site's own code at the first event.
    pub release: Option<String>,
    /// Why it is thought to be no person's.
    pub bot: Option<BotReason>,
    /// What was done to the client's times, milliseconds: the first tab's correction.
    pub clock_skew_ms: i64,
    /// How many events had times in the future and were clamped.
    pub n_clamped: u32,
    /// What there is of its replay.
    pub replay: ReplayTally,
}

/// What a session's events add up to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct Counts {
    /// All events.
    pub events: u32,
    /// Page views.
    pub page_views: u32,
    /// Clicks.
    pub clicks: u32,
    /// Form submissions.
    pub submits: u32,
    /// Clicks, submissions and inputs; scrolling is not counted.
    pub interactions: u32,
    /// HTTP calls.
    pub requests: u32,
    /// HTTP calls without a response, or with a status of 400 and over.
    pub failed_requests: u32,
    /// Errors.
    pub errors: u32,
    /// Rage clicks.
    pub rage_clicks: u32,
    /// Dead clicks.
    pub dead_clicks: u32,
    /// Clicks followed by an error.
    pub error_clicks: u32,
    /// Custom events.
    pub custom: u32,
    /// Tabs that sent an event.
    pub tabs: u32,
}

/// A page as it was viewed.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Page {
    /// Path below the site's base path, without query.
    pub path: String,
    /// The path with ids replaced: `/products/:id`.
    pub route: String,
    /// Title of the document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
}

impl Page {
    /// The page of a view; where ingest found no route, the URL stands for it.
    pub fn of(view: &PageView, route: Option<&Route>) -> Self {
        let (path, route) = match route {
            Some(route) => (route.path.to_string(), route.template.to_string()),
            None => (view.url.clone(), view.url.clone()),
        };
        Self { path, route, title: view.title.clone() }
    }
}

impl Session {
    /// Under this much active time a session can be a bounce, milliseconds.
    pub const BOUNCE_ACTIVE_MS: i64 = 10 * SECOND;

    /// Last activity − first activity, milliseconds.
    pub fn duration_ms(&self) -> i64 {
        self.end.since(self.start)
    }

    /// Live or settled at `now`.
    pub fn status(&self, now: Timestamp, rules: SessionRules) -> SessionStatus {
        if self.closed_by.is_none() && now.since(self.end) <= rules.timeout_ms {
            SessionStatus::Live
        } else {
            SessionStatus::Settled
        }
    }

    /// Why it ended, as known at `now`; nothing while it is live.
    pub fn end_reason(&self, now: Timestamp, rules: SessionRules) -> Option<BoundaryReason> {
        match self.status(now, rules) {
            SessionStatus::Live => None,
            SessionStatus::Settled => Some(self.closed_by.unwrap_or(BoundaryReason::Idle)),
        }
    }

    /// Exactly one page view, no interaction but scrolling, and under 10 s of active time. Not defined for live
    /// sessions: ask [`Session::status`] first.
    pub fn is_bounce(&self) -> bool {
        self.counts.page_views == 1
            && self.counts.interactions == 0
            && self.active_ms < Self::BOUNCE_ACTIVE_MS
    }
}
