//! `values-csv`: a plain table of values, oldest first, as a spreadsheet or a script writes it.
//!
//! Columns are known by their names. Without a column `value` every other column that holds numbers is a series of its own.
//! A table without a header holds values in its last column; the one before names the series or, where no name comes twice,
//! the points. Nothing says what is measured, so values may be negative, and lower counts as better.

use super::Draft;
use super::values::{RunRef, SubjectId};
use crate::ingest::reading::Sheet;
use crate::ingest::{Format, Reading};
use crate::io::fs::Artifact;
use crate::io::{clock, csv};
use crate::series::Direction;
use crate::source::Location;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::path::Path;

pub(super) const FORMAT: Format<Draft> =
    Format { name: "values-csv", about: "a plain table with the columns series and value, and commit or time if it has one", claims, read };

const SERIES: [&str; 2] = ["series", "benchmark"];
const VALUE: [&str; 1] = ["value"];
const COMMIT: [&str; 4] = ["commit", "revision", "run", "index"];
const TIME: [&str; 3] = ["time", "timestamp", "date"];
/// How tables write that there is no value.
const GAPS: [&str; 6] = ["", "-", "na", "nan", "null", "none"];
/// After this many mistakes the rest of a table is not read.
const MISTAKES: usize = 100;

/// Only what cannot be anything else: series and value, and nothing that is unknown here. Otava's tables have both commit and time.
fn claims(artifact: &Artifact) -> bool {
    let Some(header) = csv::header(&artifact.head) else { return false };
    let has = |names: &[&str]| header.iter().any(|cell| is_one(cell, names));
    let known = |cell: &String| [&SERIES[..], &VALUE, &COMMIT, &TIME].iter().any(|names| is_one(cell, names));
    header.iter().all(known) && has(&SERIES) && has(&VALUE) && !(has(&COMMIT) && has(&TIME))
}

/// Whether a file that nothing else claims could be such a table: its first or second row ends in a number. Of a header that is
/// longer than what is looked at, its first column tells.
pub(super) fn fits(artifact: &Artifact) -> bool {
    let (text, _) = csv::decode(&artifact.head);
    if artifact.size > artifact.head.len() as u64 && !text.contains('\n') {
        let first = text.split(csv::separator(&text)).next().unwrap_or("");
        return !text.contains('\0') && (is_one(first, &COMMIT) || is_one(first, &TIME));
    }
    let mut rows = csv::Rows::new(&text, csv::separator(&text)).flatten().filter(|row| !row.is_blank()).take(2);
    !text.contains('\0') && rows.any(|row| row.cells.last().is_some_and(|cell| csv::number(cell).is_some()))
}

fn is_one(cell: &str, names: &[&str]) -> bool {
    names.iter().any(|name| cell.trim().eq_ignore_ascii_case(name))
}

fn is_gap(cell: &str) -> bool {
    is_one(cell, &GAPS)
}

/// What stands in which column.
struct Layout {
    /// Whether the first row holds values as any other.
    headless: bool,
    series: Option<usize>,
    commit: Option<usize>,
    time: Option<usize>,
    /// Whether every row has a moment.
    dated: bool,
    /// Columns of values, and the name of each where it has one.
    values: Vec<(usize, String)>,
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut draft = Draft { signed: true, ..Draft::default() };
    if let Some(sheet) = reading.sheet(None)
        && let Some(layout) = layout(reading, &sheet)
    {
        take(reading, &mut draft, &layout, &sheet);
    }
    draft.finish(reading);
    draft
}

