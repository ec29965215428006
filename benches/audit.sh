#!/usr/bin/env bash
# What reading an audit database costs, beside SQLite's own shell and OpenSSL on the same file: processor time (user and system) as
# ratios, in runs that take turns, and peak memory. The files lie in memory, so that no disk is measured.
# Usage: benches/audit.sh [rows] [rounds] [folder in memory]; needs sqlite3, openssl and GNU time.
set -euo pipefail
cd "$(dirname "$0")/.."
rows=${1:-5000000} rounds=${2:-5}
work=$(mktemp -d -p "${3:-/dev/shm}")
trap 'rm -rf "$work"' EXIT
ours=${READINESS:-$PWD/target/release/readiness}
[ -n "${READINESS:-}" ] || cargo build --release --quiet
# What makes the rows need not be fast.
generate=(cargo bench --quiet --profile dev --bench generate --)
queries=$PWD/benches/audit/use-cases.sql
map=$PWD/maps/retention-audit-log.yaml
cd "$work"

# A map of a table that is not there: the file is hashed, opened and checked, and no row is read.
sed 's/^table: .*/table: none/' "$map" > none.yaml
cat > readiness.yaml <<'END'
project: { id: audit, name: Audit, commit: 0000000000000000000000000000000000000000 }
evidence: { audit: { family: audit, path: audit.db } }
packs: [retention-audit]
END
now=(--now 2026-02-17T23:30:00Z)

# Takes the time of a command under a name.
take() {
    local name=$1
    shift
    command time -f "%U %S %M" -o one "$@" > /dev/null 2>&1 || true
    awk 'END { print $1 + $2, $3 }' one >> "$name.times"
}

# The median of a name's seconds; the most memory in MB.
seconds() { cut -d' ' -f1 "$1.times" | sort -g | awk '{ a[NR] = $1 } END { print a[int((NR + 1) / 2)] }'; }
memory() { cut -d' ' -f2 "$1.times" | sort -g | tail -n 1 | awk '{ printf "%d MB", $1 / 1024 }'; }

row() { awk -v n="$1" -v t="$2" -v b="$3" -v m="${4:-}" 'BEGIN { printf "| %s | %.2f s | %.2f | %s |\n", n, t, t / b, m }'; }
minus() { awk -v a="$1" -v b="$2" 'BEGIN { print a - b }'; }

for kind in trail chained; do
    rm -f audit.db
    (cd "$OLDPWD" && "${generate[@]}" "$kind" "$rows" "$work/audit.db" 2> /dev/null)
    for _ in $(seq "$rounds"); do
        [ "$kind" = chained ] || take queries bash -c "sqlite3 -readonly audit.db < '$queries'"
        take "$kind-sha" openssl dgst -sha256 audit.db
        take "$kind-open" "$ours" inspect audit.db --map none.yaml --format json "${now[@]}"
        take "$kind-whole" "$ours" inspect audit.db --format json "${now[@]}"
        [ "$kind" = chained ] || take check "$ours" check --format json "${now[@]}"
    done
done

base=$(seconds queries)
trail=$(minus "$(seconds trail-whole)" "$(seconds trail-open)")
chained=$(minus "$(seconds chained-whole)" "$(seconds chained-open)")
echo "| $rows rows | processor time | times sqlite3 | peak memory |"
echo "|---|---:|---:|---:|"
row "\`sqlite3\`, the five use cases" "$base" "$base" "$(memory queries)"
row "\`readiness inspect\`: hashed, checked, every row rule" "$(seconds trail-whole)" "$base" "$(memory trail-whole)"
row "of it, SHA-256 and SQLite's check of every page" "$(seconds trail-open)" "$base" "$(memory trail-open)"
row "of it, every row rule in one pass" "$trail" "$base"
row "the five collectors of \`retention-audit\`, in \`readiness check\`" "$(minus "$(seconds check)" "$(seconds trail-whole)")" "$base" "$(memory check)"
echo
base=$(seconds chained-sha)
echo "| $rows rows with a chain | processor time | times openssl | peak memory |"
echo "|---|---:|---:|---:|"
row "\`openssl dgst -sha256\` of the file" "$base" "$base" "$(memory chained-sha)"
row "the chain, verified in the same pass" "$(minus "$chained" "$trail")" "$base"
row "\`readiness inspect\`: hashed, checked, every row rule, the chain" "$(seconds chained-whole)" "$base" "$(memory chained-whole)"
