//! Columns of Arrow arrays written from iterators of plain values, and read row by row.

use super::schema;
use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Float64Array, Float64Builder, Int32Array, Int32Builder,
    Int64Array, ListBuilder, StringArray, StringDictionaryBuilder, TimestampMicrosecondArray,
};
use arrow::datatypes::{
    Field, Float64Type, Int32Type, Int64Type, Schema, SchemaRef, TimestampMicrosecondType,
};
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;
use footpath_model::time::Timestamp;
use serde::de::DeserializeOwned;
use std::collections::HashMap;
use std::sync::Arc;
use uuid::Uuid;

/// Microseconds in a millisecond.
const MICROS: i64 = 1000;

/// Gathers the columns of a batch.
pub(super) struct ColumnsWriter {
    schema: SchemaRef,
    columns: Vec<Option<ArrayRef>>,
}

impl ColumnsWriter {
    pub(super) fn new(schema: &Schema, _rows: usize) -> Self {
        Self { schema: Arc::new(schema.clone()), columns: vec![None; schema.fields().len()] }
    }

    /// The batch.
    pub(super) fn finish(self) -> Result<RecordBatch, ArrowError> {
        let missing = |place: usize| ArrowError::SchemaError(format!("column {place} was not written"));
        let columns: Vec<ArrayRef> = self
            .columns
            .into_iter()
            .enumerate()
            .map(|(place, column)| column.ok_or_else(|| missing(place)))
            .collect::<Result<_, _>>()?;
        RecordBatch::try_new(self.schema, columns)
    }

    fn put(&mut self, place: usize, array: impl Array + 'static) {
        self.columns[place] = Some(Arc::new(array));
    }

    pub(super) fn text(&mut self, place: usize, values: impl Iterator<Item = Option<String>>) {
        self.put(place, values.collect::<StringArray>());
    }

    /// Text that is not copied before it is in its column.
    pub(super) fn borrowed<'a>(&mut self, place: usize, values: impl Iterator<Item = &'a str>) {
        self.put(place, StringArray::from_iter_values(values));
    }

    pub(super) fn float(&mut self, place: usize, values: impl Iterator<Item = f64>) {
        self.put(place, Float64Array::from_iter_values(values));
    }

    pub(super) fn word(&mut self, place: usize, values: impl Iterator<Item = Option<String>>) {
        let mut builder = StringDictionaryBuilder::<Int32Type>::new();
        values.for_each(|value| builder.append_option(value));
        self.put(place, builder.finish());
    }

    pub(super) fn time(&mut self, place: usize, values: impl Iterator<Item = Timestamp>) {
        let micros = values.map(|at| at.0.saturating_mul(MICROS));
        self.put(place, TimestampMicrosecondArray::from_iter_values(micros).with_timezone("UTC"));
    }

    /// Values out of range become the nearest that fits.
    pub(super) fn int(&mut self, place: usize, values: impl Iterator<Item = Option<i64>>) {
        self.put(place, values.map(|value| value.map(fit)).collect::<Int32Array>());
    }

    pub(super) fn long(&mut self, place: usize, values: impl Iterator<Item = i64>) {
        self.put(place, Int64Array::from_iter_values(values));
    }

    pub(super) fn flag(&mut self, place: usize, values: impl Iterator<Item = bool>) {
        self.put(place, values.map(Some).collect::<BooleanArray>());
    }

    pub(super) fn maybe_flag(&mut self, place: usize, values: impl Iterator<Item = Option<bool>>) {
        self.put(place, values.collect::<BooleanArray>());
    }

    pub(super) fn words<'a>(
        &mut self,
        place: usize,
        lists: impl Iterator<Item = impl Iterator<Item = Option<&'a str>>>,
    ) {
        let element = self.element(place);
        let mut builder = ListBuilder::new(StringDictionaryBuilder::<Int32Type>::new()).with_field(element);
        for list in lists {
            list.for_each(|value| builder.values().append_option(value));
            builder.append(true);
        }
        self.put(place, builder.finish());
    }

    pub(super) fn ints(
        &mut self,
        place: usize,
        lists: impl Iterator<Item = impl Iterator<Item = Option<i64>>>,
    ) {
        let mut builder = ListBuilder::new(Int32Builder::new()).with_field(self.element(place));
        for list in lists {
            list.for_each(|value| builder.values().append_option(value.map(fit)));
            builder.append(true);
        }
        self.put(place, builder.finish());
    }

    pub(super) fn floats(
        &mut self,
        place: usize,
        lists: impl Iterator<Item = impl Iterator<Item = Option<f64>>>,
    ) {
        let mut builder = ListBuilder::new(Float64Builder::new()).with_field(self.element(place));
        for list in lists {
            list.for_each(|value| builder.values().append_option(value));
            builder.append(true);
        }
        self.put(place, builder.finish());
    }

    fn element(&self, place: usize) -> Arc<Field> {
        match self.schema.field(place).data_type() {
            arrow::datatypes::DataType::List(element) => Arc::clone(element),
            other => Arc::new(Field::new("element", other.clone(), true)),
        }
    }
}

