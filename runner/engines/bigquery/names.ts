import { quoteIdentifier } from "../../googlesql/quote.js";
import type { RelationId } from "../../port/port.js";

/** A relation in the service's own three parts. */
export interface TablePath {
  readonly project: string;
  readonly dataset: string;
  readonly table: string;
}

/** The datasets of other projects than home are called `project.dataset`. */
export function pathOf({ dataset, name }: RelationId, home: string): TablePath {
  const dot = dataset.lastIndexOf(".");
  return dot < 0
    ? { project: home, dataset, table: name }
    : { project: dataset.slice(0, dot), dataset: dataset.slice(dot + 1), table: name };
}

/** A relation in SQL. */
export function quotePath(id: RelationId, home: string): string {
  const { project, dataset, table } = pathOf(id, home);
  return `${quoteIdentifier(project)}.${quoteIdentifier(dataset)}.${quoteIdentifier(table)}`;
}

/** A table in the REST API. */
export function restPath(id: RelationId, home: string): string {
  const { project, dataset, table } = pathOf(id, home);
  return `/projects/${encodeURIComponent(project)}/datasets/${encodeURIComponent(dataset)}/tables/${encodeURIComponent(table)}`;
}
