import type { SqlValue } from "../../port/port.js";
import type { SqlJobs } from "../../port/sql-jobs.js";
import type { Kept } from "../metadata/store.js";
import { microsOf } from "../values/encode.js";
import type { OptionText } from "./definition-facts.js";
import { rowsOf } from "./rows-of.js";

const MS_PER_DAY = 86_400_000;

/** Options by the names of the API, with what each value becomes; others change nothing that a client is told. */
const FACTS: Readonly<Record<string, (value: SqlValue) => Kept>> = {
  description: (value) => ({ description: value }),
  friendly_name: (value) => ({ friendlyName: value }),
  location: (value) => ({ location: value }),
  labels: (value) => ({ labels: value === null ? null : labelsOf(value) }),
  expiration_timestamp: (value) => ({
    expirationTime: value === null ? null : String(microsOf(String(value)) / 1000n),
  }),
  require_partition_filter: (value) => ({ requirePartitionFilter: value }),
  // The times of a partition go with its layout, which the warehouse may know alone.
  partition_expiration_days: (value) => ({ partitionExpirationMs: days(value) }),
  kms_key_name: (value) => ({ encryptionConfiguration: value === null ? null : { kmsKeyName: value } }),
  default_rounding_mode: (value) => ({ defaultRoundingMode: value }),
  max_staleness: (value) => ({ maxStaleness: value === null ? null : String(value) }),
  enable_refresh: (value) => ({ materializedView: { enableRefresh: value } }),
  refresh_interval_minutes: (value) => ({ materializedView: { refreshIntervalMs: String(Number(value) * 60_000) } }),
  allow_non_incremental_definition: (value) => ({ materializedView: { allowNonIncrementalDefinition: value } }),
  default_table_expiration_days: (value) => ({ defaultTableExpirationMs: days(value) }),
  default_partition_expiration_days: (value) => ({ defaultPartitionExpirationMs: days(value) }),
  storage_billing_model: (value) => ({ storageBillingModel: value }),
  is_case_insensitive: (value) => ({ isCaseInsensitive: value }),
  max_time_travel_hours: (value) => ({ maxTimeTravelHours: value === null ? null : String(value) }),
};

const days = (value: SqlValue): string | null =>
  value === null ? null : String(Math.round(Number(value) * MS_PER_DAY));

/** `[("key", "value"), ..]` as the API writes labels. */
function labelsOf(value: SqlValue): Kept {
  const pairs = value as readonly Readonly<Record<string, SqlValue>>[];
  return Object.fromEntries(pairs.map((pair) => Object.values(pair).map(String) as [string, string]));
}

/** What options say, computed; null takes a fact away. */
export async function optionFacts(jobs: SqlJobs, options: readonly OptionText[]): Promise<Kept> {
  const known = options.filter(({ name }) => Object.hasOwn(FACTS, name));
  if (known.length === 0) return {};
  const values = await valuesOf(jobs, known.map(optionExpression));
  return Object.assign({}, ...known.map(({ name }, index) => FACTS[name]?.(values[index] ?? null) ?? {})) as Kept;
}

/** The value of an option, as an expression: a time may be written as a text. */
export function optionExpression({ name, expression }: OptionText): string {
  return name === "expiration_timestamp" ? `CAST(${expression} AS TIMESTAMP)` : expression;
}

/** What options say whose values are known. */
export function saidByOptions(options: Readonly<Record<string, SqlValue>>): Kept {
  return Object.assign({}, ...Object.entries(options).map(([name, value]) => FACTS[name]?.(value) ?? {})) as Kept;
}

/** The values of some expressions. */
export async function valuesOf(jobs: SqlJobs, expressions: readonly string[]): Promise<readonly SqlValue[]> {
  const columns = expressions.map((expression, index) => `${expression} AS v${index}`);
  const [row = []] = await rowsOf(jobs, `SELECT ${columns.join(", ")}`);
  return row;
}
