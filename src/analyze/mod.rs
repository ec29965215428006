//! Pure arithmetic: bounds on rates, robust figures, change points.
//!
//! Nothing here reads a file, a clock or a random number; every function is total, so a bad argument gives the
//! widest honest answer or `None`, never a NaN.

pub mod beta;
pub mod cadence;
pub mod changepoint;
pub mod interval;
pub mod line;
pub mod noise;
pub mod normal;
pub mod partition;
pub mod quantile;
pub mod rank;
pub mod step;
pub mod trend;

#[cfg(test)]
mod testnoise;
