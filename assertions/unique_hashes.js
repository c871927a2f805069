/** Every hashed table's gate against double rows, from includes/tables.js. One of the tables wants a constant date filter. */
for (const { dataset, name, phase, date } of tables.TABLES) {
  assert(`${name}_unique_hashes`, {
    description: `No two rows of ${name} on one date share a data hash: the key is hashed, so equal hashes are duplicate rows.`,
    tags: [phase],
  }).query(
    (ctx) => `SELECT ${date}, data_hash, COUNT(*) AS row_count
FROM ${ctx.ref(dataset, name)}
WHERE ${date} >= DATE '2000-01-01'
GROUP BY ${date}, data_hash
HAVING COUNT(*) > 1`,
  );
}
