import { locateInProject } from "../project/locate.js";
import type { Verified } from "../verify/verify.js";
import { type PlanRequest, planInTransaction } from "./plan-request.js";
import type { ProjectSession } from "./session.js";

/** Rebuilds what is asked for aside and compares it with the warehouse, in one transaction that changes nothing. */
export async function verifySession(session: ProjectSession, request: PlanRequest): Promise<readonly Verified[]> {
  const { verifyModels } = await import("../verify/verify.js");
  await session.warehouse.prepare();
  return session.warehouse.transaction(async (transaction) => {
    const { plan, selected } = await planInTransaction(transaction, session, request);
    return verifyModels(transaction, plan, selected, (action, text, offset) =>
      locateInProject(session.projectDir, action, text, offset),
    );
  });
}
