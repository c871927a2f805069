import type { CommonTable, Identifier, Query } from "./ast.js";
import { analysisError } from "./errors.js";

/**
 * The entries of WITH RECURSIVE, each behind those that it reads: there an entry may read one that is written later.
 * @throws SqlProblem for entries that read each other
 */
export function inDependencyOrder(commons: readonly CommonTable[]): readonly CommonTable[] {
  const reads = (reader: CommonTable): CommonTable[] =>
    commons.filter((other) => other !== reader && readsTable(reader.query, other.name.name));
  const sorted = new Set<CommonTable>();
  const visit = (entry: CommonTable, chain: readonly CommonTable[]): void => {
    if (sorted.has(entry)) return;
    if (chain.includes(entry)) throw cycle([...chain.slice(chain.indexOf(entry)), entry]);
    for (const other of reads(entry)) visit(other, [...chain, entry]);
    sorted.add(entry);
  };
  for (const entry of commons) visit(entry, []);
  return [...sorted];
}

function cycle(chain: readonly [...CommonTable[], CommonTable]): Error {
  const names = chain.map(({ name }) => name.name).join(" => ");
  return analysisError(`Unsupported WITH entry dependency cycle: ${names}`, (chain[0] as CommonTable).name);
}

/** True where a query reads a table by a lone name that no WITH within it gives to another one. */
export function readsTable(query: object, name: string): boolean {
  const key = name.toLowerCase();
  const isNamed = ({ name: own }: Identifier): boolean => own.toLowerCase() === key;
  const waiting: object[] = [query];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (isTable(next) && next.path.length === 1 && next.path.every(isNamed)) return true;
    const shadow = isQuery(next) ? next.with.findIndex((common) => isNamed(common.name)) : -1;
    if (isQuery(next) && shadow !== -1) {
      // Unless it is recursive, an entry and those before it do not see its own name.
      if (!next.recursive) waiting.push(...next.with.slice(0, shadow + 1));
      continue;
    }
    for (const part of Object.values(next)) if (typeof part === "object" && part !== null) waiting.push(part as object);
  }
  return false;
}

function isTable(node: object): node is { readonly path: readonly Identifier[] } {
  return "kind" in node && node.kind === "table" && "path" in node;
}

function isQuery(node: object): node is Query {
  return "with" in node && "body" in node && Array.isArray(node.with);
}
