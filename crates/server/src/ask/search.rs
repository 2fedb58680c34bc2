//! `footpath search`: the sessions that a search finds.

use super::{AskError, Refused, Server, table};
use crate::data::DataError;
use clap::Args;
use footpath_model::search::{SearchError, Suggestion};
use serde_json::Value;

/// What is looked for, and where.
#[derive(Args, Clone, Debug)]
pub struct SearchSessions {
    /// The search, such as 'page:/checkout AND has:errors'; docs/search.md is the language.
    #[arg(default_value = "", hide_default_value = true)]
    search: String,

    /// Id of the site; the only one where it is left out.
    #[arg(long)]
    site: Option<String>,

    /// How far back: 15m, 24h, 7d.
    #[arg(long, default_value = "7d", value_name = "SPAN")]
    since: String,

    /// What the list is ordered by: start, duration, pages, events, errors …
    #[arg(long, default_value = "start")]
    sort: String,

    /// Sessions to show, at most 200.
    #[arg(long, default_value = "20")]
    limit: u32,

    /// The API's answer as it is.
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    server: Server,
}

/// Prints what a search finds.
///
/// # Errors
/// Where the server cannot be asked, or the search cannot be read.
pub async fn run(asked: &SearchSessions) -> Result<(), DataError> {
    let site = asked.server.site(asked.site.as_deref()).await?;
    let limit = asked.limit.to_string();
    let params = [
        ("q", Some(asked.search.as_str())),
        ("last", Some(asked.since.as_str())),
        ("sort", Some(asked.sort.as_str())),
        ("limit", Some(limit.as_str())),
    ];
    let page = asked.server.get(&format!("/sites/{site}/sessions"), &params).await;
    let page = page.map_err(|error| pointed(error, &asked.search))?;
    if asked.json {
        println!("{page:#}");
        return Ok(());
    }
    let sessions: Vec<Vec<String>> = page["sessions"].as_array().into_iter().flatten().map(row).collect();
    let heads = ["started", "duration", "pages", "errors", "who", "device", "place", "session"];
    if !sessions.is_empty() {
        println!("{}\n", table(&heads, &[1, 2, 3], &sessions));
    }
    let n = |name: &str| page[name].as_u64().unwrap_or(0);
    println!("{} sessions in the last {}, {} with errors", n("total"), asked.since, n("with_errors"));
    Ok(())
}

/// An error of a search points at what is wrong.
fn pointed(error: AskError, search: &str) -> DataError {
    let AskError::Refused(Refused(body)) = &error else { return error.into() };
    let place = |value: &Value, name: &str| value[name].as_u64().and_then(|at| usize::try_from(at).ok());
    let span = |value: &Value| Some(place(value, "start")?..place(value, "end")?);
    let Some(wrong) = span(body) else { return error.into() };
    let meant = &body["suggestion"];
    let suggestion = span(meant)
        .zip(meant["text"].as_str())
        .map(|(span, text)| Suggestion { span, text: text.to_owned() });
    let message = body["message"].as_str().unwrap_or_default().to_owned();
    DataError::new(pointing(search, &SearchError { span: wrong, message, suggestion }))
}

/// What is wrong with a search, with marks below it.
pub(crate) fn pointing(search: &str, error: &SearchError) -> String {
    let SearchError { span, message, suggestion } = error;
    let marks = "^".repeat(span.len().max(1));
    let mut told = format!("{message}\n  {search}\n  {}{marks}", " ".repeat(span.start));
    if let Some(Suggestion { span, text }) = suggestion {
        let before = search.chars().take(span.start);
        let better: String = before.chain(text.chars()).chain(search.chars().skip(span.end)).collect();
        told += &format!("\n  perhaps: {better}");
    }
    told
}

fn row(session: &Value) -> Vec<String> {
    let number = |value: &Value| value.as_u64().unwrap_or(0).to_string();
    let text = |value: &Value| value.as_str().unwrap_or("–").to_owned();
    let who = &session["user"]["traits"]["email"];
    let who = if who.is_string() { who } else { &session["user"]["id"] };
    vec![
        super::session::clock(&session["start"]),
        super::session::span(session["duration_ms"].as_i64().unwrap_or(0)),
        number(&session["counts"]["page_views"]),
        number(&session["counts"]["errors"]),
        if who.is_string() { text(who) } else { "anonymous".to_owned() },
        text(&session["device"]["label"]),
        text(&session["place"]["label"]),
        text(&session["id"]),
    ]
}
