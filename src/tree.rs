//! The files of a repository, as evidence and changes name them.

/// A repository, seen from the configuration's folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    /// Its top folder, absolute, with `/` between folders and none at the end.
    pub top: String,
    /// The configuration's folder within it: empty for the top, else ending in `/`.
    pub within: String,
    /// The tracked files, named from the top, in order.
    pub files: Vec<String>,
}

impl Tree {
    /// Whether a file, named from the top, is tracked.
    pub fn holds(&self, path: &str) -> bool {
        self.files.binary_search_by(|file| file.as_str().cmp(path)).is_ok()
    }
}

/// "What tools call `from` lies in `to`".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Moved {
    /// The first folders of a path, without a `/` at the end; `.` for a path that says not where it begins.
    pub from: String,
    /// What stands there instead, from the top of the repository; `.` for the top itself.
    pub to: String,
}

/// What a configuration says about the source files that an entry names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sources {
    /// Where files lie that tools name differently; the first that fits is taken.
    pub moved: Vec<Moved>,
    /// Patterns of files that owe nothing: they are left out.
    pub exclude: Vec<String>,
}
