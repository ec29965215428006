//! What help says beyond the arguments.

pub(super) const EXITS: &str = "\
Exit codes: 0 open, 1 closed by a failure, 2 usage or configuration error (nothing judged),
3 closed for lack of proof, 4 internal error or an output that could not be written.

Start with `readiness init`, then `readiness check`.";

pub(super) const STAMPS: &str = "\
Many reports carry no date and no commit, so no rule about age or commit can use them.
A stamp says it:

  readiness stamp coverage.xml                        a file that was made just now
  readiness stamp junit.xml coverage.xml -- pytest    run the command, then stamp what it made

It goes beside the file, as coverage.xml.stamp.json: an in-toto Statement with the file's SHA-256,
the time, the commit, the run, the command with its arguments (put no secrets there) and its exit
status. `readiness check` reads it by itself; keep the two files together. A file that is changed
after it was stamped is no evidence any more. A stamp is not signed.

Exit codes: with a command, the command's own. Otherwise 0; 2 when a file is not there or was not
written by the command; 4 when a stamp could not be written. What a failed command made is stamped
all the same, with its exit status. A file that was there before, and that the command did not
write, is stamped as left over, and is no evidence.";

pub(super) const PAIRS: &str = "\
Two checkouts, one machine, one job: the runs alternate, so that what the machine does falls on both.

  readiness bench-pair --base './bench' --head './bench' --base-dir base --head-dir . \\
    --results 'target/criterion/**/new/estimates.json' --out bench-pair.json

--results tells what a run leaves: benchmark result files in any format that `readiness` reads, or
`-` for what it prints. Only files that the run wrote are read. Without it the time of the command
itself is the measurement. Commands are run by the shell and must end with 0.

Each benchmark gets the ratio of head and base with bounds of 95 % on each side, from one value for
each run, and a state: regressed, improved, unchanged (within --min-change), unproven (the bounds
leave it open), or why nothing can be compared. `readiness check` judges the file by the pack
pr-bench.

Exit codes: 0 nothing is worse; 1 a benchmark regressed; 3 a run failed, or a benchmark is missing
or undecided; 2 and 4 as everywhere. The file is written with 0, 1 and 3.";

pub(super) const STATEMENTS: &str = "\
Some questions no evidence can answer: was the restore tried, was the access list read? A rule asks a
person then (`attest: { by: data protection officer, every: 90d }`), and the answer is a statement:

  readiness attest ops/restore-drill --by @alice --role 'data protection officer' \\
    --until 2026-03-31 --note 'restored the dump of 17 February on a clean machine'

It goes to attestations.yaml beside readiness.yaml, and is never changed there; the newest statement
about a rule is the one that counts. The rule passes until the end of that day in UTC, and never for
longer than the rule's own `every`. Whoever takes a statement back makes a newer one that ends today.

--role is needed where the rule asks for a role and --by is a person who has it; the role is printed
as it is asserted. Where the rule asks for a person, nobody else can say it.

Exit codes: 0 recorded; 2 when the rule does not take the statement, and then nothing is written;
4 when the file could not be written.";
