//! `footpath doctor`: is a stopped data directory whole, and if not, what to do. It reads everything and changes nothing.

use super::DataError;
use clap::Args;
use footpath_store::{Check, Finding, Severity, check};
use serde::Serialize;
use std::path::PathBuf;

/// What is looked through.
#[derive(Args, Clone, Debug)]
pub struct Doctor {
    /// The data directory. Its server must be stopped; a backup can be looked through meanwhile.
    #[arg(long, env = "FOOTPATH_DATA_DIR", default_value = "./footpath-data")]
    data_dir: PathBuf,

    /// Print what was found as JSON.
    #[arg(long)]
    json: bool,
}

/// As it is told to a program.
#[derive(Serialize)]
struct Told<'a> {
    ok: bool,
    checks: Vec<ToldCheck<'a>>,
}

#[derive(Serialize)]
struct ToldCheck<'a> {
    name: &'a str,
    /// How much there is of it, for people.
    seen: &'a str,
    /// The worst of the findings: `ok`, `note` or `problem`.
    status: &'static str,
    findings: Vec<ToldFinding<'a>>,
}

#[derive(Serialize)]
struct ToldFinding<'a> {
    severity: &'static str,
    what: &'a str,
    mend: &'a str,
}

/// Looks through a data directory, and tells of it.
///
/// # Errors
/// Where it cannot be looked through, or has problems.
pub async fn run(doctor: &Doctor) -> Result<(), DataError> {
    let dir = doctor.data_dir.display();
    let checks = check(&doctor.data_dir)
        .await
        .map_err(|error| DataError::because(format!("cannot look through {dir}"), error))?;
    if doctor.json {
        let told = Told { ok: n_problems(&checks) == 0, checks: checks.iter().map(told).collect() };
        println!("{}", serde_json::to_string(&told).expect("what is told is JSON: its keys are strings"));
    } else {
        print!("{}", lines(&checks));
    }
    match n_problems(&checks) {
        0 => Ok(()),
        1 => Err(DataError::new(format!("{dir} has a problem"))),
        n => Err(DataError::new(format!("{dir} has {n} problems"))),
    }
}

fn n_problems(checks: &[Check]) -> usize {
    let findings = checks.iter().flat_map(|check| &check.findings);
    findings.filter(|finding| finding.severity == Severity::Problem).count()
}

fn name_of(severity: Option<Severity>) -> &'static str {
    match severity {
        None => "ok",
        Some(Severity::Note) => "note",
        Some(Severity::Problem) => "problem",
    }
}

fn worst(check: &Check) -> Option<Severity> {
    check.findings.iter().map(|finding| finding.severity).max()
}

fn told(check: &Check) -> ToldCheck<'_> {
    ToldCheck {
        name: check.name,
        seen: &check.seen,
        status: name_of(worst(check)),
        findings: check.findings.iter().map(told_finding).collect(),
    }
}

fn told_finding(Finding { severity, what, mend }: &Finding) -> ToldFinding<'_> {
    ToldFinding { severity: name_of(Some(*severity)), what, mend }
}

/// One line a check; below it, two for each finding.
fn lines(checks: &[Check]) -> String {
    let mut text = String::new();
    for check in checks {
        text += &format!("{:<8} {:<13} {}\n", name_of(worst(check)), check.name, check.seen);
        for Finding { severity, what, mend } in &check.findings {
            text += &format!("         - {}: {what}\n           {mend}\n", name_of(Some(*severity)));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    #[test]
    fn each_check_is_a_line_with_what_to_do_below() {
        let finding = |severity, what: &str| Finding { severity, what: what.to_owned(), mend: "look" };
        let checks = [
            Check { name: "journal", seen: "2 batches".to_owned(), findings: Vec::new() },
            Check {
                name: "lake: files",
                seen: "1 file".to_owned(),
                findings: vec![finding(Severity::Problem, "torn"), finding(Severity::Note, "stray")],
            },
        ];
        expect![[r"
            ok       journal       2 batches
            problem  lake: files   1 file
                     - problem: torn
                       look
                     - note: stray
                       look
        "]]
        .assert_eq(&lines(&checks));
        assert_eq!(n_problems(&checks), 1);
    }
}
