import type { Catalog, CatalogTable } from "../../googlesql/catalog.js";
import type { ProjectNames } from "../../googlesql/project-names.js";
import type { ScriptStatement } from "../../googlesql/script-ast.js";
import type { QueryResult, SqlValue } from "../../port/port.js";
import type { PolicyChange } from "../../port/row-access.js";
import type { ExternalDefinition, LoadDefinition, SystemProcedures } from "../../port/sql-jobs.js";
import type { Column } from "../../port/sql-types.js";
import type { TranslatedStatement } from "../index.js";

/** What a script needs of the engine that carries it out. SQL given here is DuckDB's. */
export interface ScriptHost {
  /** The relations as they are now, temporary ones among them. */
  catalog(): Promise<Catalog>;
  /**
   * A GoogleSQL expression for a system variable that no script sets by itself, `project_id` and the like; undefined: nobody knows it here.
   * @param name without `@@`
   */
  systemVariable?(name: string): Promise<string | undefined>;
  /** Told when a script has chosen the dataset of names that have none. */
  usesDataset?(dataset: string | undefined): void;
  /** Told of the labels of statements that follow. */
  usesLabel?(labels: Readonly<Record<string, string>>): void;
  /** Told of each SQL statement and CALL before it is translated, with the text in which it stands. */
  begins?(statement: ScriptStatement, text: string): void;
  /** Told that the SQL statement which has begun is through. */
  finish?(): void;
  /** All of it runs in one transaction, in which the engine's clock stands still. */
  readonly isInTransaction?: boolean;
  /** The caller and what may be read is looked after by others; undefined: there is one caller, who may read all. */
  readonly access?: ScriptAccess | undefined;
  /** What system procedures do to sessions and jobs; undefined: there are none. */
  readonly procedures?: SystemProcedures | undefined;
  /**
   * What a table was, as a relation that `catalog` finds; undefined: nobody keeps it.
   * @param at microseconds since 1970
   */
  version?(table: CatalogTable, at: bigint): Promise<CatalogTable | undefined>;
  /** Runs the texts of a statement that changes something; the number of rows it changed. */
  apply(statement: TranslatedStatement): Promise<number>;
  /**
   * Writes the rows of a query elsewhere; undefined: there is no such place.
   * @param options of EXPORT DATA, by name
   */
  exportRows?(options: Readonly<Record<string, SqlValue>>, sql: string, columns: readonly Column[]): Promise<void>;
  /** Makes a table whose rows lie in files; undefined: nobody reads files. */
  createExternal?(path: readonly string[], definition: Omit<ExternalDefinition, "table">): Promise<void>;
  /** Carries LOAD DATA out, and tells how many rows it has loaded; undefined: it is translated and applied as other statements are. */
  readonly loadFiles?:
    | ((path: readonly string[], definition: Omit<LoadDefinition, "table">) => Promise<number>)
    | undefined;
  query(sql: string, columns: readonly Column[]): Promise<QueryResult>;
  /** The first value of the first row; NULL without rows. */
  value(sql: string): Promise<SqlValue>;
  setVariable(key: string, sql: string): Promise<void>;
  transaction(verb: "BEGIN" | "COMMIT" | "ROLLBACK"): Promise<void>;
  /**
   * Makes the engine go on after an error that an EXCEPTION part handles: everything but the failed statement stands.
   * @throws TransactionRestart where that takes running the whole transaction again
   */
  recover(handled: Error): Promise<void>;
  /** What names with a project stand for. */
  projects(): Promise<ProjectNames>;
  /** GoogleSQL texts of the persistent functions and procedures, by `dataset.name`. */
  routines(): Promise<ReadonlyMap<string, string>>;
  saveRoutine(path: readonly string[], text: string | undefined): Promise<void>;
  dropTemporaryTables(names: Iterable<string>): Promise<void>;
}

/** Who runs a script, and which rows are open to whom. */
export interface ScriptAccess {
  /** Who runs the script, as SESSION_USER() says it. */
  readonly user: string;
  changePolicies(change: PolicyChange): Promise<void>;
}

/** A statement of the engine that failed, by its place among the statements of its transaction. */
export interface EngineFailure {
  readonly at: number;
  readonly sql: string;
  readonly message: string;
}

/**
 * The engine has given up the transaction after an error that the script handles. Whoever began the transaction begins it again, and
 * the failed statement then fails at once, without reaching the engine.
 */
export class TransactionRestart extends Error {
  override readonly name = "TransactionRestart";
  constructor(readonly failure: EngineFailure) {
    super(`the transaction must be run again: ${failure.message}`);
  }
}
