import { hasWork } from "../execute/plan-events.js";
import { printPlan } from "../report/print-plan.js";
import { planEvents } from "../session/carry-out.js";
import { planSession } from "../session/plan-request.js";
import { newRunId } from "../session/run-id.js";
import { withProject } from "../session/session.js";
import { onOff } from "./arguments/flags.js";
import {
  FULL_REFRESH_FLAGS,
  OVERRIDE_FLAGS,
  PROJECT_DIR_WORD,
  SELECTION_FLAGS,
  SKIP_FLAGS,
  UPSTREAM_FLAGS,
  WINDOW_FLAGS,
  withCommon,
} from "./arguments/shared-flags.js";
import { defineCommand } from "./command.js";
import { withDate } from "./default-date.js";
import { EXIT } from "./exit.js";
import { placeOf, requestOf, selectionOf, withSkips } from "./selection-options.js";

export const command = defineCommand({
  positionals: [PROJECT_DIR_WORD],
  flags: withCommon({
    ...WINDOW_FLAGS,
    ...SELECTION_FLAGS,
    ...FULL_REFRESH_FLAGS,
    ...UPSTREAM_FLAGS,
    ...SKIP_FLAGS,
    "detailed-exitcode": onOff("exit with 10 when there is work to do"),
    ...OVERRIDE_FLAGS,
  }),
  examples: ["fastbreak plan --date 2021-11-15 --json"],

  async execute({ flags, words }): Promise<number> {
    const startedAt = new Date();
    const request = requestOf(withDate(flags, words[0]), selectionOf(flags));
    return withProject(placeOf(flags, words[0]), async (session) => {
      const plan = await planSession(session, await withSkips(session, request, flags));
      printPlan(planEvents(session, plan, "plan", { runId: newRunId(startedAt), startedAt }), flags.json);
      return flags.detailedExitcode && hasWork(plan) ? EXIT.changes : EXIT.done;
    });
  },
});
