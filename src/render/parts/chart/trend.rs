//! A line over runs, with the ordinary range, the limit and the steps found in it.

use super::label::{apart, fit, isolated, some_of, width};
use super::outline::outline;
use super::{Anchor, Caption, Drawn, Frame, Ink, Plot, Size, draw, pair};
use crate::error::Error;
use crate::render::parts::markup::Html;
use std::ops::Range;

/// How much room a release's name has, in pixels: what is left of the plot holds half of it.
const LONGEST: i32 = 110;

/// A series. All numbers are finite and in one unit.
pub struct Trend<'a> {
    /// Oldest first.
    pub values: &'a [f64],
    /// What stands below each value: a date, or a run.
    pub labels: &'a [String],
    /// The level it is compared with.
    pub baseline: Option<f64>,
    /// The ordinary range around the baseline.
    pub band: Option<(f64, f64)>,
    /// From where on a value is out of the ordinary.
    pub limit: Option<f64>,
    /// Oldest first.
    pub steps: &'a [Step],
    /// Index of a released value, and the release's name; oldest first.
    pub releases: &'a [(usize, String)],
    /// Where a straight line fits better than a level does.
    pub slope: Option<Slope>,
    /// What the values since the last step are.
    pub after: Ink,
    /// A value as text.
    pub say: &'a dyn Fn(f64) -> String,
}

/// A change of level.
pub struct Step {
    /// Index of the first value after it.
    pub at: usize,
    /// What to write there.
    pub text: String,
    /// The same where there is less room.
    pub short: String,
    /// What it is.
    pub ink: Ink,
}

/// A slow change.
pub struct Slope {
    /// From which index to which, and the values of the line there.
    pub ends: [(usize, f64); 2],
    /// What to write at its end.
    pub text: String,
}

/// The line of a series; nothing for fewer than two values, or for numbers too large or too small for a scale.
///
/// # Errors
/// Only if the drawing library fails.
pub fn trend(caption: &Caption<'_>, series: &Trend<'_>) -> Result<Option<Html>, Error> {
    let Some((y, factor)) = scale(series) else { return Ok(None) };
    let last = series.values.len() - 1;
    let picture = pair(|size| {
        let foot = if series.releases.is_empty() { 30 } else { 46 };
        // A phone has no room to spare, and long numbers take what they need.
        let right = names(series).iter().map(|(text, ..)| width(text) + 12).fold(size.pick(118, 92), i32::max).min(size.pick(170, 120));
        let left =
            [y.start, y.end].map(|v| width(&(series.say)(rounded(v) * factor)) + 12).into_iter().fold(62, i32::max).min(size.pick(130, 96));
        let margin = [30, right, foot, left];
        let label = series.labels.iter().map(|label| width(label) + 10).fold(1, i32::max);
        let most = usize::try_from((size.width() - left - right) / label).unwrap_or(1).clamp(1, size.pick(6, 3));
        let frame = Frame { height: size.pick(270, 240) + foot - 30, x: 0.0..last as f64, y: y.clone(), margin };
        draw(caption, size, &frame, |plot| {
            plot.y_grid(5, |v| (series.say)(v * factor))?;
            for (i, at) in some_of(series.labels.len(), most).into_iter().enumerate() {
                plot.below(Ink::Grid, at as f64, if i == 0 && at == 0 { Anchor::Start } else { Anchor::Middle }, &series.labels[at])?;
            }
            references(plot, series, factor, last as f64)?;
            releases(plot, series, &y)?;
            values(plot, series, factor, size)?;
            if let Some(slope) = &series.slope {
                plot.line(Ink::Claim, &slope.ends.map(|(at, value)| (at as f64, value / factor)))?;
            }
            steps(plot, series, &y, size)?;
            beside(plot, series, factor, right - 10)
        })
    })?;
    Ok(Some(picture))
}

/// The range of the y axis in units of `factor`, which keeps it near 1: scales of very small or large numbers have no ticks.
fn scale(series: &Trend<'_>) -> Option<(Range<f64>, f64)> {
    let band = series.band.map(|(low, high)| [low, high]).into_iter().flatten();
    let all: Vec<f64> = series.values.iter().copied().chain(band).chain(series.limit).chain(series.baseline).collect();
    let (low, high) = all.iter().fold((f64::MAX, f64::MIN), |(low, high), v| (low.min(*v), high.max(*v)));
    let largest = low.abs().max(high.abs());
    let usable = largest == 0.0 || (1e-100..1e100).contains(&largest);
    if series.values.len() < 2 || !usable || all.iter().any(|v| !v.is_finite()) {
        return None;
    }
    let factor = if largest == 0.0 { 1.0 } else { 10f64.powf(largest.log10().floor()) };
    let pad = ((high - low) * 0.09).max(largest * 0.01).max(factor * 1e-3);
    Some(((low - pad) / factor..(high + pad) / factor, factor))
}

