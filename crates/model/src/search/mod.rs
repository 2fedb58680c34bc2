//! The search language: how sessions are found. `docs/search.md` is its prose for users.
//!
//! ```text
//! text ──parse──► Search ──print──► text          (parse ∘ print is the identity)
//!                   │
//!                   ├──► matches, explain          (of one session, said plainly)
//!                   └──► a mask over many          (in `crates/analyze`, which must agree with `matches`)
//! ```
//!
//! Reading order: [`field`](Field) (what can be asked about), [`ast`](Search) (a search as a tree), [`parse`](Search::parse),
//! [`predicate`](Predicate) (what a value means), [`plain`](matches) (what a search means).
//!
//! A search is typed all the way: it never becomes text of another language.
//!
//! Limits: see [`MAX_CHARS`] and its like. Inputs and scrolling cannot be searched for yet.

mod ast;
mod field;
mod words;

mod error;
mod parse;
mod pattern;
mod print;
mod quantity;
mod read_clause;
mod read_value;
mod stored;
mod token;
mod value;

mod facts;
mod plain;
mod predicate;
mod story;

mod complete;

pub use ast::{Clause, Expr, Part, SameEvent, Search, Stop};
pub use complete::{Completion, KnownValue, Wanted, completion, fields, has_values, known_values};
pub use error::{SearchError, Suggestion};
pub use field::{EventField, Field, FieldAbout, Match, SessionField, Unit, ValueType};
pub use parse::{MAX_CHARS, MAX_DEPTH, MAX_STOPS, MAX_VALUES};
pub use pattern::{Pattern, fold};
pub use plain::{EventName, Explanation, MAX_EXPLAINED, explain, matches};
pub(crate) use plain::{MetEvent, met_events};
pub use predicate::{Clock, Predicate, asked_ids};
pub use print::literal;
pub use value::{Civil, Edge, Number, Span, Value, Version, Zone};
pub use words::{State, Thing};

#[cfg(test)]
mod tests;
