//! A session as a row of `sessions`, and back.
//!
//! Written row by row into builders, in the order of the schema, so that a column that was forgotten does not compile
//! into a file (the batch's construction checks their number and types).

use super::columns::{ColumnsWriter, RowReader};
use super::names::{name_of, value_of};
use super::schema::TableKind;
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;
use footpath_model::acquisition::{Acquisition, Utm};
use footpath_model::columns::SessionColumn as C;
use footpath_model::context::{Device, Place, User, Versioned};
use footpath_model::errors::{self, GroupedError};
use footpath_model::event::RequestFailure;
use footpath_model::id::{SessionId, SiteId, VisitorId};
use footpath_model::loads::{self, Heavy, Loaded};
use footpath_model::places::{self, Places, Prop};
use footpath_model::replay::ReplayTally;
use footpath_model::session::{Counts, Page, Session};
use footpath_model::sessionize::PlacedEvent;
use footpath_model::steps::{self, Call, Step, View};
use footpath_model::time::Timestamp;
use std::cell::OnceCell;

/// A session with all that its row says; what is derived from its events is derived once, and only where asked for.
pub(crate) struct SessionRow<'a> {
    session: &'a Session,
    hint: SessionId,
    events: &'a [PlacedEvent],
    steps: OnceCell<Vec<Step<'a>>>,
    views: OnceCell<Vec<View>>,
    calls: OnceCell<Vec<Call>>,
    errors: OnceCell<Vec<GroupedError>>,
    places: OnceCell<Places>,
    traits: OnceCell<Vec<(&'a str, String)>>,
    props: OnceCell<Vec<Prop<'a>>>,
    loads: OnceCell<(Vec<Loaded>, Vec<Heavy>)>,
}

impl<'a> SessionRow<'a> {
    pub(crate) fn new(session: &'a Session, hint: SessionId, events: &'a [PlacedEvent]) -> Self {
        Self {
            session,
            hint,
            events,
            steps: OnceCell::new(),
            views: OnceCell::new(),
            calls: OnceCell::new(),
            errors: OnceCell::new(),
            places: OnceCell::new(),
            traits: OnceCell::new(),
            props: OnceCell::new(),
            loads: OnceCell::new(),
        }
    }

    fn steps(&self) -> &[Step<'a>] {
        self.steps.get_or_init(|| steps::steps(self.events))
    }

    fn views(&self) -> &[View] {
        self.views.get_or_init(|| steps::views(self.events))
    }

    fn calls(&self) -> &[Call] {
        self.calls.get_or_init(|| steps::calls(self.events))
    }

    fn errors(&self) -> &[GroupedError] {
        self.errors.get_or_init(|| errors::errors(self.events))
    }

    fn places(&self) -> &Places {
        self.places.get_or_init(|| places::places(self.events))
    }

