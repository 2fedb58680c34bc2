//! A search as a tree. Made by parsing; every tree has one way of being printed, which is read as the same tree.

use super::field::{EventField, Field, SessionField};
use super::value::Value;
use crate::steps::StepKind;

/// A search. An empty one finds every session.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Search {
    /// What is asked; nothing where nothing is.
    pub root: Option<Expr<Part>>,
}

/// Leaves joined by AND, OR and NOT.
///
/// A negative expression (see [`Expr::is_negative`]) only takes away: in [`Expr::Any`] it takes from what the others find,
/// and where all are negative, from everything. So a negative clause can never add sessions.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Expr<L> {
    /// All of these hold; at least two.
    All(Vec<Expr<L>>),
    /// One of the positive ones holds, and all of the negative ones; at least two.
    Any(Vec<Expr<L>>),
    /// It does not hold.
    Not(Box<Expr<L>>),
    /// A leaf.
    Leaf(L),
}

/// What a search is made of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Part {
    /// Text that people read somewhere in the session; any of these.
    Text(Vec<Value>),
    /// A property of the session.
    Session(Clause<SessionField>),
    /// Any one event that this is said of; in `{…}` where it is more than one clause.
    Event(SameEvent),
    /// Events that came one after the other, written with THEN; at least two.
    Sequence(Vec<Stop>),
}

/// A field with the values that are asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Clause<F> {
    /// The field.
    pub field: F,
    /// The site's own key, where the field takes one.
    pub key: Option<String>,
    /// Any of these; at least one.
    pub values: Vec<Value>,
}

/// What is said of one event.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SameEvent {
    /// Its kind. Clauses about page views are about the page that it happened on, where it is no page view itself.
    pub kind: StepKind,
    /// What holds for it.
    pub expr: Expr<Clause<EventField>>,
}

/// A stop of a sequence: any one of these events.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stop {
    /// At least one.
    pub events: Vec<SameEvent>,
}

impl<L> Expr<L> {
    /// All of these, of which there is at least one.
    pub(super) fn all(exprs: Vec<Self>) -> Self {
        let flat = exprs.into_iter().flat_map(|expr| match expr {
            Self::All(inner) => inner,
            other @ (Self::Any(_) | Self::Not(_) | Self::Leaf(_)) => vec![other],
        });
        Self::joined(flat.collect(), Self::All)
    }

    /// Any of these, of which there is at least one. Alternatives within alternatives are one list, unless negative ones
    /// among them take away from a part alone.
    pub(super) fn any(exprs: Vec<Self>) -> Self {
        let flat = exprs.into_iter().flat_map(|expr| match expr {
            Self::Any(inner) if !inner.iter().any(Self::is_negative) => inner,
            other @ (Self::All(_) | Self::Any(_) | Self::Not(_) | Self::Leaf(_)) => vec![other],
        });
        Self::joined(flat.collect(), Self::Any)
    }

    fn joined(mut exprs: Vec<Self>, join: impl FnOnce(Vec<Self>) -> Self) -> Self {
        match exprs.pop() {
            Some(only) if exprs.is_empty() => only,
            Some(last) => {
                exprs.push(last);
                join(exprs)
            }
            None => join(exprs),
        }
    }

    /// The contrary; that of a contrary is what it is the contrary of.
    pub(super) fn negated(expr: Self) -> Self {
        match expr {
            Self::Not(inner) => *inner,
            other @ (Self::All(_) | Self::Any(_) | Self::Leaf(_)) => Self::Not(Box::new(other)),
        }
    }

    /// Whether it only takes away: a contrary of what is not negative, or nothing but negative ones.
    pub fn is_negative(&self) -> bool {
        match self {
            Self::All(exprs) | Self::Any(exprs) => exprs.iter().all(Self::is_negative),
            Self::Not(inner) => !inner.is_negative(),
            Self::Leaf(_) => false,
        }
    }

    /// How deep it is nested, with what its leaves are. Printing needs no more parentheses.
    pub(super) fn height(&self, leaf: &impl Fn(&L) -> usize) -> usize {
        match self {
            Self::All(exprs) | Self::Any(exprs) => {
                1 + exprs.iter().map(|expr| expr.height(leaf)).max().unwrap_or_default()
            }
            Self::Not(inner) => 1 + inner.height(leaf),
            Self::Leaf(of) => leaf(of),
        }
    }

    /// Whether it holds, where this is said of each leaf.
    pub fn holds(&self, leaf: &mut impl FnMut(&L) -> bool) -> bool {
        match self {
            Self::All(exprs) => exprs.iter().all(|expr| expr.holds(leaf)),
            Self::Any(exprs) => {
                let (negative, positive): (Vec<&Self>, Vec<&Self>) =
                    exprs.iter().partition(|expr| expr.is_negative());
                (positive.is_empty() || positive.iter().any(|expr| expr.holds(leaf)))
                    && negative.iter().all(|expr| expr.holds(leaf))
            }
            Self::Not(inner) => !inner.holds(leaf),
            Self::Leaf(of) => leaf(of),
        }
    }

