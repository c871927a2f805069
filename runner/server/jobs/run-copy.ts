import { plainRequest } from "../../port/sql-jobs.js";
import { typeName } from "../../port/sql-types.js";
import { defaultExpiration } from "../catalog/expiration-defaults.js";
import { requireAllRows } from "../catalog/row-access.js";
import { runSql } from "../catalog/service.js";
import { fullTableName, tableId } from "../catalog/tables.js";
import { ApiError } from "../protocol/errors.js";
import { fieldsOf, quoted } from "../protocol/schema.js";
import type { CopyConfiguration } from "../requests/configuration.js";
import { keepResult } from "./anonymous.js";
import { openPartition, openTarget, refOf } from "./destination.js";
import type { Job, JobOutcome } from "./job.js";
import type { JobService } from "./service.js";
import { rowsText, type SourceTable, sourceTable } from "./source-table.js";

/** Copies one table, or several of the same columns, to another. */
export async function runCopy(service: JobService, job: Job, copy: CopyConfiguration): Promise<JobOutcome> {
  const { projectId } = job.reference;
  const once = service.markOf(job);
  const given = copy.sourceTables ?? (copy.sourceTable ? [copy.sourceTable] : []);
  const refs = given.map((reference) => refOf(reference, projectId));
  for (const ref of refs) await keepResult(service, ref);
  const sources = await Promise.all(refs.map((ref) => sourceTable(service, ref)));
  const operation = copy.operationType ?? "COPY";
  if (!OPERATIONS.has(operation)) throw new ApiError("invalid", `Invalid value for operationType: ${operation}`);
  if ((operation === "SNAPSHOT" || operation === "CLONE") && sources.length > 1)
    throw new ApiError("invalid", `A ${operation} job takes one source table`);
  for (const { base } of sources) requireAllRows(service, base, job.user);
  const [first] = sources;
  if (first === undefined)
    throw new ApiError("required", "Required parameter is missing: sourceTable", "configuration.copy.sourceTable");
  const shape = (columns: typeof first.columns) =>
    columns.map(({ name, type }) => `${name} ${typeName(type)}`).join(", ");
  for (const { ref, columns } of sources)
    if (shape(columns) !== shape(first.columns))
      throw new ApiError("invalid", `Provided Schema does not match Table ${fullTableName(ref)}.`);
  const opened = await openTarget(service, refOf(copy.destinationTable, projectId), copy, "WRITE_EMPTY");
  const { ref: target, existing, write } = opened;
  const into = `${quoted(target.dataset)}.${quoted(target.table)}`;
  const names = sources.map(({ id }) => `${quoted(id.dataset)}.${quoted(id.name)}`);
  const columns = first.columns.map(({ name }) => quoted(name)).join(", ");
  const all = sources.map((source) => rowsText(source, columns)).join(" UNION ALL ");
  const isPart = sources.some(({ partition }) => partition !== undefined);
  const part = await openPartition(service, opened, { schema: { fields: fieldsOf(first.columns) } });
  if (part !== undefined) {
    if (shape(part.table.columns) !== shape(first.columns))
      throw new ApiError("invalid", `Provided Schema does not match Table ${fullTableName(target)}.`);
    const into = { dataset: target.dataset, name: target.table };
    const destination = { table: into, write, partition: part.partition, partitionColumn: undefined, clusterBy: [] };
    await service.jobs.run({ ...plainRequest(all), once, destination }, () => undefined);
  } else if (write !== "replace" && existing !== undefined) {
    if (shape(existing.columns) !== shape(first.columns))
      throw new ApiError("invalid", `Provided Schema does not match Table ${fullTableName(target)}.`);
    const destination = { table: { dataset: target.dataset, name: target.table }, write, partitionColumn: undefined };
    await service.jobs.run(
      { ...plainRequest(all), once, destination: { ...destination, clusterBy: [] } },
      () => undefined,
    );
    if (write === "truncate") service.buffer.forget(tableId(target));
  } else {
    const kind = operation === "SNAPSHOT" ? "SNAPSHOT TABLE" : "TABLE";
    // Whatever else is known of one table goes with its rows.
    if (sources.length === 1 && !isPart)
      await runSql(service, `CREATE ${orReplace(existing)}${kind} ${into} CLONE ${names[0]}`, { once });
    else await runSql(service, `CREATE OR REPLACE TABLE ${into}${layoutText(first)} AS ${all}`, { once });
    const {
      created: _,
      snapshotDefinition,
      cloneDefinition,
      expirationTime: __,
      ...kept
    } = service.store.get("table", tableId(first.base));
    const { destinationExpirationTime: expires } = copy;
    const said = { ...kept, ...(expires ? { expirationTime: expirationOf(expires) } : {}) };
    await service.store.set("table", tableId(target), {
      ...said,
      ...madeOf(operation, first),
      ...(await defaultExpiration(service, target.dataset, target.table, said)),
      created: service.clock.now(),
    });
  }
  service.times.touch(tableId(target));
  const rows = sources.reduce((sum, source) => sum + source.rows, 0);
  return { statistics: { copy: { copiedRows: String(rows) } } };
}

const OPERATIONS: ReadonlySet<string> = new Set(["COPY", "SNAPSHOT", "CLONE", "RESTORE"]);

const orReplace = (existing: unknown): string => (existing === undefined ? "" : "OR REPLACE ");

function layoutText({ partitionColumn, clusterBy }: SourceTable): string {
  const partition = partitionColumn === undefined ? "" : ` PARTITION BY ${quoted(partitionColumn)}`;
  return clusterBy.length === 0 ? partition : `${partition} CLUSTER BY ${clusterBy.map(quoted).join(", ")}`;
}

/** What a snapshot or clone tells of its source. */
function madeOf(operation: string, { base, at }: SourceTable): object {
  const baseTableReference = { projectId: base.project, datasetId: base.dataset, tableId: base.table };
  const time = new Date(at).toISOString();
  if (operation === "SNAPSHOT") return { snapshotDefinition: { baseTableReference, snapshotTime: time } };
  return operation === "CLONE" ? { cloneDefinition: { baseTableReference, cloneTime: time } } : {};
}

/** As `2026-01-02T03:04:05Z`, or milliseconds. */
function expirationOf(text: string): string {
  const milliseconds = /^\d+$/.test(text) ? Number(text) : Date.parse(text);
  if (Number.isNaN(milliseconds)) throw new ApiError("invalid", `Invalid value for destinationExpirationTime: ${text}`);
  return String(milliseconds);
}
