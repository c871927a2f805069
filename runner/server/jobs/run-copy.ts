import { typeName } from "../../port/sql-types.js";
import { runSql } from "../catalog/service.js";
import { fullTableName, requireRelation, tableId } from "../catalog/tables.js";
import { ApiError } from "../protocol/errors.js";
import { quoted } from "../protocol/schema.js";
import type { CopyConfiguration } from "../requests/configuration.js";
import { openTarget, refOf } from "./destination.js";
import type { Job, JobOutcome } from "./job.js";
import type { JobService } from "./service.js";

/** Copies one table, or several of the same columns, to another. */
export async function runCopy(service: JobService, job: Job, copy: CopyConfiguration): Promise<JobOutcome> {
  const { projectId } = job.reference;
  const given = copy.sourceTables ?? (copy.sourceTable ? [copy.sourceTable] : []);
  const sources = await Promise.all(
    given.map(async (reference) => {
      const ref = refOf(reference, projectId);
      const relation = await requireRelation(service, ref);
      if (relation.kind === "view") throw new ApiError("invalid", `Cannot copy a view: ${fullTableName(ref)}`);
      return { ref, relation };
    }),
  );
  const [first] = sources;
  if (first === undefined)
    throw new ApiError("required", "Required parameter is missing: sourceTable", "configuration.copy.sourceTable");
  const shape = (columns: typeof first.relation.columns) =>
    columns.map(({ name, type }) => `${name} ${typeName(type)}`).join(", ");
  for (const { ref, relation } of sources)
    if (shape(relation.columns) !== shape(first.relation.columns))
      throw new ApiError("invalid", `Provided Schema does not match Table ${fullTableName(ref)}.`);
  const target = refOf(copy.destinationTable, projectId);
  const { existing, write } = await openTarget(service, target, copy, "WRITE_EMPTY");
  const into = `${quoted(target.dataset)}.${quoted(target.table)}`;
  const names = sources.map(({ ref }) => `${quoted(ref.dataset)}.${quoted(ref.table)}`);
  const columns = first.relation.columns.map(({ name }) => quoted(name)).join(", ");
  const all = names.map((name) => `SELECT ${columns} FROM ${name}`).join(" UNION ALL ");
  if (write === "append" && existing !== undefined) {
    if (shape(existing.columns) !== shape(first.relation.columns))
      throw new ApiError("invalid", `Provided Schema does not match Table ${fullTableName(target)}.`);
    await runSql(service, `INSERT INTO ${into} (${columns}) ${all}`);
  } else {
    const { partitionColumn, clusterBy } = first.relation;
    const partition = partitionColumn === undefined ? "" : ` PARTITION BY ${quoted(partitionColumn)}`;
    const cluster = clusterBy.length === 0 ? "" : ` CLUSTER BY ${clusterBy.map(quoted).join(", ")}`;
    await runSql(service, `CREATE OR REPLACE TABLE ${into}${partition}${cluster} AS ${all}`);
    const { created: _, ...kept } = service.store.get("table", tableId(first.ref));
    await service.store.set("table", tableId(target), { ...kept, created: Date.now() });
  }
  service.times.touch(tableId(target));
  const rows = sources.reduce((sum, { relation }) => sum + (relation.rows ?? 0), 0);
  return { statistics: { copy: { copiedRows: String(rows) } } };
}
