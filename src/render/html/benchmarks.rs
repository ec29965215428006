//! Benchmark series, sorted by what changed: the most interesting ones as charts, all as small pictures, and all in a table.

mod acknowledged;
mod chart;
mod words;

use super::Section;
use crate::error::Error;
use crate::metric::{grouped, number};
use crate::render::parts::chart::{Ink, Small, small};
use crate::render::parts::markup::{Html, fill};
use crate::render::parts::{chip, figure};
use crate::report::Report;
use crate::series::Series;
use askama::Template;
use chart::Chart;
use words::{news, state, value, worse};

/// How many series have a chart, a small picture, and a row.
const CHARTS: usize = 6;
const PICTURES: usize = 300;
const ROWS: usize = 500;

#[derive(Template)]
#[template(path = "parts/benchmarks.html")]
struct Benchmarks<'r> {
    counts: Vec<Html>,
    charts: Vec<Chart>,
    pictures: Vec<Picture>,
    pictures_left_out: usize,
    accepted: Vec<acknowledged::Row<'r>>,
    rows: Vec<Row>,
    rows_left_out: usize,
}

/// A series in the size of a stamp.
struct Picture {
    name: String,
    place: String,
    chip: Html,
    change: String,
    figure: Html,
    /// The fragment of its chart, if it has one.
    chart: Option<String>,
}

struct Row {
    chip: Html,
    rank: usize,
    name: String,
    place: String,
    latest: String,
    baseline: String,
    change: String,
    /// The same in a thousandth of a percent, to sort by; what is worse comes first.
    weight: i64,
    since: Html,
    runs: usize,
}

pub(super) fn section(report: &Report) -> Result<Option<Section>, Error> {
    // An entry and one of its series: two entries may measure the same thing.
    let mut all: Vec<(&str, &Series)> =
        report.evidence.iter().flat_map(|e| e.series.iter().map(|series| (e.name.as_str(), series))).collect();
    if all.is_empty() {
        return Ok(None);
    }
    all.sort_by(|(_, a), (_, b)| {
        let by_change = || weight(b).total_cmp(&weight(a)).then_with(|| since(a).cmp(&since(b)));
        words::rank(a).cmp(&words::rank(b)).then_with(by_change).then_with(|| a.id().cmp(&b.id()))
    });
    let drawn = all.iter().filter(|(_, s)| words::is_news(s)).count().clamp(1, CHARTS);
    let charts = all.iter().take(drawn).enumerate().map(|(i, (_, s))| chart::chart(report, i, s));
    let charts: Vec<Chart> = charts.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect();
    // What has a chart is seen already, if nothing else is there to be compared with it.
    let pictured = if all.len() > charts.len() { all.as_slice() } else { &[] };
    let pictures = pictured.iter().take(PICTURES).enumerate().map(|(i, (entry, s))| {
        let chart = charts.iter().any(|chart| chart.id == i).then(|| chart::fragment(i));
        picture(entry, s, chart)
    });
    let drawn = charts.iter().filter_map(|chart| Some((all.get(chart.id)?.1.id(), chart.fragment.clone()))).collect();
    let regressed = all.iter().filter(|(_, s)| state(s) == "regressed").count();
    let (note, tone) = match (regressed, acknowledged::due(report)) {
        (0, 0) => (format!("{} series", grouped(all.len() as u64)), ""),
        (0, due) => (format!("{due} due"), "unproven"),
        (n, _) => (format!("{n} regressed"), "fail"),
    };
    let view = Benchmarks {
        counts: counts(&all),
        pictures: pictures.collect(),
        pictures_left_out: pictured.len().saturating_sub(PICTURES),
        accepted: acknowledged::rows(report, &drawn),
        rows: all.iter().take(ROWS).map(|(entry, s)| row(report, entry, s)).collect(),
        rows_left_out: all.len().saturating_sub(ROWS),
        charts,
    };
    Ok(Some(Section { id: "benchmarks", title: "Benchmarks", note, tone, body: fill(&view)? }))
}

/// How many series are in each state, the most interesting first.
fn counts(all: &[(&str, &Series)]) -> Vec<Html> {
    let count = |rank: usize| all.iter().filter(|(_, s)| words::rank(s) == rank).count();
    let shown = words::STATES.iter().enumerate().map(|(rank, (_, class, word))| (count(rank), class, word));
    shown
        .filter(|(n, ..)| *n > 0)
        .map(|(n, class, word)| chip::chip(class, &format!("{} {}", grouped(n as u64), word.to_lowercase())))
        .collect()
}

/// How much worse a series became, or how much it moved where that is not known to be worse.
fn weight(series: &Series) -> f64 {
    words::change(series).map_or(0.0, f64::abs)
}

/// For how many runs a series has had its level.
fn since(series: &Series) -> usize {
    let last = series.trend.as_ref().and_then(|trend| trend.changes.last());
    last.map_or(usize::MAX, |last| series.points.len().saturating_sub(last.index))
}

fn place(entry: &str, series: &Series) -> String {
    [entry, &series.machine].iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(", ")
}

fn picture(entry: &str, series: &Series, chart: Option<String>) -> Picture {
    let (class, word) = words::look(series);
    let trend = series.trend.as_ref();
    let steps: Vec<(usize, Ink)> = trend.iter().flat_map(|t| &t.changes).map(|c| (c.index, chart::ink(series, c))).collect();
    let drawn = Small {
        values: series.points.values(),
        band: trend.and_then(|t| t.band),
        limit: trend.and_then(|t| t.limit),
        steps: &steps,
        newest: match state(series) {
            "regressed" => Ink::Fail,
            "improved" => Ink::Pass,
            "suspect" => Ink::Unproven,
            _ => Ink::Plain,
        },
    };
    Picture {
        name: words::name(series),
        place: place(entry, series),
        chip: chip::chip(class, word),
        change: words::change(series).map_or_else(String::new, figure::change),
        figure: small(&format!("{}: {}", news(series), words::about(series)), &drawn),
        chart,
    }
}

fn row(report: &Report, entry: &str, series: &Series) -> Row {
    let (class, word) = words::look(series);
    let trend = series.trend.as_ref();
    let change = words::change(series);
    let signed = change.map_or(0.0, |change| if worse(series, 0.0, change) { change.abs() } else { -change.abs() });
    Row {
        chip: chip::chip(class, word),
        rank: words::rank(series),
        name: words::name(series),
        place: place(entry, series),
        latest: series.points.last().map_or_else(|| "–".to_owned(), |p| value(series, p.value)),
        baseline: trend.map_or_else(|| "–".to_owned(), |t| value(series, t.baseline)),
        change: change.map_or_else(|| "–".to_owned(), figure::change),
        weight: -(signed * 1e5) as i64,
        since: trend.and_then(|t| t.changes.last()).map(|last| chart::since(report, last)).unwrap_or_default(),
        runs: series.all(),
    }
}
