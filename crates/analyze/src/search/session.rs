//! Clauses about properties of a session.

use super::bits;
use crate::batch::SessionBatch;
use arrow::array::{Array, AsArray, DictionaryArray};
use arrow::buffer::BooleanBuffer;
use arrow::datatypes::Int32Type;
use footpath_model::columns::{ColumnType, SessionColumn as C};
use footpath_model::search::{Clause, Clock, Predicate, SessionField as F, State, Thing, Value, fold};
use footpath_model::time::Timestamp;
use std::ops::Range;
use uuid::Uuid;

/// What a clause asks of a session's row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct SessionTest {
    field: F,
    /// Folded.
    key: String,
    predicate: Predicate,
    states: Vec<State>,
    things: Vec<Thing>,
    /// Sessions whose last activity was before this are over, milliseconds.
    live_from: Timestamp,
}

impl SessionTest {
    pub(super) fn new(clause: &Clause<F>, clock: Clock<'_>) -> Self {
        let state = |value: &Value| if let Value::State(state) = value { Some(*state) } else { None };
        let thing = |value: &Value| if let Value::Thing(thing) = value { Some(*thing) } else { None };
        Self {
            field: clause.field,
            key: fold(clause.key.as_deref().unwrap_or_default()).into_owned(),
            predicate: Predicate::new(clause.field.about().ty, &clause.values, clock.zone),
            states: clause.values.iter().filter_map(state).collect(),
            things: clause.values.iter().filter_map(thing).collect(),
            live_from: clock.now.plus(-clock.timeout_ms),
        }
    }

    /// The instants that `started` allows, or more; nothing where it allows all.
    pub(super) fn instants(&self) -> Option<Range<Timestamp>> {
        if self.predicate.fits_all() {
            return None;
        }
        #[expect(clippy::cast_possible_truncation, reason = "instants that were made of whole milliseconds")]
        let ms = |edge: Option<f64>, otherwise: i64| edge.map_or(otherwise, |at| at as i64);
        let spans = || self.predicate.numbers().iter();
        let starts = spans().map(|span| ms(span.from.as_ref().map(|edge| edge.at.get()), i64::MIN));
        let ends = spans().map(|span| ms(span.to.as_ref().map(|edge| edge.at.get()), i64::MAX));
        Some(Timestamp(starts.min()?)..Timestamp(ends.max()?))
    }

    pub(super) fn columns(&self) -> Vec<C> {
        match self.field {
            F::Is => self.states.iter().flat_map(|state| columns_of_state(*state)).copied().collect(),
            F::Has => self.things.iter().flat_map(|thing| columns_of_thing(*thing)).copied().collect(),
            field => columns_of(field).to_vec(),
        }
    }

    pub(super) fn mask(&self, batch: &SessionBatch, rows: &BooleanBuffer) -> BooleanBuffer {
        match self.field {
            F::Is if self.predicate.fits_all() => rows.clone(),
            F::Is => self.any(rows, &self.states, |state, rows| self.is(*state, batch, rows)),
            F::Has if self.predicate.fits_all() => rows.clone(),
            F::Has => self.any(rows, &self.things, |thing, rows| has(*thing, batch, rows)),
            F::Trait => self.traits(batch, rows),
            F::EndReason => {
                // What nothing closed ended by the timeout.
                let closed = self.column(C::ClosedBy, batch, rows);
                let open = bits::pick(rows, |row| batch.words(C::ClosedBy).get(row).is_none());
                let idle = if self.predicate.fits_text("idle") { open } else { bits::none(rows.len()) };
                bits::without(&(&closed | &idle), &self.live(batch, rows))
            }
            field => self.any(rows, columns_of(field), |column, rows| self.column(*column, batch, rows)),
        }
    }

    /// Rows for which one of these holds.
    fn any<T>(
        &self,
        rows: &BooleanBuffer,
        of: &[T],
        mask: impl Fn(&T, &BooleanBuffer) -> BooleanBuffer,
    ) -> BooleanBuffer {
        let mut found = bits::none(rows.len());
        for one in of {
            found = &found | &mask(one, &bits::without(rows, &found));
        }
        found
    }

