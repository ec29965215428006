"""Bad claims of judged ones by category of a golden/1 file: what the golden reader also counts, in a dozen lines."""

import collections
import json
import sys

rates = collections.defaultdict(lambda: [0, 0])
with open(sys.argv[1], encoding="utf-8") as lines:
    for line in lines:
        row = json.loads(line)
        if row["type"] != "case":
            continue
        rate = rates[row.get("category")]
        for claim in row.get("claims", ()):
            if claim["verdict"] in ("supported", "contradicted", "unsupported"):
                rate[1] += 1
                rate[0] += claim["verdict"] != "supported"
for category, (bad, judged) in sorted(rates.items()):
    print(category, bad, judged)
