import type { FromItem, Query } from "../ast.js";
import type { Cursor } from "./cursor.js";

/** `SELECT * FROM item`. */
export function tableQuery(c: Cursor, from: FromItem, start: number): Query {
  const span = c.span(start);
  const body = {
    kind: "select",
    distinct: false,
    as: undefined,
    items: [{ kind: "star", of: undefined, except: [], replace: [], ...span }],
    from,
    where: undefined,
    groupBy: undefined,
    having: undefined,
    qualify: undefined,
    windows: [],
    ...span,
  } as const;
  return { with: [], recursive: false, orderBy: [], limit: undefined, offset: undefined, body, ...span };
}
