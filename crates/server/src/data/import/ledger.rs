//! The account of an import: what became of every line, kept beside the file so that it survives `kill -9`.
//!
//! `FILE.footpath-import` says up to where everything has its outcome, and the account until there; `FILE.rejects` has
//! what was refused, a JSON object a line, in the file's order. Both are written about once a second. What was sent
//! after the last writing is sent again, which changes nothing; it is counted once, since the account goes back to
//! where the place in the file does, and so do the rejects.
//!
//! Standard input cannot be read again: it has rejects, in `stdin.rejects`, and nothing to resume.

use super::{DataError, Outcome};
use crate::ingest::wire::WireDropped;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{BufWriter, ErrorKind, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How often the account is written.
const EVERY: Duration = Duration::from_secs(1);
/// Rejects that are shown; the file has all.
const SHOWN: usize = 5;

/// A line, or one of its events, that was not taken.
#[derive(Serialize, Clone, PartialEq, Eq, Debug)]
pub(super) struct Reject {
    /// From 1.
    pub line: u64,
    /// Place of the event in its batch, from 0, where the rest of the line was taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seq: Option<u32>,
    /// One of a few, for programs.
    pub reason: String,
    /// What exactly: the field and what to do.
    pub message: String,
    /// The line, where all of it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

impl Reject {
    pub(super) fn line(line: u64, reason: &str, message: String, text: String) -> Self {
        let text = Some(text).filter(|text| !text.is_empty());
        Self { line, index: None, seq: None, reason: reason.to_owned(), message, text }
    }

    pub(super) fn event(line: u64, dropped: WireDropped) -> Self {
        let WireDropped { seq, index, reason, message } = dropped;
        Self { line, index: Some(index), seq, reason: reason.name().to_owned(), message, text: None }
    }
}

/// What became of the lines so far.
#[derive(Serialize, Deserialize, Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Account {
    /// Lines that have their outcome.
    lines: u64,
    /// Lines that say nothing about a page view, or nothing at all.
    passed_over: u64,
    /// Lines that were refused.
    rejected: u64,
    /// Batches that were taken.
    batches: u64,
    /// Their events that are durable; those that were there before are among them.
    accepted: u64,
    /// Their events that were dropped, by reason.
    dropped: BTreeMap<String, u64>,
}

/// What is kept beside the file.
#[derive(Serialize, Deserialize, Clone, PartialEq, Eq, Debug, Default)]
struct Kept {
    site: String,
    /// By what the file is known.
    head: String,
    /// Everything before has its outcome, bytes.
    offset: u64,
    /// Length of the rejects.
    rejects_bytes: u64,
    account: Account,
}

/// Takes outcomes in, in the order of the file.
pub(super) struct Ledger {
    file: PathBuf,
    is_resumable: bool,
    kept: Kept,
    /// Outcomes that came before their turn.
    early: BTreeMap<u64, Outcome>,
    next: u64,
    rejects: Option<BufWriter<File>>,
    shown: Vec<String>,
    written: Instant,
}

fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name: OsString = if file == Path::new("-") { "stdin".into() } else { file.into() };
    name.push(ending);
    name.into()
}

impl Ledger {
    /// A new account, or the one that an import of the same file to the same site has left.
    pub(super) fn open(file: &Path, site: &str, head: &str, resume: bool) -> Result<Self, DataError> {
        let is_resumable = file != Path::new("-");
        if resume && !is_resumable {
            return Err(DataError::new("resume: standard input cannot be read again: name a file"));
        }
        let state = beside(file, ".footpath-import");
        let found = if is_resumable { read_kept(&state)? } else { None };
        let new = Kept { site: site.to_owned(), head: head.to_owned(), ..Kept::default() };
        let kept = match found {
            Some(found) if resume && (found.site != site || found.head != head) => {
                return Err(DataError::new(format!(
                    "resume: {} is of another file or of site {}: leave out --resume to begin anew",
                    state.display(),
                    found.site
                )));
            }
            Some(found) if resume => found,
            Some(found) => {
                eprintln!(
                    "an earlier import stopped after line {}; beginning anew, which changes nothing twice \
                     (--resume goes on there)",
                    found.account.lines
                );
                new
            }
            None => new,
        };
        let mut ledger = Self {
            file: file.to_owned(),
            is_resumable,
            kept,
            early: BTreeMap::new(),
            next: 0,
            rejects: None,
            shown: Vec::new(),
            written: Instant::now(),
        };
        ledger.cut_rejects()?;
        Ok(ledger)
    }

