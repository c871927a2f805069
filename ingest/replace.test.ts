import { afterEach, beforeEach, expect, it } from "vitest";
import { type Files, FixtureDirectory } from "./files/fixture.js";
import { SEASON_SLICE } from "./files/season-slice.js";
import { MemoryStore } from "./testing.js";

let directory: FixtureDirectory;
let store: MemoryStore;
beforeEach(() => {
  directory = new FixtureDirectory();
  store = new MemoryStore();
});
afterEach(() => directory.remove());

const loadFiles = (files: Files) => directory.load(files, store);

/** Some files of the slice, with a change to their rows. */
function slice(names: readonly string[], change: (row: string) => string | undefined = (row) => row): Files {
  return Object.fromEntries(
    names.map((name) => [name, (SEASON_SLICE[name] ?? []).flatMap((row) => change(row) ?? [])]),
  );
}

const ALL = Object.keys(SEASON_SLICE);
const texts = (table: string, ...columns: string[]) =>
  store
    .rows(table)
    .map((row) => columns.map((column) => row[column]).join(" "))
    .sort();

it("a schedule moves its games, and everything that is told of them goes with them", async () => {
  await loadFiles(slice(ALL));
  const games = (table: string) => new Set(texts(table, "game_id", "game_date"));
  const tables = ["nbac_gamebook_player_stats", "nbac_team_boxscore", "nbac_play_by_play"];
  for (const table of tables) expect(games(table)).toContain("20231108_IND_LAL 2023-11-08");
  await loadFiles(slice(["schedule.csv"], (row) => row.replace("2023-11-08", "2023-12-20")));
  for (const table of [...tables, "nbac_schedule"]) {
    expect(games(table)).toContain("20231220_IND_LAL 2023-12-20");
    expect(games(table)).not.toContain("20231108_IND_LAL 2023-11-08");
  }
  // What was quoted was quoted for another evening.
  expect(games("odds_api_player_points_props")).toEqual(new Set(["20231108_IND_LAL 2023-11-08"]));
  expect(texts("nba_players_registry", "player_lookup", "last_game_date")).toContain("anadoe9000077 2023-12-20");
});

it("two games of one pairing that change dates change places", async () => {
  const games = [
    (SEASON_SLICE["schedule.csv"] ?? [])[0] ?? "",
    "0022300101,x,2023-11-08,22:30:00,Los Angeles,3,Final,1610612747,1610612754,LAL,IND,110,101,23-24",
    "0022300201,x,2023-12-20,22:30:00,Los Angeles,3,Final,1610612747,1610612754,LAL,IND,99,98,23-24",
  ];
  const [header = "", line = ""] = SEASON_SLICE["player_box_november.csv"] ?? [];
  const other = line.replace("0022300101,2023-11-08", "0022300201,2023-12-20").replace("31,20,", "31,44,");
  await loadFiles({ "schedule.csv": games, "player_box.csv": [header, line, other] });
  expect(texts("nbac_gamebook_player_stats", "game_id", "points")).toEqual([
    "20231108_IND_LAL 20",
    "20231220_IND_LAL 44",
  ]);
  const swapped = games.map((row) =>
    row.replace(/2023-1[12]-\d\d/, (date) => (date === "2023-11-08" ? "2023-12-20" : "2023-11-08")),
  );
  await loadFiles({ "schedule.csv": swapped });
  expect(texts("nbac_gamebook_player_stats", "game_id", "points")).toEqual([
    "20231108_IND_LAL 44",
    "20231220_IND_LAL 20",
  ]);
  expect(texts("nbac_schedule", "game_id", "nba_game_id")).toEqual([
    "20231108_IND_LAL 0022300201",
    "20231220_IND_LAL 0022300101",
  ]);
});

it("a game moved by a day keeps its quotes", async () => {
  await loadFiles(slice(["schedule.csv", "odds.csv"]));
  await loadFiles(slice(["schedule.csv"], (row) => row.replace("2023-11-08", "2023-11-09")));
  expect(new Set(texts("odds_api_player_points_props", "game_id"))).toEqual(new Set(["20231109_IND_LAL"]));
  expect(new Set(texts("odds_api_game_lines", "game_id"))).toEqual(new Set(["20231109_IND_LAL"]));
});

