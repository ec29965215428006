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
    for end in SHORTEST..=n {
        for start in 0..=end - SHORTEST {
            let cost = best[start] + sums.error(start, end) + price;
            if cost < best[end] {
                (best[end], cut[end]) = (cost, start);
            }
        }
    }
    let mut found: Vec<usize> = std::iter::successors(Some(cut[n]), |at| Some(cut[*at])).take_while(|at| *at > 0).collect();
    found.reverse();
    found
}

/// Running sums of values and squares, for the squared error of any piece about its mean.
struct Sums(Vec<(f64, f64)>);

impl Sums {
    fn new(values: &[f64]) -> Sums {
        let mut total = (0.0, 0.0);
        let rest = values.iter().map(|v| {
            total = (total.0 + v, total.1 + v * v);
            total
        });
        Sums(std::iter::once((0.0, 0.0)).chain(rest).collect())
    }

    fn error(&self, start: usize, end: usize) -> f64 {
        let ((sum, squares), (sum0, squares0)) = (self.0[end], self.0[start]);
        (squares - squares0 - (sum - sum0).powi(2) / (end - start) as f64).max(0.0)
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
        let sums = Sums::new(values);
        let edges: Vec<usize> = [&[0], cuts, &[values.len()]].concat();
        edges.windows(2).map(|pair| sums.error(pair[0], pair[1])).sum::<f64>() + price * cuts.len() as f64
    }

    proptest! {
        #[test]
        fn no_partition_is_cheaper(values in prop::collection::vec(-9.0..9.0f64, 2..11), price in 0.1..50.0f64) {
            let found = cuts(&values, price);
            prop_assert!((cost(&values, &found, price) - least(&values, price)).abs() < 1e-9);
        }
    }
}
