-- Where the features of one player came from (--param player=lebronjames), table by table
SELECT source, analysis_date, COUNT(*) AS row_count, MAX(processed_at) AS last_processed
FROM nba_precompute.feature_lineage
WHERE player_lookup = player AND analysis_date BETWEEN from_date AND to_date
GROUP BY source, analysis_date
ORDER BY analysis_date, source;
