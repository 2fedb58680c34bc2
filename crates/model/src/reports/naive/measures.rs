//! Metrics over some sessions, over time, and by segment.

use super::percentile;
use crate::event::{VitalName, VitalRating};
use crate::reports::dimension::Dimension;
use crate::reports::document::{AsOf, Document};
use crate::reports::measures::{
    Measurement, OverTime, OverTimeAnswer, QUANTILE_EXACT, Reading, SegmentKey, SegmentRest, SegmentRow,
    Segmentation, Segments, Series,
};
use crate::reports::metric::Metric;
use crate::reports::vitals::VitalStat;
use crate::steps::View;
use crate::time::Timestamp;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// One metric over some sessions.
pub fn measure(documents: &[&Document], metric: Metric, as_of: AsOf) -> Measurement {
    let all = documents.len() as u64;
    let sum = |count: &dyn Fn(&Document) -> u64| documents.iter().map(|one| count(one)).sum::<u64>();
    let number_of = |is: &dyn Fn(&Document) -> bool| documents.iter().filter(|one| is(one)).count() as u64;
    let exactly = |reading, of| Measurement { metric, reading, of, exact: true };
    let durations = || values(documents, |one| u64::try_from(one.session.duration_ms()).ok());
    let active = || values(documents, |one| u64::try_from(one.session.active_ms).ok());
    let interactions =
        || values(documents, |one| one.first_interaction_ms.map(|ms| u64::try_from(ms).unwrap_or(0)));
    let loads = || of_views(documents, |view| view.load_ms.map(u64::from));
    let settled = number_of(&|one| !one.is_live(as_of));
    match metric {
        Metric::Sessions => exactly(Reading::Number(all as f64), all),
        Metric::Visitors => {
            let visitors: BTreeSet<_> = documents.iter().map(|one| one.session.visitor_id).collect();
            exactly(Reading::Number(visitors.len() as f64), visitors.len() as u64)
        }
        Metric::PageViews => {
            exactly(Reading::Number(sum(&|one| one.session.counts.page_views.into()) as f64), all)
        }
        Metric::PagesAverage => {
            exactly(Reading::ratio(sum(&|one| one.session.counts.page_views.into()), all), all)
        }
        Metric::BounceRate => {
            let bounced = number_of(&|one| !one.is_live(as_of) && one.session.is_bounce());
            exactly(Reading::ratio(bounced, settled), settled)
        }
        Metric::SinglePageRate => {
            let single = number_of(&|one| !one.is_live(as_of) && one.session.counts.page_views == 1);
            exactly(Reading::ratio(single, settled), settled)
        }
        Metric::ErrorRate => {
            exactly(Reading::ratio(number_of(&|one| one.session.counts.errors > 0), all), all)
        }
        Metric::ReturnRate => {
            let of = |wanted: fn(bool) -> bool| {
                let those = documents.iter().filter(|one| one.returning.is_some_and(wanted));
                those.map(|one| one.session.visitor_id).collect::<BTreeSet<_>>().len() as u64
            };
            let (known, returning) = (of(|_| true), of(|returning| returning));
            let reading = match known {
                0 if all > 0 => Reading::NotMeasurable,
                _ => Reading::ratio(returning, known),
            };
            exactly(reading, known)
        }
        Metric::DurationAverage => average(metric, &durations(), 1.0),
        Metric::DurationMedian => quantile(metric, &durations(), 50, 1.0),
        Metric::DurationP75 => quantile(metric, &durations(), 75, 1.0),
        Metric::ActiveAverage => average(metric, &active(), 1.0),
        Metric::ActiveMedian => quantile(metric, &active(), 50, 1.0),
        Metric::LoadAverage => average(metric, &loads(), 1.0),
        Metric::LoadMedian => quantile(metric, &loads(), 50, 1.0),
        Metric::LoadP75 => quantile(metric, &loads(), 75, 1.0),
        Metric::InteractionMedian => quantile(metric, &interactions(), 50, 1.0),
        Metric::InteractionP75 => quantile(metric, &interactions(), 75, 1.0),
        Metric::Vital(vital, stat) => {
            let values = of_views(documents, |view| vital_of(view, vital));
            let rated = |wanted: VitalRating| {
                let those = values.iter().filter(|&&value| rating(vital, value) == wanted).count() as u64;
                exactly(Reading::ratio(those, values.len() as u64), values.len() as u64)
            };
            match stat {
                VitalStat::P75 => quantile(metric, &values, 75, vital.parts()),
                VitalStat::Good => rated(VitalRating::Good),
                VitalStat::NeedsImprovement => rated(VitalRating::NeedsImprovement),
                VitalStat::Poor => rated(VitalRating::Poor),
            }
        }
    }
}

