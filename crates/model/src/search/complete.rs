//! What can be written at a place in a search: names of fields, and values. Values that only the sessions know are asked
//! of them elsewhere; here is said which.

use super::field::{Field, FieldAbout, SessionField, ValueType};
use super::pattern::fold;
use super::token::{Kind, Token, cut, ends_word};
use super::words::{State, Thing};
use std::ops::Range;

/// What is being written at a place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Completion {
    /// What a choice takes the place of, in characters: what is typed before the place, and the rest of that word.
    pub span: Range<usize>,
    /// What is typed of it before the place, without quotes and signs.
    pub typed: String,
    /// What is wanted there.
    pub wanted: Wanted,
}

/// What can be chosen from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Wanted {
    /// A field; or text without one.
    Field,
    /// A value of a field, with its key where it takes one.
    Value(Field, Option<String>),
}

/// What is being written before a place, counted in characters; also where the search as a whole cannot be read yet.
pub fn completion(text: &str, place: usize) -> Completion {
    let chars: Vec<char> = text.chars().collect();
    let place = place.min(chars.len());
    let (tokens, _) = cut(&chars[..place]);
    let mut tokens: Vec<&Token> = tokens.iter().filter(|token| token.kind != Kind::End).collect();
    let last = tokens.last().copied().filter(|token| token.span.end == place);
    let rest = chars[place..].iter().position(|&c| ends_word(c) || c == ':').unwrap_or(chars.len() - place);
    let (start, typed) = match last {
        Some(Token { kind: Kind::Word(word), span, .. }) => {
            let is_open = !word.quoted || chars[place - 1] != '"' || span.len() == 1;
            let raw: String = word.raw.iter().collect();
            if is_open { (span.start, raw.replace(['\\', '*'], "")) } else { (place, String::new()) }
        }
        Some(_) | None => (place, String::new()),
    };
    if start < place {
        tokens.pop();
    }
    let field = tokens.iter().rposition(|token| matches!(token.kind, Kind::Field(_)));
    let field = field.filter(|&at| takes_value(&tokens[at..], start));
    let named = field.and_then(|at| match &tokens[at].kind {
        Kind::Field(name) => Field::of_name(name),
        Kind::Open
        | Kind::Close
        | Kind::OpenBrace
        | Kind::CloseBrace
        | Kind::Minus
        | Kind::And
        | Kind::Or
        | Kind::Not
        | Kind::Then
        | Kind::Word(_)
        | Kind::End => None,
    });
    let wanted = named.map_or(Wanted::Field, |(field, key)| Wanted::Value(field, key.map(str::to_owned)));
    Completion { span: start..place + rest, typed, wanted }
}

/// Whether a value of the field that these tokens begin with is wanted at a place: right after it, or in its list.
fn takes_value(tokens: &[&Token], place: usize) -> bool {
    let colon = tokens[0].span.end;
    match tokens.get(1) {
        None => place == colon,
        Some(open) if open.kind == Kind::Open && open.span.start == colon => {
            let after = &tokens[2..];
            let is_open = after.iter().all(|token| token.kind != Kind::Close);
            // After a value OR is wanted.
            is_open && after.last().is_none_or(|token| token.kind == Kind::Or)
        }
        Some(_) => false,
    }
}

/// Fields that a name may be the beginning of, or a part; those that begin so first.
pub fn fields(typed: &str) -> Vec<FieldAbout> {
    let typed = fold(typed).into_owned();
    let place = |about: &FieldAbout| {
        let names = || std::iter::once(&about.name).chain(about.aliases);
        match about.name {
            name if name.starts_with(&typed) => Some(0),
            _ if names().any(|name| name.starts_with(&typed)) => Some(1),
            _ if names().any(|name| name.contains(&typed)) => Some(2),
            _ => None,
        }
    };
    let mut found: Vec<(u8, FieldAbout)> =
        Field::all().map(Field::about).filter_map(|about| Some((place(&about)?, about))).collect();
    found.sort_by_key(|(place, _)| *place);
    let mut found: Vec<FieldAbout> = found.into_iter().map(|(_, about)| about).collect();
    // What another name begins with is typed first: `page` before `pages`.
    for at in 1..found.len() {
        let beginning = found[at];
        if let Some(longer) = found[..at].iter().position(|about| about.name.starts_with(beginning.name)) {
            found[longer..=at].rotate_right(1);
        }
    }
    found
}

/// A value that is known without asking the sessions.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct KnownValue {
    /// As it is written.
    pub text: &'static str,
    /// What it means; empty where the word says it.
    pub doc: &'static str,
}

/// Values that a field can have, where they are a few words; those that begin with what is typed first.
pub fn known_values(field: Field, typed: &str) -> Vec<KnownValue> {
    let plain = |words: &[&'static str]| words.iter().map(|text| KnownValue { text, doc: "" }).collect();
    let values: Vec<KnownValue> = match field.about().ty {
        ValueType::Choice(words) => plain(words),
        ValueType::State => {
            State::ALL.iter().map(|state| KnownValue { text: state.name(), doc: state.doc() }).collect()
        }
        ValueType::Thing => {
            Thing::ALL.iter().map(|thing| KnownValue { text: thing.name(), doc: thing.doc() }).collect()
        }
        ValueType::Status => plain(&["2xx", "3xx", "4xx", "5xx"]),
        ValueType::Text(_) | ValueType::Version | ValueType::Number(_) | ValueType::Time | ValueType::Any => {
            Vec::new()
        }
    };
    let typed = fold(typed);
    let mut found: Vec<KnownValue> =
        values.into_iter().filter(|value| value.text.contains(typed.as_ref())).collect();
    found.sort_by_key(|value| !value.text.starts_with(typed.as_ref()));
    found
}

/// Whether values of a field are best asked of the sessions.
pub fn has_values(field: Field) -> bool {
    match field {
        // Of the reasons for an end one is told by the time.
        Field::Text | Field::Session(SessionField::Is | SessionField::Has | SessionField::EndReason) => false,
        Field::Session(_) | Field::Event(_) => match field.about().ty {
            ValueType::Text(_) | ValueType::Choice(_) | ValueType::Version | ValueType::Any => true,
            ValueType::Number(_)
            | ValueType::Status
            | ValueType::Time
            | ValueType::State
            | ValueType::Thing => false,
        },
    }
}
