import { timestampText, zonedTime } from "../calendar.js";
import { gameIdOf } from "../game-id.js";
import { nbacSchedule } from "../raw-tables/index.js";
import type { RawValues } from "../stamp.js";
import { TEAM_BY_ABBR } from "../teams.js";
import type { Conflicts } from "./conflicts.js";
import { FINAL, type Game, type GameKind, isCounting, kindOf, seasonOf, teamCode } from "./games.js";
import { LAYOUTS } from "./layouts.js";
import { type HeldSchedule, heldSchedule } from "./schedule-held.js";
import { readRecords, type Skips } from "./skips.js";
import type { Cells, SourceRecord, SourceTable } from "./source-table.js";

/** A game as a schedule has it. */
export interface ScheduledGame {
  readonly game: Game & { readonly nbaGameId: string };
  readonly kind: GameKind;
  readonly status: number;
  readonly homeScore: number | null;
  readonly awayScore: number | null;
  readonly isNeutral: boolean | null;
  readonly arenaZone: string | null;
  readonly file: string;
  readonly place: string;
}

/** What schedule files say: their games, and file by file what they hold. */
export interface ScheduleFiles {
  readonly games: ReadonlyMap<string, ScheduledGame>;
  readonly held: readonly HeldSchedule[];
}

/**
 * Reads schedules. A game that occurs twice is taken once: as it ended rather than as it was planned, and on its later
 * date, for games are put off.
 */
export async function readSchedule(
  sources: readonly SourceTable[],
  skips: Skips,
  conflicts: Conflicts,
): Promise<ScheduleFiles> {
  const games = new Map<string, ScheduledGame>();
  const held: HeldSchedule[] = [];
  for (const source of sources) {
    const own: ScheduledGame[] = [];
    await readRecords([source], LAYOUTS.schedule, nbacSchedule, skips, (cells, record) => {
      const next = readGame(cells, record);
      const { game } = next;
      own.push(next);
      const known = games.get(game.nbaGameId);
      games.set(game.nbaGameId, known === undefined ? next : chosen(known, next, skips, conflicts));
    });
    // A row that could not be read may be of a game that seems to be missing.
    if (skips.isWhole(source.path)) held.push(heldSchedule(source.name, own));
  }
  return { games, held };
}

function chosen(a: ScheduledGame, b: ScheduledGame, skips: Skips, conflicts: Conflicts): ScheduledGame {
  const facts = ({ game, status, homeScore, awayScore }: ScheduledGame) =>
    [game.gameId, status, homeScore, awayScore, game.tipOff].join(" ");
  const id = a.game.nbaGameId;
  if (facts(a) === facts(b)) {
    skips.add(nbacSchedule, b.file, "exact duplicate", `${b.place}: duplicate game ${id}; the first is at ${a.place}`);
    return a;
  }
  const rank = (one: ScheduledGame) => `${one.status} ${one.game.date} ${facts(one)}`;
  const [taken, left] = rank(a) > rank(b) ? [a, b] : [b, a];
  const text = `${left.place}: game ${id} is at ${taken.place} too, there ${taken.game.date}, here ${left.game.date}`;
  skips.add(nbacSchedule, left.file, "game that occurs again, moved or played since", text);
  if (a.status === FINAL && b.status === FINAL) {
    conflicts.add({
      identifier: id,
      table: "nba_raw.nbac_schedule",
      field: taken.game.date === left.game.date ? "home_team_score" : "game_date",
      description: `the schedule has game ${id} twice, as final and differently; the later one is taken`,
      taken: facts(taken),
      other: facts(left),
      gameDate: taken.game.date,
      seasonYear: taken.game.seasonYear,
    });
  }
  return taken;
}

