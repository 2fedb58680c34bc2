//! The steps of a batch's sessions as small integers, which is how the cache holds them.
//!
//! A segment's steps name their (kind, label) by a place in the segment's own dictionary of [`StepCode`]s: two bytes a
//! step in all but the oddest segments, and dense, so that counting is done in flat tables. Codes of the vocabulary are
//! met once per segment and name, not once per step.

use crate::batch::BatchError;
use crate::vocabulary::{StepCode, Vocabulary};
use arrow::array::{Array, ArrayRef, AsArray, DictionaryArray};
use arrow::buffer::BooleanBuffer;
use arrow::datatypes::Int32Type;
use footpath_model::columns::SessionColumn;
use footpath_model::steps::StepKind;
use rustc_hash::FxHashMap;
use std::ops::Range;

/// Steps of all rows of a batch.
#[derive(Debug)]
pub struct Steps {
    offsets: Box<[u32]>,
    places: Places,
    dictionary: Box<[StepCode]>,
}

#[derive(Debug)]
enum Places {
    Narrow(Box<[u16]>),
    Wide(Box<[u32]>),
}

/// Steps as places in the dictionary: two bytes each where the dictionary allows.
#[derive(Clone, Copy, Debug)]
pub enum Codes<'a> {
    /// Up to 65,536 different steps.
    Narrow(&'a [u16]),
    /// More.
    Wide(&'a [u32]),
}

impl Steps {
    /// Where each row's steps begin; one more than rows, the last is the number of steps.
    pub fn offsets(&self) -> &[u32] {
        &self.offsets
    }

    /// All rows' steps, one after the other.
    pub fn codes(&self) -> Codes<'_> {
        match &self.places {
            Places::Narrow(places) => Codes::Narrow(places),
            Places::Wide(places) => Codes::Wide(places),
        }
    }

    /// What the places stand for; each code is there once.
    pub fn dictionary(&self) -> &[StepCode] {
        &self.dictionary
    }

    /// Calls `each` with every selected row's range of codes.
    #[inline]
    pub(crate) fn each_session(&self, selected: &BooleanBuffer, mut each: impl FnMut(Range<usize>)) {
        for (from, to) in selected.set_slices() {
            let mut begin = self.offsets[from] as usize;
            for &end in &self.offsets[from + 1..=to] {
                let end = end as usize;
                each(begin..end);
                begin = end;
            }
        }
    }

    /// Bytes held.
    pub(crate) fn bytes(&self) -> usize {
        let places = match &self.places {
            Places::Narrow(places) => size_of_val(&**places),
            Places::Wide(places) => size_of_val(&**places),
        };
        size_of_val(&*self.offsets) + places + size_of_val(&*self.dictionary)
    }

    /// Steps of the columns `step_kind` and `step_label`, whose types were checked.
    pub(crate) fn of_columns(
        kinds: &ArrayRef,
        labels: &ArrayRef,
        vocabulary: &Vocabulary,
    ) -> Result<Self, BatchError> {
        let (kinds, labels) = (kinds.as_list::<i32>(), labels.as_list::<i32>());
        if !same_lengths(kinds.value_offsets(), labels.value_offsets()) {
            return Err(BatchError::new(SessionColumn::StepLabel, "is not as long as step_kind"));
        }
        let first = labels.value_offsets()[0];
        let offsets: Box<[u32]> =
            labels.value_offsets().iter().map(|&at| (at - first).cast_unsigned()).collect();
        let n_steps = offsets[offsets.len() - 1] as usize;

        let kind_words =
            Words::new(SessionColumn::StepKind, kinds.values(), kinds.value_offsets()[0], n_steps)?;
        let label_words = Words::new(SessionColumn::StepLabel, labels.values(), first, n_steps)?;
        let mut names = Names {
            kinds: kind_words.kinds()?,
            place_of: vec![UNMET; kind_words.len() * label_words.len()],
            labels: label_words,
            dictionary: Vec::new(),
            place_of_code: FxHashMap::default(),
            vocabulary,
        };
        let mut places = Vec::with_capacity(n_steps);
        for (kind, label) in kind_words.keys.iter().zip(names.labels.keys) {
            places.push(names.place(kind.cast_unsigned(), label.cast_unsigned()));
        }
        let dictionary = names.dictionary.into_boxed_slice();
        let narrow = dictionary.len() <= usize::from(u16::MAX) + 1;
        let places = if narrow {
            // Places are below the dictionary's length, so none is cut.
            Places::Narrow(places.into_iter().map(|place| place as u16).collect())
        } else {
            Places::Wide(places.into_boxed_slice())
        };
        Ok(Self { offsets, places, dictionary })
    }

    /// The places of steps of some kinds, numbered without gaps.
    pub(crate) fn dense(&self, kinds: StepKinds) -> Dense {
        let mut codes = Vec::new();
        let number_of = self.dictionary.iter().map(|&code| {
            if kinds.contains(code.kind()) {
                codes.push(code);
                codes.len() as u32 - 1
            } else {
                Dense::LEFT_OUT
            }
        });
        Dense { number_of: number_of.collect(), codes }
    }
}

