//! One file per verb: it wires the stages together and decides nothing itself.

pub mod bundle;
pub mod check;
pub mod completions;
pub mod doctor;
pub mod explain;
pub mod init;
pub mod inspect;
pub mod render;
pub mod rules;
pub mod site;

mod gather;
mod setup;
