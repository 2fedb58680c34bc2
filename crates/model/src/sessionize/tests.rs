//! The definitions of `docs/sessions.md` as tiny timelines that print as tables, and as properties.
//!
//! How timelines are written: [`crate::timelines`].

use super::*;
use crate::context::User;
use crate::event::*;
use crate::time::{DAY, HOUR};
use crate::timelines::{batch, batches, fold_batches as fold, parse_kind, tab_id};
use expect_test::{Expect, expect};
use proptest::prelude::*;

#[track_caller]
fn check(timeline: &str, expected: Expect) {
    check_batches(&batches(timeline), SessionRules::default(), expected);
}

#[track_caller]
fn check_batches(batches: &[Arc<Batch>], rules: SessionRules, expected: Expect) {
    expected.assert_eq(&table(&fold(batches, rules)));
}

/// One row a session: when, why it began and ended, who, what was counted, and which events are its own.
fn table(hinted: &HintedSession) -> String {
    let mut text = String::new();
    for session in hinted.sessions() {
        let closed = session.closed_by.map_or("-".to_owned(), |reason| format!("{reason:?}"));
        let user = session.user.as_ref().map_or("-", |user| user.id.as_str());
        let page = |page: &Option<Page>| page.as_ref().map_or("-".to_owned(), |page| page.path.clone());
        let counts = session.counts;
        let events: Vec<String> = hinted.events_of(session.id).iter().map(name).collect();
        text += &format!(
            "{}–{} {:?}→{closed} {user} {}→{} {}p {}i {}e active {}s: {}\n",
            clock(session.start),
            clock(session.end),
            session.start_reason,
            page(&session.entry),
            page(&session.exit),
            counts.page_views,
            counts.interactions,
            counts.errors,
            session.active_ms / SECOND,
            events.join(" "),
        );
    }
    text
}

fn name(event: &PlacedEvent) -> String {
    let tab = char::from(event.tab_id.0.as_bytes()[15]);
    format!("{tab}{}{}", event.event().seq, if event.clamped { "!" } else { "" })
}

