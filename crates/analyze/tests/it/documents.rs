//! Whole sessions for tests of reports: as documents, and as the rows that the lake keeps of them.

use crate::sessions::segment_of;
use arrow::array::{
    ArrayRef, BooleanArray, Float64Builder, Int32Array, Int32Builder, ListBuilder, StringArray,
    StringDictionaryBuilder, TimestampMicrosecondArray,
};
use arrow::datatypes::Int32Type;
use arrow::record_batch::RecordBatch;
use footpath_analyze::{Segment, Source, SourceError};
use footpath_model::acquisition::{Acquisition, Channel};
use footpath_model::columns::SessionColumn as C;
use footpath_model::context::{Device, DeviceClass, Place, User, Versioned};
use footpath_model::event::Props;
use footpath_model::id::{SessionId, SiteId, VisitorId};
use footpath_model::loads::{Heavy, Loaded};
use footpath_model::replay::ReplayTally;
use footpath_model::reports::document::{Did, Document};
use footpath_model::session::{BoundaryReason, Counts, Page, Session};
use footpath_model::steps::{Call, StepKind, StepName, View};
use footpath_model::time::Timestamp;
use proptest::prelude::*;
use std::sync::Arc;

/// Columns of these documents.
pub fn record_batch(documents: &[Document], columns: &[C]) -> RecordBatch {
    let named = columns.iter().map(|&column| (column.name(), array(documents, column)));
    RecordBatch::try_from_iter(named).unwrap()
}

