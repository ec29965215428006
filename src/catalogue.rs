//! Every metric and record family there is, with its kind: what the expression language is typed by.

use crate::metric::Name;
use crate::series::Direction;
use std::borrow::Cow::Borrowed;
use std::fmt;

/// The kind of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Counted part of counted whole.
    Ratio,
    /// How many.
    Count,
    /// A number with a unit, or without (empty).
    Number(Name),
    /// A length of time.
    Duration,
    /// A size.
    Bytes,
    /// A moment.
    Instant,
    /// One of these words, lowest first.
    Level(&'static [&'static str]),
    /// A word or sentence; one of these, where the set is closed.
    Text(&'static [&'static str]),
    /// Yes or no.
    Flag,
}

impl Kind {
    /// The kind that a declaration in YAML names; `unit` is used by numbers only.
    pub fn named(name: &str, unit: &Name) -> Option<Kind> {
        Some(match name {
            "ratio" => Kind::Ratio,
            "count" => Kind::Count,
            "number" => Kind::Number(unit.clone()),
            "duration" => Kind::Duration,
            "bytes" => Kind::Bytes,
            "instant" => Kind::Instant,
            "text" => Kind::Text(&[]),
            "flag" => Kind::Flag,
            _ => return None,
        })
    }

    /// The names [`Kind::named`] knows.
    pub const NAMES: [&'static str; 8] = ["ratio", "count", "number", "duration", "bytes", "instant", "text", "flag"];
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Kind::Ratio => f.write_str("ratio"),
            Kind::Count => f.write_str("count"),
            Kind::Number(unit) if unit.is_empty() => f.write_str("number"),
            Kind::Number(unit) => write!(f, "number in {unit}"),
            Kind::Duration => f.write_str("duration"),
            Kind::Bytes => f.write_str("size"),
            Kind::Instant => f.write_str("moment"),
            Kind::Level(_) => f.write_str("level"),
            Kind::Text(_) => f.write_str("text"),
            Kind::Flag => f.write_str("flag"),
        }
    }
}

