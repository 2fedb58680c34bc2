//! Values that a field has, with the sessions that have them: what completion offers.
//!
//! Each session counts once for a value, however often it has it. Memory is bounded: of very many different values the
//! first in order of their text are kept, exactly counted, and the answer says that there are more.

use crate::analysis::Analysis;
use crate::batch::SessionBatch;
use crate::search::columns_of;
use crate::steps::{Codes, Place, Steps};
use crate::vocabulary::Vocabulary;
use arrow::array::{Array, AsArray, DictionaryArray, StringArray};
use arrow::buffer::BooleanBuffer;
use arrow::datatypes::Int32Type;
use footpath_model::columns::{ColumnType, SessionColumn as C};
use footpath_model::search::{EventField as E, Field, SessionField as S, fold};
use footpath_model::steps::StepKind;
use rustc_hash::FxHashMap;
use std::cmp::Reverse;
use std::ops::Range;
use uuid::Uuid;

/// Different values that are kept while counting, at most; some megabytes.
const KEPT: usize = 20_000;

/// Counts values of a field.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Values {
    of: ValuesOf,
    /// Folded.
    typed: String,
    limit: usize,
}

/// What has values.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ValuesOf {
    /// A field, with its key where it takes one.
    Field(Field, Option<String>),
    /// Traits: the keys that there are, for `user.`.
    TraitKeys,
    /// Properties of custom events: the keys that there are, for `event.`.
    PropKeys,
}

/// A value with its sessions.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ValueCount {
    /// The value.
    pub value: String,
    /// Sessions that have it.
    pub sessions: u64,
}

/// The most frequent values.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ValuesCounted {
    /// Those that begin with what is typed first, then by sessions, then by text.
    pub values: Vec<ValueCount>,
    /// Whether all values were counted; if not, there are very many, and these are of the first in order of their text.
    pub complete: bool,
}

/// Values counted so far.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Tally {
    sessions: FxHashMap<Box<str>, u64>,
    /// Whether any were let go of.
    more: bool,
}

impl Tally {
    fn add(&mut self, value: &str, sessions: u64) {
        match self.sessions.get_mut(value) {
            Some(count) => *count += sessions,
            None => {
                self.sessions.insert(value.into(), sessions);
            }
        }
    }

    /// Keeps the first in order of their text: those are the first of any part that they are in, so none was let go of.
    fn bounded(mut self) -> Self {
        if self.sessions.len() > KEPT {
            let mut values: Vec<(Box<str>, u64)> = self.sessions.into_iter().collect();
            values.select_nth_unstable_by(KEPT, |one, other| one.0.cmp(&other.0));
            values.truncate(KEPT);
            self = Self { sessions: values.into_iter().collect(), more: true };
        }
        self
    }
}

impl Values {
    /// Values that hold what is typed, in any case: `limit` of them.
    pub fn new(of: ValuesOf, typed: &str, limit: usize) -> Self {
        Self { of, typed: fold(typed).into_owned(), limit }
    }

    fn is_like(&self, value: &str) -> bool {
        self.typed.is_empty() || fold(value).contains(&self.typed)
    }

    fn source(&self) -> From {
        match &self.of {
            ValuesOf::TraitKeys => From::Columns(vec![C::TraitKey]),
            ValuesOf::PropKeys => From::Columns(vec![C::PropKey]),
            ValuesOf::Field(Field::Text, _) => From::Columns(Vec::new()),
            ValuesOf::Field(Field::Session(S::Trait), _) => From::Keyed(C::TraitKey, C::TraitValue),
            // Templates are what people look for; they are paths too where there is no id in them.
            ValuesOf::Field(Field::Session(S::Entry), _) => From::Columns(vec![C::EntryRoute]),
            ValuesOf::Field(Field::Session(S::Exit), _) => From::Columns(vec![C::ExitRoute]),
            ValuesOf::Field(Field::Session(field), _) => From::Columns(columns_of(*field).to_vec()),
            ValuesOf::Field(Field::Event(field), _) => of_event(*field),
        }
    }
}

