import { BaseSequencer, type TestSpecification } from "vitest/node";

/** The test files that take longest, in this order: one that begins last would be waited for by all workers but its own. */
const LONGEST = [
  "test/features.test.ts",
  "runner/dialect/fast-paths.test.ts",
  "test/scripted-week.test.ts",
  "test/decisions.test.ts",
  "test/predictions.test.ts",
  // It waits for the season that the first one builds.
  "test/precompute.test.ts",
  "test/unplayed-night.test.ts",
  "test/every-command/goldens.test.ts",
  "test/bigquery/this-project.test.ts",
  "test/bigquery/smoke.test.ts",
  "test/bigquery/same-metadata.test.ts",
  "test/bigquery/pull.test.ts",
  "test/stock-nights.test.ts",
  "test/compile-parity.test.ts",
  "test/kill.test.ts",
  "test/real-season.test.ts",
  "test/dialect-goldens.test.ts",
];

function rank({ moduleId }: TestSpecification): number {
  const place = LONGEST.findIndex((file) => moduleId.endsWith(`/${file}`));
  return place === -1 ? LONGEST.length : place;
}

/** Begins with the longest; the others follow as Vitest orders them. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((one, other) => rank(one) - rank(other));
  }
}
