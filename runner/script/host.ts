import type { Catalog } from "../dialect/contract.js";
import type { TranslatedStatement } from "../dialect/index.js";
import type { Column } from "../sql-types.js";
import type { QueryResult, SqlValue } from "../warehouse/port.js";

/** What a script needs of the engine that carries it out. SQL given here is DuckDB's. */
export interface ScriptHost {
  /** The relations as they are now, temporary ones among them. */
  catalog(): Promise<Catalog>;
  /** Runs the texts of a statement that changes something; the number of rows it changed. */
  apply(statement: TranslatedStatement): Promise<number>;
  query(sql: string, columns: readonly Column[]): Promise<QueryResult>;
  /** The first value of the first row; NULL without rows. */
  value(sql: string): Promise<SqlValue>;
  setVariable(key: string, sql: string): Promise<void>;
  transaction(verb: "BEGIN" | "COMMIT" | "ROLLBACK"): Promise<void>;
  /** False after an error that the engine cannot go on from: then no EXCEPTION part is reached. */
  canContinue(): Promise<boolean>;
  /** GoogleSQL texts of the persistent functions and procedures, by `dataset.name`. */
  routines(): Promise<ReadonlyMap<string, string>>;
  saveRoutine(path: readonly string[], text: string | undefined): Promise<void>;
}
