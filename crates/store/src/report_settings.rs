//! What a site says about its reports: its goals, the rules for endings, and its funnels. Small, read from memory, written rarely.

use crate::metadata::{Metadata, MetadataError};
use footpath_model::id::SiteId;
use footpath_model::reports::endings::EndingRules;
use footpath_model::reports::funnels::SavedFunnel;
use footpath_model::reports::pattern::Goal;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::{Row, SqliteConnection};
use std::collections::HashMap;
use std::sync::Arc;

/// The step of metadata's schema that it is kept in.
pub(crate) const REPORT_SETTINGS: &str = "
-- What a site says about its reports, as JSON; no row means what sites start with.
CREATE TABLE report_settings (
    site TEXT NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (site, kind)
) STRICT;
";

const GOALS: &str = "goals";
const ENDING_RULES: &str = "ending_rules";
const FUNNELS: &str = "funnels";

/// The settings of all sites.
#[derive(Debug, Default)]
pub(crate) struct AllReportSettings {
    goals: HashMap<SiteId, Arc<Vec<Goal>>>,
    ending_rules: HashMap<SiteId, Arc<EndingRules>>,
    funnels: HashMap<SiteId, Arc<Vec<SavedFunnel>>>,
}

impl AllReportSettings {
    pub(crate) async fn read(connection: &mut SqliteConnection) -> Result<Self, sqlx::Error> {
        let mut all = Self::default();
        let rows = sqlx::query("SELECT site, kind, body FROM report_settings").fetch_all(connection).await?;
        for row in rows {
            let (site, kind): (String, String) = (row.try_get("site")?, row.try_get("kind")?);
            let body: String = row.try_get("body")?;
            let site = SiteId(site);
            match kind.as_str() {
                GOALS => drop(all.goals.insert(site, Arc::new(parsed(&body)?))),
                ENDING_RULES => drop(all.ending_rules.insert(site, Arc::new(parsed(&body)?))),
                FUNNELS => drop(all.funnels.insert(site, Arc::new(parsed(&body)?))),
                // A later version's, which this one leaves alone.
                _ => {}
            }
        }
        Ok(all)
    }
}

fn parsed<T: DeserializeOwned>(body: &str) -> Result<T, sqlx::Error> {
    serde_json::from_str(body).map_err(|error| sqlx::Error::Decode(Box::new(error)))
}

impl Metadata {
    /// What counts as success on a site; nothing where it has not said.
    pub fn goals(&self, site: &SiteId) -> Arc<Vec<Goal>> {
        let all = self.report_settings.read().expect("no holder of this lock panics");
        all.goals.get(site).cloned().unwrap_or_default()
    }

    /// Sets what counts as success.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn set_goals(&self, site: &SiteId, goals: Vec<Goal>) -> Result<(), MetadataError> {
        self.set(site, GOALS, &goals).await?;
        let mut all = self.report_settings.write().expect("no holder of this lock panics");
        all.goals.insert(site.clone(), Arc::new(goals));
        Ok(())
    }

    /// The rules for endings of a site.
    pub fn ending_rules(&self, site: &SiteId) -> Arc<EndingRules> {
        let all = self.report_settings.read().expect("no holder of this lock panics");
        all.ending_rules.get(site).cloned().unwrap_or_default()
    }

    /// Sets the rules for endings.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn set_ending_rules(&self, site: &SiteId, rules: EndingRules) -> Result<(), MetadataError> {
        self.set(site, ENDING_RULES, &rules).await?;
        let mut all = self.report_settings.write().expect("no holder of this lock panics");
        all.ending_rules.insert(site.clone(), Arc::new(rules));
        Ok(())
    }

    /// The funnels that a site has saved, in its order.
    pub fn funnels(&self, site: &SiteId) -> Arc<Vec<SavedFunnel>> {
        let all = self.report_settings.read().expect("no holder of this lock panics");
        all.funnels.get(site).cloned().unwrap_or_default()
    }

    /// Sets the funnels that a site has saved.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn set_funnels(&self, site: &SiteId, funnels: Vec<SavedFunnel>) -> Result<(), MetadataError> {
        self.set(site, FUNNELS, &funnels).await?;
        let mut all = self.report_settings.write().expect("no holder of this lock panics");
        all.funnels.insert(site.clone(), Arc::new(funnels));
        Ok(())
    }

    async fn set(&self, site: &SiteId, kind: &str, value: &impl Serialize) -> Result<(), MetadataError> {
        let body = serde_json::to_string(value).map_err(|error| sqlx::Error::Encode(Box::new(error)))?;
        let mut connection = self.connection.lock().await;
        sqlx::query(
            "INSERT INTO report_settings VALUES (?, ?, ?) ON CONFLICT (site, kind) DO UPDATE SET body = excluded.body",
        )
        .bind(&site.0)
        .bind(kind)
        .bind(body)
        .execute(&mut *connection)
        .await?;
        Ok(())
    }
}
