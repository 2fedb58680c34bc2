//! What happened in the sessions of a batch, as flags: one for each element of a list, told for the open rows alone.
//! Elements are counted from the first of the batch, whichever slice of its column a batch is.

use super::session::asked_of;
use crate::batch::{Lists, SessionBatch};
use crate::steps::{Codes, Place, Steps};
use arrow::array::{Array, DictionaryArray, Float64Array, Int32Array};
use arrow::buffer::BooleanBuffer;
use arrow::datatypes::Int32Type;
use footpath_model::columns::SessionColumn as C;
use footpath_model::steps::StepKind;
use std::ops::Range;

/// A flag for each element.
pub(super) type Flags = Vec<bool>;

/// Where the elements of each row lie.
#[derive(Clone, Copy)]
pub(super) enum Bounds<'a> {
    Lists(&'a [i32]),
    Steps(&'a [u32]),
}

impl<'a> Bounds<'a> {
    /// Of the group of lists that a column is of.
    pub(super) fn of(column: C, batch: &'a SessionBatch) -> Self {
        match column {
            C::StepLabel => Self::Steps(batch.steps().offsets()),
            list => Self::Lists(batch.list_offsets(list)),
        }
    }

    fn at(self, row: usize) -> usize {
        match self {
            Self::Lists(offsets) => (offsets[row] - offsets[0]) as usize,
            Self::Steps(offsets) => offsets[row] as usize,
        }
    }

    /// The elements of a row.
    pub(super) fn range(self, row: usize) -> Range<usize> {
        self.at(row)..self.at(row + 1)
    }

    /// All elements of the batch.
    pub(super) fn len(self) -> usize {
        let rows = match self {
            Self::Lists(offsets) => offsets.len(),
            Self::Steps(offsets) => offsets.len(),
        };
        self.at(rows - 1)
    }

    /// The elements of rows, in runs.
    pub(super) fn runs(self, rows: &BooleanBuffer) -> impl Iterator<Item = Range<usize>> {
        rows.set_slices().map(move |(from, to)| self.at(from)..self.at(to))
    }
}

/// Flags of a list's elements, told by their place in the list's values.
fn flags<A>(list: Lists<'_, A>, rows: &BooleanBuffer, is_so: impl Fn(usize) -> bool) -> Flags {
    let bounds = Bounds::Lists(list.offsets);
    let first = list.offsets[0] as usize;
    let mut flags = vec![false; bounds.len()];
    for run in bounds.runs(rows) {
        let values = run.start + first..run.end + first;
        for (flag, at) in flags[run].iter_mut().zip(values) {
            *flag = is_so(at);
        }
    }
    flags
}

/// Elements whose word is so; each word of the dictionary is asked once.
pub(super) fn of_words(
    list: Lists<'_, DictionaryArray<Int32Type>>,
    rows: &BooleanBuffer,
    is_so: impl Fn(&str) -> bool,
) -> Flags {
    let words = asked_of(list.values, is_so);
    if !words.contains(&true) {
        return vec![false; Bounds::Lists(list.offsets).len()];
    }
    let codes = list.values.keys().values();
    match list.values.keys().nulls().filter(|nulls| nulls.null_count() > 0) {
        None => flags(list, rows, |at| words[codes[at] as usize]),
        Some(nulls) => flags(list, rows, |at| nulls.is_valid(at) && words[codes[at] as usize]),
    }
}

/// Elements whose number is so.
pub(super) fn of_ints(
    list: Lists<'_, Int32Array>,
    rows: &BooleanBuffer,
    is_so: impl Fn(f64) -> bool,
) -> Flags {
    let values = list.values.values();
    match list.values.nulls().filter(|nulls| nulls.null_count() > 0) {
        None => flags(list, rows, |at| is_so(values[at].into())),
        Some(nulls) => flags(list, rows, |at| nulls.is_valid(at) && is_so(values[at].into())),
    }
}

/// Elements whose number is so.
pub(super) fn of_floats(
    list: Lists<'_, Float64Array>,
    rows: &BooleanBuffer,
    is_so: impl Fn(f64) -> bool,
) -> Flags {
    let values = list.values;
    flags(list, rows, |at| values.is_valid(at) && is_so(values.value(at)))
}

/// Steps whose kind and label are so; each of the batch's different steps is asked once.
pub(super) fn of_steps(
    batch: &SessionBatch,
    rows: &BooleanBuffer,
    is_so: impl Fn(StepKind, &str) -> bool,
) -> Flags {
    let steps = batch.steps();
    let asked = |code: &crate::vocabulary::StepCode| {
        let name = batch.vocabulary().name(*code);
        is_so(name.kind, &name.label)
    };
    let places: Vec<bool> = steps.dictionary().iter().map(asked).collect();
    of_places(steps, rows, &places)
}

/// Steps of a kind.
pub(super) fn of_kind(steps: &Steps, rows: &BooleanBuffer, kind: StepKind) -> Flags {
    let places: Vec<bool> = steps.dictionary().iter().map(|code| code.kind() == kind).collect();
    of_places(steps, rows, &places)
}

fn of_places(steps: &Steps, rows: &BooleanBuffer, places: &[bool]) -> Flags {
    fn tell<P: Place>(codes: &[P], steps: &Steps, rows: &BooleanBuffer, places: &[bool]) -> Flags {
        let mut flags = vec![false; codes.len()];
        for run in Bounds::Steps(steps.offsets()).runs(rows) {
            for (flag, code) in flags[run.clone()].iter_mut().zip(&codes[run]) {
                *flag = places[code.index()];
            }
        }
        flags
    }
    if !places.contains(&true) {
        return vec![false; Bounds::Steps(steps.offsets()).len()];
    }
    match steps.codes() {
        Codes::Narrow(codes) => tell(codes, steps, rows, places),
        Codes::Wide(codes) => tell(codes, steps, rows, places),
    }
}

/// Flags of elements, told by those of the page views that they happened on; `views` names these by their places.
pub(super) fn by_view(
    elements: Bounds<'_>,
    views: Lists<'_, Int32Array>,
    of_views: Bounds<'_>,
    view_flags: &[bool],
    rows: &BooleanBuffer,
) -> Flags {
    let mut flags = vec![false; elements.len()];
    let first = views.offsets[0] as usize;
    let places = views.values.values();
    for row in rows.set_indices() {
        let of_row = &view_flags[of_views.range(row)];
        for at in elements.range(row) {
            let place = first + at;
            let view = if views.values.is_valid(place) { usize::try_from(places[place]).ok() } else { None };
            flags[at] = view.and_then(|view| of_row.get(view)).is_some_and(|flag| *flag);
        }
    }
    flags
}
