import { askedStatement } from "../../../googlesql/asked-statement.js";
import type { Statement } from "../../../googlesql/ast.js";
import type { ScriptStatement } from "../../../googlesql/script-ast.js";
import type { RelationId } from "../../../port/port.js";
import type { JobStatement } from "../../../port/sql-jobs.js";

/** BigQuery's name of a statement's kind. https://cloud.google.com/bigquery/docs/reference/rest/v2/Job#JobStatistics2 */
export function statementKind(statement: ScriptStatement, text: string): string {
  const materialized = /^\w+\s+(?:OR\s+REPLACE\s+)?MATERIALIZED\b/i.test(text);
  const snapshot = /^DROP\s+SNAPSHOT\b/i.test(text);
  const external = /^DROP\s+EXTERNAL\b/i.test(text);
  switch (statement.kind) {
    case "query":
      return "SELECT";
    case "createTable":
    case "copyTable":
      if ("isSnapshot" in statement && statement.isSnapshot) return "CREATE_SNAPSHOT_TABLE";
      return statement.query === undefined ? "CREATE_TABLE" : "CREATE_TABLE_AS_SELECT";
    case "createView":
      return materialized ? "CREATE_MATERIALIZED_VIEW" : "CREATE_VIEW";
    case "drop":
      return materialized
        ? "DROP_MATERIALIZED_VIEW"
        : snapshot
          ? "DROP_SNAPSHOT_TABLE"
          : external
            ? "DROP_EXTERNAL_TABLE"
            : `DROP_${statement.object}`;
    case "dropRoutine":
      return `DROP_${statement.object.replace(" ", "_")}`;
    case "dropRowAccessPolicy":
      return statement.name === undefined ? "DROP_ALL_ROW_ACCESS_POLICIES" : "DROP_ROW_ACCESS_POLICY";
    case "alterTable":
    case "changeTable":
      return "ALTER_TABLE";
    case "alterOptions":
      return `ALTER_${statement.object}`;
    case "transaction":
      return `${statement.verb}_TRANSACTION`;
    default:
      return KINDS[statement.kind] ?? "SCRIPT";
  }
}

const KINDS: Partial<Record<ScriptStatement["kind"], string>> = {
  createSchema: "CREATE_SCHEMA",
  createRowAccessPolicy: "CREATE_ROW_ACCESS_POLICY",
  createFunction: "CREATE_FUNCTION",
  createTableFunction: "CREATE_TABLE_FUNCTION",
  createProcedure: "CREATE_PROCEDURE",
  exportData: "EXPORT_DATA",
  loadData: "LOAD_DATA",
  createExternalTable: "CREATE_EXTERNAL_TABLE",
  insert: "INSERT",
  delete: "DELETE",
  update: "UPDATE",
  merge: "MERGE",
  truncate: "TRUNCATE_TABLE",
  assert: "ASSERT",
  call: "CALL",
};

/** Whether a text is a script to BigQuery: it has child jobs. */
export function isScript(statements: readonly ScriptStatement[]): boolean {
  const asked = askedStatement(statements);
  return asked === undefined || (KINDS[asked.kind] === undefined && !DEFINED.has(asked.kind));
}

const DEFINED: ReadonlySet<string> = new Set<Statement["kind"]>([
  "query",
  "createTable",
  "copyTable",
  "createView",
  "drop",
  "dropRoutine",
  "dropRowAccessPolicy",
  "alterTable",
  "changeTable",
  "alterOptions",
]);

/** The relation or routine that a statement makes, changes or drops; of a dataset only `dataset` is filled. */
export function targetOf(statement: ScriptStatement, defaultDataset: string | undefined): RelationId | undefined {
  if (!("path" in statement)) return undefined;
  const parts = statement.path.parts.map(({ name }) => name);
  if ("temporary" in statement && statement.temporary) return { dataset: "_SESSION", name: parts.at(-1) ?? "" };
  const isDataset = statement.kind === "createSchema" || ("object" in statement && statement.object === "SCHEMA");
  if (isDataset) return { dataset: parts.at(-1) ?? "", name: "" };
  return { dataset: parts.at(-2) ?? defaultDataset ?? "", name: parts.at(-1) ?? "" };
}

/** What a definition did, given whether its target was there before. */
export function operationOf(statement: ScriptStatement, existed: boolean): JobStatement["operation"] {
  switch (statement.kind) {
    case "createTable":
    case "copyTable":
    case "createView":
    case "createFunction":
    case "createTableFunction":
    case "createProcedure":
      if (!existed) return "CREATE";
      return statement.orReplace ? "REPLACE" : "SKIP";
    case "createSchema":
      return existed ? "SKIP" : "CREATE";
    case "drop":
    case "dropRoutine":
      return existed ? "DROP" : "SKIP";
    case "alterTable":
    case "changeTable":
    case "alterOptions":
      return "ALTER";
    default:
      return undefined;
  }
}

/** The new name that a statement gives a table. */
export function renamedTo(statement: ScriptStatement): string | undefined {
  if (statement.kind !== "changeTable") return undefined;
  for (const change of statement.changes) if (change.kind === "renameTable") return change.to.name;
  return undefined;
}
