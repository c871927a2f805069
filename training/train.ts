// npm run train: trains the trees of xgboost_v1 on a window of the feature store and stores them in the warehouse.
import { type Command, InvalidArgumentError } from "commander";
import type { CommandModule, CommonOptions } from "../runner/commands/command.js";
import { EXIT, usageError } from "../runner/commands/exit.js";
import { runCommand } from "../runner/commands/run-command.js";
import { addDays } from "../runner/plan/dates.js";
import { type RowObject, relationKey, type Transaction, type Warehouse } from "../runner/port/port.js";
import { announced } from "../runner/session/announce.js";
import { findPlace, withWarehouse } from "../runner/session/place.js";
import { DEFAULT_OPTIONS } from "./boost.js";
import { modelRows } from "./model-rows.js";
import { readPlayerGames, SOURCES } from "./player-games.js";
import { MODELS, storeModel, TREES } from "./store-model.js";
import { TooFewGamesError, trainModel } from "./train-model.js";

interface TrainOptions extends CommonOptions {
  readonly from: string;
  readonly to: string;
  readonly validationDays: number;
  readonly seed: number;
}

const SYSTEM = "xgboost_v1";
const FEATURE_VERSION = "v1_baseline_25";

const command: CommandModule = {
  configure(command: Command): void {
    command
      .requiredOption("--from <date>", "first game date to learn from", parseDate)
      .requiredOption("--to <date>", "last game date that training may see; the model serves later dates", parseDate)
      .option("--validation-days <n>", "last days of the window, which only decide when to stop", parseCount, 28)
      .option("--seed <n>", "seed of the random samples", parseCount, DEFAULT_OPTIONS.seed)
      .addHelpText("after", "\nExample:\n  npm run train -- --from 2021-10-19 --to 2022-02-28");
  },

  async execute(command: Command): Promise<number> {
    const options = command.opts<TrainOptions>();
    const place = findPlace(options);
    const report = await withWarehouse(place, false, (warehouse) =>
      announced(place, "train", () => train(warehouse, options)),
    );
    process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : summary(report));
    return EXIT.done;
  },
};

/** Reads, trains and stores; the model's row of `ml_models`, and whether it was new. */
async function train(warehouse: Warehouse, options: TrainOptions): Promise<RowObject> {
  const validationFrom = addDays(options.to, 1 - options.validationDays);
  if (validationFrom <= options.from)
    throw usageError(
      `--from ${options.from} leaves no days before the last ${options.validationDays} days to learn from`,
    );
  const { games, names } = await warehouse.transaction(async (transaction) => {
    await requireRelations(transaction);
    return {
      games: await readPlayerGames(transaction, options.from, options.to),
      names: await featureNames(transaction),
    };
  });
  const trained = trainOrExplain(() => trainModel(games, validationFrom, { ...DEFAULT_OPTIONS, seed: options.seed }));
  const rows = modelRows(trained, SYSTEM, { version: FEATURE_VERSION, names }, new Date());
  const isNew = await warehouse.transaction((transaction) => storeModel(transaction, rows));
  return { ...rows.model, is_new: isNew };
}

async function requireRelations(transaction: Transaction): Promise<void> {
  const relations = await transaction.relations();
  const missing = [...SOURCES, relationKey(MODELS), relationKey(TREES)].find((key) => !relations.has(key));
  if (missing !== undefined)
    throw usageError(`${missing} is not in the warehouse; build it first: fastbreak run --from DATE --to DATE`);
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
    throw cause instanceof TooFewGamesError ? usageError(cause.message) : cause;
  }
}

function summary(model: RowObject): string {
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

function parseDate(text: string): string {
  if (!/^\d{4}-\d\d-\d\d$/.test(text) || Number.isNaN(Date.parse(text)))
    throw new InvalidArgumentError("give a date as YYYY-MM-DD");
  return text;
}

function parseCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError("give a whole number of at least 1");
  return count;
}

process.exitCode = await runCommand("train", "train the trees of xgboost_v1", command, process.argv.slice(2));
