//! What reports cost on a large site: 3.5 million sessions of a year, some 28 events and 13 steps each.
//!
//! Ignored, since it takes a minute and shows times rather than judging them:
//! `CARGO_PROFILE_DEV_OPT_LEVEL=3 cargo test -p footpath-analyze --test it speed -- --ignored --nocapture`. Rows lie in memory as
//! Arrow columns, so that the first time of each report shows decoding steps and all else but reading files; the second shows the
//! cache.

use crate::documents::record_batch;
use crate::sessions::segment_of;
use arrow::array::{ArrayRef, TimestampMicrosecondArray};
use arrow::record_batch::RecordBatch;
use footpath_analyze::reports::{
    DropOffAnalysis, FunnelAnalysis, InsightsAnalysis, OverTimeAnalysis, ResourcesAnalysis, Scope, Selection,
    VitalCausesAnalysis, endings, endpoints, error_impact, journeys, pages, segments,
};
use footpath_analyze::{
    Bots, Cancel, Filter, List, Order, Scheduler, SchedulerConfig, Segment, Source, SourceError,
};
use footpath_model::acquisition::{Acquisition, Channel};
use footpath_model::columns::SessionColumn as C;
use footpath_model::context::{Device, DeviceClass, Place};
use footpath_model::event::VitalName;
use footpath_model::id::{SessionId, SiteId, VisitorId};
use footpath_model::reports::dimension::Dimension;
use footpath_model::reports::document::{AsOf, Did, Document};
use footpath_model::reports::drop_off::DropOff;
use footpath_model::reports::endings::{EndingRules, Endings, EndingsLayout};
use footpath_model::reports::funnels::{Funnel, FunnelOrder, FunnelStep};
use footpath_model::reports::impact::ErrorImpact;
use footpath_model::reports::insights::Insights;
use footpath_model::reports::journeys::{JourneySelection, Journeys, Stretch, WhichJourneys};
use footpath_model::reports::measures::{OverTime, Segmentation};
use footpath_model::reports::metric::Metric;
use footpath_model::reports::pages::{Endpoints, Pages, Resources, VitalCauses};
use footpath_model::reports::pattern::{Goal, StepPattern};
use footpath_model::session::{BoundaryReason, Counts, Page, Session};
use footpath_model::steps::{Call, StepKind, StepName, View};
use footpath_model::time::{DAY, MINUTE, Timestamp};
use std::sync::Arc;
use std::time::Instant;

const DAYS: i64 = 365;
/// Sessions of a day, which is a segment.
const OF_A_DAY: usize = 9_600;
/// Different days; the others repeat them.
const DIFFERENT: usize = 12;

struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }

    /// Small numbers are frequent.
    fn skewed(&mut self, below: u64) -> u64 {
        let (one, other) = (self.roll(below), self.roll(below));
        one * other / below
    }
}