fn clock(at: Timestamp) -> String {
    let seconds = at.0 / SECOND;
    format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

#[test]
fn a_gap_of_exactly_the_timeout_continues_and_one_over_it_splits() {
    check(
        "a 0:00:00 page /
         a 0:30:00 click
         a 1:00:01 page /late",
        expect![[r#"
            0:00:00–0:30:00 FirstVisit→Idle - /→/ 1p 1i 0e active 0s: a0 a1
            1:00:01–1:00:01 Idle→- - /late→/late 1p 0i 0e active 0s: a2
        "#]],
    );
}

#[test]
fn polling_errors_and_visibility_are_recorded_but_never_extend() {
    check(
        "a 0:00:00 page /
         a 0:20:00 request
         a 0:25:00 error Late
         a 0:29:00 hidden 12
         a 0:31:00 click
         a 2:00:00 error MuchLater",
        expect![[r#"
            0:00:00–0:00:00 FirstVisit→Idle - /→/ 1p 0i 1e active 12s: a0 a1 a2 a3
            0:31:00–0:31:00 Idle→- - -→- 0p 1i 1e active 0s: a4 a5
        "#]],
    );
}

#[test]
fn an_event_before_the_first_activity_does_not_move_the_start() {
    check(
        "a 0:00:00 error Early
         a 0:00:05 page /",
        expect![[r#"
            0:00:05–0:00:05 FirstVisit→- - /→/ 1p 0i 1e active 0s: a0 a1
        "#]],
    );
}

#[test]
fn no_session_spans_more_than_a_day() {
    let timeline: String =
        (0..=50).map(|half| format!("a {}:{:02}:00 click\n", half / 2, half % 2 * 30)).collect();
    let hinted = fold(&batches(&timeline), SessionRules::default());
    let spans: Vec<_> = hinted.sessions().map(|s| (clock(s.start), clock(s.end), s.start_reason)).collect();
    assert_eq!(
        spans,
        [
            ("0:00:00".to_owned(), "24:00:00".to_owned(), BoundaryReason::FirstVisit),
            ("24:30:00".to_owned(), "25:00:00".to_owned(), BoundaryReason::Cap),
        ]
    );
}

#[test]
fn midnight_and_campaigns_never_split() {
    check(
        "a 23:50:00 page /?utm_source=mail
         a 24:10:00 page /?utm_source=poster",
        expect![[r#"
            23:50:00–24:10:00 FirstVisit→- - /?utm_source=mail→/?utm_source=poster 2p 0i 0e active 0s: a0 a1
        "#]],
    );
}

#[test]
fn becoming_known_keeps_the_session_and_another_user_starts_one() {
    check(
        "a 0:00:00 page /
         a 0:01:00 identify jane
         a@jane 0:02:00 click
         a@joe 0:03:00 identify joe
         a@joe 0:04:00 click",
        expect![[r#"
            0:00:00–0:02:00 FirstVisit→UserSwitch jane /→/ 1p 1i 0e active 0s: a0 a1 a2
            0:04:00–0:04:00 UserSwitch→- joe -→- 0p 1i 0e active 0s: a3 a4
        "#]],
    );
}

#[test]
fn a_session_that_the_page_closed_is_settled_at_once() {
    let hinted = fold(&batches("a 0:00:00 page /\na 0:01:00 logout"), SessionRules::default());
    let session = hinted.sessions().next().expect("one session");
    let now = Timestamp(MINUTE);
    assert_eq!(session.end_reason(now, SessionRules::default()), Some(BoundaryReason::Logout));
}

#[test]
fn tabs_share_a_session_and_interleave_by_time() {
    check(
        "a 0:00:00 page /
         a 0:20:00 click
         b 0:10:00 page /b
         b 0:40:00 click",
        expect![[r#"
            0:00:00–0:40:00 FirstVisit→- - /→/b 2p 2i 0e active 0s: a0 b0 a1 b1
        "#]],
    );
}

#[test]
fn late_activity_joins_what_seemed_to_be_two_sessions() {
    check(
        "a 0:00:00 page /
         a 0:40:00 click
         b 0:20:00 click",
        expect![[r#"
            0:00:00–0:40:00 FirstVisit→- - /→/ 1p 2i 0e active 0s: a0 b0 a1
        "#]],
    );
}

#[test]
fn a_wrong_clock_is_corrected_once_per_tab_and_small_skew_is_ignored() {
    let received = Timestamp(10 * HOUR);
    let page = |at| Event { seq: 0, at, kind: parse_kind("page /"), route: None };
    let click = |seq, at| Event { seq, at, kind: parse_kind("click"), route: None };
    let context = Context::default;
    let slow = received.plus(-3 * HOUR);
    let mut first = batch("a", received, context(), vec![page(slow.plus(-MINUTE))]);
    first.sent_at = slow;
    // The second batch was long under way: its own difference must not move its events.
    let mut second = batch("a", received.plus(9 * MINUTE), context(), vec![click(1, slow)]);
    second.sent_at = slow.plus(MINUTE);
    let mut right = batch("b", received, context(), vec![click(0, received)]);
    right.sent_at = received.plus(-4 * SECOND);
    check_batches(
        &[first, second, right].map(Arc::new),
        SessionRules::default(),
        expect![[r#"
            9:59:00–10:00:00 FirstVisit→- - /→/ 1p 2i 0e active 0s: a0 a1 b0
        "#]],
    );
}

#[test]
fn a_click_after_a_logout_starts_a_session_even_under_the_same_hint() {
    check(
        "a 0:00:00 page /
         a 0:01:00 logout
         a 0:02:00 error Late
         a 0:03:00 click",
        expect![[r#"
            0:00:00–0:00:00 FirstVisit→Logout - /→/ 1p 0i 1e active 0s: a0 a1 a2
            0:03:00–0:03:00 Logout→- - -→- 0p 1i 0e active 0s: a3
        "#]],
    );
}

#[test]
fn no_batch_reaches_further_back_than_late_data_whatever_its_tab_sent_before() {
    let now = Timestamp(100 * DAY);
    let click = |seq, at| Event { seq, at, kind: parse_kind("click"), route: None };
    let honest = batch("a", now, Context::default(), vec![click(0, now)]);
    let mut forged = batch("a", now.plus(MINUTE), Context::default(), vec![click(1, Timestamp(0))]);
    forged.sent_at = Timestamp(0);
    let hinted = fold(&[Arc::new(honest), Arc::new(forged)], SessionRules::default());
    let starts: Vec<_> = hinted.sessions().map(|session| clock(session.start)).collect();
    assert_eq!(starts, ["2400:00:00"], "it happened, by its own clock, when it was received");
}

#[test]
fn times_in_the_future_are_clamped_and_marked() {
    let received = Timestamp(HOUR);
    let click = |seq, at| Event { seq, at, kind: parse_kind("click"), route: None };
    let events = vec![click(0, received), click(1, received.plus(5 * MINUTE)), click(2, received.plus(DAY))];
    check_batches(
        &[Arc::new(batch("a", received, Context::default(), events))],
        SessionRules::default(),
        expect![[r#"
            1:00:00–1:05:00 FirstVisit→- - -→- 0p 3i 0e active 0s: a0 a1 a2!
        "#]],
    );
}

#[test]
fn bounce_is_one_page_little_time_and_nothing_but_scrolling() {
    let is_bounce = |timeline: &str| {
        let hinted = fold(&batches(timeline), SessionRules::default());
        hinted.sessions().next().expect("one session").is_bounce()
    };
    assert!(is_bounce("a 0:00:00 page /"));
    assert!(is_bounce("a 0:00:00 page /\na 0:00:05 scroll\na 0:00:09 hidden 9"));
    assert!(!is_bounce("a 0:00:00 page /\na 0:00:10 hidden 10"));
    assert!(!is_bounce("a 0:00:00 page /\na 0:00:05 click"));
    assert!(!is_bounce("a 0:00:00 page /\na 0:00:05 page /b"));
    assert!(!is_bounce("a 0:00:05 error X"), "no page view is no bounce");
}

#[test]
fn seq_sets_join_their_ranges() {
    let mut seen = SeqSet::default();
    for seq in [5, 3, 4, 0, u32::MAX, 1, 2] {
        assert!(seen.insert(seq), "{seq} is new");
        assert!(!seen.insert(seq), "{seq} is there");
    }
    assert_eq!(seen.ranges.into_iter().collect::<Vec<_>>(), [(0, 5), (u32::MAX, u32::MAX)]);
}

/// Batches of up to three tabs, as three clients would send them.
fn any_batches() -> impl Strategy<Value = Vec<Batch>> {
    let kinds = prop_oneof![
        Just("page /"),
        Just("page /b"),
        Just("click"),
        Just("scroll"),
        Just("error E"),
        Just("request"),
        Just("hidden 3"),
        Just("identify jane"),
        Just("identify joe"),
        Just("logout"),
    ];
    let minutes = prop_oneof![8 => 0i64..45, 1 => 45i64..600];
    let users = prop_oneof![6 => Just(None), 1 => Just(Some("jane")), 1 => Just(Some("joe"))];
    let step = (0usize..3, minutes, kinds, users, any::<bool>());
    let clocks = prop::array::uniform3(prop_oneof![Just(0), Just(3 * SECOND), -3 * HOUR..3 * HOUR]);
    (prop::collection::vec(step, 1..60), clocks).prop_map(|(steps, clocks)| {
        let tabs = ["a", "b", "c"];
        let mut now = Timestamp(HOUR);
        let mut next_seq = [0u32; 3];
        let mut made: Vec<Batch> = Vec::new();
        for (tab, minutes, kind, user, joins) in steps {
            now = now.plus(minutes * MINUTE);
            let client = now.plus(clocks[tab]);
            let event = Event { seq: next_seq[tab], at: client, kind: parse_kind(kind), route: None };
            next_seq[tab] += 1;
            match made.last_mut() {
                Some(last) if joins && last.tab_id == tab_id(tabs[tab]) => last.events.push(event),
                _ => {
                    let user = user.map(|id| User { id: id.to_owned(), traits: Props::default() });
                    let context = Context { user, ..Context::default() };
                    made.push(batch(tabs[tab], now, context, vec![event]));
                }
            }
            if let Some(last) = made.last_mut() {
                last.sent_at = client;
                last.received_at = now;
            }
        }
        made
    })
}

fn shared(batches: Vec<Batch>) -> Vec<Arc<Batch>> {
    batches.into_iter().map(Arc::new).collect()
}

proptest! {
    #[test]
    fn splitting_and_duplicating_batches_changes_nothing(made in any_batches(), again in any::<prop::sample::Index>()) {
        let whole = table(&fold(&shared(made.clone()), SessionRules::default()));
        let mut halves = Vec::new();
        for batch in &made {
            let (first, rest) = batch.events.split_at(batch.events.len() / 2);
            for part in [first, rest] {
                halves.push(Batch { events: part.to_vec(), ..batch.clone() });
            }
        }
        let resent = halves[again.index(halves.len())].clone();
        halves.push(Batch { received_at: resent.received_at.plus(DAY), ..resent });
        prop_assert_eq!(whole, table(&fold(&shared(halves), SessionRules::default())));
    }

    #[test]
    fn reordering_batches_across_tabs_changes_nothing(made in any_batches(), keys in prop::collection::vec(any::<u8>(), 3)) {
        let whole = table(&fold(&shared(made.clone()), SessionRules::default()));
        let mut moved = made;
        // Stable: the order within a tab stays.
        moved.sort_by_key(|batch| keys[usize::from(batch.tab_id.0.as_bytes()[15] - b'a')]);
        prop_assert_eq!(whole, table(&fold(&shared(moved), SessionRules::default())));
    }

    #[test]
    fn every_event_is_in_exactly_one_session_and_counts_are_conserved(made in any_batches()) {
        let made = shared(made);
        let hinted = fold(&made, SessionRules::default());
        let mut own: Vec<String> = hinted
            .sessions()
            .flat_map(|session| hinted.events_of(session.id).iter().map(name).collect::<Vec<_>>())
            .collect();
        own.sort();
        let mut sent: Vec<String> = made
            .iter()
            .flat_map(|batch| {
                let tab = char::from(batch.tab_id.0.as_bytes()[15]);
                batch.events.iter().map(move |event| format!("{tab}{}", event.seq))
            })
            .collect();
        sent.sort();
        prop_assert_eq!(own, sent);
        let views = |kind: &EventKind| matches!(kind, EventKind::PageView(_));
        let sent_views = made.iter().flat_map(|batch| &batch.events).filter(|event| views(&event.kind)).count();
        let counted: u32 = hinted.sessions().map(|session| session.counts.page_views).sum();
        prop_assert_eq!(counted as usize, sent_views);
    }

    #[test]
    fn activities_of_a_session_have_no_gap_over_the_timeout_and_no_span_over_the_cap(made in any_batches()) {
        let rules = SessionRules::default();
        let hinted = fold(&shared(made), rules);
        for session in hinted.sessions() {
            let times: Vec<Timestamp> = hinted
                .events_of(session.id)
                .iter()
                .filter(|event| event.event().kind.is_activity())
                .map(|event| event.at)
                .collect();
            for pair in times.windows(2) {
                prop_assert!(pair[1].since(pair[0]) <= rules.timeout_ms);
            }
            prop_assert!(session.duration_ms() <= rules.cap_ms);
        }
    }
}
