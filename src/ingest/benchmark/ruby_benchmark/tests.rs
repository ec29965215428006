#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::ingest::benchmark::testing::{figures, named, read};
use crate::ingest::testing::problems;

const ROWS: &str = "             user     system      total        real\nfor 3 times:  0.950000   0.010000   0.960000 (  0.952039)\n\
                    upto:     0.950000   0.000000   0.950000 (  0.946787)\n";

#[test]
fn real_and_total_of_every_row() {
    assert_eq!(
        figures(&read(ROWS)),
        ["for 3 times real 0.952039 s lower", "for 3 times total 0.96 s lower", "upto real 0.946787 s lower", "upto total 0.95 s lower"]
    );
}

#[test]
fn the_rehearsal_does_not_count() {
    let text =
        format!("Rehearsal -----------------\nupto   9.000000   0.000000   9.000000 (  9.000000)\n------- total: 9.000000sec\n\n{ROWS}");
    assert_eq!(figures(&read(&text)), figures(&read(ROWS)));
    let cut = read("Rehearsal -----------------\nupto   9.000000   0.000000   9.000000 (  9.000000)\n");
    assert_eq!(
        problems(&cut),
        ["warning no-result:1: the rehearsal has no end, and no measurement follows", "error no-values: no benchmark has a value"]
    );
}

#[test]
fn a_row_without_a_label_is_of_the_file_and_rows_of_one_label_are_samples() {
    let row = "  1.000000   0.000000   1.000000 (  2.000000)\n";
    assert_eq!(figures(&named("sort.txt", row)), ["sort real 2 s lower", "sort total 1 s lower"]);
    let twice = format!("a{row}a{}", row.replace("2.0", "4.0"));
    assert_eq!(figures(&read(&twice)), ["a real 3 s lower [2, 4]", "a total 1 s lower [1, 1]"]);
}

#[test]
fn other_tables_are_not_taken() {
    assert!(problems(&read("Stmts 10 20 30 (40)\n"))[0].starts_with("error unknown-format"));
}
