//! From evidence and rules to findings, score and verdict. No I/O, no clock: everything is handed in.

pub mod cases;
pub mod conflict;
pub mod difference;
pub mod expression;
pub mod facts;
pub mod floor;
pub mod judge;
pub mod pack;
pub mod proposal;
pub mod score;
pub mod waive;

mod compile;
