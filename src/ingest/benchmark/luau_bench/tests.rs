#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::ingest::benchmark::testing::{figures, read};
use crate::ingest::testing::problems;

const LINES: &str = "SUCCESS: base64                                  :   15.041ms +/-  0.636% on luau\n\
                     \u{1b}[92mSUCCESS\u{1b}[0m: a:b                :   69.560ms +/-  0.212% on luau\n";
const TABLE: &str = "Test                   | Min         | Average     | StdDev%    | Driver \n-----------------------+----\n\
                     base64                 |   14.831ms  |   15.041ms  |    0.636%  | luau   \n\
                     life                   |             | FAILED      |            | luau   \n\
                     Total                  |  168.630ms  |  169.690ms  |       ---  | luau   \n---\n";

#[test]
fn the_lines_count_and_the_table_where_there_are_none() {
    let expected = ["a:b time 69.56 ms lower", "base64 time 15.041 ms lower"];
    assert_eq!(figures(&read(LINES)), expected);
    assert_eq!(figures(&read(&format!("{LINES}\n===RESULTS===\n{TABLE}"))), expected);
    let table = read(TABLE);
    assert_eq!(figures(&table), ["base64 time 15.041 ms lower"]);
    assert_eq!(problems(&table), ["warning failed:4: life failed, and has no value"]);
}

#[test]
fn virtual_machines_that_are_compared_are_kept_apart() {
    let two = LINES.lines().next().unwrap().to_owned()
        + "\nSUCCESS: base64     :   12.000ms +/-  0.100% on luau-new ( +25.342%, likely better)\nFAILED:  'life' on '/build/luau-new'\n";
    let evidence = read(&two);
    assert_eq!(figures(&evidence), ["base64 on luau time 15.041 ms lower", "base64 on luau-new time 12 ms lower"]);
    assert_eq!(problems(&evidence), ["warning failed:3: life on luau-new failed, and has no value"]);
}
