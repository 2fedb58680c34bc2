//! The columns of a segment that somebody asked for, decoded, with their types checked once, so that analyses read
//! plain slices.
//!
//! Asking a batch for a column that was not in [`crate::Analysis::columns`] is a mistake in the code that asks, and
//! panics; a column whose type is wrong is a mistake in the source, and an error when the batch is made.

use crate::steps::Steps;
use crate::vocabulary::Vocabulary;
use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, DictionaryArray, Float64Array, Int32Array, Int64Array,
    StringArray, TimestampMicrosecondArray,
};
use arrow::datatypes::{ArrowPrimitiveType, TimestampMicrosecondType};
use arrow::datatypes::{DataType, Date32Type, Field, Float64Type, Int32Type, Int64Type, TimeUnit};
use arrow::record_batch::RecordBatch;
use footpath_model::columns::{ColumnType, SessionColumn};
use footpath_model::id::VisitorId;
use footpath_model::reports::journeys::path_number;
use footpath_model::time::Timestamp;
use std::fmt;
use std::sync::Arc;

/// Decoded columns of one segment, hidden rows too.
#[derive(Debug)]
pub struct SessionBatch {
    segment: usize,
    rows: usize,
    columns: Vec<(SessionColumn, Held)>,
    vocabulary: Arc<Vocabulary>,
}

/// A column as the cache holds it.
#[derive(Clone, Debug)]
pub(crate) enum Held {
    Array(ArrayRef),
    /// Under `StepLabel`, for it and `StepKind`; with the vocabulary that its codes are of.
    Steps(Arc<Steps>, Arc<Vocabulary>),
    /// Under `Visitor`: ids, less than half of their text.
    Visitors(Arc<[VisitorId]>),
}

/// What a visitor is told apart by: 64 bits of the id, mixed.
pub fn visitor_hash(visitor: VisitorId) -> u64 {
    let (high, low) = visitor.0.as_u64_pair();
    path_number(high, low)
}

impl SessionBatch {
    /// Columns of a record batch that holds them under their names. `segment` is the place that [`crate::RowRef`]s
    /// will name.
    ///
    /// # Errors
    /// Where a column is missing, or is not of its type.
    pub fn new(
        segment: usize,
        batch: &RecordBatch,
        columns: &[SessionColumn],
        vocabulary: &Arc<Vocabulary>,
    ) -> Result<Self, BatchError> {
        let hold = |column| Ok((column, hold(batch, column, vocabulary)?));
        let columns = held_as(columns).into_iter().map(hold).collect::<Result<_, BatchError>>()?;
        Ok(Self::of_held(segment, batch.num_rows(), columns, vocabulary))
    }

    pub(crate) fn of_held(
        segment: usize,
        rows: usize,
        columns: Vec<(SessionColumn, Held)>,
        vocabulary: &Arc<Vocabulary>,
    ) -> Self {
        Self { segment, rows, columns, vocabulary: Arc::clone(vocabulary) }
    }

    /// Place of the segment in its source.
    pub fn segment(&self) -> usize {
        self.segment
    }

    /// Rows, hidden ones too.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// What the steps' codes are of.
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// The steps, where `StepKind` or `StepLabel` was asked for.
    pub fn steps(&self) -> &Steps {
        match self.held(SessionColumn::StepLabel) {
            Held::Steps(steps, _) => steps,
            Held::Array(_) | Held::Visitors(_) => panic!("steps are held as codes"),
        }
    }

    /// Each row's visitor, where `Visitor` was asked for.
    pub fn visitors(&self) -> &[VisitorId] {
        match self.held(SessionColumn::Visitor) {
            Held::Visitors(ids) => ids,
            Held::Array(_) | Held::Steps(..) => panic!("visitors are held as ids"),
        }
    }