/// The rating of a vital in whole parts.
pub(super) fn rating(vital: VitalName, value: u64) -> VitalRating {
    vital.rate(value as f64 / vital.parts())
}

/// A vital in whole parts, as it is kept and counted.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a vital is some thousand at most"
)]
pub(super) fn vital_of(view: &View, vital: VitalName) -> Option<u64> {
    let value = match vital {
        VitalName::Lcp => view.lcp_ms,
        VitalName::Inp => view.inp_ms,
        VitalName::Cls => view.cls,
        VitalName::Fcp => view.fcp_ms,
        VitalName::Ttfb => view.ttfb_ms.map(f64::from),
    };
    value.map(|value| (value * vital.parts()).round() as u64)
}

fn values(documents: &[&Document], value: impl Fn(&Document) -> Option<u64>) -> Vec<u64> {
    documents.iter().filter_map(|one| value(one)).collect()
}

fn of_views(documents: &[&Document], value: impl Fn(&View) -> Option<u64>) -> Vec<u64> {
    documents.iter().flat_map(|one| &one.views).filter_map(value).collect()
}

pub(super) fn average(metric: Metric, values: &[u64], parts: f64) -> Measurement {
    let of = values.len() as u64;
    let reading = match of {
        0 => Reading::Nothing,
        _ => Reading::Number(values.iter().sum::<u64>() as f64 / of as f64 / parts),
    };
    Measurement { metric, reading, of, exact: true }
}

pub(super) fn quantile(metric: Metric, values: &[u64], percent: u64, parts: f64) -> Measurement {
    let value = percentile(values, percent).map(|value| value as f64 / parts);
    Measurement {
        metric,
        reading: value.map_or(Reading::Nothing, Reading::Number),
        of: values.len() as u64,
        exact: values.len() <= QUANTILE_EXACT,
    }
}

/// Metrics over time.
pub fn over_time(documents: &[Document], asked: &OverTime) -> OverTimeAnswer {
    let within = |from: Timestamp, to: Timestamp| {
        let those = documents.iter().filter(|one| (from..to).contains(&one.session.start));
        let those: Vec<&Document> = those.collect();
        asked.metrics.iter().map(|&metric| measure(&those, metric, asked.as_of)).collect::<Vec<_>>()
    };
    let series = |edges: &[Timestamp]| Series {
        total: match (edges.first(), edges.last()) {
            (Some(&from), Some(&to)) => within(from, to),
            _ => within(Timestamp(0), Timestamp(0)),
        },
        buckets: edges.windows(2).map(|pair| within(pair[0], pair[1])).collect(),
    };
    let previous = (!asked.previous.is_empty()).then(|| series(&asked.previous));
    OverTimeAnswer { current: series(&asked.edges), previous }
}

/// The segment of a session.
pub(super) fn key_of(document: &Document, dimensions: &[Dimension], as_of: AsOf) -> SegmentKey {
    dimensions.iter().map(|dimension| dimension.of(document, as_of).map(|value| value.into_owned())).collect()
}

