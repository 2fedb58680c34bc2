//! Files and tables that were written before a column was there.
//!
//! Columns are added and never change their meaning, so a file without one says nothing about it; and that is what it
//! is read as: nothing, none, or an empty list. Rows get their columns when they are written the next time, by a
//! compaction or an amendment; until then other engines, which are told of the columns too, read null.

use super::schema::TableKind;
use arrow::array::{
    ArrayRef, BooleanArray, Float64Array, Int32Array, Int64Array, ListArray, new_empty_array, new_null_array,
};
use arrow::buffer::OffsetBuffer;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::error::ArrowError;
use arrow::record_batch::{RecordBatch, RecordBatchOptions};
use parquet::file::metadata::ParquetMetaData;
use std::sync::Arc;

/// The columns that a file has, of the types that they are read as.
///
/// # Errors
/// Where it has one that is not the table's: a later version wrote it.
pub(super) fn schema_of_file(table: TableKind, metadata: &ParquetMetaData) -> Result<SchemaRef, ArrowError> {
    let ours = table.file_schema();
    let columns = metadata.file_metadata().schema_descr().root_schema().get_fields();
    let fields = columns.iter().map(|column| ours.field_with_name(column.name()).cloned());
    Ok(Arc::new(Schema::new(fields.collect::<Result<Vec<_>, _>>()?)))
}

/// The wanted columns in the table's order, where a file lacks some of them.
///
/// # Errors
/// Where it lacks one that it cannot be without.
pub(super) fn completed(
    table: TableKind,
    batch: RecordBatch,
    wanted: &[&str],
) -> Result<RecordBatch, ArrowError> {
    if wanted.len() == batch.num_columns() {
        return Ok(batch);
    }
    let schema = table.file_schema();
    let wanted = |field: &&Arc<Field>| wanted.contains(&field.name().as_str());
    let fields: Vec<Arc<Field>> = schema.fields().iter().filter(wanted).cloned().collect();
    let column = |field: &Arc<Field>| match batch.column_by_name(field.name()) {
        Some(column) => Ok(Arc::clone(column)),
        None => nothing(field, batch.num_rows()),
    };
    let columns = fields.iter().map(column).collect::<Result<_, _>>()?;
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), columns, &options)
}

/// What a column says of rows that were written before it was there.
fn nothing(field: &Field, rows: usize) -> Result<ArrayRef, ArrowError> {
    if field.is_nullable() {
        return Ok(new_null_array(field.data_type(), rows));
    }
    Ok(match field.data_type() {
        DataType::Int32 => Arc::new(Int32Array::from_value(0, rows)),
        DataType::Int64 => Arc::new(Int64Array::from_value(0, rows)),
        DataType::Float64 => Arc::new(Float64Array::from_value(0.0, rows)),
        DataType::Boolean => Arc::new(BooleanArray::from(vec![false; rows])),
        DataType::List(element) => Arc::new(ListArray::try_new(
            Arc::clone(element),
            OffsetBuffer::new_zeroed(rows),
            new_empty_array(element.data_type()),
            None,
        )?),
        _ => return Err(ArrowError::SchemaError(format!("column {} is missing", field.name()))),
    })
}
