import type { RowObject } from "../../port/port.js";
import type { Column } from "../../port/sql-types.js";
import { avroRows, type BadRows, csvRows, jsonRows } from "../load/rows.js";
import type { LoadConfiguration } from "../requests/configuration.js";
import { avroOf, type Format, type Source } from "./load-source.js";
import type { JobService } from "./service.js";

/** Files, and how they become rows. */
export interface FileReading {
  readonly load: LoadConfiguration;
  readonly format: Format;
  readonly files: readonly string[];
  readonly source: Source;
  readonly columns: readonly Column[];
  readonly required: ReadonlySet<string>;
  readonly bad: BadRows;
}

const ROWS_AT_ONCE = 2048;

/** The rows of files, one behind the other. */
export async function* fileRows(
  { jobs }: Pick<JobService, "jobs">,
  { load, format, files, source, columns, required, bad }: FileReading,
): AsyncGenerator<RowObject> {
  for (const file of files) {
    if (format === "CSV") yield* csvRows(file, load, source.skip, columns, bad);
    else if (format === "NEWLINE_DELIMITED_JSON") yield* jsonRows(file, load, columns, required, bad);
    else if (format === "AVRO") {
      const { read, records } = await avroOf(file, load);
      yield* avroRows(records(), read, load, columns, required, bad);
    } else {
      const rows = await jobs.parquetRows(file);
      // As the table spells them.
      const spelled = new Map(columns.map(({ name }) => [name.toLowerCase(), name]));
      const names = rows.columns.map(({ name }) => spelled.get(name.toLowerCase()) ?? name);
      for (let start = 0; start < rows.count; start += ROWS_AT_ONCE)
        for (const row of rows.read(start, ROWS_AT_ONCE))
          yield Object.fromEntries(names.map((name, index) => [name, row[index] ?? null]));
    }
  }
}
