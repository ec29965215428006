#!/usr/bin/env bash
# How many times the processor time of `readiness inspect` other tools need for the same file: a Markdown table.
# Tools that are not installed are left out. Usage: benches/peers.sh [MB of Cobertura] [MB of LCOV] [golden cases]
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cargo build --release --quiet
cargo bench --quiet --bench generate -- cobertura "${1:-200}" > "$work/big.xml"
cargo bench --quiet --bench generate -- lcov "${2:-23}" > "$work/big.info"
cargo bench --quiet --bench generate -- golden "${3:-1000000}" > "$work/golden.jsonl"
cat > "$work/change.diff" <<'END'
diff --git a/module0/deeply/nested/folder/file_1.py b/module0/deeply/nested/folder/file_1.py
--- a/module0/deeply/nested/folder/file_1.py
+++ b/module0/deeply/nested/folder/file_1.py
@@ -12,0 +13,1 @@
+x
END
git init --quiet "$work/repository"
ln -s "$work/golden.jsonl" "$work/repository/golden.jsonl"

# Seconds of user and system time, the best of three runs.
seconds() {
    local best=999999 one TIMEFORMAT='%U %S'
    for _ in 1 2 3; do
        one=$({ time (cd "$work/repository" && "$@" > /dev/null 2>&1 || true); } 2>&1 | awk '{ print $1 + $2 }')
        best=$(awk -v a="$best" -v b="$one" 'BEGIN { print (b < a) ? b : a }')
    done
    echo "$best"
}

row() {
    local name=$1 base=$2
    shift 2
    command -v "$1" > /dev/null || return 0
    awk -v n="$name" -v t="$(seconds "$@")" -v b="$base" 'BEGIN { printf "| %s | %.1f |\n", n, t / b }'
}

ours=$PWD/target/release/readiness
for file in big.xml big.info golden.jsonl; do
    base=$(seconds "$ours" inspect "$work/$file" --format json)
    echo
    echo "| $file, $(du --apparent-size -m "$work/$file" | cut -f1) MB | times readiness |"
    echo "|---|---|"
    echo "| readiness inspect | 1 ($base s) |"
    if [ "$file" = big.xml ]; then
        row "xmllint --stream" "$base" xmllint --stream --noout "$work/$file"
        row "xmllint (tree)" "$base" xmllint --noout "$work/$file"
        row "pycobertura show" "$base" pycobertura show "$work/$file"
    elif [ "$file" = golden.jsonl ]; then
        row "DuckDB, bad claims by category" "$base" duckdb -c ".read $PWD/benches/golden/aggregate.sql"
        row "Python, the same" "$base" python3 "$PWD/benches/golden/aggregate.py" "$work/$file"
        row "jq, the same" "$base" jq -n -f "$PWD/benches/golden/aggregate.jq" "$work/$file"
    else
        row "grcov -t covdir" "$base" grcov "$work/$file" -t covdir --branch -o "$work/out.json"
        row "lcov --summary" "$base" lcov --rc lcov_branch_coverage=1 --summary "$work/$file"
    fi
    [ "$file" = golden.jsonl ] || row "diff-cover, one changed file" "$base" diff-cover "$work/$file" --diff-file "$work/change.diff"
done
