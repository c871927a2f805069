import { HOME_TOUCH } from "./game.js";
import { type Player, ROSTER_MINUTES, type Side } from "./league.js";
import type { PlayedGame } from "./season.js";

/** Points of an average team against an average team: from the field, which strength moves, and from the line. */
const FIELD_POINTS = 94;
const FREE_THROW_POINTS = 16;
const TYPICAL_PACE = 98.5;
const ROTATION = 10;

/** What a bookmaker who knows both teams expects; it knows nothing of tonight's draws. */
export function expectedScore({ homeSide, awaySide }: Pick<PlayedGame, "homeSide" | "awaySide">) {
  const pace = (homeSide.pace + awaySide.pace) / 2 / TYPICAL_PACE;
  const points = (own: Side, other: Side, touch: number) =>
    pace * (FIELD_POINTS * own.offense * other.defense * touch + FREE_THROW_POINTS);
  return { home: points(homeSide, awaySide, HOME_TOUCH), away: points(awaySide, homeSide, 1) };
}

/** The team's points shared out over its available players by minutes, usage and what their shots are worth. */
export function expectedPlayerPoints(available: readonly Player[], teamPoints: number) {
  const weighted = available.slice(0, ROTATION).map((player, place) => ({
    player,
    weight: ROSTER_MINUTES[place]! * player.usage * player.touch * (1 + 0.05 * player.threeShare),
  }));
  const total = weighted.reduce((sum, { weight }) => sum + weight, 0);
  return weighted.map(({ player, weight }) => ({ player, expected: (teamPoints * weight) / total }));
}
