import type { DuckDBConnection } from "@duckdb/node-api";
import type { Catalog } from "../../dialect/contract.js";
import type { TranslatedStatement } from "../../dialect/index.js";
import type { ScriptHost } from "../../script/host.js";
import type { Column } from "../../sql-types.js";
import type { QueryResult, SqlValue } from "../port.js";
import { layoutSql, readCatalog } from "./catalog.js";
import { quoteName, quotePath, quoteText } from "./quote.js";
import { sqlValue } from "./result-values.js";
import { catalogOf } from "./translator.js";
import { googleType } from "./types.js";

/** How a script stands to transactions: every statement is one, or all of them are part of the caller's. */
export type ScriptMode = "by statement" | "in transaction";

const TEMPORARY_SQL = `
SELECT table_name, list(column_name ORDER BY column_index) AS names, list(data_type ORDER BY column_index) AS types
FROM duckdb_columns() WHERE database_name = 'temp' AND NOT internal GROUP BY table_name`;

/** DuckDB keeps no GoogleSQL routines: an empty macro of the same name carries the text as its comment. */
const ROUTINE_MARK = "GoogleSQL routine: ";
const ROUTINES_SQL = `
SELECT schema_name, function_name, comment FROM duckdb_functions()
WHERE function_type = 'macro' AND starts_with(comment, '${ROUTINE_MARK}')`;

/** Carries a script out on one connection. */
export class DuckDbScriptHost implements ScriptHost {
  readonly #connection: DuckDBConnection;
  readonly #mode: ScriptMode;
  #catalog: Catalog | undefined;

  constructor(connection: DuckDBConnection, mode: ScriptMode) {
    this.#connection = connection;
    this.#mode = mode;
  }

  async catalog(): Promise<Catalog> {
    this.#catalog ??= await this.#readCatalog();
    return this.#catalog;
  }

  async #readCatalog(): Promise<Catalog> {
    const relations = await readCatalog(this.#connection);
    const persistent = catalogOf(relations);
    const reader = await this.#connection.runAndReadAll(TEMPORARY_SQL);
    const temporary = new Map(
      (reader.getRowsJson() as unknown as [string, string[], string[]][]).map(([name, names, types]) => {
        const columns = names.flatMap((column, i): Column[] => {
          const type = googleType(types[i] ?? "");
          return type === undefined ? [] : [{ name: column, type }];
        });
        return [name, { duckdbPath: ["temp", name] as const, columns }];
      }),
    );
    return {
      find(path) {
        const isTemporary = path.length === 1 || path.at(-2)?.toUpperCase() === "_SESSION";
        return isTemporary ? temporary.get(path.at(-1) ?? "") : persistent.find(path);
      },
      names: () => [...persistent.names(), ...temporary.keys()],
    };
  }

  async apply(statement: TranslatedStatement): Promise<number> {
    const known = statement.kind === "createTable" ? (await this.catalog()).find(statement.path) : undefined;
    let changed = 0;
    for (const sql of statement.sql) changed = (await this.#connection.run(sql)).rowsChanged;
    if (statement.kind === "insert" || statement.kind === "update" || statement.kind === "delete") return changed;
    if (statement.kind === "merge" || statement.kind === "truncate") return changed;
    this.#catalog = undefined;
    if (statement.kind !== "createTable") return 0;
    const { partitionColumn, clusterBy, primaryKey } = statement;
    const [dataset, name = ""] = statement.path.slice(-2);
    const isPlain = partitionColumn === undefined && clusterBy.length === 0 && primaryKey.length === 0;
    const isKept = statement.ifNotExists && known !== undefined;
    if (!isPlain && !isKept && statement.path.length > 1)
      await this.#connection.run(
        layoutSql({ dataset: dataset ?? "", name }, { partitionColumn, clusterBy, primaryKey }),
      );
    return 0;
  }

  async query(sql: string, columns: readonly Column[]): Promise<QueryResult> {
    const reader = await this.#connection.runAndReadAll(sql);
    return { columns, rows: reader.getRows().map((row) => row.map(sqlValue)) };
  }

  async value(sql: string): Promise<SqlValue> {
    const reader = await this.#connection.runAndReadAll(sql);
    const value = reader.getRows()[0]?.[0];
    return value === undefined ? null : sqlValue(value);
  }

  async setVariable(key: string, sql: string): Promise<void> {
    await this.#connection.run(`SET VARIABLE ${quoteName(key)} = ${sql}`);
  }

  async transaction(verb: "BEGIN" | "COMMIT" | "ROLLBACK"): Promise<void> {
    if (this.#mode === "by statement") {
      await this.#connection.run(`${verb} TRANSACTION`.replace("COMMIT TRANSACTION", "COMMIT"));
      this.#catalog = undefined;
    } else if (verb === "ROLLBACK") {
      throw new Error("ROLLBACK TRANSACTION is not supported where the script is part of a run's transaction");
    }
  }

  async canContinue(): Promise<boolean> {
    try {
      await this.#connection.run("SELECT 1");
      return true;
    } catch {
      return false;
    }
  }

  async routines(): Promise<ReadonlyMap<string, string>> {
    const reader = await this.#connection.runAndReadAll(ROUTINES_SQL);
    const rows = reader.getRowsJson() as unknown as [string, string, string][];
    return new Map(rows.map(([dataset, name, comment]) => [`${dataset}.${name}`, comment.slice(ROUTINE_MARK.length)]));
  }

  async saveRoutine(path: readonly string[], text: string | undefined): Promise<void> {
    const [dataset = "", name = ""] = path;
    const macro = quotePath({ dataset, name });
    if (text === undefined) {
      await this.#connection.run(`DROP MACRO ${macro}`);
      return;
    }
    await this.#connection.run(`CREATE OR REPLACE MACRO ${macro}() AS NULL`);
    await this.#connection.run(`COMMENT ON MACRO ${macro} IS ${quoteText(ROUTINE_MARK + text)}`);
  }
}
