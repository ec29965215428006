#!/usr/bin/env bash
# Runs the steps of action.yml and of the gate's job on this machine.
# usage: tests/action/run.sh [PROGRAM] [PART OF A CASE'S NAME]     the program is target/debug/readiness unless named
set -euo pipefail
here=$(dirname "$(realpath "$0")")
program=$(realpath "${1:-$here/../../target/debug/readiness}")
if [[ ! -x $program ]]; then
  echo "there is no $program: run cargo build, or name the program" >&2
  exit 1
fi
if [[ ! -d $here/node_modules ]]; then npm ci --prefix "$here" --no-audit --no-fund --silent --fetch-timeout=60000; fi
READINESS=$program exec node "$here/cases.mjs" "${@:2}"
