//! `results.json`: the rows of a run, with what they were measured on and under.

use crate::Result;
use crate::machine::Machine;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

/// A number with what it is to be.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq)]
pub(crate) struct Row {
    pub(crate) metric: String,
    pub(crate) unit: String,
    pub(crate) ours: f64,
    /// The same of others, measured in the same run.
    pub(crate) peers: BTreeMap<String, f64>,
    /// Absent where the number only explains another.
    pub(crate) aim: Option<Aim>,
}

/// What a number is to be.
#[derive(Serialize, Deserialize, Debug, Clone, Copy, PartialEq)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Aim {
    AtLeast(f64),
    AtMost(f64),
}

impl Row {
    /// Without peers and aim.
    pub(crate) fn new(metric: impl Into<String>, unit: &str, ours: f64) -> Self {
        Self {
            metric: metric.into(),
            unit: unit.to_owned(),
            ours: rounded(ours),
            peers: BTreeMap::new(),
            aim: None,
        }
    }

    pub(crate) fn peer(mut self, name: &str, value: f64) -> Self {
        self.peers.insert(name.to_owned(), rounded(value));
        self
    }

    pub(crate) fn aim(mut self, aim: Aim) -> Self {
        self.aim = Some(aim);
        self
    }

    fn is_met(&self) -> bool {
        match self.aim {
            None => true,
            Some(Aim::AtLeast(aim)) => self.ours >= aim,
            Some(Aim::AtMost(aim)) => self.ours <= aim,
        }
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.metric, self.ours, self.unit)?;
        for (name, value) in &self.peers {
            write!(f, ", {name} {value}")?;
        }
        let verdict = if self.is_met() { "met" } else { "MISSED" };
        match self.aim {
            None => Ok(()),
            Some(Aim::AtLeast(aim)) => write!(f, " (at least {aim}: {verdict})"),
            Some(Aim::AtMost(aim)) => write!(f, " (at most {aim}: {verdict})"),
        }
    }
}

/// Four digits are more than a run repeats; whole numbers stay as they are.
fn rounded(value: f64) -> f64 {
    if value.abs() >= 1000.0 || value == 0.0 {
        return value.round();
    }
    let scale = 10f64.powf(3.0 - value.abs().log10().floor());
    (value * scale).round() / scale
}

/// What a workload gives.
#[derive(Default)]
pub(crate) struct Measured {
    pub(crate) rows: Vec<Row>,
    /// What the rows were measured under, by name.
    pub(crate) conditions: BTreeMap<String, f64>,
    /// Exact versions of what was measured beside it.
    pub(crate) versions: BTreeMap<String, String>,
}

impl Measured {
    pub(crate) fn condition(&mut self, name: impl Into<String>, value: f64) {
        self.conditions.insert(name.into(), rounded(value));
    }
}

#[derive(Serialize, Deserialize)]
struct Run {
    machine: Machine,
    /// What `footpath --version` says.
    footpath: String,
    rows: Vec<Row>,
    conditions: BTreeMap<String, Conditions>,
    versions: BTreeMap<String, String>,
}

#[derive(Serialize, Deserialize)]
struct Conditions {
    /// RFC 3339; workloads of one file may have been run one by one.
    measured_at: String,
    /// Which rows are of this workload.
    metrics: Vec<String>,
    #[serde(flatten)]
    values: BTreeMap<String, f64>,
}

/// A results file that is being filled.
pub(crate) struct Results {
    path: PathBuf,
    run: Run,
}

/// Where a run of today on this machine is kept.
pub(crate) fn directory(machine: &Machine) -> PathBuf {
    let today = jiff::Timestamp::now().strftime("%Y-%m-%d").to_string();
    let runs = Path::new(env!("CARGO_MANIFEST_DIR")).join("runs");
    runs.join(format!("{today}-{}-core-{}", machine.cores, machine.architecture))
}

