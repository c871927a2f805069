import { alignment, runsOf } from "./source-position.js";
import { type SqlxBlock, sqlxBlocks } from "./sqlx-blocks.js";

/** A file as it was compiled, and the query that came of it. */
export interface CompiledFile {
  readonly source: string;
  readonly query: string;
}

/**
 * The query of a SQLX file that was edited since it was compiled, told without running its JavaScript: what each interpolation gave is
 * known from the earlier compile. Undefined: only a compile can tell, because more than plain SQL was edited.
 * @param refer the text that `ref` gives for the name of an action; undefined: nobody has that name
 */
export function recompiled(
  before: CompiledFile,
  source: string,
  refer: (path: readonly string[]) => string | undefined,
): string | undefined {
  const [old, edited] = [partsOf(before.source), partsOf(source)];
  if (old === undefined || edited === undefined || old.others !== edited.others) return undefined;
  const values = valuesOf(before, old);
  if (values === undefined) return undefined;
  let query = edited.texts[0] ?? "";
  for (const [index, expression] of edited.expressions.entries()) {
    const value = values.get(expression) ?? plainReference(expression, refer);
    if (value === undefined) return undefined;
    query += value + (edited.texts[index + 1] ?? "");
  }
  return query.trim();
}

interface Parts {
  /** The blocks besides the query. */
  readonly others: string;
  /** The plain texts of the query, and the interpolations between them. */
  readonly texts: readonly string[];
  readonly expressions: readonly string[];
}

function partsOf(source: string): Parts | undefined {
  const blocks = sqlxBlocks(source);
  const queries = blocks.filter(({ kind }) => kind === "sql");
  const [query] = queries;
  if (query === undefined || queries.length > 1) return undefined;
  const runs = runsOf(query.literals);
  const expressions = runs.slice(1).map(({ pieces }, index) => {
    const previous = runs[index]?.pieces.at(-1);
    const start = previous === undefined ? 0 : previous.start + previous.text.length;
    return source.slice(start, pieces[0]?.start);
  });
  return {
    others: blocks
      .filter(({ kind }) => kind !== "sql")
      .map((block) => textOf(source, block))
      .join("\0"),
    texts: runs.map(({ text }) => text),
    expressions,
  };
}

function textOf(source: string, { kind, literals }: SqlxBlock): string {
  const [first, last] = [literals[0], literals.at(-1)];
  return `${kind} ${first === undefined || last === undefined ? "" : source.slice(first.start, last.start + last.text.length)}`;
}

/** What each interpolation of a compiled file gave; undefined: its query is not made of the file's text. */
function valuesOf({ query }: CompiledFile, { texts, expressions }: Parts): Map<string, string> | undefined {
  const starts = alignment(texts, query);
  if (starts === undefined) return undefined;
  const values = new Map<string, string>();
  for (const [index, expression] of expressions.entries()) {
    const before = starts[index];
    const behind = starts[index + 1];
    if (before === undefined || behind === undefined) return undefined;
    const end = before.at + (texts[index] ?? "").length - before.skipped;
    const value = query.slice(end, behind.at);
    // An expression that gave two values depends on more than its text.
    if ((values.get(expression) ?? value) !== value) return undefined;
    values.set(expression, value);
  }
  return values;
}

/** `${ref("name")}` and `${ref("dataset", "name")}` */
function plainReference(
  expression: string,
  refer: (path: readonly string[]) => string | undefined,
): string | undefined {
  const [, list] =
    /^\$\{\s*ref\(\s*((?:"[\w-]+"|'[\w-]+')(?:\s*,\s*(?:"[\w-]+"|'[\w-]+')){0,2})\s*\)\s*\}$/.exec(expression) ?? [];
  return list === undefined ? undefined : refer(list.split(",").map((part) => part.trim().slice(1, -1)));
}
