// npm run train: trains the trees of xgboost_v1 on a window of the feature store and stores them in the warehouse.
import yargs from "yargs";
import {
  FastbreakError,
  openProject,
  type Project,
  type RowObject,
  relationKey,
  type Transaction,
} from "../runner/api/index.js";
import { DEFAULT_OPTIONS } from "./boost.js";
import { modelRows } from "./model-rows.js";
import { playedDates, readPlayerGames, SOURCES } from "./player-games.js";
import { MODELS, storeModel, TREES } from "./store-model.js";
import { TooFewGamesError, trainModel } from "./train-model.js";

interface TrainOptions {
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly validationDays: number | undefined;
  readonly seed: number;
}

/** What came of training: the models' rows of `ml_models`, and for which last dates there were too few games. */
interface Report {
  readonly models: readonly RowObject[];
  readonly skipped: readonly { readonly to: string; readonly reason: string }[];
}

const SYSTEM = "xgboost_v1";
const FEATURE_VERSION = "v1_baseline_25";
const DAY = 86_400_000;
/** So many last days of a window decide when to stop, or the last third of a shorter one. */
const VALIDATION_DAYS = 28;

/** A mistake that the trainer's user can mend; exit code 2. */
class TrainError extends Error {}

/** Parses the arguments, trains, and prints what came of it; the exit code. */
async function main(args: readonly string[]): Promise<number> {
  try {
    const options = await argumentsOf(args);
    if (options === undefined) return 0;
    const { projectDir, database } = options;
    const place = {
      ...(projectDir === undefined ? {} : { projectDir }),
      ...(database === undefined ? {} : { database }),
    };
    const report = await train(await openProject(place), options);
    // One model was asked for, or one for every half month.
    const document = options.to === undefined ? report : report.models[0];
    process.stdout.write(options.json ? `${JSON.stringify(document)}\n` : summary(report));
    return 0;
  } catch (cause) {
    if (!(cause instanceof TrainError || cause instanceof FastbreakError)) throw cause;
    for (const line of cause.message.split("\n")) process.stderr.write(`fastbreak: ${line}\n`);
    return cause instanceof FastbreakError ? cause.exitCode : 2;
  }
}

/** What was asked for; undefined: help, which was printed. */
async function argumentsOf(args: readonly string[]) {
  const parser = yargs()
    .detectLocale(false)
    .version(false)
    .exitProcess(false)
    .strict()
    .usage(
      "Usage: npm run train [-- options]\n\n" +
        "train the trees of xgboost_v1: one model for each half month of what was predicted\nand played, or with --to a single one",
    )
    .parserConfiguration({ "dot-notation": false, "duplicate-arguments-array": false })
    .options({
      from: { type: "string", describe: "first game date to learn from; default: the first", coerce: dateOf("--from") },
      to: {
        type: "string",
        describe: "last game date that the one model may see; it serves later dates",
        coerce: dateOf("--to"),
      },
      "validation-days": {
        type: "string",
        describe: "last days of the window, which only decide when to stop; default: 28, or a third of a shorter one",
        coerce: countOf("--validation-days"),
      },
      seed: {
        type: "string",
        default: String(DEFAULT_OPTIONS.seed),
        describe: "seed of the random samples",
        coerce: countOf("--seed"),
      },
      "project-dir": { type: "string", describe: "folder with dataform.json" },
      database: { type: "string", describe: "the warehouse" },
      json: { type: "boolean", default: false, describe: "one JSON document on standard output" },
    })
    .epilogue("Example:\n  npm run train\n  npm run train -- --from 2021-10-19 --to 2022-02-28")
    .wrap(80)
    .fail((message, error) => {
      throw new TrainError((error?.message ?? message).split("\n").join(" "));
    });
  if (args.includes("--help")) {
    process.stdout.write(`${await parser.getHelp()}\n`);
    return undefined;
  }
  return parser.parseAsync([...args]);
}

function dateOf(flag: string): (text: string) => string {
  return (text) => {
    const isDate = /^\d{4}-\d\d-\d\d$/.test(text) && new Date(`${text}T00:00:00Z`).toJSON()?.slice(0, 10) === text;
    if (!isDate) throw new TrainError(`${flag} ${text} is not a calendar date; write it as YYYY-MM-DD`);
    return text;
  };
}

function countOf(flag: string): (text: string) => number {
  return (text) => {
    const count = /^\d{1,9}$/.test(text) ? Number(text) : 0;
    if (count < 1) throw new TrainError(`${flag} ${text} is not possible; give a whole number of at least 1`);
    return count;
  };
}

