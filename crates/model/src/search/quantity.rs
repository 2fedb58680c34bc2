//! Numbers with their units, as they are written: `5m`, `1h30m`, `2.5s`, `768px`, `0.25`, `5xx`.

use super::field::Unit;
use super::value::{Number, Span};
use crate::time::{DAY, HOUR, MINUTE, SECOND};

/// Why a number cannot be read.
#[derive(PartialEq, Eq, Debug)]
pub(super) struct Misread {
    /// What is wrong, after the number and a colon.
    pub problem: String,
    /// What was perhaps meant.
    pub meant: Option<String>,
}

impl Misread {
    fn new(problem: impl Into<String>, meant: Option<String>) -> Self {
        Self { problem: problem.into(), meant }
    }
}

/// Units of time: what is printed, its milliseconds, and what else is understood.
const TIME_UNITS: &[(&str, i64, &[&str])] = &[
    ("d", DAY, &["day", "days"]),
    ("h", HOUR, &["hr", "hrs", "hour", "hours"]),
    ("m", MINUTE, &["min", "mins", "minute", "minutes"]),
    ("s", SECOND, &["sec", "secs", "second", "seconds"]),
    ("ms", 1, &["msec", "millisecond", "milliseconds"]),
];
/// Without a unit, so many and more are taken for milliseconds.
const MILLISECONDS_FROM: f64 = 100.0;
/// The greatest time, milliseconds: some hundred years, and far below where whole numbers become inexact.
const GREATEST_MS: f64 = 4e12;

/// Reads a number in its unit.
pub(super) fn parse(text: &str, unit: Unit) -> Result<Number, Misread> {
    match unit {
        Unit::Time => parse_time(text),
        Unit::Count => parse_plain(text, "").and_then(|number| whole(number, text)),
        Unit::Pixels => parse_plain(text, "px").and_then(|number| whole(number, text)),
        Unit::Score => parse_plain(text, ""),
    }
}

fn whole(number: Number, text: &str) -> Result<Number, Misread> {
    if number.get().fract() == 0.0 {
        return Ok(number);
    }
    Err(Misread::new("it must be a whole number", decimal(text).map(|(n, _)| format!("{}", n.get().ceil()))))
}

/// A number without a unit, or with the only one that there is.
fn parse_plain(text: &str, only_unit: &str) -> Result<Number, Misread> {
    let Some((number, rest)) = decimal(text) else {
        return Err(Misread::new("it is no number", None));
    };
    if rest.is_empty() || rest.eq_ignore_ascii_case(only_unit) {
        return Ok(number);
    }
    let problem = match only_unit {
        "" => format!("it takes a number without a unit, and not `{rest}`"),
        unit => format!("its unit is `{unit}`, and not `{rest}`"),
    };
    Err(Misread::new(problem, Some(format!("{}{only_unit}", number.get()))))
}

fn parse_time(text: &str) -> Result<Number, Misread> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, text),
    };
    let mut rest = digits;
    let mut sum = 0.0;
    while !rest.is_empty() {
        let Some((number, after)) = decimal(rest) else {
            return Err(Misread::new("it is no time, such as 500ms, 5s, 5m, 5h or 5d", None));
        };
        let end = after.find(|c: char| !c.is_alphabetic()).unwrap_or(after.len());
        let (name, after) = after.split_at(end);
        let named = |unit: &&(&str, i64, &[&str])| {
            unit.0.eq_ignore_ascii_case(name) || unit.2.iter().any(|known| known.eq_ignore_ascii_case(name))
        };
        #[expect(clippy::cast_precision_loss, reason = "a unit has some ten million milliseconds")]
        let factor = match TIME_UNITS.iter().find(named) {
            Some((_, factor, _)) => *factor as f64,
            None if name.is_empty() && after.is_empty() && number.get() == 0.0 => 1.0,
            None => return Err(unknown_time_unit(number, name, digits == rest && after.is_empty())),
        };
        sum += number.get() * factor;
        rest = after;
    }
    let number = Number::new(sign * sum.round()).filter(|number| number.get().abs() <= GREATEST_MS);
    match number {
        Some(number) if !digits.is_empty() => Ok(number),
        Some(_) => Err(Misread::new("it is no time, such as 500ms, 5s, 5m, 5h or 5d", None)),
        None => Err(Misread::new("it is too long a time", None)),
    }
}

fn unknown_time_unit(number: Number, name: &str, alone: bool) -> Misread {
    let problem = match name {
        "" => "it needs a unit: ms, s, m, h or d".to_owned(),
        name => format!("`{name}` is no unit of time: ms, s, m, h or d"),
    };
    let unit = if number.get() >= MILLISECONDS_FROM { "ms" } else { "s" };
    Misread::new(problem, alone.then(|| format!("{}{unit}", number.get())))
}

/// The decimal number that a text begins with, and what follows it.
fn decimal(text: &str) -> Option<(Number, &str)> {
    let digits_from = usize::from(text.starts_with('-'));
    let end = text[digits_from..].find(|c: char| !c.is_ascii_digit() && c != '.');
    let end = end.map_or(text.len(), |end| digits_from + end);
    let number = text[..end].parse().ok().and_then(Number::new)?;
    Some((number, &text[end..]))
}

/// A number as it is written: of times the greatest unit that gives few digits.
pub(super) fn print(number: Number, unit: Unit) -> String {
    let value = number.get();
    match unit {
        Unit::Count | Unit::Score => format!("{value}"),
        Unit::Pixels => format!("{value}px"),
        Unit::Time => print_time(value),
    }
}

