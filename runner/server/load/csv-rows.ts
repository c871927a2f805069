import type { RowObject, SqlValue } from "../../port/port.js";
import { type Column, typeName } from "../../port/sql-types.js";
import { ApiError } from "../protocol/errors.js";
import { decodeText, type TextReading } from "../values/decode.js";
import { type CsvLine, csvLines } from "./csv.js";
import { columnName } from "./detect.js";
import { rowsOfTexts } from "./load-texts.js";
import type { RowReading } from "./rows.js";

/** Where a value of a line goes; undefined: to no column. */
type Places = readonly (number | undefined)[];

/**
 * The rows of a CSV file.
 * @param skip lines before the first that holds values
 * @param matchesNames the last of those names the columns
 */
export async function* csvRows(
  path: string,
  skip: number,
  matchesNames: boolean,
  reading: RowReading,
): AsyncGenerator<RowObject> {
  const { load, columns, bad, texts } = reading;
  let places: Places = columns.map((_, index) => index);
  const body = async function* () {
    let index = 0;
    for await (const line of csvLines(path, load)) {
      index += 1;
      if (index > skip) yield line;
      else if (matchesNames && index === skip) places = placesOf(line, reading);
    }
  };
  yield* rowsOfTexts(body(), texts, (line, read, isFinal) => {
    const row = csvRow(line, places, reading, read ?? decodeText);
    if (typeof row !== "string") return row;
    if (isFinal) bad.add(row);
    return undefined;
  });
}

/** @throws ApiError for a header with a name that the table lacks, unless those are ignored */
function placesOf({ values }: CsvLine, { load, columns }: RowReading): Places {
  const byName = new Map(columns.map(({ name }, place) => [name.toLowerCase(), place]));
  return values.map((header = "") => {
    const place = byName.get(header.trim().toLowerCase()) ?? byName.get(columnName(header).toLowerCase());
    if (place === undefined && load.ignoreUnknownValues !== true)
      throw new ApiError("invalid", `Error while reading data, error message: no such field: ${header}.`);
    return place;
  });
}

/** The row of a line, or why there is none. */
function csvRow(
  { line, position, values, problem }: CsvLine,
  places: Places,
  { load, columns, required }: RowReading,
  read: TextReading,
): RowObject | string {
  if (problem !== undefined)
    return `Error detected while parsing row starting at position: ${position}. Error: ${problem}`;
  if (values.length > places.length && load.ignoreUnknownValues !== true)
    return `Too many values in line. Found ${values.length} column(s) while expected ${places.length}.; line_number: ${line}`;
  if (values.length < places.length && load.allowJaggedRows !== true)
    return `CSV table references column position ${values.length}, but line contains only ${values.length} columns.; line_number: ${line}`;
  const row: Record<string, SqlValue> = {};
  for (const [index, place] of places.entries()) {
    const column = place === undefined ? undefined : columns[place];
    const text = values[index];
    if (column === undefined || text === undefined) continue;
    const value = read(text, column.type);
    if (value === undefined) return misfit(column, index, line, text);
    row[column.name] = value;
  }
  for (const [index, { name }] of columns.entries()) {
    if (row[name] !== undefined) continue;
    if (required.has(name))
      return `Required column value for column index: ${index} is missing in row starting at position: ${position}`;
    row[name] = null;
  }
  return row;
}

function misfit({ name, type }: Column, index: number, line: number, text: string): string {
  const kind = typeName(type);
  return `Could not parse '${text}' as ${kind} for field ${name} (position ${index}); line_number: ${line} column_index: ${index} column_name: "${name}" column_type: ${kind} value: "${text}"`;
}
