//! The golden set: rates by category with what they can still hide, and how many cases a claim needs.

use super::Section;
use crate::analyze::cluster::Sample;
use crate::error::Error;
use crate::metric::{Ratio, Value, grouped};
use crate::record::Record;
use crate::render::parts::chart::{Caption, Ink, Interval, intervals};
use crate::render::parts::markup::{Html, fill};
use crate::render::parts::required::{self, Limit};
use crate::render::parts::{bar, figure};
use crate::report::Report;
use askama::Template;

/// The confidence of every bound here, one-sided.
const CONFIDENCE: f64 = 0.95;
/// How many bad cases are listed.
const LISTED: usize = 20;

/// The rates that are shown, each with whether it should be low.
const RATES: [(&str, &str, &str, bool); 2] = [
    ("golden.hallucination_rate", "hallucination_rate", "Hallucination rate", true),
    ("golden.citation_coverage", "citation_coverage", "Citation coverage", false),
];

#[derive(Template)]
#[template(path = "parts/golden.html")]
struct Golden {
    facts: Vec<(&'static str, String)>,
    unfit: Option<String>,
    rates: Vec<Rate>,
    cases: Vec<Case>,
    left_out: usize,
}

/// One rate: its chart, its numbers, and what it would take.
struct Rate {
    what: &'static str,
    news: String,
    chart: Html,
    numbers: Vec<(String, String, String)>,
    bound: &'static str,
    needed: Option<Needed>,
}

struct Needed {
    text: String,
    bar: Html,
}

struct Case {
    id: String,
    category: String,
    outcome: String,
    message: String,
}

pub(super) fn section(report: &Report) -> Result<Option<Section>, Error> {
    let Some(cases) = count(report, "golden.cases") else { return Ok(None) };
    let rates = RATES.iter().filter_map(|rate| shown(report, rate).transpose()).collect::<Result<Vec<_>, _>>()?;
    let mode = text(report, "golden.mode");
    let bad: Vec<&Record> = report.rows("golden.case").filter(|row| !matches!(row.text("outcome"), Some("passed"))).collect();
    let mut facts = vec![("Cases", grouped(cases))];
    facts.extend(count(report, "golden.expected_cases").map(|n| ("Expected", grouped(n))));
    facts.extend(count(report, "golden.unmeasured").map(|n| ("Not judged", grouped(n))));
    facts.extend(mode.clone().map(|mode| ("Mode", mode)));
    let unfit = mode.as_deref().filter(|mode| *mode != "live");
    let note = unfit.map_or_else(|| format!("{} cases", grouped(cases)), str::to_owned);
    let view = Golden {
        facts,
        unfit: unfit.map(str::to_owned),
        rates,
        left_out: bad.len().saturating_sub(LISTED),
        cases: bad.into_iter().take(LISTED).map(case).collect(),
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

fn case(row: &Record) -> Case {
    let text = |name| row.text(name).unwrap_or_default().to_owned();
    Case { id: row.subject().to_owned(), category: text("category"), outcome: text("outcome"), message: text("message") }
}

/// A row of the chart before it is drawn.
struct Row {
    name: String,
    sample: Sample,
    bound: f64,
    limit: Option<Limit>,
    low: bool,
}

impl Row {
    fn new(name: &str, sample: Sample, limit: Option<Limit>, low: bool) -> Row {
        let bound = if low { sample.upper(CONFIDENCE) } else { sample.lower(CONFIDENCE) };
        Row { name: name.to_owned(), sample, bound, limit, low }
    }

    fn observed(&self) -> f64 {
        self.sample.ratio.share().unwrap_or(0.0)
    }

    fn figure(&self) -> String {
        if self.low { figure::at_most(self.bound) } else { figure::at_least(self.bound) }
    }

    fn cases(&self) -> String {
        let Ratio { part, whole } = self.sample.ratio;
        format!("{} of {}", grouped(part), grouped(whole))
    }

    /// Whether the limit is shown to be kept, or shown to be broken, or neither.
    fn ink(&self) -> Ink {
        let Some(limit) = &self.limit else { return Ink::Unproven };
        let (kept, broken) = match self.low {
            true => (self.bound <= limit.share, self.sample.lower(CONFIDENCE) > limit.share),
            false => (self.bound >= limit.share, self.sample.upper(CONFIDENCE) < limit.share),
        };
        match (kept, broken) {
            (true, _) => Ink::Pass,
            (_, true) => Ink::Fail,
            _ => Ink::Unproven,
        }
    }

    /// What the row says, as a caption says it.
    fn news(&self) -> String {
        let words = if self.low { "at most" } else { "at least" };
        let shown = format!("{} shows {words} {}", self.cases(), self.figure());
        match (&self.limit, self.ink()) {
            (Some(limit), Ink::Pass) => format!("{shown}, which keeps the limit of {}", limit.text),
            (Some(limit), Ink::Fail) => format!("{} is shown to break the limit of {}", self.cases(), limit.text),
            (Some(limit), _) => format!("{shown}, not {}", limit.text),
            (None, _) => shown,
        }
    }
}

fn shown(report: &Report, (id, field, what, low): &(&'static str, &'static str, &'static str, bool)) -> Result<Option<Rate>, Error> {
    let Some(metric) = report.metric(id) else { return Ok(None) };
    let Value::Ratio(ratio) = metric.value else { return Ok(None) };
    if !ratio.is_known() {
        return Ok(None);
    }
    let limit = required::of_metric(report, id).filter(|limit| limit.at_most == *low);
    let mut rows = vec![Row::new("All", Sample::new(ratio, metric.design), limit, *low)];
    for row in report.rows("golden.category") {
        if let Some(ratio) = row.ratio(field).filter(|r| r.is_known()) {
            let limit = required::of_row(report, row.subject(), field).filter(|limit| limit.at_most == *low);
            let design = row.basis(field).and_then(|basis| basis.design);
            rows.push(Row::new(row.subject(), Sample::new(ratio, design), limit, *low));
        }
    }
    let numbers: Vec<(String, String, String)> = rows.iter().map(|row| (row.name.clone(), row.cases(), row.figure())).collect();
    let words = if *low { "at most" } else { "at least" };
    let said: Vec<String> = numbers.iter().map(|(name, cases, bound)| format!("{name}: {cases}, {words} {bound}")).collect();
    let drawn: Vec<Interval<'_>> = rows
        .iter()
        .zip(&numbers)
        .enumerate()
        .map(|(i, (row, (name, _, bound)))| Interval {
            name,
            cases: row.sample.ratio.whole,
            observed: row.observed(),
            bound: row.bound,
            figure: bound,
            limit: row.limit.as_ref().map(|limit| limit.share),
            required: row.limit.as_ref().map_or("", |limit| limit.text.as_str()),
            ink: row.ink(),
            total: i == 0,
        })
        .collect();
    let title = format!("{what} by category, with its one-sided 95 % bound");
    let caption = Caption { id: &format!("chart-{}", field.replace('_', "-")), title: &title, desc: &said.join("; ") };
    let rate = Rate {
        what,
        news: rows[0].news(),
        chart: intervals(&caption, &drawn)?,
        needed: needed(&rows[0]),
        bound: if *low { "At most" } else { "At least" },
        numbers,
    };
    Ok(Some(rate))
}

/// How many cases a pass would take if no further case were bad; nothing where it passes, or cannot.
fn needed(row: &Row) -> Option<Needed> {
    let limit = row.limit.as_ref().filter(|_| row.ink() == Ink::Unproven)?;
    let more = match row.low {
        true => row.sample.more_for_at_most(limit.share, CONFIDENCE)?,
        false => row.sample.more_for_at_least(limit.share, CONFIDENCE)?,
    };
    let whole = row.sample.ratio.whole;
    let needed = whole.saturating_add(more);
    let text = format!(
        "{} of {} cases are there: {} more without a bad one would show {}",
        grouped(whole),
        grouped(needed),
        grouped(more),
        limit.text
    );
    let bar = bar::gauge(&text, "f-unproven", whole as f64 / needed.max(1) as f64, None);
    Some(Needed { text, bar })
}
