import { defaultExclude, defineConfig } from "vitest/config";
import { LongestFirst } from "./test/longest-first.js";

/** Random texts: all of them stand among the long tests; a part answers quickly (npm run test:unit). */
const RANDOM_TEXTS = "runner/dialect/fuzz/fuzz.test.ts";
/** A part of what test/dialect-goldens.test.ts replays. */
const SAMPLE = "runner/dialect/goldens.test.ts";

/** Tests beside the code that take more than some seconds: they start processes, exhaust memory, or try values by the thousand. */
const LONG = [
  "includes/features.test.ts",
  "ingest/injuries.test.ts",
  "ingest/load-order.test.ts",
  "ingest/sample.test.ts",
  "ingest/sample/schedule.test.ts",
  "runner/commands/arguments/parse.test.ts",
  "runner/dialect/fast-paths.test.ts",
  RANDOM_TEXTS,
  "runner/dialect/nesting.test.ts",
  "runner/dialect/runtime/goldens.test.ts",
  "runner/dialect/runtime/js/functions/escape.test.ts",
  "runner/dialect/runtime/js/hll/*.test.ts",
  "runner/dialect/script/stored-values.test.ts",
  "runner/dialect/script/wrong-statements.test.ts",
  "runner/engines/duckdb/known-digests*.test.ts",
  "runner/engines/duckdb/publish.test.ts",
  "runner/project/compile-graph.test.ts",
  "runner/project/compile/escape.test.ts",
  "runner/project/compile/sandbox.test.ts",
  "runner/project/damaged-project.test.ts",
  "runner/project/load-project.test.ts",
  "runner/project/project-errors.test.ts",
  "runner/project/read-columns.test.ts",
  "runner/project/settings-problem.test.ts",
  "runner/project/traces.test.ts",
];

/** Which share of their random values tests try; npm run test:prove tries all. */
const share = (most: string) => ({ FASTBREAK_FUZZ_SCALE: process.env.FASTBREAK_FUZZ_SCALE ?? most });

const UNIT = {
  include: ["runner/**/*.test.ts", "ingest/**/*.test.ts", "includes/**/*.test.ts", "training/**/*.test.ts"],
  pool: "forks" as const,
  // What they share costs more to make than most of them take.
  isolate: false,
  // Goldens are replayed by the hundred, and the machine may do something else too.
  testTimeout: 120_000,
  hookTimeout: 120_000,
};

/** Tests that put other modules in the place of some, which those after them would get too. */
const MOCKING = "test/decision-core/{mutants,statement-mutants,third-engine}.test.ts";

const E2E = {
  globalSetup: "test/library.ts",
  // A file finds the runner loaded, and its code hot, by the file before.
  isolate: false,
  // Files run side by side, and threads that wait for each other would take the cores from them.
  env: { FASTBREAK_THREADS: "1" },
  pool: "forks" as const,
  testTimeout: 180_000,
  // It may build a season, which takes minutes where the machine does something else too.
  hookTimeout: 600_000,
};

/** What takes minutes by nature and of which a test has a smaller case (npm run test:prove). */
const PROOFS = "test/prove/**/*.test.ts";

export default defineConfig({
  test: {
    // Vitest leaves one core free by default; on two cores that is half of them.
    maxWorkers: "100%",
    sequence: { sequencer: LongestFirst },
    projects: [
      { test: { ...UNIT, name: "unit", exclude: [...defaultExclude, SAMPLE, ...LONG] } },
      { test: { ...UNIT, name: "unit-long", include: LONG, env: share("0.5") } },
      { test: { ...UNIT, name: "unit-random", include: [RANDOM_TEXTS, SAMPLE], env: share("0.1") } },
      {
        test: {
          ...E2E,
          name: "e2e",
          include: ["test/**/*.test.ts"],
          exclude: [...defaultExclude, PROOFS, MOCKING],
        },
      },
      { test: { ...E2E, name: "e2e-mocking", isolate: true, include: [MOCKING] } },
      { test: { ...E2E, name: "prove", include: [PROOFS] } },
    ],
  },
});
