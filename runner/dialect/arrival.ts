import type { IngestionUnit } from "../port/ingestion-time.js";

/** DuckDB text for the start of the partition that a row belongs to which comes now. */
export function arrivedIn(unit: IngestionUnit): string {
  return `date_trunc('${unit.toLowerCase()}', now())`;
}