it("a row that is gone goes; a game that a schedule has no more goes unless it was played", async () => {
  await loadFiles(slice(ALL));
  await loadFiles(slice(["player_box_november.csv"], (row) => (row.startsWith("9000002,") ? undefined : row)));
  expect(texts("nbac_gamebook_player_stats", "player_lookup")).not.toContain("boroejr");
  const extra = "0022300107,20231120/INDLAL,2023-11-20,19:30:00,x,1,x,1610612747,1610612754,LAL,IND,0,0,23-24";
  await loadFiles({ "schedule.csv": [...(SEASON_SLICE["schedule.csv"] ?? []), extra] });
  expect(texts("nbac_schedule", "nba_game_id")).toContain("0022300107");
  await loadFiles(slice(["schedule.csv"]));
  expect(texts("nbac_schedule", "nba_game_id")).not.toContain("0022300107");
  const played = texts("nbac_schedule", "nba_game_id");
  expect(played).toContain("0022300105");
});

it("a file of one team or one player says nothing of the others", async () => {
  await loadFiles(slice(ALL));
  const before = texts("nbac_gamebook_player_stats", "player_lookup", "game_id");
  await loadFiles({
    ...slice(["schedule.csv"], (row) => (/,LAL|^gid/.test(row) ? row : undefined)),
    ...slice(["player_box_november.csv"], (row) => (/^9000002|^PLAYER/.test(row) ? row : undefined)),
  });
  expect(texts("nbac_gamebook_player_stats", "player_lookup", "game_id")).toEqual(before);
  expect(texts("nbac_schedule", "nba_game_id")).toContain("0022300104");
});

it("a player under a new name stays one, and a name corrected everywhere becomes his", async () => {
  await loadFiles(slice(ALL));
  const lookups = () => new Set(texts("nbac_gamebook_player_stats", "player_lookup"));
  expect(lookups()).toContain("enesold");
  expect(lookups()).not.toContain("enesnew");
  await loadFiles(slice(["player_box_november.csv"], (row) => row.replace("Enes Old", "Enes Olde")));
  expect(lookups()).toContain("enesolde");
  expect(lookups()).not.toContain("enesold");
  expect(texts("nbac_player_list_current", "player_id", "player_lookup")).toContain("9000004 enesolde");
});

it("a namesake who comes later gets the rows that are his, and quotes follow the team", async () => {
  const isAna = (row: string) => row.startsWith("9000001,");
  await loadFiles(
    slice(["schedule.csv", "player_box_november.csv", "odds.csv"], (row) => (isAna(row) ? undefined : row)),
  );
  expect(texts("nbac_gamebook_player_stats", "player_name", "player_lookup")).toContain("Ana Doe anadoe");
  expect(texts("odds_api_player_points_props", "player_lookup")).toContain("anadoe");
  await loadFiles(slice(["player_box_november.csv"]));
  expect(
    texts("nbac_gamebook_player_stats", "team_abbr", "player_lookup").filter((text) => text.includes("ana")),
  ).toEqual(["IND anadoe9000077", "LAL anadoe", "LAL anadoe"]);
  // Both play in the game that is quoted, so nobody can tell whose line it is.
  expect(texts("odds_api_player_points_props", "player_lookup")).not.toContain("anadoe");
});

it("a player whose league's id is corrected stays one, in the loads behind it, too", async () => {
  const files = ["schedule.csv", "player_box_november.csv"];
  await loadFiles(slice(files));
  await loadFiles(slice(files, (row) => row.replace(/^9000002,/, "9000022,")));
  const [header = "", , line = ""] = SEASON_SLICE["player_box_november.csv"] ?? [];
  const night = line.replace("9000002,", "9000022,").replace("0022300101,2023-11-08", "0022300105,2023-12-01");
  const isHis = (row: string) => row.startsWith("boroe");
  await loadFiles({ "night.csv": [header, night.replace("@ LAL", "@ BKN")] });
  expect(texts("nbac_player_list_current", "player_lookup", "player_id").filter(isHis)).toEqual(["boroejr 9000022"]);
  expect(texts("nbac_gamebook_player_stats", "player_lookup", "game_date").filter(isHis)).toEqual([
    "boroejr 2023-11-08",
    "boroejr 2023-12-01",
  ]);
});

