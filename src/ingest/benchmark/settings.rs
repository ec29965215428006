//! What the configuration says of series, applied to what the files say.

use super::Draft;
use super::values::Subject;
use crate::evidence::Evidence;
use crate::io::spelling;
use crate::series::{Setting, better, is_named};
use crate::source::{Grade, Location};
use std::collections::BTreeSet;

/// Turns the values the way the configuration says, and tells the patterns that name nothing.
pub(super) fn apply(settings: &[Setting], drafts: &mut [Draft], evidence: &mut Evidence) {
    if settings.is_empty() {
        return;
    }
    for Subject { benchmark, metric, direction, .. } in drafts.iter_mut().flat_map(|draft| &mut draft.values.subjects) {
        *direction = better(settings, benchmark, metric).unwrap_or(*direction);
    }
    let all = drafts.iter().flat_map(|draft| draft.values.filled());
    let names: BTreeSet<(&str, &str)> = all.map(|(subject, _)| (subject.benchmark.as_str(), subject.metric.as_str())).collect();
    for Setting { pattern, .. } in settings {
        if !names.iter().any(|(benchmark, metric)| is_named(pattern, benchmark, metric)) {
            let near = spelling::did_you_mean(&pattern.0, names.iter().map(|(benchmark, _)| *benchmark));
            let help = near.map_or_else(String::new, |near| format!(" - {near}"));
            let message = format!("`series` of the configuration names `{pattern}`, and no benchmark is called so{help}");
            evidence.problem("unmatched-pattern", Grade::Warning, "", Location::whole(), message);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::values::{RunRef, Values};
    use super::*;
    use crate::pattern::Pattern;
    use crate::series::Direction::{Higher, Lower};

    #[test]
    fn the_configuration_knows_better_than_the_file() {
        let mut values = Values::default();
        let run = values.run(RunRef::default());
        for names in [["embedding", "p50", ""], ["search", "hits", ""]] {
            let subject = values.subject(names, "points", Lower);
            values.push(subject, run, 1.0, Vec::new());
        }
        let set = |pattern: &str, better| Setting { pattern: Pattern(pattern.into()), better, min_change: None };
        let settings =
            [set("embedding p*", None), set("embedding*", Some(Higher)), set("embedding p50", Some(Lower)), set("serach", Some(Higher))];
        let mut drafts = [Draft { values, ..Draft::default() }];
        let mut evidence = Evidence::default();
        apply(&settings, &mut drafts, &mut evidence);
        let told: Vec<_> = drafts[0].values.subjects.iter().map(|subject| subject.direction).collect();
        assert_eq!(told, [Higher, Lower], "the first that says so counts");
        let problems: Vec<&str> = evidence.problems.iter().map(|p| p.message.as_str()).collect();
        assert_eq!(problems, ["`series` of the configuration names `serach`, and no benchmark is called so - did you mean `search`?"]);
    }
}
