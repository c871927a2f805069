import type { RowObject } from "../../port/port.js";
import type { RelationDetails } from "../../port/sql-jobs.js";
import { collationOf, declaredType, type SqlType, typeName } from "../../port/sql-types.js";
import { logicalBytes } from "../catalog/bytes.js";
import { tableResource } from "../catalog/tables.js";
import { declaredText, type FieldSchema, isDeclared } from "../protocol/schema.js";
import type { SystemView } from "./definitions.js";
import { optionsOf } from "./option-rows.js";
import { type Place, timestamp } from "./shared.js";
import { partitioningField, type Resource, tableDdl, viewQuery } from "./table-ddl.js";

/** The rows of a view of INFORMATION_SCHEMA that are about one relation. */
export function relationRows(
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
          managed_table_type: resource.type === "TABLE" ? "NATIVE" : null,
          is_fine_grained_mutations_enabled: "NO",
          is_insertable_into: resource.type === "TABLE" && relation.isSnapshot !== true ? "YES" : "NO",
          is_typed: "NO",
          is_change_history_enabled: "NO",
          creation_time: timestamp(Number(resource.creationTime)),
          ...copiedFrom(resource),
          default_collation_name: relation.isCollated === true ? "und:ci" : "NULL",
          ddl: tableDdl(project, relation, resource),
        },
      ];
    case "COLUMNS":
      return relation.columns.map((column, index) => ({
        ...base,
        column_name: column.name,
        ordinal_position: index + 1,
        is_nullable: relation.required.has(column.name) ? "NO" : "YES",
        data_type: declaredType(column),
        collation_name: collationOf(column) ?? "NULL",
        is_generated: "NEVER",
        is_hidden: "NO",
        is_system_defined: "NO",
        is_partitioning_column: partitioningField(resource) === column.name.toLowerCase() ? "YES" : "NO",
        clustering_ordinal_position: relation.clusterBy.includes(column.name)
          ? relation.clusterBy.indexOf(column.name) + 1
          : null,
        column_default: fields[index]?.defaultValueExpression ?? "NULL",
        rounding_mode: fields[index]?.roundingMode ?? null,
        policy_tags: fields[index]?.policyTags?.names ?? [],
      }));
    case "COLUMN_FIELD_PATHS":
      return relation.columns.flatMap(({ name: column, type, declared }, index) =>
        fieldPaths(column, type, fields[index]).map(([path, inner, field]) => ({
          ...base,
          column_name: column,
          field_path: path,
          data_type: path === column ? declaredType({ type, declared }) : inner,
          collation_name: (path === column && collationOf({ declared })) || "NULL",
          description: field?.description ?? null,
          rounding_mode: field?.roundingMode ?? null,
          policy_tags: field?.policyTags?.names ?? [],
        })),
      );
    case "TABLE_OPTIONS":
      return optionsOf(resource).map((option) => ({ ...base, ...option }));
    case "VIEWS":
      return isTable ? [] : [{ ...base, view_definition: viewQuery(resource) ?? null, use_standard_sql: "YES" }];
    case "MATERIALIZED_VIEWS":
      // It is made anew for everybody who reads it.
      return resource.type === "MATERIALIZED_VIEW"
        ? [
            {
              ...base,
              last_refresh_time: timestamp(Number(resource.lastModifiedTime)),
              refresh_watermark: timestamp(catalogue.clock.now()),
              last_refresh_status: null,
            },
          ]
        : [];
    case "TABLE_SNAPSHOTS": {
      if (resource.type !== "SNAPSHOT") return [];
      const { snapshot_time_ms = null, ...of } = copiedFrom(resource);
      return [{ ...base, ...of, snapshot_time: snapshot_time_ms }];
    }
    case "__TABLES_SUMMARY__":
      return [
        {
          project_id: project,
          dataset_id: dataset,
          table_id: name,
          creation_time: BigInt(resource.creationTime),
          type: isTable ? 1 : 2,
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
  SNAPSHOT: "SNAPSHOT",
  VIEW: "VIEW",
  EXTERNAL: "EXTERNAL",
  MATERIALIZED_VIEW: "MATERIALIZED VIEW",
};

interface Copied {
  readonly baseTableReference: { readonly projectId: string; readonly datasetId: string; readonly tableId: string };
  readonly snapshotTime?: string;
  readonly cloneTime?: string;
}

/** The table that a snapshot or a clone was made of, and when. */
function copiedFrom(resource: Resource): RowObject {
  const { snapshotDefinition, cloneDefinition } = resource as {
    readonly snapshotDefinition?: Copied;
    readonly cloneDefinition?: Copied;
  };
  const copied = snapshotDefinition ?? cloneDefinition;
  if (copied === undefined) return {};
  const { projectId, datasetId, tableId } = copied.baseTableReference;
  const time = copied.snapshotTime ?? copied.cloneTime;
  return {
    base_table_catalog: projectId,
    base_table_schema: datasetId,
    base_table_name: tableId,
    snapshot_time_ms: time === undefined ? null : timestamp(Date.parse(time)),
  };
}

/** Every field of a column by its dotted path. */
function fieldPaths(
  path: string,
  type: SqlType,
  field: FieldSchema | undefined,
): readonly (readonly [path: string, type: string, field: FieldSchema | undefined])[] {
  const element = typeof type === "object" && type.kind === "array" ? type.element : type;
  const inner = typeof element === "object" && element.kind === "struct" ? element.fields : [];
  return [
    [path, field !== undefined && isDeclared(field) ? declaredText(field) : typeName(type), field],
    ...inner.flatMap(({ name = "", type: own }) =>
      fieldPaths(
        `${path}.${name}`,
        own,
        field?.fields?.find((one) => one.name === name),
      ),
    ),
  ];
}
