import type { IngestionUnit } from "../../port/ingestion-time.js";
import { type Relation, type RelationId, relationKey } from "../../port/port.js";
import type { BatchReader } from "./batch.js";
import { pathOf, restPath } from "./names.js";
import { readDatasetList, readTable, readTableList, type Table } from "./protocol.js";
import type { Rest } from "./rest.js";
import { columnsOf } from "./schema.js";

/** What changes with every change of a table's rows: equal token, equal rows. */
export interface TableToken {
  readonly value: string;
  /** The last write is so short before the look that another one may follow within the same moment, and leave the token as it is. */
  readonly isRacy: boolean;
}

/** What the service tells of a relation for nothing. */
export interface Described {
  readonly relation: Relation;
  readonly token: TableToken | undefined;
  readonly rows: number;
  readonly bytes: number;
  /** All that was told. */
  readonly table: Table;
  /** Milliseconds since 1970, by the service's clock; 0: it does not say. */
  readonly createdAt: number;
  /** When it was looked at, by this machine's clock. */
  readonly seenAt: number;
}

/** A write so short before the look may be followed by another within the same millisecond. */
const RACY_MS = 1000;

/** The relations that a project names, as they are in the service. */
export class Catalog {
  #known: ReadonlyMap<string, Relation> | undefined;
  /** How often something may have changed. */
  #changes = 0;
  readonly #described = new Map<string, Described>();
  /** Keys of what was looked for, found or not. */
  readonly #looked = new Set<string>();

  /** @param named keys of the relations that matter; undefined: all of the home project */
  constructor(
    readonly rest: Rest,
    readonly batch: BatchReader,
    readonly home: string,
    readonly named: (() => Promise<readonly string[]>) | undefined,
  ) {}

