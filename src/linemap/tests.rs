use super::*;

fn lines(records: &[(u32, u64)]) -> Vec<Line> {
    records.iter().map(|&(number, hits)| Line::new(number, hits)).collect()
}

fn branch(number: u32, taken: u64, all: u64) -> Line {
    Line::new(number, taken).branching(taken, all).unwrap_or(Line::new(0, 0))
}

#[test]
fn a_line_is_twelve_bytes() {
    assert_eq!(size_of::<Line>(), 12);
    assert_eq!(Line::new(1, u64::MAX).hits, u32::MAX);
    assert_eq!(Line::new(1, 1).branching(3, 2), None);
    assert_eq!(Line::new(1, 1).branching(1, 70_000), None);
}

#[test]
fn repeats_within_a_report_count_once_and_any_hit_covers() {
    let mut map = LineMap::default();
    map.file("a").add(&lines(&[(4, 0), (2, 7), (4, 3), (2, 1)]));
    map.file("a").add(&[branch(9, 1, 4), branch(9, 2, 3), branch(9, 2, 2)]);
    map.settle();
    assert_eq!(map.file("a").as_slice(), [Line::new(2, 7), Line::new(4, 3), branch(9, 2, 3)]);
    assert_eq!((map.total(Lines::line_ratio), map.total(Lines::branch_ratio)), (Ratio::new(3, 3), Ratio::new(2, 3)));
}

#[test]
fn runs_add_up_and_no_line_is_lost() {
    let mut map = LineMap::default();
    let mut run = LineMap::default();
    map.file("a").add(&lines(&[(1, 0), (2, 1)]));
    map.file("a").add(&[branch(5, 1, 2)]);
    run.file("a").add(&lines(&[(2, 2), (3, 0)]));
    run.file("a").add(&[branch(5, 1, 2)]);
    run.file("b").add(&lines(&[(1, 1)]));
    map.settle();
    run.settle();
    assert_eq!(map.join(run), Unsure { branches: 1, totals: 0 }, "1/2 and 1/2 may be 2/2 together");
    assert_eq!(map.total(Lines::line_ratio), Ratio::new(3, 5));
    assert_eq!(map.total(Lines::branch_ratio), Ratio::new(1, 2));
    assert_eq!(map.file("a").as_slice()[1].hits, 3);
}

#[test]
fn a_measured_file_without_lines_is_known() {
    let mut map = LineMap::default();
    map.file("empty.py");
    assert_eq!((map.files.len(), map.total(Lines::line_ratio).is_known()), (1, false));
}

#[test]
fn many_small_additions_stay_cheap() {
    let mut map = LineMap::default();
    for n in 0..200_000 {
        map.file("a").add(&[Line::new(n % 1000, u64::from(n))]);
    }
    map.settle();
    assert_eq!(map.total(Lines::line_ratio), Ratio::new(1000, 1000));
}

#[test]
fn arms_that_two_runs_name_are_united() {
    let (mut map, mut run) = (LineMap::default(), LineMap::default());
    for (map, taken) in [(&mut map, 0), (&mut run, 1)] {
        let file = map.file("a");
        file.add(&[Line::new(5, 1)]);
        for arm in 0_u8..2 {
            file.arms.add(5, &[arm], arm == taken, 1);
            file.arms.add(8, &[arm], arm == taken, 1);
        }
        map.settle();
    }
    assert_eq!(map.total(Lines::branch_ratio), Ratio::new(2, 4), "line 8 is no executable line, its branch counts");
    assert_eq!(map.join(run), Unsure::default());
    assert_eq!(map.total(Lines::branch_ratio), Ratio::new(4, 4));
    assert_eq!(map.file("a").line(5).map(|line| (line.hits, line.branch())), Some((2, Ratio::new(2, 2))));
}

#[test]
fn totals_count_only_where_nothing_is_told_one_by_one() {
    let told = |line| Totals { line, function: Ratio::new(1, 2), ..Totals::default() };
    let (mut map, mut run) = (LineMap::default(), LineMap::default());
    map.file("a").totals = told(Ratio::new(3, 9));
    map.file("b").totals = told(Ratio::new(3, 9));
    map.file("b").add(&lines(&[(1, 1), (2, 0)]));
    run.file("a").totals = told(Ratio::new(4, 9));
    map.settle();
    assert_eq!(map.total(Lines::line_ratio), Ratio::new(4, 11));
    assert_eq!(map.join(run), Unsure { branches: 0, totals: 1 }, "which lines the two runs share is not known");
    assert_eq!(map.total(Lines::line_ratio), Ratio::new(5, 11));
    assert_eq!(map.total(Lines::function_ratio), Ratio::new(2, 4));
    map.file("a").totals.branch = Ratio::new(1, 2);
    assert_eq!((map.file("a").partial(), map.file("b").partial()), (None, Some(0)));
}

proptest::proptest! {
    /// Joining is the same in any order, and never loses a line or a hit. A record of fewer branches, more of them taken, is the better
    /// one: of branches only what was taken never shrinks.
    #[test]
    fn joining_is_commutative_and_monotone(a in reports(), b in reports()) {
        let (mut one, mut other) = (a.clone(), b.clone());
        one.join(b.clone());
        other.join(a.clone());
        assert_eq!(one, other);
        for part in [&a, &b] {
            assert!(one.total(Lines::line_ratio).whole >= part.total(Lines::line_ratio).whole);
        }
        for ratio in [Lines::line_ratio, Lines::branch_ratio, Lines::function_ratio] {
            for part in [&a, &b] {
                assert!(one.total(ratio).part >= part.total(ratio).part);
            }
        }
        for ratio in [Lines::line_ratio, Lines::function_ratio] {
            assert!(one.total(ratio).whole >= a.total(ratio).whole.max(b.total(ratio).whole));
        }
    }
}

fn reports() -> impl proptest::strategy::Strategy<Value = LineMap> {
    use proptest::prelude::*;
    let record = (0_usize..2, 1_u32..6, 0_u64..3, 0_u64..3, 0_u8..3);
    proptest::collection::vec(record, 0..12).prop_map(|records| {
        let mut map = LineMap::default();
        for (file, number, hits, branches, arm) in records {
            let file = map.file(["a", "b"][file]);
            file.add(&[Line::new(number, hits).branching(hits.min(branches), branches).unwrap_or(Line::new(number, hits))]);
            file.arms.add(number + 1, &[arm], hits > 1, 1);
            file.functions.add(number, b"f", hits > 0, 1);
        }
        map.settle();
        map
    })
}