    /// Everything before has its outcome already.
    pub(super) fn offset(&self) -> u64 {
        self.kept.offset
    }

    /// Takes the outcome of the unit of a number, counted from 0.
    pub(super) fn take(&mut self, number: u64, outcome: Outcome) -> Result<(), DataError> {
        self.early.insert(number, outcome);
        while let Some(outcome) = self.early.remove(&self.next) {
            self.next += 1;
            self.count(outcome)?;
        }
        if self.written.elapsed() >= EVERY {
            self.write(false)?;
        }
        Ok(())
    }

    fn count(&mut self, outcome: Outcome) -> Result<(), DataError> {
        let account = &mut self.kept.account;
        account.lines = outcome.last_line;
        account.passed_over += outcome.passed_over;
        account.batches += outcome.batches;
        account.accepted += outcome.accepted;
        for reject in &outcome.rejects {
            match reject.index {
                Some(_) => *account.dropped.entry(reject.reason.clone()).or_default() += 1,
                None => account.rejected += 1,
            }
        }
        self.kept.offset = outcome.end;
        outcome.rejects.iter().try_for_each(|reject| self.reject(reject))
    }

    fn reject(&mut self, reject: &Reject) -> Result<(), DataError> {
        if self.shown.len() < SHOWN {
            self.shown.push(format!("{}:{}: {}", self.file.display(), reject.line, reject.message));
        }
        let path = beside(&self.file, ".rejects");
        let failed = |error: std::io::Error| cannot_write(&path, error);
        if self.rejects.is_none() {
            let file = File::options().create(true).append(true).open(&path).map_err(failed)?;
            self.rejects = Some(BufWriter::new(file));
        }
        let mut text = serde_json::to_string(reject).expect("a reject is JSON: its keys are strings");
        text.push('\n');
        self.kept.rejects_bytes += text.len() as u64;
        match &mut self.rejects {
            Some(rejects) => rejects.write_all(text.as_bytes()).map_err(failed),
            None => Ok(()),
        }
    }

    /// Rejects of lines after the place in the file will come again.
    fn cut_rejects(&mut self) -> Result<(), DataError> {
        let path = beside(&self.file, ".rejects");
        let failed = |error: std::io::Error| cannot_write(&path, error);
        if self.kept.rejects_bytes == 0 {
            return match fs::remove_file(&path) {
                Err(error) if error.kind() != ErrorKind::NotFound => Err(failed(error)),
                Ok(()) | Err(_) => Ok(()),
            };
        }
        let mut file =
            File::options().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
        file.set_len(self.kept.rejects_bytes).map_err(failed)?;
        file.seek(SeekFrom::End(0)).map_err(failed)?;
        self.rejects = Some(BufWriter::new(file));
        Ok(())
    }

    /// Writes rejects and the place in the file; at the end of the import the latter is of no use any more.
    pub(super) fn write(&mut self, ended: bool) -> Result<(), DataError> {
        self.written = Instant::now();
        if let Some(rejects) = &mut self.rejects {
            let path = beside(&self.file, ".rejects");
            rejects.flush().map_err(|error| cannot_write(&path, error))?;
        }
        if !self.is_resumable {
            return Ok(());
        }
        let path = beside(&self.file, ".footpath-import");
        let failed = |error: std::io::Error| cannot_write(&path, error);
        if ended {
            return match fs::remove_file(&path) {
                Err(error) if error.kind() != ErrorKind::NotFound => Err(failed(error)),
                Ok(()) | Err(_) => Ok(()),
            };
        }
        let text = serde_json::to_string(&self.kept).expect("what is kept is JSON: its keys are strings");
        let part = beside(&self.file, ".footpath-import.part");
        fs::write(&part, text).map_err(failed)?;
        fs::rename(&part, &path).map_err(failed)
    }

