//! What is said of one event: flags for all events of its kind, and from them the sessions that have one.

use super::bits;
use super::elements::{self, Bounds, Flags, by_view, of_floats, of_ints, of_steps, of_words};
use super::session::asked_of;
use crate::batch::{Lists, SessionBatch};
use arrow::array::Int32Array;
use arrow::buffer::BooleanBuffer;
use footpath_model::columns::SessionColumn as C;
use footpath_model::event::{RequestFailure, call_failed};
use footpath_model::search::{Clause, EventField as F, Expr, Predicate, SameEvent, fold};
use footpath_model::steps::StepKind;

/// What is asked of one event.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct EventTest {
    kind: StepKind,
    expr: Expr<ClauseTest>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
struct ClauseTest {
    field: F,
    /// Folded.
    key: String,
    predicate: Predicate,
}

impl EventTest {
    pub(super) fn new(event: &SameEvent) -> Self {
        let test = |clause: &Clause<F>| ClauseTest {
            field: clause.field,
            key: fold(clause.key.as_deref().unwrap_or_default()).into_owned(),
            predicate: Predicate::of_event(clause),
        };
        Self { kind: event.kind, expr: event.expr.map(&mut |clause| test(clause)) }
    }

    pub(super) fn kind(&self) -> StepKind {
        self.kind
    }

    pub(super) fn columns(&self) -> Vec<C> {
        let mut columns = Vec::new();
        for (clause, _) in self.expr.leaves() {
            columns.extend(columns_of(clause.field));
            if clause.field.kind() != self.kind {
                columns.push(view_column(self.kind));
            }
        }
        columns.sort_unstable();
        columns.dedup();
        columns
    }

    /// Where the events of its kind lie: those of a kind that has no list of its own are among the steps.
    pub(super) fn bounds<'a>(&self, batch: &'a SessionBatch) -> Bounds<'a> {
        // There is a clause of its kind: a kind is told from the clauses.
        let own = self.expr.leaves().into_iter().find(|(clause, _)| clause.field.kind() == self.kind);
        Bounds::of(own.map_or(C::StepLabel, |(clause, _)| columns_of(clause.field)[0]), batch)
    }

    /// Sessions, among these, that have such an event.
    pub(super) fn mask(&self, batch: &SessionBatch, rows: &BooleanBuffer) -> BooleanBuffer {
        let flags = self.flags(batch, rows);
        let bounds = self.bounds(batch);
        bits::pick(rows, |row| flags[bounds.range(row)].contains(&true))
    }

    /// The events that it is so of, of these sessions, as flags of the list of its kind.
    pub(super) fn flags(&self, batch: &SessionBatch, rows: &BooleanBuffer) -> Flags {
        let flags = self.expr_flags(&self.expr, batch, rows);
        match (self.kind, &self.expr) {
            // A clause of this kind is so of steps of this kind alone.
            (StepKind::Page | StepKind::Request | StepKind::Error, _) | (_, Expr::Leaf(_)) => flags,
            (
                StepKind::Click | StepKind::Input | StepKind::Submit | StepKind::Custom,
                Expr::All(_) | Expr::Any(_) | Expr::Not(_),
            ) => both(flags, &elements::of_kind(batch.steps(), rows, self.kind)),
        }
    }

    fn expr_flags(&self, expr: &Expr<ClauseTest>, batch: &SessionBatch, rows: &BooleanBuffer) -> Flags {
        let of = |expr: &Expr<ClauseTest>| self.expr_flags(expr, batch, rows);
        match expr {
            Expr::All(exprs) => joined(exprs.iter().map(of), both).unwrap_or_default(),
            Expr::Any(exprs) => {
                let (negative, positive): (Vec<_>, Vec<_>) =
                    exprs.iter().partition(|expr| expr.is_negative());
                let positive = joined(positive.into_iter().map(of), either);
                joined(positive.into_iter().chain(negative.into_iter().map(of)), both).unwrap_or_default()
            }
            Expr::Not(inner) => {
                let mut flags = of(inner);
                flags.iter_mut().for_each(|flag| *flag = !*flag);
                flags
            }
            Expr::Leaf(clause) if clause.field.kind() == self.kind => clause.flags(batch, rows),
            Expr::Leaf(clause) => {
                let of_views = Bounds::of(columns_of(clause.field)[0], batch);
                let views = batch.int_lists(view_column(self.kind));
                by_view(self.bounds(batch), views, of_views, &clause.flags(batch, rows), rows)
            }
        }
    }
}

fn joined(flags: impl Iterator<Item = Flags>, join: impl Fn(Flags, &Flags) -> Flags) -> Option<Flags> {
    flags.reduce(|one, other| join(one, &other))
}

fn both(mut one: Flags, other: &Flags) -> Flags {
    one.iter_mut().zip(other).for_each(|(one, other)| *one &= *other);
    one
}

fn either(mut one: Flags, other: &Flags) -> Flags {
    one.iter_mut().zip(other).for_each(|(one, other)| *one |= *other);
    one
}

/// The column that says on which page view the events of a kind happened.
fn view_column(kind: StepKind) -> C {
    match kind {
        StepKind::Request => C::RequestView,
        StepKind::Error => C::ErrorView,
        StepKind::Page | StepKind::Click | StepKind::Input | StepKind::Submit | StepKind::Custom => {
            C::StepView
        }
    }
}

