import * as v from "valibot";
import { NO_COLUMNS } from "../../port/no-columns.js";
import type { Kept } from "../metadata/store.js";
import { ApiError } from "../protocol/errors.js";
import { declaredText, type FieldSchema, quoted, requireNamesOnce } from "../protocol/schema.js";
import { changedLabels, int64, tags } from "../protocol/validate.js";
import { constraintChange, constraintTexts, tableConstraints } from "./constraints.js";
import { requireDataset } from "./datasets.js";
import { defaultExpiration } from "./expiration-defaults.js";
import { externalConfiguration } from "./external-configuration.js";
import { requireFieldNames } from "./field-names.js";
import { defaultCollation, tableSchema } from "./fields.js";
import {
  clustering,
  keptPartitioning,
  layoutText,
  rangePartitioning,
  requireLayout,
  type SaidLayout,
  timePartitioning,
} from "./layout.js";
import { layoutOfTable, requireSamePartitions, withPartitions } from "./layout-spec.js";
import { merged } from "./merged.js";
import { partitionCondition, partitionOf, withoutDecorator } from "./partitions.js";
import { movePolicies } from "./row-access.js";
import { planSchemaUpdate } from "./schema-update.js";
import { type Catalogue, runSql } from "./service.js";
import {
  findRelation,
  fullTableName,
  requireRelation,
  type TableRef,
  tableFields,
  tableId,
  tableResource,
} from "./tables.js";

const viewDefinition = v.looseObject({ query: v.string(), useLegacySql: v.nullish(v.boolean()) });

/** What a client may say of a table. https://cloud.google.com/bigquery/docs/reference/rest/v2/tables */
const SAID = {
  friendlyName: v.nullish(v.string()),
  description: v.nullish(v.string()),
  labels: v.nullish(changedLabels),
  schema: v.nullish(tableSchema),
  expirationTime: v.nullish(int64),
  timePartitioning: v.nullish(timePartitioning),
  rangePartitioning: v.nullish(rangePartitioning),
  clustering: v.nullish(clustering),
  requirePartitionFilter: v.nullish(v.boolean()),
  view: v.nullish(viewDefinition),
  materializedView: v.nullish(viewDefinition),
  defaultCollation,
  defaultRoundingMode: v.nullish(v.string()),
  encryptionConfiguration: v.nullish(v.looseObject({})),
  maxStaleness: v.nullish(v.string()),
  resourceTags: v.nullish(tags),
  tableConstraints: v.nullish(tableConstraints),
  externalDataConfiguration: v.nullish(externalConfiguration),
};

export const tableChange = v.object(SAID);
export const newTable = v.object({ ...SAID, tableReference: v.object({ tableId: v.string() }) });
export type TableChange = v.InferOutput<typeof tableChange>;

const NAME = /^[\p{L}\p{M}\p{N}\p{Pc}\p{Pd}\p{Zs}]{1,1024}$/u;

/**
 * Makes a table or view.
 * @throws ApiError where there is one already, and for what the engine does not have
 */
export async function createTable(catalogue: Catalogue, ref: TableRef, given: TableChange) {
  if (!NAME.test(ref.table)) throw new ApiError("invalid", `Invalid table ID "${ref.table}".`);
  await requireDataset(catalogue, ref.project, ref.dataset);
  if ((await findRelation(catalogue, ref)) !== undefined)
    throw new ApiError("duplicate", `Already Exists: Table ${fullTableName(ref)}`);
  await runSql(catalogue, creation(ref, given, ""));
  const said = merged({}, keptOf(given));
  const expiration = await defaultExpiration(catalogue, ref.dataset, ref.table, said);
  await keep(catalogue, ref, { ...said, ...expiration, created: catalogue.clock.now() });
  return tableResource(catalogue, ref, await requireRelation(catalogue, ref));
}

/** The statement that makes a table or view as a client describes it. */
export function creation(
  { dataset, table, project }: Pick<TableRef, "dataset" | "table"> & { readonly project?: TableRef["project"] },
  given: TableChange,
  orReplace: string,
): string {
  const name = `${quoted(dataset)}.${quoted(table)}`;
  const view = given.view ?? given.materializedView;
  if (view) {
    if (view.useLegacySql === true)
      throw new ApiError("invalid", "Views in legacy SQL are not supported by the embedded engine");
    return `CREATE ${orReplace}VIEW ${name} AS ${view.query}`;
  }
  const fields = given.schema?.fields ?? [];
  if (fields.length === 0) return `CREATE ${orReplace}TABLE ${name} (${quoted(NO_COLUMNS)} BOOL)${emptyLayout(given)}`;
  requireNamesOnce(fields);
  requireFieldNames(fields);
  requireLayout(fields, given);
  const columns = [...fields.map(columnText), ...constraintTexts(given.tableConstraints ?? {}, project)];
  const { defaultCollation: collation } = given;
  const collated = typeof collation === "string" ? ` DEFAULT COLLATE '${collation}'` : "";
  return `CREATE ${orReplace}TABLE ${name} (${columns.join(", ")})${collated}${layoutText(given, fields)}`;
}

/** A table without columns can be laid out by the time alone at which rows will come; the rest waits for its columns. */
function emptyLayout({ timePartitioning }: TableChange): string {
  return timePartitioning && timePartitioning.field === undefined ? layoutText({ timePartitioning }, []) : "";
}

function columnText(field: FieldSchema): string {
  const required = field.mode?.toUpperCase() === "REQUIRED" ? " NOT NULL" : "";
  const { defaultValueExpression } = field;
  const value = defaultValueExpression === undefined ? "" : ` DEFAULT ${defaultValueExpression}`;
  return `${quoted(field.name)} ${declaredText(field)}${uncollated(field)}${value}${required}`;
}

