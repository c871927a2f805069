/** Looking a player up in the registry. */
const { seasonName } = require("./formulas");

/** The latest registry row per key, with a total order. */
function latest(registry, key) {
  return (
    `(SELECT ${key}, universal_player_id FROM ${registry} WHERE universal_player_id IS NOT NULL\n` +
    `    QUALIFY ROW_NUMBER() OVER (PARTITION BY ${key}\n` +
    `      ORDER BY season DESC, last_game_date DESC, team_abbr, universal_player_id) = 1)`
  );
}

/** The joins that `universalId` reads: same team and season, then same season, then the latest season. */
function registryJoins(registry, player) {
  const season = seasonName(`${player}.season_year`);
  return (
    `LEFT JOIN ${latest(registry, "player_lookup, season, team_abbr")} AS by_team\n` +
    `    ON by_team.player_lookup = ${player}.player_lookup AND by_team.season = ${season}\n` +
    `      AND by_team.team_abbr = ${player}.team_abbr\n` +
    `  LEFT JOIN ${latest(registry, "player_lookup, season")} AS by_season\n` +
    `    ON by_season.player_lookup = ${player}.player_lookup AND by_season.season = ${season}\n` +
    `  LEFT JOIN ${latest(registry, "player_lookup")} AS by_name ON by_name.player_lookup = ${player}.player_lookup`
  );
}

/** The registry id of a player; NULL if he is not registered. */
function universalId() {
  return "COALESCE(by_team.universal_player_id, by_season.universal_player_id, by_name.universal_player_id)";
}

module.exports = { registryJoins, universalId };
