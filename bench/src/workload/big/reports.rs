//! Reports, asked as the dashboard asks them: a server with the memory that it has where nothing else is said, HTTP, and
//! the whole answer as JSON.
//!
//! Other engines are asked for the numbers at the heart of a report, in the SQL that one would write for it: not for the
//! period before, endings by rules, time between steps, matched comparison or insights, which a report has beside them.

use super::Rows;
use crate::Result;
use crate::engines::{self, Engine, Engines, Layout, peer};
use crate::http::Http;
use crate::kernel::{Answered, Asks, Question};
use crate::latency::percentile;
use crate::process::{self, Server};
use crate::results::{Aim, Row};
use crate::site::{DAYS, SITE, UNTIL};
use crate::workload::Setting;
use footpath_model::time::DAY;
use serde_json::Value;
use std::path::Path;
use std::time::Instant;

/// Asked so often before measuring.
const WARM_UP: usize = 2;
/// Asked at least so often, and for so long.
const TIMES: usize = 10;
const SECONDS: f64 = 2.0;

/// Name of a range, its days before the quarter's end, and what a report of it may take, ms.
const RANGES: [(&str, i64, f64); 2] = [("30d", 30, 1000.0), ("all", DAYS, 3000.0)];

/// What counts as success in the shop.
const GOALS: &str = r#"{"goals":[{"name":"Purchase","steps":[{"kind":"custom","label":"purchase"}]}]}"#;

/// A report.
struct Report {
    name: &'static str,
    /// Below `/api/v1/sites/{site}/reports/`, without a range.
    asked: &'static str,
    /// The rows that other engines are asked for, as the report has them, in any order; and the columns of each.
    rows: fn(&Value) -> Vec<Vec<Value>>,
    columns: usize,
    /// `{sessions}` and `{where}` are put in.
    duckdb: &'static str,
    chdb: &'static str,
}

const BY_DAY_DUCKDB: &str = "SELECT count(*), sum(n_page_views) FROM (SELECT *, date_trunc('day', start_at) AS bucket \
    FROM {sessions} WHERE {where}) GROUP BY bucket";
const BY_DAY_CHDB: &str =
    "SELECT count(), sum(n_page_views) FROM {sessions} WHERE {where} GROUP BY toStartOfDay(start_at)";