/// Metrics by segment.
pub fn segments(documents: &[Document], asked: &Segmentation) -> Segments {
    let mut by_key = BTreeMap::<SegmentKey, Vec<&Document>>::new();
    for document in documents {
        by_key.entry(key_of(document, &asked.dimensions, asked.as_of)).or_default().push(document);
    }
    let mut groups: Vec<_> = by_key.into_iter().collect();
    groups.sort_by_key(|(_, of_key)| Reverse(of_key.len()));
    let rest = groups.split_off(asked.limit.min(groups.len()));
    let measured = |those: &[&Document]| -> Vec<Measurement> {
        asked.metrics.iter().map(|&metric| measure(those, metric, asked.as_of)).collect()
    };
    let of_rest: Vec<&Document> = rest.iter().flat_map(|(_, of_key)| of_key).copied().collect();
    let row = |(key, of_key): (SegmentKey, Vec<&Document>)| SegmentRow {
        key,
        sessions: of_key.len() as u64,
        measurements: measured(&of_key),
    };
    Segments {
        rows: groups.into_iter().map(row).collect(),
        rest: (!rest.is_empty()).then(|| SegmentRest {
            segments: rest.len() as u64,
            sessions: of_rest.len() as u64,
            measurements: measured(&of_rest),
        }),
        sessions: documents.len() as u64,
        total: measured(&documents.iter().collect::<Vec<_>>()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{HOUR, MINUTE};
    use expect_test::{Expect, expect};

    /// Metrics of the sessions of some timelines, asked at a time of day.
    #[track_caller]
    fn check(timelines: &[&str], hour: i64, metrics: &[Metric], expected: Expect) {
        let documents: Vec<Document> =
            timelines.iter().flat_map(|one| Document::all_of_timeline(one)).collect();
        let as_of = AsOf { now: Timestamp(hour * HOUR), timeout_ms: 30 * MINUTE };
        let told = |metric: &Metric| {
            let Measurement { reading, of, .. } =
                measure(&documents.iter().collect::<Vec<_>>(), *metric, as_of);
            let value = match reading {
                Reading::Number(number) => format!("{number}"),
                Reading::Nothing => "–".to_owned(),
                Reading::NotMeasurable => "not measurable".to_owned(),
            };
            format!(
                "{} {value} {} of {of} {}\n",
                metric.name(),
                metric.unit().name(),
                metric.made_of().name()
            )
        };
        expected.assert_eq(&metrics.iter().map(told).collect::<String>());
    }

    const TWO: [&str; 2] = [
        "a 0:00:00 page /
         a 0:00:02 loaded 2
         a 0:00:03 vital LCP 2500
         a 0:00:04 hidden 4",
        "a 1:00:00 page /
         a 1:00:01 click Buy
         a 1:00:02 page /cart
         a 1:00:06 loaded 4
         a 1:00:07 vital LCP 4001
         a 1:00:08 error PaymentError
         a 1:01:00 page /",
    ];

    #[test]
    fn engagement() {
        use Metric as M;
        check(
            &TWO,
            9,
            &[
                M::Sessions,
                M::Visitors,
                M::PageViews,
                M::DurationAverage,
                M::DurationMedian,
                M::DurationP75,
                M::ActiveMedian,
                M::PagesAverage,
                M::BounceRate,
                M::SinglePageRate,
                M::ErrorRate,
            ],
            expect![[r#"
                sessions 2 sessions of 2 sessions
                visitors 1 visitors of 1 visitors
                page_views 4 events of 2 sessions
                duration_average 30000 ms of 2 sessions
                duration_median 0 ms of 2 sessions
                duration_p75 60000 ms of 2 sessions
                active_median 0 ms of 2 sessions
                pages_average 2 events of 2 sessions
                bounce_rate 0.5 ratio of 2 sessions
                single_page_rate 0.5 ratio of 2 sessions
                error_rate 0.5 ratio of 2 sessions
            "#]],
        );
    }

    #[test]
    fn performance() {
        let of_vital = |stat| Metric::Vital(VitalName::Lcp, stat);
        let mut metrics =
            vec![Metric::LoadAverage, Metric::LoadMedian, Metric::LoadP75, Metric::InteractionMedian];
        metrics.extend(VitalStat::ALL.map(of_vital));
        check(
            &TWO,
            9,
            &metrics,
            expect![[r#"
                load_average 3000 ms of 2 events
                load_median 2000 ms of 2 events
                load_p75 4000 ms of 2 events
                interaction_median 1000 ms of 1 sessions
                lcp_p75 4001 ms of 2 events
                lcp_good 0.5 ratio of 2 events
                lcp_needs_improvement 0 ratio of 2 events
                lcp_poor 0.5 ratio of 2 events
            "#]],
        );
    }

    #[test]
    fn live_sessions_neither_bounce_nor_do_not() {
        check(
            &["a 0:45:00 page /"],
            1,
            &[Metric::Sessions, Metric::BounceRate, Metric::SinglePageRate],
            expect![[r#"
                sessions 1 sessions of 1 sessions
                bounce_rate – ratio of 0 sessions
                single_page_rate – ratio of 0 sessions
            "#]],
        );
        check(
            &["a 0:45:00 page /\na 0:46:00 logout"],
            1,
            &[Metric::BounceRate],
            expect![[r#"
                bounce_rate 1 ratio of 1 sessions
            "#]],
        );
    }

    #[test]
    fn nothing_measured_is_no_number() {
        check(
            &[],
            9,
            &[
                Metric::Sessions,
                Metric::DurationAverage,
                Metric::ErrorRate,
                Metric::ReturnRate,
                Metric::LoadP75,
            ],
            expect![[r#"
                sessions 0 sessions of 0 sessions
                duration_average – ms of 0 sessions
                error_rate – ratio of 0 sessions
                return_rate – ratio of 0 visitors
                load_p75 – ms of 0 events
            "#]],
        );
    }

    #[test]
    fn whoever_comes_twice_in_the_period_has_returned_and_cookieless_visitors_cannot_tell() {
        check(
            &["a 0:00:00 page /\na 2:00:00 page /"],
            9,
            &[Metric::Sessions, Metric::Visitors, Metric::ReturnRate],
            expect![[r#"
                sessions 2 sessions of 2 sessions
                visitors 1 visitors of 1 visitors
                return_rate 1 ratio of 1 visitors
            "#]],
        );
        let mut cookieless = Document::of_timeline("a 0:00:00 page /");
        cookieless.returning = None;
        let as_of = AsOf { now: Timestamp(HOUR), timeout_ms: MINUTE };
        let measured = |those: &[&Document]| measure(those, Metric::ReturnRate, as_of);
        assert_eq!(measured(&[&cookieless]).reading, Reading::NotMeasurable);
        let with_storage = Document::of_timeline("a 0:00:00 page /");
        let both = measured(&[&cookieless, &with_storage]);
        assert_eq!((both.reading, both.of), (Reading::Number(0.0), 1), "only those who can tell are asked");
    }

    #[test]
    fn a_session_counts_where_it_started() {
        let documents = Document::all_of_timeline("a 23:50:00 page /\na 24:10:00 page /b");
        let midnight = Timestamp(24 * HOUR);
        let asked = OverTime {
            metrics: vec![Metric::PageViews],
            edges: vec![Timestamp(0), midnight, midnight.plus(23 * HOUR)],
            previous: vec![midnight, midnight.plus(HOUR)],
            as_of: AsOf { now: Timestamp(90 * HOUR), timeout_ms: MINUTE },
        };
        let answer = over_time(&documents, &asked);
        let values =
            |series: &Series| series.buckets.iter().map(|one| one[0].reading.number()).collect::<Vec<_>>();
        assert_eq!(values(&answer.current), [Some(2.0), Some(0.0)]);
        assert_eq!(values(&answer.previous.expect("it was asked for")), [Some(0.0)]);
    }
}
