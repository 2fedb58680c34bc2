//! The shop's releases in simulated time: one a week, one of them bad and mended after two days, and one day on
//! which the payment provider had a bad time.

use footpath_model::time::DAY;

/// The release that is running now, in the simulation and in the real shop.
pub const CURRENT: &str = "2.4.0";
/// The bad one: its product page throws on some devices.
pub const BAD: &str = "2.2.0";

/// Releases with how long before now each went live, milliseconds; newest first.
const RELEASES: &[(i64, &str)] =
    &[(4 * DAY, CURRENT), (9 * DAY, "2.3.0"), (11 * DAY, "2.2.1"), (13 * DAY, BAD), (20 * DAY, "2.1.0")];
/// What ran before all of these.
const OLDEST: &str = "2.0.3";

/// The day, counted back from now, on which payments failed.
const BAD_DAY: std::ops::Range<i64> = 6 * DAY..7 * DAY;

/// The release that served a page at `at`.
pub fn live_at(at: i64, now: i64) -> &'static str {
    RELEASES.iter().find(|(age, _)| now - at <= *age).map_or(OLDEST, |(_, release)| *release)
}

/// Whether payments failed for many at `at`.
pub fn payments_are_failing(at: i64, now: i64) -> bool {
    BAD_DAY.contains(&(now - at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_follow_one_another_and_the_bad_one_lasts_two_days() {
        let now = 100 * DAY;
        let live: Vec<_> = (0..22).map(|age| live_at(now - age * DAY, now)).collect();
        assert_eq!(live[0], CURRENT);
        assert_eq!(live.iter().filter(|release| **release == BAD).count(), 2);
        assert_eq!(live[21], OLDEST);
        assert!(payments_are_failing(now - 6 * DAY - 1, now) && !payments_are_failing(now - 7 * DAY, now));
    }
}
