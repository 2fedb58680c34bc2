//! A large site's quarter: questions about all of it and about its last days, inside of the memory ceiling.
//!
//! The quarter is made first ([`crate::site`]) and put into a lake by the store itself. It takes its time, so a directory
//! can be named in which it stays for the next run.

mod first_page;
mod questions;
mod reports;

use super::{Setting, idle};
use crate::engines::{self, Engine, Engines, Layout, peer};
use crate::kernel::{Kernel, MEMORY_MB, Question};
use crate::latency::{median, percentile};
use crate::process::{self, Server};
use crate::results::{Aim, Measured, Row};
use crate::site::{Facts, SITE, Site};
use crate::{Result, history};
use footpath_model::id::SiteId;
use questions::{Kind, fixed};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Instant;

/// What the aims are for.
pub(crate) const EVENTS: u64 = 100_000_000;
/// Starts that are timed.
const STARTS: usize = 5;
/// In the directory: what is known of the quarter; written last.
const FACTS: &str = "bench-facts.json";

/// Name, what it is of, which quantile of it, and what that is to be when hot, ms.
const METRICS: [(&str, Kind, &str, f64, f64); 6] = [
    ("big.query", Kind::Query, "median", 50.0, 500.0),
    ("big.journey", Kind::Journey, "p95", 95.0, 2000.0),
    ("search.clause", Kind::Clause, "p95", 95.0, 200.0),
    ("search.lookup", Kind::Lookup, "p95", 95.0, 50.0),
    ("search.then", Kind::Then, "p95", 95.0, 1000.0),
    ("search.complete", Kind::Complete, "p95", 95.0, 50.0),
];

/// Milliseconds by the question's name.
type Took = BTreeMap<String, f64>;

pub(super) fn run(setting: &Setting) -> Result<Measured> {
    let mut measured = Measured::default();
    let (place, _temporary) = match &setting.site {
        Some(place) => (place.clone(), None),
        None => {
            let temporary = tempfile::tempdir_in(&setting.data)?;
            (temporary.path().to_owned(), Some(temporary))
        }
    };
    let facts = made(&place, setting.events, &mut measured)?;
    let questions = fixed(&facts)?;
    let mut rows = Rows { is_full: setting.events == EVENTS, measured };

    start(setting, &place, &mut rows)?;
    let (ours, cold, answers) = ours(&setting.program, &place, &facts, &questions, &mut rows)?;
    let engines = Engines::ready(&place, &setting.data)?;
    let (mut theirs, mut theirs_cold) = (Vec::new(), Vec::new());
    for engine in Engine::ALL {
        let who = peer(engine, Layout::Lake);
        let hot = engines.hot(engine, Layout::Lake, &all(&questions))?;
        rows.measured.condition(format!("{who}_peak_mb"), hot.peak_bytes as f64 / 1e6);
        let (mut took, mut took_cold) = (Took::new(), Took::new());
        for (_, question) in &questions {
            let name = &question.name;
            let answered = hot.answers.get(name).ok_or_else(|| format!("{who} left out {name}"))?;
            engines::check(&who, question, answered, &answers[name])?;
            took.insert(name.clone(), median(&answered.wall_ms).ok_or("it was never asked")?);
            if is_asked_cold(question) {
                let once = engines.cold(engine, Layout::Lake, question)?;
                took_cold.insert(name.clone(), median(&once.wall_ms).ok_or("it was never asked")?);
            }
        }
        theirs.push((who.clone(), took));
        theirs_cold.push((who, took_cold));
    }
    reports::measure(setting, &place, &engines, &mut rows)?;
    rows.measured.versions.extend(engines.versions()?);
    for (heat, ours, theirs) in [("", &ours, &theirs), ("cold_", &cold, &theirs_cold)] {
        let of = |took: &Took, kind, percent| {
            let of_kind: Vec<f64> = questions
                .iter()
                .filter(|(of, _)| *of == kind)
                .filter_map(|(_, one)| took.get(&one.name).copied())
                .collect();
            percentile(&of_kind, percent).unwrap_or(f64::NAN)
        };
        for (metric, kind, quantile, percent, aim) in METRICS {
            let name = format!("{metric}.{heat}{quantile}_ms");
            let row = Row::new(name, "ms", of(ours, kind, percent));
            let row = theirs.iter().fold(row, |row, (who, took)| row.peer(who, of(took, kind, percent)));
            rows.put(row, heat.is_empty().then_some(Aim::AtMost(aim)));
        }
    }
    for (name, took) in &ours {
        rows.measured.condition(format!("{name}, ms"), *took);
    }
    Ok(rows.measured)
}

/// Rows whose names and aims are those of the full quarter; a smaller one has other names, lest they be taken for them.
struct Rows {
    is_full: bool,
    measured: Measured,
}

