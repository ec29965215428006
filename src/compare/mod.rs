//! From evidence to more evidence: what the pieces say about each other and about their past.

pub mod change;
mod cohort;
pub mod inventory;
mod trend;

pub use trend::trends;
