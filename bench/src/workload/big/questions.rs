//! The fixed list of questions about the month.

use crate::Result;
use crate::kernel::{Asks, Question};
use crate::site::{DAYS, Facts, UNTIL};
use footpath_model::time::DAY;

/// What a question counts as.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    /// Lists, counts, look-ups.
    Query,
    /// Funnels, transitions, paths.
    Journey,
}

/// Days before the month's end that are asked about, besides all of it.
const SPANS: [i64; 3] = [30, 7, 1];
const SORTS: [&str; 4] = ["start_at", "duration_ms", "n_page_views", "n_errors"];

pub(super) fn fixed(facts: &Facts) -> Result<Vec<(Kind, Question)>> {
    let mut questions = Vec::new();
    for days in SPANS {
        let range = (days < DAYS).then(|| [UNTIL.0 - days * DAY, UNTIL.0]);
        let mut put = |kind, what: &str, asks| {
            let name = format!("{what}, {days} d");
            questions.push((kind, Question { name, range, asks }));
        };
        for by in SORTS {
            let list = Asks::List { by: by.to_owned(), limit: 50, whole: true };
            put(Kind::Query, &format!("list by {by}"), list);
        }
        put(Kind::Query, "count", Asks::Count);
        let edges = (0..=days).map(|day| UNTIL.0 - (days - day) * DAY).collect();
        put(Kind::Query, "sessions a day", Asks::Histogram { edges });
        let pages = |pages: &[&str]| pages.iter().map(|page| (*page).to_owned()).collect();
        put(Kind::Journey, "funnel of 3", Asks::Funnel { pages: pages(&["/", "/products/:id", "/cart"]) });
        let buying = ["/products/:id", "/cart", "/checkout", "/checkout/payment", "/checkout/thanks/:id"];
        put(Kind::Journey, "funnel of 5", Asks::Funnel { pages: pages(&buying) });
        put(Kind::Journey, "transitions", Asks::Transitions);
        put(Kind::Journey, "paths of 3", Asks::Paths { length: 3, limit: 100 });
        put(Kind::Journey, "paths of 5", Asks::Paths { length: 5, limit: 100 });
    }
    // From the middle, so that it is neither the first file nor the last.
    let id = facts.some.get(facts.some.len() / 2).ok_or("the month is too small to look anything up")?;
    for (name, asks) in
        [("a session", Asks::Session { id: id.clone() }), ("its events", Asks::Events { id: id.clone() })]
    {
        questions.push((Kind::Query, Question { name: name.to_owned(), range: None, asks }));
    }
    Ok(questions)
}
