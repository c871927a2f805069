import { hasWork } from "../execute/plan-events.js";
import { PLAN_FORMATS, printPlan } from "../report/print-plan.js";
import { plainLine, writeLines, writeNote } from "../report/text.js";
import { planEvents } from "../session/carry-out.js";
import { lastDurations } from "../session/last-durations.js";
import { openCircuitNotes } from "../session/open-circuits.js";
import { findPlace } from "../session/place.js";
import { foreseen } from "../session/plan-cost.js";
import { planSession } from "../session/plan-request.js";
import { newRunId } from "../session/run-id.js";
import { withProject, withProjectOrNothing } from "../session/session.js";
import { workerLines, workersOf } from "../session/shard-options.js";
import { onOff } from "./arguments/flags.js";
import {
  DEFER_FLAGS,
  FULL_REFRESH_FLAGS,
  OVERRIDE_FLAGS,
  outputFlags,
  PROJECT_DIR_WORD,
  SELECTION_FLAGS,
  SKIP_FLAGS,
  UPSTREAM_FLAGS,
  WINDOW_FLAGS,
  withCommon,
} from "./arguments/shared-flags.js";
import { defineCommand } from "./command.js";
import { withDate } from "./default-date.js";
import { deferred } from "./deferred.js";
import { EXIT } from "./exit.js";
import { formatOf } from "./output-format.js";
import { placeOf, requestOf, selectionOf, withSkips } from "./selection-options.js";

export const command = defineCommand({
  positionals: [PROJECT_DIR_WORD],
  flags: withCommon({
    ...WINDOW_FLAGS,
    ...SELECTION_FLAGS,
    ...FULL_REFRESH_FLAGS,
    ...UPSTREAM_FLAGS,
    ...DEFER_FLAGS,
    ...SKIP_FLAGS,
    "detailed-exitcode": onOff("exit with 10 when there is work to do"),
    ...outputFlags(PLAN_FORMATS),
    ...OVERRIDE_FLAGS,
  }),
  examples: ["fastbreak plan --date 2021-11-15 --json", "fastbreak plan --output markdown"],

  async execute({ flags, words }): Promise<number> {
    const startedAt = new Date();
    const asked = requestOf(withDate(flags, words[0]), selectionOf(flags));
    const format = formatOf(flags);
    const place = placeOf(flags, words[0]);
    // A warehouse that somebody names has to be there.
    const found = findPlace(place);
    const isFirst = found.database === undefined && !found.engine.exists(found);
    return (isFirst ? withProjectOrNothing : withProject)(place, async (opened) => {
      if (isFirst) writeNote("there is no warehouse yet; a run makes it");
      for (const line of workerLines(workersOf(opened))) writeLines(process.stderr, [plainLine(line)]);
      const { session, request } = await deferred(opened, asked, flags.defer);
      // What differs is made, whatever the rules of the project leave out.
      const plan = await planSession(session, flags.defer ? request : await withSkips(session, request, flags));
      for (const note of await openCircuitNotes(session, plan)) writeNote(note);
      const { all, quiet } = flags;
      const events = planEvents(session, plan, "plan", { runId: newRunId(startedAt), startedAt });
      const ahead = await foreseen(session, plan);
      printPlan([...events, ...ahead], {
        format,
        all,
        quiet,
        durations: await lastDurations(session),
        out: process.stdout,
        err: process.stderr,
      });
      const differs = ahead.some(({ event }) => event === "relation_differs");
      return flags.detailedExitcode && (hasWork(plan) || differs) ? EXIT.changes : EXIT.done;
    });
  },
});
