//! A checkpoint: how many rows a trail had, and the root of the tree over them (<https://c2sp.org/tlog-checkpoint>).

/// A SHA-256 hash.
pub type Hash = [u8; 32];

/// What was written down of a trail.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which trail.
    pub origin: String,
    /// How many rows it had.
    pub size: u64,
    /// The root of the tree over them.
    pub root: Hash,
    /// The columns whose values are leaves, in order; empty where it does not say.
    pub columns: Vec<String>,
    /// Roots of the perfect trees of `2^height` rows each, from the first row on.
    pub height: u32,
    /// See `height`.
    pub subtrees: Vec<Hash>,
}

/// A checkpoint that was kept, and who signed it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// The file, as it is named.
    pub file: String,
    /// What it says.
    pub checkpoint: Checkpoint,
    /// Keys of the trail itself that signed it.
    pub signers: Vec<String>,
    /// Keys of others that signed it.
    pub witnesses: Vec<String>,
}

/// What a snapshot shows of a trail, beside what was kept of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trail {
    /// The snapshot.
    pub path: String,
    /// The trail as it is now.
    pub now: Checkpoint,
    /// What was kept.
    pub kept: Option<Kept>,
    /// The root at the size that was kept; none when there are fewer rows.
    pub root: Option<Hash>,
    /// Roots of perfect trees of the height that was kept, no more than were kept.
    pub subtrees: Vec<Hash>,
    /// Why it could not be held against what was kept.
    pub hindered: Option<String>,
}

/// Keys that a configuration trusts, each as `name+id+key`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keys {
    /// Of the trail: where any is given, one must have signed.
    pub own: Vec<String>,
    /// Of others.
    pub witnesses: Vec<String>,
}
