//! A search as text: the one way in which a tree is written, which is read as the same tree.
//!
//! AND is a space, NOT is `-`; text is in quotes where it would be read otherwise without them; times are in the
//! greatest unit that gives few digits.

use super::ast::{Clause, Expr, Part, SameEvent, Search, Stop};
use super::field::{EventField, Field, FieldAbout, SessionField, Unit, ValueType};
use super::pattern::Pattern;
use super::quantity;
use super::token::{ends_word, is_name, sign_meant};
use super::value::{Number, Span, Value};
use std::fmt::{self, Display, Formatter};

impl Display for Search {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.root.as_ref().map_or(Ok(()), |root| root.fmt(f))
    }
}

impl<L: Display> Display for Expr<L> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::All(exprs) => joined(f, exprs, " "),
            Self::Any(exprs) => joined(f, exprs, " OR "),
            Self::Not(inner) => {
                f.write_str("-")?;
                operand(f, inner)
            }
            Self::Leaf(leaf) => leaf.fmt(f),
        }
    }
}

fn joined<L: Display>(f: &mut Formatter<'_>, exprs: &[Expr<L>], by: &str) -> fmt::Result {
    for (place, expr) in exprs.iter().enumerate() {
        if place > 0 {
            f.write_str(by)?;
        }
        match expr {
            Expr::All(_) | Expr::Any(_) => operand(f, expr)?,
            Expr::Not(_) | Expr::Leaf(_) => expr.fmt(f)?,
        }
    }
    Ok(())
}

/// In parentheses, where it is more than one thing; `{:#}` asks leaves for theirs.
fn operand<L: Display>(f: &mut Formatter<'_>, expr: &Expr<L>) -> fmt::Result {
    match expr {
        Expr::All(_) | Expr::Any(_) => write!(f, "({expr})"),
        Expr::Not(_) | Expr::Leaf(_) => write!(f, "{expr:#}"),
    }
}

impl Display for Part {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(values) => match values.as_slice() {
                [one] if *one != Value::Present => {
                    f.write_str(&value(Field::Text.about().ty, one, Place::Bare))
                }
                values => clause(f, Field::Text.about(), None, values),
            },
            Self::Session(clause) => clause.fmt(f),
            Self::Event(event) => event.fmt(f),
            Self::Sequence(stops) => {
                let (open, close) = if f.alternate() { ("(", ")") } else { ("", "") };
                f.write_str(open)?;
                for (place, stop) in stops.iter().enumerate() {
                    if place > 0 {
                        f.write_str(" THEN ")?;
                    }
                    stop.fmt(f)?;
                }
                f.write_str(close)
            }
        }
    }
}

impl Display for Stop {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.events.as_slice() {
            [one] => one.fmt(f),
            events => {
                f.write_str("(")?;
                for (place, event) in events.iter().enumerate() {
                    let or = if place > 0 { " OR " } else { "" };
                    write!(f, "{or}{event}")?;
                }
                f.write_str(")")
            }
        }
    }
}

impl Display for SameEvent {
    /// In braces, where more is said of it than one clause does.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.expr {
            Expr::Leaf(clause) => clause.fmt(f),
            expr @ (Expr::All(_) | Expr::Any(_) | Expr::Not(_)) => write!(f, "{{{expr}}}"),
        }
    }
}

impl SameEvent {
    /// In braces whatever is said of it, so that it is read as an event wherever names of steps can stand, too.
    pub fn in_braces(&self) -> String {
        format!("{{{}}}", self.expr)
    }
}

impl Display for Clause<SessionField> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        clause(f, self.field.about(), self.key.as_deref(), &self.values)
    }
}

impl Display for Clause<EventField> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        clause(f, self.field.about(), self.key.as_deref(), &self.values)
    }
}

