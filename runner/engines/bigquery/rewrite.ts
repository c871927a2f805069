import { scanQuery } from "../../googlesql/index.js";
import { foldedKey } from "../../googlesql/project-names.js";
import { quoteIdentifier } from "../../googlesql/quote.js";

/** A query with relations of it replaced, and where its own characters are now. */
export interface Rewritten {
  readonly sql: string;
  /** The offset in the query as it was of one in what it has become. */
  origin(offset: number): number | undefined;
}

/**
 * Puts queries in the place of the relations that a query reads.
 * @param preview of a key; undefined: it is left as it is
 * @returns undefined where nobody can read the query
 */
export function withPreviews(
  sql: string,
  home: string,
  preview: (key: string) => string | undefined,
): Rewritten | undefined {
  const tables = tablesOf(sql);
  if (tables === undefined) return undefined;
  const pieces: { readonly text: string; readonly from: number | undefined }[] = [];
  let at = 0;
  for (const { path, span, implicitAlias } of [...tables].sort((a, b) => a.span.start - b.span.start)) {
    const rows = preview(foldedKey(path, home));
    if (rows === undefined) continue;
    const alias = implicitAlias === undefined ? "" : ` AS ${quoteIdentifier(implicitAlias)}`;
    pieces.push({ text: sql.slice(at, span.start), from: at }, { text: `(${rows})${alias}`, from: undefined });
    at = span.end;
  }
  pieces.push({ text: sql.slice(at), from: at });
  return {
    sql: pieces.map(({ text }) => text).join(""),
    origin(offset) {
      let start = 0;
      for (const { text, from } of pieces) {
        if (offset < start + text.length) return from === undefined ? undefined : from + offset - start;
        start += text.length;
      }
      return undefined;
    },
  };
}

function tablesOf(sql: string) {
  try {
    return scanQuery(sql).tables;
  } catch {
    return undefined;
  }
}
