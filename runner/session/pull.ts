import { dollarsFor } from "../execute/estimate-cost.js";
import { isDate } from "../plan/dates.js";
import type { Selection } from "../plan/select.js";
import type { Window } from "../plan/types.js";
import { EngineError } from "../port/engine-error.js";
import { relationKey, type Warehouse } from "../port/port.js";
import type { DatedColumn, ReadableTable, ReadRequest, RowBatches, Sample, TableReader } from "../port/table-reader.js";
import { partitionsSaid } from "../project/inferred-partitions.js";
import { announced } from "./announce.js";
import { loggedLoad } from "./logged-load.js";
import { type Pulled, pulledRelations } from "./pulled-relations.js";
import { newRunId } from "./run-id.js";
import type { ProjectSession } from "./session.js";

/** What somebody asks to copy. */
export interface PullRequest {
  readonly selection: Selection;
  readonly window: Window;
  readonly sample: Sample | undefined;
  /** Bytes that reading may process; undefined: what the settings allow. */
  readonly mostBytes: number | undefined;
}

/** One table that is copied, and what reading it takes. */
export interface PlannedPull {
  readonly key: string;
  readonly read: ReadRequest;
  /** Bytes that its query would process; 0: its rows are listed. */
  readonly bytes: number;
}

/** Everything that is copied. */
export interface PullPlan {
  readonly tables: readonly PlannedPull[];
  readonly bytes: number;
  readonly dollars: number;
  readonly notes: readonly string[];
}

/** What has become of one table. */
export interface PulledTable extends PlannedPull {
  readonly rows: number;
  /** Rows that were there before and are gone; undefined: the table is new. */
  readonly replaced: number | undefined;
  readonly billed: number;
}

/** Questions that are asked at a time. */
const AT_ONCE = 8;

/**
 * Finds out what is to be copied and what it costs; nothing is copied.
 * @throws EngineError `refused` where it costs more than it may; `missing` for sources that are not there; `data` for what cannot be kept
 */
export async function planPull(session: ProjectSession, from: Warehouse, request: PullRequest): Promise<PullPlan> {
  const reader = readerOf(from);
  const pulled = await pulledRelations(session, request.selection);
  const found = await reader.find(pulled.map(({ id }) => id));
  const notes = missingOnes(pulled, found);
  notes.push(...(await goneMembers(session.warehouse, pulled, found)));
  refuseForeign(found);
  const partitionOf = partitionsSaid(session.loaded.manifest, session.settings.sources);
  const wanted = unique(found).filter((table) => isInWindow(table, request.window));
  const reads = wanted.map((table): ReadRequest => {
    const column = table.dated ?? saidColumn(table, partitionOf(relationKey(table.asked)));
    const window =
      request.window === undefined || column === undefined || dayOf(table) !== undefined
        ? undefined
        : { column, range: request.window };
    return { table, window, sample: request.sample };
  });
  const bytes: number[] = [];
  for (let first = 0; first < reads.length; first += AT_ONCE)
    bytes.push(...(await Promise.all(reads.slice(first, first + AT_ONCE).map((read) => reader.estimate(read)))));
  const tables = reads.map((read, index) => ({
    key: relationKey(read.table.definition.id),
    read,
    bytes: bytes[index] ?? 0,
  }));
  if (request.window !== undefined) notes.push(...wholeOnes(tables));
  const total = tables.reduce((sum, table) => sum + table.bytes, 0);
  requireBudget(tables, total, request.mostBytes, from.cost?.mostPerRun);
  return { tables, bytes: total, dollars: dollarsFor(total, from.cost), notes };
}

/** Is told of rows as they come. */
export type PullProgress = (done: number, of: number, rows: number, now: string) => void;

/**
 * Copies the tables of a plan into the session's warehouse, each in a transaction of its own: whoever is stopped leaves the old rows of a
 * table or the new ones.
 * @param onTable is told of each table that is done
 */
export async function carryOutPull(
  session: ProjectSession,
  from: Warehouse,
  { tables }: PullPlan,
  words: readonly string[],
  tell: PullProgress,
  onTable: (table: PulledTable) => void,
): Promise<void> {
  const reader = readerOf(from);
  let rows = 0;
  await announced(session, "pull", async () => {
    for (const [index, planned] of tables.entries()) {
      const { key, read } = planned;
      const startedAt = new Date();
      const load = { runId: newRunId(startedAt), loader: "pull", arguments: words, path: undefined, startedAt };
      const about = { run: load.runId, action: key };
      tell(index, tables.length, rows, key);
      const replaced = await loggedLoad(session.warehouse, session, load, async (transaction) => {
        let come = 0;
        const result = await transaction.replaceContent({
          table: read.table.definition,
          window: read.window,
          rows: counted(reader.read(read, about), (more) => {
            come += more;
            tell(index, tables.length, rows + come, key);
          }),
        });
        const { rows: inserted, replaced: deleted = 0 } = result;
        const counts = { read: inserted, inserted, updated: 0, deleted, unchanged: 0, skipped: 0 };
        const outcome = { status: "success", readSeconds: undefined, writeSeconds: undefined } as const;
        return { result, outcome: { ...outcome, tables: [{ relation: key, ...counts }] } };
      });
      rows += replaced.rows;
      onTable({ ...planned, ...replaced, billed: from.spentOn?.(about).bytesBilled ?? 0 });
    }
  });
}

