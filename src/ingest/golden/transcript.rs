//! What a report keeps of the texts of a golden set.

use super::cases::Row;
use super::claim::{Citation, Claim, Verdict};
use crate::transcript::{self, Citations, Excerpt, Publish, Score, Transcript, Transcripts};

/// Characters of one text that are kept.
const TEXT: usize = 4_000;
/// Characters of a name that are kept.
const NAME: usize = 200;
/// Claims and measures of one case that are kept.
const LISTED: usize = 50;
/// Cases that are kept, and the characters of all their texts together.
const CASES: usize = 1_000;
const CHARACTERS: usize = 1_000_000;

/// The transcripts of the worst cases, as far as they may be published; none when the files tell nothing but outcomes.
pub fn keep(rows: &[Row], publish: Publish) -> Option<Transcripts> {
    let mut rows: Vec<&Row> = rows.iter().filter(|row| row.has_transcript()).collect();
    if rows.is_empty() {
        return None;
    }
    // Stable: rows that are equally bad stay in the order they were found.
    rows.sort_by_key(|row| std::cmp::Reverse((row.worst.outcome, row.worst.sentinel, row.is_flaky())));
    let withheld = rows.iter().filter(|row| row.withholds(publish)).count() as u64;
    let mut left = CHARACTERS;
    let mut cases = Vec::new();
    for row in rows.iter().take(CASES) {
        let transcript = row.transcript(publish);
        let Some(rest) = left.checked_sub(size(&transcript)) else { break };
        left = rest;
        cases.push(transcript);
    }
    Some(Transcripts { publish, withheld, omitted: (rows.len() - cases.len()) as u64, cases })
}

/// Bytes of all texts, which are no fewer than their characters.
fn size(transcript: &Transcript) -> usize {
    let texts = [&transcript.question, &transcript.expected, &transcript.answer].into_iter().flatten();
    let claims = transcript.claims.iter().filter_map(|claim| claim.text.as_ref());
    texts.chain(claims).map(|excerpt| excerpt.text.len()).sum()
}

impl Row {
    /// Whether there is more to tell than the row of the table does.
    fn has_transcript(&self) -> bool {
        let case = &self.worst;
        let texts = [&case.question, &case.answer, &case.expected];
        !case.claims.is_empty() || !case.scores.is_empty() || texts.into_iter().any(Option::is_some)
    }

    /// Whether the case has a text that is not published.
    fn withholds(&self, publish: Publish) -> bool {
        let case = &self.worst;
        let answers = case.answer.is_some() || case.claims.iter().any(|claim| claim.text.is_some());
        let set = case.question.is_some() || case.expected.is_some();
        (answers && publish < Publish::Answers) || (set && publish < Publish::All)
    }

    fn transcript(&self, publish: Publish) -> Transcript {
        let case = &self.worst;
        let text = |text: &Option<String>, least: Publish| {
            text.as_deref().filter(|text| publish >= least && !text.is_empty()).map(|text| Excerpt::of(text, TEXT))
        };
        let beyond = |n: usize| n.saturating_sub(LISTED) as u64;
        Transcript {
            case: case.id.clone(),
            attempt: case.attempt,
            question: text(&case.question, Publish::All),
            expected: text(&case.expected, Publish::All),
            answer: text(&case.answer, Publish::Answers),
            claims: worst_first(&case.claims).take(LISTED).map(|claim| claim.told(publish)).collect(),
            more_claims: beyond(case.claims.len()),
            scores: case.scores.iter().take(LISTED).map(score).collect(),
            more_scores: beyond(case.scores.len()),
        }
    }
}

/// Bad claims, then undecided ones, then the rest, each in their order.
fn worst_first(claims: &[Claim]) -> impl Iterator<Item = &Claim> {
    let mut sorted: Vec<&Claim> = claims.iter().collect();
    sorted.sort_by_key(|claim| (!claim.verdict.is_bad(), claim.verdict == Verdict::Supported));
    sorted.into_iter()
}

