//! The parent's end of a kernel: starts one, asks it, reads what it costs.

use super::{Answered, Asked, Opened, Question};
use crate::Result;
use crate::process;
use serde::de::DeserializeOwned;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// Asked so often before measuring: what is decoded by then stays.
const WARM_UP: usize = 3;
/// Asked at least so often, and for so long: medians of more are the same.
const TIMES: usize = 9;
const SECONDS: f64 = 1.0;

/// A kernel that has a data directory open.
pub(crate) struct Kernel {
    child: Child,
    asks: ChildStdin,
    answers: BufReader<ChildStdout>,
    /// What is in the lake.
    pub(crate) sessions: usize,
    pub(crate) events: usize,
    pub(crate) files: usize,
    pub(crate) bytes: u64,
}

impl Kernel {
    /// A new one, which has decoded nothing. Files that were read before are in the operating system's memory.
    pub(crate) fn start(program: &Path, data_dir: &Path) -> Result<Self> {
        let mut child = Command::new(program)
            .arg("kernel")
            .arg(data_dir)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let (asks, answers) = (child.stdin.take(), child.stdout.take());
        let (Some(asks), Some(answers)) = (asks, answers) else {
            return Err("the kernel has no pipes".into());
        };
        let mut answers = BufReader::new(answers);
        let Opened { sessions, events, files, bytes } = read(&mut answers)?;
        Ok(Self { child, asks, answers, sessions, events, files, bytes })
    }

    /// Asked until its cost is what it stays.
    pub(crate) fn hot(&mut self, question: &Question) -> Result<Answered> {
        self.ask(Asked { question: question.clone(), warm_up: WARM_UP, times: TIMES, seconds: SECONDS })
    }

    /// Asked once; the first time is the only cold one.
    pub(crate) fn once(&mut self, question: &Question) -> Result<Answered> {
        self.ask(Asked { question: question.clone(), warm_up: 0, times: 1, seconds: 0.0 })
    }

    fn ask(&mut self, asked: Asked) -> Result<Answered> {
        let mut line = serde_json::to_vec(&asked)?;
        line.push(b'\n');
        self.asks.write_all(&line)?;
        read(&mut self.answers).map_err(|error| format!("{}: {error}", asked.question.name).into())
    }

    /// The most memory that it has had in RAM, bytes.
    pub(crate) fn peak_bytes(&self) -> Result<u64> {
        process::peak_bytes(self.child.id())
    }
}

impl Drop for Kernel {
    fn drop(&mut self) {
        // It only reads; and it may have ended before.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read<T: DeserializeOwned>(from: &mut impl BufRead) -> Result<T> {
    let mut line = String::new();
    if from.read_line(&mut line)? == 0 {
        return Err("the kernel ended; what it said is above".into());
    }
    Ok(serde_json::from_str(&line)?)
}