fn document(dice: &mut Dice) -> Document {
    let mut steps = Vec::new();
    let mut views = Vec::new();
    let mut calls = Vec::new();
    let mut offset_ms = 0;
    for _ in 0..1 + dice.skewed(14) {
        let route = format!("/page-{}", dice.skewed(300));
        let mut did = |kind, label: String, dice: &mut Dice| {
            steps.push(Did { name: StepName::new(kind, &label), offset_ms });
            offset_ms += dice.skewed(60_000) as i64;
        };
        did(StepKind::Page, route.clone(), dice);
        for _ in 0..dice.roll(4) {
            did(StepKind::Click, format!("Button {}", dice.skewed(400)), dice);
        }
        if dice.roll(5) == 0 {
            did(StepKind::Input, format!("form: field {}", dice.roll(8)), dice);
            did(StepKind::Submit, format!("form {}", dice.roll(8)), dice);
        }
        if dice.roll(20) == 0 {
            did(StepKind::Error, format!("Error{}", dice.skewed(40)), dice);
        }
        let ms = |dice: &mut Dice| Some(200 + dice.skewed(8000) as u32);
        let is_load = dice.roll(3) == 0;
        views.push(View {
            at: Timestamp(0),
            route,
            load_ms: ms(dice).filter(|_| is_load),
            ttfb_ms: ms(dice).filter(|_| is_load),
            dom_ready_ms: ms(dice).filter(|_| is_load),
            lcp_ms: ms(dice).map(f64::from).filter(|_| is_load),
            inp_ms: ms(dice).map(f64::from).filter(|_| is_load),
            lcp_target: Some(format!("main > img:nth-child({})", dice.skewed(100))).filter(|_| is_load),
            ..View::default()
        });
        for _ in 0..dice.roll(3) {
            let endpoint = format!("GET /api/{}", dice.skewed(60));
            let status = [200, 200, 200, 404, 500][dice.skewed(5) as usize];
            calls.push(Call { at: Timestamp(0), endpoint, status, duration_ms: dice.skewed(900) as u32 });
        }
    }
    let page = |view: &View| Page { path: view.route.clone(), route: view.route.clone(), title: None };
    let errors = steps.iter().filter(|step| step.name.kind == StepKind::Error).count() as u32;
    let countries = ["US", "DE", "FR", "JP", "BR", "IN", "GB", "ES", "IT", "NL"];
    let session = Session {
        site: SiteId("shop".to_owned()),
        id: SessionId(uuid::Uuid::from_u128(dice.0.into())),
        visitor_id: VisitorId(uuid::Uuid::from_u128(dice.roll(6000).into())),
        user: None,
        start: Timestamp(0),
        end: Timestamp(offset_ms),
        start_reason: BoundaryReason::Idle,
        closed_by: None,
        previous_id: None,
        active_ms: offset_ms / 2,
        counts: Counts { page_views: views.len() as u32, errors, ..Counts::default() },
        entry: views.first().map(page),
        exit: views.last().map(page),
        acquisition: Acquisition {
            channel: [Channel::Direct, Channel::Search, Channel::Paid][dice.roll(3) as usize],
            ..Acquisition::default()
        },
        load_ms: None,
        device: Device {
            class: [DeviceClass::Desktop, DeviceClass::Mobile, DeviceClass::Tablet][dice.roll(3) as usize],
            ..Device::default()
        },
        place: Place {
            country: Some(countries[dice.skewed(10) as usize].to_owned()),
            city: Some(format!("City {}", dice.skewed(3000))),
            ..Place::default()
        },
        language: None,
        screen: None,
        release: Some(format!("1.{}", dice.roll(5))),
        bot: None,
        clock_skew_ms: 0,
        n_clamped: 0,
    };
    Document {
        session,
        returning: Some(dice.roll(2) == 0),
        connection: None,
        first_interaction_ms: Some(dice.skewed(9000) as i64),
        steps,
        views,
        calls,
        loaded: Vec::new(),
        heavy: Vec::new(),
    }
}

const COLUMNS: &[C] = &[
    C::Id,
    C::Visitor,
    C::User,
    C::Start,
    C::Duration,
    C::ClosedBy,
    C::Returning,
    C::Active,
    C::Bounced,
    C::PageViews,
    C::Errors,
    C::FirstInteraction,
    C::EntryRoute,
    C::ExitRoute,
    C::Channel,
    C::Device,
    C::Browser,
    C::Country,
    C::City,
    C::Release,
    C::Bot,
    C::StepKind,
    C::StepLabel,
    C::StepOffset,
    C::ViewRoute,
    C::ViewLoad,
    C::ViewTtfb,
    C::ViewDomReady,
    C::ViewFcp,
    C::ViewLcp,
    C::ViewInp,
    C::ViewCls,
    C::ViewLcpTarget,
    C::ViewLcpResource,
    C::RequestEndpoint,
    C::RequestStatus,
    C::RequestDuration,
    C::LoadedView,
    C::LoadedType,
    C::LoadedCount,
    C::LoadedBytes,
    C::LoadedDuration,
    C::HeavyView,
    C::HeavyUrl,
    C::HeavyType,
    C::HeavyBytes,
    C::HeavyDuration,
];

struct Year {
    segments: Vec<Segment>,
    days: Vec<RecordBatch>,
}

