// Points and confidence of the five systems by docs/prediction-systems.md, from a feature vector and the raw rows.
import { before } from "./history.mjs";
import { clamp, mean, roundTo, sum } from "./numbers.mjs";
import { daysBetween } from "./raw.mjs";

/**
 * What each system makes of a row, unrounded; without an entry where a system has too little to go on.
 * @param records mean absolute errors of the systems before the day, by system; empty: confidence alone counts
 * @param model the trained model that serves the day; undefined: the scorecard does
 */
export function predictionsOf({ raw, row, values, daysRest, quality, model, records }) {
  const base = {
    moving_average_v1: movingAverage(values, quality),
    zone_matchup_v1: zoneMatchup(values, quality),
    similarity_balanced_v1: similarGames(raw, row, values, daysRest),
    xgboost_v1: boostedTrees(values, quality, model),
  };
  const made = Object.fromEntries(Object.entries(base).filter(([, result]) => result !== undefined));
  const ensemble = ensembleOf(Object.entries(made), records, Object.keys(base).length);
  return ensemble === undefined ? made : { ...made, ensemble_v1: ensemble };
}

function movingAverage(f, quality) {
  const rest = f[16] === 1 ? -1.5 : 0.5 * f[9];
  const base = 0.5 * f[0] + 0.3 * f[1] + 0.2 * f[2];
  const venue = f[15] === 1 ? 0.5 : -0.5;
  const points = base + tired(f, -2.5, -1) + 0.3 * f[6] + rest + 0.3 * f[7] + venue + 0.4 * f[8];
  return { points: clamp(points, 0, 60), confidence: ruleConfidence(f, quality) };
}

function zoneMatchup(f, quality) {
  const uses = [
    [f[18], 1.2],
    [f[19], 1],
    [f[20], 1.1],
    [f[21], 0.8],
  ];
  const zones = uses.map(
    ([use, factor]) => clamp((f[13] - 112) * 0.3 * factor, -3, 3) * (use >= 0.4 ? 1 : use >= 0.2 ? 0.7 : 0.4),
  );
  const venue = f[15] === 1 ? 0.8 : -0.8;
  const points = f[2] + sum(zones) + 0.4 * f[7] + venue + tired(f, -1.5, -0.8);
  return { points: clamp(points, 0, 60), confidence: ruleConfidence(f, quality) };
}

/** The player's recent games that were like this one, each as it looked before it was played. */
function similarGames(raw, { player_lookup: player, day }, f, daysRest) {
  const season = before(raw.byPlayer.get(player), day);
  const now = { tier: tierOf(f[13]), rest: Math.min(daysRest ?? 1, 3), atHome: f[15] === 1, form: formOf(f[0], f[2]) };
  const compared = before(raw.byPlayer.get(player), day, 90)
    .slice(0, 30)
    .map((played) => {
      const earlier = season.slice(season.indexOf(played) + 1);
      const points = earlier.map((one) => one.points);
      const defence = before(raw.byTeam.get(played.opponent), played.game.day)
        .slice(0, 15)
        .map(({ game, opponent }) => raw.teamGames.get(`${game.id} ${opponent}`).rating);
      const then = {
        tier: tierOf(mean(defence)),
        rest: earlier.length === 0 ? 1 : Math.min(daysBetween(earlier[0].game.day, played.game.day) - 1, 3),
        atHome: played.game.home === played.team,
        form: formOf(mean(points.slice(0, 5)), mean(points)),
      };
      return { points: played.points, similarity: similarity(now, then) };
    });
  // The sort keeps the later of equal ones first.
  const alike = compared
    .filter((one) => one.similarity >= 70)
    .sort((a, b) => b.similarity - a.similarity)
    .slice(0, 20);
  if (alike.length < 5) return undefined;
  const total = sum(alike.map((one) => one.similarity));
  const baseline = sum(alike.map((one) => one.points * one.similarity)) / total;
  const points = baseline + 0.015 * (f[5] - 70) + 0.4 * f[6] + 0.8 * f[7] + 0.8 * f[8] + (f[15] === 1 ? 0.8 : -0.5);
  const [likeness, spread] = [total / alike.length, deviation(alike.map((one) => one.points))];
  const trust =
    50 +
    atLeast(alike.length, [15, 20], [10, 15], [7, 10], [0, -15]) +
    atLeast(likeness, [85, 20], [75, 15], [70, 10], [0, 5]) +
    (spread < 4 ? 15 : spread < 6 ? 8 : spread < 8 ? 3 : -5);
  return { points: clamp(points, 0, 60), confidence: clamp(trust, 0, 100) };
}

