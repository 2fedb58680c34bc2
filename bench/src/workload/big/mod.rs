//! A large site's month: questions about all of it and about its last days, inside of the memory ceiling.
//!
//! The month is made first ([`crate::site`]) and put into a lake by the store itself. It takes its time, so a directory
//! can be named in which it stays for the next run.

mod questions;

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
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Instant;

/// What the aims are for.
pub(crate) const EVENTS: u64 = 100_000_000;
/// Starts that are timed.
const STARTS: usize = 5;
/// In the directory: what is known of the month; written last.
const FACTS: &str = "bench-facts.json";

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
            let once = engines.cold(engine, Layout::Lake, question)?;
            took_cold.insert(name.clone(), median(&once.wall_ms).ok_or("it was never asked")?);
        }
        theirs.push((who.clone(), took));
        theirs_cold.push((who, took_cold));
    }
    rows.measured.versions.extend(engines.versions()?);
    for (heat, ours, theirs, aims) in
        [("", &ours, &theirs, [Some(500.0), Some(2000.0)]), ("cold_", &cold, &theirs_cold, [None, None])]
    {
        let of = |took: &Took, kind, percent| {
            let of_kind: Vec<f64> = questions
                .iter()
                .filter(|(of, _)| *of == kind)
                .filter_map(|(_, one)| took.get(&one.name).copied())
                .collect();
            percentile(&of_kind, percent).unwrap_or(f64::NAN)
        };
        let [query, journey] = aims;
        for (metric, kind, percent, aim) in [
            (format!("query.{heat}median_ms"), Kind::Query, 50.0, query),
            (format!("journey.{heat}p95_ms"), Kind::Journey, 95.0, journey),
        ] {
            let row = Row::new(format!("big.{metric}"), "ms", of(ours, kind, percent));
            let row = theirs.iter().fold(row, |row, (who, took)| row.peer(who, of(took, kind, percent)));
            rows.put(row, aim.map(Aim::AtMost));
        }
    }
    for (name, took) in &ours {
        rows.measured.condition(format!("{name}, ms"), *took);
    }
    Ok(rows.measured)
}

/// Rows whose names and aims are those of the full month; a smaller one has other names, lest they be taken for them.
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

/// The month in a directory, made where it is not there yet.
fn made(place: &PathBuf, n_events: u64, measured: &mut Measured) -> Result<Facts> {
    let path = place.join(FACTS);
    if let Ok(facts) = std::fs::read(&path) {
        let facts: Facts = serde_json::from_slice(&facts)?;
        // The month ends with a whole session.
        if facts.asked_for != n_events {
            let display = place.display();
            return Err(format!(
                "{display} holds a month of {} events: name another --site",
                facts.asked_for
            )
            .into());
        }
        return Ok(facts);
    }
    if place.join("lake").exists() {
        return Err(format!("{} holds a half-made month: remove it", place.display()).into());
    }
    eprintln!("  making a month of {n_events} events");
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
    for (_, question) in questions {
        let once = Kernel::start(program, place)?.once(question)?;
        engines::check("Footpath, cold,", question, &once, &answers[&question.name])?;
        cold.insert(question.name.clone(), median(&once.wall_ms).ok_or("it was never asked")?);
    }
    Ok((hot, cold, answers))
}

fn all(questions: &[(Kind, Question)]) -> Vec<Question> {
    questions.iter().map(|(_, question)| question.clone()).collect()
}
