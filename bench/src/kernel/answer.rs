//! The child: opens a data directory as the server does, and answers questions from standard input until it ends.

use super::source::SnapshotSource;
use super::{Answered, Asked, Asks, MEMORY_MB, Opened, Question};
use crate::Result;
use crate::client::unix_ms;
use crate::process::cpu_time_of_this;
use arrow::array::AsArray;
use arrow::datatypes::Int32Type;
use footpath_analyze::{
    Analysis, Bots, Cancel, CompiledSearch, Count, Direction, Filter, Funnel, Histogram, List, Order, Paths,
    RowRef, Scheduler, SchedulerConfig, StepKinds, StepName, Transitions, Values, ValuesOf, list,
};
use footpath_model::columns::SessionColumn;
use footpath_model::id::{SessionId, SiteId};
use footpath_model::search::{Clock, Field, Search, Zone};
use footpath_model::site::SessionRules;
use footpath_model::steps::StepKind;
use footpath_model::time::{DAY, MINUTE, Timestamp};
use footpath_store::{Snapshot, Store, StoreOptions};
use serde_json::{Value, json};
use std::io::{BufRead, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

/// What is told of each row of a list, beside its start, where it is not told whole.
const SHOWN: [SessionColumn; 4] =
    [SessionColumn::Id, SessionColumn::Duration, SessionColumn::PageViews, SessionColumn::Errors];

/// What takes so long is asked so often and no more.
const LONG_SECONDS: f64 = 3.0;
const LONG_TIMES: usize = 3;

/// Values that are offered at most; more than any question finds, so that no engine must choose.
const VALUES: usize = 100;

/// Days are UTC's.
struct Utc;

impl Zone for Utc {
    fn instant(&self, day: i64, minute: u16) -> Timestamp {
        Timestamp(day * DAY + i64::from(minute) * MINUTE)
    }
}

fn compiled(text: &str) -> Result<Arc<CompiledSearch>> {
    let search = Search::parse(text).map_err(|error| format!("{text}: {}", error.message))?;
    let timeout_ms = SessionRules::default().timeout_ms;
    let clock = Clock { now: Timestamp(unix_ms()), timeout_ms, zone: &Utc };
    Ok(Arc::new(CompiledSearch::new(search, clock)))
}

/// Answers until standard input ends.
pub(crate) fn serve(data_dir: &Path) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    // The shares that the server gives them of its memory.
    let options = StoreOptions { live_bytes: (MEMORY_MB << 20) as usize / 6, clock: || Timestamp(unix_ms()) };
    let (store, _) = runtime.block_on(Store::open(data_dir, options))?;
    let site = store.metadata().sites().first().map(|site| site.id.clone()).ok_or("there is no site")?;
    let threads = std::thread::available_parallelism()?.get();
    let scheduler = Scheduler::new(SchedulerConfig { threads, cache_bytes: (MEMORY_MB << 20) / 4 });
    let asker = Asker { store, site, scheduler };

    let status = asker.store.status();
    say(&Opened {
        sessions: status.lake_sessions,
        events: status.lake_events,
        files: status.lake_files,
        bytes: status.lake_bytes,
    })?;
    for line in std::io::stdin().lock().lines() {
        say(&asker.asked(&serde_json::from_str(&line?)?)?)?;
    }
    Ok(())
}

fn say(what: &impl serde::Serialize) -> Result<()> {
    let mut line = serde_json::to_vec(what)?;
    line.push(b'\n');
    let mut stdout = std::io::stdout().lock();
    stdout.write_all(&line)?;
    Ok(stdout.flush()?)
}

struct Asker {
    store: Store,
    site: SiteId,
    scheduler: Scheduler,
}

impl Asker {
    fn asked(&self, asked: &Asked) -> Result<Answered> {
        let Asked { question, warm_up, times, seconds } = asked;
        let began = Instant::now();
        for _ in 0..*warm_up {
            self.answer(question)?;
            if began.elapsed().as_secs_f64() > *seconds {
                break;
            }
        }
        let (mut cpu_ms, mut wall_ms) = (Vec::new(), Vec::new());
        let mut answer = Value::Null;
        while cpu_ms.len() < *times || wall_ms.iter().sum::<f64>() < seconds * 1e3 {
            if wall_ms.len() >= LONG_TIMES && wall_ms.iter().sum::<f64>() > LONG_SECONDS * 1e3 {
                break;
            }
            let (cpu, wall) = (cpu_time_of_this()?, Instant::now());
            let answered = self.answer(question)?;
            wall_ms.push(wall.elapsed().as_secs_f64() * 1e3);
            cpu_ms.push((cpu_time_of_this()? - cpu).as_secs_f64() * 1e3);
            // Writing the answer as JSON is not measured: no other engine does so either.
            answer = answered.json()?;
        }
        Ok(Answered { answer, cpu_ms, wall_ms })
    }

