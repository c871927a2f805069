/**
 * The steps of a night (pipeline.md sections 5 and 6.2): when each nominally starts (US Eastern), how long it usually takes, from when on
 * that is worth an alert, in seconds, and the job that runs it. Order is decided by the graph, never by these times.
 */
const STEPS = {
  player_game_summary: { schedule: "02-30", typical: 5, alert: 10 },
  team_offense_game_summary: { schedule: "02-30", typical: 5, alert: 10 },
  team_defense_game_summary: { schedule: "02-30", typical: 5, alert: 10 },
  upcoming_team_game_context: { schedule: "06-00", typical: 10, alert: 20 },
  upcoming_player_game_context: { schedule: "06-30", typical: 15, alert: 30 },
  team_defense_zone_analysis: {
    schedule: "23-00",
    typical: 120,
    alert: 300,
    job: "phase4-team-defense-zone-analysis",
  },
  player_shot_zone_analysis: { schedule: "23-15", typical: 480, alert: 900, job: "phase4-player-shot-zone-analysis" },
  player_composite_factors: { schedule: "23-30", typical: 900, alert: 1200, job: "phase4-player-composite-factors" },
  player_daily_cache: { schedule: "23-45", typical: 600, alert: 900, job: "phase4-player-daily-cache" },
  ml_feature_store_v2: { schedule: "00-00", typical: 120, alert: 300, job: "phase4-ml-feature-store-v2" },
};

/** A step by its table's name. */
function step(table) {
  const found = STEPS[table];
  if (found === undefined) throw new Error(`there is no step ${table}`);
  return found;
}

/**
 * Labels of a step's table: its times, and a circuit breaker that opens after five failures in a row, for half an hour, and closes
 * after one success (operations.md section 3).
 */
function labels(table) {
  const { schedule, typical, alert } = step(table);
  return {
    schedule,
    typical_seconds: String(typical),
    alert_seconds: String(alert),
    breaker_threshold: "5",
    breaker_timeout_seconds: "1800",
    breaker_successes: "1",
  };
}

/** The job of a Phase 4 step, to select it by. */
function job(table) {
  return step(table).job;
}

module.exports = { labels, job };
