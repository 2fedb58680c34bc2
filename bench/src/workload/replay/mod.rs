//! Session replay: what recording costs a page in Chromium, beside others (`bench/peers/replay.mjs`), and how long the
//! server takes to serve what was recorded ([`served`]).

mod recording;
mod served;

use super::Setting;
use crate::results::{Aim, Measured, Row};
use crate::{Result, peers};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The page that nothing records.
const BARE: &str = "bare";
const OURS: &str = "footpath";

/// What `replay.mjs` prints.
#[derive(Deserialize)]
struct Costs {
    chromium: String,
    versions: BTreeMap<String, String>,
    recorders: BTreeMap<String, Cost>,
}

/// Medians over all rounds.
#[derive(Deserialize, Clone, Copy)]
struct Cost {
    /// From an insert until its frame is done, ms.
    insert: f64,
    /// The main thread's time for an insert and all that came of it later, ms.
    cpu: f64,
    /// Percent of a core.
    idle: f64,
    /// The longest task, ms.
    whole: f64,
    /// The most of one task that was the recorder's own, ms.
    own: f64,
    /// All of the recorder's own, ms.
    sum: f64,
}

pub(super) fn run(setting: &Setting) -> Result<Measured> {
    let directory = tempfile::tempdir_in(&setting.data)?;
    let file = directory.path().join("recording.ndjson");
    let costs: Costs = peers::run("replay.mjs", &[file.as_os_str()])?;
    let mut measured = Measured::default();
    rows(&costs, &mut measured)?;
    measured.versions.extend(costs.versions);
    measured.versions.insert("chromium".to_owned(), costs.chromium);
    served::run(setting, &recording::read(&file)?, &mut measured)?;
    Ok(measured)
}

fn rows(costs: &Costs, measured: &mut Measured) -> Result<()> {
    let of =
        |name: &str| costs.recorders.get(name).copied().ok_or_else(|| format!("{name} was not measured"));
    let (bare, ours) = (of(BARE)?, of(OURS)?);
    let peers: Vec<(&String, &Cost)> =
        costs.recorders.iter().filter(|(name, _)| *name != BARE && *name != OURS).collect();
    let row = |metric: &str, unit: &str, value: &dyn Fn(&Cost) -> f64| {
        peers
            .iter()
            .fold(Row::new(metric, unit, value(&ours)), |row, (name, cost)| row.peer(name, value(cost)))
    };
    measured.rows.extend([
        row("replay.insert100.ms", "ms", &|cost| cost.insert - bare.insert).aim(Aim::AtMost(5.0)),
        row("replay.insert100.cpu_ms", "ms", &|cost| cost.cpu - bare.cpu),
        row("replay.idle_cpu_pct", "%", &|cost| cost.idle - bare.idle).aim(Aim::AtMost(3.0)),
        row("replay.longest_task_ms", "ms", &|cost| cost.own).aim(Aim::AtMost(50.0)),
        row("replay.longest_task.whole_ms", "ms", &|cost| cost.whole).peer(BARE, bare.whole),
        row("replay.tasks.ms", "ms", &|cost| cost.sum),
    ]);
    measured.condition("bare_insert_ms", bare.insert);
    measured.condition("bare_insert_cpu_ms", bare.cpu);
    measured.condition("bare_idle_cpu_pct", bare.idle);
    Ok(())
}