/// Where values are.
enum From {
    /// In columns.
    Columns(Vec<C>),
    /// Labels of steps of a kind, where their outcome is this.
    Labels(StepKind, Option<&'static str>),
    /// In a list of values beside a list of keys.
    Keyed(C, C),
}

fn of_event(field: E) -> From {
    match field {
        E::Page => From::Columns(vec![C::ViewRoute]),
        E::Click => From::Labels(StepKind::Click, None),
        E::Rage => From::Labels(StepKind::Click, Some("rage")),
        E::Dead => From::Labels(StepKind::Click, Some("dead")),
        E::ErrorClick => From::Labels(StepKind::Click, Some("error")),
        E::Input => From::Labels(StepKind::Input, None),
        E::Submit => From::Labels(StepKind::Submit, None),
        E::Event => From::Labels(StepKind::Custom, None),
        E::Failed => From::Labels(StepKind::Request, None),
        E::Request => From::Columns(vec![C::RequestEndpoint]),
        E::RequestFailure => From::Columns(vec![C::RequestFailure]),
        E::Error => From::Columns(vec![C::ErrorName]),
        E::ErrorMessage => From::Columns(vec![C::ErrorMessage]),
        E::ErrorFrame => From::Columns(vec![C::ErrorFrame]),
        E::ErrorGroup => From::Columns(vec![C::ErrorGroup]),
        E::Prop => From::Keyed(C::PropKey, C::PropValue),
        // Numbers are not completed.
        E::Load
        | E::Ttfb
        | E::DomReady
        | E::Fcp
        | E::Lcp
        | E::Inp
        | E::Cls
        | E::Status
        | E::RequestDuration => From::Columns(Vec::new()),
    }
}

/// Whether a column holds text, alone or in lists.
fn is_text(column: C) -> bool {
    match column.column().ty {
        ColumnType::Id | ColumnType::Text | ColumnType::Word | ColumnType::Words => true,
        ColumnType::Time
        | ColumnType::Day
        | ColumnType::Int
        | ColumnType::Long
        | ColumnType::Float
        | ColumnType::Bool
        | ColumnType::Ints
        | ColumnType::Floats => false,
    }
}

impl Analysis for Values {
    type Partial = Tally;
    type Answer = ValuesCounted;

    fn columns(&self) -> Vec<C> {
        match self.source() {
            From::Columns(columns) => columns.into_iter().filter(|column| is_text(*column)).collect(),
            From::Labels(_, None) => vec![C::StepLabel],
            From::Labels(_, Some(_)) => vec![C::StepLabel, C::StepOutcome],
            From::Keyed(keys, values) => vec![keys, values],
        }
    }

    fn empty(&self) -> Tally {
        Tally::default()
    }

    fn scan(&self, batch: &SessionBatch, selected: &BooleanBuffer) -> Tally {
        let mut tally = Tally::default();
        match self.source() {
            From::Columns(columns) => {
                for column in columns.into_iter().filter(|column| is_text(*column)) {
                    self.of_column(column, batch, selected, &mut tally);
                }
            }
            From::Labels(kind, outcome) => self.of_labels(kind, outcome, batch, selected, &mut tally),
            From::Keyed(keys, values) => self.of_keyed(keys, values, batch, selected, &mut tally),
        }
        tally.bounded()
    }

    fn merge(&self, one: Tally, other: Tally) -> Tally {
        let (mut more, fewer) =
            if one.sessions.len() >= other.sessions.len() { (one, other) } else { (other, one) };
        for (value, sessions) in fewer.sessions {
            *more.sessions.entry(value).or_default() += sessions;
        }
        more.more |= fewer.more;
        more.bounded()
    }

    fn finish(&self, tally: Tally, _: &Vocabulary) -> ValuesCounted {
        let begins_so = |value: &str| fold(value).starts_with(&self.typed);
        let values = tally.sessions.into_iter();
        let mut values: Vec<ValueCount> =
            values.map(|(value, sessions)| ValueCount { value: value.into(), sessions }).collect();
        values.sort_unstable_by(|one, other| {
            let key = |found: &ValueCount| (Reverse(begins_so(&found.value)), Reverse(found.sessions));
            key(one).cmp(&key(other)).then_with(|| one.value.cmp(&other.value))
        });
        values.truncate(self.limit);
        ValuesCounted { values, complete: !tally.more }
    }
}

/// No code of a dictionary counts its sessions yet.
const NEVER: u32 = u32::MAX;

/// Counts sessions by codes of a dictionary, each session once for a code.
struct ByCode {
    /// Whether a code is counted.
    wanted: Vec<bool>,
    sessions: Vec<u64>,
    last_row: Vec<u32>,
}

impl ByCode {
    fn new(wanted: Vec<bool>) -> Self {
        Self { sessions: vec![0; wanted.len()], last_row: vec![NEVER; wanted.len()], wanted }
    }

    fn add(&mut self, code: usize, row: usize) {
        if self.wanted[code] && self.last_row[code] != row as u32 {
            self.last_row[code] = row as u32;
            self.sessions[code] += 1;
        }
    }

    /// Codes with sessions.
    fn counted(&self) -> impl Iterator<Item = (usize, u64)> {
        self.sessions.iter().copied().enumerate().filter(|(_, sessions)| *sessions > 0)
    }
}

impl Values {
    fn of_column(&self, column: C, batch: &SessionBatch, selected: &BooleanBuffer, tally: &mut Tally) {
        match column.column().ty {
            ColumnType::Word => {
                let array = batch.words(column).array();
                self.of_codes(array, selected, |row| row..row + 1, tally);
            }
            ColumnType::Words => {
                let list = batch.word_lists(column);
                let range = |row: usize| list.offsets[row] as usize..list.offsets[row + 1] as usize;
                self.of_codes(list.values, selected, range, tally);
            }
            ColumnType::Id if column == C::Visitor => {
                let mut text = Uuid::encode_buffer();
                for row in selected.set_indices() {
                    let id = batch.visitors()[row].0.as_hyphenated().encode_lower(&mut text);
                    if self.is_like(id) {
                        tally.add(id, 1);
                    }
                }
            }
            ColumnType::Id | ColumnType::Text => self.of_texts(column, batch, selected, tally),
            ColumnType::Time
            | ColumnType::Day
            | ColumnType::Int
            | ColumnType::Long
            | ColumnType::Float
            | ColumnType::Bool
            | ColumnType::Ints
            | ColumnType::Floats => {}
        }
    }

