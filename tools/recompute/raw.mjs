// The raw rows of a warehouse as what was played, reported and listed, by player, team and game.
import { ratio, roundTo } from "./numbers.mjs";

const DAY = 86_400_000;
const number = (value) => (value === null ? undefined : Number(value));

/** Whole days from one date to a later one. */
export function daysBetween(earlier, later) {
  return Math.round((Date.parse(later) - Date.parse(earlier)) / DAY);
}

/** Seasons open in October. */
export function seasonOf(day) {
  return Number(day.slice(0, 4)) - (Number(day.slice(5, 7)) >= 10 ? 0 : 1);
}

/**
 * @param rows runs a query and gives its rows as objects
 * @returns what the rules are computed from; lists are in the order of play
 */
export async function readRaw(rows) {
  const games = new Map();
  for (const game of await rows(
    `SELECT game_id AS id, game_date::VARCHAR AS day, season_year, home_team_tricode AS home, away_team_tricode AS away,
       winning_team_tricode AS winner, game_status = 3 AS is_final, coalesce(is_playoffs, FALSE) AS is_playoffs
     FROM nba_raw.nbac_schedule
     WHERE (coalesce(is_regular_season, FALSE) OR coalesce(is_playoffs, FALSE)) AND NOT coalesce(is_all_star, FALSE)`,
  ))
    games.set(game.id, { ...game, season: Number(game.season_year) });

  const teamGames = await readTeamGames(rows, games);
  const shots = await readShots(rows);
  const played = [...games.values()].filter((game) => game.is_final);
  const sides = played.flatMap((game) => [game.home, game.away].map((team) => ({ game, team })));
  return {
    schedules: groupedInOrder(sides, ({ team }) => team),
    games,
    teamGames,
    byTeam: groupedInOrder([...teamGames.values()], ({ team }) => team),
    byPlayer: groupedInOrder(await readPlayerGames(rows, games, teamGames, shots), ({ player }) => player),
    shots,
    reports: await readReports(rows, games),
    rosters: await rows(
      "SELECT team_abbr AS team, player_lookup AS player, roster_date::VARCHAR AS day, birth_date::VARCHAR AS born FROM nba_raw.espn_team_rosters",
    ),
  };
}

/** One per team and final game: totals of the team box score, or of its players where that is missing. */
async function readTeamGames(rows, games) {
  const found = new Map();
  const totals = await rows(
    `SELECT game_id, team_abbr AS team, split_part(minutes, ':', 1)::BIGINT AS minutes, points, fg_attempted AS shots,
       three_pt_attempted AS threes, three_pt_made AS threes_made, ft_attempted AS free, turnovers, offensive_rebounds AS boards,
       TRUE AS is_box
     FROM nba_raw.nbac_team_boxscore
     UNION ALL SELECT game_id, team_abbr, sum(seconds) // 60 + 12, sum(points), sum(shots), sum(threes), sum(threes_made), sum(free),
       sum(turnovers), sum(boards), FALSE
     FROM (${PLAYER_BOXES}) WHERE (game_id, team_abbr) NOT IN (SELECT (game_id, team_abbr) FROM nba_raw.nbac_team_boxscore)
     GROUP BY ALL`,
  );
  for (const row of totals) {
    const game = games.get(row.game_id);
    if (game === undefined || !game.is_final) continue;
    const counts = Object.fromEntries(
      ["minutes", "points", "shots", "threes", "threes_made", "free", "turnovers", "boards"].map((name) => [
        name,
        number(row[name]),
      ]),
    );
    const { minutes, points, shots, free, turnovers, boards } = counts;
    const overtimes = Math.max(0, Math.trunc((minutes - 240) / 25));
    const possessions = 100 * shots + 44 * free + 100 * turnovers - 100 * boards;
    found.set(`${game.id} ${row.team}`, {
      ...counts,
      game,
      team: row.team,
      opponent: game.home === row.team ? game.away : game.home,
      isBox: row.is_box,
      plays: 100 * shots + 44 * free + 100 * turnovers,
      pace: ratio(possessions * 48, 100 * (48 + 5 * overtimes), 1),
      rating: ratio(10_000 * points, possessions, 2),
    });
  }
  return found;
}

/** Whoever played: the gamebook, or the other box score for games that it lacks. */
const PLAYER_BOXES = `
  SELECT *, 60 * TRY_CAST(split_part(minutes, ':', 1) AS BIGINT)
    + coalesce(TRY_CAST(nullif(split_part(minutes, ':', 2), '') AS BIGINT), 0) AS seconds
  FROM (
    SELECT game_id, game_date, team_abbr, player_lookup, minutes, points, field_goals_attempted AS shots, field_goals_made AS made,
      three_pointers_attempted AS threes, three_pointers_made AS threes_made, free_throws_attempted AS free,
      free_throws_made AS free_made, turnovers, offensive_rebounds AS boards
    FROM nba_raw.nbac_gamebook_player_stats WHERE player_status = 'active'
    UNION ALL SELECT game_id, game_date, team_abbr, player_lookup, minutes, points, field_goals_attempted, field_goals_made,
      three_pointers_attempted, three_pointers_made, free_throws_attempted, free_throws_made, turnovers, offensive_rebounds
    FROM nba_raw.bdl_player_boxscores
    WHERE game_id NOT IN (SELECT game_id FROM nba_raw.nbac_gamebook_player_stats) AND NOT regexp_matches(coalesce(minutes, ''), '^[0:]*$')
  )`;

