//! The door to plotters: charts as SVG that the page's style sheet colours.
//!
//! plotters gives scales, ticks and elements. Our backend writes a class where plotters has a colour, so that a chart follows
//! the theme. plotters counts in whole pixels: its canvas is ten times larger than the picture, which gives tenths.
//! Every chart is a function from plain data to both of its sizes.

mod days;
mod ink;
mod intervals;
mod label;
mod milestones;
mod outline;
mod small;
mod svg;
mod trend;

pub use days::{Day, days};
pub use ink::{Anchor, Ink, Size};
pub use intervals::{Interval, intervals};
pub use milestones::{Milestone, milestones};
pub use small::{Small, small};
pub use svg::Caption;
pub use trend::{Slope, Step, Trend, trend};

use super::markup::Html;
use crate::error::Error;
use plotters::coord::Shift;
use plotters::coord::ranged1d::{BoldPoints, Ranged};
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::{Cartesian2d, Circle, Color, DrawingArea, IntoDrawingArea, PathElement, RGBColor, Rectangle};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{IntoFont, TextStyle};
use plotters_backend::{BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind};
use std::convert::Infallible;
use std::ops::Range;
use svg::{LETTERS, Svg, TENTHS};

/// Where the data lie: their range on both axes, and what is left free around them, in pixels.
struct Frame {
    /// Height of the picture.
    height: i32,
    /// From the left edge to the right edge of the plot.
    x: Range<f64>,
    /// From the lower edge to the upper edge of the plot.
    y: Range<f64>,
    /// Above, right, below, left.
    margin: [i32; 4],
}

/// A drawing step.
type Drawn = Result<(), Error>;

fn internal(error: impl std::fmt::Display) -> Error {
    Error::Internal(format!("a chart could not be drawn: {error}"))
}

/// Both sizes of a chart, drawn by `paint`.
fn pair(paint: impl Fn(Size) -> Result<Html, Error>) -> Result<Html, Error> {
    Ok(Html::trusted(format!("{}{}", paint(Size::Wide)?, paint(Size::Narrow)?)))
}

/// Draws one picture.
fn draw(caption: &Caption<'_>, size: Size, frame: &Frame, paint: impl FnOnce(&Plot<'_>) -> Drawn) -> Result<Html, Error> {
    let mut out = String::new();
    let root = Svg::new(&mut out, caption, size, frame.height).into_drawing_area();
    let [top, right, bottom, left] = frame.margin.map(|m| m * TENTHS);
    let (width, height) = (size.width() * TENTHS, frame.height * TENTHS);
    // Pixels are counted downwards.
    let pixels = (left..width - right, height - bottom..top);
    let area = root.apply_coord_spec(Cartesian2d::new(frame.x.clone(), frame.y.clone(), pixels));
    let plot = Plot { root, area, left, bottom: height - bottom };
    paint(&plot)?;
    plot.root.present().map_err(internal)?;
    drop(plot);
    Ok(Html::trusted(out))
}

/// A plot being drawn. Points are in the units of the data, offsets in pixels.
struct Plot<'a> {
    root: DrawingArea<Svg<'a>, Shift>,
    area: DrawingArea<Svg<'a>, Cartesian2d<RangedCoordf64, RangedCoordf64>>,
    left: i32,
    bottom: i32,
}