const REPORTS: [Report; 13] = [
    Report {
        name: "overview",
        asked: "overview?interval=day",
        rows: by_day,
        columns: 2,
        duckdb: BY_DAY_DUCKDB,
        chdb: BY_DAY_CHDB,
    },
    Report {
        name: "metrics",
        asked: "metrics?interval=day",
        rows: by_day,
        columns: 2,
        duckdb: BY_DAY_DUCKDB,
        chdb: BY_DAY_CHDB,
    },
    Report {
        name: "segments",
        asked: "segments?dimensions=user_type",
        rows: |report| of_rows(&report["rows"], &["/sessions"]),
        columns: 1,
        duckdb: "SELECT count(*) FROM {sessions} WHERE {where} GROUP BY user_id IS NULL",
        chdb: "SELECT count() FROM {sessions} WHERE {where} GROUP BY user_id IS NULL",
    },
    Report {
        name: "segments_two",
        asked: "segments?dimensions=country,device&limit=500",
        rows: |report| of_rows(&report["rows"], &["/key/0", "/key/1", "/sessions"]),
        columns: 3,
        duckdb: "SELECT country, device, count(*) FROM {sessions} WHERE {where} GROUP BY ALL",
        chdb: "SELECT country, device, count() FROM {sessions} WHERE {where} GROUP BY country, device",
    },
    Report {
        name: "paths",
        asked: "paths?collapse=false",
        rows: |report| of_rows(&report["variants"], &["/sessions"]),
        columns: 1,
        duckdb: "SELECT count(*) AS n FROM {sessions} WHERE {where} GROUP BY view_route[1:5] ORDER BY n DESC LIMIT 20",
        chdb: "SELECT count() AS n FROM {sessions} WHERE {where} GROUP BY arraySlice(view_route, 1, 5) ORDER BY n DESC LIMIT 20",
    },
    Report {
        name: "paths_to",
        asked: "paths?end=page:/checkout/payment&depth=2",
        rows: |report| vec![vec![report["with_path"].clone()]],
        columns: 1,
        duckdb: "SELECT count(*) FROM {sessions} WHERE {where} AND list_contains(view_route, '/checkout/payment')",
        chdb: "SELECT count() FROM {sessions} WHERE {where} AND has(view_route, '/checkout/payment')",
    },
    Report {
        name: "drop_off",
        asked: "drop-off?limit=500",
        rows: |report| of_rows(&report["steps"], &["/step/label", "/reached", "/dropped"]),
        columns: 3,
        duckdb: "SELECT page, count(*), count(*) FILTER (page = last AND NOT done) FROM \
            (SELECT unnest(list_distinct(view_route)) AS page, view_route[-1] AS last, \
                    list_contains(step_label, 'purchase') AS done FROM {sessions} WHERE {where}) GROUP BY page",
        chdb: "SELECT page, count(), countIf(page = view_route[-1] AND NOT has(step_label, 'purchase')) \
            FROM {sessions} ARRAY JOIN arrayDistinct(view_route) AS page WHERE {where} GROUP BY page",
    },
    Report {
        name: "endings",
        asked: "drop-off/endings?step=page:/checkout",
        rows: |report| vec![vec![report["reached"].clone(), report["endings"][0]["sessions"].clone()]],
        columns: 2,
        duckdb: "SELECT count(*), count(*) FILTER (list_contains(step_label, 'purchase')) FROM {sessions} \
            WHERE {where} AND list_contains(view_route, '/checkout')",
        chdb: "SELECT count(), countIf(has(step_label, 'purchase')) FROM {sessions} \
            WHERE {where} AND has(view_route, '/checkout')",
    },
    Report {
        name: "error_impact",
        asked: "error-impact",
        rows: |report| vec![vec![report["sessions"].clone()]],
        columns: 1,
        // Errors with the pages that they happened on; ours is the page last viewed, whichever the tab.
        duckdb: "SELECT (SELECT count(*) FROM {sessions} WHERE {where} AND n_errors > 0), count(*) FROM \
            (SELECT unnest(list_distinct(list_zip(error_name, list_transform(error_view, lambda nth: view_route[nth + 1])))) \
                AS met, count(*) FROM {sessions} WHERE {where} AND n_errors > 0 GROUP BY met)",
        chdb: "SELECT (SELECT count() FROM {sessions} WHERE {where} AND n_errors > 0), count() FROM \
            (SELECT met, count() FROM {sessions} ARRAY JOIN arrayDistinct(arrayZip(error_name, \
                arrayMap(nth -> view_route[assumeNotNull(nth) + 1], error_view))) AS met \
            WHERE {where} AND n_errors > 0 GROUP BY met)",
    },
    Report {
        name: "funnel",
        asked: "funnel?steps=page:/products/*%20%3E%20page:/cart%20%3E%20page:/checkout%20%3E%20page:/checkout/payment",
        rows: |report| of_rows(&report["steps"], &["/reached"]),
        columns: 1,
        duckdb: "SELECT unnest([count(*) FILTER (a > 0), count(*) FILTER (b > 0), count(*) FILTER (c > 0), \
                count(*) FILTER (list_contains(rest3, '/checkout/payment'))]) FROM (SELECT *, \
            list_position(rest2, '/checkout') AS c, rest2[c + 1:] AS rest3 FROM (SELECT *, \
            list_position(rest1, '/cart') AS b, rest1[b + 1:] AS rest2 FROM (SELECT \
            list_position(view_route, '/products/:id') AS a, view_route[a + 1:] AS rest1 \
            FROM {sessions} WHERE {where})))",
        chdb: "SELECT arrayJoin([countIf(a > 0), countIf(b > 0), countIf(c > 0), \
                countIf(c > 0 AND has(arraySlice(rest2, c + 1), '/checkout/payment'))]) FROM (SELECT *, \
            indexOf(rest2, '/checkout') AS c FROM (SELECT *, indexOf(rest1, '/cart') AS b, \
            if(b > 0, arraySlice(rest1, b + 1), []) AS rest2 FROM (SELECT \
            indexOf(view_route, '/products/:id') AS a, if(a > 0, arraySlice(view_route, a + 1), []) AS rest1 \
            FROM {sessions} WHERE {where})))",
    },
    Report {
        name: "pages",
        asked: "pages?limit=500",
        rows: |report| of_rows(&report["rows"], &["/route", "/views"]),
        columns: 2,
        duckdb: "SELECT page, count(*), quantile_cont(load_ms, 0.75), quantile_cont(lcp, 0.75), \
                quantile_cont(inp, 0.75) FROM (SELECT unnest(view_route) AS page, \
                unnest(view_load_ms) AS load_ms, unnest(view_lcp_ms) AS lcp, unnest(view_inp_ms) AS inp \
                FROM {sessions} WHERE {where}) GROUP BY page",
        chdb: "SELECT page, count(), quantile(0.75)(view_load_ms) AS p75_load, quantile(0.75)(view_lcp_ms) AS p75_lcp, \
                quantile(0.75)(view_inp_ms) AS p75_inp FROM {sessions} \
            ARRAY JOIN view_route AS page, view_load_ms, view_lcp_ms, view_inp_ms WHERE {where} GROUP BY page",
    },
    Report {
        name: "endpoints",
        asked: "endpoints?limit=500",
        rows: |report| of_rows(&report["rows"], &["/endpoint", "/calls", "/client_errors", "/server_errors"]),
        columns: 4,
        duckdb: "SELECT endpoint, count(*), count(*) FILTER (status BETWEEN 400 AND 499), count(*) FILTER (status >= 500), \
                avg(ms), quantile_cont(ms, 0.95) FROM (SELECT unnest(request_endpoint) AS endpoint, \
                unnest(request_status) AS status, unnest(request_duration_ms) AS ms \
                FROM {sessions} WHERE {where}) GROUP BY endpoint",
        chdb: "SELECT endpoint, count(), countIf(status BETWEEN 400 AND 499), countIf(status >= 500), avg(ms), \
                quantile(0.95)(ms) FROM {sessions} ARRAY JOIN request_endpoint AS endpoint, \
                request_status AS status, request_duration_ms AS ms WHERE {where} GROUP BY endpoint",
    },
    Report {
        name: "vitals",
        asked: "vitals",
        rows: |report| {
            let measured = |name: &str| {
                let all = report["vitals"].as_array().into_iter().flatten();
                all.filter(|one| one["name"] == name).map(|one| one["measured"].clone()).collect::<Vec<_>>()
            };
            vec![[measured("LCP"), measured("INP")].concat()]
        },
        columns: 2,
        duckdb: "SELECT count(lcp), count(inp), quantile_cont(lcp, 0.75), quantile_cont(inp, 0.75), \
                quantile_cont(fcp, 0.75), quantile_cont(ttfb, 0.75), quantile_cont(cls, 0.75) FROM \
            (SELECT unnest(view_lcp_ms) AS lcp, unnest(view_inp_ms) AS inp, unnest(view_fcp_ms) AS fcp, \
                unnest(view_ttfb_ms) AS ttfb, unnest(view_cls) AS cls FROM {sessions} WHERE {where})",
        chdb: "SELECT count(view_lcp_ms), count(view_inp_ms), quantile(0.75)(view_lcp_ms) AS a, \
                quantile(0.75)(view_inp_ms) AS b, quantile(0.75)(view_fcp_ms) AS c, \
                quantile(0.75)(view_ttfb_ms) AS d, quantile(0.75)(view_cls) AS e FROM {sessions} \
            ARRAY JOIN view_lcp_ms, view_inp_ms, view_fcp_ms, view_ttfb_ms, view_cls WHERE {where}",
    },
];

