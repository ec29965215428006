//! From evidence to more evidence: what the pieces say about each other and about their past.

mod cohort;
mod trend;

pub use trend::trends;
