//! What a case is called where a file does not number its cases: by its question, so that a row that moves stays the same case.

use crate::io::hash;

/// Longer questions are cut, and told apart by a digest.
const LONGEST: usize = 80;

/// The name of the case that asks a question.
pub fn of_question(question: &str) -> String {
    let words: Vec<&str> = question.split_whitespace().collect();
    let question = words.join(" ");
    if question.chars().count() <= LONGEST {
        return question;
    }
    let beginning: String = question.chars().take(LONGEST - 20).collect();
    let digest: String = hash::sha256(question.as_bytes()).chars().take(8).collect();
    format!("{}… #{digest}", beginning.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_questions_that_begin_alike_are_two_cases() {
        assert_eq!(of_question(" What\n is  it? "), "What is it?");
        let (a, b) = (of_question(&"why ".repeat(50)), of_question(&"why ".repeat(51)));
        assert!(a != b && a.chars().count() <= LONGEST && a.starts_with("why why "), "{a} {b}");
    }
}
