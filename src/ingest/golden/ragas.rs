//! `ragas`: the table of a RAGAS evaluation, `EvaluationResult.to_pandas().to_csv(…)` of ragas 0.1 to 0.4, and what people make of it: one row
//! for every measure, or one for every system.
//!
//! RAGAS has measures and no limits, so that a case is judged only where a map gives them; and it leaves out of its means what it could not
//! compute, which is told here.

#[cfg(test)]
mod tests;

use super::case::{Case, Outcome, Score};
use super::draft::Draft;
use super::{identity, mapped};
use crate::ingest::{Format, Reading, Table};
use crate::io::csv;
use crate::io::fs::Artifact;
use crate::source::Location;
use std::collections::BTreeMap;

pub(super) const FORMAT: Format<Draft> =
    Format { name: "ragas", about: "tables of RAGAS evaluations, as pandas writes them", claims, read };

/// The measures by whose names a table is known, without what stands in brackets.
const MEASURES: [&str; 23] = [
    "answer_accuracy",
    "answer_correctness",
    "answer_relevance",
    "answer_relevancy",
    "answer_similarity",
    "aspect_critic",
    "context_entity_recall",
    "context_precision",
    "context_recall",
    "context_relevance",
    "context_relevancy",
    "context_utilization",
    "factual_correctness",
    "faithfulness",
    "llm_context_precision_with_reference",
    "llm_context_precision_without_reference",
    "llm_context_recall",
    "noise_sensitivity",
    "nv_context_relevance",
    "nv_response_groundedness",
    "response_groundedness",
    "response_relevancy",
    "semantic_similarity",
];
/// What begins the name of a row that holds the means of the others.
const MEANS: [&str; 9] = ["moyenne", "average", "avg", "mean", "overall", "durchschnitt", "promedio", "media", "평균"];
/// Why a row of means is not judged.
const NO_CASE: &str = "it is a mean of a run, and no case";

/// What a row is.
#[derive(Clone, Copy, PartialEq)]
enum Form {
    /// An answer.
    Answers,
    /// A measure: `metric,score`.
    Measures,
    /// A whole run.
    Runs,
}

fn claims(artifact: &Artifact) -> bool {
    let json = artifact.head_text().trim_start().starts_with(['{', '[', '<']);
    !json && csv::header(&artifact.head).is_some_and(|header| form(&header).is_some()) && !(mapped::FORMAT.claims)(artifact)
}

/// `Answer Relevancy` and `noise_sensitivity(mode=relevant)` as measures are called.
fn plain(name: &str) -> String {
    let name = name.split('(').next().unwrap_or(name);
    name.trim().to_lowercase().replace([' ', '-'], "_")
}

fn is_measure(name: &str) -> bool {
    MEASURES.contains(&plain(name).as_str())
}

fn form(header: &[String]) -> Option<Form> {
    let names: Vec<String> = header.iter().map(|name| plain(name)).collect();
    let has = |name: &str| names.iter().any(|known| known == name);
    let measures = header.iter().filter(|name| is_measure(name)).count();
    let asked = has("user_input") && (has("response") || has("retrieved_contexts"));
    let asked_before = has("question") && has("answer") && (has("contexts") || has("ground_truth") || has("ground_truths"));
    let named = names.iter().filter(|name| !name.is_empty()).count();
    match named {
        _ if asked || (asked_before && measures > 0) => Some(Form::Answers),
        2 if has("metric") && (has("score") || has("value")) => Some(Form::Measures),
        _ if measures > 1 && (has("question") || has("user_input")) => Some(Form::Answers),
        _ if measures > 1 => Some(Form::Runs),
        _ => None,
    }
}

fn read(reading: &mut Reading<'_>) -> Draft {
    let mut draft = Draft::of(reading);
    let Some(table) = reading.table(None) else { return draft.finish(reading) };
    let reader = Reader::of(&table);
    let mut repeats: BTreeMap<String, u64> = BTreeMap::new();
    let (mut errors, last) = (0, table.rows.len());
    for (n, (line, cells)) in table.rows.iter().enumerate() {
        let at = Location::line(*line);
        if n + 1 == last && n > 0 && reader.is_mean(cells) {
            reading.note("mean-row", at, "the last row holds the means of the others, and is no case");
            continue;
        }
        let mut case = reader.case(reading, n + 1, at.clone(), cells);
        if reader.form == Form::Answers {
            let attempt = repeats.entry(case.id.clone()).or_default();
            *attempt += 1;
            case.attempt = *attempt;
        }
        errors += u64::from(case.answer.as_deref().is_some_and(|answer| answer.trim_start().to_lowercase().starts_with("error")));
        draft.take(reading, at, case);
    }
    if errors > 0 {
        let message = format!("answers that begin with the word `error`, and were graded as answers: {errors}");
        reading.warning("answer-error", Location::whole(), message);
    }
    if reader.form != Form::Answers {
        reading.warning("means-only", Location::whole(), "the rows hold means of whole runs, and no case that could be judged");
    }
    draft.run.tool = Some("ragas".to_owned());
    draft.finish(reading)
}

