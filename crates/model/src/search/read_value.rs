//! Values of a clause as their field reads them; what is wrong with one is said with the field's name.

use super::error::{SearchError, nearest};
use super::field::{Field, SessionField, Unit, ValueType};
use super::quantity::{self, Misread};
use super::token::Word;
use super::value::{Civil, Edge, Number, Span, Value, Version};
use super::words::{State, Thing};
use std::ops::Range;

/// A field as it was written, for errors.
pub(super) struct Asked<'a> {
    pub field: Field,
    /// Its name with the key.
    pub name: &'a str,
    /// Where field and colon stand; nothing where the value is one of a list.
    pub alone_at: Option<Range<usize>>,
}

impl Asked<'_> {
    /// What is said where a value begins with a sign of negation, that stands before `rest`.
    fn negated(&self, span: Range<usize>, rest: &str) -> SearchError {
        let name = self.name;
        let message = format!(
            "`{name}`: to leave sessions out, put `-` before the field; a text that begins with `-` or `!` needs quotes"
        );
        let error = SearchError::new(span.clone(), message);
        match &self.alone_at {
            Some(field) if !rest.is_empty() => error.better(field.start..span.end, format!("-{name}:{rest}")),
            Some(_) | None => error,
        }
    }
}

/// What a word is for a field.
pub(super) enum Read {
    Value(Value),
    /// `has:` with the name of another field.
    HasField(Field, Option<String>),
}

/// Reads a word that stands at `span`.
pub(super) fn read(asked: &Asked<'_>, word: &Word, span: Range<usize>) -> Result<Read, SearchError> {
    if word.raw.is_empty() {
        let message = format!("`{}`: say what to look for, or `*` for any value", asked.name);
        return Err(SearchError::new(span, message).meant("*"));
    }
    if word.pattern.is_star() {
        return Ok(Read::Value(Value::Present));
    }
    let number_of = |unit: Unit| move |text: &str| quantity::parse(text, unit);
    let value = match asked.field.about().ty {
        ValueType::Text(_) => text(asked, word, span)?,
        ValueType::Choice(words) => choice(asked, word, span, words)?,
        ValueType::State => Value::State(named(asked, word, span, State::of_name, State::NAMES)?),
        ValueType::Thing => return thing(asked, word, span),
        ValueType::Number(unit) => {
            Value::Number(spanned(asked, word, span, number_of(unit), PartialOrd::gt)?)
        }
        ValueType::Status => Value::Number(status(asked, word, span)?),
        ValueType::Version => match compared(word) {
            Some(_) => Value::Version(spanned(asked, word, span, version, PartialOrd::gt)?),
            None => text(asked, word, span)?,
        },
        ValueType::Time => Value::Time(spanned(asked, word, span, civil, Civil::is_after)?),
        ValueType::Any => match compared(word) {
            Some(ends) if ends.iter().all(|end| end.parse::<f64>().is_ok_and(f64::is_finite)) => {
                Value::Number(spanned(asked, word, span, number_of(Unit::Score), PartialOrd::gt)?)
            }
            Some(_) if word.plain().is_some_and(|text| begins_with_sign(&text)) => {
                Value::Number(spanned(asked, word, span, number_of(Unit::Score), PartialOrd::gt)?)
            }
            Some(_) | None => text(asked, word, span)?,
        },
    };
    Ok(Read::Value(value))
}

fn begins_with_sign(text: &str) -> bool {
    text.starts_with(['<', '>', '='])
}

fn without_not(text: &str) -> Option<&str> {
    let rest = text.strip_prefix('!')?;
    Some(rest.strip_prefix('=').unwrap_or(rest))
}

/// The ends of a comparison or range, where a word can be one.
fn compared(word: &Word) -> Option<Vec<String>> {
    let text = word.plain()?;
    if begins_with_sign(&text) {
        return Some(vec![text.trim_start_matches(['<', '>', '=']).to_owned()]);
    }
    let (from, to) = text.split_once("..")?;
    let ends: Vec<String> = [from, to].into_iter().filter(|end| !end.is_empty()).map(str::to_owned).collect();
    (!ends.is_empty()).then_some(ends)
}

fn text(asked: &Asked<'_>, word: &Word, span: Range<usize>) -> Result<Value, SearchError> {
    let name = asked.name;
    let Some(plain) = word.plain() else {
        return Ok(Value::Text(word.pattern.clone()));
    };
    let quoted = || format!("\"{}\"", plain.replace('\\', "\\\\"));
    if let Some(rest) = plain.strip_prefix('-').or_else(|| without_not(&plain)) {
        return Err(asked.negated(span, rest));
    }
    if begins_with_sign(&plain) {
        let message = format!("`{name}` is text and has no order: leave the sign out, or put it in quotes");
        let meant = plain.strip_prefix('=').map_or_else(quoted, str::to_owned);
        return Err(SearchError::new(span, message).meant(meant));
    }
    Ok(Value::Text(word.pattern.clone()))
}

fn choice(
    asked: &Asked<'_>,
    word: &Word,
    span: Range<usize>,
    words: &'static [&'static str],
) -> Result<Value, SearchError> {
    let known = |text: &str| words.iter().find(|word| word.eq_ignore_ascii_case(text));
    match word.pattern.as_literal() {
        None => text(asked, word, span),
        Some(literal) => match known(literal) {
            Some(word) => Ok(Value::Text(super::Pattern::literal(*word))),
            None => Err(unknown(asked, word, span, words)),
        },
    }
}

