import type { RowObject } from "../../runner/api/loader.js";
import { nbacPlayByPlay } from "../raw-tables/index.js";
import { compileStamp } from "../stamp.js";
import { TEAMS } from "../teams.js";
import type { Game, Games } from "./games.js";
import { LAYOUTS } from "./layouts.js";
import type { Players } from "./players.js";
import { Cells, type SourceRecord, type SourceTable } from "./source-table.js";

const TEAM_ABBR_BY_ID = new Map(TEAMS.map((team) => [String(team.id), team.abbr]));
const MAX_EVENTS = 100_000;

/**
 * Streams shot charts (ShotChartDetail layout) as `nbac_play_by_play` rows. The shooter is found by his id, because names
 * are spelled differently here. The layout says that a make was assisted but not by whom: role without player.
 */
export async function* shotRows(
  sources: readonly SourceTable[],
  games: Games,
  players: Players,
  processedAt: string,
): AsyncGenerator<RowObject> {
  const stamp = compileStamp(nbacPlayByPlay);
  const seen = new Set<number>();
  for (const source of sources) {
    const cells = new Cells(source, LAYOUTS.shots);
    for await (const record of source.records(LAYOUTS.shots)) {
      const game = games.ofRecord(cells, record, undefined);
      const event = cells.int(record, "game_event_id");
      const key = Number(game.nbaGameId) * MAX_EVENTS + event;
      if (event < 0 || event >= MAX_EVENTS || seen.has(key)) {
        cells.fail(record, "game_event_id", `event ${event} of game ${game.nbaGameId} is a duplicate or out of range`);
      }
      seen.add(key);
      yield stamp(shotValues(cells, record, game, event, players), processedAt, source.name);
    }
  }
}

function shotValues(cells: Cells, record: SourceRecord, game: Game, event: number, players: Players) {
  const shooter = players.lookupOf(cells.int(record, "player_id"));
  if (shooter === undefined) {
    const name = cells.optional(record, "player_name") ?? "without a name";
    cells.fail(record, "player_id", `shooter ${name} has no player box score`);
  }
  const teamId = cells.text(record, "team_id");
  const team = TEAM_ABBR_BY_ID.get(teamId);
  if (team === undefined || (team !== game.home && team !== game.away)) {
    cells.fail(record, "team_id", `team ${teamId} does not play in game ${game.nbaGameId}`);
  }
  const isMade = cells.word(record, "shot_made_flag", ["0", "1"]) === "1";
  const isAssisted = isMade && cells.optional(record, "assisted") === "1";
  return {
    game_id: game.gameId,
    event_id: String(event),
    event_sequence: event,
    game_date: game.date,
    season_year: game.seasonYear,
    period: cells.int(record, "period"),
    game_clock_seconds: cells.int(record, "minutes_remaining") * 60 + cells.int(record, "seconds_remaining"),
    event_type: cells.word(record, "event_type", ["Made Shot", "Missed Shot"]),
    player_1_lookup: shooter,
    player_1_team_abbr: team,
    player_2_lookup: null,
    player_2_team_abbr: null,
    player_2_role: isAssisted ? "assist" : null,
    shot_made: isMade,
    shot_type: cells.word(record, "shot_type", ["2PT Field Goal", "3PT Field Goal"]).slice(0, 3),
    shot_distance: cells.optionalNumber(record, "shot_distance"),
    score_home: null,
    score_away: null,
  };
}
