//! Every golden case, worst first: what became of it, and what was asked, answered and claimed, as far as that is published.

use crate::error::Error;
use crate::metric::{duration, grouped, number};
use crate::record::Record;
use crate::render::parts::golden::{self, Case};
use crate::render::parts::markup::{Html, fill};
use crate::render::parts::{chip, prose};
use crate::report::Report;
use crate::transcript::{Citations, Claim, Excerpt, Publish, Score, Transcript, Transcripts};
use askama::Template;
use std::collections::BTreeSet;

/// How many cases are listed.
const LISTED: usize = 300;

#[derive(Template)]
#[template(path = "parts/golden-cases.html")]
struct Table<'a> {
    filters: Vec<(&'static str, Html)>,
    categories: BTreeSet<&'a str>,
    rows: Vec<Row<'a>>,
    left_out: u64,
    bad: usize,
    withheld: Vec<String>,
}

struct Row<'a> {
    id: &'a str,
    category: &'a str,
    chip: Html,
    /// Words to filter by.
    words: String,
    marks: Vec<Html>,
    message: &'a str,
    claims: String,
    took: String,
    told: Option<Told<'a>>,
}

/// What a case opens to.
struct Told<'a> {
    summary: String,
    texts: Vec<(&'static str, &'a Excerpt)>,
    /// Claims that say something, or are not supported.
    claims: Vec<&'a Claim>,
    /// What the other claims come to.
    rest: Option<String>,
    scores: &'a [Score],
    more: Vec<String>,
}

/// The table of all cases; nothing where there is none.
pub(super) fn table(report: &Report) -> Result<Html, Error> {
    let cases = golden::cases(report);
    if cases.is_empty() {
        return Ok(Html::default());
    }
    let omitted: u64 = report.evidence.iter().filter_map(|entry| entry.omitted.get("golden.case")).sum();
    let listed = &cases[..cases.len().min(LISTED)];
    fill(&Table {
        filters: filters(listed),
        categories: listed.iter().filter_map(|case| case.row.text("category")).collect(),
        left_out: omitted + (cases.len() - listed.len()) as u64,
        bad: cases.iter().filter(|case| !golden::is_fine(case.row)).count(),
        withheld: report.evidence.iter().filter_map(|entry| withheld(&entry.name, entry.transcripts.as_ref()?)).collect(),
        rows: listed.iter().map(row).collect(),
    })
}

/// Why texts are missing, and how to let them in.
fn withheld(entry: &str, transcripts: &Transcripts) -> Option<String> {
    let more = match transcripts.publish {
        Publish::Ids => "`publish: answers` beside it lets the answers in, `publish: all` the questions too",
        Publish::Answers => "`publish: all` beside it lets them in",
        Publish::All => "",
    };
    let which = if transcripts.publish == Publish::Ids { "Questions and answers" } else { "Questions and expected answers" };
    let cut = (transcripts.omitted > 0)
        .then(|| format!("The report opens the worst {} cases of `{entry}`.", grouped(transcripts.cases.len() as u64)));
    let kept = (transcripts.withheld > 0).then(|| format!("{which} of `{entry}` stay out of this report; {more}."));
    let told: Vec<String> = kept.into_iter().chain(cut).collect();
    (!told.is_empty()).then(|| told.join(" "))
}

/// An outcome's word, its words for people and its class.
const OUTCOMES: [(&str, &str, &str); 6] = [
    ("failed", "failed", "fail"),
    ("error", "broke", "no-evidence"),
    ("not-judged", "not judged", "no-evidence"),
    ("skipped", "skipped", "no-evidence"),
    ("passed", "passed", "pass"),
    ("not-applicable", "not applicable", "not-applicable"),
];

/// What became of a case since the base that wants to be seen.
const CHANGES: [&str; 4] = ["newly-failing", "newly-passing", "newly-unmeasured", "added"];

fn said(row: &Record) -> (&'static str, &'static str, &'static str) {
    let word = row.text("outcome").unwrap_or_default();
    OUTCOMES.into_iter().find(|(outcome, ..)| *outcome == word).unwrap_or(("other", "unknown", "no-evidence"))
}