    fn traits(&self) -> &[(&'a str, String)] {
        let traits = || self.session.user.iter().flat_map(|user| &user.traits.0);
        self.traits.get_or_init(|| traits().map(|(key, value)| (key.as_str(), value.to_string())).collect())
    }

    fn props(&self) -> &[Prop<'a>] {
        self.props.get_or_init(|| places::props(self.events))
    }

    fn connection(&self) -> Option<String> {
        self.events.first().and_then(|first| first.context().connection.clone())
    }

    fn loaded(&self) -> &[Loaded] {
        &self.loads.get_or_init(|| loads::loads(self.events)).0
    }

    fn heavy(&self) -> &[Heavy] {
        &self.loads.get_or_init(|| loads::loads(self.events)).1
    }

    /// Milliseconds from the session's start.
    fn offset(&self, at: Timestamp) -> Option<i64> {
        Some(at.since(self.session.start))
    }
}

/// The rows as columns of `wanted`, in its order; partitions are not among them.
pub(crate) fn encode(rows: &[SessionRow<'_>], wanted: &[C]) -> Result<RecordBatch, ArrowError> {
    let schema = TableKind::Sessions.file_schema();
    let indices: Vec<usize> =
        wanted.iter().map(|column| schema.index_of(column.name())).collect::<Result<_, _>>()?;
    let schema = schema.project(&indices)?;
    let mut writer = ColumnsWriter::new(&schema, rows.len());
    for (place, column) in wanted.iter().enumerate() {
        write_column(&mut writer, place, *column, rows);
    }
    writer.finish()
}

fn write_column(writer: &mut ColumnsWriter, place: usize, column: C, rows: &[SessionRow<'_>]) {
    /// A value of each row, from one of its lists; the writer's method says its type.
    macro_rules! list {
        ($method:ident, $list:ident, |$row:ident, $item:ident| $value:expr) => {
            writer.$method(place, rows.iter().map(|$row| $row.$list().iter().map(move |$item| $value)))
        };
    }
    /// A value of each session.
    macro_rules! of {
        ($method:ident, |$session:ident| $value:expr) => {
            writer.$method(
                place,
                rows.iter().map(|row| {
                    let $session = row.session;
                    $value
                }),
            )
        };
    }
    /// Places of each row.
    macro_rules! places {
        ($of:ident, |$place:ident| $value:expr) => {
            writer.ints(place, rows.iter().map(|row| row.places().$of.iter().map(|$place| $value)))
        };
    }
    // The writer makes of a number that is too great the greatest that fits.
    let bytes = |n: u64| Some(i64::try_from(n).unwrap_or(i64::MAX));
    match column {
        C::Site | C::Day => {}
        C::Id => of!(text, |s| Some(s.id.to_string())),
        C::Hint => writer.text(place, rows.iter().map(|row| Some(row.hint.to_string()))),
        C::Visitor => of!(text, |s| Some(s.visitor_id.to_string())),
        C::User => of!(text, |s| s.user.as_ref().map(|user| user.id.clone())),
        C::Email => of!(text, |s| s.user.as_ref().and_then(|user| user.email()).map(str::to_owned)),
        C::Traits => of!(text, |s| traits(s)),
        C::TraitKey => list!(words, traits, |_row, of| Some(of.0)),
        C::TraitValue => list!(words, traits, |_row, of| Some(of.1.as_str())),
        C::Start => of!(time, |s| s.start),
        C::End => of!(time, |s| s.end),
        C::Duration => of!(int, |s| Some(s.duration_ms())),
        C::StartReason => of!(word, |s| Some(name_of(&s.start_reason))),
        C::ClosedBy => of!(word, |s| s.closed_by.as_ref().map(name_of)),
        C::Previous => of!(text, |s| s.previous_id.map(|id| id.to_string())),
        C::Returning => {
            writer.maybe_flag(place, rows.iter().map(|row| loads::returning(row.session, row.hint)))
        }
        C::Active => of!(int, |s| Some(s.active_ms)),
        C::Bounced => of!(flag, |s| s.is_bounce()),
        C::Events => of!(int, |s| Some(s.counts.events.into())),
        C::PageViews => of!(int, |s| Some(s.counts.page_views.into())),
        C::Clicks => of!(int, |s| Some(s.counts.clicks.into())),
        C::Submits => of!(int, |s| Some(s.counts.submits.into())),
        C::Interactions => of!(int, |s| Some(s.counts.interactions.into())),
        C::Requests => of!(int, |s| Some(s.counts.requests.into())),
        C::FailedRequests => of!(int, |s| Some(s.counts.failed_requests.into())),
        C::Errors => of!(int, |s| Some(s.counts.errors.into())),
        C::RageClicks => of!(int, |s| Some(s.counts.rage_clicks.into())),
        C::DeadClicks => of!(int, |s| Some(s.counts.dead_clicks.into())),
        C::ErrorClicks => of!(int, |s| Some(s.counts.error_clicks.into())),
        C::Custom => of!(int, |s| Some(s.counts.custom.into())),
        C::Tabs => of!(int, |s| Some(s.counts.tabs.into())),
        C::EntryPath => of!(text, |s| s.entry.as_ref().map(|page| page.path.clone())),
        C::EntryRoute => of!(word, |s| s.entry.as_ref().map(|page| page.route.clone())),
        C::EntryTitle => of!(text, |s| s.entry.as_ref().and_then(|page| page.title.clone())),
        C::ExitPath => of!(text, |s| s.exit.as_ref().map(|page| page.path.clone())),
        C::ExitRoute => of!(word, |s| s.exit.as_ref().map(|page| page.route.clone())),
        C::ExitTitle => of!(text, |s| s.exit.as_ref().and_then(|page| page.title.clone())),
        C::Channel => of!(word, |s| Some(name_of(&s.acquisition.channel))),
        C::Referrer => of!(text, |s| s.acquisition.referrer.clone()),
        C::ReferrerHost => of!(word, |s| s.acquisition.referrer_host().map(str::to_owned)),
        C::UtmSource => of!(word, |s| s.acquisition.utm.source.clone()),
        C::UtmMedium => of!(word, |s| s.acquisition.utm.medium.clone()),
        C::UtmCampaign => of!(word, |s| s.acquisition.utm.campaign.clone()),
        C::UtmTerm => of!(word, |s| s.acquisition.utm.term.clone()),
        C::UtmContent => of!(word, |s| s.acquisition.utm.content.clone()),
        C::Load => of!(int, |s| s.load_ms.map(i64::from)),
        C::FirstInteraction => {
            writer.int(place, rows.iter().map(|row| loads::first_interaction_ms(row.events)))
        }
        C::Device => of!(word, |s| Some(name_of(&s.device.class))),
        C::DeviceModel => of!(word, |s| s.device.model.clone()),
        C::Browser => of!(word, |s| s.device.browser.as_ref().map(|browser| browser.name.clone())),
        C::BrowserVersion => of!(word, |s| s.device.browser.as_ref().and_then(|b| b.version.clone())),
        C::Os => of!(word, |s| s.device.os.as_ref().map(|os| os.name.clone())),
        C::OsVersion => of!(word, |s| s.device.os.as_ref().and_then(|os| os.version.clone())),
        C::Country => of!(word, |s| s.place.country.clone()),
        C::Region => of!(word, |s| s.place.region.clone()),
        C::City => of!(word, |s| s.place.city.clone()),
        C::Language => of!(word, |s| s.language.clone()),
        C::ScreenWidth => of!(int, |s| s.screen.map(|[width, _]| width.into())),
        C::ScreenHeight => of!(int, |s| s.screen.map(|[_, height]| height.into())),
        C::Release => of!(word, |s| s.release.clone()),
        C::Connection => writer.word(place, rows.iter().map(SessionRow::connection)),
        C::Bot => of!(word, |s| s.bot.as_ref().map(name_of)),
        C::ClockSkew => of!(long, |s| s.clock_skew_ms),
        C::Clamped => of!(int, |s| Some(s.n_clamped.into())),
        C::ReplayChunks => of!(int, |s| Some(s.replay.chunks.into())),
        C::ReplayBytes => of!(long, |s| i64::try_from(s.replay.bytes).unwrap_or(i64::MAX)),
        C::StepKind => list!(words, steps, |_row, step| Some(step.kind.name())),
        C::StepLabel => list!(words, steps, |_row, step| Some(step.label.as_ref())),
        C::StepOffset => list!(ints, steps, |row, step| row.offset(step.at)),
        C::StepOutcome => list!(words, steps, |_row, step| step.outcome.as_deref()),
        C::StepView => places!(step_view, |place| place.map(as_int)),
        C::ViewRoute => list!(words, views, |_row, view| Some(view.route.as_str())),
        C::ViewPath => list!(words, views, |_row, view| Some(view.path.as_str())),
        C::ViewOffset => list!(ints, views, |row, view| row.offset(view.at)),
        C::ViewLoad => list!(ints, views, |_row, view| view.load_ms.map(i64::from)),
        C::ViewTtfb => list!(ints, views, |_row, view| view.ttfb_ms.map(i64::from)),
        C::ViewDomReady => list!(ints, views, |_row, view| view.dom_ready_ms.map(i64::from)),
        C::ViewFcp => list!(ints, views, |_row, view| view.fcp_ms.map(whole_ms)),
        C::ViewLcp => list!(ints, views, |_row, view| view.lcp_ms.map(whole_ms)),
        C::ViewInp => list!(ints, views, |_row, view| view.inp_ms.map(whole_ms)),
        C::ViewCls => list!(floats, views, |_row, view| view.cls),
        C::ViewLcpTarget => list!(words, views, |_row, view| view.lcp_target.as_deref()),
        C::ViewLcpResource => list!(words, views, |_row, view| view.lcp_resource.as_deref()),
        C::ViewInpTarget => list!(words, views, |_row, view| view.inp_target.as_deref()),
        C::ViewInpScript => list!(words, views, |_row, view| view.inp_script.as_deref()),
        C::ViewClsTarget => list!(words, views, |_row, view| view.cls_target.as_deref()),
        C::RequestEndpoint => list!(words, calls, |_row, call| Some(call.endpoint.as_str())),
        C::RequestOffset => list!(ints, calls, |row, call| row.offset(call.at)),
        C::RequestStatus => list!(ints, calls, |_row, call| Some(call.status.into())),
        C::RequestDuration => list!(ints, calls, |_row, call| Some(call.duration_ms.into())),
        C::RequestFailure => list!(words, calls, |_row, call| call.failure.map(RequestFailure::name)),
        C::RequestStep => places!(request_step, |place| Some(as_int(*place))),
        C::RequestView => places!(request_view, |place| place.map(as_int)),
        C::ErrorName => list!(words, errors, |_row, error| Some(error.name.as_str())),
        C::ErrorMessage => list!(words, errors, |_row, error| Some(error.message.as_str())),
        C::ErrorFrame => list!(words, errors, |_row, error| error.frame.as_deref()),
        C::ErrorGroup => list!(words, errors, |_row, error| Some(error.group.as_str())),
        C::ErrorOffset => list!(ints, errors, |row, error| row.offset(error.at)),
        C::ErrorView => places!(error_view, |place| place.map(as_int)),
        C::PropStep => list!(ints, props, |_row, prop| Some(as_int(prop.step))),
        C::PropKey => list!(words, props, |_row, prop| Some(prop.key)),
        C::PropValue => list!(words, props, |_row, prop| Some(prop.value.as_str())),
        C::LoadedView => list!(ints, loaded, |_row, loaded| Some(as_int(loaded.view))),
        C::LoadedType => list!(words, loaded, |_row, loaded| Some(loaded.initiator_type.as_str())),
        C::LoadedCount => list!(ints, loaded, |_row, loaded| Some(loaded.count.into())),
        C::LoadedBytes => list!(ints, loaded, |_row, loaded| bytes(loaded.transfer_bytes)),
        C::LoadedDuration => list!(ints, loaded, |_row, loaded| Some(loaded.duration_ms.into())),
        C::HeavyView => list!(ints, heavy, |_row, heavy| Some(as_int(heavy.view))),
        C::HeavyUrl => list!(words, heavy, |_row, heavy| Some(heavy.url.as_str())),
        C::HeavyType => list!(words, heavy, |_row, heavy| Some(heavy.initiator_type.as_str())),
        C::HeavyBytes => list!(ints, heavy, |_row, heavy| bytes(heavy.transfer_bytes)),
        C::HeavyDuration => list!(ints, heavy, |_row, heavy| Some(heavy.duration_ms.into())),
    }
}

/// A place in a list; a session's lists have fewer elements than memory has bytes.
#[expect(clippy::cast_possible_wrap, reason = "places are far below 2^63")]
fn as_int(place: usize) -> i64 {
    place as i64
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a vital is some thousand milliseconds; larger saturates"
)]
fn whole_ms(ms: f64) -> i64 {
    ms.round() as i64
}

fn traits(session: &Session) -> Option<String> {
    let traits = &session.user.as_ref()?.traits;
    (!traits.is_empty()).then(|| serde_json::to_string(traits).expect("a flat map of JSON values is JSON"))
}

/// The columns that [`decode`] reads.
pub(crate) const ROW_COLUMNS: &[C] = &[
    C::Id,
    C::Visitor,
    C::User,
    C::Traits,
    C::Start,
    C::End,
    C::StartReason,
    C::ClosedBy,
    C::Previous,
    C::Active,
    C::Events,
    C::PageViews,
    C::Clicks,
    C::Submits,
    C::Interactions,
    C::Requests,
    C::FailedRequests,
    C::Errors,
    C::RageClicks,
    C::DeadClicks,
    C::ErrorClicks,
    C::Custom,
    C::Tabs,
    C::EntryPath,
    C::EntryRoute,
    C::EntryTitle,
    C::ExitPath,
    C::ExitRoute,
    C::ExitTitle,
    C::Channel,
    C::Referrer,
    C::UtmSource,
    C::UtmMedium,
    C::UtmCampaign,
    C::UtmTerm,
    C::UtmContent,
    C::Load,
    C::Device,
    C::DeviceModel,
    C::Browser,
    C::BrowserVersion,
    C::Os,
    C::OsVersion,
    C::Country,
    C::Region,
    C::City,
    C::Language,
    C::ScreenWidth,
    C::ScreenHeight,
    C::Release,
    C::Bot,
    C::ClockSkew,
    C::Clamped,
    C::ReplayChunks,
    C::ReplayBytes,
];

/// The sessions of a batch that holds [`ROW_COLUMNS`], all of one site.
pub(crate) fn decode(site: &SiteId, batch: &RecordBatch) -> Result<Vec<Session>, ArrowError> {
    let reader = RowReader::new(batch);
    (0..batch.num_rows()).map(|row| decode_row(site, &reader, row)).collect()
}

fn decode_row(site: &SiteId, reader: &RowReader<'_>, row: usize) -> Result<Session, ArrowError> {
    let text = |column: C| reader.text(column.name(), row).map(|text| text.map(str::to_owned));
    let word = text;
    let int = |column: C| reader.int(column.name(), row);
    let count = |column: C| int(column).map(|n| u32::try_from(n.unwrap_or(0)).unwrap_or(0));
    let page = |path: C, route: C, title: C| -> Result<Option<Page>, ArrowError> {
        let (Some(path), Some(route)) = (text(path)?, word(route)?) else {
            return Ok(None);
        };
        Ok(Some(Page { path, route, title: text(title)? }))
    };
    let versioned = |name: C, version: C| -> Result<Option<Versioned>, ArrowError> {
        let Some(name) = word(name)? else { return Ok(None) };
        Ok(Some(Versioned { name, version: word(version)? }))
    };
    let size = |column: C| int(column).map(|n| n.and_then(|n| u32::try_from(n).ok()));
    Ok(Session {
        site: site.clone(),
        id: SessionId(reader.uuid(C::Id.name(), row)?),
        visitor_id: VisitorId(reader.uuid(C::Visitor.name(), row)?),
        user: match text(C::User)? {
            None => None,
            Some(id) => {
                let traits = reader.json(C::Traits.name(), row)?.unwrap_or_default();
                Some(User { id, traits })
            }
        },
        start: reader.time(C::Start.name(), row)?,
        end: reader.time(C::End.name(), row)?,
        start_reason: value_of(&word(C::StartReason)?.unwrap_or_default())?,
        closed_by: word(C::ClosedBy)?.as_deref().map(value_of).transpose()?,
        previous_id: reader.maybe_uuid(C::Previous.name(), row)?.map(SessionId),
        active_ms: int(C::Active)?.unwrap_or(0),
        counts: Counts {
            events: count(C::Events)?,
            page_views: count(C::PageViews)?,
            clicks: count(C::Clicks)?,
            submits: count(C::Submits)?,
            interactions: count(C::Interactions)?,
            requests: count(C::Requests)?,
            failed_requests: count(C::FailedRequests)?,
            errors: count(C::Errors)?,
            rage_clicks: count(C::RageClicks)?,
            dead_clicks: count(C::DeadClicks)?,
            error_clicks: count(C::ErrorClicks)?,
            custom: count(C::Custom)?,
            tabs: count(C::Tabs)?,
        },
        entry: page(C::EntryPath, C::EntryRoute, C::EntryTitle)?,
        exit: page(C::ExitPath, C::ExitRoute, C::ExitTitle)?,
        acquisition: Acquisition {
            channel: value_of(&word(C::Channel)?.unwrap_or_default())?,
            referrer: text(C::Referrer)?,
            utm: Utm {
                source: word(C::UtmSource)?,
                medium: word(C::UtmMedium)?,
                campaign: word(C::UtmCampaign)?,
                term: word(C::UtmTerm)?,
                content: word(C::UtmContent)?,
            },
        },
        load_ms: size(C::Load)?,
        device: Device {
            class: value_of(&word(C::Device)?.unwrap_or_default())?,
            model: word(C::DeviceModel)?,
            browser: versioned(C::Browser, C::BrowserVersion)?,
            os: versioned(C::Os, C::OsVersion)?,
        },
        place: Place { country: word(C::Country)?, region: word(C::Region)?, city: word(C::City)? },
        language: word(C::Language)?,
        screen: size(C::ScreenWidth)?.zip(size(C::ScreenHeight)?).map(|(width, height)| [width, height]),
        release: word(C::Release)?,
        bot: word(C::Bot)?.as_deref().map(value_of).transpose()?,
        clock_skew_ms: reader.long(C::ClockSkew.name(), row)?,
        n_clamped: count(C::Clamped)?,
        replay: ReplayTally {
            chunks: count(C::ReplayChunks)?,
            bytes: u64::try_from(reader.long(C::ReplayBytes.name(), row)?).unwrap_or(0),
        },
    })
}
