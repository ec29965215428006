//! Pure arithmetic: bounds on rates, robust figures, change points.
//!
//! Nothing here reads a file, a clock or a random number; every function is total, so a bad argument gives the
//! widest honest answer or `None`, never a NaN.

pub mod beta;
pub mod interval;
pub mod normal;
pub mod quantile;
