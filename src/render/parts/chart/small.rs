//! A series in the size of a stamp: to see a hundred of them at a glance, and which one is not like itself.

use super::Ink;
use super::outline::outline;
use crate::render::parts::markup::{Html, escape};
use std::fmt::Write;

/// The size of the picture, in pixels, and what is left free around the line.
const SIZE: (f64, f64) = (220.0, 64.0);
const MARGIN: (f64, f64) = (5.0, 7.0);
/// How many columns of pixels tell points apart.
const COLUMNS: usize = 40;

/// A series; all numbers are in one unit.
pub struct Small<'a> {
    /// Oldest first.
    pub values: &'a [f64],
    /// The ordinary range.
    pub band: Option<(f64, f64)>,
    /// From where on a value is out of the ordinary.
    pub limit: Option<f64>,
    /// Index of the first value after each step, and what the step is.
    pub steps: &'a [(usize, Ink)],
    /// What the newest value is.
    pub newest: Ink,
}

/// The picture, which `label` says in words; nothing for fewer than two values, or for numbers without a scale.
pub fn small(label: &str, series: &Small<'_>) -> Html {
    let band = series.band.map(|(low, high)| [low, high]).into_iter().flatten();
    let all = series.values.iter().copied().chain(band).chain(series.limit);
    let (low, high) = all.fold((f64::MAX, f64::MIN), |(low, high), v| (low.min(v), high.max(v)));
    let span = high - low;
    if series.values.len() < 2 || !span.is_finite() {
        return Html::default();
    }
    let ((width, height), (side, top)) = (SIZE, MARGIN);
    let step = (width - 2.0 * side) / (series.values.len() - 1) as f64;
    let x = |at: f64| side + step * at;
    let y = |value: f64| height - top - (height - 2.0 * top) * if span > 0.0 { (value - low) / span } else { 0.5 };
    let mut svg = format!(
        r#"<svg class="stamp" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" aria-label="{}">"#,
        escape(label)
    );
    if let Some((low, high)) = series.band {
        let _ = write!(svg, r#"<path class="f-usual" d="M{side} {:.1}H{}V{:.1}H{side}z"/>"#, y(low), width - side, y(high));
    }
    if let Some(limit) = series.limit {
        let _ = write!(svg, r#"<path class="l-limit" d="M{side} {:.1}H{}"/>"#, y(limit), width - side);
    }
    for (at, ink) in series.steps {
        let _ = write!(svg, r#"<path class="l-{}" d="M{:.1} 2V{}"/>"#, ink.class(), x(*at as f64 - 0.5), height - 2.0);
    }
    svg.push_str(r#"<path class="l-plain" d="M"#);
    for at in outline(series.values, COLUMNS) {
        let _ = write!(svg, "{:.1} {:.1} ", x(at as f64), y(series.values[at]));
    }
    let newest = series.values.len() - 1;
    let _ = write!(
        svg,
        r#""/><path class="d-{}" d="M{:.1} {:.1}h0"/></svg>"#,
        series.newest.class(),
        x(newest as f64),
        y(series.values[newest])
    );
    Html::trusted(svg)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[f64]) -> Small<'_> {
        Small { values, band: Some((1.0, 2.0)), limit: Some(2.5), steps: &[(2, Ink::Fail)], newest: Ink::Fail }
    }

    #[test]
    fn it_is_well_formed_and_says_its_label_as_text() {
        let svg = small("p95 <b>\"slow\"</b>", &of(&[1.0, 1.5, 3.0, 3.1])).to_string();
        let picture = roxmltree::Document::parse(&svg).map(|svg| svg.root_element().attribute("aria-label").map(str::to_owned));
        assert_eq!(picture, Ok(Some("p95 <b>\"slow\"</b>".to_owned())));
        assert!(svg.contains("l-fail") && svg.contains("f-usual") && svg.contains("l-limit"), "{svg}");
    }

    #[test]
    fn a_long_history_is_a_short_picture() {
        let values: Vec<f64> = (0..100_000).map(|i| f64::from(i % 97)).collect();
        assert!(small("x", &of(&values)).to_string().len() < 3_000);
    }

    #[test]
    fn odd_numbers_draw_nothing_odd() {
        assert!(small("x", &of(&[1.0])).is_empty() && small("x", &of(&[f64::MIN, f64::MAX])).is_empty());
        let flat = Small { band: None, limit: None, ..of(&[5.0, 5.0]) };
        assert!(small("x", &flat).to_string().contains("M5.0 32.0 215.0 32.0"));
    }
}
