//! Exact penalised least squares: the best way to cut a series into pieces of constant level.

/// No piece is shorter, so that a single point is never a level.
const SHORTEST: usize = 2;

/// Where new pieces start, ascending, in the partition that minimises the squared error plus `price` for each cut.
///
/// Dynamic programming over the last cut (optimal partitioning: Jackson et al., IEEE Signal Processing Letters 12,
/// 2005); quadratic in the length.
pub fn cuts(values: &[f64], price: f64) -> Vec<usize> {
    let n = values.len();
    if n < 2 * SHORTEST {
        return Vec::new();
    }
    let sums = Sums::new(values);
    // best[end]: the least cost of the first `end` values; cut[end]: where their last piece starts.
    let mut best = vec![f64::INFINITY; n + 1];
    let mut cut = vec![0; n + 1];
    best[0] = -price;
    let mut costs = vec![0.0; n];
    for end in SHORTEST..=n {
        let costs = &mut costs[..=end - SHORTEST];
        sums.errors(end, costs);
        // Two passes without a branch in the first: the compiler takes several starts at a time.
        costs.iter_mut().zip(&best).for_each(|(cost, best)| *cost += best + price);
        let least = least(costs);
        cut[end] = costs.iter().position(|cost| *cost == least).unwrap_or(0);
        best[end] = least;
    }
    let mut found: Vec<usize> = std::iter::successors(Some(cut[n]), |at| Some(cut[*at])).take_while(|at| *at > 0).collect();
    found.reverse();
    found
}

/// The smallest number, found in lanes that the compiler can take side by side.
fn least(costs: &[f64]) -> f64 {
    let mut lanes = [f64::INFINITY; 8];
    let (whole, rest) = costs.as_chunks::<8>();
    for chunk in whole {
        lanes.iter_mut().zip(chunk).for_each(|(lane, cost)| *lane = if cost < lane { *cost } else { *lane });
    }
    lanes.iter().chain(rest).copied().fold(f64::INFINITY, f64::min)
}

/// Running sums of values and squares, for the squared error of any piece about its mean.
struct Sums {
    values: Vec<f64>,
    squares: Vec<f64>,
    /// 1 / length, for lengths from `values.len()` down to 1.
    shares: Vec<f64>,
}

impl Sums {
    fn new(values: &[f64]) -> Sums {
        let running = |term: fn(f64) -> f64| {
            let sums = values.iter().scan(0.0, move |sum, v| {
                *sum += term(*v);
                Some(*sum)
            });
            std::iter::once(0.0).chain(sums).collect()
        };
        let shares = (1..=values.len()).rev().map(|length| 1.0 / length as f64).collect();
        Sums { values: running(|v| v), squares: running(|v| v * v), shares }
    }

    /// The errors of the pieces that end before `end` and start at 0, 1, 2, ...
    fn errors(&self, end: usize, errors: &mut [f64]) {
        let (sum, squares) = (self.values[end], self.squares[end]);
        let shares = &self.shares[self.shares.len() - end..];
        let starts = self.values.iter().zip(&self.squares).zip(shares);
        for (error, ((sum0, squares0), share)) in errors.iter_mut().zip(starts) {
            let rise = sum - sum0;
            *error = (squares - squares0 - rise * rise * share).max(0.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_step_is_cut_where_it_is() {
        assert_eq!(cuts(&[1.0, 1.0, 1.0, 5.0, 5.0], 1.0), [3]);
        assert_eq!(cuts(&[1.0, 1.0, 5.0, 5.0, 1.0, 1.0], 1.0), [2, 4]);
        assert!(cuts(&[1.0, 1.0, 1.0, 5.0, 5.0], 20.0).is_empty());
    }

    #[test]
    fn one_value_is_no_piece() {
        assert_eq!(cuts(&[1.0, 1.0, 9.0, 1.0, 1.0], 1.0).len(), 1);
        assert!(cuts(&[1.0, 2.0, 3.0], 0.0).is_empty());
        assert!(cuts(&[], 0.0).is_empty());
    }

    /// The least cost over every partition there is.
    fn least(values: &[f64], price: f64) -> f64 {
        let whole = cost(values, &[], price);
        let first = SHORTEST..(values.len() + 1).saturating_sub(SHORTEST);
        first.map(|at| cost(&values[..at], &[], price) + price + least(&values[at..], price)).fold(whole, f64::min)
    }

    fn cost(values: &[f64], cuts: &[usize], price: f64) -> f64 {
        let edges: Vec<usize> = [&[0], cuts, &[values.len()]].concat();
        let error = |piece: &[f64]| {
            let mean = piece.iter().sum::<f64>() / piece.len() as f64;
            piece.iter().map(|v| (v - mean).powi(2)).sum::<f64>()
        };
        edges.windows(2).map(|pair| error(&values[pair[0]..pair[1]])).sum::<f64>() + price * cuts.len() as f64
    }

    proptest! {
        #[test]
        fn no_partition_is_cheaper(values in prop::collection::vec(-9.0..9.0f64, 2..11), price in 0.1..50.0f64) {
            let found = cuts(&values, price);
            prop_assert!((cost(&values, &found, price) - least(&values, price)).abs() < 1e-9);
        }
    }
}