/// Finds the columns, by their names and by what stands in them.
fn layout(reading: &mut Reading<'_>, sheet: &Sheet) -> Option<Layout> {
    let columns: Vec<String> = sheet.rows().next()?.cells.iter().map(|cell| cell.trim().to_owned()).collect();
    if columns.last().is_some_and(|cell| csv::number(cell).is_some()) {
        return Some(headless(reading, sheet, columns.len() - 1));
    }
    let column = |names: &[&str]| columns.iter().position(|cell| is_one(cell, names));
    let [series, commit, time] = [column(&SERIES), column(&COMMIT), column(&TIME)];
    let mut values: Vec<(usize, String)> = column(&VALUE).into_iter().map(|value| (value, String::new())).collect();
    let others = (0..columns.len()).filter(|index| ![series, commit, time].contains(&Some(*index)));
    let (others, mut wordy): (Vec<usize>, Vec<usize>) = (others.clone().collect(), others.collect());
    if values.is_empty() {
        for row in sheet.rows().skip(1) {
            if wordy.is_empty() {
                break;
            }
            wordy.retain(|index| row.cells.get(*index).is_none_or(|cell| csv::number(cell).is_none()));
        }
        let wordy: BTreeSet<usize> = wordy.iter().copied().collect();
        values.extend(others.iter().filter(|index| !wordy.contains(index)).map(|index| (*index, columns[*index].clone())));
    }
    let unread: Vec<String> =
        wordy.iter().map(|index| &columns[*index]).filter(|name| !is_one(name, &VALUE)).map(|name| format!("`{name}`")).collect();
    if !unread.is_empty() {
        reading.warning("unknown-column", Location::line(1), format!("columns that are not read: {}", unread.join(", ")));
    }
    let moment =
        |column: usize| sheet.rows().skip(1).all(|row| row.cells.get(column).is_some_and(|cell| clock::parse(cell.trim()).is_some()));
    Some(Layout { headless: false, series, commit, time, dated: time.is_some_and(moment), values })
}

/// The columns of a table without a header, of which this is the last.
fn headless(reading: &mut Reading<'_>, sheet: &Sheet, last: usize) -> Layout {
    if last > 1 {
        let message = "more than two columns, and no header that names them: the first and the last are read";
        reading.warning("no-header", Location::line(1), message);
    }
    let first = Some(0).filter(|_| last > 0);
    let mut names = BTreeSet::new();
    let differ = sheet.rows().all(|row| row.cells.into_iter().next().is_some_and(|name| names.insert(name)));
    let (commit, series) = if differ { (first, None) } else { (None, first) };
    Layout { headless: true, series, commit, time: None, dated: false, values: vec![(last, String::new())] }
}

