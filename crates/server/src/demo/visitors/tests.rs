use super::*;
use expect_test::{Expect, expect};
use footpath_model::batch::{Batch, SessionHint};
use footpath_model::context::Context;
use footpath_model::event::{Event, EventKind};
use footpath_model::id::{SessionId, SiteId};
use footpath_model::session::{BoundaryReason, Session as Folded};
use footpath_model::sessionize::HintedSession;
use footpath_model::site::SessionRules;
use footpath_model::time::{DAY, MINUTE, Timestamp};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

const NOW: i64 = 1_795_442_400_000;

fn traffic(days: u32) -> Traffic {
    Traffic::new(Simulation { seed: 1, days, now: NOW, origin: "http://localhost:4040".to_owned() })
}

fn deliveries(days: u32) -> Vec<Delivery> {
    traffic(days).flatten().collect()
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_one_others() {
    let bytes = |seed| {
        let simulation = Simulation { seed, days: 2, now: NOW, origin: String::new() };
        let bodies = Traffic::new(simulation).flatten().map(|delivery| serde_json::to_vec(&delivery.body));
        bodies.collect::<Result<Vec<_>, _>>().expect("a batch is JSON").concat()
    };
    assert!(bytes(1) == bytes(1));
    assert!(bytes(1) != bytes(2));
}

#[test]
fn every_batch_is_of_the_wire_format() {
    let mut next_seq: HashMap<_, (u32, i64)> = HashMap::new();
    for delivery in deliveries(3) {
        let json = serde_json::to_string(&delivery.body).expect("a batch is JSON");
        let read: WireBatch = serde_json::from_str(&json).expect("what was written can be read");
        assert_eq!(serde_json::to_string(&read).expect("a batch is JSON"), json);
        assert!(json.len() < 64 * 1024, "{} bytes", json.len());
        let body = delivery.body;
        assert!((1..=100).contains(&body.events.len()));
        assert!(body.sent_at <= NOW);
        let (seq, at) = next_seq.entry(body.tab_id).or_default();
        for event in &body.events {
            assert_eq!(event.seq, *seq, "counts up by one per tab");
            assert!(event.at >= *at && event.at <= body.sent_at, "never runs backwards");
            (*seq, *at) = (event.seq + 1, event.at);
        }
    }
}

/// The sessions that the model folds of all batches.
fn folded(days: u32) -> Vec<Folded> {
    let mut hinted: BTreeMap<SessionId, HintedSession> = BTreeMap::new();
    for delivery in deliveries(days) {
        let body = delivery.body;
        let session = body.session.expect("simulated visitors have sessions");
        let hint = SessionHint {
            id: session.id,
            start_reason: session.start_reason,
            previous_id: session.previous_id,
        };
        let events = body.events.into_iter();
        let batch = Batch {
            site: SiteId("shop".to_owned()),
            received_at: Timestamp(body.sent_at),
            backfill: true,
            sent_at: Timestamp(body.sent_at),
            visitor_id: body.visitor_id.expect("simulated visitors have ids"),
            hint,
            tab_id: body.tab_id,
            context: Context { user: body.context.user, ..Context::default() },
            events: events
                .map(|event| Event { seq: event.seq, at: Timestamp(event.at), kind: event.kind, route: None })
                .collect(),
        };
        let rules = SessionRules::default();
        hinted.entry(session.id).or_insert_with(|| HintedSession::new(rules)).fold(&Arc::new(batch));
    }
    hinted.values().flat_map(HintedSession::sessions).cloned().collect()
}

#[test]
fn the_fold_finds_the_sessions_that_were_simulated() {
    let simulated: BTreeSet<SessionId> =
        deliveries(21).iter().filter_map(|delivery| Some(delivery.body.session.as_ref()?.id)).collect();
    let sessions = folded(21);
    let found: BTreeSet<SessionId> = sessions.iter().map(|session| session.id).collect();
    assert_eq!(found.len(), sessions.len());
    assert_eq!(found, simulated);
    for session in &sessions {
        if let Some(previous) = session.previous_id {
            assert!(
                found.contains(&previous) || session.start.0 < NOW - 20 * DAY,
                "{previous} was never simulated"
            );
        }
        let reason =
            if session.previous_id.is_none() { BoundaryReason::FirstVisit } else { session.start_reason };
        assert_eq!(session.start_reason, reason);
    }
}

#[track_caller]
fn check(table: &[(&str, f64)], expected: Expect) {
    let lines: String = table.iter().map(|(name, value)| format!("{name:<28} {value:>9.1}\n")).collect();
    expected.assert_eq(&lines);
}

#[test]
fn three_weeks_are_plausible() {
    let sessions = folded(21);
    let count = |of: &dyn Fn(&Folded) -> bool| sessions.iter().filter(|session| of(session)).count() as f64;
    let all = count(&|_| true);
    let percent = |of: &dyn Fn(&Folded) -> bool| 100.0 * count(of) / all;
    let sum = |of: &dyn Fn(&Folded) -> u32| sessions.iter().map(of).map(f64::from).sum::<f64>();
    let mut durations: Vec<i64> = sessions.iter().map(Folded::duration_ms).collect();
    durations.sort_unstable();
    let rules = SessionRules::default();
    let purchases = deliveries(21)
        .iter()
        .flat_map(|delivery| &delivery.body.events)
        .filter(|event| matches!(&event.kind, EventKind::Custom(custom) if custom.name == "purchase"))
        .count() as f64;
    check(
        &[
            ("sessions", all),
            ("events", sum(&|session| session.counts.events)),
            ("events per session", sum(&|session| session.counts.events) / all),
            ("pages per session", sum(&|session| session.counts.page_views) / all),
            ("median duration, s", durations[durations.len() / 2] as f64 / 1_000.0),
            ("longest, min", *durations.last().expect("there are some") as f64 / MINUTE as f64),
            ("bounced, %", percent(&Folded::is_bounce)),
            ("returning, %", percent(&|session| session.previous_id.is_some())),
            ("identified, %", percent(&|session| session.user.is_some())),
            ("with an error, %", percent(&|session| session.counts.errors > 0)),
            ("with a failed request, %", percent(&|session| session.counts.failed_requests > 0)),
            ("with rage, %", percent(&|session| session.counts.rage_clicks > 0)),
            ("with several tabs, %", percent(&|session| session.counts.tabs > 1)),
            ("signed out, %", percent(&|session| session.closed_by == Some(BoundaryReason::Logout))),
            ("purchases, % of sessions", 100.0 * purchases / all),
            ("live now", count(&|session| now_is_live(session, rules))),
        ],
        expect![[r#"
            sessions                        3393.0
            events                        139846.0
            events per session                41.2
            pages per session                  4.2
            median duration, s                67.9
            longest, min                      25.7
            bounced, %                        36.3
            returning, %                      38.4
            identified, %                     20.6
            with an error, %                   6.8
            with a failed request, %           1.2
            with rage, %                       2.2
            with several tabs, %               5.5
            signed out, %                      1.6
            purchases, % of sessions           9.7
            live now                          10.0
        "#]],
    );
}

fn now_is_live(session: &Folded, rules: SessionRules) -> bool {
    session.status(Timestamp(NOW), rules) == footpath_model::session::SessionStatus::Live
}

#[test]
fn days_and_hours_have_a_shape() {
    let mut by_day = [0.0; 7];
    let mut by_hour = [0.0; 24];
    for session in folded(21) {
        let start = session.start.0;
        by_day[(start.div_euclid(DAY) + 3).rem_euclid(7) as usize] += 1.0;
        by_hour[(start.rem_euclid(DAY) / (60 * MINUTE)) as usize] += 1.0;
    }
    assert!(by_day.iter().all(|n| (300.0..700.0).contains(n)), "{by_day:?}");
    assert!(by_day[5] < by_day[0], "Saturday is quieter than Monday: {by_day:?}");
    // UTC: Europe's evening against America's night.
    assert!(by_hour[18] > 2.5 * by_hour[4], "{by_hour:?}");
}
