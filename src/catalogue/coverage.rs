//! Coverage: what ran, what changed, and what mutants showed.

use super::*;

/// What became of a change made to the code on purpose.
pub const FATES: &[&str] = &["killed", "timeout", "survived", "no-coverage", "invalid"];

/// The categories of differential coverage (lcov 2, `genhtml(1)`): what became of a line since the base. Uncovered, gained, covered,
/// lost; new, included, baseline, excluded, deleted.
pub const DIFFERENTIAL: &[&str] = &["UNC", "LBC", "UIC", "UBC", "GBC", "GIC", "GNC", "CBC", "EUB", "ECB", "DUB", "DCB"];

/// What became of a changed file in the coverage reports.
pub const CHANGE_STATES: &[&str] = &["measured", "no-executable-change", "excluded", "other-kind", "not-in-any-report"];

pub(super) const AREA: Area = Area {
    name: "coverage",
    metrics: &[
        metric("coverage.line", Kind::Ratio, HIGHER, "executable lines that ran"),
        metric("coverage.branch", Kind::Ratio, HIGHER, "branches that were taken"),
        metric("coverage.partial", Kind::Count, LOWER, "lines that ran, with branches that were not taken"),
        metric("coverage.function", Kind::Ratio, HIGHER, "functions that were entered"),
        metric("coverage.statement", Kind::Ratio, HIGHER, "statements that ran"),
        metric("coverage.patch", Kind::Ratio, HIGHER, "new executable lines that ran; needs --base or --diff"),
        metric("coverage.new_lines", Kind::Count, None, "new executable lines; needs --base or --diff"),
        metric("coverage.uncovered_new_lines", Kind::Count, LOWER, "new executable lines that did not run; needs --base or --diff"),
        metric("coverage.unmeasured_files", Kind::Count, LOWER, "changed files that should stand in a report and stand in none"),
        metric(
            "coverage.lost_lines",
            Kind::Count,
            LOWER,
            "unchanged lines that ran at the base and did not run now; needs --base-coverage",
        ),
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
    ],
    families: &[
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
    ],
};
