import type { ColumnGraph, LineageEdge } from "../check/column-lineage.js";
import type { ColumnSource } from "../googlesql/lineage.js";
import { typeName } from "../port/sql-types.js";
import { type Colors, plural } from "./text.js";

export type Direction = "up" | "down";

const shown = ({ relation, column }: ColumnSource): string => `${relation}.${column}`;

/** The JSON document of `lineage --json`: every edge of every column asked for, in each direction asked for. */
export function lineageJson(
  graph: ColumnGraph,
  columns: readonly ColumnSource[],
  directions: readonly Direction[],
): object {
  return {
    columns: columns.map((at) => ({
      ...at,
      type: typeOf(graph, at),
      ...Object.fromEntries(directions.map((direction) => [direction, graph.trace(at, direction)])),
    })),
  };
}

/** One column as a tree of what it is made of, and of what is made of it. */
export function columnLines(
  graph: ColumnGraph,
  at: ColumnSource,
  directions: readonly Direction[],
  colors: Colors,
): string[] {
  const lines = [`${colors.bold(shown(at))}  ${typeOf(graph, at)}`];
  for (const direction of directions) {
    const edges = graph.trace(at, direction);
    // Much may be made of a column; without --down the first step is told, with the number of all.
    const brief = direction === "down" && directions.length > 1;
    const tree = new Tree(graph, direction, brief ? 1 : Number.POSITIVE_INFINITY).lines(at);
    const title = direction === "up" ? "made of" : "goes into";
    lines.push("", ...listed(title, tree, direction === "up" ? "no column" : "no column of the project"));
    if (direction === "up") lines.push(...chosenLines(at, edges));
    else lines.push(...(brief ? furtherLines(at, edges, tree.length) : choosingLines(edges)));
  }
  return lines;
}

function furtherLines(at: ColumnSource, edges: readonly LineageEdge[], shownAlready: number): string[] {
  const columns = new Set(edges.filter(({ kind }) => kind === "value").map(({ to }) => shown(to)));
  const relations = new Set(edges.map(({ to }) => to.relation));
  columns.delete(shown(at));
  relations.delete(at.relation);
  if (columns.size <= shownAlready) return choosingLines(edges);
  const all = `${plural(columns.size, "column")} in ${plural(relations.size, "relation")}`;
  return [`  and from there into ${all} in all: --down lists them`];
}

/** All columns of a relation with what each reads. */
export function relationLines(graph: ColumnGraph, relation: string, colors: Colors): string[] {
  const columns = graph.relations.get(relation)?.columns ?? [];
  const lines = columns.flatMap(({ name }) => {
    const at = { relation, column: name };
    const sources = graph.sources(at).filter(({ kind }) => kind === "value");
    return [`  ${name}  ${colors.dim(typeOf(graph, at))}`, ...sources.map(({ from }) => `    ${shown(from)}`)];
  });
  return [colors.bold(relation), ...lines, ...chosenLines({ relation, column: "" }, rowEdges(graph, relation))];
}

function rowEdges(graph: ColumnGraph, relation: string): LineageEdge[] {
  return graph.rowsOf(relation).map((from) => ({ from, to: { relation, column: "" }, kind: "rows" }));
}

function typeOf(graph: ColumnGraph, { relation, column }: ColumnSource): string {
  const found = graph.relations.get(relation)?.columns.find(({ name }) => name === column);
  return found === undefined ? "" : typeName(found.type);
}

function listed(title: string, lines: readonly string[], none: string): string[] {
  return lines.length === 0 ? [`${title}: ${none}`] : [title, ...lines];
}

/** What only chooses the values of the column itself, and the rows of its relation; further up nobody asks. */
function chosenLines(at: ColumnSource, edges: readonly LineageEdge[]): string[] {
  const own = edges.filter(({ to }) => to.relation === at.relation);
  const conditions = own.filter(({ to, kind }) => kind === "condition" && to.column === at.column);
  const rows = own.filter(({ kind }) => kind === "rows");
  return [
    ...grouped(
      "values chosen by",
      conditions.map(({ from }) => from),
    ),
    ...grouped(
      `rows of ${at.relation} decided by`,
      rows.map(({ from }) => from),
    ),
  ];
}

function choosingLines(edges: readonly LineageEdge[]): string[] {
  const rows = edges.filter(({ kind }) => kind === "rows").map(({ to }) => to.relation);
  const conditions = edges.filter(({ kind }) => kind === "condition").map(({ to }) => shown(to));
  return [
    ...section("chooses values of", [...new Set(conditions)]),
    ...section("decides which rows there are in", [...new Set(rows)]),
  ];
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ["", title, ...lines.map((line) => `  ${line}`)];
}

/** Columns by relation. */
function grouped(title: string, columns: readonly ColumnSource[]): string[] {
  const byRelation = new Map<string, string[]>();
  for (const { relation, column } of columns) {
    const list = byRelation.get(relation) ?? [];
    if (!list.includes(column)) list.push(column);
    byRelation.set(relation, list);
  }
  return section(
    title,
    [...byRelation].flatMap(([relation, names]) => wrapped(relation, names)),
  );
}

/** The widest line, but for a name that is wider. */
const WIDTH = 78;

function wrapped(relation: string, names: readonly string[]): string[] {
  const lines = [`${relation}:`];
  for (const name of names) {
    const last = lines.at(-1) ?? "";
    if (last.length + name.length + 2 <= WIDTH) lines[lines.length - 1] = `${last} ${name}`;
    else lines.push(`  ${name}`);
  }
  return lines;
}

/** The values of a column, relation by relation; a column that stands twice is followed once. */
class Tree {
  readonly #seen = new Set<string>();

  constructor(
    readonly graph: ColumnGraph,
    readonly direction: Direction,
    readonly depth: number,
  ) {}

  lines(at: ColumnSource, level = 1): string[] {
    const indent = "  ".repeat(level);
    const edges = this.direction === "up" ? this.graph.sources(at) : this.graph.readers(at);
    return edges
      .filter(({ kind }) => kind === "value")
      .flatMap(({ from, to }) => {
        const next = this.direction === "up" ? from : to;
        const text = shown(next);
        const isKnown = this.#seen.has(text);
        this.#seen.add(text);
        const below = isKnown || level >= this.depth ? [] : this.lines(next, level + 1);
        const again = isKnown && this.#goesOn(next) ? "  (see above)" : "";
        return [`${indent}${text}${again}`, ...below];
      });
  }

  #goesOn(at: ColumnSource): boolean {
    const edges = this.direction === "up" ? this.graph.sources(at) : this.graph.readers(at);
    return edges.some(({ kind }) => kind === "value");
  }
}
