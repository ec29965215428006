//! A golden set of any size, in `golden/1`.

use std::io::{self, Write};

/// What a generated file says.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Truth {
    /// Graded answers.
    pub cases: u64,
    /// Good ones.
    pub passed: u64,
    /// Claims.
    pub claims: u64,
    /// Contradicted ones.
    pub bad: u64,
}

const CATEGORIES: [&str; 5] = ["LEGAL", "MEDICAL", "FINANCIAL", "TECHNICAL", "SCIENTIFIC"];

/// Writes `cases` cases of some 300 bytes each: every seventh has two claims, one in 200 a contradicted one, four are of one template.
pub fn golden(out: &mut impl Write, cases: u64) -> io::Result<Truth> {
    let mut truth = Truth::default();
    writeln!(
        out,
        r#"{{"type":"run","schema":"golden/1","run_id":"generated","suite":"generated","created_at":"2026-02-17T22:40:00Z","mode":"live","expected_cases":{cases},"system":{{"provider":"acme","model":"m"}}}}"#
    )?;
    for number in 0..cases {
        let category = CATEGORIES[(number % 5) as usize];
        let bad = number % 200 == 7;
        let verdict = if bad { "contradicted" } else { "supported" };
        write!(
            out,
            r#"{{"type":"case","id":"{}-{number:07}","category":"{category}","cluster":"template-{}","status":"ok","latency_ms":{},"tokens":{{"in":900,"out":140}},"claims_expected":1,"claims":[{{"id":"c1","verdict":"{verdict}","citations":[{{"source":"doc-{}#p3","resolves":true,"supports":true}}]}}"#,
            category.to_lowercase(),
            number / 4,
            400 + number % 900,
            number % 1000
        )?;
        if number % 7 == 0 {
            write!(out, r#",{{"id":"c2","verdict":"supported","needs_citation":false}}"#)?;
        }
        writeln!(out, r#"],"scores":{{"faithfulness":0.93}}}}"#)?;
        truth.cases += 1;
        truth.passed += u64::from(!bad);
        truth.bad += u64::from(bad);
        truth.claims += if number % 7 == 0 { 2 } else { 1 };
    }
    writeln!(out, r#"{{"type":"end","cases":{},"claims":{}}}"#, truth.cases, truth.claims)?;
    Ok(truth)
}