fn array(documents: &[Document], column: C) -> ArrayRef {
    /// One value a session.
    macro_rules! of {
        ($array:ty, |$one:ident| $value:expr) => {
            Arc::new(documents.iter().map(|$one| $value).collect::<$array>())
        };
    }
    macro_rules! word {
        (|$one:ident| $value:expr) => {{
            let mut words = StringDictionaryBuilder::<Int32Type>::new();
            documents.iter().for_each(|$one| words.append_option($value));
            Arc::new(words.finish())
        }};
    }
    /// A list a session; the builder says the type of its values.
    macro_rules! list {
        ($builder:expr, $list:ident, |$item:ident| $value:expr) => {{
            let mut lists = ListBuilder::new($builder);
            for document in documents {
                document.$list.iter().for_each(|$item| lists.values().append_option($value));
                lists.append(true);
            }
            Arc::new(lists.finish())
        }};
    }
    let words = StringDictionaryBuilder::<Int32Type>::new;
    let int = |n: i64| i32::try_from(n).unwrap();
    let ms = |value: Option<f64>| value.map(|value| value.round() as i32);
    match column {
        C::Id => of!(StringArray, |one| Some(one.session.id.to_string())),
        C::Visitor => of!(StringArray, |one| Some(one.session.visitor_id.to_string())),
        C::User => of!(StringArray, |one| one.session.user.as_ref().map(|user| user.id.clone())),
        C::Start => {
            let micros = documents.iter().map(|one| one.session.start.0 * 1000);
            Arc::new(TimestampMicrosecondArray::from_iter_values(micros).with_timezone("UTC"))
        }
        C::Duration => of!(Int32Array, |one| Some(int(one.session.duration_ms()))),
        C::ClosedBy => word!(|one| one.session.closed_by.map(|_| "logout")),
        C::Returning => of!(BooleanArray, |one| one.returning),
        C::Active => of!(Int32Array, |one| Some(int(one.session.active_ms))),
        C::Bounced => of!(BooleanArray, |one| Some(one.session.is_bounce())),
        C::PageViews => of!(Int32Array, |one| Some(int(one.session.counts.page_views.into()))),
        C::Errors => of!(Int32Array, |one| Some(int(one.session.counts.errors.into()))),
        C::FirstInteraction => of!(Int32Array, |one| one.first_interaction_ms.map(int)),
        C::EntryRoute => word!(|one| one.session.entry.as_ref().map(|page| page.route.as_str())),
        C::ExitRoute => word!(|one| one.session.exit.as_ref().map(|page| page.route.as_str())),
        C::Channel => word!(|one| Some(one.session.acquisition.channel.name())),
        C::ReferrerHost => word!(|one| one.session.acquisition.referrer_host()),
        C::UtmSource => word!(|one| one.session.acquisition.utm.source.as_deref()),
        C::UtmMedium => word!(|one| one.session.acquisition.utm.medium.as_deref()),
        C::UtmCampaign => word!(|one| one.session.acquisition.utm.campaign.as_deref()),
        C::UtmTerm => word!(|one| one.session.acquisition.utm.term.as_deref()),
        C::UtmContent => word!(|one| one.session.acquisition.utm.content.as_deref()),
        C::Device => word!(|one| Some(one.session.device.class.name())),
        C::Browser => word!(|one| one.session.device.browser.as_ref().map(|b| b.name.as_str())),
        C::BrowserVersion => {
            word!(|one| one.session.device.browser.as_ref().and_then(|b| b.version.as_deref()))
        }
        C::Os => word!(|one| one.session.device.os.as_ref().map(|os| os.name.as_str())),
        C::OsVersion => word!(|one| one.session.device.os.as_ref().and_then(|os| os.version.as_deref())),
        C::Country => word!(|one| one.session.place.country.as_deref()),
        C::Region => word!(|one| one.session.place.region.as_deref()),
        C::City => word!(|one| one.session.place.city.as_deref()),
        C::Language => word!(|one| one.session.language.as_deref()),
        C::Connection => word!(|one| one.connection.as_deref()),
        C::Release => word!(|one| one.session.release.as_deref()),
        C::Bot => word!(|one| one.session.bot.map(|_| "headless")),
        C::StepKind => list!(words(), steps, |step| Some(step.name.kind.name())),
        C::StepLabel => list!(words(), steps, |step| Some(&*step.name.label)),
        C::StepOffset => list!(Int32Builder::new(), steps, |step| Some(int(step.offset_ms))),
        C::ViewRoute => list!(words(), views, |view| Some(&*view.route)),
        C::ViewLoad => list!(Int32Builder::new(), views, |view| view.load_ms.map(u32::cast_signed)),
        C::ViewTtfb => list!(Int32Builder::new(), views, |view| view.ttfb_ms.map(u32::cast_signed)),
        C::ViewDomReady => list!(Int32Builder::new(), views, |view| view.dom_ready_ms.map(u32::cast_signed)),
        C::ViewFcp => list!(Int32Builder::new(), views, |view| ms(view.fcp_ms)),
        C::ViewLcp => list!(Int32Builder::new(), views, |view| ms(view.lcp_ms)),
        C::ViewInp => list!(Int32Builder::new(), views, |view| ms(view.inp_ms)),
        C::ViewCls => list!(Float64Builder::new(), views, |view| view.cls),
        C::ViewLcpTarget => list!(words(), views, |view| view.lcp_target.as_deref()),
        C::ViewLcpResource => list!(words(), views, |view| view.lcp_resource.as_deref()),
        C::ViewInpTarget => list!(words(), views, |view| view.inp_target.as_deref()),
        C::ViewInpScript => list!(words(), views, |view| view.inp_script.as_deref()),
        C::ViewClsTarget => list!(words(), views, |view| view.cls_target.as_deref()),
        C::RequestEndpoint => list!(words(), calls, |call| Some(&*call.endpoint)),
        C::RequestStatus => list!(Int32Builder::new(), calls, |call| Some(call.status.into())),
        C::RequestDuration => list!(Int32Builder::new(), calls, |call| Some(call.duration_ms.cast_signed())),
        C::LoadedView => list!(Int32Builder::new(), loaded, |one| Some(int(one.view as i64))),
        C::LoadedType => list!(words(), loaded, |one| Some(&*one.initiator_type)),
        C::LoadedCount => list!(Int32Builder::new(), loaded, |one| Some(one.count.cast_signed())),
        C::LoadedBytes => list!(Int32Builder::new(), loaded, |one| Some(one.transfer_bytes as i32)),
        C::LoadedDuration => list!(Int32Builder::new(), loaded, |one| Some(one.duration_ms.cast_signed())),
        C::HeavyView => list!(Int32Builder::new(), heavy, |one| Some(int(one.view as i64))),
        C::HeavyUrl => list!(words(), heavy, |one| Some(&*one.url)),
        C::HeavyType => list!(words(), heavy, |one| Some(&*one.initiator_type)),
        C::HeavyBytes => list!(Int32Builder::new(), heavy, |one| Some(one.transfer_bytes as i32)),
        C::HeavyDuration => list!(Int32Builder::new(), heavy, |one| Some(one.duration_ms.cast_signed())),
        other => panic!("no such column in tests: {other:?}"),
    }
}

/// Documents in segments, with none hidden.
#[derive(Debug)]
pub struct Documents {
    pub parts: Vec<Vec<Document>>,
    segments: Vec<Segment>,
}

impl Documents {
    pub fn new(parts: Vec<Vec<Document>>) -> Self {
        let segments = (0..).zip(&parts).map(|(id, part)| {
            segment_of(id, part.iter().map(|one| one.session.start), part.len(), Vec::new())
        });
        Self { segments: segments.collect(), parts }
    }

