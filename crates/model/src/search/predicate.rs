//! A clause's values, ready to be asked of single texts and numbers. What a clause means for one value is said here
//! once, for whoever evaluates searches.

use super::ast::Clause;
use super::field::{EventField, Match, ValueType};
use super::pattern::Matcher;
use super::value::{Civil, Edge, Number, Span, Value, Version, Zone};
use crate::time::{DAY, MINUTE, Timestamp};
use uuid::Uuid;

/// What a search must be told beside the sessions: the model knows no time of day.
#[derive(Clone, Copy)]
pub struct Clock<'a> {
    /// What time it is.
    pub now: Timestamp,
    /// The site's timeout, milliseconds.
    pub timeout_ms: i64,
    /// The site's time zone.
    pub zone: &'a dyn Zone,
}

impl std::fmt::Debug for Clock<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Clock")
            .field("now", &self.now)
            .field("timeout_ms", &self.timeout_ms)
            .finish_non_exhaustive()
    }
}

/// The values of a clause; one of them must fit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Predicate {
    present: bool,
    texts: Vec<Matcher>,
    versions: Vec<Span<Version>>,
    numbers: Vec<Span<Number>>,
}

impl Predicate {
    /// Of values of a type. What `is:` and `has:` ask is not about one value, and nothing fits it here.
    pub fn new(ty: ValueType, values: &[Value], zone: &dyn Zone) -> Self {
        let how = how(ty);
        let mut predicate =
            Self { present: false, texts: Vec::new(), versions: Vec::new(), numbers: Vec::new() };
        for value in values {
            match value {
                Value::Present => predicate.present = true,
                Value::Text(pattern) => predicate.texts.push(Matcher::new(pattern, how)),
                Value::Number(span) => predicate.numbers.push(span.clone()),
                Value::Version(span) => predicate.versions.push(span.clone()),
                Value::Time(span) => predicate.numbers.push(instants(span, zone)),
                Value::State(_) | Value::Thing(_) => {}
            }
        }
        predicate
    }

    /// Of a clause about events. None of their fields asks for days, so that no zone matters.
    pub fn of_event(clause: &Clause<EventField>) -> Self {
        Self::new(clause.field.about().ty, &clause.values, &Utc)
    }

    /// Whether a text fits. What the site set is compared as a number where it is one.
    pub fn fits_text(&self, text: &str) -> bool {
        self.present
            || self.texts.iter().any(|matcher| matcher.matches(text))
            || (!self.versions.is_empty() && self.fits_version(text))
            || (!self.numbers.is_empty() && text.parse().is_ok_and(|number| self.fits_number(number)))
    }

    /// Whether a number fits; of a time its milliseconds since 1970.
    pub fn fits_number(&self, number: f64) -> bool {
        let fits = |number: Number| self.numbers.iter().any(|span| span.contains(&number));
        self.present || Number::new(number).is_some_and(fits)
    }

    /// Whether any value at all fits.
    pub fn fits_all(&self) -> bool {
        self.present
    }

    /// The spans that numbers must be in one of.
    pub fn numbers(&self) -> &[Span<Number>] {
        &self.numbers
    }

    fn fits_version(&self, text: &str) -> bool {
        let fits = |version: Version| self.versions.iter().any(|span| span.contains(&version));
        Version::of_text(text).is_some_and(fits)
    }
}

struct Utc;

impl Zone for Utc {
    fn instant(&self, day: i64, minute: u16) -> Timestamp {
        Timestamp(day.saturating_mul(DAY).saturating_add(i64::from(minute) * MINUTE))
    }
}

fn how(ty: ValueType) -> Match {
    match ty {
        ValueType::Text(how) => how,
        ValueType::Choice(_)
        | ValueType::Version
        | ValueType::Number(_)
        | ValueType::Status
        | ValueType::Time
        | ValueType::Any
        | ValueType::State
        | ValueType::Thing => Match::Whole,
    }
}

/// Days and minutes as the instants in them, in milliseconds.
fn instants(span: &Span<Civil>, zone: &dyn Zone) -> Span<Number> {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of some thousand years are below 2^53")]
    let number = |at: Timestamp| Number::new(at.0 as f64);
    let from = span.from.as_ref().and_then(|Edge { at, included }| {
        number(if *included { at.start(zone) } else { at.end(zone) }).map(|at| Edge { at, included: true })
    });
    let to = span.to.as_ref().and_then(|Edge { at, included }| {
        number(if *included { at.end(zone) } else { at.start(zone) }).map(|at| Edge { at, included: false })
    });
    Span { from, to }
}

/// Whole ids that a text without a field asks for: pasted from somewhere, they find their session or visitor.
pub fn asked_ids(values: &[Value]) -> Vec<Uuid> {
    let id = |value: &Value| match value {
        Value::Text(pattern) => Uuid::parse_str(pattern.as_literal()?).ok(),
        Value::Present
        | Value::Number(_)
        | Value::Version(_)
        | Value::Time(_)
        | Value::State(_)
        | Value::Thing(_) => None,
    };
    values.iter().filter_map(id).collect()
}