  /** The same map until something is known to have changed. */
  async relations(): Promise<ReadonlyMap<string, Relation>> {
    for (;;) {
      if (this.#known !== undefined) return this.#known;
      const changes = this.#changes;
      const keys = this.named === undefined ? await this.#listed() : await this.#expanded(await this.named());
      const described = await this.describe(keys.map(idOf));
      // What was asked for before something was made does not know of it.
      if (changes !== this.#changes) continue;
      const relations = described.flatMap((found) => (found === undefined ? [] : [found.relation]));
      this.#known = new Map(relations.map((relation) => [relationKey(relation.id), relation]));
    }
  }

  /** How relations are now. */
  async describe(ids: readonly RelationId[]): Promise<readonly (Described | undefined)[]> {
    if (ids.length === 0) return [];
    const seenAt = Date.now();
    const gets = ids.map((id) => ({ path: restPath(id, this.home) }));
    const { found: tables, servedAt } = await this.batch.get(gets, readTable);
    return ids.map((id, index) => {
      const table = tables[index];
      const found = table === undefined ? undefined : describedOf(id, table, servedAt ?? seenAt, seenAt);
      this.#note(id, found);
      return found;
    });
  }

  /** How relations were at some moment after `since`. */
  async describeSince(ids: readonly RelationId[], since: number): Promise<readonly (Described | undefined)[]> {
    const isOld = (id: RelationId) => (this.#described.get(relationKey(id))?.seenAt ?? 0) < since;
    await this.describe(ids.filter(isOld));
    return ids.map((id) => this.#described.get(relationKey(id)));
  }

  /** How relations were when they were last looked at. */
  async lastDescribed(ids: readonly RelationId[]): Promise<readonly (Described | undefined)[]> {
    await this.describe(ids.filter((id) => !this.#looked.has(relationKey(id))));
    return ids.map((id) => this.#described.get(relationKey(id)));
  }

  /** Whether anybody has asked for all relations since they were last forgotten. */
  get isKnown(): boolean {
    return this.#known !== undefined;
  }

  /** Somebody may have made, changed or dropped anything. */
  forget(): void {
    this.#changes += 1;
    this.#known = undefined;
  }

  /** The same of each of them: time has passed. */
  lookAgain(): void {
    this.#looked.clear();
    this.forget();
  }

  #note(id: RelationId, found: Described | undefined): void {
    const key = relationKey(id);
    this.#looked.add(key);
    if (found === undefined) this.#described.delete(key);
    else this.#described.set(key, found);
    const known = this.#known;
    if (known === undefined) return;
    const before = known.get(key);
    if (JSON.stringify(before) === JSON.stringify(found?.relation)) return;
    const relations = new Map(known);
    if (found === undefined) relations.delete(key);
    else relations.set(key, found.relation);
    this.#known = relations;
  }

  /** The DATE column by whose days the service itself keeps a table, as it was last described; others may be said of it elsewhere. */
  partitionColumnOf(id: RelationId): string | undefined {
    return this.#described.get(relationKey(id))?.relation.partitionColumn;
  }

  /** The relations whose names begin as a name with a star does. */
  async members({ dataset, name }: RelationId): Promise<readonly RelationId[]> {
    return (await this.#expanded([relationKey({ dataset, name })])).map(idOf);
  }

  /** Names with a star are those of all relations that begin so. */
  async #expanded(keys: readonly string[]): Promise<readonly string[]> {
    const plain = keys.filter((key) => !key.endsWith("*"));
    const patterns = keys.filter((key) => key.endsWith("*"));
    const datasets = new Set(patterns.map((key) => idOf(key).dataset));
    const members = await Promise.all([...datasets].map((dataset) => this.#tables(dataset)));
    const fits = (key: string) => patterns.some((pattern) => key.startsWith(pattern.slice(0, -1)));
    return [...new Set([...plain, ...members.flat().filter(fits)])];
  }

  async #listed(): Promise<readonly string[]> {
    const datasets: string[] = [];
    for (let token: string | undefined; ; ) {
      const path = `/projects/${encodeURIComponent(this.home)}/datasets`;
      const query = { maxResults: "1000", pageToken: token };
      const page = await this.rest.repeat({ method: "GET", path, query }, readDatasetList);
      datasets.push(...page.datasets.map(({ datasetReference }) => datasetReference.datasetId));
      token = page.nextPageToken;
      if (token === undefined) break;
    }
    return (await Promise.all(datasets.map((dataset) => this.#tables(dataset)))).flat();
  }

  async #tables(dataset: string): Promise<readonly string[]> {
    const names: string[] = [];
    const { project, dataset: id } = pathOf({ dataset, name: "" }, this.home);
    for (let token: string | undefined; ; ) {
      const path = `/projects/${encodeURIComponent(project)}/datasets/${encodeURIComponent(id)}/tables`;
      const query = { maxResults: "1000", pageToken: token };
      const page = await this.rest.find({ method: "GET", path, query }, readTableList);
      if (page === undefined) return [];
      names.push(...page.tables.map(({ tableReference }) => `${dataset}.${tableReference.tableId}`));
      token = page.nextPageToken;
      if (token === undefined) return names;
    }
  }
}

function idOf(key: string): RelationId {
  const dot = key.lastIndexOf(".");
  return { dataset: key.slice(0, dot), name: key.slice(dot + 1) };
}

function describedOf(id: RelationId, table: Table, servedAt: number, seenAt: number): Described {
  const { columns, foreign } = columnsOf(table.schema.fields);
  const isView = table.type === "VIEW" || table.type === "MATERIALIZED_VIEW";
  const { timePartitioning, clustering, tableConstraints } = table;
  const field = timePartitioning?.type === "DAY" ? timePartitioning.field : undefined;
  const ingestion = ingestionOf(table);
  return {
    relation: {
      id,
      kind: isView ? "view" : "table",
      ...(table.type === "MATERIALIZED_VIEW" ? { isMaterialized: true } : {}),
      definition: isView ? (table.view ?? table.materializedView)?.query : undefined,
      columns,
      foreignColumns: foreign,
      // Rows are told apart by days of a DATE column; hours, and days of a TIMESTAMP, are one partition here.
      partitionColumn: columns.find(({ name, type }) => name === field && type === "DATE")?.name,
      ...(table.requirePartitionFilter ? { filterColumn: partitionFieldOf(table) } : {}),
      clusterBy: clustering?.fields ?? [],
      primaryKey: tableConstraints?.primaryKey?.columns ?? [],
      ...(ingestion === undefined ? {} : { ingestion }),
    },
    token: tokenOf(table, servedAt),
    rows: table.numRows ?? 0,
    bytes: table.numBytes ?? 0,
    table,
    createdAt: table.creationTime,
    seenAt,
  };
}

const UNITS: ReadonlyMap<string, IngestionUnit> = new Map(
  (["HOUR", "DAY", "MONTH", "YEAR"] as const).map((unit) => [unit, unit]),
);

/** How long the partitions of a table are that is partitioned by the time at which rows came; undefined: it is not. */
export function ingestionOf({ timePartitioning }: Table): IngestionUnit | undefined {
  return timePartitioning === undefined || timePartitioning.field !== undefined
    ? undefined
    : UNITS.get(timePartitioning.type);
}

function partitionFieldOf({ timePartitioning, rangePartitioning }: Table): string {
  return timePartitioning?.field ?? rangePartitioning?.field ?? "_PARTITIONTIME";
}

/**
 * What changes with every change of a table's rows. There is none where the service would not tell of one: rows in the streaming buffer
 * are not counted yet, partitions that expire vanish without a write, and what lies elsewhere, or is computed, is written elsewhere.
 */
export function tokenOf(table: Table, servedAt: number): TableToken | undefined {
  const { etag, type, lastModifiedTime, numRows, numBytes, streamingBuffer, timePartitioning, expirationTime } = table;
  if (type !== "TABLE" || streamingBuffer !== undefined || etag === "" || lastModifiedTime === 0) return undefined;
  if (timePartitioning?.expirationMs !== undefined || expirationTime !== undefined) return undefined;
  return {
    value: [etag, lastModifiedTime, numRows, numBytes].join("|"),
    isRacy: lastModifiedTime > servedAt - RACY_MS,
  };
}
