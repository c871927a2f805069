import { emptyCounts, type PlayerLine, shareMinutes, sharePlusMinus } from "./box.js";
import { type Player, ROSTER_MINUTES, type Side } from "./league.js";
import type { Random } from "./random.js";

/** A field-goal attempt or a free throw. */
export interface ShotEvent {
  readonly period: number;
  /** Left in the period. */
  readonly clockSeconds: number;
  readonly isHome: boolean;
  readonly shooter: Player;
  readonly type: "2PT" | "3PT" | "FT";
  readonly made: boolean;
  /** Feet; undefined for a free throw. */
  readonly distance: number | undefined;
  readonly second: { readonly player: Player; readonly role: "assist" | "block" } | undefined;
  readonly scoreHome: number;
  readonly scoreAway: number;
}

/** What a simulated game leaves behind. Lines are those of the players who played. */
export interface GameResult {
  readonly home: readonly PlayerLine[];
  readonly away: readonly PlayerLine[];
  readonly homeScore: number;
  readonly awayScore: number;
  readonly overtimes: number;
  readonly events: readonly ShotEvent[];
}

const ROTATION = 10;
const MAX_FOULS = 6;
const MAX_SHOTS_PER_POSSESSION = 6;
const REGULATION_PERIODS = 4;

/** Chances per possession or attempt, set so that a season looks like 2021-22: about 111 points a team. */
const TURNOVER = 0.126;
const STEAL = 0.55;
const FOULED = 0.095;
const THREE_SHOT_FOUL = 0.05;
const LOOSE_FOUL = 0.085;
const AND_ONE = 0.035;
const OFFENSIVE_REBOUND = 0.215;
/** The rest of the misses goes out of bounds: a rebound of the team, in no player's line. */
const CREDITED_REBOUND = 0.9;
const OFFENSIVE_REBOUND_AFTER_FREE_THROW = 0.1;
export const HOME_TOUCH = 1.025;

const ZONES = {
  restricted: { type: "2PT", nearest: 0, farthest: 4, make: 0.655, assisted: 0.5, blocked: 0.12 },
  paint: { type: "2PT", nearest: 5, farthest: 8, make: 0.44, assisted: 0.42, blocked: 0.1 },
  midRange: { type: "2PT", nearest: 9, farthest: 21, make: 0.415, assisted: 0.42, blocked: 0.035 },
  three: { type: "3PT", nearest: 22, farthest: 29, make: 0.356, assisted: 0.83, blocked: 0.012 },
} as const;
const TWO_POINT_ZONES = ["restricted", "paint", "midRange"] as const;
const TWO_POINT_SHARES: Readonly<Record<Player["position"], readonly number[]>> = {
  G: [0.4, 0.25, 0.35],
  F: [0.5, 0.24, 0.26],
  C: [0.6, 0.28, 0.12],
};

interface Squad {
  readonly side: Side;
  readonly isHome: boolean;
  readonly lines: PlayerLine[];
  /** Relative playing time tonight, by line. */
  readonly minutes: readonly number[];
  readonly weights: Readonly<Record<"shot" | "assist" | "rebound" | "steal" | "block" | "foul", number[]>>;
  score: number;
}

/** Plays a game possession by possession among the available players (at least eight a side). */
export function playGame(home: Side, away: Side, available: (player: Player) => boolean, random: Random): GameResult {
  const squads = [makeSquad(away, false, available, random), makeSquad(home, true, available, random)] as const;
  const [awaySquad, homeSquad] = squads;
  const possessions = (home.pace + away.pace) / 2 / REGULATION_PERIODS + random.normal(0, 0.6);
  const events: ShotEvent[] = [];
  let period = 0;
  while (period < REGULATION_PERIODS || homeSquad.score === awaySquad.score) {
    period++;
    const length = period > REGULATION_PERIODS ? 300 : 720;
    const count = Math.max(1, Math.round((possessions * length) / 720 + random.normal(0, 0.5)));
    for (let turn = 0; turn < 2 * count; turn++) {
      const clockSeconds = Math.floor(length * (1 - (turn + 0.2 + 0.6 * random.next()) / (2 * count)));
      const attacker = squads[turn % 2]!;
      const defender = squads[1 - (turn % 2)]!;
      possession(attacker, defender, random, (shot) => {
        attacker.score += shot.made ? POINTS[shot.type] : 0;
        events.push({
          ...shot,
          period,
          clockSeconds,
          isHome: attacker.isHome,
          scoreHome: homeSquad.score,
          scoreAway: awaySquad.score,
        });
      });
    }
  }
  const overtimes = period - REGULATION_PERIODS;
  const margin = homeSquad.score - awaySquad.score;
  for (const squad of squads) {
    shareMinutes(squad.lines, squad.minutes, overtimes);
    sharePlusMinus(squad.lines, squad.isHome ? margin : -margin, () => random.normal(0, 4));
  }
  return {
    home: homeSquad.lines,
    away: awaySquad.lines,
    homeScore: homeSquad.score,
    awayScore: awaySquad.score,
    overtimes,
    events,
  };
}

