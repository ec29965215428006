//! Which points of a long line have to be drawn so that it looks as if all were.

use std::ops::Range;

/// Indices into `values`, in order and each once: of every column the first, the lowest, the highest and the last point.
///
/// A line through them has the same pixels as the line through all points, as far as a column is a pixel wide (Jugel, Jerzak,
/// Hackenbroich and Markl, "M4: A Visualization-Oriented Time Series Data Aggregation", VLDB 2014). Up to four points a column
/// are all of them.
pub fn outline(values: &[f64], columns: usize) -> Vec<usize> {
    let (n, columns) = (values.len(), columns.max(1));
    if n <= 4 * columns {
        return (0..n).collect();
    }
    let mut kept = Vec::with_capacity(4 * columns);
    for column in 0..columns {
        let Range { start, end } = column * n / columns..(column + 1) * n / columns;
        let by_value = |a: &usize, b: &usize| values[*a].total_cmp(&values[*b]);
        let lowest = (start..end).min_by(by_value).unwrap_or(start);
        let highest = (start..end).max_by(by_value).unwrap_or(start);
        let mut four = [start, lowest, highest, end - 1];
        four.sort_unstable();
        kept.extend(four);
    }
    kept.dedup();
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_line_is_drawn_whole() {
        assert_eq!(outline(&[3.0, 1.0, 2.0], 1), [0, 1, 2]);
        assert_eq!(outline(&[], 10), [0usize; 0]);
    }

    #[test]
    fn a_long_line_keeps_its_ends_and_its_spikes() {
        let mut values = vec![1.0; 10_000];
        values[4_321] = 99.0;
        values[8_765] = -5.0;
        let kept = outline(&values, 100);
        assert!(kept.len() <= 400 && kept.is_sorted(), "{}", kept.len());
        assert!([0, 4_321, 8_765, 9_999].iter().all(|at| kept.contains(at)));
        assert_eq!(kept, {
            let mut once = kept.clone();
            once.dedup();
            once
        });
    }
}
