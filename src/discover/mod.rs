//! What lies where: the configuration, the files of each entry, the maps they need.

pub mod artifacts;
pub mod attestations;
pub mod map;
pub mod owners;
pub mod settings;
pub mod site;
pub mod waivers;
