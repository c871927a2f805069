import type { ColumnGraph } from "../check/column-lineage.js";
import type { ColumnSource } from "../googlesql/lineage.js";
import type { ManifestAction } from "../project/manifest.js";
import { suggestion } from "../project/settings.js";
import { columnLines, type Direction, lineageJson, relationLines } from "../report/lineage-report.js";
import { colorsFor, writeNote } from "../report/text.js";
import { columnsOf, type ProjectColumns } from "../session/column-graph.js";
import { loadPlace } from "../session/load-place.js";
import { findPlace } from "../session/place.js";
import { surroundingsIfFree } from "../session/surroundings.js";
import { onOff } from "./arguments/flags.js";
import { OVERRIDE_FLAGS, withCommon } from "./arguments/shared-flags.js";
import { defineCommand } from "./command.js";
import { EXIT, usageError } from "./exit.js";
import { placeOf } from "./selection-options.js";

export const command = defineCommand({
  positionals: [
    {
      name: "column",
      describe: "model.column or dataset.model.column; a model alone: all its columns",
      required: true,
    },
  ],
  flags: withCommon({
    up: onOff("only what the column is made of"),
    down: onOff("only what is made of the column, all the way"),
    ...OVERRIDE_FLAGS,
  }),
  notes: [
    "Values are followed through every model and view. What only filters, joins, groups or orders is told apart, where it stands.",
  ],
  examples: [
    "fastbreak lineage player_daily_cache.points_avg_last_5 --up",
    "fastbreak lineage nba_raw.nbac_schedule.game_date --down --json",
  ],

  async execute({ flags: options, words: [word = ""] }): Promise<number> {
    const place = findPlace(placeOf(options));
    const { manifest } = await loadPlace(place);
    const columns = await columnsOf(place, manifest, await surroundingsIfFree(place, writeNote));
    const asked = askedColumns(word, columns, new Set(manifest.actions.map(({ key }) => key)));
    const both: readonly Direction[] = ["up", "down"];
    const directions = options.up === options.down ? both : both.filter((direction) => options[direction]);
    const { graph } = columns;
    for (const note of notFollowed(manifest.actions, columns)) writeNote(note);
    if (options.json) {
      process.stdout.write(`${JSON.stringify(lineageJson(graph, asked.columns, directions))}\n`);
      return EXIT.done;
    }
    const colors = colorsFor(process.stdout);
    const lines = asked.whole
      ? relationLines(graph, asked.relation, colors)
      : asked.columns.flatMap((column) => columnLines(graph, column, directions, colors));
    process.stdout.write(`${lines.join("\n")}\n`);
    return EXIT.done;
  },
});

/** Which actions stand in no answer, and why: what is said to be made of nothing may be made of theirs. */
function notFollowed(actions: readonly ManifestAction[], { graph, unchecked }: ProjectColumns): readonly string[] {
  const unread = new Set(unchecked.map(({ action }) => action.key));
  const without = actions.filter(({ key }) => unread.has(key) || graph.relations.get(key)?.lineage === undefined);
  const keysOf = (types: readonly ManifestAction["type"][]) =>
    without.filter(({ type }) => types.includes(type)).map(({ key }) => key);
  const wrong = keysOf(["table", "view", "incremental"]);
  const made = keysOf(["operation"]).filter((key) => graph.relations.has(key));
  return [
    ...(wrong.length === 0 ? [] : [`not followed, see fastbreak check: ${listed(wrong)}`]),
    ...(made.length === 0 ? [] : [`made by operations, which are not followed: ${listed(made)}`]),
  ];
}

function listed(keys: readonly string[]): string {
  const more = keys.length - MOST_NAMED;
  return `${keys.slice(0, MOST_NAMED).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

const MOST_NAMED = 5;

interface Asked {
  readonly relation: string;
  readonly columns: readonly ColumnSource[];
  /** The model was named without a column. */
  readonly whole: boolean;
}

/** What the word names: a relation, or a column of one. */
function askedColumns(word: string, { graph, unchecked }: ProjectColumns, ofProject: ReadonlySet<string>): Asked {
  const whole = relationNamed(word, graph, ofProject);
  if (whole !== undefined) {
    const { columns = [] } = graph.relations.get(whole) ?? {};
    return { relation: whole, columns: columns.map(({ name }) => ({ relation: whole, column: name })), whole: true };
  }
  const dot = word.lastIndexOf(".");
  const [name, column] = [word.slice(0, Math.max(dot, 0)), word.slice(dot + 1)];
  const relation = dot === -1 ? undefined : relationNamed(name, graph, ofProject);
  if (relation === undefined) {
    const unknown = unchecked.find(({ action }) =>
      [action.key, action.target.name].some((key) => key === word || key === name),
    );
    if (unknown !== undefined)
      throw usageError(`the columns of ${unknown.action.key} are not known: ${unknown.reason}`);
    const keys = [...graph.relations.keys()];
    const near = [...keys, ...keys.map(plainName)];
    throw usageError(
      `no model or source is named ${dot === -1 ? word : name}${suggestion(dot === -1 ? word : name, near)}`,
    );
  }
  const found = graph.column(relation, column);
  if (found === undefined) {
    const { columns = [] } = graph.relations.get(relation) ?? {};
    const known = suggestion(
      column,
      columns.map((own) => own.name),
    );
    throw usageError(`${relation} has no column ${column}${known}`);
  }
  return { relation, columns: [{ relation, column: found }], whole: false };
}

/**
 * A name without a dataset is that of the project's own relation, whatever else stands in the warehouse: another environment's, say.
 * @throws CommandError for a name that several datasets have
 */
function relationNamed(name: string, { relations }: ColumnGraph, ofProject: ReadonlySet<string>): string | undefined {
  if (relations.has(name)) return name;
  const all = [...relations.keys()].filter((key) => plainName(key) === name);
  const own = all.filter((key) => ofProject.has(key));
  const found = own.length > 0 ? own : all;
  if (found.length > 1) throw usageError(`${name} may be any of ${found.join(", ")}; name its dataset too`);
  return found[0];
}

function plainName(key: string): string {
  return key.slice(key.lastIndexOf(".") + 1);
}
