-- The five checks of each date: rows against the alert limit, quality, last run
SELECT analysis_date, processor, IF(passed, 'ok', 'FAIL') AS status, row_count, rows_needed, avg_quality, last_run
FROM nba_precompute.phase4_status
WHERE analysis_date BETWEEN from_date AND to_date AND last_run IS NOT NULL
ORDER BY analysis_date, processor;
