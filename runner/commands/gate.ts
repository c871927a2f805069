import { setTimeout as sleep } from "node:timers/promises";
import { type Command, InvalidArgumentError } from "commander";
import { askTwice } from "../gate/ask-twice.js";
import { criteriaOf, evaluateGate } from "../gate/evaluate.js";
import { explainWithoutRows } from "../gate/sources-without.js";
import type { GateResult } from "../gate/verdict.js";
import { gateJson, gateLines } from "../report/gate-report.js";
import { colorsFor } from "../report/text.js";
import type { CommandModule, CommonOptions } from "./command.js";
import { planInTransaction } from "./decide.js";
import { EXIT, usageError } from "./exit.js";
import { locateInProject } from "./locate.js";
import { addOverrideOptions, type DecideOptions, overridesOf } from "./selection-options.js";
import { type ProjectSession, withProject } from "./session.js";
import { windowOf } from "./window.js";

interface GateOptions extends CommonOptions, DecideOptions {
  readonly retryAfter?: number;
}

export const command: CommandModule = {
  configure(command: Command): void {
    command
      .option("--date <date>", "the date, YYYY-MM-DD")
      .option("--retry-after <seconds>", "when it is not ready, wait and ask once more", seconds);
    addOverrideOptions(command);
    command.addHelpText(
      "after",
      "\nAsks every assertion with the tag gate about the date; those with the tag warn too only tell.\n" +
        "Exit code 0: ready, 1: not ready.\n\nExample:\n  fastbreak gate --date 2021-11-15 --retry-after 300",
    );
  },

  async execute(command: Command): Promise<number> {
    const options = command.opts<GateOptions>();
    const date = options.date;
    windowOf(options);
    if (date === undefined) throw usageError("gate needs --date");
    const asked = () => withProject(options, overridesOf(options), (session) => ask(session, options, date));
    const { retryAfter } = options;
    // The warehouse is closed meanwhile, so that whoever prepares the date can write to it.
    const wait =
      retryAfter === undefined
        ? undefined
        : async () => {
            process.stderr.write(`note: ${date} is not ready; asking again in ${retryAfter} s\n`);
            await sleep(retryAfter * 1000);
          };
    const { answer, isRetried } = await askTwice(asked, ({ gate }) => gate.ready, wait);
    const { gate, stale } = answer;
    process.stdout.write(
      options.json
        ? `${JSON.stringify(gateJson(gate, stale, isRetried))}\n`
        : `${gateLines(gate, stale, isRetried, colorsFor(process.stdout)).join("\n")}\n`,
    );
    return gate.ready ? EXIT.done : EXIT.failed;
  },
};

async function ask(
  session: ProjectSession,
  options: GateOptions,
  date: string,
): Promise<{ readonly gate: GateResult; readonly stale: readonly string[] }> {
  const { actions } = session.project;
  const criteria = criteriaOf(actions);
  if (criteria.length === 0) throw usageError('the project has no gate: no assertion has the tag "gate"');
  await session.warehouse.prepare();
  return session.warehouse.transaction(async (transaction) => {
    const gate = await evaluateGate(transaction, actions, date, (action, text, offset) =>
      locateInProject(session.projectDir, action, text, offset),
    );
    const { plan } = await planInTransaction(transaction, session, { ...options, date });
    const judged = new Set(criteria.flatMap(({ node }) => node.upstreams.map(({ key }) => key)));
    const stale = [...plan.decisions]
      .filter(([key, decided]) => judged.has(key) && decided.some(({ decision }) => decision === "run"))
      .map(([key]) => key);
    const isStale = (key: string) => (plan.decisions.get(key) ?? []).some(({ decision }) => decision === "run");
    return { gate: await explainWithoutRows(transaction, session.project, gate, isStale), stale };
  });
}

function seconds(text: string): number {
  if (!/^\d{1,5}$/.test(text)) throw new InvalidArgumentError("write a whole number of seconds.");
  return Number(text);
}
