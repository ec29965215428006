#!/usr/bin/env bash
# Opens and closes the issues that `readiness check --emit issues=FILE` lists: each change for the worse in a
# benchmark's history has one, known by the key in its text. What is open stays as it is, so nothing is said twice.
# usage: .github/issues.sh FILE      needs gh, jq, and GH_REPO or a checkout
set -euo pipefail
file=$1 label=benchmark-regression most=${MOST:-20}
schema=$(jq -r .schema "$file")
if [[ $schema != readiness/issues/1 ]]; then
  echo "$file is of the schema $schema, not readiness/issues/1" >&2
  exit 2
fi
gh label create "$label" --color d73a4a --description 'A benchmark got worse' --force > /dev/null

# All issues with a key of ours; one that a person closed stays closed. Only people who may write to the repository give labels, and
# only the first line of a text is looked at: in an issue of anybody else, a key could hide a regression.
known=$(gh issue list --state all --label "$label" --limit 1000 --json number,state,body | jq -c '
  map({number, open: (.state == "OPEN"),
       key: (.body // "" | split("\n")[0] // "" | capture("^<!-- readiness:(?<key>[0-9a-f]{32}) -->\r?$").key)})')

# One plan, made before anything is done.
plan=$(jq -c --argjson known "$known" --argjson most "$most" '
  .issues as $all
  | ($all | map({key, keys: ([.key] + .also)})) as $listed
  | def number($issue): first($known[] | select(.key as $key | ([$issue.key] + $issue.also) | index($key)) | .number) // null;
    ([$all[] | select(.state == "open" and number(.) == null)]) as $new
  | ($new[:$most][] | {do: "open", title, body}),
    (if ($new | length) > $most then {do: "tell", count: (($new | length) - $most)} else empty end),
    ($all[] | select(.state == "closed") | . as $issue
      | $known[] | select(.open and (.key as $key | ([$issue.key] + $issue.also) | index($key))) | {do: "close", number, because: $issue.because}),
    (if .complete then $known[] | select(.open) | select(.key as $key | $listed | all(.keys | index($key) == null))
      | {do: "close", number, because: "The history shows no such step any more."} else empty end)' "$file")

opened=0 closed=0
while IFS= read -r line; do
  if [[ -z $line ]]; then continue; fi
  case $(jq -r .do <<< "$line") in
    open)
      jq -r .body <<< "$line" > "${RUNNER_TEMP:-/tmp}/issue.md"
      if [[ -n ${GITHUB_RUN_ID:-} ]]; then
        printf '\nFound by [this run](%s/%s/actions/runs/%s).\n' "$GITHUB_SERVER_URL" "$GITHUB_REPOSITORY" "$GITHUB_RUN_ID" >> "${RUNNER_TEMP:-/tmp}/issue.md"
      fi
      gh issue create --title "$(jq -r .title <<< "$line")" --body-file "${RUNNER_TEMP:-/tmp}/issue.md" --label "$label" > /dev/null
      opened=$((opened + 1))
      ;;
    close)
      gh issue close "$(jq -r .number <<< "$line")" --comment "$(jq -r .because <<< "$line")" > /dev/null
      closed=$((closed + 1))
      ;;
    tell) echo "::warning title=benchmarks::$(jq -r .count <<< "$line") more got worse and have no issue yet; the report lists them." ;;
  esac
done <<< "$plan"
echo "$opened opened, $closed closed"
