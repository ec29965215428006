//! The evidence bundle: everything a judgement rests on, in one folder that can be checked without this program.

pub mod manifest;
