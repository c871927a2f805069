import { type LoadError, RowFault, type RowObject } from "../../runner/api/loader.js";
import { nbacPlayByPlay } from "../raw-tables/index.js";
import { compileStamp, type RawValues } from "../stamp.js";
import { teamById } from "../teams.js";
import type { Game, Games } from "./games.js";
import { LAYOUTS } from "./layouts.js";
import type { Players } from "./players.js";
import type { Skips } from "./skips.js";
import { Cells, MALFORMED, type SourceRecord, type SourceTable } from "./source-table.js";

const MAX_EVENTS = 100_000;

export interface ShotOptions {
  readonly games: Games;
  readonly players: Players;
  readonly processedAt: string;
  readonly skips: Skips;
  /** Games whose play-by-play is there: it has more of an event, only the distance is the chart's. */
  readonly hasEvents: (game: Game) => boolean;
  /** Takes the distance of a shot of such a game. */
  readonly onDistance: (game: Game, event: string, distance: number) => void;
  /** Takes what the chart is the truth for: the shots of a game, or of one player in it. */
  readonly onCover: (game: Game, shooter: string, isOfOnePlayer: boolean, cells: Cells) => void;
}

/**
 * Streams shot charts (ShotChartDetail layout) as `nbac_play_by_play` rows. The shooter is found by his id, because names
 * are spelled differently here. Some charts say that a make was assisted, none by whom: role without player.
 */
export async function* shotRows(sources: readonly SourceTable[], options: ShotOptions): AsyncGenerator<RowObject> {
  const { games, players, processedAt, skips } = options;
  const stamp = compileStamp(nbacPlayByPlay);
  const seen = new Map<number, string>();
  for (const source of sources) {
    const cells = new Cells(source, LAYOUTS.shots);
    const shooters = new Set<string>();
    const ofGame: [Game, string][] = [];
    let hasTaken = false;
    let damage: LoadError | undefined;
    for await (const record of cells.records()) {
      try {
        const game = games.ofRecord(cells, record);
        const event = cells.int(record, "game_event_id");
        if (event < 0 || event >= MAX_EVENTS)
          cells.malformed(record, "game_event_id", `event ${event} is out of range`);
        const values = shotValues(cells, record, game, event, players);
        const shooter = String(values.player_1_lookup);
        shooters.add(shooter);
        ofGame.push([game, shooter]);
        hasTaken = true;
        if (options.hasEvents(game)) {
          if (typeof values.shot_distance === "number") options.onDistance(game, String(event), values.shot_distance);
          continue;
        }
        const row = stamp(values, processedAt, source.name);
        const key = Number(game.nbaGameId) * MAX_EVENTS + event;
        const first = seen.get(key);
        if (first !== undefined) {
          const reason = first === row.data_hash ? "exact duplicate" : "another shot has the event's number";
          cells.fail(record, "game_event_id", `event ${event} of game ${game.nbaGameId} is a duplicate`, reason);
        }
        seen.set(key, String(row.data_hash));
        yield row;
      } catch (error) {
        if (!(error instanceof RowFault)) throw error;
        if (error.reason.startsWith(MALFORMED)) {
          damage ??= error;
          skips.noteUnread(source);
        } else hasTaken = true;
        skips.add(nbacPlayByPlay, source.name, error.reason, error.message);
      }
    }
    if (damage !== undefined && !hasTaken) throw damage;
    for (const [game, shooter] of ofGame) options.onCover(game, shooter, shooters.size === 1, cells);
  }
}

function shotValues(cells: Cells, record: SourceRecord, game: Game, event: number, players: Players): RawValues {
  const teamId = cells.text(record, "team_id").replace(/\.0$/, "");
  const team = teamById(teamId)?.abbr;
  if (team === undefined || (team !== game.home && team !== game.away)) {
    const text = `team ${teamId} does not play in game ${game.nbaGameId}`;
    cells.fail(record, "team_id", text, "team that does not play in the game");
  }
  const isMade = cells.word(record, "shot_made_flag", ["0", "1", "0.0", "1.0"]).startsWith("1");
  const isAssisted = isMade && cells.optionalFlag(record, "assisted") === true;
  return {
    game_id: game.gameId,
    event_id: String(event),
    event_sequence: event,
    game_date: game.date,
    season_year: game.seasonYear,
    period: cells.int(record, "period"),
    game_clock_seconds: cells.int(record, "minutes_remaining") * 60 + cells.int(record, "seconds_remaining"),
    event_type: cells.word(record, "event_type", ["Made Shot", "Missed Shot"]),
    player_1_lookup: shooterOf(cells, record, game, team, players),
    player_1_team_abbr: team,
    player_2_lookup: null,
    player_2_team_abbr: null,
    player_2_role: isAssisted ? "assist" : null,
    shot_made: isMade,
    shot_type: shotType(cells, record),
    shot_distance: cells.optionalNumber(record, "shot_distance"),
    score_home: null,
    score_away: null,
  };
}

/** Two or three points; a chart that leaves the type out tells it by the zone, the backcourt lying behind the line. */
function shotType(cells: Cells, record: SourceRecord): string {
  const zone = cells.optional(record, "shot_zone_basic");
  if (cells.optional(record, "shot_type") === undefined && zone !== undefined) {
    return / 3$|^Backcourt$/i.test(zone) ? "3PT" : "2PT";
  }
  return cells.word(record, "shot_type", ["2PT Field Goal", "3PT Field Goal"]).slice(0, 3);
}

/** The shooter by id; of an id that no box score and no roster has, by the chart's own spelling. */
function shooterOf(cells: Cells, record: SourceRecord, game: Game, team: string, players: Players): string {
  const known = players.lookupOf(cells.int(record, "player_id"));
  if (known !== undefined) return known;
  const match = players.match(cells.text(record, "player_name"), { teams: [team], seasonYear: game.seasonYear });
  if (match.kind === "ambiguous" || match.lookup === "") {
    cells.fail(record, "player_id", "shooter has no player box score and no name of his own", "unknown shooter");
  }
  return match.lookup;
}
