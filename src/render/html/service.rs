//! The running service: objectives with what is measured now, and the metrics of the snapshot.

use super::Section;
use crate::error::Error;
use crate::metric::number;
use crate::record::Record;
use crate::render::parts::markup::fill;
use crate::report::Report;
use askama::Template;

/// How many samples are listed.
const LISTED: usize = 100;

#[derive(Template)]
#[template(path = "parts/service.html")]
struct Service {
    objectives: Vec<Objective>,
    samples: Vec<Sample>,
    left_out: usize,
}

struct Objective {
    name: String,
    metric: String,
    target: String,
    now: String,
    alert: String,
    lasts: String,
}

struct Sample {
    id: String,
    kind: String,
    value: String,
    help: String,
}

pub(super) fn section(report: &Report) -> Result<Option<Section>, Error> {
    let samples: Vec<&Record> = report.rows("telemetry.sample").collect();
    let objectives: Vec<Objective> = report.rows("slo.objective").map(|row| objective(report, &samples, row)).collect();
    if samples.is_empty() && objectives.is_empty() {
        return Ok(None);
    }
    let note = if objectives.is_empty() { format!("{} samples", samples.len()) } else { format!("{} objectives", objectives.len()) };
    let view = Service {
        objectives,
        left_out: samples.len().saturating_sub(LISTED),
        samples: samples.iter().take(LISTED).map(|row| sample(row)).collect(),
    };
    Ok(Some(Section { id: "service", title: "Service levels", note, tone: "", body: fill(&view)? }))
}

/// What an objective is about, as it was measured: a sample of that name, or a metric of that id.
fn objective(report: &Report, samples: &[&Record], row: &Record) -> Objective {
    let text = |name| row.text(name).unwrap_or_default().to_owned();
    let metric = text("metric");
    // A share is easier to set beside a target in percent as one.
    let percent = text("target").contains('%');
    let say = |v: f64| if percent { format!("{} %", number(v * 100.0)) } else { number(v) };
    let sampled = samples.iter().find(|s| s.subject() == metric).and_then(|s| s.number("value")).map(say);
    let now = sampled.or_else(|| report.metric(&metric).map(|m| m.value.to_string()));
    Objective {
        name: row.subject().to_owned(),
        target: text("target"),
        now: now.unwrap_or_else(|| "not measured".to_owned()),
        alert: text("alert"),
        lasts: text("for"),
        metric,
    }
}

fn sample(row: &Record) -> Sample {
    let text = |name| row.text(name).unwrap_or_default().to_owned();
    Sample {
        id: row.subject().to_owned(),
        kind: text("type"),
        value: row.number("value").map(number).unwrap_or_default(),
        help: text("help"),
    }
}
