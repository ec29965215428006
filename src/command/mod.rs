//! One file per verb: it wires the stages together and decides nothing itself.

pub mod attest;
pub mod audit;
pub mod backtest;
pub mod baseline;
pub mod bench_pair;
pub mod bundle;
pub mod change;
pub mod change_points;
pub mod check;
pub mod completions;
pub mod doctor;
pub mod explain;
pub mod history;
pub mod init;
pub mod inspect;
pub mod keeping;
pub mod options;
pub mod output;
pub mod plain;
pub mod proposal;
pub mod render;
pub mod rules;
pub mod schema;
pub mod site;
pub mod stamp;

mod base;
mod gather;
mod judgement;
mod kept;
mod recall;
mod replay;
mod setup;
mod stored;
