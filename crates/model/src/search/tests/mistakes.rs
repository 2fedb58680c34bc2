//! What is said of what is no search: where, why, and what was perhaps meant.

use super::language::check;
use crate::search::{MAX_CHARS, MAX_DEPTH, MAX_STOPS, MAX_VALUES, Search};
use expect_test::{Expect, expect};

#[test]
fn fields_and_signs_that_are_not_there() {
    check(
        r#"
        pgae:/checkout
        dur:>5m
        flavour:vanilla
        https://shop.example/a b
        usr.plan:pro
        user:
        user: john
        page:/a and page:/b
        a or b
        a || b
        x is not a function
        !click:Pay
        a -> b
        a - b
        >5
        "#,
        expect![[r#"
            pgae:/checkout
            ^^^^ there is no field `pgae`; is it `page`?
                meant: page:/checkout
            dur:>5m
            ^^^ there is no field `dur`; is it `duration`?
                meant: duration:>5m
            flavour:vanilla
            ^^^^^^^ there is no field `flavour`; if this is text to look for, put it in quotes
                meant: "flavour:vanilla"
            https://shop.example/a b
            ^^^^^ there is no field `https`; if this is text to look for, put it in quotes
                meant: "https://shop.example/a" b
            usr.plan:pro
            ^^^^^^^^ there is no field `usr.plan`; is it `user.plan`?
                meant: user.plan:pro
            user:
            ^^^^^ `user`: say what to look for, such as user:john@example.com, or `*` for any value
                meant: user:*
            user: john
                 ^ `user`: the value stands right after the colon, without space between
                meant: user:john
            page:/a and page:/b
                    ^^^ write `AND` in capitals; if the word is looked for, put the text in quotes
                meant: page:/a AND page:/b
            a or b
              ^^ write `OR` in capitals; if the word is looked for, put the text in quotes
                meant: a OR b
            a || b
              ^^ `||` is no sign of a search: write `OR`, or put the text in quotes
                meant: a OR b
            x is not a function
                 ^^^ write `NOT` in capitals; if the word is looked for, put the text in quotes
                meant: "x is not a function"
            !click:Pay
            ^^^^^^^^^^ to leave sessions out, put `-` before what they must not have
                meant: -click:Pay
            a -> b
              ^^ `->` is no sign of a search: write `THEN`, or put the text in quotes
                meant: a THEN b (!)
            a - b
              ^ `-` says nothing by itself: put a field before it, such as errors:>2, or put it in quotes
            >5
            ^^ `>5` says nothing by itself: put a field before it, such as errors:>2, or put it in quotes
        "#]],
    );
}

#[test]
fn values_that_do_not_fit() {
    check(
        r#"
        duration:>5
        duration:>5x lcp:>1s
        lcp:>2500
        errors:5m
        errors:1.5
        errors:two
        errors:"2"
        errors:>
        errors:> 2
        errors:>>2
        errors:!=2
        pages:5..3
        pages:..
        page:=/checkout
        page:!=/checkout
        country:-DE
        user:>5
        user.seats:>many
        status:teapot
        status:9999
        status:6xxx
        channel:serach
        is:alive
        has:error
        has:text
        has:(errors OR country)
        started:yesterday
        started:2026-02-30
        started:2026-11-24..2026-11-23
        browser.version:>new
        user:""
        cls:>0.1s
        screen.width:<40em
        "#,
        expect![[r#"
            duration:>5
                      ^ `duration`: `5`: it needs a unit: ms, s, m, h or d
                meant: duration:>5s
            duration:>5x lcp:>1s
                      ^^ `duration`: `5x`: `x` is no unit of time: ms, s, m, h or d
                meant: duration:>5s lcp:>1s
            lcp:>2500
                 ^^^^ `lcp`: `2500`: it needs a unit: ms, s, m, h or d
                meant: lcp:>2500ms
            errors:5m
                   ^^ `errors`: `5m`: it takes a number without a unit, and not `m`
                meant: errors:5
            errors:1.5
                   ^^^ `errors`: `1.5`: it must be a whole number
                meant: errors:2
            errors:two
                   ^^^ `errors`: `two`: it is no number
            errors:"2"
                   ^^^ `errors` takes no text: leave the quotes out
                meant: errors:2
            errors:>
                   ^ `errors`: the value stands right after `>`, without space between
            errors:> 2
                   ^ `errors`: the value stands right after `>`, without space between
            errors:>>2
                   ^^ `errors`: `>>` is no comparison: >, >=, <, <= or a range such as 3..5
                meant: errors:>2
            errors:!=2
                   ^^^ `errors`: to leave sessions out, put `-` before the field; a text that begins with `-` or `!` needs quotes
                meant: -errors:2
            pages:5..3
                  ^^^^ `pages`: nothing lies between `5` and `3`: the smaller comes first
                meant: pages:3..5
            pages:..
                  ^^ `pages`: say where the range begins or ends
            page:=/checkout
                 ^^^^^^^^^^ `page` is text and has no order: leave the sign out, or put it in quotes
                meant: page:/checkout
            page:!=/checkout
                 ^^^^^^^^^^^ `page`: to leave sessions out, put `-` before the field; a text that begins with `-` or `!` needs quotes
                meant: -page:/checkout
            country:-DE
                    ^^^ `country`: to leave sessions out, put `-` before the field; a text that begins with `-` or `!` needs quotes
                meant: -country:DE
            user:>5
                 ^^ `user` is text and has no order: leave the sign out, or put it in quotes
                meant: user:">5"
            user.seats:>many
                        ^^^^ `user.seats`: `many`: it is no number
            status:teapot
                   ^^^^^^ `status`: `teapot`: it is no HTTP status, such as 404 or 5xx; 0 is no response
            status:9999
                   ^^^^ `status`: `9999`: it is no HTTP status, such as 404 or 5xx; 0 is no response
            status:6xxx
                   ^^^^ `status`: `6xxx`: it is no HTTP status, such as 404 or 5xx; 0 is no response
            channel:serach
                    ^^^^^^ `channel` has no `serach`, but direct, search, social, email, paid, referral, campaign
                meant: channel:search
            is:alive
               ^^^^^ `is` has no `alive`, but live, settled, bounced, returning, new, identified, anonymous, bot
                meant: is:live
            error:*
            has:text
                ^^^^ `has` has no `text`, but errors, failed, rage, dead, replay, user, form
            has:(errors OR country)
                           ^^^^^^^ `country` is a field: in a list write has:… OR country:*
            started:yesterday
                    ^^^^^^^^^ `started`: `yesterday`: it is no day or minute, such as 2026-11-23 or 2026-11-23T09:30
            started:2026-02-30
                    ^^^^^^^^^^ `started`: `2026-02-30`: it is no day or minute, such as 2026-11-23 or 2026-11-23T09:30
            started:2026-11-24..2026-11-23
                    ^^^^^^^^^^^^^^^^^^^^^^ `started`: nothing lies between `2026-11-24` and `2026-11-23`: the smaller comes first
                meant: started:2026-11-23..2026-11-24
            browser.version:>new
                             ^^^ `browser.version`: `new`: it is no version, such as 17.4
            user:""
                 ^^ `user`: say what to look for, or `*` for any value
                meant: user:*
            cls:>0.1s
                 ^^^^ `cls`: `0.1s`: it takes a number without a unit, and not `s`
                meant: cls:>0.1
            screen.width:<40em
                          ^^^^ `screen.width`: `40em`: its unit is `px`, and not `em`
                meant: screen.width:<40px
        "#]],
    );
}

#[test]
fn shapes_that_are_not_there() {
    check(
        r#"
        click:"Add to Cart
        (a OR b
        a OR b)
        {click:Pay
        click:Pay}
        ()
        {}
        country:()
        a OR
        OR a
        a AND OR b
        a AND
        -
        NOT
        country:(DE FR)
        country:(DE or FR)
        country:(DE AND FR)
        country:(DE OR -FR)
        country:(DE OR
        country:(DE OR)
        country:(DE OR (FR))
        click:Pay(now)
        click:"Pay"now
        click:say"hi"
        {click:Pay status:5xx}
        {click:Pay country:DE}
        {click:Pay now}
        {{click:Pay}}
        {click:Pay THEN click:Next}
        a THEN page:/b
        page:/a THEN
        page:/a THEN has:errors
        page:/a THEN -page:/b
        page:/a THEN (page:/b click:c)
        page:/a THEN (page:/b THEN page:/c)
        THEN page:/a
        page:/a THEN THEN page:/b
        "#,
        expect![[r#"
            click:"Add to Cart
                  ^ this quote is not closed: put another one where the text ends
                meant: click:"Add to Cart"
            (a OR b
            ^ this is not closed: put `)` where it ends
                meant: (a OR b)
            a OR b)
                  ^ nothing is open that `)` could close
                meant: a OR b
            {click:Pay
            ^ this is not closed: put `}` where it ends
                meant: {click:Pay}
            click:Pay}
                     ^ nothing is open that `}` could close
                meant: click:Pay
            ()
            ^^ there is nothing in it: leave it out, or put a clause in
                meant: 
            {}
            ^^ there is nothing in it: leave it out, or put a clause in
                meant: 
            country:()
                    ^^ `country`: say what to look for, or `*` for any value
                meant: country:*
            a OR
              ^^ a clause is missing after `OR`
                meant: a 
            OR a
            ^^ `OR` goes between two clauses
                meant:  a
            a AND OR b
              ^^^ a clause is missing after `AND`
                meant: a  OR b
            a AND
              ^^^ a clause is missing after `AND`
                meant: a 
            -
            ^ `-` says nothing by itself: put a field before it, such as errors:>2, or put it in quotes
            NOT
            ^^^ a clause is missing after `NOT`
                meant: 
            country:(DE FR)
                        ^^ put OR between values; a text with spaces needs quotes
                meant: country:(DE OR FR)
            country:(DE or FR)
                        ^^ write `OR` in capitals
                meant: country:(DE OR FR)
            country:(DE AND FR)
                        ^^^ a list holds alternatives: for both write country:… country:…
                meant: country:(DE OR FR)
            country:(DE OR -FR)
                           ^^^ `country`: to leave sessions out, put `-` before the field; a text that begins with `-` or `!` needs quotes
            country:(DE OR
                    ^ this is not closed: put `)` where it ends
                meant: country:(DE OR) (!)
            country:(DE OR)
                          ^ a value is missing here: a list is written (a OR b)
            country:(DE OR (FR))
                           ^ a value is missing here: a list is written (a OR b)
            click:Pay(now)
                     ^ `(` within a text: put the whole text in quotes, or a space before it
            click:"Pay"now
                       ^ `n` within a text: put the whole text in quotes, or a space before it
            click:say"hi"
                     ^ a quote within a text: put the whole text in quotes, and \ before quotes in it
                meant: click:"say\"hi\""
            {click:Pay status:5xx}
            ^^^^^^^^^^^^^^^^^^^^^^ one event cannot be both a click (`click`) and a request (`status`): use AND or THEN between two { }
            {click:Pay country:DE}
                       ^^^^^^^^^^ `country` is of the session and not of one event: put it outside of { }
            {click:Pay now}
                       ^^^ in { } say what it is the text of, such as click:, page: or error.message:
            {{click:Pay}}
             ^ { } within { }: all in it is said of one event already
            {click:Pay THEN click:Next}
                       ^^^^ THEN goes between events, outside of { }
                meant: {click:Pay  click:Next}
            a THEN page:/b
            ^ THEN goes between events, such as page:, click: or event:, and this is of the whole session
            page:/a THEN
                    ^^^^ a clause is missing after `THEN`
                meant: page:/a 
            page:/a THEN has:errors
                         ^^^^^^^^^^ THEN goes between events, such as page:, click: or event:, and this is of the whole session
            page:/a THEN -page:/b
                         ^^^^^^^^ THEN goes between events that are there: for “a, and no b after it” write a -(a THEN b)
            page:/a THEN (page:/b click:c)
                         ^^^^^^^^^^^^^^^^^ a stop of a sequence is one event: put what is said of one event in { }, and other events in a sequence of their own
            page:/a THEN (page:/b THEN page:/c)
                         ^^^^^^^^^^^^^^^^^^^^^^ a sequence within a sequence: leave the parentheses out
            THEN page:/a
            ^^^^ THEN goes between events, outside of { }
                meant:  page:/a
            page:/a THEN THEN page:/b
                    ^^^^ a clause is missing after `THEN`
                meant: page:/a  THEN page:/b
        "#]],
    );
}

/// What is wrong with a search that is too long to be shown.
#[track_caller]
fn check_limit(text: &str, expected: Expect) {
    let error = Search::parse(text).expect_err("it is over a limit");
    expected.assert_eq(&format!("{}..{}: {}", error.span.start, error.span.end, error.message));
}

#[test]
fn limits() {
    let fits = |text: &str| assert!(Search::parse(text).is_ok(), "it is at the limit");
    let words = |n: usize| vec!["ab"; n].join(" ");
    fits(&"a".repeat(MAX_CHARS));
    check_limit(
        &"ü".repeat(MAX_CHARS + 2),
        expect!["4096..4098: a search has at most 4096 characters: leave the rest out"],
    );
    fits(&words(MAX_VALUES));
    check_limit(
        &words(MAX_VALUES + 1),
        expect!["768..770: a search has at most 256 values: leave the rest out"],
    );
    let nested = |n: usize| format!("{}a{}", "(".repeat(n), ")".repeat(n));
    fits(&nested(MAX_DEPTH));
    check_limit(
        &nested(MAX_DEPTH + 1),
        expect!["25..26: parentheses and negations are nested more than 24 deep"],
    );
    fits(&format!("{}a", "-".repeat(MAX_DEPTH)));
    check_limit(
        &format!("{}a", "-".repeat(MAX_DEPTH + 1)),
        expect!["25..26: parentheses and negations are nested more than 24 deep"],
    );
    check_limit(
        &format!("{{{}page:/a", "-(".repeat(MAX_DEPTH)),
        expect!["25..26: parentheses and negations are nested more than 24 deep"],
    );
    let stops = |n: usize| vec!["page:/a"; n].join(" THEN ");
    fits(&stops(MAX_STOPS));
    check_limit(&stops(MAX_STOPS + 1), expect!["208..215: a sequence has at most 16 stops"]);
}
