import { addDays } from "../calendar.js";
import { playerLookup } from "../player-lookup.js";
import { TEAMS } from "../teams.js";
import { inventNames } from "./names.js";
import { Random } from "./random.js";

export type Position = "G" | "F" | "C";

/** An invented player. Weights are relative: how often, per minute, he is the one who does it. */
export interface Player {
  readonly id: number;
  readonly name: string;
  readonly lookup: string;
  readonly position: Position;
  readonly birthDate: string;
  /** Share of his shots that are threes. */
  readonly threeShare: number;
  /** Multiplies the chance that a shot goes in; 1 is average. */
  readonly touch: number;
  readonly freeThrowPct: number;
  readonly usage: number;
  readonly assists: number;
  readonly rebounds: number;
  readonly steals: number;
  readonly blocks: number;
  readonly fouls: number;
}

/** A team in one season: its players from the first starter to the end of the bench, and its strength. */
export interface Side {
  readonly team: string;
  readonly roster: readonly Player[];
  /** Multiplies the chance that an own shot goes in. */
  readonly offense: number;
  /** Multiplies the chance that an opponent's shot goes in; below 1 is good. */
  readonly defense: number;
  /** Possessions per 48 minutes that the team likes to play. */
  readonly pace: number;
}

/** Minutes that each place on the roster plays when everyone is healthy. */
export const ROSTER_MINUTES = [35, 34, 32, 30, 28, 24, 20, 16, 12, 9, 7, 5, 4, 3, 2] as const;
/** How often each place on the roster takes the shot, relative to his minutes. */
const ROSTER_USAGE = [1.4, 1.2, 1.02, 0.92, 0.84, 0.95, 0.86, 0.82, 0.8, 0.78, 0.76, 0.75, 0.74, 0.72, 0.7];
/** The first guard makes more plays than other guards. */
const PLAYMAKER = 1.6;
const ROSTER_POSITIONS: readonly Position[] = [
  "G",
  "F",
  "C",
  "G",
  "F",
  "G",
  "F",
  "C",
  "G",
  "F",
  "F",
  "G",
  "C",
  "F",
  "G",
];
const BY_POSITION = {
  G: { threeShare: 0.45, assists: 6.4, rebounds: 3.6, steals: 1.3, blocks: 0.3 },
  F: { threeShare: 0.41, assists: 2.9, rebounds: 6.4, steals: 1, blocks: 0.75 },
  C: { threeShare: 0.14, assists: 2.3, rebounds: 10.8, steals: 0.8, blocks: 2 },
} as const;
/** Above every id that NBA.com has given. */
const FIRST_PLAYER_ID = 90_000_001;
const TRADES_PER_SUMMER = 40;

/** The 30 teams of one season of a seed. Between seasons players of equal standing are traded and teams change. */
export function makeLeague(seed: number, seasonYear: number, firstSeasonYear: number): ReadonlyMap<string, Side> {
  const rosters = firstRosters(seed);
  for (let year = firstSeasonYear + 1; year <= seasonYear; year++) trade(rosters, new Random(seed, "trades", year));
  const random = new Random(seed, "strength", seasonYear);
  return new Map(
    TEAMS.map((team, index) => [
      team.abbr,
      {
        team: team.abbr,
        roster: rosters[index]!,
        offense: random.normal(1, 0.022),
        defense: random.normal(1, 0.022),
        pace: random.normal(98.5, 1.8),
      },
    ]),
  );
}

function firstRosters(seed: number): Player[][] {
  const random = new Random(seed, "players");
  const names = inventNames(random, TEAMS.length * ROSTER_MINUTES.length);
  let next = 0;
  return TEAMS.map(() =>
    ROSTER_MINUTES.map((_, place) => inventPlayer(random, FIRST_PLAYER_ID + next, names[next++]!, place)),
  );
}

function inventPlayer(random: Random, id: number, name: string, place: number): Player {
  const position = ROSTER_POSITIONS[place]!;
  const typical = BY_POSITION[position];
  const around = (mean: number) => mean * random.normal(1, 0.16);
  return {
    id,
    name,
    lookup: playerLookup(name),
    position,
    birthDate: addDays("1990-01-01", random.int(0, 13 * 365)),
    threeShare: around(typical.threeShare),
    touch: random.normal(1, 0.035),
    freeThrowPct: Math.min(0.93, Math.max(0.5, random.normal(position === "C" ? 0.7 : 0.79, 0.06))),
    usage: around(ROSTER_USAGE[place]!),
    assists: around(typical.assists) * (place === 0 ? PLAYMAKER : 1),
    rebounds: around(typical.rebounds),
    steals: around(typical.steals),
    blocks: around(typical.blocks),
    fouls: around(position === "C" ? 1.3 : 1),
  };
}

function trade(rosters: Player[][], random: Random): void {
  for (let i = 0; i < TRADES_PER_SUMMER; i++) {
    const [one, other] = random.shuffle(rosters);
    const place = random.int(0, ROSTER_MINUTES.length - 1);
    [one![place], other![place]] = [other![place]!, one![place]!];
  }
}
