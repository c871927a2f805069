import type { RowObject } from "../../port/port.js";
import type { RelationDetails } from "../../port/sql-jobs.js";
import { type SqlType, typeName } from "../../port/sql-types.js";
import { logicalBytes } from "../catalog/bytes.js";
import { requireDataset } from "../catalog/datasets.js";
import { getRoutine, listRoutines } from "../catalog/routines.js";
import type { Catalogue } from "../catalog/service.js";
import { tableResource } from "../catalog/tables.js";
import { billedBytes, USER } from "../jobs/job-resource.js";
import type { JobRegistry } from "../jobs/registry.js";
import { isHidden } from "../metadata/store.js";
import type { FieldSchema } from "../protocol/schema.js";
import type { SystemView } from "./definitions.js";

type Place = Catalogue & { readonly registry: JobRegistry };

/** The rows of a view of INFORMATION_SCHEMA; `dataset` undefined: of all datasets. */
export async function systemRows(
  catalogue: Place,
  project: string,
  view: SystemView,
  dataset: string | undefined,
): Promise<readonly RowObject[]> {
  if (view === "JOBS") return jobRows(catalogue, project);
  const all = (await catalogue.jobs.datasets()).filter((name) => !isHidden(name));
  if (dataset !== undefined) await requireDataset(catalogue, project, dataset);
  const datasets = dataset === undefined || view.startsWith("SCHEMATA") ? all : [dataset];
  if (view === "SCHEMATA") return datasets.map((name) => schemaRow(catalogue, project, name));
  if (view === "SCHEMATA_OPTIONS")
    return datasets.flatMap((name) =>
      optionsOf(catalogue.store.get("dataset", name)).map((option) => ({
        catalog_name: project,
        schema_name: name,
        ...option,
      })),
    );
  const rows: RowObject[] = [];
  for (const name of datasets) {
    if (view === "ROUTINES") rows.push(...(await routineRows(catalogue, project, name)));
    else
      for (const relation of await catalogue.jobs.relations(name))
        rows.push(...relationRows(catalogue, project, view, relation));
  }
  return rows;
}

const timestamp = (milliseconds: number): string =>
  `${new Date(milliseconds).toISOString().replace("T", " ").replace("Z", "")}+00:00`;

function schemaRow({ store, times, location }: Place, project: string, dataset: string): RowObject {
  const kept = store.get("dataset", dataset);
  const modified = times.get(dataset);
  return {
    catalog_name: project,
    schema_name: dataset,
    creation_time: timestamp(Number(kept.created ?? modified)),
    last_modified_time: timestamp(modified),
    location: String(kept.location ?? location),
    ddl: `CREATE SCHEMA \`${project}.${dataset}\`;`,
  };
}