    fn answer(&self, Question { range, asks, .. }: &Question) -> Result<Answer> {
        let [from, to] = range.unwrap_or([i64::MIN, i64::MAX]);
        let filter = Filter { range: Timestamp(from)..Timestamp(to), bots: Bots::Exclude, search: None };
        Ok(match asks {
            Asks::Count => Answer::Count(self.run(&filter, &Count)?),
            Asks::List { by, limit, whole, search } => {
                let search = search.as_ref().map(|searched| compiled(&searched.text)).transpose()?;
                self.list(&Filter { search, ..filter }, by, *limit, *whole)?
            }
            Asks::Complete { field, typed, .. } => {
                let (of, _) = Field::of_name(field).ok_or("there is no such field")?;
                let values = Values::new(ValuesOf::Field(of, None), typed, VALUES);
                let counted = self.run(&filter, &values)?.values.into_iter();
                Answer::Values(counted.map(|found| (found.value, found.sessions)).collect())
            }
            Asks::Histogram { edges } => {
                let edges = edges.iter().map(|edge| Timestamp(*edge)).collect();
                let counted = self.run(&filter, &Histogram::new(edges))?;
                Answer::Numbers(counted.into_iter().map(|counted| counted.total).collect())
            }
            Asks::Session { id } => {
                let found = self.store.sessions(&self.site).session(id.parse()?)?;
                Answer::Numbers(found.iter().map(|session| session.counts.events.into()).collect())
            }
            Asks::Events { id } => {
                let found = self.store.sessions(&self.site).events(id.parse()?)?;
                Answer::Numbers(found.iter().map(|session| session.events.len() as u64).collect())
            }
            Asks::Funnel { pages } => {
                let steps = pages.iter().map(|page| StepName::new(StepKind::Page, page)).collect();
                Answer::Numbers(self.run(&filter, &Funnel { steps })?)
            }
            Asks::Transitions => {
                Answer::Transitions(self.run(&filter, &Transitions { kinds: StepKinds::PAGES })?)
            }
            Asks::Paths { length, limit } => {
                let paths = Paths { kinds: StepKinds::PAGES, length: *length, limit: *limit };
                Answer::Paths(self.run(&filter, &paths)?)
            }
            Asks::Sql { .. } => return Err("SQL is for other engines".into()),
        })
    }

    fn source(&self, filter: &Filter, columns: &[SessionColumn]) -> Result<SnapshotSource> {
        Ok(SnapshotSource::new(self.store.sessions(&self.site).snapshot(filter.range.clone(), columns)?))
    }

    fn run<A: Analysis>(&self, filter: &Filter, analysis: &A) -> Result<A::Answer> {
        let source = self.source(filter, &analysis.columns())?;
        Ok(self.scheduler.run(&source, filter, analysis, &Cancel::default())?)
    }

    fn list(&self, filter: &Filter, by: &str, limit: usize, whole: bool) -> Result<Answer> {
        let by = SessionColumn::ALL.iter().copied().find(|column| column.name() == by);
        let order =
            by.and_then(|by| Order::new(by, Direction::Descending)).ok_or("no list is ordered by it")?;
        let asked = List { order, after: None, limit };
        let source = self.source(filter, &asked.columns())?;
        let page = list(&self.scheduler, &source, filter, &asked, &Cancel::default())?;
        let rows: Vec<RowRef> = page.rows.iter().map(|row| row.row).collect();
        let n_told = if whole {
            let batch = self.scheduler.take(&source, &rows, Snapshot::ROW_COLUMNS)?;
            source.snapshot.decode(&batch)?.len()
        } else {
            let batch = self.scheduler.take(&source, &rows, &SHOWN)?;
            let ids = batch.column(0).as_string::<i32>().iter().flatten();
            let ids: Vec<SessionId> = ids.map(str::parse).collect::<Result<_, _>>()?;
            let told = ids.len();
            // Whoever shows a list reads them.
            std::hint::black_box((ids, batch.column(1).as_primitive::<Int32Type>().values().to_vec()));
            told
        };
        if n_told != page.rows.len() {
            return Err(format!("{n_told} rows were read of {}", page.rows.len()).into());
        }
        Ok(Answer::List(page.rows.iter().map(|row| row.value).collect()))
    }
}

/// An answer as the kernel gives it.
enum Answer {
    Count(footpath_analyze::Counted),
    /// With the sessions that have them.
    Values(Vec<(String, u64)>),
    /// What the rows are ordered by.
    List(Vec<Option<i64>>),
    Numbers(Vec<u64>),
    Transitions(Vec<footpath_analyze::Transition>),
    Paths(footpath_analyze::TopPaths),
}

impl Answer {
    /// As all engines answer; see `bench/engines/answers.py`.
    fn json(self) -> Result<Value> {
        let label = |name: &Option<StepName>| name.as_ref().map(|name| name.label.to_string());
        Ok(match self {
            Self::Count(counted) => json!([counted.total, counted.with_errors]),
            Self::List(keys) => json!(keys),
            Self::Numbers(numbers) => json!(numbers),
            Self::Values(mut values) => {
                values.sort();
                serde_json::to_value(values)?
            }
            Self::Transitions(transitions) => {
                let left = transitions.iter().filter(|one| one.from.is_some());
                let mut rows: Vec<_> =
                    left.map(|one| (label(&one.from), label(&one.to), one.count)).collect();
                rows.sort();
                serde_json::to_value(rows)?
            }
            Self::Paths(paths) => {
                let last = paths.paths.last().map_or(0, |path| path.sessions);
                // Which of those that are equal to the last are shown is each engine's own choice.
                let shown = paths.paths.iter().filter(|path| path.sessions > last);
                let steps = |steps: &[StepName]| -> Vec<String> {
                    steps.iter().map(|step| step.label.to_string()).collect()
                };
                let mut rows: Vec<_> = shown.map(|path| (steps(&path.steps), path.sessions)).collect();
                rows.sort();
                serde_json::to_value(rows)?
            }
        })
    }
}
