import type { CatalogueReader } from "../../port/sql-jobs.js";
import { StreamingBuffer } from "../catalog/streaming-buffer.js";
import { Clock } from "../clock.js";
import { JobRegistry } from "../jobs/registry.js";
import { MetadataStore } from "../metadata/store.js";
import { ModifiedTimes } from "../metadata/times.js";
import type { Place } from "./shared.js";

/** What the rows of system tables are made from where no server runs: what a reader sees, and what was kept of it before. */
export async function placeOn(reader: CatalogueReader, location: string): Promise<Place> {
  const clock = new Clock();
  const run = () => Promise.reject(new TypeError("nothing is kept by whoever only reads"));
  return {
    jobs: reader,
    select: (sql) => reader.select(sql),
    store: await MetadataStore.open({ ...reader, run }),
    times: new ModifiedTimes(clock),
    clock,
    buffer: new StreamingBuffer(clock, 0),
    location,
    registry: new JobRegistry(),
  };
}
