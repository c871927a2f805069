-- Where the features of one player came from (--param player=lebronjames), table by table
SELECT source, analysis_date, COUNT(*) AS row_count, MAX(processed) AS last_processed
FROM (
  SELECT 'player_game_summary (before)' AS source, DATE_ADD(game_date, INTERVAL 1 DAY) AS analysis_date, processed_at AS processed
  FROM nba_analytics.player_game_summary WHERE player_lookup = player
  UNION ALL
  SELECT 'upcoming_player_game_context', game_date, processed_at
  FROM nba_analytics.upcoming_player_game_context WHERE player_lookup = player
  UNION ALL
  SELECT 'player_shot_zone_analysis', analysis_date, processed_at
  FROM nba_precompute.player_shot_zone_analysis WHERE player_lookup = player
  UNION ALL
  SELECT 'player_composite_factors', game_date, processed_at
  FROM nba_precompute.player_composite_factors WHERE player_lookup = player
  UNION ALL
  SELECT 'player_daily_cache', cache_date, processed_at
  FROM nba_precompute.player_daily_cache WHERE player_lookup = player
  UNION ALL
  SELECT CONCAT('team_defense_zone_analysis of ', store.opponent_team_abbr), defense.analysis_date, defense.processed_at
  FROM nba_predictions.ml_feature_store_v2 AS store
  JOIN nba_precompute.team_defense_zone_analysis AS defense
    ON defense.analysis_date = store.game_date AND defense.team_abbr = store.opponent_team_abbr
  WHERE store.player_lookup = player
  UNION ALL
  SELECT CONCAT('ml_feature_store_v2, ', data_source), game_date, updated_at
  FROM nba_predictions.ml_feature_store_v2 WHERE player_lookup = player
)
WHERE analysis_date BETWEEN from_date AND to_date
GROUP BY source, analysis_date
ORDER BY analysis_date, source;