    /// Tells the account.
    pub(super) fn tell(&self, json: bool) {
        self.tell_rejects();
        if json {
            println!("{}", serde_json::to_string(&self.kept.account).expect("an account is JSON"));
        } else {
            print!("{}", self.kept.account);
        }
    }

    /// Tells how far it came.
    pub(super) fn tell_stopped(&self) {
        self.tell_rejects();
        eprint!("stopped:\n{}", self.kept.account);
        if self.is_resumable {
            eprintln!("--resume goes on after line {}", self.kept.account.lines);
        }
    }

    fn tell_rejects(&self) {
        self.shown.iter().for_each(|line| eprintln!("{line}"));
        let dropped: u64 = self.kept.account.dropped.values().sum();
        if self.kept.account.rejected + dropped > 0 {
            eprintln!(
                "all that was not taken, with its reason, is in {}",
                beside(&self.file, ".rejects").display()
            );
        }
    }
}

fn read_kept(path: &Path) -> Result<Option<Kept>, DataError> {
    match fs::read(path) {
        Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(|error| {
            DataError::because(format!("{} is damaged: delete it to begin anew", path.display()), error)
        }),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(DataError::because(format!("cannot read {}", path.display()), error)),
    }
}

fn cannot_write(path: &Path, error: std::io::Error) -> DataError {
    DataError::because(
        format!("cannot write {}: is its directory writable and not full?", path.display()),
        error,
    )
}

impl std::fmt::Display for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "lines            {:>12}", self.lines)?;
        writeln!(f, "  passed over    {:>12}", self.passed_over)?;
        writeln!(f, "  rejected       {:>12}", self.rejected)?;
        writeln!(f, "batches taken    {:>12}", self.batches)?;
        writeln!(f, "events accepted  {:>12}", self.accepted)?;
        for (reason, count) in &self.dropped {
            writeln!(f, "events dropped   {count:>12}  {reason}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(last_line: u64) -> Outcome {
        let reject = Reject::line(last_line, "invalid_batch", format!("line {last_line}"), String::new());
        Outcome {
            last_line,
            end: last_line * 10,
            batches: 1,
            accepted: 2,
            rejects: vec![reject],
            ..Outcome::default()
        }
    }

    #[test]
    fn the_place_in_the_file_never_passes_a_line_without_outcome() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let file = dir.path().join("history.ndjson");
        let mut ledger = Ledger::open(&file, "shop", "head", false).expect("a new account");
        for number in [2, 1, 4] {
            ledger.take(number, outcome(number + 1)).expect("taken");
            assert_eq!(ledger.offset(), 0, "the first line has none");
        }
        ledger.take(0, outcome(1)).expect("taken");
        assert_eq!((ledger.offset(), ledger.kept.account.accepted), (30, 6));
        ledger.write(false).expect("written");

        // Killed here; what came after is written and not in the account.
        ledger.take(3, outcome(4)).expect("taken");
        ledger.rejects.as_mut().expect("there are some").flush().expect("flushed");
        let rejects = || fs::read_to_string(beside(&file, ".rejects")).expect("text").lines().count();
        assert_eq!(rejects(), 5);
        let resumed = Ledger::open(&file, "shop", "head", true).expect("resumed");
        assert_eq!((resumed.offset(), resumed.kept.account.accepted, rejects()), (30, 6, 3));
        assert!(Ledger::open(&file, "blog", "head", true).is_err(), "another site's");
        assert!(Ledger::open(&file, "shop", "other", true).is_err(), "another file's");
        assert_eq!(Ledger::open(&file, "shop", "head", false).expect("anew").offset(), 0);
    }
}
