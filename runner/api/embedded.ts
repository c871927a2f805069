import type { DuckDBConnection } from "@duckdb/node-api";
import { composeBuild } from "../execute/compose.js";
import { readQueries } from "../graph/read-queries.js";
import { type Relation, relationKey } from "../port/port.js";
import { type Column, typeName } from "../port/sql-types.js";
import { runnableProject } from "../project/runnable.js";
import { loadPlace } from "../session/load-place.js";
import { findPlace, withWarehouse } from "../session/place.js";
import { READABLE_TABLES } from "../state/readable-tables.js";
import { told } from "./errors.js";
import { type ProjectOptions, placeOptions } from "./requests.js";
import { translateSql } from "./translate.js";

/** The query of one model as the embedded engine gets it. */
export interface FinalSql {
  readonly dataset: string;
  readonly name: string;
  readonly sql: string;
}

/**
 * The embedded engine's SQL of every model for a window, in running order, as on a first run; for benches.
 * @throws FastbreakError as a run does
 */
export async function finalSql(
  options: ProjectOptions,
  window: { readonly from: string; readonly to: string },
): Promise<readonly FinalSql[]> {
  return told(async () => {
    const place = findPlace(placeOptions(options));
    const { manifest } = await loadPlace(place);
    const project = runnableProject(manifest);
    const views = readQueries(project.actions);
    const relations = await withWarehouse(place, false, (warehouse) =>
      warehouse.transaction(async (transaction) => new Map<string, Relation>(await transaction.relations())),
    );
    // As on the first run: no model's table is there until its statement has made it.
    for (const { node } of project.actions) relations.delete(node.key);
    const statements: FinalSql[] = [];
    // A model may read what the runner keeps: it is there, empty, before anything runs.
    for (const { name, columns: typed } of READABLE_TABLES) {
      const kept = { dataset: place.settings.stateDataset, name };
      if (relations.has(relationKey(kept))) continue;
      const { sql, columns } = await translateSql(emptyRows(typed));
      relations.set(relationKey(kept), { ...NO_LAYOUT, id: kept, columns, partitionColumn: undefined });
      statements.push({ ...kept, sql });
    }
    for (const action of project.actions.filter(({ node }) => node.kind === "model")) {
      const set = action.node.partitioned ? { within: [window], outside: undefined } : undefined;
      const { text } = composeBuild(action, action, set, { views, relations });
      const tables = [...relations.values()].map(({ id, columns }) => ({ ...id, columns }));
      const { sql, columns } = await translateSql(text, tables);
      const { target: id, partitionColumn } = action;
      relations.set(action.node.key, { ...NO_LAYOUT, id, columns, partitionColumn });
      statements.push({ ...id, sql });
    }
    return statements;
  });
}

const NO_LAYOUT = { kind: "table", definition: undefined, foreignColumns: [], clusterBy: [], primaryKey: [] } as const;

function emptyRows(columns: readonly Column[]): string {
  const nulls = columns.map(({ name, type }) => `CAST(NULL AS ${typeName(type)}) AS \`${name}\``);
  return `SELECT * FROM (SELECT ${nulls.join(", ")}) WHERE FALSE`;
}

/** A connection to an embedded database that answers as GoogleSQL does, with the function library installed; for benches. */
export async function connectEmbedded(path: string): Promise<DuckDBConnection> {
  const { connectWithLibrary } = await import("../engines/duckdb/connect.js");
  return connectWithLibrary(path);
}
