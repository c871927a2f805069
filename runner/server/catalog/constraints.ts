import * as v from "valibot";
import type { RelationDetails } from "../../port/sql-jobs.js";
import { quoted } from "../protocol/schema.js";
import type { Project } from "./service.js";

const columnNames = v.object({ columns: v.array(v.string()) });
const foreignKey = v.object({
  name: v.nullish(v.string()),
  referencedTable: v.object({ projectId: v.nullish(v.string()), datasetId: v.string(), tableId: v.string() }),
  columnReferences: v.array(v.object({ referencingColumn: v.string(), referencedColumn: v.string() })),
});

/** https://cloud.google.com/bigquery/docs/reference/rest/v2/tables#TableConstraints */
export const tableConstraints = v.object({
  primaryKey: v.nullish(columnNames),
  foreignKeys: v.nullish(v.array(foreignKey)),
});
type TableConstraints = v.InferOutput<typeof tableConstraints>;

/** Keys as the API writes them. */
export function constraintsOf({ primaryKey, foreignKeys = [] }: RelationDetails, projectId: Project) {
  if (primaryKey.length === 0 && foreignKeys.length === 0) return {};
  const keys = foreignKeys.map(({ name, columns, table: { project = projectId, dataset, name: tableId } }) => ({
    ...(isGiven(name) ? { name } : {}),
    referencedTable: { projectId: project, datasetId: dataset, tableId },
    columnReferences: columns.map(({ from, to }) => ({ referencingColumn: from, referencedColumn: to })),
  }));
  return {
    tableConstraints: {
      ...(primaryKey.length === 0 ? {} : { primaryKey: { columns: primaryKey } }),
      ...(keys.length === 0 ? {} : { foreignKeys: keys }),
    },
  };
}

/** Whether somebody has given a foreign key its name. */
const isGiven = (name: string): boolean => !/^fk\$\d+$/.test(name);

/** Keys as they stand among the columns of CREATE TABLE. */
export function constraintTexts(
  { primaryKey, foreignKeys }: TableConstraints,
  project: Project | undefined,
): readonly string[] {
  const columns = primaryKey?.columns ?? [];
  const keys = (foreignKeys ?? []).map(
    ({ name, referencedTable: { projectId, datasetId, tableId }, columnReferences }) => {
      const path = [...(!projectId || projectId === project ? [] : [projectId]), datasetId, tableId];
      const from = columnReferences.map(({ referencingColumn }) => quoted(referencingColumn));
      const to = columnReferences.map(({ referencedColumn }) => quoted(referencedColumn));
      const named = name ? `CONSTRAINT ${quoted(name)} ` : "";
      const other = path.map(quoted).join(".");
      return `${named}FOREIGN KEY (${from.join(", ")}) REFERENCES ${other} (${to.join(", ")}) NOT ENFORCED`;
    },
  );
  return [...(columns.length === 0 ? [] : [`PRIMARY KEY (${columns.map(quoted).join(", ")}) NOT ENFORCED`]), ...keys];
}

/** The statement that gives a table other keys; undefined: it has none, and gets none. */
export function constraintChange(
  table: string,
  { foreignKeys = [] }: RelationDetails,
  given: TableConstraints,
  project: Project,
): string | undefined {
  const changes = [
    ...(given.primaryKey === undefined ? [] : ["DROP PRIMARY KEY IF EXISTS"]),
    ...(given.foreignKeys === undefined ? [] : foreignKeys.map(({ name }) => `DROP CONSTRAINT ${quoted(name)}`)),
    ...constraintTexts(given, project).map((text) => `ADD ${text}`),
  ];
  return changes.length === 0 ? undefined : `ALTER TABLE ${table} ${changes.join(", ")}`;
}
