import { type Fingerprint, NULL_PARTITION, type Partition, WHOLE } from "../../runner/port/identity.js";
import { holds } from "../../runner/port/partition-set.js";
import {
  type AccumulateRequest,
  type DigestRequest,
  type LatestRowsRequest,
  type MergeCounts,
  type Observation,
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
import { type Content, namesOf, type Row, shapeOf } from "./content.js";
import { accumulated } from "./evaluate.js";
import { evaluateSql, type Named } from "./memory-sql.js";

interface Table {
  readonly relation: Relation;
  readonly rows: readonly Row[];
}

interface Store {
  readonly tables: ReadonlyMap<string, Table>;
  readonly logs: ReadonlyMap<string, readonly RowObject[]>;
}

/** Where and how rows are kept. */
export type Layout = Pick<Relation, "partitionColumn" | "primaryKey">;

/** The process was killed: nothing that it did after its last commit is there. */
export class Killed extends Error {}

/**
 * The warehouse port over plain maps: snapshot isolation, atomic commits, and SQL as the specs write it and the runner composes it. It
 * can be killed at any call, and lets others write between two transactions.
 */
export class MemoryWarehouse implements Warehouse {
  readonly target = "memory";
  readonly capabilities = {
    transactionalDdl: true,
    remembersDigests: false,
    readsInOrder: false,
    freeMetadata: false,
    cost: false,
    timeTravel: false,
    expiresPartitions: false,
  };
  #store: Store = { tables: new Map(), logs: new Map() };
  /** Calls until it is killed; undefined: it lives. */
  #callsLeft: number | undefined;
  /** Called before each transaction takes its snapshot. */
  beforeTransaction: () => void = () => {};

  constructor(origin?: MemoryWarehouse) {
    if (origin !== undefined) this.#store = origin.#store;
  }

  async version(): Promise<string> {
    return "memory 1";
  }

  async observe<T>(work: (observation: Observation) => Promise<T>): Promise<T> {
    return this.transaction(work);
  }

  async transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    this.beforeTransaction();
    const transaction = new MemoryTransaction(this.#store, () => this.#call());
    const result = await work(transaction);
    this.#call();
    this.#store = transaction.onto(this.#store);
    this.#call();
    return result;
  }

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
    return this.#store.tables;
  }

  /** What a view shows; undefined: it reads what is not there. */
  contentOfView(definition: string): Content | undefined {
    try {
      return evaluateSql(definition, namedIn(this.#store.tables));
    } catch {
      return undefined;
    }
  }

  write(key: string, { columns, rows }: Content, layout: Layout): void {
    const tables = new Map(this.#store.tables);
    tables.set(key, { relation: tableOf(key, columns, layout), rows });
    this.#store = { ...this.#store, tables };
  }

  drop(key: string): void {
    const tables = new Map(this.#store.tables);
    tables.delete(key);
    this.#store = { ...this.#store, tables };
  }
}

function tableOf(key: string, columns: readonly Column[], layout: Layout): Relation {
  const [dataset = "", name = ""] = key.split(".");
  const { partitionColumn, primaryKey } = layout;
  return {
    id: { dataset, name },
    kind: "table",
    definition: undefined,
    columns,
    foreignColumns: [],
    partitionColumn,
    clusterBy: [],
    primaryKey,
  };
}

function namedIn(tables: ReadonlyMap<string, Table>): Named {
  return (key) => {
    const table = tables.get(key);
    if (table === undefined) return undefined;
    const { kind, definition, columns } = table.relation;
    return kind === "view" ? { view: definition ?? "" } : { columns, rows: table.rows };
  };
}

class MemoryTransaction implements Transaction {
  readonly #tables: Map<string, Table>;
  readonly #logs: Map<string, readonly RowObject[]>;
  readonly #staged = new Map<string, Content>();
  readonly #snapshot: Store;

  constructor(
    snapshot: Store,
    readonly call: () => void,
  ) {
    this.#snapshot = snapshot;
    this.#tables = new Map(snapshot.tables);
    this.#logs = new Map(snapshot.logs);
  }

  /** What this transaction wrote, over what others have committed meanwhile. */
  onto(committed: Store): Store {
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
    const partitions = new Map<Partition, string[]>();
    for (const row of this.#tables.get(relationKey(relation.id))?.rows ?? []) {
      const date = column === undefined ? WHOLE : partitionOf(row, column);
      if (column !== undefined && range !== undefined && !holds({ within: [range], outside: undefined }, date))
        continue;
      const partition = grain === "relation" ? WHOLE : date;
      const texts = partitions.get(partition) ?? [];
      texts.push(JSON.stringify(columns.map((name) => row[name] ?? null)));
      partitions.set(partition, texts);
    }
    return new Map(
      [...partitions].map(([partition, texts]): [Partition, PartitionDigest] => [
        partition,
        { rows: texts.length, digest: `${texts.length}:${texts.sort().join(",")}` as Fingerprint },
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

  async execute(): Promise<undefined> {
    this.call();
  }

  async replaceRows(): Promise<ReplaceCounts> {
    throw new Error("no loader writes here");
  }

  async stage(query: string): Promise<Stage> {
    this.call();
    const content = evaluateSql(query, namedIn(this.#tables));
    const name = `stage${this.#staged.size}`;
    this.#staged.set(name, content);
    return { name, columns: content.columns, rows: content.rows.length };
  }

  async publish(request: PublishRequest): Promise<PublishCounts> {
    this.call();
    const { partitionColumn, partitions } = request;
    const { columns, rows } = this.#staged.get(request.stage.name) as Content;
    const key = relationKey(request.target);
    const old = this.#tables.get(key);
    const isKept = old?.relation.kind === "table" && old.relation.partitionColumn === partitionColumn;
    const standing = isKept ? old.rows.map((row) => reshaped(row, old.relation.columns, columns)) : [];
    const stays = standing.filter(
      (row) =>
        partitions !== undefined &&
        partitionColumn !== undefined &&
        !holds(partitions, partitionOf(row, partitionColumn)),
    );
    const relation = tableOf(key, columns, { partitionColumn, primaryKey: request.key });
    const after = [...stays, ...rows];
    if (!isKept || shapeOf(old.relation.columns) !== shapeOf(columns) || !isSameRows(old.rows, after, columns))
      this.#tables.set(key, { relation, rows: after });
    return countsOf(old?.relation.kind === "table" && !isKept ? old.rows : standing, after, columns);
  }

  async accumulate({ stage, target, key, overwritesPartitions }: AccumulateRequest): Promise<PublishCounts> {
    this.call();
    const id = relationKey(target);
    const old = this.#tables.get(id);
    if (old === undefined || overwritesPartitions) throw new Error("no model accumulates in this way here");
    const { rows } = this.#staged.get(stage.name) as Content;
    const after = accumulated({ accumulation: key.length > 0 ? "merge" : "new_keys" }, old.rows, rows);
    this.#tables.set(id, { relation: old.relation, rows: after });
    return countsOf(old.rows, after, old.relation.columns);
  }

  async digestStage(): Promise<PartitionDigests> {
    throw new Error("nothing is verified here");
  }

  async discard(stage: Stage): Promise<void> {
    this.#staged.delete(stage.name);
  }

  async replaceView(view: RelationId, query: string): Promise<void> {
    this.call();
    const key = relationKey(view);
    const { columns } = evaluateSql(query, namedIn(this.#tables));
    const table = tableOf(key, columns, { partitionColumn: undefined, primaryKey: [] });
    this.#tables.set(key, { relation: { ...table, kind: "view", definition: query }, rows: [] });
  }

  async query(sql: string): Promise<QueryResult> {
    this.call();
    const counted = COUNT_OF_FOUND.exec(sql)?.[1];
    if (counted !== undefined) {
      const { rows } = evaluateSql(counted, namedIn(this.#tables));
      return { columns: [], rows: [[BigInt(rows.length), 0n, null, null]] };
    }
    const { columns, rows } = evaluateSql(sql.replace(NAMED_FOUND, ") LIMIT"), namedIn(this.#tables));
    return { columns, rows: rows.map((row) => columns.map(({ name }) => row[name] ?? null)) };
  }

  async requireQuery(): Promise<void> {}

  async returnsRow(sql: string): Promise<boolean> {
    this.call();
    return evaluateSql(ALL_FOUND.exec(sql)?.[1] ?? sql, namedIn(this.#tables)).rows.length > 0;
  }

  async mergeRows(): Promise<MergeCounts> {
    throw new Error("no loader writes here");
  }

  async replaceContent(): Promise<never> {
    throw new Error("no loader writes here");
  }
}

/** What the runner asks to count what an assertion found, without a partition column that would date it. */
const COUNT_OF_FOUND = /^SELECT COUNT\(\*\)[\s\S]*? FROM \(\n([\s\S]*)\n\) AS found ?$/;

/** Whether there is any of it is asked of all. */
const ALL_FOUND = /^SELECT \* FROM \(\n([\s\S]*)\n\)$/;

/** The name that the runner gives to what an assertion found where it asks for the rows. */
const NAMED_FOUND = /\) AS found LIMIT(?= \d+$)/;

function partitionOf(row: Row, column: string): Partition {
  return (row[column] ?? NULL_PARTITION) as Partition;
}

/** A row in a table that got other columns: NULL where one is new or of another type. */
function reshaped(row: Row, from: readonly Column[], to: readonly Column[]): Row {
  const kept = to.filter(({ name, type }) => from.some((column) => column.name === name && column.type === type));
  return Object.fromEntries(kept.map(({ name }) => [name, row[name] ?? null]));
}

function lines(rows: readonly Row[], columns: readonly Column[]): string[] {
  return rows.map((row) => JSON.stringify(namesOf({ columns }).map((name) => row[name] ?? null))).sort();
}

function isSameRows(a: readonly Row[], b: readonly Row[], columns: readonly Column[]): boolean {
  return lines(a, columns).join("\n") === lines(b, columns).join("\n");
}

function countsOf(before: readonly Row[], after: readonly Row[], columns: readonly Column[]): PublishCounts {
  const left = new Map<string, number>();
  for (const line of lines(before, columns)) left.set(line, (left.get(line) ?? 0) + 1);
  let inserted = 0;
  for (const line of lines(after, columns)) {
    const count = left.get(line) ?? 0;
    if (count === 0) inserted += 1;
    else left.set(line, count - 1);
  }
  const deleted = [...left.values()].reduce((sum, count) => sum + count, 0);
  return { inserted, updated: 0, refreshed: 0, deleted, unchanged: after.length - inserted };
}
