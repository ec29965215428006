//! Stacked bars per day.

use super::label::some_of;
use super::{Anchor, Caption, Frame, Ink, draw, pair};
use crate::error::Error;
use crate::metric::grouped;
use crate::render::parts::markup::Html;

/// What happened on a day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Day {
    /// `7 Feb`.
    pub label: String,
    /// Done for real.
    pub done: u64,
    /// Tried only.
    pub dry: u64,
    /// Gone wrong.
    pub failed: u64,
}

impl Day {
    fn stack(&self) -> [(Ink, f64); 3] {
        [(Ink::Plain, self.done as f64), (Ink::Void, self.dry as f64), (Ink::Fail, self.failed as f64)]
    }

    fn total(&self) -> f64 {
        self.stack().iter().map(|(_, n)| n).sum()
    }
}

/// One bar for each day, oldest first: done, tried (hatched) and failed. A phone gets the newest third of what a desktop gets.
///
/// # Errors
/// Only if the drawing library fails.
pub fn days(caption: &Caption<'_>, days: &[Day]) -> Result<Html, Error> {
    pair(|size| {
        let days = &days[days.len().saturating_sub(size.pick(90, 30))..];
        let most = days.iter().map(Day::total).fold(1.0, f64::max);
        let frame = Frame { height: 190, x: 0.0..days.len() as f64, y: 0.0..most * 1.12, margin: [14, 8, 28, 44] };
        draw(caption, size, &frame, |plot| {
            // Whole numbers only: half a row is none.
            plot.y_grid((most as usize + 1).min(5), |v| if v.fract().abs() < 1e-9 { grouped(v.round() as u64) } else { String::new() })?;
            for at in some_of(days.len(), size.pick(6, 3)) {
                plot.below(Ink::Grid, at as f64 + 0.5, if at + 1 == days.len() { Anchor::End } else { Anchor::Middle }, &days[at].label)?;
            }
            for layer in 0..3 {
                for (i, day) in days.iter().enumerate() {
                    let stack = day.stack();
                    let below: f64 = stack[..layer].iter().map(|(_, n)| n).sum();
                    let (ink, n) = stack[layer];
                    if n > 0.0 {
                        plot.block(ink, (i as f64 + 0.1, below), (i as f64 + 0.9, below + n))?;
                    }
                }
            }
            days.iter()
                .enumerate()
                .filter(|(_, day)| day.failed > 0)
                .try_for_each(|(i, day)| plot.text(Ink::Fail, (i as f64 + 0.5, day.total()), (0, -7), Anchor::Middle, "×"))
        })
    })
}
