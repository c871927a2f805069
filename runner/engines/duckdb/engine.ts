import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Engine, WarehousePlace } from "../engine.js";
import { ANYWHERE, type ScriptPlace } from "./script-place.js";

/** The embedded engine: one DuckDB file, by default inside the project's own folder. */
export const DUCKDB: Engine = {
  name: "duckdb",
  summary: "embedded, one file on this machine",
  locate: fileOf,
  exists: (place) => existsSync(fileOf(place)),
  keepsOneProject: true,
  load: () => import("./warehouse.js"),
  async open(place, options) {
    const { openDuckDbWarehouse } = await import("./warehouse.js");
    const alone = place.isShared !== true;
    return openDuckDbWarehouse(fileOf(place), { ...options, alone }, place, scriptPlace(place));
  },
  async openScratch(projects, limits, systemTables) {
    const { openScratchWarehouse } = await import("./warehouse.js");
    return openScratchWarehouse({ ...ANYWHERE, projects: async () => projects, systemTables }, limits);
  },
  async checker() {
    const { CHECKER } = await import("./checker.js");
    return CHECKER;
  },
};

function scriptPlace({ projects = ANYWHERE.projects, projectDir, systemTables }: WarehousePlace): ScriptPlace {
  return { projects, folder: projectDir, systemTables };
}

function fileOf({ projectDir, database }: WarehousePlace): string {
  return database ?? join(projectDir, ".fastbreak", "warehouse.duckdb");
}
