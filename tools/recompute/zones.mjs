// Where a player shoots from, and how a team defends the zones against the league.
import { before } from "./history.mjs";
import { mean, ratio, roundTo, sum } from "./numbers.mjs";
import { daysBetween, seasonOf } from "./raw.mjs";

/** Shares of the shots of the last ten of some games, in percent, by zone. */
export function shares(games) {
  const shots = games.slice(0, 10);
  const of = (zone) => sum(shots.map(({ attempts }) => attempts[zone]));
  const all = of("paint") + of("mid") + of("three");
  return Object.fromEntries(["paint", "mid", "three"].map((zone) => [zone, ratio(100 * of(zone), all, 2)]));
}

/** A player's zones before a day, by Phase 4: from seven games with playing time on. */
export function playerZones(games, day) {
  const withMinutes = before(games, day).filter(({ minutes }) => (minutes ?? 0) > 0);
  if (withMinutes.length < 7) return { games: withMinutes.length };
  const of = shares(withMinutes);
  const primary =
    of.paint === undefined
      ? undefined
      : of.paint >= 40
        ? "paint"
        : of.three >= 40
          ? "perimeter"
          : of.mid >= 35
            ? "mid_range"
            : "balanced";
  return { games: withMinutes.length, ...of, primary };
}

/** Percentage points that a team allows above the league, by zone, over its last 15 games; nothing of fewer than 10. */
export function teamZones(raw, team, day) {
  const sample = before(raw.byTeam.get(team), day).slice(0, 15);
  if (sample.length < 10) return {};
  const allowed = allowedBy(raw, sample);
  const league = leagueShares(raw, day);
  const gap = (zone) => {
    const own = ratio(...allowed[zone]);
    return own === undefined ? undefined : roundTo(100 * (own - league[zone]), 2);
  };
  return { paint: gap("paint"), mid: gap("mid"), three: gap("three") };
}

/** Makes and attempts of the opponents, by zone. */
function allowedBy({ shots, teamGames }, games) {
  const events = games
    .map(({ game, opponent }) => shots.byTeam.get(`${game.id} ${opponent}`))
    .filter((one) => one !== undefined);
  const boxes = games
    .map(({ game, opponent }) => teamGames.get(`${game.id} ${opponent}`))
    .filter((one) => one !== undefined);
  const of = (list, name) => (list.length === 0 ? undefined : sum(list.map((one) => one[name])));
  return {
    paint: [of(events, "paintMade"), of(events, "paint")],
    mid: [of(events, "midMade"), of(events, "mid")],
    three: [of(boxes, "threes_made"), of(boxes, "threes")],
  };
}

const LEAGUE = { paint: 0.58, mid: 0.41, three: 0.355 };
const leagueOfDay = new Map();

/** Mean share of makes over the teams with ten games in 30 days; a constant with fewer than ten such teams. */
function leagueShares(raw, day) {
  const told = leagueOfDay.get(day);
  if (told !== undefined) return told;
  const season = seasonOf(day);
  const teams = [...raw.byTeam.values()]
    .map((games) =>
      games.filter(({ game }) => game.season === season && game.day < day && daysBetween(game.day, day) <= 30),
    )
    .filter((games) => games.length >= 10)
    .map((games) => allowedBy(raw, games));
  const found = Object.fromEntries(
    Object.entries(LEAGUE).map(([zone, otherwise]) => {
      const known = teams.map((of) => ratio(...of[zone])).filter((one) => one !== undefined);
      return [zone, known.length < 10 ? otherwise : mean(known, 4)];
    }),
  );
  leagueOfDay.set(day, found);
  return found;
}
