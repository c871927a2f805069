import type { Catalog } from "../../googlesql/catalog.js";
import type { QueryResult } from "../../port/port.js";
import { callsRoutines, prepare, type StatementContext } from "../script.js";
import { type Frames, VariableKeys } from "./frames.js";
import type { ScriptHost } from "./host.js";
import { Routines } from "./routines.js";

/** What all texts of one script share: the procedures it calls and the SQL it executes have texts of their own. */
export class Session {
  readonly routines: Routines;
  readonly keys = new VariableKeys();
  readonly temporaryTables = new Set<string>();
  rows: QueryResult | undefined;
  rowsChanged: number | undefined;
  /** A BEGIN TRANSACTION of the script is open. */
  transaction = false;

  constructor(
    readonly host: ScriptHost,
    /** Statements that would change something that stays are left out. */
    readonly readOnly: boolean,
  ) {
    this.routines = new Routines(host);
  }

  /** The tree ready to be resolved, once the persistent functions that it may call are known. */
  async prepared<T extends object>(tree: T): Promise<T> {
    if (callsRoutines(tree)) await this.routines.load();
    return prepare(tree);
  }

  async context(frames: Frames): Promise<StatementContext> {
    return { catalog: await this.catalog(), variables: frames.scope() };
  }

  async catalog(): Promise<Catalog> {
    return { ...(await this.host.catalog()), routine: (name) => this.routines.function(name) };
  }

  /** What a view may see: nothing that ends with the script. */
  async persistentCatalog(): Promise<Catalog> {
    return { ...(await this.host.catalog()), routine: (name) => this.routines.persistent(name) };
  }
}