function relationRows(
  catalogue: Place,
  project: string,
  view: SystemView,
  relation: RelationDetails,
): readonly RowObject[] {
  const { dataset, name } = relation.id;
  const ref = { project, dataset, table: name };
  const resource = tableResource(catalogue, ref, relation);
  const base = { table_catalog: project, table_schema: dataset, table_name: name };
  const isTable = relation.kind === "table";
  const fields = resource.schema.fields;
  switch (view) {
    case "TABLES":
      return [
        {
          ...base,
          table_type: TABLE_TYPES[resource.type] ?? "VIEW",
          is_insertable_into: isTable ? "YES" : "NO",
          is_typed: "NO",
          is_change_history_enabled: "NO",
          creation_time: timestamp(Number(resource.creationTime)),
          ddl: ddlOf(project, relation, viewQuery(resource)),
        },
      ];
    case "COLUMNS":
      return relation.columns.map((column, index) => ({
        ...base,
        column_name: column.name,
        ordinal_position: index + 1,
        is_nullable: relation.required.has(column.name) ? "NO" : "YES",
        data_type: column.declared ?? typeName(column.type),
        is_generated: "NEVER",
        is_hidden: "NO",
        is_system_defined: "NO",
        is_partitioning_column: relation.partitionColumn === column.name ? "YES" : "NO",
        clustering_ordinal_position: relation.clusterBy.includes(column.name)
          ? relation.clusterBy.indexOf(column.name) + 1
          : null,
        column_default: fields[index]?.defaultValueExpression ?? "NULL",
      }));
    case "COLUMN_FIELD_PATHS":
      return relation.columns.flatMap(({ name: column, type, declared }, index) =>
        fieldPaths(column, type, fields[index]).map(([path, inner, description]) => ({
          ...base,
          column_name: column,
          field_path: path,
          data_type: path === column ? (declared ?? inner) : inner,
          description: description ?? null,
        })),
      );
    case "TABLE_OPTIONS":
      return optionsOf(resource).map((option) => ({ ...base, ...option }));
    case "VIEWS":
      return isTable ? [] : [{ ...base, view_definition: viewQuery(resource) ?? null, use_standard_sql: "YES" }];
    case "TABLE_STORAGE":
      return isTable ? [storageRow(project, base, relation, resource)] : [];
    case "KEY_COLUMN_USAGE":
      return relation.primaryKey.map((column, index) => ({
        ...constraintOf(project, dataset, name),
        ...base,
        column_name: column,
        ordinal_position: index + 1,
      }));
    case "TABLE_CONSTRAINTS":
      return relation.primaryKey.length === 0
        ? []
        : [
            {
              ...constraintOf(project, dataset, name),
              ...base,
              constraint_type: "PRIMARY KEY",
              is_deferrable: "NO",
              initially_deferred: "NO",
              enforced: "NO",
            },
          ];
    case "__TABLES__":
      return [
        {
          project_id: project,
          dataset_id: dataset,
          table_id: name,
          creation_time: BigInt(resource.creationTime),
          last_modified_time: BigInt(resource.lastModifiedTime),
          row_count: BigInt(relation.rows ?? 0),
          size_bytes: BigInt(isTable ? logicalBytes(relation) : 0),
          type: isTable ? 1 : 2,
        },
      ];
    default:
      return [];
  }
}

const TABLE_TYPES: Readonly<Record<string, string>> = {
  TABLE: "BASE TABLE",
  VIEW: "VIEW",
  MATERIALIZED_VIEW: "MATERIALIZED VIEW",
};

const constraintOf = (project: string, dataset: string, table: string) => ({
  constraint_catalog: project,
  constraint_schema: dataset,
  constraint_name: `${table}.pk$`,
});

type Resource = ReturnType<typeof tableResource>;

function viewQuery(resource: Resource): string | undefined {
  const { view, materializedView } = resource as { view?: { query?: string }; materializedView?: { query?: string } };
  return view?.query ?? materializedView?.query;
}

function storageRow(project: string, base: RowObject, relation: RelationDetails, resource: Resource): RowObject {
  const bytes = BigInt(logicalBytes(relation));
  return {
    ...base,
    project_id: project,
    creation_time: timestamp(Number(resource.creationTime)),
    total_rows: BigInt(relation.rows ?? 0),
    total_logical_bytes: bytes,
    active_logical_bytes: bytes,
    long_term_logical_bytes: 0,
    storage_last_modified_time: timestamp(Number(resource.lastModifiedTime)),
    deleted: false,
    table_type: "BASE TABLE",
  };
}

/** Every field of a column by its dotted path. */
function fieldPaths(
  path: string,
  type: SqlType,
  field: FieldSchema | undefined,
): readonly (readonly [path: string, type: string, description: string | undefined])[] {
  const element = typeof type === "object" && type.kind === "array" ? type.element : type;
  const inner = typeof element === "object" && element.kind === "struct" ? element.fields : [];
  return [
    [path, typeName(type), field?.description],
    ...inner.flatMap(({ name = "", type: own }) =>
      fieldPaths(
        `${path}.${name}`,
        own,
        field?.fields?.find((one) => one.name === name),
      ),
    ),
  ];
}

