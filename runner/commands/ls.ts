import { actionGraph } from "../graph/action-graph.js";
import { listRows } from "../report/graph-report.js";
import { alignColumns, plural, widthOf, writeLines } from "../report/text.js";
import { selectProject } from "../session/select-project.js";
import { commas, list, oneOf } from "./arguments/flags.js";
import { OVERRIDE_FLAGS, PROJECT_DIR_WORD, SELECTION_FLAGS, withCommon } from "./arguments/shared-flags.js";
import { defineCommand } from "./command.js";
import { EXIT, usageError } from "./exit.js";
import { formatOf } from "./output-format.js";
import { placeOf, selectionOf } from "./selection-options.js";

const TYPES = ["table", "incremental", "view", "operation", "assertion", "source"] as const;
const FORMATS = ["text", "names", "json"] as const;

export const command = defineCommand({
  positionals: [PROJECT_DIR_WORD],
  flags: withCommon({
    ...SELECTION_FLAGS,
    type: list(`only these: ${TYPES.join(", ")}; default: all but source`, commas),
    output: oneOf(`one of ${FORMATS.join(", ")}; default: text`, FORMATS),
    ...OVERRIDE_FLAGS,
  }),
  examples: ["fastbreak ls --select git:main+ --output names", "fastbreak ls --tags phase4 --type incremental"],

  async execute({ flags, words }): Promise<number> {
    const format = formatOf(flags);
    const wrong = flags.type.find((type) => !TYPES.some((known) => known === type));
    if (wrong !== undefined) throw usageError(`--type ${wrong} is not possible; give ${TYPES.join(", ")}`);
    const { project, selected } = await selectProject(placeOf(flags, words[0]), selectionOf(flags));
    const nodes = actionGraph(project, selected).filter(({ type }) =>
      flags.type.length === 0 ? type !== "source" : flags.type.includes(type),
    );
    if (format === "json") {
      const document = nodes.map(({ key, type, file, tags, upstreams }) => ({
        name: key,
        type,
        file: file ?? null,
        tags,
        reads: upstreams,
      }));
      process.stdout.write(`${JSON.stringify(document)}\n`);
      return EXIT.done;
    }
    if (format === "names") {
      process.stdout.write(nodes.map(({ key }) => `${key}\n`).join(""));
      return EXIT.done;
    }
    const rows = listRows(nodes);
    const whole = alignColumns(rows);
    // Where a line has no room for it, the file goes below the name.
    const fits = whole.every((line) => line.length <= widthOf(process.stdout));
    const lines = fits ? whole : rows.flatMap(([key = "", ...rest]) => [key, `    ${rest.filter(Boolean).join("  ")}`]);
    writeLines(process.stdout, [...lines, plural(nodes.length, "action")], 4);
    return EXIT.done;
  },
});