impl Plot<'_> {
    /// A point, or one just out of sight in its direction: pixels are whole numbers of 32 bits.
    fn near(&self, (x, y): (f64, f64)) -> (f64, f64) {
        let near = |value: f64, Range { start, end }: Range<f64>| value.max(start - (end - start).abs()).min(end + (end - start).abs());
        (near(x, self.area.get_x_range()), near(y, self.area.get_y_range()))
    }

    /// A line through points.
    fn line(&self, ink: Ink, points: &[(f64, f64)]) -> Drawn {
        let points: Vec<_> = points.iter().map(|at| self.near(*at)).collect();
        self.area.draw(&PathElement::new(points, color(ink))).map_err(internal)
    }

    /// A filled box between two corners.
    fn block(&self, ink: Ink, corner: (f64, f64), opposite: (f64, f64)) -> Drawn {
        self.area.draw(&Rectangle::new([self.near(corner), self.near(opposite)], color(ink).filled())).map_err(internal)
    }

    /// A dot.
    fn dot(&self, ink: Ink, at: (f64, f64)) -> Drawn {
        self.area.draw(&Circle::new(self.near(at), TENTHS, color(ink).filled())).map_err(internal)
    }

    /// Text beside a point.
    fn text(&self, ink: Ink, at: (f64, f64), (dx, dy): (i32, i32), anchor: Anchor, text: &str) -> Drawn {
        let (x, y) = self.area.map_coordinate(&self.near(at));
        self.letters(ink, (x + dx * TENTHS, y + dy * TENTHS), anchor, text)
    }

    /// How far below the upper edge of the picture a value lies, in pixels.
    fn depth(&self, y: f64) -> i32 {
        self.area.map_coordinate(&self.near((0.0, y))).1 / TENTHS
    }

    /// How far right of the left edge of the picture a value lies, in pixels.
    fn across(&self, x: f64) -> i32 {
        self.area.map_coordinate(&self.near((x, 0.0))).0 / TENTHS
    }

    /// Text right of the plot, at a depth in pixels.
    fn beside(&self, ink: Ink, depth: i32, text: &str) -> Drawn {
        let right = self.area.map_coordinate(&self.near((self.area.get_x_range().end, 0.0))).0;
        self.letters(ink, (right + 9 * TENTHS, depth * TENTHS), Anchor::Start, text)
    }

    /// Text below the plot.
    fn below(&self, ink: Ink, x: f64, anchor: Anchor, text: &str) -> Drawn {
        self.letters(ink, (self.across(x) * TENTHS, self.bottom + 16 * TENTHS), anchor, text)
    }

    /// Text below what is [`Plot::below`].
    fn second_line(&self, ink: Ink, x: f64, text: &str) -> Drawn {
        self.letters(ink, (self.across(x) * TENTHS, self.bottom + 32 * TENTHS), Anchor::Middle, text)
    }

    /// Horizontal grid lines at no more than `most` round values, and the values left of them.
    fn y_grid(&self, most: usize, say: impl Fn(f64) -> String) -> Drawn {
        let x = self.area.get_x_range();
        let ticks = self.area.as_coord_spec().y_spec().key_points(BoldPoints(most));
        ticks.iter().try_for_each(|&y| self.line(Ink::Grid, &[(x.start, y), (x.end, y)]))?;
        ticks.iter().try_for_each(|&y| {
            let at = self.area.map_coordinate(&self.near((x.start, y))).1;
            self.letters(Ink::Grid, (self.left - 8 * TENTHS, at), Anchor::End, &say(y))
        })
    }

    /// Vertical grid lines at no more than `most` round values, and the values below them.
    fn x_grid(&self, most: usize, say: impl Fn(f64) -> String) -> Drawn {
        let y = self.area.get_y_range();
        let ticks = self.area.as_coord_spec().x_spec().key_points(BoldPoints(most));
        ticks.iter().try_for_each(|&x| self.line(Ink::Grid, &[(x, y.start), (x, y.end)]))?;
        ticks.iter().try_for_each(|&x| self.below(Ink::Grid, x, Anchor::Middle, &say(x)))
    }

    fn letters(&self, ink: Ink, at: BackendCoord, anchor: Anchor, text: &str) -> Drawn {
        let across = match anchor {
            Anchor::Start => HPos::Left,
            Anchor::Middle => HPos::Center,
            Anchor::End => HPos::Right,
        };
        let font = ("sans-serif", LETTERS * TENTHS).into_font();
        let color = color(ink);
        let style = TextStyle::from(font).color(&color).pos(Pos::new(across, VPos::Center));
        self.root.draw_text(text, &style, at).map_err(internal)
    }
}

/// plotters carries colours only, so an ink travels as its number in the red part.
const fn color(ink: Ink) -> RGBColor {
    RGBColor(ink as u8, 0, 0)
}

fn ink(color: BackendColor) -> Ink {
    Ink::numbered(color.rgb.0)
}

/// What the backend gives; writing to a string cannot fail.
type Written = Result<(), DrawingErrorKind<Infallible>>;

impl DrawingBackend for Svg<'_> {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        self.size()
    }

    fn ensure_prepared(&mut self) -> Written {
        Ok(())
    }

    fn present(&mut self) -> Written {
        self.end();
        Ok(())
    }

    fn draw_pixel(&mut self, at: BackendCoord, color: BackendColor) -> Written {
        self.dot(ink(color), at);
        Ok(())
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Written {
        self.line(ink(style.color()), [from, to]);
        Ok(())
    }

    fn draw_rect<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S, _: bool) -> Written {
        self.block(ink(style.color()), from, to);
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, points: I, style: &S) -> Written {
        self.line(ink(style.color()), points);
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(&mut self, center: BackendCoord, _: u32, style: &S, _: bool) -> Written {
        self.dot(ink(style.color()), center);
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, points: I, style: &S) -> Written {
        self.shape(ink(style.color()), points);
        Ok(())
    }

    fn draw_text<T: BackendTextStyle>(&mut self, text: &str, style: &T, at: BackendCoord) -> Written {
        let anchor = match style.anchor().h_pos {
            HPos::Left => Anchor::Start,
            HPos::Center => Anchor::Middle,
            HPos::Right => Anchor::End,
        };
        self.text(ink(style.color()), at, anchor, text);
        Ok(())
    }

    fn estimate_text_size<T: BackendTextStyle>(&self, text: &str, _: &T) -> Result<(u32, u32), DrawingErrorKind<Infallible>> {
        let (width, height) = (label::width(text) * TENTHS, LETTERS * TENTHS);
        Ok((width.unsigned_abs(), height.unsigned_abs()))
    }
}

#[cfg(test)]
mod tests;