fn references(plot: &Plot<'_>, series: &Trend<'_>, factor: f64, last: f64) -> Drawn {
    if let Some((low, high)) = series.band {
        plot.block(Ink::Usual, (0.0, low / factor), (last, high / factor))?;
    }
    for (level, ink) in [(series.baseline, Ink::Usual), (series.limit, Ink::Limit)] {
        if let Some(level) = level {
            plot.line(ink, &[(0.0, level / factor), (last, level / factor)])?;
        }
    }
    Ok(())
}

/// A mark at every release, and the names that have room, the newest first.
fn releases(plot: &Plot<'_>, series: &Trend<'_>, y: &Range<f64>) -> Drawn {
    for (at, _) in series.releases {
        plot.line(Ink::Usual, &[(*at as f64, y.start), (*at as f64, y.end)])?;
    }
    let mut free = i32::MAX;
    for (at, name) in series.releases.iter().rev() {
        let name = isolated(&fit(name, LONGEST));
        let (x, half) = (plot.across(*at as f64), width(&name) / 2 + 4);
        if x + half <= free {
            free = x - half;
            plot.second_line(Ink::Grid, *at as f64, &name)?;
        }
    }
    Ok(())
}

fn values(plot: &Plot<'_>, series: &Trend<'_>, factor: f64, size: Size) -> Drawn {
    // More points than pixels say nothing more.
    let columns = size.pick(170, 44);
    let shown = outline(series.values, columns);
    let points: Vec<(f64, f64)> = shown.iter().map(|&at| (at as f64, series.values[at] / factor)).collect();
    let turn = series.steps.last().map_or(series.values.len(), |step| step.at);
    let turn = shown.partition_point(|at| *at < turn);
    plot.line(Ink::Plain, &points)?;
    // Dots that touch each other hide the line.
    if series.values.len() <= size.pick(140, 60) {
        points[..turn].iter().try_for_each(|p| plot.dot(Ink::Plain, *p))?;
        return points[turn..].iter().try_for_each(|p| plot.dot(series.after, *p));
    }
    if turn < points.len() { plot.line(series.after, &points[turn..]) } else { Ok(()) }
}

/// A line at every step, and texts above them and the slope as far as they have room, the newest first.
fn steps(plot: &Plot<'_>, series: &Trend<'_>, y: &Range<f64>, size: Size) -> Drawn {
    let slope = series.slope.iter().map(|slope| (slope.ends[1].0 as f64, [&slope.text, &slope.text]));
    // Between the last value before and the first one after.
    let steps = series.steps.iter().map(|step| (step.at as f64 - 0.5, [&step.text, &step.short]));
    let mut titles: Vec<_> = slope.chain(steps).collect();
    titles.sort_by(|a, b| b.0.total_cmp(&a.0));
    for step in series.steps {
        let x = step.at as f64 - 0.5;
        plot.line(step.ink, &[(x, y.start), (x, y.end)])?;
    }
    let mut free = size.width();
    for (x, texts) in titles {
        let from = plot.across(x);
        let placed = texts.into_iter().find_map(|text| Some((text, title(from, width(text), free, size)?)));
        if let Some((text, (anchor, start))) = placed {
            free = start - GAP;
            plot.text(Ink::Strong, (x, y.end), (0, -14), anchor, text)?;
        }
    }
    Ok(())
}

/// Between two texts, in pixels.
const GAP: i32 = 6;

/// On which side of a place a text of such a length has room, and where it begins: on that where more is left of the picture, else on
/// the other.
fn title(from: i32, length: i32, free: i32, size: Size) -> Option<(Anchor, i32)> {
    let sides = [(Anchor::End, from - length), (Anchor::Start, from)];
    let sides = if from > size.width() / 2 { sides } else { [sides[1], sides[0]] };
    sides.into_iter().find(|(_, start)| *start >= 0 && start + length <= free)
}

/// What the lines are, in words, with their values.
fn names(series: &Trend<'_>) -> Vec<(String, f64, Ink)> {
    let newest = series.values.last().map(|v| ("now", *v, Ink::Strong));
    let limit = series.limit.map(|v| ("limit", v, Ink::Limit));
    let usual = series.baseline.map(|v| ("usual", v, Ink::Grid));
    let all = newest.into_iter().chain(limit).chain(usual);
    all.map(|(word, value, ink)| (format!("{word} {}", (series.say)(value)), value, ink)).collect()
}

/// The names, right of the plot, in so many pixels.
fn beside(plot: &Plot<'_>, series: &Trend<'_>, factor: f64, room: i32) -> Drawn {
    let names = names(series);
    let wanted: Vec<i32> = names.iter().map(|(_, v, _)| plot.depth(v / factor)).collect();
    let depths = apart(&wanted, 16, plot.bottom / super::TENTHS);
    names.iter().zip(depths).try_for_each(|((text, _, ink), depth)| plot.beside(*ink, depth, &fit(text, room)))
}

/// About as a value of a scale is written.
fn rounded(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}