impl Results {
    /// Starts from the file that is there, so that one workload can be measured anew.
    pub(crate) fn open(directory: &Path, machine: Machine, footpath: String) -> Result<Self> {
        std::fs::create_dir_all(directory)?;
        let path = directory.join("results.json");
        let run = match std::fs::read(&path) {
            Ok(bytes) => {
                let before: Run = serde_json::from_slice(&bytes).map_err(|error| {
                    format!("{} is no results file: {error}; move it away", path.display())
                })?;
                Run { machine, footpath, ..before }
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Run {
                machine,
                footpath,
                rows: Vec::new(),
                conditions: BTreeMap::new(),
                versions: BTreeMap::new(),
            },
            Err(error) => return Err(format!("cannot read {}: {error}", path.display()).into()),
        };
        Ok(Self { path, run })
    }

    /// Puts a workload's rows in the place of those it gave before.
    pub(crate) fn put(&mut self, workload: &str, measured: Measured) {
        let metrics: Vec<String> = measured.rows.iter().map(|row| row.metric.clone()).collect();
        let before = self.run.conditions.remove(workload).map(|before| before.metrics).unwrap_or_default();
        self.run.rows.retain(|row| !before.contains(&row.metric) && !metrics.contains(&row.metric));
        self.run.rows.extend(measured.rows);
        self.run.rows.sort_by(|a, b| a.metric.cmp(&b.metric));
        let measured_at = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        let conditions = Conditions { measured_at, metrics, values: measured.conditions };
        self.run.conditions.insert(workload.to_owned(), conditions);
        self.run.versions.extend(measured.versions);
    }

    pub(crate) fn write(&self) -> Result<()> {
        let mut text = serde_json::to_string_pretty(&self.run)?;
        text.push('\n');
        Ok(std::fs::write(&self.path, text)?)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(row: Row, told: &str) {
        assert_eq!(row.to_string(), told);
    }

    #[test]
    fn rows_tell_whether_their_aim_is_met() {
        let rate = Row::new("a.events_per_s", "events/s", 123_456.78).peer("limit", 400_000.0);
        check(rate.clone(), "a.events_per_s 123457 events/s, limit 400000");
        check(
            rate.clone().aim(Aim::AtLeast(100_000.0)),
            "a.events_per_s 123457 events/s, limit 400000 (at least 100000: met)",
        );
        let slow = Row::new("a.p99_ms", "ms", 20.0049).aim(Aim::AtMost(20.0));
        check(slow, "a.p99_ms 20 ms (at most 20: met)");
        check(
            Row::new("a.p99_ms", "ms", 20.06).aim(Aim::AtMost(20.0)),
            "a.p99_ms 20.06 ms (at most 20: MISSED)",
        );
    }

    #[test]
    fn four_digits_are_kept() {
        let cases =
            [(0.0, 0.0), (5.67891, 5.679), (0.0123456, 0.01235), (12_288.4, 12_288.0), (-1.23456, -1.235)];
        for (value, kept) in cases {
            assert!((rounded(value) - kept).abs() < 1e-12, "{value} became {}", rounded(value));
        }
    }

    #[test]
    fn one_workload_measured_anew_leaves_the_others() {
        let directory = tempfile::tempdir().expect("a directory can be made");
        let machine = crate::machine::describe(directory.path()).expect("this is Linux");
        let measured =
            |metric: &str, ours| Measured { rows: vec![Row::new(metric, "ms", ours)], ..Measured::default() };
        let open =
            || Results::open(directory.path(), machine.clone(), "footpath 0".to_owned()).expect("it opens");
        let mut first = open();
        first.put("one", measured("one.old", 1.0));
        first.put("two", measured("two", 2.0));
        first.write().expect("it is written");
        let mut second = open();
        second.put("one", measured("one.new", 3.0));
        let metrics: Vec<(&str, f64)> =
            second.run.rows.iter().map(|row| (row.metric.as_str(), row.ours)).collect();
        assert_eq!(metrics, [("one.new", 3.0), ("two", 2.0)]);
    }
}
