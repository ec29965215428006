//! One door per outside thing. Nothing else in the crate names a third-party crate's types or touches the world.

pub mod archive;
pub mod clock;
pub mod csv;
pub mod diff;
pub mod fs;
pub mod git;
pub mod hash;
pub mod journal;
pub mod json;
pub mod lines;
pub mod machine;
pub mod note;
pub mod postgres;
pub mod private;
pub mod process;
pub mod progress;
pub mod scratch;
pub mod shelf;
pub mod sign;
pub mod spelling;
pub mod sqlite;
pub mod terminal;
pub mod xml;
pub mod yaml;
