//! Sessions for tests, and a source that holds them in memory.

use arrow::array::{
    ArrayRef, Int32Array, Int32Builder, ListBuilder, StringArray, StringDictionaryBuilder,
    TimestampMicrosecondArray,
};
use arrow::datatypes::Int32Type;
use arrow::record_batch::RecordBatch;
use footpath_analyze::{Bots, CompiledSearch, Filter, Segment, SegmentId, Source, SourceError};
use footpath_model::columns::SessionColumn;
use footpath_model::search::{Clock, Search, Zone};
use footpath_model::steps::StepKind;
use footpath_model::time::{DAY, MINUTE, Timestamp};
use proptest::prelude::*;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// A session, as far as the analyses look at it.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Row {
    pub id: u64,
    pub start: i64,
    pub duration: i32,
    pub page_views: i32,
    pub errors: i32,
    pub load: Option<i32>,
    pub bot: bool,
    pub steps: Vec<(StepKind, String)>,
}

impl Row {
    pub fn id_text(&self) -> String {
        format!("00000000-0000-7000-8000-{:012x}", self.id)
    }

    pub fn int(&self, column: SessionColumn) -> Option<i32> {
        match column {
            SessionColumn::Duration => Some(self.duration),
            SessionColumn::PageViews => Some(self.page_views),
            SessionColumn::Errors => Some(self.errors),
            SessionColumn::Load => self.load,
            other => panic!("no such column in tests: {other:?}"),
        }
    }
}

/// Those of the columns that are asked for.
pub fn record_batch(rows: &[Row], columns: &[SessionColumn]) -> RecordBatch {
    let arrays = columns.iter().map(|&column| (column.name(), array(rows, column)));
    RecordBatch::try_from_iter(arrays).unwrap()
}

fn array(rows: &[Row], column: SessionColumn) -> ArrayRef {
    match column {
        SessionColumn::Id => Arc::new(rows.iter().map(|row| Some(row.id_text())).collect::<StringArray>()),
        SessionColumn::Start => {
            let micros = rows.iter().map(|row| row.start * 1000);
            Arc::new(TimestampMicrosecondArray::from_iter_values(micros).with_timezone("UTC"))
        }
        SessionColumn::Bot => {
            let mut words = StringDictionaryBuilder::<Int32Type>::new();
            rows.iter().for_each(|row| words.append_option(row.bot.then_some("headless")));
            Arc::new(words.finish())
        }
        SessionColumn::ClosedBy => {
            let mut words = StringDictionaryBuilder::<Int32Type>::new();
            rows.iter().for_each(|_| words.append_null());
            Arc::new(words.finish())
        }
        // A step every 20 seconds.
        SessionColumn::StepOffset => {
            let mut lists = ListBuilder::new(Int32Builder::new());
            for row in rows {
                (0..row.steps.len() as i32).for_each(|step| lists.values().append_value(step * 20_000));
                lists.append(true);
            }
            Arc::new(lists.finish())
        }
        SessionColumn::StepKind => words(rows.iter().map(|row| row.steps.iter().map(|step| step.0.name()))),
        SessionColumn::StepLabel => words(rows.iter().map(|row| row.steps.iter().map(|step| &*step.1))),
        int => Arc::new(rows.iter().map(|row| row.int(int)).collect::<Int32Array>()),
    }
}

fn words<'a>(lists: impl Iterator<Item = impl Iterator<Item = &'a str>>) -> ArrayRef {
    let mut builder = ListBuilder::new(StringDictionaryBuilder::<Int32Type>::new());
    for list in lists {
        list.for_each(|word| builder.values().append_value(word));
        builder.append(true);
    }
    Arc::new(builder.finish())
}

/// What a source says of a segment of these rows.
pub fn segment(id: u64, rows: &[Row], hidden: Vec<u32>) -> Segment {
    segment_of(id, rows.iter().map(|row| Timestamp(row.start)), rows.len(), hidden)
}

