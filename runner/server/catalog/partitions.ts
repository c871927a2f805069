import { type IngestionUnit, PARTITION_TIME } from "../../port/ingestion-time.js";
import type { RelationDetails } from "../../port/sql-jobs.js";
import { typeName } from "../../port/sql-types.js";
import type { TablePartition } from "../../port/table-partition.js";
import type { MetadataStore } from "../metadata/store.js";
import { ApiError } from "../protocol/errors.js";
import { quoted } from "../protocol/schema.js";
import { fullTableName, type TableRef, tableId } from "./tables.js";

/** `table$20240131`: a part of a table. */
const DECORATOR = /^([^$]+)\$(.+)$/;
/** How long an id is of a partition of each unit. */
const UNITS: Readonly<Record<number, IngestionUnit>> = { 4: "YEAR", 6: "MONTH", 8: "DAY", 10: "HOUR" };
const WITHOUT_VALUE = "__NULL__";

/** A table as a client names it, and the id of the partition behind its name. */
export function withoutDecorator(ref: TableRef): { readonly base: TableRef; readonly id: string | undefined } {
  const [, table, id] = DECORATOR.exec(ref.table) ?? [];
  return table === undefined ? { base: ref, id: undefined } : { base: { ...ref, table }, id };
}

/** How long the partition lasts that an id names, where nothing else is known of the table. */
export const unitOf = (id: string): IngestionUnit => UNITS[id.length] ?? "DAY";

/**
 * The id of the partition that holds a value, as text.
 * @param unit undefined: partitions are ranges of numbers
 */
export function partitionIdOf(value: string | undefined, unit: IngestionUnit | undefined): string {
  if (value === undefined) return WITHOUT_VALUE;
  return unit === undefined ? value : value.replace(/\D/g, "").slice(0, digitsOf(unit));
}

const digitsOf = (unit: string): number =>
  Number(Object.keys(UNITS).find((digits) => UNITS[Number(digits)] === unit) ?? 8);

/** The partition that holds a time, in milliseconds since 1970; undefined: the table has none of times. */
export function partitionAt(
  store: MetadataStore,
  ref: TableRef,
  relation: RelationDetails,
  at: number,
): TablePartition | undefined {
  const kept = store.get("table", tableId(ref));
  const time = kept.timePartitioning as { readonly type?: string } | undefined;
  if (relation.ingestion === undefined && relation.partitionColumn === undefined && time === undefined)
    return undefined;
  const unit = relation.ingestion ?? (time?.type ?? "DAY").toUpperCase();
  const id = new Date(at).toISOString().replace(/\D/g, "").slice(0, digitsOf(unit));
  return partitionOf(store, ref, relation, id);
}

interface RangePartitioning {
  readonly field: string;
  readonly range: Readonly<Record<"start" | "end" | "interval", string>>;
}

/**
 * The rows that a partition decorator names.
 * @throws ApiError where the table is not partitioned so
 */
export function partitionOf(
  store: MetadataStore,
  ref: TableRef,
  relation: RelationDetails,
  id: string,
): TablePartition {
  const kept = store.get("table", tableId(ref));
  const range = kept.rangePartitioning as RangePartitioning | undefined;
  const time = kept.timePartitioning as { readonly type?: string; readonly field?: string } | undefined;
  if (range !== undefined) return rangeOf(ref, range, id);
  const field = time?.field ?? relation.partitionColumn;
  if (field === undefined && relation.ingestion === undefined)
    throw new ApiError(
      "invalid",
      `Cannot read or write partition information of a table that is not partitioned: ${fullTableName(ref)}$${id}`,
    );
  const unit = relation.ingestion ?? ((time?.type ?? "DAY").toUpperCase() as IngestionUnit);
  if (field === undefined)
    return {
      id,
      column: PARTITION_TIME,
      type: "TIMESTAMP",
      bounds: boundsOf(ref, id, unit, "TIMESTAMP"),
      isArrival: true,
    };
  const column = relation.columns.find(({ name }) => name.toLowerCase() === field.toLowerCase());
  const type = column && typeName(column.type);
  if (column === undefined || (type !== "DATE" && type !== "DATETIME" && type !== "TIMESTAMP")) throw wrong(ref, id);
  return { id, column: column.name, type, bounds: boundsOf(ref, id, unit, type), isArrival: false };
}

function boundsOf(ref: TableRef, id: string, unit: IngestionUnit, type: TablePartition["type"]) {
  if (id === WITHOUT_VALUE) return undefined;
  if (!/^\d+$/.test(id) || UNITS[id.length] !== unit) throw wrong(ref, id);
  const [year, month = "01", day = "01", hour = "00"] = [
    id.slice(0, 4),
    ...[4, 6, 8].map((at) => id.slice(at, at + 2) || undefined),
  ];
  const from = new Date(`${year}-${month}-${day}T${hour}:00:00Z`);
  if (Number.isNaN(from.getTime()) || !from.toISOString().startsWith(`${year}-${month}-${day}T${hour}`))
    throw wrong(ref, id);
  const to = new Date(from);
  if (unit === "YEAR") to.setUTCFullYear(to.getUTCFullYear() + 1);
  else if (unit === "MONTH") to.setUTCMonth(to.getUTCMonth() + 1);
  else if (unit === "DAY") to.setUTCDate(to.getUTCDate() + 1);
  else to.setUTCHours(to.getUTCHours() + 1);
  return { from: written(from, type), to: written(to, type) };
}

function written(at: Date, type: TablePartition["type"]): string {
  const text = at.toISOString();
  if (type === "DATE") return text.slice(0, 10);
  return `${text.slice(0, 19).replace("T", " ")}${type === "TIMESTAMP" ? "+00" : ""}`;
}

function rangeOf(ref: TableRef, { field, range }: RangePartitioning, id: string): TablePartition {
  const shape = { id, column: field, type: "INT64", isArrival: false } as const;
  if (id === WITHOUT_VALUE) return { ...shape, bounds: undefined };
  const [start, end, interval] = [BigInt(range.start), BigInt(range.end), BigInt(range.interval)];
  if (!/^-?\d+$/.test(id)) throw wrong(ref, id);
  const from = BigInt(id);
  if (from < start || from >= end || (from - start) % interval !== 0n) throw wrong(ref, id);
  const to = from + interval < end ? from + interval : end;
  return { ...shape, bounds: { from: String(from), to: String(to) } };
}

const wrong = (ref: TableRef, id: string): ApiError =>
  new ApiError("invalid", `Invalid partition decorator $${id} of table ${fullTableName(ref)}`);

/** The condition of a GoogleSQL statement for the rows of a partition. */
export function partitionCondition(partition: TablePartition): string {
  const { bounds } = partition;
  const name = columnText(partition);
  if (bounds === undefined) return `${name} IS NULL`;
  return `${name} >= ${literal(partition, bounds.from)} AND ${name} < ${literal(partition, bounds.to)}`;
}

/** The condition for the rows of a partition and of all before it. */
export function partitionsBefore(partition: TablePartition): string {
  const { bounds } = partition;
  return bounds === undefined ? "FALSE" : `${columnText(partition)} < ${literal(partition, bounds.to)}`;
}

const columnText = ({ column }: TablePartition): string => (column === PARTITION_TIME ? column : quoted(column));
const literal = ({ type }: TablePartition, text: string): string => (type === "INT64" ? text : `${type} '${text}'`);
