//! A page for the metrics and records that rules may name.

use super::{REFERENCE, table};
use crate::catalogue::{AREAS, Definition, Family, Kind};
use crate::page::Page;
use crate::render::parts::escape::cell;
use crate::series::Direction;
use crate::system::FACTS;

pub(super) fn page() -> Page {
    let mut text = "# Metrics and records\n\nWhat rules may name. A metric stands for the whole system; a record family has a row for \
                    each of something, and `for_each` makes a finding for each row. Ids that begin with `telemetry.` or `custom.` are \
                    declared by packs and by `readiness.yaml`.\n\n"
        .to_owned();
    for area in AREAS.iter().filter(|area| !area.metrics.is_empty()) {
        let rows: Vec<_> = area.metrics.iter().map(metric).collect();
        text.push_str(&format!("## {}\n\n{}", area.name, table(["metric", "kind", "better", "meaning"], &rows)));
        text.extend(area.families.iter().map(record));
    }
    text.push_str("## More records\n\n");
    text.extend(AREAS.iter().filter(|area| area.metrics.is_empty()).flat_map(|area| area.families).map(record));
    let facts: Vec<_> = FACTS.iter().map(|fact| [format!("`{}`", fact.id), kind(&fact.kind), cell(fact.about)]).collect();
    text.push_str("## Facts of the system\n\nSaid under `system:` in `readiness.yaml`, for `when`.\n\n");
    text.push_str(&table(["fact", "kind", "meaning"], &facts));
    let title = "Metrics and records".to_owned();
    Page { path: "rules/metrics.html".to_owned(), title, group: REFERENCE.to_owned(), markdown: text }
}

fn metric(metric: &Definition) -> [String; 4] {
    let better = match metric.better {
        Some(Direction::Higher) => "higher",
        Some(Direction::Lower) => "lower",
        None => "–",
    };
    let mut about = cell(metric.about);
    for (label, values) in metric.labels {
        about.push_str(&format!("; by `{label}`{}", words(values)));
    }
    [format!("`{}`", metric.id), kind(&metric.kind), better.to_owned(), about]
}

fn record(family: &Family) -> String {
    let key = [format!("`{}`", family.key), "text".to_owned(), "names the row".to_owned()];
    let fields = family.fields.iter().map(|(name, of, about)| [format!("`{name}`"), kind(of), cell(about)]);
    let rows: Vec<_> = std::iter::once(key).chain(fields).collect();
    format!("### `{}`\n\nA row is {}.\n\n{}", family.name, cell(family.about), table(["field", "kind", "meaning"], &rows))
}

fn kind(kind: &Kind) -> String {
    match kind {
        Kind::Level(values) | Kind::Text(values) => format!("{kind}{}", words(values)),
        other => cell(&other.to_string()),
    }
}

/// A closed set of words.
fn words(values: &[&str]) -> String {
    let words: Vec<String> = values.iter().map(|word| format!("`{word}`")).collect();
    if words.is_empty() { String::new() } else { format!(": {}", words.join(" ")) }
}
