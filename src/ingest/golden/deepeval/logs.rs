//! What a metric of DeepEval writes down while it judges: `verboseLogs`, texts with lists in them.

use crate::ingest::golden::claim::{Claim, Verdict};
use crate::io::json::{self, Value};

/// The claims of an answer with their verdicts; none where the log has no list of verdicts.
pub fn claims(log: &str) -> Option<Vec<Claim>> {
    let verdicts = list(log, "Verdicts:")?;
    let texts = list(log, "Claims:").unwrap_or_default();
    let claim = |(n, verdict): (usize, &Value)| Claim {
        id: (n + 1).to_string(),
        text: texts.get(n).and_then(Value::as_str).map(str::to_owned),
        verdict: read(verdict.get("verdict").and_then(Value::as_str).unwrap_or_default()),
        needs_citation: false,
        citations: Vec::new(),
    };
    Some(verdicts.iter().enumerate().map(claim).collect())
}

/// `idk`, that the context does not tell, and `borderline` are no verdicts.
fn read(verdict: &str) -> Verdict {
    match verdict.trim().to_ascii_lowercase().as_str() {
        "yes" => Verdict::Supported,
        "no" => Verdict::Contradicted,
        "idk" | "borderline" => Verdict::Unverifiable,
        _ => Verdict::NotJudged,
    }
}

/// The list that follows a heading at the beginning of a line.
fn list(log: &str, heading: &str) -> Option<Vec<Value>> {
    let mut from = 0;
    let start = loop {
        let at = from + log.get(from..)?.find(heading)?;
        if at == 0 || log[..at].ends_with('\n') || log[..at].ends_with("\n ") {
            break at + heading.len();
        }
        from = at + heading.len();
    };
    let rest = log.get(start..)?.trim_start().strip_prefix('[').map(|_| log[start..].trim_start())?;
    json::read(json::tolerate(&rest[..end(rest)?]).as_bytes()).ok()
}

/// Where the list that begins a text ends.
fn end(text: &str) -> Option<usize> {
    let (mut depth, mut in_string, mut escaped) = (0_u32, false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => depth += 1,
            b']' | b'}' if !in_string => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}
