import type { DuckDBConnection } from "@duckdb/node-api";
import type { CatalogTable } from "../../../googlesql/catalog.js";
import { type Relation, type RelationId, relationKey } from "../../../port/port.js";
import type { KeptVersions } from "../../../port/sql-jobs.js";
import type { Turns } from "../../../port/turns.js";
import { quoteName, quotePath } from "../quote.js";
import type { RelationSource } from "../relation-source.js";

/** A change of a table, before it happens. */
export interface TableChange {
  readonly table: RelationId;
  /** `append`: rows come behind those that are there, and nothing else happens; `define`: the table may be there only before or after. */
  readonly how: "append" | "rewrite" | "define";
}

/** What a table was, or is. */
interface Version {
  /** From when on, in microseconds since 1970. */
  readonly since: bigint;
  /** From when on no more; undefined: it is so now. */
  readonly until: bigint | undefined;
  /** Whether the table was there. */
  readonly exists: boolean;
  /** Its rows are the first ones of its copy or, without one, of the table; undefined: all of them. */
  readonly rows: number | undefined;
  readonly copy: Copy | undefined;
}

interface Copy {
  readonly name: string;
  readonly relation: Relation;
  readonly bytes: number;
}

/** A database of its own, in memory: the file of the warehouse keeps nothing that others would have to understand. */
const PLACE = "fastbreak_history";

/** What a value takes in memory, roughly. */
const BYTES_PER_VALUE = 16;

/** How many changes of one table are told apart. */
const MOST_VERSIONS = 10_000;

/**
 * What tables were before jobs changed them. Nothing is copied while rows are only added: what was before are the first rows. Any other
 * change copies the rows first, and so does whoever reads an older state, once for each state.
 */
export class TableHistory {
  readonly #onConnection: <T>(work: (connection: DuckDBConnection) => Promise<T>) => Promise<T>;
  readonly #relations: RelationSource;
  readonly #locks: Turns;
  readonly #limits: KeptVersions;
  readonly #versions = new Map<string, readonly Version[]>();
  /** Copies that stand in the database, in the order in which they were made. */
  readonly #copies = new Set<Copy>();
  /** What texts read older states by, by name. */
  readonly #views = new Map<string, CatalogTable>();
  readonly #began = BigInt(Date.now()) * 1000n;
  #attached: Promise<void> | undefined;
  #count = 0;

  constructor(
    onConnection: <T>(work: (connection: DuckDBConnection) => Promise<T>) => Promise<T>,
    relations: RelationSource,
    locks: Turns,
    limits: KeptVersions,
  ) {
    this.#onConnection = onConnection;
    this.#relations = relations;
    this.#locks = locks;
    this.#limits = limits;
  }

  /** The table that a text reads an older state by. */
  find(path: readonly string[]): CatalogTable | undefined {
    return path.at(-2) === PLACE ? this.#views.get(path.at(-1) ?? "") : undefined;
  }

  /**
   * Does work that changes tables, whose locks are held by the caller; when it is done, what was before is past.
   * @param work it has been committed when it returns
   */
  async changing<T>(changes: readonly TableChange[], work: () => Promise<T>): Promise<T> {
    const past: (() => Promise<void>)[] = [];
    for (const change of changes) past.push(await this.#before(change));
    const result = await work();
    for (const end of past) await end();
    return result;
  }

  async #before({ table, how }: TableChange): Promise<() => Promise<void>> {
    const key = relationKey(table);
    const relation = await this.#table(table);
    const existed = relation !== undefined;
    return this.#onConnection(async (connection) => {
      const now = await readNow(connection);
      this.#forgetOld(now);
      const rows = existed && how === "append" ? await countRows(connection, table) : undefined;
      if (existed && how !== "append" && this.#current(key).copy === undefined)
        await this.#copy(connection, table, relation);
      return async () => {
        if (how === "define") this.#relations.forget();
        const exists = (await this.#table(table)) !== undefined;
        if (existed || exists) this.#add(key, { since: now, existed, exists, rows });
      };
    });
  }

