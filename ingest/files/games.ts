import { addDays, daysBetween } from "../calendar.js";
import { gameIdOf } from "../game-id.js";
import { TEAM_BY_ABBR, teamByCode, teamById } from "../teams.js";
import type { Cells, SourceRecord } from "./source-table.js";

/** `game_status` of a game that is over. */
export const FINAL = 3;

/** What the first three digits of an NBA.com game id say. Other kinds exist (the NBA Cup final is 006) and count for nothing. */
const KINDS = {
  "001": "preseason",
  "002": "regular",
  "003": "all-star",
  "004": "playoffs",
  "005": "play-in",
} as const;
export type GameKind = (typeof KINDS)[keyof typeof KINDS] | "other";

export function kindOf(nbaGameId: string): GameKind {
  const prefix = nbaGameId.slice(0, 3);
  return prefix in KINDS ? KINDS[prefix as keyof typeof KINDS] : "other";
}

/** The first year of the season that a game id names. */
export function seasonOf(nbaGameId: string): number {
  const yearOfCentury = Number(nbaGameId.slice(3, 5));
  return yearOfCentury + (yearOfCentury >= 46 ? 1900 : 2000);
}

/** Whether the games of a kind count: regular season and post-season. */
export function isCounting(kind: GameKind): boolean {
  return kind === "regular" || kind === "playoffs" || kind === "play-in";
}

/** What the other files need to know of a game. */
export interface Game {
  readonly gameId: string;
  /** Undefined for a game that another loader stored without it. */
  readonly nbaGameId: string | undefined;
  readonly date: string;
  readonly seasonYear: number;
  readonly home: string;
  readonly away: string;
  /** Milliseconds since 1970; undefined where the schedule has no time. */
  readonly tipOff: number | undefined;
  /** Regular season or post-season: the games that count. */
  readonly counts: boolean;
}

/** The games known, from the files and from earlier loads, as an index for the files that refer to them. */
export class Games {
  readonly #byNbaId = new Map<string, Game>();
  readonly #byGameId = new Map<string, Game>();
  #byTeam: Map<string, Game[]> | undefined;

  add(game: Game): void {
    if (game.nbaGameId !== undefined) this.#byNbaId.set(game.nbaGameId, game);
    this.#byGameId.set(game.gameId, game);
    this.#byTeam = undefined;
  }

  get isEmpty(): boolean {
    return this.#byGameId.size === 0;
  }

  byNbaId(nbaGameId: string): Game | undefined {
    return this.#byNbaId.get(nbaGameId);
  }

  byGameId(gameId: string): Game | undefined {
    return this.#byGameId.get(gameId);
  }

  /** The games that count of a team, in the order of their dates. */
  ofTeam(team: string): readonly Game[] {
    this.#byTeam ??= this.#indexByTeam();
    return this.#byTeam.get(team) ?? [];
  }

  /** The first of them on or after a date. */
  nextGame(team: string, date: string): Game | undefined {
    return this.ofTeam(team).find((game) => game.date >= date);
  }

  /** The game of a team on a date, else within a day of it. */
  gameOf(team: string, date: string): Game | undefined {
    const near = this.ofTeam(team).filter((game) => Math.abs(daysBetween(date, game.date)) <= 1);
    return near.find((game) => game.date === date) ?? (near.length === 1 ? near[0] : undefined);
  }

  /**
   * The game of an event that names its teams and a date: theirs on that date, else within a day of it, for sources
   * differ in the zone of their dates. At a neutral site either team may be called the home team; a game with the teams as
   * named goes before, for two teams may meet on two days in a row, at one's and at the other's.
   */
  ofEvent(home: string, away: string, date: string): Game | undefined {
    const pairs = [
      [away, home],
      [home, away],
    ] as const;
    for (const [visitor, host] of pairs) {
      for (const days of [0, -1, 1]) {
        const game = this.byGameId(gameIdOf(addDays(date, days), visitor, host));
        if (game !== undefined) return game;
      }
    }
    return undefined;
  }

  /** The game that a record names by the league's id. */
  ofRecord(cells: Cells, record: SourceRecord): Game {
    const id = cells.nbaGameId(record, "game_id");
    return (
      this.byNbaId(id) ?? cells.fail(record, "game_id", `game ${id} is not in the schedule`, "game not in the schedule")
    );
  }

  #indexByTeam(): Map<string, Game[]> {
    const index = new Map<string, Game[]>();
    const counted = [...this.#byGameId.values()].filter((game) => game.counts);
    for (const game of counted.sort((a, b) => (a.date < b.date ? -1 : 1))) {
      for (const team of [game.home, game.away]) index.set(team, [...(index.get(team) ?? []), game]);
    }
    return index;
  }
}

/** The team of a record by its league id, else by its code, the codes of former names included; else the code as it is. */
export function teamCode(cells: Cells, record: SourceRecord, codeColumn: string, idColumn: string): string {
  const id = cells.optional(record, idColumn)?.replace(/\.0$/, "");
  const byId = id === undefined ? undefined : teamById(id);
  if (byId !== undefined) return byId.abbr;
  const code = cells.text(record, codeColumn);
  return teamByCode(code)?.abbr ?? code.toUpperCase();
}

/** The team of a record, which must be one of its game's two. */
export function teamOfGame(cells: Cells, record: SourceRecord, code: string, game: Game): string {
  if (code === game.home || code === game.away) return code;
  if (game.counts && !TEAM_BY_ABBR.has(code)) {
    return cells.fail(record, "team_abbreviation", `unknown team "${code}"`, "unknown team");
  }
  return cells.fail(
    record,
    "team_abbreviation",
    `team ${code} does not play in game ${game.nbaGameId ?? game.gameId} (${game.away} at ${game.home})`,
    "team that does not play in the game",
  );
}
