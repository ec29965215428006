-- Bad claims of judged ones by category of a golden/1 file.
SELECT category, count(*) FILTER (WHERE claim.verdict <> 'supported') AS bad, count(*) AS judged
FROM (SELECT category, unnest(from_json(claims, '[{"verdict":"VARCHAR"}]')) AS claim FROM read_ndjson('golden.jsonl', columns = {type: 'VARCHAR', category: 'VARCHAR', claims: 'JSON'}) WHERE type = 'case')
WHERE claim.verdict IN ('supported', 'contradicted', 'unsupported')
GROUP BY category ORDER BY category;
