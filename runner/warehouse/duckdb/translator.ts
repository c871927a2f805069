import type { Catalog, TranslatedQuery } from "../../dialect/contract.js";
import type { ScriptHost } from "../../script/host.js";
import type { Relation, ScriptResult } from "../port.js";

/** GoogleSQL to DuckDB on demand: the dialect is loaded with the first query, never on a run that has nothing to do. */
export class Translator {
  readonly #onFirstUse: () => Promise<void>;
  #dialect: Promise<typeof import("../../dialect/index.js")> | undefined;
  #ready = false;

  /** @param onFirstUse installs the function library in the database. */
  constructor(onFirstUse: () => Promise<void>) {
    this.#onFirstUse = onFirstUse;
  }

  /** Loads the dialect and installs its library, unless that was done before. */
  async prepare(): Promise<void> {
    await this.#load();
  }

  async query(sql: string, relations: ReadonlyMap<string, Relation>): Promise<TranslatedQuery> {
    const dialect = await this.#load();
    return dialect.translateQuery(sql, catalogOf(relations));
  }

  /** Runs a GoogleSQL script on a host. */
  async script(sql: string, host: ScriptHost): Promise<ScriptResult> {
    await this.#load();
    const { runScript } = await import("../../script/interpreter.js");
    return runScript(sql, host);
  }

  /** True once the library is installed: transactions that begin from then on see it. */
  get ready(): boolean {
    return this.#ready;
  }

  /** Installs the library and loads the dialect. */
  async prepare(): Promise<void> {
    await this.#load();
  }

  async #load() {
    this.#dialect ??= this.#onFirstUse().then(() => import("../../dialect/index.js"));
    const dialect = await this.#dialect;
    this.#ready = true;
    return dialect;
  }
}

/** The library was installed after the transaction began, which cannot see it: the transaction has to begin again. */
export class LibraryInstalled extends Error {}

/** What a transaction translates with that began before the library was installed. */
export class FirstUse extends Translator {
  readonly #inner: Translator;

  constructor(inner: Translator) {
    super(() => inner.prepare());
    this.#inner = inner;
  }

  override async query(): Promise<TranslatedQuery> {
    await this.#inner.prepare();
    throw new LibraryInstalled();
  }

  // biome-ignore lint/correctness/useYield: it fails before the first statement.
  override async *statements(): AsyncGenerator<readonly string[]> {
    await this.#inner.prepare();
    throw new LibraryInstalled();
  }
}

export function catalogOf(relations: ReadonlyMap<string, Relation>): Catalog {
  return {
    find(path) {
      const relation = relations.get(path.slice(-2).join("."));
      return relation && { duckdbPath: [relation.id.dataset, relation.id.name], columns: relation.columns };
    },
    names: () => [...relations.keys()],
  };
}
