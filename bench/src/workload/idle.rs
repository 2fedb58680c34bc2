//! A server that nobody uses: what it costs to have one. It has taken one event before, so that whatever is made at
//! the first (rules for user agents, for one) is there.

use super::{Setting, visible};
use crate::Result;
use crate::account;
use crate::client::unix_ms;
use crate::http::Http;
use crate::process::{self, Server};
use crate::results::{Aim, Measured, Row};
use std::time::{Duration, Instant};
use uuid::Uuid;

/// How long CPU is looked at: a tick of `/proc` is then 0.1 %.
const WATCHED: Duration = Duration::from_secs(10);
/// Quiet for so long is quiet.
const QUIET: Duration = Duration::from_secs(2);
/// A server that is still busy by then is not idle by itself.
const QUIET_WAIT: Duration = Duration::from_secs(60);

pub(super) fn run(setting: &Setting) -> Result<Measured> {
    let data = tempfile::tempdir_in(&setting.data)?;
    let server = Server::footpath(&setting.footpath, data.path())?;
    let site = account::first_site(server.address)?;
    let session = Uuid::new_v7(uuid::Timestamp::now(uuid::NoContext));
    let answer = Http::connect(server.address)?.exchange(&visible::one_view(&site, session, unix_ms()))?;
    if answer.status != 204 {
        return Err(format!("the first event was answered {}: {}", answer.status, answer.body).into());
    }

    until_quiet(server.pid())?;
    let cpu = busy(server.pid(), WATCHED)?;
    let resident = process::resident_bytes(server.pid())?;
    let mut measured = Measured::default();
    measured.rows.push(Row::new("idle.rss_mb", "MB", resident as f64 / 1e6).aim(Aim::AtMost(100.0)));
    measured.rows.push(Row::new("idle.cpu_pct", "%", 100.0 * cpu.as_secs_f64() / WATCHED.as_secs_f64()));
    Ok(measured)
}

/// Waits until a process has nothing to do.
pub(super) fn until_quiet(pid: u32) -> Result<()> {
    let waited = Instant::now();
    while busy(pid, QUIET)? > Duration::from_millis(10) {
        if waited.elapsed() > QUIET_WAIT {
            return Err(format!("the server is still busy after {} s", QUIET_WAIT.as_secs()).into());
        }
    }
    Ok(())
}

/// CPU time that a process uses from now.
fn busy(pid: u32, during: Duration) -> Result<Duration> {
    let before = process::cpu_time(pid)?;
    std::thread::sleep(during);
    Ok(process::cpu_time(pid)? - before)
}
