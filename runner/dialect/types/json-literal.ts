import type { Span } from "../../googlesql/contract.js";
import { analysisError } from "../../googlesql/errors.js";
import { normalizeJson, parseJson, printJson } from "../runtime/js/json-value.js";

/**
 * JSON text as BigQuery stores it: no whitespace, members sorted by name, numbers normalised.
 * https://cloud.google.com/bigquery/docs/reference/standard-sql/data-types#json_type
 */
export function normalizedJson(text: string, span: Span): string {
  try {
    return printJson(normalizeJson(parseJson(text)));
  } catch (error) {
    throw analysisError(`Invalid JSON literal: ${(error as Error).message}`, span);
  }
}