/// A dictionary's places of some kinds, numbered without gaps.
pub(crate) struct Dense {
    /// For each place its number, or [`Dense::LEFT_OUT`].
    pub(crate) number_of: Vec<u32>,
    /// For each number its code.
    pub(crate) codes: Vec<StepCode>,
}

impl Dense {
    pub(crate) const LEFT_OUT: u32 = u32::MAX;
}

/// A place, two or four bytes wide; scans are compiled for both.
pub(crate) trait Place: Copy {
    fn index(self) -> usize;
}

impl Place for u16 {
    fn index(self) -> usize {
        usize::from(self)
    }
}

impl Place for u32 {
    fn index(self) -> usize {
        self as usize
    }
}

/// A set of kinds of steps.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct StepKinds(u8);

impl StepKinds {
    /// Page views alone.
    pub const PAGES: Self = Self(1 << StepKind::Page as u8);
    /// Every kind.
    pub const ALL: Self = Self((1 << StepKind::ALL.len()) - 1);

    /// These kinds.
    pub fn of(kinds: &[StepKind]) -> Self {
        Self(kinds.iter().fold(0, |bits, &kind| bits | 1 << kind as u8))
    }

    /// Whether the kind is among them.
    pub const fn contains(self, kind: StepKind) -> bool {
        self.0 >> kind as u8 & 1 == 1
    }
}

const UNMET: u32 = u32::MAX;

/// Gives each pair of a kind's key and a label's key its place, in the order in which they are met.
struct Names<'a> {
    kinds: Vec<StepKind>,
    labels: Words<'a>,
    /// By kind's key, then label's key.
    place_of: Vec<u32>,
    dictionary: Vec<StepCode>,
    /// A dictionary that was put together from others may hold a word twice; a code has one place all the same.
    place_of_code: FxHashMap<StepCode, u32>,
    vocabulary: &'a Vocabulary,
}

impl Names<'_> {
    fn place(&mut self, kind: u32, label: u32) -> u32 {
        let pair = kind as usize * self.labels.len() + label as usize;
        let place = self.place_of[pair];
        if place != UNMET { place } else { self.meet(pair, kind, label) }
    }

    #[cold]
    fn meet(&mut self, pair: usize, kind: u32, label: u32) -> u32 {
        let label = self.labels.word(label as usize);
        let code = self.vocabulary.intern(self.kinds[kind as usize], label);
        let dictionary = &mut self.dictionary;
        let place = *self.place_of_code.entry(code).or_insert_with(|| {
            dictionary.push(code);
            dictionary.len() as u32 - 1
        });
        self.place_of[pair] = place;
        place
    }
}

/// A list's words as keys into a dictionary.
struct Words<'a> {
    keys: &'a [i32],
    array: &'a DictionaryArray<Int32Type>,
}

impl<'a> Words<'a> {
    fn new(column: SessionColumn, values: &'a ArrayRef, from: i32, n: usize) -> Result<Self, BatchError> {
        let array = values.as_dictionary::<Int32Type>();
        let from = from.cast_unsigned() as usize;
        if array.keys().slice(from, n).null_count() > 0 || array.values().null_count() > 0 {
            return Err(BatchError::new(column, "holds nulls"));
        }
        Ok(Self { keys: &array.keys().values()[from..from + n], array })
    }

    fn len(&self) -> usize {
        self.array.values().len()
    }

    fn word(&self, key: usize) -> &'a str {
        self.array.values().as_string::<i32>().value(key)
    }

    fn kinds(&self) -> Result<Vec<StepKind>, BatchError> {
        let kind = |key| {
            let unknown =
                || BatchError::new(SessionColumn::StepKind, "holds a kind of step that is not known here");
            StepKind::of_name(self.word(key)).ok_or_else(unknown)
        };
        (0..self.len()).map(kind).collect()
    }
}

fn same_lengths(one: &[i32], other: &[i32]) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|(a, b)| a - one[0] == b - other[0])
}
