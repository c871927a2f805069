/** What an entry of includes/tables.js must say, and what follows from it. */

const REQUIRED = ["phase", "date", "key", "step", "sources", "hash"];
const PHASES = ["phase3", "phase4"];

/**
 * The entries `{"dataset.table": entry}` as a list, with `dataset` and `name`, what is left out, and `hash` as `{column: type}` in
 * ascending byte order, which is the key order of the canonical text.
 * @throws Error naming the table, if an entry lacks something, names a column twice, or leaves its key out of the hash
 */
function entries(tables) {
  return Object.entries(tables).map(([id, entry]) => {
    const wrong = (what) => new Error(`includes/tables.js, ${id}: ${what}`);
    const [dataset, name] = id.split(".");
    if (!name) throw wrong("is not dataset.table");
    for (const field of REQUIRED) if (entry[field] === undefined) throw wrong(`${field} is missing`);
    if (!PHASES.includes(entry.phase)) throw wrong(`phase must be ${PHASES.join(" or ")}, not ${entry.phase}`);
    const hash = fieldsOf(entry.hash, wrong);
    // Equal hashes are duplicate rows only when the key is hashed.
    for (const column of [entry.date, ...entry.key])
      if (hash[column] === undefined) throw wrong(`${column} tells rows apart and must stand in hash`);
    return { updated: "processed_at", ...entry, dataset, name, hash };
  });
}

/** `{type: "column column"}` as `{column: type}`, sorted. */
function fieldsOf(hash, wrong) {
  const fields = Object.entries(hash).flatMap(([type, columns]) =>
    columns.split(/\s+/).map((column) => [column, type]),
  );
  const sorted = fields.filter(([column]) => column !== "").sort(([a], [b]) => (a < b ? -1 : 1));
  sorted.forEach(([column], index) => {
    if (index > 0 && sorted[index - 1][0] === column) throw wrong(`hash names ${column} twice`);
  });
  return Object.fromEntries(sorted);
}

module.exports = { entries };
