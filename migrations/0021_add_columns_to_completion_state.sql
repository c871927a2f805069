-- Completion of a night, and the log of alerts: whoever fills them makes them. Those that stand from before get the
-- columns that they lack.
CREATE SCHEMA IF NOT EXISTS `{{stateDataset}}`;

ALTER TABLE IF EXISTS `{{stateDataset}}`.phase4_completions
  ADD COLUMN IF NOT EXISTS completed_at TIMESTAMP,
  ADD COLUMN IF NOT EXISTS status STRING,
  ADD COLUMN IF NOT EXISTS row_count INT64;

ALTER TABLE IF EXISTS `{{stateDataset}}`.phase4_orchestration
  ADD COLUMN IF NOT EXISTS all_complete BOOL,
  ADD COLUMN IF NOT EXISTS ml_feature_store_triggered_at TIMESTAMP,
  ADD COLUMN IF NOT EXISTS trigger_source STRING,
  ADD COLUMN IF NOT EXISTS upstream_completions JSON;

ALTER TABLE IF EXISTS `{{stateDataset}}`.alerts_log
  ADD COLUMN IF NOT EXISTS channel STRING,
  ADD COLUMN IF NOT EXISTS metric_value FLOAT64;
