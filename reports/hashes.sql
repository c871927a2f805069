-- Rows, rows with a hash and distinct hashes of each table and date: all three equal when all is well
SELECT table_name, table_date, total_rows, rows_with_hash, unique_hashes
FROM nba_precompute.hash_population
WHERE table_date BETWEEN from_date AND to_date
ORDER BY table_name, table_date;
