//! A stored report that somebody has changed is shown or refused: no panic, no hang, in no output.

#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use readiness::io::json::{self, Value};
use readiness::render::{OUTPUTS, Style};
use readiness::report::Report;
use std::panic::{AssertUnwindSafe, catch_unwind};
use support::{check, ready, reflexio};

/// The same numbers on every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % n.max(1)
    }
}

/// What is put in the place of something else, most often something of its own kind.
const TEXTS: [&str; 6] = ["\"\"", "\"x\"", "\"9999-12-31T23:59:59Z\"", "\"0000-01-01T00:00:00Z\"", HOSTILE, "\"\u{feff}\""];
const HOSTILE: &str = "\"é\\u0301\\u202e\\u001b[31m\\u0000::error::x\\n##[a]|`<script>&amp;\"";
const WHOLE: [&str; 4] = ["0", "1", "2", "18446744073709551615"];
const FRACTIONS: [&str; 6] = ["1e308", "-1e308", "1e-320", "0.0", "-1.5", "123456789012345680000.0"];
const ANYTHING: [&str; 6] = ["null", "true", "-1", "[]", "{}", "{\"part\":5,\"whole\":0}"];

fn other(value: &Value, dice: &mut Dice) -> Value {
    let kind: &[&str] = match value {
        _ if dice.below(40) == 0 => &ANYTHING,
        Value::String(text) if text.ends_with('Z') => &TEXTS[2..4],
        Value::String(_) => &TEXTS,
        Value::Number(number) if number.is_u64() => &WHOLE,
        Value::Number(_) => &FRACTIONS,
        Value::Bool(flag) => return Value::Bool(!flag),
        _ => &ANYTHING,
    };
    json::read(kind[dice.below(kind.len())].as_bytes()).unwrap()
}

/// Changes something in a document: a value, a key, or how often something is there.
fn mutate(value: &mut Value, dice: &mut Dice) {
    let deeper = dice.below(60) > 0;
    match value {
        Value::Object(map) if deeper && !map.is_empty() => {
            let key = map.keys().nth(dice.below(map.len())).unwrap().clone();
            match dice.below(80) {
                0 => drop(map.remove(&key)),
                1 => {
                    let inner = map.remove(&key).unwrap();
                    map.insert(format!("{key}\u{202e}"), inner);
                }
                _ => mutate(map.get_mut(&key).unwrap(), dice),
            }
        }
        Value::Array(items) if deeper && !items.is_empty() => {
            let at = dice.below(items.len());
            match dice.below(15) {
                0 => drop(items.remove(at)),
                1 => items.push(items[at].clone()),
                2 => items.truncate(at),
                _ => mutate(&mut items[at], dice),
            }
        }
        leaf => *leaf = other(leaf, dice),
    }
}

/// Shows a report in every way there is, and gives the page.
fn shown(report: &Report) -> String {
    let mut page = String::new();
    for output in OUTPUTS {
        for style in [Style::default(), Style { color: true, width: 40, all: true }] {
            let text = (output.render)(report, style).unwrap_or_default();
            if output.name == "html" {
                page = text;
            }
        }
    }
    page
}

fn stored(make: fn(&std::path::Path)) -> Value {
    let folder = tempfile::tempdir().unwrap();
    make(folder.path());
    json::read(check(folder.path(), &["--format", "json"]).out.as_bytes()).unwrap()
}

#[test]
fn a_changed_report_is_shown_or_refused() {
    let rounds = option_env!("HOSTILE_ROUNDS").and_then(|n| n.parse().ok()).unwrap_or(60);
    let mut dice = Dice(option_env!("HOSTILE_SEED").and_then(|n| n.parse().ok()).unwrap_or(1));
    let mut read = 0;
    for original in [stored(reflexio), stored(ready)] {
        for round in 0..rounds {
            let mut changed = original.clone();
            for _ in 0..=dice.below(12) {
                mutate(&mut changed, &mut dice);
            }
            let text = json::line(&changed).unwrap();
            let Ok(report) = json::read::<Report>(text.as_bytes()) else { continue };
            read += 1;
            let shown = catch_unwind(AssertUnwindSafe(|| shown(&report)));
            if shown.is_err() {
                std::fs::write(std::env::temp_dir().join("hostile_report.json"), &text).unwrap();
            }
            assert!(shown.is_ok(), "round {round} panics");
            assert!(!shown.unwrap().contains("<script>&amp;"), "round {round} shows markup");
        }
    }
    assert!(read > rounds / 4, "only {read} changed reports could be read");
}