/// Where things stand in a table.
struct Reader<'t> {
    form: Form,
    table: &'t Table,
    /// The columns of measures.
    measures: Vec<usize>,
    /// The column that names a row which is no answer.
    label: Option<usize>,
    question: Option<usize>,
    answer: Option<usize>,
    expected: Option<usize>,
}

impl<'t> Reader<'t> {
    fn of(table: &'t Table) -> Reader<'t> {
        let find = |names: &[&str]| table.columns.iter().position(|name| names.contains(&plain(name).as_str()));
        // Where somebody added a measure of their own, every cell of its column is a number or nothing.
        let numbers = |column: usize| {
            let cells = || table.rows.iter().filter_map(|(_, cells)| cells.get(column)).filter(|cell| !is_nothing(cell));
            cells().next().is_some() && cells().all(|cell| csv::number(cell).is_some())
        };
        let mut reader = Reader {
            form: form(&table.columns).unwrap_or(Form::Answers),
            table,
            measures: Vec::new(),
            label: None,
            question: find(&["user_input", "question"]),
            answer: find(&["response", "answer"]),
            expected: find(&["reference", "ground_truth", "ground_truths"]),
        };
        for (column, name) in table.columns.iter().enumerate() {
            let index = name.is_empty() || matches!(plain(name).as_str(), "id" | "index" | "unnamed:_0");
            let text = [reader.question, reader.answer, reader.expected].contains(&Some(column));
            if is_measure(name) || (!index && !text && numbers(column)) {
                reader.measures.push(column);
            } else if reader.label.is_none() && !index && !numbers(column) {
                reader.label = Some(column);
            }
        }
        reader
    }

    /// Whether a row is named after means, and nothing else than measures stands in it.
    fn is_mean(&self, cells: &[String]) -> bool {
        let texts = cells.iter().enumerate().filter(|(column, cell)| !self.measures.contains(column) && !is_nothing(cell));
        let texts: Vec<String> = texts.map(|(_, cell)| cell.trim().to_lowercase()).filter(|cell| csv::number(cell).is_none()).collect();
        matches!(texts.as_slice(), [name] if MEANS.iter().any(|mean| name.starts_with(mean)))
    }

    fn case(&self, reading: &mut Reading<'_>, position: usize, at: Location, cells: &[String]) -> Case {
        let text = |column: Option<usize>| column.and_then(|column| cells.get(column)).filter(|cell| !cell.trim().is_empty()).cloned();
        let question = text(self.question).filter(|_| self.form == Form::Answers);
        let label = text(self.label).filter(|_| self.form != Form::Answers);
        let id = match (&question, label) {
            (Some(question), _) => identity::of_question(question),
            (None, Some(label)) => label.trim().to_owned(),
            (None, None) => format!("row {position}"),
        };
        let mut case = Case::new(id, Outcome::NotJudged);
        for column in &self.measures {
            let (name, cell) = (&self.table.columns[*column], cells.get(*column).map(String::as_str).unwrap_or_default());
            let value = csv::number(cell);
            if value.is_none() && !is_nothing(cell) {
                let shown: String = cell.chars().take(40).collect();
                reading.error("not-a-number", at.clone(), format!("`{name}` is no number: `{shown}`"));
            }
            let name = if self.form == Form::Measures { case.id.clone() } else { name.clone() };
            case.scores.push(Score { name, value, passed: None });
        }
        if self.form != Form::Answers {
            case.message = Some(NO_CASE.to_owned());
        }
        (case.answer, case.expected, case.question) = (text(self.answer), text(self.expected), question);
        case
    }
}

fn is_nothing(cell: &str) -> bool {
    matches!(cell.trim().to_lowercase().as_str(), "" | "nan" | "none" | "n/a" | "-")
}
