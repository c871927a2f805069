import { csvLines } from "../load/csv.js";
import { columnName, detectCsv, detectJson, ROWS_TO_DETECT, type SaidTexts } from "../load/detect.js";
import { jsonLines } from "../load/json-lines.js";
import { LoadTexts } from "../load/load-texts.js";
import { ApiError } from "../protocol/errors.js";
import { type FieldSchema, fieldsOf, scalarType } from "../protocol/schema.js";
import type { LoadConfiguration } from "../requests/configuration.js";
import type { JobService } from "./service.js";

export type Format = "CSV" | "NEWLINE_DELIMITED_JSON" | "PARQUET" | "AVRO";

/** What a file holds, as its schema or itself tells. */
export interface Source {
  readonly fields: readonly FieldSchema[];
  /** Lines before the first that holds values. */
  readonly skip: number;
  /** The file itself tells its fields. */
  readonly isOwn?: boolean;
  /** The last line that is skipped names the columns. */
  readonly matchesNames?: boolean;
}

/** Whether files of the format tell their fields. */
export const isSelfDescribing = (format: Format): boolean => format === "PARQUET" || format === "AVRO";

/** @throws ApiError for a format that is not read */
export function formatOf({ sourceFormat }: LoadConfiguration): Format {
  const format = (sourceFormat ?? "CSV").toUpperCase();
  if (format === "CSV" || format === "NEWLINE_DELIMITED_JSON" || format === "PARQUET" || format === "AVRO")
    return format;
  if (format === "ORC" || format === "DATASTORE_BACKUP")
    throw new ApiError("invalid", `Source format ${format} is not supported by the embedded engine`);
  throw new ApiError("invalid", `Invalid source format ${sourceFormat}`);
}

/**
 * What the columns of a load are: those of its schema, of its files, or of the table.
 * @param known the fields of the table, where there is one
 */
export async function describeSource(
  { jobs }: Pick<JobService, "jobs">,
  load: LoadConfiguration,
  format: Format,
  files: readonly string[],
  known: readonly FieldSchema[] | undefined,
): Promise<Source> {
  // Of files that tell their fields the last one counts.
  const file = (isSelfDescribing(format) ? [...files].sort().at(-1) : files[0]) ?? "";
  const matchesNames = format === "CSV" && matchOf(load) === "NAME";
  const skip = Math.max(load.skipLeadingRows ?? 0, matchesNames ? 1 : 0);
  if (format === "PARQUET") {
    const { columns, required } = await jobs.parquetColumns(file);
    const fields = withDecimals(fieldsOf(columns, required), load.decimalTargetTypes ?? []);
    return { fields: asSaid(fields, load.schema?.fields ?? []), skip: 0, isOwn: true };
  }
  if (load.schema && load.schema.fields.length > 0) return { fields: load.schema.fields, skip, matchesNames };
  if (format === "AVRO") return { fields: (await avroOf(file, load)).fields, skip: 0, isOwn: true };
  if (load.autodetect !== true) {
    if (known === undefined) throw new ApiError("invalid", "No schema specified on job or table.");
    return { fields: known, skip, matchesNames };
  }
  // What is found out says of no column that it is required.
  const relaxes = load.schemaUpdateOptions?.includes("ALLOW_FIELD_RELAXATION") === true;
  const kept = relaxes
    ? known?.map((field) => ({ ...field, mode: field.mode?.replace("REQUIRED", "NULLABLE") }))
    : known;
  const texts = LoadTexts.of(jobs, load);
  const detected = <T>(detect: (said: SaidTexts | undefined) => T): T | Promise<T> =>
    texts?.all((read) => detect({ read, formatted: texts.formatted })) ?? detect(undefined);
  if (format === "CSV") {
    const rows = await firstRows(file, load, skip);
    const headerKnown = matchesNames || (skip > 0 && isHeader(rows[0] ?? []));
    const { fields, hasHeader } = await detected((said) => detectCsv(rows, headerKnown, said));
    const own = matchOf(load) === "POSITION" ? fields.map((field, index) => kept?.[index] ?? field) : fields;
    return { fields: withKnown(own, kept), skip: hasHeader ? Math.max(skip, 1) : skip };
  }
  const objects: Readonly<Record<string, unknown>>[] = [];
  for await (const { value } of jsonLines(file, load))
    if (value !== undefined && objects.push(value) >= ROWS_TO_DETECT) break;
  return { fields: withKnown(await detected((said) => detectJson(objects, said)), kept), skip };
}

