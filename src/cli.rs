//! The command line.

use crate::command::keeping::Keeping;
use crate::command::options::Options;
use crate::command::{
    attest, audit, backtest, baseline, bench_pair, bundle, change, change_points, check, doctor, explain, history, init, inspect, plain,
    render, rules, schema, site, stamp,
};
use crate::error::Error;
use crate::io::terminal;
use crate::render::Style;
use crate::render::parts::prose::plural;
use crate::verdict::Exit;
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use std::ffi::OsString;
use std::path::PathBuf;

mod help;

use help::{EXITS, PAIRS, STAMPS, STATEMENTS};

/// Turns the evidence a project already has into a verdict, a readiness report and an evidence bundle.
///
/// Silence never passes: missing, stale, empty or unreadable evidence closes the gate. A claim is worth what its evidence
/// supports. The same inputs give the same bytes.
#[derive(Parser)]
#[command(name = "readiness", version, max_term_width = 100, after_help = EXITS)]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Look at this repository and write a commented readiness.yaml
    ///
    /// It looks at reports, also in build folders, at workflow files and build scripts, and at package manifests, and says what it
    /// used each for. It writes
    ///
    ///   readiness.yaml           the evidence that is there and the rules it can answer; the others are listed as waiting
    ///   readiness/floor/         rules at what the evidence proves today, as far as a share or a number of cases has a limit
    ///   readiness.baseline.json  what is not good today, so that `check --profile pr` blocks only what gets worse
    ///
    /// Nothing that exists is written over.
    #[command(verbatim_doc_comment)]
    Init {
        /// The folder to look at
        #[arg(default_value = ".")]
        folder: PathBuf,
        /// As of when the baseline is recorded [default: the clock]
        #[arg(long, value_name = "TIME")]
        now: Option<String>,
    },
    /// Judge the evidence: verdict, report and exit code
    ///
    /// Without arguments it judges what readiness.yaml describes. With files and --require it needs no configuration:
    ///
    ///   readiness check coverage.xml --require 'coverage.line >= 80%'
    #[command(verbatim_doc_comment)]
    Check(CheckArgs),
    /// Show what a file says, without judging it
    Inspect(inspect::Options),
    /// Work with an audit trail: keep what shows that nobody rewrote it, or export it for a gate that must stay offline
    Audit {
        #[command(subcommand)]
        verb: audit::Verb,
    },
    /// Show where the level of a benchmark's values changed, one line for every change
    ///
    /// A level is what the values scatter about; a single odd value is no change. Each line says the series, the index of the first value
    /// of the new level (from 0) and its commit, the medians before and after, the change, and the z of a rank test between the two.
    ChangePoints(change_points::Options),
    /// Keep the values of benchmarks from one run to the next
    History {
        #[command(subcommand)]
        verb: history::Verb,
    },
    /// Run the benchmarks of a base and a head in turns on this machine, and say what differs
    #[command(after_long_help = PAIRS)]
    BenchPair(bench_pair::Options),
    /// Show a stored report.json again
    Render {
        /// The stored report
        report: PathBuf,
        /// What to print: text, json, markdown, github, html, issues
        #[arg(long, default_value = "text")]
        format: String,
        /// Write all files here instead of printing one
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
        #[command(flatten)]
        look: Look,
    },
    /// Explain a rule: what it asks, why, and what to do
    Explain {
        /// The rule's id, such as pr-gate/coverage-line
        rule: String,
        #[command(flatten)]
        subject: SubjectArgs,
    },
    /// List the rules, run their cases, or list the metrics they can use
    Rules {
        /// List every metric instead
        #[arg(long)]
        metrics: bool,
        /// List every control, and the rules that are evidence toward it, instead
        #[arg(long)]
        controls: bool,
        #[command(subcommand)]
        verb: Option<RulesVerb>,
    },
    /// Say what other rules would have made of stored reports: "would have closed 9 of 200 runs in 3 systems"
    Backtest(backtest::Options),
    /// Record what is already so, for profiles with `gate: new`; it may only shrink
    Baseline {
        #[command(flatten)]
        subject: SubjectArgs,
    },
    /// Put the judgement and all it rests on into one folder that can be checked offline
    Bundle {
        /// An empty or new folder
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        #[command(flatten)]
        subject: SubjectArgs,
    },
    /// Say beside a file when, from which commit and by which command it was made
    #[command(after_long_help = STAMPS)]
    Stamp {
        /// Evidence files that do not say it themselves
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// The command that makes them; it is run, and its exit status becomes ours
        #[arg(last = true, value_name = "CMD")]
        command: Vec<OsString>,
        /// The commit they are made from [default: git HEAD]
        #[arg(long, value_name = "ID")]
        commit: Option<String>,
        /// When they were made [default: the clock, after the command]
        #[arg(long, value_name = "TIME")]
        now: Option<String>,
    },
    /// Record that a person states what no evidence can show
    #[command(after_long_help = STATEMENTS)]
    Attest {
        /// The rule's id, such as ops/restore-drill
        rule: String,
        /// Who states it, such as @alice
        #[arg(long, value_name = "NAME")]
        by: String,
        /// As what, where the rule asks for a role
        #[arg(long, value_name = "ROLE")]
        role: Option<String>,
        /// The last day it is to count, such as 2026-03-31
        #[arg(long, value_name = "DATE")]
        until: String,
        /// What was looked at
        #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
        note: String,
        /// The configuration [default: found from here upward]
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
        /// As of when [default: the clock]
        #[arg(long, value_name = "TIME")]
        now: Option<String>,
        /// The commit that is checked out [default: the configuration's, else git HEAD]
        #[arg(long, value_name = "ID")]
        commit: Option<String>,
    },
    /// Write the published dashboard: static pages of one or many systems, and the documentation
    Site {
        /// What the site shows
        #[arg(long, value_name = "FILE", default_value = "site/site.yaml")]
        config: PathBuf,
        /// Where the pages go
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        /// As of when [default: the clock]
        #[arg(long, value_name = "TIME")]
        now: Option<String>,
    },
    /// Print a JSON schema, for your editor or for a check; without a name, the list of them
    Schema {
        /// config, pack, rule, report …
        name: Option<String>,
    },
    /// Say what stands in the way of a judgement
    Doctor {
        /// The configuration [default: found from here upward]
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
    },
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