/// The columns that a field looks at, of which the first is one of the list of its kind.
const fn columns_of(field: F) -> &'static [C] {
    match field {
        F::Page => &[C::ViewRoute, C::ViewPath],
        F::Load => &[C::ViewLoad],
        F::Ttfb => &[C::ViewTtfb],
        F::DomReady => &[C::ViewDomReady],
        F::Fcp => &[C::ViewFcp],
        F::Lcp => &[C::ViewLcp],
        F::Inp => &[C::ViewInp],
        F::Cls => &[C::ViewCls],
        F::Click | F::Input | F::Submit | F::Event => &[C::StepLabel],
        F::Rage | F::Dead | F::ErrorClick => &[C::StepLabel, C::StepOutcome],
        F::Request => &[C::RequestEndpoint],
        F::Failed => &[C::RequestEndpoint, C::RequestStatus, C::RequestFailure],
        F::Status => &[C::RequestStatus],
        F::RequestDuration => &[C::RequestDuration],
        F::RequestFailure => &[C::RequestFailure],
        F::Error => &[C::ErrorName],
        F::ErrorMessage => &[C::ErrorMessage],
        F::ErrorFrame => &[C::ErrorFrame],
        F::ErrorGroup => &[C::ErrorGroup],
        F::Prop => &[C::StepLabel, C::PropStep, C::PropKey, C::PropValue],
    }
}

impl ClauseTest {
    /// Of the list of its field's kind.
    fn flags(&self, batch: &SessionBatch, rows: &BooleanBuffer) -> Flags {
        let fits = |text: &str| self.predicate.fits_text(text);
        let words = |column: C| of_words(batch.word_lists(column), rows, fits);
        let ints =
            |column: C| of_ints(batch.int_lists(column), rows, |number| self.predicate.fits_number(number));
        let labels = |of: StepKind| of_steps(batch, rows, |kind, label| kind == of && fits(label));
        let signed = |sign: &str| {
            let of_sign = of_words(batch.word_lists(C::StepOutcome), rows, |outcome| outcome == sign);
            both(labels(StepKind::Click), &of_sign)
        };
        match self.field {
            F::Page => either(words(C::ViewRoute), &words(C::ViewPath)),
            F::Load => ints(C::ViewLoad),
            F::Ttfb => ints(C::ViewTtfb),
            F::DomReady => ints(C::ViewDomReady),
            F::Fcp => ints(C::ViewFcp),
            F::Lcp => ints(C::ViewLcp),
            F::Inp => ints(C::ViewInp),
            F::Cls => of_floats(batch.float_lists(C::ViewCls), rows, |n| self.predicate.fits_number(n)),
            F::Click => labels(StepKind::Click),
            F::Input => labels(StepKind::Input),
            F::Submit => labels(StepKind::Submit),
            F::Event => labels(StepKind::Custom),
            F::Rage => signed("rage"),
            F::Dead => signed("dead"),
            F::ErrorClick => signed("error"),
            F::Request => words(C::RequestEndpoint),
            F::Failed => both(words(C::RequestEndpoint), &failed(batch, rows)),
            F::Status => ints(C::RequestStatus),
            F::RequestDuration => ints(C::RequestDuration),
            F::RequestFailure => words(C::RequestFailure),
            F::Error => words(C::ErrorName),
            F::ErrorMessage => words(C::ErrorMessage),
            F::ErrorFrame => words(C::ErrorFrame),
            F::ErrorGroup => words(C::ErrorGroup),
            F::Prop => self.props(batch, rows),
        }
    }

    /// Steps that have a property of this key and value.
    fn props(&self, batch: &SessionBatch, rows: &BooleanBuffer) -> Flags {
        let steps = Bounds::Steps(batch.steps().offsets());
        let mut flags = vec![false; steps.len()];
        let (keys, values) = (batch.word_lists(C::PropKey), batch.word_lists(C::PropValue));
        let places: Lists<'_, Int32Array> = batch.int_lists(C::PropStep);
        let is_key = asked_of(keys.values, |key| fold(key) == self.key);
        if !is_key.contains(&true) {
            return flags;
        }
        let fits = asked_of(values.values, |value| self.predicate.fits_text(value));
        let (key_codes, value_codes) = (keys.values.keys().values(), values.values.keys().values());
        for row in rows.set_indices() {
            let of_row = &mut flags[steps.range(row)];
            let n = (keys.offsets[row + 1] - keys.offsets[row]) as usize;
            let [key, value, place] =
                [keys.offsets[row], values.offsets[row], places.offsets[row]].map(|at| at as usize);
            for at in 0..n {
                if is_key[key_codes[key + at] as usize]
                    && fits[value_codes[value + at] as usize]
                    && let Ok(step) = usize::try_from(places.values.value(place + at))
                    && let Some(flag) = of_row.get_mut(step)
                {
                    *flag = true;
                }
            }
        }
        flags
    }
}

/// Requests that failed.
fn failed(batch: &SessionBatch, rows: &BooleanBuffer) -> Flags {
    let by_status = of_ints(batch.int_lists(C::RequestStatus), rows, |status| {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a status is a u16")]
        call_failed(status as u16, None)
    });
    let is_failure = |name: &str| {
        let named = [RequestFailure::Network, RequestFailure::Abort, RequestFailure::Timeout];
        let failure = named.into_iter().find(|failure| failure.name() == name);
        call_failed(0, failure)
    };
    either(by_status, &of_words(batch.word_lists(C::RequestFailure), rows, is_failure))
}
