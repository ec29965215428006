#!/usr/bin/env bash
# How a report behaves in a browser:
#   bash tests/browser/run.sh REPORT.html [MORE.html …]
# `report.json` must lie beside the report. More pages (an index, documentation) get the checks that suit every page.
# Needs Node 20 or newer and Chromium or Chrome; CHROMIUM names one that is not found. READINESS names the binary that makes
# the pages with hostile text and with a thousand rules.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
[ $# -ge 1 ] || { echo "usage: $0 REPORT.html [MORE.html …]" >&2; exit 2; }

find_browser() {
  for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable; do
    if [ -n "$name" ] && command -v "$name" 2>/dev/null; then return; fi
  done
}
CHROMIUM=$(find_browser)
if [ -z "$CHROMIUM" ] && command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
  export DEBIAN_FRONTEND=noninteractive
  patience=(-qq -o Acquire::Retries=3 -o Acquire::http::Timeout=60 -o Acquire::https::Timeout=60)
  apt-get "${patience[@]}" update
  apt-get "${patience[@]}" install -y --no-install-recommends chromium fonts-noto-core </dev/null >/dev/null
  CHROMIUM=$(find_browser)
fi
[ -n "$CHROMIUM" ] || { echo "no Chromium found: install it, or set CHROMIUM" >&2; exit 2; }

if [ -z "${READINESS:-}" ]; then
  for name in "$here"/../../target/release/readiness "$here"/../../target/debug/readiness; do
    if [ -x "$name" ]; then READINESS=$name; break; fi
  done
fi
[ -n "${READINESS:-}" ] || { echo "no readiness binary found: build it, or set READINESS" >&2; exit 2; }

pages=()
for page in "$@"; do pages+=("$(realpath "$page")"); done
export CHROMIUM READINESS PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1
cd "$here"
if ! cmp -s package-lock.json node_modules/.installed; then
  npm ci --no-audit --no-fund --silent --fetch-timeout=60000 </dev/null
  cp package-lock.json node_modules/.installed
fi
exec node main.mjs "${pages[@]}"
