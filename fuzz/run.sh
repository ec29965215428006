#!/usr/bin/env bash
# Lets the fuzzer look for bytes that break a target. Needs the nightly toolchain and `cargo install cargo-fuzz`.
#   bash fuzz/run.sh                        every target for a minute; for `format`, every format
#   bash fuzz/run.sh 600 yaml               one target for ten minutes
#   bash fuzz/run.sh 600 'format/rlhf-*'    the readers of some formats
# What it found interesting stays in fuzz/corpus; what broke a target in fuzz/artifacts, with the command that tries it again.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-60}
targets=("${@:2}")
[ ${#targets[@]} -gt 0 ] || targets=(fuzz/fuzz_targets/*.rs)

# Runs a target on a corpus that starts from the seeds in a folder.
run() {
  local corpus="fuzz/corpus/$2"
  mkdir -p "$corpus"
  printf '\n== %s\n' "$2"
  cargo +nightly fuzz run "$1" "$corpus" "$3" -- -max_total_time="$seconds" -timeout=10 -max_len=65536 -rss_limit_mb=2048 -verbosity=0 -print_final_stats=1
}

for target in "${targets[@]}"; do
  target=${target#fuzz/fuzz_targets/}
  target=${target%.rs}
  case $target in
    format) for folder in fixtures/formats/*; do run format "format-$(basename "$folder")" "$folder"; done ;;
    # The name may be a pattern, so it is not quoted.
    format/*) for folder in fixtures/formats/${target#format/}; do run format "format-$(basename "$folder")" "$folder"; done ;;
    map) run map map maps ;;
    rules) run rules rules rules ;;
    xml) run xml xml fixtures/hostile ;;
    yaml) run yaml yaml rules ;;
    *) run "$target" "$target" "fuzz/seeds/$target" ;;
  esac
done