#[derive(Subcommand)]
enum RulesVerb {
    /// List packs and rules
    List {
        /// Folders with packs [default: the shipped packs]
        folders: Vec<PathBuf>,
    },
    /// Run the cases that every rule carries
    Test {
        /// Folders with packs [default: the shipped packs]
        folders: Vec<PathBuf>,
    },
    /// Say which rules were added, removed, made tighter or looser between two folders or shipped packs
    Diff {
        /// The rules before: a shipped pack's name, or a folder
        old: PathBuf,
        /// The rules after
        new: PathBuf,
        /// Exit with 1 when a rule became looser or is gone; `different` also refuses changes that cannot be told
        #[arg(long, value_enum)]
        deny: Option<rules::Deny>,
    },
}

#[derive(Args)]
struct SubjectArgs {
    /// The configuration [default: found from here upward]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// As of when [default: the clock]; any past time is allowed, and shown
    #[arg(long, value_name = "TIME")]
    now: Option<String>,
    /// The commit under judgement [default: the configuration's, else git HEAD]
    #[arg(long, value_name = "ID")]
    commit: Option<String>,
    /// A profile of the configuration: pr, nightly, release …
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// The base's report.json, or a folder of kept reports: findings are held against it, and what it saw must still be there
    #[arg(long, value_name = "FILE")]
    base_report: Option<PathBuf>,
    /// Read configuration, packs, waivers, attestations, maps and baseline from this commit, branch or tag, not from the working tree
    #[arg(long, value_name = "REF")]
    rules_from: Option<String>,
    /// Judge the coverage of the change since the working tree and REF parted: a branch, tag or commit
    #[arg(long, value_name = "REF", conflicts_with = "diff")]
    base: Option<String>,
    /// Judge the coverage of the change in a file, as `git diff BASE...HEAD` writes it
    #[arg(long, value_name = "FILE")]
    diff: Option<PathBuf>,
    /// A coverage report of the base, to see what ran there and does not now; may be repeated
    #[arg(long, value_name = "FILE")]
    base_coverage: Vec<PathBuf>,
    /// It is the pull request of a fork, whose jobs have no secrets: packs and rules with `when: "!fork"` do not apply
    #[arg(long)]
    fork: bool,
}

#[derive(Args)]
struct CheckArgs {
    /// Evidence files, for --require
    files: Vec<PathBuf>,
    /// A requirement without a rule file; may be repeated
    #[arg(long, value_name = "EXPRESSION")]
    require: Vec<String>,
    #[command(flatten)]
    subject: SubjectArgs,
    #[command(flatten)]
    keeping: Keeping,
    /// What to print: text, json, markdown, github, html, issues
    #[arg(long, default_value = "text")]
    format: String,
    /// Write one more output to a file; may be repeated
    #[arg(long, value_name = "FORMAT=FILE")]
    emit: Vec<String>,
    /// Write the report in all formats into this folder
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    #[command(flatten)]
    look: Look,
}

