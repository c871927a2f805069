import type { GraphNodeFacts } from "../graph/action-graph.js";
import { type Colors, plural } from "./text.js";

/** Forms in which a graph can be told. */
export const GRAPH_FORMATS = ["text", "json", "dot", "mermaid"] as const;

/** The graph as JSON: nodes, and edges from what is read to what reads it. */
export function graphJson(nodes: readonly GraphNodeFacts[]): object {
  return {
    nodes: nodes.map(({ key, type, file, tags }) => ({ name: key, type, file: file ?? null, tags })),
    edges: edgesOf(nodes).map(([from, to]) => ({ from, to })),
  };
}

/** The graph in the language of Graphviz. */
export function graphDot(nodes: readonly GraphNodeFacts[]): string[] {
  const quoted = (text: string) => `"${text.replace(/[\\"]/g, (sign) => `\\${sign}`).replace(/\p{Cc}+/gu, " ")}"`;
  return [
    "digraph project {",
    "  rankdir=LR;",
    '  node [shape=box, fontname="sans-serif"];',
    ...nodes.map(({ key, type }) => `  ${quoted(key)} [${DOT_SHAPES[type]}];`),
    ...edgesOf(nodes).map(([from, to]) => `  ${quoted(from)} -> ${quoted(to)};`),
    "}",
  ];
}

/** The graph in the language of Mermaid, which GitHub draws in Markdown. */
export function graphMermaid(nodes: readonly GraphNodeFacts[]): string[] {
  const ids = new Map(nodes.map(({ key }, index) => [key, `n${index}`]));
  const label = (text: string) => `"${text.replace(/[^\p{L}\p{N} _.,:/()-]/gu, (sign) => `#${sign.codePointAt(0)};`)}"`;
  return [
    "flowchart LR",
    ...nodes.map(({ key, type }) => {
      const [open, close] = MERMAID_SHAPES[type];
      return `  ${ids.get(key)}${open}${label(key)}${close}`;
    }),
    ...edgesOf(nodes).map(([from, to]) => `  ${ids.get(from)} --> ${ids.get(to)}`),
  ];
}

export interface TreeOptions {
  /** From what nobody reads up to the sources, instead of from the sources down. */
  readonly up: boolean;
  /** Assertions as nodes of their own; else they are told by their number. */
  readonly assertions: boolean;
  readonly colors: Colors;
}

/** The graph as a tree of lines. What was shown with all that hangs on it is not shown again. */
export function graphTree(all: readonly GraphNodeFacts[], { up, assertions, colors }: TreeOptions): string[] {
  const nodes = assertions ? all : all.filter(({ type }) => type !== "assertion");
  const shown = new Map(nodes.map((node) => [node.key, node]));
  const guards = new Map<string, number>();
  for (const { type, upstreams } of all)
    if (type === "assertion" && !assertions) for (const key of upstreams) guards.set(key, (guards.get(key) ?? 0) + 1);
  const readers = new Map<string, string[]>();
  for (const { key, upstreams } of nodes)
    for (const upstream of upstreams) readers.set(upstream, [...(readers.get(upstream) ?? []), key]);
  const below = (key: string) =>
    (up ? (shown.get(key)?.upstreams ?? []) : (readers.get(key) ?? [])).filter((next) => shown.has(next));
  const roots = nodes.filter(({ key, upstreams }) =>
    up ? (readers.get(key) ?? []).length === 0 : upstreams.every((upstream) => !shown.has(upstream)),
  );
  const seen = new Set<string>();
  const lines: string[] = [];
  // A chain of models may be longer than the stack is deep.
  const open = roots.map(({ key }) => ({ key, head: "", tail: "" })).reverse();
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { key, head, tail } = next;
    const children = below(key);
    const again = seen.has(key) && children.length > 0;
    const node = shown.get(key);
    const guarded = guards.get(key);
    const notes = [
      node?.type ?? "",
      guarded === undefined ? "" : plural(guarded, "assertion"),
      again ? "shown above" : "",
    ].filter((note) => note !== "");
    lines.push(`${head}${colors.bold(key)}  ${colors.dim(notes.join(", "))}`);
    if (seen.has(key)) continue;
    seen.add(key);
    const last = children.length - 1;
    for (const [index, child] of [...children.entries()].reverse())
      open.push({
        key: child,
        head: `${tail}${index === last ? "└─ " : "├─ "}`,
        tail: `${tail}${index === last ? "   " : "│  "}`,
      });
  }
  return lines;
}

/** `12 views, 4 tables`: how many nodes there are of each type. */
export function graphCounts(nodes: readonly GraphNodeFacts[]): string {
  const counts = new Map<string, number>();
  for (const { type } of nodes) counts.set(type, (counts.get(type) ?? 0) + 1);
  const told = [...counts].map(([type, number]) => plural(number, type === "incremental" ? "incremental table" : type));
  return `${told.join(", ")}; ${plural(edgesOf(nodes).length, "edge")}`;
}

/** What `ls` tells of actions: a line each. */
export function listRows(nodes: readonly GraphNodeFacts[]): string[][] {
  return nodes.map(({ key, type, file, tags }) => [
    key,
    type,
    file ?? "",
    tags.length === 0 ? "" : `[${tags.join(", ")}]`,
  ]);
}

function edgesOf(nodes: readonly GraphNodeFacts[]): [string, string][] {
  return nodes.flatMap(({ key, upstreams }) => upstreams.map((upstream): [string, string] => [upstream, key]));
}

const DOT_SHAPES: Readonly<Record<GraphNodeFacts["type"], string>> = {
  source: "shape=cylinder",
  table: "shape=box",
  incremental: 'shape=box, style="bold"',
  view: 'shape=box, style="rounded"',
  operation: "shape=cds",
  assertion: 'shape=note, style="dashed"',
};

const MERMAID_SHAPES: Readonly<Record<GraphNodeFacts["type"], readonly [string, string]>> = {
  source: ["[(", ")]"],
  table: ["[", "]"],
  incremental: ["[[", "]]"],
  view: ["(", ")"],
  operation: ["[/", "/]"],
  assertion: ["{{", "}}"],
};
