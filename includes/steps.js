/** What the models of includes/tables.js say of themselves in Dataform's own config: labels and tags. */
const { find, ofPhase } = require("./tables");

/**
 * Labels of a table: its times; a circuit breaker that opens after five failures in a row, for half an hour, and closes after one
 * success (docs/warehouse.md); the columns that say when a row was written and when it last changed.
 */
function labels(table) {
  const { step, updated } = find(table);
  return {
    schedule: step.schedule,
    typical_seconds: String(step.typical),
    alert_seconds: String(step.alert),
    breaker_threshold: "5",
    breaker_timeout_seconds: "1800",
    breaker_successes: "1",
    row_created: "created_at",
    row_updated: updated,
  };
}

/** Labels of a view over all Phase 4 tables: it is there although one of them failed. */
function softLabels() {
  return Object.fromEntries(ofPhase("phase4").map(({ name }) => [`soft_dependency__${name}`, "true"]));
}

/** Tags of a table: its phase, and its job to select it by. */
function tags(table) {
  const { phase, step } = find(table);
  return step.job === undefined ? [phase] : [phase, step.job];
}

module.exports = { labels, softLabels, tags };
