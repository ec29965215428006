//! What several outputs say of a change that proposes other rules. Nothing here is escaped: that is the output's business.

use crate::proposal::Proposal;

/// Under which rules was judged, and whether the change would have others.
pub fn headline(proposal: &Proposal) -> String {
    let from = &proposal.from;
    match proposal.changes.len() {
        0 => format!("Judged by the rules of {from}; the change leaves them as they are."),
        1 => format!("Judged by the rules of {from}; the change would make 1 thing otherwise:"),
        n => format!("Judged by the rules of {from}; the change would make {n} things otherwise:"),
    }
}
