import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Engine, WarehousePlace } from "../engine.js";

/** The embedded engine: one DuckDB file, by default inside the project's own folder. */
export const DUCKDB: Engine = {
  name: "duckdb",
  summary: "embedded, one file on this machine",
  locate: fileOf,
  exists: (place) => existsSync(fileOf(place)),
  async open(place, options) {
    const { openDuckDbWarehouse } = await import("./warehouse.js");
    return openDuckDbWarehouse(fileOf(place), options, place, place.projects);
  },
  async openScratch(projects) {
    const { openScratchWarehouse } = await import("./warehouse.js");
    return openScratchWarehouse(async () => projects);
  },
  async checker() {
    const { CHECKER } = await import("./checker.js");
    return CHECKER;
  },
};

function fileOf({ projectDir, database }: WarehousePlace): string {
  return database ?? join(projectDir, ".fastbreak", "warehouse.duckdb");
}
