import type { StoredRows } from "../../runner/api/loader.js";
import { espnTeamRosters, nbacPlayerListCurrent, nbaPlayersRegistry } from "../raw-tables/index.js";
import { fileIsOfOne } from "./box-lines.js";
import { hasPlayed, type PlacedPlayerLine } from "./box-scores.js";
import type { Conflicts } from "./conflicts.js";
import type { Game } from "./games.js";
import { readKnownIds, readKnownSights, text } from "./known.js";
import { Players } from "./players.js";
import type { RosterLine } from "./rosters.js";
import { RowSink } from "./row-sink.js";
import type { Skips } from "./skips.js";

export interface People {
  readonly players: Players;
  /** Stored lookups that are now others. */
  readonly renamed: ReadonlyMap<string, string>;
  /** Every stored lookup of a player with an id. */
  readonly knownLookups: readonly string[];
}

/** Puts together who is known: the box scores and rosters of this load, and of earlier ones what this one does not replace. */
export async function gatherPeople(
  stored: StoredRows,
  placed: readonly PlacedPlayerLine[],
  rosters: readonly RosterLine[],
  moved: ReadonlyMap<string, Game>,
  skips: Skips,
): Promise<People> {
  const players = new Players();
  const ids = new Map<string, number>();
  const list = await readKnownIds(stored);
  for (const row of list) if (typeof row.player_id === "number") ids.set(text(row.player_lookup), row.player_id);
  const seen = await noteStored(stored, players, ids, placed, rosters, moved, skips);
  for (const row of list) {
    const id = row.player_id;
    if (typeof id !== "number") continue;
    const seasonYear = Number(row.season_year);
    if (!seen.has(id)) {
      const [name, team] = [text(row.player_full_name), text(row.team_abbr)];
      players.note({ id, name, team, seasonYear, date: `${seasonYear}-10-01`, hasPlayed: false, isBox: false });
    }
    players.describe(id, row.position as string | null, row.birth_date as string | null);
  }
  for (const { line, game, team } of placed) {
    const { playerId: id, name } = line;
    const { seasonYear, date } = game;
    players.note({ id, name, team, seasonYear, date, hasPlayed: hasPlayed(line), isBox: true });
  }
  const byDate = [...rosters].sort((a, b) => (a.rosterDate < b.rosterDate ? -1 : 1));
  for (const { playerId: id, name, team, seasonYear, rosterDate: date, position, birthDate } of byDate) {
    if (id === undefined) continue;
    players.note({ id, name, team, seasonYear, date, hasPlayed: false, isBox: false });
    players.describe(id, position, birthDate);
  }
  players.settle();
  const renamed = new Map<string, string>();
  for (const [lookup, id] of ids) {
    const now = players.lookupOf(id);
    if (now !== undefined && now !== lookup) renamed.set(lookup, now);
  }
  return { players, renamed, knownLookups: [...ids.keys()] };
}

/** Notes the stored box scores and rosters that the files do not replace. @returns the ids that have any stored sight */
async function noteStored(
  stored: StoredRows,
  players: Players,
  ids: ReadonlyMap<string, number>,
  placed: readonly PlacedPlayerLine[],
  rosters: readonly RosterLine[],
  moved: ReadonlyMap<string, Game>,
  skips: Skips,
): Promise<Set<number>> {
  const ofOnePlayer = fileIsOfOne(
    placed.map(({ line }) => line),
    ({ playerId }) => String(playerId),
  );
  const replaced = new Set(
    placed.map(({ line, game, team }) => {
      const { path } = line.cells.source;
      const isOfTeam = !ofOnePlayer.has(path) && skips.isWhole(path);
      return `${game.gameId} ${isOfTeam ? team : line.playerId}`;
    }),
  );
  const seen = new Set<number>();
  if (ids.size === 0) return seen;
  for (const row of await readKnownSights(stored)) {
    const id = ids.get(text(row.player_lookup));
    if (id === undefined) continue;
    seen.add(id);
    const game = moved.get(text(row.game_id));
    const gameId = game?.gameId ?? text(row.game_id);
    const team = text(row.team_abbr);
    if (replaced.has(`${gameId} ${team}`) || replaced.has(`${gameId} ${id}`)) continue;
    players.note({
      id,
      name: text(row.player_name),
      team,
      seasonYear: Number(row.season_year),
      date: game?.date ?? text(row.game_date),
      hasPlayed: row.player_status === "active",
      isBox: true,
    });
  }
  const whole = rosters.filter(({ cells }) => skips.isWhole(cells.source.path));
  const replacedRosters = new Set(whole.map(({ rosterDate, team }) => `${rosterDate} ${team}`));
  const columns = ["roster_date", "team_abbr", "player_lookup", "player_full_name", "season_year"];
  for (const row of await stored.read(espnTeamRosters, columns)) {
    const id = ids.get(text(row.player_lookup));
    if (id === undefined) continue;
    seen.add(id);
    const [date, team] = [text(row.roster_date), text(row.team_abbr)];
    if (replacedRosters.has(`${date} ${team}`)) continue;
    const [name, seasonYear] = [text(row.player_full_name), Number(row.season_year)];
    players.note({ id, name, team, seasonYear, date, hasPlayed: false, isBox: false });
  }
  return seen;
}

/** The rows of `nba_players_registry` and `nbac_player_list_current`, which follow from everything that is known. */
export function peopleRows(
  { players, knownLookups }: People,
  sourceFile: string,
  processedAt: string,
  skips: Skips,
  conflicts: Conflicts,
): RowSink[] {
  return [
    { table: nbacPlayerListCurrent, rows: players.listRows() },
    { table: nbaPlayersRegistry, rows: players.registryRows() },
  ].map(({ table, rows }) => {
    const sink = new RowSink(table, processedAt, skips, conflicts);
    for (const lookup of knownLookups) sink.cover(["player_lookup"], [lookup]);
    for (const row of rows) {
      sink.addDerived(row, sourceFile);
      sink.cover(["player_lookup"], [row.player_lookup ?? null]);
    }
    return sink;
  });
}
