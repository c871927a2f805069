-- Alerts: one row for a name, date and severity; open until resolved_at.
CREATE TABLE IF NOT EXISTS `{{stateDataset}}`.alerts_log (
  alert_id STRING NOT NULL,
  alert_name STRING NOT NULL,
  rule STRING NOT NULL,
  subject STRING,
  severity STRING NOT NULL,
  level STRING,
  channel STRING,
  message STRING NOT NULL,
  analysis_date DATE,
  metric_value FLOAT64,
  informational BOOL NOT NULL,
  run_id STRING,
  created_at TIMESTAMP NOT NULL,
  resolved_at TIMESTAMP,
  resolution STRING,
  times_opened INT64 NOT NULL,
  notified_at TIMESTAMP,
  resolution_notified_at TIMESTAMP
) CLUSTER BY alert_name, severity;
