#!/usr/bin/env bash
# Appends what `cargo bench` measured (target/criterion) to a history that `readiness` reads, one line per benchmark.
# usage: .github/history.sh HISTORY RUN
set -euo pipefail
history=$1 run=$2
mkdir -p "$(dirname "$history")"
at=$(date -u +%Y-%m-%dT%H:%M:%SZ)
commit=$(git rev-parse HEAD)
# Hosted runners come with different processors, and series of different machines are never compared.
machine="$(uname -sm | tr 'A-Z ' 'a-z-') $(sed -n 's/^model name[[:space:]]*: //p' /proc/cpuinfo | head -n 1)"
count=0
while IFS= read -r folder; do
  jq -cn --arg run "$run" --arg at "$at" --arg commit "$commit" --arg machine "$machine" \
    --slurpfile bench "$folder/benchmark.json" --slurpfile estimates "$folder/estimates.json" --slurpfile sample "$folder/sample.json" '
    {schema: "readiness/history/1", $run, $at, $commit, $machine, benchmark: $bench[0].full_id, metric: "time",
     value: ($estimates[0].median.point_estimate / 1e6), unit: "ms", direction: "lower",
     samples: [$sample[0] | [.times, .iters] | transpose[] | .[0] / .[1] / 1e6]}' >> "$history"
  count=$((count + 1))
done < <(find target/criterion -type d -name new | LC_ALL=C sort)
echo "$count series appended to $history"
# A benchmark run that measured nothing must not look like a quiet night.
((count > 0))