/// The same of rows that start then.
pub fn segment_of(
    id: u64,
    starts: impl Iterator<Item = Timestamp> + Clone,
    rows: usize,
    hidden: Vec<u32>,
) -> Segment {
    let (first, last) = (starts.clone().min().unwrap_or_default(), starts.max().unwrap_or_default());
    Segment { id: Some(SegmentId(id)), rows, starts: first..=last, hidden: hidden.into() }
}

/// A snapshot in memory, which counts what is asked of it.
#[derive(Debug, Default)]
pub struct Memory {
    pub rows: Vec<Vec<Row>>,
    pub segments: Vec<Segment>,
    pub loads: AtomicUsize,
    pub rows_loaded: Mutex<Vec<u32>>,
}

impl Memory {
    /// Segments as given, with ids, and none of their rows hidden.
    pub fn new(segments: Vec<Vec<Row>>) -> Self {
        let hidden = segments.iter().map(|_| Vec::new()).collect();
        Self::with_hidden(segments, hidden)
    }

    /// Segments with their hidden rows.
    pub fn with_hidden(rows: Vec<Vec<Row>>, hidden: Vec<Vec<u32>>) -> Self {
        let segments = (0..).zip(rows.iter().zip(hidden));
        let segments = segments.map(|(id, (rows, hidden))| segment(id, rows, hidden)).collect();
        Self { rows, segments, ..Self::default() }
    }

    /// The last segment's rows may change, as those of the live set do.
    pub fn last_is_live(mut self) -> Self {
        if let Some(last) = self.segments.last_mut() {
            last.id = None;
        }
        self
    }

    pub fn loads(&self) -> usize {
        self.loads.load(Ordering::Relaxed)
    }
}

impl Source for Memory {
    fn segments(&self) -> &[Segment] {
        &self.segments
    }

    fn load(&self, segment: usize, columns: &[SessionColumn]) -> Result<RecordBatch, SourceError> {
        self.loads.fetch_add(1, Ordering::Relaxed);
        Ok(record_batch(&self.rows[segment], columns))
    }

    fn load_rows(
        &self,
        segment: usize,
        columns: &[SessionColumn],
        rows: &[u32],
    ) -> Result<RecordBatch, SourceError> {
        self.rows_loaded.lock().unwrap().extend(rows);
        let rows: Vec<Row> = rows.iter().map(|&row| self.rows[segment][row as usize].clone()).collect();
        Ok(record_batch(&rows, columns))
    }
}

/// Few values each, so that most rows are equal to others in something.
pub fn any_row() -> impl Strategy<Value = Row> {
    let counts = (0..4_i64, 0..3_i32, 0..3_i32, 0..2_i32, prop::option::of(0..3_i32));
    (any::<u32>(), counts, prop::bool::weighted(0.2), any_steps()).prop_map(|(id, counts, bot, steps)| {
        let (start, duration, page_views, errors, load) = counts;
        Row { id: id.into(), start: start * 1000 + 7, duration, page_views, errors, load, bot, steps }
    })
}

fn any_steps() -> impl Strategy<Value = Vec<(StepKind, String)>> {
    let label = prop_oneof![3 => 0..3_u32, 1 => 0..200_u32].prop_map(|label| label.to_string());
    let kind = prop_oneof![4 => Just(StepKind::Page), 1 => Just(StepKind::Click), 1 => Just(StepKind::Error)];
    prop::collection::vec((kind, label), 0..8)
}

/// Rows, no two of one id.
pub fn any_rows(most: usize) -> impl Strategy<Value = Vec<Row>> {
    prop::collection::vec(any_row(), 0..most).prop_map(|mut rows| {
        rows.iter_mut().zip(0..).for_each(|(row, place)| row.id = row.id << 16 | place);
        rows
    })
}

