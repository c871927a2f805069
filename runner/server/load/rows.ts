import type { RowObject, SqlValue } from "../../port/port.js";
import { type Column, typeName } from "../../port/sql-types.js";
import { ApiError, type ErrorProto } from "../protocol/errors.js";
import type { LoadConfiguration } from "../requests/configuration.js";
import { decodeRow, decodeText, ValueError } from "../values/decode.js";
import { type CsvLine, csvLines } from "./csv.js";
import { jsonLines } from "./json-lines.js";

/** Counts rows that do not fit; more than the job allows end it. */
export class BadRows {
  readonly errors: ErrorProto[] = [];

  constructor(readonly most: number) {}

  add(message: string): void {
    const proto = { reason: "invalid", message };
    this.errors.push(proto);
    if (this.errors.length > this.most)
      throw new ApiError("invalid", `Error while reading data, error message: ${message}`);
  }
}

/** The rows of a CSV file, from the first that holds values. */
export async function* csvRows(
  path: string,
  load: LoadConfiguration,
  skip: number,
  columns: readonly Column[],
  bad: BadRows,
): AsyncGenerator<RowObject> {
  let index = 0;
  for await (const line of csvLines(path, load)) {
    index += 1;
    if (index <= skip) continue;
    const row = csvRow(line, load, columns, bad);
    if (row !== undefined) yield row;
  }
}

function csvRow({ line, values }: CsvLine, load: LoadConfiguration, columns: readonly Column[], bad: BadRows) {
  if (values.length > columns.length && load.ignoreUnknownValues !== true) {
    bad.add(
      `Too many values in line. Found ${values.length} column(s) while expected ${columns.length}.; line_number: ${line}`,
    );
    return undefined;
  }
  if (values.length < columns.length && load.allowJaggedRows !== true) {
    bad.add(
      `CSV table references column position ${values.length}, but line contains only ${values.length} columns.; line_number: ${line}`,
    );
    return undefined;
  }
  const row: Record<string, SqlValue> = {};
  for (const [index, { name, type }] of columns.entries()) {
    const text = values[index];
    const value = text === undefined ? null : decodeText(text, type);
    if (value === undefined) {
      bad.add(
        `Could not parse '${text}' as ${typeName(type)} for field ${name} (position ${index}); line_number: ${line} column_index: ${index} column_name: "${name}" column_type: ${typeName(type)} value: "${text}"`,
      );
      return undefined;
    }
    row[name] = value;
  }
  return row;
}

/** The rows of an Avro file. */
export async function* avroRows(
  records: AsyncIterable<unknown>,
  read: (record: unknown) => Readonly<Record<string, unknown>>,
  load: LoadConfiguration,
  columns: readonly Column[],
  required: ReadonlySet<string>,
  bad: BadRows,
): AsyncGenerator<RowObject> {
  const options = { ignoreUnknown: load.ignoreUnknownValues === true, required };
  let index = 0;
  for await (const record of records) {
    index += 1;
    try {
      yield decodeRow(read(record), columns, options);
    } catch (cause) {
      if (!(cause instanceof ValueError)) throw cause;
      bad.add(`Record ${index}: ${cause.message} Field: ${cause.field}`);
    }
  }
}

/** The rows of a file of JSON lines. */
export async function* jsonRows(
  path: string,
  load: LoadConfiguration,
  columns: readonly Column[],
  required: ReadonlySet<string>,
  bad: BadRows,
): AsyncGenerator<RowObject> {
  const options = { ignoreUnknown: load.ignoreUnknownValues === true, required, jsonStrings: "kept" as const };
  for await (const { line, value } of jsonLines(path)) {
    try {
      yield decodeRow(value, columns, options);
    } catch (cause) {
      if (!(cause instanceof ValueError)) throw cause;
      bad.add(
        `JSON processing encountered too many errors, giving up. Line ${line}: ${cause.message} Field: ${cause.field}`,
      );
    }
  }
}