fn unknown(asked: &Asked<'_>, word: &Word, span: Range<usize>, words: &[&'static str]) -> SearchError {
    let written: String = word.raw.iter().collect();
    let message = format!("`{}` has no `{written}`, but {}", asked.name, words.join(", "));
    let error = SearchError::new(span, message);
    match nearest(&written, words.iter().copied()) {
        Some(near) => error.meant(near),
        None => error,
    }
}

fn named<T>(
    asked: &Asked<'_>,
    word: &Word,
    span: Range<usize>,
    of_name: impl Fn(&str) -> Option<T>,
    names: &[&'static str],
) -> Result<T, SearchError> {
    let found = word.pattern.as_literal().and_then(of_name);
    found.ok_or_else(|| unknown(asked, word, span, names))
}

fn thing(asked: &Asked<'_>, word: &Word, span: Range<usize>) -> Result<Read, SearchError> {
    if let Some(literal) = word.pattern.as_literal()
        && let Some(thing) = Thing::of_name(literal)
    {
        return Ok(Read::Value(Value::Thing(thing)));
    }
    let field = word.pattern.as_literal().and_then(Field::of_name);
    match field {
        Some((Field::Text | Field::Session(SessionField::Is | SessionField::Has), _)) | None => {
            Err(unknown(asked, word, span, Thing::NAMES))
        }
        Some((field @ (Field::Session(_) | Field::Event(_)), key)) => {
            Ok(Read::HasField(field, key.map(str::to_owned)))
        }
    }
}

fn version(text: &str) -> Result<Version, Misread> {
    let plain = text.strip_prefix(['v', 'V']).unwrap_or(text);
    let is_version = !plain.is_empty() && plain.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let misread = || Misread { problem: "it is no version, such as 17.4".to_owned(), meant: None };
    Version::of_text(text).filter(|_| is_version).ok_or_else(misread)
}

fn civil(text: &str) -> Result<Civil, Misread> {
    let problem = "it is no day or minute, such as 2026-11-23 or 2026-11-23T09:30".to_owned();
    Civil::parse(text).ok_or(Misread { problem, meant: None })
}

fn status(asked: &Asked<'_>, word: &Word, span: Range<usize>) -> Result<Span<Number>, SearchError> {
    if let Some(text) = word.plain()
        && compared(word).is_none()
        && !text.starts_with('!')
    {
        return quantity::parse_status(&text).map_err(|misread| misread_at(asked, &text, span, misread));
    }
    spanned(asked, word, span, |text| quantity::parse(text, Unit::Count), PartialOrd::gt)
}

fn misread_at(asked: &Asked<'_>, text: &str, span: Range<usize>, misread: Misread) -> SearchError {
    let error = SearchError::new(span, format!("`{}`: `{text}`: {}", asked.name, misread.problem));
    match misread.meant {
        Some(meant) => error.meant(meant),
        None => error,
    }
}

/// Reads `5`, `>5`, `>=5`, `<5`, `<=5`, `=5`, `3..5`, `3..` or `..5`.
fn spanned<T: Clone>(
    asked: &Asked<'_>,
    word: &Word,
    span: Range<usize>,
    read: impl Fn(&str) -> Result<T, Misread>,
    is_after: impl Fn(&T, &T) -> bool,
) -> Result<Span<T>, SearchError> {
    let name = asked.name;
    let Some(text) = word.plain() else {
        let message = format!("`{name}` takes no text: leave the quotes out");
        return Err(SearchError::new(span, message).meant(word.raw.iter().collect::<String>()));
    };
    if let Some(rest) = without_not(&text) {
        return Err(asked.negated(span, rest));
    }
    // All that stands before a part of the text are signs of one character each.
    let part = |from: usize, part: &str| {
        let from = span.start + text[..from].chars().count();
        let at = from..from + part.chars().count();
        read(part).map_err(|misread| misread_at(asked, part, at, misread))
    };
    if let Some((from, to)) = text.split_once("..").filter(|_| !begins_with_sign(&text)) {
        if from.is_empty() && to.is_empty() {
            let message = format!("`{name}`: say where the range begins or ends");
            return Err(SearchError::new(span, message));
        }
        let edge = |at: usize, text: &str| match text {
            "" => Ok(None),
            text => part(at, text).map(|at| Some(Edge { at, included: true })),
        };
        let found = Span { from: edge(0, from)?, to: edge(from.len() + 2, to)? };
        if let (Some(lower), Some(upper)) = (&found.from, &found.to)
            && is_after(&lower.at, &upper.at)
        {
            let message =
                format!("`{name}`: nothing lies between `{from}` and `{to}`: the smaller comes first");
            return Err(SearchError::new(span, message).meant(format!("{to}..{from}")));
        }
        return Ok(found);
    }
    let sign_length = text.len() - text.trim_start_matches(['<', '>', '=']).len();
    let (sign, rest) = text.split_at(sign_length);
    if !sign.is_empty() && rest.is_empty() {
        let message = format!("`{name}`: the value stands right after `{sign}`, without space between");
        return Err(SearchError::new(span, message));
    }
    let at = part(sign_length, rest)?;
    let edge = |included| Some(Edge { at: at.clone(), included });
    match sign {
        "" | "=" | "==" => Ok(Span::only(at)),
        ">" => Ok(Span { from: edge(false), to: None }),
        ">=" | "=>" => Ok(Span { from: edge(true), to: None }),
        "<" => Ok(Span { from: None, to: edge(false) }),
        "<=" | "=<" => Ok(Span { from: None, to: edge(true) }),
        other => {
            let message =
                format!("`{name}`: `{other}` is no comparison: >, >=, <, <= or a range such as 3..5");
            let sign_span = span.start..span.start + sign_length;
            Err(SearchError::new(sign_span, message).meant(&other[..1]))
        }
    }
}
