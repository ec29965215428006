-- The five use cases of a retention audit, as a report's appendix states them, as of 2026-02-17 23:30.
SELECT table_name, SUM(record_count) FROM retention_audit_log
WHERE environment = 'prod' AND dry_run = 0 AND error_message IS NULL AND executed_at >= datetime('2026-02-17 23:30:00', '-30 days')
GROUP BY table_name ORDER BY 2 DESC;

SELECT id, table_name, executed_at, error_message, duration_ms FROM retention_audit_log
WHERE error_message IS NOT NULL AND executed_at >= datetime('2026-02-17 23:30:00', '-1 day') ORDER BY executed_at;

SELECT table_name, AVG(duration_ms), MAX(duration_ms), AVG(rows_scanned), COUNT(*) FROM retention_audit_log
WHERE duration_ms IS NOT NULL AND dry_run = 0 GROUP BY table_name ORDER BY 2 DESC;

SELECT id, table_name, operation, record_count, executed_at, error_message, duration_ms FROM retention_audit_log
WHERE job_run_id = 'cd613e30-d8f1-4adf-91b7-0000000f4240' ORDER BY executed_at;

SELECT table_name, strftime('%Y-%m', executed_at) AS month, MIN(min_deleted_id), MAX(max_deleted_id), SUM(record_count)
FROM retention_audit_log WHERE environment = 'prod' AND dry_run = 0 AND record_count > 0
GROUP BY table_name, month ORDER BY month, table_name;
