//! A day of real sessions: answers against those of two other engines, and what they cost.
//!
//! Ignored, since the data is not in the project. `FOOTPATH_MSNBC_TXT` names the unpacked sequences ("MSNBC.com Anonymous
//! Web Data", UCI machine learning repository), `FOOTPATH_MSNBC_ORACLE` the answers as JSON. Shown is the CPU time of
//! one thread, the mean of many runs with everything cached.

use crate::sessions::{Row, record_batch, segment};
use arrow::record_batch::RecordBatch;
use footpath_analyze::reports::{DropOffAnalysis, FunnelAnalysis, Scope, journeys};
use footpath_analyze::{
    Cancel, Count, Direction, Filter, Funnel, List, Order, Paths, Scheduler, SchedulerConfig, Segment,
    Source, SourceError, StepKinds, StepName, Transitions, list,
};
use footpath_model::columns::SessionColumn;
use footpath_model::reports::document::AsOf;
use footpath_model::reports::drop_off::DropOff;
use footpath_model::reports::funnels::{self, FunnelOrder, FunnelStep};
use footpath_model::reports::journeys::{Journeys, Stretch};
use footpath_model::reports::pattern::StepPattern;
use footpath_model::steps::StepKind;
use footpath_model::time::{MINUTE, Timestamp};
use serde_json::Value;
use std::fmt::Debug;
use std::time::Duration;

/// So many that the kernel's ticks of some milliseconds do not matter.
const RUNS: u32 = 40;

/// CPU time of this thread so far.
fn cpu() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    Duration::from_nanos(text.split_whitespace().next().unwrap().parse().unwrap())
}

#[track_caller]
fn timed<T: PartialEq + Debug>(what: &str, run: impl Fn() -> T) -> T {
    let first = run();
    let before = cpu();
    for _ in 0..RUNS {
        assert!(run() == first, "{what} differs from run to run");
    }
    println!("{:>30}  {:6.2} ms", what, (cpu() - before).as_secs_f64() * 1e3 / f64::from(RUNS));
    first
}

fn read(text: &str) -> Vec<Row> {
    let mut lines = text.lines().map(str::trim);
    let names: Vec<&str> =
        lines.find(|line| line.starts_with("frontpage")).unwrap().split_whitespace().collect();
    let sequences: Vec<Vec<usize>> = lines
        .filter(|line| line.starts_with(|c: char| c.is_ascii_digit()))
        .map(|line| line.split_whitespace().map(|number| number.parse().unwrap()).collect())
        .collect();
    let n = sequences.len() as u64;
    let row = |(id, sequence): (u64, &Vec<usize>)| Row {
        // Spread as real ids and errors are, and the same every time.
        id: id.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 16,
        start: (id * 86_400_000 / n) as i64,
        duration: 20_000 * (sequence.len() as i32 - 1),
        page_views: sequence.len() as i32,
        errors: i32::from(id % 13 == 0) * (id % 5) as i32,
        load: None,
        bot: false,
        steps: sequence.iter().map(|&page| (StepKind::Page, names[page - 1].to_owned())).collect(),
    };
    (0..).zip(&sequences).map(row).collect()
}

/// Columns made beforehand, so that loading costs nothing.
struct Made {
    segments: Vec<Segment>,
    batches: Vec<RecordBatch>,
}

const COLUMNS: [SessionColumn; 10] = [
    SessionColumn::Id,
    SessionColumn::Start,
    SessionColumn::Duration,
    SessionColumn::PageViews,
    SessionColumn::Errors,
    SessionColumn::Bot,
    SessionColumn::StepKind,
    SessionColumn::StepLabel,
    SessionColumn::StepOffset,
    SessionColumn::ClosedBy,
];

impl Made {
    fn new(rows: &[Row], segment_rows: usize) -> Self {
        let segments = (0..).zip(rows.chunks(segment_rows)).map(|(id, rows)| segment(id, rows, Vec::new()));
        let batches = rows.chunks(segment_rows).map(|rows| record_batch(rows, &COLUMNS));
        Self { segments: segments.collect(), batches: batches.collect() }
    }
}

impl Source for Made {
    fn segments(&self) -> &[Segment] {
        &self.segments
    }

    fn load(&self, segment: usize, _: &[SessionColumn]) -> Result<RecordBatch, SourceError> {
        Ok(self.batches[segment].clone())
    }
}

