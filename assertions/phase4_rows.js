/** The success criterion of every Phase 4 table with a status in includes/tables.js: enough rows on a date with games. */
const told = ({ counted, full, early }) =>
  `at least ${full === "slate" ? `100 ${counted} or two fifths of a light slate` : `${full} ${counted}`}, ` +
  `in the first three weeks ${early === 1 ? "any" : early}`;

for (const { name, status } of tables.TABLES.filter((table) => table.status !== undefined)) {
  assert(status.gate ?? `${status.processor}_rows`, {
    description: `Success of ${name} on a date with games: ${told(status)}. Only told: the feature store can do without.`,
    tags: ["phase4", "gate", "warn"],
  }).query((ctx) =>
    gate.phase4Rows(
      ctx.ref("nba_precompute", "phase4_status"),
      ctx.ref("nba_predictions", "ml_feature_store_v2_dependency_tracking"),
      status.processor,
      name,
    ),
  );
}
