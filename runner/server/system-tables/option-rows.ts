import type { RowObject } from "../../port/port.js";
import { floatText } from "../values/encode.js";

const MS_PER_DAY = 86_400_000;
/** Options of a dataset that are days in SQL and milliseconds in the API. */
const DATASET_DAYS = [
  ["default_table_expiration_days", "defaultTableExpirationMs"],
  ["default_partition_expiration_days", "defaultPartitionExpirationMs"],
] as const;

/** What is said of a table or dataset, as rows of TABLE_OPTIONS or SCHEMATA_OPTIONS. */
export function optionsOf(said: Readonly<Record<string, unknown>>): readonly RowObject[] {
  const { description, friendlyName, labels, expirationTime, requirePartitionFilter, timePartitioning } = said;
  const options: RowObject[] = [];
  const add = (option_name: string, option_type: string, option_value: string): void => {
    options.push({ option_name, option_type, option_value });
  };
  if (typeof description === "string") add("description", "STRING", JSON.stringify(description));
  if (typeof friendlyName === "string") add("friendly_name", "STRING", JSON.stringify(friendlyName));
  const pairs = Object.entries((labels ?? {}) as Readonly<Record<string, string>>);
  if (pairs.length > 0)
    add(
      "labels",
      "ARRAY<STRUCT<STRING, STRING>>",
      `[${pairs.map(([key, value]) => `STRUCT(${JSON.stringify(key)}, ${JSON.stringify(value)})`).join(", ")}]`,
    );
  if (typeof expirationTime === "string")
    add("expiration_timestamp", "TIMESTAMP", `TIMESTAMP "${new Date(Number(expirationTime)).toISOString()}"`);
  const { expirationMs } = (timePartitioning ?? {}) as { readonly expirationMs?: unknown };
  if (expirationMs !== undefined)
    add("partition_expiration_days", "FLOAT64", floatText(Number(expirationMs) / MS_PER_DAY));
  if (typeof requirePartitionFilter === "boolean")
    add("require_partition_filter", "BOOL", String(requirePartitionFilter));
  for (const [name, key] of DATASET_DAYS)
    if (said[key] !== undefined) add(name, "FLOAT64", floatText(Number(said[key]) / MS_PER_DAY));
  if (typeof said.maxTimeTravelHours === "string") add("max_time_travel_hours", "INT64", said.maxTimeTravelHours);
  if (typeof said.storageBillingModel === "string")
    add("storage_billing_model", "STRING", JSON.stringify(said.storageBillingModel));
  if (typeof said.isCaseInsensitive === "boolean") add("is_case_insensitive", "BOOL", String(said.isCaseInsensitive));
  if (typeof said.defaultRoundingMode === "string")
    add("default_rounding_mode", "STRING", JSON.stringify(said.defaultRoundingMode));
  const view = (said.materializedView ?? {}) as {
    readonly enableRefresh?: boolean;
    readonly refreshIntervalMs?: string;
  };
  if (view.enableRefresh !== undefined) add("enable_refresh", "BOOL", String(view.enableRefresh));
  if (view.refreshIntervalMs !== undefined)
    add("refresh_interval_minutes", "FLOAT64", floatText(Number(view.refreshIntervalMs) / 60_000));
  return options;
}
