import type { ForeignKey, RowObject } from "../../port/port.js";
import type { RelationDetails } from "../../port/sql-jobs.js";
import type { SystemView } from "./definitions.js";

export type ConstraintView = "KEY_COLUMN_USAGE" | "CONSTRAINT_COLUMN_USAGE" | "TABLE_CONSTRAINTS";

export function isConstraintView(view: SystemView): view is ConstraintView {
  return view === "KEY_COLUMN_USAGE" || view === "CONSTRAINT_COLUMN_USAGE" || view === "TABLE_CONSTRAINTS";
}

/** Finds the columns of the primary key of a table, in order. */
export type PrimaryKeys = (dataset: string, table: string) => readonly string[];

/** The rows about the keys of one table. https://cloud.google.com/bigquery/docs/information-schema-table-constraints */
export function constraintRows(
  primaryKeys: PrimaryKeys,
  project: string,
  view: ConstraintView,
  { id: { dataset, name: table }, primaryKey, foreignKeys = [] }: RelationDetails,
): readonly RowObject[] {
  const own = { table_catalog: project, table_schema: dataset, table_name: table };
  const constraint = (name: string) => ({
    constraint_catalog: project,
    constraint_schema: dataset,
    constraint_name: `${table}.${name}`,
  });
  const about = (name: string, type: string) => ({
    ...constraint(name),
    ...own,
    constraint_type: type,
    is_deferrable: "NO",
    initially_deferred: "NO",
    enforced: "NO",
  });
  switch (view) {
    case "TABLE_CONSTRAINTS":
      return [
        ...(primaryKey.length === 0 ? [] : [about("pk$", "PRIMARY KEY")]),
        ...foreignKeys.map(({ name }) => about(name, "FOREIGN KEY")),
      ];
    case "KEY_COLUMN_USAGE":
      return [
        ...primaryKey.map((column, index) => ({
          ...constraint("pk$"),
          ...own,
          column_name: column,
          ordinal_position: index + 1,
          position_in_unique_constraint: null,
        })),
        ...foreignKeys.flatMap((key) =>
          key.columns.map(({ from, to }, index) => ({
            ...constraint(key.name),
            ...own,
            column_name: from,
            ordinal_position: index + 1,
            position_in_unique_constraint: positionOf(to, primaryKeys(key.table.dataset, key.table.name)),
          })),
        ),
      ];
    case "CONSTRAINT_COLUMN_USAGE":
      return [
        ...primaryKey.map((column) => ({ ...own, column_name: column, ...constraint("pk$") })),
        ...foreignKeys.flatMap((key) => referred(key, project, constraint(key.name))),
      ];
  }
}

/** Of a foreign key the columns count that it refers to. */
function referred({ columns, table }: ForeignKey, project: string, constraint: RowObject): readonly RowObject[] {
  return columns.map(({ to }) => ({
    table_catalog: table.project ?? project,
    table_schema: table.dataset,
    table_name: table.name,
    column_name: to,
    ...constraint,
  }));
}

function positionOf(column: string, key: readonly string[]): number | null {
  const index = key.findIndex((name) => name.toLowerCase() === column.toLowerCase());
  return index < 0 ? null : index + 1;
}
