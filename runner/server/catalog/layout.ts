import * as v from "valibot";
import { type IngestionUnit, PARTITION_DATE, PARTITION_TIME } from "../../port/ingestion-time.js";
import { typeName } from "../../port/sql-types.js";
import type { Kept } from "../metadata/store.js";
import { ApiError } from "../protocol/errors.js";
import { type FieldSchema, quoted, typeOfField } from "../protocol/schema.js";
import { int64 } from "../protocol/validate.js";

export const timePartitioning = v.looseObject({
  type: v.optional(v.string()),
  field: v.optional(v.string()),
  expirationMs: v.nullish(int64),
});
export const rangePartitioning = v.looseObject({
  field: v.string(),
  range: v.optional(v.object({ start: int64, end: int64, interval: int64 })),
});
export const clustering = v.object({ fields: v.array(v.string()) });

/** How a client wants the rows of a table to be laid out. */
export interface SaidLayout {
  readonly timePartitioning?:
    | { readonly type?: string | undefined; readonly field?: string | undefined }
    | null
    | undefined;
  readonly rangePartitioning?:
    | {
        readonly field: string;
        readonly range?: { readonly start: string; readonly end: string; readonly interval: string } | undefined;
      }
    | null
    | undefined;
  readonly clustering?: { readonly fields: readonly string[] } | null | undefined;
}

const UNITS: readonly IngestionUnit[] = ["HOUR", "DAY", "MONTH", "YEAR"];
/** Types of columns that may be clustered by. https://cloud.google.com/bigquery/docs/clustered-tables#cluster_column_types */
const CLUSTERED = new Set("BIGNUMERIC BOOL DATE DATETIME GEOGRAPHY INT64 NUMERIC RANGE STRING TIMESTAMP".split(" "));
const MOST_CLUSTERED = 4;

/** How long the partitions of time are; a client that says nothing of it means days. */
export function unitOfTime({ type }: NonNullable<SaidLayout["timePartitioning"]>): IngestionUnit {
  const unit = UNITS.find((known) => known === (type ?? "DAY").toUpperCase());
  if (unit === undefined)
    throw new ApiError("invalid", `Invalid value for timePartitioning.type: ${type} is not one of ${UNITS.join(", ")}`);
  return unit;
}

/** @throws ApiError for a layout that no table of the fields can have */
export function requireLayout(fields: readonly FieldSchema[], said: SaidLayout): void {
  const { timePartitioning, rangePartitioning, clustering } = said;
  if (timePartitioning && rangePartitioning)
    throw new ApiError("invalid", "Only one of timePartitioning and rangePartitioning can be specified");
  if (timePartitioning) requireTime(fields, timePartitioning);
  if (rangePartitioning) {
    const type = typeName(typeOfField(partitioningField(fields, rangePartitioning.field)));
    if (type !== "INT64")
      throw new ApiError(
        "invalid",
        `The field specified for range partitioning can only be of type INTEGER. The type found is: ${type}.`,
      );
  }
  if (clustering) requireClustering(fields, clustering.fields);
}

function requireTime(fields: readonly FieldSchema[], time: NonNullable<SaidLayout["timePartitioning"]>): void {
  const unit = unitOfTime(time);
  if (time.field === undefined) return;
  const type = typeName(typeOfField(partitioningField(fields, time.field)));
  if (!["DATE", "DATETIME", "TIMESTAMP"].includes(type))
    throw new ApiError(
      "invalid",
      `The field specified for time partitioning can only be of type TIMESTAMP, DATE or DATETIME. The type found is: ${type}.`,
    );
  if (unit === "HOUR" && type === "DATE")
    throw new ApiError("invalid", "A field of type DATE cannot be partitioned by HOUR.");
}

function partitioningField(fields: readonly FieldSchema[], name: string): FieldSchema {
  const found = fields.find((field) => field.name.toLowerCase() === name.toLowerCase());
  if (found !== undefined) return found;
  throw new ApiError("invalid", "The field specified for partitioning cannot be found in the schema.");
}

function requireClustering(fields: readonly FieldSchema[], names: readonly string[]): void {
  if (names.length > MOST_CLUSTERED)
    throw new ApiError("invalid", `Clustering by more than ${MOST_CLUSTERED} fields is not supported.`);
  for (const name of names) {
    const field = fields.find((one) => one.name.toLowerCase() === name.toLowerCase());
    if (field === undefined)
      throw new ApiError(
        "invalid",
        `The field specified for clustering cannot be found in the schema. Invalid field: ${name}`,
      );
    const type = typeName(typeOfField(field));
    if (!CLUSTERED.has(type.replace(/<.*/, "")))
      throw new ApiError("invalid", `Field ${name} has type ${type}, which is not supported for clustering.`);
  }
}

/** What CREATE TABLE says of a layout that the warehouse has a place for; the rest is kept beside it. */
export function layoutText({ timePartitioning, clustering }: SaidLayout, fields: readonly FieldSchema[]): string {
  const cluster = clustering ? ` CLUSTER BY ${clustering.fields.map(quoted).join(", ")}` : "";
  if (!timePartitioning) return cluster;
  const unit = unitOfTime(timePartitioning);
  const { field } = timePartitioning;
  const arrival = unit === "DAY" ? PARTITION_DATE : `TIMESTAMP_TRUNC(${PARTITION_TIME}, ${unit})`;
  if (field === undefined) return ` PARTITION BY ${arrival}${cluster}`;
  const isDate = typeName(typeOfField(partitioningField(fields, field))) === "DATE";
  return isDate && unit === "DAY" ? ` PARTITION BY ${quoted(field)}${cluster}` : cluster;
}

/** When partitions expire is kept beside their layout, as a statement says it; null takes it away. */
export function keptPartitioning(said: SaidLayout): Kept {
  const { timePartitioning, rangePartitioning } = said;
  if (!timePartitioning) return rangePartitioning ? { rangePartitioning } : {};
  const { expirationMs, ...time } = timePartitioning as { readonly expirationMs?: unknown };
  return {
    timePartitioning: { type: "DAY", ...time },
    ...(expirationMs === undefined
      ? {}
      : { partitionExpirationMs: expirationMs === null ? null : String(expirationMs) }),
  };
}
