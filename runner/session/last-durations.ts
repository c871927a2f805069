import { readLastDurations } from "../state/run-log.js";
import type { ProjectSession } from "./session.js";

/** Milliseconds that the newest build of each action took; empty where no run was recorded yet. */
export function lastDurations({ warehouse, settings }: ProjectSession): Promise<ReadonlyMap<string, number>> {
  return warehouse.observe((observation) => readLastDurations(observation, settings.stateDataset));
}
