-- Rows that gates found and that are in quarantine, each as JSON
SELECT assertion, model, row_number, rows_found, quarantined_at, row_json
FROM nba_orchestration.quarantined_rows
WHERE released_at IS NULL
ORDER BY assertion, row_number;
