import { setTimeout as sleep } from "node:timers/promises";
import { askTwice } from "../gate/ask-twice.js";
import { gateJson, gateLines } from "../report/gate-report.js";
import { colorsFor, writeLines, writeNote } from "../report/text.js";
import { askGate, type GateAnswer, hasGate } from "../session/ask-gate.js";
import { nothingDue } from "../session/nothing-due.js";
import { type ProjectSession, withProject } from "../session/session.js";
import { text, wholeNumber } from "./arguments/flags.js";
import { OVERRIDE_FLAGS, withCommon } from "./arguments/shared-flags.js";
import { defineCommand } from "./command.js";
import { withDate } from "./default-date.js";
import { EXIT, usageError } from "./exit.js";
import { placeOf } from "./selection-options.js";
import { windowOf } from "./window.js";

export const command = defineCommand({
  flags: withCommon({
    date: text("the date, YYYY-MM-DD"),
    "retry-after": wholeNumber("seconds to wait before asking once more when it is not ready", 0, 86_400),
    ...OVERRIDE_FLAGS,
  }),
  notes: [
    'Asks every assertion with the tag gate about the date; those with the tag warn\ntoo only tell. Exit code 0: ready, or nothing is due by a rule under "skips" of\nfastbreak.json; 1: not ready.',
  ],
  examples: ["fastbreak gate --date 2021-11-15 --retry-after 300"],

  async execute({ flags: options }): Promise<number> {
    const { date } = withDate(options);
    if (date === undefined) throw usageError("gate needs --date");
    windowOf({ date });
    const asked = () => withProject(placeOf(options), (session) => ask(session, date));
    const { retryAfter } = options;
    // The warehouse is closed meanwhile, so that whoever prepares the date can write to it.
    const wait =
      retryAfter === undefined
        ? undefined
        : async () => {
            writeLines(process.stderr, [`note: ${date} is not ready; asking again in ${retryAfter} s`]);
            await sleep(retryAfter * 1000);
          };
    const { answer, isRetried } = await askTwice(asked, isSettled, wait);
    if (options.json) process.stdout.write(`${JSON.stringify(gateJson(answer, isRetried))}\n`);
    else writeLines(process.stdout, gateLines(answer, isRetried, colorsFor(process.stdout)), 8);
    return isSettled(answer) ? EXIT.done : EXIT.failed;
  },
});

/** What the gate says of a date, and the rule by which nothing is due on it. */
interface Answer extends GateAnswer {
  readonly nothingDue: string | undefined;
}

/** Nobody has to wait for the date: it is ready, or never will be. */
function isSettled({ gate, nothingDue: rule }: Answer): boolean {
  return gate.ready || rule !== undefined;
}

async function ask(session: ProjectSession, date: string): Promise<Answer> {
  if (!hasGate(session))
    throw usageError(
      'the project has no gate: no assertion has the tag "gate", and no source a max_age_hours or a key',
    );
  const answer = await session.warehouse.transaction((transaction) => askGate(transaction, session, date));
  return { ...answer, nothingDue: await nothingDue(session, answer.gate, writeNote) };
}
