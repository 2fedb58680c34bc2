//! Selections as text: the door from a number of a report to the list of its sessions.
//!
//! A selection is JSON, deflated, in base64 for URLs; several joined by `.` are what all of them keep. Whoever holds
//! such a text need not read it; whoever writes one of their own is told where it is wrong.
//!
//! Limit: a text says which sessions, not of which range, search or bots: it goes with the filter that the report had.

use super::params::invalid;
use crate::error::ApiError;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use footpath_model::reports::selection::Selection;
use std::io::{Read, Write};

/// Selections at once, at most: a report of a report of a report.
const MOST: usize = 8;
/// Bytes of one selection's JSON, at most: forty rules with long lists take a tenth of it.
const MOST_BYTES: u64 = 256 * 1024;

/// What narrows a set of sessions.
#[derive(Clone, Debug, Default)]
pub(crate) struct Selections(Vec<Selection>);

impl Selections {
    /// The selections of a parameter; none where it is left out.
    pub(crate) fn read(text: Option<&str>) -> Result<Self, ApiError> {
        let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(Self::default()) };
        let parts: Vec<&str> = text.split('.').collect();
        if parts.len() > MOST {
            return Err(invalid("selection", format!("{} are joined, of at most {MOST}", parts.len())));
        }
        parts.into_iter().map(read_one).collect::<Result<_, _>>().map(Self)
    }

    pub(crate) fn all(&self) -> &[Selection] {
        &self.0
    }

    /// The doors of a report that they narrow.
    pub(crate) fn doors(&self) -> Doors {
        self.0.iter().fold(Doors::default(), |doors, selection| doors.through(selection))
    }

    /// What is true of the sessions, in words; nothing where nothing narrows.
    pub(crate) fn words(&self) -> Option<String> {
        let words: Vec<String> = self.0.iter().map(Selection::to_string).collect();
        (!words.is_empty()).then(|| format!("Sessions that {}", words.join(" and ")))
    }
}

fn read_one(text: &str) -> Result<Selection, ApiError> {
    let wrong = |what: &dyn std::fmt::Display| {
        invalid("selection", format!("it is not one that this server gave: {what}"))
    };
    let deflated = URL_SAFE_NO_PAD.decode(text).map_err(|error| wrong(&error))?;
    let mut json = Vec::new();
    DeflateDecoder::new(&deflated[..])
        .take(MOST_BYTES)
        .read_to_end(&mut json)
        .map_err(|_| wrong(&"it does not inflate"))?;
    let selection: Selection = serde_json::from_slice(&json).map_err(|error| wrong(&error))?;
    selection.check().map_err(|error| wrong(&error))?;
    Ok(selection)
}

/// Writes the doors of a report's numbers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Doors {
    /// What narrows the report, joined.
    within: String,
}

impl Doors {
    /// The door to the sessions of a selection.
    pub(crate) fn to(&self, selection: &Selection) -> String {
        match (self.within.is_empty(), selection) {
            (false, Selection::All) => self.within.clone(),
            (true, _) => text(selection),
            (false, _) => format!("{}.{}", self.within, text(selection)),
        }
    }

    /// Of the sessions of a selection, the doors to some.
    pub(crate) fn through(&self, selection: &Selection) -> Self {
        Self { within: self.to(selection) }
    }
}

fn text(selection: &Selection) -> String {
    let json = serde_json::to_vec(selection).expect("a selection has no map with other keys than strings");
    let mut deflated = DeflateEncoder::new(Vec::with_capacity(json.len()), Compression::default());
    deflated.write_all(&json).expect("memory takes what is written to it");
    URL_SAFE_NO_PAD.encode(deflated.finish().expect("memory takes what is written to it"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use footpath_model::reports::dimension::Dimension;
    use footpath_model::reports::document::AsOf;
    use footpath_model::reports::measures::{SegmentSelection, WhichSegments};
    use footpath_model::steps::{StepKind, StepName};
    use footpath_model::time::Timestamp;

    fn segment(key: &[&str]) -> Selection {
        let which = WhichSegments::One(key.iter().map(|value| Some((*value).to_owned())).collect());
        let as_of = AsOf { now: Timestamp(0), timeout_ms: 1 };
        Selection::Segment(SegmentSelection { dimensions: vec![Dimension::Device], which, as_of })
    }

    #[test]
    fn what_is_written_is_read() {
        let did = Selection::Did(StepName::new(StepKind::Page, "/שלום?*"));
        let doors = Doors::default().through(&did);
        let read = Selections::read(Some(&doors.to(&segment(&["mobile"])))).expect("it is read");
        assert_eq!(read.all(), [did.clone(), segment(&["mobile"])]);
        assert_eq!(read.words().as_deref(), Some("Sessions that viewed /שלום?* and are of device mobile"));
        assert_eq!(doors.to(&Selection::All), Doors::default().to(&did));
        assert_eq!(
            Selections::read(Some(&Doors::default().to(&Selection::All))).expect("it is read").all().len(),
            1
        );
    }

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let error = Selections::read(Some(text)).expect_err("it is wrong").to_string();
        assert!(error.starts_with("selection: ") && error.contains(expected), "{error}");
    }

    #[test]
    fn what_no_report_made_is_refused() {
        check("%%", "Invalid symbol");
        check("abcd", "not one that this server gave");
        check(&["x"; 9].join("."), "9 are joined, of at most 8");
        let write = |selection: &Selection| Doors::default().to(selection);
        check(&write(&segment(&["mobile", "DE"])), "not one for each dimension");
        check(&write(&Selection::Live(AsOf { now: Timestamp(i64::MAX), timeout_ms: 1 })), "out of range");
        // A text that would grow to gigabytes is read up to a limit, and then is no JSON.
        let mut bomb = DeflateEncoder::new(Vec::new(), Compression::best());
        bomb.write_all(&vec![b'['; 64 << 20]).expect("memory");
        check(&URL_SAFE_NO_PAD.encode(bomb.finish().expect("memory")), "expected value");
    }
}
