import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { SEASON_SLICE } from "../ingest/files/season-slice.js";
import { Rig, runWithin } from "./rig.js";

runWithin();

interface LoadDocument {
  readonly tables: readonly { readonly table: string; readonly [count: string]: number | string }[];
  readonly skipped: readonly { readonly reason: string; readonly rows: number; readonly first: string }[];
}

let rig: Rig;
let folders = 0;
beforeEach(() => {
  rig = Rig.warehouseProject();
});
afterEach(() => rig.remove());

/** Writes files of the slice, with a change to their rows, into a folder of their own. */
function folder(names: readonly string[], change: (row: string) => string | undefined = (row) => row): string {
  const path = `in${++folders}`;
  mkdirSync(join(rig.dir, path));
  for (const name of names) {
    const rows = (SEASON_SLICE[name] ?? []).flatMap((row) => change(row) ?? []);
    rig.write(join(path, name), `${rows.join("\n")}\n`);
  }
  return join(rig.dir, path);
}

async function load(path: string): Promise<LoadDocument> {
  const { stdout } = await rig.load("files", path, "--json");
  return JSON.parse(stdout) as LoadDocument;
}

const countsOf = ({ tables }: LoadDocument, table: string) => tables.find((one) => one.table === `nba_raw.${table}`);

it("says what is new, changed, gone and skipped, and changes nothing the second time", async () => {
  const all = folder(Object.keys(SEASON_SLICE));
  const first = await load(all);
  expect(countsOf(first, "nbac_schedule")).toMatchObject({ inserted: 7, updated: 0, deleted: 0 });
  expect(first.skipped.map(({ reason, rows }) => [reason, rows])).toContainEqual(["unknown team", 1]);
  const again = await load(all);
  expect(
    again.tables.filter(({ inserted, updated, deleted }) => [inserted, updated, deleted].some((n) => n !== 0)),
  ).toEqual([]);

  const { stdout } = await rig.fastbreak(
    "load",
    "files",
    folder(["schedule.csv"], (row) => row.replace("2023-11-08", "2023-12-20")),
  );
  expect(stdout).toMatch(
    / {2}table +rows +new +changed +unchanged +gone +skipped\n {2}nba_raw\.nbac_schedule +6 +1 +0 +5 +1 +0\n/,
  );
  expect(stdout).toMatch(/nba_raw\.nbac_gamebook_player_stats +4 +4 +0 +0 +4 +0\n/);
  expect(
    await rig.sql("SELECT count(*) FROM nba_raw.nbac_gamebook_player_stats WHERE game_date = '2023-12-20'"),
  ).toEqual([["4"]]);
});

it("shows an odd row with its place and its reason", async () => {
  const { stdout } = await rig.fastbreak("load", "files", folder(Object.keys(SEASON_SLICE)));
  expect(stdout).toMatch(
    /skipped: 1 row of player_box_december\.csv: unknown team\n {2}first: .*player_box_december\.csv:4:16: unknown team "XXX"\n/,
  );
  expect(stdout).toMatch(/note: facts that contradict each other: 1, see nba_raw\.load_conflicts\n/);
});

it("keeps nothing of a load that is refused", async () => {
  await load(folder(["schedule.csv"]));
  const damaged = (row: string) => (row.includes("0022300103") ? `${row},9` : row.replace("2023-11-08", "2023-11-09"));
  const refused = await rig.fastbreak("load", "files", folder(["schedule.csv"], damaged));
  expect(refused).toMatchObject({ code: 2, stdout: "" });
  expect(refused.stderr).toMatch(/schedule\.csv:4:\d+: the row has 15 fields, the header has 14\n$/);
  expect(await rig.sql("SELECT count(*) FROM nba_raw.nbac_schedule WHERE game_date = '2023-11-08'")).toEqual([["1"]]);
});

it("loads the files of a night one after the other, each on top of what is there", async () => {
  for (const name of ["schedule.csv", "player_box_november.csv", "odds.csv", "play_by_play_v2.csv", "shots.csv"]) {
    await load(folder([name]));
  }
  expect(
    await rig.sql(
      "SELECT event_id, shot_distance, player_1_lookup FROM nba_raw.nbac_play_by_play ORDER BY game_id, event_id",
    ),
  ).toEqual([
    ["12", "null", "anadoe"],
    ["7", "26", "anadoe"],
    ["9", "3", "anadoe9000077"],
    ["7", "27", "anadoe"],
  ]);
});