/** What says that a column has no collation though its table has one for others. */
const uncollated = ({ collation }: FieldSchema): string => (collation === "" ? " COLLATE ''" : "");

/** Changes a table; `replace`: what the change leaves out is gone. */
export async function changeTable(catalogue: Catalogue, ref: TableRef, given: TableChange, replace: boolean) {
  const relation = await requireRelation(catalogue, ref);
  const { created, ...said } = catalogue.store.get("table", tableId(ref));
  const isLaidOut = relation.kind === "table" && relation.columns.length > 0;
  const layout = layoutOfTable(catalogue.store, tableId(ref), relation);
  const change = isLaidOut ? withPartitions(layout, given) : given;
  if (isLaidOut) requireSamePartitions(layout, change);
  const view = change.view ?? change.materializedView;
  if (view && relation.kind === "view") await runSql(catalogue, creation(ref, change, "OR REPLACE "));
  if (change.defaultCollation !== undefined && relation.kind === "table") {
    const collation = change.defaultCollation ?? "";
    const name = `${quoted(ref.dataset)}.${quoted(ref.table)}`;
    await runSql(catalogue, `ALTER TABLE ${name} SET DEFAULT COLLATE '${collation}'`);
  }
  if (change.schema && relation.kind === "table" && relation.columns.length === 0) {
    if (change.schema.fields.length > 0)
      await runSql(
        catalogue,
        creation(ref, { ...said, defaultCollation: defaultCollationOf(relation), ...change }, "OR REPLACE "),
      );
  } else if (change.schema && relation.kind === "table") {
    const collation = (change.defaultCollation ?? defaultCollationOf(relation)) || undefined;
    const may = { mayAdd: true, mayRelax: true, mayOmit: false, mayWiden: true };
    const rules = { mismatch: schemaMismatch(ref), collation, ...may };
    const { changes } = planSchemaUpdate(tableFields(catalogue, ref, relation), change.schema.fields, rules);
    if (changes.length > 0) await catalogue.jobs.changeSchema({ dataset: ref.dataset, name: ref.table }, changes);
  }
  if (isLaidOut && change.clustering !== undefined) await changeClusters(catalogue, ref, change.clustering);
  if (change.tableConstraints !== undefined && relation.kind === "table") {
    const keys = change.tableConstraints ?? { primaryKey: null, foreignKeys: null };
    const sql = constraintChange(`${quoted(ref.dataset)}.${quoted(ref.table)}`, relation, keys, ref.project);
    if (sql !== undefined) await runSql(catalogue, sql);
  }
  const { view: oldView, materializedView, iam } = said;
  const base = replace ? definedOnly({ view: oldView, materializedView, iam }) : said;
  // The warehouse itself knows the clusters of a table that has columns.
  const clusters = isLaidOut ? { clustering: null } : {};
  await keep(catalogue, ref, { ...merged(base, { ...keptOf(change), ...clusters }), created });
  return tableResource(catalogue, ref, await requireRelation(catalogue, ref));
}

async function changeClusters(catalogue: Catalogue, ref: TableRef, said: SaidLayout["clustering"]): Promise<void> {
  const relation = await requireRelation(catalogue, ref);
  requireLayout(tableFields(catalogue, ref, relation), { clustering: said });
  const by = said?.fields ?? [];
  await catalogue.jobs.changeSchema({ dataset: ref.dataset, name: ref.table }, [{ kind: "cluster", by }]);
}

/** What a table gives the texts that are added to it. */
export function defaultCollationOf({ isCollated }: { readonly isCollated?: boolean | undefined }): string | undefined {
  return isCollated === true ? "und:ci" : undefined;
}

/** How messages begin of a schema that is not the one of the table. */
export const schemaMismatch = (ref: TableRef): string => `Provided Schema does not match Table ${fullTableName(ref)}.`;

/** What is kept of a change. */
function keptOf({ timePartitioning, tableConstraints: _, defaultCollation: __, ...change }: TableChange): Kept {
  if (!timePartitioning) return { ...change, ...(timePartitioning === undefined ? {} : { timePartitioning }) };
  return { ...change, ...keptPartitioning({ timePartitioning }) };
}

function definedOnly(kept: Kept): Kept {
  return Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== undefined));
}

async function keep({ store, times }: Catalogue, ref: TableRef, kept: Kept): Promise<void> {
  await store.set("table", tableId(ref), kept);
  times.touch(tableId(ref));
}

/** @throws ApiError where there is no such table */
export async function deleteTable(catalogue: Catalogue, given: TableRef): Promise<void> {
  const { base: ref, id } = withoutDecorator(given);
  if (id === undefined) catalogue.buffer.forget(tableId(ref));
  if (id !== undefined) {
    const partition = partitionOf(catalogue.store, ref, await requireRelation(catalogue, ref), id);
    const rows = `${quoted(ref.dataset)}.${quoted(ref.table)} WHERE ${partitionCondition(partition)}`;
    await runSql(catalogue, `DELETE FROM ${rows}`);
    catalogue.times.touch(tableId(ref));
    return;
  }
  const { kind } = await requireRelation(catalogue, ref);
  await runSql(catalogue, `DROP ${kind.toUpperCase()} ${quoted(ref.dataset)}.${quoted(ref.table)}`);
  await catalogue.store.remove("table", tableId(ref));
  await movePolicies(catalogue, tableId(ref), undefined);
}
