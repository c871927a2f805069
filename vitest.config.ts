import { defineConfig } from "vitest/config";

/** Random texts: a fifth of them answers quickly (npm run test:unit), all of them stand among the longer tests. */
const RANDOM_TEXTS = ["runner/dialect/fast-paths.test.ts", "runner/dialect/fuzz/fuzz.test.ts"];

/**
 * What replaces modules of the runner, loads the built command line into its own process or listens to rejections of the whole process:
 * each file has a process of its own.
 */
const ALONE = [
  "test/bigquery/faults.test.ts",
  "test/bigquery/histories.test.ts",
  "test/decision-core/mutants.test.ts",
  "test/decision-core/statement-mutants.test.ts",
  "test/decision-core/third-engine.test.ts",
  "test/every-command/**/*.test.ts",
  "test/wrong-use/**/*.test.ts",
];

/** A hook may build a season, which takes minutes where the machine does something else too. */
const LONGER = { globalSetup: "test/library.ts", pool: "forks", testTimeout: 180_000, hookTimeout: 600_000 } as const;

export default defineConfig({
  test: {
    // Vitest leaves one core free by default; on two cores that is half of them.
    maxWorkers: "100%",
    projects: [
      {
        test: {
          name: "unit",
          env: { FASTBREAK_FUZZ_SCALE: process.env.FASTBREAK_FUZZ_SCALE ?? "0.2" },
          include: ["runner/**/*.test.ts", "ingest/**/*.test.ts", "includes/**/*.test.ts", "training/**/*.test.ts"],
          pool: "forks",
          // What they share costs more to make than most of them take.
          isolate: false,
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: "e2e",
          ...LONGER,
          include: ["test/**/*.test.ts", ...RANDOM_TEXTS],
          exclude: ALONE,
          // A hundred times the modules of the runner took two minutes of processor.
          isolate: false,
        },
      },
      { test: { name: "e2e-alone", ...LONGER, include: ALONE } },
    ],
  },
});
