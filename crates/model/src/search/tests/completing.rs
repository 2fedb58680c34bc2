//! What is offered while a search is typed.

use crate::search::{Field, Wanted, completion, fields, has_values, known_values};
use expect_test::{Expect, expect};

/// Each line is a search with `|` for the place that is typed at; what is replaced is told in brackets.
#[track_caller]
fn check(lines: &str, expected: Expect) {
    let told = |line: &str| {
        let place = line.chars().position(|c| c == '|').expect("a place");
        let text = line.replace('|', "");
        let found = completion(&text, place);
        let chars: Vec<char> = text.chars().collect();
        let part = |range: std::ops::Range<usize>| chars[range].iter().collect::<String>();
        let wanted = match found.wanted {
            Wanted::Field => "a field".to_owned(),
            Wanted::Value(field, key) => format!("{}{}", field.name(), key.unwrap_or_default()),
        };
        let (before, after) = (part(0..found.span.start), part(found.span.end..chars.len()));
        format!("{before}[{}]{after} -> {wanted} `{}`\n", part(found.span), found.typed)
    };
    let lines = lines.lines().map(str::trim).filter(|line| !line.is_empty());
    expected.assert_eq(&lines.map(told).collect::<String>());
}

#[test]
fn what_is_wanted_at_a_place() {
    check(
        r#"
        |
        pa|
        pa|ge:/a
        page:|
        page:/ch|eckout has:errors
        has:errors page:"/my ch|
        has:errors page:"/my ch|eck" a
        country:(DE OR F|
        country:(|
        country:(DE |
        country:(DE) |
        country:DE |
        -user.plan:p|
        {click:Pay st|
        (a OR pa|
        page:/a THEN cl|
        nothing:ab|
        click:"Pay"|
        dürr|
        "#,
        expect![[r#"
            [] -> a field ``
            [pa] -> a field `pa`
            [page]:/a -> a field `pa`
            page:[] -> page ``
            page:[/checkout] has:errors -> page `/ch`
            has:errors page:["/my ch] -> page `/my ch`
            has:errors page:["/my check]" a -> page `/my ch`
            country:(DE OR [F] -> country `F`
            country:([] -> country ``
            country:(DE [] -> a field ``
            country:(DE) [] -> a field ``
            country:DE [] -> a field ``
            -user.plan:[p] -> user.plan `p`
            {click:Pay [st] -> a field `st`
            (a OR [pa] -> a field `pa`
            page:/a THEN [cl] -> a field `cl`
            nothing:[ab] -> a field `ab`
            click:"Pay"[] -> a field ``
            [dürr] -> a field `dürr`
        "#]],
    );
}

#[test]
fn fields_by_their_beginning() {
    let names = |typed: &str| fields(typed).into_iter().map(|about| about.name).collect::<Vec<_>>().join(" ");
    expect!["error errors error_click error_clicks error.message error.frame error.group user user. user.id user.email interactions referrer utm_term browser browser.version os.version"].assert_eq(&names("er"));
    expect!["utm_source utm_medium utm_campaign utm_term utm_content"].assert_eq(&names("UTM"));
    expect!["page"].assert_eq(&names("url"));
    assert_eq!(fields("").len(), Field::all().count());
}

#[test]
fn values_that_are_known() {
    let words = |name: &str, typed: &str| {
        let (field, _) = Field::of_name(name).expect("a field");
        let values = known_values(field, typed).into_iter().map(|value| value.text);
        values.collect::<Vec<_>>().join(" ")
    };
    expect!["bounced bot"].assert_eq(&words("is", "b"));
    expect!["direct search social email paid referral campaign"].assert_eq(&words("channel", ""));
    expect!["5xx"].assert_eq(&words("status", "5"));
    expect![""].assert_eq(&words("country", ""));
}

#[test]
fn values_that_sessions_are_asked_for() {
    let is_asked = |name: &str| has_values(Field::of_name(name).expect("a field").0);
    assert!(is_asked("page") && is_asked("country") && is_asked("channel") && is_asked("user.plan"));
    assert!(!is_asked("duration") && !is_asked("is") && !is_asked("text") && !is_asked("status"));
}
