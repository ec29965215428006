//! Pure arithmetic: bounds on rates, comparisons of runs, robust figures, change points.
//!
//! Nothing here reads a file, a clock or a random number; every function is total, so a bad argument gives the
//! widest honest answer or `None`, never a NaN.

pub mod accepted;
pub mod beta;
pub mod cadence;
pub mod calibration;
pub mod changepoint;
pub mod cluster;
pub mod fisher;
pub mod holm;
pub mod interval;
pub mod line;
pub mod mann_whitney;
pub mod merkle;
pub mod noise;
pub mod normal;
pub mod pair;
pub mod paired;
pub mod partition;
pub mod plan;
pub mod quantile;
pub mod rank;
pub mod signed_rank;
pub mod step;
pub mod student;
pub mod trend;

#[cfg(test)]
mod testnoise;
#[cfg(test)]
mod testvectors;
