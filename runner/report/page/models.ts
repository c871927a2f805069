import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ColumnGraph } from "../../check/column-lineage.js";
import { explain } from "../../decide/explain.js";
import type { ProjectPlan } from "../../decide/plan-project.js";
import type { ColumnSource } from "../../googlesql/lineage.js";
import type { RunnableAction } from "../../graph/action.js";
import { typeName } from "../../port/sql-types.js";
import type { Manifest, ManifestAction } from "../../project/manifest.js";
import { because } from "../decisions.js";
import { plural } from "../text.js";
import type { ColumnRef, ModelType, PageColumn, PageDecision, PageModel, PageText } from "./page-data.js";

export interface ModelFacts {
  readonly projectDir: string;
  readonly manifest: Manifest;
  readonly plan: ProjectPlan;
  readonly graph: ColumnGraph;
  /** Why the columns of a relation are not known. */
  readonly unknown: ReadonlyMap<string, string>;
}

/** The actions and sources that pages show: unit tests have a command of their own. */
export function shownActions({ actions }: Manifest): readonly ManifestAction[] {
  return actions.filter(({ type }) => type !== "test");
}

/** Every action and source of a project as pages show it, in the order of `shownActions`. */
export function pageModels(facts: ModelFacts): readonly PageModel[] {
  const actions = shownActions(facts.manifest);
  const places = new Map(actions.map(({ key }, place) => [key, place]));
  const runnable = new Map(facts.plan.project.actions.map((action) => [action.node.key, action]));
  const refs = new ColumnPlaces(facts.graph, places);
  const files = new Map<string, string>();
  return actions.map((action) => {
    const { key } = action;
    const run = runnable.get(key);
    return {
      key,
      type: typeOf(action),
      file: action.fileName,
      description: action.description ?? "",
      tags: action.tags,
      reads: [...new Set(action.dependencies)].flatMap((name) => places.get(name) ?? []),
      parent: action.parent === undefined ? null : (places.get(action.parent) ?? null),
      layout: layoutOf(action),
      texts: textsOf(action, facts.projectDir, files),
      columns: columnsOf(action, facts.graph, refs),
      rowsBy: refs.all(facts.graph.rowsOf(key)),
      unknown: facts.unknown.get(key) ?? "",
      rows: action.type === "table" || action.type === "incremental" ? rowsOf(facts.plan, key) : null,
      decisions: run === undefined ? [] : decisionsOf(run, facts.plan),
      sample: null,
    };
  });
}

function typeOf({ type }: ManifestAction): ModelType {
  return type === "declaration" || type === "test" ? "source" : type;
}

function layoutOf(action: ManifestAction): PageModel["layout"] {
  const { partitionColumn, partitionExpression, clusterBy, uniqueKey, rowHash, lookback } = action;
  const windows = Object.entries(lookback.byTable).map(([table, { back = 0, ahead = 0 }]) =>
    ahead === 0 ? `${table}: ${plural(back, "day")}` : `${table}: ${plural(back, "day")}, ${ahead} ahead`,
  );
  const facts: readonly (readonly [string, string | undefined])[] = [
    ["Partitioned by", partitionColumn ?? partitionExpression],
    ["Unique key", uniqueKey.join(", ")],
    ["Clustered by", clusterBy.join(", ")],
    ["Row hash", rowHash],
    ["Lookback", lookback.defaultDays === undefined ? undefined : plural(lookback.defaultDays, "day")],
    ["Lookback of single sources", windows.join("; ")],
    ["History", action.accumulating ? "rows stay that its sources no longer have" : undefined],
    ["Protected", action.protected ? "a full refresh leaves it as it is" : undefined],
  ];
  return facts.flatMap(([what, value]) => (value === undefined || value === "" ? [] : [[what, value] as const]));
}

/** More than this of one text is cut. */
const LONGEST = 200_000;

function textsOf(action: ManifestAction, projectDir: string, files: Map<string, string>): readonly PageText[] {
  const source = sourceOf(action.fileName, projectDir, files);
  const script = (texts: readonly string[]) => texts.map((text) => text.trim()).join(";\n\n");
  const all: readonly PageText[] = [
    { title: action.fileName, text: source },
    { title: "Compiled", text: action.query ?? script(action.operations) },
    { title: "Incremental", text: incrementalOf(action) },
    { title: "Before", text: script(action.preOps) },
    { title: "After", text: script(action.postOps) },
  ];
  return all.filter(({ text }) => text !== "").map(({ title, text }) => ({ title, text: text.slice(0, LONGEST) }));
}

function incrementalOf({ incremental, query }: ManifestAction): string {
  return incremental === undefined || incremental.query === query ? "" : incremental.query;
}

function sourceOf(fileName: string, projectDir: string, files: Map<string, string>): string {
  const known = files.get(fileName);
  if (known !== undefined) return known;
  let text = "";
  try {
    // A file that makes many actions says little of any one of them.
    if (fileName.endsWith(".sqlx")) text = readFileSync(join(projectDir, fileName), "utf8");
  } catch {
    // It was there when the project was compiled; the compiled text is shown all the same.
  }
  files.set(fileName, text);
  return text;
}

function columnsOf(action: ManifestAction, graph: ColumnGraph, refs: ColumnPlaces): readonly PageColumn[] {
  const { key, columnDescriptions } = action;
  const described = new Map(Object.entries(columnDescriptions).map(([name, text]) => [name.toLowerCase(), text]));
  return (graph.relations.get(key)?.columns ?? []).map(({ name, type }) => {
    const edges = graph.sources({ relation: key, column: name });
    const of = (kind: string) => refs.all(edges.filter((edge) => edge.kind === kind).map(({ from }) => from));
    return {
      name,
      type: typeName(type),
      description: described.get(name.toLowerCase()) ?? "",
      values: of("value"),
      conditions: of("condition"),
    };
  });
}

function rowsOf({ states }: ProjectPlan, key: string): number | null {
  const partitions = states.get(key);
  if (partitions === undefined || partitions.size === 0) return null;
  return [...partitions.values()].reduce((sum, { rows }) => sum + rows, 0);
}

function decisionsOf(action: RunnableAction, plan: ProjectPlan): readonly PageDecision[] {
  return explain(action, plan).partitions.map(({ decided, lastBuild, code, compiled, output, inputs }) => ({
    partitions: decided.label,
    decision: decided.decision,
    reason: decided.reason,
    because: because(decided.evidence).trim(),
    lastBuild,
    hashes: [
      { what: "code", ...code },
      { what: "compiled SQL", ...compiled },
      { what: "own table", ...output },
      ...inputs.map(({ name, ...compared }) => ({ what: name, ...compared })),
    ].map(({ what, recorded, now, same }) => ({ what, recorded: recorded ?? "", now: now ?? "", same })),
  }));
}

/** Where columns stand, for those who refer to them. */
class ColumnPlaces {
  readonly #columns = new Map<number, ReadonlyMap<string, number>>();

  constructor(
    graph: ColumnGraph,
    readonly places: ReadonlyMap<string, number>,
  ) {
    for (const [key, { columns }] of graph.relations) {
      const place = places.get(key);
      if (place !== undefined)
        this.#columns.set(place, new Map(columns.map(({ name }, index) => [name.toLowerCase(), index])));
    }
  }

  all(sources: readonly ColumnSource[]): readonly ColumnRef[] {
    return sources.flatMap(({ relation, column }) => {
      const model = this.places.get(relation);
      const index = model === undefined ? undefined : this.#columns.get(model)?.get(column.toLowerCase());
      return model === undefined || index === undefined ? [] : [[model, index] as const];
    });
  }
}
