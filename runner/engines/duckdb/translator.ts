import type { ScriptHost } from "../../dialect/script/host.js";
import type { Script } from "../../dialect/script/script.js";
import type { SessionOptions } from "../../dialect/script/session.js";
import type { Catalog } from "../../googlesql/catalog.js";
import { findByPath, type ProjectNames } from "../../googlesql/project-names.js";
import type { Relation, ScriptResult } from "../../port/port.js";
import type { ScriptPlace } from "./script-place.js";

/** GoogleSQL to DuckDB on demand: the dialect is loaded with the first query, never on a run that has nothing to do. */
export class Translator {
  readonly #onFirstUse: () => Promise<void>;
  #dialect: Promise<typeof import("../../dialect/script/script.js")> | undefined;

  /**
   * @param onFirstUse installs the function library in the database
   * @param place what its scripts are surrounded by
   */
  constructor(
    onFirstUse: () => Promise<void>,
    readonly place: ScriptPlace,
  ) {
    this.#onFirstUse = onFirstUse;
  }

  /** Loads what it is going to need, and leaves the database as it is. */
  async lookAhead(): Promise<void> {
    await Promise.all([import("../../dialect/script/script.js"), import("../../dialect/runtime/index.js")]);
  }

  /** Loads the dialect and installs its library, unless that was done before. */
  async prepare(): Promise<void> {
    await this.#load();
  }

  /** A script to be run on a host, text by text. */
  async script(host: ScriptHost, options?: { readonly readOnly?: boolean } & SessionOptions): Promise<Script> {
    const { Script } = await this.#load();
    return new Script(host, options);
  }

  /** Runs a script of one text; an error names its line and column. */
  async run(sql: string, host: ScriptHost): Promise<ScriptResult> {
    const { runScript } = await this.#load();
    return runScript(sql, host);
  }

  async #load() {
    this.#dialect ??= this.#onFirstUse().then(() => import("../../dialect/script/script.js"));
    return this.#dialect;
  }
}

/** The relations of a warehouse as the resolver looks them up. */
export function catalogOf(relations: ReadonlyMap<string, Relation>, projects: ProjectNames): Catalog {
  return {
    projects,
    find(path) {
      const relation = findByPath(path, projects, (key) => relations.get(key));
      if (relation === undefined) return undefined;
      const { id, columns, kind, isSnapshot = false } = relation;
      return { path: [id.dataset, id.name], columns, isView: kind === "view", isSnapshot, layout: relation };
    },
    names: () => [...relations.keys()],
  };
}
