#!/usr/bin/env bash
# Runs the steps of action.yml and of the gate's job on this machine. READINESS names the program; the default is the debug build.
set -euo pipefail
cd "$(dirname "$0")"
if [[ ! -d node_modules ]]; then npm ci --no-audit --no-fund --silent; fi
: "${READINESS:=../../target/debug/readiness}"
if [[ ! -x $READINESS ]]; then
  echo "there is no $READINESS: run cargo build, or set READINESS" >&2
  exit 1
fi
READINESS=$(realpath "$READINESS") exec node cases.mjs "$@"
