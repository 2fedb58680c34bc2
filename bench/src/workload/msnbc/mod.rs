//! A day of real sessions: the list and the three journeys, against two engines on raw events and on our own layout.
//!
//! The data is the "MSNBC.com Anonymous Web Data" of the UCI machine learning repository: 989,818 sessions of
//! 28 September 1999 as sequences of page categories. It is not in this repository. `oracle.json` beside it holds the
//! answers; every engine's must be these.

mod sequences;

use super::Setting;
use crate::engines::{self, Engine, Engines, Layout, peer};
use crate::kernel::{Asks, Kernel, Question};
use crate::results::{Aim, Measured, Row};
use crate::{Result, history};
use footpath_model::id::SiteId;
use sequences::Data;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// Columns that a list is ordered by.
const SORTS: [&str; 4] = ["start_at", "duration_ms", "n_page_views", "n_errors"];
const ROWS: usize = 50;
/// What engines are asked of.
const LAYOUTS: [Layout; 3] = [Layout::Events, Layout::Sessions, Layout::Lake];

/// What a metric is out of: the worst of some questions.
struct Metric {
    name: &'static str,
    questions: Vec<Question>,
    aim: Option<f64>,
}

/// Whether a question was asked before in the same process.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Heat {
    Hot,
    Cold,
}

/// CPU milliseconds that an engine took, by metric.
type Took = BTreeMap<(Heat, &'static str), f64>;

pub(super) fn run(setting: &Setting) -> Result<Measured> {
    let source = setting.msnbc.as_deref().ok_or(
        "the data is not in this repository: name the directory of msnbc990928.zip (UCI machine learning repository) \
         and oracle.json with --msnbc or FOOTPATH_BENCH_MSNBC",
    )?;
    let data = Data::read(source, &setting.data)?;
    let expected = data.expected()?;
    let directory = tempfile::tempdir_in(&setting.data)?;
    eprintln!("  loading {} sessions", data.sequences.len());
    let site = SiteId("msnbc".to_owned());
    let status = history::put(directory.path(), &site, sequences::batches(&data.sequences, &site))?;
    if status.lake_sessions != data.sequences.len() {
        return Err(format!("{} sessions became {}", data.sequences.len(), status.lake_sessions).into());
    }

    let metrics = metrics();
    let mut measured = Measured::default();
    let mut peers: Vec<(String, Took)> = Vec::new();
    let engines = Engines::ready(directory.path(), &setting.data)?;
    engines.load(&data.text)?;
    for engine in Engine::ALL {
        for layout in LAYOUTS {
            peers.push((peer(engine, layout), theirs(&engines, engine, layout, &metrics, &expected)?));
        }
    }
    let ours = ours(&setting.program, directory.path(), &metrics, &expected, &mut measured)?;

    for Metric { name, aim, .. } in &metrics {
        for (heat, prefix, aim) in [(Heat::Hot, "", *aim), (Heat::Cold, "cold_", None)] {
            let row = Row::new(format!("msnbc.{name}.{prefix}cpu_ms"), "ms", ours[&(heat, *name)]);
            let theirs = peers.iter().filter_map(|(peer, took)| Some((peer, took.get(&(heat, *name))?)));
            let row = theirs.fold(row, |row, (peer, took)| row.peer(peer, *took));
            measured.rows.push(match aim {
                Some(aim) => row.aim(Aim::AtMost(aim)),
                None => row,
            });
        }
    }
    measured.condition("sessions", status.lake_sessions as f64);
    measured.condition("events", status.lake_events as f64);
    measured.condition("lake_files", status.lake_files as f64);
    measured.condition("lake_bytes", status.lake_bytes as f64);
    measured.versions.extend(engines.versions()?);
    Ok(measured)
}

fn metrics() -> Vec<Metric> {
    let question = |name: &str, asks| Question { name: name.to_owned(), range: None, asks };
    let lists = |name: &str, whole| {
        let list = |by: &&str| {
            let asks = Asks::List { by: (*by).to_owned(), limit: ROWS, whole };
            question(&format!("{name} by {by}"), asks)
        };
        SORTS.iter().map(list).collect()
    };
    let pages = ["frontpage", "news", "sports"].map(str::to_owned).to_vec();
    vec![
        Metric { name: "list", questions: lists("list", false), aim: Some(5.0) },
        Metric { name: "whole_list", questions: lists("whole list", true), aim: None },
        Metric {
            name: "funnel",
            questions: vec![question("funnel", Asks::Funnel { pages })],
            aim: Some(30.0),
        },
        Metric {
            name: "transitions",
            questions: vec![question("transitions", Asks::Transitions)],
            aim: Some(30.0),
        },
        Metric {
            name: "paths",
            questions: vec![question("paths", Asks::Paths { length: 5, limit: 100 })],
            aim: Some(45.0),
        },
    ]
}

/// What the data says about a question; whole lists have the rows that lists have.
fn expect<'a>(question: &Question, expected: &'a BTreeMap<String, Value>) -> Result<&'a Value> {
    let name = question.name.trim_start_matches("whole ");
    expected.get(name).ok_or_else(|| format!("nobody knows the answer to {name}").into())
}

fn ours(
    program: &Path,
    data_dir: &Path,
    metrics: &[Metric],
    expected: &BTreeMap<String, Value>,
    measured: &mut Measured,
) -> Result<Took> {
    let mut took = Took::default();
    let mut hot = Kernel::start(program, data_dir)?;
    for Metric { name, questions, .. } in metrics {
        for question in questions {
            let answered = hot.hot(question)?;
            engines::check("Footpath", question, &answered, expect(question, expected)?)?;
            worst(&mut took, (Heat::Hot, name), answered.cpu_median_ms()?);
        }
    }
    measured.condition("rss_mb", hot.peak_bytes()? as f64 / 1e6);
    drop(hot);
    for Metric { name, questions, .. } in metrics {
        for question in questions {
            let answered = Kernel::start(program, data_dir)?.once(question)?;
            worst(&mut took, (Heat::Cold, name), answered.cpu_median_ms()?);
        }
    }
    Ok(took)
}

fn theirs(
    engines: &Engines,
    engine: Engine,
    layout: Layout,
    metrics: &[Metric],
    expected: &BTreeMap<String, Value>,
) -> Result<Took> {
    let who = peer(engine, layout);
    let mut took = Took::default();
    // Raw events tell no more of a session than what was counted.
    let asked = || metrics.iter().filter(|metric| layout != Layout::Events || metric.name != "whole_list");
    let questions: Vec<Question> = asked().flat_map(|metric| metric.questions.clone()).collect();
    let answers = engines.hot(engine, layout, &questions)?.answers;
    for Metric { name, questions, .. } in asked() {
        for question in questions {
            let answered =
                answers.get(&question.name).ok_or_else(|| format!("{who} left out {}", question.name))?;
            engines::check(&who, question, answered, expect(question, expected)?)?;
            worst(&mut took, (Heat::Hot, name), answered.cpu_median_ms()?);
            worst(&mut took, (Heat::Cold, name), engines.cold(engine, layout, question)?.cpu_median_ms()?);
        }
    }
    Ok(took)
}

fn worst(of: &mut Took, metric: (Heat, &'static str), took: f64) {
    of.entry(metric).and_modify(|worst| *worst = worst.max(took)).or_insert(took);
}