impl Rows {
    fn put(&mut self, mut row: Row, aim: Option<Aim>) {
        if !self.is_full {
            row.metric = format!("small.{}", row.metric);
        }
        self.measured.rows.push(match aim.filter(|_| self.is_full) {
            Some(aim) => row.aim(aim),
            None => row,
        });
    }
}

/// The quarter in a directory, made where it is not there yet.
fn made(place: &Path, n_events: u64, measured: &mut Measured) -> Result<Facts> {
    let path = place.join(FACTS);
    if let Ok(facts) = std::fs::read(&path) {
        let facts: Facts = serde_json::from_slice(&facts)?;
        // The quarter ends with a whole session.
        if facts.asked_for != n_events {
            let display = place.display();
            return Err(format!(
                "{display} holds a quarter of {} events: name another --site",
                facts.asked_for
            )
            .into());
        }
        return Ok(facts);
    }
    if place.join("lake").exists() {
        return Err(format!("{} holds a half-made quarter: remove it", place.display()).into());
    }
    eprintln!("  making a quarter of {n_events} events");
    let facts = Arc::new(Mutex::new(Facts { asked_for: n_events, ..Facts::default() }));
    let seen = Arc::clone(&facts);
    let mut last = None;
    let batches = Site::new(n_events).inspect(move |batch| {
        seen.lock().expect("no holder of this lock panics").see(batch, &mut last);
    });
    let start = Instant::now();
    let status = history::put(place, &SiteId(SITE.to_owned()), batches)?;
    let took = start.elapsed();
    let facts = facts.lock().expect("no holder of this lock panics").clone();
    if (status.lake_sessions as u64, status.lake_events as u64) != (facts.sessions, facts.events) {
        return Err(format!("{facts:?} were made, but the lake has {status:?}").into());
    }
    measured.condition("made_in_s", took.as_secs_f64());
    std::fs::write(&path, serde_json::to_vec(&facts)?)?;
    Ok(facts)
}

/// How long a server on it takes to answer, and what it takes when it has nothing to do.
fn start(setting: &Setting, place: &Path, rows: &mut Rows) -> Result<()> {
    let mut took = Vec::new();
    for nth in 1..=STARTS {
        let start = Instant::now();
        let server = Server::footpath(&setting.footpath, place)?;
        took.push(start.elapsed().as_secs_f64());
        if nth == STARTS {
            idle::until_quiet(server.pid())?;
            let resident = process::resident_bytes(server.pid())?;
            rows.put(
                Row::new("idle.10m_sessions.rss_mb", "MB", resident as f64 / 1e6),
                Some(Aim::AtMost(100.0)),
            );
            first_page::run(&server, rows)?;
        }
        server.kill()?;
    }
    let took = median(&took).ok_or("nothing was started")?;
    rows.put(Row::new("start.10m_sessions_s", "s", took), Some(Aim::AtMost(0.5)));
    Ok(())
}

/// What the kernel took hot and cold, and what it answered.
fn ours(
    program: &Path,
    place: &Path,
    facts: &Facts,
    questions: &[(Kind, Question)],
    rows: &mut Rows,
) -> Result<(Took, Took, BTreeMap<String, Value>)> {
    let mut kernel = Kernel::start(program, place)?;
    if (kernel.sessions as u64, kernel.events as u64) != (facts.sessions, facts.events) {
        return Err(format!("{facts:?} were made, but the lake has {} sessions", kernel.sessions).into());
    }
    rows.put(
        Row::new("lake.bytes_per_event", "bytes", kernel.bytes as f64 / facts.events as f64),
        Some(Aim::AtMost(30.0)),
    );
    rows.measured.condition("sessions", facts.sessions as f64);
    rows.measured.condition("events", facts.events as f64);
    rows.measured.condition("lake_files", kernel.files as f64);

    let (mut hot, mut cold, mut answers) = (Took::new(), Took::new(), BTreeMap::new());
    for (_, question) in questions {
        let answered = kernel.hot(question)?;
        hot.insert(question.name.clone(), median(&answered.wall_ms).ok_or("it was never asked")?);
        answers.insert(question.name.clone(), answered.answer);
    }
    let ceiling = Aim::AtMost((MEMORY_MB << 20) as f64 / 1e6);
    rows.put(Row::new("big.rss_mb", "MB", kernel.peak_bytes()? as f64 / 1e6), Some(ceiling));
    drop(kernel);
    for (_, question) in questions.iter().filter(|(_, question)| is_asked_cold(question)) {
        let once = Kernel::start(program, place)?.once(question)?;
        engines::check("Footpath, cold,", question, &once, &answers[&question.name])?;
        cold.insert(question.name.clone(), median(&once.wall_ms).ok_or("it was never asked")?);
    }
    Ok((hot, cold, answers))
}

/// A new process for each takes its time, so only the quarter is asked about.
fn is_asked_cold(question: &Question) -> bool {
    question.range.is_none()
}

fn all(questions: &[(Kind, Question)]) -> Vec<Question> {
    questions.iter().map(|(_, question)| question.clone()).collect()
}
