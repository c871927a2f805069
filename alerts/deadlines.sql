-- Nights that were not ready at 00:30 or at 01:00 US Eastern. A night is prepared for the games of the day that begins with it; only the
-- last two are asked about, so that a date that is prepared again later has no deadline.
WITH nights AS (
  SELECT
    slate.game_date,
    (SELECT MIN(created_at) FROM nba_predictions.ml_feature_store_v2 AS store WHERE store.game_date = slate.game_date) AS ready_at
  FROM nba_precompute.stg_slate_dates AS slate
  WHERE slate.game_date BETWEEN from_date AND to_date
    AND slate.game_date BETWEEN DATE_SUB(DATE(evaluated_at, 'America/New_York'), INTERVAL 1 DAY) AND DATE(evaluated_at, 'America/New_York')
),

deadlines AS (
  SELECT nights.*, deadline.severity, deadline.clock, TIMESTAMP(DATETIME(game_date, deadline.clock), 'America/New_York') AS due_at
  FROM nights
  CROSS JOIN UNNEST([
    STRUCT('warning' AS severity, TIME '00:30:00' AS clock),
    STRUCT('critical' AS severity, TIME '01:00:00' AS clock)
  ]) AS deadline
)

SELECT
  game_date AS alert_date,
  'phase4_deadline' AS alert,
  FORMAT_TIME('%H:%M', clock) AS subject,
  severity,
  IF(severity = 'critical', '#incidents', '#data-quality') AS channel,
  CONCAT(
    'Phase 4 was not complete at ', FORMAT_TIME('%H:%M', clock), ' US Eastern',
    IF(ready_at IS NULL, '; it is not complete yet', CONCAT('; it was at ', FORMAT_TIMESTAMP('%H:%M', ready_at, 'America/New_York')))
  ) AS message,
  TIMESTAMP_DIFF(IFNULL(ready_at, evaluated_at), due_at, MINUTE) AS value
FROM deadlines
WHERE evaluated_at >= due_at AND IFNULL(ready_at > due_at, TRUE)