    /// Rows whose value in a column fits.
    fn column(&self, column: C, batch: &SessionBatch, rows: &BooleanBuffer) -> BooleanBuffer {
        let predicate = &self.predicate;
        match column.column().ty {
            ColumnType::Id if column == C::Visitor => {
                let (visitors, mut text) = (batch.visitors(), Uuid::encode_buffer());
                bits::pick(rows, |row| {
                    predicate.fits_text(visitors[row].0.as_hyphenated().encode_lower(&mut text))
                })
            }
            ColumnType::Id | ColumnType::Text => {
                let texts = batch.texts(column);
                bits::pick(&valid(rows, texts), |row| predicate.fits_text(texts.value(row)))
            }
            ColumnType::Word => words(batch.words(column).array(), predicate, rows),
            ColumnType::Int => {
                let ints = batch.ints(column);
                let values = ints.values();
                bits::pick(&valid(rows, ints), |row| predicate.fits_number(values[row].into()))
            }
            #[expect(clippy::cast_precision_loss, reason = "times in milliseconds are below 2^53")]
            ColumnType::Long => {
                let values = batch.longs(column).values();
                bits::pick(rows, |row| predicate.fits_number(values[row] as f64))
            }
            #[expect(clippy::cast_precision_loss, reason = "times in milliseconds are below 2^53")]
            ColumnType::Time => {
                let times = batch.times(column);
                bits::pick(rows, |row| predicate.fits_number(times.get(row).0 as f64))
            }
            ColumnType::Day
            | ColumnType::Float
            | ColumnType::Bool
            | ColumnType::Words
            | ColumnType::Ints
            | ColumnType::Floats => panic!("no field looks at {} by itself", column.name()),
        }
    }

    fn traits(&self, batch: &SessionBatch, rows: &BooleanBuffer) -> BooleanBuffer {
        let (keys, values) = (batch.word_lists(C::TraitKey), batch.word_lists(C::TraitValue));
        let is_key = asked_of(keys.values, |key| fold(key) == self.key);
        if !is_key.contains(&true) {
            return bits::none(rows.len());
        }
        let fits = asked_of(values.values, |value| self.predicate.fits_text(value));
        let (key_codes, value_codes) = (keys.values.keys().values(), values.values.keys().values());
        bits::pick(rows, |row| {
            let (from, to) = (keys.offsets[row] as usize, keys.offsets[row + 1] as usize);
            let of_values = values.offsets[row] as usize;
            (0..to - from)
                .any(|at| is_key[key_codes[from + at] as usize] && fits[value_codes[of_values + at] as usize])
        })
    }

    fn is(&self, state: State, batch: &SessionBatch, rows: &BooleanBuffer) -> BooleanBuffer {
        let not = |held: BooleanBuffer| bits::without(rows, &held);
        match state {
            State::Live => self.live(batch, rows),
            State::Settled => not(self.live(batch, rows)),
            State::Bounced => {
                let bounced = bits::pick(rows, |row| batch.flags(C::Bounced).value(row));
                bits::without(&bounced, &self.live(batch, rows))
            }
            State::Returning => valid(rows, batch.texts(C::Previous)),
            State::New => not(valid(rows, batch.texts(C::Previous))),
            State::Identified => valid(rows, batch.texts(C::User)),
            State::Anonymous => not(valid(rows, batch.texts(C::User))),
            State::Bot => bits::pick(rows, |row| batch.words(C::Bot).get(row).is_some()),
        }
    }

    fn live(&self, batch: &SessionBatch, rows: &BooleanBuffer) -> BooleanBuffer {
        let (ends, closed_by) = (batch.times(C::End), batch.words(C::ClosedBy));
        bits::pick(rows, |row| ends.get(row) >= self.live_from && closed_by.get(row).is_none())
    }
}

fn has(thing: Thing, batch: &SessionBatch, rows: &BooleanBuffer) -> BooleanBuffer {
    let any = |column: C| {
        let values = batch.ints(column).values();
        bits::pick(rows, |row| values[row] > 0)
    };
    match thing {
        Thing::Errors => any(C::Errors),
        Thing::Failed => any(C::FailedRequests),
        Thing::Rage => any(C::RageClicks),
        Thing::Dead => any(C::DeadClicks),
        Thing::Replay => any(C::ReplayChunks),
        Thing::User => valid(rows, batch.texts(C::User)),
        Thing::Form => {
            let (interactions, clicks) =
                (batch.ints(C::Interactions).values(), batch.ints(C::Clicks).values());
            bits::pick(rows, |row| interactions[row] > clicks[row])
        }
    }
}

/// Those of the rows that have a value.
fn valid(rows: &BooleanBuffer, array: &dyn Array) -> BooleanBuffer {
    match array.nulls() {
        Some(nulls) => rows & nulls.inner(),
        None => rows.clone(),
    }
}

