import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // Vitest leaves one core free by default; on two cores that is half of them.
    maxWorkers: "100%",
    projects: [
      {
        test: {
          name: "unit",
          include: ["runner/**/*.test.ts", "ingest/**/*.test.ts", "includes/**/*.test.ts", "training/**/*.test.ts"],
          pool: "forks",
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["test/**/*.test.ts"],
          pool: "forks",
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
