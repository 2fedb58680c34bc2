//! Pages, endpoints, causes of web vitals and resources, from the lists of views, calls and loads. What is shown is found first,
//! by a count of everything by name; then only that is measured.

mod causes;
mod counts;
mod endpoints;
mod resources;
mod routes;

pub use causes::VitalCausesAnalysis;
pub use counts::ListCounts;
pub use endpoints::{EndpointRows, endpoints};
pub use resources::ResourcesAnalysis;
pub use routes::{PageRows, page, pages};

use super::dimension::distinct_words;
use super::scope::{Selects, keep};
use crate::batch::{Lists, SessionBatch};
use arrow::array::{Array, AsArray, DictionaryArray};
use arrow::buffer::BooleanBuffer;
use arrow::datatypes::Int32Type;
use footpath_model::columns::SessionColumn as C;
use footpath_model::reports::pages::{CallResult, CallSelection};

/// A column of lists of words: each word once, and for each element its place, which is 0 for none.
pub(crate) struct WordLists<'a> {
    offsets: &'a [i32],
    keys: &'a DictionaryArray<Int32Type>,
    place_of: Vec<u32>,
    /// The first is none.
    words: Vec<Option<&'a str>>,
}

impl<'a> WordLists<'a> {
    pub(crate) fn of(batch: &'a SessionBatch, column: C) -> Self {
        let Lists { offsets, values: keys } = batch.word_lists(column);
        let (place_of, distinct) = distinct_words(keys.values().as_string::<i32>());
        let words = std::iter::once(None).chain(distinct.into_iter().map(Some)).collect();
        Self { offsets, keys, place_of, words }
    }

    /// How many places there are.
    pub(crate) fn n_places(&self) -> usize {
        self.words.len()
    }

    pub(crate) fn word(&self, place: usize) -> Option<&'a str> {
        self.words[place]
    }

    /// The place of a word; nothing where no element is it.
    pub(crate) fn find(&self, word: &str) -> Option<u32> {
        Some(self.words.iter().position(|known| *known == Some(word))? as u32)
    }

    /// Where a row's elements are.
    #[inline]
    pub(crate) fn range(&self, row: usize) -> std::ops::Range<usize> {
        self.offsets[row].cast_unsigned() as usize..self.offsets[row + 1].cast_unsigned() as usize
    }

    /// The place of an element's word.
    #[inline]
    pub(crate) fn place(&self, at: usize) -> usize {
        match self.keys.is_valid(at) {
            true => self.place_of[self.keys.keys().value(at).cast_unsigned() as usize] as usize,
            false => 0,
        }
    }
}

impl Selects for CallSelection {
    fn columns(&self) -> Vec<C> {
        vec![C::RequestEndpoint, C::RequestStatus]
    }

    fn mask(&self, batch: &SessionBatch, selected: &BooleanBuffer) -> BooleanBuffer {
        let endpoints = WordLists::of(batch, C::RequestEndpoint);
        let Some(wanted) = endpoints.find(&self.endpoint) else {
            return BooleanBuffer::new_unset(selected.len());
        };
        let statuses = batch.int_lists(C::RequestStatus);
        keep(selected, |row| {
            let first = statuses.offsets[row].cast_unsigned() as usize;
            (0..).zip(endpoints.range(row)).any(|(nth, at)| {
                let is_result = |wanted| CallResult::of(statuses.values.value(first + nth)) == wanted;
                endpoints.place(at) == wanted as usize
                    && (self.result == CallResult::Any || is_result(self.result))
            })
        })
    }
}
