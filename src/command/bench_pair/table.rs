//! What a pair says, for a person: one line for each benchmark, the worst first, and what to do.

use crate::analyze::pair::{figures, percent};
use crate::metric::number;
use crate::pair::{Benchmark, Pair, Run, Verdict};
use crate::render::parts::escape::{columns, terminal as clean};
use crate::render::parts::prose::plural;

/// The states, the worst first.
const STATES: [&str; 9] =
    ["regressed", "missing", "machine-changed", "zero-baseline", "too-few", "unproven", "improved", "new", "unchanged"];
/// Nobody waits for more rounds than this.
const PATIENCE: f64 = 200.0;

/// The whole text.
pub(super) fn table(pair: &Pair) -> String {
    let mut judged: Vec<(&Benchmark, &Verdict)> = pair.benchmarks.iter().filter_map(|b| Some((b, b.verdict.as_ref()?))).collect();
    judged.sort_by_key(|(benchmark, verdict)| (rank(verdict), benchmark.id()));
    let rows: Vec<[String; 5]> = judged.iter().map(|(benchmark, verdict)| row(benchmark, verdict)).collect();
    let parts = [header(pair), aligned(&rows), summary(pair, &judged), advice(pair, &judged)];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
}

fn rank(verdict: &Verdict) -> usize {
    STATES.iter().position(|state| *state == verdict.state).unwrap_or(STATES.len())
}

/// What ran where.
fn header(pair: &Pair) -> String {
    let commit =
        |commit: &Option<String>| commit.as_ref().map_or_else(String::new, |id| format!("  ({})", id.chars().take(12).collect::<String>()));
    let line = |name: &str, side: &crate::pair::Commanded| format!("{name}  {}{}\n", clean(&side.command), commit(&side.commit));
    let rounds = plural(pair.rounds as usize, "round");
    format!("{}{}{rounds} in turns on {}\n", line("base", &pair.base), line("head", &pair.head), pair.machine.fingerprint())
}

/// `regressed | digest p95 | 12.4 to 13.2 ms | +6.1 % | +4.8 % to +7.2 %, p 0.0004`.
fn row(benchmark: &Benchmark, verdict: &Verdict) -> [String; 5] {
    let unit = if benchmark.unit.is_empty() { String::new() } else { format!(" {}", clean(&benchmark.unit)) };
    let level = |values: &[Option<f64>]| {
        let values: Vec<f64> = values.iter().flatten().copied().collect();
        crate::analyze::quantile::median(&values).map_or_else(|| "–".to_owned(), number)
    };
    let figures = figures(benchmark);
    let levels = format!("{} to {}{unit}", level(&figures.base), level(&figures.head));
    let (change, why) = match &verdict.ratio {
        Some(ratio) => {
            let change = percent(ratio.value);
            let rest = verdict.because.strip_prefix(&change).unwrap_or(&verdict.because);
            (change, rest.trim_start().to_owned())
        }
        None => (String::new(), clean(&verdict.because)),
    };
    [verdict.state.clone(), clean(&benchmark.id()), levels, change, why]
}

/// In columns; the last is as long as it is.
fn aligned(rows: &[[String; 5]]) -> String {
    let width = |column: usize| rows.iter().map(|row| columns(&row[column])).max().unwrap_or(0);
    let widths = [0, 1, 2, 3].map(width);
    let line = |row: &[String; 5]| {
        let padded = row.iter().zip(widths).enumerate().map(|(column, (cell, width))| {
            let blank = " ".repeat(width.saturating_sub(columns(cell)));
            // Changes are compared by eye: their signs stand below each other.
            if column == 3 { format!("{blank}{cell}") } else { format!("{cell}{blank}") }
        });
        let cells: Vec<String> = padded.chain([row[4].clone()]).collect();
        format!("{}\n", cells.join("  ").trim_end())
    };
    rows.iter().map(line).collect()
}

/// "2 of 14 benchmarks regressed, 1 improved, 11 unchanged".
fn summary(pair: &Pair, judged: &[(&Benchmark, &Verdict)]) -> String {
    let count = |state: &str| judged.iter().filter(|(_, verdict)| verdict.state == state).count();
    let counts: Vec<String> =
        STATES.iter().map(|state| (count(state), *state)).filter(|(n, _)| *n > 0).map(|(n, s)| format!("{n} {s}")).collect();
    let failed = pair.runs.iter().filter(|run| !run.is_sound()).count();
    let failed = if failed > 0 { format!("; {} failed", plural(failed, "run")) } else { String::new() };
    let counts = if counts.is_empty() { "none with a value".to_owned() } else { counts.join(", ") };
    format!("{}: {counts}{failed}\n", plural(judged.len(), "benchmark"))
}

/// What to do, one line for each kind of trouble.
fn advice(pair: &Pair, judged: &[(&Benchmark, &Verdict)]) -> String {
    let any = |state: &str| judged.iter().any(|(_, verdict)| verdict.state == state);
    let mut lines = Vec::new();
    let mut say = |when: bool, text: String| lines.extend(when.then_some(text));
    say(any("regressed"), "regressed: profile these benchmarks on base and head; where the cost is meant, say so in the review".to_owned());
    say(any("missing"), "missing: bring the benchmark back, or say in the review why it went".to_owned());
    say(any("machine-changed"), "machine-changed: measure base and head on one machine".to_owned());
    say(any("too-few"), "too-few: at least 5 rounds with a value on both sides".to_owned());
    say(any("unproven"), format!("unproven: {}", more_rounds(pair, judged)));
    let failed = pair.runs.iter().find(|run| !run.is_sound());
    say(failed.is_some(), failed.map(failure).unwrap_or_default());
    lines.iter().map(|line| format!("  {line}\n")).collect()
}

fn failure(run: &Run) -> String {
    let why = run.problem.clone().unwrap_or_else(|| format!("exit code {}", run.exit));
    let when = if run.round == 0 { "the warm-up".to_owned() } else { format!("round {}", run.round) };
    format!("failed: the first was {} in {when} ({why}); the command must end with 0 and leave its results", run.side)
}

/// How many rounds would tell: an interval gets narrower with the root of their number.
fn more_rounds(pair: &Pair, judged: &[(&Benchmark, &Verdict)]) -> String {
    let limit = pair.min_change.ln_1p();
    let needed = |verdict: &Verdict| {
        let ratio = verdict.ratio?;
        let half = (ratio.high.ln() - ratio.low.ln()) / 2.0;
        Some(f64::from(verdict.rounds) * (half / limit).powi(2))
    };
    let most = judged.iter().filter(|(_, v)| v.state == "unproven").filter_map(|(_, v)| needed(v)).fold(0.0, f64::max);
    let rounds = most.max(f64::from(pair.rounds) * 1.5).ceil();
    if rounds <= PATIENCE {
        format!("about {rounds} rounds (`--rounds`) may tell, or a machine that does nothing else")
    } else {
        "so much noise hides so small a change: measure on a quieter machine or for longer, or raise `--min-change`".to_owned()
    }
}