const POINTS = { "2PT": 2, "3PT": 3, FT: 1 } as const;

type Shot = Pick<ShotEvent, "shooter" | "type" | "made" | "distance" | "second">;

function makeSquad(side: Side, isHome: boolean, available: (player: Player) => boolean, random: Random): Squad {
  const rotation = side.roster.filter(available).slice(0, ROTATION);
  const lines = rotation.map((player) => ({ player, ...emptyCounts() }));
  const minutes = rotation.map((_, place) => ROSTER_MINUTES[place]! * random.normal(1, 0.12));
  const weigh = (rate: (player: Player) => number) => rotation.map((player, i) => minutes[i]! * rate(player));
  return {
    side,
    isHome,
    lines,
    minutes,
    weights: {
      shot: weigh((player) => player.usage),
      assist: weigh((player) => player.assists),
      rebound: weigh((player) => player.rebounds),
      steal: weigh((player) => player.steals),
      block: weigh((player) => player.blocks),
      foul: weigh((player) => player.fouls),
    },
    score: 0,
  };
}

function possession(attacker: Squad, defender: Squad, random: Random, record: (shot: Shot) => void): void {
  if (random.chance(TURNOVER)) {
    attacker.lines[random.weighted(attacker.weights.shot)]!.turnovers++;
    if (random.chance(STEAL)) defender.lines[random.weighted(defender.weights.steal)]!.steals++;
    return;
  }
  if (random.chance(LOOSE_FOUL)) foul(defender, random);
  for (let shots = 1; ; shots++) {
    const index = random.weighted(attacker.weights.shot);
    const isFouled = random.chance(FOULED) && foul(defender, random);
    const isOver = isFouled
      ? freeThrows(attacker, index, random.chance(THREE_SHOT_FOUL) ? 3 : 2, random, record)
      : fieldGoal(attacker, defender, index, random, record);
    if (isOver) return;
    const rate = isFouled ? OFFENSIVE_REBOUND_AFTER_FREE_THROW : OFFENSIVE_REBOUND;
    if (shots === MAX_SHOTS_PER_POSSESSION || !random.chance(rate)) {
      const rebounder = random.weighted(defender.weights.rebound);
      if (random.chance(CREDITED_REBOUND)) defender.lines[rebounder]!.defensiveRebounds++;
      return;
    }
    attacker.lines[random.weighted(attacker.weights.rebound)]!.offensiveRebounds++;
  }
}

/** A foul by one of the players who may still commit one; false if nobody may. */
function foul(squad: Squad, random: Random): boolean {
  const weights = squad.weights.foul;
  if (weights.every((weight) => weight === 0)) return false;
  const index = random.weighted(weights);
  if (++squad.lines[index]!.fouls === MAX_FOULS) weights[index] = 0;
  return true;
}

/** Returns whether the last one went in, which ends the possession. */
function freeThrows(squad: Squad, index: number, count: number, random: Random, record: (shot: Shot) => void): boolean {
  const line = squad.lines[index]!;
  let made = false;
  for (let i = 0; i < count; i++) {
    made = random.chance(line.player.freeThrowPct);
    line.freeThrowsAttempted++;
    if (made) {
      line.freeThrowsMade++;
      line.points++;
    }
    record({ shooter: line.player, type: "FT", made, distance: undefined, second: undefined });
  }
  return made;
}

/** Returns whether the possession is over: the shot, and the free throw after it if there is one, went in. */
function fieldGoal(
  attacker: Squad,
  defender: Squad,
  index: number,
  random: Random,
  record: (shot: Shot) => void,
): boolean {
  const line = attacker.lines[index]!;
  const shooter = line.player;
  const isThree = random.chance(shooter.threeShare);
  const zone = ZONES[isThree ? "three" : TWO_POINT_ZONES[random.weighted(TWO_POINT_SHARES[shooter.position])]!];
  const touch = shooter.touch * attacker.side.offense * defender.side.defense * (attacker.isHome ? HOME_TOUCH : 1);
  const made = random.chance(zone.make * touch);
  line.fieldGoalsAttempted++;
  if (isThree) line.threesAttempted++;
  let second: Shot["second"];
  if (made) {
    line.fieldGoalsMade++;
    line.points += POINTS[zone.type];
    if (isThree) line.threesMade++;
    if (random.chance(zone.assisted)) {
      const others = attacker.weights.assist.map((weight, i) => (i === index ? 0 : weight));
      const passer = attacker.lines[random.weighted(others)]!;
      passer.assists++;
      second = { player: passer.player, role: "assist" };
    }
  } else if (random.chance(zone.blocked)) {
    const blocker = defender.lines[random.weighted(defender.weights.block)]!;
    blocker.blocks++;
    second = { player: blocker.player, role: "block" };
  }
  record({ shooter, type: zone.type, made, distance: random.int(zone.nearest, zone.farthest), second });
  if (made && random.chance(AND_ONE) && foul(defender, random)) return freeThrows(attacker, index, 1, random, record);
  return made;
}
