//! How long the dashboard's list of a whole month takes in a browser: `bench/peers/list.mjs`.

use super::Rows;
use crate::latency::{median, percentile};
use crate::process::Server;
use crate::results::{Aim, Row};
use crate::site::{DAYS, SITE, UNTIL};
use crate::{Result, peers};
use footpath_model::time::DAY;
use serde::Deserialize;

#[derive(Deserialize)]
struct Navigations {
    chromium: String,
    /// From the navigation's start until the first row is there, ms.
    took: Vec<f64>,
}

pub(super) fn run(server: &Server, rows: &mut Rows) -> Result<()> {
    let day = |at: i64| -> Result<String> {
        Ok(jiff::Timestamp::from_millisecond(at)?.strftime("%Y-%m-%d").to_string())
    };
    // Its last day is named, not the one after it.
    let (from, to) = (day(UNTIL.0 - DAYS * DAY)?, day(UNTIL.0 - DAY)?);
    let address = format!("http://{}/sites/{SITE}/sessions?from={from}&to={to}", server.address);
    let Navigations { chromium, took } = peers::run("list.mjs", &[address.as_ref()])?;
    let p95 = percentile(&took, 95.0).ok_or("the list was never opened")?;
    rows.put(Row::new("ui.list.first_page_ms", "ms", p95), Some(Aim::AtMost(300.0)));
    rows.measured
        .condition("ui_list_first_page_median_ms", median(&took).ok_or("the list was never opened")?);
    rows.measured.versions.insert("chromium".to_owned(), chromium);
    Ok(())
}
