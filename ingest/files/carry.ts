import type { RowObject, StoredRows } from "../../runner/api/loader.js";
import { daysBetween } from "../calendar.js";
import {
  bdlPlayerBoxscores,
  bettingprosPlayerPointsProps,
  bigdataballPlayByPlay,
  espnTeamRosters,
  nbacGamebookPlayerStats,
  nbacInjuryReport,
  nbacPlayByPlay,
  nbacTeamBoxscore,
  oddsApiGameLines,
  oddsApiPlayerPointsProps,
  type RawTable,
} from "../raw-tables/index.js";
import type { RawValues } from "../stamp.js";
import { isOfList } from "./absences.js";
import type { Changes } from "./changes.js";
import { closingTime, NO_BOOKMAKER } from "./game-lines.js";
import type { Game, Games } from "./games.js";
import { text } from "./known.js";
import type { RowSink } from "./row-sink.js";

/** How a table's rows refer to games and players. */
interface Reference {
  readonly table: RawTable;
  /** `fact`: of the game whenever it is played. `quote`: of an event around a date. `report`: of the team's next game. */
  readonly game?: "fact" | "quote" | "report";
  /** Lookups that come from the league's id. */
  readonly playersById?: readonly string[];
  /** The lookup that comes from a name. */
  readonly playerByName?: string;
  /** The column of the player's team, where there is one. */
  readonly team?: string;
}

const REFERENCES: readonly Reference[] = [
  { table: nbacGamebookPlayerStats, game: "fact", playersById: ["player_lookup"] },
  { table: bdlPlayerBoxscores, game: "fact", playerByName: "player_lookup", team: "team_abbr" },
  { table: nbacTeamBoxscore, game: "fact" },
  { table: nbacPlayByPlay, game: "fact", playersById: ["player_1_lookup", "player_2_lookup"] },
  { table: bigdataballPlayByPlay, game: "fact", playersById: ["player_1_lookup", "player_2_lookup"] },
  { table: oddsApiGameLines, game: "quote" },
  { table: oddsApiPlayerPointsProps, game: "quote", playerByName: "player_lookup" },
  { table: bettingprosPlayerPointsProps, playerByName: "player_lookup" },
  { table: nbacInjuryReport, game: "report", playerByName: "player_lookup", team: "team" },
  { table: espnTeamRosters, playerByName: "player_lookup", team: "team_abbr" },
];

/**
 * Carries stored rows over to what is now known: rows of a game that moved go with it, rows of a player whose lookup is
 * another now get it, quotes that waited for their game or player find it. What the load's own files say goes first.
 */
export async function carryStored(
  stored: StoredRows,
  sinkOf: (table: RawTable) => RowSink,
  changes: Changes,
): Promise<void> {
  for (const reference of REFERENCES) await carryTable(stored, reference, sinkOf(reference.table), changes);
}

async function carryTable(stored: StoredRows, reference: Reference, sink: RowSink, changes: Changes): Promise<void> {
  const { table } = reference;
  const gameIds = reference.game === undefined ? [] : await gamesToCarry(stored, reference, changes);
  const lookups = await lookupsToCarry(stored, reference, changes);
  if (gameIds.length + lookups.length === 0) return;
  const playerColumns = [...(reference.playersById ?? []), ...(reference.playerByName ? [reference.playerByName] : [])];
  const columns = [...(reference.game === undefined ? [] : ["game_id"]), ...playerColumns];
  const rows = await stored.read(
    table,
    table.columns.map(({ name }) => name),
    { columns, values: [...gameIds, ...lookups] },
  );
  for (const row of rows) {
    if (table === nbacInjuryReport && isOfList(row)) continue;
    const next = carried(row, reference, changes);
    if (next !== undefined && table.columns.every(({ name }) => next[name] === row[name])) continue;
    const isReplaced = next === undefined || sink.isCovered(next) || sink.has(next);
    sink.vacate(row);
    if (!isReplaced) sink.addDerived({ ...next }, text(row.source_file_path));
  }
}

