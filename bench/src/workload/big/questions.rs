//! The fixed list of questions about the quarter.

use crate::Result;
use crate::engines::Engine;
use crate::kernel::{Asks, Question, Searched};
use crate::site::{DAYS, Facts, UNTIL};
use footpath_model::time::DAY;

/// What a question counts as.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    /// Lists, counts, look-ups.
    Query,
    /// Funnels, transitions, paths.
    Journey,
    /// Lists of what a search of one clause finds.
    Clause,
    /// Lists of what a search for a person or a session finds.
    Lookup,
    /// Lists of what a search for a sequence finds.
    Then,
    /// Values that complete what is typed.
    Complete,
}

/// Days before the quarter's end that are asked about, besides all of it.
const SPANS: [i64; 3] = [DAYS, 30, 1];
const SORTS: [&str; 4] = ["start_at", "duration_ms", "n_page_views", "n_errors"];

/// Field, its column, whether that is of lists, and what is typed.
const COMPLETED: [(&str, &str, bool, &str); 4] = [
    ("page", "view_route", true, "/che"),
    ("browser", "browser", false, "fire"),
    ("country", "country", false, "d"),
    ("error", "error_name", true, "error"),
];

/// Clauses, with what they are in SQL. Where a label or path stands for one kind of event alone in this quarter, others need
/// not look for the kind.
const CLAUSES: [(&str, &str, &str); 10] = [
    ("page:/cart", "list_contains(view_route, '/cart')", "has(view_route, '/cart')"),
    ("click:\"Add to Cart\"", "list_contains(step_label, 'Add to Cart')", "has(step_label, 'Add to Cart')"),
    ("error:PaymentError", "list_contains(error_name, 'PaymentError')", "has(error_name, 'PaymentError')"),
    (
        "lcp:>2.5s",
        "list_max(view_lcp_ms) > 2500",
        "arrayMax(arrayMap(ms -> ifNull(ms, 0), view_lcp_ms)) > 2500",
    ),
    ("has:errors", "n_errors > 0", "n_errors > 0"),
    ("pages:>=5", "n_page_views >= 5", "n_page_views >= 5"),
    ("duration:>1m", "duration_ms > 60000", "duration_ms > 60000"),
    ("country:DE", "country = 'DE'", "country = 'DE'"),
    ("browser:Firefox", "browser = 'Firefox'", "browser = 'Firefox'"),
    ("utm_source:newsletter", "utm_source = 'newsletter'", "utm_source = 'newsletter'"),
];

/// Pages in the order in which they were viewed.
const SEQUENCES: [&[&str]; 2] =
    [&["/products/:id", "/cart", "/checkout"], &["/", "/products/:id", "/cart", "/checkout/payment"]];

/// A person of whom there are sessions on many days.
const PERSON: &str = "u-7";

fn searches(facts: &Facts) -> Result<Vec<(Kind, Searched)>> {
    let searched = |text: &str, duckdb: &str, chdb: &str| Searched {
        text: text.to_owned(),
        sql: [(Engine::DuckDb, duckdb), (Engine::ChDb, chdb)]
            .map(|(engine, sql)| (engine.name().to_owned(), sql.to_owned()))
            .into(),
    };
    let mut searches: Vec<(Kind, Searched)> =
        CLAUSES.iter().map(|(text, duckdb, chdb)| (Kind::Clause, searched(text, duckdb, chdb))).collect();
    let person = format!("user_id = '{PERSON}' OR user_email = '{PERSON}'");
    searches.push((Kind::Lookup, searched(&format!("user:{PERSON}"), &person, &person)));
    let id = facts.some.last().ok_or("the quarter is too small to look anything up")?;
    let session = format!("session_id = '{id}'");
    searches.push((Kind::Lookup, searched(&format!("session:{id}"), &session, &session)));
    for pages in SEQUENCES {
        let text = pages.iter().map(|page| format!("page:{page}")).collect::<Vec<_>>().join(" THEN ");
        let duckdb = in_order(pages, |rest, page| {
            let place = format!("coalesce(list_position({rest}, '{page}'), 0)");
            (format!("{rest}[{place} + 1:]"), place)
        });
        let chdb = in_order(pages, |rest, page| {
            let place = format!("indexOf({rest}, '{page}')");
            (format!("arraySlice({rest}, {place} + 1)"), place)
        });
        searches.push((Kind::Then, searched(&text, &duckdb, &chdb)));
    }
    Ok(searches)
}

/// Each page is looked for in what is left after the one before; `find` gives what is left after it, and its place.
fn in_order(pages: &[&str], find: impl Fn(&str, &str) -> (String, String)) -> String {
    let (mut rest, mut conditions) = ("view_route".to_owned(), Vec::new());
    for page in pages {
        let (left, place) = find(&rest, page);
        conditions.push(format!("{place} > 0"));
        rest = left;
    }
    conditions.join(" AND ")
}

pub(super) fn fixed(facts: &Facts) -> Result<Vec<(Kind, Question)>> {
    let mut questions = Vec::new();
    for days in SPANS {
        let range = (days < DAYS).then(|| [UNTIL.0 - days * DAY, UNTIL.0]);
        let mut put = |kind, what: &str, asks| {
            let name = format!("{what}, {days} d");
            questions.push((kind, Question { name, range, asks }));
        };
        for by in SORTS {
            let list = Asks::List { by: by.to_owned(), limit: 50, whole: true, search: None };
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
        for (kind, searched) in searches(facts)? {
            let what = format!("search {}", searched.text);
            let (by, search) = ("start_at".to_owned(), Some(searched));
            put(kind, &what, Asks::List { by, limit: 50, whole: true, search });
        }
        for (field, column, in_lists, typed) in COMPLETED {
            let [field, column, typed] = [field, column, typed].map(str::to_owned);
            let what = format!("complete {field}:{typed}");
            put(Kind::Complete, &what, Asks::Complete { field, column, in_lists, typed });
        }
    }
    // From the middle, so that it is neither the first file nor the last.
    let id = facts.some.get(facts.some.len() / 2).ok_or("the quarter is too small to look anything up")?;
    for (name, asks) in
        [("a session", Asks::Session { id: id.clone() }), ("its events", Asks::Events { id: id.clone() })]
    {
        questions.push((Kind::Query, Question { name: name.to_owned(), range: None, asks }));
    }
    Ok(questions)
}
