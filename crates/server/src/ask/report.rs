//! `footpath report`: the reports, as tables for people, or as the API answers them.

use super::{Server, table};
use crate::data::DataError;
use clap::{Args, ValueEnum};
use footpath_model::time::{HOUR, MINUTE, SECOND};
use serde_json::Value;

/// Which report, and of what.
#[derive(Args, Clone, Debug)]
pub struct ShowReport {
    /// The report.
    name: ReportName,

    /// What it takes besides, as the API names it: `step=page:/checkout`, `dimensions=device,country`.
    #[arg(value_name = "PARAMETER=VALUE", value_parser = parameter)]
    parameters: Vec<(String, String)>,

    /// Id of the site; the only one where it is left out.
    #[arg(long)]
    site: Option<String>,

    /// How far back: 15m, 24h, 7d.
    #[arg(long, default_value = "7d", value_name = "SPAN")]
    since: String,

    /// The API's answer as it is.
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    server: Server,
}

/// The reports that can be asked for.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
enum ReportName {
    /// Live sessions, metrics, and what changed most.
    Overview,
    /// Metrics against the period before.
    Metrics,
    /// Metrics by one or two dimensions.
    Segments,
    /// The most frequent whole paths.
    Paths,
    /// Steps by the sessions that are lost there.
    DropOff,
    /// How sessions ended that reached a `step`.
    Endings,
    /// What errors cost.
    ErrorImpact,
    /// How many sessions did this, then that: `steps=page:/cart>page:/checkout`.
    Funnel,
    /// Pages by views.
    Pages,
    /// Endpoints by calls.
    Endpoints,
    /// Web vitals.
    Vitals,
}

impl ReportName {
    const fn path(self) -> &'static str {
        match self {
            Self::Overview => "overview",
            Self::Metrics => "metrics",
            Self::Segments => "segments",
            Self::Paths => "paths",
            Self::DropOff => "drop-off",
            Self::Endings => "drop-off/endings",
            Self::ErrorImpact => "error-impact",
            Self::Funnel => "funnel",
            Self::Pages => "pages",
            Self::Endpoints => "endpoints",
            Self::Vitals => "vitals",
        }
    }
}

fn parameter(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write PARAMETER=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

/// Prints a report.
///
/// # Errors
/// Where the server cannot be asked, or refuses the question.
pub async fn run(asked: &ShowReport) -> Result<(), DataError> {
    let site = asked.server.site(asked.site.as_deref()).await?;
    let given = asked.parameters.iter().map(|(name, value)| (name.as_str(), Some(value.as_str())));
    let mut params: Vec<(&str, Option<&str>)> = given.collect();
    if params.iter().all(|(name, _)| !["from", "to", "last"].contains(name)) {
        params.push(("last", Some(&asked.since)));
    }
    let path = format!("/sites/{site}/reports/{}", asked.name.path());
    let report = asked.server.get(&path, &params).await?;
    if asked.json {
        println!("{report:#}");
    } else {
        println!("{}", told(asked.name, &report));
    }
    Ok(())
}

/// How a value is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Show {
    Text,
    Count,
    Share,
    Span,
    Change,
}

/// A column of a table: its head, where its value is in a row, and how it is written.
type Column = (&'static str, &'static str, Show);

const DROP_OFF: &[Column] = &[
    ("step", "/step/label", Show::Text),
    ("reached", "/reached", Show::Count),
    ("continued", "/continued", Show::Count),
    ("completed", "/completed", Show::Count),
    ("lost", "/dropped", Show::Count),
    ("open", "/open", Show::Count),
    ("lost of reached", "/drop_rate", Show::Share),
];
const IMPACT: &[Column] = &[
    ("error", "/error", Show::Text),
    ("page", "/page", Show::Text),
    ("sessions", "/sessions", Show::Count),
    ("ended", "/ended", Show::Count),
    ("retried", "/retried", Show::Count),
    ("other path", "/alternative", Show::Count),
    ("completed", "/completed", Show::Count),
    ("completion", "/comparison/difference/estimate", Show::Change),
    ("from", "/comparison/difference/low", Show::Change),
    ("to", "/comparison/difference/high", Show::Change),
    ("lost", "/comparison/lost/estimate", Show::Count),
    ("compared", "/comparison/state", Show::Text),
];
const FUNNEL: &[Column] = &[
    ("step", "/name", Show::Text),
    ("reached", "/reached", Show::Count),
    ("of first", "/of_first", Show::Share),
    ("of previous", "/of_previous", Show::Share),
    ("dropped", "/dropped", Show::Count),
    ("open", "/open", Show::Count),
    ("to next", "/time_to_next/median_ms", Show::Span),
];
const PATHS: &[Column] = &[
    ("sessions", "/sessions", Show::Count),
    ("share", "/share", Show::Share),
    ("time", "/time/median_ms", Show::Span),
    ("path", "/path", Show::Text),
];
const PAGES: &[Column] = &[
    ("page", "/route", Show::Text),
    ("views", "/views", Show::Count),
    ("sessions", "/sessions", Show::Count),
    ("load p75", "/load_p75", Show::Span),
    ("LCP p75", "/lcp_p75", Show::Span),
    ("INP p75", "/inp_p75", Show::Span),
];
const ENDPOINTS: &[Column] = &[
    ("endpoint", "/endpoint", Show::Text),
    ("calls", "/calls", Show::Count),
    ("ok", "/ok", Show::Count),
    ("4xx", "/client_errors", Show::Count),
    ("5xx", "/server_errors", Show::Count),
    ("no response", "/no_response", Show::Count),
    ("average", "/average_ms", Show::Span),
    ("p95", "/p95_ms", Show::Span),
];