#[derive(Args)]
struct Look {
    /// List passing and not applicable rules too
    #[arg(long)]
    all: bool,
    /// When to use colour
    #[arg(long, value_enum, default_value_t = Colour::Auto)]
    color: Colour,
}

#[derive(Clone, Copy, ValueEnum)]
enum Colour {
    Auto,
    Always,
    Never,
}

impl Look {
    fn style(&self) -> Style {
        let color = match self.color {
            Colour::Auto => terminal::colours(),
            Colour::Always => true,
            Colour::Never => false,
        };
        Style { color, width: terminal::width().unwrap_or(Style::default().width), all: self.all }
    }
}

impl SubjectArgs {
    fn options(self) -> Options {
        Options {
            config: self.config,
            now: self.now,
            commit: self.commit,
            profile: self.profile,
            base_report: self.base_report,
            rules_from: self.rules_from,
            fork: self.fork,
            change: change::Asked { base: self.base, diff: self.diff, base_coverage: self.base_coverage },
            ..Options::default()
        }
    }
}

/// Runs the command line `arguments` (the program's name first) and gives the exit code, that of [`Exit`] or of a stamped command.
/// Diagnostics go to standard error.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version were asked for; everything else is a usage error.
            let exit = if error.use_stderr() { Exit::Usage } else { Exit::Open };
            let _ = error.print();
            return exit as u8;
        }
    };
    dispatch(cli.verb).unwrap_or_else(|error| {
        let kind = if error.exit() == Exit::Usage { "error" } else { "failed" };
        terminal::note(&plain::lines(&match &error {
            Error::Configuration(list) => format!("{error}\n\n{} found; nothing was judged", plural(list.len(), "mistake")),
            _ => format!("{kind}: {error}"),
        }));
        error.exit() as u8
    })
}

fn dispatch(verb: Verb) -> Result<u8, Error> {
    let exit = match verb {
        // The one verb that ends as another program did.
        Verb::Stamp { files, command, commit, now } => return stamp::run(&stamp::Options { files, command, now, commit }),
        Verb::Init { folder, now } => init::run(&folder, now),
        Verb::Check(args) => {
            let CheckArgs { files, require, subject, keeping, format, emit, out, look } = args;
            check::run(&Options { files, require, keeping, format, emit, out, style: look.style(), ..subject.options() })
        }
        Verb::Inspect(options) => inspect::run(&options),
        Verb::Audit { verb } => audit::run(&verb),
        Verb::ChangePoints(options) => change_points::run(&options),
        Verb::History { verb } => history::run(&verb),
        Verb::BenchPair(options) => bench_pair::run(&options),
        Verb::Render { report, format, out, look } => render::run(&render::Options { report, format, out, style: look.style() }),
        Verb::Explain { rule, subject } => explain::run(&rule, &subject.options()),
        Verb::Rules { metrics: true, .. } => rules::run(&rules::Ask::Metrics),
        Verb::Rules { controls: true, .. } => rules::run(&rules::Ask::Controls),
        Verb::Rules { verb: Some(RulesVerb::Diff { old, new, deny }), .. } => rules::run(&rules::Ask::Diff { old, new, deny }),
        Verb::Rules { verb: None, .. } => rules::run(&rules::Ask::List(Vec::new())),
        Verb::Rules { verb: Some(RulesVerb::List { folders }), .. } => rules::run(&rules::Ask::List(folders)),
        Verb::Rules { verb: Some(RulesVerb::Test { folders }), .. } => rules::run(&rules::Ask::Test(folders)),
        Verb::Backtest(options) => backtest::run(&options),
        Verb::Baseline { subject } => baseline::run(&subject.options()),
        Verb::Bundle { out, subject } => bundle::run(&subject.options(), &out),
        Verb::Attest { rule, by, role, until, note, config, now, commit } => {
            attest::run(&attest::Options { rule, by, role, until, note, config, now, commit })
        }
        Verb::Site { config, out, now } => site::run(&site::Options { config, out, now }),
        Verb::Schema { name } => schema::run(name.as_deref()),
        Verb::Doctor { config } => doctor::run(config.as_deref()),
        Verb::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "readiness", &mut script);
            crate::command::completions::run(&script)
        }
    };
    exit.map(|exit| exit as u8)
}