    fn of_texts(&self, column: C, batch: &SessionBatch, selected: &BooleanBuffer, tally: &mut Tally) {
        let texts = batch.texts(column);
        // A user's id can be the address too, and is one value then.
        let is_counted = |row: usize| {
            let ids = (column == C::Email && self.of == ValuesOf::Field(Field::Session(S::User), None))
                .then(|| batch.texts(C::User));
            ids.is_some_and(|ids| ids.is_valid(row) && ids.value(row) == texts.value(row))
        };
        let mut last: Option<(&str, bool)> = None;
        for row in selected.set_indices().filter(|row| texts.is_valid(*row) && !is_counted(*row)) {
            let text = texts.value(row);
            // Neighbours are often of the same user.
            let is_like = match last {
                Some((before, is_like)) if before == text => is_like,
                Some(_) | None => self.is_like(text),
            };
            last = Some((text, is_like));
            if is_like {
                tally.add(text, 1);
            }
        }
    }

    fn of_codes(
        &self,
        array: &DictionaryArray<Int32Type>,
        selected: &BooleanBuffer,
        range: impl Fn(usize) -> Range<usize>,
        tally: &mut Tally,
    ) {
        let words = array.values().as_string::<i32>();
        let mut by_code = ByCode::new(self.wanted(words));
        let (codes, nulls) = (array.keys().values(), array.keys().nulls());
        for row in selected.set_indices() {
            for at in range(row).filter(|at| nulls.is_none_or(|nulls| nulls.is_valid(*at))) {
                by_code.add(codes[at] as usize, row);
            }
        }
        by_code.counted().for_each(|(code, sessions)| tally.add(words.value(code), sessions));
    }

    fn wanted(&self, words: &StringArray) -> Vec<bool> {
        words.iter().map(|word| word.is_some_and(|word| self.is_like(word))).collect()
    }

    fn of_labels(
        &self,
        kind: StepKind,
        outcome: Option<&str>,
        batch: &SessionBatch,
        selected: &BooleanBuffer,
        tally: &mut Tally,
    ) {
        fn count<P: Place>(
            codes: &[P],
            steps: &Steps,
            selected: &BooleanBuffer,
            by_code: &mut ByCode,
            is_so: impl Fn(usize) -> bool,
        ) {
            for row in selected.set_indices() {
                let of_row = steps.offsets()[row] as usize..steps.offsets()[row + 1] as usize;
                for (at, code) in of_row.clone().zip(&codes[of_row]) {
                    if is_so(at) {
                        by_code.add(code.index(), row);
                    }
                }
            }
        }
        let steps = batch.steps();
        let name = |place: usize| batch.vocabulary().name(steps.dictionary()[place]);
        let wanted = (0..steps.dictionary().len())
            .map(|place| steps.dictionary()[place].kind() == kind && self.is_like(&name(place).label));
        let mut by_code = ByCode::new(wanted.collect());
        let outcomes = outcome.map(|outcome| (outcome, batch.word_lists(C::StepOutcome)));
        let is_so = |at: usize| {
            outcomes.as_ref().is_none_or(|(outcome, list)| {
                let at = list.offsets[0] as usize + at;
                let word = list.values.key(at).map(|key| list.values.values().as_string::<i32>().value(key));
                word == Some(outcome)
            })
        };
        match steps.codes() {
            Codes::Narrow(codes) => count(codes, steps, selected, &mut by_code, is_so),
            Codes::Wide(codes) => count(codes, steps, selected, &mut by_code, is_so),
        }
        by_code.counted().for_each(|(place, sessions)| tally.add(&name(place).label, sessions));
    }

    fn of_keyed(
        &self,
        keys: C,
        values: C,
        batch: &SessionBatch,
        selected: &BooleanBuffer,
        tally: &mut Tally,
    ) {
        let ValuesOf::Field(_, Some(asked)) = &self.of else { return };
        let asked = fold(asked);
        let (keys, values) = (batch.word_lists(keys), batch.word_lists(values));
        let key_words = keys.values.values().as_string::<i32>();
        let is_key: Vec<bool> =
            key_words.iter().map(|key| key.is_some_and(|key| fold(key) == asked)).collect();
        let words = values.values.values().as_string::<i32>();
        let mut by_code = ByCode::new(self.wanted(words));
        let (key_codes, codes) = (keys.values.keys().values(), values.values.keys().values());
        for row in selected.set_indices() {
            let (key, value) = (keys.offsets[row] as usize, values.offsets[row] as usize);
            for at in 0..(keys.offsets[row + 1] - keys.offsets[row]) as usize {
                if is_key[key_codes[key + at] as usize] {
                    by_code.add(codes[value + at] as usize, row);
                }
            }
        }
        by_code.counted().for_each(|(code, sessions)| tally.add(words.value(code), sessions));
    }
}
