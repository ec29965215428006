//! What stands in lines that did not run, for people who read the report.

use crate::io::fs;
use std::path::Path;

/// Lines shown of a file, and characters of a line.
const LINES: usize = 6;
const WIDTH: usize = 160;

/// The first of these lines of a file in the working tree, each with its number; nothing where they cannot be read.
pub(super) fn excerpt(top: &Path, path: &str, lines: &[u32]) -> Option<String> {
    let text = fs::read_text(&top.join(path)).ok()?;
    let mut numbered = (1u32..).zip(text.lines());
    let mut shown = Vec::new();
    for line in lines.iter().take(LINES) {
        let (number, text) = numbered.find(|(number, _)| number == line)?;
        let mut chars = text.chars().map(|c| if c == '\t' { ' ' } else { c }).filter(|c| !c.is_control());
        let mut cut: String = chars.by_ref().take(WIDTH).collect();
        if chars.next().is_some() {
            cut.push('…');
        }
        shown.push(format!("{number}: {}", cut.trim_end()));
    }
    Some(shown.join("\n")).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_first_lines_cut_and_numbered() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.py"), format!("one\n\ttwo\u{7}\r\n{}\n", "x".repeat(200))).unwrap();
        let shown = excerpt(folder.path(), "a.py", &[2, 3]).unwrap();
        assert_eq!(shown, format!("2:  two\n3: {}…", "x".repeat(160)));
        // A report of another state of the file says nothing of this one.
        assert_eq!(excerpt(folder.path(), "a.py", &[9]), None);
        assert_eq!(excerpt(folder.path(), "b.py", &[1]), None);
    }
}