fn fit(value: i64) -> i32 {
    i32::try_from(value).unwrap_or(if value < 0 { i32::MIN } else { i32::MAX })
}

/// Reads single values of a batch by column and row.
pub(super) struct RowReader<'a> {
    columns: HashMap<&'a str, &'a ArrayRef>,
}

impl<'a> RowReader<'a> {
    pub(super) fn new(batch: &'a RecordBatch) -> Self {
        let names = batch.schema_ref().fields().iter().map(|field| field.name().as_str());
        Self { columns: names.zip(batch.columns()).collect() }
    }

    fn column(&self, name: &str) -> Result<&'a ArrayRef, ArrowError> {
        let missing = || ArrowError::SchemaError(format!("column {name} is missing"));
        self.columns.get(name).copied().ok_or_else(missing)
    }

    /// Text or a word.
    pub(super) fn text(&self, name: &str, row: usize) -> Result<Option<&'a str>, ArrowError> {
        let column = self.column(name)?;
        if column.is_null(row) {
            return Ok(None);
        }
        let wrong = || ArrowError::SchemaError(format!("column {name} is no text"));
        if let Some(texts) = column.as_string_opt::<i32>() {
            return Ok(Some(texts.value(row)));
        }
        let words = column.as_dictionary_opt::<Int32Type>().ok_or_else(wrong)?;
        let word = usize::try_from(words.keys().value(row)).map_err(|_| wrong())?;
        Ok(Some(words.values().as_string_opt::<i32>().ok_or_else(wrong)?.value(word)))
    }

    /// Text that must be there.
    pub(super) fn some_text(&self, name: &str, row: usize) -> Result<&'a str, ArrowError> {
        self.text(name, row)?.ok_or_else(|| ArrowError::SchemaError(format!("column {name} is null")))
    }

    /// A UUID that must be there.
    pub(super) fn uuid(&self, name: &str, row: usize) -> Result<Uuid, ArrowError> {
        parse_uuid(name, self.some_text(name, row)?)
    }

    pub(super) fn maybe_uuid(&self, name: &str, row: usize) -> Result<Option<Uuid>, ArrowError> {
        self.text(name, row)?.map(|text| parse_uuid(name, text)).transpose()
    }

    pub(super) fn json<T: DeserializeOwned>(&self, name: &str, row: usize) -> Result<Option<T>, ArrowError> {
        let parse = |text| {
            serde_json::from_str(text)
                .map_err(|error| ArrowError::ParseError(format!("column {name}: {error}")))
        };
        self.text(name, row)?.map(parse).transpose()
    }

    pub(super) fn int(&self, name: &str, row: usize) -> Result<Option<i64>, ArrowError> {
        let column = self.column(name)?;
        let wrong = || ArrowError::SchemaError(format!("column {name} is no integer"));
        let ints = column.as_primitive_opt::<Int32Type>().ok_or_else(wrong)?;
        Ok((!ints.is_null(row)).then(|| ints.value(row).into()))
    }

    pub(super) fn long(&self, name: &str, row: usize) -> Result<i64, ArrowError> {
        let wrong = || ArrowError::SchemaError(format!("column {name} is no 64-bit integer"));
        Ok(self.column(name)?.as_primitive_opt::<Int64Type>().ok_or_else(wrong)?.value(row))
    }

    pub(super) fn float(&self, name: &str, row: usize) -> Result<f64, ArrowError> {
        let wrong = || ArrowError::SchemaError(format!("column {name} is no floating point number"));
        Ok(self.column(name)?.as_primitive_opt::<Float64Type>().ok_or_else(wrong)?.value(row))
    }

    /// A list of words that are all there.
    pub(super) fn words(&self, name: &str, row: usize) -> Result<Vec<String>, ArrowError> {
        let wrong = || ArrowError::SchemaError(format!("column {name} is no list of words"));
        let list = self.column(name)?.as_list_opt::<i32>().ok_or_else(wrong)?.value(row);
        let words = list.as_dictionary_opt::<Int32Type>().ok_or_else(wrong)?;
        let texts = words.downcast_dict::<StringArray>().ok_or_else(wrong)?;
        Ok(texts.into_iter().flatten().map(str::to_owned).collect())
    }

    pub(super) fn flag(&self, name: &str, row: usize) -> Result<bool, ArrowError> {
        let wrong = || ArrowError::SchemaError(format!("column {name} is neither true nor false"));
        Ok(self.column(name)?.as_boolean_opt().ok_or_else(wrong)?.value(row))
    }

    pub(super) fn time(&self, name: &str, row: usize) -> Result<Timestamp, ArrowError> {
        let wrong = || ArrowError::SchemaError(format!("column {name} is no {}", schema::time()));
        let times = self.column(name)?.as_primitive_opt::<TimestampMicrosecondType>().ok_or_else(wrong)?;
        Ok(Timestamp(times.value(row).div_euclid(MICROS)))
    }
}

fn parse_uuid(name: &str, text: &str) -> Result<Uuid, ArrowError> {
    Uuid::parse_str(text).map_err(|error| ArrowError::ParseError(format!("column {name}: {error}")))
}
