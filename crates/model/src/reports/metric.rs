//! What is measured of sessions: each metric's name, unit, meaning and better direction, said once. `docs/metrics.md`
//! is made from here, and so are the words beside every number.

use super::vitals::VitalStat;
use crate::event::VitalName;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What is measured.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// How many sessions.
    Sessions,
    /// How many visitors.
    Visitors,
    /// How many page views.
    PageViews,
    /// Mean duration.
    DurationAverage,
    /// Median duration.
    DurationMedian,
    /// 75th percentile of durations.
    DurationP75,
    /// Mean active time.
    ActiveAverage,
    /// Median active time.
    ActiveMedian,
    /// Mean number of pages.
    PagesAverage,
    /// Share of bounces.
    BounceRate,
    /// Share of sessions of one page.
    SinglePageRate,
    /// Share of visitors who were here before.
    ReturnRate,
    /// Mean load time.
    LoadAverage,
    /// Median load time.
    LoadMedian,
    /// 75th percentile of load times.
    LoadP75,
    /// Median time to the first interaction.
    InteractionMedian,
    /// 75th percentile of the time to the first interaction.
    InteractionP75,
    /// Share of sessions with an error.
    ErrorRate,
    /// Of a web vital.
    Vital(VitalName, VitalStat),
}

/// What a number counts, or is measured in.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Sessions.
    Sessions,
    /// Visitors.
    Visitors,
    /// Things that happened: page views, page loads.
    Events,
    /// Milliseconds.
    Milliseconds,
    /// A part of 1.
    Ratio,
    /// Has no unit: a layout shift score.
    Score,
}

/// Which way is better.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Better {
    /// More.
    Higher,
    /// Less.
    Lower,
    /// It depends.
    Neither,
}

impl Unit {
    /// As in the API and the docs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sessions => "sessions",
            Self::Visitors => "visitors",
            Self::Events => "events",
            Self::Milliseconds => "ms",
            Self::Ratio => "ratio",
            Self::Score => "score",
        }
    }
}

impl Better {
    /// As in the docs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Higher => "higher",
            Self::Lower => "lower",
            Self::Neither => "–",
        }
    }
}

impl Metric {
    /// All, in the order they are offered in.
    pub fn all() -> Vec<Self> {
        let plain = [
            Self::Sessions,
            Self::Visitors,
            Self::PageViews,
            Self::DurationAverage,
            Self::DurationMedian,
            Self::DurationP75,
            Self::ActiveAverage,
            Self::ActiveMedian,
            Self::PagesAverage,
            Self::BounceRate,
            Self::SinglePageRate,
            Self::ReturnRate,
            Self::LoadAverage,
            Self::LoadMedian,
            Self::LoadP75,
            Self::InteractionMedian,
            Self::InteractionP75,
            Self::ErrorRate,
        ];
        let of_vital = |vital| VitalStat::ALL.map(|stat| Self::Vital(vital, stat));
        plain.into_iter().chain(VitalName::ALL.into_iter().flat_map(of_vital)).collect()
    }

    /// As in the API: `bounce_rate`, `lcp_p75`.
    pub fn name(self) -> String {
        match self {
            Self::Sessions => "sessions".to_owned(),
            Self::Visitors => "visitors".to_owned(),
            Self::PageViews => "page_views".to_owned(),
            Self::DurationAverage => "duration_average".to_owned(),
            Self::DurationMedian => "duration_median".to_owned(),
            Self::DurationP75 => "duration_p75".to_owned(),
            Self::ActiveAverage => "active_average".to_owned(),
            Self::ActiveMedian => "active_median".to_owned(),
            Self::PagesAverage => "pages_average".to_owned(),
            Self::BounceRate => "bounce_rate".to_owned(),
            Self::SinglePageRate => "single_page_rate".to_owned(),
            Self::ReturnRate => "return_rate".to_owned(),
            Self::LoadAverage => "load_average".to_owned(),
            Self::LoadMedian => "load_median".to_owned(),
            Self::LoadP75 => "load_p75".to_owned(),
            Self::InteractionMedian => "interaction_median".to_owned(),
            Self::InteractionP75 => "interaction_p75".to_owned(),
            Self::ErrorRate => "error_rate".to_owned(),
            Self::Vital(vital, stat) => format!("{}_{}", vital.label().to_lowercase(), stat.name()),
        }
    }

