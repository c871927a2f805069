import type { SqlType } from "../port/sql-types.js";

/** A variable that every script has. */
export interface SystemVariable {
  /** Without `@@`. */
  readonly name: string;
  readonly type: SqlType;
  /** A script may give it a value. */
  readonly isSettable: boolean;
}

const readOnly = (name: string, type: SqlType): SystemVariable => ({ name, type, isSettable: false });
const settable = (name: string): SystemVariable => ({ name, type: "STRING", isSettable: true });

const STACK_FRAME: SqlType = {
  kind: "struct",
  fields: [
    { name: "line", type: "INT64" },
    { name: "column", type: "INT64" },
    { name: "filename", type: "STRING" },
    { name: "location", type: "STRING" },
  ],
};

/** https://cloud.google.com/bigquery/docs/reference/system-variables */
export const SYSTEM_VARIABLES: readonly SystemVariable[] = [
  readOnly("current_job_id", "STRING"),
  settable("dataset_id"),
  settable("dataset_project_id"),
  readOnly("last_job_id", "STRING"),
  settable("location"),
  readOnly("project_id", "STRING"),
  settable("query_label"),
  settable("reservation"),
  readOnly("row_count", "INT64"),
  readOnly("script.bytes_billed", "INT64"),
  readOnly("script.bytes_processed", "INT64"),
  readOnly("script.creation_time", "TIMESTAMP"),
  readOnly("script.job_id", "STRING"),
  readOnly("script.num_child_jobs", "INT64"),
  readOnly("script.slot_ms", "INT64"),
  readOnly("session_id", "STRING"),
  settable("time_zone"),
  readOnly("error.formatted_stack_trace", "STRING"),
  readOnly("error.message", "STRING"),
  readOnly("error.stack_trace", { kind: "array", element: STACK_FRAME }),
  readOnly("error.statement_text", "STRING"),
];

const BY_TEXT = new Map(SYSTEM_VARIABLES.map((variable) => [`@@${variable.name}`, variable]));

/** The variable that a text such as `@@time_zone` names; undefined: there is none, or it is no system variable. */
export function systemVariable(text: string): SystemVariable | undefined {
  return BY_TEXT.get(text.toLowerCase());
}
