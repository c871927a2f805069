import type { Column, ScalarType, SqlType } from "../../port/sql-types.js";

/** Columns written as `name TYPE, ...`. */
function columns(text: string): readonly Column[] {
  return text.split(",").map((part) => {
    const [name = "", type = "STRING"] = part.trim().split(/\s+/);
    return { name, type: type as ScalarType };
  });
}

/** A STRUCT of texts, or of numbers. */
const struct = (names: string, type: ScalarType = "STRING"): SqlType => ({
  kind: "struct",
  fields: names.split(" ").map((name) => ({ name, type })),
});
const list = (element: SqlType): SqlType => ({ kind: "array", element });
const TABLE_NAME = struct("project_id dataset_id table_id");

/**
 * The columns of the views of INFORMATION_SCHEMA that there are, and of `__TABLES__`.
 * https://cloud.google.com/bigquery/docs/information-schema-intro
 */
export const SYSTEM_COLUMNS = {
  SCHEMATA: columns(
    "catalog_name STRING, schema_name STRING, schema_owner STRING, creation_time TIMESTAMP, last_modified_time TIMESTAMP, location STRING, ddl STRING, default_collation_name STRING",
  ),
  SCHEMATA_OPTIONS: columns(
    "catalog_name STRING, schema_name STRING, option_name STRING, option_type STRING, option_value STRING",
  ),
  TABLES: columns(
    "table_catalog STRING, table_schema STRING, table_name STRING, table_type STRING, managed_table_type STRING, is_insertable_into STRING, is_fine_grained_mutations_enabled STRING, is_typed STRING, is_change_history_enabled STRING, creation_time TIMESTAMP, base_table_catalog STRING, base_table_schema STRING, base_table_name STRING, snapshot_time_ms TIMESTAMP, replica_source_catalog STRING, replica_source_schema STRING, replica_source_name STRING, replication_status STRING, replication_error STRING, ddl STRING, default_collation_name STRING, sync_status JSON, upsert_stream_apply_watermark TIMESTAMP",
  ),
  COLUMNS: [
    ...columns(
      "table_catalog STRING, table_schema STRING, table_name STRING, column_name STRING, ordinal_position INT64, is_nullable STRING, data_type STRING, is_generated STRING, generation_expression STRING, is_stored STRING, is_hidden STRING, is_updatable STRING, is_system_defined STRING, is_partitioning_column STRING, clustering_ordinal_position INT64, collation_name STRING, column_default STRING, rounding_mode STRING",
    ),
    { name: "policy_tags", type: list("STRING") },
  ],
  COLUMN_FIELD_PATHS: [
    ...columns(
      "table_catalog STRING, table_schema STRING, table_name STRING, column_name STRING, field_path STRING, data_type STRING, description STRING, collation_name STRING, rounding_mode STRING",
    ),
    { name: "policy_tags", type: list("STRING") },
  ],
  TABLE_OPTIONS: columns(
    "table_catalog STRING, table_schema STRING, table_name STRING, option_name STRING, option_type STRING, option_value STRING",
  ),
  VIEWS: columns(
    "table_catalog STRING, table_schema STRING, table_name STRING, view_definition STRING, check_option STRING, use_standard_sql STRING",
  ),
  ROUTINES: columns(
    "specific_catalog STRING, specific_schema STRING, specific_name STRING, routine_catalog STRING, routine_schema STRING, routine_name STRING, routine_type STRING, data_type STRING, routine_body STRING, routine_definition STRING, external_language STRING, is_deterministic STRING, security_type STRING, created TIMESTAMP, last_altered TIMESTAMP, ddl STRING",
  ),
  TABLE_STORAGE: columns(
    "project_id STRING, project_number INT64, table_catalog STRING, table_schema STRING, table_name STRING, creation_time TIMESTAMP, total_rows INT64, total_partitions INT64, total_logical_bytes INT64, active_logical_bytes INT64, long_term_logical_bytes INT64, current_physical_bytes INT64, total_physical_bytes INT64, active_physical_bytes INT64, long_term_physical_bytes INT64, time_travel_physical_bytes INT64, storage_last_modified_time TIMESTAMP, deleted BOOL, table_type STRING, managed_table_type STRING, fail_safe_physical_bytes INT64, last_metadata_index_refresh_time TIMESTAMP, table_deletion_reason STRING, table_deletion_time TIMESTAMP",
  ),
  KEY_COLUMN_USAGE: columns(
    "constraint_catalog STRING, constraint_schema STRING, constraint_name STRING, table_catalog STRING, table_schema STRING, table_name STRING, column_name STRING, ordinal_position INT64, position_in_unique_constraint INT64",
  ),
  TABLE_CONSTRAINTS: columns(
    "constraint_catalog STRING, constraint_schema STRING, constraint_name STRING, table_catalog STRING, table_schema STRING, table_name STRING, constraint_type STRING, is_deferrable STRING, initially_deferred STRING, enforced STRING",
  ),
  JOBS: [
    ...columns(
      "creation_time TIMESTAMP, project_id STRING, project_number INT64, user_email STRING, job_id STRING, job_type STRING, statement_type STRING, priority STRING, start_time TIMESTAMP, end_time TIMESTAMP, query STRING, state STRING, total_bytes_processed INT64, total_slot_ms INT64, cache_hit BOOL, parent_job_id STRING, total_bytes_billed INT64, principal_subject STRING, total_modified_partitions INT64, query_dialect STRING, edition STRING, continuous BOOL",
    ),
    { name: "transaction_id", type: "STRING" },
    { name: "reservation_id", type: "STRING" },
    { name: "labels", type: list(struct("key value")) },
    { name: "error_result", type: struct("reason location debug_info message") },
    { name: "destination_table", type: TABLE_NAME },
    { name: "referenced_tables", type: list(TABLE_NAME) },
    { name: "job_creation_reason", type: struct("code") },
    { name: "session_info", type: struct("session_id") },
    { name: "dml_statistics", type: struct("inserted_row_count deleted_row_count updated_row_count", "INT64") },
  ],
  CONSTRAINT_COLUMN_USAGE: columns(
    "table_catalog STRING, table_schema STRING, table_name STRING, column_name STRING, constraint_catalog STRING, constraint_schema STRING, constraint_name STRING",
  ),
  MATERIALIZED_VIEWS: [
    ...columns(
      "table_catalog STRING, table_schema STRING, table_name STRING, last_refresh_time TIMESTAMP, refresh_watermark TIMESTAMP",
    ),
    { name: "last_refresh_status", type: struct("reason location debug_info message") },
  ],
  TABLE_SNAPSHOTS: columns(
    "table_catalog STRING, table_schema STRING, table_name STRING, base_table_catalog STRING, base_table_schema STRING, base_table_name STRING, snapshot_time TIMESTAMP",
  ),
  ROUTINE_OPTIONS: columns(
    "specific_catalog STRING, specific_schema STRING, specific_name STRING, option_name STRING, option_type STRING, option_value STRING",
  ),
  SESSIONS: columns(
    "creation_time TIMESTAMP, expiration_time TIMESTAMP, is_active BOOL, last_modified_time TIMESTAMP, principal_subject STRING, project_id STRING, project_number INT64, session_id STRING, user_email STRING",
  ),
  OBJECT_PRIVILEGES: columns(
    "object_catalog STRING, object_schema STRING, object_name STRING, object_type STRING, privilege_type STRING, grantee STRING",
  ),
  PARAMETERS: columns(
    "specific_catalog STRING, specific_schema STRING, specific_name STRING, ordinal_position INT64, parameter_mode STRING, is_result STRING, parameter_name STRING, data_type STRING, parameter_default STRING, is_aggregate STRING",
  ),
  PARTITIONS: columns(
    "table_catalog STRING, table_schema STRING, table_name STRING, partition_id STRING, total_rows INT64, total_logical_bytes INT64, total_billable_bytes INT64, last_modified_time TIMESTAMP, storage_tier STRING",
  ),
  __TABLES_SUMMARY__: columns("project_id STRING, dataset_id STRING, table_id STRING, creation_time INT64, type INT64"),
  __TABLES__: columns(
    "project_id STRING, dataset_id STRING, table_id STRING, creation_time INT64, last_modified_time INT64, row_count INT64, size_bytes INT64, type INT64",
  ),
} as const;

