//! Exact penalised least squares: the best way to cut a series into pieces of constant level.

use std::ops::Range;

/// No piece is shorter, so that a single point is never a level.
const SHORTEST: usize = 2;
/// So many starts are passed over together where none of them can be the best.
const BLOCK: usize = 32;
/// So many starts are looked at side by side.
const LANES: usize = 4;

/// Where new pieces start, ascending, in the partition that minimises the squared error plus `price` for each cut.
///
/// Dynamic programming over the last cut (optimal partitioning: Jackson et al., IEEE Signal Processing Letters 12,
/// 2005); quadratic in the length. The sum of all squares is the same in every partition and left out: a piece then costs
/// -sum²/length. Of most starts a bound tells that they are not the best, so that they need not be looked at.
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
    // 1 / length, for lengths from n down to 1: at n - end + start stands that of a piece from start to end.
    let shares: Vec<f64> = (1..=n).rev().map(|length| 1.0 / length as f64).collect();
    // best[end]: the least cost of the first `end` values; cut[end]: where their last piece starts. The first is no cut.
    let mut best = vec![f64::INFINITY; n + 1];
    let mut cut = vec![0; n + 1];
    best[0] = -price;
    let mut blocks: Vec<Block> = Vec::with_capacity(n / BLOCK);
    for end in SHORTEST..=n {
        let starts = end + 1 - SHORTEST;
        if starts.is_multiple_of(BLOCK) {
            blocks.push(Block::of(&best[starts - BLOCK..starts], &sums[starts - BLOCK..starts]));
        }
        let last = Last { best: &best[..starts], sums: &sums[..starts], shares: &shares[n - end..][..starts], sum: sums[end] };
        let found = last.cheapest(&blocks, cut[end - 1]);
        cut[end] = found.start;
        best[end] = found.cost + price;
    }
    let mut found: Vec<usize> = std::iter::successors(Some(cut[n]), |at| Some(cut[*at])).take_while(|at| *at > 0).collect();
    found.reverse();
    found
}

/// What is known of successive starts together.
struct Block {
    /// The least cost before one of them.
    best: f64,
    /// The least and the largest running sum up to one of them.
    sums: (f64, f64),
}

impl Block {
    fn of(best: &[f64], sums: &[f64]) -> Block {
        let least = |values: &[f64]| values.iter().copied().fold(f64::INFINITY, f64::min);
        Block { best: least(best), sums: (least(sums), sums.iter().copied().fold(f64::NEG_INFINITY, f64::max)) }
    }
}

/// Where a piece starts, and what it costs together with all before it.
#[derive(Clone, Copy)]
struct Found {
    start: usize,
    cost: f64,
}

/// The last piece up to some point: what the best before each of its starts costs, the running sums up to each and to the end, and the
/// share that a value has in each piece.
struct Last<'a> {
    best: &'a [f64],
    sums: &'a [f64],
    shares: &'a [f64],
    sum: f64,
}

