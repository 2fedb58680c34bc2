//! Ingest for a long time: what is taken in must also be folded, flushed and compacted, inside of the memory ceiling,
//! and nothing may pile up.
//!
//! What has been acknowledged and is not yet in the lake is in the journal; so the journal's size over time is the
//! backlog. As the client waits for answers, a server that cannot keep up takes in less; it is flat or a defect.

use super::Setting;
use crate::account;
use crate::client::{self, Load, Plan};
use crate::kernel::MEMORY_MB;
use crate::latency::{median, percentile};
use crate::process::{self, Server};
use crate::results::{Aim, Measured, Row};
use crate::traffic::{Shape, Traffic};
use crate::{Result, backlog};
use std::time::Instant;

/// Connections of the load.
const CONNECTIONS: usize = 64;
/// Tabs that a connection carries in turn. Few: the ceiling holds about a second of this load, and a session that lasts
/// longer than that is read back from the lake.
const TABS: usize = 4;
/// What the journal may grow by and still be called flat, MB a minute: a thousandth of what goes through it.
const FLAT_MB_PER_MIN: f64 = 5.0;

pub(super) fn run(setting: &Setting) -> Result<Measured> {
    let data = tempfile::tempdir_in(&setting.data)?;
    let server = Server::footpath(&setting.footpath, data.path())?;
    let site = account::first_site(server.address)?;
    let plan = Plan {
        address: server.address,
        pid: server.pid(),
        connections: CONNECTIONS,
        warm_up: setting.warm_up,
        measured: setting.sustained,
        per_second: None,
        stop: None,
    };
    let mut traffic = Traffic::new(Shape::Batches, &site.key, CONNECTIONS, TABS);
    let (load, sizes) = backlog::watched(data.path(), || client::load(&plan, &mut traffic));
    let load: Load = load?;
    let peak_bytes = process::peak_bytes(server.pid())?;

    let start = Instant::now();
    account::check_sessions(server.address, &site, load.total)?;
    account::check_outcomes(server.address, load.total)?;
    server.kill()?;
    let restarted = Instant::now();
    let server = Server::footpath(&setting.footpath, data.path())?;
    let restart = restarted.elapsed();
    account::check_sessions(server.address, &site, load.total)?;
    let accounted = start.elapsed();

    let seconds = load.took.as_secs_f64();
    let measured_from = setting.warm_up.as_secs_f64();
    let sizes: Vec<(f64, f64)> = sizes.into_iter().filter(|(at, _)| *at >= measured_from).collect();
    let megabytes: Vec<f64> = sizes.iter().map(|(_, bytes)| bytes / 1e6).collect();
    let growth = backlog::slope(&sizes) * 60.0 / 1e6;
    let mut measured = Measured::default();
    let mut put = |metric: &str, unit: &str, value: f64, aim: Option<Aim>| {
        let row = Row::new(format!("ingest.sustained.{metric}"), unit, value);
        measured.rows.push(match aim {
            Some(aim) => row.aim(aim),
            None => row,
        });
    };
    put("events_per_s", "events/s", load.events as f64 / seconds, Some(Aim::AtLeast(150_000.0)));
    put("cpu_us_per_event", "µs", load.server_cpu.as_secs_f64() * 1e6 / load.events as f64, None);
    let ceiling = (MEMORY_MB << 20) as f64 / 1e6;
    put("rss_mb", "MB", peak_bytes as f64 / 1e6, Some(Aim::AtMost(ceiling)));
    put("backlog_growth_mb_per_min", "MB/min", growth, Some(Aim::AtMost(FLAT_MB_PER_MIN)));
    let mut latencies = load.latencies;
    put("p99_ms", "ms", latencies.percentile_ms(99.0).ok_or("nothing was answered")?, None);
    measured.condition("measured_s", seconds);
    measured.condition("events", load.total.events as f64);
    measured.condition("sessions", load.total.sessions as f64);
    measured.condition("backlog_median_mb", median(&megabytes).unwrap_or(f64::NAN));
    measured.condition("backlog_max_mb", percentile(&megabytes, 100.0).unwrap_or(f64::NAN));
    measured.condition("restart_after_kill_s", restart.as_secs_f64());
    measured.condition("accounted_in_s", accounted.as_secs_f64());
    for (name, cpu) in [
        ("server_cores", load.server_cpu),
        ("client_cores", load.client_cpu),
        ("other_cores", load.other_cpu),
        ("stolen_cores", load.stolen_cpu),
    ] {
        measured.condition(name, cpu.as_secs_f64() / seconds);
    }
    Ok(measured)
}
