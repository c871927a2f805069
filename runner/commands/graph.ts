import { actionGraph } from "../graph/action-graph.js";
import { GRAPH_FORMATS, graphCounts, graphDot, graphJson, graphMermaid, graphTree } from "../report/graph-report.js";
import { colorsFor, writeLines } from "../report/text.js";
import { selectProject } from "../session/select-project.js";
import { oneOf, onOff } from "./arguments/flags.js";
import { OVERRIDE_FLAGS, PROJECT_DIR_WORD, SELECTION_FLAGS, withCommon } from "./arguments/shared-flags.js";
import { defineCommand } from "./command.js";
import { EXIT } from "./exit.js";
import { formatOf } from "./output-format.js";
import { placeOf, selectionOf } from "./selection-options.js";

export const command = defineCommand({
  positionals: [PROJECT_DIR_WORD],
  flags: withCommon({
    ...SELECTION_FLAGS,
    output: oneOf(`how it is told: ${GRAPH_FORMATS.join(", ")}; default: text`, GRAPH_FORMATS),
    up: onOff("the tree from what nobody reads up to the sources"),
    all: onOff("assertions too"),
    ...OVERRIDE_FLAGS,
  }),
  notes: ["What is selected is drawn with the sources that it reads."],
  examples: ["fastbreak graph --select +player_game_summary --up", "fastbreak graph --output dot | dot -Tsvg > g.svg"],

  async execute({ flags, words }): Promise<number> {
    const format = formatOf(flags);
    const { project, selected } = await selectProject(placeOf(flags, words[0]), selectionOf(flags));
    const nodes = actionGraph(project, selected);
    const drawn = flags.all ? nodes : nodes.filter(({ type }) => type !== "assertion");
    const lines = {
      json: () => [JSON.stringify(graphJson(nodes))],
      dot: () => graphDot(drawn),
      mermaid: () => graphMermaid(drawn),
      text: () => {
        const tree = graphTree(nodes, { up: flags.up, assertions: flags.all, colors: colorsFor(process.stdout) });
        return [...tree, "", graphCounts(drawn)];
      },
    }[format]();
    if (format === "text") writeLines(process.stdout, lines, 8);
    else process.stdout.write(`${lines.join("\n")}\n`);
    return EXIT.done;
  },
});
