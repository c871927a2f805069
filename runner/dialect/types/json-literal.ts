import type { Span } from "../contract.js";
import { analysisError, unsupported } from "../errors.js";

const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/g;

/**
 * JSON text as BigQuery stores it: no whitespace, members sorted by name. Numbers that would change their text are refused.
 * https://cloud.google.com/bigquery/docs/reference/standard-sql/data-types#json_type
 */
export function normalizedJson(text: string, span: Span): string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw analysisError(`Invalid JSON literal: ${(error as Error).message}`, span);
  }
  const withoutStrings = text.replace(/"(?:[^"\\]|\\.)*"/g, '""');
  for (const [number] of withoutStrings.matchAll(NUMBER)) {
    if (String(Number(number)) !== number) throw unsupported(`The JSON number ${number}`, span);
  }
  return JSON.stringify(sorted(value));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, member]) => [key, sorted(member)]));
}
