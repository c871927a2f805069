// The quality of a night by docs/features.md, from labels and values of all its rows.

import { mean, roundTo, sum } from "./numbers.mjs";
import { daysBetween } from "./raw.mjs";

const NEEDED = [0, 1, 2, 13, 23];
const STEPS = { Excellent: 90, Good: 80, Acceptable: 75, Warning: 65, Critical: 50, Fail: 0 };

/**
 * @param store rows of the store of one date
 * @param tables how many of the four Phase 4 tables have rows of the date
 * @returns components, sum, band and incident of the night
 */
export function nightOf(day, store, tables) {
  const n = store.length;
  const of = (...kinds) => store.filter(({ data_source }) => kinds.includes(data_source)).length;
  const missing = sum(
    store.map(({ features, feature_sources }) =>
      sum(NEEDED.map((index) => (features[index] === undefined || feature_sources[index] === "default" ? 1 : 0))),
    ),
  );
  const newest = store
    .map((row) => row.newest)
    .filter((one) => one !== null)
    .sort()
    .at(-1);
  const age = newest === undefined ? 3 : daysBetween(newest, day);
  const components = {
    phase4_availability_score: roundTo((40 * of("phase4", "mixed")) / n, 2),
    phase3_fallback_score: roundTo((20 * n - 20 * of("phase3") - 10 * of("mixed")) / n, 2),
    data_freshness_score: [15, 12, 8][age] ?? 0,
    dependency_completeness_score: [0, 0, 7.5, 11.25, 15][tables],
    row_completeness_score: n >= 400 ? 5 : n >= 300 ? 4 : n >= 200 ? 3 : n >= 100 ? 1 : 0,
    null_field_rate_score: roundTo((5 * n - missing) / n, 2),
  };
  const score = roundTo(sum(Object.values(components)), 2);
  const [status] = Object.entries(STEPS).find(([, from]) => score >= from);
  return {
    ...components,
    component_score: score,
    status,
    avg_feature_quality_score: mean(
      store.map((row) => Number(row.feature_quality_score)),
      2,
    ),
  };
}
