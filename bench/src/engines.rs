//! Engines that are not ours, on the same data in the same run: `bench/engines`, in a Python environment outside of the
//! checkout, which is made again when `bench/engines/requirements.txt` changes.
//!
//! An engine loads its tables in one process and is asked in another, so that what loading leaves behind costs nothing.

use crate::Result;
use crate::kernel::{Answered, Question};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Another engine.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Engine {
    DuckDb,
    /// ClickHouse in a library. Loaded after DuckDB, which makes a file of the raw events for it.
    ChDb,
}

impl Engine {
    pub(crate) const ALL: [Self; 2] = [Self::DuckDb, Self::ChDb];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::DuckDb => "duckdb",
            Self::ChDb => "chdb",
        }
    }
}

/// What an engine reads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Layout {
    /// Its own table of raw events, which is what the field does.
    Events,
    /// Its own table with our columns, which is the fair fight.
    Sessions,
    /// The lake's files as they are.
    Lake,
}

impl Layout {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Events => "events",
            Self::Sessions => "sessions",
            Self::Lake => "lake",
        }
    }
}

/// The engines, ready to be asked about one data directory.
pub(crate) struct Engines {
    python: PathBuf,
    /// Where they have their tables.
    tables: tempfile::TempDir,
    /// Patterns of the lake's files.
    sessions: String,
    events: String,
}

/// What an engine answered, by the question's name.
#[derive(Deserialize, Debug)]
pub(crate) struct Answers {
    pub(crate) answers: BTreeMap<String, Answered>,
    /// The most memory it had in RAM.
    pub(crate) peak_bytes: u64,
}

impl Engines {
    /// Makes what is missing of the environment. `scratch` is where their tables may be.
    pub(crate) fn ready(data_dir: &Path, scratch: &Path) -> Result<Self> {
        let files =
            |table: &str| data_dir.join("lake").join(table).join("*/*/*.parquet").display().to_string();
        Ok(Self {
            python: environment()?,
            tables: tempfile::tempdir_in(scratch)?,
            sessions: files("sessions"),
            events: files("events"),
        })
    }

    /// Exact versions, by the engine's name.
    pub(crate) fn versions(&self) -> Result<BTreeMap<String, String>> {
        let version = |engine: Engine| {
            let said = self.run(self.command(engine, "version"), None)?;
            Ok((engine.name().to_owned(), said.trim().to_owned()))
        };
        Engine::ALL.into_iter().map(version).collect()
    }

    /// Loads the lake's sessions, and raw events from a file of sequences, into all engines' own tables.
    pub(crate) fn load(&self, sequences: &Path) -> Result<()> {
        for engine in Engine::ALL {
            let mut command = self.command(engine, "load");
            command.arg("--sequences").arg(sequences);
            self.run(command, None)?;
        }
        Ok(())
    }

    /// Asks each until its cost is what it stays.
    pub(crate) fn hot(&self, engine: Engine, layout: Layout, questions: &[Question]) -> Result<Answers> {
        self.ask(engine, layout, questions, false)
    }

    /// Asks once in a new process.
    pub(crate) fn cold(&self, engine: Engine, layout: Layout, question: &Question) -> Result<Answered> {
        let mut answers = self.ask(engine, layout, std::slice::from_ref(question), true)?.answers;
        answers.remove(&question.name).ok_or_else(|| "the engine did not answer".into())
    }

    fn ask(&self, engine: Engine, layout: Layout, questions: &[Question], once: bool) -> Result<Answers> {
        let mut command = self.command(engine, "ask");
        command.args(["--layout", layout.name(), "--events", &self.events]);
        if once {
            command.arg("--once");
        }
        let said = self.run(command, Some(&serde_json::to_vec(questions)?))?;
        Ok(serde_json::from_str(&said)?)
    }

    fn command(&self, engine: Engine, what: &str) -> Command {
        let mut command = Command::new(&self.python);
        command.arg(directory().join("ask.py")).args([engine.name(), what, "--sessions", &self.sessions]);
        command.arg("--dir").arg(self.tables.path()).env("PYTHONDONTWRITEBYTECODE", "1");
        command
    }

    /// Gives what it prints; what it complains of goes to the terminal.
    fn run(&self, mut command: Command, input: Option<&[u8]>) -> Result<String> {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(input.unwrap_or_default())?;
        }
        let output = child.wait_with_output()?;
        if !output.status.success() {
            return Err(format!("an engine failed: {command:?}").into());
        }
        Ok(String::from_utf8(output.stdout)?)
    }
}

/// The name under which a row has what an engine took.
pub(crate) fn peer(engine: Engine, layout: Layout) -> String {
    format!("{}_{}", engine.name(), layout.name())
}

/// Fails where an engine answered something else than is expected.
pub(crate) fn check(
    who: &str,
    question: &Question,
    answered: &Answered,
    expected: &serde_json::Value,
) -> Result<()> {
    if answered.answer == *expected {
        return Ok(());
    }
    let short = |value: &serde_json::Value| value.to_string().chars().take(300).collect::<String>();
    Err(format!(
        "{who} answered {} wrongly: {} where {} was expected",
        question.name,
        short(&answered.answer),
        short(expected)
    )
    .into())
}

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("engines")
}

/// The interpreter of an environment with the packages.
fn environment() -> Result<PathBuf> {
    let requirements = directory().join("requirements.txt");
    let mut hasher = DefaultHasher::new();
    std::fs::read(&requirements)?.hash(&mut hasher);
    let cache = match std::env::var_os("XDG_CACHE_HOME") {
        Some(cache) => PathBuf::from(cache),
        None => PathBuf::from(std::env::var_os("HOME").ok_or("HOME is not set")?).join(".cache"),
    };
    let place = cache.join("footpath").join(format!("bench-python-{:016x}", hasher.finish()));
    let (python, complete) = (place.join("bin/python"), place.join("complete"));
    if complete.exists() {
        return Ok(python);
    }
    eprintln!("  making a Python environment for the engines of bench/engines/requirements.txt");
    let run = |command: &mut Command| -> Result<()> {
        match command.status()?.success() {
            true => Ok(()),
            false => Err(format!("it cannot be made: {command:?} failed").into()),
        }
    };
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&place))?;
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"];
    run(Command::new(&python).args(pip).arg(&requirements))?;
    std::fs::write(&complete, "")?;
    Ok(python)
}
