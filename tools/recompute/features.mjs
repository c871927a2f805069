// The 25 features of docs/features.md with their labels, the quality of the row and its hash, from the raw rows.
import { createHash } from "node:crypto";
import { before, leaguePace, minutesChange, playerForm, restAdvantage, teamForm, trendOf } from "./history.mjs";
import { clamp, known, mean, roundTo, sum } from "./numbers.mjs";
import { daysBetween } from "./raw.mjs";
import { playerZones, shares, teamZones } from "./zones.mjs";

/**
 * What the rules make of the raw rows for one row of the store.
 * @returns values and labels in index order, and what they were made of
 */
export function featuresOf(
  raw,
  { player_lookup: player, day, game_id, team_abbr: team, opponent_team_abbr: opponent },
) {
  const games = raw.byPlayer.get(player) ?? [];
  const own = playerForm(games, day);
  const [ownTeam, otherTeam] = [teamForm(raw, team, day), teamForm(raw, opponent, day)];
  const zones = playerZones(games, day);
  const gaps = teamZones(raw, opponent, day);
  const game = raw.games.get(game_id);
  const report = raw.reports.get(game_id)?.find((one) => one.player === player);
  const composite = {
    fatigue: fatigue(own, ageOf(raw, player, team, day)),
    mismatch: mismatch(zones, gaps),
    pace: paceScore(ownTeam.ofTen.pace, otherTeam.ofTen.pace, leaguePace(raw, day)),
    usage: usageScore(own, starsOut(raw, game_id, team, player, day)),
  };
  const hasCache = own.recent.length >= 5;
  const isDefenceKnown = otherTeam.season.length >= 10;
  const withMinutes = shares(own.recent.filter(({ minutes }) => (minutes ?? 0) > 0));
  const share = (zone) => {
    const [phase4, phase3] = [zones[zone], withMinutes[zone]].map((one) => one && roundTo(one / 100, 6));
    return [
      zones[zone] === undefined ? undefined : (phase4 ?? 0),
      withMinutes[zone] === undefined ? undefined : (phase3 ?? 0),
    ];
  };
  const cached = (value, otherwise = value) => [hasCache ? value : undefined, otherwise];
  const eligible = ([phase4, phase3], otherwise, low, high) => ({
    value: clamp(phase4 ?? phase3 ?? otherwise, low, high),
    label: phase4 !== undefined ? "phase4" : phase3 !== undefined ? "phase3" : "default",
  });
  const fixed = (label, value) => ({ label, value });
  const ofFive = own.points.length >= 5 ? mean(own.points.slice(0, 5), 1) : undefined;
  const ofTen = mean(own.points.slice(0, 10), 1);
  const isPlayoff = game.is_playoffs || ![10, 11, 12, 1, 2, 3, 4].includes(Number(day.slice(5, 7)));
  const risk = { probable: 1, questionable: 2, doubtful: 3, out: 3 }[report?.status] ?? 0;
  const freeThrows = own.points.length >= 5 ? (own.freeThrowShare ?? 0.15) : 0.15;
  const features = [
    eligible(cached(ofFive, ofFive ?? own.pointsOfLastFive), 10, 0, 60),
    eligible(cached(ofTen), 10, 0, 60),
    eligible(cached(mean(own.points, 1)), 10, 0, 60),
    eligible(cached(own.deviation), 5, 0, 20),
    eligible(cached(own.gamesOfWeek), 3, 0, 5),
    eligible([composite.fatigue], 50, 0, 100),
    eligible([composite.mismatch], 0, -10, 10),
    eligible([composite.pace], 0, -3, 3),
    eligible([composite.usage], 0, -3, 3),
    fixed("calculated", restAdvantage(own.daysRest, otherTeam.daysRest)),
    fixed("calculated", risk),
    fixed("calculated", trendOf(own.points)),
    fixed("calculated", minutesChange(own.minutesOfTen, own.minutesOfSeason)),
    eligible(
      [isDefenceKnown ? otherTeam.allowedInFifteen.rating : undefined, otherTeam.allowedInTen.rating],
      112,
      95,
      125,
    ),
    eligible([isDefenceKnown ? otherTeam.allowedInFifteen.pace : undefined, otherTeam.ofTen.pace], 100, 90, 115),
    fixed("native", game.home === team ? 1 : 0),
    fixed("native", own.daysRest === 0 ? 1 : 0),
    fixed("native", isPlayoff ? 1 : 0),
    eligible(share("paint"), 0.3, 0, 1),
    eligible(share("mid"), 0.2, 0, 1),
    eligible(share("three"), 0.35, 0, 1),
    fixed("calculated", clamp(freeThrows, 0, 0.5)),
    eligible(cached(ownTeam.ofMonth.pace, ownTeam.ofTen.pace), 100, 90, 115),
    eligible(cached(ownTeam.ofMonth.rating, ownTeam.ofTen.rating), 112, 95, 130),
    fixed("calculated", ownTeam.season.length >= 5 ? ownTeam.wins : 0.5),
  ];
  return {
    values: features.map(({ value }) => value),
    labels: features.map(({ label }) => label),
    ...{ own, zones, gaps, composite },
  };
}