    /// The metric of a name; nothing where there is none of that name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::all().into_iter().find(|metric| metric.name() == name)
    }

    /// What the value is in.
    pub const fn unit(self) -> Unit {
        match self {
            Self::Sessions => Unit::Sessions,
            Self::Visitors => Unit::Visitors,
            // Of an average: page views a session.
            Self::PageViews | Self::PagesAverage => Unit::Events,
            Self::DurationAverage
            | Self::DurationMedian
            | Self::DurationP75
            | Self::ActiveAverage
            | Self::ActiveMedian
            | Self::LoadAverage
            | Self::LoadMedian
            | Self::LoadP75
            | Self::InteractionMedian
            | Self::InteractionP75 => Unit::Milliseconds,
            Self::BounceRate | Self::SinglePageRate | Self::ReturnRate | Self::ErrorRate => Unit::Ratio,
            Self::Vital(vital, VitalStat::P75) => match vital {
                VitalName::Cls => Unit::Score,
                VitalName::Lcp | VitalName::Inp | VitalName::Fcp | VitalName::Ttfb => Unit::Milliseconds,
            },
            Self::Vital(_, VitalStat::Good | VitalStat::NeedsImprovement | VitalStat::Poor) => Unit::Ratio,
        }
    }

    /// What it is made of: what [`Measurement::of`](super::measures::Measurement::of) counts.
    pub const fn made_of(self) -> Unit {
        match self {
            Self::Sessions
            | Self::PageViews
            | Self::DurationAverage
            | Self::DurationMedian
            | Self::DurationP75
            | Self::ActiveAverage
            | Self::ActiveMedian
            | Self::PagesAverage
            | Self::BounceRate
            | Self::SinglePageRate
            | Self::InteractionMedian
            | Self::InteractionP75
            | Self::ErrorRate => Unit::Sessions,
            Self::Visitors | Self::ReturnRate => Unit::Visitors,
            Self::LoadAverage | Self::LoadMedian | Self::LoadP75 | Self::Vital(..) => Unit::Events,
        }
    }

    /// Which way is better.
    pub const fn better(self) -> Better {
        match self {
            Self::Sessions | Self::Visitors | Self::PageViews => Better::Higher,
            Self::DurationAverage
            | Self::DurationMedian
            | Self::DurationP75
            | Self::ActiveAverage
            | Self::ActiveMedian
            | Self::PagesAverage => Better::Neither,
            Self::BounceRate
            | Self::SinglePageRate
            | Self::LoadAverage
            | Self::LoadMedian
            | Self::LoadP75
            | Self::InteractionMedian
            | Self::InteractionP75
            | Self::ErrorRate => Better::Lower,
            Self::ReturnRate => Better::Higher,
            Self::Vital(_, VitalStat::Good) => Better::Higher,
            Self::Vital(_, VitalStat::P75 | VitalStat::NeedsImprovement | VitalStat::Poor) => Better::Lower,
        }
    }

    /// What it means, for whoever reads the number.
    pub fn definition(self) -> String {
        match self {
            Self::Sessions => "Sessions that started in the period, live ones too.".to_owned(),
            Self::Visitors => {
                "Different visitors of these sessions. A visitor is a browser on a device, in cookieless mode for one day. \
                 They are told apart by 64 bits of their ids: among 10 million the number is off by one with a chance of 3 in a million."
                    .to_owned()
            }
            Self::PageViews => "Page views of these sessions.".to_owned(),
            Self::DurationAverage => {
                "Last activity − first activity, the mean over sessions. Few long sessions move it: see the median.".to_owned()
            }
            Self::DurationMedian => {
                "Last activity − first activity; half of the sessions are as short or shorter.".to_owned()
            }
            Self::DurationP75 => {
                "Last activity − first activity; three quarters of the sessions are as short or shorter.".to_owned()
            }
            Self::ActiveAverage => {
                "Visible time with interaction gaps of at most 30 s, the mean over sessions.".to_owned()
            }
            Self::ActiveMedian => {
                "Visible time with interaction gaps of at most 30 s; half of the sessions have as little or less.".to_owned()
            }
            Self::PagesAverage => "Page views ÷ sessions.".to_owned(),
            Self::BounceRate => {
                "Sessions with exactly one page view, no interaction but scrolling, and under 10 s of active time ÷ \
                 sessions that are over. Live sessions are left out."
                    .to_owned()
            }
            Self::SinglePageRate => {
                "Sessions with exactly one page view ÷ sessions that are over. Live sessions are left out.".to_owned()
            }
            Self::ReturnRate => {
                "Visitors who in the period had a session that was not their first ÷ visitors. Visitors without storage \
                 (cookieless mode) are left out; where there are no others it is not measurable."
                    .to_owned()
            }
            Self::LoadAverage => "loadEventEnd from navigation start, the mean over full page loads.".to_owned(),
            Self::LoadMedian => {
                "loadEventEnd from navigation start; half of the full page loads are as fast or faster.".to_owned()
            }
            Self::LoadP75 => {
                "loadEventEnd from navigation start; three quarters of the full page loads are as fast or faster."
                    .to_owned()
            }
            Self::InteractionMedian => {
                "From the navigation start of the entry page to the first click, input, submission or scroll; the median \
                 over sessions that had one."
                    .to_owned()
            }
            Self::InteractionP75 => {
                "From the navigation start of the entry page to the first click, input, submission or scroll; the 75th \
                 percentile over sessions that had one."
                    .to_owned()
            }
            Self::ErrorRate => "Sessions with at least one error ÷ sessions.".to_owned(),
            Self::Vital(vital, stat) => {
                let [good, poor] = vital.thresholds();
                let ms = match vital {
                    VitalName::Cls => "",
                    VitalName::Lcp | VitalName::Inp | VitalName::Fcp | VitalName::Ttfb => " ms",
                };
                let what = vital.long_name();
                match stat {
                    VitalStat::P75 => format!(
                        "{what}: three quarters of the page views that it was measured of are as low or lower."
                    ),
                    VitalStat::Good => format!("{what}: page views at or under {good}{ms} ÷ those measured."),
                    VitalStat::NeedsImprovement => {
                        format!("{what}: page views over {good}{ms}, at or under {poor}{ms} ÷ those measured.")
                    }
                    VitalStat::Poor => format!("{what}: page views over {poor}{ms} ÷ those measured."),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::dimension::Dimension;
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn names_are_unique_and_name_their_metric() {
        let all = Metric::all();
        let names: HashSet<String> = all.iter().map(|metric| metric.name()).collect();
        assert_eq!(names.len(), all.len());
        assert!(all.iter().all(|&metric| Metric::of_name(&metric.name()) == Some(metric)));
        assert_eq!(Metric::of_name("needs_more"), None);
    }

    #[test]
    fn the_page_of_metrics_says_what_the_code_says() {
        let mut page = String::from(
            "# Metrics and dimensions\n\nWhat Footpath's numbers mean. Made from the code (`crates/model/src/reports/`): a test \
             keeps it so, and writes it anew with `UPDATE_EXPECT=1`.\n\n\
             - A session counts in the period in which it started, with all that it did.\n\
             - Where there is nothing to divide by, or nothing was measured, there is no value: neither 0 nor an error.\n\
             - A percentile is the value of that rank (the smallest that at least such a part of the values does not exceed), \
             not something between two values. It is exact for up to 4,096 values; over more it is within 0.4 % of the \
             value of that rank, and says so.\n\
             - Sessions of bots are left out unless asked for.\n\n## Metrics\n\n\
             | metric | unit | made of | better | meaning |\n|---|---|---|---|---|\n",
        );
        for metric in Metric::all() {
            let [unit, of, better] = [metric.unit().name(), metric.made_of().name(), metric.better().name()];
            page +=
                &format!("| `{}` | {unit} | {of} | {better} | {} |\n", metric.name(), metric.definition());
        }
        page += "\n## Dimensions\n\n| dimension | meaning |\n|---|---|\n";
        for dimension in Dimension::ALL {
            page += &format!("| `{}` | {} |\n", dimension.name(), dimension.definition());
        }
        expect_test::expect_file!["../../../../docs/metrics.md"].assert_eq(&page);
    }
}
