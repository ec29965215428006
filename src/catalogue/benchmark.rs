//! Benchmarks: histories, and a base and a head in turns.

use super::*;

/// What the history says of a series' newest value.
pub const SERIES_STATES: &[&str] =
    &["stable", "acknowledged", "improved", "regressed", "suspect", "new", "learning", "insufficient-history", "zero-baseline", "missing"];

/// What a base and a head that ran in turns say of a benchmark.
pub const PAIR_STATES: &[&str] =
    &["unchanged", "improved", "regressed", "unproven", "too-few", "missing", "new", "zero-baseline", "machine-changed"];

pub(super) const AREA: Area = Area {
    name: "benchmark",
    metrics: &[
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
    ],
    families: &[
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
                (
                    "p",
                    Kind::Number(Borrowed("")),
                    "how probable so clear a difference is by chance, corrected for all benchmarks of the file",
                ),
                ("standing", Kind::Text(&["not-applicable", "unproven", "no-evidence"]), "what follows where nothing can be compared"),
                ("because", Kind::Text(&[]), "the change and its interval, or why nothing can be compared"),
            ],
        },
    ],
};
