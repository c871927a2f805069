import type { Statement } from "../../googlesql/ast.js";
import type { Catalog, UserFunction } from "../../googlesql/catalog.js";
import { mapTree } from "../../googlesql/walk.js";
import type { QueryResult } from "../../port/port.js";
import { callsRoutines, prepare, type StatementContext } from "../script.js";
import { type Frames, VariableKeys } from "./frames.js";
import type { ScriptHost } from "./host.js";
import { Routines } from "./routines.js";

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
    this.clockStoodAt = host.isInTransaction ? performance.now() : undefined;
  }

  /** The tree ready to be resolved, once the persistent functions that it may call are known. */
  async prepared<T extends object>(tree: T): Promise<T> {
    if (callsRoutines(tree)) await this.routines.load();
    return prepare(this.counts.size === 0 ? tree : withCounts(tree, this.counts));
  }

  async context(frames: Frames): Promise<StatementContext> {
    const { renamesColumns = true } = this.options;
    return { catalog: await this.catalog(), variables: frames.scope(), renamesColumns };
  }

  async catalog(): Promise<Catalog> {
    return this.#catalog((name) => this.routines.function(name));
  }

  /** What a view may see: nothing that ends with the script. */
  async persistentCatalog(): Promise<Catalog> {
    return this.#catalog((name) => this.routines.persistent(name));
  }

  async #catalog(routine: (name: string) => UserFunction | undefined): Promise<Catalog> {
    const catalog = await this.host.catalog();
    const { defaultDataset } = this.options;
    if (defaultDataset === undefined) return { ...catalog, routine };
    return {
      ...catalog,
      find: (path) => catalog.find(path) ?? (path.length === 1 ? catalog.find([defaultDataset, ...path]) : undefined),
      routine: (name) => routine(name) ?? (name.includes(".") ? undefined : routine(`${defaultDataset}.${name}`)),
    };
  }

  /** The statement with the default dataset before the name of what it makes or changes, where it has none and is not temporary. */
  async qualified<T extends Statement>(statement: T): Promise<T> {
    const { defaultDataset } = this.options;
    if (defaultDataset === undefined || !("path" in statement)) return statement;
    const { path } = statement;
    const [only] = path.parts;
    const isDataset = statement.kind === "createSchema" || ("object" in statement && statement.object === "SCHEMA");
    const isTemporary = "temporary" in statement && statement.temporary;
    if (only === undefined || path.parts.length > 1 || isDataset || isTemporary) return statement;
    if (this.temporaryTables.has(only.name)) return statement;
    return { ...statement, path: { ...path, parts: [{ ...only, name: defaultDataset }, only] } };
  }
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