    /// A `Time` column.
    pub fn times(&self, column: SessionColumn) -> Times<'_> {
        Times { array: self.array(column).as_primitive::<TimestampMicrosecondType>() }
    }

    /// An `Int` column.
    pub fn ints(&self, column: SessionColumn) -> &Int32Array {
        self.array(column).as_primitive::<Int32Type>()
    }

    /// A `Long` column.
    pub fn longs(&self, column: SessionColumn) -> &Int64Array {
        self.array(column).as_primitive::<Int64Type>()
    }

    /// A `Float` column.
    pub fn floats(&self, column: SessionColumn) -> &Float64Array {
        self.array(column).as_primitive::<Float64Type>()
    }

    /// A `Bool` column.
    pub fn flags(&self, column: SessionColumn) -> &BooleanArray {
        self.array(column).as_boolean()
    }

    /// An `Id` or `Text` column but for `Visitor`, which is [`SessionBatch::visitors`].
    pub fn texts(&self, column: SessionColumn) -> &StringArray {
        self.array(column).as_string::<i32>()
    }

    /// A `Word` column.
    pub fn words(&self, column: SessionColumn) -> Words<'_> {
        Words { array: self.array(column).as_dictionary::<Int32Type>() }
    }

    /// An `Ints` column.
    pub fn int_lists(&self, column: SessionColumn) -> Lists<'_, Int32Array> {
        self.lists(column, |values| values.as_primitive::<Int32Type>())
    }

    /// A `Floats` column.
    pub fn float_lists(&self, column: SessionColumn) -> Lists<'_, Float64Array> {
        self.lists(column, |values| values.as_primitive::<Float64Type>())
    }

    /// A `Words` column but for `StepKind` and `StepLabel`, which are [`SessionBatch::steps`].
    pub fn word_lists(&self, column: SessionColumn) -> Lists<'_, DictionaryArray<Int32Type>> {
        self.lists(column, |values| values.as_dictionary::<Int32Type>())
    }

    /// Where each row's elements begin, of any column of lists but the steps'.
    pub(crate) fn list_offsets(&self, column: SessionColumn) -> &[i32] {
        self.array(column).as_list::<i32>().value_offsets()
    }

    fn lists<'a, A>(
        &'a self,
        column: SessionColumn,
        typed: impl FnOnce(&'a ArrayRef) -> &'a A,
    ) -> Lists<'a, A> {
        let list = self.array(column).as_list::<i32>();
        Lists { offsets: list.value_offsets(), values: typed(list.values()) }
    }

    fn array(&self, column: SessionColumn) -> &ArrayRef {
        match self.held(column) {
            Held::Array(array) => array,
            Held::Steps(..) => panic!("column {} is read by steps()", column.name()),
            Held::Visitors(_) => panic!("column {} is read by visitors()", column.name()),
        }
    }

    fn held(&self, column: SessionColumn) -> &Held {
        let held = self.columns.iter().find(|(there, _)| *there == column).map(|(_, held)| held);
        held.unwrap_or_else(|| panic!("column {} is read but was not asked for", column.name()))
    }
}

/// A column of instants, none of them null.
#[derive(Clone, Copy, Debug)]
pub struct Times<'a> {
    array: &'a TimestampMicrosecondArray,
}

impl<'a> Times<'a> {
    /// A row's, in whole milliseconds.
    pub fn get(self, row: usize) -> Timestamp {
        Timestamp(self.micros()[row].div_euclid(1000))
    }

    /// All rows', in microseconds.
    pub fn micros(self) -> &'a [i64] {
        self.array.values()
    }
}

/// A column of words.
#[derive(Clone, Copy, Debug)]
pub struct Words<'a> {
    array: &'a DictionaryArray<Int32Type>,
}

impl<'a> Words<'a> {
    /// A row's word, or null.
    pub fn get(self, row: usize) -> Option<&'a str> {
        let key = self.array.key(row)?;
        let words = self.dictionary();
        words.is_valid(key).then(|| words.value(key))
    }

    /// The words that keys stand for.
    pub fn dictionary(self) -> &'a StringArray {
        self.array.values().as_string::<i32>()
    }

    /// With keys and nulls as Arrow has them.
    pub fn array(self) -> &'a DictionaryArray<Int32Type> {
        self.array
    }
}

/// A column of lists.
#[derive(Clone, Copy, Debug)]
pub struct Lists<'a, A> {
    /// Where each row's elements begin in `values`; one more than rows. The first need not be 0.
    pub offsets: &'a [i32],
    /// The elements.
    pub values: &'a A,
}

/// A column that a source gave is not as it must be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BatchError {
    column: SessionColumn,
    problem: &'static str,
}

impl BatchError {
    pub(crate) fn new(column: SessionColumn, problem: &'static str) -> Self {
        Self { column, problem }
    }
}

impl fmt::Display for BatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "column {} {}", self.column.name(), self.problem)
    }
}

impl std::error::Error for BatchError {}

