//! Any search, as a tree.

use crate::search::ast::{Clause, Expr, Part, SameEvent, Search, Stop};
use crate::search::field::{EventField, Field, SessionField, Unit, ValueType};
use crate::search::pattern::Pattern;
use crate::search::value::{Civil, Edge, Number, Span, Value, Version};
use crate::search::words::{State, Thing};
use crate::steps::StepKind;
use proptest::prelude::*;
use proptest::sample::select;

pub(super) fn any_search() -> impl Strategy<Value = Search> {
    prop::option::of(any_expr(any_part())).prop_map(|root| Search { root })
}

fn any_expr<L: Clone + std::fmt::Debug + 'static>(
    leaf: impl Strategy<Value = L> + 'static,
) -> impl Strategy<Value = Expr<L>> {
    leaf.prop_map(Expr::Leaf).prop_recursive(4, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..4).prop_map(Expr::all),
            prop::collection::vec(inner.clone(), 1..4).prop_map(Expr::any),
            inner.prop_map(Expr::negated),
        ]
    })
}

fn any_part() -> impl Strategy<Value = Part> {
    let stop = prop::collection::vec(any_event(), 1..3).prop_map(|events| Stop { events });
    prop_oneof![
        2 => any_values(Field::Text.about().ty).prop_map(Part::Text),
        4 => any_session_clause().prop_map(Part::Session),
        4 => any_event().prop_map(Part::Event),
        2 => prop::collection::vec(stop, 2..4).prop_map(Part::Sequence),
    ]
}

fn any_key(is_keyed: bool) -> BoxedStrategy<Option<String>> {
    // A key that is a field of its own would be read as that.
    let is_free = |key: &String| !["id", "email"].contains(&key.as_str());
    if is_keyed {
        "[a-z_$]{1,4}".prop_filter("a key", is_free).prop_map(Some).boxed()
    } else {
        Just(None).boxed()
    }
}

fn any_session_clause() -> impl Strategy<Value = Clause<SessionField>> {
    select(SessionField::ALL).prop_flat_map(|field| {
        let of_key = any_key(Field::Session(field).is_keyed());
        (of_key, any_values(field.about().ty)).prop_map(move |(key, values)| Clause { field, key, values })
    })
}

fn any_event() -> impl Strategy<Value = SameEvent> {
    let kinds = vec![
        StepKind::Page,
        StepKind::Click,
        StepKind::Input,
        StepKind::Submit,
        StepKind::Request,
        StepKind::Error,
        StepKind::Custom,
    ];
    select(kinds).prop_flat_map(|kind| {
        let of_kind = |field: &EventField| field.kind() == kind || field.kind() == StepKind::Page;
        let fields: Vec<EventField> = EventField::ALL.iter().copied().filter(of_kind).collect();
        let clause = select(fields).prop_flat_map(|field| {
            let of_key = any_key(Field::Event(field).is_keyed());
            (of_key, any_values(field.about().ty)).prop_map(move |(key, values)| Clause {
                field,
                key,
                values,
            })
        });
        any_expr(clause).prop_map(|expr| {
            let mut kinds = expr.leaves().into_iter().map(|(clause, _)| clause.field.kind());
            let kind = kinds.find(|kind| *kind != StepKind::Page).unwrap_or(StepKind::Page);
            SameEvent { kind, expr }
        })
    })
}

fn any_values(ty: ValueType) -> BoxedStrategy<Vec<Value>> {
    let number = |unit: Unit| any_number(unit).prop_map(Value::Number).boxed();
    let text = || any_pattern().prop_map(Value::Text).boxed();
    let value = match ty {
        ValueType::Text(_) => text(),
        ValueType::Choice(words) => select(words).prop_map(|w| Value::Text(Pattern::literal(w))).boxed(),
        ValueType::Version => prop_oneof![text(), any_version().prop_map(Value::Version)].boxed(),
        ValueType::Number(unit) => number(unit),
        ValueType::Status => {
            let class = (1..10_u16).prop_map(|class| {
                let at = |n: u16| Number::new(f64::from(n)).expect("finite");
                Value::Number(Span::closed(at(class * 100), at(class * 100 + 99)))
            });
            prop_oneof![class, any_span(0..1000_i64, count).prop_map(Value::Number)].boxed()
        }
        ValueType::Time => any_time().prop_map(Value::Time).boxed(),
        ValueType::Any => prop_oneof![text(), number(Unit::Score)].boxed(),
        ValueType::State => select(State::ALL).prop_map(Value::State).boxed(),
        ValueType::Thing => select(Thing::ALL).prop_map(Value::Thing).boxed(),
    };
    prop::collection::vec(prop_oneof![1 => Just(Value::Present), 9 => value], 1..4).boxed()
}

/// Text with everything that has a meaning somewhere.
fn any_pattern() -> impl Strategy<Value = Pattern> {
    let part = prop_oneof![
        3 => "[a-zß]{1,5}",
        1 => "[a-z:./ \"\\\\*(){}<>=!&|-]{1,5}",
        1 => select(vec!["AND", "or", "NOT", "THEN", "5..", "5xx", "a:b"]).prop_map(str::to_owned),
    ];
    let ends = prop_oneof![2 => Just(String::new()), 1 => part.clone()];
    prop_oneof![
        3 => part.clone().prop_map(Pattern::literal),
        1 => (ends.clone(), part, ends)
            .prop_map(|(first, inner, last)| Pattern::between_stars(vec![first, inner, last])),
    ]
}

fn any_span<N: Strategy<Value = i64> + Clone + 'static, T: Clone + std::fmt::Debug + 'static>(
    numbers: N,
    of: fn(i64) -> T,
) -> impl Strategy<Value = Span<T>> {
    (numbers.clone(), numbers, 0..4, any::<bool>()).prop_map(move |(one, other, shape, included)| {
        let edge = |at| Some(Edge { at: of(at), included });
        match shape {
            0 => Span::only(of(one)),
            1 if one != other => Span::closed(of(one.min(other)), of(one.max(other))),
            2 => Span { from: edge(one), to: None },
            _ => Span { from: None, to: edge(one) },
        }
    })
}

fn count(number: i64) -> Number {
    #[expect(clippy::cast_precision_loss, reason = "it is small")]
    Number::new(number as f64).expect("finite")
}

fn any_number(unit: Unit) -> BoxedStrategy<Span<Number>> {
    match unit {
        Unit::Score => {
            any_span(-1000..1000_i64, |n| Number::new(count(n).get() / 64.0).expect("finite")).boxed()
        }
        Unit::Time => {
            prop_oneof![any_span(-5000..5000_i64, count), any_span(0..100_i64, |n| count(n * 60_000))].boxed()
        }
        Unit::Count | Unit::Pixels => any_span(-2..1000_i64, count).boxed(),
    }
}

fn any_version() -> impl Strategy<Value = Span<Version>> {
    any_span(0..3000_i64, |n| {
        Version::of_text(&format!("{}.{}.{}", n / 100, n / 10 % 10, n % 10)).expect("a version")
    })
}

fn any_time() -> impl Strategy<Value = Span<Civil>> {
    let days = any_span(0..40_000_i64, |day| Civil { day, minute: None });
    let minutes =
        any_span(0..40_000_000_i64, |at| Civil { day: at / 1440, minute: u16::try_from(at % 1440).ok() });
    prop_oneof![days, minutes]
}
