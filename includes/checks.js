/** Row conditions that every hashed table asserts. */

/** Length and alphabet of a hash column. */
function isHash(column) {
  return `REGEXP_CONTAINS(${column}, r'^[0-9a-f]{16}$')`;
}

/** A value within bounds; NULL passes. */
function inRange(column, low, high) {
  return `${column} BETWEEN ${low} AND ${high}`;
}

module.exports = { isHash, inRange };
