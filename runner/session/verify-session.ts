import { locateInProject } from "../project/locate.js";
import { type Verified, verifyModels } from "../verify/verify.js";
import { type PlanRequest, planSession } from "./plan-request.js";
import type { ProjectSession } from "./session.js";

/** Rebuilds what is asked for, and what it rests on, aside and compares it with the warehouse. */
export async function verifySession(session: ProjectSession, request: PlanRequest): Promise<readonly Verified[]> {
  const plan = await planSession(session, request);
  return verifyModels(session.warehouse, plan, (action, text, offset) =>
    locateInProject(session.projectDir, action, text, offset),
  );
}