    pub fn all(&self) -> Vec<Document> {
        self.parts.concat()
    }
}

impl Source for Documents {
    fn segments(&self) -> &[Segment] {
        &self.segments
    }

    fn load(&self, segment: usize, columns: &[C]) -> Result<RecordBatch, SourceError> {
        Ok(record_batch(&self.parts[segment], columns))
    }
}

/// Few values each, so that most sessions are equal to others in something; times are a few seconds apart and sometimes
/// minutes, so that every limit is met.
pub fn any_document() -> impl Strategy<Value = Document> {
    (any_session(), any_steps(), any_views(), any_calls(), any_loads()).prop_map(
        |(mut document, steps, views, calls, loads)| {
            let last = steps.last().map_or(0, |step| step.offset_ms);
            // Errors come after the last activity, too.
            let lag = (document.session.id.0.as_u128() % 3) as i64 * 40_000;
            document.session.end = document.session.start.plus((last - 40_000 + lag).max(0));
            document.session.counts.page_views = views.len() as u32;
            let is_error = |step: &&Did| step.name.kind == StepKind::Error;
            document.session.counts.errors = steps.iter().filter(is_error).count() as u32;
            let page =
                |view: &View| Page { path: view.route.clone(), route: view.route.clone(), title: None };
            document.session.entry = views.first().map(page);
            document.session.exit = views.last().map(page);
            let (loaded, heavy) = match views.len() {
                0 => (Vec::new(), Vec::new()),
                n => loads_of(&loads, n),
            };
            Document { steps, views, calls, loaded, heavy, ..document }
        },
    )
}

fn any_session() -> impl Strategy<Value = Document> {
    let who = (0..6_u128, prop::option::of(any::<bool>()), any::<bool>(), prop::bool::weighted(0.1));
    let word = || prop::option::of(0..3_u8);
    let from = (0..3_usize, word(), word(), word(), prop::option::of((0..2_u8, word())));
    let when = (0..5_i64, prop::bool::weighted(0.2), 0..3_i64, prop::option::of(0..9_i64));
    (any::<u64>(), who, from, when).prop_map(|(id, who, from, when)| {
        let (visitor, returning, is_known, is_bot) = who;
        let (class, country, release, referrer, browser) = from;
        let (start, is_closed, active, interaction) = when;
        let text = |word: Option<u8>| word.map(|word| format!("w{word}"));
        let start = Timestamp(start * 1000 + 7);
        let session = Session {
            site: SiteId("shop".to_owned()),
            id: SessionId(uuid::Uuid::from_u128(id.into())),
            visitor_id: VisitorId(uuid::Uuid::from_u128(visitor)),
            user: is_known.then(|| User { id: "jane".to_owned(), traits: Props::default() }),
            start,
            end: start,
            start_reason: BoundaryReason::FirstVisit,
            closed_by: is_closed.then_some(BoundaryReason::Logout),
            previous_id: None,
            active_ms: active * 6000,
            counts: Counts::default(),
            entry: None,
            exit: None,
            acquisition: Acquisition {
                channel: [Channel::Direct, Channel::Search, Channel::Email][class],
                referrer: text(referrer).map(|host| format!("https://www.{host}.example/a?b")),
                ..Acquisition::default()
            },
            load_ms: None,
            device: Device {
                class: [DeviceClass::Desktop, DeviceClass::Mobile, DeviceClass::Tablet][class],
                browser: browser
                    .map(|(name, version)| Versioned { name: format!("b{name}"), version: text(version) }),
                ..Device::default()
            },
            place: Place { country: text(country), ..Place::default() },
            language: None,
            screen: None,
            release: text(release),
            bot: is_bot.then_some(footpath_model::context::BotReason::Headless),
            clock_skew_ms: 0,
            n_clamped: 0,
            replay: ReplayTally::default(),
        };
        Document {
            session,
            returning,
            connection: None,
            first_interaction_ms: interaction.map(|ms| ms * 500 - 500),
            steps: Vec::new(),
            views: Vec::new(),
            calls: Vec::new(),
            loaded: Vec::new(),
            heavy: Vec::new(),
            // Lists are drawn each by itself, so that no events could have made them.
            events: Vec::new(),
        }
    })
}

