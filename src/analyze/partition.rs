//! Exact penalised least squares: the best way to cut a series into pieces of constant level.

/// No piece is shorter, so that a single point is never a level.
const SHORTEST: usize = 2;
/// So many starts are looked at side by side.
const LANES: usize = 8;

/// Where new pieces start, ascending, in the partition that minimises the squared error plus `price` for each cut.
///
/// Dynamic programming over the last cut (optimal partitioning: Jackson et al., IEEE Signal Processing Letters 12,
/// 2005); quadratic in the length. The sum of all squares is the same in every partition and left out: a piece then costs
/// -sum²/length.
pub fn cuts(values: &[f64], price: f64) -> Vec<usize> {
    let n = values.len();
    if n < 2 * SHORTEST {
        return Vec::new();
    }
    let mean = values.iter().sum::<f64>() / n as f64;
    let running = values.iter().scan(0.0, |sum, v| {
        *sum += v - mean;
        Some(*sum)
    });
    let sums: Vec<f64> = std::iter::once(0.0).chain(running).collect();
    // 1 / length, for lengths from n down to 1.
    let shares: Vec<f64> = (1..=n).rev().map(|length| 1.0 / length as f64).collect();
    // best[end]: the least cost of the first `end` values; cut[end]: where their last piece starts. The first is no cut.
    let mut best = vec![f64::INFINITY; n + 1];
    let mut cut = vec![0; n + 1];
    best[0] = -price;
    let mut costs = vec![0.0; n];
    for end in SHORTEST..=n {
        let starts = end + 1 - SHORTEST;
        let costs = &mut costs[..starts];
        let least = with_last_piece(costs, &best[..starts], &sums[..starts], &shares[n - end..][..starts], sums[end]);
        cut[end] = costs.iter().position(|cost| *cost == least).unwrap_or(0);
        best[end] = least + price;
    }
    let mut found: Vec<usize> = std::iter::successors(Some(cut[n]), |at| Some(cut[*at])).take_while(|at| *at > 0).collect();
    found.reverse();
    found
}

/// What a last piece up to the running `sum` costs together with the `best` before it, for each of its starts; and the least
/// of it. In lanes and without a branch, so that the compiler takes several starts at a time.
fn with_last_piece(costs: &mut [f64], best: &[f64], sums: &[f64], shares: &[f64], sum: f64) -> f64 {
    let cost = |best: f64, start: f64, share: f64| best - (sum - start) * (sum - start) * share;
    let (costs, costs_left) = costs.as_chunks_mut::<LANES>();
    let (best, best_left) = best.as_chunks::<LANES>();
    let (sums, sums_left) = sums.as_chunks::<LANES>();
    let (shares, shares_left) = shares.as_chunks::<LANES>();
    let mut least = [f64::INFINITY; LANES];
    for (((costs, best), sums), shares) in costs.iter_mut().zip(best).zip(sums).zip(shares) {
        for lane in 0..LANES {
            costs[lane] = cost(best[lane], sums[lane], shares[lane]);
            least[lane] = if costs[lane] < least[lane] { costs[lane] } else { least[lane] };
        }
    }
    for (((left, best), sum), share) in costs_left.iter_mut().zip(best_left).zip(sums_left).zip(shares_left) {
        *left = cost(*best, *sum, *share);
    }
    least.iter().chain(costs_left.iter()).copied().fold(f64::INFINITY, f64::min)
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