fn clause(f: &mut Formatter<'_>, field: FieldAbout, key: Option<&str>, values: &[Value]) -> fmt::Result {
    write!(f, "{}{}:", field.name, key.unwrap_or_default())?;
    match values {
        [one] => f.write_str(&value(field.ty, one, Place::Value)),
        values => {
            f.write_str("(")?;
            for (number, one) in values.iter().enumerate() {
                let or = if number > 0 { " OR " } else { "" };
                write!(f, "{or}{}", value(field.ty, one, Place::Value))?;
            }
            f.write_str(")")
        }
    }
}

/// Where a text stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// After a field's colon.
    Value,
    /// By itself, where a colon would make a field of what is before it.
    Bare,
}

fn value(ty: ValueType, value: &Value, place: Place) -> String {
    match value {
        Value::Present => "*".to_owned(),
        Value::Text(pattern) => text(pattern, place),
        Value::Number(numbers) => number_span(ty, numbers),
        Value::Version(versions) => signed(span(versions, ToString::to_string)),
        Value::Time(times) => span(times, ToString::to_string),
        Value::State(state) => state.name().to_owned(),
        Value::Thing(thing) => thing.name().to_owned(),
    }
}

fn number_span(ty: ValueType, numbers: &Span<Number>) -> String {
    let unit = match ty {
        ValueType::Number(unit) => unit,
        ValueType::Status => {
            return quantity::print_status_class(numbers)
                .unwrap_or_else(|| span(numbers, |number| quantity::print(*number, Unit::Count)));
        }
        ValueType::Text(_)
        | ValueType::Choice(_)
        | ValueType::Version
        | ValueType::Time
        | ValueType::Any
        | ValueType::State
        | ValueType::Thing => {
            return signed(span(numbers, |number| quantity::print(*number, Unit::Score)));
        }
    };
    span(numbers, |number| quantity::print(*number, unit))
}

/// Where a field takes text too, one value needs a sign, lest it be read as that.
fn signed(written: String) -> String {
    let is_signed = written.contains("..") || written.starts_with(['<', '>']);
    if is_signed { written } else { format!("={written}") }
}

fn span<T: PartialEq>(span: &Span<T>, print: impl Fn(&T) -> String) -> String {
    match (&span.from, &span.to) {
        (Some(from), Some(to)) if from.at == to.at => print(&from.at),
        (Some(from), Some(to)) => format!("{}..{}", print(&from.at), print(&to.at)),
        (Some(from), None) => format!("{}{}", if from.included { ">=" } else { ">" }, print(&from.at)),
        (None, Some(to)) => format!("{}{}", if to.included { "<=" } else { "<" }, print(&to.at)),
        (None, None) => "*".to_owned(),
    }
}

/// A text that is looked for as it is, as it stands after a field: completion puts values there this way.
pub fn literal(looked_for: &str) -> String {
    text(&Pattern::literal(looked_for), Place::Value)
}

fn text(pattern: &Pattern, place: Place) -> String {
    let mut written = String::new();
    for (number, part) in pattern.parts().iter().enumerate() {
        if number > 0 {
            written.push('*');
        }
        let mut chars = part.chars().peekable();
        while let Some(c) = chars.next() {
            // A backslash is one by itself, unless it stands before what it would escape, or a quote or star may follow.
            let mut escapes = || chars.peek().is_none_or(|next| matches!(next, '*' | '"' | '\\'));
            if matches!(c, '*' | '"') || (c == '\\' && escapes()) {
                written.push('\\');
            }
            written.push(c);
        }
    }
    if needs_quotes(&written, place) { format!("\"{written}\"") } else { written }
}

fn needs_quotes(written: &str, place: Place) -> bool {
    let is_field = || {
        let before = written.split_once(':').map(|(name, _)| name.chars().collect::<Vec<_>>());
        before.is_some_and(|name| is_name(&name))
    };
    written.is_empty()
        || written.contains(ends_word)
        || written.starts_with(['-', '<', '>', '=', '!'])
        || written.contains("..")
        || sign_meant(written).is_some()
        || (place == Place::Bare && is_field())
}
