//! Events as rows of `events`, and back into what the fold takes in.

use super::columns::{ColumnsWriter, RowReader};
use super::names::{name_of, value_of};
use super::schema::TableKind;
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;
use footpath_model::batch::{Batch, SessionHint};
use footpath_model::columns::EventColumn as C;
use footpath_model::event::{Event, EventKind, Route};
use footpath_model::id::{SessionId, SiteId, TabId, VisitorId};
use footpath_model::sessionize::{FoldedBatch, PlacedEvent};
use footpath_model::time::Timestamp;
use std::collections::HashMap;
use std::sync::Arc;
use uuid::Uuid;

/// An event with what its row says beside it.
#[derive(Clone, Copy)]
pub(crate) struct EventRow<'a> {
    pub session: SessionId,
    pub session_start: Timestamp,
    pub tab_skew_ms: i64,
    pub placed: &'a PlacedEvent,
}

/// The rows, in the order given.
pub(crate) fn encode(rows: &[EventRow<'_>]) -> Result<RecordBatch, ArrowError> {
    let schema = TableKind::Events.file_schema();
    let mut writer = ColumnsWriter::new(&schema, rows.len());
    let bodies: Vec<(String, String)> =
        rows.iter().map(|row| kind_and_body(&row.placed.event().kind)).collect();
    let contexts = contexts_of(rows);
    for (place, field) in schema.fields().iter().enumerate() {
        let column = *C::ALL.iter().find(|column| column.name() == field.name()).expect("fields are columns");
        macro_rules! each {
            ($method:ident, |$row:ident| $value:expr) => {
                writer.$method(place, rows.iter().map(|$row| $value))
            };
        }
        match column {
            C::Site | C::Day => {}
            C::Session => each!(text, |row| Some(row.session.to_string())),
            C::Hint => each!(text, |row| Some(row.placed.batch().hint.id.to_string())),
            C::Start => each!(time, |row| row.session_start),
            C::At => each!(time, |row| row.placed.at),
            C::Tab => each!(text, |row| Some(row.placed.tab_id.to_string())),
            C::Seq => each!(long, |row| row.placed.event().seq.into()),
            C::Kind => writer.word(place, bodies.iter().map(|(kind, _)| Some(kind.clone()))),
            C::Path => {
                each!(text, |row| row.placed.event().route.as_ref().map(|route| route.path.to_string()))
            }
            C::Route => {
                each!(word, |row| row.placed.event().route.as_ref().map(|route| route.template.to_string()))
            }
            C::Body => writer.text(place, bodies.iter().map(|(_, body)| Some(body.clone()))),
            C::Visitor => each!(text, |row| Some(row.placed.batch().visitor_id.to_string())),
            C::Context => writer.word(place, contexts.iter().map(|context| Some(context.to_string()))),
            C::Received => each!(time, |row| row.placed.batch().received_at),
            C::Sent => each!(time, |row| row.placed.batch().sent_at),
            C::Skew => each!(long, |row| row.placed.at.since(row.placed.event().at)),
            C::TabSkew => each!(long, |row| row.tab_skew_ms),
            C::Clamped => each!(flag, |row| row.placed.clamped),
            C::Backfill => each!(flag, |row| row.placed.batch().backfill),
            C::HintStartReason => each!(word, |row| Some(name_of(&row.placed.batch().hint.start_reason))),
            C::HintPrevious => {
                each!(text, |row| row.placed.batch().hint.previous_id.map(|id| id.to_string()))
            }
        }
    }
    writer.finish()
}

/// Kinds are externally tagged: `{"click":{…}}` is of kind `click` with the body `{…}`.
fn kind_and_body(kind: &EventKind) -> (String, String) {
    let json = serde_json::to_string(kind).expect("an event of ours is JSON");
    match json.strip_prefix("{\"").and_then(|rest| rest.strip_suffix('}')?.split_once("\":")) {
        Some((kind, body)) => (kind.to_owned(), body.to_owned()),
        // A kind without fields is a mere string.
        None => (json.trim_matches('"').to_owned(), "{}".to_owned()),
    }
}

/// Each batch's context as JSON, made once for all of its events.
fn contexts_of(rows: &[EventRow<'_>]) -> Vec<Arc<str>> {
    let mut made: HashMap<*const Batch, Arc<str>> = HashMap::new();
    rows.iter()
        .map(|row| {
            let batch = row.placed.batch();
            let json = || serde_json::to_string(&batch.context).expect("a context of ours is JSON").into();
            Arc::clone(made.entry(std::ptr::from_ref(batch)).or_insert_with(json))
        })
        .collect()
}

/// The batches that the rows came in, for the fold to take in again.
///
/// # Errors
/// Where a value is missing or was written by a later version.
pub(crate) fn decode(site: &SiteId, batches: &[RecordBatch]) -> Result<Vec<FoldedBatch>, ArrowError> {
    let mut folded: Vec<FoldedBatch> = Vec::new();
    let mut places: HashMap<BatchKey, usize> = HashMap::new();
    for batch in batches {
        let reader = RowReader::new(batch);
        for row in 0..batch.num_rows() {
            let key = batch_key(&reader, row)?;
            let place = match places.get(&key) {
                Some(&place) => place,
                None => {
                    folded.push(empty_batch(site, &reader, row)?);
                    places.insert(key, folded.len() - 1);
                    folded.len() - 1
                }
            };
            let at = reader.time(C::At.name(), row)?;
            folded[place].batch.events.push(decode_event(&reader, row, at)?);
            folded[place].places.push((at, reader.flag(C::Clamped.name(), row)?));
        }
    }
    Ok(folded)
}

/// All that a row says of its batch, but for what is the same in a whole tab. Batches that are alike in it are put
/// together, which changes nothing.
type BatchKey = ([Uuid; 3], Option<Uuid>, [i64; 2], bool, [String; 2]);

fn batch_key(reader: &RowReader<'_>, row: usize) -> Result<BatchKey, ArrowError> {
    let uuid = |column: C| reader.uuid(column.name(), row);
    let time = |column: C| reader.time(column.name(), row).map(|at| at.0);
    let text = |column: C| reader.some_text(column.name(), row).map(str::to_owned);
    Ok((
        [uuid(C::Hint)?, uuid(C::Tab)?, uuid(C::Visitor)?],
        reader.maybe_uuid(C::HintPrevious.name(), row)?,
        [time(C::Received)?, time(C::Sent)?],
        reader.flag(C::Backfill.name(), row)?,
        [text(C::HintStartReason)?, text(C::Context)?],
    ))
}

fn empty_batch(site: &SiteId, reader: &RowReader<'_>, row: usize) -> Result<FoldedBatch, ArrowError> {
    let batch = Batch {
        site: site.clone(),
        received_at: reader.time(C::Received.name(), row)?,
        sent_at: reader.time(C::Sent.name(), row)?,
        backfill: reader.flag(C::Backfill.name(), row)?,
        visitor_id: VisitorId(reader.uuid(C::Visitor.name(), row)?),
        hint: SessionHint {
            id: SessionId(reader.uuid(C::Hint.name(), row)?),
            start_reason: value_of(reader.some_text(C::HintStartReason.name(), row)?)?,
            previous_id: reader.maybe_uuid(C::HintPrevious.name(), row)?.map(SessionId),
        },
        tab_id: TabId(reader.uuid(C::Tab.name(), row)?),
        context: reader.json(C::Context.name(), row)?.unwrap_or_default(),
        events: Vec::new(),
    };
    Ok(FoldedBatch { batch, tab_skew_ms: reader.long(C::TabSkew.name(), row)?, places: Vec::new() })
}

fn decode_event(reader: &RowReader<'_>, row: usize, at: Timestamp) -> Result<Event, ArrowError> {
    let kind = reader.some_text(C::Kind.name(), row)?;
    let body = reader.some_text(C::Body.name(), row)?;
    let kind: EventKind = serde_json::from_str(&format!("{{\"{kind}\":{body}}}"))
        .map_err(|error| ArrowError::ParseError(format!("event of kind {kind}: {error}")))?;
    let path = reader.text(C::Path.name(), row)?;
    let template = reader.text(C::Route.name(), row)?;
    let seq = reader.long(C::Seq.name(), row)?;
    Ok(Event {
        seq: u32::try_from(seq).map_err(|_| ArrowError::ParseError(format!("seq {seq} is out of range")))?,
        at: at.plus(-reader.long(C::Skew.name(), row)?),
        kind,
        route: path
            .zip(template)
            .map(|(path, template)| Route { path: path.into(), template: template.into() }),
    })
}
