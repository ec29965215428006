use super::super::tests::{codes, evidence, ratio};

fn one(trace: &str) -> crate::evidence::Evidence {
    evidence(&[trace.as_bytes()])
}

#[test]
fn hits_of_sections_add_up_and_each_line_counts_once() {
    let all = one("TN:a\nSF:./x.c\nDA:1,2\nDA:2,0\nDA:1,1\nend_of_record\nTN:b\nSF:x.c\nDA:1,0,sum==\nDA:2,3\nDA:3,0\nend_of_record \n");
    assert_eq!((ratio(&all, "coverage.line"), ratio(&all, "coverage.branch")), (Some((2, 3)), None));
    assert_eq!((all.rows("coverage.file").len(), all.problems.len()), (1, 0));
    let mut trace = super::Trace::default();
    for (number, line) in [b"SF:x" as &[u8], b"DA:7,4", b"DA:7,18446744073709551615", b"end_of_record"].iter().enumerate() {
        trace.line(number as u64 + 1, line, true);
    }
    assert_eq!(trace.files[trace.paths["x"]].lines[0].hits, u32::MAX);
}

#[test]
fn branches_are_told_apart_by_block_and_name() {
    let all =
        one("SF:a\nDA:1,1\nBRDA:1,0,0,1\nBRDA:1,0,1,-\nBRDA:1,e0,0,0\nBRDA:1,U1,0,5\nBRDA:1,1,a < b, c,2\nBRDA:9,0,0,1\nend_of_record\n\
                   SF:a\nBRDA:1,0,1,7\nBRDA:1,0,0,0\nend_of_record\n");
    assert_eq!(ratio(&all, "coverage.branch"), Some((4, 5)), "a branch of a line that is not listed counts, an excluded one does not");
    assert_eq!(ratio(&all, "coverage.line"), Some((1, 1)), "and no line is invented from it");
    let (first, second) =
        ("SF:a\nDA:1,1\nBRDA:1,0,0,1\nBRDA:1,0,1,0\nend_of_record\n", "SF:a\nDA:1,1\nBRDA:1,0,0,0\nBRDA:1,0,1,1\nend_of_record\n");
    let shards = evidence(&[first.as_bytes(), second.as_bytes()]);
    assert_eq!((ratio(&shards, "coverage.branch"), shards.problems.len()), (Some((2, 2)), 0));
}

#[test]
fn a_branch_that_is_told_twice_is_one_in_the_comparison_of_totals_too() {
    let section =
        |declared: &str| one(&format!("SF:a\nDA:1,1\nBRDA:1,0,0,1\nBRDA:1,0,0,3\nBRDA:1,0,1,0\nLF:1\nLH:1\n{declared}end_of_record\n"));
    let (once, twice) = (section("BRF:2\nBRH:1\n"), section("BRF:3\nBRH:2\n"));
    assert_eq!((ratio(&once, "coverage.branch"), codes(&once)), (Some((1, 2)), vec![]));
    assert_eq!((ratio(&twice, "coverage.branch"), codes(&twice)), (Some((1, 2)), vec![("declared-totals-differ", Some(1))]));
}

#[test]
fn functions_of_either_generation_are_counted() {
    let of = |records: &str| ratio(&one(&format!("SF:a\nDA:1,1\n{records}end_of_record\n")), "coverage.function");
    assert_eq!(of("FN:1,f\nFN:4,9,g<a, b>\nFNDA:2,f\nFNDA:0,g<a, b>\n"), Some((1, 2)));
    assert_eq!(of("FN:6,f\nFN:6,(anonymous_2)\nFNDA:0,f\nFNDA:1,(anonymous_2)\nFNF:2\nFNH:1\n"), Some((1, 2)), "two on one line");
    assert_eq!(of("FN:6,f<i>\nFN:6,f<d>\nFNDA:0,f<i>\nFNDA:1,f<d>\nFNF:1\nFNH:1\n"), Some((1, 1)), "two copies of one");
    assert_eq!(of("FNL:0,3,9\nFNA:0,0,f(int)\nFNA:0,2,f(long)\nFNL:1,12\nFNA:1,0,g\n"), Some((1, 2)));
    assert_eq!(of("FNF:5\nFNH:2\n"), Some((2, 5)));
}

