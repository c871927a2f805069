import type { RowObject, StoredRows } from "../../runner/api/loader.js";
import { nbacGamebookPlayerStats, nbacTeamBoxscore } from "../raw-tables/index.js";
import { text } from "./known.js";
import type { RowSink } from "./row-sink.js";

/** With fewer players a side is not whole, and their points are not the team's. */
const FEWEST_PLAYERS = 5;

/** What the box scores of games sum up to. */
export interface BoxPoints {
  /** Whether a game has a box score. */
  has(gameId: string): boolean;
  /** A team's points: its own row's, else the sum of its players'; undefined where not all of them are known. */
  of(gameId: string, team: string): number | undefined;
}

/**
 * Sums up the box scores of some games as they stand once the load is written: its own rows and the stored ones that it
 * leaves. So every row counts once, in however many files it stands and in however many loads a game's files come.
 */
export async function readBoxPoints(
  stored: StoredRows,
  gameIds: readonly string[],
  playerRows: RowSink,
  teamRows: RowSink,
): Promise<BoxPoints> {
  const wanted = new Set(gameIds);
  const played = new Set<string>();
  const sides = new Map<string, (number | undefined)[]>();
  const points = new Map<string, number | undefined>();
  for (const row of await standing(stored, playerRows, PLAYER_COLUMNS, wanted)) {
    played.add(text(row.game_id));
    if (row.player_status !== "active") continue;
    const key = sideOf(row);
    const side = sides.get(key) ?? [];
    sides.set(key, side);
    side.push(numberOf(row));
  }
  for (const [key, ofPlayers] of sides) {
    if (ofPlayers.length >= FEWEST_PLAYERS) points.set(key, sumOf(ofPlayers));
  }
  for (const row of await standing(stored, teamRows, TEAM_COLUMNS, wanted)) {
    played.add(text(row.game_id));
    const own = numberOf(row);
    if (own !== undefined) points.set(sideOf(row), own);
  }
  return { has: (gameId) => played.has(gameId), of: (gameId, team) => points.get(`${gameId} ${team}`) };
}

const PLAYER_COLUMNS = [...nbacGamebookPlayerStats.primaryKey, "team_abbr", "player_status", "points"];
const TEAM_COLUMNS = [...nbacTeamBoxscore.primaryKey, "points"];

/** The rows of some games that a table has after the load. */
async function standing(
  stored: StoredRows,
  sink: RowSink,
  columns: readonly string[],
  gameIds: ReadonlySet<string>,
): Promise<RowObject[]> {
  const own = sink.rows().filter((row) => gameIds.has(text(row.game_id)));
  if (gameIds.size === 0) return own;
  const before = await stored.read(sink.table, columns, { columns: ["game_id"], values: [...gameIds] });
  return [...own, ...before.filter((row) => sink.leaves(row))];
}

function sideOf(row: RowObject): string {
  return `${row.game_id} ${row.team_abbr}`;
}

function numberOf({ points }: RowObject): number | undefined {
  return typeof points === "number" ? points : undefined;
}

/** Undefined if one of them is: then nobody knows the sum. */
function sumOf(values: readonly (number | undefined)[]): number | undefined {
  return values.reduce<number | undefined>(
    (sum, value) => (sum === undefined || value === undefined ? undefined : sum + value),
    0,
  );
}
