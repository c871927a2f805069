import type { Statement } from "../../googlesql/ast.js";
import type { Catalog, CatalogTable, UserFunction } from "../../googlesql/catalog.js";
import { mapTree } from "../../googlesql/walk.js";
import type { QueryResult } from "../../port/port.js";
import { callsRoutines, prepare, type StatementContext } from "../script.js";
import { type Frames, VariableKeys } from "./frames.js";
import type { ScriptHost } from "./host.js";
import { Routines } from "./routines.js";
import { SystemValues } from "./system-values.js";

/** How a session reads the texts that it is given. */
export interface SessionOptions {
  /** The dataset of tables and routines whose names have none. */
  readonly defaultDataset?: string | undefined;
  /** Columns of one name in the rows of a query are told apart by numbers, as the service answers (the default), or refused: no table can have them. */
  readonly renamesColumns?: boolean;
}

/** What all texts of one script share: the procedures it calls and the SQL it executes have texts of their own. */
export class Session {
  readonly routines: Routines;
  readonly system: SystemValues;
  readonly keys = new VariableKeys();
  readonly temporaryTables = new Set<string>();
  /** Values of parameters that may stand where GoogleSQL wants a literal or parameter: LIMIT, OFFSET, frames of windows. */
  readonly counts = new Map<string, string>();
  rows: QueryResult | undefined;
  rowsChanged: number | undefined;
  /** A BEGIN TRANSACTION of the script is open. */
  transaction = false;
  /** When the engine's clock stopped, by `performance.now()`: it shows the begin of a transaction until that ends. */
  clockStoodAt: number | undefined;

  constructor(
    readonly host: ScriptHost,
    /** Statements that would change something that stays are left out. */
    readonly readOnly: boolean,
    readonly options: SessionOptions = {},
  ) {
    this.routines = new Routines(host);
    this.system = new SystemValues(host, options.defaultDataset);
    this.clockStoodAt = host.isInTransaction ? performance.now() : undefined;
  }

  /** The script has begun a transaction, or ended the one that was open. */
  setTransaction(isOpen: boolean): void {
    this.transaction = isOpen;
    if (!this.host.isInTransaction) this.clockStoodAt = isOpen ? performance.now() : undefined;
  }

  /** The tree ready to be resolved, once the persistent functions that it may call are known. */
  async prepared<T extends object>(tree: T): Promise<T> {
    if (callsRoutines(tree)) await this.routines.load();
    await this.system.provide(tree);
    return prepare(this.counts.size === 0 ? tree : withCounts(tree, this.counts));
  }

  async context(frames: Frames): Promise<StatementContext> {
    const { renamesColumns = true } = this.options;
    const { timeZone } = this.system;
    return { catalog: await this.catalog(), variables: frames.scope(), renamesColumns, timeZone };
  }

  async catalog(): Promise<Catalog> {
    return this.#withDefaults(await this.host.catalog(), (name) => this.routines.function(name));
  }

  /** What a view may see: nothing that ends with the script. */
  async persistentCatalog(): Promise<Catalog> {
    const catalog = await this.host.catalog();
    const find = (path: readonly string[]): CatalogTable | undefined => {
      const found = catalog.find(path);
      return found?.temporary === true ? undefined : found;
    };
    return this.#withDefaults({ ...catalog, find }, (name) => this.routines.persistent(name));
  }

  /** Whether there is a temporary table of a name now: one may have been dropped, or rolled back. */
  async #isTemporary(name: string): Promise<boolean> {
    return this.temporaryTables.has(name) && (await this.host.catalog()).find([name])?.temporary === true;
  }

  #withDefaults(catalog: Catalog, routine: (name: string) => UserFunction | undefined): Catalog {
    const { dataset, project } = this.system;
    if (dataset === undefined && project === undefined) return { ...catalog, routine };
    return {
      ...catalog,
      find: (path) => (isWhole(path) ? undefined : catalog.find(path)) ?? catalog.find(this.whole(path)),
      whole: (path) => this.whole(path),
      routine: (name) => routine(name) ?? routine(this.whole(name.split(".")).join(".")),
    };
  }

  /** A path with the default dataset and project before it, where it has none. */
  whole(path: readonly string[]): readonly string[] {
    const { dataset, project } = this.system;
    const inDataset = path.length === 1 && dataset !== undefined ? [dataset, ...path] : path;
    return inDataset.length === 2 && project !== undefined ? [project, ...inDataset] : inDataset;
  }

  /** The statement with the default dataset before the name of what it makes or changes, where it has none and is not temporary. */
  async qualified<T extends Statement>(statement: T): Promise<T> {
    if (!("path" in statement)) return statement;
    const { path } = statement;
    const [first] = path.parts;
    const isDataset = statement.kind === "createSchema" || ("object" in statement && statement.object === "SCHEMA");
    const isTemporary = "temporary" in statement && statement.temporary;
    if (first === undefined || isDataset || isTemporary) return statement;
    if (path.parts.length === 1 && !MADE.has(statement.kind) && (await this.#isTemporary(first.name))) return statement;
    const names = path.parts.map(({ name }) => name);
    const added = this.whole(names).slice(0, -names.length);
    if (added.length === 0 || first.name.toUpperCase() === "_SESSION") return statement;
    return { ...statement, path: { ...path, parts: [...added.map((name) => ({ ...first, name })), ...path.parts] } };
  }
}

/** Statements whose names are those of new relations: a temporary table of the same name is another one. */
const MADE: ReadonlySet<Statement["kind"]> = new Set(["createTable", "copyTable", "createView"] as const);

/** Whether a path names a dataset; a lone name may be that of a temporary table. */
function isWhole([first = "", ...more]: readonly string[]): boolean {
  return more.length > 0 && first.toUpperCase() !== "INFORMATION_SCHEMA";
}

/** The tree with whole numbers in place of the parameters that count rows. */
function withCounts<T extends object>(tree: T, counts: ReadonlyMap<string, string>): T {
  const literal = (part: unknown): unknown => {
    if (typeof part !== "object" || part === null) return undefined;
    const { kind, name, start, end } = part as { kind?: unknown; name?: unknown; start?: number; end?: number };
    const value = kind === "parameter" && typeof name === "string" ? counts.get(name.toLowerCase()) : undefined;
    return value === undefined ? undefined : { kind: "integer", value, start, end };
  };
  return mapTree(tree, (node) => {
    const [limit, offset] = [literal(node.limit), literal(node.offset)];
    if (limit === undefined && offset === undefined) return undefined;
    return { ...node, ...(limit === undefined ? {} : { limit }), ...(offset === undefined ? {} : { offset }) };
  });
}
