#!/usr/bin/env bash
# Everything that must hold before a change goes in. Workflows and people run this one file:
#   bash .github/check.sh
set -euo pipefail
cd "$(dirname "$0")/.."
export CARGO_TERM_COLOR=${CARGO_TERM_COLOR:-auto}

step() { printf '\n== %s (%dm%02ds)\n' "$*" $((SECONDS / 60)) $((SECONDS % 60)); }

# limit TIME COMMAND…: a step that hangs (a network that does not answer, a browser that does not) ends as a failure that says so.
limit() {
  if ! command -v timeout >/dev/null; then shift; "$@"; return; fi
  local code=0
  timeout --kill-after=10s "$@" </dev/null || code=$?
  case $code in 124 | 137) echo "given up after $1: ${*:2}" >&2 ;; esac
  return $code
}

step "format"
cargo fmt --all -- --check

step "lints"
cargo clippy --locked --all-targets -- -D warnings

step "documentation"
RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps --document-private-items --quiet

step "licences, sources, bans"
if ! cargo deny --version >/dev/null 2>&1; then
  limit 20m cargo install --locked --quiet cargo-deny --version 0.20.2
fi
cargo deny --locked check bans licenses sources

step "release build"
cargo build --locked --release

step "the packs' own cases"
target/release/readiness rules test
target/release/readiness rules test fixtures/reflexio/rules

step "the example project"
now=2026-02-18T00:00:00Z
code=0
target/release/readiness check --config fixtures/reflexio/readiness.yaml --now "$now" --out target/report --format text || code=$?
[ "$code" = 1 ] || { echo "the example project must exit 1, not $code"; exit 1; }

step "pages in a browser"
limit 15m bash tests/browser/run.sh target/report/report.html

step "the action and the workflows"
limit 15m bash tests/action/run.sh target/release/readiness

step "PostgreSQL for the tests"
limit 15m bash tests/postgres/install.sh

step "tests"
# Property tests see the same cases on every machine, so that a change is to blame for what fails; PROPTEST_RNG_SEED asks for others.
export PROPTEST_RNG_SEED=${PROPTEST_RNG_SEED:-1} PROPTEST_MAX_SHRINK_TIME=${PROPTEST_MAX_SHRINK_TIME:-30000}
mkdir -p target
if cargo nextest --version >/dev/null 2>&1; then
  cargo nextest run --locked --profile ci 2>&1 | tee target/tests.log
  step "our own gate"
  target/release/readiness check target/nextest/ci/junit.xml --require 'tests.total > 100 && tests.failed == 0 && tests.errors == 0'
  # The runner's own summary is the last thing that is said.
  grep -E 'Summary \[' target/tests.log | tail -n 1
else
  cargo test --locked
fi
