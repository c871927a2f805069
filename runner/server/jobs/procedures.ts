import { JobError, type SystemProcedures } from "../../port/sql-jobs.js";
import { cancel } from "./cancel.js";
import type { Job } from "./job.js";
import type { JobService } from "./service.js";

/**
 * What the system procedures do that a job calls.
 * @param ownSession the session that the job runs in, if it does
 * @param endOwn ends it as soon as the job is through
 */
export function proceduresOf(
  { registry, sessions }: JobService,
  job: Job,
  ownSession: () => string | undefined,
  endOwn: () => void,
): SystemProcedures {
  const { projectId, location } = job.reference;
  return {
    abortSession: async (given) => {
      const own = ownSession();
      const id = given ?? own;
      if (id === undefined)
        throw new JobError(
          "invalidQuery",
          "BQ.ABORT_SESSION without the id of a session can be called in a session only",
        );
      if (id === own) return endOwn();
      sessions.find(id);
      await sessions.end(id);
    },
    cancelJob: async (name) => {
      // An id has no dots, a project may have one.
      const dot = name.lastIndexOf(".");
      const project = dot === -1 ? projectId : name.slice(0, dot);
      await cancel(registry.find(project, name.slice(dot + 1), location), job);
    },
  };
}