it("shots come again with a player whose lookup is another now, and those that do not come again go", async () => {
  const files = ["schedule.csv", "player_box_november.csv", "shots.csv"];
  const isLast = (row: string) => row.startsWith("0022300102,7,");
  const late = "0022300102,8,9000001,A. Doe,1610612747,1,11,30,Made Shot,2PT Field Goal,2,1";
  const renamed = (row: string) => (isLast(row) ? late : row.replace("9000001,Ana Doe", "9000001,Anna Doe"));
  await loadFiles(slice(files, renamed));
  const expected = store.snapshot();
  store = new MemoryStore();
  await loadFiles(slice(files));
  await loadFiles(slice(files, renamed));
  expect(store.snapshot()).toEqual(expected);
  expect(texts("nbac_play_by_play", "event_id", "player_1_lookup")).toEqual(["7 annadoe", "8 annadoe", "9 anadoe"]);
});

it("quotes that came before their schedule and their players find them", async () => {
  await loadFiles(slice(["odds.csv"], (row) => row.replace("2023-11-09T03:40", "2023-11-10T05:40")));
  expect(new Set(texts("odds_api_player_points_props", "game_id"))).toEqual(new Set(["20231110_IND_LAL"]));
  expect(texts("odds_api_player_points_props", "player_lookup")).toContain("nicpoe");
  await loadFiles(slice(["schedule.csv", "rosters_2023-11-01.csv"], (row) => row.replace("2023-11-08", "2023-11-09")));
  expect(new Set(texts("odds_api_player_points_props", "game_id"))).toEqual(new Set(["20231109_IND_LAL"]));
  expect(texts("odds_api_player_points_props", "player_lookup")).toContain("nicolaspoe");
});

it("a snapshot is replaced as a whole, other snapshots stay", async () => {
  await loadFiles(slice(["schedule.csv", "odds.csv"]));
  const at = (hour: string) =>
    texts("odds_api_player_points_props", "snapshot_timestamp", "player_lookup").filter((text) => text.includes(hour));
  expect([at("20:00").length, at("03:35").length]).toEqual([4, 1]);
  await loadFiles(slice(["odds.csv"], (row) => (/Nic Poe|03:35/.test(row) ? undefined : row)));
  expect([at("20:00").length, at("03:35").length]).toEqual([3, 1]);
});

it("play-by-play and a shot chart make one game, whichever comes first", async () => {
  const box = ["schedule.csv", "player_box_november.csv"];
  const events = async (...order: string[]) => {
    store = new MemoryStore();
    for (const names of [box, ...order.map((name) => [name])]) await loadFiles(slice(names));
    return store.rows("nbac_play_by_play").filter((row) => row.game_id === "20231108_IND_LAL");
  };
  const rows = await events("play_by_play_v2.csv", "shots.csv");
  expect(rows).toMatchObject([
    { event_id: "12", shot_type: "FT", shot_made: true, score_home: 4 },
    { event_id: "7", shot_type: "3PT", shot_distance: 26, player_1_lookup: "anadoe" },
    { event_id: "9", shot_distance: 3, player_2_lookup: "anadoe", player_2_role: "block", shot_made: false },
  ]);
  const others = await events("shots.csv", "play_by_play_v2.csv");
  expect(others.map((row) => row.data_hash).sort()).toEqual(rows.map((row) => row.data_hash).sort());
});

it("a row that could not be read takes nothing away: what is stored of it stays, and all else is taken", async () => {
  await loadFiles(slice(ALL));
  const before = store.snapshot();
  const spoilt: [file: string, row: string, cell: string, odd: string][] = [
    ["schedule.csv", "0022300103", "2023-11-12", "2023-11-32"],
    ["player_box_november.csv", "9000002", ",30:30,20,", ",30:30,2O,"],
    ["shots.csv", "0022300101,9", ",1,11,20,", ",1,11,2O,"],
    ["play_by_play_v2.csv", "0022300101,12", "11:02", "soon"],
    ["odds.csv", "player_points,DraftKings,Over,12.5", "2023-11-08T20:00:00Z", "yesterday"],
    ["rosters_2023-11-01.csv", "1610612754", "Nicolas Poe", "..."],
  ];
  for (const [file, start, cell, odd] of spoilt) {
    const spoil = (row: string) => (row.replaceAll("'", "").startsWith(start) ? row.replace(cell, odd) : row);
    expect(slice([file], spoil)).not.toEqual(slice([file]));
    await loadFiles(slice([file], spoil));
    expect([file, store.snapshot()]).toEqual([file, before]);
  }
});

