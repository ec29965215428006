//! The project's own rules at today's values: a folder that a team keeps, raises, and adds to.

use super::text::scalar;
use crate::evaluate::floor::Floor;
use crate::evaluate::pack::Files;
use std::fmt::Write as _;

/// The pack's name, and the last part of its folder.
pub const PACK: &str = "floor";
/// Where it is, relative to the configuration.
pub const FOLDER: &str = "readiness/floor/";
/// What it is for, as the configuration says.
pub const TITLE: &str = "What this project has reached, as rules of its own: it only gets better. Raise a limit when you have passed it.";

/// The pack's files, named as in the repository.
pub fn files(floors: &[Floor]) -> Files {
    let head = "title: What has been reached\n\
                about: Limits at the values of the day this was set up. They hold what was won; the goals are in the shipped packs.\n";
    let mut files = vec![(format!("{FOLDER}pack.yaml"), head.to_owned())];
    files.extend(floors.iter().map(|floor| (format!("{FOLDER}{}.yaml", floor.name), rule(floor))));
    Files { pack: PACK.to_owned(), files }
}

fn rule(floor: &Floor) -> String {
    let Floor { goal, metric, limit, measured, severity, .. } = floor;
    let (most, better) = if floor.operator == "<=" { ("at most", "lower") } else { ("at least", "raise") };
    let mut text = format!(
        "# {measured} when this was written. The goal is {goal}.\n\
         question: Is {metric} still {most} {limit}?\n\
         severity: {severity}\n\
         require: {}\n",
        floor.require()
    );
    if let Some(when) = &floor.when {
        let _ = writeln!(text, "when: {}", scalar(when));
    }
    if let Some(ppm) = floor.confidence {
        let _ = writeln!(
            text,
            "# No more than the evidence proves: a limit of a rate holds at its bound, not at its point.\nconfidence: {}%",
            f64::from(ppm) / 10_000.0
        );
    }
    if let Some(n) = floor.min_n {
        let _ = writeln!(text, "min_n: {n}");
    }
    let fitness = [
        floor.evidence.max_age.map(|age| format!("max_age: {}", age_text(age))),
        floor.evidence.commit_head.then(|| "commit: head".to_owned()),
        floor.evidence.mode.as_ref().map(|mode| format!("mode: {}", scalar(mode))),
    ];
    let fitness: Vec<String> = fitness.into_iter().flatten().collect();
    if !fitness.is_empty() {
        let _ = writeln!(text, "evidence: {{ {} }}", fitness.join(", "));
    }
    let count = !measured.contains('/');
    let bad = match (count, floor.operator) {
        (true, "<=") => format!("{}", measured.parse::<u64>().unwrap_or(0).saturating_add(1)),
        (true, _) => "0".to_owned(),
        (false, "<=") => "1000000/1000000".to_owned(),
        (false, _) => "0/1000000".to_owned(),
    };
    let _ = write!(
        text,
        "why: >-\n  The project was there already. What was won and is lost again is lost without anybody having decided so.\n\
         fix: >-\n  Bring it back, and {better} the limit here once you are past it. Giving it up on purpose is a change of this file in a\n  \
         reviewed commit that says why.\n\
         cases:\n  - {{ given: {{ {metric}: {measured} }}, outcome: pass }}\n  \
         - {{ given: {{ {metric}: {bad} }}, outcome: fail }}\n  - {{ given: {{}}, outcome: no-evidence }}\n"
    );
    text
}

fn age_text(ms: i64) -> String {
    match ms {
        ms if ms % 86_400_000 == 0 => format!("{}d", ms / 86_400_000),
        ms if ms % 3_600_000 == 0 => format!("{}h", ms / 3_600_000),
        ms => format!("{ms}ms"),
    }
}
