import { EngineError } from "../../port/engine-error.js";

/** What comes in many batches, each of which sees those before, would be published batch by batch. */
export const NO_LOADERS =
  "loaders write into the embedded warehouse, in one transaction that BigQuery does not have; leave --target out, or bring files into BigQuery with 'fastbreak seed --target bigquery', 'bq load' or a data transfer";

/** Whoever did not ask the engine before. */
export async function refuseLoad(): Promise<never> {
  throw new EngineError("query", NO_LOADERS);
}
