import { fastbreak, inTurns, several } from "../measure.mjs";
import { kept, ownProject } from "../projects.mjs";
import { SEASON, straightThrough } from "../straight-through.mjs";

const WINDOW = ["--from", SEASON.from, "--to", SEASON.to];

/** All phases of this repository's own season, and one correction in it. */
export async function season({ report, quick }) {
  const dir = ownProject();
  const restore = kept(dir);
  const straight = await straightThrough(dir);
  const whole = inTurns({
    before: restore,
    ours: () => fastbreak(dir, "run", ...WINDOW),
    theirs: straight,
    times: quick ? 1 : 3,
  });
  report({ name: "season, all phases", against: "the same SQL in DuckDB", must: 1.15, aim: 1.05, ...whole });

  restore();
  fastbreak(dir, "run", ...WINDOW);
  const corrected = several(
    () => {
      fastbreak(dir, "query", correction());
      return fastbreak(dir, "run", ...WINDOW);
    },
    quick ? 1 : 3,
  );
  report({
    name: "one corrected box-score row",
    against: "the season",
    must: 0.1,
    aim: 0.02,
    by: "cpu",
    ours: corrected,
    theirs: whole.ours,
    wall: corrected.wall / whole.ours.wall,
    cpu: corrected.cpu / whole.ours.cpu,
  });
}

/** One player's game of one night gets an assist more. */
function correction() {
  return `UPDATE nba_raw.nbac_gamebook_player_stats SET assists = assists + 1
    WHERE game_date = '2021-11-05' AND player_lookup = (SELECT MIN(player_lookup) FROM nba_raw.nbac_gamebook_player_stats
      WHERE game_date = '2021-11-05' AND player_status = 'active')`;
}