fn pages(path: &str) -> Vec<StepName> {
    path.split('>').map(|page| StepName::new(StepKind::Page, page)).collect()
}

#[test]
#[ignore = "needs data that is not in the project"]
fn a_day_of_real_sessions() {
    let file = |name: &str| std::fs::read_to_string(std::env::var(name).expect(name)).unwrap();
    let oracle: Value = serde_json::from_str(&file("FOOTPATH_MSNBC_ORACLE")).unwrap();
    let rows = read(&file("FOOTPATH_MSNBC_TXT"));
    for segment_rows in [usize::MAX, 100_000] {
        let source = Made::new(&rows, segment_rows);
        println!("{} segments", source.segments().len());
        answers_and_cost(&source, &oracle);
        reports(&source, &oracle);
    }
}

/// The reports answer what simpler analyses do.
fn reports(source: &Made, oracle: &Value) {
    let scheduler = Scheduler::new(SchedulerConfig { threads: 1, cache_bytes: 256 << 20 });
    let cancel = Cancel::default();
    let filter = Filter { bots: footpath_analyze::Bots::Exclude, ..Filter::all() };
    let scope = Scope::new(&scheduler, source, filter, &cancel);
    let number = |number: &Value| number.as_u64().unwrap();
    let table = |of: &str| oracle[of].as_array().unwrap().clone();
    let as_of = AsOf { now: Timestamp(i64::MAX / 2000), timeout_ms: 30 * MINUTE };
    let page = |label: &str| StepPattern::new(StepKind::Page, label);

    let step =
        |label: &str| FunnelStep { name: label.to_owned(), any_of: vec![page(label)], clauses: Vec::new() };
    let steps = ["frontpage", "news", "sports"].map(step).to_vec();
    for window_ms in [None, Some(i64::MAX)] {
        let funnel = funnels::Funnel { steps: steps.clone(), order: FunnelOrder::Loose, window_ms, as_of };
        let what = format!("funnel with times, {window_ms:?}");
        let answer = timed(&what, || scope.run(&FunnelAnalysis::new(&funnel)).unwrap());
        let expected: Vec<u64> =
            table("funnel_frontpage_news_sports_any_order_gaps").iter().map(number).collect();
        assert_eq!(answer.stages.iter().map(|stage| stage.reached).collect::<Vec<_>>(), expected);
    }

    let drop_off = DropOff { kinds: vec![StepKind::Page], goals: Vec::new(), as_of };
    let analysis = DropOffAnalysis { asked: drop_off, limit: 100 };
    let answer = timed("drop-off", || scope.run(&analysis).unwrap());
    let of =
        |label: &Value| answer.steps.iter().find(|step| Some(&*step.step.label) == label.as_str()).unwrap();
    table("exit").iter().for_each(|one| assert_eq!(of(&one[0]).dropped, number(&one[1]), "{one}"));
    table("pages").iter().for_each(|one| assert_eq!(of(&one[0]).reached, number(&one[2]), "{one}"));
    assert_eq!(answer.dropped, number(&oracle["sessions"]));

    let forwards = Journeys {
        kinds: vec![StepKind::Page],
        stretch: Stretch::Forwards { from: None },
        collapse: false,
        depth: 5,
        breadth: 17,
        variants: 100,
        as_of,
    };
    let answer = timed("paths as a tree", || journeys(&scope, &forwards).unwrap());
    assert_eq!((answer.out_of, answer.nodes[0].sessions), (number(&oracle["sessions"]), answer.out_of));
    for one in table("entry") {
        let node = answer
            .nodes
            .iter()
            .find(|node| node.steps.len() == 1 && Some(&*node.steps[0].label) == one[0].as_str());
        assert_eq!(node.unwrap().sessions, number(&one[1]), "{one}");
    }
    let expected: Vec<(u64, Vec<StepName>)> = table("paths_first5_top100")
        .iter()
        .map(|one| (number(&one[1]), pages(one[0].as_str().unwrap())))
        .collect();
    // Of those that are equal to the last, others may be shown.
    let last = expected.iter().map(|path| path.0).min().unwrap();
    let above = |mut paths: Vec<(u64, Vec<StepName>)>| {
        paths.retain(|path| path.0 > last);
        paths.sort();
        paths
    };
    let answered = answer.variants.into_iter().map(|variant| (variant.sessions, variant.steps)).collect();
    assert_eq!(above(answered), above(expected));
    timed("paths, loops collapsed", || {
        journeys(&scope, &Journeys { collapse: true, breadth: 6, ..forwards.clone() }).unwrap()
    });
}

