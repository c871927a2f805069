import { EngineError } from "../port/engine-error.js";
import type { ScriptResult, Warehouse } from "../port/port.js";
import { JobError, type JobRequest, type JobStatement, plainRequest } from "../port/sql-jobs.js";
import { collationsOf } from "./catalog/service.js";
import { StreamingBuffer } from "./catalog/streaming-buffer.js";
import { Clock } from "./clock.js";
import { definitionGuard } from "./jobs/definition-guard.js";
import { noteStatement } from "./jobs/effects.js";
import { JobRegistry } from "./jobs/registry.js";
import { rowsOf } from "./jobs/rows-of.js";
import { MetadataStore } from "./metadata/store.js";
import { ModifiedTimes } from "./metadata/times.js";
import { systemTables } from "./system-tables/find.js";

/**
 * Runs a GoogleSQL script as the service would: with INFORMATION_SCHEMA and the like, keeping descriptions, labels and other options.
 * @param project that the rows name as the owner of everything
 * @param location of the data; undefined: nobody has said it
 * @throws EngineError for a text that is wrong or fails
 */
export async function runScript(
  warehouse: Warehouse,
  project: string,
  sql: string,
  location?: string,
): Promise<ScriptResult> {
  if (warehouse.jobs === undefined) return warehouse.script(sql);
  const jobs = await warehouse.jobs();
  const store = await MetadataStore.open(jobs);
  const clock = new Clock();
  const times = new ModifiedTimes(clock);
  const buffer = new StreamingBuffer(clock, 0);
  const catalogue = {
    jobs,
    store,
    times,
    clock,
    buffer,
    location: location ?? "US",
    registry: new JobRegistry(),
    select: (sql: string) => rowsOf(jobs, sql),
  };
  const known: Readonly<Record<string, string | undefined>> = {
    project_id: project,
    dataset_project_id: project,
    location,
  };
  let last: JobStatement | undefined;
  let answer: JobStatement["rows"];
  let notes = Promise.resolve();
  try {
    const request: JobRequest = {
      ...plainRequest(sql),
      systemTables: systemTables(
        async () => catalogue,
        project,
        location,
        () => notes,
      ),
      isCollated: collationsOf(catalogue),
      mayDefine: definitionGuard(catalogue, () => notes),
      systemVariable: async (name) => JSON.stringify(known[name]),
    };
    await jobs.run(request, (statement) => {
      if (statement.failure !== undefined) return;
      last = statement;
      // What changes something answers with nothing; SET and the like leave the answer as it is.
      const hasChanged = statement.operation !== undefined || statement.changed !== undefined;
      answer = statement.rows ?? (hasChanged ? undefined : answer);
      notes = notes.then(() => noteStatement(catalogue, statement));
    });
  } catch (cause) {
    if (!(cause instanceof JobError)) throw cause;
    throw new EngineError(cause.reason === "invalidQuery" ? "sql" : "query", cause.message, cause.at);
  } finally {
    await notes;
  }
  const { inserted = 0, updated = 0, deleted = 0 } = last?.changed ?? {};
  return {
    rows: answer && { columns: answer.columns, rows: [...answer.read(0, answer.count)] },
    rowsChanged: last?.changed && inserted + updated + deleted,
  };
}