    /// The leaves, in the order in which they are written, each with whether it stands under a NOT.
    pub fn leaves(&self) -> Vec<(&L, bool)> {
        fn gather<'a, L>(expr: &'a Expr<L>, negated: bool, leaves: &mut Vec<(&'a L, bool)>) {
            match expr {
                Expr::All(exprs) | Expr::Any(exprs) => {
                    exprs.iter().for_each(|expr| gather(expr, negated, leaves));
                }
                Expr::Not(inner) => gather(inner, !negated, leaves),
                Expr::Leaf(leaf) => leaves.push((leaf, negated)),
            }
        }
        let mut leaves = Vec::new();
        gather(self, false, &mut leaves);
        leaves
    }

    /// The same with other leaves.
    pub fn map<M>(&self, leaf: &mut impl FnMut(&L) -> M) -> Expr<M> {
        match self {
            Self::All(exprs) => Expr::All(exprs.iter().map(|expr| expr.map(leaf)).collect()),
            Self::Any(exprs) => Expr::Any(exprs.iter().map(|expr| expr.map(leaf)).collect()),
            Self::Not(inner) => Expr::Not(Box::new(inner.map(leaf))),
            Self::Leaf(of) => Expr::Leaf(leaf(of)),
        }
    }

    /// The same without some leaves; nothing where none is left.
    pub fn without(&self, drops: &mut impl FnMut(&L) -> bool) -> Option<Self>
    where
        L: Clone,
    {
        let kept = |exprs: &[Self], drops: &mut _| -> Vec<Self> {
            exprs.iter().filter_map(|expr| expr.without(drops)).collect()
        };
        match self {
            Self::All(exprs) => Some(kept(exprs, drops)).filter(|kept| !kept.is_empty()).map(Self::all),
            Self::Any(exprs) => Some(kept(exprs, drops)).filter(|kept| !kept.is_empty()).map(Self::any),
            Self::Not(inner) => inner.without(drops).map(Self::negated),
            Self::Leaf(leaf) => (!drops(leaf)).then(|| self.clone()),
        }
    }
}

impl SameEvent {
    /// An event that one clause is said of.
    pub(super) fn of_clause(clause: Clause<EventField>) -> Self {
        Self { kind: clause.field.kind(), expr: Expr::Leaf(clause) }
    }

    /// How deep it is nested, with its braces.
    fn height(&self) -> usize {
        match &self.expr {
            Expr::Leaf(_) => 0,
            expr @ (Expr::All(_) | Expr::Any(_) | Expr::Not(_)) => 1 + expr.height(&|_| 0),
        }
    }

    /// How many values it asks for.
    pub fn n_values(&self) -> usize {
        self.clauses().map(|clause| clause.values.len()).sum()
    }

    /// The clauses that are said of it.
    pub fn clauses(&self) -> impl Iterator<Item = &Clause<EventField>> {
        self.expr.leaves().into_iter().map(|(clause, _)| clause)
    }
}

impl Part {
    /// How deep it is nested, with the parentheses that it may need.
    pub(super) fn height(&self) -> usize {
        let of_stop = |stop: &Stop| {
            let events = stop.events.iter().map(SameEvent::height).max().unwrap_or_default();
            usize::from(stop.events.len() > 1) + events
        };
        match self {
            Self::Text(_) | Self::Session(_) => 0,
            Self::Event(event) => event.height(),
            Self::Sequence(stops) => 1 + stops.iter().map(of_stop).max().unwrap_or_default(),
        }
    }

    /// The fields in it.
    pub fn fields(&self) -> Vec<Field> {
        let of_event = |event: &SameEvent| -> Vec<Field> {
            event.clauses().map(|clause| Field::Event(clause.field)).collect()
        };
        match self {
            Self::Text(_) => vec![Field::Text],
            Self::Session(clause) => vec![Field::Session(clause.field)],
            Self::Event(event) => of_event(event),
            Self::Sequence(stops) => stops.iter().flat_map(|stop| &stop.events).flat_map(of_event).collect(),
        }
    }
}

impl Search {
    /// Its parts in the order in which they are written, each with whether it stands under a NOT.
    pub fn parts(&self) -> Vec<(&Part, bool)> {
        self.root.as_ref().map(Expr::leaves).unwrap_or_default()
    }

    /// What must all hold: each is a chip of its own.
    pub fn conjuncts(&self) -> &[Expr<Part>] {
        match &self.root {
            None => &[],
            Some(Expr::All(exprs)) => exprs,
            Some(one @ (Expr::Any(_) | Expr::Not(_) | Expr::Leaf(_))) => std::slice::from_ref(one),
        }
    }

    /// Whether any clause is with this field.
    pub fn mentions(&self, field: Field) -> bool {
        self.parts().into_iter().any(|(part, _)| part.fields().contains(&field))
    }
}
