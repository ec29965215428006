//! Golden sets: fixed questions to an AI system, its answers, and a judge's verdict on every claim.
//!
//! What could not be judged stays in sight: it is `unmeasured`, bad for a pass and good for a fail, so that errors neither
//! raise a rate nor are blamed on quality. Every attempt at a case is counted; attempts at one case, and cases of one template,
//! are one sample.

pub mod case;
mod cases;
pub mod claim;
mod deepeval;
pub mod draft;
mod golden1;
mod helm;
mod identity;
mod inspect;
mod layout;
mod ledger;
mod lm_eval;
pub mod loose;
mod map;
mod mapped;
mod mark;
mod openai_evals;
mod policy;
mod printed;
mod promptfoo;
mod promptfoo_csv;
mod promptfoo_jsonl;
mod ragas;
pub mod run;
mod score;
pub mod signal;
mod summary;
#[cfg(test)]
mod tests;
mod transcript;
mod worst;

use crate::error::Diagnostic;
use crate::evidence::Evidence;
use crate::ingest::{Family, Format, Request};
use crate::metric::Value;
use crate::source::{Grade, Location};
use case::Mode;
use draft::Draft;
use ledger::{Ledger, TooManyCategories};
use map::Map;
use policy::Policy;
use printed::Printed;
use score::Scores;
use std::collections::BTreeMap;
use summary::Summary;
use worst::{Kept, Worst};

/// The category of cases that name none.
const UNCATEGORISED: &str = "(none)";

/// The family of golden sets.
pub struct Golden;

impl Family for Golden {
    type Draft = Draft;
    const NAME: &'static str = "golden";
    const FORMATS: &'static [Format<Draft>] = &[
        golden1::FORMAT,
        promptfoo::FORMAT,
        promptfoo_jsonl::FORMAT,
        promptfoo_csv::FORMAT,
        deepeval::FORMAT,
        inspect::FORMAT,
        openai_evals::FORMAT,
        helm::FORMAT,
        ragas::FORMAT,
        lm_eval::FORMAT,
        lm_eval::results::FORMAT,
        mapped::FORMAT,
        printed::FORMAT,
    ];

    fn by_map(request: &Request<'_>) -> Option<&'static Format<Draft>> {
        Map::of(request)?.layout.map(|_| &mapped::FORMAT)
    }

    fn check_map(file: &str, text: &str) -> Vec<Diagnostic> {
        let mut errors = Vec::new();
        Map::parse(file, text, &mut errors);
        errors
    }

    fn is_empty(draft: &Draft) -> bool {
        draft.len() == 0 && draft.stated.is_empty() && draft.printed.is_none()
    }

    fn settle(mut drafts: Vec<Draft>, request: &Request<'_>, evidence: &mut Evidence) {
        if drafts.is_empty() {
            return;
        }
        let policy = Map::of(request).map(|map| map.policy).unwrap_or_default();
        let expected = expected(&drafts, &policy);
        let modes: Vec<_> = drafts.iter().map(Draft::worst_mode).collect();
        let calibrated = drafts.iter().all(|draft| draft.run.is_calibrated());
        let calibration = drafts[0].run.calibration.filter(|known| drafts.iter().all(|draft| draft.run.calibration == Some(*known)));
        if let Some(known) = calibration {
            evidence.put("golden.judge_sensitivity", Value::ratio(known.caught, known.true_bad));
            evidence.put("golden.judge_specificity", Value::ratio(known.passed, known.true_good));
        }
        evidence.family("golden.run");
        for draft in &drafts {
            let mode = draft.worst_mode().map(Mode::word);
            evidence.push("golden.run", draft.run.clone().record(&draft.path, mode, draft.len()));
        }
        let printed: Vec<Printed> = drafts.iter_mut().filter_map(|draft| draft.printed.take()).collect();
        let stated = drafts.iter_mut().flat_map(|draft| std::mem::take(&mut draft.stated)).collect();
        let paths: Vec<String> = drafts.iter().map(|draft| draft.path.clone()).collect();
        let (mut ledger, worst, scores) = gather(drafts, evidence);
        score::rows(scores, stated, evidence);
        if !printed.is_empty() {
            return summaries(printed, ledger.len(), &modes, evidence);
        }
        if ledger.len() == 0 && evidence.rows("golden.score").iter().any(|row| row.number("mean").is_some()) {
            // What a file says of cases that it does not hold is no count of them.
            return;
        }
        if let Some(expected) = expected {
            evidence.put("golden.expected_cases", Value::Count(expected));
        }
        evidence.put("golden.judge_calibrated", Value::Flag(calibrated));
        // A run that does not say how its answers were made says nothing about the others either.
        if let Some(mode) = modes.into_iter().try_fold(Mode::Live, |worst, mode| mode.map(|mode| worst.max(mode))) {
            evidence.put("golden.mode", Value::text(mode.word()));
        }
        let cases = cases::gather(&mut ledger, worst, &paths, evidence);
        summarise(&mut ledger, &cases.by_category, &policy, evidence);
        evidence.put("golden.flaky", Value::Count(cases.flaky));
        evidence.transcripts = transcript::keep(&cases.rows, request.publish);
        evidence.family("golden.case");
        if cases.omitted > 0 {
            evidence.omitted.insert("golden.case".into(), cases.omitted);
        }
        for row in cases.rows {
            evidence.push("golden.case", row.record());
        }
    }
}

