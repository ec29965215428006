//! Bars that need no scale: SVG with shares of its own width, so that they fit every column.

use super::markup::{Html, escape};
use std::fmt::Write;

/// One part of a bar.
pub struct Segment<'a> {
    /// How much, in any unit.
    pub part: u64,
    /// `f-…` class.
    pub class: &'a str,
    /// What it is, for the pointer.
    pub title: &'a str,
}

/// Parts of a whole side by side; `label` says all of it.
pub fn segments(label: &str, parts: &[Segment<'_>]) -> Html {
    let whole = parts.iter().fold(0u64, |sum, part| sum.saturating_add(part.part));
    let mut svg = open("seg", label);
    let mut before = 0u64;
    for part in parts.iter().filter(|p| p.part > 0) {
        let (x, end) = (share(before, whole), share(before.saturating_add(part.part), whole));
        before = before.saturating_add(part.part);
        // A gap keeps neighbours apart for people who see no colours.
        let gap = if before < whole { 0.35 } else { 0.0 };
        let width = (end - x - gap).max(0.2);
        let _ = write!(
            svg,
            r#"<rect class="{}" x="{x:.2}%" width="{width:.2}%" height="100%"><title>{}</title></rect>"#,
            part.class,
            escape(part.title)
        );
    }
    close(svg)
}

/// A share as a bar, with a tick where the limit is; both between 0 and 1.
pub fn gauge(label: &str, class: &str, part: f64, limit: Option<f64>) -> Html {
    let mut svg = open("bar", label);
    let _ = write!(
        svg,
        r#"<rect class="f-bg" width="100%" height="100%"/><rect class="{class}" width="{:.2}%" height="100%"/>"#,
        part.clamp(0.0, 1.0) * 100.0
    );
    if let Some(limit) = limit {
        // The tick stays inside at both ends.
        let x = (limit.clamp(0.0, 1.0) * 100.0).min(99.4);
        let _ = write!(svg, r#"<rect class="f-tick" x="{x:.2}%" width="2" height="100%"/>"#);
    }
    close(svg)
}

/// A place on a scale.
pub struct Mark<'a> {
    /// Between 0 and 1.
    pub at: f64,
    /// `f-…` class.
    pub class: &'a str,
}

/// A share as a bar on a scale of quarters, with marks for other numbers.
pub fn scale(label: &str, class: &str, part: f64, marks: &[Mark<'_>]) -> Html {
    let mut svg = open("scale", label);
    let _ = write!(
        svg,
        r#"<rect class="f-bg" y="5" width="100%" height="8"/><rect class="{class}" y="5" width="{:.2}%" height="8"/>"#,
        part.clamp(0.0, 1.0) * 100.0
    );
    for quarter in ["25", "50", "75"] {
        let _ = write!(svg, r#"<rect class="f-quarter" x="{quarter}%" y="5" width="1" height="8"/>"#);
    }
    for mark in marks {
        let x = (mark.at.clamp(0.0, 1.0) * 100.0).min(98.5);
        let _ = write!(svg, r#"<rect class="{}" x="{x:.2}%" y="0" width="3" height="18"/>"#, mark.class);
    }
    close(svg)
}

fn open(class: &str, label: &str) -> String {
    format!(r#"<svg class="{class}" role="img" aria-label="{}">"#, escape(label))
}

fn close(mut svg: String) -> Html {
    svg.push_str("</svg>");
    Html::trusted(svg)
}

fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 * 100.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_fill_the_bar_and_names_are_text() {
        let parts = [Segment { part: 1, class: "f-fail", title: "1 <fail>" }, Segment { part: 3, class: "f-pass", title: "3 pass" }];
        let bar = segments("a \"quoted\" name", &parts).to_string();
        assert!(bar.contains(r#"x="0.00%" width="24.65%""#) && bar.contains(r#"x="25.00%" width="75.00%""#), "{bar}");
        assert!(bar.contains("1 &lt;fail&gt;") && bar.contains("a &quot;quoted&quot; name"), "{bar}");
        assert_eq!(segments("none", &[]).to_string(), r#"<svg class="seg" role="img" aria-label="none"></svg>"#);
    }

    #[test]
    fn odd_numbers_draw_nothing_odd() {
        assert!(gauge("x", "f-pass", 7.0, Some(2.0)).to_string().contains(r#"x="99.40%""#));
    }
}