/** How the columns of a CSV file find those of the table; undefined: the job leaves it open. */
function matchOf({ sourceColumnMatch }: LoadConfiguration): "NAME" | "POSITION" | undefined {
  return sourceColumnMatch === "NAME" || sourceColumnMatch === "POSITION" ? sourceColumnMatch : undefined;
}

/** Rows that the columns are told from. */
async function firstRows(file: string, load: LoadConfiguration, skip: number) {
  const rows: (readonly (string | undefined)[])[] = [];
  let index = 0;
  // The last line that is skipped may be the header.
  for await (const { values, problem } of csvLines(file, load)) {
    index += 1;
    if (index >= skip && problem === undefined && rows.push(values) > ROWS_TO_DETECT) break;
  }
  return rows;
}

const isHeader = (row: readonly (string | undefined)[]): boolean =>
  row.every((value) => value !== undefined && columnName(value) !== "" && !/^[-+]?[\d.]+$/.test(value));

/** Columns that the table has already keep their types. */
function withKnown(fields: readonly FieldSchema[], known: readonly FieldSchema[] | undefined): readonly FieldSchema[] {
  const byName = new Map((known ?? []).map((field) => [field.name.toLowerCase(), field]));
  return fields.map((field) => byName.get(field.name.toLowerCase()) ?? field);
}

/** Decimals as a type that the job wants, the first one that holds them; where none does, values that do not fit are refused. */
function withDecimals(fields: readonly FieldSchema[], wanted: readonly string[]): readonly FieldSchema[] {
  if (wanted.length === 0) return fields;
  return fields.map((field): FieldSchema => {
    if (field.fields !== undefined) return { ...field, fields: [...withDecimals(field.fields, wanted)] };
    const wider = DECIMAL_TARGETS[field.type];
    return wider === undefined ? field : { ...field, type: wider.find((type) => wanted.includes(type)) ?? field.type };
  });
}

const DECIMAL_TARGETS: Readonly<Record<string, readonly string[]>> = {
  NUMERIC: ["NUMERIC", "BIGNUMERIC", "STRING"],
  BIGNUMERIC: ["BIGNUMERIC", "STRING", "NUMERIC"],
};

/** Fields of a file with what a schema says of them: their modes, what texts and decimals are, and the parameters of their types. */
function asSaid(fields: readonly FieldSchema[], said: readonly FieldSchema[]): readonly FieldSchema[] {
  const byName = new Map(said.map((field) => [field.name.toLowerCase(), field]));
  return fields.map((field) => {
    const own = byName.get(field.name.toLowerCase());
    if (own === undefined) return field;
    const { mode, type } = own;
    const isText = field.type === "STRING" && /^(JSON|GEOGRAPHY)$/i.test(type);
    const isDecimal = DECIMAL_TARGETS[field.type] !== undefined && /^(BIG)?(NUMERIC|DECIMAL)$/i.test(type);
    const known = { ...field, ...(isText || isDecimal ? { type: type.toUpperCase() } : {}) };
    return {
      ...known,
      ...(mode === undefined || field.mode === "REPEATED" ? {} : { mode: mode.toUpperCase() }),
      ...(scalarType(type) === scalarType(known.type) ? describedOf(own) : {}),
      ...(field.fields === undefined ? {} : { fields: [...asSaid(field.fields, own.fields ?? [])] }),
    };
  });
}

/** What is said of a field besides its name, type and mode. */
function describedOf({ name: _name, type: _type, mode: _mode, fields: _fields, ...said }: FieldSchema) {
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
}

/** An Avro file: its columns, and its records. */
export async function avroOf(file: string, { useAvroLogicalTypes, decimalTargetTypes }: LoadConfiguration) {
  const { avroRecords, avroSchema } = await import("../load/avro.js");
  const { avroReading } = await import("../load/avro-schema.js");
  const options = { useLogicalTypes: useAvroLogicalTypes === true, decimalTypes: decimalTargetTypes ?? ["NUMERIC"] };
  return { ...avroReading(await avroSchema(file), options), records: () => avroRecords(file) };
}
