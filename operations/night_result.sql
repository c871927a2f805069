-- What the messages of a night tell of the feature store beside its rows.
SELECT quality_score FROM nba_predictions.ml_feature_store_v2_quality_metrics WHERE analysis_date = from_date
