import type { ByName, Identifier, SetOperation } from "../ast.js";
import { syntaxError } from "../errors.js";
import type { Cursor } from "./cursor.js";

/** The words of a set operation, without its arms. */
export type SetOperator = Pick<SetOperation, "op" | "all" | "byName">;

const OPERATORS = ["UNION", "INTERSECT", "EXCEPT"] as const;

/**
 * `[INNER | [LEFT | FULL] [OUTER]] UNION ALL [BY NAME [ON (..)] | [STRICT] CORRESPONDING [BY (..)]]`; undefined, with nothing read, where
 * another clause follows. https://cloud.google.com/bigquery/docs/reference/standard-sql/query-syntax#set_operators
 */
export function acceptSetOperator(c: Cursor): SetOperator | undefined {
  const mark = c.mark();
  const { start } = c.peek();
  const mode = acceptMode(c);
  const op = OPERATORS.find((word) => c.acceptWords(word));
  if (op === undefined) {
    c.reset(mark);
    return undefined;
  }
  const all = c.acceptWords("ALL");
  if (!all && !c.acceptWords("DISTINCT")) throw c.expected("keyword ALL or keyword DISTINCT");
  const byName = parseByName(c, mode, start);
  if (mode !== undefined && byName === undefined)
    throw syntaxError(`${mode} set operation requires BY NAME or CORRESPONDING`, c.span(start));
  return { op, all, byName };
}

function acceptMode(c: Cursor): "INNER" | "LEFT" | "FULL" | undefined {
  if (c.acceptWords("INNER")) return "INNER";
  const mode = c.acceptWords("LEFT") ? "LEFT" : c.acceptWords("FULL") ? "FULL" : undefined;
  const outer = c.acceptWords("OUTER");
  return mode ?? (outer ? "FULL" : undefined);
}

function parseByName(c: Cursor, mode: "INNER" | "LEFT" | "FULL" | undefined, start: number): ByName | undefined {
  const columns = (): Identifier[] => c.parenthesized(() => c.list(() => c.identifier()));
  if (c.acceptWords("BY", "NAME")) {
    const on = c.acceptWords("ON") ? columns() : undefined;
    return { mode: mode ?? (on === undefined ? "STRICT" : "INNER"), columns: on, ...c.span(start) };
  }
  const strict = c.isWords("STRICT", "CORRESPONDING") && c.acceptWords("STRICT");
  if (!c.acceptWords("CORRESPONDING")) return undefined;
  const by = c.acceptWords("BY") ? columns() : undefined;
  return { mode: strict ? "STRICT" : (mode ?? "INNER"), columns: by, ...c.span(start) };
}
