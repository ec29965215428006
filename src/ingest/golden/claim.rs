//! An answer taken apart into claims, and how much of it could be judged.

use super::case::Outcome;
use serde::Deserialize;

/// Whether there was an answer, and a judgement of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Both.
    Ok,
    /// Something broke.
    Error,
    /// It took too long.
    Timeout,
    /// The judge broke.
    JudgeError,
    /// The judge could not decide.
    Unverifiable,
    /// Nobody judged it.
    NotJudged,
    /// It was not run.
    Skipped,
    /// It does not concern this system.
    NotApplicable,
}

/// What the judge says of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The sources bear it out.
    Supported,
    /// The sources say otherwise.
    Contradicted,
    /// The sources say nothing of it.
    Unsupported,
    /// The judge could not decide.
    Unverifiable,
    /// Nobody judged it.
    NotJudged,
}

impl Verdict {
    /// Whether it makes an answer bad.
    pub const fn is_bad(self) -> bool {
        matches!(self, Verdict::Contradicted | Verdict::Unsupported)
    }

    /// As people say it.
    pub const fn words(self) -> &'static str {
        match self {
            Verdict::Supported => "supported",
            Verdict::Contradicted => "contradicted",
            Verdict::Unsupported => "unsupported",
            Verdict::Unverifiable => "unverifiable",
            Verdict::NotJudged => "not judged",
        }
    }
}

/// An answer taken apart into claims, as every format hands it over.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// Whether there was one.
    pub status: Status,
    /// How many supported claims a good answer has.
    pub claims_expected: Option<u64>,
    /// What it says.
    pub claims: Vec<Claim>,
}

/// One thing an answer says.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    /// Its name within the answer.
    pub id: String,
    /// What it says, where the file tells.
    pub text: Option<String>,
    /// What the judge says.
    pub verdict: Verdict,
    /// Whether it has to be cited.
    pub needs_citation: bool,
    /// What it cites.
    pub citations: Vec<Citation>,
}

/// One citation; what was not looked at is none.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Citation {
    /// Whether the source exists.
    pub resolves: Option<bool>,
    /// Whether the source supports the claim.
    pub supports: Option<bool>,
}

/// `part` of `whole`, and how many more there should have been.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rate {
    /// How many.
    pub part: u64,
    /// Of how many that could be judged.
    pub whole: u64,
    /// Not judged.
    pub unmeasured: u64,
}

impl Rate {
    /// Counts one thing; none when it could not be judged.
    pub fn count(&mut self, hit: Option<bool>) {
        match hit {
            Some(hit) => (self.part, self.whole) = (self.part + u64::from(hit), self.whole + 1),
            None => self.unmeasured += 1,
        }
    }

    /// Adds what was counted elsewhere.
    pub fn add(&mut self, other: Rate) {
        self.part += other.part;
        self.whole += other.whole;
        self.unmeasured += other.unmeasured;
    }
}

/// What was counted in the claims of an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tally {
    /// Claims.
    pub claims: u64,
    /// Bad claims among judged ones.
    pub hallucination: Rate,
    /// Cited claims among those that need it.
    pub coverage: Rate,
    /// Supporting citations among judged ones.
    pub support: Rate,
}

impl Tally {
    /// Adds the claims of another answer.
    pub fn add(&mut self, other: Tally) {
        self.claims += other.claims;
        self.hallucination.add(other.hallucination);
        self.coverage.add(other.coverage);
        self.support.add(other.support);
    }
}

impl Answer {
    /// Counts the claims. An answer that could not be judged leaves as many claims unmeasured as it should have had, so that
    /// an error never makes a rate better; a claim known to be bad counts always.
    pub fn tally(&self) -> Tally {
        let mut tally = Tally { claims: self.claims.len() as u64, ..Tally::default() };
        let ok = self.status == Status::Ok;
        for claim in &self.claims {
            tally.hallucination.count(match claim.verdict {
                verdict if verdict.is_bad() => Some(true),
                Verdict::Supported if ok => Some(false),
                _ => None,
            });
            if claim.needs_citation {
                tally.coverage.count(if ok { resolves(&claim.citations) } else { None });
            }
            for citation in &claim.citations {
                tally.support.count(citation.supports.filter(|_| ok).map(|supports| supports && citation.resolves != Some(false)));
            }
        }
        for rate in [&mut tally.hallucination, &mut tally.coverage, &mut tally.support] {
            rate.unmeasured += self.claims_lost();
        }
        tally
    }

    /// Claims the answer should have had and that nobody could look at.
    fn claims_lost(&self) -> u64 {
        let expected = match self.status {
            Status::NotApplicable => 0,
            Status::Ok => u64::from(self.claims_expected.is_none()),
            _ => self.claims_expected.unwrap_or(1).clamp(1, MOST),
        };
        expected.saturating_sub(self.claims.len() as u64)
    }

    /// What became of the case, and why, when it is not good.
    pub fn outcome(&self) -> (Outcome, Option<String>) {
        let broken = |outcome, why: &str| (outcome, Some(why.to_owned()));
        if let Some(said) = self.list(Verdict::is_bad) {
            return (Outcome::Failed, Some(said));
        }
        match self.status {
            Status::Ok => {}
            Status::Error => return broken(Outcome::Error, "error"),
            Status::Timeout => return broken(Outcome::Error, "timeout"),
            Status::JudgeError => return broken(Outcome::Error, "the judge failed"),
            Status::Unverifiable => return broken(Outcome::NotJudged, "the judge could not decide"),
            Status::NotJudged => return broken(Outcome::NotJudged, "not judged"),
            Status::Skipped => return broken(Outcome::Skipped, "skipped"),
            Status::NotApplicable => return (Outcome::NotApplicable, None),
        }
        if let Some(said) = self.list(|verdict| verdict != Verdict::Supported) {
            return (Outcome::NotJudged, Some(said));
        }
        let supported = self.claims.len() as u64;
        match self.claims_expected {
            None if supported == 0 => broken(Outcome::NotJudged, "there is no claim to judge and none was expected"),
            Some(expected) if supported < expected => {
                (Outcome::Failed, Some(format!("{supported} of {expected} expected claims are supported")))
            }
            _ => (Outcome::Passed, None),
        }
    }

    /// "claim c1 is contradicted, and 2 more" for the claims whose verdict is `such`.
    fn list(&self, such: impl Fn(Verdict) -> bool) -> Option<String> {
        let mut claims = self.claims.iter().filter(|claim| such(claim.verdict));
        let first = claims.next()?;
        let more = match claims.count() {
            0 => String::new(),
            n => format!(", and {n} more"),
        };
        let id: String = first.id.chars().take(100).collect();
        Some(format!("claim {id} is {}{more}", first.verdict.words()))
    }
}

/// No answer is taken to have more claims than this on its word alone.
const MOST: u64 = 10_000;

/// Whether one of the citations resolves; none when that is not known.
fn resolves(citations: &[Citation]) -> Option<bool> {
    if citations.iter().any(|citation| citation.resolves == Some(true)) {
        return Some(true);
    }
    citations.iter().all(|citation| citation.resolves.is_some()).then_some(false)
}
