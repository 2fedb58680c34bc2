//! `footpath session`: one session with its timeline.

use super::Server;
use crate::data::DataError;
use clap::Args;
use footpath_model::time::{HOUR, MINUTE, SECOND};
use serde_json::{Value, json};

/// Which session.
#[derive(Args, Clone, Debug)]
pub struct ShowSession {
    /// Its id.
    id: String,

    /// The API's answers as they are.
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    server: Server,
}

/// Prints a session.
///
/// # Errors
/// Where the server cannot be asked, or has no such session.
pub async fn run(asked: &ShowSession) -> Result<(), DataError> {
    let path = format!("/sites/-/sessions/{}", asked.id);
    let session = asked.server.get(&path, &[]).await?;
    let mut rows: Vec<Value> = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let params = [("limit", Some("1000")), ("cursor", cursor.as_deref())];
        let mut page = asked.server.get(&format!("{path}/events"), &params).await?;
        rows.extend(page["rows"].as_array_mut().map(std::mem::take).into_iter().flatten());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = Some(next.to_owned()),
            None => break,
        }
    }
    if asked.json {
        println!("{:#}", json!({ "session": session, "timeline": rows }));
        return Ok(());
    }
    let text = |value: &Value| value.as_str().unwrap_or("–").to_owned();
    let number = |name: &str| session["counts"][name].as_u64().unwrap_or(0);
    println!("session   {}", text(&session["id"]));
    println!("user      {}", text(&session["user"]["id"]));
    println!("started   {} ({})", clock(&session["start"]), text(&session["start_reason"]));
    println!("status    {} ({})", text(&session["status"]), text(&session["end_reason"]));
    println!("duration  {}", span(session["duration_ms"].as_i64().unwrap_or(0)));
    println!("device    {}", text(&session["device"]["label"]));
    println!("place     {}", text(&session["place"]["label"]));
    println!("entry     {}", text(&session["entry"]["path"]));
    println!("exit      {}", text(&session["exit"]["path"]));
    let (pages, events, errors) = (number("page_views"), number("events"), number("errors"));
    println!("counts    {pages} pages, {events} events, {errors} errors\n");
    for row in &rows {
        println!("{}  {}", clock(&row["at"]), text(&row["line"]));
    }
    Ok(())
}

/// `2026-11-23 10:00:00`, in this machine's time zone.
pub(super) fn clock(at: &Value) -> String {
    let at = at.as_i64().and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok());
    at.map_or_else(String::new, |at| {
        jiff::tz::TimeZone::system().to_datetime(at).strftime("%Y-%m-%d %H:%M:%S").to_string()
    })
}

/// `4m 32s`.
pub(super) fn span(ms: i64) -> String {
    match ms {
        ms if ms >= HOUR => format!("{}h {:02}m", ms / HOUR, ms % HOUR / MINUTE),
        ms if ms >= MINUTE => format!("{}m {:02}s", ms / MINUTE, ms % MINUTE / SECOND),
        ms => format!("{}s", ms / SECOND),
    }
}
