//! Changes of settings, as the API tells them.

use footpath_store::AuditRecord;
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// One change of a site's settings.
#[derive(Serialize, ToSchema)]
#[schema(as = SettingsChange)]
pub(crate) struct AuditResource {
    /// Counts up.
    id: i64,
    /// Unix ms.
    at: i64,
    /// Which settings: `privacy` or `retention`.
    what: String,
    /// Who changed them; nothing, as long as there are no accounts.
    by: Option<String>,
    /// As they were.
    #[schema(value_type = Object)]
    before: Box<RawValue>,
    /// As they are since.
    #[schema(value_type = Object)]
    after: Box<RawValue>,
}

impl TryFrom<AuditRecord> for AuditResource {
    type Error = serde_json::Error;

    fn try_from(record: AuditRecord) -> Result<Self, Self::Error> {
        Ok(Self {
            id: record.id,
            at: record.at.0,
            what: record.what,
            by: None,
            before: RawValue::from_string(record.before)?,
            after: RawValue::from_string(record.after)?,
        })
    }
}

/// Changes, newest first.
#[derive(Serialize, ToSchema)]
#[schema(as = SettingsChanges)]
pub(crate) struct AuditList {
    pub changes: Vec<AuditResource>,
}
