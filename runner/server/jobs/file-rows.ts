import type { RowObject } from "../../port/port.js";
import type { Column } from "../../port/sql-types.js";
import type { BadRows } from "../load/bad-rows.js";
import { csvRows } from "../load/csv-rows.js";
import { LoadTexts } from "../load/load-texts.js";
import { avroRows, jsonRows } from "../load/rows.js";
import type { LoadConfiguration } from "../requests/configuration.js";
import { bucketUri } from "./buckets.js";
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
  { jobs, bucketDir }: Pick<JobService, "jobs" | "bucketDir">,
  { load, format, files, source, columns, required, bad }: FileReading,
): AsyncGenerator<RowObject> {
  const reading = { load, columns, required, bad, texts: LoadTexts.of(jobs, load) };
  for (const file of files) {
    bad.uri = bucketUri(bucketDir, file);
    if (format === "CSV") yield* csvRows(file, source.skip, source.matchesNames === true, reading);
    else if (format === "NEWLINE_DELIMITED_JSON") yield* jsonRows(file, reading);
    else if (format === "AVRO") {
      const { read, records } = await avroOf(file, load);
      yield* avroRows(records(), read, reading);
    } else {
      const rows = await jobs.parquetRows(file);
      // As the table spells them.
      const spelled = new Map(columns.map(({ name }) => [name.toLowerCase(), name]));
      const names = rows.columns.map(({ name }) => spelled.get(name.toLowerCase()) ?? name);
      for (let start = 0; start < rows.count; start += ROWS_AT_ONCE)
        for (const row of rows.read(start, ROWS_AT_ONCE)) {
          const missing = names.find((name, index) => required.has(name) && (row[index] ?? null) === null);
          if (missing === undefined) yield Object.fromEntries(names.map((name, index) => [name, row[index] ?? null]));
          else bad.add(`Only optional fields can be set to NULL. Field: ${missing}; Value: NULL`);
        }
    }
  }
}
