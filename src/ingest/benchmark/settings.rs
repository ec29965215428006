//! What the configuration says of series, applied to what the files say.

use super::Draft;
use super::measurement::Subject;
use crate::evidence::Evidence;
use crate::io::spelling;
use crate::series::{Setting, better, is_named};
use crate::source::{Grade, Location};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Turns the measurements the way the configuration says, and tells the patterns that name nothing.
pub(super) fn apply(settings: &[Setting], drafts: &mut [Draft], evidence: &mut Evidence) {
    if settings.is_empty() {
        return;
    }
    for one in drafts.iter_mut().flat_map(|draft| &mut draft.measurements) {
        let Subject { benchmark, metric, direction, .. } = &*one.subject;
        if let Some(better) = better(settings, benchmark, metric).filter(|better| better != direction) {
            Arc::make_mut(&mut one.subject).direction = better;
        }
    }
    let all = || drafts.iter().flat_map(|draft| &draft.measurements);
    let names: BTreeSet<(&str, &str)> = all().map(|m| (m.subject.benchmark.as_str(), m.subject.metric.as_str())).collect();
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
    use super::super::Measurement;
    use super::*;
    use crate::pattern::Pattern;
    use crate::series::Direction::{Higher, Lower};

    #[test]
    fn the_configuration_knows_better_than_the_file() {
        let one = |benchmark: &str, metric: &str| Measurement {
            subject: Arc::new(Subject {
                benchmark: benchmark.into(),
                metric: metric.into(),
                machine: String::new(),
                unit: "points".into(),
                direction: Lower,
            }),
            run: Arc::default(),
            value: 1.0,
            samples: Vec::new(),
        };
        let set = |pattern: &str, better| Setting { pattern: Pattern(pattern.into()), better, min_change: None };
        let settings =
            [set("embedding p*", None), set("embedding*", Some(Higher)), set("embedding p50", Some(Lower)), set("serach", Some(Higher))];
        let mut drafts = [Draft { measurements: vec![one("embedding", "p50"), one("search", "hits")], ..Draft::default() }];
        let mut evidence = Evidence::default();
        apply(&settings, &mut drafts, &mut evidence);
        let told: Vec<_> = drafts[0].measurements.iter().map(|m| m.subject.direction).collect();
        assert_eq!(told, [Higher, Lower], "the first that says so counts");
        let problems: Vec<&str> = evidence.problems.iter().map(|p| p.message.as_str()).collect();
        assert_eq!(problems, ["`series` of the configuration names `serach`, and no benchmark is called so - did you mean `search`?"]);
    }
}
