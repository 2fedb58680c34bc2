//! A start after a kill: what has been acknowledged must all be there before anybody is answered.
//!
//! A gigabyte of batches goes through the journal of a server that may keep all sessions in memory, which is killed. So
//! nothing need have gone to the lake but what the server put there to keep its start short. The one that is started has the
//! memory that a server has where nothing else is said.

use super::Setting;
use crate::account;
use crate::client::{self, Plan, Post, Source};
use crate::process::{self, Server};
use crate::results::{Aim, Measured, Row};
use crate::traffic::{Shape, Traffic};
use crate::{Result, backlog};
use std::time::{Duration, Instant};

/// What is sent, bytes of requests.
const SENT_BYTES: u64 = 1_000_000_000;
/// Of which a sixth is for live sessions: more than they need, MB.
const MUCH_MEMORY_MB: u32 = 24_000;
const CONNECTIONS: usize = 64;
const TABS: usize = 32;
/// Sending it takes no longer.
const LONGEST: Duration = Duration::from_secs(600);

pub(super) fn run(setting: &Setting) -> Result<Measured> {
    let data = tempfile::tempdir_in(&setting.data)?;
    let server = Server::footpath_with_memory(&setting.footpath, data.path(), MUCH_MEMORY_MB)?;
    let site = account::first_site(server.address)?;
    let plan = Plan {
        address: server.address,
        pid: server.pid(),
        connections: CONNECTIONS,
        warm_up: Duration::ZERO,
        measured: LONGEST,
        per_second: None,
        stop: None,
    };
    let traffic = Traffic::new(Shape::Batches, &site.key, CONNECTIONS, TABS);
    let load = client::load(&plan, &mut Limited { traffic, left: SENT_BYTES })?;
    let live_bytes = process::peak_bytes(server.pid())?;
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
    measured.condition("sent_bytes", SENT_BYTES as f64);
    measured.condition("journal_bytes", journal_bytes as f64);
    measured.condition("live_rss_mb", live_bytes as f64 / 1e6);
    measured.condition("events", load.total.events as f64);
    measured.condition("sessions", load.total.sessions as f64);
    measured.condition("cpu_s", cpu.as_secs_f64());
    Ok(measured)
}

/// Traffic that ends after so many bytes.
struct Limited {
    traffic: Traffic,
    left: u64,
}

impl Source for Limited {
    fn next(&mut self, connection: usize, now_ms: i64) -> Option<Post<'_>> {
        if self.left == 0 {
            return None;
        }
        let post = self.traffic.next(connection, now_ms)?;
        self.left = self.left.saturating_sub(post.bytes.len() as u64);
        Some(post)
    }
}