const SCHEDULE_HEADER = (SEASON_SLICE["schedule.csv"] ?? [])[0] ?? "";
const planned = (id: string, date: string, teams: "LAL IND" | "BKN LAL" | "IND BKN", score?: string) => {
  const [home, away] = teams.split(" ");
  return `${id},x,${date},19:30:00,x,${score === undefined ? 1 : 3},x,1,2,${home},${away},${score ?? "0,0"},23-24`;
};

it("games of a series that is over go, and what a season's schedule has no more between its days", async () => {
  const won = ["01", "03", "05", "07"].map((day, at) =>
    planned(`004230010${at + 1}`, `2024-06-${day}`, "LAL IND", "110,90"),
  );
  const rest = [planned("0042300105", "2024-06-09", "LAL IND"), planned("0042300106", "2024-06-11", "LAL IND")];
  const other = planned("0042300116", "2024-06-12", "BKN LAL");
  await loadFiles({ "finals.csv": [SCHEDULE_HEADER, ...won, ...rest, other] });
  // A file of another name may be that of another month.
  await loadFiles({ "june.csv": [SCHEDULE_HEADER, ...won] });
  expect(texts("nbac_schedule", "nba_game_id")).toHaveLength(7);
  await loadFiles({ "finals.csv": [SCHEDULE_HEADER, ...won] });
  expect(texts("nbac_schedule", "nba_game_id")).toHaveLength(5);
  expect(texts("nbac_schedule", "nba_game_id")).toContain("0042300116");
  store = new MemoryStore();
  const autumn = planned("0022300201", "2023-11-01", "LAL IND");
  const winter = planned("0022300202", "2023-12-01", "BKN LAL");
  const spring = planned("0022300203", "2024-01-01", "IND BKN");
  const last = planned("0022300204", "2024-01-02", "BKN LAL");
  await loadFiles({ "schedule.csv": [SCHEDULE_HEADER, autumn, winter, spring, last] });
  await loadFiles({ "monthly.csv": [SCHEDULE_HEADER, autumn] });
  expect(texts("nbac_schedule", "nba_game_id")).toHaveLength(4);
  await loadFiles({ "schedule_today.csv": [SCHEDULE_HEADER, autumn, spring, last] });
  expect(texts("nbac_schedule", "nba_game_id")).toEqual(["0022300201", "0022300203", "0022300204"]);
});

it("a day's schedule that has one game left is still the day's, and not a team's", async () => {
  const [one, other] = [planned("0022300201", "2023-11-01", "LAL IND"), planned("0022300202", "2023-11-01", "BKN LAL")];
  const third = planned("0022300204", "2023-11-01", "IND BKN");
  await loadFiles({ "day.csv": [SCHEDULE_HEADER, one, other, third] });
  await loadFiles({ "lakers.csv": [SCHEDULE_HEADER, one] });
  expect(texts("nbac_schedule", "nba_game_id")).toContain("0022300204");
  await loadFiles({ "day.csv": [SCHEDULE_HEADER, one] });
  expect(texts("nbac_schedule", "nba_game_id")).toEqual(["0022300201"]);
});

it("an older schedule makes no game of the past one to come", async () => {
  const before = [planned("0022300201", "2023-11-01", "LAL IND"), planned("0022300202", "2023-11-03", "BKN LAL")];
  const after = [planned("0022300201", "2023-11-02", "LAL IND", "110,90"), before[1] as string];
  await loadFiles({ "after.csv": [SCHEDULE_HEADER, ...after] });
  const expected = store.snapshot();
  await loadFiles({ "before.csv": [SCHEDULE_HEADER, ...before] });
  expect(store.snapshot()).toEqual(expected);
  store = new MemoryStore();
  await loadFiles({ "before.csv": [SCHEDULE_HEADER, ...before] });
  await loadFiles({ "after.csv": [SCHEDULE_HEADER, ...after] });
  expect(store.snapshot()).toEqual(expected);
});

it("a quote that comes again with another price has it, though the price is not hashed", async () => {
  await loadFiles(slice(["schedule.csv", "player_box_november.csv", "odds.csv"]));
  const before = texts("odds_api_player_points_props", "player_lookup", "data_hash");
  await loadFiles(slice(["odds.csv"], (row) => row.replaceAll(",-110,", ",-125,")));
  expect(new Set(texts("odds_api_player_points_props", "over_price_american"))).toEqual(new Set(["-125"]));
  expect(new Set(texts("odds_api_game_lines", "outcome_price"))).toEqual(new Set(["-125"]));
  expect(texts("odds_api_player_points_props", "player_lookup", "data_hash")).toEqual(before);
});
