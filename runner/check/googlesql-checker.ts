import type { Catalog } from "../googlesql/catalog.js";
import type { CheckScope, Diagnosis, SqlChecker } from "../googlesql/checker.js";
import { DialectError } from "../googlesql/contract.js";
import { scanQuery } from "../googlesql/index.js";
import type { Column } from "../port/sql-types.js";
import { AnalyzerError, type GoogleSqlAnalyzer, startAnalyzer } from "./googlesql-server.js";

/** The package is of 2023: what BigQuery has learnt since then is left to our own resolver. */
const NEWER_LANGUAGE = /\|>|\bGROUP\s+BY\s+ALL\b|\b(?:MAX_BY|MIN_BY|CONTAINS_SUBSTR|EDIT_DISTANCE|JSON_KEYS)\s*\(/i;

/**
 * Checks queries with GoogleSQL's own analyzer, which stops at the first error of a query; scripts are checked by our own resolver,
 * because the analyzer takes single statements only.
 * @param own what checks everything that the analyzer cannot take
 * @throws ProjectError where the package is not installed
 */
export async function openGoogleSqlChecker(
  projectDir: string,
  own: SqlChecker,
): Promise<{ readonly checker: SqlChecker; close(): void }> {
  const analyzer = await startAnalyzer(projectDir);
  const checker: SqlChecker = {
    ...own,
    query: async (sql, catalog, suspects, scope) =>
      analyzeQuery(analyzer, sql, catalog, scope, suspects, await own.query(sql, catalog, suspects, scope)),
  };
  return { checker, close: () => analyzer.close() };
}

async function analyzeQuery(
  analyzer: GoogleSqlAnalyzer,
  sql: string,
  catalog: Catalog,
  scope: CheckScope,
  suspects: ReadonlySet<string>,
  own: Diagnosis,
): Promise<Diagnosis> {
  // The analyzer is given tables only: neither variables nor functions of the user.
  if (!scope.isEmpty || userCallsOf(sql).length > 0) return own;
  if (NEWER_LANGUAGE.test(sql) || suspects.size > 0) return own;
  try {
    const columns = await analyzer.analyze(sql, tablesOf(sql, catalog));
    const known = columns.filter((column): column is Column => column !== undefined);
    return { errors: [], columns: known.length === columns.length ? known : own.columns, suspects: new Set() };
  } catch (error) {
    if (!(error instanceof AnalyzerError)) throw error;
    const { line, column } = error;
    const start = offsetOf(sql, line, column);
    const located = new DialectError("analysis", error.message, { start, end: start + 1 }, line, column);
    return { errors: [located], columns: own.columns, suspects: own.suspects };
  }
}

/** The tables that the query names; none where it cannot be parsed, which the analyzer will say. */
function tablesOf(sql: string, catalog: Catalog) {
  try {
    return scanQuery(sql).tables.flatMap(({ path }) => {
      const table = catalog.find(path);
      return table === undefined ? [] : [{ path, columns: table.columns }];
    });
  } catch {
    return [];
  }
}

function userCallsOf(sql: string): readonly string[] {
  try {
    return scanQuery(sql).userCalls;
  } catch {
    return [];
  }
}

function offsetOf(sql: string, line: number, column: number): number {
  const before = sql.split("\n").slice(0, line - 1);
  return before.reduce((sum, text) => sum + text.length + 1, 0) + column - 1;
}
