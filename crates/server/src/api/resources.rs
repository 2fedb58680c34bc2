//! What is answered: the rows of the model as the API tells them.

mod keeping;
mod privacy;
mod replay;
pub(crate) mod reports;
mod search;
mod source_maps;

pub(crate) use keeping::{
    DeletionList, DeletionResource, Erasure, PinList, Receipt, RetentionResource, RetentionRun,
    StorageResource,
};
pub(crate) use privacy::{AuditList, AuditResource};
pub(crate) use replay::{ReplayManifest, StyleResource};
pub(crate) use search::{
    CompletionItem, Completions, CountedLabel, ErrorGroupList, ErrorGroupResource, ExplainedClause,
    FilterBody, FilterList, FilterResource, HistogramBucket, MatchedClause, ParsedSearch, SearchChip,
    SearchExplanation, SessionExplanation, SessionHistogram, TimelineMark, UserSummary,
};
pub(crate) use source_maps::{SourceMapList, SourceMapResource, SourceMapsDeleted};

use crate::source_maps::StackFrame;
use footpath_model::acquisition::Acquisition;
use footpath_model::context::{BotReason, Device, Place, User};
use footpath_model::event::EventKind;
use footpath_model::replay::ReplayTally;
use footpath_model::session::{BoundaryReason, Counts, Page, Session, SessionStatus};
use footpath_model::site::{SessionRules, Site};
use footpath_model::steps::StepName;
use footpath_model::time::{MINUTE, Timestamp};
use footpath_model::timeline::{self, Category, Row, SESSION_ENDED, SESSION_STARTED};
use serde::Serialize;
use std::collections::BTreeMap;
use std::ops::Range;
use utoipa::ToSchema;

/// A site.
#[derive(Serialize, ToSchema)]
#[schema(as = Site)]
pub(crate) struct SiteResource {
    /// Short name, in paths.
    id: String,
    /// Name shown to people.
    name: String,
    /// Public key, for pages.
    key: String,
    /// IANA name.
    time_zone: String,
    /// Path below which the site lives.
    base_path: String,
    /// Minutes without activity that end a session.
    session_timeout_minutes: i64,
}

impl From<&Site> for SiteResource {
    fn from(site: &Site) -> Self {
        Self {
            id: site.id.0.clone(),
            name: site.name.clone(),
            key: site.key.clone(),
            time_zone: site.time_zone.clone(),
            base_path: site.base_path.clone(),
            session_timeout_minutes: site.session_rules.timeout_ms / MINUTE,
        }
    }
}

/// The sites of this server.
#[derive(Serialize, ToSchema)]
pub(crate) struct SiteList {
    pub sites: Vec<SiteResource>,
}

/// One session.
#[derive(Serialize, ToSchema)]
#[schema(as = Session)]
pub(crate) struct SessionResource {
    /// Its id.
    #[schema(value_type = String, format = Uuid)]
    id: uuid::Uuid,
    /// The site it is of.
    site: String,
    /// The person-device.
    #[schema(value_type = String, format = Uuid)]
    visitor_id: uuid::Uuid,
    /// The person, where known at any time in the session.
    user: Option<User>,
    /// Live or settled.
    status: SessionStatus,
    /// First activity, Unix ms.
    #[schema(value_type = i64)]
    start: Timestamp,
    /// Last activity, Unix ms.
    #[schema(value_type = i64)]
    end: Timestamp,
    /// `end - start`.
    duration_ms: i64,
    /// Visible time with interaction gaps of at most 30 s.
    active_ms: i64,
    /// Why it began.
    start_reason: BoundaryReason,
    /// Why it ended; nothing while it is live.
    end_reason: Option<BoundaryReason>,
    /// The visitor's session before.
    #[schema(value_type = Option<String>, format = Uuid)]
    previous_id: Option<uuid::Uuid>,
    /// One page view, no interaction but scrolling, under 10 s of active time; nothing while it is live.
    is_bounce: Option<bool>,
    /// What its events add up to.
    counts: Counts,
    /// First page view.
    entry: Option<Page>,
    /// Last page view.
    exit: Option<Page>,
    /// What brought the visitor.
    acquisition: Acquisition,
    /// `loadEventEnd` of the first full page load.
    load_ms: Option<u32>,
    /// What the visitor used.
    device: DeviceResource,
    /// Where the visitor was.
    place: PlaceResource,
    /// BCP 47.
    language: Option<String>,
    /// Width and height of the screen, CSS px.
    screen: Option<[u32; 2]>,
    /// Version of the site's own code.
    release: Option<String>,
    /// Why it is thought to be no person's.
    bot: Option<BotReason>,
    /// What was added to the client's times.
    clock_skew_ms: i64,
    /// Events whose times lay in the future.
    n_clamped: u32,
    /// What there is of its replay.
    replay: ReplayTally,
}