fn told(name: ReportName, report: &Value) -> String {
    match name {
        ReportName::Overview => overview(report),
        ReportName::Metrics => metrics(report),
        ReportName::Segments => segments(report),
        ReportName::Paths => {
            let variants = each(report, "variants").map(|variant| {
                let mut row = variant.clone();
                let steps: Vec<String> = each(variant, "steps").map(|step| text(&step["label"])).collect();
                row["path"] = steps.join(" → ").into();
                row
            });
            columns(PATHS, variants)
        }
        ReportName::DropOff => columns(DROP_OFF, each(report, "steps").cloned()),
        ReportName::Endings => endings(report),
        ReportName::ErrorImpact => columns(IMPACT, each(report, "rows").cloned()),
        ReportName::Funnel => columns(FUNNEL, each(report, "steps").cloned()),
        ReportName::Pages => columns(PAGES, each(report, "rows").map(with_measures)),
        ReportName::Endpoints => columns(ENDPOINTS, each(report, "rows").cloned()),
        ReportName::Vitals => vitals(report),
    }
}

fn each<'a>(value: &'a Value, list: &str) -> impl Iterator<Item = &'a Value> {
    value[list].as_array().into_iter().flatten()
}

/// The row with a field for each of its measures.
fn with_measures(row: &Value) -> Value {
    let mut wide = row.clone();
    for measure in each(row, "measures") {
        wide[text(&measure["metric"])] = measure["value"].clone();
    }
    wide
}

fn columns(columns: &[Column], rows: impl Iterator<Item = Value>) -> String {
    let rows: Vec<Vec<String>> = rows
        .map(|row| {
            let cell = |(_, place, show): &Column| shown(row.pointer(place).unwrap_or(&Value::Null), *show);
            columns.iter().map(cell).collect()
        })
        .collect();
    let heads: Vec<&str> = columns.iter().map(|(head, ..)| *head).collect();
    let right: Vec<usize> = (0..columns.len()).filter(|at| columns[*at].2 != Show::Text).collect();
    or_nothing(&heads, &right, &rows)
}

fn or_nothing(heads: &[&str], right: &[usize], rows: &[Vec<String>]) -> String {
    if rows.is_empty() { "nothing in this range".to_owned() } else { table(heads, right, rows) }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or("–").to_owned()
}

/// A value as people read it; nothing is `–`.
fn shown(value: &Value, show: Show) -> String {
    if show == Show::Text {
        return text(value);
    }
    let Some(number) = value.as_f64() else { return "–".to_owned() };
    match show {
        Show::Text => text(value),
        Show::Count => grouped(number.round()),
        Show::Share => format!("{:.1} %", number * 100.0),
        Show::Change => format!("{:+.1} %", number * 100.0),
        Show::Span => span(number),
    }
}