function optionsOf(said: Readonly<Record<string, unknown>>): readonly RowObject[] {
  const { description, friendlyName, labels, expirationTime } = said;
  const options: RowObject[] = [];
  const add = (option_name: string, option_type: string, option_value: string): void => {
    options.push({ option_name, option_type, option_value });
  };
  if (typeof description === "string") add("description", "STRING", JSON.stringify(description));
  if (typeof friendlyName === "string") add("friendly_name", "STRING", JSON.stringify(friendlyName));
  const pairs = Object.entries((labels ?? {}) as Readonly<Record<string, string>>);
  if (pairs.length > 0)
    add(
      "labels",
      "ARRAY<STRUCT<STRING, STRING>>",
      `[${pairs.map(([key, value]) => `STRUCT(${JSON.stringify(key)}, ${JSON.stringify(value)})`).join(", ")}]`,
    );
  if (typeof expirationTime === "string")
    add("expiration_timestamp", "TIMESTAMP", `TIMESTAMP "${new Date(Number(expirationTime)).toISOString()}"`);
  return options;
}

function ddlOf(
  project: string,
  { id, kind, columns, required, partitionColumn, clusterBy }: RelationDetails,
  query: string | undefined,
): string {
  const name = `\`${project}.${id.dataset}.${id.name}\``;
  if (kind === "view") return `CREATE VIEW ${name}\nAS ${query ?? ""};`;
  const lines = columns.map(
    (column) =>
      `  ${column.name} ${column.declared ?? typeName(column.type)}${required.has(column.name) ? " NOT NULL" : ""}`,
  );
  const partition = partitionColumn === undefined ? "" : `\nPARTITION BY ${partitionColumn}`;
  const cluster = clusterBy.length === 0 ? "" : `\nCLUSTER BY ${clusterBy.join(", ")}`;
  return `CREATE TABLE ${name}\n(\n${lines.join(",\n")}\n)${partition}${cluster};`;
}

async function routineRows(catalogue: Place, project: string, dataset: string): Promise<readonly RowObject[]> {
  const rows: RowObject[] = [];
  const texts = await catalogue.jobs.routines();
  for (const routine of await listRoutines(catalogue, dataset)) {
    const found = await getRoutine(catalogue, { project, dataset, routine });
    const isJs = found.language === "JAVASCRIPT";
    const types = { SCALAR_FUNCTION: "FUNCTION", TABLE_VALUED_FUNCTION: "TABLE FUNCTION", PROCEDURE: "PROCEDURE" };
    rows.push({
      specific_catalog: project,
      specific_schema: dataset,
      specific_name: routine,
      routine_catalog: project,
      routine_schema: dataset,
      routine_name: routine,
      routine_type: types[found.routineType as keyof typeof types],
      routine_body: isJs ? "EXTERNAL" : "SQL",
      routine_definition: found.definitionBody,
      external_language: isJs ? "JAVASCRIPT" : null,
      created: timestamp(Number(found.creationTime)),
      last_altered: timestamp(Number(found.lastModifiedTime)),
      ddl: texts.get(`${dataset}.${routine}`) ?? null,
    });
  }
  return rows;
}

function jobRows({ registry }: Place, project: string): readonly RowObject[] {
  return registry.list(project).map((job) => {
    const { configuration, reference, outcome, parent, created, started, ended, state } = job;
    const { query, load, copy } = configuration;
    const { bytes = 0 } = outcome;
    return {
      creation_time: timestamp(created),
      project_id: project,
      user_email: USER,
      job_id: reference.jobId,
      job_type: query ? "QUERY" : load ? "LOAD" : copy ? "COPY" : "EXTRACT",
      statement_type: outcome.statementType ?? null,
      priority: query?.priority ?? "INTERACTIVE",
      start_time: started === undefined ? null : timestamp(started),
      end_time: ended === undefined ? null : timestamp(ended),
      query: query?.query ?? null,
      state,
      total_bytes_processed: BigInt(bytes),
      total_slot_ms: started === undefined || ended === undefined ? null : ended - started,
      cache_hit: false,
      parent_job_id: parent?.reference.jobId ?? null,
      total_bytes_billed: BigInt(billedBytes(bytes)),
    };
  });
}
