//! What a site's pages may record: rules that browsers are told, and that the server applies again.
//!
//! The defaults are the ones of `docs/wire.md`, the same for a field that an owner left out as for one that a browser
//! did not get: replay is off, and everything that can be masked is.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The rules of one site.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SiteRules {
    /// Nothing is sent or stored before the visitor has agreed.
    pub consent_required: bool,
    /// A visitor whose browser sends Global Privacy Control is not recorded.
    pub honour_gpc: bool,
    /// The same for Do Not Track.
    pub honour_dnt: bool,
    /// User ids are hashed with a secret of the site, traits dropped, and of places only the country is kept.
    pub anonymise_users: bool,
    /// Selectors of parts whose text is not told.
    #[schema(max_items = 100)]
    pub mask: Vec<String>,
    /// Selectors of parts whose text may be told.
    #[schema(max_items = 100)]
    pub unmask: Vec<String>,
    /// Selectors of parts of which only the box is told.
    #[schema(max_items = 100)]
    pub block: Vec<String>,
    /// Selectors of parts in which no interaction is recorded.
    #[schema(max_items = 100)]
    pub ignore: Vec<String>,
    /// What of it is replayed.
    pub replay: ReplayRules,
}

/// Whether and how a site's pages are recorded for replay.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ReplayRules {
    /// Whether pages may record at all.
    pub enabled: bool,
    /// Share of the sessions that are recorded from their start, 0 to 1.
    #[schema(minimum = 0, maximum = 1)]
    pub sample_rate: f64,
    /// The others are recorded from a minute before an error on.
    pub on_error: bool,
    /// A shorter replay is not sent, unless an error or the site asked for it; milliseconds, at most 60,000.
    #[schema(maximum = 60000)]
    pub min_duration_ms: u32,
    /// Values of fields are masked.
    pub mask_inputs: bool,
    /// All text is masked.
    pub mask_all_text: bool,
    /// Images, videos and the like are boxes.
    pub block_media: bool,
    /// A still image of each canvas, every two seconds if it has changed.
    pub canvas: bool,
}

impl Default for ReplayRules {
    fn default() -> Self {
        Self {
            enabled: false,
            sample_rate: 0.0,
            on_error: false,
            min_duration_ms: 0,
            mask_inputs: true,
            mask_all_text: true,
            block_media: false,
            canvas: false,
        }
    }
}

impl SiteRules {
    /// Selectors of a list: pages look each of them up at every change.
    pub const SELECTORS: usize = 100;
    /// Bytes of a selector.
    pub const SELECTOR_BYTES: usize = 500;
    /// Longest minimum of a replay, milliseconds.
    pub const MIN_DURATION_MS: u32 = 60_000;

    /// Whether a site can have these rules.
    ///
    /// # Errors
    /// Names the field, and says what it takes.
    pub fn check(&self) -> Result<(), String> {
        let lists = [
            ("mask", &self.mask),
            ("unmask", &self.unmask),
            ("block", &self.block),
            ("ignore", &self.ignore),
        ];
        for (name, selectors) in lists {
            if selectors.len() > Self::SELECTORS {
                return Err(format!(
                    "{name}: {} selectors, at most {} are taken",
                    selectors.len(),
                    Self::SELECTORS
                ));
            }
            for (place, selector) in selectors.iter().enumerate() {
                if selector.trim().is_empty() || selector.contains(char::is_control) {
                    return Err(format!("{name}[{place}]: is no selector; write it as in a style sheet"));
                }
                if selector.len() > Self::SELECTOR_BYTES {
                    return Err(format!("{name}[{place}]: is longer than {} bytes", Self::SELECTOR_BYTES));
                }
            }
        }
        if !(0.0..=1.0).contains(&self.replay.sample_rate) {
            return Err(format!("replay.sample_rate: {} is not between 0 and 1", self.replay.sample_rate));
        }
        if self.replay.min_duration_ms > Self::MIN_DURATION_MS {
            return Err(format!(
                "replay.min_duration_ms: {} is over {}",
                self.replay.min_duration_ms,
                Self::MIN_DURATION_MS
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    #[track_caller]
    fn check(json: &str, expected: Expect) {
        let told = match serde_json::from_str::<SiteRules>(json) {
            Ok(rules) => match rules.check() {
                Ok(()) => "fine".to_owned(),
                Err(why) => why,
            },
            Err(error) => error.to_string(),
        };
        expected.assert_eq(&told);
    }

    #[test]
    fn what_is_left_out_is_masked_and_off() {
        let rules: SiteRules = serde_json::from_str("{}").expect("rules");
        assert_eq!(rules, SiteRules::default());
        assert!(!rules.replay.enabled && rules.replay.mask_inputs && rules.replay.mask_all_text);
    }

    #[test]
    fn rules_that_cannot_be_are_told_by_their_field() {
        check(r##"{"mask": [".iban", "#card"], "replay": {"sample_rate": 1}}"##, expect!["fine"]);
        check(r#"{"block": ["a", " "]}"#, expect!["block[1]: is no selector; write it as in a style sheet"]);
        check(
            r#"{"replay": {"sample_rate": 1.5}}"#,
            expect!["replay.sample_rate: 1.5 is not between 0 and 1"],
        );
        check(
            r#"{"replay": {"min_duration_ms": 60001}}"#,
            expect!["replay.min_duration_ms: 60001 is over 60000"],
        );
        let many = format!(r#"{{"ignore": [{}"a"]}}"#, r#""a","#.repeat(100));
        check(&many, expect!["ignore: 101 selectors, at most 100 are taken"]);
    }
}