function readGame(cells: Cells, record: SourceRecord): ScheduledGame {
  const nbaGameId = cells.nbaGameId(record, "gid");
  const kind = kindOf(nbaGameId);
  const counts = isCounting(kind);
  const team = (code: string, id: string) => {
    const abbr = teamCode(cells, record, code, id);
    // Pre-season guests and All-Star sides are not among the 30 teams; where games count, everybody is.
    if (counts && !TEAM_BY_ABBR.has(abbr)) cells.fail(record, code, `unknown team "${abbr}"`, "unknown team");
    return abbr;
  };
  const home = team("h.ta", "h.tid");
  const away = team("v.ta", "v.tid");
  if (home === away) cells.fail(record, "v.ta", `${away} cannot play against itself`, "team against itself");
  const date = cells.date(record, "etdate");
  const status = statusOf(cells, record);
  const isFinal = status === FINAL;
  const homeScore = isFinal ? cells.optionalCount(record, "h.s") : null;
  const awayScore = isFinal ? cells.optionalCount(record, "v.s") : null;
  // Nobody ends at 0 to 0: such a game was called off, and has neither score nor winner.
  const isPlayed = (homeScore ?? 0) + (awayScore ?? 0) > 0;
  const homeTeam = TEAM_BY_ABBR.get(home);
  const isNeutral = cells.optionalFlag(record, "neutral");
  const isAtHomeArena = homeTeam !== undefined && cells.optional(record, "ac") === homeTeam.arenaCity;
  return {
    game: {
      gameId: gameIdOf(date, away, home),
      nbaGameId,
      date,
      seasonYear: seasonOf(nbaGameId),
      home,
      away,
      tipOff: tipOffOf(cells, record, date),
      counts,
    },
    kind,
    status,
    homeScore: isPlayed ? homeScore : null,
    awayScore: isPlayed ? awayScore : null,
    isNeutral,
    arenaZone: isAtHomeArena && isNeutral !== true ? homeTeam.timeZone : null,
    file: cells.source.name,
    place: cells.place(record, "gid"),
  };
}

/** 1 scheduled, 2 running, 3 final; where a schedule has no status, a final game is told by its score. */
function statusOf(cells: Cells, record: SourceRecord): number {
  if (cells.optional(record, "st") === undefined) return (cells.optionalCount(record, "h.s") ?? 0) > 0 ? FINAL : 1;
  return Number(cells.word(record, "st", ["1", "2", "3", "1.0", "2.0", "3.0"]));
}

/** The start; undefined where the schedule has no time yet. */
function tipOffOf(cells: Cells, record: SourceRecord, date: string): number | undefined {
  const utc = cells.optional(record, "tipoff");
  if (utc !== undefined && /T\d\d:\d\d.*Z$/.test(utc) && !Number.isNaN(Date.parse(utc))) return Date.parse(utc);
  const time = /(?:^|T)([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?/.exec(cells.optional(record, "ettime") ?? "");
  if (time === null) return undefined;
  return zonedTime(date, `${time[1]}:${time[2]}:${time[3] ?? "00"}`, "America/New_York");
}

/** The raw row of a game. Pre-season games and games of other kinds carry none of the three flags; play-in games are playoffs. */
export function scheduleRow(
  game: Game & { readonly nbaGameId: string },
  facts: Pick<ScheduledGame, "status" | "homeScore" | "awayScore" | "isNeutral" | "arenaZone">,
): RawValues {
  const kind = kindOf(game.nbaGameId);
  const { homeScore, awayScore } = facts;
  const hasWinner = homeScore !== null && awayScore !== null && homeScore !== awayScore;
  return {
    game_id: game.gameId,
    nba_game_id: game.nbaGameId,
    season_year: game.seasonYear,
    game_date: game.date,
    game_date_est: game.tipOff === undefined ? null : timestampText(game.tipOff),
    game_status: facts.status,
    home_team_tricode: game.home,
    away_team_tricode: game.away,
    is_regular_season: kind === "regular",
    is_playoffs: kind === "playoffs" || kind === "play-in",
    is_all_star: kind === "all-star",
    is_primetime: null,
    neutral_site_flag: facts.isNeutral,
    arena_timezone: facts.arenaZone,
    home_team_score: homeScore,
    away_team_score: awayScore,
    winning_team_tricode: hasWinner ? (homeScore > awayScore ? game.home : game.away) : null,
  };
}