async function readPlayerGames(rows, games, teamGames, shots) {
  const found = [];
  for (const row of await rows(`SELECT * REPLACE (game_date::VARCHAR AS game_date) FROM (${PLAYER_BOXES})`)) {
    const game = games.get(row.game_id);
    if (game === undefined || !game.is_final || game.day !== row.game_date) continue;
    const own = teamGames.get(`${game.id} ${row.team_abbr}`);
    const seconds = number(row.seconds);
    const twos = Number(row.shots) - Number(row.threes);
    const paint = Math.round(0.65 * twos + 1e-9);
    const plays = 100 * Number(row.shots) + 44 * Number(row.free) + 100 * Number(row.turnovers);
    const used = own?.isBox ? ratio(1200 * own.minutes * plays, (seconds ?? 0) * own.plays, 2) : undefined;
    found.push({
      game,
      player: row.player_lookup,
      team: row.team_abbr,
      opponent: game.home === row.team_abbr ? game.away : game.home,
      points: Number(row.points),
      freeThrows: Number(row.free_made),
      seconds,
      minutes: seconds === undefined ? undefined : roundTo(seconds / 60, 1),
      usage: used === undefined ? undefined : Math.min(100, Math.max(0, used)),
      // Without shot events 65 % of the two-pointers are taken to be from the paint.
      attempts: {
        ...(shots.games.has(game.id)
          ? (shots.byPlayer.get(`${game.id} ${row.player_lookup}`) ?? { paint: 0, mid: 0 })
          : { paint, mid: twos - paint }),
        three: Number(row.threes),
      },
    });
  }
  return found;
}

/** Two-point attempts by zone: paint within 8 feet, mid-range behind; of the preferred source of each game. */
async function readShots(rows) {
  const shots = `
    SELECT * FROM (SELECT game_id, player_1_lookup AS player, player_1_team_abbr AS team, shot_type, shot_distance, shot_made
      FROM nba_raw.bigdataball_play_by_play
      UNION ALL SELECT game_id, player_1_lookup, player_1_team_abbr, shot_type, shot_distance, shot_made FROM nba_raw.nbac_play_by_play
      WHERE game_id NOT IN (
        SELECT game_id FROM nba_raw.bigdataball_play_by_play WHERE shot_type IN ('2PT', '3PT') AND shot_made IS NOT NULL
      ))
    WHERE shot_type IN ('2PT', '3PT') AND shot_made IS NOT NULL`;
  const counts = (whose) => `
    SELECT game_id, ${whose}, count(*) FILTER (shot_type = '2PT' AND shot_distance <= 8) AS paint,
      count(*) FILTER (shot_type = '2PT' AND shot_distance <= 8 AND shot_made) AS paint_made,
      count(*) FILTER (shot_type = '2PT' AND shot_distance > 8) AS mid,
      count(*) FILTER (shot_type = '2PT' AND shot_distance > 8 AND shot_made) AS mid_made
    FROM (${shots}) GROUP BY ALL`;
  const numbers = ({ paint, paint_made, mid, mid_made }) => ({
    ...{ paint: Number(paint), paintMade: Number(paint_made), mid: Number(mid), midMade: Number(mid_made) },
  });
  const of = async (whose) =>
    new Map((await rows(counts(whose))).map((row) => [`${row.game_id} ${row[whose]}`, numbers(row)]));
  const byTeam = await of("team");
  return { byPlayer: await of("player"), byTeam, games: new Set([...byTeam.keys()].map((key) => key.split(" ")[0])) };
}

/** The status of each player for each game: the latest sure report of the two weeks up to it. */
async function readReports(rows, games) {
  const found = new Map();
  const reports = await rows(
    `SELECT game_id, player_lookup AS player, team, injury_status AS status, report_date::VARCHAR AS day
     FROM nba_raw.nbac_injury_report WHERE confidence_score >= 0.8 ORDER BY report_date, report_hour`,
  );
  for (const report of reports) {
    const game = games.get(report.game_id);
    const age = game === undefined ? -1 : daysBetween(report.day, game.day);
    if (age >= 0 && age <= 14) found.set(`${report.game_id} ${report.player}`, report);
  }
  const byGame = new Map();
  for (const report of found.values()) byGame.set(report.game_id, [...(byGame.get(report.game_id) ?? []), report]);
  return byGame;
}

function groupedInOrder(list, keyOf) {
  const groups = grouped(list, keyOf);
  for (const group of groups.values())
    group.sort((a, b) => a.game.day.localeCompare(b.game.day) || (a.game.id < b.game.id ? -1 : 1));
  return groups;
}

function grouped(list, keyOf) {
  const groups = new Map();
  for (const one of list) {
    const group = groups.get(keyOf(one));
    if (group === undefined) groups.set(keyOf(one), [one]);
    else group.push(one);
  }
  return groups;
}
