-- What the steps could not make of the dates, by category
SELECT analysis_date, processor_name, failure_category, COUNT(*) AS entities, LOGICAL_OR(can_retry) AS can_retry, MIN(failure_reason) AS example
FROM nba_processing.precompute_failures
WHERE analysis_date BETWEEN from_date AND to_date
GROUP BY analysis_date, processor_name, failure_category
ORDER BY analysis_date, processor_name, failure_category;