/** The ids of stored games whose rows may belong to another now. */
async function gamesToCarry(stored: StoredRows, { table, game }: Reference, changes: Changes): Promise<string[]> {
  const ids = new Set<string>();
  if (changes.moved.size === 0 && (game === "fact" || !changes.hasNewGames)) return [];
  const columns =
    table === oddsApiGameLines ? ["game_id", "game_date", "bookmaker_key", "snapshot_timestamp"] : ["game_id"];
  for (const row of await stored.read(table, columns)) {
    const id = text(row.game_id);
    const isOrphan = game !== "fact" && changes.hasNewGames && changes.games.byGameId(id) === undefined;
    if (changes.moved.has(id) || isOrphan || redated(row, changes.games) !== undefined) ids.add(id);
  }
  return [...ids];
}

/** The stored lookups that may mean another player now. */
async function lookupsToCarry(stored: StoredRows, reference: Reference, changes: Changes): Promise<string[]> {
  const { players, renamed, hasNewPlayers } = changes;
  const byId = reference.playersById === undefined ? [] : [...renamed.keys()];
  if (reference.playerByName === undefined || !hasNewPlayers) return byId;
  const lookups = (await stored.read(reference.table, [reference.playerByName])).map((row) =>
    text(row[reference.playerByName as string]),
  );
  return [...byId, ...lookups.filter((lookup) => renamed.has(lookup) || !players.isCertain(lookup))];
}

/** The row as it should be now; undefined if its name cannot be told from that of another player. */
function carried(row: RowObject, reference: Reference, changes: Changes): RawValues | undefined {
  const next: RawValues = { ...row };
  if (reference.game !== undefined) {
    const game = gameNow(row, reference, changes);
    if (game !== undefined) setGame(next, game);
  }
  const snapshot = redated(next, changes.games);
  if (snapshot !== undefined) next.snapshot_timestamp = snapshot;
  for (const column of reference.playersById ?? []) {
    const renamed = changes.renamed.get(text(next[column]));
    if (renamed !== undefined) next[column] = renamed;
  }
  if (reference.playerByName !== undefined && changes.hasNewPlayers) {
    const teams = reference.team === undefined ? teamsIn(text(next.game_id)) : [text(next[reference.team])];
    const seasonYear = changes.games.byGameId(text(next.game_id))?.seasonYear;
    const match = changes.players.match(text(next[reference.playerByName]), { teams, seasonYear });
    if (match.kind === "ambiguous") return undefined;
    next[reference.playerByName] = match.lookup;
  }
  return next;
}

function gameNow(row: RowObject, { game: kind }: Reference, { games, moved }: Changes): Game | undefined {
  const id = text(row.game_id);
  const game = moved.get(id);
  if (kind === "fact") return game;
  if (game !== undefined && Math.abs(daysBetween(text(row.game_date), game.date)) <= 1) return game;
  if (game !== undefined && kind === "report") return games.nextGame(text(row.team), text(row.report_date)) ?? game;
  const [away, home] = teamsIn(id);
  if (away === undefined || home === undefined || games.byGameId(id) !== undefined) return undefined;
  return games.ofEvent(home, away, text(row.game_date));
}

/** The time of a closing line without one of its own, if the game now starts at another. */
function redated(row: RowObject | RawValues, games: Games): string | undefined {
  if (row.bookmaker_key !== NO_BOOKMAKER) return undefined;
  const snapshot = closingTime(text(row.game_date), games.byGameId(text(row.game_id))?.tipOff);
  return snapshot === row.snapshot_timestamp ? undefined : snapshot;
}

/** Away and home team of a game id. */
function teamsIn(gameId: string): string[] {
  return gameId.split("_").slice(1);
}

/** Makes a row one of another game: whatever columns of the game it has. */
function setGame(row: RawValues, game: Game): void {
  row.game_id = game.gameId;
  row.game_date = game.date;
  if ("home_team_abbr" in row) row.home_team_abbr = game.home;
  if ("away_team_abbr" in row) row.away_team_abbr = game.away;
  if ("is_home" in row) row.is_home = row.team_abbr === game.home;
  if ("season_year" in row) row.season_year = game.seasonYear;
}
