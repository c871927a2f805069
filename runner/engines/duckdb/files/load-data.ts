import { readdirSync, statSync } from "node:fs";
import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import type { LoadData } from "../../../dialect/load-data.js";
import { EngineError } from "../../../port/engine-error.js";
import type { Relation } from "../../../port/port.js";
import type { Column } from "../../../port/sql-types.js";
import { systemReason } from "../../../port/system-error.js";
import type { Layout } from "../catalog.js";
import { quotePath } from "../quote.js";
import { changedRows, createTable } from "../tables.js";
import { columnsOfFile, columnsOfTable, type Filled, insertStaged, refuseMisfits } from "./load-file.js";
import { type StagedFile, stageFile } from "./stage-file.js";
import { stageLoadedCsv } from "./stage-loaded-csv.js";

/**
 * Carries LOAD DATA out inside the transaction of the connection. A table of a column list has been made before.
 * @param existing the table as it is now
 * @param folder where relative paths begin
 * @returns how many rows were loaded
 * @throws EngineError `data` with file and line of the first row that does not fit
 */
export async function loadFiles(
  connection: DuckDBConnection,
  existing: Relation | undefined,
  load: LoadData,
  folder: string,
): Promise<number> {
  let table = existing;
  // Without a column list the files tell the columns of a table that is overwritten.
  let isRemade = load.overwrite && load.create === undefined;
  let rows = 0;
  for (const { path, shown } of load.files.uris.flatMap((uri) => matching(uri, folder))) {
    const known = isRemade ? undefined : table;
    const staged = await stage(connection, known, load, path, shown);
    const filled =
      known === undefined
        ? await columnsOfFile(connection, staged, shown, "BigQuery's")
        : columnsOfTable(known, staged, shown, load.files.ignoresUnknown);
    await refuseMisfits(connection, staged, filled, shown);
    if (known === undefined) {
      table = await make(connection, table, load, filled);
      isRemade = false;
    }
    const [dataset = "", name = ""] = load.target;
    rows += await insertStaged(connection, { dataset, name }, staged, filled, shown);
  }
  return rows;
}

async function stage(
  connection: DuckDBConnection,
  known: Relation | undefined,
  { files, names }: LoadData,
  path: string,
  shown: string,
): Promise<StagedFile> {
  const { format, isGzip } = files;
  if (format !== "csv")
    return stageFile(connection, { path, shown, format, ...(isGzip ? { isGzip } : {}), known: known?.columns });
  return stageLoadedCsv(connection, { path, shown, isGzip, ...files.csv }, names, known?.columns);
}

/** Makes the table that the files tell of, in place of one that is overwritten, whose layout stays where it can. */
async function make(
  connection: DuckDBConnection,
  before: Relation | undefined,
  { target, partitionBy, clusterBy }: LoadData,
  filled: readonly Filled[],
): Promise<Relation> {
  const [dataset = "", name = ""] = target;
  const id = { dataset, name };
  const columns = filled.map(({ column }) => column);
  const named = (wanted: string): Column | undefined =>
    columns.find((column) => column.name.toLowerCase() === wanted.toLowerCase());
  const partition = partitionBy ?? before?.partitionColumn;
  const column = partition === undefined ? undefined : named(partition);
  if (partitionBy !== undefined && column?.type !== "DATE")
    throw new EngineError("data", `PARTITION BY ${partitionBy}: the files have no DATE column of this name`);
  const clustered = clusterBy.length > 0 ? clusterBy : (before?.clusterBy ?? []);
  const layout: Layout = {
    partitionColumn: column?.type === "DATE" ? column.name : undefined,
    clusterBy: clustered.flatMap((wanted) => named(wanted)?.name ?? []),
    primaryKey: [],
  };
  if (before !== undefined) await changedRows(connection, `DROP TABLE ${quotePath(before.id)}`);
  await createTable(connection, id, columns, layout);
  return { id, kind: "table", definition: undefined, columns, foreignColumns: [], ...layout };
}

interface FoundFile {
  readonly path: string;
  readonly shown: string;
}

/** The files of a path in which stars of the last part stand for any characters. */
function matching(uri: string, folder: string): readonly FoundFile[] {
  const path = isAbsolute(uri) ? uri : resolve(folder, uri);
  if (!basename(path).includes("*")) {
    requireFile(path, uri);
    return [{ path, shown: uri }];
  }
  const pattern = basename(path)
    .split("*")
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  const form = new RegExp(`^${pattern.join(".*")}$`);
  const names = listing(dirname(path), uri).filter((name) => form.test(name));
  if (names.length === 0) throw new EngineError("data", `no file is called ${uri}`);
  return names.sort().map((name) => ({ path: join(dirname(path), name), shown: join(dirname(uri), name) }));
}

function listing(folder: string, uri: string): string[] {
  return reading(uri, () => readdirSync(folder));
}

function requireFile(path: string, uri: string): void {
  if (!reading(uri, () => statSync(path)).isFile()) throw new EngineError("data", `${uri} is no file`);
}

function reading<T>(uri: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    const reason = systemReason(cause);
    if (reason === undefined) throw cause;
    throw new EngineError("data", `${uri} cannot be read: ${reason}`);
  }
}