export type SystemView = keyof typeof SYSTEM_COLUMNS;

const OTHER_NAMES: Readonly<Record<string, SystemView>> = {
  JOBS_BY_PROJECT: "JOBS",
  JOBS_BY_USER: "JOBS",
  JOBS_BY_FOLDER: "JOBS",
  JOBS_BY_ORGANIZATION: "JOBS",
  SESSIONS_BY_PROJECT: "SESSIONS",
  SESSIONS_BY_USER: "SESSIONS",
  TABLE_STORAGE_BY_PROJECT: "TABLE_STORAGE",
  TABLE_STORAGE_BY_ORGANIZATION: "TABLE_STORAGE",
};

/** The view of a name; undefined: there is none. */
function systemViewNamed(name: string): SystemView | undefined {
  const upper = name.toUpperCase();
  return Object.hasOwn(SYSTEM_COLUMNS, upper) ? (upper as SystemView) : OTHER_NAMES[upper];
}

/** Views that stand in a dataset itself. */
const OLD_NAMES = ["__TABLES__", "__TABLES_SUMMARY__"];

/**
 * What a path names of INFORMATION_SCHEMA, `__TABLES__` and `__TABLES_SUMMARY__`, and what stands before that: a dataset, or a location, with
 * its project or not; undefined: it names none.
 */
export function systemViewAt(
  path: readonly string[],
): { readonly view: SystemView; readonly owner: readonly string[] } | undefined {
  const name = path.at(-1) ?? "";
  const isOld = OLD_NAMES.includes(name.toUpperCase());
  const isNamed = isOld ? path.length > 1 : path.at(-2)?.toUpperCase() === "INFORMATION_SCHEMA";
  const view = isNamed ? systemViewNamed(name) : undefined;
  return view && { view, owner: path.slice(0, isOld ? -1 : -2) };
}
