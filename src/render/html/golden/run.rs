//! Where the results of a golden set come from: what was run, who judged it, and how far that judge is known.

use crate::analyze::calibration;
use crate::error::Error;
use crate::metric::{Ratio, Value, grouped};
use crate::record::Record;
use crate::render::parts::figure;
use crate::render::parts::markup::{Html, fill};
use crate::report::Report;
use crate::source::Source;
use askama::Template;

/// The confidence of the corrected bound, one-sided.
const CONFIDENCE: f64 = 0.95;
/// How many runs are told.
const TOLD: usize = 20;

#[derive(Template)]
#[template(path = "parts/golden-run.html")]
struct Provenance {
    judge: Option<(bool, String)>,
    runs: Vec<Run>,
    left_out: usize,
}

struct Run {
    path: String,
    facts: Vec<(&'static str, String)>,
}

/// What is known of the runs; nothing where no file tells.
pub(super) fn provenance(report: &Report) -> Result<Html, Error> {
    let runs: Vec<(&Record, Option<&Source>)> = report
        .evidence
        .iter()
        .flat_map(|entry| {
            let source = |row: &Record| entry.sources.iter().find(|source| source.path == row.subject());
            entry.rows("golden.run").iter().map(move |row| (row, source(row))).collect::<Vec<_>>()
        })
        .collect();
    if runs.is_empty() {
        return Ok(Html::default());
    }
    let left_out = runs.len().saturating_sub(TOLD);
    fill(&Provenance { judge: judge(report), left_out, runs: runs.into_iter().take(TOLD).map(|(row, source)| run(row, source)).collect() })
}

/// Whether the judge is calibrated, and what that says.
fn judge(report: &Report) -> Option<(bool, String)> {
    let Value::Flag(known) = report.metric("golden.judge_calibrated")?.value else { return None };
    if !known {
        return Some((
            false,
            "Judge not calibrated: nobody held its verdicts against people's, so the rates are as good as it is".to_owned(),
        ));
    }
    let ratio = |id: &str| match report.metric(id)?.value {
        Value::Ratio(ratio) => Some(ratio),
        _ => None,
    };
    let (Some(caught), Some(passed)) = (ratio("golden.judge_sensitivity"), ratio("golden.judge_specificity")) else {
        return Some((true, "Judge calibrated against people".to_owned()));
    };
    let corrected = corrected(report, calibration::Judge { sensitivity: caught, specificity: passed });
    let told = |share: Ratio| format!("{} of {} ({})", grouped(share.part), grouped(share.whole), figure::short(share));
    Some((true, format!("Judge calibrated: it caught {} bad answers and passed {} good ones{corrected}", told(caught), told(passed))))
}

/// What the rate of bad claims, or else of bad cases, is when the judge errs as often as its calibration says.
fn corrected(report: &Report, judge: calibration::Judge) -> String {
    let ratio = |id: &str| match report.metric(id).map(|metric| &metric.value) {
        Some(Value::Ratio(ratio)) if ratio.is_known() => Some(*ratio),
        _ => None,
    };
    let claims = ratio("golden.hallucination_rate").map(|bad| ("claims", bad));
    let bad =
        claims.or_else(|| ratio("golden.pass_rate").map(|good| ("cases", Ratio::new(good.whole.saturating_sub(good.part), good.whole))));
    let Some((what, bad)) = bad else { return String::new() };
    match judge.corrected(bad) {
        Some(share) => {
            let (_, upper) = judge.bounds(bad, CONFIDENCE);
            format!(
                ". Corrected for that (Rogan-Gladen), {} of the {what} are bad, at most {}",
                figure::at_most(share),
                figure::at_most(upper)
            )
        }
        None => ". It tells bad from good no better than a coin".to_owned(),
    }
}

fn run(row: &Record, source: Option<&Source>) -> Run {
    let text = |cell: &str| row.text(cell).map(str::to_owned);
    let with = |what: &str, digest: &str| match (text(what), text(digest)) {
        (Some(what), Some(digest)) => Some(format!("{what} (sha256 {})", short(&digest))),
        (what, digest) => what.or_else(|| digest.map(|digest| format!("sha256 {}", short(&digest)))),
    };
    let all = [
        ("Tool", text("tool")),
        ("Suite", with("suite", if text("suite_sha256").is_some() { "suite_sha256" } else { "cases_sha256" })),
        ("System", text("system")),
        ("Prompt", with("prompt", "prompt_sha256")),
        ("Judge", with("judge", "judge_sha256")),
        ("Measures", text("measures")),
        ("Sampling", Some(text("sampling").unwrap_or_else(|| "not told".to_owned()))),
        ("Mode", text("mode")),
        ("Graded answers", row.count("cases").map(grouped)),
        ("Made", source.and_then(|source| source.collected_at).map(|at| at.to_string())),
        ("Commit", source.and_then(|source| source.commit.as_deref()).map(short)),
    ];
    Run { path: row.subject().to_owned(), facts: all.into_iter().filter_map(|(what, told)| Some((what, told?))).collect() }
}

/// The beginning of a digest.
fn short(digest: &str) -> String {
    digest.chars().take(12).collect()
}
