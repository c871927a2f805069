import type { Player, Side } from "./league.js";
import { Random } from "./random.js";

export type InjuryStatus = "out" | "doubtful" | "questionable" | "probable" | "available";

/** One report on a player for one game. */
export interface Report {
  readonly player: Player;
  /** Eastern hour of the game day. */
  readonly hour: number;
  readonly status: InjuryStatus;
  readonly reason: string;
  readonly category: string;
}

interface Absence {
  gamesLeft: number;
  readonly reason: string;
  readonly category: string;
}

const NEW_ABSENCE = 0.013;
const GAME_TIME_DECISION = 0.018;
const MOST_OUT = 5;
const NOON_REPORT = 13;
const EVENING_REPORT = 17;
/** Rest is for one game; the others draw their length. */
const REASONS = [
  { weight: 5, category: "injury", reason: "Injury/Illness - Ankle; Sprain" },
  { weight: 4, category: "injury", reason: "Injury/Illness - Knee; Soreness" },
  { weight: 3, category: "injury", reason: "Injury/Illness - Hamstring; Strain" },
  { weight: 2, category: "injury", reason: "Injury/Illness - Lower Back; Tightness" },
  { weight: 3, category: "illness", reason: "Injury/Illness - Non-Covid; Illness" },
  { weight: 2, category: "rest", reason: "Rest" },
  { weight: 1, category: "personal", reason: "Personal Reasons" },
];
/** Shortest and longest absence in games, by how likely that kind is. */
const LENGTHS = [
  { weight: 5, low: 1, high: 2 },
  { weight: 3, low: 3, high: 6 },
  { weight: 1.5, low: 7, high: 20 },
];

/** Who is hurt: one team's season, asked game by game in order. */
export class Availability {
  readonly #absences = new Map<string, Absence>();
  readonly #random: Random;

  constructor(seed: number, seasonYear: number, team: string) {
    this.#random = new Random(seed, "injuries", seasonYear, team);
  }

  /** The reports before the team's next game and the players who will miss it. */
  nextGame(side: Side): { reports: Report[]; missing: ReadonlySet<Player> } {
    const reports: Report[] = [];
    const missing = new Set<Player>();
    for (const player of side.roster) {
      const absence = this.#absences.get(player.lookup);
      if (absence !== undefined) this.#goOn(player, absence, reports, missing);
      else this.#maybeBegin(player, reports, missing);
    }
    return { reports, missing };
  }

  #goOn(player: Player, absence: Absence, reports: Report[], missing: Set<Player>): void {
    const { reason, category } = absence;
    if (absence.gamesLeft > 0) {
      absence.gamesLeft--;
      missing.add(player);
      if (absence.gamesLeft === 0) reports.push({ player, hour: NOON_REPORT, status: "doubtful", reason, category });
      reports.push({ player, hour: EVENING_REPORT, status: "out", reason, category });
      return;
    }
    this.#absences.delete(player.lookup);
    const status = this.#random.chance(0.5) ? "questionable" : "probable";
    reports.push({ player, hour: NOON_REPORT, status, reason, category });
    reports.push({ player, hour: EVENING_REPORT, status: "available", reason, category });
  }

  #maybeBegin(player: Player, reports: Report[], missing: Set<Player>): void {
    const random = this.#random;
    const begins = random.chance(NEW_ABSENCE);
    const decided = random.chance(GAME_TIME_DECISION);
    const { reason, category } = REASONS[random.weighted(REASONS.map(({ weight }) => weight))]!;
    const { low, high } = LENGTHS[random.weighted(LENGTHS.map(({ weight }) => weight))]!;
    const games = category === "rest" ? 1 : random.int(low, high);
    if (begins && missing.size < MOST_OUT) {
      this.#absences.set(player.lookup, { gamesLeft: games - 1, reason, category });
      missing.add(player);
      reports.push({ player, hour: EVENING_REPORT, status: "out", reason, category });
    } else if (decided) {
      // A game-time decision: he stays questionable in the report and plays.
      reports.push({ player, hour: NOON_REPORT, status: "questionable", reason, category });
    }
  }
}
