//! What lies where: the configuration, the files of each entry, the maps they need, and what a repository is built with.

pub mod acknowledged;
pub mod artifacts;
pub mod attestations;
pub mod ecosystem;
pub mod map;
pub mod owners;
pub mod pipeline;
pub mod reports;
pub mod settings;
pub mod site;
pub mod snapshot;
pub mod terms;
pub mod waivers;
