//! The search language at work: parts of a search, completion while it is typed, and why it finds what it finds.

use super::params::{CompleteParams, FilterParams, SearchParams};
use super::resources::{
    CompletionItem, Completions, ExplainedClause, MatchedClause, ParsedSearch, SearchChip, SearchExplanation,
    SessionExplanation, TimelineMark,
};
use super::sessions::{Found, find_site, unreadable};
use crate::clock;
use crate::error::{ApiError, ErrorBody};
use crate::query::{Queries, SessionSet};
use crate::search::{self, SiteZone};
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use footpath_analyze::{ClauseCounts, CompiledSearch, Filter, Values, ValuesOf};
use footpath_model::search::{
    self as language, Completion, EventName, SameEvent, Stop, Wanted, completion, fields, has_values,
    known_values, literal,
};
use footpath_model::sessionize::PlacedEvent;
use footpath_model::timeline;
use footpath_store::{SessionEvents, Store};
use std::sync::Arc;

/// Values that are offered at most.
const VALUES_OFFERED: usize = 20;
/// Keys of the site's own that are offered at most.
const KEYS_OFFERED: usize = 8;

/// A search as it is understood: its canonical text, and its parts; of a step the events that it can be.
#[utoipa::path(
    get, path = "/api/v1/sites/{site}/search/parse", operation_id = "parse_search", tag = "search",
    params(("site" = String, Path, description = "Id of the site"), SearchParams),
    responses((status = 200, body = ParsedSearch), (status = 400, body = ErrorBody), (status = 404, body = ErrorBody))
)]
pub(crate) async fn parse(
    State(store): State<Store>,
    Path(site): Path<String>,
    params: Result<Query<SearchParams>, QueryRejection>,
) -> Result<Json<ParsedSearch>, ApiError> {
    find_site(&store, &site)?;
    let Query(params) = params.map_err(|rejection| unreadable(&rejection))?;
    if params.is_step()? {
        let stop = Stop::parse(&params.q).map_err(ApiError::of_search)?;
        let chip = |event: &SameEvent| SearchChip { text: event.in_braces(), negated: false };
        return Ok(Json(ParsedSearch { q: stop.to_string(), chips: stop.events.iter().map(chip).collect() }));
    }
    let search = search::read(&params.q)?;
    let chips = search.conjuncts().iter();
    let chips =
        chips.map(|part| SearchChip { text: part.to_string(), negated: part.is_negative() }).collect();
    Ok(Json(ParsedSearch { q: search.to_string(), chips }))
}

/// What can be written at a place in a search: names of fields, or values with the sessions that have them.
#[utoipa::path(
    get, path = "/api/v1/sites/{site}/search/complete", operation_id = "complete_search", tag = "search",
    params(("site" = String, Path, description = "Id of the site"), CompleteParams),
    responses((status = 200, body = Completions), (status = 400, body = ErrorBody), (status = 404, body = ErrorBody))
)]
pub(crate) async fn complete(
    State(store): State<Store>,
    State(queries): State<Queries>,
    Path(site): Path<String>,
    params: Result<Query<CompleteParams>, QueryRejection>,
) -> Result<Json<Completions>, ApiError> {
    let site = find_site(&store, &site)?;
    let Query(params) = params.map_err(|rejection| unreadable(&rejection))?;
    let asked = params.asked(&site, store.sessions(&site.id).first_start(), clock::now())?;
    let (text, at) = params.typed();
    let Completion { span, typed, wanted } = completion(text, at);
    let mut items: Vec<CompletionItem> = Vec::new();
    match wanted {
        Wanted::Field => {
            for about in fields(&typed) {
                let keys = match about.name {
                    "user." => ValuesOf::TraitKeys,
                    "event." => ValuesOf::PropKeys,
                    name => {
                        items.push(CompletionItem::field(format!("{name}:"), about.doc, None));
                        continue;
                    }
                };
                let counted = Values::new(keys, "", KEYS_OFFERED);
                let counted = queries.run(&site.id, asked.set.clone(), counted).await?;
                items.extend(counted.values.into_iter().map(|key| {
                    let name = format!("{}{}:", about.name, key.value);
                    CompletionItem::field(name, about.doc, Some(key.sessions))
                }));
            }
        }
        Wanted::Value(field, key) => {
            let known = known_values(field, &typed).into_iter();
            items.extend(known.map(|known| CompletionItem::value(known.text.to_owned(), known.doc, None)));
            if items.is_empty() && has_values(field) {
                let values = Values::new(ValuesOf::Field(field, key), &typed, VALUES_OFFERED);
                let counted = queries.run(&site.id, asked.set, values).await?;
                let values = counted.values.into_iter();
                items.extend(
                    values
                        .map(|found| CompletionItem::value(literal(&found.value), "", Some(found.sessions))),
                );
            }
        }
    }
    Ok(Json(Completions { start: span.start, end: span.end, items }))
}