/// Sessions and page views of each day.
fn by_day(report: &Value) -> Vec<Vec<Value>> {
    let series = |name: &str| {
        let metrics = report["metrics"].as_array().into_iter().flatten();
        let found =
            metrics.filter(|one| one["metric"]["name"] == name).filter_map(|one| one["series"].as_array());
        found.flatten().map(|one| one["value"].clone()).collect::<Vec<_>>()
    };
    let rows = series("sessions").into_iter().zip(series("page_views"));
    rows.map(|(sessions, views)| vec![sessions, views]).collect()
}

/// Numbers of rows, each by its JSON pointer.
fn of_rows(rows: &Value, pointers: &[&str]) -> Vec<Vec<Value>> {
    let row = |row: &Value| -> Vec<Value> {
        pointers.iter().map(|at| row.pointer(at).cloned().unwrap_or_default()).collect()
    };
    rows.as_array().into_iter().flatten().map(row).collect()
}

impl Report {
    fn question(&self, range: &str, days: i64) -> Question {
        let sql = [(Engine::DuckDb, self.duckdb), (Engine::ChDb, self.chdb)];
        Question {
            name: format!("{}.{range}", self.name),
            range: Some([UNTIL.0 - days * DAY, UNTIL.0]),
            asks: Asks::Sql {
                sql: sql.map(|(engine, sql)| (engine.name().to_owned(), sql.to_owned())).into(),
                compared: self.columns,
            },
        }
    }
}

