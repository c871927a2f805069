-- Data issues that stand and are CRITICAL or HIGH, and hashed tables of which rows have no hash.
SELECT
  analysis_date AS alert_date,
  'data_issue' AS alert,
  issue_type AS subject,
  IF(LOGICAL_OR(severity = 'CRITICAL'), 'error', 'warning') AS severity,
  '#data-quality' AS channel,
  CONCAT(CAST(COUNT(*) AS STRING), ' times ', issue_type, ' in ', MIN(table_name), ', for example ', MIN(identifier)) AS message,
  COUNT(*) AS value
FROM nba_processing.precompute_data_issues
WHERE NOT resolved AND severity IN ('CRITICAL', 'HIGH') AND analysis_date BETWEEN from_date AND to_date
GROUP BY analysis_date, issue_type

UNION ALL
SELECT
  table_date, 'hash_population', table_name, 'warning', '#data-quality',
  FORMAT('%d of %d rows of %s have no data_hash', total_rows - rows_with_hash, total_rows, table_name),
  100 * rows_with_hash / total_rows
FROM nba_precompute.hash_population
WHERE table_date BETWEEN from_date AND to_date AND rows_with_hash < total_rows
