import { addDays, daysBetween, weekday, zonedTime } from "../calendar.js";
import { gameIdOf } from "../game-id.js";
import { TEAM_BY_ABBR, TEAMS, type Team } from "../teams.js";
import { Random } from "./random.js";

/** A game of the synthetic schedule. */
export interface ScheduledGame {
  readonly gameId: string;
  readonly nbaGameId: string;
  readonly seasonYear: number;
  readonly date: string;
  readonly home: string;
  readonly away: string;
  /** Milliseconds since 1970. */
  readonly tipOff: number;
}

type Pairing = readonly [home: string, away: string];

/** Games of a typical day, Sunday to Saturday. */
const GAMES_BY_WEEKDAY = [8, 8, 6, 10.5, 4.5, 10.5, 7.5];
const OPENING_NIGHT_GAMES = 2;
const DAYS_OFF_AROUND_ALL_STAR = 6;
const MAX_ATTEMPTS = 50;

/**
 * The schedule of one season in order of tip-off: 82 games a team, 41 at home, by the league's own formula (4 games
 * within the division, 3 or 4 within the conference, 2 across), nobody on three days in a row, none on Thanksgiving,
 * Christmas Eve and around the All-Star Game.
 */
export function makeSchedule(seed: number, seasonYear: number): ScheduledGame[] {
  const pairings = makePairings(new Random(seed, "pairings", seasonYear));
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const random = new Random(seed, "dates", seasonYear, attempt);
    const dated = assignDates(pairings, seasonYear, random);
    if (dated !== undefined) return addTimes(dated, seasonYear, random);
  }
  throw new Error(`no schedule found for seed ${seed}, season ${seasonYear}`);
}

function makePairings(random: Random): Pairing[] {
  const divisions = new Map<string, Team[]>();
  for (const team of random.shuffle(TEAMS)) {
    divisions.set(team.division, [...(divisions.get(team.division) ?? []), team]);
  }
  const place = new Map([...divisions.values()].flatMap((teams) => teams.map((team, index) => [team.abbr, index])));
  const pairings: Pairing[] = [];
  const add = (home: Team, away: Team, games: number) => {
    for (let i = 0; i < games; i++) pairings.push([home.abbr, away.abbr]);
  };
  TEAMS.forEach((team, index) => {
    for (const other of TEAMS.slice(index + 1)) {
      const [first, second] = team.division < other.division ? [team, other] : [other, team];
      if (first.conference !== second.conference) {
        add(first, second, 1);
        add(second, first, 1);
        continue;
      }
      // Each team meets two of every other division of its conference three times, once with two games at home.
      const gap = (place.get(second.abbr)! - place.get(first.abbr)! + 5) % 5;
      const isOutsideDivision = first.division !== second.division;
      add(first, second, isOutsideDivision && gap === 1 ? 1 : 2);
      add(second, first, isOutsideDivision && gap === 0 ? 1 : 2);
    }
  });
  return pairings;
}

interface Day {
  readonly date: string;
  /** How many games belong on this day; 0: no games at all. */
  readonly quota: number;
}

function seasonDays(seasonYear: number): Day[] {
  const first = nthWeekday(seasonYear, 10, 2, 3);
  const last = nthWeekday(seasonYear + 1, 4, 0, 2);
  const allStarFriday = addDays(nthWeekday(seasonYear + 1, 2, 0, 3), -2);
  const free = new Set([nthWeekday(seasonYear, 11, 4, 4), `${seasonYear}-12-24`]);
  for (let day = 0; day < DAYS_OFF_AROUND_ALL_STAR; day++) free.add(addDays(allStarFriday, day));
  return Array.from({ length: daysBetween(first, last) + 1 }, (_, index) => {
    const date = addDays(first, index);
    if (free.has(date)) return { date, quota: 0 };
    if (date === last) return { date, quota: TEAMS.length / 2 };
    return { date, quota: date === first ? OPENING_NIGHT_GAMES : GAMES_BY_WEEKDAY[weekday(date)]! };
  });
}

