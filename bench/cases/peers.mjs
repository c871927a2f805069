import { DBT, dbt } from "../peers/dbt.mjs";
import { measured } from "../peers/measured.mjs";
import { eventsProject, layeredProject } from "../peers/projects.mjs";
import { SQLMESH, sqlmesh } from "../peers/sqlmesh.mjs";
import { venv } from "../peers/venv.mjs";

/** The same projects written for other tools, each given the command that makes it right. */
export async function peers({ report, quick }) {
  const installed = [
    { tool: "dbt", make: dbt, ...venv("dbt", DBT) },
    { tool: "SQLMesh", make: sqlmesh, ...venv("sqlmesh", SQLMESH) },
  ];
  for (const { tool, why } of installed) if (why !== undefined) console.log(`skipped: ${tool}: ${why}`);
  const there = installed.filter(({ why }) => why === undefined);
  if (there.length === 0) return;
  await measured(await layeredProject(100), there, { report, times: 5 });
  await measured(await eventsProject(quick ? 1_000_000 : 20_000_000), there, { report, times: 5 });
  if (!quick) await measured(await layeredProject(1000), there, { report, times: 3 });
}
