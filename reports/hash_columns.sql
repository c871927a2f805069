-- The hash columns that each hashed table has: its own data_hash and one of each source
WITH hash_columns AS (
  SELECT table_schema, table_name, column_name, ordinal_position FROM nba_analytics.INFORMATION_SCHEMA.COLUMNS
  UNION ALL
  SELECT table_schema, table_name, column_name, ordinal_position FROM nba_precompute.INFORMATION_SCHEMA.COLUMNS
  UNION ALL
  SELECT table_schema, table_name, column_name, ordinal_position FROM nba_predictions.INFORMATION_SCHEMA.COLUMNS
)

SELECT
  CONCAT(table_schema, '.', table_name) AS table_name,
  COUNT(*) AS hash_columns,
  STRING_AGG(column_name, ', ' ORDER BY ordinal_position) AS names
FROM hash_columns
WHERE (column_name = 'data_hash' OR REGEXP_CONTAINS(column_name, r'^source_.*_hash$')) AND NOT STARTS_WITH(table_name, 'stg_')
GROUP BY table_schema, table_name
ORDER BY table_schema, table_name;