/// What the visitor used.
#[derive(Serialize, ToSchema)]
#[schema(as = SessionDevice)]
pub(crate) struct DeviceResource {
    #[serde(flatten)]
    device: Device,
    /// Such as `Desktop / Chrome 120 / Windows 10`.
    label: String,
}

/// Where the visitor was.
#[derive(Serialize, ToSchema)]
#[schema(as = SessionPlace)]
pub(crate) struct PlaceResource {
    #[serde(flatten)]
    place: Place,
    /// Such as `San Francisco, US`; empty where nothing is known.
    label: String,
}

impl SessionResource {
    pub(crate) fn of(session: Session, rules: SessionRules, now: Timestamp) -> Self {
        let status = session.status(now, rules);
        Self {
            id: session.id.0,
            site: session.site.0.clone(),
            visitor_id: session.visitor_id.0,
            status,
            start: session.start,
            end: session.end,
            duration_ms: session.duration_ms(),
            active_ms: session.active_ms,
            start_reason: session.start_reason,
            end_reason: session.end_reason(now, rules),
            previous_id: session.previous_id.map(|id| id.0),
            is_bounce: (status == SessionStatus::Settled).then(|| session.is_bounce()),
            counts: session.counts,
            user: session.user,
            entry: session.entry,
            exit: session.exit,
            acquisition: session.acquisition,
            load_ms: session.load_ms,
            device: DeviceResource { label: session.device.to_string(), device: session.device },
            place: PlaceResource { label: session.place.to_string(), place: session.place },
            language: session.language,
            screen: session.screen,
            release: session.release,
            bot: session.bot,
            clock_skew_ms: session.clock_skew_ms,
            n_clamped: session.n_clamped,
            replay: session.replay,
        }
    }
}

/// A page of sessions.
#[derive(Serialize, ToSchema)]
pub(crate) struct SessionPage {
    /// In the order asked for: newest start first where none was.
    pub sessions: Vec<SessionResource>,
    /// Sessions that the search finds in the whole range.
    pub total: u64,
    /// Of these, sessions with at least one error.
    pub with_errors: u64,
    /// The range as it was understood.
    pub range: ResolvedRange,
    /// The search in its canonical text; empty for none.
    pub q: String,
    /// What narrows the list; nothing where nothing does.
    pub selection: Option<SelectionResource>,
    /// For each session what decided its ending, where the selection is of one; else empty.
    pub evidence: Vec<Option<EvidenceResource>>,
    /// For the next page; nothing on the last.
    pub next_cursor: Option<String>,
}

/// A range as it was understood.
#[derive(Serialize, ToSchema, Clone)]
pub(crate) struct ResolvedRange {
    /// Included, Unix ms.
    #[schema(value_type = i64)]
    pub from: Timestamp,
    /// Excluded, Unix ms.
    #[schema(value_type = i64)]
    pub to: Timestamp,
    /// Where the site's days begin and end.
    pub time_zone: String,
}

impl ResolvedRange {
    /// The range alone.
    pub(crate) fn as_range(&self) -> Range<Timestamp> {
        self.from..self.to
    }
}

/// Which of the sessions are listed.
#[derive(Serialize, ToSchema)]
pub(crate) struct SelectionResource {
    /// In words: `Sessions that ended at /checkout: Abandoned at payment`.
    pub text: String,
}

