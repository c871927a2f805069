import { setTimeout as later } from "node:timers/promises";
import { everyPartition } from "../../googlesql/partitioning.js";
import { quoteIdentifier } from "../../googlesql/quote.js";
import { EngineError } from "../../port/engine-error.js";
import { PARTITION_TIME } from "../../port/ingestion-time.js";
import { type RelationId, relationKey, type TableDefinition, type WorkPurpose } from "../../port/port.js";
import type {
  DatedColumn,
  ReadableTable,
  ReadRequest,
  RowBatches,
  RowWindow,
  Sample,
  TableReader,
} from "../../port/table-reader.js";
import { ingestionOf, type TableToken, tokenOf } from "./catalog.js";
import { engineError } from "./errors.js";
import { restPath } from "./names.js";
import { readTable, readTableData, type Table } from "./protocol.js";
import { columnsOf } from "./schema.js";
import { type Service, sqlPath } from "./service.js";
import { decodeRow } from "./values.js";

/** Rows that are asked for at a time; the service gives fewer where they are large. */
const ROWS_A_PAGE = 10_000;
/** A sample is made of runs of rows that lie so many apart, at most. */
const MOST_BLOCKS = 20;
/** Milliseconds after which what was written has a time of its own. */
const RACY_MS = 1000;
const MOST_LOOKS = 5;

const KINDS: Readonly<Record<string, string>> = {
  TABLE: "table",
  VIEW: "view",
  MATERIALIZED_VIEW: "materialized view",
  EXTERNAL: "external table",
  SNAPSHOT: "snapshot",
};

/** Reads the tables of the service: by listing their rows, which bills nothing, or by a query. */
export class BigQueryTableReader implements TableReader {
  constructor(readonly service: Service) {}

  async find(ids: readonly RelationId[]): Promise<readonly ReadableTable[]> {
    return telling(async () => {
      const asked = await Promise.all(
        ids.map(async (id) => {
          if (!id.name.endsWith("*")) return [{ asked: id, id }];
          const members = await this.service.catalog.members(id);
          return members.map((member) => ({ asked: id, id: member }));
        }),
      );
      const wanted = asked.flat();
      const gets = wanted.map(({ id }) => ({ path: restPath(id, this.service.connection.project) }));
      const { found } = await this.service.batch.get(gets, readTable);
      return wanted.flatMap(({ asked: of, id }, index) => {
        const table = found[index];
        const isMember = of !== id;
        // A name with a star stands for no views.
        return table === undefined || (isMember && table.type !== "TABLE") ? [] : [readable(of, id, table)];
      });
    });
  }

  async estimate(request: ReadRequest): Promise<number> {
    if (isListed(request)) return 0;
    const { bytes } = await telling(() => this.service.jobs.dryRun(this.#sql(request)));
    return bytes;
  }

  async *read(request: ReadRequest, about: WorkPurpose): RowBatches {
    try {
      if (isListed(request)) yield* this.#listed(request);
      else yield* this.service.jobs.stream({ sql: this.#sql(request), step: "pull" }, about);
    } catch (cause) {
      throw engineError(cause);
    }
  }

  #sql({ table, window, sample }: ReadRequest): string {
    const { id, columns } = table.definition;
    const names = columns.map(({ name }) => quoteIdentifier(name)).join(", ");
    const tests = [
      ...(window === undefined ? [everyPartition({ filterColumn: table.dated?.name })] : [windowSql(window)]),
      ...(sample !== undefined && "share" in sample ? [`RAND() < ${sample.share}`] : []),
    ];
    const where = tests.length === 0 ? "" : ` WHERE ${tests.join(" AND ")}`;
    const limit = sample !== undefined && "rows" in sample ? ` LIMIT ${sample.rows}` : "";
    return `SELECT ${names} FROM ${sqlPath(this.service, id)}${where}${limit}`;
  }

  /** Pages do not come from one moment: what is written while they come makes them worthless. */
  async *#listed({ table: { definition }, sample }: ReadRequest): RowBatches {
    const before = await this.#resting(definition.id);
    let count = 0;
    for (const block of blocksOf(before.rows, sample)) {
      for await (const rows of this.#block(definition, block)) {
        count += rows.length;
        yield rows;
      }
    }
    const after = await this.#look(definition.id);
    const isWhole = sample !== undefined || count === before.rows;
    if (before.token?.value !== undefined && before.token.value === after.token?.value && isWhole) return;
    throw new EngineError(
      "conflict",
      `${relationKey(definition.id)} was written while it was listed; pull it when it rests, or a window of it`,
    );
  }

  /** While rows are taken the next ones are on their way. */
  async *#block({ id, columns }: TableDefinition, { start, rows: wanted }: Block): RowBatches {
    const path = `${restPath(id, this.service.connection.project)}/data`;
    const read = readTableData(columns.length);
    const ask = (from: { readonly startIndex: string } | { readonly pageToken: string }, left: number) => {
      const query = {
        maxResults: String(Math.min(left, ROWS_A_PAGE)),
        "formatOptions.useInt64Timestamp": "true",
        ...from,
      };
      const page = this.service.rest.repeat({ method: "GET", path, query }, read);
      // Who takes no more rows does not wait for it.
      page.catch(() => undefined);
      return page;
    };
    let left = wanted;
    let next = left > 0 ? ask({ startIndex: String(start) }, left) : undefined;
    while (next !== undefined) {
      const { rows, pageToken } = await next;
      left -= rows.length;
      next = pageToken === undefined || left <= 0 ? undefined : ask({ pageToken }, left);
      yield rows.map((row) => decodeRow(row, columns));
    }
  }

  /** A look at a table that was not written within this very moment, so that its token tells of every later write. */
  async #resting(id: RelationId): Promise<Look> {
    for (let looks = 1; ; looks += 1) {
      const look = await this.#look(id);
      if (!(look.token?.isRacy ?? false) || looks === MOST_LOOKS) return look;
      await later(RACY_MS, undefined, { signal: this.service.rest.signal });
    }
  }

