import { EngineError } from "../../port/engine-error.js";

/** Loads into BigQuery are its own tools' work. */
export async function refuseLoad(): Promise<never> {
  throw new EngineError(
    "query",
    "fastbreak loads no rows into BigQuery; load them with 'bq load' or a data transfer, or into the embedded warehouse with --target duckdb",
  );
}
