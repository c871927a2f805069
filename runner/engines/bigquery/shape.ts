import { everyPartition } from "../../googlesql/partitioning.js";
import { quoteIdentifier } from "../../googlesql/quote.js";
import { EngineError } from "../../port/engine-error.js";
import { type Relation, relationKey } from "../../port/port.js";
import type { RelationSettings, WantedRelation } from "../../port/relation-settings.js";
import type { Column } from "../../port/sql-types.js";
import { keptColumn } from "../columns.js";
import { writtenType } from "./literals.js";
import { OLD } from "./pending.js";

/** Rows of a table in other columns: NULL where a column is new or of another type. */
export function reshapedRows(existing: Relation, wanted: readonly Column[], source: string): string {
  const columns = wanted.map(({ name, type }) => {
    const from = existing.columns.find((column) => keptColumn([{ name, type }], column) !== undefined);
    const value = from === undefined ? `CAST(NULL AS ${writtenType(type)})` : `${OLD}.${quoteIdentifier(from.name)}`;
    return `${value} AS ${quoteIdentifier(name)}`;
  });
  return `SELECT ${columns.join(", ")} FROM ${source} AS ${OLD} WHERE ${everyPartition(existing, OLD)}`;
}

/**
 * PARTITION BY and CLUSTER BY of a table.
 * @param partitionBy by what it is partitioned where that is no DATE column
 */
export function layoutSql(
  partitionColumn: string | undefined,
  clusterBy: readonly string[],
  partitionBy?: string | undefined,
): string {
  const by = partitionColumn === undefined ? partitionBy : quoteIdentifier(partitionColumn);
  const partition = by === undefined ? "" : ` PARTITION BY ${by}`;
  const cluster = clusterBy.length === 0 ? "" : ` CLUSTER BY ${clusterBy.map(quoteIdentifier).join(", ")}`;
  return `${partition}${cluster}`;
}

/** OPTIONS of a table or view that stand in its definition, as stock Dataform writes them. */
export function optionsSql(settings: RelationSettings | undefined): string {
  if (settings === undefined) return "";
  const { partitionExpirationDays, requiresPartitionFilter, options } = settings;
  const texts = [
    ...(partitionExpirationDays === undefined ? [] : [`partition_expiration_days = ${partitionExpirationDays}`]),
    ...(requiresPartitionFilter ? ["require_partition_filter = TRUE"] : []),
    ...Object.entries(options).map(([name, value]) => `${name} = ${value}`),
  ];
  return texts.length === 0 ? "" : ` OPTIONS (${texts.join(", ")})`;
}

/** @throws EngineError for a relation that would have to be kept elsewhere */
export function requireMakeable({ id, settings }: WantedRelation): void {
  const [first] = settings.unsupported;
  if (first === undefined) return;
  throw new EngineError(
    "refused",
    `${relationKey(id)} asks for ${first}, a table that is kept outside of BigQuery, which fastbreak does not make; take it out of its config, or make the table in an operation`,
  );
}

/** What a relation is called in statements that drop it. */
export function kindSql({ kind, isMaterialized }: Relation): string {
  if (kind === "table") return "TABLE";
  return isMaterialized === true ? "MATERIALIZED VIEW" : "VIEW";
}

/** A table to select from, all partitions of it. */
export function wholeTable(relation: Pick<Relation, "filterColumn"> | undefined, path: string): string {
  if (relation?.filterColumn === undefined) return path;
  return `(SELECT * FROM ${path} AS ${OLD} WHERE ${everyPartition(relation, OLD)})`;
}