/** The n-th given weekday (0 is Sunday) of a month. */
function nthWeekday(year: number, month: number, day: number, n: number): string {
  const first = `${year}-${String(month).padStart(2, "0")}-01`;
  return addDays(first, ((day - weekday(first) + 7) % 7) + 7 * (n - 1));
}

/** Puts every game on the day that suits its teams and the day's quota best; undefined if one finds no day. */
function assignDates(
  pairings: readonly Pairing[],
  seasonYear: number,
  random: Random,
): { date: string; pairing: Pairing }[] | undefined {
  const days = seasonDays(seasonYear);
  const load = days.map(() => 0);
  const plays = new Map(TEAMS.map((team) => [team.abbr, days.map(() => 0)]));
  const dated: { date: string; pairing: Pairing }[] = [];
  const place = (pairing: Pairing, day: number) => {
    load[day]!++;
    for (const team of pairing) plays.get(team)![day] = 1;
    dated.push({ date: days[day]!.date, pairing });
  };
  const lastDay = days.length - 1;
  const isIdle = (team: string, day: number) => plays.get(team)![day] === 0;
  // The last day, on which everyone plays, is filled first, so that the days before it make room.
  const rest = random.shuffle(pairings).filter((pairing) => {
    const isLast = pairing.every((team) => isIdle(team, lastDay));
    if (isLast) place(pairing, lastDay);
    return !isLast;
  });
  for (const pairing of rest) {
    const [home, away] = [plays.get(pairing[0])!, plays.get(pairing[1])!];
    let best = -1;
    let lowest = Number.POSITIVE_INFINITY;
    for (let day = 0; day < lastDay; day++) {
      const { quota } = days[day]!;
      if (quota === 0 || load[day]! >= Math.ceil(quota) + 2 || (day === 0 && load[0]! >= quota)) continue;
      const strain = strainOn(home, day) + strainOn(away, day);
      if (strain === Number.POSITIVE_INFINITY) continue;
      const fullness = load[day]! / quota;
      const cost = strain + 4 * fullness * fullness + random.next();
      if (cost < lowest) [best, lowest] = [day, cost];
    }
    if (best < 0) return undefined;
    place(pairing, best);
  }
  return dated;
}

/** How little a team likes to play on a day: games around it, above all the day before or after. */
function strainOn(plays: readonly number[], day: number): number {
  const at = (offset: number) => plays[day + offset] ?? 0;
  if (at(0) === 1) return Number.POSITIVE_INFINITY;
  const isThirdInARow = at(-1) + at(1) === 2 || at(-1) + at(-2) === 2 || at(1) + at(2) === 2;
  if (isThirdInARow) return Number.POSITIVE_INFINITY;
  return 1.6 * (at(-1) + at(1)) + 0.8 * (at(-2) + at(2)) + 0.4 * (at(-3) + at(3));
}

function addTimes(
  dated: readonly { date: string; pairing: Pairing }[],
  seasonYear: number,
  random: Random,
): ScheduledGame[] {
  const yearOfCentury = String(seasonYear % 100).padStart(2, "0");
  return dated
    .map(({ date, pairing: [home, away] }) => {
      const isSunday = weekday(date) === 0;
      const time = isSunday ? random.pick(["15:30:00", "18:00:00", "19:00:00"]) : random.pick(["19:00:00", "19:30:00"]);
      return { date, home, away, tipOff: zonedTime(date, time, TEAM_BY_ABBR.get(home)!.timeZone) };
    })
    .sort((a, b) => (a.date === b.date ? a.tipOff - b.tipOff || (a.home < b.home ? -1 : 1) : a.date < b.date ? -1 : 1))
    .map((game, index) => ({
      ...game,
      seasonYear,
      gameId: gameIdOf(game.date, game.away, game.home),
      nbaGameId: `002${yearOfCentury}${String(index + 1).padStart(5, "0")}`,
    }));
}