/// A label a metric may carry, and its values where they are a closed set.
pub type Label = (&'static str, &'static [&'static str]);

/// One metric id.
#[derive(Clone, Debug)]
pub struct Definition {
    /// The id.
    pub id: &'static str,
    /// Its kind.
    pub kind: Kind,
    /// Which way is better, if one is.
    pub better: Option<Direction>,
    /// Labels its parts carry.
    pub labels: &'static [Label],
    /// One line.
    pub about: &'static str,
}

/// One cell of a record family.
pub type Field = (&'static str, Kind, &'static str);

/// One record family.
#[derive(Clone, Debug)]
pub struct Family {
    /// `coverage.file`.
    pub name: &'static str,
    /// The cell that names a row.
    pub key: &'static str,
    /// The evidence family that yields it.
    pub from: &'static str,
    /// One line.
    pub about: &'static str,
    /// Its cells, the key left out.
    pub fields: &'static [Field],
}

const HIGHER: Option<Direction> = Some(Direction::Higher);
const LOWER: Option<Direction> = Some(Direction::Lower);
const NONE: &[Label] = &[];

/// The rungs of the integrity ladder, lowest first.
pub const INTEGRITY: &[&str] = &["none", "structural", "row-rules", "chained", "anchored", "witnessed"];
/// How an AI system's answers were made.
pub const MODES: &[&str] = &["live", "cached", "replay", "mock"];
/// What became of a change made to the code on purpose.
pub const FATES: &[&str] = &["killed", "timeout", "survived", "no-coverage", "invalid"];
/// What became of a test.
pub const TEST_OUTCOMES: &[&str] = &["passed", "failed", "error", "skipped"];
/// What became of a golden case.
pub const CASE_OUTCOMES: &[&str] = &["passed", "failed", "error", "skipped", "not-judged", "not-applicable"];
/// What became of a golden case since the base. `newly-failing` was good and is bad; `newly-unmeasured` was judged and is not;
/// `dropped` does not concern the system any more; `unknown` is one that nobody can say of whether it was good.
pub const CASE_CHANGES: &[&str] =
    &["same", "newly-failing", "newly-passing", "still-failing", "newly-unmeasured", "added", "dropped", "unknown"];
/// What became of a test since the base. `newly-failing` fails and is not known to have failed, also one that is new.
pub const TEST_CHANGES: &[&str] = &["same", "newly-failing", "newly-passing", "still-failing", "newly-skipped", "added", "unknown"];
/// What the comparison of a golden set with the base's says.
pub const COMPARISON_STATES: &[&str] = &["unchanged", "improved", "regressed", "undecided", "new", "not-comparable"];
/// What the history says of a series' newest value.
pub const SERIES_STATES: &[&str] =
    &["stable", "acknowledged", "improved", "regressed", "suspect", "new", "learning", "insufficient-history", "zero-baseline", "missing"];

/// What a base and a head that ran in turns say of a benchmark.
pub const PAIR_STATES: &[&str] =
    &["unchanged", "improved", "regressed", "unproven", "too-few", "missing", "new", "zero-baseline", "machine-changed"];

const fn metric(id: &'static str, kind: Kind, better: Option<Direction>, about: &'static str) -> Definition {
    Definition { id, kind, better, labels: NONE, about }
}

const fn labelled(id: &'static str, kind: Kind, better: Option<Direction>, labels: &'static [Label], about: &'static str) -> Definition {
    Definition { id, kind, better, labels, about }
}

/// The categories of differential coverage (lcov 2, `genhtml(1)`): what became of a line since the base. Uncovered, gained, covered,
/// lost; new, included, baseline, excluded, deleted.
pub const DIFFERENTIAL: &[&str] = &["UNC", "LBC", "UIC", "UBC", "GBC", "GIC", "GNC", "CBC", "EUB", "ECB", "DUB", "DCB"];
/// What became of a changed file in the coverage reports.
pub const CHANGE_STATES: &[&str] = &["measured", "no-executable-change", "excluded", "other-kind", "not-in-any-report"];

/// Every shipped metric, in order of id within its family.
pub const METRICS: &[Definition] = &[
    metric("coverage.line", Kind::Ratio, HIGHER, "executable lines that ran"),
    metric("coverage.branch", Kind::Ratio, HIGHER, "branches that were taken"),
    metric("coverage.partial", Kind::Count, LOWER, "lines that ran, with branches that were not taken"),
    metric("coverage.function", Kind::Ratio, HIGHER, "functions that were entered"),
    metric("coverage.statement", Kind::Ratio, HIGHER, "statements that ran"),
    metric("coverage.patch", Kind::Ratio, HIGHER, "new executable lines that ran; needs --base or --diff"),
    metric("coverage.new_lines", Kind::Count, None, "new executable lines; needs --base or --diff"),
    metric("coverage.uncovered_new_lines", Kind::Count, LOWER, "new executable lines that did not run; needs --base or --diff"),
    metric("coverage.unmeasured_files", Kind::Count, LOWER, "changed files that should stand in a report and stand in none"),
    metric("coverage.lost_lines", Kind::Count, LOWER, "unchanged lines that ran at the base and did not run now; needs --base-coverage"),
    metric("coverage.uncovered_lines", Kind::Count, LOWER, "executable lines that did not run"),
    labelled(
        "coverage.differential",
        Kind::Count,
        None,
        &[("category", DIFFERENTIAL)],
        "what became of each line since the base, as lcov names it; needs --base-coverage",
    ),
    metric("coverage.mutation_score", Kind::Ratio, HIGHER, "changes made to the code on purpose that a test noticed"),
    metric(
        "coverage.patch_mutation_score",
        Kind::Ratio,
        HIGHER,
        "mutants on new lines that a test noticed, of all that say something; needs --base or --diff",
    ),
    metric("coverage.new_mutants", Kind::Count, None, "mutants on new lines that say something; needs --base or --diff"),
    labelled("coverage.mutants", Kind::Count, None, &[("fate", FATES)], "changes made to the code on purpose, by what became of them"),
    metric("tests.total", Kind::Count, HIGHER, "test cases"),
    metric("tests.passed", Kind::Count, HIGHER, "test cases that passed"),
    metric("tests.failed", Kind::Count, LOWER, "test cases with a failed assertion"),
    metric("tests.errors", Kind::Count, LOWER, "test cases that broke before an assertion decided"),
    metric("tests.skipped", Kind::Count, LOWER, "test cases that were skipped or disabled"),
    metric("tests.flaky", Kind::Count, LOWER, "test cases that failed and passed in one run"),
    metric("tests.pass_rate", Kind::Ratio, HIGHER, "passed test cases among those that were not skipped"),
    metric(
        "tests.new_failures",
        Kind::Count,
        LOWER,
        "test cases that fail and are not known to have failed at the base; needs --base-report",
    ),
    metric("tests.still_failing", Kind::Count, LOWER, "test cases that fail as they did at the base; needs --base-report"),
    metric("tests.newly_passing", Kind::Count, HIGHER, "test cases that failed at the base and do not now; needs --base-report"),
    metric("tests.dropped", Kind::Count, LOWER, "test cases that the base had and that are gone; needs --base-report"),
    metric("tests.added", Kind::Count, None, "test cases that the base did not have, the failing ones left out; needs --base-report"),
    metric("golden.cases", Kind::Count, HIGHER, "graded answers: every attempt at every golden case"),
    metric("golden.clusters", Kind::Count, HIGHER, "independent golden cases: attempts at one case, and cases of one template, count once"),
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
    metric("benchmark.series", Kind::Count, HIGHER, "benchmark series"),
    metric("benchmark.regressed", Kind::Count, LOWER, "series whose level got worse"),
    metric("benchmark.suspect", Kind::Count, LOWER, "series with one value out of the ordinary"),
    metric("benchmark.improved", Kind::Count, HIGHER, "series whose level got better"),
    metric("benchmark.missing", Kind::Count, LOWER, "series without a value in the newest run"),
    metric("benchmark.worst_change", Kind::Ratio, LOWER, "the largest change for the worse, as a share of the baseline"),
    metric("benchmark.last_run", Kind::Instant, HIGHER, "when the newest run was"),
    metric("benchmark.pairs", Kind::Count, HIGHER, "benchmarks that a base and a head ran in turns"),
    metric("benchmark.pair_regressed", Kind::Count, LOWER, "benchmarks that are worse at the head than at the base, shown in turns"),
    metric("benchmark.pair_improved", Kind::Count, HIGHER, "benchmarks that are better at the head than at the base, shown in turns"),
    metric("benchmark.pair_undecided", Kind::Count, LOWER, "benchmarks whose values leave open whether head and base differ"),
    metric("benchmark.pair_missing", Kind::Count, LOWER, "benchmarks that the base ran and the head did not"),
    metric("benchmark.pair_new", Kind::Count, None, "benchmarks that the head ran and the base did not"),
    metric("benchmark.pair_rounds", Kind::Count, HIGHER, "rounds in which base and head both ran to their end"),
    metric(
        "benchmark.pair_failed_runs",
        Kind::Count,
        LOWER,
        "runs of base or head that failed or left no result, those of the warm-up too",
    ),
    metric("audit.rows", Kind::Count, None, "rows of the audit table"),
    metric("audit.runs", Kind::Count, None, "job runs; rows without a run id that follow within a minute are one"),
    metric("audit.errors", Kind::Count, LOWER, "rows with an error"),
    metric("audit.deleted_rows", Kind::Count, None, "rows deleted for real"),
    metric("audit.missed_runs", Kind::Count, LOWER, "runs that were due by the cadence of the policy or the map, and did not happen"),
    metric("audit.legacy_rows", Kind::Count, None, "rows from before a migration, whose newer columns hold defaults"),
    metric("audit.dry_run_rows", Kind::Count, None, "rows of dry runs, which count as deleting nothing"),
    metric("audit.unrecorded_ids", Kind::Count, LOWER, "deleted ids that a list at its limit does not name"),
    metric("audit.columns", Kind::Count, HIGHER, "columns of the audit table that its map knows"),
    labelled("audit.findings", Kind::Count, LOWER, &[("code", AUDIT_CODES)], "findings about rows and about the trail"),
    metric("audit.integrity", Kind::Level(INTEGRITY), HIGHER, "how far the snapshot proves that nothing was rewritten"),
    metric("audit.last_run", Kind::Instant, HIGHER, "when the newest row was written"),
    metric("telemetry.families", Kind::Count, HIGHER, "metric families in the exposition"),
    metric("documents.claimed_score", Kind::Ratio, None, "the readiness a document claims"),
    metric("documents.criteria_mean", Kind::Ratio, HIGHER, "the mean of the criteria given for that claim"),
    metric("documents.criteria", Kind::Count, None, "criteria given for a claimed score"),
    metric("documents.blockers_open", Kind::Count, LOWER, "blockers a document lists as not done"),
    metric("slo.objectives", Kind::Count, HIGHER, "service level objectives"),
];

/// The codes of `audit.findings`.
pub const AUDIT_CODES: &[&str] = &[
    "AUD-CONTROL-CHARS",
    "AUD-ENCODING",
    "AUD-ENUM",
    "AUD-ENV",
    "AUD-EXTRA-COL",
    "AUD-HALF-MIGRATED",
    "AUD-ID-GAP",
    "AUD-LEGACY-ROWS",
    "AUD-LOOKALIKE",
    "AUD-NEGATIVE",
    "AUD-NULL",
    "AUD-PII",
    "AUD-RANGE",
    "AUD-RUN-ID",
    "AUD-RUN-MIXED",
    "AUD-SCANNED",
    "AUD-SCANNED-EQUAL",
    "AUD-SCHEMA",
    "AUD-SEQUENCE",
    "AUD-SLOW",
    "AUD-TRIGGER",
    "AUD-TS-FORMAT",
    "AUD-TS-FUTURE",
    "AUD-TS-INVALID",
    "AUD-TS-NULL",
    "AUD-TS-ORDER",
    "AUD-TYPE",
    "AUD-WAL-MISSING",
    "AUD-WAL-UNCOMMITTED",
    "CHAIN-ANCHOR",
    "CHAIN-FORK",
    "CHAIN-GENESIS",
    "CHAIN-HASH",
    "CHAIN-HEAD",
    "CHAIN-LINK",
    "CHAIN-ORDER",
    "RET-ACTOR",
    "RET-CUTOFF",
    "RET-DRY-ONLY",
    "RET-ERROR",
    "RET-GAP",
    "RET-HOLD",
    "RET-IDS-COUNT",
    "RET-IDS-DUP",
    "RET-IDS-JSON",
    "RET-IDS-LIMIT",
    "RET-IDS-RANGE",
    "RET-IDS-REDELETED",
    "RET-INCOMPLETE-RUN",
    "RET-POLICY",
    "RET-RULE-CHANGED",
    "RET-RULE-JSON",
    "RET-RUN-TWICE",
    "RET-TRIGGER",
];

/// Every shipped record family.
pub const FAMILIES: &[Family] = &[
    Family {
        name: "coverage.file",
        key: "path",
        from: "coverage",
        about: "a source file",
        fields: &[
            ("line", Kind::Ratio, "executable lines that ran"),
            ("branch", Kind::Ratio, "branches that were taken"),
            ("function", Kind::Ratio, "functions that were entered"),
            ("partial", Kind::Count, "lines that ran, with branches that were not taken"),
            ("uncovered", Kind::Count, "executable lines that did not run"),
        ],
    },
    Family {
        name: "coverage.change",
        key: "path",
        from: "coverage",
        about: "a changed file; needs --base or --diff",
        fields: &[
            ("state", Kind::Text(CHANGE_STATES), "what became of it in the coverage reports"),
            ("was", Kind::Text(&[]), "what it was called before"),
            ("line", Kind::Ratio, "new executable lines that ran"),
            ("uncovered", Kind::Count, "new executable lines that did not run"),
            ("lines", Kind::Text(&[]), "which ones: `12-18, 40`"),
            ("excerpt", Kind::Text(&[]), "the first of them, as they stand in the file"),
            ("standing", Kind::Text(&["not-applicable", "no-evidence"]), "what follows where nothing can be judged"),
            ("because", Kind::Text(&[]), "why nothing can be judged"),
        ],
    },
    Family {
        name: "coverage.lost",
        key: "path",
        from: "coverage",
        about: "a file with unchanged lines that ran at the base and did not run now; needs --base-coverage",
        fields: &[("uncovered", Kind::Count, "how many"), ("lines", Kind::Text(&[]), "which ones, as they are numbered now")],
    },
    Family {
        name: "coverage.package",
        key: "name",
        from: "coverage",
        about: "a package or folder of source files",
        fields: &[
            ("line", Kind::Ratio, "executable lines that ran"),
            ("branch", Kind::Ratio, "branches that were taken"),
            ("function", Kind::Ratio, "functions that were entered"),
            ("files", Kind::Count, "source files"),
        ],
    },
    Family {
        name: "coverage.declared",
        key: "total",
        from: "coverage",
        about: "a total that a coverage report declares and that is more than 0.1 points from what it holds",
        fields: &[
            ("path", Kind::Text(&[]), "the report"),
            ("of", Kind::Text(&[]), "of what"),
            ("declared", Kind::Ratio, "what the report declares"),
            ("said", Kind::Text(&[]), "the same, as the report puts it"),
            ("counted", Kind::Ratio, "what was counted"),
            ("line", Kind::Count, "where in the report it stands, from 1"),
        ],
    },
    Family {
        name: "coverage.mutation",
        key: "path",
        from: "coverage",
        about: "a source file that was changed on purpose, to see whether a test notices",
        fields: &[
            ("score", Kind::Ratio, "changes that a test noticed"),
            ("killed", Kind::Count, "changes that a test failed on"),
            ("timeout", Kind::Count, "changes with which the tests did not end"),
            ("survived", Kind::Count, "changes that all tests passed with"),
            ("not_covered", Kind::Count, "changes where no test goes"),
        ],
    },
    Family {
        name: "coverage.mutant",
        key: "change",
        from: "coverage",
        about: "a change made to the code on purpose that no test noticed",
        fields: &[
            ("path", Kind::Text(&[]), "the file"),
            ("line", Kind::Count, "the line, from 1; 0 when unknown"),
            ("fate", Kind::Text(FATES), "what became of it"),
        ],
    },
    Family {
        name: "tests.case",
        key: "id",
        from: "tests",
        about: "a test case",
        fields: &[
            ("suite", Kind::Text(&[]), "the suite or class"),
            ("name", Kind::Text(&[]), "the case"),
            ("file", Kind::Text(&[]), "the file, where the report names it"),
            ("outcome", Kind::Text(TEST_OUTCOMES), "what became of it"),
            ("attempts", Kind::Count, "how often it ran"),
            ("duration", Kind::Duration, "how long it took"),
            ("message", Kind::Text(&[]), "the first line of the failure"),
            ("change", Kind::Text(TEST_CHANGES), "what became of it since the base; needs --base-report"),
        ],
    },
    Family {
        name: "tests.dropped_case",
        key: "id",
        from: "tests",
        about: "a test case that the base had and that is gone; needs --base-report",
        fields: &[
            ("suite", Kind::Text(&[]), "the suite or class"),
            ("was", Kind::Text(TEST_OUTCOMES), "how it came out at the base, where its report tells"),
        ],
    },
    Family {
        name: "tests.comparison",
        key: "name",
        from: "tests",
        about: "an evidence entry of tests, held against that of the base; needs --base-report",
        fields: &[
            ("state", Kind::Text(&["compared", "not-comparable"]), "whether it could be"),
            ("new_failures", Kind::Count, "test cases that fail and are not known to have failed at the base"),
            ("still_failing", Kind::Count, "test cases that fail as they did at the base"),
            ("newly_passing", Kind::Count, "test cases that failed at the base and do not now"),
            ("dropped", Kind::Count, "test cases that are gone"),
            ("added", Kind::Count, "test cases that the base did not have, the failing ones left out"),
            ("standing", Kind::Text(&["not-applicable", "no-evidence"]), "what follows where nothing can be compared"),
            ("because", Kind::Text(&[]), "why nothing can be compared"),
        ],
    },
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
            ("p", Kind::Number(Borrowed("")), "how probable so many newly failing pairs are by chance alone: exact one-sided McNemar test"),
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
    Family {
        name: "benchmark.series",
        key: "id",
        from: "benchmark",
        about: "a benchmark series",
        fields: &[
            ("benchmark", Kind::Text(&[]), "the benchmark"),
            ("metric", Kind::Text(&[]), "what is measured"),
            ("machine", Kind::Text(&[]), "the machine"),
            ("unit", Kind::Text(&[]), "the unit of its values"),
            ("state", Kind::Text(SERIES_STATES), "what the history says of the newest value"),
            ("latest", Kind::Number(Borrowed("")), "the newest value, in the series' unit"),
            ("baseline", Kind::Number(Borrowed("")), "the level it is compared with"),
            ("worse", Kind::Ratio, "how much worse than the baseline, as a share of it; 0 when not worse"),
            ("better", Kind::Ratio, "how much better than the baseline, as a share of it; 0 when not better"),
            ("latest_worse", Kind::Ratio, "how much worse the newest value alone is, be it noise or not"),
            ("time", Kind::Duration, "the newest value, where it is a time or the time of one of something"),
            ("rate", Kind::Number(Borrowed("/s")), "the newest value, where it counts something in a length of time"),
            ("size", Kind::Bytes, "the newest value, where it is a size"),
            ("points", Kind::Count, "runs in the history"),
            ("standing", Kind::Text(&["not-applicable", "unproven", "no-evidence"]), "what follows where nothing can be judged"),
            ("because", Kind::Text(&[]), "why nothing can be judged"),
        ],
    },
    Family {
        name: "benchmark.pair",
        key: "id",
        from: "benchmark",
        about: "a benchmark that base and head ran in turns",
        fields: &[
            ("benchmark", Kind::Text(&[]), "the benchmark"),
            ("metric", Kind::Text(&[]), "what is measured"),
            ("unit", Kind::Text(&[]), "the unit of its values"),
            ("state", Kind::Text(PAIR_STATES), "what the runs say"),
            ("base", Kind::Number(Borrowed("")), "the median at the base, in its unit"),
            ("head", Kind::Number(Borrowed("")), "the median at the head, in its unit"),
            ("rounds", Kind::Count, "rounds with a value on both sides"),
            ("worse", Kind::Ratio, "how much worse the head is, as a share of the base, with its 95 % bounds; 0 when not worse"),
            ("better", Kind::Ratio, "how much better the head is, as a share of the base, with its 95 % bounds; 0 when not better"),
            ("p", Kind::Number(Borrowed("")), "how probable so clear a difference is by chance, corrected for all benchmarks of the file"),
            ("standing", Kind::Text(&["not-applicable", "unproven", "no-evidence"]), "what follows where nothing can be compared"),
            ("because", Kind::Text(&[]), "the change and its interval, or why nothing can be compared"),
        ],
    },
    Family {
        name: "audit.table",
        key: "name",
        from: "audit",
        about: "a table the audited job worked on",
        fields: &[
            ("rows", Kind::Count, "audit rows"),
            ("deleted", Kind::Count, "rows deleted for real"),
            ("errors", Kind::Count, "audit rows with an error"),
            ("dry_runs", Kind::Count, "audit rows of dry runs"),
            ("last_real", Kind::Instant, "the newest row that is neither a dry run nor an error"),
            ("p50", Kind::Duration, "median duration"),
            ("p95", Kind::Duration, "95th percentile of the durations"),
            ("retention", Kind::Duration, "the retention its rows state"),
        ],
    },
    Family {
        name: "audit.day",
        key: "day",
        from: "audit",
        about: "a day of the audit trail, in UTC",
        fields: &[
            ("rows", Kind::Count, "audit rows"),
            ("deletions", Kind::Count, "rows that record a real deletion"),
            ("dry_runs", Kind::Count, "rows of dry runs"),
            ("errors", Kind::Count, "rows with an error"),
        ],
    },
    Family {
        name: "audit.time_form",
        key: "form",
        from: "audit",
        about: "a way in which the trail writes its times",
        fields: &[("rows", Kind::Count, "audit rows"), ("example", Kind::Text(&[]), "the first of them")],
    },
    Family {
        name: "audit.run",
        key: "id",
        from: "audit",
        about: "a run of the audited job; the newest ten thousand",
        fields: &[
            ("at", Kind::Instant, "its first row"),
            ("rows", Kind::Count, "audit rows"),
            ("deleted", Kind::Count, "rows deleted for real"),
            ("dry_runs", Kind::Count, "audit rows of dry runs"),
            ("errors", Kind::Count, "audit rows with an error"),
        ],
    },
    Family {
        name: "audit.finding",
        key: "id",
        from: "audit",
        about: "what is wrong with an audit row, or with the trail",
        fields: &[
            ("code", Kind::Text(AUDIT_CODES), "which rule"),
            ("row", Kind::Count, "the row's id; none where it is about the trail"),
            ("message", Kind::Text(&[]), "what is wrong"),
        ],
    },
    Family {
        name: "audit.checkpoint",
        key: "origin",
        from: "audit",
        about: "the tree over an audit trail, where a checkpoint was kept of it",
        fields: &[
            ("size", Kind::Count, "its rows"),
            ("root", Kind::Text(&[]), "the root of the tree over them, in hex"),
            ("kept", Kind::Count, "the rows of the checkpoint that was kept"),
        ],
    },
    Family {
        name: "telemetry.sample",
        key: "id",
        from: "telemetry",
        about: "a sample of a metrics exposition",
        fields: &[
            ("type", Kind::Text(&[]), "counter, gauge …"),
            ("value", Kind::Number(Borrowed("")), "the value"),
            ("help", Kind::Text(&[]), "the HELP line"),
        ],
    },
    Family {
        name: "document.criterion",
        key: "name",
        from: "documents",
        about: "a criterion given for a claimed score",
        fields: &[
            ("score", Kind::Ratio, "the score given"),
            ("status", Kind::Text(&[]), "the status word"),
            ("comment", Kind::Text(&[]), "the comment"),
        ],
    },
    Family {
        name: "document.milestone",
        key: "name",
        from: "documents",
        about: "a claimed score of the past",
        fields: &[
            ("score", Kind::Ratio, "the score claimed"),
            ("commit", Kind::Text(&[]), "the commit named"),
            ("at", Kind::Instant, "when"),
        ],
    },
    Family {
        name: "document.blocker",
        key: "name",
        from: "documents",
        about: "a blocker a document lists",
        fields: &[
            ("before", Kind::Text(&[]), "its status then"),
            ("after", Kind::Text(&[]), "its status now"),
            ("open", Kind::Flag, "whether it is still open"),
        ],
    },
    Family {
        name: "slo.objective",
        key: "name",
        from: "slo",
        about: "a service level objective",
        fields: &[
            ("metric", Kind::Text(&[]), "what it is about"),
            ("target", Kind::Text(&[]), "the target as stated"),
            ("alert", Kind::Text(&[]), "the alert threshold as stated"),
            ("for", Kind::Text(&[]), "how long before the alert fires"),
        ],
    },
    Family {
        name: "attestation",
        key: "id",
        from: "attestation",
        about: "a person's statement in attestations.yaml",
        fields: &[
            ("rule", Kind::Text(&[]), "the rule it is about"),
            ("by", Kind::Text(&[]), "who says so"),
            ("role", Kind::Text(&[]), "as what"),
            ("on", Kind::Instant, "its first moment"),
            ("until", Kind::Instant, "the last moment it claims"),
            ("note", Kind::Text(&[]), "what was looked at"),
            ("commit", Kind::Text(&[]), "the commit that was checked out"),
            ("line", Kind::Count, "the line of the file"),
        ],
    },
];

/// The definition of a shipped metric.
pub fn metric_named(id: &str) -> Option<&'static Definition> {
    METRICS.iter().find(|d| d.id == id)
}

/// The records of what was held against the base.
pub const COMPARISONS: [&str; 2] = ["golden.comparison", "tests.comparison"];

/// The records that say why nothing could be held against the base, for a metric that is of the head and the base.
pub fn comparison(id: &str) -> Option<&'static str> {
    const GOLDEN: [&str; 7] = ["newly_failing", "newly_passing", "still_failing", "newly_unmeasured", "dropped", "added", "possible_drop"];
    const TESTS: [&str; 5] = ["new_failures", "still_failing", "newly_passing", "dropped", "added"];
    match id.split_once('.')? {
        ("golden", name) if GOLDEN.contains(&name) => Some(COMPARISONS[0]),
        ("tests", name) if TESTS.contains(&name) => Some(COMPARISONS[1]),
        _ => None,
    }
}

