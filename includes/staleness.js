/**
 * Whether a Phase 4 row still tells of the rows that are there: the step that should have renewed it failed, or did not run,
 * when its source hashes are no longer those of its sources. A source row that is missing makes nobody stale: what is there
 * is what was last known. Each is a condition over the aliases of the feature-store model, for an ON clause.
 */

const differs = (row, prefix, hash) => `${row}.${prefix}_hash IS DISTINCT FROM ${hash}`;
const differsWhereThere = (row, prefix, source, key) =>
  `(${source}.${key} IS NOT NULL AND ${differs(row, prefix, `${source}.data_hash`)})`;

/**
 * The player's last 20 games with playing time. The history reaches back 180 days: games before it are not compared.
 * An early-season row of nobody's games has no source.
 */
function shotZones(row, history) {
  return `(IFNULL(${history}.games_with_minutes, 0) >= ${row}.source_player_game_rows_found
      AND ${differs(row, "source_player_game", `${history}.shot_games_hash`)})`;
}

/** The opponent's last 15 games: how many, and when one of them last changed. The league's averages are not compared. */
function teamDefense(row, opponent) {
  return `(${row}.source_team_defense_rows_found IS DISTINCT FROM IFNULL(${opponent}.games_15, 0)
      OR ${row}.source_team_defense_last_updated IS DISTINCT FROM ${opponent}.games_15_updated)`;
}

function composite(row, { context, shot, defense }) {
  return `(${[
    differs(row, "source_player_context", `${context}.data_hash`),
    differsWhereThere(row, "source_player_shot", shot, "player_lookup"),
    differsWhereThere(row, "source_team_defense", defense, "team_abbr"),
  ].join("\n      OR ")})`;
}

function dailyCache(row, { context, shot, history, team }) {
  return `(${[
    differs(row, "source_player_game", `${history}.games_hash`),
    differs(row, "source_upcoming_context", `${context}.data_hash`),
    `(IFNULL(${team}.recent_games, 0) > 0 AND ${differs(row, "source_team_offense", `${team}.recent_games_hash`)})`,
    differsWhereThere(row, "source_shot_zone", shot, "player_lookup"),
  ].join("\n      OR ")})`;
}

module.exports = { shotZones, teamDefense, composite, dailyCache };