fn take(reading: &mut Reading<'_>, draft: &mut Draft, layout: &Layout, sheet: &Sheet) {
    let stem = Path::new(&reading.artifact.name).file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
    let subject = |draft: &mut Draft, series: &str, metric: &str| draft.values.subject([series, metric, ""], "", Direction::Lower);
    // Where no column names the series, each column of values is one, and else its name is that of a metric.
    let alone = |name: &str| if name.is_empty() { stem.clone() } else { name.to_owned() };
    let columns: Vec<(usize, &str, SubjectId)> =
        layout.values.iter().map(|(column, name)| (*column, name.as_str(), subject(draft, &alone(name), ""))).collect();
    // Without times they are in the order of the file, and a commit that comes again was measured again.
    let mut runs: BTreeMap<String, u64> = BTreeMap::new();
    let (mut skipped, mut mistakes, now) = (layout.headless, 0, reading.request.now);
    reading.even_rows(sheet, |reading, row| {
        if !std::mem::replace(&mut skipped, true) {
            return ControlFlow::Continue(());
        }
        let line = row.line;
        let cell = |column: usize| row.cells.get(column).map(|cell| cell.trim()).filter(|cell| !cell.is_empty());
        let time = layout.time.and_then(cell);
        let label = layout.commit.and_then(cell).or_else(|| time.filter(|_| !layout.dated));
        let first = label.map_or(line, |label| *runs.entry(label.to_owned()).or_insert(line));
        let at = time.filter(|_| layout.dated).and_then(clock::parse);
        let run = draft.values.run(RunRef { at, name: Some(&format!("row {first:08}")), commit: label, release: None });
        let series = layout.series.and_then(cell);
        for (column, name, known) in &columns {
            let text = cell(*column).unwrap_or_default();
            if let Some(value) = csv::number(text) {
                let subject = series.map_or(*known, |series| subject(draft, series, name));
                draft.take(subject, run, value, Vec::new(), Location::line(line), now);
            } else if is_gap(text) {
                let name = || series.map_or_else(|| alone(name), str::to_owned);
                draft.slip("no-value", Location::line(line), || format!("{} has no value in this row", name()));
            } else {
                reading.error("not-a-number", Location::line(line), format!("`{text}` is no number"));
                mistakes += 1;
            }
        }
        if mistakes < MISTAKES {
            return ControlFlow::Continue(());
        }
        reading.error("too-many-mistakes", Location::line(line), format!("{MISTAKES} mistakes: the rest is not read"));
        ControlFlow::Break(())
    });
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use crate::evidence::Evidence;
    use crate::ingest::testing::problems;
    use std::collections::BTreeMap;

    fn read(text: &str) -> Evidence {
        crate::ingest::testing::read("benchmark", &[("nile.csv", text.as_bytes())], &BTreeMap::new())
    }

    /// Each series with its values, and the commits of its points where they have any.
    fn told(text: &str) -> Vec<String> {
        let evidence = read(text);
        let point = |point: crate::series::PointRef<'_>| match point.commit {
            Some(commit) => format!("{commit}={}", point.value),
            None => point.value.to_string(),
        };
        let series = evidence.series.iter().map(|s| format!("{}: {}", s.id(), s.points.iter().map(point).collect::<Vec<_>>().join(" ")));
        series.chain(problems(&evidence)).collect()
    }

    #[test]
    fn a_column_of_values_is_a_series() {
        assert_eq!(told("1.5\n-2\n3e2\n"), ["nile: 1.5 -2 300"]);
        assert_eq!(told("value\n1\n2\n"), ["nile: 1 2"]);
        assert_eq!(told("flow\r\n1\r\n2\r\n"), ["flow: 1 2"]);
    }

    #[test]
    fn a_first_column_names_series_or_points() {
        assert_eq!(told("a,1\nb,10\na,2\nb,20\n"), ["a: 1 2", "b: 10 20"]);
        assert_eq!(told("1871;1120\n1872;1160\n"), ["nile: 1871=1120 1872=1160"]);
    }

    #[test]
    fn a_header_names_the_columns() {
        assert_eq!(told("Commit,Series,Value\nc1,a,1\nc2,a,2\nc2,b,5\n"), ["a: c1=1 c2=2", "b: c2=5"]);
        assert_eq!(
            told("time,note,p50,p95\n2026-02-02T00:00:00Z,x,1,10\n2026-02-01T00:00:00Z,y,2,20\n"),
            ["p50: 2 1", "p95: 20 10", "warning unknown-column:1: columns that are not read: `note`"]
        );
        assert_eq!(told("t,series,p95\n1,a,3\n2,a,4\n")[0], "a p95: 3 4");
    }

    #[test]
    fn a_table_may_be_wider_than_what_tells_formats_apart() {
        let row =
            |first: &str, cell: &dyn Fn(usize) -> String| (0..6000).map(cell).fold(first.to_owned(), |row, cell| row + "," + &cell) + "\n";
        let wide = row("commit", &|i| format!("benchmark_{i:05}")) + &row("a", &|_| "1.5".into()) + &row("b", &|_| "2".into());
        let evidence = read(&wide);
        assert_eq!((evidence.series.len(), evidence.series[5999].points.len()), (6000, 2), "{:?}", problems(&evidence));
        let other = read(&wide.replacen("commit", "remark", 1));
        assert_eq!(other.series.len(), 0);
    }

    #[test]
    fn a_commit_that_was_measured_again_counts_once() {
        let told = told("commit,value\nc1,1\nc2,5\nc1,3\n");
        assert_eq!(told, ["nile: c1=2 c2=5", "warning re-measured: nile has several values in 1 runs; their median counts"]);
    }

    #[test]
    fn ten_thousand_rows_stay_in_order() {
        let values: Vec<String> = (0..10_000).map(|i| i.to_string()).collect();
        assert_eq!(told(&values.join("\n")), [format!("nile: {}", values.join(" "))]);
    }

    #[test]
    fn what_is_no_value_is_told() {
        assert_eq!(
            told("value\n1\nNaN\n2\nfast\n"),
            ["nile: 1 2", "error not-a-number:5: `fast` is no number", "warning no-value:3: nile has no value in this row"]
        );
        assert_eq!(told("1,2\n3\n")[1], "error ragged-row:2: the row has 1 cells, and the header 2");
        assert!(told(&"a,1\nb,x\n".repeat(200)).contains(&"error too-many-mistakes:200: 100 mistakes: the rest is not read".to_owned()));
        assert_eq!(told("some text\nof no use\n"), ["error unknown-format: no benchmark reader knows this format"]);
    }
}
