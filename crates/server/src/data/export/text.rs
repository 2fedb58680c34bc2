//! Rows as text: JSON objects, or cells of a table.
//!
//! A spreadsheet takes a cell that begins with `=`, `+`, `-`, `@`, a tab or a carriage return for a formula, which what
//! a visitor typed must never become: such text gets an apostrophe before it, which spreadsheets do not show (OWASP, "CSV
//! injection"). Numbers are left as they are.

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::{DataType, Float64Type, Int32Type, Int64Type, Schema, TimestampMicrosecondType};
use arrow::record_batch::RecordBatch;
use footpath_model::columns::{EventColumn, SessionColumn};
use serde_json::{Map, Value};
use std::io::{Error, Write};

/// Columns whose text is JSON.
const JSON: [&str; 3] = [SessionColumn::Traits.name(), EventColumn::Body.name(), EventColumn::Context.name()];

enum Style {
    Ndjson,
    Csv { has_header: bool },
}

/// Writes rows as text.
pub(crate) struct TextRows {
    out: Box<dyn Write>,
    style: Style,
}

impl TextRows {
    pub(crate) fn ndjson(out: Box<dyn Write>) -> Self {
        Self { out, style: Style::Ndjson }
    }

    pub(crate) fn csv(out: Box<dyn Write>) -> Self {
        Self { out, style: Style::Csv { has_header: false } }
    }

    /// Writes a header where there is one to write, so that a file without rows has it too.
    pub(crate) fn begin(&mut self, columns: &Schema) -> Result<(), Error> {
        if let Style::Csv { has_header } = &mut self.style
            && !*has_header
        {
            *has_header = true;
            write!(self.out, "{}\r\n", names(columns).join(","))?;
        }
        Ok(())
    }

    pub(crate) fn write(
        &mut self,
        rows: &RecordBatch,
    ) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let schema = rows.schema();
        self.begin(&schema)?;
        let names = names(&schema);
        for row in 0..rows.num_rows() {
            let values = rows.columns().iter().zip(&names).map(|(column, name)| value(column, name, row));
            let values: Vec<Value> = values.collect::<Result<_, _>>()?;
            match self.style {
                Style::Ndjson => {
                    let object: Map<String, Value> =
                        names.iter().map(|name| (*name).to_owned()).zip(values).collect();
                    serde_json::to_writer(&mut self.out, &object)?;
                    self.out.write_all(b"\n")?;
                }
                Style::Csv { .. } => {
                    let cells: Vec<String> = values.iter().map(cell).collect();
                    write!(self.out, "{}\r\n", cells.join(","))?;
                }
            }
        }
        Ok(())
    }

    pub(crate) fn end(mut self) -> Result<(), Error> {
        self.out.flush()
    }
}

fn value(column: &ArrayRef, name: &str, row: usize) -> Result<Value, String> {
    if column.is_null(row) {
        return Ok(Value::Null);
    }
    let value = match column.data_type() {
        DataType::Utf8 => text(name, column.as_string::<i32>().value(row)),
        DataType::Dictionary(_, _) => {
            let words = column.as_dictionary::<Int32Type>();
            let word = usize::try_from(words.keys().value(row)).unwrap_or_default();
            text(name, words.values().as_string::<i32>().value(word))
        }
        DataType::Timestamp(_, _) => {
            let micros = column.as_primitive::<TimestampMicrosecondType>().value(row);
            let at = jiff::Timestamp::from_microsecond(micros).map_err(|error| format!("{name}: {error}"))?;
            format!("{at:.3}").into()
        }
        DataType::Int32 => column.as_primitive::<Int32Type>().value(row).into(),
        DataType::Int64 => column.as_primitive::<Int64Type>().value(row).into(),
        DataType::Float64 => column.as_primitive::<Float64Type>().value(row).into(),
        DataType::Boolean => column.as_boolean().value(row).into(),
        DataType::List(_) => {
            let list = column.as_list::<i32>().value(row);
            let values = (0..list.len()).map(|place| self::value(&list, name, place));
            Value::Array(values.collect::<Result<_, _>>()?)
        }
        other => return Err(format!("{name}: no text is known for {other}")),
    };
    Ok(value)
}

fn names(columns: &Schema) -> Vec<&str> {
    columns.fields().iter().map(|field| field.name().as_str()).collect()
}

/// What should be JSON and is not is told as text.
fn text(name: &str, text: &str) -> Value {
    let parsed = JSON.contains(&name).then(|| serde_json::from_str(text).ok()).flatten();
    parsed.unwrap_or_else(|| text.into())
}

/// A cell as RFC 4180 writes it.
pub(crate) fn cell(value: &Value) -> String {
    let text = match value {
        Value::Null => String::new(),
        Value::String(text) if text.starts_with(['=', '+', '-', '@', '\t', '\r']) => format!("'{text}"),
        Value::String(text) => text.clone(),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => value.to_string(),
    };
    if text.contains(['"', ',', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn text_never_becomes_a_formula_and_numbers_stay_numbers() {
        for (value, expected) in [
            (json!("=1+1"), "'=1+1"),
            (json!("+49 30"), "'+49 30"),
            (json!("-x"), "'-x"),
            (json!("@SUM(A1)"), "'@SUM(A1)"),
            (json!("\tx"), "'\tx"),
            (json!("\rx"), "\"'\rx\""),
            (json!("=\"a\",b"), "\"'=\"\"a\"\",b\""),
            (json!(-5), "-5"),
            (json!(null), ""),
            (json!(["/", "-"]), "\"[\"\"/\"\",\"\"-\"\"]\""),
        ] {
            assert_eq!(cell(&value), expected);
        }
    }

    proptest! {
        /// What a reader of RFC 4180 gets back is the text, with at most an apostrophe before it.
        #[test]
        fn a_cell_reads_back(text in "[=+@a\"\\-,\n\r\t ]{0,12}") {
            let written = cell(&Value::String(text.clone()));
            let read = match written.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
                Some(quoted) => quoted.replace("\"\"", "\""),
                None => written,
            };
            let with_apostrophe = format!("'{text}");
            prop_assert!(read == text || read == with_apostrophe);
            prop_assert!(!read.starts_with(['=', '+', '-', '@', '\t', '\r']));
        }
    }
}
