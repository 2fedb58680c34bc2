//! The account: what the server says is there, against what it acknowledged.

use crate::Result;
use crate::client::Acknowledged;
use crate::http::Http;
use serde::Deserialize;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// How long the fold may take to catch up with what is durable.
const FOLD_WAIT: Duration = Duration::from_secs(60);

#[derive(Deserialize)]
struct SiteList {
    sites: Vec<Site>,
}

/// The site that a first start makes.
#[derive(Deserialize, Clone)]
pub(crate) struct Site {
    pub(crate) id: String,
    pub(crate) key: String,
}

#[derive(Deserialize)]
struct SessionPage {
    sessions: Vec<Session>,
    total: u64,
    next_cursor: Option<String>,
}

#[derive(Deserialize)]
struct Session {
    counts: Counts,
}

#[derive(Deserialize)]
struct Counts {
    events: u64,
}

pub(crate) fn first_site(address: SocketAddr) -> Result<Site> {
    let list: SiteList = serde_json::from_str(&Http::connect(address)?.get("/api/v1/sites")?.ok()?)?;
    list.sites.into_iter().next().ok_or_else(|| "the server has no site".into())
}

/// Every event acknowledged to this process was counted as accepted, and nothing was dropped.
pub(crate) fn check_outcomes(address: SocketAddr, acknowledged: Acknowledged) -> Result<()> {
    let metrics = Http::connect(address)?.get("/metrics")?.ok()?;
    let outcomes = outcomes_in(&metrics);
    let expected = |outcome: &str| if outcome == "accepted" { acknowledged.events } else { 0 };
    if outcomes.is_empty() || outcomes.iter().any(|(outcome, count)| *count != expected(outcome)) {
        let told: Vec<String> =
            outcomes.iter().map(|(outcome, count)| format!("{outcome} {count}")).collect();
        return Err(format!(
            "{} events were acknowledged, but /metrics says: {}",
            acknowledged.events,
            told.join(", ")
        )
        .into());
    }
    Ok(())
}

/// `footpath_items_total{outcome="…"} n`
fn outcomes_in(metrics: &str) -> Vec<(&str, u64)> {
    metrics
        .lines()
        .filter_map(|line| {
            let (outcome, count) =
                line.strip_prefix("footpath_items_total{outcome=\"")?.split_once("\"} ")?;
            Some((outcome, count.parse().ok()?))
        })
        .collect()
}

/// The sessions in the list are as many as were started, and hold as many events as were acknowledged, as soon as the
/// fold has caught up; gives how long that took.
pub(crate) fn check_sessions(
    address: SocketAddr,
    site: &Site,
    acknowledged: Acknowledged,
) -> Result<Duration> {
    let start = Instant::now();
    loop {
        let (sessions, events) = sessions_of(address, site)?;
        if (sessions, events) == (acknowledged.sessions, acknowledged.events) {
            return Ok(start.elapsed());
        }
        if start.elapsed() > FOLD_WAIT || events > acknowledged.events || sessions > acknowledged.sessions {
            let Acknowledged { sessions: expected_sessions, events: expected, .. } = acknowledged;
            return Err(format!(
                "{expected} events in {expected_sessions} sessions were acknowledged, but the API has {events} in \
                 {sessions}"
            )
            .into());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// All sessions and their events, page by page.
fn sessions_of(address: SocketAddr, site: &Site) -> Result<(u64, u64)> {
    let mut http = Http::connect(address)?;
    let (mut n_sessions, mut n_events) = (0, 0);
    let mut cursor = String::new();
    loop {
        let path = format!("/api/v1/sites/{}/sessions?bots=include&limit=200{cursor}", site.id);
        let page: SessionPage = serde_json::from_str(&http.get(&path)?.ok()?)?;
        n_sessions += page.sessions.len() as u64;
        n_events += page.sessions.iter().map(|session| session.counts.events).sum::<u64>();
        match page.next_cursor {
            Some(next) => cursor = format!("&cursor={next}"),
            None if page.total == n_sessions => return Ok((n_sessions, n_events)),
            None => {
                return Err(format!("the list says {} sessions and shows {n_sessions}", page.total).into());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_are_read_by_name() {
        let metrics = "# TYPE footpath_items_total counter\n\
                       footpath_items_total{outcome=\"accepted\"} 12\n\
                       footpath_items_total{outcome=\"malformed\"} 3\n\
                       footpath_sessions 4\n";
        assert_eq!(outcomes_in(metrics), [("accepted", 12), ("malformed", 3)]);
    }
}