/// The rows in segments, some of which hold further rows that are hidden.
pub fn any_source(rows: Vec<Row>) -> impl Strategy<Value = Memory> {
    let segments = prop::collection::vec(0..4_usize, rows.len());
    let shadowed = prop::collection::vec((0..4_usize, any_row(), any::<prop::sample::Index>()), 0..12);
    (segments, shadowed, any::<bool>()).prop_map(move |(places, shadowed, live)| {
        let mut segments: Vec<Vec<(Row, bool)>> = vec![Vec::new(); 4];
        for (row, place) in rows.iter().zip(places) {
            segments[place].push((row.clone(), false));
        }
        for (segment, row, place) in shadowed {
            let segment = &mut segments[segment];
            let place = place.index(segment.len() + 1);
            segment.insert(place, (row, true));
        }
        let hidden =
            |rows: &Vec<(Row, bool)>| (0..).zip(rows).filter(|(_, row)| row.1).map(|(at, _)| at).collect();
        let hidden = segments.iter().map(hidden).collect();
        let rows = segments.into_iter().map(|rows| rows.into_iter().map(|row| row.0).collect()).collect();
        let memory = Memory::with_hidden(rows, hidden);
        if live { memory.last_is_live() } else { memory }
    })
}

pub fn any_filter() -> impl Strategy<Value = Filter> {
    let range = prop_oneof![
        Just(i64::MIN..i64::MAX),
        (0..5_i64, 0..5_i64).prop_map(|(from, to)| from * 1000..to * 1000)
    ];
    let bots = prop_oneof![Just(Bots::Exclude), Just(Bots::Include), Just(Bots::Only)];
    (range, bots, any_search()).prop_map(|(range, bots, search)| Filter {
        range: Timestamp(range.start)..Timestamp(range.end),
        bots,
        search,
    })
}

/// A search as it is printed, with what it means for a row.
type Meaning = (&'static str, fn(&Row) -> bool);

/// Searches of each kind, over the columns that rows have.
pub const SEARCHES: &[Meaning] = &[
    ("duration:>=1ms", |row| row.duration >= 1),
    ("pages:1 OR errors:1", |row| row.page_views == 1 || row.errors == 1),
    ("pages:1 OR -errors:1", |row| row.page_views == 1 && row.errors != 1),
    ("has:errors -entry.load:*", |row| row.errors > 0 && row.load.is_none()),
    ("bot:headless", |row| row.bot),
    ("click:0", |row| has_click(row, "0")),
    ("{-click:0} -is:bot", |row| row.steps.iter().any(|step| is_click(step) && step.1 != "0") && !row.bot),
    ("click:0 THEN click:*", |row| {
        let mut clicks = row.steps.iter().filter(|step| is_click(step));
        clicks.any(|step| step.1 == "0") && clicks.next().is_some()
    }),
    ("started:>1970-01-01", |_| false),
    ("started:1970-01-01T00:00 -(click:0 click:1)", |row| !(has_click(row, "0") && has_click(row, "1"))),
];

fn is_click(step: &(StepKind, String)) -> bool {
    step.0 == StepKind::Click
}

fn has_click(row: &Row, label: &str) -> bool {
    row.steps.iter().any(|step| is_click(step) && step.1 == label)
}

struct Utc;

impl Zone for Utc {
    fn instant(&self, day: i64, minute: u16) -> Timestamp {
        Timestamp(day * DAY + i64::from(minute) * MINUTE)
    }
}

pub fn compiled(text: &str) -> Arc<CompiledSearch> {
    let search = Search::parse(text).unwrap();
    assert_eq!(search.to_string(), text, "a search is looked up as it is printed");
    Arc::new(CompiledSearch::new(search, Clock { now: Timestamp(DAY), timeout_ms: MINUTE, zone: &Utc }))
}

fn any_search() -> impl Strategy<Value = Option<Arc<CompiledSearch>>> {
    prop_oneof![Just(None), prop::sample::select(SEARCHES).prop_map(|(text, _)| Some(compiled(text))),]
}
