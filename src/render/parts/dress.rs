//! What every page wears: one style sheet and one script, both constant, and the policy that lets nothing else run.

use super::markup::Html;
use crate::io::hash::sha256_base64;

const STYLE: &str = include_str!("../../../templates/report.css");
const SCRIPT: &str = include_str!("../../../templates/report.js");

/// Style, script and policy of a page.
pub struct Dress {
    /// The content of the one `<style>`.
    pub style: Html,
    /// The content of the one `<script>`.
    pub script: Html,
    /// The Content-Security-Policy: nothing from anywhere, this style and this script by their digest.
    pub policy: String,
}

/// The dress of a page whose pictures come from `pictures` besides `data:`; nothing for a page that is one file.
pub fn dress(pictures: &str) -> Dress {
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; img-src {pictures}data:; base-uri 'none'; form-action 'none'",
        sha256_base64(STYLE.as_bytes()),
        sha256_base64(SCRIPT.as_bytes())
    );
    Dress { style: Html::trusted(STYLE), script: Html::trusted(SCRIPT), policy }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_fetched_and_nothing_ends_early() {
        for text in [STYLE, SCRIPT] {
            let lower = text.to_ascii_lowercase();
            assert!(!lower.contains("</") && !lower.contains("http") && !lower.contains("@import") && !lower.contains("<!--"));
        }
        assert!(!dress("").policy.contains("unsafe"));
    }
}
