import { defaultExclude, defineConfig } from "vitest/config";

/** Random texts: all of them stand among the longer tests; a fifth answers quickly (npm run test:unit). */
const RANDOM_TEXTS = ["runner/dialect/fast-paths.test.ts", "runner/dialect/fuzz/fuzz.test.ts"];

const UNIT = {
  include: ["runner/**/*.test.ts", "ingest/**/*.test.ts", "includes/**/*.test.ts", "training/**/*.test.ts"],
  pool: "forks" as const,
  // What they share costs more to make than most of them take.
  isolate: false,
  // Goldens are replayed by the hundred, and the machine may do something else too.
  testTimeout: 120_000,
};

const E2E = {
  globalSetup: "test/library.ts",
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
    projects: [
      { test: { ...UNIT, name: "unit", exclude: [...defaultExclude, ...RANDOM_TEXTS] } },
      {
        test: {
          ...UNIT,
          name: "unit-random",
          include: RANDOM_TEXTS,
          env: { FASTBREAK_FUZZ_SCALE: process.env.FASTBREAK_FUZZ_SCALE ?? "0.2" },
        },
      },
      {
        test: {
          ...E2E,
          name: "e2e",
          include: ["test/**/*.test.ts", ...RANDOM_TEXTS],
          exclude: [...defaultExclude, PROOFS],
        },
      },
      { test: { ...E2E, name: "prove", include: [PROOFS] } },
    ],
  },
});
