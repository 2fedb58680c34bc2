//! What brings visitors: the page before, and the tags that a campaign's links carry.

use super::dice::Dice;

/// Something that brings visitors.
#[derive(Debug)]
pub struct Source {
    /// Share of first sessions.
    first: u32,
    /// Share of later ones.
    later: u32,
    /// `document.referrer`, empty where there is none.
    pub referrer: &'static str,
    /// Query of the entry URL, empty where there is none.
    pub query: &'static str,
}

#[rustfmt::skip]
const SOURCES: &[Source] = &[
    Source { first: 40, later: 12, referrer: "https://www.google.com/",      query: "" },
    Source { first: 14, later: 46, referrer: "",                             query: "" },
    Source { first:  5, later:  2, referrer: "https://www.bing.com/",        query: "" },
    Source { first:  5, later:  3, referrer: "https://duckduckgo.com/",      query: "" },
    Source { first:  4, later: 18, referrer: "",                             query: "utm_source=newsletter&utm_medium=email&utm_campaign=autumn-list" },
    Source { first:  1, later:  7, referrer: "https://mail.google.com/",     query: "utm_source=newsletter&utm_medium=email&utm_campaign=field-notes-11" },
    Source { first:  9, later:  3, referrer: "https://www.instagram.com/",   query: "utm_source=instagram&utm_medium=social&utm_campaign=plant-shelf" },
    Source { first:  4, later:  1, referrer: "https://www.pinterest.com/",   query: "" },
    Source { first:  3, later:  1, referrer: "https://www.reddit.com/",      query: "" },
    Source { first:  8, later:  3, referrer: "https://www.google.com/",      query: "gclid=EAIaIQobChMI7&utm_source=google&utm_medium=cpc&utm_campaign=house-plants" },
    Source { first:  4, later:  2, referrer: "https://balconygardener.example/best-watering-cans", query: "" },
    Source { first:  3, later:  2, referrer: "https://news.ycombinator.com/", query: "" },
];

impl Source {
    /// What brought somebody, for the first time or again.
    pub fn any(dice: &mut Dice, returning: bool) -> &'static Self {
        dice.weighted(SOURCES, |source| if returning { source.later } else { source.first })
    }
}
