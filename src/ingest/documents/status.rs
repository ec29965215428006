//! Status words as people write them. What is not plainly done is open.

/// What says that something is done, when a status begins with it. English and Russian.
const DONE: &[&str] = &[
    "done",
    "resolved",
    "closed",
    "fixed",
    "complete",
    "completed",
    "finished",
    "implemented",
    "готово",
    "сделано",
    "решено",
    "решен",
    "решена",
    "закрыто",
    "закрыт",
    "закрыта",
    "исправлено",
    "исправлен",
    "исправлена",
    "выполнено",
    "выполнен",
    "выполнена",
    "завершено",
    "завершен",
    "завершена",
    "устранено",
    "устранен",
    "устранена",
];

/// What says that it is not, wherever it stands.
const OPEN: &[&str] = &[
    "not",
    "no",
    "partial",
    "partially",
    "partly",
    "almost",
    "mostly",
    "pending",
    "open",
    "todo",
    "wip",
    "progress",
    "except",
    "не",
    "нет",
    "частично",
    "почти",
    "ожидает",
    "ожидается",
    "открыто",
    "открыт",
    "открыта",
    "кроме",
];

/// Marks that stand for a word.
const DONE_MARKS: &[char] = &['✅', '✔', '✓', '☑'];
const OPEN_MARKS: &[char] = &['⚠', '❌', '✗', '✘', '❗', '⏳', '🔄', '🔴', '🟡', '🟠', '☐', '?'];

/// Whether a status says that something is done: it begins with a word or mark for it, and nothing in it takes that back.
/// A percentage below 100 takes it back too.
pub fn is_done(status: &str) -> bool {
    let status = status.to_lowercase().replace('ё', "е");
    if status.contains(OPEN_MARKS) || status.split_whitespace().any(is_part) {
        return false;
    }
    let mut words = status.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let begins_done = status.trim_start().starts_with(DONE_MARKS) || words.clone().next().is_some_and(|word| DONE.contains(&word));
    begins_done && words.all(|word| !OPEN.contains(&word))
}

/// `70%`, but not `100%`.
fn is_part(word: &str) -> bool {
    word.trim_end_matches([')', ',', '.']).strip_suffix('%').is_some_and(|number| number.trim_start_matches('(') != "100")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_plainly_done_is_open() {
        for done in ["done", "Resolved", "✅", "✅ ИСПРАВЛЕНО", "closed (PR #12)", "Решён", "✔️ 100%", "fixed, see CHANGELOG", "готово"]
        {
            assert!(is_done(done), "{done}");
        }
        for open in [
            "",
            "partial",
            "not done",
            "Partially resolved",
            "resolved partially",
            "✅ 70%",
            "done (80%)",
            "⚠️ done",
            "✅ pending setup",
            "не решено",
            "решено частично",
            "in progress",
            "done?",
            "76 of 100",
            "undone",
        ] {
            assert!(!is_done(open), "{open}");
        }
    }
}
