import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { built } from "../built.mjs";
import { fastbreak, inTurns, several, timed } from "../measure.mjs";
import { kept, layered, layeredModel, ownProject, scratch, warehouseOf } from "../projects.mjs";

const SEASON = ["2021-10-19", "2022-04-10"];
const WINDOW = ["--from", SEASON[0], "--to", SEASON[1]];

/** The SQL that a first run executes, and a program that sends it straight to DuckDB, one transaction a model. */
async function straightThrough(dir) {
  const statements = join(scratch(), "statements.json");
  writeFileSync(
    statements,
    timed([process.execPath, await built("final-sql"), dir, warehouseOf(dir), ...SEASON]).stdout,
  );
  const program = await built("straight");
  return () => timed([process.execPath, program, warehouseOf(dir), statements]);
}

/** First builds, an edit and a correction. */
export async function build({ report, quick }) {
  const models = quick ? 200 : 1000;
  const dir = await layered(models, { rows: 100 });
  const restore = kept(dir);
  const straight = await straightThrough(dir);
  report({
    name: `first build of ${models} models`,
    against: "the same SQL straight to DuckDB",
    must: 2,
    aim: 1.3,
    ...inTurns({ before: restore, ours: () => fastbreak(dir, "run"), theirs: straight, times: quick ? 3 : 5 }),
  });

  restore();
  fastbreak(dir, "run");
  fastbreak(dir, "run");
  let turn = 0;
  // Of the ten layers the seventh: fourteen models rest on it.
  const edited = Math.floor(models * 0.607);
  const ours = several(() => {
    turn += 1;
    writeFileSync(join(dir, `definitions/m${edited}.sqlx`), layeredModel(edited, models / 10, ` + ${turn}`));
    return fastbreak(dir, "run");
  });
  report({
    name: `one edit among ${models} models`,
    against: "seconds",
    must: 3,
    aim: 1,
    ours,
    wall: ours.wall,
    cpu: ours.cpu,
  });

  await season({ report, quick });
}

async function season({ report, quick }) {
  const dir = ownProject();
  const restore = kept(dir);
  const straight = await straightThrough(dir);
  const whole = inTurns({
    before: restore,
    ours: () => fastbreak(dir, "run", ...WINDOW),
    theirs: straight,
    times: quick ? 1 : 3,
  });
  report({ name: "season, all phases", against: "the same SQL straight to DuckDB", must: 1.15, aim: 1.05, ...whole });

  restore();
  fastbreak(dir, "run", ...WINDOW);
  let points = 0;
  const corrected = several(
    () => {
      points += 1;
      fastbreak(dir, "query", correction(points));
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

/** One player's game of one night gets other points. */
function correction(points) {
  return `UPDATE nba_raw.nbac_gamebook_player_stats SET points = points + ${points}, field_goals_made = field_goals_made + ${points}
    WHERE game_date = '2021-11-05' AND player_lookup = (SELECT MIN(player_lookup) FROM nba_raw.nbac_gamebook_player_stats
      WHERE game_date = '2021-11-05' AND player_status = 'active')`;
}