/// What each part of a search does to its result: why it finds so few.
#[utoipa::path(
    get, path = "/api/v1/sites/{site}/search/explain", operation_id = "explain_search", tag = "search",
    params(("site" = String, Path, description = "Id of the site"), FilterParams),
    responses((status = 200, body = SearchExplanation), (status = 400, body = ErrorBody), (status = 404, body = ErrorBody))
)]
pub(crate) async fn explain(
    State(store): State<Store>,
    State(queries): State<Queries>,
    Path(site): Path<String>,
    params: Result<Query<FilterParams>, QueryRejection>,
) -> Result<Json<SearchExplanation>, ApiError> {
    let site = find_site(&store, &site)?;
    let Query(params) = params.map_err(|rejection| unreadable(&rejection))?;
    let asked = params.asked(&site, store.sessions(&site.id).first_start(), clock::now())?;
    let zone = SiteZone::of(&site);
    let compiled = CompiledSearch::new(asked.search.clone(), search::clock(&site, &zone, clock::now()));
    // The parts are asked of all sessions in range.
    let SessionSet { filter, within } = asked.set;
    let everyone = SessionSet { filter: Filter { search: None, ..filter }, within };
    let counts = ClauseCounts { search: Arc::new(compiled) };
    let counted = queries.run(&site.id, everyone, counts).await?;
    let clauses = counted.parts.into_iter().zip(asked.search.parts()).map(|(part, (_, negated))| {
        ExplainedClause { text: part.part, negated, sessions: part.alone, without: part.without }
    });
    Ok(Json(SearchExplanation { total: counted.found, clauses: clauses.collect() }))
}

/// Why a search finds a session, or does not.
#[utoipa::path(
    get, path = "/api/v1/sites/{site}/sessions/{id}/explain", operation_id = "explain_session", tag = "search",
    params(("site" = String, Path, description = "Id of the site, or - for any"), ("id" = String, Path, description = "Id of the session"), SearchParams),
    responses((status = 200, body = SessionExplanation), (status = 400, body = ErrorBody), (status = 404, body = ErrorBody))
)]
pub(crate) async fn explain_session(
    State(queries): State<Queries>,
    Path((site, id)): Path<(String, String)>,
    params: Result<Query<SearchParams>, QueryRejection>,
) -> Result<Json<SessionExplanation>, ApiError> {
    let found = Found::find(&queries, &site, &id).await?;
    let Query(params) = params.map_err(|rejection| unreadable(&rejection))?;
    let search = search::read(&params.q)?;
    let SessionEvents { session, events } = found.events(&queries).await?;
    let zone = SiteZone::of(&found.site);
    let clock = search::clock(&found.site, &zone, clock::now());
    let matched = language::matches(&search, &session, &events, clock);
    let clauses = language::explain(&search, &session, &events, clock).into_iter();
    let clauses = clauses.map(|clause| MatchedClause {
        text: clause.part,
        negated: clause.negated,
        matched: clause.holds,
        events: clause.events.into_iter().filter_map(|name| mark(name, &events)).collect(),
    });
    Ok(Json(SessionExplanation { matched, clauses: clauses.collect() }))
}

fn mark(name: EventName, events: &[PlacedEvent]) -> Option<TimelineMark> {
    let is_named = |placed: &&PlacedEvent| placed.tab_id == name.tab_id && placed.event().seq == name.seq;
    let placed = events.iter().find(is_named)?;
    Some(TimelineMark::of(name, timeline::line(placed.event())))
}
