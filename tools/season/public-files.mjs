// Seasons as public files, and slices of them: what was known before a night, what came after it.
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

/**
 * The layouts that are played, each by columns that only it has, and the day that a row belongs to. `results` come after the
 * games of the day, `known` is there before them.
 */
const LAYOUTS = [
  { name: "schedule", has: ["gid", "etdate"], day: '"etdate"', comes: "schedule" },
  { name: "shots", has: ["game_event_id"], day: "strptime(\"GAME_DATE\", '%Y%m%d')", comes: "results" },
  { name: "player_box", has: ["player_id", "min", "fgm"], day: '"GAME_DATE"', comes: "results" },
  { name: "team_box", has: ["team_id", "min", "fgm"], day: '"game_date"', comes: "results" },
  { name: "game_lines", has: ["whos_favored"], day: '"date"', comes: "known" },
  { name: "injury_transactions", has: ["relinquished"], day: '"Date"', comes: "known" },
  { name: "injury_report", has: ["status", "report_date"], day: '"report_date"', comes: "known" },
  { name: "rosters", has: ["roster_date"], day: '"roster_date"', comes: "known" },
  {
    name: "odds",
    has: ["market", "commence_time"],
    day: `CAST("commence_time" AS TIMESTAMPTZ) AT TIME ZONE 'America/New_York'`,
    comes: "known",
  },
];

/**
 * Reads the files of a folder into tables of a database, one per layout, with the column `played_day`.
 * @returns {Promise<{ name: string, comes: string }[]>} the layouts that are there
 */
