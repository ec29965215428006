//! Who owns a file, as the `CODEOWNERS` of a commit says.
//!
//! <https://docs.github.com/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners>:
//! the last pattern that matches decides, and it is read as in `.gitignore`, without `!` and `[ ]`.

use crate::io::fs::Glob;
use crate::io::git;
use crate::stamp::is_commit;
use crate::waiver::{Waiver, person};
use std::path::Path;

/// Where the file may be; the first that is there counts.
const PLACES: [&str; 3] = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"];

/// Confirms the approvals by people who own the file of the waivers, beside the configuration, as of a commit. Membership of a
/// team cannot be known here, so a team is confirmed only under its own name.
pub fn confirm<'w>(config: &Path, commit: &str, waivers: impl Iterator<Item = &'w mut Waiver>) {
    let folder = config.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    // A commit comes from a stored report, and is not to be an option of git.
    let Some(within) = git::within(folder).filter(|_| is_commit(commit)) else { return };
    let found = PLACES.iter().find_map(|place| Some((place, git::text_at(folder, commit, place)?)));
    let Some((place, text)) = found else { return };
    let owners: Vec<String> = owners(&text, &format!("{within}{}", super::waivers::NAME)).into_iter().map(person).collect();
    let said = format!("{place} at {}", commit.get(..7).unwrap_or(commit));
    for waiver in waivers.filter(|waiver| owners.contains(&person(&waiver.approved_by))) {
        waiver.confirmed = Some(said.clone());
    }
}

/// The owners of the file at `path` from the top of the repository.
fn owners<'t>(text: &'t str, path: &str) -> Vec<&'t str> {
    let mut owners = Vec::new();
    for line in text.lines() {
        let mut words = line.split_whitespace().take_while(|word| !word.starts_with('#'));
        // A section of GitLab is no pattern.
        let Some(pattern) = words.next().filter(|word| !word.starts_with(['[', '^'])) else { continue };
        match matches(pattern, path) {
            Some(true) => owners = words.collect(),
            Some(false) => {}
            // What cannot be read may be about this file, and then nobody is known to own it.
            None => owners.clear(),
        }
    }
    owners
}

/// Whether a pattern is about a file; nothing when it cannot be told.
fn matches(pattern: &str, path: &str) -> Option<bool> {
    if pattern.contains(['\\', '[', ']', '{', '}', '!']) {
        return None;
    }
    let inner = pattern.trim_start_matches('/');
    let anchored = inner.trim_end_matches('/').contains('/') || inner.len() < pattern.len();
    let from = if anchored { inner.to_owned() } else { format!("**/{inner}") };
    let is = |glob: &str| Glob::new(glob).map(|glob| glob.matches(path)).ok();
    if from.ends_with('/') {
        return is(&format!("{from}**"));
    }
    // `docs/*` is the files of that folder, `docs` all that is in it.
    let below = !anchored || !from.ends_with("/*");
    Some(is(&from)? || below && is(&format!("{from}/**"))?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn patterns_are_read_as_github_reads_them() {
        for (pattern, path, is) in [
            ("*", "waivers.yaml", true),
            ("*", "a/b/waivers.yaml", true),
            ("*.yaml", "a/waivers.yaml", true),
            ("*.yml", "waivers.yaml", false),
            ("/waivers.yaml", "waivers.yaml", true),
            ("/waivers.yaml", "a/waivers.yaml", false),
            ("waivers.yaml", "a/waivers.yaml", true),
            ("a/*", "a/waivers.yaml", true),
            ("a/*", "a/b/waivers.yaml", false),
            ("a/", "a/b/waivers.yaml", true),
            ("a/", "x/a/waivers.yaml", true),
            ("/a/", "x/a/waivers.yaml", false),
            ("a", "x/a/b/waivers.yaml", true),
            ("/a/b", "a/b/waivers.yaml", true),
            ("**/b", "a/b/waivers.yaml", true),
            ("/a/**/waivers.yaml", "a/b/c/waivers.yaml", true),
            ("waivers.yam", "waivers.yaml", false),
        ] {
            assert_eq!(matches(pattern, path), Some(is), "{pattern} {path}");
        }
        for pattern in ["!waivers.yaml", "[w]aivers.yaml", "a\\ b", "{a,b}"] {
            assert_eq!(matches(pattern, "waivers.yaml"), None, "{pattern}");
        }
    }

    #[test]
    fn the_last_pattern_decides() {
        let text = "# all\n* @all\n[Section]\n*.yaml @bob me@example.com # of us @nobody\n/docs/ @docs\n";
        assert_eq!(owners(text, "waivers.yaml"), ["@bob", "me@example.com"]);
        assert_eq!(owners(text, "docs/waivers.yaml"), ["@docs"]);
        assert_eq!(owners(text, "main.rs"), ["@all"]);
        assert!(owners("* @all\nwaivers.yaml\n", "waivers.yaml").is_empty(), "nobody owns it");
        assert!(owners("* @all\n[w]*\\ x @bob\n", "waivers.yaml").contains(&"@all"), "a section, if it is one");
        assert!(owners("* @all\na{b} @bob\n", "waivers.yaml").is_empty(), "who knows");
        assert!(owners("", "waivers.yaml").is_empty());
    }

    #[test]
    fn without_a_repository_nothing_is_confirmed() {
        let folder = tempfile::tempdir().unwrap();
        confirm(&folder.path().join("readiness.yaml"), &"0".repeat(40), std::iter::empty());
    }
}
