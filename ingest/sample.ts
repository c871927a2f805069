import type { RowObject } from "../runner/api/loader.js";
import { LoadError, type LoaderResult, type TableBatch } from "../runner/api/loader.js";
import { seasonLabel } from "./calendar.js";
import * as tables from "./raw-tables/index.js";
import { loadConflicts } from "./raw-tables/load-conflicts.js";
import { balldontlieRows, gamebookRows, scheduleRows, teamBoxRows } from "./sample/box-rows.js";
import type { Projection } from "./sample/drafted.js";
import { bigdataballRows, nbacEventRows } from "./sample/event-rows.js";
import { backupPropRows, gameLineRows, playerPropRows } from "./sample/odds-rows.js";
import { injuryRows, playerListRows, registryRows, rosterRows, teamRows } from "./sample/people-rows.js";
import { playSeason, type Season } from "./sample/season.js";
import { compileStamp } from "./stamp.js";

const FIRST_SEASON_YEAR = 2021;
const GAMES_IN_SEASON = 1230;

const PROJECTIONS: readonly (readonly [tables.RawTable, Projection])[] = [
  [tables.nbacSchedule, scheduleRows],
  [tables.nbacGamebookPlayerStats, gamebookRows],
  [tables.bdlPlayerBoxscores, balldontlieRows],
  [tables.nbacTeamBoxscore, teamBoxRows],
  [tables.bigdataballPlayByPlay, bigdataballRows],
  [tables.nbacPlayByPlay, nbacEventRows],
  [tables.oddsApiGameLines, gameLineRows],
  [tables.oddsApiPlayerPointsProps, playerPropRows],
  [tables.bettingprosPlayerPointsProps, backupPropRows],
  [tables.nbacInjuryReport, injuryRows],
  [tables.espnTeamRosters, rosterRows],
  [tables.nbacPlayerListCurrent, playerListRows],
  [tables.nbaPlayersRegistry, registryRows],
];

const OPTIONS = {
  seed: { standard: 1, low: 0, high: 2 ** 31 - 1 },
  games: { standard: GAMES_IN_SEASON, low: 1, high: GAMES_IN_SEASON },
  seasons: { standard: 1, low: 1, high: 50 },
} as const;

/**
 * Generates synthetic seasons: 30 real teams, 450 invented players, every raw table. Options: `seed` (default 1),
 * `games` (the first so many of each season, default all 1,230) and `seasons` (default 1, from 2021-22 on). One season is
 * in memory at a time. The same options give the same rows, `processed_at` included.
 * @throws LoadError for an argument or an option that is unknown or out of range.
 */
export async function load(args: readonly string[], options: Readonly<Record<string, string>>): Promise<LoaderResult> {
  if (args.length > 0) throw usageError(`takes no argument, found "${args[0]}"`);
  const unknown = Object.keys(options).find((name) => !(name in OPTIONS));
  if (unknown !== undefined) throw usageError(`unknown option --${unknown}; known are --seed, --games and --seasons`);
  const seed = integerOption(options, "seed");
  const games = integerOption(options, "games");
  const seasons = integerOption(options, "seasons");
  const last = FIRST_SEASON_YEAR + seasons - 1;
  let done = -1;
  const of = 2 + seasons * PROJECTIONS.length;
  return {
    batches: counted(batches(seed, games, last), () => {
      done += 1;
    }),
    progress: () => ({ done: Math.max(0, done), of, unit: "table" }),
    notes: [
      `synthetic seasons ${seasonLabel(FIRST_SEASON_YEAR)} to ${seasonLabel(last)}, seed ${seed}: real teams and arenas, invented players and results`,
    ],
  };
}

/** The batches; each is told before it is given. */
function* counted(all: Iterable<TableBatch>, onBatch: () => void): Generator<TableBatch> {
  for (const batch of all) {
    onBatch();
    yield batch;
  }
}

function* batches(seed: number, games: number, lastSeasonYear: number): Generator<TableBatch> {
  // Its facts do not contradict each other.
  yield { table: loadConflicts, rows: [] };
  for (let year = FIRST_SEASON_YEAR; year <= lastSeasonYear; year++) {
    const season = playSeason(seed, year, FIRST_SEASON_YEAR, games);
    if (year === FIRST_SEASON_YEAR)
      yield { table: tables.nbacTeamList, rows: rowsOf(tables.nbacTeamList, teamRows, season) };
    for (const [table, projection] of PROJECTIONS) yield { table, rows: rowsOf(table, projection, season) };
  }
}

function* rowsOf(table: tables.RawTable, projection: Projection, season: Season): Generator<RowObject> {
  const stamp = compileStamp(table);
  const source = `synthetic season ${seasonLabel(season.seasonYear)}, seed ${season.seed}`;
  for (const { values, processedAt } of projection(season)) yield stamp(values, processedAt, source);
}

function integerOption(options: Readonly<Record<string, string>>, name: keyof typeof OPTIONS): number {
  const { standard, low, high } = OPTIONS[name];
  const text = options[name];
  if (text === undefined) return standard;
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= low && value <= high) return value;
  throw usageError(`--${name} must be a whole number from ${low} to ${high}, found "${text}"`);
}

function usageError(detail: string): LoadError {
  return new LoadError("load sample", undefined, undefined, detail);
}