/// What decided a session's ending.
#[derive(Serialize, ToSchema)]
#[schema(as = EndingEvidence)]
pub(crate) struct EvidenceResource {
    /// Unix ms.
    #[schema(value_type = i64)]
    pub at: Timestamp,
    /// From the session's start.
    pub offset_ms: i64,
    /// Name of the rule.
    pub rule: String,
    /// What happened.
    pub step: StepName,
}

/// A page of a session's timeline.
#[derive(Serialize, ToSchema)]
pub(crate) struct TimelinePage {
    /// Oldest first.
    pub rows: Vec<TimelineRow>,
    /// Events of the whole session by category.
    pub by_category: BTreeMap<&'static str, usize>,
    /// For the next page; nothing on the last.
    pub next_cursor: Option<String>,
}

/// The session's start, one event, or its end.
#[derive(Serialize, ToSchema, Clone)]
pub(crate) struct TimelineRow {
    /// Corrected time, Unix ms.
    #[schema(value_type = i64)]
    pub at: Timestamp,
    /// What is shown.
    pub line: String,
    /// What it is filtered by.
    pub category: RowCategory,
    /// The event; nothing for the session's start and end.
    pub event: Option<EventResource>,
}

/// Category of a row.
#[derive(Serialize, ToSchema, Clone, Copy)]
#[serde(untagged)]
pub(crate) enum RowCategory {
    /// Of an event.
    Event(Category),
    /// Of the session's start and end.
    Session(SessionCategory),
}

/// The category of the session's start and end.
#[derive(Serialize, ToSchema, Clone, Copy)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SessionCategory {
    Session,
}

/// One event.
#[derive(Serialize, ToSchema, Clone)]
#[schema(as = Event)]
pub(crate) struct EventResource {
    /// The tab it happened in.
    #[schema(value_type = String, format = Uuid)]
    tab_id: uuid::Uuid,
    /// With the tab, its name.
    seq: u32,
    /// The client's clock, Unix ms.
    #[schema(value_type = i64)]
    client_at: Timestamp,
    /// Whether its time lay in the future and was clamped.
    clamped: bool,
    /// What happened.
    kind: EventKind,
    /// Of a page view or a request: where it went, without query.
    path: Option<String>,
    /// The same with ids replaced.
    route: Option<String>,
}

impl TimelineRow {
    pub(crate) fn of(row: Row<'_>) -> Self {
        let placed = match row {
            Row::Started(at) => return Self::boundary(at, SESSION_STARTED),
            Row::Ended(at) => return Self::boundary(at, SESSION_ENDED),
            Row::Event(placed) => placed,
        };
        let event = placed.event();
        Self {
            at: placed.at,
            line: timeline::line(event),
            category: RowCategory::Event(Category::of(&event.kind)),
            event: Some(EventResource {
                tab_id: placed.tab_id.0,
                seq: event.seq,
                client_at: event.at,
                clamped: placed.clamped,
                kind: event.kind.clone(),
                path: event.route.as_ref().map(|route| route.path.to_string()),
                route: event.route.as_ref().map(|route| route.template.to_string()),
            }),
        }
    }

    fn boundary(at: Timestamp, line: &str) -> Self {
        let category = RowCategory::Session(SessionCategory::Session);
        Self { at, line: line.to_owned(), category, event: None }
    }
}

/// The errors of a session.
#[derive(Serialize, ToSchema)]
pub(crate) struct ErrorList {
    /// In order of time.
    pub errors: Vec<ErrorInContext>,
}

/// An error with what was going on around it.
#[derive(Serialize, ToSchema)]
pub(crate) struct ErrorInContext {
    /// The error itself.
    pub error: TimelineRow,
    /// Id of its group, as the error groups of the site have it: `error.group:` finds its sessions.
    pub group: String,
    /// Its stack, call by call, the innermost first; as the code was written where there is a source map. Empty where the
    /// browser gave none.
    pub frames: Vec<StackFrame>,
    /// The last five events before it.
    pub before: Vec<TimelineRow>,
    /// What the user was doing: the last click, input, submission or page view of that tab.
    pub action: Option<TimelineRow>,
    /// Requests in flight, or failed within the 5 s before.
    pub requests: Vec<TimelineRow>,
    /// The next five events.
    pub after: Vec<TimelineRow>,
    /// How the session went on and ended, in a sentence.
    pub ending: String,
}