function similarity(one, other) {
  const near = (name, same, next) => [same, next][Math.abs(one[name] - other[name])] ?? 0;
  return (
    near("tier", 40, 20) +
    near("rest", 30, 15) +
    (one.atHome === other.atHome ? 15 : 0) +
    (one.form === other.form ? 15 : 5)
  );
}

/** 0 elite, 1 average, 2 weak; unknown is average. */
function tierOf(rating) {
  return rating === undefined ? 1 : rating < 110 ? 0 : rating >= 115 ? 2 : 1;
}

function formOf(recent, season) {
  if (recent === undefined || season === undefined) return 0;
  const difference = roundTo(recent - season, 9);
  return difference >= 3 ? 1 : difference <= -3 ? -1 : 0;
}

function boostedTrees(f, quality, model) {
  const trust =
    70 +
    atLeast(quality, [90, 10], [80, 7], [70, 5], [60, 2], [0, 0]) +
    (f[3] < 4 ? 10 : f[3] < 6 ? 7 : f[3] < 8 ? 5 : 2);
  const points = model === undefined ? scorecard(f) : trained(f, model);
  return { points: clamp(points, 0, 60), confidence: trust };
}

function trained(f, { base, weights, trees }) {
  const average = roundTo(sum(weights.map((weight, index) => weight * roundTo(f[index], 6))), 6);
  const leaves = trees.map((nodes) => {
    let node = nodes.get(0);
    while (node.threshold !== undefined)
      node = nodes.get(roundTo(f[node.feature], 6) <= node.threshold ? node.left : node.right);
    return node.leaf;
  });
  return base + average + sum(leaves);
}

function scorecard(f) {
  const atHome = f[15] === 1;
  return (
    0.35 * f[0] +
    0.4 * f[1] +
    0.25 * f[2] +
    (f[5] < 50 ? -2.5 : f[5] < 70 ? -1 : f[5] > 85 ? 0.5 : 0) +
    (0.35 * f[6] + 0.1 * f[7] + 0.25 * f[8]) +
    (f[13] < 108 ? -1.5 : f[13] > 118 ? 1 : 0) +
    (f[16] === 1 ? -2.2 : 0) +
    (atHome ? 1 : -0.6) +
    ({ 2: 0.8, 1: 0.4, [-1]: -0.6, [-2]: -1.2 }[f[12]] ?? 0) +
    (f[18] > 0.45 && f[13] > 115 ? 0.8 : f[20] > 0.4 && f[13] < 110 ? -0.5 : 0)
  );
}

/** The mean of the others, weighted by confidence and by the 32nd power of the best record's share in the own one. */
function ensembleOf(members, records, all) {
  if (members.length < 2) return undefined;
  const best = Math.min(...Object.values(records));
  const trusts = members.map(([system, { confidence }]) => {
    const error = records[system];
    let weight = error === undefined ? 1 : roundTo(best / error, 6);
    if (error !== undefined) for (let squared = 0; squared < 5; squared += 1) weight = roundTo(weight * weight, 9);
    return confidence * weight;
  });
  const points = members.map(([, result]) => result.points);
  const spread = roundTo(deviation(points), 6);
  const bonus = (spread < 2 ? 10 : spread < 3 ? 5 : spread < 6 ? -5 : -10) + (members.length === all ? 5 : 0);
  return {
    points: clamp(sum(points.map((value, index) => value * trusts[index])) / sum(trusts), 0, 60),
    confidence: clamp(sum(members.map(([, { confidence }]) => confidence)) / members.length + bonus, 20, 95),
  };
}

function ruleConfidence(f, quality) {
  const steady = f[3] > 6 ? -0.15 : f[3] > 4 ? -0.08 : 0;
  const rhythm = f[4] >= 3 ? 0.1 : f[4] === 2 ? 0.05 : -0.1;
  return 100 * clamp(((0.5 + steady + rhythm) * quality) / 100, 0.2, 0.8);
}

function tired(f, most, some) {
  return f[5] < 50 ? most : f[5] < 70 ? some : 0;
}

/** The value of the first step that a number reaches. */
function atLeast(value, ...steps) {
  return steps.find(([from]) => value >= from)[1];
}

/** Population deviation. */
function deviation(values) {
  const center = sum(values) / values.length;
  return Math.sqrt(sum(values.map((value) => (value - center) ** 2)) / values.length);
}
