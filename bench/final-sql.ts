// Prints, as JSON, the DuckDB SQL that `fastbreak run` would execute for a window of this project, in running order.
// Usage: final-sql PROJECT_DIR DATABASE FROM TO

import { translateQuery } from "../runner/dialect/index.js";
import { openDuckDbWarehouse } from "../runner/engines/duckdb/warehouse.js";
import { composeBuild } from "../runner/execute/compose.js";
import type { Relation } from "../runner/port/port.js";
import { loadProject } from "../runner/project/load-project.js";
import { runnableProject } from "../runner/project/runnable.js";

const [projectDir = ".", database = "", from = "", to = ""] = process.argv.slice(2);
const { manifest } = await loadProject({ projectDir });
const project = runnableProject(manifest);
const views = new Map(
  project.actions.filter(({ node }) => node.kind === "view").map((action) => [action.node.key, action]),
);
const warehouse = await openDuckDbWarehouse(database, { create: false });

const statements = await warehouse.transaction(async (transaction) => {
  const relations = new Map<string, Relation>(await transaction.relations());
  // As on the first run: no model's table is there until its statement has made it.
  for (const { node } of project.actions) relations.delete(node.key);
  const catalog = {
    find: (path: readonly string[]) => {
      const relation = relations.get(path.slice(-2).join("."));
      return relation && { path: [relation.id.dataset, relation.id.name] as const, columns: relation.columns };
    },
    names: () => [...relations.keys()],
  };
  return project.actions
    .filter(({ node }) => node.kind === "model")
    .map((action) => {
      const query = composeBuild(
        action,
        action,
        action.node.partitioned ? { within: [{ from, to }], outside: undefined } : undefined,
        {
          views,
          relations,
        },
      );
      const { sql, columns } = translateQuery(query.text, catalog);
      relations.set(action.node.key, {
        id: action.target,
        kind: "table",
        definition: undefined,
        columns,
        foreignColumns: [],
        partitionColumn: action.partitionColumn,
        clusterBy: [],
        primaryKey: [],
      });
      return { dataset: action.target.dataset, name: action.target.name, sql };
    });
});
await warehouse.close();
process.stdout.write(JSON.stringify(statements));
