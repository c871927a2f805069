import { plural, writeLines } from "../report/text.js";
import type { PlanRequest } from "../session/plan-request.js";
import type { ProjectSession } from "../session/session.js";

/** The session and the request of a command, of what differs alone where `--defer` says so, which a line tells. */
export async function deferred(
  session: ProjectSession,
  request: PlanRequest,
  isAsked: boolean,
): Promise<{ readonly session: ProjectSession; readonly request: PlanRequest }> {
  if (!isAsked) return { session, request };
  const { deferSession } = await import("../session/defer-session.js");
  const { made, published, ...there } = await deferSession(session, request);
  const told =
    made === 0
      ? "nothing differs from the published datasets: there is nothing to make"
      : `${plural(made, "action")} made here, ${published} read where published: they do not differ`;
  writeLines(process.stderr, [`note: ${told}`]);
  return there;
}
