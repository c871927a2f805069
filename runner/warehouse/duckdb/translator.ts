import type { Catalog, TranslatedQuery } from "../../dialect/contract.js";
import type { ScriptHost } from "../../script/host.js";
import type { Relation, ScriptResult } from "../port.js";

/** GoogleSQL to DuckDB on demand: the dialect is loaded with the first query, never on a run that has nothing to do. */
export class Translator {
  readonly #onFirstUse: () => Promise<void>;
  #dialect: Promise<typeof import("../../dialect/index.js")> | undefined;

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

  async #load() {
    this.#dialect ??= this.#onFirstUse().then(() => import("../../dialect/index.js"));
    return this.#dialect;
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
