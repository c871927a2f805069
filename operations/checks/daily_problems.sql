-- Failures that need somebody to look, and issues that stand
SELECT
  processor_name, failure_category AS problem, COUNT(*) AS entities, MIN(failure_reason) AS example,
  IF(failure_category IN ('PROCESSING_ERROR', 'UNKNOWN', 'CIRCUIT_BREAKER_ACTIVE') OR LOGICAL_OR(entity_id = 'DATE_LEVEL'),
    MIN(IF(entity_id = 'DATE_LEVEL', failure_reason, NULL)), NULL) AS attention
FROM nba_processing.precompute_failures
WHERE analysis_date = to_date
GROUP BY processor_name, failure_category
UNION ALL
SELECT processor_name, issue_type, COUNT(*), MIN(issue_description), IF(LOGICAL_OR(severity IN ('CRITICAL', 'HIGH')), MIN(issue_description), NULL)
FROM nba_processing.precompute_data_issues
WHERE analysis_date = to_date AND NOT resolved
GROUP BY processor_name, issue_type
ORDER BY processor_name, problem