/** Mean weight of the sources, at most 75 without anything from Phase 4. */
export function qualityOf(labels) {
  const weight = { phase4: 100, native: 100, calculated: 100, phase3: 75, default: 40 };
  const found = roundTo(sum(labels.map((label) => weight[label])) / labels.length, 2);
  return labels.includes("phase4") ? found : Math.min(75, found);
}

/** The first 16 digits of SHA-256 over the canonical text of docs/hashes.md. */
export function hashOf(row, values) {
  const text =
    `{"early_season_flag": false, "feature_count": ${row.feature_count}, "feature_version": "${row.feature_version}", ` +
    `"features": [${values.map((value) => `"${roundTo(value, 6).toFixed(6)}"`).join(", ")}], "game_date": "${row.day}", ` +
    `"game_id": "${row.game_id}", "player_lookup": "${row.player_lookup}"}`;
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

/** 0 to 100, 100 is fresh. */
function fatigue(own, age = 25) {
  const rested = own.daysRest === 0 ? -15 : (own.daysRest ?? 1) >= 3 ? 5 : 0;
  const backToBacks = own.backToBacks >= 2 ? -12 : own.backToBacks === 1 ? -5 : 0;
  return clamp(
    100 +
      rested +
      (own.gamesOfWeek >= 4 ? -10 : 0) +
      (own.minutesOfWeek > 240 ? -10 : 0) +
      ((own.minutesPerGameOfWeek ?? 30) > 35 ? -8 : 0) +
      backToBacks +
      (age >= 35 ? -10 : age >= 30 ? -5 : 0),
    0,
    100,
  );
}

/** What the opponent allows above the league where the player shoots. */
function mismatch(zones, gaps) {
  const key = { paint: "paint", mid_range: "mid", perimeter: "three" }[zones.primary];
  const weighted = (zone) =>
    gaps[zone] === undefined || zones[zone] === undefined ? 0 : (gaps[zone] * zones[zone]) / 100;
  const base =
    key === undefined
      ? weighted("paint") + weighted("mid") + weighted("three")
      : (gaps[key] ?? 0) * Math.min((zones[key] ?? 50) / 50, 1);
  return roundTo(clamp(base * (Math.abs(roundTo(base, 9)) > 5 ? 1.2 : 1), -10, 10), 1);
}

function paceScore(own, opponent, league) {
  const gap = own === undefined || opponent === undefined ? 0 : roundTo((own + opponent) / 2 - league, 1);
  return roundTo(clamp(gap / 2, -3, 3), 1);
}

function usageScore(own, starsOut) {
  const projected = own.usageOfTen === undefined ? 25 : roundTo(Math.min(45, own.usageOfTen + 1.5 * starsOut), 2);
  const recent = own.usageOfSeven ?? 25;
  if (recent === 0) return 0;
  const rise = projected - recent;
  const boost = rise <= 0 || starsOut < 1 ? 0.3 : starsOut >= 2 ? 0.39 : 0.345;
  return roundTo(clamp(rise * boost, -3, 3), 1);
}

/** Teammates out or doubtful who scored 20 a game, or used 28 percent, in their last ten games. */
function starsOut(raw, gameId, team, player, day) {
  const missing = (raw.reports.get(gameId) ?? []).filter(
    (one) => one.team === team && one.player !== player && ["out", "doubtful"].includes(one.status),
  );
  return missing.filter((one) => {
    const last = before(raw.byPlayer.get(one.player), day).slice(0, 10);
    const usage = mean(known(last.map((game) => game.usage)));
    return last.length > 0 && (mean(last.map((game) => game.points)) >= 20 || (usage ?? 0) >= 28);
  }).length;
}

/** Whole years by the birth date on the team's latest roster of 90 days; undefined without. */
function ageOf({ rosters }, player, team, day) {
  const recent = rosters.filter((one) => one.team === team && one.day <= day && daysBetween(one.day, day) <= 90);
  const latest = recent
    .map((one) => one.day)
    .sort()
    .at(-1);
  const born = recent.find((one) => one.day === latest && one.player === player)?.born;
  if (!born) return undefined;
  return Number(day.slice(0, 4)) - Number(born.slice(0, 4)) - (day.slice(5) < born.slice(5) ? 1 : 0);
}
