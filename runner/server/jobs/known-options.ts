import { plainRequest, type SqlJobs } from "../../port/sql-jobs.js";
import { type SqlType, typeName } from "../../port/sql-types.js";
import { ApiError } from "../protocol/errors.js";
import type { OptionText } from "./definition-facts.js";
import { optionExpression, valuesOf } from "./options.js";

const PAIRS = "ARRAY<STRUCT<STRING, STRING>>";

/**
 * The options of tables, views, datasets and columns with their types.
 * https://cloud.google.com/bigquery/docs/reference/standard-sql/data-definition-language
 */
const TYPES: Readonly<Record<string, string>> = {
  allow_non_incremental_definition: "BOOL",
  data_policies: "ARRAY<STRING>",
  default_kms_key_name: "STRING",
  default_partition_expiration_days: "FLOAT64",
  default_rounding_mode: "STRING",
  default_table_expiration_days: "FLOAT64",
  description: "STRING",
  enable_change_history: "BOOL",
  enable_fine_grained_mutations: "BOOL",
  enable_refresh: "BOOL",
  expiration_timestamp: "TIMESTAMP",
  external_source: "STRING",
  failover_reservation: "STRING",
  file_format: "STRING",
  friendly_name: "STRING",
  is_case_insensitive: "BOOL",
  is_primary: "BOOL",
  kms_key_name: "STRING",
  labels: PAIRS,
  location: "STRING",
  max_staleness: "INTERVAL",
  max_time_travel_hours: "INT64",
  partition_expiration_days: "FLOAT64",
  primary_replica: "STRING",
  privacy_policy: "STRING",
  refresh_interval_minutes: "FLOAT64",
  require_partition_filter: "BOOL",
  rounding_mode: "STRING",
  storage_billing_model: "STRING",
  storage_uri: "STRING",
  table_format: "STRING",
  tags: PAIRS,
};

/** Types whose values become those of another one. */
const COERCED: Readonly<Record<string, readonly string[]>> = {
  FLOAT64: ["INT64", "NUMERIC", "BIGNUMERIC"],
  // A text that is written out.
  TIMESTAMP: ["STRING", "DATE", "DATETIME"],
};

/**
 * Refuses options that there are none of, that stand twice, and whose values are of other types.
 * @throws ApiError that names the option
 */
export async function requireKnownOptions(jobs: SqlJobs, options: readonly OptionText[]): Promise<void> {
  const seen = new Set<string>();
  for (const { name } of options) {
    if (!Object.hasOwn(TYPES, name)) throw new ApiError("invalidQuery", `Unknown option: ${name}`);
    if (seen.has(name)) throw new ApiError("invalidQuery", `Duplicate option specified for '${name}'`);
    seen.add(name);
  }
  if (options.length === 0) return;
  const expressions = options.map(({ expression }) => expression);
  const asked = expressions.map((expression, index) => `${expression} AS v${index}`);
  const { columns = [] } = await jobs.describe(plainRequest(`SELECT ${asked.join(", ")}`));
  const wrong = options.flatMap(({ name }, index) => {
    const type = columns[index]?.type;
    return type === undefined || fits(type, TYPES[name] ?? "") ? [] : [{ name, type, index }];
  });
  const isText = (index: number) => columns[index]?.type === "STRING";
  const texts = options.filter(({ name }, index) => TYPES[name] === "TIMESTAMP" && isText(index));
  // A text that is no time fails here, before anything is made.
  if (texts.length > 0) await valuesOf(jobs, texts.map(optionExpression));
  if (wrong.length === 0) return;
  // NULL and [] have any type.
  const values = await valuesOf(jobs, expressions);
  for (const { name, type, index } of wrong) {
    const value = values[index] ?? null;
    if (value === null || (Array.isArray(value) && value.length === 0)) continue;
    throw new ApiError(
      "invalidQuery",
      `Option ${name} value has type ${typeName(type)} which cannot be coerced to expected type ${TYPES[name]}`,
    );
  }
}

function fits(type: SqlType, wanted: string): boolean {
  const name = plainName(type);
  return name === wanted || (COERCED[wanted] ?? []).includes(name);
}

/** The name of a type without those of its fields. */
function plainName(type: SqlType): string {
  if (typeof type === "string") return type;
  if (type.kind === "array") return `ARRAY<${plainName(type.element)}>`;
  return `STRUCT<${type.fields.map((field) => plainName(field.type)).join(", ")}>`;
}
