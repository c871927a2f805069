import { fastbreak, inTurns, timed } from "../measure.mjs";
import { events, ownProject, settle, warehouseOf } from "../projects.mjs";
import { SEASON } from "../straight-through.mjs";

const WINDOW = ["--from", SEASON.from, "--to", SEASON.to];

/** What a bare process costs that opens the same file and asks one query. */
function bare(dir, query) {
  const program = `const { DuckDBInstance } = await import("@duckdb/node-api");
    const connection = await (await DuckDBInstance.create(process.argv[1])).connect();
    await connection.runAndReadAll(process.argv[2]);`;
  return timed([process.execPath, "--input-type=module", "-e", program, warehouseOf(dir), query]);
}

/** Runs in which nothing has to be done. */
export async function noop({ report, quick }) {
  const own = ownProject();
  settle(own, ...WINDOW);
  const query = "SELECT count(*) FROM nba_analytics.player_game_summary WHERE game_date = DATE '2021-11-15'";
  report({
    name: "no-op night of this project",
    against: "bare node, one query",
    must: 2,
    aim: 1.3,
    ...inTurns({ ours: () => fastbreak(own, "run", "--date", "2021-11-15"), theirs: () => bare(own, query), times: 9 }),
  });

  const rows = quick ? 2_000_000 : 21_000_000;
  const [large, small] = [await events(rows), await events(1_000_000)];
  for (const dir of [large, small]) settle(dir);
  report({
    name: `no-op, ${(rows - 1_000_000) / 1e6} million rows more in a source`,
    against: "the same with 1 million",
    must: 1.1,
    aim: 1,
    ...inTurns({ ours: () => fastbreak(large, "run"), theirs: () => fastbreak(small, "run"), times: 9 }),
  });
}
