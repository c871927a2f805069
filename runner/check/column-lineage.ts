import type { ColumnSource } from "../googlesql/lineage.js";
import type { CheckedRelation } from "./check-result.js";

/** How a column takes part: its value is computed with; it only chooses or orders values; it decides which rows there are. */
export type LineageKind = "value" | "condition" | "rows";

/** One column that is read, and what it is read for. For `rows` that is every column of the reader. */
export interface LineageEdge {
  readonly from: ColumnSource;
  readonly to: ColumnSource;
  readonly kind: LineageKind;
}

/** The columns of all relations of a project, and what each is made of. */
export class ColumnGraph {
  readonly #above = new Map<string, LineageEdge[]>();
  readonly #below = new Map<string, LineageEdge[]>();
  readonly #rows = new Map<string, readonly ColumnSource[]>();
  readonly #chosenWith = new Map<string, string[]>();

  constructor(readonly relations: ReadonlyMap<string, CheckedRelation>) {
    for (const [relation, { lineage }] of relations) {
      for (const { name, values, conditions } of lineage?.columns ?? []) {
        const to = { relation, column: name };
        for (const from of values) this.#add({ from, to, kind: "value" });
        for (const from of conditions) this.#add({ from, to, kind: "condition" });
      }
      this.#rows.set(relation, lineage?.rows ?? []);
      for (const source of lineage?.rows ?? []) append(this.#chosenWith, keyOf(source), relation);
    }
  }

  /** The column of a relation as it is written there; undefined: it has none of the name. */
  column(relation: string, name: string): string | undefined {
    const { columns = [] } = this.relations.get(relation) ?? {};
    return columns.find((column) => column.name.toLowerCase() === name.toLowerCase())?.name;
  }

  /** What the column's own query reads for its value, or what only chooses it. */
  sources(of: ColumnSource): readonly LineageEdge[] {
    return this.#above.get(keyOf(of)) ?? [];
  }

  /** The columns whose queries read it for a value, or to choose one. */
  readers(of: ColumnSource): readonly LineageEdge[] {
    return this.#below.get(keyOf(of)) ?? [];
  }

  /** The columns that decide which rows a relation has. */
  rowsOf(relation: string): readonly ColumnSource[] {
    return this.#rows.get(relation) ?? [];
  }

  /** The relations whose rows it helps to decide. */
  chosenWith(of: ColumnSource): readonly string[] {
    return this.#chosenWith.get(keyOf(of)) ?? [];
  }

  /**
   * Every edge that leads to a column (`up`), or from it (`down`), over any number of relations, nearest first. Values are followed;
   * conditions and rows are told where they stand, and not followed further.
   */
  trace(start: ColumnSource, direction: "up" | "down"): readonly LineageEdge[] {
    const edges: LineageEdge[] = [];
    const seen = new Set([keyOf(start)]);
    const queue = [start];
    for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
      for (const edge of this.#edgesAt(at, direction)) {
        edges.push(edge);
        const next = direction === "up" ? edge.from : edge.to;
        if (edge.kind !== "value" || seen.has(keyOf(next))) continue;
        seen.add(keyOf(next));
        queue.push(next);
      }
    }
    return edges;
  }

  #edgesAt(at: ColumnSource, direction: "up" | "down"): readonly LineageEdge[] {
    if (direction === "up") {
      const rows = this.rowsOf(at.relation).map((from): LineageEdge => ({ from, to: at, kind: "rows" }));
      return [...this.sources(at), ...rows];
    }
    const chosen = this.chosenWith(at).map(
      (relation): LineageEdge => ({ from: at, to: { relation, column: "*" }, kind: "rows" }),
    );
    return [...this.readers(at), ...chosen];
  }

  #add(edge: LineageEdge): void {
    append(this.#above, keyOf(edge.to), edge);
    append(this.#below, keyOf(edge.from), edge);
  }
}

function append<T>(map: Map<string, T[]>, key: string, item: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [item]);
  else list.push(item);
}

/** Names of columns are the same in any case. */
function keyOf({ relation, column }: ColumnSource): string {
  return `${relation}\0${column.toLowerCase()}`;
}
