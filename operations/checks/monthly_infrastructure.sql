-- Month 3, infrastructure: accounts (fastbreak probe deploy/accounts.json), messages, completion state, timeouts, false alarms
SELECT 'messages older than the retention of 7 days' AS what, CAST(COUNT(*) AS STRING) AS found, CAST(NULL AS STRING) AS attention
FROM nba_orchestration.messages
WHERE published_at < TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 7 DAY)
UNION ALL
SELECT 'runs that were interrupted', CAST(COUNTIF(status = 'interrupted') AS STRING), IF(COUNTIF(status = 'interrupted') > 3, 'runs die: see fastbreak status', NULL)
FROM nba_orchestration.runs
UNION ALL
SELECT 'longest run, minutes', CAST(ROUND(MAX(TIMESTAMP_DIFF(finished_at, started_at, SECOND)) / 60, 1) AS STRING), IF(MAX(TIMESTAMP_DIFF(finished_at, started_at, SECOND)) > 3600, 'longer than the timeout of 60 minutes', NULL)
FROM nba_orchestration.runs
UNION ALL
SELECT
  CONCAT('alert ', rule, ': opened, over within an hour'),
  CONCAT(CAST(SUM(times_opened) AS STRING), ', ', CAST(COUNTIF(TIMESTAMP_DIFF(resolved_at, created_at, MINUTE) < 60) AS STRING)),
  IF(COUNTIF(TIMESTAMP_DIFF(resolved_at, created_at, MINUTE) < 60) > 0.5 * COUNT(*) AND COUNT(*) >= 10, CONCAT('most alerts of ', rule, ' are over at once: is its threshold right?'), NULL)
FROM nba_orchestration.alerts_log
WHERE NOT informational
GROUP BY rule
ORDER BY what