/// Columns as they are held, each once: both columns of steps under `StepLabel`.
pub(crate) fn held_as(columns: &[SessionColumn]) -> Vec<SessionColumn> {
    let mut held: Vec<SessionColumn> = columns
        .iter()
        .map(|&column| if column == SessionColumn::StepKind { SessionColumn::StepLabel } else { column })
        .collect();
    held.sort_unstable();
    held.dedup();
    held
}

/// Columns that a source will be asked for where an analysis or a filter names these: steps are made of two.
pub fn source_columns(columns: &[SessionColumn]) -> Vec<SessionColumn> {
    loaded_for(&held_as(columns))
}

/// Columns to ask a source for, so that `held` can be made.
pub(crate) fn loaded_for(held: &[SessionColumn]) -> Vec<SessionColumn> {
    let mut loaded = held.to_vec();
    if held.contains(&SessionColumn::StepLabel) {
        loaded.push(SessionColumn::StepKind);
    }
    loaded
}

/// A column of a loaded batch, as it is held.
pub(crate) fn hold(
    batch: &RecordBatch,
    column: SessionColumn,
    vocabulary: &Arc<Vocabulary>,
) -> Result<Held, BatchError> {
    if column == SessionColumn::StepLabel {
        let kinds = checked(batch, SessionColumn::StepKind)?;
        let steps = Steps::of_columns(kinds, checked(batch, column)?, vocabulary)?;
        return Ok(Held::Steps(Arc::new(steps), Arc::clone(vocabulary)));
    }
    let array = checked(batch, column)?;
    if column == SessionColumn::Visitor {
        let id = |text: Option<&str>| {
            let visitor = text.and_then(|text| text.parse::<VisitorId>().ok());
            visitor.ok_or_else(|| BatchError::new(column, "holds what is no id"))
        };
        return Ok(Held::Visitors(array.as_string::<i32>().iter().map(id).collect::<Result<_, _>>()?));
    }
    Ok(Held::Array(Arc::clone(array)))
}

impl Held {
    /// Bytes held.
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Self::Array(array) => array.get_array_memory_size(),
            Self::Steps(steps, _) => steps.bytes(),
            Self::Visitors(ids) => size_of_val(&**ids),
        }
    }

    /// The array, where it is held as one.
    pub(crate) fn array(self) -> Option<ArrayRef> {
        match self {
            Self::Array(array) => Some(array),
            Self::Steps(..) | Self::Visitors(_) => None,
        }
    }

    /// Whether analyses that use this vocabulary can read it.
    pub(crate) fn is_of(&self, vocabulary: &Arc<Vocabulary>) -> bool {
        match self {
            Self::Array(_) | Self::Visitors(_) => true,
            Self::Steps(_, of) => Arc::ptr_eq(of, vocabulary),
        }
    }
}

/// The column, of its type and without nulls where there must be none.
pub(crate) fn checked(batch: &RecordBatch, column: SessionColumn) -> Result<&ArrayRef, BatchError> {
    let missing = || BatchError::new(column, "is missing");
    let array = batch.column_by_name(column.name()).ok_or_else(missing)?;
    if !same_type(array.data_type(), &data_type(column)) {
        return Err(BatchError::new(column, "is not of its type"));
    }
    let about = column.column();
    let is_list = matches!(array.data_type(), DataType::List(_));
    if (is_list || !about.nullable) && array.null_count() > 0 {
        return Err(BatchError::new(column, "holds nulls"));
    }
    Ok(array)
}

/// Lists may name their element as they like.
fn same_type(one: &DataType, other: &DataType) -> bool {
    match (one, other) {
        (DataType::List(one), DataType::List(other)) => one.data_type() == other.data_type(),
        (one, other) => one == other,
    }
}

/// The Arrow type of a column.
pub(crate) fn data_type(column: SessionColumn) -> DataType {
    let about = column.column();
    let word = || DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    let list = |element| DataType::List(Arc::new(Field::new("element", element, about.nullable)));
    match about.ty {
        ColumnType::Id | ColumnType::Text => DataType::Utf8,
        ColumnType::Word => word(),
        ColumnType::Time => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        ColumnType::Day => Date32Type::DATA_TYPE,
        ColumnType::Int => DataType::Int32,
        ColumnType::Long => DataType::Int64,
        ColumnType::Float => DataType::Float64,
        ColumnType::Bool => DataType::Boolean,
        ColumnType::Words => list(word()),
        ColumnType::Ints => list(DataType::Int32),
        ColumnType::Floats => list(DataType::Float64),
    }
}
