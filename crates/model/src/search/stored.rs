//! An event of a search as data that is kept: its text, which is read as the same tree.

use super::ast::{SameEvent, Stop};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

impl Serialize for SameEvent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for SameEvent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let stop = Stop::parse(&text).map_err(D::Error::custom)?;
        let [event] = <[Self; 1]>::try_from(stop.events)
            .map_err(|events| D::Error::custom(format!("`{text}` is {} events, not one", events.len())))?;
        Ok(event)
    }
}
