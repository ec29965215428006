//! Labels that stay inside the picture and off each other.

use crate::render::parts::escape::columns;

/// About how wide a text is, in pixels: seven for a column.
pub(super) fn width(text: &str) -> i32 {
    i32::try_from(columns(text)).map_or(i32::MAX, |n| n.saturating_mul(7))
}

/// The text cut to a width in pixels, with an ellipsis where something is missing.
pub(super) fn fit(text: &str, pixels: i32) -> String {
    if width(text) <= pixels {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = width("…");
    for c in text.chars() {
        used += width(c.encode_utf8(&mut [0; 4]));
        if used > pixels {
            break;
        }
        out.push(c);
    }
    out.push('…');
    out
}

/// A name whose direction stays its own, so that what stands beside it keeps its place; marks in it that turn text around are
/// left out.
pub(super) fn isolated(name: &str) -> String {
    if name.is_ascii() {
        return name.to_owned();
    }
    let turns = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let plain: String = name.chars().filter(|c| !turns(*c)).collect();
    format!("\u{2068}{plain}\u{2069}")
}

/// The text on at most two lines of a width in pixels, broken between words.
pub(super) fn two_lines(text: &str, pixels: i32) -> Vec<String> {
    let mut first = String::new();
    let mut words = text.split(' ').peekable();
    while let Some(word) = words.next_if(|word| first.is_empty() || width(&first) + width(word) + width(" ") <= pixels) {
        if !first.is_empty() {
            first.push(' ');
        }
        first.push_str(word);
    }
    let second = words.collect::<Vec<_>>().join(" ");
    [first, second].iter().filter(|line| !line.is_empty()).map(|line| fit(line, pixels)).collect()
}

/// Depths of labels, in pixels, moved apart to at least `gap` and no deeper than `floor`; their order stays.
pub(super) fn apart(wanted: &[i32], gap: i32, floor: i32) -> Vec<i32> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by_key(|&i| wanted[i]);
    let mut placed = wanted.to_vec();
    let mut least = i32::MIN;
    for &i in &order {
        placed[i] = placed[i].max(least);
        least = placed[i] + gap;
    }
    let mut most = floor;
    for &i in order.iter().rev() {
        placed[i] = placed[i].min(most);
        most = placed[i] - gap;
    }
    placed
}

/// At most `most` of the indices `0..n`, the last among them, evenly far from each other.
pub(super) fn some_of(n: usize, most: usize) -> Vec<usize> {
    let step = n.div_ceil(most.max(1)).max(1);
    let mut chosen: Vec<usize> = (0..n).rev().step_by(step).collect();
    chosen.reverse();
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_text_and_says_so() {
        assert_eq!(fit("MEDICAL", 70), "MEDICAL");
        assert_eq!(fit("SCIENTIFIC", 49), "SCIENT…");
        assert_eq!(fit("日本語日本語", 35), "日本…");
    }

    #[test]
    fn breaks_names_between_words() {
        assert_eq!(two_lines("Week 1: real LLM, process lock", 90), ["Week 1: real", "LLM, proces…"]);
        assert_eq!(two_lines("v4.0", 90), ["v4.0"]);
        assert_eq!(two_lines("", 90), [""; 0]);
    }

    #[test]
    fn labels_do_not_overlap() {
        assert_eq!(apart(&[10, 12, 60], 14, 100), [10, 24, 60]);
        assert_eq!(apart(&[99, 98], 14, 100), [100, 86]);
    }

    #[test]
    fn the_newest_is_always_named() {
        assert_eq!(some_of(60, 5), [11, 23, 35, 47, 59]);
        assert_eq!(some_of(3, 5), [0, 1, 2]);
        assert_eq!(some_of(0, 5), [0; 0]);
        assert!((1..500).all(|n| some_of(n, 5).len() <= 5 && some_of(n, 5).last() == Some(&(n - 1))));
    }
}
