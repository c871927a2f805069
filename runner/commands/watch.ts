import { renderProblem } from "../project/errors.js";
import { diffJson, diffLines } from "../report/diff-report.js";
import { windowText } from "../report/plan-text.js";
import { colorsFor, duration, plainLine, plural, widthOf, writeLines } from "../report/text.js";
import { findPlace } from "../session/place.js";
import { ProjectWatch, type WatchEvent } from "../session/watch-project.js";
import { onOff, wholeNumber } from "./arguments/flags.js";
import { OVERRIDE_FLAGS, PROJECT_DIR_WORD, WINDOW_FLAGS, withCommon } from "./arguments/shared-flags.js";
import { defineCommand } from "./command.js";
import { EXIT, usageError } from "./exit.js";
import { placeOf } from "./selection-options.js";
import { stopAsked } from "./stop-asked.js";
import { windowOf } from "./window.js";

const SAMPLES = 3;
const SIDES = { before: "published", after: "after a run" };

export const command = defineCommand({
  positionals: [PROJECT_DIR_WORD],
  flags: withCommon({
    ...WINDOW_FLAGS,
    "check-only": onOff("look for mistakes, compare no rows"),
    samples: wholeNumber(`rows that are shown of each kind; default: ${SAMPLES}`, 0, 1000),
    ...OVERRIDE_FLAGS,
  }),
  notes: [
    "On every save: mistakes at file:line:column, then the rows that a run would\nchange in what was edited and what reads it, for one date: the newest that the\nedited table has, unless dates are given. It is built aside; nothing stays.",
    "With --json each event is a line. Ctrl-C ends it.",
  ],
  examples: ["fastbreak watch", "fastbreak watch --date 2021-11-15"],

  async execute({ flags, words }): Promise<number> {
    const place = placeOf(flags, words[0]);
    const { engine } = findPlace(place);
    const checker = await engine.checker?.();
    if (checker === undefined) throw usageError(`--target ${engine.name} cannot check SQL without running it`);
    const stop = stopAsked();
    const watched = await ProjectWatch.start(
      {
        place,
        window: windowOf(flags),
        compares: !flags.checkOnly,
        samples: flags.samples ?? SAMPLES,
        emit: flags.json ? tellJson : tellText(),
      },
      checker,
    );
    await stop;
    watched.close();
    return EXIT.done;
  },
});

function tellJson(event: WatchEvent): void {
  const document =
    event.event === "compared"
      ? { ...event, window: event.window ?? null, diffs: undefined, ...diffJson(event.diffs, SIDES) }
      : event;
  process.stdout.write(`${JSON.stringify(document)}\n`);
}

function tellText(): (event: WatchEvent) => void {
  const colors = colorsFor(process.stdout);
  let told = "";
  const say = (lines: readonly string[]) => writeLines(process.stdout, lines, 4);
  return (event) => {
    switch (event.event) {
      case "watching":
        say([`watching ${plural(event.actions, "action")} of ${event.projectDir}; Ctrl-C ends it`]);
        return;
      case "checked": {
        const { findings, ms, quick, files, actions } = event;
        if (findings.length === 0) {
          say([
            `${colors.green("ok")}    ${files.join(", ")}: ${plural(actions, "action")} without a mistake, ${duration(ms)}`,
          ]);
          return;
        }
        const lines = findings.map((finding) => `${colors.red("error")} ${plainLine(renderProblem(finding))}`);
        // The whole project is looked at behind what was saved: what it says once more is not told again.
        if (quick || lines.join() !== told)
          say([
            ...lines,
            `      ${plural(findings.length, "error")}${quick ? " in what was saved" : ""}, ${duration(ms)}`,
          ]);
        told = quick ? lines.join() : "";
        return;
      }
      case "compared": {
        const { edited, window, diffs, left, ms } = event;
        const shown = { width: widthOf(process.stdout), colors };
        say([`${colors.bold(edited.join(", "))}: ${windowText(window)}, ${duration(ms)}`]);
        process.stdout.write(`${diffLines(diffs, SIDES, shown).join("\n")}\n`);
        if (left.length > 0) say([`note  not compared, because they read every date: ${left.join(", ")}`]);
        return;
      }
      case "not_compared":
        say(event.reasons.map((reason) => `note  the rows are not compared: ${plainLine(reason)}`));
    }
  };
}