  async #look(id: RelationId): Promise<Look> {
    const path = restPath(id, this.service.connection.project);
    const seenAt = Date.now();
    const { found, servedAt } = await this.service.batch.get([{ path }], readTable);
    const [table] = found;
    if (table === undefined) throw new EngineError("missing", `${relationKey(id)} is gone`);
    return { token: tokenOf(table, servedAt ?? seenAt), rows: table.numRows ?? 0 };
  }
}

interface Look {
  readonly token: TableToken | undefined;
  readonly rows: number;
}

/** Rows of a table that lie behind each other. */
interface Block {
  readonly start: number;
  readonly rows: number;
}

/** The rows that are listed: all, or runs of them spread evenly over the table, the same each time. */
export function blocksOf(rows: number, sample: Sample | undefined): readonly Block[] {
  const wanted = sample === undefined ? rows : "rows" in sample ? sample.rows : Math.ceil(rows * sample.share);
  if (wanted >= rows) return [{ start: 0, rows }];
  const count = Math.min(MOST_BLOCKS, wanted);
  return Array.from({ length: count }, (_, index) => {
    const first = Math.floor((index * wanted) / count);
    return {
      start: Math.floor((index * rows) / count),
      rows: Math.floor(((index + 1) * wanted) / count) - first,
    };
  });
}

function isListed({ table, window }: ReadRequest): boolean {
  return table.lists && window === undefined;
}

function windowSql({ column: { name, type }, range: { from, to } }: RowWindow): string {
  const column = quoteIdentifier(name);
  const zone = type === "TIMESTAMP" ? "+00" : "";
  return type === "DATE"
    ? `${column} BETWEEN DATE '${from}' AND DATE '${to}'`
    : `${column} BETWEEN ${type} '${from} 00:00:00${zone}' AND ${type} '${to} 23:59:59.999999${zone}'`;
}

function readable(asked: RelationId, id: RelationId, table: Table): ReadableTable {
  const { fields } = table.schema;
  const { columns, foreign } = columnsOf(fields);
  const { timePartitioning, clustering, tableConstraints, type, streamingBuffer, numRows } = table;
  const required = new Set(fields.filter(({ mode }) => mode === "REQUIRED").map(({ name }) => name));
  const ingestion = ingestionOf(table);
  const dated = datedColumn(ingestion === undefined ? timePartitioning?.field : PARTITION_TIME, columns);
  const arrival = ingestion === undefined ? [] : [{ name: PARTITION_TIME, type: "TIMESTAMP" } as const];
  const isDaily = dated?.type === "DATE" && timePartitioning?.type === "DAY";
  return {
    asked,
    definition: {
      id,
      columns: [
        ...columns.map((column) => (required.has(column.name) ? { ...column, required: true } : column)),
        ...arrival,
      ],
      primaryKey: tableConstraints?.primaryKey?.columns ?? [],
      partitionColumn: isDaily ? dated.name : undefined,
      clusterBy: clustering?.fields ?? [],
      ingestion,
    },
    kind: KINDS[type] ?? type.toLowerCase(),
    foreign: fields.filter(({ name }) => foreign.includes(name)).map((field) => `${field.name} (${field.type})`),
    rows: type === "TABLE" && streamingBuffer === undefined ? numRows : undefined,
    dated,
    // Rows that are only streamed are in no list, and the times at which rows came neither.
    lists: type === "TABLE" && streamingBuffer === undefined && ingestion === undefined && table.etag !== "",
  };
}

function datedColumn(field: string | undefined, columns: TableDefinition["columns"]): DatedColumn | undefined {
  if (field === PARTITION_TIME) return { name: field, type: "TIMESTAMP" };
  const column = columns.find(({ name }) => name.toLowerCase() === field?.toLowerCase());
  const type = column?.type;
  return type === "DATE" || type === "DATETIME" || type === "TIMESTAMP"
    ? { name: column?.name ?? "", type }
    : undefined;
}

async function telling<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw engineError(cause);
  }
}
