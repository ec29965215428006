//! Dot, interval and tick: what was observed, how far the truth may lie from it, and the bound that decides.

use super::label::{fit, isolated, width};
use super::{Anchor, Caption, Frame, Ink, Plot, Size, draw, pair};
use crate::error::Error;
use crate::metric::{grouped, number};
use crate::render::parts::markup::Html;

/// One row. Shares lie between 0 and 1.
pub struct Interval<'a> {
    /// Whose share it is.
    pub name: &'a str,
    /// Of how many.
    pub cases: u64,
    /// What they are, in the plural.
    pub noun: &'a str,
    /// The share observed.
    pub observed: f64,
    /// The interval around it.
    pub between: (f64, f64),
    /// The bound that decides: above for what should be rare, below for what should be common.
    pub bound: f64,
    /// The bound as text: `3.87 %`.
    pub figure: &'a str,
    /// The share required.
    pub limit: Option<f64>,
    /// The limit as text: `0.5 %`.
    pub required: &'a str,
    /// What comes out.
    pub ink: Ink,
    /// Whether it is the sum of the other rows.
    pub total: bool,
}

const ROW: i32 = 34;

/// Rows of dots and intervals, with the limit of each row as a line across it.
///
/// # Errors
/// Only if the drawing library fails.
pub fn intervals(caption: &Caption<'_>, rows: &[Interval<'_>]) -> Result<Html, Error> {
    pair(|size| {
        let rising = rows.iter().all(|r| r.bound >= r.observed);
        let ends = rows.iter().flat_map(|r| [r.observed, r.bound, r.between.0, r.between.1].into_iter().chain(r.limit));
        let x = match rising {
            true => 0.0..ends.fold(0.01, f64::max).min(1.0),
            false => ends.fold(0.99, f64::min).max(0.0)..1.0,
        };
        let lines = i32::try_from(rows.len()).unwrap_or(i32::MAX / ROW);
        let left = rows.iter().map(|row| width(&name(size, row))).max().unwrap_or(0);
        let right = rows.iter().map(|row| width(&bound(size, row, rising))).max().unwrap_or(0);
        let below = if last_limit(rows).is_some() { 46 } else { 28 };
        let margin = [26, right + 14, below, left + 14];
        let frame = Frame { height: lines.saturating_mul(ROW) + margin[0] + margin[2], x, y: -f64::from(lines)..0.0, margin };
        draw(caption, size, &frame, |plot| {
            plot.x_grid(size.pick(7, 4), |x| format!("{} %", number((x * 1e4).round() / 100.0)))?;
            rows.iter().enumerate().try_for_each(|(i, row)| interval(plot, size, -(i as f64) - 0.5, row, rising))?;
            limits(plot, rows)
        })
    })
}

/// Whose share it is, and of how many.
fn name(size: Size, row: &Interval<'_>) -> String {
    match size {
        Size::Wide => format!("{}, {} {}", isolated(&fit(row.name, 160)), grouped(row.cases), row.noun),
        Size::Narrow => format!("{} ({})", isolated(&fit(row.name, 70)), row.cases),
    }
}

/// The bound in words.
fn bound(size: Size, row: &Interval<'_>, rising: bool) -> String {
    let words = size.pick(if rising { "at most" } else { "at least" }, if rising { "≤" } else { "≥" });
    format!("{words} {}", row.figure)
}

fn interval(plot: &Plot<'_>, size: Size, y: f64, row: &Interval<'_>, rising: bool) -> super::Drawn {
    let text = if row.total { Ink::Strong } else { Ink::Plain };
    plot.text(text, (plot.area.get_x_range().start, y), (-10, 0), Anchor::End, &name(size, row))?;
    let (low, high) = row.between;
    plot.block(row.ink, (low, y - 0.11), (high, y + 0.11))?;
    plot.line(row.ink, &[(row.bound, y - 0.3), (row.bound, y + 0.3)])?;
    plot.dot(row.ink, (row.observed, y))?;
    plot.text(text, (row.bound.max(row.observed).max(high), y), (9, 0), Anchor::Start, &bound(size, row, rising))
}

/// The limit of each row; its text above the first row, and below the last where that has another limit.
fn limits(plot: &Plot<'_>, rows: &[Interval<'_>]) -> super::Drawn {
    for (i, row) in rows.iter().enumerate() {
        if let Some(limit) = row.limit {
            let y = -(i as f64);
            plot.line(Ink::Limit, &[(limit, y), (limit, y - 1.0)])?;
        }
    }
    let say = |row: &Interval<'_>| format!("limit {}", row.required);
    let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return Ok(()) };
    let middle = plot.area.get_x_range();
    let anchor = |limit: f64| if limit < (middle.start + middle.end) / 2.0 { Anchor::Start } else { Anchor::End };
    if let Some(limit) = first.limit {
        plot.text(Ink::Limit, (limit, 0.0), (0, -11), anchor(limit), &say(first))?;
    }
    match last_limit(rows) {
        Some(limit) => plot.text(Ink::Limit, (limit, -(rows.len() as f64)), (0, 34), anchor(limit), &say(last)),
        None => Ok(()),
    }
}

/// The limit of the last row, where it is not the one that stands above the first.
fn last_limit(rows: &[Interval<'_>]) -> Option<f64> {
    let (first, last) = (rows.first()?, rows.last()?);
    last.limit.filter(|_| last.limit != first.limit)
}