fn filters(cases: &[Case<'_>]) -> Vec<(&'static str, Html)> {
    let count = |such: &dyn Fn(&Record) -> bool| cases.iter().filter(|case| such(case.row)).count();
    let mut filters = Vec::new();
    for (word, people, class) in OUTCOMES {
        let n = count(&|row| row.text("outcome") == Some(word));
        if n > 0 {
            filters.push((word, chip::chip(class, &format!("{n} {people}"))));
        }
    }
    for (word, n) in [("sentinel", count(&golden::is_sentinel)), ("flaky", count(&golden::is_flaky))] {
        if n > 0 {
            filters.push((word, Html::trusted(format!("{n} {word}"))));
        }
    }
    for word in CHANGES {
        let n = count(&|row| row.text("change") == Some(word));
        if n > 0 {
            filters.push((word, Html::trusted(format!("{n} {}", word.replace('-', " ")))));
        }
    }
    filters
}

fn row<'a>(case: &Case<'a>) -> Row<'a> {
    let row = case.row;
    let (word, people, class) = said(row);
    let (sentinel, flaky) = (golden::is_sentinel(row), golden::is_flaky(row));
    let mut words = vec![word];
    let mut marks = Vec::new();
    if sentinel {
        words.push("sentinel");
        marks.push(mark("Sentinel: a bad answer fails outright", "sentinel"));
    }
    if flaky {
        words.push("flaky");
    }
    if let Some(change) = row.text("change").filter(|change| CHANGES.contains(change)) {
        words.push(change);
        marks.push(mark("", &change.replace('-', " ")));
    }
    marks.extend(golden::attempts(row).map(|attempts| mark("", &attempts)));
    let claims = match (row.count("bad_claims").unwrap_or(0), row.count("claims").unwrap_or(0)) {
        (_, 0) => String::new(),
        (0, n) => prose::plural(usize::try_from(n).unwrap_or(usize::MAX), "claim"),
        (bad, n) => format!("{} of {} claims bad", grouped(bad), grouped(n)),
    };
    Row {
        id: row.subject(),
        category: row.text("category").unwrap_or_default(),
        chip: chip::chip(class, &chip::capital(people)),
        words: words.join(" "),
        marks,
        message: row.text("message").unwrap_or_default(),
        claims,
        took: row.number("latency").map(duration).unwrap_or_default(),
        told: case.transcript.and_then(told),
    }
}

/// A small word beside an outcome.
fn mark(title: &str, word: &str) -> Html {
    let title = if title.is_empty() { String::new() } else { format!(" title=\"{title}\"") };
    Html::trusted(format!("<span class=\"mark\"{title}>{word}</span>"))
}

/// What there is to read; nothing where the row says it all.
fn told(all: &Transcript) -> Option<Told<'_>> {
    let named = [("Question", &all.question), ("Answer", &all.answer), ("A good answer", &all.expected)];
    let texts: Vec<_> = named.into_iter().filter_map(|(what, text)| Some((what, text.as_ref()?))).collect();
    let (rest, claims): (Vec<&Claim>, Vec<&Claim>) = all.claims.iter().partition(|claim| claim.text.is_none() && is_clean(claim));
    if texts.is_empty() && claims.is_empty() && all.scores.is_empty() && all.more_claims == 0 {
        return None;
    }
    let mut parts: Vec<String> = texts.iter().map(|(what, _)| what.to_lowercase()).collect();
    for (n, what) in [(all.claims.len() as u64 + all.more_claims, "claim"), (all.scores.len() as u64 + all.more_scores, "score")] {
        if n > 0 {
            parts.push(prose::plural(usize::try_from(n).unwrap_or(usize::MAX), what));
        }
    }
    let mut more: Vec<String> = Vec::new();
    for (n, what) in [(all.more_claims, "more claim"), (all.more_scores, "more score")] {
        if n > 0 {
            more.push(format!("{}, not in this report", prose::plural(usize::try_from(n).unwrap_or(usize::MAX), what)));
        }
    }
    if all.attempt > 1 {
        more.push(format!("This is attempt {}, the worst", grouped(all.attempt)));
    }
    let supported = |n: usize| format!("{}, supported", prose::plural(n, if claims.is_empty() { "claim" } else { "more claim" }));
    Some(Told {
        summary: chip::capital(&parts.join(", ")),
        texts,
        rest: (!rest.is_empty()).then(|| supported(rest.len())),
        claims,
        scores: &all.scores,
        more,
    })
}

/// Whether there is nothing to say of a claim but that it is supported.
fn is_clean(claim: &Claim) -> bool {
    let Citations { dead, idle, .. } = claim.citations;
    claim.verdict == "supported" && !claim.uncited && dead == 0 && idle == 0
}

impl Told<'_> {
    /// The verdict on a claim.
    fn verdict(&self, claim: &Claim) -> Html {
        let class = match claim.verdict.as_ref() {
            "supported" => "pass",
            "contradicted" | "unsupported" => "fail",
            _ => "no-evidence",
        };
        chip::chip(class, &chip::capital(&claim.verdict))
    }

    /// What was found of the citations of a claim: "2 citations: 1 resolves, 1 leads nowhere; 1 supports it".
    fn citations(&self, claim: &Claim) -> String {
        let Citations { all, resolve, dead, support, idle } = claim.citations;
        if all == 0 {
            return if claim.uncited { "no citation".to_owned() } else { String::new() };
        }
        let count = |(n, one, many): (u64, &str, &str)| (n > 0).then(|| format!("{} {}", grouped(n), if n == 1 { one } else { many }));
        let found = [
            (resolve, "resolves", "resolve"),
            (dead, "leads nowhere", "lead nowhere"),
            (support, "supports it", "support it"),
            (idle, "does not support it", "do not support it"),
        ];
        let found: Vec<String> = found.into_iter().filter_map(count).collect();
        let all = prose::plural(usize::try_from(all).unwrap_or(usize::MAX), "citation");
        if found.is_empty() { all } else { format!("{all}: {}", found.join(", ")) }
    }

    /// The value of a measure, and what the tool makes of it.
    fn score(&self, score: &Score) -> String {
        let value = score.value.map_or_else(|| "no value".to_owned(), number);
        match score.passed {
            Some(true) => format!("{value}, good"),
            Some(false) => format!("{value}, bad"),
            None => value,
        }
    }
}
