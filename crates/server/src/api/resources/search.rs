//! What searching answers, as the API tells it.

use super::ResolvedRange;
use footpath_analyze::ErrorGroup;
use footpath_model::event::Props;
use footpath_model::search::EventName;
use footpath_model::time::Timestamp;
use footpath_store::SavedFilter;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A search as it is understood.
#[derive(Serialize, ToSchema)]
pub(crate) struct ParsedSearch {
    /// Its canonical text: the same for every way of writing it.
    pub q: String,
    /// What must all hold. Their texts, joined by spaces, are a search that means the same.
    pub chips: Vec<SearchChip>,
}

/// A part of a search.
#[derive(Serialize, ToSchema)]
pub(crate) struct SearchChip {
    /// Its canonical text.
    pub text: String,
    /// Whether it only takes sessions away.
    pub negated: bool,
}

/// What can be written at a place in a search.
#[derive(Serialize, ToSchema)]
pub(crate) struct Completions {
    /// First character that a choice takes the place of, counted in Unicode characters.
    pub start: usize,
    /// First character after it.
    pub end: usize,
    /// The likeliest first.
    pub items: Vec<CompletionItem>,
}

/// Something that can be written.
#[derive(Serialize, ToSchema)]
pub(crate) struct CompletionItem {
    /// What it is.
    pub kind: CompletionKind,
    /// What to put there; of a field with its colon.
    pub text: String,
    /// What it means; empty where the word says it.
    pub doc: String,
    /// Sessions of the range that have this value; nothing where that is not counted.
    pub sessions: Option<u64>,
}

impl CompletionItem {
    pub(crate) fn field(text: String, doc: &str, sessions: Option<u64>) -> Self {
        Self { kind: CompletionKind::Field, text, doc: doc.to_owned(), sessions }
    }

    pub(crate) fn value(text: String, doc: &str, sessions: Option<u64>) -> Self {
        Self { kind: CompletionKind::Value, text, doc: doc.to_owned(), sessions }
    }
}

/// What can be chosen.
#[derive(Serialize, ToSchema, Clone, Copy, PartialEq, Eq, Debug)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CompletionKind {
    /// A name of a field.
    Field,
    /// A value of the field before it.
    Value,
}

/// What each part of a search does to its result.
#[derive(Serialize, ToSchema)]
pub(crate) struct SearchExplanation {
    /// Sessions that the whole search finds.
    pub total: u64,
    /// Its parts, in the order in which they are written.
    pub clauses: Vec<ExplainedClause>,
}

/// What one part of a search does to its result.
#[derive(Serialize, ToSchema)]
pub(crate) struct ExplainedClause {
    /// Its canonical text.
    pub text: String,
    /// Whether it only takes sessions away.
    pub negated: bool,
    /// Sessions that it alone finds.
    pub sessions: u64,
    /// Sessions that the search would find without it.
    pub without: u64,
}

/// Why a search finds a session.
#[derive(Serialize, ToSchema)]
pub(crate) struct SessionExplanation {
    /// Whether it does.
    pub matched: bool,
    /// The parts of the search, in the order in which they are written.
    pub clauses: Vec<MatchedClause>,
}

/// What one part of a search says of a session.
#[derive(Serialize, ToSchema)]
pub(crate) struct MatchedClause {
    /// Its canonical text, without a NOT before it.
    pub text: String,
    /// Whether it stands under a NOT.
    pub negated: bool,
    /// Whether what it says is so, whatever a NOT makes of that.
    pub matched: bool,
    /// The first events that it is so for; none where it is about the session as a whole.
    pub events: Vec<TimelineMark>,
}

/// An event of a session's timeline.
#[derive(Serialize, ToSchema)]
pub(crate) struct TimelineMark {
    /// Its tab.
    #[schema(value_type = String, format = Uuid)]
    tab_id: uuid::Uuid,
    /// Its number in the tab.
    seq: u32,
    /// Corrected time, Unix ms.
    #[schema(value_type = i64)]
    at: Timestamp,
    /// As the timeline tells it.
    line: String,
}

impl TimelineMark {
    pub(crate) fn of(name: EventName, line: String) -> Self {
        Self { tab_id: name.tab_id.0, seq: name.seq, at: name.at, line }
    }
}

/// Sessions over time.
#[derive(Serialize, ToSchema)]
pub(crate) struct SessionHistogram {
    /// The range as it was understood.
    pub range: ResolvedRange,
    /// One after the other, without gaps; the first and the last may reach beyond the range, and count what is in it.
    pub buckets: Vec<HistogramBucket>,
}

