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

/// Digits and letters of other scripts that look like Latin letters, and the ones they look like.
const TWINS: (&str, &str) = ("аеіјосрѕухвкмнтԁһԛѡԝαιονκρτυχɑɡıⅼ01", "aeijocpsyxbkmhtdhqwwaiovkptuxagilol");

/// What a name looks like to a reader: without case, width, marks that are not seen, and letters of other scripts.
///
/// Of the rules of Unicode's UTS 39 these are the ones that matter for names which should be ASCII.
pub fn skeleton(name: &str) -> String {
    let plain = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        c => c,
    };
    let latin = |c: char| TWINS.0.chars().zip(TWINS.1.chars()).find(|(twin, _)| *twin == c).map_or(c, |(_, latin)| latin);
    let unseen = |c: &char| !matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{300}'..='\u{36f}' | ' ');
    name.chars().map(plain).flat_map(char::to_lowercase).map(latin).filter(unseen).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_look_alike_have_one_skeleton() {
        assert_eq!(TWINS.0.chars().count(), TWINS.1.chars().count());
        for name in [
            "Retention_Log",
            "retentiоn_log",
            "ｒetention_log",
            "retention\u{200b}_log",
            "retention_log ",
            "retention_1og",
            "retenti0n_log",
        ] {
            assert_eq!(skeleton(name), "retention_log", "{name}");
        }
        assert_ne!(skeleton("retention_logs"), skeleton("retention_log"));
    }

    #[test]
    fn near_words_are_offered_and_far_ones_are_not() {
        assert_eq!(nearest("coverage.lien", ["coverage.line", "coverage.branch"]), Some("coverage.line"));
        assert_eq!(nearest("zebra", ["coverage.line"]), None);
        assert_eq!(nearest("msec", ["ms", "s"]), None);
    }
}