impl Year {
    fn new() -> Self {
        let day = |n: usize| {
            let mut dice = Dice(n as u64 + 1);
            let documents: Vec<Document> = (0..OF_A_DAY).map(|_| document(&mut dice)).collect();
            record_batch(&documents, COLUMNS)
        };
        let segment = |n: i64| {
            let starts = [Timestamp(n * DAY), Timestamp((n + 1) * DAY - 1)];
            segment_of(n as u64, starts.into_iter(), OF_A_DAY, Vec::new())
        };
        Self { segments: (0..DAYS).map(segment).collect(), days: (0..DIFFERENT).map(day).collect() }
    }
}

impl Source for Year {
    fn segments(&self) -> &[Segment] {
        &self.segments
    }

    fn load(&self, segment: usize, columns: &[C]) -> Result<RecordBatch, SourceError> {
        let day = &self.days[segment % DIFFERENT];
        let array = |column: &C| -> (&str, ArrayRef) {
            if *column == C::Start {
                let first = segment as i64 * DAY;
                let start = |row: i64| (first + row * DAY / OF_A_DAY as i64) * 1000;
                let starts = (0..OF_A_DAY as i64).map(start);
                let starts = TimestampMicrosecondArray::from_iter_values(starts).with_timezone("UTC");
                return (column.name(), Arc::new(starts));
            }
            (column.name(), Arc::clone(day.column_by_name(column.name()).unwrap()))
        };
        Ok(RecordBatch::try_from_iter(columns.iter().map(array)).unwrap())
    }
}

fn page(label: &str) -> StepPattern {
    StepPattern::new(StepKind::Page, label)
}

#[test]
#[ignore = "shows times on a large site, and takes a minute"]
fn reports_on_a_large_site() {
    let year = Year::new();
    let n_steps: usize = year
        .days
        .iter()
        .map(|day| {
            let steps = day.column_by_name("step_label").unwrap();
            arrow::array::AsArray::as_list::<i32>(steps).values().len()
        })
        .sum();
    println!("{} sessions, {} steps", DAYS as usize * OF_A_DAY, n_steps * DAYS as usize / DIFFERENT);
    for (name, days) in [("30 days", 30), ("all time", DAYS)] {
        let to = DAYS * DAY;
        let from = to - days * DAY;
        println!("\n{name:>30}     first   again  CPU: first again   (ms)");
        let scheduler = Scheduler::new(SchedulerConfig { threads: 2, cache_bytes: 256 << 20 });
        let cancel = Cancel::default();
        let filter = Filter { range: Timestamp(from)..Timestamp(to), bots: Bots::Exclude };
        let scope = Scope::new(&scheduler, &year, filter, &cancel);
        every_report(&scope, from, to);
        println!("{:>30}  {:.0} MB", "held", scheduler.held_bytes() as f64 / 1e6);
    }
}

