import { TEAM_BY_ABBR } from "../teams.js";
import type { Cells, SourceRecord } from "./source-table.js";

/** What the other files need to know of a scheduled game. */
export interface Game {
  readonly gameId: string;
  readonly nbaGameId: string;
  readonly date: string;
  readonly seasonYear: number;
  readonly home: string;
  readonly away: string;
  /** Milliseconds since 1970. */
  readonly tipOff: number;
  /** Regular season or post-season: the games that count. */
  readonly counts: boolean;
}

/** The schedule as an index for the files that refer to it. */
export class Games {
  readonly #byNbaId = new Map<string, Game>();
  readonly #byGameId = new Map<string, Game>();
  #byTeam: Map<string, Game[]> | undefined;

  add(game: Game): void {
    this.#byNbaId.set(game.nbaGameId, game);
    this.#byGameId.set(game.gameId, game);
    this.#byTeam = undefined;
  }

  byNbaId(nbaGameId: string): Game | undefined {
    return this.#byNbaId.get(nbaGameId);
  }

  byGameId(gameId: string): Game | undefined {
    return this.#byGameId.get(gameId);
  }

  /** The first game that counts of a team on or after a date. */
  nextGame(team: string, date: string): Game | undefined {
    this.#byTeam ??= this.#indexByTeam();
    return this.#byTeam.get(team)?.find((game) => game.date >= date);
  }

  /** The scheduled game that a record names, checked against the record's date. */
  ofRecord(cells: Cells, record: SourceRecord, dateColumn: string | undefined): Game {
    const id = cells.nbaGameId(record, "game_id");
    const game = this.byNbaId(id) ?? cells.fail(record, "game_id", `game ${id} is not in the schedule`);
    if (dateColumn === undefined) return game;
    const date = cells.date(record, dateColumn);
    if (date !== game.date) {
      cells.fail(record, dateColumn, `the schedule has game ${id} on ${game.date}, this row on ${date}`);
    }
    return game;
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

/** The team code of a record, which must be one of the 30 and one of the game's two. */
export function teamOfGame(cells: Cells, record: SourceRecord, column: string, game: Game): string {
  const team = knownTeam(cells, record, column);
  if (team !== game.home && team !== game.away) {
    cells.fail(record, column, `team ${team} does not play in game ${game.nbaGameId} (${game.away} at ${game.home})`);
  }
  return team;
}

export function knownTeam(cells: Cells, record: SourceRecord, column: string): string {
  const team = cells.text(record, column);
  if (!TEAM_BY_ABBR.has(team)) cells.fail(record, column, `unknown team "${team}"`);
  return team;
}