/// Rows whose word fits: each word of the dictionary is asked once.
fn words(array: &DictionaryArray<Int32Type>, predicate: &Predicate, rows: &BooleanBuffer) -> BooleanBuffer {
    let fits = asked_of(array, |word| predicate.fits_text(word));
    if !fits.contains(&true) {
        return bits::none(rows.len());
    }
    let codes = array.keys().values();
    bits::pick(&valid(rows, array.keys()), |row| fits[codes[row] as usize])
}

/// Of each word of a dictionary, what is asked of it; never so of a null.
pub(super) fn asked_of(array: &DictionaryArray<Int32Type>, is_so: impl Fn(&str) -> bool) -> Vec<bool> {
    let words = array.values().as_string::<i32>();
    words.iter().map(|word| word.is_some_and(&is_so)).collect()
}

fn columns_of_state(state: State) -> &'static [C] {
    match state {
        State::Live | State::Settled => &[C::End, C::ClosedBy],
        State::Bounced => &[C::Bounced, C::End, C::ClosedBy],
        State::Returning | State::New => &[C::Previous],
        State::Identified | State::Anonymous => &[C::User],
        State::Bot => &[C::Bot],
    }
}

fn columns_of_thing(thing: Thing) -> &'static [C] {
    match thing {
        Thing::Errors => &[C::Errors],
        Thing::Failed => &[C::FailedRequests],
        Thing::Rage => &[C::RageClicks],
        Thing::Dead => &[C::DeadClicks],
        Thing::Replay => &[C::ReplayChunks],
        Thing::User => &[C::User],
        Thing::Form => &[C::Interactions, C::Clicks],
    }
}

/// The columns that a field looks at; a value in any of them fits.
pub(crate) const fn columns_of(field: F) -> &'static [C] {
    match field {
        F::User => &[C::User, C::Email],
        F::UserId => &[C::User],
        F::Email => &[C::Email],
        F::Trait => &[C::TraitKey, C::TraitValue],
        F::Visitor => &[C::Visitor],
        F::Session => &[C::Id],
        F::Previous => &[C::Previous],
        // Depends on what is asked.
        F::Is | F::Has => &[],
        F::Started => &[C::Start],
        F::Duration => &[C::Duration],
        F::Active => &[C::Active],
        F::Pages => &[C::PageViews],
        F::Clicks => &[C::Clicks],
        F::Submits => &[C::Submits],
        F::Interactions => &[C::Interactions],
        F::Requests => &[C::Requests],
        F::FailedRequests => &[C::FailedRequests],
        F::Errors => &[C::Errors],
        F::RageClicks => &[C::RageClicks],
        F::DeadClicks => &[C::DeadClicks],
        F::ErrorClicks => &[C::ErrorClicks],
        F::CustomEvents => &[C::Custom],
        F::Events => &[C::Events],
        F::Tabs => &[C::Tabs],
        F::StartReason => &[C::StartReason],
        F::EndReason => &[C::ClosedBy, C::End],
        F::Entry => &[C::EntryRoute, C::EntryPath],
        F::EntryTitle => &[C::EntryTitle],
        F::EntryLoad => &[C::Load],
        F::Exit => &[C::ExitRoute, C::ExitPath],
        F::ExitTitle => &[C::ExitTitle],
        F::Channel => &[C::Channel],
        F::Referrer => &[C::Referrer],
        F::UtmSource => &[C::UtmSource],
        F::UtmMedium => &[C::UtmMedium],
        F::UtmCampaign => &[C::UtmCampaign],
        F::UtmTerm => &[C::UtmTerm],
        F::UtmContent => &[C::UtmContent],
        F::Device => &[C::Device],
        F::DeviceModel => &[C::DeviceModel],
        F::Browser => &[C::Browser],
        F::BrowserVersion => &[C::BrowserVersion],
        F::Os => &[C::Os],
        F::OsVersion => &[C::OsVersion],
        F::ScreenWidth => &[C::ScreenWidth],
        F::ScreenHeight => &[C::ScreenHeight],
        F::Language => &[C::Language],
        F::Country => &[C::Country],
        F::Region => &[C::Region],
        F::City => &[C::City],
        F::Release => &[C::Release],
        F::Bot => &[C::Bot],
        F::Skew => &[C::ClockSkew],
        F::Clamped => &[C::Clamped],
    }
}
