// What a player and a team had done before a day: the latest game first, of the season only.
import { clamp, known, mean, ratio, roundTo, sampleDeviation, sum } from "./numbers.mjs";
import { daysBetween, seasonOf } from "./raw.mjs";

/** The games of a list in order of play that lie 1 to `days` before the day. */
export function before(list, day, days = 260) {
  const season = seasonOf(day);
  return (list ?? [])
    .filter(({ game }) => game.season === season && game.day < day && daysBetween(game.day, day) <= days)
    .reverse();
}

/** Points, minutes, rest and load of a player before a day. */
export function playerForm(games, day) {
  const season = before(games, day);
  const recent = before(games, day, 180);
  const points = recent.map((one) => one.points);
  const within = (days) => season.filter(({ game }) => daysBetween(game.day, day) <= days);
  const week = within(7);
  const minutesOfWeek = Math.trunc((sum(week.map(({ seconds }) => seconds ?? 0)) + 30) / 60);
  const backToBacks = season.filter(
    ({ game }, index) =>
      index + 1 < season.length &&
      daysBetween(season[index + 1].game.day, day) <= 14 &&
      daysBetween(season[index + 1].game.day, game.day) === 1,
  );
  const minutes = (list) => mean(known(list.map((one) => one.minutes)), 1);
  const usage = (count) => mean(known(season.slice(0, count).map((one) => one.usage)), 9);
  return {
    season,
    recent,
    points,
    pointsOfLastFive: mean(
      season.slice(0, 5).map((one) => one.points),
      1,
    ),
    deviation: sampleDeviation(points.slice(0, 10)),
    minutesOfTen: minutes(recent.slice(0, 10)),
    minutesOfSeason: minutes(recent),
    freeThrowShare: ratio(sum(recent.slice(0, 10).map((one) => one.freeThrows)), sum(points.slice(0, 10)), 6),
    daysRest: daysOff(season, day),
    gamesOfWeek: week.length,
    minutesOfWeek,
    minutesPerGameOfWeek: ratio(minutesOfWeek, week.length, 1),
    backToBacks: backToBacks.length,
    usageOfSeven: usage(7) === undefined ? undefined : roundTo(usage(7), 2),
    usageOfTen: usage(10),
  };
}

/** Games, pace, offence and wins of a team before a day; its defence by what its opponents did. */
export function teamForm({ byTeam, teamGames, schedules }, team, day) {
  const season = before(byTeam.get(team), day);
  const against = season
    .map((one) => teamGames.get(`${one.game.id} ${one.opponent}`))
    .filter((one) => one !== undefined);
  const last = season.slice(0, 10);
  const ofMonth = last.filter(({ game }) => daysBetween(game.day, day) <= 30);
  const means = (list) => ({
    pace: mean(known(list.map((one) => one.pace)), 1),
    rating: mean(known(list.map((one) => one.rating)), 2),
  });
  return {
    season,
    against,
    // By the schedule: a game whose box score is missing was played all the same.
    daysRest: daysOff(before(schedules.get(team), day), day),
    wins: ratio(season.filter(({ game }) => game.winner === team).length, season.length, 6),
    ofTen: means(last),
    ofMonth: means(ofMonth),
    allowedInTen: means(against.slice(0, 10)),
    allowedInFifteen: means(against.slice(0, 15)),
  };
}

/** Days without a game since the last one; undefined without one this season. */
function daysOff([last], day) {
  return last === undefined ? undefined : daysBetween(last.game.day, day) - 1;
}

/** Mean pace of the league over 30 days; 100 with fewer than 10 games. */
export function leaguePace({ teamGames }, day) {
  const month = [...teamGames.values()].filter(({ game }) => {
    const age = daysBetween(game.day, day);
    return age >= 1 && age <= 30;
  });
  const games = new Set(month.map(({ game }) => game.id));
  return games.size < 10 ? 100 : mean(known(month.map((one) => one.pace)), 1);
}

/** -2 to 2: the last two games against the three before. */
export function trendOf(points) {
  if (points.length < 5) return 0;
  return steps(3 * (points[0] + points[1]) - 2 * (points[2] + points[3] + points[4]), 12, 30);
}

/** -2 to 2: the minutes of the last ten games against the season's. */
export function minutesChange(recent, season) {
  return !recent || !season ? 0 : steps(roundTo(recent / season - 1, 9), 0.1, 0.2);
}

/** -2 to 2: more days of rest than the opponent. */
export function restAdvantage(own, opponent) {
  return own === undefined || opponent === undefined ? 0 : clamp(own - opponent, -2, 2);
}

function steps(value, small, large) {
  const size = Math.abs(value) >= large ? 2 : Math.abs(value) >= small ? 1 : 0;
  return size === 0 ? 0 : Math.sign(value) * size;
}