/// Asks all of them, of a server of its own.
pub(super) fn measure(setting: &Setting, place: &Path, engines: &Engines, rows: &mut Rows) -> Result<()> {
    let server = Server::footpath(&setting.footpath, place)?;
    let mut http = Http::connect(server.address)?;
    let goals = format!(
        "PUT /api/v1/sites/{SITE}/goals HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{GOALS}",
        GOALS.len()
    );
    http.exchange(goals.as_bytes())?.ok()?;
    let mut asked = Vec::new();
    for (range, days, aim) in RANGES {
        for report in &REPORTS {
            let question = report.question(range, days);
            let ours = report.ask(&mut http, &question)?;
            eprintln!("  {} {:?}", question.name, percentile(&ours.wall_ms, 50.0));
            asked.push((question, ours, aim));
        }
    }
    let peak = process::peak_bytes(server.pid())? as f64 / 1e6;
    rows.put(Row::new("report.rss_mb", "MB", peak), Some(Aim::AtMost(crate::kernel::MEMORY_MB as f64)));
    drop(server);

    let questions: Vec<Question> = asked.iter().map(|(question, ..)| question.clone()).collect();
    let mut theirs = Vec::new();
    for engine in Engine::ALL {
        theirs.push((peer(engine, Layout::Lake), engines.hot(engine, Layout::Lake, &questions)?));
    }
    for (question, ours, aim) in &asked {
        let p95 = |answered: &Answered| percentile(&answered.wall_ms, 95.0).unwrap_or(f64::NAN);
        let mut row = Row::new(format!("report.{}_p95_ms", question.name), "ms", p95(ours));
        for (who, answers) in &theirs {
            let answered = answers.answers.get(&question.name).ok_or("an engine left out a report")?;
            engines::check(who, question, answered, &ours.answer)?;
            row = row.peer(who, p95(answered));
        }
        rows.put(row, Some(Aim::AtMost(*aim)));
    }
    Ok(())
}

impl Report {
    fn ask(&self, http: &mut Http, question: &Question) -> Result<Answered> {
        let [from, to] = question.range.unwrap_or_default();
        let sign = if self.asked.contains('?') { '&' } else { '?' };
        let path = format!("/api/v1/sites/{SITE}/reports/{}{sign}from={from}&to={to}", self.asked);
        for _ in 0..WARM_UP {
            http.get(&path)?.ok()?;
        }
        let (mut wall_ms, mut body) = (Vec::new(), String::new());
        while wall_ms.len() < TIMES || wall_ms.iter().sum::<f64>() < SECONDS * 1e3 {
            let start = Instant::now();
            body = http.get(&path)?.ok()?;
            wall_ms.push(start.elapsed().as_secs_f64() * 1e3);
        }
        let answer = sorted((self.rows)(&serde_json::from_str(&body)?));
        Ok(Answered { answer, cpu_ms: Vec::new(), wall_ms })
    }
}

/// As `bench/engines/ask.py` writes and sorts them: counts are whole numbers.
fn sorted(rows: Vec<Vec<Value>>) -> Value {
    let whole = |value: Value| match value.as_f64() {
        Some(number) if number.fract() == 0.0 => (number as i64).into(),
        _ => value,
    };
    let written = |row: Vec<Value>| row.into_iter().map(whole).collect::<Value>().to_string();
    let mut rows: Vec<String> = rows.into_iter().map(written).collect();
    rows.sort();
    rows.into()
}