impl Last<'_> {
    /// The start that costs least, the first of several; `guess` is a good one.
    fn cheapest(&self, blocks: &[Block], guess: usize) -> Found {
        let mut found = Found { start: guess, cost: cost(self.best[guess], self.sum - self.sums[guess], self.shares[guess]) };
        for (block, from) in blocks.iter().zip((0..).step_by(BLOCK)) {
            if self.bound(block, self.shares[from + BLOCK - 1]) <= found.cost {
                self.look(from..from + BLOCK, &mut found);
            }
        }
        self.look(blocks.len() * BLOCK..self.best.len(), &mut found);
        found
    }

    /// What a start of a block costs at least. Rounding keeps the order of numbers: it is not above the cost of any, to the last bit.
    fn bound(&self, block: &Block, share: f64) -> f64 {
        let farthest = (self.sum - block.sums.0).abs().max((self.sum - block.sums.1).abs());
        cost(block.best, farthest, share)
    }

    /// Looks at each of some starts.
    fn look(&self, starts: Range<usize>, found: &mut Found) {
        let (best, sums, shares) = (&self.best[starts.clone()], &self.sums[starts.clone()], &self.shares[starts.clone()]);
        let least = self.least(best, sums, shares);
        if least > found.cost {
            return;
        }
        let costs = best.iter().zip(sums).zip(shares).map(|((best, sum), share)| cost(*best, self.sum - sum, *share));
        let start = starts.start + costs.take_while(|cost| *cost != least).count();
        if least < found.cost || start < found.start {
            *found = Found { start, cost: least };
        }
    }

    /// What the cheapest of some starts costs. In lanes and without a branch, so that the compiler takes several at a time.
    fn least(&self, best: &[f64], sums: &[f64], shares: &[f64]) -> f64 {
        let ((best, best_left), (sums, sums_left)) = (best.as_chunks::<LANES>(), sums.as_chunks::<LANES>());
        let (shares, shares_left) = shares.as_chunks::<LANES>();
        let mut least = [f64::INFINITY; LANES];
        for ((best, sums), shares) in best.iter().zip(sums).zip(shares) {
            for lane in 0..LANES {
                let cost = cost(best[lane], self.sum - sums[lane], shares[lane]);
                least[lane] = if cost < least[lane] { cost } else { least[lane] };
            }
        }
        let left = best_left.iter().zip(sums_left).zip(shares_left).map(|((best, sum), share)| cost(*best, self.sum - sum, *share));
        least.into_iter().chain(left).fold(f64::INFINITY, f64::min)
    }
}

/// What a piece of this sum costs together with the best before it.
fn cost(best: f64, sum: f64, share: f64) -> f64 {
    best - sum * sum * share
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

    /// The same by looking at every start.
    fn by_all_starts(values: &[f64], price: f64) -> Vec<usize> {
        let n = values.len();
        let mean = values.iter().sum::<f64>() / n as f64;
        let mut sums = vec![0.0];
        values.iter().for_each(|v| sums.push(sums[sums.len() - 1] + (v - mean)));
        let (mut best, mut cut) = (vec![-price, f64::INFINITY], vec![0, 0]);
        for end in SHORTEST..=n {
            let all =
                (0..end + 1 - SHORTEST).map(|start| (start, super::cost(best[start], sums[end] - sums[start], 1.0 / (end - start) as f64)));
            let (start, least) = all.reduce(|a, b| if b.1 < a.1 { b } else { a }).unwrap_or((0, 0.0));
            cut.push(start);
            best.push(least + price);
        }
        let mut found: Vec<usize> = std::iter::successors(Some(cut[n]), |at| Some(cut[*at])).take_while(|at| *at > 0).collect();
        found.reverse();
        found
    }

    proptest! {
        #[test]
        fn no_partition_is_cheaper(values in prop::collection::vec(-9.0..9.0f64, 2..11), price in 0.1..50.0f64) {
            let found = cuts(&values, price);
            prop_assert!((cost(&values, &found, price) - least(&values, price)).abs() < 1e-9);
        }

        #[test]
        fn what_is_passed_over_is_never_the_best(
            levels in prop::collection::vec((-5.0..5.0f64, 2..90usize), 1..8),
            noise in prop::collection::vec(-1.0..1.0f64, 97),
            steps in prop::sample::select(vec![1e-6, 0.25, 1.0]),
            price in 0.01..60.0f64
        ) {
            let all = levels.iter().flat_map(|(level, n)| std::iter::repeat_n(*level, *n)).enumerate();
            // Rounded, so that many sums are equal.
            let values: Vec<f64> = all.map(|(i, level)| ((level + noise[i % noise.len()]) / steps).round() * steps).collect();
            if values.len() >= 2 * SHORTEST {
                prop_assert_eq!(cuts(&values, price), by_all_starts(&values, price));
            }
        }
    }
}
