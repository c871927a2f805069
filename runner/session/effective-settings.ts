import type { Place } from "./place.js";
import { chooseWorkers } from "./workers.js";

/** One setting as it holds, and where it comes from. */
export interface EffectiveSetting {
  readonly name: string;
  readonly value: string;
  readonly origin: string;
}

/** The settings that hold for a place. */
export function effectiveSettings(place: Place): readonly EffectiveSetting[] {
  const { origins, settings, overrides } = place;
  const chosen = [
    { name: "target", value: place.engine.name, origin: origins.target },
    { name: "database", value: place.engine.locate(place), origin: origins.database },
    { name: "concurrency", value: String(place.concurrency), origin: origins.concurrency },
    { name: "memory", value: place.memory ?? "half of the machine's", origin: origins.memory },
    {
      name: "threads",
      value: place.threads === undefined ? "one a core" : String(place.threads),
      origin: origins.threads,
    },
    { name: "project", value: place.projectDir, origin: "--project-dir, or here" },
    { name: "stateDataset", value: settings.stateDataset, origin: "fastbreak.json, or default" },
  ];
  const { vars = {}, ...rest } = overrides;
  const origin = "flag or environment";
  return [
    ...chosen,
    ...Object.entries(rest).map(([name, value]) => ({ name, value: String(value), origin })),
    ...Object.entries(vars).map(([name, value]) => ({ name: `vars.${name}`, value: String(value), origin })),
    ...chooseWorkers(settings.workers, process.env).actions.map(({ action, workers, origin }) => ({
      name: `workers.${action}`,
      value: String(workers),
      origin,
    })),
    ...Object.entries(settings.sources).map(([name, source]) => ({
      name: `sources.${name}`,
      value: JSON.stringify(source),
      origin: "fastbreak.json",
    })),
  ];
}
