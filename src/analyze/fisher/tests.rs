#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;
use crate::analyze::testvectors::vectors;
use proptest::prelude::*;

#[test]
fn agrees_with_reference_vectors() {
    let rows = vectors::<6>(include_str!("../../../tests/data/statistics/fisher.tsv"));
    for [k, n, l, m, one_sided, two_sided] in &rows {
        let [now, before] = [(k, n), (l, m)].map(|(part, whole)| Ratio::new(*part as u64, *whole as u64));
        let close = |got: f64, want: f64| assert!((got / want - 1.0).abs() < 1e-10, "{now:?} {before:?}: {got} for {want}");
        close(higher(now, before), *one_sided);
        close(different(now, before), *two_sided);
    }
    assert!(rows.len() >= 16);
}

#[test]
fn what_is_no_sample_speaks_for_nothing() {
    let some = Ratio::new(1, 3);
    for other in [Ratio::default(), Ratio::new(4, 3), Ratio::new(1, u64::MAX)] {
        assert_eq!((higher(some, other), higher(other, some), different(some, other)), (1.0, 1.0, 1.0));
    }
    assert_eq!(different(Ratio::new(0, 9), Ratio::new(0, 7)), 1.0);
}

proptest! {
    #[test]
    fn exchanging_now_and_before_turns_the_answer_round(k in 0u64..200, n in 1u64..200, l in 0u64..200, m in 1u64..200) {
        let (now, before) = (Ratio::new(k % (n + 1), n), Ratio::new(l % (m + 1), m));
        let two_sided = different(now, before);
        prop_assert!((two_sided / different(before, now) - 1.0).abs() < 1e-9);
        let rest = |r: Ratio| Ratio::new(r.whole - r.part, r.whole);
        prop_assert!((higher(now, before) / higher(rest(before), rest(now)) - 1.0).abs() < 1e-9);
        prop_assert!(higher(now, before) + higher(before, now) >= 1.0 - 1e-12);
        prop_assert!(two_sided + 1e-12 >= higher(now, before).min(higher(before, now)) && two_sided <= 1.0);
    }

    #[test]
    fn a_higher_share_is_never_likelier(k in 0u64..200, n in 1u64..200, l in 0u64..200, m in 1u64..200) {
        let (k, l) = (k % n, l % (m + 1));
        prop_assert!(higher(Ratio::new(k + 1, n), Ratio::new(l, m)) <= higher(Ratio::new(k, n), Ratio::new(l, m)) + 1e-12);
    }

    #[test]
    fn nothing_is_ever_nan(k in any::<u64>(), n in any::<u64>(), l in any::<u64>(), m in 0u64..1000) {
        let (now, before) = (Ratio::new(k, n), Ratio::new(l % 10, m));
        prop_assert!((0.0..=1.0).contains(&higher(now, before)) && (0.0..=1.0).contains(&different(before, now)));
    }
}