/** Trains up to the date that was asked for, or walks forward: each model serves the dates until the next one. */
async function train(project: Project, options: TrainOptions): Promise<Report> {
  const played = await project.transaction("train", async (transaction) => {
    await requireRelations(transaction);
    return playedDates(transaction);
  });
  const [first, last] = [played[0], played.at(-1)];
  const from = options.from ?? first;
  if (options.to !== undefined) {
    const to = options.to;
    if (from === undefined) throw new TrainError("no game with features was played yet; build and load some first");
    return { models: [await trainOne(project, from, to, options)], skipped: [] };
  }
  if (from === undefined || last === undefined)
    throw new TrainError("no game with features was played yet; build and load some first");
  const models: RowObject[] = [];
  const skipped: { to: string; reason: string }[] = [];
  for (const to of halfMonths(from, last)) {
    try {
      models.push(await trainOne(project, from, to, options));
    } catch (cause) {
      if (!(cause instanceof TrainError)) throw cause;
      skipped.push({ to, reason: cause.message });
    }
  }
  if (models.length === 0) throw new TrainError(skipped.at(-1)?.reason ?? `there is nothing to learn from ${from} on`);
  return { models, skipped };
}

/** The 15th and the last day of every month between two dates, and the second date. */
function halfMonths(from: string, last: string): string[] {
  const found: string[] = [];
  for (let day = Date.parse(`${from}T00:00:00Z`); ; day += DAY) {
    const date = new Date(day).toISOString().slice(0, 10);
    if (date >= last) return [...found, last];
    if (date.endsWith("-15") || new Date(day + DAY).getUTCDate() === 1) found.push(date);
  }
}

/** Reads, trains and stores; the model's row of `ml_models`, and whether it was new. */
async function trainOne(project: Project, from: string, to: string, options: TrainOptions): Promise<RowObject> {
  const lastDay = Date.parse(`${to}T00:00:00Z`);
  const days = Math.round((lastDay - Date.parse(`${from}T00:00:00Z`)) / DAY) + 1;
  const validationDays = options.validationDays ?? Math.min(VALIDATION_DAYS, Math.max(1, Math.floor(days / 3)));
  const validationFrom = new Date(lastDay - (validationDays - 1) * DAY).toISOString().slice(0, 10);
  if (validationFrom <= from)
    throw new TrainError(`--from ${from} leaves no days before the last ${validationDays} days to learn from`);
  const { games, names } = await project.transaction("train", async (transaction) => ({
    games: await readPlayerGames(transaction, from, to),
    names: await featureNames(transaction),
  }));
  const trained = trainOrExplain(() => trainModel(games, validationFrom, { ...DEFAULT_OPTIONS, seed: options.seed }));
  const rows = modelRows(trained, SYSTEM, { version: FEATURE_VERSION, names }, new Date());
  const isNew = await project.transaction("train", (transaction) => storeModel(transaction, rows));
  return { ...rows.model, is_new: isNew };
}

async function requireRelations(transaction: Transaction): Promise<void> {
  const relations = await transaction.relations();
  const missing = [...SOURCES, relationKey(MODELS), relationKey(TREES)].find((key) => !relations.has(key));
  if (missing !== undefined)
    throw new TrainError(`${missing} is not in the warehouse; build it first: fastbreak run --from DATE --to DATE`);
}

async function featureNames(transaction: Transaction): Promise<string[]> {
  const { rows } = await transaction.query(
    `SELECT ARRAY_TO_STRING(feature_names, ',') FROM nba_predictions.ml_feature_store_v2 WHERE feature_version = '${FEATURE_VERSION}' LIMIT 1`,
  );
  return String(rows[0]?.[0] ?? "").split(",");
}

function trainOrExplain<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw cause instanceof TooFewGamesError ? new TrainError(cause.message) : cause;
  }
}

function summary({ models, skipped }: Report): string {
  const left =
    skipped.length === 0 ? "" : `no model to ${skipped.map(({ to }) => to).join(", ")}: too few games by then\n`;
  return models.map(modelSummary).join("") + left;
}

function modelSummary(model: RowObject): string {
  const error = (name: string) => Number(model[name]).toFixed(3);
  return [
    `${model.model_id}${model.is_new ? "" : " (was there already)"}`,
    `  fitted to ${model.training_rows} games of ${model.training_from} to ${model.training_to}`,
    `  stopped by ${model.validation_rows} games of ${model.validation_from} to ${model.validation_to}:` +
      ` ${model.tree_count} of ${model.trees_grown} trees`,
    `  mean absolute error ${error("validation_mae")} points there; the season average has ${error("baseline_validation_mae")}`,
    `  serves dates after ${model.data_through}; the next run of ${SYSTEM} uses it`,
    "",
  ].join("\n");
}

process.exitCode = await main(process.argv.slice(2));