  /** What is now ends; rows that are added leave the first ones as they were. */
  #add(key: string, { since, existed, exists, rows }: Change): void {
    const known = this.#known(key);
    const current = known.at(-1) as Version;
    const ended = { ...current, exists: existed, until: since, rows: current.copy === undefined ? rows : current.rows };
    const next: Version = { ...NOW, since, exists };
    // What stands neither in the table nor in a copy cannot be told.
    const isKept = ended.copy !== undefined || rows !== undefined || !existed;
    this.#versions.set(key, [...known.slice(0, -1), ...(isKept ? [ended] : []), next].slice(-MOST_VERSIONS));
  }

  /** A dataset is gone with all that its tables were. */
  datasetDropped(dataset: string): void {
    for (const key of [...this.#versions.keys()]) if (key.startsWith(`${dataset}.`)) this.#versions.delete(key);
  }

  #known(key: string): readonly Version[] {
    return this.#versions.get(key) ?? [{ since: this.#began, ...NOW }];
  }

  #current(key: string): Version {
    return this.#known(key).at(-1) as Version;
  }

  async #table(table: RelationId): Promise<Relation | undefined> {
    const relation = (await this.#relations.read()).get(relationKey(table));
    return relation?.kind === "table" ? relation : undefined;
  }

  /**
   * What a table was at a time; it may be gone since.
   * @param time microseconds since 1970; `oldest`: the first state that is known
   * @throws Error in the service's words where nobody knows any more
   */
  async version(table: RelationId, time: bigint | "oldest", signal: AbortSignal): Promise<CatalogTable> {
    const key = relationKey(table);
    return this.#locks.hold([key], signal, () =>
      this.#onConnection(async (connection) => {
        const now = await readNow(connection);
        this.#forgetOld(now);
        const at = time === "oldest" ? this.#oldest(key) : time;
        const found = () => this.#known(key).find(({ since, until }) => since <= at && (until ?? at + 1n) > at);
        const shown = `table ${key}@${at / 1000n}`;
        if (at > now) throw new Error(`Invalid snapshot time ${at / 1000n} for ${shown}. It is in the future.`);
        if (found()?.exists !== true) throw this.#unknown(key, shown, at);
        if (found()?.copy === undefined) {
          const relation = await this.#table(table);
          if (relation === undefined) throw this.#unknown(key, shown, at);
          await this.#copy(connection, table, relation);
        }
        const { copy, rows } = found() ?? {};
        if (copy === undefined) throw new Error(`The rows of ${key} are more than the server keeps for time travel`);
        return this.#view(connection, copy, rows);
      }),
    );
  }

  #oldest(key: string): bigint {
    return (this.#known(key).find(({ exists }) => exists) ?? this.#current(key)).since;
  }

  #unknown(key: string, shown: string, at: bigint): Error {
    const first = this.#known(key).find(({ exists, since }) => exists && since > at)?.since;
    if (first === undefined) return new Error(`Not found: Table ${key}`);
    return new Error(`Invalid snapshot time ${at / 1000n} for ${shown}. Cannot read before ${first / 1000n}.`);
  }

  async #view(connection: DuckDBConnection, copy: Copy, rows: number | undefined): Promise<CatalogTable> {
    const { columns } = copy.relation;
    if (rows === undefined) return this.#named(copy.name, copy);
    const name = `${copy.name}_${rows}`;
    const known = this.#views.get(name);
    if (known !== undefined) return known;
    const all = columns.length === 0 ? "*" : `* EXCLUDE (${quoteName(ROW)})`;
    const sql = `SELECT ${all} FROM (SELECT *, rowid AS ${quoteName(ROW)} FROM ${inHistory(copy.name)})`;
    await connection.run(`CREATE VIEW ${inHistory(name)} AS ${sql} WHERE ${quoteName(ROW)} < ${rows}`);
    return this.#named(name, copy);
  }

  #named(name: string, { relation }: Copy): CatalogTable {
    const table: CatalogTable = {
      path: [PLACE, name],
      columns: relation.columns,
      isView: false,
      isSnapshot: true,
      layout: relation,
    };
    this.#views.set(name, table);
    return table;
  }

  /** Copies the rows of a table for all its states that stand in the table so far; a table that is too large is left. */
  async #copy(connection: DuckDBConnection, table: RelationId, relation: Relation): Promise<void> {
    const key = relationKey(table);
    const bytes = (await countRows(connection, table)) * relation.columns.length * BYTES_PER_VALUE;
    if (bytes > this.#limits.bytes) {
      this.#replace(key, (version) => (version.copy === undefined && version.until !== undefined ? [] : [version]));
      return;
    }
    await this.#attach(connection);
    this.#count += 1;
    const copy = { name: `fastbreak_version_${this.#count}`, relation, bytes };
    await connection.run(`CREATE TABLE ${inHistory(copy.name)} AS SELECT * FROM ${quotePath(table)} ORDER BY rowid`);
    this.#copies.add(copy);
    this.#replace(key, (version) => [version.copy === undefined && version.exists ? { ...version, copy } : version]);
    await this.#forgetLarge(connection, copy);
  }

  #replace(key: string, change: (version: Version) => readonly Version[]): void {
    this.#versions.set(key, this.#known(key).flatMap(change));
  }

  async #attach(connection: DuckDBConnection): Promise<void> {
    this.#attached ??= connection.run(`ATTACH IF NOT EXISTS ':memory:' AS ${PLACE}`).then(() => undefined);
    await this.#attached;
  }

  #forgetOld(now: bigint): void {
    const oldest = now - BigInt(Math.round(this.#limits.hours * 3_600_000_000));
    for (const [key, versions] of this.#versions) {
      const [first] = versions;
      if (first?.until === undefined || first.until > oldest) continue;
      this.#versions.set(
        key,
        versions.filter(({ until }) => until === undefined || until > oldest),
      );
    }
  }

  /** Copies that no state needs go, and then the oldest ones until the rest is no more than may be kept. */
  async #forgetLarge(connection: DuckDBConnection, newest: Copy): Promise<void> {
    const all = [...this.#versions.values()].flat();
    const needed = new Set(all.flatMap(({ copy }) => copy ?? []));
    let bytes = [...needed].reduce((sum, copy) => sum + copy.bytes, 0);
    // In the order in which they were made.
    for (const copy of this.#copies) {
      if (bytes <= this.#limits.bytes) break;
      if (copy === newest || !needed.delete(copy)) continue;
      bytes -= copy.bytes;
    }
    for (const key of this.#versions.keys())
      this.#replace(key, (version) => {
        if (version.copy === undefined || needed.has(version.copy)) return [version];
        return version.until === undefined ? [{ ...version, copy: undefined }] : [];
      });
    const gone = [...this.#copies].filter((copy) => !needed.has(copy));
    // Before anybody else looks: each is dropped by one.
    for (const copy of gone) this.#copies.delete(copy);
    for (const { name } of gone) await this.#drop(connection, name);
  }

  async #drop(connection: DuckDBConnection, name: string): Promise<void> {
    const views = [...this.#views.keys()].filter((view) => view === name || view.startsWith(`${name}_`));
    for (const view of views) this.#views.delete(view);
    for (const view of views) if (view !== name) await connection.run(`DROP VIEW ${inHistory(view)}`);
    await connection.run(`DROP TABLE ${inHistory(name)}`);
  }
}

/** What a change has made of a table. */
interface Change {
  readonly since: bigint;
  readonly existed: boolean;
  readonly exists: boolean;
  /** How many there were before rows were added. */
  readonly rows: number | undefined;
}

const NOW = { until: undefined, exists: true, rows: undefined, copy: undefined };
const ROW = "fastbreak_row";

const inHistory = (name: string): string => `${PLACE}.main.${quoteName(name)}`;

/** The clock that the texts of jobs see. */
async function readNow(connection: DuckDBConnection): Promise<bigint> {
  const reader = await connection.runAndReadAll("SELECT epoch_us(now())");
  return BigInt(String(reader.getRowsJson()[0]?.[0]));
}

/** How many rows a table has. */
export async function countRows(connection: DuckDBConnection, table: RelationId): Promise<number> {
  const reader = await connection.runAndReadAll(`SELECT count(*) FROM ${quotePath(table)}`);
  return Number(reader.getRowsJson()[0]?.[0] ?? 0);
}