async function* counted(rows: RowBatches, tell: (rows: number) => void): RowBatches {
  for await (const batch of rows) {
    yield batch;
    tell(batch.length);
  }
}

function readerOf(from: Warehouse): TableReader {
  if (from.reader === undefined) throw new EngineError("query", `--target ${from.target} is nothing to pull from`);
  return from.reader;
}

/** @throws EngineError for a source that the project declares, or a table of it, that is not there */
function missingOnes(pulled: readonly Pulled[], found: readonly ReadableTable[]): string[] {
  const there = new Set(found.map(({ asked }) => relationKey(asked)));
  const missing = pulled.filter(({ id }) => !there.has(relationKey(id)));
  const needed = missing.filter(({ as }) => as !== "undeclared").map(({ id }) => relationKey(id));
  if (needed.length > 0)
    throw new EngineError(
      "missing",
      `BigQuery has no ${needed.join(", ")}; leave out what is not there with --exclude ${needed.join(" ")}`,
    );
  return missing.map(({ id }) => `${relationKey(id)} is read without being declared, and is not there`);
}

/** Tables here that a star brings to models, while BigQuery has them no more. */
async function goneMembers(
  here: Warehouse,
  pulled: readonly Pulled[],
  found: readonly ReadableTable[],
): Promise<readonly string[]> {
  const stars = pulled.flatMap(({ id }) => (id.name.endsWith("*") ? [relationKey(id)] : []));
  if (stars.length === 0) return [];
  const there = new Set(found.map(({ definition }) => relationKey(definition.id)));
  const keys = [...(await here.observe((seen) => seen.relations())).keys()];
  return stars.flatMap((star) => {
    const gone = keys.filter((key) => key.startsWith(star.slice(0, -1)) && !there.has(key));
    if (gone.length === 0) return [];
    return [`${star} reads ${gone.join(", ")} here, which BigQuery does not have; drop what is not wanted`];
  });
}

/** @throws EngineError where columns have types of which no value can be kept */
function refuseForeign(found: readonly ReadableTable[]): void {
  for (const { definition, foreign } of found) {
    if (foreign.length > 0)
      throw new EngineError(
        "data",
        `${relationKey(definition.id)} has columns of types that the embedded engine does not keep: ${foreign.join(", ")}; leave it out with --exclude, or pull a view without them`,
      );
  }
}

/** Tables once each; one may be a member of a pattern and declared besides. */
function unique(found: readonly ReadableTable[]): readonly ReadableTable[] {
  return [...new Map(found.map((table) => [relationKey(table.definition.id), table])).values()];
}

/** The day in the name of a member of a set of tables, `events_20240131`; undefined: none. */
function dayOf({ asked, definition }: ReadableTable): string | undefined {
  if (!asked.name.endsWith("*")) return undefined;
  const [, year, month, day] = /(\d{4})(\d\d)(\d\d)$/.exec(definition.id.name) ?? [];
  const text = `${year}-${month}-${day}`;
  return isDate(text) ? text : undefined;
}

function isInWindow(table: ReadableTable, window: Window): boolean {
  const day = dayOf(table);
  return window === undefined || day === undefined || (day >= window.from && day <= window.to);
}

/** The DATE column by which the project says that a table is partitioned. */
function saidColumn({ definition }: ReadableTable, said: string | undefined): DatedColumn | undefined {
  const column = definition.columns.find(
    ({ name, type }) => type === "DATE" && name.toLowerCase() === said?.toLowerCase(),
  );
  return column === undefined ? undefined : { name: column.name, type: "DATE" };
}

function wholeOnes(tables: readonly PlannedPull[]): readonly string[] {
  const whole = tables.filter(({ read }) => read.window === undefined && dayOf(read.table) === undefined);
  if (whole.length === 0) return [];
  const keys = whole.map(({ key }) => key).join(", ");
  return [`pulled whole, because nothing says which of their columns has the dates: ${keys}`];
}

function requireBudget(
  tables: readonly PlannedPull[],
  bytes: number,
  flag: number | undefined,
  setting: number | undefined,
): void {
  const most = flag ?? setting;
  if (most === undefined || bytes <= most) return;
  const [largest] = [...tables].sort((a, b) => b.bytes - a.bytes);
  const limit = flag === undefined ? '"maximumBytesPerRun" in fastbreak.json' : "--limit-bytes";
  throw new EngineError(
    "refused",
    `pulling would process ${bytes} bytes, most of them for ${largest?.key} (${largest?.bytes}), and ${limit} allows ${most}; nothing was pulled`,
  );
}
