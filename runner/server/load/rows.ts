import type { RowObject } from "../../port/port.js";
import type { Column } from "../../port/sql-types.js";
import type { LoadConfiguration } from "../requests/configuration.js";
import { type DecodeOptions, decodeRow, ValueError } from "../values/decode.js";
import type { BadRows } from "./bad-rows.js";
import { jsonLines } from "./json-lines.js";
import { type LoadTexts, rowsOfTexts } from "./load-texts.js";

/** How what stands in a file becomes rows. */
export interface RowReading {
  readonly load: LoadConfiguration;
  readonly columns: readonly Column[];
  /** Fields that must have a value. */
  readonly required: ReadonlySet<string>;
  readonly bad: BadRows;
  /** Undefined: texts are read as their types say. */
  readonly texts?: LoadTexts | undefined;
}

const optionsOf = ({ load, required }: RowReading): DecodeOptions => ({
  ignoreUnknown: load.ignoreUnknownValues === true,
  required,
});

/** The rows of an Avro file. */
export async function* avroRows(
  records: AsyncIterable<unknown>,
  read: (record: unknown) => Readonly<Record<string, unknown>>,
  reading: RowReading,
): AsyncGenerator<RowObject> {
  let index = 0;
  for await (const record of records) {
    index += 1;
    const row = decoded(read(record), reading.columns, optionsOf(reading));
    if (row instanceof ValueError) reading.bad.add(`Record ${index}: ${row.message} Field: ${row.field}`);
    else yield row;
  }
}

/** The rows of a file of JSON lines. */
export async function* jsonRows(path: string, reading: RowReading): AsyncGenerator<RowObject> {
  const { load, columns, bad, texts } = reading;
  const options = { ...optionsOf(reading), jsonStrings: "kept", singles: "taken" } as const;
  yield* rowsOfTexts(jsonLines(path, load), texts, ({ line, position, value, problem }, read, isFinal) => {
    if (problem !== undefined) {
      if (isFinal) bad.add(`JSON parsing error in row starting at position ${position}: ${problem}`);
      return undefined;
    }
    const row = decoded(value, columns, { ...options, read });
    if (!(row instanceof ValueError)) return row;
    if (isFinal)
      bad.add(
        `JSON processing encountered too many errors, giving up. Line ${line}: ${row.message} Field: ${row.field}`,
      );
    return undefined;
  });
}

function decoded(json: Readonly<Record<string, unknown>>, columns: readonly Column[], options: DecodeOptions) {
  try {
    return decodeRow(json, columns, options);
  } catch (cause) {
    if (cause instanceof ValueError) return cause;
    throw cause;
  }
}
