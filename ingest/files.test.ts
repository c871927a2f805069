import { readdirSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { LoadError } from "../runner/api/loader.js";
import { FIXTURE, FixtureDirectory, type FixtureFile } from "./files/fixture.js";
import { load } from "./files.js";
import { collect, faults, type Loaded } from "./testing.js";

let directory: FixtureDirectory;
beforeEach(() => {
  directory = new FixtureDirectory();
});
afterEach(() => directory.remove());

async function loadAll(...paths: string[]): Promise<Loaded> {
  return collect(await load(paths.length > 0 ? paths : [directory.path], {}));
}

/** The fixture with one line of one file replaced, or another content for it. */
function damaged(file: FixtureFile, line: number, text: string): Record<string, readonly string[]> {
  return { ...FIXTURE, [file]: FIXTURE[file].map((old, index) => (index === line - 1 ? text : old)) };
}

describe("rows", () => {
  it("fit the table definitions", async () => {
    directory.write(FIXTURE);
    expect(faults(await loadAll())).toEqual([]);
  });

  it("of the schedule carry the kind of game, UTC tip-off and scores of final games", async () => {
    directory.write(FIXTURE);
    const rows = (await loadAll()).rows("nbac_schedule");
    expect(rows.map((row) => [row.game_id, row.is_regular_season, row.is_playoffs, row.is_all_star])).toEqual([
      ["20211003_BKN_LAL", false, false, false],
      ["20211019_BKN_MIL", true, false, false],
      ["20211021_DAL_MIL", true, false, false],
      ["20220220_DRT_LBN", false, false, true],
      ["20220412_CLE_BKN", false, true, false],
    ]);
    expect(rows[1]).toMatchObject({
      nba_game_id: "0022100001",
      season_year: 2021,
      game_date_est: "2021-10-19 23:30:00+00:00",
      game_status: 3,
      home_team_score: 127,
      away_team_score: 104,
      winning_team_tricode: "MIL",
      arena_timezone: "America/Chicago",
      source_file_path: "schedule.csv",
    });
    expect(rows[2]).toMatchObject({
      game_status: 1,
      home_team_score: null,
      winning_team_tricode: null,
      arena_timezone: null,
    });
  });

  it("of box scores have minutes as text and the lookup of the name", async () => {
    directory.write(FIXTURE);
    const loaded = await loadAll();
    expect(loaded.rows("nbac_gamebook_player_stats")).toMatchObject([
      { player_lookup: "antetokounmpojrgiannis", minutes: "00:00", total_rebounds: 14, player_status: "active" },
      {
        player_lookup: "dennisschroder",
        minutes: "31:00",
        minutes_decimal: 31,
        points: 20,
        plus_minus: -23,
        team_abbr: "BKN",
      },
    ]);
    expect(loaded.rows("nbac_team_boxscore")).toMatchObject([
      { team_abbr: "BKN", is_home: false, minutes: "240:00", points: 104 },
      { team_abbr: "MIL", is_home: true, three_pt_attempted: 45 },
    ]);
  });

  it("of shots take the shooter from the box score by id and know assists without a passer", async () => {
    directory.write(FIXTURE);
    expect((await loadAll()).rows("nbac_play_by_play")).toMatchObject([
      {
        game_id: "20211019_BKN_MIL",
        event_id: "7",
        player_1_lookup: "dennisschroder",
        player_1_team_abbr: "BKN",
        player_2_role: "assist",
        player_2_lookup: null,
        shot_type: "3PT",
        shot_made: true,
        shot_distance: 26,
        game_clock_seconds: 702,
      },
      { player_1_lookup: "antetokounmpojrgiannis", player_2_role: null, shot_type: "2PT", shot_made: false },
    ]);
  });

  it("of game lines give each side its own sign", async () => {
    directory.write(FIXTURE);
    const rows = (await loadAll()).rows("odds_api_game_lines");
    expect(rows.map((row) => [row.game_id, row.market_key, row.outcome_name, row.outcome_point])).toEqual([
      ["20211019_BKN_MIL", "spreads", "Brooklyn Nets", 1.5],
      ["20211019_BKN_MIL", "spreads", "Milwaukee Bucks", -1.5],
      ["20211019_BKN_MIL", "totals", "Over", 233.5],
      ["20211019_BKN_MIL", "totals", "Under", 233.5],
      ["20211021_DAL_MIL", "totals", "Over", 230],
      ["20211021_DAL_MIL", "totals", "Under", 230],
    ]);
    expect(rows[0]).toMatchObject({ snapshot_timestamp: "2021-10-19 23:29:00+00:00", outcome_price: null });
  });

  it("of injuries go to the game of the day or the next one, in the order of the day", async () => {
    directory.write(FIXTURE);
    const loaded = await loadAll();
    const rows = loaded.rows("nbac_injury_report");
    expect(
      rows.map((row) => [row.player_lookup, row.game_id, row.report_hour, row.injury_status, row.reason_category]),
    ).toEqual([
      ["dennisschroder", "20211019_BKN_MIL", 0, "out", "injury"],
      ["dennisschroder", "20211019_BKN_MIL", 1, "available", null],
      ["ersanilyasova", "20211021_DAL_MIL", 0, "out", "health_and_safety_protocols"],
    ]);
    expect(loaded.skipped.filter(({ table }) => table === "nba_raw.nbac_injury_report")).toMatchObject(
      [
        { reason: "entry after the team's last scheduled game", rows: 1 },
        { reason: "entry without a player's name", rows: 1 },
      ].map((skipped) => ({ table: "nba_raw.nbac_injury_report", file: "injury_transactions.csv", ...skipped })),
    );
    expect(loaded.notes.filter((note) => note.startsWith("injury entries"))).toEqual([
      "injury entries name a player who is in no box score and on no roster (Ersan Ilyasova): kept under their own lookup",
    ]);
  });

  it("of props need both sides, and no schedule", async () => {
    directory.write({ "player_props.csv": FIXTURE["player_props.csv"] });
    expect((await loadAll()).rows("odds_api_player_points_props")).toMatchObject([
      {
        game_id: "20241022_DAL_LAC",
        player_lookup: "lukadoncic",
        bookmaker: "prizepicks",
        points_line: 28.5,
        over_price_american: -137,
        under_price_american: -120,
        snapshot_timestamp: "2024-10-22 16:00:00+00:00",
      },
      { points_line: 29.5, snapshot_timestamp: "2024-10-23 01:59:00+00:00" },
    ]);
  });

  it("of the registry and the player list say where and when a player played", async () => {
    directory.write(FIXTURE);
    const loaded = await loadAll();
    expect(loaded.rows("nba_players_registry")[1]).toMatchObject({
      universal_player_id: "dennisschroder_001",
      player_name: "Dennis Schröder",
      season: "2021-22",
      first_game_date: "2021-10-19",
      position: null,
    });
    expect(loaded.rows("nbac_player_list_current")[1]).toMatchObject({
      player_id: 201942,
      team_abbr: "BKN",
      birth_date: null,
    });
    expect(loaded.rows("nbac_team_list")).toHaveLength(30);
  });

  it("hash alike whatever the container and the time, and differ with the numbers", async () => {
    directory.write(FIXTURE);
    const hashes = async () => (await loadAll()).rows("nbac_gamebook_player_stats").map((row) => row.data_hash);
    const before = await hashes();
    const gzipped = new FixtureDirectory();
    for (const [index, [name, lines]] of Object.entries(FIXTURE).entries()) {
      // Some servers send a packed file under its plain name.
      const packed = index % 2 === 0 ? name : `${name}.gz`;
      gzipped.write({ [packed]: gzipSync(`\ufeff${lines.join("\r\n")}\r\n`) });
    }
    const again = (await loadAll(gzipped.path)).rows("nbac_gamebook_player_stats").map((row) => row.data_hash);
    gzipped.remove();
    expect(again).toEqual(before);
    directory.write(damaged("player_box.csv", 2, FIXTURE["player_box.csv"][1].replace("31,20", "31,21")));
    const corrected = await hashes();
    expect(corrected[0]).toBe(before[0]);
    expect(corrected[1]).not.toBe(before[1]);
  });

  it("come from Parquet too, and from files named one by one under any name", async () => {
    directory.write({ ...FIXTURE, "shots.csv": undefined });
    const other = new FixtureDirectory().write({ "s.csv": FIXTURE["shots.csv"] });
    const instance = await DuckDBInstance.create(":memory:");
    const connection = await instance.connect();
    await connection.run(
      `COPY (FROM read_csv('${join(other.path, "s.csv")}')) TO '${join(other.path, "x [1]*.parquet")}'`,
    );
    connection.closeSync();
    instance.closeSync();
    const files = readdirSync(directory.path).map((name) => join(directory.path, name));
    const loaded = await loadAll(...files, join(other.path, "x [1]*.parquet"));
    other.remove();
    expect(loaded.rows("nbac_play_by_play")).toMatchObject([
      { event_id: "7", source_file_path: "x [1]*.parquet" },
      { event_id: "9" },
    ]);
    expect(faults(loaded)).toEqual([]);
  });

  it("are not taken from a table that lacks what a layout needs, unless it calls itself one", async () => {
    const averages = FIXTURE["player_box.csv"].map((row) => row.replace(/,(?:GAME_ID|0022100001),/, ","));
    directory.write({ ...FIXTURE, "averages.csv": averages, "empty.json": Buffer.from("[]") });
    const loaded = await loadAll();
    expect(loaded.rows("nbac_gamebook_player_stats")).toHaveLength(2);
    expect(loaded.notes.slice(0, 2)).toEqual([
      "averages.csv: of no known layout; the nearest, player_box, misses game_id; not read",
      "empty.json: holds no rows",
    ]);
    await expect(loadAll(join(directory.path, "averages.csv"))).rejects.toThrow(
      "averages.csv:1: missing column game_id",
    );
  });

  it("are only those of the files there are", async () => {
    directory.write({ "schedule.csv": FIXTURE["schedule.csv"], "README.md": ["words"], "notes.csv": ["a,b", "1,2"] });
    const loaded = await loadAll();
    expect(loaded.rows("nbac_schedule")).toHaveLength(5);
    expect(loaded.rows("nbac_gamebook_player_stats")).toEqual([]);
    expect(loaded.notes).toContain("no player_box file: nothing loaded");
    expect(loaded.notes).toContain("notes.csv: no known layout has any of its columns; not read");
  });
});

describe("refuses, with file, line and column,", () => {
  const box = FIXTURE["player_box.csv"];
  const schedule = FIXTURE["schedule.csv"];
  const cutGzip = gzipSync(schedule.join("\n")).subarray(0, 120);

  it.each<[string, Record<string, readonly string[] | Uint8Array | undefined>, string]>([
    [
      "a missing column",
      damaged("player_box.csv", 1, box[0].replace(",AST", ",ASSISTS")),
      "player_box.csv:1: missing column ast",
    ],
    [
      "a column that occurs twice",
      { "schedule.csv": schedule.map((line, index) => `${line},${index === 0 ? "gid" : "x"}`) },
      "schedule.csv:1: column gid occurs twice",
    ],
    [
      "a file of which no row has what its columns say",
      { ...FIXTURE, "player_box.csv": [box[0], box[1].replace(",31,20,", ",31,2O,")] },
      'player_box.csv:2:53: pts must be an integer, found "2O"',
    ],
    [
      "a ragged row",
      damaged("player_box.csv", 2, `${box[1]},9`),
      "player_box.csv:2:89: the row has 23 fields, the header has 22",
    ],
    [
      "a row that is cut",
      damaged("player_box.csv", 3, '203507,"A, B",MIL,00221'),
      "player_box.csv:3:24: the row has 4 fields, the header has 22",
    ],
    [
      "a quote out of place",
      damaged("player_box.csv", 3, '203507,A "B" C,MIL'),
      "player_box.csv:3:10: a quote is out of place",
    ],
    [
      "a quote never closed",
      damaged("player_box.csv", 3, '203507,"A B C,MIL'),
      "player_box.csv:3:8: a quote is never closed",
    ],
    [
      "a file that is cut",
      { ...FIXTURE, "schedule.csv": undefined, "schedule.csv.gz": cutGzip },
      "schedule.csv.gz: the gzip file is cut off",
    ],
    [
      "a file that is not gzip",
      { ...FIXTURE, "schedule.csv": undefined, "schedule.csv.gz": Buffer.from("gid,etdate") },
      "schedule.csv.gz: not a valid gzip file",
    ],
    [
      "a file that is not zip",
      { ...FIXTURE, "schedule.csv": undefined, "schedule.zip": Buffer.from("gid,etdate") },
      "schedule.zip: not a readable zip file",
    ],
    ["JSON that is none", { ...FIXTURE, "odds.json": Buffer.from('{"id": ') }, "odds.json: not valid JSON"],
    ["an empty file", { ...FIXTURE, "schedule.csv": new Uint8Array() }, "schedule.csv:1: the file is empty"],
    ["an empty gzip file", { ...FIXTURE, "schedule.csv.gz": new Uint8Array() }, "schedule.csv.gz: the file is empty"],
    [
      "text that is not UTF-8",
      { ...FIXTURE, "player_box.csv": Buffer.from(box.join("\n"), "latin1") },
      "player_box.csv:2:19: not UTF-8",
    ],
    [
      "damaged Parquet",
      { ...FIXTURE, "shots.csv": undefined, "shots.parquet": Buffer.from("PAR1 not really PAR1") },
      "shots.parquet: not a readable Parquet file",
    ],
    [
      "box scores without a schedule that do not tell the home team",
      { "player_box.csv": box },
      "player_box needs schedule beside it, in the same directory, named in the same command or loaded before",
    ],
    ["shots without box scores", { ...FIXTURE, "player_box.csv": undefined }, "shots needs player_box beside it"],
    [
      "a directory without known files, naming what misses",
      { "a.csv": ["date,away,home,who"], "b.txt": ["z"] },
      "no file here has a known layout (a.csv: of no known layout; the nearest, game_lines, misses whos_favored, spread, total)",
    ],
  ])("%s", async (_, files, message) => {
    directory.write(files);
    const failure = await loadAll().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(LoadError);
    expect((failure as LoadError).message).toContain(message);
    expect((failure as LoadError).message).toContain(directory.path);
  });

  it("paths and options that are none", async () => {
    await expect(loadAll(join(directory.path, "none"))).rejects.toThrow(/none: no such file or directory/);
    await expect(load([], {})).rejects.toThrow(/name a directory or files/);
    await expect(load([directory.path], { seed: "1" })).rejects.toThrow(/unknown option --seed/);
  });
});
