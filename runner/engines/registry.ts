import { BIGQUERY } from "./bigquery/engine.js";
import { DUCKDB } from "./duckdb/engine.js";
import type { Engine } from "./engine.js";

const ENGINES: readonly Engine[] = [DUCKDB, BIGQUERY];

/** The engine that runs where nobody names another. */
export const DEFAULT_ENGINE = DUCKDB.name;

/** The engine of a name; undefined: there is none. */
export function engineNamed(name: string, engines: readonly Engine[] = ENGINES): Engine | undefined {
  return engines.find((engine) => engine.name === name);
}

/** The names of all engines. */
export function engineNames(engines: readonly Engine[] = ENGINES): readonly string[] {
  return engines.map(({ name }) => name);
}
