//! The reports: a handler each, which turns parameters into a question of the model, has the kernels answer it, and
//! puts a door beside every number.
//!
//! All go the same way: [`Question::read`] checks what all reports take, [`Question::ask`] runs the kernels over the sessions in
//! question, [`Question::answer`] writes what [`super::resources::reports`] make of it, as JSON or as a table.

mod buckets;
pub(super) mod definitions;
pub(super) mod losses;
pub(super) mod metrics;
pub(super) mod pages;
pub(super) mod paths;
pub(super) mod preview;

pub(super) use definitions::definitions;
pub(super) use losses::{drop_off, endings, error_impact, funnel};
pub(super) use metrics::{metrics, overview, segments};
pub(super) use pages::{endpoints, pages, vitals};
pub(super) use paths::paths;
pub(super) use preview::preview;

use super::params::reports::{Format, Interval, ReportParams};
use super::resources::ResolvedRange;
use super::resources::reports::{Buckets, Tabular};
use super::selections::Doors;
use super::sessions::{find_site, unreadable};
use crate::clock;
use crate::data::export::text::cell;
use crate::error::ApiError;
use crate::query::{Queries, SessionSet};
use crate::search::SiteZone;
use axum::Json;
use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use footpath_analyze::reports::{ReportError, Scope};
use footpath_model::reports::document::AsOf;
use footpath_model::site::Site;
use footpath_model::time::Timestamp;
use footpath_store::Store;
use jiff::tz::TimeZone;
use serde::Serialize;
use std::ops::Range;
use std::sync::Arc;

/// What is asked of a report, checked as far as all reports are the same.
struct Question<P> {
    site: Arc<Site>,
    params: P,
    set: SessionSet,
    range: ResolvedRange,
    doors: Doors,
    format: Format,
    as_of: AsOf,
    zone: TimeZone,
    first: Option<Timestamp>,
}

impl<P: ReportParams> Question<P> {
    fn read(store: &Store, site: &str, params: Result<Query<P>, QueryRejection>) -> Result<Self, ApiError> {
        let site = find_site(store, site)?;
        let Query(params) = params.map_err(|rejection| unreadable(&rejection))?;
        let (now, first) = (clock::now(), store.sessions(&site.id).first_start());
        let asked = params.sessions(&site, first, now)?;
        Ok(Self {
            range: asked.range(&site),
            doors: asked.set.within.doors(),
            set: asked.set,
            format: params.format()?,
            as_of: AsOf::new(now, site.session_rules),
            zone: SiteZone::of(&site).0,
            first,
            site,
            params,
        })
    }

    /// The sessions' range, divided.
    fn buckets(&self, interval: Option<Interval>) -> Result<Buckets, ApiError> {
        let interval = interval.unwrap_or_else(|| buckets::fitting(&self.set.filter.range));
        Ok(Buckets { edges: buckets::edges(&self.set.filter.range, interval, &self.zone)?, interval })
    }

    /// The edges of the period before; none where the site had no session yet.
    fn previous(&self, edges: &[Timestamp]) -> Result<Vec<Timestamp>, ApiError> {
        if self.first.is_none_or(|first| first >= self.set.filter.range.start) {
            return Ok(Vec::new());
        }
        buckets::previous(edges, self.as_of.now, &self.zone)
    }

    /// Has kernels answer, over the sessions in question.
    async fn ask<T: Send + 'static>(
        &self,
        queries: &Queries,
        answer: impl Fn(&Scope<'_>) -> Result<T, ReportError> + Clone + Send + 'static,
    ) -> Result<T, ApiError> {
        queries.report(&self.site.id, self.set.clone(), answer).await
    }

    /// As [`Self::ask`], over another range.
    async fn ask_over<T: Send + 'static>(
        &self,
        queries: &Queries,
        range: Range<Timestamp>,
        answer: impl Fn(&Scope<'_>) -> Result<T, ReportError> + Clone + Send + 'static,
    ) -> Result<T, ApiError> {
        queries.report(&self.site.id, self.set.over(range), answer).await
    }

    /// As [`Self::ask`], where it matters what visitors did later.
    async fn ask_ahead<T: Send + 'static>(
        &self,
        queries: &Queries,
        answer: impl Fn(&Scope<'_>) -> Result<T, ReportError> + Clone + Send + 'static,
    ) -> Result<T, ApiError> {
        queries.report_ahead(&self.site.id, self.set.clone(), answer).await
    }

    /// Writes the answer.
    fn answer(&self, name: &str, report: &(impl Serialize + Tabular)) -> Response {
        match self.format {
            Format::Json => Json(report).into_response(),
            Format::Csv => {
                let disposition = format!("attachment; filename=\"{}-{name}.csv\"", self.site.id);
                let headers = [
                    (CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
                    (CONTENT_DISPOSITION, disposition),
                ];
                (headers, csv(report)).into_response()
            }
        }
    }
}

/// A table as RFC 4180 writes it, safe to open in a spreadsheet.
fn csv(report: &impl Tabular) -> String {
    let mut text = String::new();
    let heads = report.heads().into_iter().map(Into::into).collect();
    for row in std::iter::once(heads).chain(report.rows()) {
        let cells: Vec<String> = row.iter().map(cell).collect();
        text += &cells.join(",");
        text += "\r\n";
    }
    text
}
