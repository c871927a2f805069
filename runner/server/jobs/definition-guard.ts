import type { Statement } from "../../googlesql/ast.js";
import { parseStatementText } from "../../googlesql/parser/statement.js";
import type { Definition, JobRequest } from "../../port/sql-jobs.js";
import { datasetChange } from "../catalog/datasets.js";
import { requireFieldName, requireFieldNames } from "../catalog/field-names.js";
import { requireLayout, type SaidLayout } from "../catalog/layout.js";
import { isSameLayout, layoutOfTable, layoutSpec, layoutWith } from "../catalog/layout-spec.js";
import type { Catalogue } from "../catalog/service.js";
import type { Kept } from "../metadata/store.js";
import { ApiError } from "../protocol/errors.js";
import { fieldsOf } from "../protocol/schema.js";
import { checked } from "../protocol/validate.js";
import { type DefinitionFacts, definitionFacts } from "./definition-facts.js";
import { requireKnownOptions } from "./known-options.js";
import { optionFacts } from "./options.js";

/**
 * Refuses statements that the warehouse could carry out and BigQuery does not: another layout for a table that is there, the loss of a
 * column that it is laid out by, names and clusters that no table may have.
 * @param noted waits until all is kept that statements before this one have said
 */
export function definitionGuard(
  { store, jobs }: Pick<Catalogue, "store" | "jobs">,
  noted: () => Promise<void>,
): NonNullable<JobRequest["mayDefine"]> {
  return async (definition) => {
    const { text, table, before, made } = definition;
    const statement = parseStatementText(text);
    await noted();
    await requireOptions(jobs, text, table.name === "");
    if (statement.kind === "alterTable") for (const { name } of statement.addColumns) requireFieldName(name.name);
    if (statement.kind === "changeTable" && before !== undefined)
      requireKeptColumns(statement, table, layoutOfTable(store, `${table.dataset}.${table.name}`, before));
    if (statement.kind === "drop")
      requireSort(statement, definition, store.get("table", `${table.dataset}.${table.name}`));
    if (made === undefined) return;
    const facts = definitionFacts(text);
    const layout = layoutWith({ ...layoutLike(store, facts, table.dataset), ...facts.kept }, made);
    const fields = fieldsOf(made.columns);
    requireFieldNames(fields);
    requireLayout(fields, { clustering: layout.clustering });
    if (before !== undefined && "orReplace" in statement && statement.orReplace)
      requireReplaceable(layoutOfTable(store, `${table.dataset}.${table.name}`, before), layout);
  };
}

/** DROP EXTERNAL TABLE and DROP MATERIALIZED VIEW are of such ones alone, and DROP VIEW is of other views. */
function requireSort(
  { object, sort }: Extract<Statement, { kind: "drop" }>,
  { table, before, isView }: Definition,
  { externalDataConfiguration, materializedView }: Kept,
): void {
  const isExternal = externalDataConfiguration !== undefined;
  const isMaterialized = materializedView !== undefined;
  const refused =
    (sort === "EXTERNAL" && before !== undefined && !isExternal) ||
    (object === "VIEW" && isView && (sort === "MATERIALIZED") !== isMaterialized);
  if (!refused) return;
  const kind = isMaterialized ? "MATERIALIZED_VIEW" : isView ? "VIEW" : "TABLE";
  throw new ApiError(
    "invalid",
    `${table.dataset}.${table.name} is not allowed for this operation because it is currently a ${kind}.`,
  );
}

/** Options are those that there are, and say what the API could be told: labels that there can be, and of a dataset expirations that are long enough. */
async function requireOptions(jobs: Catalogue["jobs"], text: string, isDataset: boolean): Promise<void> {
  const { options, columnOptions } = definitionFacts(text);
  await requireKnownOptions(jobs, options);
  const columns = new Set(columnOptions.map(({ path }) => path.join(".")));
  for (const column of columns)
    await requireKnownOptions(
      jobs,
      columnOptions.filter(({ path }) => path.join(".") === column),
    );
  const checkedHere = isDataset ? options : options.filter(({ name }) => name === "labels");
  if (checkedHere.length > 0) checked(datasetChange, await optionFacts(jobs, checkedHere));
}

/** What is kept of the partitions of the table that a statement makes another one of. */
function layoutLike(store: Catalogue["store"], { likePath }: Pick<DefinitionFacts, "likePath">, home: string): Kept {
  if (likePath === undefined) return {};
  const [name, dataset = home] = [...likePath].reverse();
  const { timePartitioning, rangePartitioning } = store.get("table", `${dataset}.${name}`);
  return { timePartitioning, rangePartitioning };
}

function requireReplaceable(before: SaidLayout, after: SaidLayout): void {
  if (isSameLayout(before, after)) return;
  throw new ApiError(
    "invalid",
    `Cannot replace a table with a different partitioning spec. Instead, DROP the table, and then recreate it. New partitioning spec is ${layoutSpec(after)} and existing spec is ${layoutSpec(before)}`,
  );
}

function requireKeptColumns(
  { changes }: Extract<Statement, { kind: "changeTable" }>,
  table: Definition["table"],
  { timePartitioning, rangePartitioning, clustering }: SaidLayout,
): void {
  const partitioning = (timePartitioning?.field ?? rangePartitioning?.field)?.toLowerCase();
  const clusters = new Set(clustering?.fields.map((name) => name.toLowerCase()));
  for (const change of changes) {
    if (change.kind === "renameColumn") requireFieldName(change.to.name);
    if (change.kind !== "dropColumn" && change.kind !== "renameColumn") continue;
    const name = change.name.name.toLowerCase();
    const role = name === partitioning ? "partitioning" : clusters.has(name) ? "clustering" : undefined;
    if (role === undefined) continue;
    const what = change.kind === "dropColumn" ? "DROP" : "RENAME";
    throw new ApiError(
      "invalid",
      `ALTER TABLE ${what} COLUMN is not supported for ${role} column ${change.name.name} of table ${table.dataset}.${table.name}`,
    );
  }
}
