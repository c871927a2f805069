import { cpSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { scratch } from "../projects.mjs";

/** A copy of a tool's whole folder, project and database, and how to put it back. */
export function aside(dir) {
  const copy = join(scratch(), "copy");
  const options = { recursive: true, preserveTimestamps: true, verbatimSymlinks: true };
  cpSync(dir, copy, options);
  return () => {
    for (const name of readdirSync(dir)) rmSync(join(dir, name), { recursive: true, force: true });
    cpSync(copy, dir, options);
  };
}

/** A folder for a tool's project, with the sources in its database. */
export function withSources(database) {
  const dir = scratch();
  mkdirSync(join(dir, "models"));
  cpSync(database, join(dir, "warehouse.duckdb"));
  return dir;
}
