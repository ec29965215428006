# jq -n -f aggregate.jq FILE: bad claims of judged ones by category of a golden/1 file.
reduce (inputs | select(.type == "case")) as $case ({};
  .[$case.category] |= (. // [0, 0])
  | reduce ($case.claims[]? | .verdict | select(. == "supported" or . == "contradicted" or . == "unsupported")) as $verdict (.;
      .[$case.category] |= [.[0] + (if $verdict == "supported" then 0 else 1 end), .[1] + 1]))
