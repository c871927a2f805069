import type { SqlValue } from "../../port/port.js";
import { plainRequest, type SystemTable, type SystemTables } from "../../port/sql-jobs.js";
import { ANONYMOUS_DATASET, openAnonymous } from "../catalog/datasets.js";
import { defaultExpiration } from "../catalog/expiration-defaults.js";
import { findRelation, type TableRef, tableId } from "../catalog/tables.js";
import { quoted } from "../protocol/schema.js";
import type { Job } from "./job.js";
import type { JobRegistry } from "./registry.js";
import type { JobService } from "./service.js";

/** The name under which the rows of a job can be read like those of a table. */
export function anonymousTable({ reference: { jobId } }: Job): string {
  return `anon_${jobId}`;
}

/** The id of the job whose rows a table stands for; undefined: it is a table like others. */
export function jobOfAnonymous(dataset: string, table: string): string | undefined {
  return dataset === ANONYMOUS_DATASET && table.startsWith("anon_") ? table.slice("anon_".length) : undefined;
}

/** The results of jobs, as statements see them. */
export function withResults(registry: JobRegistry, home: string, others: SystemTables): SystemTables {
  return (path) => {
    const [table = "", dataset = "", project = home] = [...path].reverse();
    return resultTable(registry, { project, dataset, table }) ?? others(path);
  };
}

function resultTable(registry: JobRegistry, { project, dataset, table }: TableRef): SystemTable | undefined {
  const jobId = jobOfAnonymous(dataset, table);
  const rows = jobId === undefined ? undefined : registry.ofId(project, jobId)?.outcome.rows;
  if (rows === undefined) return undefined;
  const { columns, count } = rows;
  const object = (values: readonly SqlValue[]) =>
    Object.fromEntries(columns.map(({ name }, index) => [name, values[index] ?? null]));
  return { key: `result ${project}.${jobId}`, columns, rows: async () => rows.read(0, count).map(object) };
}

/** Writes the rows of a job down as a table, for whoever reads tables alone; nothing is done for a table like others. */
export async function keepResult(service: JobService, ref: TableRef): Promise<void> {
  const { dataset, table } = ref;
  const result = resultTable(service.registry, ref);
  if (result === undefined || (await findRelation(service, ref)) !== undefined) return;
  await openAnonymous(service);
  const sql = `CREATE TABLE IF NOT EXISTS ${quoted(dataset)}.${quoted(table)} AS SELECT * FROM result`;
  const systemTables: SystemTables = ([name]) => (name === "result" ? result : undefined);
  await service.jobs.run({ ...plainRequest(sql), systemTables }, () => undefined);
  const expiration = await defaultExpiration(service, dataset, table, {});
  await service.store.set("table", tableId(ref), { ...expiration, created: service.clock.now() });
}