#[expect(clippy::cast_precision_loss, reason = "a unit has some ten million milliseconds")]
fn print_time(ms: f64) -> String {
    if ms == 0.0 {
        return "0s".to_owned();
    }
    let second = SECOND as f64;
    match TIME_UNITS.iter().find(|(_, factor, _)| ms % *factor as f64 == 0.0) {
        Some((name, factor, _)) if *factor > 1 || ms.abs() < second => {
            format!("{}{name}", ms / *factor as f64)
        }
        Some(_) | None => format!("{}s", ms / second),
    }
}

/// Reads a status: `404`, or a class such as `5xx`.
pub(super) fn parse_status(text: &str) -> Result<Span<Number>, Misread> {
    let number = |value: u16| Number::new(f64::from(value));
    let class = text.strip_suffix("xx").or_else(|| text.strip_suffix("XX"));
    let hundreds = class.and_then(|class| class.parse::<u16>().ok()).filter(|class| (1..=9).contains(class));
    let span = match hundreds {
        Some(class) => number(class * 100).zip(number(class * 100 + 99)),
        None => {
            let plain = text.bytes().all(|byte| byte.is_ascii_digit());
            let status = text.parse::<u16>().ok().filter(|status| plain && *status < 1000);
            status.and_then(number).map(|status| (status, status))
        }
    };
    let misread = || Misread::new("it is no HTTP status, such as 404 or 5xx; 0 is no response", None);
    span.map(|(from, to)| Span::closed(from, to)).ok_or_else(misread)
}

/// A span of statuses that is a class, as it is written.
pub(super) fn print_status_class(span: &Span<Number>) -> Option<String> {
    let (from, to) = (span.from.as_ref()?, span.to.as_ref()?);
    let is_class = from.included && to.included && to.at.get() - from.at.get() == 99.0;
    let class = from.at.get() / 100.0;
    (is_class && class.fract() == 0.0 && (1.0..=9.0).contains(&class)).then(|| format!("{class}xx"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};
    use proptest::prelude::*;

    #[track_caller]
    fn check(unit: Unit, texts: &str, expected: Expect) {
        let told = |text: &str| match parse(text, unit) {
            Ok(number) => format!("{text} = {} = {}\n", number.get(), print(number, unit)),
            Err(Misread { problem, meant: None }) => format!("{text}: {problem}\n"),
            Err(Misread { problem, meant: Some(meant) }) => format!("{text}: {problem} ({meant}?)\n"),
        };
        expected.assert_eq(&texts.split_whitespace().map(told).collect::<String>());
    }

    #[test]
    fn times() {
        check(
            Unit::Time,
            "5m 1h30m 90s 2.5s 2500ms 250ms 36h 0 -500ms 1.5min 2Hours 5 2500 5x 5mm x 5m3 - 1e9d 999999999d",
            expect![[r#"
                5m = 300000 = 5m
                1h30m = 5400000 = 90m
                90s = 90000 = 90s
                2.5s = 2500 = 2.5s
                2500ms = 2500 = 2.5s
                250ms = 250 = 250ms
                36h = 129600000 = 36h
                0 = 0 = 0s
                -500ms = -500 = -500ms
                1.5min = 90000 = 90s
                2Hours = 7200000 = 2h
                5: it needs a unit: ms, s, m, h or d (5s?)
                2500: it needs a unit: ms, s, m, h or d (2500ms?)
                5x: `x` is no unit of time: ms, s, m, h or d (5s?)
                5mm: `mm` is no unit of time: ms, s, m, h or d (5s?)
                x: it is no time, such as 500ms, 5s, 5m, 5h or 5d
                5m3: it needs a unit: ms, s, m, h or d
                -: it is no time, such as 500ms, 5s, 5m, 5h or 5d
                1e9d: `e` is no unit of time: ms, s, m, h or d
                999999999d: it is too long a time
            "#]],
        );
    }

    #[test]
    fn numbers_without_and_with_one_unit() {
        check(
            Unit::Count,
            "3 0 5m 1.5 x -1",
            expect![[r#"
                3 = 3 = 3
                0 = 0 = 0
                5m: it takes a number without a unit, and not `m` (5?)
                1.5: it must be a whole number (2?)
                x: it is no number
                -1 = -1 = -1
            "#]],
        );
        check(
            Unit::Pixels,
            "768 768px 10em",
            expect![[r#"
                768 = 768 = 768px
                768px = 768 = 768px
                10em: its unit is `px`, and not `em` (10px?)
            "#]],
        );
        check(
            Unit::Score,
            "0.25 .1 0.1s",
            expect![[r#"
                0.25 = 0.25 = 0.25
                .1 = 0.1 = 0.1
                0.1s: it takes a number without a unit, and not `s` (0.1?)
            "#]],
        );
    }

    proptest! {
        #[test]
        fn numbers_are_read_as_they_are_printed(value in -4_000_000_000_000_i64..4_000_000_000_000, score in 0.0..10.0_f64) {
            #[expect(clippy::cast_precision_loss, reason = "it is below 2^53")]
            let number = Number::new(value as f64).expect("finite");
            for unit in [Unit::Time, Unit::Count, Unit::Pixels] {
                prop_assert_eq!(parse(&print(number, unit), unit), Ok(number));
            }
            let score = Number::new(score).expect("finite");
            prop_assert_eq!(parse(&print(score, Unit::Score), Unit::Score), Ok(score));
        }
    }
}
