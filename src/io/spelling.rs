//! The door to `strsim`: what somebody may have meant.

/// The candidate nearest to `word`, unless none is near.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(word, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= (candidate.chars().count().max(word.chars().count()) / 3).max(1))
        .min()
        .map(|(_, candidate)| candidate)
}

/// "did you mean `x`?" for the candidate nearest to `word`.
pub fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    nearest(word, candidates).map(|candidate| format!("did you mean `{candidate}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_words_are_offered_and_far_ones_are_not() {
        assert_eq!(nearest("coverage.lien", ["coverage.line", "coverage.branch"]), Some("coverage.line"));
        assert_eq!(nearest("zebra", ["coverage.line"]), None);
        assert_eq!(nearest("msec", ["ms", "s"]), None);
    }
}
