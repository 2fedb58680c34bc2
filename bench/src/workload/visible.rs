//! How long after its acknowledgement a session is in the list, while others arrive.

use super::Setting;
use crate::Result;
use crate::account::{self, Site};
use crate::client::{self, Plan};
use crate::http::Http;
use crate::latency::Latencies;
use crate::process::Server;
use crate::results::{Aim, Measured, Row};
use crate::traffic::{Shape, Traffic};
use serde_json::json;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use uuid::Uuid;

/// Sessions looked for; p99 of fewer is their slowest.
const N_PROBES: usize = 400;
/// Between two probes.
const PAUSE: Duration = Duration::from_millis(20);
/// Between two looks at the list, so that looking is not a load of its own.
const LOOK_AGAIN: Duration = Duration::from_millis(1);
/// A session that is not in the list by then never will be.
const GIVE_UP: Duration = Duration::from_secs(10);

/// Connections of the load.
const CONNECTIONS: usize = 16;
/// Requests a second of 20 to 50 events: about a sixth of what is aimed at.
const REQUESTS_PER_S: f64 = 500.0;
/// Time that the load may last at most.
const LONGEST: Duration = Duration::from_secs(600);

pub(super) fn run(setting: &Setting) -> Result<Measured> {
    let data = tempfile::tempdir_in(&setting.data)?;
    let server = Server::footpath(&setting.footpath, data.path())?;
    let site = account::first_site(server.address)?;
    let stop = AtomicBool::new(false);
    let plan = Plan {
        address: server.address,
        pid: server.pid(),
        connections: CONNECTIONS,
        warm_up: setting.warm_up,
        measured: LONGEST,
        per_second: Some(REQUESTS_PER_S),
        stop: Some(&stop),
    };
    let (probed, load) = std::thread::scope(|scope| {
        let load = scope.spawn(|| {
            let mut traffic = Traffic::new(Shape::Batches, &site.key, CONNECTIONS, 32);
            client::load(&plan, &mut traffic)
        });
        std::thread::sleep(setting.warm_up);
        let probed = probe(server.address, &site);
        stop.store(true, Ordering::Relaxed);
        (probed, load.join())
    });
    let mut probed = probed?;
    let load = load.map_err(|_| "the load broke off")??;

    let mut acknowledged = load.total;
    acknowledged.requests += N_PROBES as u64;
    acknowledged.sessions += N_PROBES as u64;
    acknowledged.events += N_PROBES as u64;
    account::check_sessions(server.address, &site, acknowledged)?;
    account::check_outcomes(server.address, acknowledged)?;

    let of = |latencies: &mut Latencies, percent| {
        latencies.percentile_ms(percent).ok_or("no session was looked for")
    };
    let mut measured = Measured::default();
    measured
        .rows
        .push(Row::new("ingest.visible.p99_ms", "ms", of(&mut probed, 99.0)?).aim(Aim::AtMost(1000.0)));
    measured.rows.push(Row::new("ingest.visible.p50_ms", "ms", of(&mut probed, 50.0)?));
    measured.condition("probes", probed.len() as f64);
    measured.condition("load_events_per_s", load.events as f64 / load.took.as_secs_f64());
    measured.condition("other_cores", load.other_cpu.as_secs_f64() / load.took.as_secs_f64());
    Ok(measured)
}

fn probe(address: SocketAddr, site: &Site) -> Result<Latencies> {
    let mut http = Http::connect(address)?;
    let mut took = Latencies::default();
    for _ in 0..N_PROBES {
        std::thread::sleep(PAUSE);
        let session = Uuid::new_v7(uuid::Timestamp::now(uuid::NoContext));
        let start_ms = client::unix_ms();
        let answer = http.exchange(&one_view(site, session, start_ms))?;
        let acknowledged = Instant::now();
        if answer.status != 204 {
            return Err(format!("a probe was answered {}: {}", answer.status, answer.body).into());
        }
        // All sessions that started in that very millisecond.
        let to = start_ms + 1;
        let path = format!("/api/v1/sites/{}/sessions?from={start_ms}&to={to}&limit=200", site.id);
        let id = session.to_string();
        while !http.get(&path)?.ok()?.contains(&id) {
            if acknowledged.elapsed() > GIVE_UP {
                return Err(format!("a session was not in the list after {} s", GIVE_UP.as_secs()).into());
            }
            std::thread::sleep(LOOK_AGAIN);
        }
        took.record(acknowledged.elapsed());
    }
    Ok(took)
}

/// A visitor who looks at one page.
pub(super) fn one_view(site: &Site, session: Uuid, at: i64) -> Vec<u8> {
    let body = json!({
        "v": 1, "sent_at": at, "session": {"id": session, "start_reason": "first_visit"},
        "visitor_id": session, "tab_id": session, "context": {"language": "en-US"},
        "events": [{"seq": 0, "at": at, "kind": {"page_view": {"url": "https://shop.example/", "navigation": "load"}}}],
    })
    .to_string();
    let (key, length) = (&site.key, body.len());
    let user_agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0";
    format!(
        "POST /i/{key} HTTP/1.1\r\nhost: localhost\r\nuser-agent: {user_agent}\r\ncontent-type: application/json\r\n\
         content-length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}
