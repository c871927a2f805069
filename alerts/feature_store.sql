-- Quality, fallback and incidents of the feature store on each date; what the first three weeks make expected is only logged.
WITH nights AS (
  SELECT metrics.*, IFNULL(slate.is_early_season, FALSE) AS is_early_season
  FROM nba_predictions.ml_feature_store_v2_quality_metrics AS metrics
  LEFT JOIN nba_precompute.stg_slate_dates AS slate ON slate.game_date = metrics.analysis_date
  WHERE metrics.analysis_date BETWEEN from_date AND to_date
    -- A date that is only scheduled has no slate yet.
    AND metrics.analysis_date IN (SELECT game_date FROM nba_analytics.upcoming_player_game_context)
),

components AS (
  SELECT
    nights.analysis_date,
    component,
    band,
    score,
    nights.is_early_season OR (component = 'row_completeness_score' AND nights.gate_passed) AS is_expected
  FROM nba_predictions.ml_feature_store_v2_quality_components AS components
  JOIN nights ON nights.analysis_date = components.analysis_date
)

SELECT
  analysis_date AS alert_date, 'ml_feature_store_quality_degradation' AS alert, CAST(NULL AS STRING) AS subject,
  'warning' AS severity, CAST(NULL AS STRING) AS level, '#data-quality' AS channel,
  FORMAT('the quality of the feature store is %.2f, below 80', quality_score) AS message,
  CAST(quality_score AS FLOAT64) AS value, is_early_season AS informational
FROM nights
WHERE quality_score < 80

UNION ALL
SELECT
  analysis_date, 'ml_feature_store_quality_critical', NULL, 'critical', NULL, 'pagerduty, #incidents',
  FORMAT('the quality of the feature store is %.2f: quality below 75, Phase 5 predictions may fail', quality_score),
  CAST(quality_score AS FLOAT64), is_early_season
FROM nights
WHERE quality_score < 75

UNION ALL
SELECT
  analysis_date, 'fallback_rate', NULL,
  IF(fallback_rate_pct > 50, 'critical', 'warning'),
  IF(fallback_rate_pct = 100, 'P1', NULL),
  CASE WHEN fallback_rate_pct = 100 THEN 'pagerduty' WHEN fallback_rate_pct > 50 THEN '#incidents' ELSE '#data-quality' END,
  FORMAT('%.1f percent of the players stand on Phase 3 alone%s', fallback_rate_pct, IF(fallback_rate_pct = 100, ': running degraded', '')),
  CAST(fallback_rate_pct AS FLOAT64), FALSE
FROM nights
WHERE fallback_rate_pct > 10

UNION ALL
-- The severity of the night already leaves out what placeholders alone have done.
SELECT
  analysis_date, 'feature_store_incident', NULL,
  CASE severity WHEN 'P0' THEN 'critical' WHEN 'P1' THEN 'critical' WHEN 'P2' THEN 'warning' ELSE 'info' END,
  severity,
  IF(severity IN ('P0', 'P1'), 'pagerduty, #incidents', '#data-quality'),
  CONCAT(status, ': ', gate_reason, '; ', CAST(row_count AS STRING), ' rows, quality ', CAST(quality_score AS STRING)),
  -- On a light slate the numbers of rows alone are no incident: they are logged.
  CAST(quality_score AS FLOAT64), gate_passed AND quality_score >= 80 AND IFNULL(fallback_rate_pct, 0) < 10
FROM nights
WHERE severity IS NOT NULL

UNION ALL
SELECT
  analysis_date, 'quality_component', component,
  CASE band WHEN 'warning' THEN 'warning' ELSE 'error' END, NULL, '#data-quality',
  FORMAT('%s is %.2f, which is %s', component, score, band), CAST(score AS FLOAT64), is_expected
FROM components
WHERE band IN ('warning', 'critical', 'fail')