/// Sessions that started within a while.
#[derive(Serialize, ToSchema)]
pub(crate) struct HistogramBucket {
    /// Included, Unix ms.
    #[schema(value_type = i64)]
    pub from: Timestamp,
    /// Excluded, Unix ms.
    #[schema(value_type = i64)]
    pub to: Timestamp,
    /// Sessions.
    pub sessions: u64,
    /// Of these, sessions with at least one error.
    pub with_errors: u64,
}

/// A search to be saved.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FilterBody {
    /// Its name, unique in its site: 1 to 80 characters.
    pub name: String,
    /// The search; its canonical text is what is kept.
    pub q: String,
}

/// A saved filter.
#[derive(Serialize, ToSchema)]
#[schema(as = SavedFilter)]
pub(crate) struct FilterResource {
    /// Its id.
    id: String,
    /// Its name, unique in its site.
    name: String,
    /// The search, in its canonical text.
    q: String,
    /// When it was made or changed, Unix ms.
    #[schema(value_type = i64)]
    updated_at: Timestamp,
}

impl From<SavedFilter> for FilterResource {
    fn from(filter: SavedFilter) -> Self {
        Self { id: filter.id.to_string(), name: filter.name, q: filter.search, updated_at: filter.updated_at }
    }
}

/// The saved filters of a site.
#[derive(Serialize, ToSchema)]
pub(crate) struct FilterList {
    /// By name.
    pub filters: Vec<FilterResource>,
}

/// The groups of errors of a range.
#[derive(Serialize, ToSchema)]
pub(crate) struct ErrorGroupList {
    /// In the order asked for.
    pub groups: Vec<ErrorGroupResource>,
    /// How many there are in all.
    pub total_groups: usize,
    /// The range as it was understood.
    pub range: ResolvedRange,
}

/// Errors that are alike in type, message and frame.
#[derive(Serialize, ToSchema)]
#[schema(as = ErrorGroup)]
pub(crate) struct ErrorGroupResource {
    /// Its short stable name: `error.group:` finds its sessions.
    id: String,
    /// Type of the errors.
    name: String,
    /// Their message, with `*` for numbers, ids and quoted values.
    message: String,
    /// Topmost frame of the site's own code, where a stack tells.
    frame: Option<String>,
    /// Errors.
    events: u64,
    /// Sessions with at least one of them.
    sessions: u64,
    /// People who met one: users, and visitors where nobody is known.
    users: u64,
    /// The first of the range, Unix ms.
    #[schema(value_type = i64)]
    first_seen: Timestamp,
    /// The last of the range, Unix ms.
    #[schema(value_type = i64)]
    last_seen: Timestamp,
    /// Releases in which they were; by sessions, the most first.
    releases: Vec<String>,
    /// Sessions over the range, in some equal parts of it.
    trend: Vec<u64>,
}

impl From<ErrorGroup> for ErrorGroupResource {
    fn from(group: ErrorGroup) -> Self {
        Self {
            id: group.group,
            name: group.name,
            message: group.message,
            frame: group.frame,
            events: group.events,
            sessions: group.sessions,
            users: group.people,
            first_seen: group.first,
            last_seen: group.last,
            releases: group.releases.into_iter().map(|(release, _)| release).collect(),
            trend: group.trend,
        }
    }
}

/// A user, from all sessions.
#[derive(Serialize, ToSchema)]
pub(crate) struct UserSummary {
    /// The site's id of the user.
    pub user_id: String,
    /// The trait `email`, as last known.
    pub email: Option<String>,
    /// As last known.
    pub traits: Props,
    /// Start of the first session, Unix ms.
    #[schema(value_type = i64)]
    pub first_seen: Timestamp,
    /// Last activity, Unix ms.
    #[schema(value_type = i64)]
    pub last_seen: Timestamp,
    /// Sessions.
    pub sessions: u64,
    /// Of these, sessions with at least one error.
    pub with_errors: u64,
    /// Errors, in the newest 10,000 sessions, as all that follows.
    pub errors: i64,
    /// Page views.
    pub page_views: i64,
    /// Sum of the sessions' durations, ms.
    pub duration_ms: i64,
    /// Devices, the most frequent first.
    pub devices: Vec<CountedLabel>,
    /// Places, the most frequent first.
    pub places: Vec<CountedLabel>,
}

/// A label with how many sessions have it.
#[derive(Serialize, ToSchema)]
pub(crate) struct CountedLabel {
    /// As it is shown.
    pub label: String,
    /// Sessions.
    pub sessions: u64,
}
