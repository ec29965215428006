//! A history without the steps that somebody accepted: the past is brought to the level that came after.
//!
//! Values before an accepted step are multiplied by what the step multiplied the level by. What was so and so many percent worse
//! before stays so, the noise keeps its share of the level, and the first run after the step is judged by all runs before it.

/// An accepted step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Accepted {
    /// The first point of the new level.
    pub index: usize,
    /// The level before.
    pub before: f64,
    /// The level after.
    pub after: f64,
}

impl Accepted {
    /// What a value of before the step is worth after it. A level of 0, or one that changes its sign, can only be moved.
    fn bring(&self, value: f64) -> f64 {
        let ratio = self.after / self.before;
        if ratio.is_finite() && ratio > 0.0 { value * ratio } else { value + (self.after - self.before) }
    }
}

/// The values as if the step had always been taken.
pub fn without(values: &[f64], step: &Accepted) -> Vec<f64> {
    values.iter().enumerate().map(|(index, value)| if index < step.index { step.bring(*value) } else { *value }).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::analyze::changepoint::{Options, detect};
    use crate::analyze::trend::{self, State, judge};
    use crate::series::Direction;
    use proptest::prelude::*;

    /// Values about successive levels that repeat a pattern of noise of one percent.
    fn levels(levels: &[(f64, usize)]) -> Vec<f64> {
        let noise = [0.3, -0.7, 1.0, -0.2, 0.6, -1.0, 0.1, -0.4, 0.8, -0.5, 0.0];
        let all = levels.iter().flat_map(|(level, n)| std::iter::repeat_n(*level, *n));
        all.enumerate().map(|(i, level)| level * (1.0 + noise[i % noise.len()] / 100.0)).collect()
    }

    fn steps(values: &[f64]) -> Vec<Accepted> {
        let history = detect(values, &Options::default()).unwrap();
        history.changes.iter().map(|c| Accepted { index: c.index, before: c.before, after: c.after }).collect()
    }

    fn state(values: &[f64], accepted: &[Accepted]) -> (State, f64, i64) {
        let brought = accepted.iter().fold(values.to_vec(), |values, step| without(&values, step));
        let history = detect(&brought, &Options::default()).unwrap();
        let judged = judge(&brought, &history, Direction::Lower, &trend::Options::default());
        (judged.state, judged.baseline.round(), (judged.change * 100.0).round() as i64)
    }

    #[test]
    fn an_accepted_step_is_the_new_normal_from_its_first_run_on() {
        let values = levels(&[(100.0, 40), (114.0, 5)]);
        assert_eq!(state(&values, &[]), (State::Regressed, 100.0, 14));
        assert_eq!(state(&values, &steps(&values)), (State::Stable, 114.0, 0));
    }

    #[test]
    fn a_step_that_is_not_accepted_keeps_its_size() {
        let values = levels(&[(100.0, 40), (110.0, 12), (143.0, 12)]);
        let steps = steps(&values);
        assert_eq!(steps.len(), 2);
        assert_eq!(state(&values, &steps[1..]), (State::Regressed, 130.0, 10), "the first of two");
        assert_eq!(state(&values, &steps[..1]), (State::Regressed, 110.0, 30), "the second of two");
        assert_eq!(state(&values, &steps).0, State::Stable);
    }

    #[test]
    fn a_level_of_nothing_is_moved() {
        let step = Accepted { index: 2, before: 0.0, after: 3.0 };
        assert_eq!(without(&[0.0, 0.5, 3.0], &step), [3.0, 3.5, 3.0]);
    }

    proptest! {
        #[test]
        fn accepting_every_step_leaves_no_regression_and_a_further_one_is_seen(
            sizes in prop::collection::vec(1.05f64..1.5, 1..4), further in 1.3f64..2.0
        ) {
            let mut level = 100.0;
            let mut plan = vec![(level, 40)];
            plan.extend(sizes.iter().map(|size| { level *= size; (level, 20) }));
            let values = levels(&plan);
            let mut accepted = Vec::new();
            let mut at = 40;
            for pair in plan.windows(2) {
                accepted.push(Accepted { index: at, before: pair[0].0, after: pair[1].0 });
                at += 20;
            }
            prop_assert_eq!(state(&values, &accepted).0, State::Stable);
            plan.push((level * further, 5));
            prop_assert_eq!(state(&levels(&plan), &accepted).0, State::Regressed);
        }
    }
}