export async function readSeason(connection, folder) {
  const found = [];
  for (const file of readdirSync(folder).sort()) {
    const path = join(folder, file).replaceAll("'", "''");
    const isParquet = file.endsWith(".parquet");
    if (!isParquet && !/\.csv(\.gz)?$/.test(file)) continue;
    const source = isParquet ? `read_parquet('${path}')` : `read_csv('${path}', all_varchar = true, header = true)`;
    const header = (await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${source}`)).getRows();
    const names = new Set(header.map(([name]) => String(name).toLowerCase()));
    const layout = LAYOUTS.find(({ has }) => has.every((name) => names.has(name)));
    if (layout === undefined) continue;
    await connection.run(
      `CREATE TABLE ${layout.name} AS SELECT *, CAST(${layout.day} AS DATE) AS played_day FROM ${source}`,
    );
    found.push(layout);
  }
  return found;
}

/** An empty folder for the files of one load. */
export function emptyFolder(dir, name) {
  const folder = join(dir, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Writes rows of a layout as its file, if there are any; `replace` gives columns other values. */
export async function writeRows(connection, layout, where, folder, replace = {}) {
  const values = Object.entries(replace).map(([column, value]) => `${value} AS "${column}"`);
  const star = `* EXCLUDE (played_day)${values.length === 0 ? "" : ` REPLACE (${values.join(", ")})`}`;
  const path = join(folder, `${layout.name}.csv`).replaceAll("'", "''");
  const [[count]] = (await connection.runAndReadAll(`SELECT count(*) FROM ${layout.name} WHERE ${where}`)).getRows();
  if (count > 0n)
    await connection.run(`COPY (SELECT ${star} FROM ${layout.name} WHERE ${where}) TO '${path}' (HEADER)`);
  return Number(count);
}

/** Writes what `load sample` left in a warehouse as the files that collectors would have left, lines and rosters included. */
export async function writeSample(connection, warehouse, folder) {
  await connection.run(`ATTACH '${warehouse}' AS sample (READ_ONLY)`);
  const people =
    "JOIN sample.nba_raw.nbac_player_list_current AS person ON person.player_lookup = box.player_lookup AND person.season_year = box.season_year";
  const game = "JOIN sample.nba_raw.nbac_schedule AS game ON game.game_id = box.game_id";
  const team = (abbr) => `JOIN sample.nba_raw.nbac_team_list AS team ON team.team_abbr = ${abbr}`;
  const line = (rebounds, plusMinus) =>
    `box.points AS PTS, field_goals_made AS FGM, field_goals_attempted AS FGA, three_pointers_made AS FG3M,
     three_pointers_attempted AS FG3A, free_throws_made AS FTM, free_throws_attempted AS FTA, offensive_rebounds AS OREB,
     defensive_rebounds AS DREB, ${rebounds} AS REB, assists AS AST, steals AS STL, blocks AS BLK, turnovers AS TOV,
     personal_fouls AS PF, ${plusMinus} AS PLUS_MINUS`;
  const player = `person.player_id AS PLAYER_ID, person.player_full_name AS PLAYER_NAME, box.team_abbr AS TEAM_ABBREVIATION,
     game.nba_game_id AS GAME_ID, box.game_date AS GAME_DATE, box.minutes AS MIN`;
  const files = {
    schedule: `SELECT nba_game_id AS gid, game_date AS etdate, strftime(game_date_est AT TIME ZONE 'America/New_York', '%H:%M:%S') AS ettime,
       game_status AS st, 'Final' AS stt, home_team_tricode AS "h.ta", away_team_tricode AS "v.ta", home_team_score AS "h.s",
       away_team_score AS "v.s" FROM sample.nba_raw.nbac_schedule`,
    player_box: `SELECT ${player}, ${line("total_rebounds", "plus_minus")}
       FROM sample.nba_raw.nbac_gamebook_player_stats AS box ${game} ${people} WHERE box.player_status = 'active'
       UNION ALL SELECT ${player}, ${line("rebounds", "0")} FROM sample.nba_raw.bdl_player_boxscores AS box ${game} ${people}
       WHERE box.game_id NOT IN (SELECT game_id FROM sample.nba_raw.nbac_gamebook_player_stats)`,
    team_box: `SELECT team.team_id, box.team_abbr AS team_abbreviation, box.nba_game_id AS game_id, box.game_date, box.minutes AS min,
       box.points AS pts, fg_made AS fgm, fg_attempted AS fga, three_pt_made AS fg3m, three_pt_attempted AS fg3a, ft_made AS ftm,
       ft_attempted AS fta, offensive_rebounds AS oreb, defensive_rebounds AS dreb, total_rebounds AS reb, assists AS ast,
       steals AS stl, blocks AS blk, turnovers AS tov, personal_fouls AS pf, plus_minus
       FROM sample.nba_raw.nbac_team_boxscore AS box ${team("box.team_abbr")}`,
    shots: `SELECT game.nba_game_id AS GAME_ID, event_id AS GAME_EVENT_ID, person.player_id AS PLAYER_ID,
       person.player_full_name AS PLAYER_NAME, team.team_id AS TEAM_ID, period AS PERIOD, game_clock_seconds // 60 AS MINUTES_REMAINING,
       game_clock_seconds % 60 AS SECONDS_REMAINING, if(shot_made, 'Made Shot', 'Missed Shot') AS EVENT_TYPE,
       shot_type || ' Field Goal' AS SHOT_TYPE, shot_distance AS SHOT_DISTANCE, CAST(shot_made AS INTEGER) AS SHOT_MADE_FLAG,
       CAST(coalesce(player_2_role = 'assist', FALSE) AS INTEGER) AS assisted, strftime(box.game_date, '%Y%m%d') AS GAME_DATE
       FROM (SELECT *, player_1_lookup AS player_lookup FROM sample.nba_raw.bigdataball_play_by_play) AS box
       ${game} ${people} ${team("box.player_1_team_abbr")} WHERE shot_type IN ('2PT', '3PT')`,
    injury_report: `SELECT report.game_date, game.away_team_tricode || '@' || game.home_team_tricode AS matchup,
       report.team, person.player_full_name AS player, report.injury_status AS status, report.reason, report.report_date, report.report_hour
       FROM sample.nba_raw.nbac_injury_report AS report JOIN sample.nba_raw.nbac_schedule AS game USING (game_id)
       JOIN sample.nba_raw.nbac_player_list_current AS person
         ON person.player_lookup = report.player_lookup AND person.season_year = game.season_year`,
    rosters: `SELECT roster.player_full_name AS player, roster.team_abbr AS team, position_abbr AS position, roster.birth_date, age, status,
       roster_date, person.player_id, roster.season_year AS season FROM sample.nba_raw.espn_team_rosters AS roster
       JOIN sample.nba_raw.nbac_player_list_current AS person USING (player_lookup, season_year)`,
    odds: `SELECT 'player_points' AS market, bookmaker, side, points_line AS line,
       if(side = 'Over', over_price_american, under_price_american) AS price, home.team_full_name AS home_team,
       away.team_full_name AS away_team, strftime(game_date_est AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%SZ') AS commence_time,
       person.player_full_name AS player, strftime(snapshot_timestamp AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%SZ') AS snapshot
       FROM sample.nba_raw.odds_api_player_points_props AS box ${game} JOIN sample.nba_raw.nbac_player_list_current AS person
         ON person.player_lookup = box.player_lookup AND person.season_year = game.season_year
       JOIN sample.nba_raw.nbac_team_list AS home ON home.team_abbr = game.home_team_tricode
       JOIN sample.nba_raw.nbac_team_list AS away ON away.team_abbr = game.away_team_tricode,
       unnest(['Over', 'Under']) AS sides(side)`,
  };
  for (const [name, query] of Object.entries(files))
    await connection.run(`COPY (${query} ORDER BY ALL) TO '${join(folder, name)}.csv' (HEADER)`);
  await connection.run("DETACH sample");
}
