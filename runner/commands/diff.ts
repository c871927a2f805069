import type { TableDiff } from "../diff/table-diff.js";
import { EVERYTHING, type Selection } from "../plan/select.js";
import { DIFF_FORMATS, diffJson, diffLines, diffMarkdown } from "../report/diff-report.js";
import { colorsFor, widthOf, writeLines } from "../report/text.js";
import { WorkProgress } from "../report/work-progress.js";
import { diffEnvironments, diffWorkingTree } from "../session/diff-session.js";
import { withProject } from "../session/session.js";
import { commas, list, oneOf, text, wholeNumber } from "./arguments/flags.js";
import { OVERRIDE_FLAGS, SELECTION_FLAGS, WINDOW_FLAGS, withCommon } from "./arguments/shared-flags.js";
import { defineCommand } from "./command.js";
import { EXIT, usageError } from "./exit.js";
import { formatOf } from "./output-format.js";
import { placeOf, requestOf, selectionOf } from "./selection-options.js";

const SAMPLES = 5;
/** What `--against` calls the environment without a suffix. */
const NO_SUFFIX = "none";

export const command = defineCommand({
  positionals: [
    { name: "models", describe: "names of tables or views; default: all tables that a run would change", many: true },
  ],
  flags: withCommon({
    git: text("only what was edited since this git reference"),
    against: text("compare with the environment of this schema suffix; none: the one without"),
    key: list("the columns that tell rows apart, instead of the models' own", commas),
    samples: wholeNumber(`rows that are shown of each kind; default: ${SAMPLES}`, 0, 1000),
    output: oneOf(`how it is told: ${DIFF_FORMATS.join(", ")}; default: text`, DIFF_FORMATS),
    ...WINDOW_FLAGS,
    ...SELECTION_FLAGS,
    ...OVERRIDE_FLAGS,
  }),
  notes: [
    "What is edited is built as a run would build it, compared with what is\npublished, and rolled back: nothing stays. --against builds nothing.",
    "Exit code 0: equal; 6: different.",
  ],
  examples: [
    "fastbreak diff player_game_summary --date 2021-11-15",
    "fastbreak diff --git main --output markdown",
    "fastbreak diff --schema-suffix dev --against none",
  ],

  async execute({ flags, words }): Promise<number> {
    const format = formatOf(flags);
    const request = requestOf(flags, selected(flags, words));
    const progress = WorkProgress.ofCommand(format !== "text");
    const { against } = flags;
    const options = {
      key: flags.key,
      samples: flags.samples ?? SAMPLES,
      views: words.length + flags.select.length + flags.actions.length > 0,
      onAction: (key: string, done: number, of: number) =>
        progress.show({ parts: { done, of, unit: "action" }, rows: undefined, now: key }),
    };
    const found = await withProject(placeOf(flags), (session) =>
      against === undefined
        ? diffWorkingTree(session, request, options)
        : diffEnvironments(session, request, against === NO_SUFFIX ? "" : against, options),
    ).finally(() => progress.end());
    const { diffs, unmade } = against === undefined || options.views ? { diffs: found, unmade: [] } : standing(found);
    if (unmade.length > 0 && format !== "json")
      writeLines(process.stderr, [`note: not made in this environment, so not compared: ${unmade.join(", ")}`]);
    const sides =
      against === undefined
        ? { before: "published", after: "after a run" }
        : { before: against === NO_SUFFIX ? "without suffix" : `in ${against}`, after: "here" };
    const document = {
      text: () => diffLines(diffs, sides, { width: widthOf(process.stdout), colors: colorsFor(process.stdout) }),
      json: () => [JSON.stringify({ ...diffJson(diffs, sides), not_made: unmade })],
      markdown: () => diffMarkdown(diffs, sides),
    }[format]();
    process.stdout.write(`${document.join("\n")}\n`);
    return diffs.every(isSame) ? EXIT.done : EXIT.differs;
  },
});

/**
 * What an environment has made, and what it has not: made with --defer it reads the rest where it is published. One that has made
 * nothing of what is compared lacks all of it.
 */
function standing(found: readonly TableDiff[]): {
  readonly diffs: readonly TableDiff[];
  readonly unmade: readonly string[];
} {
  const made = found.filter(({ status }) => status !== "gone");
  if (made.length === 0) return { diffs: found, unmade: [] };
  return { diffs: made, unmade: found.filter(({ status }) => status === "gone").map(({ key }) => key) };
}

function isSame({ status }: TableDiff): boolean {
  return status === "equal";
}

/** Names, selectors and a git reference narrow each other; without any of them it is what a run would change. */
function selected(
  flags: Parameters<typeof selectionOf>[0] & { readonly git: string | undefined; readonly against: string | undefined },
  words: readonly string[],
): Selection {
  const given = selectionOf(flags);
  if (words.length > 0 && given.select.length > 0) throw usageError("give names of models or --select, not both");
  const names = words.length > 0 ? words : given.select;
  const edited = flags.git === undefined ? undefined : `git:${flags.git}`;
  if (edited !== undefined)
    return { ...given, select: names.length === 0 ? [edited] : names.map((name) => `${name},${edited}`) };
  const isOpen = names.length + given.actions.length + given.tags.length === 0;
  if (!isOpen) return { ...given, select: names };
  return flags.against === undefined ? { ...EVERYTHING, exclude: given.exclude, select: ["state:stale"] } : given;
}
