use super::super::tests::{codes, evidence, ratio};
use crate::evidence::Evidence;

fn profile(text: &str) -> Evidence {
    evidence(&[text.as_bytes()])
}

fn counts(evidence: &Evidence) -> [Option<(u64, u64)>; 2] {
    ["coverage.statement", "coverage.line"].map(|id| ratio(evidence, id))
}

#[test]
fn statements_are_counted_and_a_line_ran_when_any_block_on_it_did() {
    let all = profile("mode: set\nx/a.go:1.2,3.4 2 1\nx/a.go:3.4,5.2 1 0\nx/b.go:1.1,1.9 0 0\n");
    assert_eq!(counts(&all), [Some((2, 3)), Some((3, 6))]);
    assert!(all.problems.is_empty());
}

#[test]
fn blocks_at_one_place_are_one() {
    let twice = "x.go:1.1,2.2 3 1\nx.go:4.1,5.2 2 0\ny.go:1.1,1.9 1 0\nx.go:1.1,2.2 3 0\nx.go:1.1,2.2 3 4\n";
    for mode in ["set", "count", "atomic"] {
        let all = profile(&format!("mode: {mode}\n{twice}"));
        assert_eq!((counts(&all), all.problems.len()), ([Some((3, 6)), Some((2, 5))], 0));
    }
    let shards = evidence(&[b"mode: set\nx.go:1.1,2.2 3 1\nx.go:4.1,5.2 2 0\n", b"mode: set\nx.go:1.1,2.2 3 0\nx.go:4.1,5.2 2 1\n"]);
    assert_eq!(counts(&shards), [Some((5, 5)), Some((4, 4))]);
    let apart = profile("mode: set\nx.go:1.1,2.2 3 1\nx.go:1.1,2.2 2 0\n");
    assert_eq!((counts(&apart)[0], codes(&apart)), (Some((3, 3)), vec![("statements-differ", Some(3))]));
}

#[test]
fn profiles_are_read_as_people_join_and_trim_them() {
    let all = profile(
        "\u{feff}\nC:\\x y\\a.go:1.1,1.9 1 1\r\n\r\nmode: set\nmode: count\nmode: count\nhello\nC:\\x y\\a.go:3.1,2.9 1 1\nC:\\x y\\a.go:2.1,2.9 1 99999999999999999999999\n",
    );
    assert_eq!(
        codes(&all),
        [("block-without-place", Some(8)), ("mode-missing", Some(2)), ("modes-differ", Some(4)), ("unknown-line", Some(7))]
    );
    assert_eq!((counts(&all), all.rows("coverage.file")[0].subject()), ([Some((2, 2)), Some((2, 2))], "C:/x y/a.go"));
    for line in
        ["x.go:1.1,1.9 1 -1", "x.go:1.1,1.9 1 NaN", "x.go:1.1,1.9 1.5 1", "x.go:1.1,99999999999.9 1 1", "x.go:1,2 1 1", ":1.1,2.2 1 1"]
    {
        assert_eq!(codes(&profile(&format!("mode: set\nx.go:7.1,7.9 1 1\n{line}\n"))), [("unknown-line", Some(3))], "{line}");
    }
}

#[test]
fn a_cut_profile_is_told() {
    let whole = "mode: atomic\nx.go:1.1,2.2 3 12\nx.go:3.1,4.2 3 12\n";
    for cut in 1..whole.len() {
        let found = profile(&whole[..cut]);
        assert_eq!(found.problems.is_empty(), whole[..cut].ends_with("12\n"), "{cut}: {:?}", found.problems);
    }
}

#[test]
fn a_block_of_a_thousand_million_lines_does_not_fill_the_memory() {
    let all = profile("mode: set\nx.go:1.1,2.2 1 1\nx.go:3.1,4000000000.2 1 1\n");
    assert_eq!(codes(&all), [("undecodable", Some(3))]);
}
