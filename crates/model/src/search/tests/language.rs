//! What is understood, and how it is printed.

use super::any::any_search;
use crate::search::{Expr, Search};
use expect_test::{Expect, expect};
use proptest::prelude::*;

/// Each line is a search; told is how it is printed, or what is wrong with it, with marks under the place.
#[track_caller]
pub(super) fn check(searches: &str, expected: Expect) {
    let lines = searches.lines().map(str::trim).filter(|line| !line.is_empty());
    expected.assert_eq(&lines.map(told).collect::<String>());
}

fn told(text: &str) -> String {
    match Search::parse(text) {
        Ok(search) => {
            let printed = search.to_string();
            assert_eq!(Search::parse(&printed).as_ref(), Ok(&search), "`{text}` is read as it is printed");
            format!("{printed}\n")
        }
        Err(error) => {
            let marks = "^".repeat(error.span.len().max(1));
            let meant = error.suggestion.map_or(String::new(), |suggestion| {
                let better = suggestion.apply(text);
                let fine = if Search::parse(&better).is_ok() { "" } else { " (!)" };
                format!("\n    meant: {better}{fine}")
            });
            format!("{text}\n{}{marks} {}{meant}\n", " ".repeat(error.span.start), error.message)
        }
    }
}

#[test]
fn the_language() {
    check(
        r#"
        user:john@example.com
        has:errors
        page:/checkout
        duration:>5m
        user:john@example.com AND has:errors
        click:"Add to Cart" OR submit:checkout OR event:purchase
        NOT is:bot -is:live -(country:DE city:Berlin)
        a b OR c d
        (a OR b) c
        ((a) AND ((b AND c)))
        NOT NOT a
        duration:1m..5m pages:3.. errors:..4 load:>2s lcp:>2.5s cls:>0.25 errors:>=2 pages:=3 tabs:2..2
        country:(DE OR "FR" OR "New Caledonia")
        {request:"POST /api/cart" status:5xx} {page:/checkout lcp:>2.5s}
        {click:Pay page:/checkout -(load:<1s OR load:>9s)} {-status:2xx}
        page:/cart THEN page:/checkout
        has:errors page:/cart THEN {page:/checkout lcp:>4s} THEN (event:purchase OR submit:pay) is:settled
        -(page:/cart THEN page:/checkout)
        status:404 status:(5xx OR 404) status:>=400 status:400..499 status:0
        browser:chrome browser.version:>=100 os.version:(17.4 OR >18) release:v2.4.0..2.5
        user.plan:pro user.seats:>10 user.seats:3..5 user.seats:5 user.ratio:=0.5 event.total:>=9.99
        started:2026-11-23 started:2026-11-01..2026-11-05 started:>2026-11-23T09:30
        utm_source:* previous:* has:utm_campaign has:user.plan has:(errors OR rage)
        is:(live OR bounced) channel:Paid device:MOBILE bot:headless request.failure:timeout
        page:/products/:id page:*checkout* click:"50 \* 3" click:a\*b click:"say \"hi\""
        Email:*@example.com PATH:/a url:/b id:019a0f5e-7c00-7000-8000-000000000001
        10:30 /a:b "page:/a" "or" "-1" "\\"
        clock_skew:-5s..5s clock_skew:(-5s OR 1h30m)
        text:(pay OR "check out") text:* *
        click:OR click:(a OR b)
        "#,
        expect![[r#"
            user:john@example.com
            has:errors
            page:/checkout
            duration:>5m
            user:john@example.com has:errors
            click:"Add to Cart" OR submit:checkout OR event:purchase
            -is:bot -is:live -(country:DE city:Berlin)
            (a b) OR (c d)
            (a OR b) c
            a b c
            a
            duration:1m..5m pages:>=3 errors:<=4 load:>2s lcp:>2.5s cls:>0.25 errors:>=2 pages:3 tabs:2
            country:(DE OR FR OR "New Caledonia")
            {request:"POST /api/cart" status:5xx} {page:/checkout lcp:>2.5s}
            {click:Pay page:/checkout -(load:<1s OR load:>9s)} {-status:2xx}
            page:/cart THEN page:/checkout
            has:errors page:/cart THEN {page:/checkout lcp:>4s} THEN (event:purchase OR submit:pay) is:settled
            -(page:/cart THEN page:/checkout)
            status:404 status:(5xx OR 404) status:>=400 status:4xx status:0
            browser:chrome browser.version:>=100 os.version:(17.4 OR >18) release:2.4..2.5
            user.plan:pro user.seats:>10 user.seats:3..5 user.seats:5 user.ratio:=0.5 event.total:>=9.99
            started:2026-11-23 started:2026-11-01..2026-11-05 started:>2026-11-23T09:30
            utm_source:* previous:* utm_campaign:* user.plan:* has:(errors OR rage)
            is:(live OR bounced) channel:paid device:mobile bot:headless request.failure:timeout
            page:/products/:id page:*checkout* click:"50 \* 3" click:a\*b click:"say \"hi\""
            user.email:*@example.com page:/a page:/b session:019a0f5e-7c00-7000-8000-000000000001
            10:30 /a:b "page:/a" "or" "-1" \\
            clock_skew:-5s..5s clock_skew:(-5s OR 90m)
            text:(pay OR "check out") text:* text:*
            click:"OR" click:(a OR b)
        "#]],
    );
}

#[test]
fn what_takes_away_is_no_alternative_of_its_own() {
    let is_negative =
        |text: &str| Search::parse(text).expect("a search").root.expect("a clause").is_negative();
    assert!(
        is_negative("-a") && is_negative("-a -b") && is_negative("-a OR -b") && is_negative("-(a OR -b)")
    );
    assert!(!is_negative("a") && !is_negative("a -b") && !is_negative("a OR -b") && !is_negative("-(-a -b)"));
}

#[test]
fn alternatives_are_one_list_unless_some_take_away() {
    let shape = |text: &str| match Search::parse(text).expect("a search").root.expect("a clause") {
        Expr::Any(exprs) => exprs.len(),
        Expr::All(_) | Expr::Not(_) | Expr::Leaf(_) => 0,
    };
    assert_eq!(shape("(a OR b) OR c"), 3);
    assert_eq!(shape("(a OR -b) OR c"), 2);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn every_text_is_a_search_or_an_error_within_it(text in "\\PC{0,40}") {
        is_total(&text)?;
    }

    #[test]
    fn every_heap_of_pieces_is_a_search_or_an_error_within_it(pieces in prop::collection::vec(piece(), 0..12)) {
        is_total(&pieces.concat())?;
    }

    /// Near the limits, where what is printed has more signs than what was typed.
    #[test]
    fn deep_and_long_searches_are_printed_within_the_limits(
        pieces in prop::collection::vec(piece(), 1..12),
        times in 1..200_usize,
    ) {
        is_total(&pieces.concat().repeat(times))?;
    }

    #[test]
    fn every_nest_is_printed_within_the_limits(levels in prop::collection::vec((0..6_usize, any::<bool>()), 0..30)) {
        let open = ["(a OR ", "(a ", "-(a b OR ", "a b OR (", "-(", "(a OR -b OR "];
        let mut text: String = levels.iter().map(|(level, _)| open[*level]).collect();
        text += "c THEN d";
        text = text.replace("c THEN d", if levels.len() % 2 == 0 { "{page:/a -(load:*)}" } else { "(page:/a OR {page:/b load:*}) THEN click:c" });
        levels.iter().for_each(|(_, spaced)| text += if *spaced { " b)" } else { ")" });
        is_total(&text)?;
    }

    #[test]
    fn what_is_printed_is_read_as_the_same(search in any_search()) {
        let printed = search.to_string();
        match Search::parse(&printed) {
            Ok(read) => {
                prop_assert_eq!(&read, &search, "{}", printed);
                prop_assert_eq!(read.to_string(), printed);
            }
            Err(error) => prop_assert!(false, "`{}`: {:?}", printed, error),
        }
    }
}

fn piece() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        " ", " ", "(", ")", "{", "}", "\"", "\\", "*", "-", ":", "AND ", " OR ", "NOT ", " THEN ", "page:",
        "click:", "country:(", "duration:", "status:", "user.", "is:", "has:", "text:", ">", "..", "5m",
        "5xx", "/a", "live", "ü", "!", "=", "|",
    ])
}

fn is_total(text: &str) -> Result<(), TestCaseError> {
    match Search::parse(text) {
        Ok(search) => prop_assert_eq!(Search::parse(&search.to_string()), Ok(search)),
        Err(error) => {
            let length = text.chars().count();
            prop_assert!(
                error.span.start <= error.span.end && error.span.end <= length,
                "{:?} in `{}`",
                error,
                text
            );
            if let Some(suggestion) = error.suggestion {
                prop_assert!(suggestion.span.end <= length);
                prop_assert_ne!(suggestion.apply(text), text);
            }
        }
    }
    Ok(())
}
