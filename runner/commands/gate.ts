import { setTimeout as sleep } from "node:timers/promises";
import { askTwice } from "../gate/ask-twice.js";
import { criteriaOf, evaluateGate } from "../gate/evaluate.js";
import { judgeFreshness } from "../gate/freshness.js";
import { judgeSourceKeys } from "../gate/source-keys.js";
import { explainWithoutRows } from "../gate/sources-without.js";
import { type GateResult, gateResult } from "../gate/verdict.js";
import { locateInProject } from "../project/locate.js";
import { gateJson, gateLines } from "../report/gate-report.js";
import { colorsFor, writeLines } from "../report/text.js";
import { type PlanRequest, planInTransaction } from "../session/plan-request.js";
import { type ProjectSession, withProject } from "../session/session.js";
import { text, wholeNumber } from "./arguments/flags.js";
import { OVERRIDE_FLAGS, withCommon } from "./arguments/shared-flags.js";
import { defineCommand } from "./command.js";
import { EXIT, usageError } from "./exit.js";
import { placeOf, requestOf } from "./selection-options.js";

export const command = defineCommand({
  flags: withCommon({
    date: text("the date, YYYY-MM-DD"),
    "retry-after": wholeNumber("seconds to wait before asking once more when it is not ready", 0, 86_400),
    ...OVERRIDE_FLAGS,
  }),
  notes: [
    "Asks every assertion with the tag gate about the date; those with the tag warn\ntoo only tell. Exit code 0: ready, 1: not ready.",
  ],
  examples: ["fastbreak gate --date 2021-11-15 --retry-after 300"],

  async execute({ flags: options }): Promise<number> {
    const { date } = options;
    if (date === undefined) throw usageError("gate needs --date");
    const request = requestOf({ date, from: undefined, to: undefined });
    const asked = () => withProject(placeOf(options), (session) => ask(session, request, date));
    const { retryAfter } = options;
    // The warehouse is closed meanwhile, so that whoever prepares the date can write to it.
    const wait =
      retryAfter === undefined
        ? undefined
        : async () => {
            writeLines(process.stderr, [`note: ${date} is not ready; asking again in ${retryAfter} s`]);
            await sleep(retryAfter * 1000);
          };
    const { answer, isRetried } = await askTwice(asked, ({ gate }) => gate.ready, wait);
    const { gate, stale } = answer;
    if (options.json) process.stdout.write(`${JSON.stringify(gateJson(gate, stale, isRetried))}\n`);
    else writeLines(process.stdout, gateLines(gate, stale, isRetried, colorsFor(process.stdout)), 8);
    return gate.ready ? EXIT.done : EXIT.failed;
  },
});

async function ask(
  session: ProjectSession,
  request: PlanRequest,
  date: string,
): Promise<{ readonly gate: GateResult; readonly stale: readonly string[] }> {
  const { actions } = session.project;
  const criteria = criteriaOf(actions);
  const { sources } = session.settings;
  const isAsked = Object.values(sources).some(
    ({ max_age_hours, key }) => max_age_hours !== undefined || key !== undefined,
  );
  if (criteria.length === 0 && !isAsked)
    throw usageError(
      'the project has no gate: no assertion has the tag "gate", and no source a max_age_hours or a key',
    );
  return session.warehouse.transaction(async (transaction) => {
    const gate = await evaluateGate(transaction, actions, date, (action, text, offset) =>
      locateInProject(session.projectDir, action, text, offset),
    );
    const { plan } = await planInTransaction(transaction, session, request);
    const judged = new Set(criteria.flatMap(({ node }) => node.upstreams.map(({ key }) => key)));
    const stale = [...plan.decisions]
      .filter(([key, decided]) => judged.has(key) && decided.some(({ decision }) => decision === "run"))
      .map(([key]) => key);
    const isStale = (key: string) => (plan.decisions.get(key) ?? []).some(({ decision }) => decision === "run");
    const read = actions.flatMap(({ node }) => node.upstreams.map(({ key }) => key));
    const fresh = await judgeFreshness(transaction, read, sources, new Date());
    const keyed = await judgeSourceKeys(transaction, read, sources);
    const explained = await explainWithoutRows(transaction, session.project, gate, isStale);
    return { gate: gateResult(date, [...explained.verdicts, ...fresh, ...keyed]), stale };
  });
}
