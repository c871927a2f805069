import {
  type DateRange,
  type DigestRequest,
  type LatestRowsRequest,
  type MergeCounts,
  type PartitionDigest,
  type PartitionDigests,
  type PublishCounts,
  type PublishRequest,
  type QueryResult,
  type Relation,
  type RelationId,
  type ReplaceCounts,
  type RowObject,
  relationKey,
  type ScriptTexts,
  type Stage,
  type Transaction,
  type Warehouse,
} from "../../runner/port/port.js";
import type { Column } from "../../runner/port/sql-types.js";
import { evaluate, type Row, type Spec } from "./spec.js";
import type { Layout } from "./world.js";

const INT64: Column["type"] = "INT64";
export const PLAIN_COLUMNS: readonly Column[] = [
  { name: "d", type: "DATE" },
  { name: "k", type: "STRING" },
  { name: "v", type: INT64 },
];
export const HASHED_COLUMNS: readonly Column[] = [...PLAIN_COLUMNS, { name: "data_hash", type: "STRING" }];
const EXTENSION: Column = { name: "x", type: INT64 };

interface Table {
  readonly relation: Relation;
  readonly rows: readonly Row[];
}

interface Content {
  readonly tables: ReadonlyMap<string, Table>;
  readonly logs: ReadonlyMap<string, readonly RowObject[]>;
}

/** The process was killed: nothing that it did after its last commit is there. */
export class Killed extends Error {}

/**
 * The warehouse port over plain maps: snapshot isolation, atomic commits, and SQL as `specSql` writes it and the runner
 * composes it. It can be killed at any call, and lets others write between two transactions.
 */
export class MemoryWarehouse implements Warehouse {
  readonly target = "duckdb";
  #content: Content = { tables: new Map(), logs: new Map() };
  /** Calls until it is killed; undefined: it lives. */
  #callsLeft: number | undefined;
  /** Called before each transaction takes its snapshot. */
  beforeTransaction: () => void = () => {};

  constructor(origin?: MemoryWarehouse) {
    if (origin !== undefined) this.#content = origin.#content;
  }

  async transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    this.beforeTransaction();
    const transaction = new MemoryTransaction(this.#content, () => this.#call());
    const result = await work(transaction);
    this.#call();
    this.#content = transaction.onto(this.#content);
    this.#call();
    return result;
  }

  async prepare(): Promise<void> {}

  async script(): Promise<never> {
    throw new Error("no script runs here");
  }

  async close(): Promise<void> {}

  killAfter(calls: number | undefined): void {
    this.#callsLeft = calls;
  }

