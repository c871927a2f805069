import { cpSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { changedKeys, differences, HASHED, hideResultsFrom, PREDICTED, query, SOURCE_HASHES } from "./phase4-rig.js";
import { type Rig, ROOT, runProcess, runWithin } from "./rig.js";
import { sharedSeason } from "./shared-season.js";

runWithin();

const SEASON = ["--from", "2021-10-19", "--to", "2021-11-29"];

describe("Phase 4 on the sample season", () => {
  let rig: Rig;
  let built: string;

  beforeAll(async () => {
    rig = await sharedSeason();
    built = join(rig.dir, ".fastbreak/warehouse.duckdb");
    expect((await rig.run(SEASON)).totals).toMatchObject({ failed: 0 });
  });
  afterAll(() => rig.remove());

  /** A copy of the built warehouse to change. */
  const copy = (name: string) => {
    const file = join(rig.dir, `${name}.duckdb`);
    cpSync(built, file);
    return file;
  };

  it("has the hash columns of docs/hashes.md, and the feature store its 41 columns", async () => {
    const columns = async (table: string) =>
      (
        await query(
          built,
          `SELECT column_name FROM duckdb_columns() WHERE table_name = '${table}' ORDER BY column_index`,
        )
      ).map(([name]) => name as string);
    for (const { table, hashes } of HASHED) {
      expect((await columns(table)).filter((name) => name.endsWith("_hash")).sort(), table).toEqual([...hashes].sort());
    }
    const source = (prefix: string) =>
      ["last_updated", "rows_found", "completeness_pct", "hash"].map((column) => `${prefix}_${column}`);
    expect(await columns("ml_feature_store_v2")).toEqual([
      ..."player_lookup universal_player_id game_date game_id features feature_names feature_count feature_version".split(
        " ",
      ),
      ..."feature_generation_time_ms feature_quality_score team_abbr opponent_team_abbr is_home days_rest".split(" "),
      ..."analysis_date data_source phase4_available phase3_fallback_used feature_sources source_data_date".split(" "),
      ...["source_daily_cache", "source_composite", "source_shot_zones", "source_team_defense"].flatMap(source),
      ..."data_hash early_season_flag insufficient_data_reason created_at updated_at".split(" "),
    ]);
  });

  it("describes every column of every relation that the project makes", async () => {
    const { stdout } = await rig.fastbreak("compile", "--json");
    const { tables } = JSON.parse(stdout) as {
      tables: { target: { schema: string; name: string }; actionDescriptor?: { columns?: { path: string[] }[] } }[];
    };
    const built = await rig.sql("SELECT schema_name || '.' || table_name, column_name FROM duckdb_columns()");
    const undescribed = tables.flatMap(({ target, actionDescriptor }) => {
      const described = new Set(actionDescriptor?.columns?.map(({ path }) => path.join(".")));
      const key = `${target.schema}.${target.name}`;
      return built.filter(([relation, column]) => relation === key && !described.has(column as string));
    });
    expect(undescribed).toEqual([]);
  });

  it("lays the feature store out by date, player and version", async () => {
    const [[layout]] = (await query(
      built,
      "SELECT comment FROM duckdb_tables() WHERE table_name = 'ml_feature_store_v2'",
    )) as [string[]];
    expect(JSON.parse(layout as string)).toMatchObject({
      partitionBy: "game_date",
      clusterBy: ["player_lookup", "feature_version", "game_date"],
    });
  });

  it("logs of each date how long it was computed and written", async () => {
    const { stdout } = await rig.fastbreak(
      "query",
      "--csv",
      "SELECT COUNT(*), COUNTIF(write_seconds BETWEEN 0 AND query_seconds) FROM nba_predictions.ml_feature_store_v2_execution_log",
    );
    const [, counts] = stdout.split("\n");
    const [dates, timed] = (counts ?? "").split(",");
    expect(Number(dates)).toBeGreaterThan(30);
    expect(timed).toBe(dates);
  });

  it("gives every row a hash of its own, and every row the hash of each source that was there", async () => {
    for (const { dataset, table, date, hashes } of HASHED) {
      const [[rows, hashed, distinct, wellFormed, unknown]] = (await query(
        built,
        `SELECT count(*), count(data_hash), count(DISTINCT (${date}, data_hash)),
          count(*) FILTER (regexp_full_match(data_hash, '[0-9a-f]{16}')),
          count(*) FILTER (${hashes
            .filter((name) => name !== "data_hash")
            .map((name) => `(${name} IS NULL) <> (${name.replace(/_hash$/, "_rows_found")} IS NULL)`)
            .join(" OR ")})
        FROM ${dataset}.${table}`,
      )) as [string[]];
      expect(Number(rows), table).toBeGreaterThan(1000);
      expect([hashed, distinct, wellFormed, unknown], table).toEqual([rows, rows, rows, "0"]);
    }
  });

  it("copies the data hash of a single source row", async () => {
    for (const { built: table, upstream, hash, on } of SOURCE_HASHES) {
      const [[rows, equal]] = (await query(
        built,
        `SELECT count(*), count(*) FILTER (b.${hash} = u.data_hash) FROM ${table} b JOIN ${upstream} u ON ${on}`,
      )) as [string[]];
      expect(Number(rows), `${table}.${hash}`).toBeGreaterThan(1000);
      expect(equal, `${table}.${hash}`).toBe(rows);
    }
  });

  it("answers every report of the project, with the dates and variables that were asked for", async () => {
    const names = readdirSync(join(rig.dir, "reports")).map((file) => file.replace(/\.sql$/, ""));
    const listed = JSON.parse((await rig.fastbreak("query", "--report", "--json")).stdout) as { name: string }[];
    expect(listed.map(({ name }) => name).sort()).toEqual(names.sort());
    const [[player]] = (await query(
      built,
      "SELECT min(player_lookup) FROM nba_predictions.ml_feature_store_v2 WHERE game_date = '2021-11-24'",
    )) as [string[]];
    expect(await rig.fastbreak("query", "--report", "lineage")).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^fastbreak: report lineage: .*give it with --param player=VALUE \[at 4:23\]/),
    });
    for (const name of names) {
      const dates = ["cost", "durations", "skip_rates"].includes(name) ? [] : ["--date", "2021-11-24"];
      const asked = ["query", "--json", "--report", name, ...dates, "--param", `player=${player}`];
      const { code, stdout, stderr } = await rig.fastbreak(...asked);
      expect([code, stderr], name).toEqual([0, ""]);
      // What went wrong is told by these, and nothing did.
      const isOfTrouble = ["alerts", "failures", "quarantine"].includes(name);
      expect(JSON.parse(stdout).length, name).toBeGreaterThanOrEqual(isOfTrouble ? 0 : 1);
    }
    const steps = await rig.fastbreak("query", "--csv", "--report", "processing_time", "--date", "2021-11-24");
    expect(steps.stdout.split("\n")[0]).toBe(
      "analysis_date,processor,start_time,end_time,duration_seconds,success,skip_reason",
    );
    expect(new Set(steps.stdout.match(/(?<=^2021-11-24,)\w+/gm)).size).toBe(5);
    const grades = await rig.fastbreak("query", "--csv", "--report", "grades", "--date", "2021-11-24");
    expect(
      grades.stdout
        .split("\n")
        .slice(1, -1)
        .map((line) => line.split(",")[0])
        .sort(),
    ).toEqual([
      ...[
        "ensemble_v1",
        "last_ten_average",
        "line",
        "moving_average_v1",
        "season_average",
        "similarity_balanced_v1",
        "xgboost_v1",
        "zone_matchup_v1",
      ],
    ]);
    expect(await rig.fastbreak("query", "--report", "grade")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('there is no report grade; did you mean "grades"?'),
    });
  });

  it("is graded as tables by npm run grades: errors, calibration, and hits where there are lines", async () => {
    const grade = (...words: string[]) =>
      runProcess(process.execPath, [join(ROOT, "scripts/grades.mjs"), ...words], ROOT, { FASTBREAK_DATABASE: built });
    const { code, stdout } = await grade("--no-run", "--from", "2021-11-15", "--to", "2021-11-24");
    expect(code).toBe(0);
    const titles = stdout.split("\n").filter((line) => line.endsWith(":"));
    expect(titles.map((title) => title.split(":")[0])).toEqual([
      "Error",
      "Calibration",
      "Hits",
      "Calibration of confidence",
    ]);
    const ensemble = stdout.split("\n").filter((line) => line.startsWith("| ensemble_v1"));
    expect(ensemble[0]).toMatch(/^\| ensemble_v1 +\| +\d+ +\| \d\.\d{3} \| \d\.\d{3} to \d\.\d{3} +\|/);
    expect(ensemble[1]).toMatch(/\| -?\d\.\d{3} to -?\d\.\d{3} +\|$/);
    expect(await grade("--from", "soon")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--from needs a date, as 2022-01-31"),
    });
  });

  it("holds what its rules make of the raw rows, computed again without SQL, and the tool would see a wrong one", async () => {
    const recompute = (file: string) =>
      runProcess(process.execPath, [join(ROOT, "tools/recompute.mjs"), file, "80"], ROOT);
    const right = await recompute(built);
    expect([right.code, right.stderr]).toEqual([0, ""]);
    expect(right.stdout).toMatch(/\n80 rows, \d{4,} values computed again, 0 differ\n$/);
    const looked = right.stdout.split("\n").flatMap((line) => /^same {5} (.+): \d+ values$/.exec(line)?.[1] ?? []);
    const systems = ["ensemble_v1", "moving_average_v1", "similarity_balanced_v1", "xgboost_v1", "zone_matchup_v1"];
    expect(looked).toEqual(
      expect.arrayContaining([
        ...Array.from({ length: 25 }, (_, index) => `label of f${index}`),
        ...[
          "f24 team_win_pct",
          "shot zones: primary",
          "zone defence: three",
          "composite factors: total",
          "line_margin",
        ],
        ...systems.flatMap((system) => [`${system}: points`, `${system}: confidence`]),
      ]),
    );
    const file = copy("wrong");
    await query(
      file,
      `UPDATE nba_predictions.ml_feature_store_v2 SET features = list_concat([features[1] + 1], features[2:]) WHERE NOT early_season_flag;
       UPDATE nba_precompute.team_defense_zone_analysis SET mid_range_defense_vs_league_avg = mid_range_defense_vs_league_avg + 0.01;
       UPDATE nba_predictions.player_prop_predictions SET predicted_points = predicted_points + 0.1 WHERE system_id = 'ensemble_v1'`,
    );
    const wrong = await recompute(file);
    expect(wrong.code).toBe(1);
    const different = wrong.stdout.split("\n").flatMap((line) => /^DIFFERENT (.+?): \d+ values/.exec(line)?.[1] ?? []);
    expect(different).toEqual(["ensemble_v1: points", "f0 points_avg_last_5", "zone defence: mid"]);
  });

  it("has nothing to do the second time", async () => {
    const again = await rig.run(SEASON);
    expect(again.totals).toMatchObject({ run: 0, rows_written: 0 });
    const later = ["--select", "tag:phase4", "--select", "tag:phase5"];
    const forced = await rig.run(["--date", "2021-11-24", "--full-refresh", ...later]);
    expect(forced.totals).toMatchObject({ failed: 0, rows_written: 0 });
  });

  it("is the same when its last night is built alone", async () => {
    const nights = copy("nights");
    const last = "2021-11-29";
    for (const { dataset, table, date } of HASHED) {
      await query(nights, `DELETE FROM ${dataset}.${table} WHERE ${date} >= DATE '${last}'`);
    }
    for (const { dataset, table } of PREDICTED) {
      await query(nights, `DELETE FROM ${dataset}.${table} WHERE game_date >= DATE '${last}'`);
    }
    await rig.run(["--database", nights, "--date", last]);
    expect(await differences(built, nights)).toEqual({});
  });

  it("reads nothing of the date that is prepared, nor of what comes after it", async () => {
    for (const date of ["2021-11-06", "2021-11-24"]) {
      const before = copy(`before-${date}`);
      await hideResultsFrom(before, date);
      const { totals } = await rig.run([
        "--database",
        before,
        "--date",
        date,
        "--select",
        "tag:phase3",
        "--select",
        "tag:phase4",
      ]);
      expect(totals.failed).toBe(0);
      expect(
        await query(before, `SELECT count(*) FROM nba_analytics.player_game_summary WHERE game_date = '${date}'`),
      ).toEqual([["0"]]);
      const features = `SELECT player_lookup, features, data_hash FROM nba_predictions.ml_feature_store_v2 WHERE game_date = '${date}' ORDER BY 1`;
      const expected = await query(built, features);
      expect(expected.length).toBeGreaterThan(50);
      expect(await query(before, features)).toEqual(expected);
    }
  });

  it("rebuilds exactly the rows that depend on a corrected box score", async () => {
    const corrected = copy("corrected");
    const [[player]] = (await query(
      corrected,
      `SELECT player_lookup FROM nba_raw.nbac_gamebook_player_stats WHERE game_date = '2021-11-12' AND minutes_decimal > 25
        AND player_lookup NOT IN (SELECT player_lookup FROM nba_raw.nbac_injury_report) ORDER BY 1 LIMIT 1`,
    )) as [string[]];
    await query(
      corrected,
      `UPDATE nba_raw.nbac_gamebook_player_stats SET minutes = '20:00', data_hash = repeat('0', 16)
        WHERE game_date = '2021-11-12' AND player_lookup = '${player}'`,
    );
    await rig.run(["--database", corrected, ...SEASON]);
    for (const hashed of HASHED) {
      const keys = await changedKeys(built, corrected, hashed);
      const isOfTeams = hashed.table === "team_defense_zone_analysis";
      expect(keys.length > 0, hashed.table).toBe(!isOfTeams);
      if (isOfTeams) continue;
      expect(new Set(keys.map(([, owner]) => owner)), hashed.table).toEqual(new Set([player]));
      expect(
        keys.every(([changed]) => (changed as string) > "2021-11-12"),
        hashed.table,
      ).toBe(true);
    }
  });
});
