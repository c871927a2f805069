import { describe, expect, it } from "vitest";
import { RAW_TABLES } from "./index.js";

describe.each(RAW_TABLES.map((table) => ({ name: table.id.name, table })))("$name", ({ table }) => {
  const names = table.columns.map((column) => column.name);

  it("has no column twice and ends with the standard columns", () => {
    expect(new Set(names).size).toBe(names.length);
    expect(table.columns.slice(-3)).toEqual([
      { name: "data_hash", type: "STRING", required: false },
      { name: "processed_at", type: "TIMESTAMP", required: true },
      { name: "source_file_path", type: "STRING", required: false },
    ]);
  });

  it("takes keys, layout and hash fields from its columns", () => {
    const layout = table.partitionColumn === undefined ? [] : [table.partitionColumn];
    const hashed = table.hashFields.map((field) => field.name);
    expect(names).toEqual(expect.arrayContaining([...table.primaryKey, ...table.clusterBy, ...layout, ...hashed]));
    expect(hashed).not.toContain("data_hash");
    for (const key of table.primaryKey) {
      expect(table.columns.find((column) => column.name === key)).toMatchObject({ required: true });
    }
  });

  it("is partitioned by a DATE column, if at all", () => {
    const column = table.columns.find(({ name }) => name === table.partitionColumn);
    expect(column?.type ?? "DATE").toBe("DATE");
  });
});

it("there are 14, and the sizes of their hash sets do not change unnoticed", () => {
  expect(Object.fromEntries(RAW_TABLES.map((t) => [t.id.name, t.hashFields.length]))).toEqual({
    nbac_schedule: 13,
    nbac_gamebook_player_stats: 23,
    bdl_player_boxscores: 22,
    nbac_team_boxscore: 21,
    bigdataball_play_by_play: 17,
    nbac_play_by_play: 17,
    odds_api_game_lines: 6,
    odds_api_player_points_props: 5,
    bettingpros_player_points_props: 6,
    nbac_injury_report: 8,
    espn_team_rosters: 6,
    nbac_player_list_current: 4,
    nbac_team_list: 7,
    nba_players_registry: 7,
  });
});
