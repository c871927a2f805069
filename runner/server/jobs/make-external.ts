import type { SqlValue } from "../../port/port.js";
import { type ExternalDefinition, JobError } from "../../port/sql-jobs.js";
import { type ExternalConfiguration, externalConfiguration } from "../catalog/external-configuration.js";
import { runSql } from "../catalog/service.js";
import { createTable, creation, deleteTable, type TableChange } from "../catalog/table-changes.js";
import { findRelation, fullTableName, type TableRef, tableId } from "../catalog/tables.js";
import { ApiError } from "../protocol/errors.js";
import { fieldsOf } from "../protocol/schema.js";
import { checked } from "../protocol/validate.js";
import { externalOf, fieldsOfFiles } from "./external-tables.js";
import { saidByOptions } from "./options.js";
import type { JobService } from "./service.js";

/** Makes a table whose rows lie in files: what is said of it is kept, with the fields that the files have now. */
export async function createExternalTable(
  service: JobService,
  ref: TableRef,
  given: TableChange & { readonly externalDataConfiguration: ExternalConfiguration },
) {
  const { externalDataConfiguration, schema } = given;
  const said = schema?.fields.length ? schema.fields : undefined;
  const fields = await fieldsOfFiles(service, externalDataConfiguration, said);
  return createTable(service, ref, { ...given, schema: { fields: [...fields] } });
}

/** A change of a table with the fields that its files have, where others are said; the table that stands for them gets those at once. */
export async function withFileFields(service: JobService, ref: TableRef, change: TableChange): Promise<TableChange> {
  const { externalDataConfiguration: given, schema } = change;
  if (externalOf(service, tableId(ref)) === undefined) {
    if (given) throw new ApiError("invalid", `${fullTableName(ref)} is not an external table`);
    return change;
  }
  if (!given && !schema) return change;
  const configuration = given ?? (externalOf(service, tableId(ref)) as ExternalConfiguration);
  const fields = await fieldsOfFiles(service, configuration, schema?.fields.length ? schema.fields : undefined);
  const all = { ...change, schema: { fields: [...fields] } };
  await runSql(service, creation(ref, { schema: all.schema }, "OR REPLACE "));
  return all;
}

/** CREATE EXTERNAL TABLE. */
export async function defineExternalTable(
  service: JobService,
  project: string,
  { table, columns, options, ifExists }: ExternalDefinition,
): Promise<"CREATE" | "REPLACE" | "SKIP"> {
  const ref = { project, dataset: table.dataset, table: table.name };
  const existed = (await findRelation(service, ref)) !== undefined;
  if (existed && ifExists === "skip") return "SKIP";
  if (existed && ifExists === "fail") {
    const path = [table.dataset, table.name];
    throw new JobError("duplicate", `Already Exists: Table ${path.join(".")}`, undefined, { kind: "Table", path });
  }
  const configuration = checked(externalConfiguration, configurationOf(options));
  const said = { ...saidByOptions(options), externalDataConfiguration: configuration } as TableChange & {
    externalDataConfiguration: ExternalConfiguration;
  };
  // What the files have is found out before the table goes that it replaces.
  const fields = await fieldsOfFiles(service, configuration, columns.length > 0 ? fieldsOf(columns) : undefined);
  if (existed && ifExists === "replace") {
    await deleteTable(service, ref);
    await service.store.remove("table", tableId(ref));
  }
  await createExternalTable(service, ref, { ...said, schema: { fields: [...fields] } });
  return existed ? "REPLACE" : "CREATE";
}

/** Options of the statement by the names of the API, within what they are part of. */
const NAMES: Readonly<Record<string, string>> = {
  format: "sourceFormat",
  uris: "sourceUris",
  compression: "compression",
  ignore_unknown_values: "ignoreUnknownValues",
  max_bad_records: "maxBadRecords",
  decimal_target_types: "decimalTargetTypes",
  field_delimiter: "csvOptions.fieldDelimiter",
  skip_leading_rows: "csvOptions.skipLeadingRows",
  quote: "csvOptions.quote",
  allow_quoted_newlines: "csvOptions.allowQuotedNewlines",
  allow_jagged_rows: "csvOptions.allowJaggedRows",
  encoding: "csvOptions.encoding",
  null_marker: "csvOptions.nullMarker",
  null_markers: "csvOptions.nullMarkers",
  source_column_match: "csvOptions.sourceColumnMatch",
  time_zone: "timeZone",
  date_format: "dateFormat",
  datetime_format: "datetimeFormat",
  time_format: "timeFormat",
  timestamp_format: "timestampFormat",
  preserve_ascii_control_characters: "csvOptions.preserveAsciiControlCharacters",
  enable_logical_types: "avroOptions.useAvroLogicalTypes",
  enable_list_inference: "parquetOptions.enableListInference",
  enum_as_string: "parquetOptions.enumAsString",
};
const OF_THE_TABLE = new Set(["description", "friendly_name", "labels", "expiration_timestamp"]);

/** https://cloud.google.com/bigquery/docs/reference/standard-sql/data-definition-language#external_table_option_list */
function configurationOf(options: Readonly<Record<string, SqlValue>>): Record<string, unknown> {
  const configuration: Record<string, unknown> = {};
  for (const [option, value] of Object.entries(options)) {
    if (OF_THE_TABLE.has(option)) continue;
    const [first = "", second] = (NAMES[option] ?? "").split(".");
    if (first === "") throw new ApiError("invalidQuery", `Unknown option: ${option}`);
    const plain = typeof value === "bigint" ? Number(value) : value;
    if (second === undefined) configuration[first] = plain;
    else configuration[first] = { ...(configuration[first] as object | undefined), [second]: plain };
  }
  const format = String(configuration.sourceFormat ?? "").toUpperCase();
  if (format === "") throw new ApiError("invalidQuery", "CREATE EXTERNAL TABLE must have the option format");
  return {
    ...configuration,
    sourceFormat: format === "JSON" ? "NEWLINE_DELIMITED_JSON" : format,
    autodetect: true,
  };
}