  #call(): void {
    if (this.#callsLeft === undefined) return;
    this.#callsLeft -= 1;
    if (this.#callsLeft < 0) throw new Killed("killed");
  }

  /** What somebody else reads and writes. */
  tables(): ReadonlyMap<string, Table> {
    return this.#content.tables;
  }

  write(key: string, rows: readonly Row[], layout: Layout): void {
    const tables = new Map(this.#content.tables);
    tables.set(key, { relation: tableOf(key, layout), rows: rows.map(({ unhashed: _, ...row }) => row) });
    this.#content = { ...this.#content, tables };
  }

  drop(key: string): void {
    const tables = new Map(this.#content.tables);
    tables.delete(key);
    this.#content = { ...this.#content, tables };
  }
}

function tableOf(key: string, layout: Layout | undefined): Relation {
  const [dataset = "", name = ""] = key.split(".");
  const primaryKey = layout?.primaryKey ?? [];
  return {
    id: { dataset, name },
    kind: "table",
    definition: undefined,
    columns: [...(primaryKey.length > 0 ? HASHED_COLUMNS : PLAIN_COLUMNS), ...(layout?.extended ? [EXTENSION] : [])],
    foreignColumns: [],
    partitionColumn: layout?.partitionColumn,
    clusterBy: [],
    primaryKey,
  };
}

class MemoryTransaction implements Transaction {
  readonly #tables: Map<string, Table>;
  readonly #logs: Map<string, readonly RowObject[]>;
  readonly #staged = new Map<string, readonly Row[]>();

  readonly #snapshot: Content;

  constructor(
    snapshot: Content,
    readonly call: () => void,
  ) {
    this.#snapshot = snapshot;
    this.#tables = new Map(snapshot.tables);
    this.#logs = new Map(snapshot.logs);
  }

  /** What this transaction wrote, over what others have committed meanwhile. */
  onto(committed: Content): Content {
    const tables = new Map(committed.tables);
    for (const [key, table] of this.#tables) if (table !== this.#snapshot.tables.get(key)) tables.set(key, table);
    const logs = new Map(committed.logs);
    for (const [key, rows] of this.#logs) {
      const added = rows.slice(this.#snapshot.logs.get(key)?.length ?? 0);
      if (added.length > 0) logs.set(key, [...(logs.get(key) ?? []), ...added]);
    }
    return { tables, logs };
  }

  async routines(): Promise<ReadonlyMap<string, string>> {
    return new Map();
  }

  async script<T>(work: (script: ScriptTexts) => Promise<T>): Promise<T> {
    return work(this);
  }

  async relations(): Promise<ReadonlyMap<string, Relation>> {
    this.call();
    return new Map([...this.#tables].map(([key, { relation }]) => [key, relation]));
  }

  async digests(requests: readonly DigestRequest[]): Promise<readonly PartitionDigests[]> {
    this.call();
    return requests.map((request) => this.#digest(request));
  }

  #digest({ relation, columns, range, grain }: DigestRequest): PartitionDigests {
    const column = relation.partitionColumn;
    const partitions = new Map<string, string[]>();
    for (const row of this.#tables.get(relationKey(relation.id))?.rows ?? []) {
      if (column !== undefined && range !== undefined && !within(row, range)) continue;
      const partition = column === undefined || grain === "relation" ? "*" : row.d;
      const texts = partitions.get(partition) ?? [];
      texts.push(columns.map((name) => columnOf(row, name)).join(" "));
      partitions.set(partition, texts);
    }
    return new Map(
      [...partitions].map(([partition, texts]): [string, PartitionDigest] => [
        partition,
        { rows: texts.length, digest: `${texts.length}:${texts.sort().join(",")}` },
      ]),
    );
  }

  async latestRows(request: LatestRowsRequest): Promise<readonly RowObject[]> {
    this.call();
    const newest = new Map<string, RowObject>();
    const later = (a: RowObject, b: RowObject) => {
      for (const column of request.newestBy) {
        if (String(a[column]) !== String(b[column])) return String(a[column]) > String(b[column]);
      }
      return true;
    };
    for (const row of this.#logs.get(relationKey(request.table)) ?? []) {
      const { where } = request;
      const value = where && String(row[where.column]);
      if (where && value && !where.values.includes(value)) {
        if (where.range === undefined || value < where.range.from || value > where.range.to) continue;
      }
      const key = JSON.stringify(request.key.map((column) => row[column]));
      const old = newest.get(key);
      if (old === undefined || later(row, old)) newest.set(key, row);
    }
    return [...newest.values()];
  }

  async append(table: RelationId, _columns: readonly Column[], rows: readonly RowObject[]): Promise<void> {
    this.call();
    const key = relationKey(table);
    if (rows.length > 0) this.#logs.set(key, [...(this.#logs.get(key) ?? []), ...rows]);
  }

  async execute(): Promise<void> {
    this.call();
  }

  async stage(query: string): Promise<Stage> {
    this.call();
    const rows = this.#evaluateSql(query);
    const name = `stage${this.#staged.size}`;
    this.#staged.set(name, rows);
    return { name, columns: HASHED_COLUMNS, rows: rows.length };
  }

  async publish(request: PublishRequest): Promise<PublishCounts> {
    this.call();
    const key = relationKey(request.target);
    const staged = this.#staged.get(request.stage.name) ?? [];
    const { partitionColumn, key: primaryKey } = request;
    const relation = tableOf(key, { partitionColumn, primaryKey, extended: false });
    const old = this.#tables.get(key);
    const kept =
      old?.relation.kind === "table" && old.relation.partitionColumn === request.partitionColumn ? old.rows : [];
    const replaced = request.partitions && new Set(request.partitions);
    // Rows without a hash are written again when their turn comes.
    const gainsHash = request.key.length > 0 && old?.relation.primaryKey.length === 0;
    const isHashed = (row: Row) => request.key.length === 0 || (!gainsHash && !row.unhashed);
    const standing = kept.map((row) => withHash(row, isHashed(row)));
    const stays = replaced === undefined ? [] : standing.filter(({ d }) => !replaced.has(d));
    const texts = (rows: readonly Row[]) => new Set(rows.map((row) => JSON.stringify(row)));
    const [before, after] = [texts(standing), texts([...stays, ...staged])];
    const inserted = [...after].filter((row) => !before.has(row)).length;
    const deleted = [...before].filter((row) => !after.has(row)).length;
    this.#tables.set(key, { relation, rows: [...stays, ...staged] });
    return { inserted, updated: 0, refreshed: 0, deleted, unchanged: after.size - inserted };
  }

  async digestStage(): Promise<PartitionDigests> {
    throw new Error("nothing is verified here");
  }

  async discard(): Promise<void> {
    throw new Error("nothing is verified here");
  }

  async replaceView(view: RelationId, query: string): Promise<void> {
    this.call();
    const key = relationKey(view);
    this.#evaluateSql(query);
    this.#tables.set(key, { relation: { ...tableOf(key, undefined), kind: "view", definition: query }, rows: [] });
  }

  async query(sql: string): Promise<QueryResult> {
    this.call();
    return { columns: PLAIN_COLUMNS, rows: this.#evaluateSql(sql).map(({ d, k, v }) => [d, k, v]) };
  }

  async mergeRows(): Promise<MergeCounts> {
    throw new Error("no loader writes here");
  }

  async replaceRows(): Promise<ReplaceCounts> {
    throw new Error("no loader writes here");
  }

  /** Composed SQL: an optional filter on the output around an action's query, each source in place of its marker. */
  #evaluateSql(sql: string): readonly Row[] {
    const limited = /^SELECT \* FROM \(\n([\s\S]*)\n\) LIMIT 1$/.exec(sql);
    if (limited) return this.#evaluateSql(limited[1] as string).slice(0, 1);
    const filtered = /^SELECT \* FROM \(\n([\s\S]*)\n\) WHERE `d` (BETWEEN|IN) (.*)$/.exec(sql);
    if (filtered) {
      const dates = [...(filtered[3] as string).matchAll(/DATE '([^']+)'/g)].map((match) => match[1] as string);
      const [from = "", to = ""] = dates;
      const wanted = (d: string) => (filtered[2] === "IN" ? dates.includes(d) : d >= from && d <= to);
      return this.#evaluateSql(filtered[1] as string).filter(({ d }) => wanted(d));
    }
    const spec = JSON.parse(/\/\*spec (.*?)\*\//.exec(sql)?.[1] ?? "") as Spec;
    const sources = spec.inputs.map((_, index) => {
      const [open, close] = [`/*<${spec.name}.${index}*/`, `/*${spec.name}.${index}>*/`];
      const start = sql.indexOf(open) + open.length;
      return this.#source(sql.slice(start, sql.indexOf(close, start)));
    });
    if (spec.broken) throw new Error("Function not found: NO_SUCH_FUNCTION");
    return evaluate(spec, sources);
  }

  #source(text: string): readonly Row[] {
    const [, key, range] = /^(?:\(SELECT \* FROM )?(`[^`]+`\.`[^`]+`)(?: WHERE `d` BETWEEN (.*)\))?$/.exec(text) ?? [];
    if (key === undefined) return this.#evaluateSql(text.slice(2, -2));
    const table = this.#tables.get(key.replaceAll("`", ""));
    if (table === undefined) throw new Error(`${key} is not there`);
    const rows = table.relation.kind === "view" ? this.#evaluateSql(table.relation.definition ?? "") : table.rows;
    const [from, to] = [...(range ?? "").matchAll(/DATE '([^']+)'/g)].map((match) => match[1] as string);
    return from === undefined || to === undefined ? rows : rows.filter((row) => within(row, { from, to }));
  }
}

function withHash({ d, k, v }: Row, hashed: boolean): Row {
  return hashed ? { d, k, v } : { d, k, v, unhashed: true };
}

/** A column's value; the hash column is as good as all the values that it covers. */
function columnOf(row: Row, column: string): string {
  if (column === "data_hash" && row.unhashed) return "NULL";
  return column === "data_hash" ? `${row.d} ${row.k} ${row.v} ${row.x}` : String(row[column as keyof Row]);
}

function within({ d }: Row, { from, to }: DateRange): boolean {
  return d >= from && d <= to;
}
