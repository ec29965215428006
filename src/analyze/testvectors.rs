//! Reference values that `tests/data/statistics/make.py` wrote.

#![allow(clippy::unwrap_used, clippy::panic)]

/// The rows of a table of numbers; lines that begin with `#` are comments.
pub fn vectors<const N: usize>(table: &str) -> Vec<[f64; N]> {
    let rows = table.lines().filter(|line| !line.starts_with('#'));
    rows.map(|line| {
        let cells: Vec<f64> = line.split('\t').map(|text| text.parse().unwrap()).collect();
        cells.try_into().unwrap_or_else(|cells| panic!("{line}: {cells:?}"))
    })
    .collect()
}
