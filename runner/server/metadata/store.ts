import type { SqlJobs } from "../../port/sql-jobs.js";

const DATASET = "_fastbreak_server";
const TABLE = `${DATASET}.objects`;

/** What is kept of a dataset, table or routine besides what the warehouse itself knows. */
export type Kept = Readonly<Record<string, unknown>>;
export type Kind = "dataset" | "table" | "routine" | "policies";

type KeepingJobs = Pick<SqlJobs, "relations" | "rows" | "run">;

/** Facts of the API that the warehouse has no place for, written through to a table of it. */
export class MetadataStore {
  readonly #jobs: KeepingJobs;
  readonly #kept = new Map<string, Kept>();
  /** Writes follow each other. */
  #last: Promise<unknown> = Promise.resolve();
  #ready = false;

  private constructor(jobs: KeepingJobs) {
    this.#jobs = jobs;
  }

  /** Reads what earlier servers have kept. */
  static async open(jobs: KeepingJobs): Promise<MetadataStore> {
    const store = new MetadataStore(jobs);
    // A server that was killed may have left the dataset without the table.
    if ((await jobs.relations(DATASET, "objects")).length === 0) return store;
    store.#ready = true;
    const rows = await jobs.rows({ dataset: DATASET, name: "objects" }, ["kind", "id", "body"], 0, 10_000_000);
    for (const [kind, id, body] of rows.read(0, rows.count))
      store.#kept.set(`${kind}|${id}`, JSON.parse(String(body)) as Kept);
    return store;
  }

  get(kind: Kind, id: string): Kept {
    return this.#kept.get(`${kind}|${id}`) ?? {};
  }

  /** Whether rows of any table lie in files. */
  get hasExternalTables(): boolean {
    for (const [key, { externalDataConfiguration }] of this.#kept)
      if (externalDataConfiguration !== undefined && key.startsWith("table|")) return true;
    return false;
  }

  /** All that is kept of one kind, by id. */
  entries(kind: Kind): readonly (readonly [id: string, kept: Kept])[] {
    const prefix = `${kind}|`;
    return [...this.#kept].flatMap(([key, kept]) =>
      key.startsWith(prefix) ? [[key.slice(prefix.length), kept] as const] : [],
    );
  }

  /** Replaces what is kept; on disk when it returns. */
  async set(kind: Kind, id: string, kept: Kept): Promise<void> {
    this.#kept.set(`${kind}|${id}`, kept);
    await this.#write(
      `BEGIN TRANSACTION; DELETE FROM ${TABLE} WHERE kind = @kind AND id = @id;
       INSERT INTO ${TABLE} (kind, id, body) VALUES (@kind, @id, @body); COMMIT TRANSACTION`,
      { kind, id, body: JSON.stringify(kept) },
    );
  }

  async remove(kind: Kind, id: string): Promise<void> {
    if (!this.#kept.delete(`${kind}|${id}`)) return;
    await this.#write(`DELETE FROM ${TABLE} WHERE kind = @kind AND id = @id`, { kind, id });
  }

  /** Removes what is kept of a dataset and of everything in it. */
  async removeDataset(dataset: string): Promise<void> {
    const keys = [...this.#kept.keys()].filter(
      (key) => key === `dataset|${dataset}` || key.split("|")[1]?.startsWith(`${dataset}.`),
    );
    for (const key of keys) {
      const [kind = "table", id = ""] = key.split("|");
      await this.remove(kind as Kind, id);
    }
  }

  async #write(sql: string, values: Readonly<Record<string, string>>): Promise<void> {
    const writing = this.#last.then(async () => {
      if (!this.#ready) await this.#make();
      await this.#run(sql, values);
    });
    this.#last = writing.catch(() => undefined);
    await writing;
  }

  async #make(): Promise<void> {
    await this.#run(
      `CREATE SCHEMA IF NOT EXISTS ${DATASET};
       CREATE TABLE IF NOT EXISTS ${TABLE} (kind STRING NOT NULL, id STRING NOT NULL, body STRING NOT NULL)`,
      {},
    );
    this.#ready = true;
  }

  async #run(sql: string, values: Readonly<Record<string, string>>): Promise<void> {
    const parameters = Object.entries(values).map(
      ([name, value]) => ({ name, type: "STRING", expression: JSON.stringify(value) }) as const,
    );
    const { signal } = new AbortController();
    const request = {
      sql,
      parameters,
      defaultDataset: undefined,
      systemTables: () => undefined,
      destination: undefined,
    };
    await this.#jobs.run({ ...request, signal }, () => undefined);
  }
}

/** Datasets that no list shows. */
export function isHidden(dataset: string): boolean {
  return dataset.startsWith("_");
}
