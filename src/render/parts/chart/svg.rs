//! SVG with classes instead of colours: one path for all that is drawn in one ink in a row.

use super::ink::{Anchor, Ink, Size};
use crate::render::parts::markup::escape;
use std::fmt::Write;

/// Tenths of a pixel in a pixel: what all coordinates here are counted in.
pub(super) const TENTHS: i32 = 10;
/// The height of letters, in pixels; the style sheet says the same.
pub(super) const LETTERS: i32 = 12;

/// What a chart is called, for people who cannot see it.
pub struct Caption<'a> {
    /// Unique in the page; letters, digits and hyphens.
    pub id: &'a str,
    /// What is shown.
    pub title: &'a str,
    /// What it says.
    pub desc: &'a str,
}

/// A picture being written.
pub(super) struct Svg<'a> {
    out: &'a mut String,
    size: (i32, i32),
    /// The kind and ink of the path being written.
    open: Option<(char, Ink)>,
}

impl<'a> Svg<'a> {
    pub(super) fn new(out: &'a mut String, caption: &Caption<'_>, size: Size, height: i32) -> Self {
        let (width, mark) = (size.width(), size.pick("wide", "narrow"));
        let id = format!("{}-{mark}", escape(caption.id));
        let (title, desc) = (escape(caption.title), escape(caption.desc));
        let _ = write!(
            out,
            r#"<svg class="chart {mark}" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img" aria-labelledby="{id}-t" aria-describedby="{id}-d"><title id="{id}-t">{title}</title><desc id="{id}-d">{desc}</desc>"#
        );
        Svg { out, size: (width * TENTHS, height * TENTHS), open: None }
    }

    /// Width and height.
    pub(super) fn size(&self) -> (u32, u32) {
        (self.size.0.unsigned_abs(), self.size.1.unsigned_abs())
    }

    pub(super) fn line(&mut self, ink: Ink, points: impl IntoIterator<Item = (i32, i32)>) {
        trace(self.path('l', ink), points);
    }

    pub(super) fn shape(&mut self, ink: Ink, points: impl IntoIterator<Item = (i32, i32)>) {
        let path = self.path('f', ink);
        trace(path, points);
        path.push('z');
    }

    pub(super) fn block(&mut self, ink: Ink, (x0, y0): (i32, i32), (x1, y1): (i32, i32)) {
        let _ = write!(self.path('f', ink), "M{} {}H{}V{}H{}z", px(x0), px(y0), px(x1), px(y1), px(x0));
    }

    /// A dot is a line of no length; its round end has the size that the style sheet gives its width.
    pub(super) fn dot(&mut self, ink: Ink, (x, y): (i32, i32)) {
        let _ = write!(self.path('d', ink), "M{} {}h0", px(x), px(y));
    }

    /// Text whose middle is at the height of the point.
    pub(super) fn text(&mut self, ink: Ink, (x, y): (i32, i32), anchor: Anchor, text: &str) {
        self.close();
        let anchor = match anchor {
            Anchor::Start => "",
            Anchor::Middle => r#" text-anchor="middle""#,
            Anchor::End => r#" text-anchor="end""#,
        };
        // The middle of small letters lies a third of their height above the line they stand on.
        let y = y + LETTERS * TENTHS * 35 / 100;
        let _ = write!(self.out, r#"<text class="t-{}" x="{}" y="{}"{anchor}>{}</text>"#, ink.class(), px(x), px(y), escape(text));
    }

    pub(super) fn end(&mut self) {
        self.close();
        self.out.push_str("</svg>");
    }

    /// Continues the path of this kind and ink, or begins one.
    fn path(&mut self, kind: char, ink: Ink) -> &mut String {
        if self.open != Some((kind, ink)) {
            self.close();
            let _ = write!(self.out, r#"<path class="{kind}-{}" d=""#, ink.class());
            self.open = Some((kind, ink));
        }
        self.out
    }

    fn close(&mut self) {
        if self.open.take().is_some() {
            self.out.push_str(r#""/>"#);
        }
    }
}

/// A coordinate in pixels: `12` or `12.3`.
fn px(tenths: i32) -> String {
    let sign = if tenths < 0 { "-" } else { "" };
    let (whole, tenth) = (tenths.unsigned_abs() / 10, tenths.unsigned_abs() % 10);
    if tenth == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{tenth}") }
}

/// `M1 2 3 4 5.6 7`: to the first point, then lines.
fn trace(path: &mut String, points: impl IntoIterator<Item = (i32, i32)>) {
    for (i, (x, y)) in points.into_iter().enumerate() {
        path.push(if i == 0 { 'M' } else { ' ' });
        let _ = write!(path, "{} {}", px(x), px(y));
    }
}
