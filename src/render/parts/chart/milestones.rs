//! A claimed score over milestones, and where the evidence is.

use super::label::{apart, some_of, two_lines};
use super::{Anchor, Caption, Frame, Ink, Size, draw, pair};
use crate::error::Error;
use crate::metric::number;
use crate::render::parts::markup::Html;

/// A score that was claimed.
pub struct Milestone<'a> {
    /// For what.
    pub name: &'a str,
    /// 0 to 100.
    pub score: f64,
}

/// The claimed line, and right of its end what else there is to say of the last milestone: a word and a score each.
///
/// # Errors
/// Only if the drawing library fails.
pub fn milestones(caption: &Caption<'_>, claims: &[Milestone<'_>], now: &[(&str, f64, Ink)]) -> Result<Html, Error> {
    pair(|size| {
        let last = claims.len().saturating_sub(1) as f64;
        // Half a step on both sides keeps names inside the picture.
        let frame = Frame { height: 250, x: -0.4..last + 0.3, y: 0.0..100.0, margin: [16, size.pick(130, 104), 46, 40] };
        draw(caption, size, &frame, |plot| {
            plot.y_grid(5, number)?;
            let named = some_of(claims.len(), size.pick(8, 2));
            let room = (size.width() - size.pick(170, 144)) / i32::try_from(named.len().max(1)).unwrap_or(1) - 6;
            for at in named {
                for (line, text) in two_lines(claims[at].name, room).iter().enumerate() {
                    let depth = 16 + 15 * line as i32;
                    plot.text(Ink::Grid, (at as f64, 0.0), (0, depth), Anchor::Middle, text)?;
                }
            }
            let points: Vec<(f64, f64)> = claims.iter().enumerate().map(|(i, c)| (i as f64, c.score.clamp(0.0, 100.0))).collect();
            let lowest = now.iter().map(|(_, score, _)| *score).fold(f64::MAX, f64::min);
            if let Some((x, highest)) = points.last().filter(|(_, highest)| lowest < *highest) {
                plot.line(Ink::Limit, &[(*x, *highest), (*x, lowest)])?;
            }
            plot.line(Ink::Claim, &points)?;
            points.iter().try_for_each(|p| plot.dot(Ink::Claim, *p))?;
            if size == Size::Wide {
                let numbers = points.iter().take(points.len().saturating_sub(1));
                numbers.clone().try_for_each(|p| plot.text(Ink::Grid, *p, (0, -13), Anchor::Middle, &number(p.1)))?;
            }
            let claimed = points.last().map(|(_, score)| ("claimed", *score, Ink::Claim));
            let all: Vec<_> = claimed.into_iter().chain(now.iter().copied()).collect();
            now.iter().try_for_each(|(_, score, ink)| plot.dot(*ink, (last, *score)))?;
            let wanted: Vec<i32> = all.iter().map(|(_, score, _)| plot.depth(*score)).collect();
            let depths = apart(&wanted, 16, plot.bottom / super::TENTHS);
            all.iter().zip(depths).try_for_each(|((word, score, ink), depth)| {
                let ink = if *ink == Ink::Claim { Ink::Plain } else { Ink::Strong };
                plot.beside(ink, depth, &format!("{word} {}", number(*score)))
            })
        })
    })
}
