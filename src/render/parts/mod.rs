//! What several outputs share.

pub mod bar;
pub mod changed;
pub mod chart;
pub mod chip;
pub mod commonmark;
pub mod culprit;
pub mod dress;
pub mod escape;
pub mod figure;
pub mod golden;
pub mod link;
pub mod markup;
pub mod outcomes;
pub mod proposal;
pub mod prose;
pub mod required;
pub mod waivers;