/// Steps over few names, so that paths, loops, retries and endings of every sort come about.
pub fn any_steps() -> impl Strategy<Value = Vec<Did>> {
    let kind = prop_oneof![
        8 => Just(StepKind::Page),
        3 => Just(StepKind::Click),
        2 => Just(StepKind::Input),
        2 => Just(StepKind::Submit),
        1 => Just(StepKind::Request),
        2 => Just(StepKind::Error),
        1 => Just(StepKind::Custom),
    ];
    let gap = prop_oneof![2 => Just(0_i64), 5 => 1..30_i64, 1 => 50..70_i64, 1 => 110..130_i64];
    let label = prop_oneof![6 => 0..4_u8, 1 => 4..30_u8];
    prop::collection::vec((kind, label, gap), 0..14).prop_map(|steps| {
        let mut offset_ms = 0;
        let did = |(kind, label, gap): (StepKind, u8, i64)| {
            offset_ms += gap * 1000;
            Did { name: StepName::new(kind, &format!("/{label}")), offset_ms }
        };
        steps.into_iter().map(did).collect()
    })
}

fn any_views() -> impl Strategy<Value = Vec<View>> {
    let ms = || prop::option::of(0..6000_u32);
    let cause = || prop::option::of(0..2_u8);
    let view = ((0..4_u8, ms(), ms(), ms()), (ms(), ms(), prop::option::of(0..400_u32)), (cause(), cause()));
    prop::collection::vec(view, 0..4).prop_map(|views| {
        type Ms = Option<u32>;
        type AnyView = ((u8, Ms, Ms, Ms), (Ms, Ms, Ms), (Option<u8>, Option<u8>));
        let view = |((route, load, ttfb, dom), (lcp, inp, cls), (target, resource)): AnyView| {
            let name = |of: &str, cause: Option<u8>| cause.map(|cause| format!("{of}{cause}"));
            View {
                at: Timestamp(0),
                route: format!("/{route}"),
                path: format!("/{route}"),
                load_ms: load,
                ttfb_ms: ttfb,
                dom_ready_ms: dom,
                fcp_ms: ttfb.map(|ms| f64::from(ms) + 0.4),
                lcp_ms: lcp.map(|ms| f64::from(ms) + 0.6),
                inp_ms: inp.map(|ms| f64::from(ms) / 8.0),
                cls: cls.map(|parts| f64::from(parts) / 1000.0),
                lcp_target: name("lcp", target),
                lcp_resource: name("https://x/", resource),
                inp_target: name("inp", resource),
                inp_script: name("script", target),
                cls_target: name("cls", target),
            }
        };
        views.into_iter().map(view).collect()
    })
}

fn any_calls() -> impl Strategy<Value = Vec<Call>> {
    let status =
        prop_oneof![4 => Just(200_u16), 1 => Just(0), 1 => Just(304), 1 => Just(404), 1 => Just(503)];
    prop::collection::vec((0..4_u8, status, 0..900_u32), 0..4).prop_map(|calls| {
        let call = |(endpoint, status, duration_ms): (u8, u16, u32)| Call {
            at: Timestamp(0),
            endpoint: format!("GET /{endpoint}"),
            status,
            duration_ms,
            failure: None,
        };
        calls.into_iter().map(call).collect()
    })
}

type AnyLoad = (usize, u8, u32, u32);

fn any_loads() -> impl Strategy<Value = Vec<AnyLoad>> {
    prop::collection::vec((0..4_usize, 0..3_u8, 0..5_u32, 0..9000_u32), 0..5)
}

/// What pages loaded: a type once a page, as events tell it.
fn loads_of(loads: &[AnyLoad], n_views: usize) -> (Vec<Loaded>, Vec<Heavy>) {
    let mut by_type = std::collections::BTreeMap::new();
    for &(view, of_type, count, bytes) in loads {
        by_type.insert((view % n_views, of_type), (count, bytes));
    }
    let loaded = by_type.iter().map(|(&(view, of_type), &(count, bytes))| Loaded {
        view,
        initiator_type: format!("t{of_type}"),
        count,
        transfer_bytes: bytes.into(),
        duration_ms: count * 7,
    });
    let heavy = loads.iter().map(|&(view, of_type, count, bytes)| Heavy {
        view: view % n_views,
        url: format!("https://x/{}", count % 2),
        initiator_type: format!("t{of_type}"),
        transfer_bytes: bytes.into(),
        duration_ms: bytes / 10,
    });
    (loaded.collect(), heavy.collect())
}

/// Documents of different ids, in segments.
pub fn any_documents(most: usize) -> impl Strategy<Value = Documents> {
    prop::collection::vec((any_document(), 0..3_usize), 0..most).prop_map(|documents| {
        let mut parts = vec![Vec::new(); 3];
        for ((mut document, part), place) in documents.into_iter().zip(0_u128..) {
            document.session.id.0 = uuid::Uuid::from_u128(document.session.id.0.as_u128() << 32 | place);
            parts[part].push(document);
        }
        Documents::new(parts)
    })
}