fn score(score: &super::case::Score) -> Score {
    // What JSON cannot say is no value.
    let value = score.value.filter(|value| value.is_finite());
    Score { name: Excerpt::of(&score.name, NAME).text, value, passed: score.passed }
}

impl Claim {
    fn told(&self, publish: Publish) -> transcript::Claim {
        let text = self.text.as_deref().filter(|text| publish >= Publish::Answers && !text.is_empty());
        let count = |such: fn(&Citation) -> bool| self.citations.iter().filter(|citation| such(citation)).count() as u64;
        transcript::Claim {
            id: Excerpt::of(&self.id, NAME).text,
            text: text.map(|text| Excerpt::of(text, TEXT)),
            verdict: self.verdict.words().into(),
            uncited: self.needs_citation && self.citations.is_empty(),
            citations: Citations {
                all: self.citations.len() as u64,
                resolve: count(|citation| citation.resolves == Some(true)),
                dead: count(|citation| citation.resolves == Some(false)),
                support: count(|citation| citation.supports == Some(true)),
                idle: count(|citation| citation.supports == Some(false)),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::case::{Case, Outcome};
    use super::*;

    fn row(id: &str, outcome: Outcome) -> Row {
        let claim = |id: &str, verdict| Claim {
            id: id.into(),
            text: Some("it says so".into()),
            verdict,
            needs_citation: true,
            citations: vec![Citation { resolves: Some(true), supports: None }],
        };
        let case = Case {
            question: Some("what?".into()),
            answer: Some("a".repeat(TEXT + 3)),
            expected: Some("that".into()),
            claims: vec![claim("c1", Verdict::Supported), claim("c2", Verdict::Contradicted)],
            ..Case::new(id, outcome)
        };
        Row::of(case)
    }

    fn kept(publish: Publish) -> Transcripts {
        keep(&[row("good", Outcome::Passed), row("bad", Outcome::Failed)], publish).unwrap_or_default()
    }

    #[test]
    fn texts_leave_the_house_only_when_published() {
        let text = |publish| {
            let one = kept(publish).cases.into_iter().next().unwrap_or_default();
            let claim = one.claims.first().and_then(|claim| claim.text.clone());
            (one.question.is_some(), one.expected.is_some(), one.answer.is_some(), claim.is_some())
        };
        assert_eq!(text(Publish::Ids), (false, false, false, false));
        assert_eq!(text(Publish::Answers), (false, false, true, true));
        assert_eq!(text(Publish::All), (true, true, true, true));
        assert_eq!(Publish::ALL.map(|publish| kept(publish).withheld), [2, 2, 0]);
    }

    #[test]
    fn the_worst_come_first_and_what_is_cut_is_counted() {
        let all = kept(Publish::All);
        let bad = &all.cases[0];
        assert_eq!((bad.case.as_str(), bad.answer.as_ref().map(|text| text.left_out)), ("bad", Some(3)));
        let claims: Vec<(&str, &str)> = bad.claims.iter().map(|claim| (claim.id.as_str(), claim.verdict.as_ref())).collect();
        assert_eq!(claims, [("c2", "contradicted"), ("c1", "supported")]);
        assert_eq!(bad.claims[0].citations, Citations { all: 1, resolve: 1, ..Citations::default() });
        let many: Vec<Row> = (0..1_200).map(|i| row(&i.to_string(), Outcome::Passed)).collect();
        let kept = keep(&many, Publish::All).unwrap_or_default();
        let characters: usize = kept.cases.iter().map(size).sum();
        assert!(characters <= CHARACTERS && characters > CHARACTERS - 2 * TEXT, "{characters}");
        assert_eq!(kept.omitted + kept.cases.len() as u64, 1_200);
        assert_eq!(keep(&many, Publish::Ids).map(|kept| kept.omitted), Some(200));
    }

    #[test]
    fn outcomes_alone_have_no_transcript() {
        let bare = Row::of(Case::new("a", Outcome::Failed));
        assert_eq!(keep(&[bare], Publish::All), None);
    }
}
