//! Golden sets: the graded answers of an AI system.

use super::*;

/// How an AI system's answers were made.
pub const MODES: &[&str] = &["live", "cached", "replay", "mock"];

/// What became of a golden case.
pub const CASE_OUTCOMES: &[&str] = &["passed", "failed", "error", "skipped", "not-judged", "not-applicable"];

/// What became of a golden case since the base. `newly-failing` was good and is bad; `newly-unmeasured` was judged and is not;
/// `dropped` does not concern the system any more; `unknown` is one that nobody can say of whether it was good.
pub const CASE_CHANGES: &[&str] =
    &["same", "newly-failing", "newly-passing", "still-failing", "newly-unmeasured", "added", "dropped", "unknown"];

/// What the comparison of a golden set with the base's says.
pub const COMPARISON_STATES: &[&str] = &["unchanged", "improved", "regressed", "undecided", "new", "not-comparable"];

pub(super) const AREA: Area = Area {
    name: "golden",
    metrics: &[
        metric("golden.cases", Kind::Count, HIGHER, "graded answers: every attempt at every golden case"),
        metric(
            "golden.clusters",
            Kind::Count,
            HIGHER,
            "independent golden cases: attempts at one case, and cases of one template, count once",
        ),
        metric("golden.flaky", Kind::Count, LOWER, "golden cases whose attempts disagree"),
        metric("golden.expected_cases", Kind::Count, None, "graded answers the run says it should have"),
        metric("golden.claims", Kind::Count, HIGHER, "claims in the answers of golden cases"),
        metric("golden.unmeasured", Kind::Count, LOWER, "golden cases that could not be judged"),
        metric("golden.not_applicable", Kind::Count, None, "golden cases that do not concern this system"),
        metric("golden.pass_rate", Kind::Ratio, HIGHER, "golden cases whose answer was good"),
        metric("golden.hallucination_rate", Kind::Ratio, LOWER, "contradicted or unsupported claims among judged claims"),
        metric("golden.citation_coverage", Kind::Ratio, HIGHER, "claims that need a citation and have one that resolves"),
        metric("golden.citation_support", Kind::Ratio, HIGHER, "judged citations that support their claim"),
        metric("golden.mode", Kind::Text(MODES), None, "how the answers were made"),
        metric("golden.judge_calibrated", Kind::Flag, None, "whether the judge was compared with human labels"),
        metric("golden.judge_sensitivity", Kind::Ratio, HIGHER, "answers that people call bad and the judge caught"),
        metric("golden.judge_specificity", Kind::Ratio, HIGHER, "answers that people call good and the judge passed"),
        metric("golden.compared", Kind::Flag, None, "whether every golden set could be held against the base's; needs --base-report"),
        metric("golden.newly_failing", Kind::Count, LOWER, "golden cases that were good at the base and are bad; needs --base-report"),
        metric("golden.newly_passing", Kind::Count, HIGHER, "golden cases that were bad at the base and are good; needs --base-report"),
        metric("golden.still_failing", Kind::Count, LOWER, "golden cases that are bad as they were at the base; needs --base-report"),
        metric("golden.newly_unmeasured", Kind::Count, LOWER, "golden cases that were judged at the base and are not; needs --base-report"),
        metric("golden.dropped", Kind::Count, LOWER, "golden cases that the base had and that are gone; needs --base-report"),
        metric("golden.added", Kind::Count, None, "golden cases that the base did not have; needs --base-report"),
        metric(
            "golden.possible_drop",
            Kind::Number(Borrowed("pt")),
            LOWER,
            "the largest drop of a golden set's pass rate since the base that its cases leave open, at 95 % confidence; needs --base-report",
        ),
        metric("golden.required_categories", Kind::Count, HIGHER, "categories that the map requires"),
        metric("golden.missing_categories", Kind::Count, LOWER, "categories that the map requires, with too few golden cases or none"),
        metric("golden.sentinels", Kind::Count, HIGHER, "cases marked as sentinels"),
        metric("golden.sentinels_failed", Kind::Count, LOWER, "cases marked as sentinels whose answer was bad or could not be judged"),
    ],
    families: &[
        Family {
            name: "golden.case",
            key: "id",
            from: "golden",
            about: "a golden case",
            fields: &[
                ("category", Kind::Text(&[]), "the category"),
                ("outcome", Kind::Text(CASE_OUTCOMES), "what became of its worst attempt"),
                ("attempts", Kind::Count, "how often it was tried"),
                ("passed_attempts", Kind::Count, "attempts whose answer was good"),
                ("mode", Kind::Text(MODES), "how the answer was made"),
                ("sentinel", Kind::Flag, "whether a bad answer fails outright"),
                ("claims", Kind::Count, "claims in the answer"),
                ("bad_claims", Kind::Count, "contradicted or unsupported claims"),
                ("latency", Kind::Duration, "how long the answer took"),
                ("message", Kind::Text(&[]), "why it is bad or could not be judged"),
                ("change", Kind::Text(CASE_CHANGES), "what became of it since the base; needs --base-report"),
            ],
        },
        Family {
            name: "golden.dropped_case",
            key: "id",
            from: "golden",
            about: "a golden case that the base had and that is gone; needs --base-report",
            fields: &[
                ("category", Kind::Text(&[]), "the category"),
                ("was", Kind::Text(CASE_OUTCOMES), "how it came out at the base, where its report tells"),
            ],
        },
        Family {
            name: "golden.comparison",
            key: "name",
            from: "golden",
            about: "a golden set, held against that of the base case by case; needs --base-report",
            fields: &[
                ("suite", Kind::Text(&[]), "the suite, where the file names it"),
                ("moved", Kind::Text(&[]), "who answers now and who did at the base, where that differs"),
                ("state", Kind::Text(COMPARISON_STATES), "what the comparison says"),
                ("cases", Kind::Count, "cases that are there now"),
                ("pairs", Kind::Count, "cases that were judged at the base and now"),
                ("newly_failing", Kind::Count, "were good, are bad"),
                ("newly_passing", Kind::Count, "were bad, are good"),
                ("still_failing", Kind::Count, "are bad as they were"),
                ("newly_unmeasured", Kind::Count, "were judged, are not"),
                ("doubtful", Kind::Count, "may have got worse: not judged on both sides"),
                ("added", Kind::Count, "the base did not have them"),
                ("dropped", Kind::Count, "the base had them"),
                ("was", Kind::Ratio, "pairs that were good at the base"),
                ("is", Kind::Ratio, "pairs that are good"),
                (
                    "p",
                    Kind::Number(Borrowed("")),
                    "how probable so many newly failing pairs are by chance alone: exact one-sided McNemar test",
                ),
                ("drop", Kind::Number(Borrowed("pt")), "by how much the share of good pairs fell"),
                ("drop_low", Kind::Number(Borrowed("pt")), "the least drop the pairs leave open: Tango's interval, 95 % on each side"),
                ("drop_high", Kind::Number(Borrowed("pt")), "the largest drop the pairs leave open"),
                ("standing", Kind::Text(&["not-applicable", "unproven", "no-evidence"]), "what follows where nothing can be decided"),
                ("because", Kind::Text(&[]), "why nothing can be decided"),
            ],
        },
        Family {
            name: "golden.run",
            key: "path",
            from: "golden",
            about: "a run of a golden set, as its file tells it",
            fields: &[
                ("cases", Kind::Count, "graded answers"),
                ("tool", Kind::Text(&[]), "the tool that wrote the file"),
                ("suite", Kind::Text(&[]), "which golden set was run"),
                ("suite_sha256", Kind::Text(&[]), "digest of its cases, as the file states it"),
                ("cases_sha256", Kind::Text(&[]), "digest of the cases that are in the file, where it states none"),
                ("system", Kind::Text(&[]), "provider and model"),
                ("prompt_sha256", Kind::Text(&[]), "digest of the prompt"),
                ("judge", Kind::Text(&[]), "who graded"),
                ("judge_sha256", Kind::Text(&[]), "digest of the judge's prompt"),
                ("measures", Kind::Text(&[]), "what grades an answer"),
                ("sampling", Kind::Text(&["random", "curated", "generated"]), "how the cases were chosen"),
                ("mode", Kind::Text(MODES), "how the answers were made"),
                ("unchanged", Kind::Flag, "whether system, prompt and suite are told and are the base's; needs --base-report"),
            ],
        },
        Family {
            name: "golden.category",
            key: "name",
            from: "golden",
            about: "a category of golden cases",
            fields: &[
                ("cases", Kind::Count, "cases"),
                ("required", Kind::Count, "how many cases the map requires"),
                ("clusters", Kind::Count, "independent groups of cases"),
                ("pass_rate", Kind::Ratio, "cases whose answer was good"),
                ("hallucination_rate", Kind::Ratio, "contradicted or unsupported claims among judged claims"),
                ("citation_coverage", Kind::Ratio, "claims that need a citation and have one that resolves"),
                ("citation_support", Kind::Ratio, "judged citations that support their claim"),
                ("unmeasured", Kind::Count, "cases that could not be judged"),
            ],
        },
        Family {
            name: "golden.score",
            key: "name",
            from: "golden",
            about: "a measure of golden answers",
            fields: &[
                ("mean", Kind::Number(Borrowed("")), "its mean, if no value is missing"),
                ("mean_of_scored", Kind::Number(Borrowed("")), "the mean of the values that are there, which rises when the judge breaks"),
                ("stderr", Kind::Number(Borrowed("")), "the standard error that the tool states"),
                ("scored", Kind::Count, "answers that have a value"),
                ("missing", Kind::Count, "answers that should have a value and have none"),
                ("pass_rate", Kind::Ratio, "values that are good, among those that somebody calls good or bad"),
            ],
        },
    ],
};
