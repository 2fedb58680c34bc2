//! Our enums as words in tables: the names that they have in JSON.

use arrow::error::ArrowError;
use serde::de::IntoDeserializer;
use serde::de::value::{Error, StrDeserializer};
use serde::{Deserialize, Serialize};

/// The name of a unit variant, as in JSON.
pub(super) fn name_of<T: Serialize>(value: &T) -> String {
    let json = serde_json::to_string(value).expect("a unit variant is a JSON string");
    json.trim_matches('"').to_owned()
}

/// The variant of a name.
///
/// # Errors
/// Where no variant has it: it was written by a later version.
pub(super) fn value_of<'a, T: Deserialize<'a>>(name: &'a str) -> Result<T, ArrowError> {
    let deserializer: StrDeserializer<'a, Error> = name.into_deserializer();
    T::deserialize(deserializer).map_err(|error| ArrowError::ParseError(error.to_string()))
}
