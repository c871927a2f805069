import type { Query } from "../googlesql/ast.js";
import type { Catalog } from "../googlesql/catalog.js";
import type { Diagnosis } from "../googlesql/checker.js";
import { DialectError, type Span } from "../googlesql/contract.js";
import { locateErrors, problemOf, type SqlProblem } from "../googlesql/errors.js";
import { parseQueryText } from "../googlesql/parser/statement.js";
import { dependsOnGuess, repair, taintedNames } from "./repair.js";
import { LineageRecorder } from "./resolve/lineage.js";
import { finishQuery } from "./resolve/output.js";
import type { Scope } from "./resolve/scope.js";
import { prepare } from "./script.js";

/** What is wrong with the name of something: holds whatever types the rest of the query has. */
const ABOUT_NAMES =
  /^(Unrecognized name|Table not found|Function not found|Table-valued function not found|Name \S+ not found inside|Field name \S+ does not exist|Function \S+( \([^)]*\))? is not supported)/;

const MOST_ERRORS = 50;

/**
 * All errors of a query, not only the first: behind each one resolution goes on with the part in question taken out. What could be a
 * mere consequence of an earlier error is left out.
 * @param suspects columns of the tables it reads, in lower case, whose types are not certain
 * @param variables those of the script that the query is part of
 */
export function diagnoseQuery(
  sql: string,
  catalog: Catalog,
  suspects: ReadonlySet<string> = new Set(),
  variables?: Scope,
): Diagnosis {
  const errors: DialectError[] = [];
  const tainted = new Set(suspects);
  const guesses: Span[] = [];
  let query: Query;
  try {
    query = locateErrors(sql, () => prepare(parseQueryText(sql)));
  } catch (error) {
    if (error instanceof DialectError) return { errors: [error], columns: undefined, suspects };
    throw error;
  }
  let known = true;
  const seen = new Set<string>();
  for (;;) {
    try {
      const { columns, unnamed, lineage } = finishQuery(query, catalog, "bigquery", variables, new LineageRecorder());
      const all = taintedNames(query, tainted);
      if (!known) return { errors, columns: undefined, suspects: all };
      return { errors, columns, suspects: all, unnamed, lineage: errors.length === 0 ? lineage : undefined };
    } catch (error) {
      const problem = problemOf(error, sql);
      if (problem === undefined) throw error;
      if (problem !== error) return { errors: [...errors, located(sql, problem)], columns: undefined, suspects };
      const key = `${problem.span.start} ${problem.message}`;
      const all = taintedNames(query, tainted);
      const genuine = ABOUT_NAMES.test(problem.message) || !dependsOnGuess(query, problem.span, all, guesses);
      const fixed = seen.has(key) ? undefined : repair(query, problem);
      if (genuine && !seen.has(key) && (fixed !== undefined || errors.length === 0)) errors.push(located(sql, problem));
      seen.add(key);
      if (fixed === undefined || errors.length >= MOST_ERRORS) return { errors, columns: undefined, suspects: all };
      query = fixed.query;
      known &&= fixed.outputKnown;
      if (fixed.guessed !== undefined) guesses.push(fixed.guessed);
      for (const name of fixed.tainted) tainted.add(name.toLowerCase());
    }
  }
}

function located(sql: string, problem: SqlProblem): DialectError {
  try {
    return locateErrors(sql, () => {
      throw problem;
    });
  } catch (error) {
    return error as DialectError;
  }
}
