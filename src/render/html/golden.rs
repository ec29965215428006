//! The golden set: rates by category with what they can still hide, how many cases a claim needs, and every case.

mod cases;
mod compared;
mod run;

use super::Section;
use crate::error::Error;
use crate::finding::Outcome;
use crate::metric::{Value, grouped};
use crate::render::parts::chart::{Caption, Ink, Interval, intervals};
use crate::render::parts::golden::{self, Needed, Share, Standing};
use crate::render::parts::markup::{Html, fill};
use crate::render::parts::{bar, prose};
use crate::report::Report;
use askama::Template;

/// How many rows a chart has, and the table below it.
const DRAWN: usize = 20;
const LISTED: usize = 200;

#[derive(Template)]
#[template(path = "parts/golden.html")]
struct Golden {
    facts: Vec<(&'static str, String)>,
    unfit: Option<String>,
    unmeasured: Option<String>,
    random: bool,
    rates: Vec<Rate>,
    others: Vec<(&'static str, String)>,
    changes: Html,
    cases: Html,
    run: Html,
}

/// One rate: its chart, its numbers, and what it would take.
struct Rate {
    what: &'static str,
    news: String,
    chart: Html,
    shares: Vec<Share>,
    /// Whether a category is judged by its share itself.
    by_point: bool,
    not_drawn: usize,
    left_out: usize,
    bound: &'static str,
    needed: Option<(String, Html)>,
}

pub(super) fn section(report: &Report) -> Result<Option<Section>, Error> {
    let Some(cases) = count(report, "golden.cases") else { return Ok(None) };
    let mode = text(report, "golden.mode");
    let mut facts = vec![("Graded answers", grouped(cases))];
    for (what, id) in [("Expected", "golden.expected_cases"), ("Independent", "golden.clusters")] {
        facts.extend(count(report, id).filter(|n| *n != cases).map(|n| (what, grouped(n))));
    }
    for (what, id) in [("Not judged", "golden.unmeasured"), ("Flaky", "golden.flaky"), ("Sentinels failed", "golden.sentinels_failed")] {
        facts.extend(count(report, id).filter(|n| *n > 0).map(|n| (what, grouped(n))));
    }
    facts.extend(mode.clone().map(|mode| ("Mode", mode)));
    let unfit = mode.as_deref().filter(|mode| *mode != "live");
    let note = unfit.map_or_else(|| prose::plural(usize::try_from(cases).unwrap_or(usize::MAX), "case"), str::to_owned);
    let rates = golden::rates(report);
    let others = golden::others(report, &rates);
    let view = Golden {
        facts,
        unfit: unfit.map(str::to_owned),
        unmeasured: unmeasured(report),
        random: golden::is_random(report),
        rates: rates.into_iter().map(drawn).collect::<Result<_, _>>()?,
        others,
        changes: compared::changes(report)?,
        cases: cases::table(report)?,
        run: run::provenance(report)?,
    };
    let tone = if unfit.is_some() { "unproven" } else { "" };
    Ok(Some(Section { id: "golden", title: "Golden set", note, tone, body: fill(&view)? }))
}

fn count(report: &Report, id: &str) -> Option<u64> {
    match report.metric(id)?.value {
        Value::Count(n) => Some(n),
        _ => None,
    }
}

fn text(report: &Report, id: &str) -> Option<String> {
    match &report.metric(id)?.value {
        Value::Text(text) => Some(text.clone()),
        _ => None,
    }
}

/// "3 cases could not be judged: 2 error, 1 skipped".
fn unmeasured(report: &Report) -> Option<String> {
    let bad: Vec<&str> =
        report.rows("golden.case").filter(|row| golden::is_unmeasured(row)).filter_map(|row| row.text("outcome")).collect();
    let count = |(word, said): (&str, &str)| {
        let n = bad.iter().filter(|outcome| **outcome == word).count();
        (n > 0).then(|| format!("{} {said}", grouped(n as u64)))
    };
    let parts: Vec<String> =
        [("error", "broke"), ("not-judged", "got no verdict"), ("skipped", "skipped")].into_iter().filter_map(count).collect();
    (!bad.is_empty()).then(|| format!("{} could not be judged: {}", prose::plural(bad.len(), "case"), parts.join(", ")))
}

fn ink(share: &Share) -> Ink {
    let fails = share.limit.as_ref().is_some_and(|limit| limit.judged == Outcome::Fail);
    match share.standing() {
        Some(Standing::Broken) => Ink::Fail,
        _ if fails => Ink::Fail,
        Some(Standing::Kept) => Ink::Pass,
        _ => Ink::Unproven,
    }
}

fn drawn(rate: golden::Rate) -> Result<Rate, Error> {
    let figures: Vec<String> = rate.shares.iter().map(Share::figure).collect();
    let rows: Vec<Interval<'_>> = rate
        .shares
        .iter()
        .zip(&figures)
        .take(DRAWN)
        .enumerate()
        .map(|(i, (share, figure))| Interval {
            name: &share.name,
            cases: share.sample.ratio.whole,
            noun: share.counted_in,
            observed: share.observed(),
            between: share.interval(),
            bound: share.bound(),
            figure,
            limit: share.limit.as_ref().map(|limit| limit.share),
            required: share.limit.as_ref().map_or("", |limit| limit.text.as_str()),
            ink: ink(share),
            total: i == 0,
        })
        .collect();
    let said: Vec<String> = rate
        .shares
        .iter()
        .zip(&figures)
        .take(DRAWN)
        .map(|(share, figure)| format!("{}: {}, {} {figure}", share.name, share.counted(), share.words()))
        .collect();
    let title = format!("{} by category, with its one-sided 95 % bound", rate.what);
    let caption = Caption { id: &format!("chart-{}", rate.slug), title: &title, desc: &said.join("; ") };
    let chart = intervals(&caption, &rows)?;
    let (news, needed) = rate.all().map(|all| (all.news(), all.needed())).unwrap_or_default();
    let low = rate.all().is_some_and(|all| all.low);
    let gauge = |needed: Needed| {
        let bar = bar::gauge(&needed.text, "f-unproven", needed.there as f64 / needed.needed.max(1) as f64, None);
        (needed.text, bar)
    };
    let (n, mut shares) = (rate.shares.len(), rate.shares);
    shares.truncate(LISTED);
    Ok(Rate {
        what: rate.what,
        news,
        chart,
        by_point: shares.iter().any(Share::is_point),
        not_drawn: n.saturating_sub(DRAWN),
        left_out: n.saturating_sub(LISTED),
        shares,
        bound: if low { "At most" } else { "At least" },
        needed: needed.map(gauge),
    })
}
