import { EngineError } from "../../port/engine-error.js";
import type { MergeCounts, ReplaceCounts } from "../../port/port.js";

/** Loads into BigQuery are its own tools' work. */
export async function refuseLoad(): Promise<MergeCounts & ReplaceCounts> {
  throw new EngineError(
    "query",
    "fastbreak loads no rows into BigQuery; load them with 'bq load' or a data transfer, or into the embedded warehouse with --target duckdb",
  );
}
