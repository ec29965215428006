//! How a ratio went over the reports that were kept, up to this one.

use crate::error::Error;
use crate::instant::Instant;
use crate::metric::{Ratio, number};
use crate::render::parts::chart::{Caption, Ink, Trend, trend};
use crate::render::parts::markup::Html;
use crate::render::parts::{figure, required};
use crate::report::{COURSES, Report, together};

/// A chart, and the numbers it is drawn from.
pub(super) struct Course {
    pub news: String,
    pub about: String,
    pub picture: Html,
    pub runs: Vec<(String, String, String)>,
}

/// A judgement: when, of which commit, and the ratio.
type Point<'a> = (Instant, Option<&'a str>, Ratio);

/// The courses that at least one kept report and this one tell of.
pub(super) fn courses(report: &Report) -> Result<Vec<Course>, Error> {
    let names = ["Line coverage", "Branch coverage"];
    let drawn = COURSES.into_iter().zip(names).map(|(id, name)| course(report, id, name)).collect::<Result<Vec<_>, _>>()?;
    Ok(drawn.into_iter().flatten().collect())
}

fn course(report: &Report, id: &str, name: &str) -> Result<Option<Course>, Error> {
    let past = report.past.iter().map(|past| (past.now, past.commit.as_deref(), together(past.metrics.iter(), id)));
    let ratio = together(report.evidence.iter().flat_map(|entry| &entry.metrics), id);
    if !ratio.is_known() {
        return Ok(None);
    }
    let points: Vec<Point<'_>> =
        past.filter(|(.., ratio)| ratio.is_known()).chain([(report.now, report.project.commit.as_deref(), ratio)]).collect();
    let [(_, _, first), .., (_, _, last)] = points.as_slice() else { return Ok(None) };
    let kept = points.len() - 1;
    let news = match (figure::short(*first), figure::short(*last)) {
        (before, now) if before == now => format!("{name} is {now}, as in the oldest of {}", reports(kept)),
        (before, now) => format!("{name} went from {before} to {now} since the oldest of {}", reports(kept)),
    };
    let limit = required::of_metric(report, id).filter(|limit| !limit.at_most);
    let about = limit.as_ref().map(|limit| format!("The limit is {}.", limit.text)).unwrap_or_default();
    let values: Vec<f64> = points.iter().map(|(.., ratio)| ratio.share().unwrap_or(0.0) * 100.0).collect();
    let labels: Vec<String> = points.iter().map(|(at, ..)| figure::day(*at)).collect();
    // Cut, as everywhere: 99.96 is not 100.
    let say = |percent: f64| format!("{} %", number((percent * 10.0 + 1e-6).floor() / 10.0));
    let series = Trend {
        values: &values,
        labels: &labels,
        baseline: None,
        band: None,
        limit: limit.map(|limit| limit.share * 100.0),
        steps: &[],
        releases: &[],
        slope: None,
        after: Ink::Plain,
        say: &say,
    };
    let id = format!("chart-{}", id.replace('.', "-"));
    let picture = trend(&Caption { id: &id, title: &format!("{name} by report"), desc: &format!("{news}. {about}") }, &series)?;
    let runs = points.iter().map(|(at, commit, ratio)| (at.date(), commit.map(figure::commit).unwrap_or_default(), shown(*ratio)));
    Ok(picture.map(|picture| Course { news, about, picture, runs: runs.collect() }))
}

fn reports(kept: usize) -> String {
    if kept == 1 { "1 kept report".to_owned() } else { format!("{kept} kept reports") }
}

fn shown(ratio: Ratio) -> String {
    crate::metric::Value::Ratio(ratio).to_string()
}
