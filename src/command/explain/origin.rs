//! Which layer set which field of a rule: the last one in force, and what was below it.

use crate::instant::Instant;
use crate::relax::Relaxed;
use crate::rule::{Place, Rule, Setting, Way};

/// Fields that are shown in a paragraph of their own.
const ELSEWHERE: [&str; 3] = ["question", "why", "fix"];
/// The widest value that places are lined up behind.
const WIDE: usize = 48;

/// Every field with its value and the layer that set it, a line each:
/// `require   coverage.line >= 85%   rules/ours/coverage.yaml:3, tightened from coverage.line >= 80% at rules/…:5`.
pub(super) fn fields(rule: &Rule, now: Instant) -> String {
    let mut order: Vec<&str> = Vec::new();
    for setting in &rule.settings {
        if !order.contains(&setting.field.as_str()) && !ELSEWHERE.contains(&setting.field.as_str()) {
            order.push(&setting.field);
        }
    }
    let rows = order.into_iter().filter_map(|field| Some((field, value(rule, field)?, origin(rule, field))));
    let scope = rule.scope.iter().map(|when| ("pack when", when.text.clone(), at(&when.place)));
    let rows: Vec<(&str, String, String)> = rows.chain(scope).collect();
    let width = |lengths: &mut dyn Iterator<Item = usize>| lengths.filter(|length| *length <= WIDE).max().unwrap_or(0);
    let (first, second) = (width(&mut rows.iter().map(|row| row.0.len())), width(&mut rows.iter().map(|row| row.1.chars().count())));
    let mut text: String = rows.iter().map(|(field, value, origin)| format!("{field:first$}  {value:second$}  {origin}\n")).collect();
    for over in Relaxed::of(rule, now) {
        text.push_str(&format!("\nThe rule {} ({})\n  {}\n  {}\n", over.note, over.at, over.eased(), over.reason));
    }
    text
}

/// The places of a field that has a paragraph: `  (rules/pr-gate/coverage-line.yaml:7)`.
pub(super) fn heading(rule: &Rule, field: &str) -> String {
    let origin = origin(rule, field);
    if origin.is_empty() { origin } else { format!("  ({origin})") }
}

fn layers<'r>(rule: &'r Rule, field: &str) -> Vec<&'r Setting> {
    rule.settings.iter().filter(|setting| setting.field == field).collect()
}

/// What counts: controls are those of all layers together, anything else is what the last layer says.
fn value(rule: &Rule, field: &str) -> Option<String> {
    if field == "controls" { Some(rule.controls.join(", ")) } else { layers(rule, field).last().map(|setting| setting.text.clone()) }
}

fn origin(rule: &Rule, field: &str) -> String {
    let layers = layers(rule, field);
    let Some((last, below)) = layers.split_last() else { return String::new() };
    let mut text = at(&last.place);
    let mut above = last;
    for setting in below.iter().rev() {
        let word = match (field, above.way) {
            ("controls", _) => "added to those",
            (_, Some(Way::Tighter)) => "tightened from",
            (_, Some(Way::Looser)) => "relaxed from",
            (_, Some(Way::Different)) => "instead of",
            (_, None) => "the same as",
        };
        let was = if ELSEWHERE.contains(&field) || field == "controls" { String::new() } else { format!(" {}", setting.text) };
        text.push_str(&format!(", {word}{was} at {}", at(&setting.place)));
        above = setting;
    }
    text
}

fn at(place: &Place) -> String {
    format!("{}:{}", place.file, place.line)
}