fn every_report(scope: &Scope<'_>, from: i64, to: i64) {
    let as_of = AsOf { now: Timestamp(to + DAY), timeout_ms: 30 * MINUTE };
    let edges =
        |from: i64, to: i64| (from / DAY..=to / DAY).map(|day| Timestamp(day * DAY)).collect::<Vec<_>>();
    let goals = vec![Goal { name: "Goal".to_owned(), steps: vec![page("/page-7")] }];
    let metrics = Metric::all();
    timed("metrics over time", || {
        let asked =
            OverTime { metrics: metrics.clone(), edges: edges(from, to), previous: Vec::new(), as_of };
        scope.run(&OverTimeAnalysis::new(asked)).unwrap();
    });
    timed("metrics: sessions, bounces", || {
        let metrics = vec![Metric::Sessions, Metric::BounceRate, Metric::DurationMedian, Metric::ErrorRate];
        let asked = OverTime { metrics, edges: edges(from, to), previous: Vec::new(), as_of };
        scope.run(&OverTimeAnalysis::new(asked)).unwrap();
    });
    for dimensions in
        [vec![Dimension::Device], vec![Dimension::City], vec![Dimension::Country, Dimension::EntryRoute]]
    {
        let what = dimensions.iter().map(|dimension| dimension.name()).collect::<Vec<_>>().join(" × ");
        timed(&format!("segments {what}"), || {
            let metrics = vec![Metric::Sessions, Metric::Visitors, Metric::DurationMedian, Metric::ErrorRate];
            let asked = Segmentation { dimensions: dimensions.clone(), metrics, limit: 50, as_of };
            segments(scope, &asked).unwrap();
        });
    }
    let asked = |stretch| Journeys {
        kinds: vec![StepKind::Page],
        stretch,
        collapse: true,
        depth: 5,
        breadth: 6,
        variants: 50,
        as_of,
    };
    let forwards = asked(Stretch::Forwards { from: None });
    timed("paths from the start", || drop(journeys(scope, &forwards).unwrap()));
    timed("paths from a page", || {
        drop(journeys(scope, &asked(Stretch::Forwards { from: Some(page("/page-3")) })).unwrap());
    });
    timed("paths to a page", || {
        drop(journeys(scope, &asked(Stretch::Backwards { to: Some(page("/page-3")) })).unwrap());
    });
    timed("list under a node", || {
        let steps = vec![StepName::new(StepKind::Page, "/page-3")];
        let selection = JourneySelection { journeys: forwards.clone(), steps, which: WhichJourneys::All };
        let list = List { order: Order::NEWEST, after: None, limit: 50 };
        scope.select(&Selection::Journey(selection)).unwrap().list(&list).unwrap();
    });
    timed("drop-off", || {
        let asked = DropOff { kinds: vec![StepKind::Page], goals: goals.clone(), as_of };
        scope.run(&DropOffAnalysis { asked, limit: 50 }).unwrap();
    });
    timed("endings", || {
        let rules = EndingRules::default();
        let asked = Endings { at: page("/page-3"), rules, goals: goals.clone(), has_form: None, as_of };
        let layout = EndingsLayout { edges: edges(from, to), details: 5 };
        endings(scope, &asked, &layout).unwrap();
    });
    timed("error impact", || {
        let asked = ErrorImpact { goals: goals.clone(), as_of, limit: 50, alternatives: 5 };
        error_impact(scope, &asked).unwrap();
    });
    for window_ms in [None, Some(10 * MINUTE)] {
        timed(&format!("funnel, window {window_ms:?}"), || {
            let step = |label: &str| FunnelStep { name: label.to_owned(), any_of: vec![page(label)] };
            let steps = ["/page-1", "/page-2", "/page-3"].map(step).to_vec();
            let asked = Funnel { steps, order: FunnelOrder::Loose, window_ms, as_of };
            scope.run(&FunnelAnalysis::new(&asked)).unwrap();
        });
    }
    timed("pages", || drop(pages(scope, &Pages { limit: 50, edges: edges(from, to) }).unwrap()));
    timed("endpoints", || drop(endpoints(scope, &Endpoints { limit: 50, edges: edges(from, to) }).unwrap()));
    timed("causes of LCP", || {
        let asked = VitalCauses { vital: VitalName::Lcp, route: None, limit: 20 };
        scope.run(&VitalCausesAnalysis { asked }).unwrap();
    });
    timed("resources", || {
        scope.run(&ResourcesAnalysis { asked: Resources { route: None, limit: 20 } }).unwrap();
    });
    timed("insights", || {
        let (middle, end) = (Timestamp((from + to) / 2), Timestamp(to));
        let asked = Insights { before: Timestamp(from)..middle, now: middle..end, limit: 10, as_of };
        scope.run(&InsightsAnalysis { asked }).unwrap();
    });
}

fn timed(what: &str, run: impl Fn()) {
    let times = || {
        let (start, before) = (Instant::now(), cpu());
        run();
        (start.elapsed().as_secs_f64() * 1e3, (cpu() - before) * 1e3)
    };
    let ((first, first_cpu), (again, again_cpu)) = (times(), times());
    println!("{what:>30}  {first:8.0}{again:8.0}{first_cpu:9.0}{again_cpu:8.0}");
}

/// CPU seconds of all threads so far.
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    // In hundredths of a second, on every Linux that counts in them.
    fields[11..13].iter().map(|ticks| ticks.parse::<f64>().unwrap()).sum::<f64>() / 100.0
}