fn answers_and_cost(source: &Made, oracle: &Value) {
    let scheduler = Scheduler::new(SchedulerConfig { threads: 1, cache_bytes: 256 << 20 });
    let cancel = Cancel::default();
    let with_bots = Filter::all();
    let filter = Filter { bots: footpath_analyze::Bots::Exclude, ..Filter::all() };
    let name = |name: &Value| name.as_str().map(|label| StepName::new(StepKind::Page, label));
    let number = |number: &Value| number.as_u64().unwrap();
    let table = |of: &str| oracle[of].as_array().unwrap().clone();

    let counted = timed("count", || scheduler.run(source, &filter, &Count, &cancel).unwrap());
    assert_eq!(counted.total, number(&oracle["sessions"]));

    let funnel = Funnel { steps: pages("frontpage>news>sports") };
    let before = cpu();
    scheduler.run(source, &filter, &funnel, &cancel).unwrap();
    println!("{:>30}  {:6.2} ms", "steps decoded", (cpu() - before).as_secs_f64() * 1e3);
    let reached = timed("funnel", || scheduler.run(source, &filter, &funnel, &cancel).unwrap());
    let expected: Vec<u64> =
        table("funnel_frontpage_news_sports_any_order_gaps").iter().map(number).collect();
    assert_eq!(reached, expected);

    let transitions = Transitions { kinds: StepKinds::PAGES };
    let answer = timed("transitions", || scheduler.run(source, &filter, &transitions, &cancel).unwrap());
    let count_of = |from: &Option<StepName>, to: &Option<StepName>| {
        answer.iter().find(|one| one.from == *from && one.to == *to).map_or(0, |one| one.count)
    };
    let expected = table("transitions_with_null_exit");
    for one in &expected {
        assert_eq!(count_of(&name(&one[0]), &name(&one[1])), number(&one[2]), "{one}");
    }
    assert_eq!(answer.iter().filter(|one| one.from.is_some()).count(), expected.len());
    for one in table("entry") {
        assert_eq!(count_of(&None, &name(&one[0])), number(&one[1]), "{one}");
    }

    let paths = Paths { kinds: StepKinds::PAGES, length: 5, limit: 100 };
    let answer = timed("paths", || scheduler.run(source, &filter, &paths, &cancel).unwrap());
    assert_eq!(answer.sessions, number(&oracle["sessions"]));
    let mut expected: Vec<(u64, Vec<StepName>)> = table("paths_first5_top100")
        .iter()
        .map(|one| (number(&one[1]), pages(one[0].as_str().unwrap())))
        .collect();
    let mut answered: Vec<_> = answer.paths.into_iter().map(|path| (path.sessions, path.steps)).collect();
    // Which of those that are equal to the last are shown is each engine's own choice.
    let last = expected.iter().map(|path| path.0).min().unwrap();
    assert_eq!(answered.len(), 100);
    expected.retain(|path| path.0 > last);
    answered.retain(|path| path.0 > last);
    expected.sort();
    answered.sort();
    assert_eq!(answered, expected);

    for by in [SessionColumn::Start, SessionColumn::Duration, SessionColumn::PageViews, SessionColumn::Errors]
    {
        for direction in [Direction::Descending, Direction::Ascending] {
            let order = Order::new(by, direction).unwrap();
            let page = List { order, after: None, limit: 50 };
            let what = format!("list by {by:?}, {direction:?}");
            let listed = timed(&what, || list(&scheduler, source, &filter, &page, &cancel).unwrap());
            assert_eq!((listed.counted.total, listed.rows.len()), (number(&oracle["sessions"]), 50));
        }
    }
    let page = List { order: Order::NEWEST, after: None, limit: 50 };
    timed("the same with bots", || list(&scheduler, source, &with_bots, &page, &cancel).unwrap());
    println!("{:>30}  {:6.1} MB", "held", scheduler.held_bytes() as f64 / 1e6);
}
