//! Ingest under all the load that the connections carry: the limit first, then Footpath, with the same client.

use super::Setting;
use crate::Result;
use crate::account;
use crate::client::{self, Load, Plan, Source};
use crate::process::{self, Server};
use crate::results::{Aim, Measured, Row};
use crate::traffic::{Compressed, Shape, Traffic};
use std::time::{Duration, Instant};

/// Connections that carry batches.
const BATCH_CONNECTIONS: usize = 64;
/// Connections that carry single events.
const SINGLE_CONNECTIONS: usize = 256;
/// Tabs that a connection carries in turn, so that thousands of sessions are open at a time.
const TABS: usize = 32;
/// Compressed requests made for each second and core, over all connections; the load ends early where ours takes more.
const COMPRESSED_PER_SECOND: usize = 2500;

pub(super) fn batch(setting: &Setting) -> Result<Measured> {
    let compared = compare(setting, BATCH_CONNECTIONS, |to| {
        Traffic::new(Shape::Batches, to.key(), BATCH_CONNECTIONS, TABS)
    })?;
    let mut measured = compared.measured("ingest.batch");
    measured.rows.push(
        compared.row("ingest.batch.events_per_s", "events/s", events_per_s).aim(Aim::AtLeast(100_000.0)),
    );
    measured
        .rows
        .push(compared.row("ingest.batch.cpu_us_per_event", "µs", cpu_us_per_event).aim(Aim::AtMost(6.0)));
    Ok(measured)
}

pub(super) fn gzip(setting: &Setting) -> Result<Measured> {
    let seconds = (setting.warm_up + setting.measured).as_secs() as usize;
    let cores = std::thread::available_parallelism()?.get();
    let requests = COMPRESSED_PER_SECOND * cores * seconds / BATCH_CONNECTIONS;
    let compared = compare(setting, BATCH_CONNECTIONS, |to| {
        let traffic = Traffic::new(Shape::Batches, to.key(), BATCH_CONNECTIONS, TABS);
        Compressed::new(traffic, requests, client::unix_ms(), to == To::Limit)
    })?;
    let mut measured = compared.measured("ingest.gzip");
    measured.rows.push(compared.row("ingest.gzip.events_per_s", "events/s", events_per_s));
    measured.rows.push(compared.row("ingest.gzip.cpu_us_per_event", "µs", cpu_us_per_event));
    Ok(measured)
}

pub(super) fn single(setting: &Setting) -> Result<Measured> {
    let mut compared = compare(setting, SINGLE_CONNECTIONS, |to| {
        Traffic::new(Shape::Singles, to.key(), SINGLE_CONNECTIONS, TABS)
    })?;
    let mut measured = compared.measured("ingest.single");
    measured.rows.push(
        compared
            .row("ingest.single.requests_per_s", "requests/s", requests_per_s)
            .aim(Aim::AtLeast(25_000.0)),
    );
    measured
        .rows
        .push(compared.row("ingest.single.cpu_us_per_event", "µs", cpu_us_per_event).aim(Aim::AtMost(40.0)));
    let (ours, limit) = (p99_ms(&mut compared.ours)?, p99_ms(&mut compared.limit)?);
    measured
        .rows
        .push(Row::new("ingest.single.p99_ms", "ms", ours).peer("limit", limit).aim(Aim::AtMost(20.0)));
    Ok(measured)
}

/// Whom a load is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum To<'a> {
    /// The limit, which takes anything, again and again.
    Limit,
    /// Footpath, with the key of its site.
    Footpath(&'a str),
}

impl<'a> To<'a> {
    fn key(self) -> &'a str {
        match self {
            Self::Limit => "limit",
            Self::Footpath(key) => key,
        }
    }
}

/// The same load on both servers.
struct Compared {
    ours: Load,
    limit: Load,
    /// After the load.
    resident_bytes: u64,
    /// Until all that was acknowledged was in the list.
    fold_lag: Duration,
    /// From `kill -9` until a new process answered.
    restart: Duration,
}

fn compare<S: Source>(
    setting: &Setting,
    connections: usize,
    traffic: impl Fn(To<'_>) -> S,
) -> Result<Compared> {
    let load = |server: &Server, mut traffic: S| {
        let plan = Plan {
            address: server.address,
            pid: server.pid(),
            connections,
            warm_up: setting.warm_up,
            measured: setting.measured,
            per_second: None,
            stop: None,
        };
        client::load(&plan, &mut traffic)
    };
    let limit = Server::limit(&setting.program)?;
    let limit_load = load(&limit, traffic(To::Limit))?;
    limit.kill()?;

    let data = tempfile::tempdir_in(&setting.data)?;
    let server = Server::footpath(&setting.footpath, data.path())?;
    let site = account::first_site(server.address)?;
    let ours = load(&server, traffic(To::Footpath(&site.key)))?;
    let fold_lag = account::check_sessions(server.address, &site, ours.total)?;
    account::check_outcomes(server.address, ours.total)?;
    let resident_bytes = process::resident_bytes(server.pid())?;

    // What was acknowledged is durable: it is there when the process is not.
    server.kill()?;
    let start = Instant::now();
    let server = Server::footpath(&setting.footpath, data.path())?;
    let restart = start.elapsed();
    account::check_sessions(server.address, &site, ours.total)?;
    Ok(Compared { ours, limit: limit_load, resident_bytes, fold_lag, restart })
}

impl Compared {
    fn row(&self, metric: &str, unit: &str, value: impl Fn(&Load) -> f64) -> Row {
        Row::new(metric, unit, value(&self.ours)).peer("limit", value(&self.limit))
    }

    fn measured(&self, prefix: &str) -> Measured {
        let mut measured = Measured::default();
        measured.rows.push(Row::new(format!("{prefix}.rss_mb"), "MB", self.resident_bytes as f64 / 1e6));
        measured.condition("sessions", self.ours.total.sessions as f64);
        measured.condition("events", self.ours.total.events as f64);
        measured.condition("events_per_request", self.ours.events as f64 / self.ours.requests as f64);
        measured.condition("list_complete_after_s", self.fold_lag.as_secs_f64());
        measured.condition("restart_after_kill_s", self.restart.as_secs_f64());
        for (name, load) in [("", &self.ours), ("limit_", &self.limit)] {
            let cores = |cpu: Duration| cpu.as_secs_f64() / load.took.as_secs_f64();
            measured.condition(format!("{name}measured_s"), load.took.as_secs_f64());
            measured.condition(format!("{name}server_cores"), cores(load.server_cpu));
            measured.condition(format!("{name}client_cores"), cores(load.client_cpu));
            measured.condition(format!("{name}other_cores"), cores(load.other_cpu));
            measured.condition(format!("{name}stolen_cores"), cores(load.stolen_cpu));
        }
        measured
    }
}

fn events_per_s(load: &Load) -> f64 {
    load.events as f64 / load.took.as_secs_f64()
}

fn requests_per_s(load: &Load) -> f64 {
    load.requests as f64 / load.took.as_secs_f64()
}

fn cpu_us_per_event(load: &Load) -> f64 {
    load.server_cpu.as_secs_f64() * 1e6 / load.events as f64
}

fn p99_ms(load: &mut Load) -> Result<f64> {
    load.latencies.percentile_ms(99.0).ok_or_else(|| "no request was answered in the measured time".into())
}
