//! What a report says went wrong, as one short line.

/// Characters of a message that are kept.
pub(super) const LONGEST_MESSAGE: usize = 300;

/// The first line with something in it.
pub(super) fn first_line(text: &str) -> Option<String> {
    let line = text.trim().lines().next()?.trim_end();
    match line.char_indices().nth(LONGEST_MESSAGE) {
        Some((end, _)) => Some(format!("{}…", &line[..end])),
        None => Some(line.to_owned()),
    }
}

/// The text of an element, which comes in pieces: as much of its beginning as a message may need.
#[derive(Debug, Default)]
pub(super) struct Excerpt(Option<String>);

impl Excerpt {
    /// From here on text is wanted.
    pub(super) fn begin(&mut self) {
        self.0 = Some(String::new());
    }

    /// A piece of text, wanted or not.
    pub(super) fn push(&mut self, piece: &str) {
        let Some(text) = &mut self.0 else { return };
        let piece = if text.is_empty() { piece.trim_start() } else { piece };
        let room = (4 * LONGEST_MESSAGE).saturating_sub(text.len());
        let end = piece.char_indices().map(|(at, _)| at).find(|at| *at >= room).unwrap_or(piece.len());
        text.push_str(&piece[..end]);
    }

    /// The text since the beginning, if any was wanted.
    pub(super) fn end(&mut self) -> Option<String> {
        self.0.take()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_the_first_line_and_short() {
        assert_eq!(first_line("\n  one \n two").as_deref(), Some("one"));
        assert_eq!(first_line(" \n"), None);
        assert_eq!(first_line(&"é".repeat(1000)).map(|line| line.chars().count()), Some(301));
    }

    #[test]
    fn text_comes_in_pieces_and_only_where_it_is_wanted() {
        let mut excerpt = Excerpt::default();
        excerpt.push("unwanted");
        assert_eq!(excerpt.end(), None);
        excerpt.begin();
        ["\n ", " on", "e é"].into_iter().for_each(|piece| excerpt.push(piece));
        assert_eq!(excerpt.end().as_deref(), Some("one é"));
        excerpt.begin();
        (0..100_000).for_each(|_| excerpt.push("éé"));
        assert!(excerpt.end().is_some_and(|text| (1200..1204).contains(&text.len())));
    }
}