/// What a log prints at its end; not together with another, nor with cases, of which nobody knows whether they are the same.
fn summaries(mut printed: Vec<Printed>, cases: u64, modes: &[Option<Mode>], evidence: &mut Evidence) {
    let Some(one) = printed.pop().filter(|_| printed.is_empty() && cases == 0) else {
        let message = "a printed summary stands for all of an entry: name it alone, or the results it was made from";
        return evidence.problem("two-kinds", Grade::Error, "", Location::whole(), message);
    };
    if let Some(Some(mode)) = modes.first() {
        evidence.put("golden.mode", Value::text(mode.word()));
    }
    one.settle(evidence);
}

/// How many graded answers there should be, if every file or the map says so. Of a set that is all there, every attempt is expected.
fn expected(drafts: &[Draft], policy: &Policy) -> Option<u64> {
    // A file that holds no case speaks for those that do.
    let spoken_for = drafts.iter().any(|draft| draft.len() == 0 && !draft.stated.is_empty());
    let mut said = drafts.iter().filter(|draft| !spoken_for || draft.expected.is_some()).map(|draft| draft.expected);
    let stated: Option<u64> = said.try_fold(0_u64, |sum, n| Some(sum.saturating_add(n?)));
    let ids = drafts.iter().map(Draft::ids).fold(0, u64::saturating_add);
    let held = drafts.iter().map(|draft| draft.len()).fold(0, u64::saturating_add);
    let demanded = policy.expected_cases.map(|demanded| if demanded == ids { held } else { demanded });
    stated.max(demanded)
}

/// The metrics of all answers, and a row for every category, also for those that should be there and are not.
fn summarise(ledger: &mut Ledger, ids: &[u64], policy: &Policy, evidence: &mut Evidence) {
    let mut total = Summary::default();
    let mut found: Vec<Summary> = ledger.categories().iter().map(|_| Summary::default()).collect();
    ledger.each_by(
        |entry| entry.cluster,
        |_, entry, tally| {
            total.add(entry, tally);
            found.get_mut(usize::from(entry.category)).into_iter().for_each(|category| category.add(entry, tally));
        },
    );
    total.metrics(evidence);
    let mut categories: BTreeMap<&str, (Summary, u64)> = policy.categories.keys().map(|name| (name.as_str(), Default::default())).collect();
    for ((name, summary), ids) in ledger.categories().iter().zip(found).zip(ids) {
        categories.insert(name.as_deref().unwrap_or(UNCATEGORISED), (summary, *ids));
    }
    evidence.family("golden.category");
    let mut missing = 0;
    for (name, (summary, ids)) in categories {
        let required = policy.categories.get(name).copied();
        missing += u64::from(required.is_some_and(|required| ids < required.max(1)));
        evidence.push("golden.category", summary.record(name).with_some("required", required.map(Value::Count)));
    }
    evidence.put("golden.required_categories", Value::Count(policy.categories.len() as u64));
    evidence.put("golden.missing_categories", Value::Count(missing));
}

/// The answers of all files, the worst of them, and what their measures come to. With several suites an id is `suite/id`.
fn gather(drafts: Vec<Draft>, evidence: &mut Evidence) -> (Ledger, Worst, Scores) {
    let several = drafts.iter().any(|draft| draft.run.suite != drafts[0].run.suite);
    let (mut ledger, mut worst, mut scores) = (Ledger::default(), Worst::default(), Scores::default());
    for (file, mut draft) in drafts.into_iter().enumerate() {
        let suite = draft.run.suite.as_deref().filter(|_| several);
        if let Some(suite) = suite {
            for Kept { fingerprint, case } in draft.worst.iter_mut() {
                *fingerprint = ledger::fingerprint((suite, *fingerprint));
                case.id = format!("{suite}/{}", case.id);
            }
        }
        if let Err(TooManyCategories) = ledger.join(draft.ledger, file, suite) {
            let message = "the files have more categories than anybody would look at: 65,536";
            evidence.problem("too-many-categories", Grade::Error, &draft.path, Location::whole(), message);
        }
        worst.join(draft.worst, file);
        scores.join(draft.scores);
    }
    (ledger, worst, scores)
}
