//! How many cases to prepare, and how many bad ones to allow, so that a pass proves the limit and a good system passes.
//!
//! The operating characteristic of a single sampling plan (H. F. Dodge and H. G. Romig, "Sampling Inspection Tables", 1944), with
//! the exact binomial on both sides.

use super::{beta, interval};

/// A number of cases, and how many of them may be bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Cases.
    pub cases: u64,
    /// Bad ones, at most.
    pub allowed: u64,
}

/// The smallest plan that proves a rate of at most `limit` at `confidence` and that a system whose rate is truly `rate` passes
/// with at least the probability `power`: 1,549 cases with 3 bad ones for 0.5 % at 95 %, 0.1 % and 90 %.
///
/// `None` if there is none: `rate` has to be below `limit`, and all four inside 0 to 1 (`rate` may be 0).
pub fn at_most(limit: f64, confidence: f64, rate: f64, power: f64) -> Option<Plan> {
    plan(rate < limit && limit < 1.0, confidence, rate, power, |bad| interval::cases_needed_at_most(bad, limit, confidence))
}

/// The smallest plan that proves a rate of good cases of at least `limit`; see [`at_most`]. `rate` is that of good cases too.
pub fn at_least(limit: f64, confidence: f64, rate: f64, power: f64) -> Option<Plan> {
    let bad = 1.0 - rate;
    plan(rate > limit && limit > 0.0, confidence, bad, power, |bad| interval::cases_needed_at_least(bad, limit, confidence))
}

/// The probability of at most `plan.allowed` bad cases when each is bad with probability `rate`. `None` outside 0 to 1.
pub fn chance_to_pass(plan: Plan, rate: f64) -> Option<f64> {
    let Plan { cases, allowed } = plan;
    if allowed >= cases && (0.0..=1.0).contains(&rate) {
        return Some(1.0);
    }
    beta::regularized((cases - allowed) as f64, allowed as f64 + 1.0, 1.0 - rate)
}

fn plan(possible: bool, confidence: f64, rate: f64, power: f64, cases: impl Fn(u64) -> Option<u64>) -> Option<Plan> {
    let shares = rate >= 0.0 && power > 0.0 && power < 1.0 && confidence > 0.0 && confidence < 1.0;
    if !possible || !shares {
        return None;
    }
    let with = |allowed| cases(allowed).map(|cases| Plan { cases, allowed });
    let passes = |allowed| with(allowed).is_some_and(|plan| chance_to_pass(plan, rate).is_some_and(|chance| chance >= power));
    if passes(0) { with(0) } else { interval::fewest(1, passes).and_then(with) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use proptest::prelude::*;

    fn told(plan: Option<Plan>) -> (u64, u64) {
        plan.map(|plan| (plan.cases, plan.allowed)).unwrap()
    }

    #[test]
    fn a_good_system_gets_its_chance() {
        assert_eq!(told(at_most(0.005, 0.95, 0.001, 0.9)), (1549, 3));
        assert_eq!(told(at_most(0.005, 0.95, 0.001, 0.8)), (1258, 2));
        assert_eq!(told(at_most(0.005, 0.95, 0.0025, 0.9)), (5096, 17));
        assert_eq!(told(at_most(0.005, 0.95, 0.0, 0.9)), (598, 0));
        assert_eq!(told(at_least(0.98, 0.95, 1.0, 0.9)), (149, 0));
        assert_eq!(told(at_least(0.98, 0.95, 0.995, 0.9)).1, told(at_most(0.02, 0.95, 0.005, 0.9)).1);
    }

    /// What a gate that only looks at 0 of 76 lets through.
    #[test]
    fn the_chance_to_pass_is_the_binomials() {
        let percent = |rate| format!("{:.1}", 100.0 * chance_to_pass(Plan { cases: 76, allowed: 0 }, rate).unwrap());
        assert_eq!([0.001, 0.005, 0.01, 0.02, 0.03].map(percent), ["92.7", "68.3", "46.6", "21.5", "9.9"]);
        assert_eq!(chance_to_pass(Plan { cases: 3, allowed: 3 }, 0.5), Some(1.0));
        assert_eq!(chance_to_pass(Plan { cases: 3, allowed: 1 }, 1.5), None);
        assert_eq!(chance_to_pass(Plan { cases: 0, allowed: 0 }, f64::NAN), None);
    }

    #[test]
    fn where_no_plan_can_be_there_is_none() {
        assert_eq!(at_most(0.005, 0.95, 0.005, 0.9), None);
        assert_eq!(at_most(0.005, 0.95, -0.1, 0.9), None);
        assert_eq!(at_most(f64::NAN, 0.95, 0.0, 0.9), None);
        assert_eq!(at_most(0.005, 1.0, 0.0, 0.9), None);
        assert_eq!(at_most(0.005, 0.95, 0.001, 1.0), None);
        assert_eq!(at_least(0.98, 0.95, 0.98, 0.9), None);
        assert_eq!(at_least(0.98, 0.95, 1.1, 0.9), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn no_smaller_plan_would_do(limit in 0.02..0.5f64, share in 0.0..0.6f64, power in 0.5..0.95f64) {
            let rate = share * limit;
            let plan = at_most(limit, 0.95, rate, power).unwrap();
            prop_assert!(chance_to_pass(plan, rate).unwrap() >= power);
            for allowed in 0..plan.allowed {
                let smaller = Plan { cases: interval::cases_needed_at_most(allowed, limit, 0.95).unwrap(), allowed };
                prop_assert!(chance_to_pass(smaller, rate).unwrap() < power, "{smaller:?} for {plan:?}");
            }
        }
    }
}
