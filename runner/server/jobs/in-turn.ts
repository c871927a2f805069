import { withoutDecorator } from "../catalog/partitions.js";
import { findRelation, tableId } from "../catalog/tables.js";
import { refOf } from "./destination.js";
import type { Job } from "./job.js";
import type { JobService } from "./service.js";

/**
 * Jobs that make their table, or that replace or look at its rows before they write, wait for each other: who comes later finds what is
 * there by then. Whoever only adds rows to a table that is there waits for nobody.
 */
export async function inTurn<T>(service: JobService, job: Job, work: () => Promise<T>): Promise<T> {
  const { query, load, copy, dryRun } = job.configuration;
  const writing = query ?? load ?? copy;
  if (!writing?.destinationTable || dryRun === true) return work();
  const { base: ref } = withoutDecorator(refOf(writing.destinationTable, job.reference.projectId));
  const disposition = writing.writeDisposition ?? (load === undefined ? "WRITE_EMPTY" : "WRITE_APPEND");
  const only = disposition === "WRITE_APPEND" && (await findRelation(service, ref)) !== undefined;
  return only ? work() : service.turns.hold([tableId(ref)], job.signal, work);
}