/// `12,345`.
fn grouped(number: f64) -> String {
    let digits = format!("{:.0}", number.abs());
    let mut text = if number < 0.0 { "−".to_owned() } else { String::new() };
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `5m 23s`, `1.2 s`, `340 ms`.
fn span(ms: f64) -> String {
    let whole = ms.round() as i64;
    match whole {
        ms if ms >= HOUR => format!("{}h {:02}m", ms / HOUR, ms % HOUR / MINUTE),
        ms if ms >= MINUTE => format!("{}m {:02}s", ms / MINUTE, ms % MINUTE / SECOND),
        ms if ms >= SECOND => format!("{:.1} s", ms as f64 / SECOND as f64),
        ms => format!("{ms} ms"),
    }
}

/// A metric's value in its unit.
fn in_unit(value: &Value, unit: &Value) -> String {
    let Some(number) = value.as_f64() else { return "–".to_owned() };
    match unit.as_str() {
        Some("ms") => span(number),
        Some("ratio") => shown(value, Show::Share),
        Some("score") => format!("{number:.2}"),
        _ if number.fract() == 0.0 => grouped(number),
        _ => format!("{number:.1}"),
    }
}

fn metrics(report: &Value) -> String {
    let row = |series: &Value| {
        let (metric, before) = (&series["metric"], &series["previous"]["total"]["value"]);
        let total = &series["total"];
        let value = match total["state"].as_str() {
            Some("not_measurable") => "not measurable".to_owned(),
            _ => in_unit(&total["value"], &metric["unit"]),
        };
        vec![
            text(&metric["name"]),
            value,
            in_unit(before, &metric["unit"]),
            shown(&series["change"], Show::Change),
        ]
    };
    let rows: Vec<Vec<String>> = each(report, "metrics").map(row).collect();
    or_nothing(&["metric", "value", "before", "change"], &[1, 2, 3], &rows)
}

fn overview(report: &Value) -> String {
    let mut told = format!("{} sessions are live\n\n", shown(&report["live"]["sessions"], Show::Count));
    told += &metrics(report);
    for insight in each(report, "insights") {
        told += &format!("\n{} {}", if told.contains('•') { "•" } else { "\n•" }, text(&insight["text"]));
    }
    told
}

fn segments(report: &Value) -> String {
    let names = |list: &str| each(report, list).map(text).collect::<Vec<String>>();
    let infos: Vec<&Value> = each(report, "metrics").collect();
    let metrics = infos.iter().map(|metric| text(&metric["name"]));
    let heads: Vec<String> = names("dimensions").into_iter().chain(metrics).collect();
    let n_dimensions = names("dimensions").len();
    let measures = |row: &Value| {
        let of = |(measure, metric): (&Value, &&Value)| in_unit(&measure["value"], &metric["unit"]);
        each(row, "measures").zip(&infos).map(of).collect::<Vec<String>>()
    };
    let mut rows: Vec<Vec<String>> = Vec::new();
    for row in each(report, "rows") {
        let key = each(row, "key").map(|value| value.as_str().unwrap_or("not known").to_owned());
        rows.push(key.chain(measures(row)).collect());
    }
    if report["rest"].is_object() {
        let key = vec!["(others)".to_owned(); n_dimensions];
        rows.push([key, measures(&report["rest"])].concat());
    }
    let right: Vec<usize> = (n_dimensions..heads.len()).collect();
    or_nothing(&heads.iter().map(String::as_str).collect::<Vec<_>>(), &right, &rows)
}

/// The step with its endings below it as a tree, most sessions first.
fn endings(report: &Value) -> String {
    let number = |value: &Value| value.as_u64().unwrap_or(0);
    let mut endings: Vec<&Value> =
        each(report, "endings").filter(|one| number(&one["sessions"]) > 0).collect();
    endings.sort_by_key(|one| std::cmp::Reverse(number(&one["sessions"])));
    let mut told =
        format!("{}  {} sessions", text(&report["step"]["label"]), shown(&report["reached"], Show::Count));
    for (place, ending) in endings.iter().enumerate() {
        let is_last = place + 1 == endings.len();
        let share = ending["share"].as_f64().unwrap_or(0.0) * 100.0;
        let sessions = shown(&ending["sessions"], Show::Count);
        let branch = if is_last { "└──" } else { "├──" };
        told += &format!("\n{branch} {share:.0}% - {} ({sessions})", text(&ending["name"]));
        for detail in each(ending, "details") {
            let trunk = if is_last { " " } else { "│" };
            let share = shown(&detail["share"], Show::Share);
            told += &format!("\n{trunk}       {share}  {}", text(&detail["step"]["label"]));
        }
    }
    told
}

fn vitals(report: &Value) -> String {
    let row = |vital: &Value| {
        let wide = with_measures(vital);
        let metric = |stat: &str| format!("{}_{stat}", text(&vital["name"]).to_lowercase());
        let share = |stat: &str| shown(&wide[metric(stat)], Show::Share);
        let p75 = in_unit(&wide[metric("p75")], &vital["unit"]);
        let measured = shown(&vital["measured"], Show::Count);
        vec![text(&vital["name"]), p75, share("good"), share("needs_improvement"), share("poor"), measured]
    };
    let rows: Vec<Vec<String>> = each(report, "vitals").map(row).collect();
    let heads = ["vital", "p75", "good", "needs improvement", "poor", "page views"];
    or_nothing(&heads, &[1, 2, 3, 4, 5], &rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;
    use serde_json::json;

    #[test]
    fn endings_are_told_as_a_tree() {
        let ending = |name: &str, sessions: u64, share: f64, details: Value| json!({"name": name, "sessions": sessions, "share": share, "details": details});
        let report = json!({"step": {"label": "/checkout"}, "reached": 2000, "endings": [
            ending("Completed purchase", 1200, 0.6, json!([])),
            ending("Blocked by an error", 0, 0.0, json!([])),
            ending("Abandoned at payment", 500, 0.25, json!([{"step": {"label": "checkout: card_number"}, "share": 1.0}])),
            ending("Left before entering details", 300, 0.15, json!([])),
        ]});
        expect![[r#"
            /checkout  2,000 sessions
            ├── 60% - Completed purchase (1,200)
            ├── 25% - Abandoned at payment (500)
            │       100.0 %  checkout: card_number
            └── 15% - Left before entering details (300)"#]]
        .assert_eq(&endings(&report));
    }

    #[test]
    fn nothing_is_neither_zero_nor_an_error() {
        assert_eq!(shown(&Value::Null, Show::Share), "–");
        assert_eq!(in_unit(&json!(12_345.0), &json!("sessions")), "12,345");
        assert_eq!(in_unit(&json!(323_000.0), &json!("ms")), "5m 23s");
        assert_eq!(told(ReportName::DropOff, &json!({"steps": []})), "nothing in this range");
    }
}
