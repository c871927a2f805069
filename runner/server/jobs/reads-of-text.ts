import type { Expr, Identifier, PathNode } from "../../googlesql/ast.js";
import { parseScriptText } from "../../googlesql/parser/script.js";

/** A table that is read or changed, in the place where that is written. */
export interface Use {
  /** `dataset.table`, or one name alone, in lower case. */
  readonly name: string;
  readonly at: number;
}

interface Place {
  readonly start: number;
  readonly end: number;
}

/** Conditions, and the part of a text for whose tables they hold. */
export interface Filter extends Place {
  readonly conditions: readonly Expr[];
}

/** What a text reads and changes, and by which conditions. */
export interface Reads {
  readonly uses: readonly Use[];
  readonly filters: readonly Filter[];
  readonly commonTables: readonly (Place & { readonly name: string })[];
  /** Columns that are called otherwise. */
  readonly aliases: readonly { readonly of: object; readonly name: string }[];
}

type Node = Readonly<Record<string, unknown>>;

/** They only say what somebody will read later. */
const LATER = /^create(?:View|Function|TableFunction|Procedure)$/;

/** @returns nothing of a text that does not parse: whoever runs it says so */
export function readsOf(sql: string): Reads {
  const reads = { uses: [], filters: [], commonTables: [], aliases: [] };
  const waiting: unknown[] = [parsed(sql)];
  while (waiting.length > 0) {
    const node = waiting.pop();
    if (typeof node !== "object" || node === null) continue;
    if (!Array.isArray(node) && LATER.test(String((node as Node).kind))) continue;
    if (!Array.isArray(node)) note(node as Node, reads);
    waiting.push(...Object.values(node));
  }
  return reads;
}

function parsed(sql: string): readonly object[] {
  try {
    return parseScriptText(sql);
  } catch {
    return [];
  }
}

type Noted = { -readonly [K in keyof Reads]: Reads[K][number][] };

function note(node: Node, { uses, filters, commonTables, aliases }: Noted): void {
  const { kind, start = 0, end = 0 } = node as Node & Partial<Place>;
  const use = (parts: readonly Identifier[], at: number) => {
    const names = parts.flatMap(({ name }) => name.split("."));
    uses.push({ name: names.slice(-2).join(".").toLowerCase(), at });
  };
  if (kind === "table") use(node.path as readonly Identifier[], start);
  // Clauses of a MERGE are called so, too, and name no table.
  const path = node.path as PathNode | undefined;
  if ((kind === "delete" || kind === "update" || kind === "merge") && path !== undefined) use(path.parts, path.start);
  const { where, on, qualify, clauses = [] } = node as Conditions;
  const conditions = [where, on, qualify, ...clauses.map(({ condition }) => condition)].filter(
    (one) => one !== undefined,
  );
  if (conditions.length > 0) filters.push({ start, end, conditions });
  const { name, query, alias, expr, from, to } = node as Renaming;
  if (kind === undefined && name !== undefined && query !== undefined)
    commonTables.push({ name: name.name.toLowerCase(), start, end });
  if (expr !== undefined && (alias ?? name) !== undefined)
    aliases.push({ of: expr, name: (alias ?? name)?.name.toLowerCase() ?? "" });
  if (kind === undefined && from !== undefined && to !== undefined)
    aliases.push({ of: { kind: "path", parts: [from] }, name: to.name.toLowerCase() });
}

interface Conditions {
  readonly where?: Expr;
  readonly on?: Expr;
  readonly qualify?: Expr;
  readonly clauses?: readonly { readonly condition: Expr | undefined }[];
}

interface Renaming {
  readonly name?: Identifier;
  readonly query?: object;
  readonly alias?: Identifier;
  readonly expr?: object;
  readonly from?: Identifier;
  readonly to?: Identifier;
}
