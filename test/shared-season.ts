import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { LIBRARY, Rig } from "./rig.js";

/** The last date that is built; games follow it. */
export const SHARED_TO = "2021-11-24";

/**
 * A warehouse project with 300 games of a synthetic season, built from its first date to `SHARED_TO`. Whoever asks first builds it,
 * for all test files of this run of tests; each of them gets a copy.
 */
export async function sharedSeason(): Promise<Rig> {
  const library = process.env[LIBRARY];
  if (library === undefined) throw new Error("test/library.ts has not run");
  const season = join(dirname(library), "season.duckdb");
  if (isFirst(`${season}.lock`)) await build(season);
  while (!existsSync(season)) {
    if (existsSync(`${season}.failed`)) throw new Error(readFileSync(`${season}.failed`, "utf8"));
    await sleep(200);
  }
  const rig = Rig.warehouseProject();
  cpSync(season, join(rig.dir, ".fastbreak/warehouse.duckdb"));
  return rig;
}

function isFirst(folder: string): boolean {
  try {
    mkdirSync(folder);
    return true;
  } catch {
    return false;
  }
}

async function build(season: string): Promise<void> {
  const rig = Rig.warehouseProject();
  try {
    await rig.load("sample", "--games", "300");
    await rig.run(["--from", "2021-10-19", "--to", SHARED_TO]);
    cpSync(join(rig.dir, ".fastbreak/warehouse.duckdb"), `${season}.part`);
    renameSync(`${season}.part`, season);
  } catch (cause) {
    writeFileSync(`${season}.failed`, String(cause));
    throw cause;
  } finally {
    rig.remove();
  }
}
