//! What a SimpleCov report says of the whole, since version 1.0 of its schema: `total`, held against what its lines show.

use super::super::cell::{Cell, Told, ratio};
use crate::linemap::Lines;
use serde::Deserialize;

/// The sums of all files, by what is counted; none of what the report did not measure.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Total {
    lines: Sum,
    branches: Sum,
    methods: Sum,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Sum {
    covered: Cell,
    total: Cell,
}

impl Total {
    /// Each sum, beside what is counted against it.
    pub(super) fn told(&self) -> [Told; 3] {
        let of = |sum: &Sum| ratio(sum.covered, sum.total);
        [
            ("lines", of(&self.lines), Lines::line_ratio),
            ("branches", of(&self.branches), Lines::branch_ratio),
            ("methods", of(&self.methods), Lines::function_ratio),
        ]
    }
}
