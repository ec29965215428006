//! What several outputs share.

pub mod escape;
pub mod prose;
