import { EngineError } from "../../port/engine-error.js";
import type { Engine } from "../engine.js";
import { NO_LOADERS } from "./loading.js";
import { shownEndpoint } from "./settings.js";

/** BigQuery, or a server that speaks as it does. */
export const BIGQUERY: Engine = {
  name: "bigquery",
  summary: "Google BigQuery, or a server on this machine that speaks as it does",
  locate: (place) => shownEndpoint(place, process.env),
  exists: () => true,
  refusesLoaders: NO_LOADERS,
  async open(place) {
    const { openBigQuery } = await import("./warehouse.js").catch(refuseMissing);
    return openBigQuery(place);
  },
  hasJobs: true,
  async *examine(place) {
    const { examine } = await import("./doctor.js").catch(refuseMissing);
    yield* examine(place);
  },
};

/** The client of the service is large, and only who uses it needs it. */
function refuseMissing(cause: unknown): never {
  const { code, message = "" } = cause as { code?: string; message?: string };
  if (code !== "ERR_MODULE_NOT_FOUND" || !/@google-cloud|google-auth/.test(message)) throw cause;
  throw new EngineError(
    "missing",
    "the client of BigQuery is not installed; install it with 'npm install @google-cloud/bigquery google-auth-library'",
  );
}
