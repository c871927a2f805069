import { daysBetween } from "../calendar.js";
import { FINAL, type Game, type GameKind, kindOf } from "./games.js";
import { type KnownGame, text } from "./known.js";
import { originOf } from "./schedule-origin.js";

/** What one schedule file says by what it holds, and so by what it lacks. */
export interface HeldSchedule {
  readonly name: string;
  readonly dates: ReadonlySet<string>;
  readonly kinds: ReadonlySet<GameKind>;
  /** The team of all its games, if there is one: of others such a file says nothing. */
  readonly team: string | undefined;
  readonly games: number;
  /** Series of the playoffs of which it has a game. */
  readonly series: ReadonlySet<string>;
}

interface HeldGame {
  readonly game: Game & { readonly nbaGameId: string };
  readonly kind: GameKind;
}

/** A file of so many days is no slice by day or month: it holds the days between its games, too. */
const FEWEST_DAYS_OF_SEASON = 45;

/** What a schedule file holds, by its games. */
export function heldSchedule(name: string, games: readonly HeldGame[]): HeldSchedule {
  const [first, ...others] = games.map(({ game }) => [game.home, game.away]);
  return {
    name,
    dates: new Set(games.map(({ game }) => game.date)),
    kinds: new Set(games.map(({ kind }) => kind)),
    team: first?.find((team) => others.every((teams) => teams.includes(team))),
    games: games.length,
    series: new Set(games.flatMap(({ game }) => seriesOf(game.nbaGameId) ?? [])),
  };
}

/**
 * Whether a file would have a stored game, were it still to be played: on one of its days, between the days of a season's
 * schedule, or in a series that it has, of which the last games may not be needed.
 */
export function wouldHold(held: HeldSchedule, { game, row }: KnownGame): boolean {
  const { date, home, away, nbaGameId } = game;
  if (nbaGameId !== undefined && !held.kinds.has(kindOf(nbaGameId))) return false;
  const isSameFile = originOf(text(row.source_file_path)).schedule === held.name;
  // One game is of two teams, and tells a file of a team from one of a day only if the file was here before.
  const isOfDay = held.games === 1 && isSameFile;
  if (held.team !== undefined && held.team !== home && held.team !== away && !isOfDay) return false;
  if (held.dates.has(date)) return true;
  if (row.game_status === FINAL) return false;
  const days = [...held.dates].sort();
  const [from = date, to = date] = [days[0], days.at(-1)];
  const isOfSeason = daysBetween(from, to) >= FEWEST_DAYS_OF_SEASON;
  if (isOfSeason && from <= date && date <= to) return true;
  const series = nbaGameId === undefined ? undefined : seriesOf(nbaGameId);
  return (isOfSeason || isSameFile) && series !== undefined && held.series.has(series);
}

/** A game of the playoffs is the last digit of its id, its series what stands before. */
function seriesOf(nbaGameId: string): string | undefined {
  return kindOf(nbaGameId) === "playoffs" ? nbaGameId.slice(0, -1) : undefined;
}