/// What a share counts that was read as a percentage: nothing but percentage points.
pub const POINT: &str = "point";

/// What the ratio `id` (a metric or a cell) counts, in the singular.
pub fn counted(id: &str) -> &'static str {
    match id.rsplit('.').next().unwrap_or(id) {
        // What a project declares may be called like something that is counted.
        _ if ["telemetry.", "custom.", "documents."].iter().any(|family| id.starts_with(family)) => POINT,
        "line" | "patch" => "line",
        "mutation_score" | "patch_mutation_score" => "mutant",
        "branch" => "branch",
        "citation_support" => "citation",
        "score" | "worse" | "better" | "worst_change" => POINT,
        _ if id.starts_with("tests.") => "test",
        _ => "case",
    }
}

/// The definition of a record family.
pub fn family_named(name: &str) -> Option<&'static Family> {
    FAMILIES.iter().find(|f| f.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_described() {
        for mut names in [METRICS.iter().map(|d| d.id).collect::<Vec<_>>(), FAMILIES.iter().map(|f| f.name).collect()] {
            let n = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), n);
        }
        assert!(METRICS.iter().all(|d| !d.about.is_empty()));
        assert!(FAMILIES.iter().all(|f| !f.about.is_empty() && f.fields.iter().all(|(.., about)| !about.is_empty())));
    }
}
