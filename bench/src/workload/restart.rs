//! A start on a large journal: what is in it has been acknowledged, so it must all be there before anybody is answered.
//!
//! The journal is filled over HTTP by a server that may keep everything in memory, so that nothing goes to the lake, and
//! is killed. The one that is started on it has the memory that a server has where nothing else is said.

use super::Setting;
use crate::account;
use crate::client::{self, Plan};
use crate::process::{self, Server};
use crate::results::{Aim, Measured, Row};
use crate::traffic::{Shape, Traffic};
use crate::{Result, backlog};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// What is filled.
const JOURNAL_BYTES: u64 = 1_000_000_000;
/// Of which a sixth is for live sessions: more than the journal, MB.
const MUCH_MEMORY_MB: u32 = 24_000;
const CONNECTIONS: usize = 64;
const TABS: usize = 32;
/// Filling it takes no longer.
const LONGEST: Duration = Duration::from_secs(600);

pub(super) fn run(setting: &Setting) -> Result<Measured> {
    let data = tempfile::tempdir_in(&setting.data)?;
    let server = Server::footpath_with_memory(&setting.footpath, data.path(), MUCH_MEMORY_MB)?;
    let site = account::first_site(server.address)?;
    let stop = AtomicBool::new(false);
    let plan = Plan {
        address: server.address,
        pid: server.pid(),
        connections: CONNECTIONS,
        warm_up: Duration::ZERO,
        measured: LONGEST,
        per_second: None,
        stop: Some(&stop),
    };
    let load = std::thread::scope(|scope| {
        let load = scope
            .spawn(|| client::load(&plan, &mut Traffic::new(Shape::Batches, &site.key, CONNECTIONS, TABS)));
        while backlog::bytes(data.path()) < JOURNAL_BYTES && !load.is_finished() {
            std::thread::sleep(Duration::from_millis(20));
        }
        stop.store(true, Ordering::Relaxed);
        load.join()
    });
    let load = load.map_err(|_| "the load broke off")??;
    server.kill()?;
    let journal_bytes = backlog::bytes(data.path());

    let start = Instant::now();
    let server = Server::footpath(&setting.footpath, data.path())?;
    let took = start.elapsed();
    let peak_bytes = process::peak_bytes(server.pid())?;
    let cpu = process::cpu_time(server.pid())?;
    account::check_sessions(server.address, &site, load.total)?;

    let mut measured = Measured::default();
    measured.rows.push(Row::new("restart.journal_1gb_s", "s", took.as_secs_f64()).aim(Aim::AtMost(3.0)));
    measured.rows.push(Row::new("restart.journal_1gb.rss_mb", "MB", peak_bytes as f64 / 1e6));
    measured.condition("journal_bytes", journal_bytes as f64);
    measured.condition("events", load.total.events as f64);
    measured.condition("sessions", load.total.sessions as f64);
    measured.condition("cpu_s", cpu.as_secs_f64());
    Ok(measured)
}
