//! Words for a person, which may quote a file: printed where a terminal obeys escape sequences and a workflow obeys commands.

use super::output::print;
use crate::error::Error;
use crate::render::parts::escape;

/// The same lines with nothing in them that anybody obeys.
pub fn lines(text: &str) -> String {
    let line = |line: &str| {
        let bare = line.trim_start_matches(' ');
        format!("{}{}", &line[..line.len() - bare.len()], escape::terminal(bare))
    };
    escape::log(&text.split('\n').map(line).collect::<Vec<_>>().join("\n"))
}

/// Prints such lines as a result.
///
/// # Errors
/// When standard output cannot be written.
pub fn say(text: &str) -> Result<(), Error> {
    print(&lines(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_stay_lines_and_command_nobody() {
        let text = "  a\u{1b}[31m\n   | ::x\n::error::y ##[z]\n\n    ^\n";
        assert_eq!(lines(text), "  a\\u{1b}[31m\n   | ::x\n: :error::y # #[z]\n\n    ^\n");
    }
}
