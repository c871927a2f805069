/** What an entry of includes/tables.js must say, and what follows from it. */

/** Fields of an entry and of its parts: true for those that must be there. */
const FIELDS = {
  phase: true,
  date: true,
  key: true,
  updated: false,
  step: true,
  status: false,
  lineage: false,
  sources: true,
  hash: true,
};
const STEP = { schedule: true, typical: true, alert: true, job: false };
const STATUS = {
  processor: true,
  counted: true,
  full: true,
  early: true,
  gate: false,
  quality: false,
  possible: false,
};
const LINEAGE = { source: true, date: false, team: false };
const SOURCE = { rows: true, what: true };
const PHASES = ["phase3", "phase4"];

/**
 * The entries `{"dataset.table": entry}` as a list, with `dataset` and `name`, what is left out, and `hash` as
 * `{column: type}` in ascending byte order, which is the key order of the canonical text.
 * @throws Error naming the table and the field, if an entry lacks one or has one that nobody reads, hashes a column twice,
 * or leaves its key out of the hash
 */
function entries(tables) {
  return Object.entries(tables).map(([id, entry]) => {
    const wrong = (what) => new Error(`includes/tables.js, ${id}: ${what}`);
    const [dataset, name] = id.split(".");
    if (!name) throw wrong("is not dataset.table");
    checkFields(entry, FIELDS, "", wrong);
    checkFields(entry.step, STEP, "step.", wrong);
    if (entry.status !== undefined) checkFields(entry.status, STATUS, "status.", wrong);
    if (entry.lineage !== undefined) checkFields(entry.lineage, LINEAGE, "lineage.", wrong);
    for (const [prefix, source] of Object.entries(entry.sources))
      checkFields(source, SOURCE, `sources.${prefix}.`, wrong);
    if (!PHASES.includes(entry.phase)) throw wrong(`phase must be ${PHASES.join(" or ")}, not ${entry.phase}`);
    if (entry.status !== undefined && entry.phase !== "phase4") throw wrong("status is of Phase 4 tables only");
    const hash = hashFields(entry.hash, wrong);
    // Equal hashes are duplicate rows only when the key is hashed.
    for (const column of [entry.date, ...entry.key])
      if (hash[column] === undefined) throw wrong(`${column} tells rows apart and must stand in hash`);
    return { updated: "processed_at", ...entry, dataset, name, hash };
  });
}

function checkFields(value, fields, path, wrong) {
  for (const [field, isNeeded] of Object.entries(fields))
    if (isNeeded && value[field] === undefined) throw wrong(`${path}${field} is missing`);
  for (const field of Object.keys(value))
    if (fields[field] === undefined) throw wrong(`${path}${field} is not known; use ${Object.keys(fields).join(", ")}`);
}

/** `{type: "column column"}` as `{column: type}`, sorted. */
function hashFields(hash, wrong) {
  const fields = Object.entries(hash).flatMap(([type, columns]) =>
    columns
      .trim()
      .split(/\s+/)
      .map((column) => [column, type]),
  );
  fields.sort(([a], [b]) => (a < b ? -1 : 1));
  fields.forEach(([column], index) => {
    if (index > 0 && fields[index - 1][0] === column) throw wrong(`hash names ${column} twice`);
  });
  return Object.fromEntries(fields);
}

module.exports = { entries };
