//! From evidence to more evidence: what the pieces say about each other and about their past.

pub mod change;
mod cohort;
pub mod continuity;
pub mod inventory;
pub mod pairing;
pub mod patch;
mod standing;
mod trend;
mod uncovered;

pub use continuity::continuity;
pub use trend::{Terms, trends};
pub use uncovered::uncovered;
