import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ServedWarehouse, serveWarehouse } from "../../runner/session/serve-warehouse.js";
import { Rig, type RunDocument, runWithin } from "../rig.js";
import { sqlAt } from "./world.js";

runWithin();

/** A proof builds all of it. */
const IS_WHOLE = process.env.FASTBREAK_WHOLE_PROJECT !== undefined;
const SELECTED = IS_WHOLE ? [] : ["--select", "+player_game_summary"];
const FROM = ["--from", "2021-10-19"];
/** A line of a box score, as it was put right later. */
const CORRECTION = `UPDATE nba_raw.nbac_gamebook_player_stats SET steals = steals + 1, data_hash = 'corrected' || SUBSTR(data_hash, 10)
  WHERE game_date = '2021-10-20' AND player_lookup = (
    SELECT MIN(player_lookup) FROM nba_raw.nbac_gamebook_player_stats WHERE game_date = '2021-10-20' AND steals > 0)`;
const WITH_HASHES = `SELECT table_name FROM nba_analytics.INFORMATION_SCHEMA.COLUMNS
  WHERE column_name = 'data_hash' AND table_name NOT LIKE 'stg%' ORDER BY 1`;

describe("the warehouse of this repository on BigQuery", () => {
  let rig: Rig;
  let file: string;
  let server: ServedWarehouse | undefined;

  beforeAll(() => {
    rig = Rig.warehouseProject();
    file = join(rig.dir, "served.duckdb");
  });
  afterAll(async () => {
    await server?.close();
    rig.remove();
  });

  const onBigQuery = (...args: string[]) => rig.fastbreakWith({ BIGQUERY_EMULATOR_HOST: server?.url ?? "" }, ...args);

  /** The same nights on both sides, the raw tables of BigQuery by the loader that is made for a file. */
  const load = async (games: string) => {
    await server?.close();
    for (const where of [[], ["--database", file]])
      expect(await rig.fastbreak("load", "sample", "--games", games, ...where)).toMatchObject({ code: 0 });
    server = await serveWarehouse({
      place: { projectDir: rig.dir, database: file },
      inMemory: false,
      seed: undefined,
      port: 0,
    });
  };

  /** What each action came to, and why. Hashes of inputs have the times of the two loads in them. */
  const told = ({ actions }: RunDocument) =>
    actions.map(({ name, status, partitions, rows_written }) => [
      name,
      status,
      rows_written,
      ...partitions.map(({ partition, decision, reason }) => `${partition} ${decision} ${reason}`),
    ]);

  /** Runs both, and compares what they did and what stands. */
  const night = async (to: string) => {
    const args = [...FROM, "--to", to, ...SELECTED];
    const embedded = await rig.run(args);
    const { code, stdout, stderr } = await onBigQuery("run", "--json", "--target", "bigquery", ...args);
    expect(code, stderr + stdout).toBe(0);
    const bigquery = JSON.parse(stdout) as RunDocument;
    expect(told(bigquery)).toEqual(told(embedded));
    const compared = await onBigQuery("verify", "--against", "bigquery", ...args);
    expect(compared, compared.stdout).toMatchObject({ code: 0 });
    expect(compared.stdout).toContain("the same here and on BigQuery");
    const url = server?.url ?? "";
    const tables = (await sqlAt(url, WITH_HASHES)).map(([table]) => table);
    expect(tables.length).toBeGreaterThan(0);
    for (const table of tables) {
      const hashes = `SELECT data_hash FROM nba_analytics.${table} WHERE game_date IS NOT NULL ORDER BY 1`;
      expect(await sqlAt(url, hashes), table).toEqual(await rig.sql(hashes));
    }
    return bigquery.totals;
  };

  it("is the embedded one, hash for hash, night by night", { timeout: 1_800_000 }, async () => {
    await load("17");
    expect((await night("2021-10-20")).rows_written).toBeGreaterThan(0);
    await load("25");
    expect((await night("2021-10-21")).rows_written).toBeGreaterThan(0);
    await rig.sql(CORRECTION);
    await sqlAt(server?.url ?? "", CORRECTION);
    expect((await night("2021-10-21")).rows_written).toBeGreaterThan(0);
    // And nothing when nothing changes.
    expect(await night("2021-10-21")).toMatchObject({ run: 0, rows_written: 0 });
  });
});
