//! What several outputs share.

pub mod bar;
pub mod chart;
pub mod escape;
pub mod markup;
pub mod prose;
