/** Shot zones: how a team defends them, how a player uses them, and what the two mean together. */

const { share } = require("./formulas");

/** Zone names and the column prefixes of a defence, in the order that decides ties. */
const DEFENDED = { paint: "paint", mid_range: "mid_range", perimeter: "three_pt" };

/** Percentage points by which a share of makes lies above the league's; positive is a weaker defence. */
function againstLeague(makes, attempts, leagueShare) {
  return `ROUND(100 * (${share(makes, attempts)} - ${leagueShare}), 2)`;
}

/** The zone whose value against the league is the extreme one. `extreme`: LEAST or GREATEST; unknown zones never win. */
function zoneOf(extreme) {
  const never = extreme === "LEAST" ? "1000" : "-1000";
  const values = Object.values(DEFENDED).map((prefix) => `IFNULL(${prefix}_defense_vs_league_avg, ${never})`);
  const cases = Object.entries(DEFENDED).map(
    ([zone, prefix]) => `WHEN ${prefix}_defense_vs_league_avg = ${extreme}(${values.join(", ")}) THEN '${zone}'`,
  );
  return `CASE ${cases.join("\n      ")} END`;
}

/** Sums over the latest 10 of the `played` games, `{column: name of the sum}`. */
function sumsLast10(columns) {
  return Object.entries(columns)
    .map(([column, name]) => `SUM(IF(latest.game_number - played.game_number < 10, played.${column}, NULL)) AS ${name}`)
    .join(",\n    ");
}

/** How well `games` fill a sample of `size`. */
function sampleQuality(games, size) {
  return (
    `CASE WHEN ${games} >= ${size} THEN 'excellent' WHEN 10 * ${games} >= ${7 * size} THEN 'good'` +
    ` WHEN 10 * ${games} >= ${5 * size} THEN 'limited' ELSE 'insufficient' END`
  );
}

module.exports = { againstLeague, zoneOf, sumsLast10, sampleQuality };