#[test]
fn totals_count_in_a_section_without_lines_and_are_compared_in_others() {
    let all = one("SF:a\nLF:9\nLH:3\nBRF:2\nBRH:1\nend_of_record\nSF:b\nDA:1,1\nLF:1\nLH:1\nend_of_record");
    assert_eq!((ratio(&all, "coverage.line"), ratio(&all, "coverage.branch")), (Some((4, 10)), Some((1, 2))));
    assert!(all.problems.is_empty());
    let differs = one("SF:a\nDA:1,1\nDA:2,0\nLF:3\nLH:3\nend_of_record\n");
    assert_eq!((ratio(&differs, "coverage.line"), codes(&differs)), (Some((1, 2)), vec![("declared-totals-differ", Some(1))]));
    let beyond = one("SF:a\nLF:3\nLH:4\nend_of_record\n");
    assert_eq!(codes(&beyond), [("totals-beyond-whole", Some(1)), ("empty", None)]);
}

#[test]
fn numbers_are_read_as_tools_write_them() {
    let all = one(
        "\u{feff}SF:C:\\x\\a.cs\r\nDA:1,2874063630\r\nDA:2,1e19\r\nDA:3,99999999999999999999999\r\nDA:4,1.5\r\nDA:5,-3\r\nDA:6,NaN\r\nDA:7,=====\r\n\
                   DA:0,1\r\nDA:99999999999,1\r\nDA:-1,1\r\nDA:8,0\r\nend_of_record\r\n",
    );
    assert_eq!(ratio(&all, "coverage.line"), Some((4, 8)));
    assert_eq!(all.rows("coverage.file")[0].subject(), "C:/x/a.cs");
    assert_eq!(codes(&all), [("hits-not-a-count", Some(6)), ("line-without-number", Some(9)), ("unknown-record", Some(11))]);
}

#[test]
fn what_belongs_nowhere_is_told() {
    let all =
        one("# made by hand\n\nTN:\nSF:\nDA:1,1\nSF:a\nVER:7\nMCDC:1,2,t,1,0,x\nDA:1,1\nEOF\nSF:b\nDA:1,0\nend_of_record\nend_of_record\n");
    assert_eq!(codes(&all), [("record-outside-section", Some(4)), ("section-without-end", Some(11)), ("unknown-record", Some(10))]);
    assert_eq!(ratio(&all, "coverage.line"), Some((1, 2)));
    assert_eq!(codes(&evidence(&[b"SF:\xff\nDA:1,1\nend_of_record\n"])), [("path-not-utf-8", Some(1))]);
}

#[test]
fn a_cut_file_never_passes_for_a_whole_one() {
    let whole = "TN:t\nSF:aa\nFN:1,f\nFNDA:1,f\nFNF:1\nFNH:1\nBRDA:1,0,0,1\nBRF:1\nBRH:1\nDA:1,12\nDA:2,0\nLF:2\nLH:1\nend_of_record\n";
    let whole = format!("{whole}{}", whole.replace("aa", "bb"));
    for cut in 0..=whole.len() {
        let found = one(&whole[..cut]);
        let ended = whole[..cut].trim_end_matches('\n').ends_with("end_of_record") || whole[..cut].ends_with("end_of_record\nTN:t\n");
        assert_eq!(found.problems.is_empty(), ended, "{cut}: {:?}", found.problems);
    }
    let endless = one("SF:a\nDA:1,1\nSF:b\nDA:1,1\n");
    assert_eq!(codes(&endless), [("section-without-end", Some(3))]);
}
