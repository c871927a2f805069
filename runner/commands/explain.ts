import { buildFromOtherCode, explain } from "../decide/explain.js";
import type { ProjectPlan } from "../decide/plan-project.js";
import type { RunnableAction } from "../graph/action.js";
import { EVERYTHING, selectActions } from "../plan/select.js";
import { isLocked } from "../port/engine-error.js";
import { parseManifest } from "../project/manifest.js";
import { type ExplainReport, explainJson, explainLines } from "../report/explain-report.js";
import {
  type LastDecisions,
  lastDecisionsJson,
  lastDecisionsLines,
  readLastDecisions,
} from "../report/last-decisions.js";
import { colorsFor, plainLine, widthOf, writeLines } from "../report/text.js";
import { planSession, selectable } from "../session/plan-request.js";
import { type ProjectSession, withProject } from "../session/session.js";
import { readManifestHistory } from "../state/stored-manifest.js";
import { OVERRIDE_FLAGS, WINDOW_FLAGS, withCommon } from "./arguments/shared-flags.js";
import { defineCommand } from "./command.js";
import { withDate } from "./default-date.js";
import { EXIT } from "./exit.js";
import { placeOf, requestOf } from "./selection-options.js";

export const command = defineCommand({
  positionals: [{ name: "model", describe: "name or dataset.name of an action", required: true }],
  flags: withCommon({ ...WINDOW_FLAGS, ...OVERRIDE_FLAGS }),
  examples: ["fastbreak explain player_game_summary --date 2021-11-15"],

  async execute({ flags: options, words: [name = ""] }): Promise<number> {
    const request = requestOf(withDate(options));
    const place = placeOf(options);
    const explained = withProject(place, async (session) => {
      const keys = selectActions(session.project.actions.map(selectable), { ...EVERYTHING, actions: [name] });
      const plan = await planSession(session, request);
      const reports: ExplainReport[] = [];
      for (const action of plan.project.actions) {
        if (keys?.has(action.node.key)) reports.push(await reportOf(session, action, plan));
      }
      if (options.json)
        process.stdout.write(
          `${JSON.stringify(reports.length === 1 ? explainJson(reports[0] as ExplainReport) : reports.map(explainJson))}\n`,
        );
      else
        writeLines(
          process.stdout,
          reports.flatMap((report, index) => [
            ...(index === 0 ? [] : [""]),
            ...explainLines(report, colorsFor(process.stdout)),
          ]),
          8,
        );
      return EXIT.done;
    });
    return explained.catch((cause: unknown) => {
      const last = isLocked(cause) ? readLastDecisions(place.projectDir ?? process.cwd(), name) : undefined;
      if (last === undefined) throw cause;
      tellLast(last, (cause as Error).message, options.json);
      return EXIT.done;
    });
  },
});

/** What is known without the warehouse: somebody else has it. */
function tellLast(last: LastDecisions, reason: string, isJson: boolean): void {
  const note = `note: ${plainLine(reason)}; this is what the last run that ended decided`;
  writeLines(process.stderr, [note]);
  if (isJson) process.stdout.write(`${JSON.stringify(lastDecisionsJson(last))}\n`);
  else writeLines(process.stdout, lastDecisionsLines(last, colorsFor(process.stdout), widthOf(process.stdout)));
}

async function reportOf(session: ProjectSession, action: RunnableAction, plan: ProjectPlan): Promise<ExplainReport> {
  const explanation = explain(action, plan);
  const other = buildFromOtherCode(action, plan);
  if (other === undefined) return { ...explanation, codeChange: undefined };
  const { codeChange } = await import("../project/code-change.js");
  const texts = await session.warehouse.transaction((transaction) =>
    readManifestHistory(transaction, session.settings.stateDataset),
  );
  const earlier = texts.flatMap((text) => parseManifest(JSON.parse(text)) ?? []);
  return { ...explanation, codeChange: codeChange(action.node.key, other.codeHash, earlier, session.loaded.manifest) };
}
