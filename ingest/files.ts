import { LoadError, type LoaderResult, type TableBatch } from "../runner/api/loader.js";
import { timestampText } from "./calendar.js";
import { readPlayerBox, readTeamBox } from "./files/box-scores.js";
import { discover } from "./files/discover.js";
import { readGameLines } from "./files/game-lines.js";
import { readInjuries } from "./files/injuries.js";
import type { LayoutName } from "./files/layouts.js";
import { readProps } from "./files/props.js";
import { RowSink } from "./files/row-sink.js";
import { readSchedule } from "./files/schedule.js";
import { shotRows } from "./files/shots.js";
import type { SourceTable } from "./files/source-table.js";
import {
  nbacPlayByPlay,
  nbacPlayerListCurrent,
  nbacTeamList,
  nbaPlayersRegistry,
  RAW_TABLES,
} from "./raw-tables/index.js";
import { teamListRows } from "./team-list.js";

/** What a layout refers to and therefore needs beside it. */
const NEEDS: Readonly<Partial<Record<LayoutName, readonly LayoutName[]>>> = {
  player_box: ["schedule"],
  team_box: ["schedule"],
  shots: ["schedule", "player_box"],
  game_lines: ["schedule"],
  injury_transactions: ["schedule"],
};

/**
 * Imports public files: `args` are directories or files in the layouts of `files/layouts.ts`, plain, gzip or Parquet,
 * recognised by their columns. Everything but the shots is read and checked before the first batch is handed out; shots
 * stream. Takes no options.
 * @throws LoadError naming file, line and column of the first fault.
 */
export async function load(args: readonly string[], options: Readonly<Record<string, string>>): Promise<LoaderResult> {
  const [option] = Object.keys(options);
  if (option !== undefined) throw new LoadError("load files", undefined, undefined, `unknown option --${option}`);
  if (args.length === 0) throw new LoadError("load files", undefined, undefined, "name a directory or files to load");
  const processedAt = timestampText(Date.now());
  const { sources, ignored } = await discover(args);
  const of = (layout: LayoutName): readonly SourceTable[] => sources.get(layout) ?? [];
  checkNeeds(sources);

  const schedule = await readSchedule(of("schedule"), processedAt);
  const playerBox = await readPlayerBox(of("player_box"), schedule.games, processedAt);
  const teamBox = await readTeamBox(of("team_box"), schedule.games, processedAt);
  const lines = await readGameLines(of("game_lines"), schedule.games, processedAt);
  const injuries = await readInjuries(of("injury_transactions"), schedule.games, playerBox.players, processedAt);
  const props = await readProps(of("player_props"), processedAt);

  const derivedFrom = of("player_box")
    .map((source) => source.name)
    .join(" ");
  const registry = new RowSink(nbaPlayersRegistry, processedAt);
  for (const row of playerBox.players.registryRows()) registry.addDerived(row, derivedFrom);
  const playerList = new RowSink(nbacPlayerListCurrent, processedAt);
  for (const row of playerBox.players.listRows()) playerList.addDerived(row, derivedFrom);
  const teams = new RowSink(nbacTeamList, processedAt);
  for (const row of teamListRows()) teams.addDerived(row, "team list of the importer");

  async function* batches(): AsyncGenerator<TableBatch> {
    for (const sink of [teams, schedule.rows, playerBox.rows, teamBox]) yield* sink.batch();
    if (of("shots").length > 0) {
      const rows = shotRows(of("shots"), schedule.games, playerBox.players, processedAt);
      yield { table: nbacPlayByPlay, rows };
    }
    for (const sink of [lines.rows, props.rows, injuries.rows, playerList, registry]) yield* sink.batch();
  }
  /** Every raw table exists after a load, also the ones without a source: models read them all. */
  async function* allTables(): AsyncGenerator<TableBatch> {
    const loaded = new Set<string>();
    for await (const batch of batches()) {
      loaded.add(batch.table.id.name);
      yield batch;
    }
    for (const table of RAW_TABLES) if (!loaded.has(table.id.name)) yield { table, rows: [] };
  }
  return { batches: allTables(), notes: notes(of, ignored, { lines, injuries, props }) };
}

function checkNeeds(sources: ReadonlyMap<LayoutName, readonly SourceTable[]>): void {
  for (const [layout, [source]] of sources) {
    const missing = (NEEDS[layout] ?? []).filter((needed) => !sources.has(needed));
    if (source !== undefined && missing.length > 0) {
      const detail = `needs ${missing.join(" and ")} beside it, in the same directory or named in the same command`;
      throw new LoadError(source.path, undefined, undefined, `${layout} ${detail}`);
    }
  }
}

interface Counts {
  readonly lines: { readonly withoutSpread: number };
  readonly injuries: { readonly withoutGame: number; readonly withoutPlayer: number; readonly notInBoxScores: number };
  readonly props: { readonly otherMarkets: number; readonly dropped: number };
}

function notes(
  of: (layout: LayoutName) => readonly SourceTable[],
  ignored: readonly string[],
  { lines, injuries, props }: Counts,
): string[] {
  const files = (layout: LayoutName) =>
    of(layout)
      .map((source) => source.name)
      .join(", ");
  const when = (layout: LayoutName, ...texts: string[]) =>
    of(layout).length > 0 ? texts.map((text) => `${files(layout)}: ${text}`) : [`no ${layout} file: nothing loaded`];
  const counted = (count: number, text: string) => (count > 0 ? [`${count} ${text}`] : []);
  return [
    ...when("schedule", "no national TV and no neutral-site flag (NULL); play-in games are flagged as playoffs"),
    ...when("player_box", "whole minutes only; no inactive or DNP rows; no positions and no birth dates (NULL)"),
    ...when("team_box"),
    ...when("shots", "assisted makes have no assister, misses no blocker, events no score (NULL); no free throws"),
    ...when(
      "game_lines",
      "no bookmaker (key unknown), no prices (NULL), no time: dated one minute before tip-off",
      ...counted(lines.withoutSpread, "games without a spread, no spread row"),
    ),
    ...when(
      "player_props",
      "no hour of the quotes: dated 16:00 UTC of the collection day, before tip-off at the latest",
      ...counted(props.otherMarkets, "rows of other markets than points, not loaded"),
      ...counted(props.dropped, "lines offered on one side only or beside the main line, not loaded"),
    ),
    ...when(
      "injury_transactions",
      "inactive-list entries: out or available only, no time of day (report_hour counts a day's reports)",
      ...counted(injuries.withoutGame, "entries after the team's last scheduled game, not loaded"),
      ...counted(injuries.withoutPlayer, "entries without a player's name, not loaded"),
      ...counted(injuries.notInBoxScores, "players are in no box score, kept by name"),
    ),
    ...(of("starters").length > 0 ? [`${files("starters")}: no raw column is taken from this layout, not read`] : []),
    ...ignored,
    "no source for bdl_player_boxscores, bigdataball_play_by_play, bettingpros_player_points_props, espn_team_rosters",
  ];
}
