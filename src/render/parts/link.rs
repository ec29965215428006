//! Links to the pages of a forge.

use super::figure;
use super::markup::{Html, escape};
use crate::report::Report;

/// A commit by its first characters, as a link where the report knows the repository's address.
///
/// The page of a commit is `/commit/ID` on GitHub, Gitea and Forgejo, and GitLab leads on from there.
pub fn commit(report: &Report, id: &str) -> Html {
    let short = escape(&figure::commit(id));
    match report.project.repository.as_deref().and_then(|repository| address(repository, id)) {
        Some(address) => Html::trusted(format!(r#"<a class="mono" href="{}">{short}</a>"#, escape(&address))),
        None => Html::trusted(format!(r#"<span class="mono">{short}</span>"#)),
    }
}

/// Where a commit is shown; nothing for what is no commit, or where a stored report names no repository that could be one.
pub fn address(repository: &str, id: &str) -> Option<String> {
    let is_commit = (7..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_hexdigit());
    (is_commit && repository.starts_with("https://")).then(|| format!("{}/commit/{id}", repository.trim_end_matches('/')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_commit_of_a_repository_is_a_link() {
        let forge = "https://forge.example/owner/name/";
        assert_eq!(address(forge, "487fbed0").as_deref(), Some("https://forge.example/owner/name/commit/487fbed0"));
        assert_eq!(address(forge, "../../evil"), None);
        assert_eq!(address(forge, "v1.2"), None);
        assert_eq!(address("javascript:alert(1)", "487fbed0"), None);
    }

    #[test]
    fn an_address_is_text() {
        let mut report = crate::render::sample::over(Vec::new());
        assert_eq!(commit(&report, "<b>").to_string(), r#"<span class="mono">&lt;b&gt;</span>"#);
        report.project.repository = Some("https://x/\"onclick".into());
        assert!(commit(&report, "487fbed0").to_string().contains("https://x/&quot;onclick/commit/487fbed0\">487fbed</a>"));
    }
}
