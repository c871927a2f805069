import { addDays, seasonLabel, timestampText, yearsBetween, zonedTime } from "../calendar.js";
import { teamListRows } from "../team-list.js";
import { type Drafted, HOUR_MS } from "./drafted.js";
import type { Player } from "./league.js";
import type { Season } from "./season.js";

const ROSTER_EVERY_DAYS = 7;

/** Rows of `nbac_injury_report`: for every game the reports of its day. */
export function* injuryRows({ games }: Season): Generator<Drafted> {
  for (const { scheduled, reports } of games) {
    for (const { team, report } of reports) {
      const time = `${String(report.hour).padStart(2, "0")}:00:00`;
      const values = {
        report_date: scheduled.date,
        report_hour: report.hour,
        game_date: scheduled.date,
        game_id: scheduled.gameId,
        player_lookup: report.player.lookup,
        team,
        injury_status: report.status,
        reason: report.reason,
        reason_category: report.category,
        confidence_score: 1,
      };
      yield { values, processedAt: timestampText(zonedTime(scheduled.date, time, "America/New_York")) };
    }
  }
}

/** Rows of `espn_team_rosters`: every week from the day before the season, with who missed his team's last game. */
export function* rosterRows({ league, games, seasonYear }: Season): Generator<Drafted> {
  const missing = new Map<string, ReadonlySet<Player>>();
  let next = 0;
  const last = games.at(-1)!.scheduled.date;
  for (let date = addDays(games[0]!.scheduled.date, -1); date <= last; date = addDays(date, ROSTER_EVERY_DAYS)) {
    for (; next < games.length && games[next]!.scheduled.date < date; next++) {
      const game = games[next]!;
      for (const side of [game.homeSide, game.awaySide]) missing.set(side.team, new Set(game.missing.keys()));
    }
    const processedAt = timestampText(zonedTime(date, "12:00:00", "America/New_York"));
    for (const side of league.values()) {
      for (const player of side.roster) {
        const values = {
          roster_date: date,
          team_abbr: side.team,
          player_lookup: player.lookup,
          season_year: seasonYear,
          player_full_name: player.name,
          position_abbr: player.position,
          birth_date: player.birthDate,
          age: yearsBetween(player.birthDate, date),
          status: missing.get(side.team)?.has(player) ? "injured" : "active",
        };
        yield { values, processedAt };
      }
    }
  }
}

/** Rows of `nbac_player_list_current`: everyone on a roster. */
export function* playerListRows({ league, games, seasonYear }: Season): Generator<Drafted> {
  for (const side of league.values()) {
    for (const player of side.roster) {
      const values = {
        player_lookup: player.lookup,
        player_id: player.id,
        player_full_name: player.name,
        team_abbr: side.team,
        position: player.position,
        birth_date: player.birthDate,
        is_active: true,
        season_year: seasonYear,
      };
      yield { values, processedAt: beforeSeason(games[0]!.scheduled.tipOff) };
    }
  }
}

/** Rows of `nba_players_registry`; a player who has not played has no game dates. */
export function* registryRows({ league, games, seasonYear }: Season): Generator<Drafted> {
  const played = new Map<Player, { first: string; last: string }>();
  for (const { scheduled, result } of games) {
    for (const { player } of [...result.away, ...result.home]) {
      played.set(player, { first: played.get(player)?.first ?? scheduled.date, last: scheduled.date });
    }
  }
  for (const side of league.values()) {
    for (const player of side.roster) {
      const values = {
        player_lookup: player.lookup,
        universal_player_id: `${player.lookup}_001`,
        player_name: player.name,
        team_abbr: side.team,
        season: seasonLabel(seasonYear),
        position: player.position,
        first_game_date: played.get(player)?.first ?? null,
        last_game_date: played.get(player)?.last ?? null,
      };
      yield { values, processedAt: timestampText(games.at(-1)!.scheduled.tipOff + 24 * HOUR_MS) };
    }
  }
}

/** Rows of `nbac_team_list`. */
export function* teamRows({ games }: Season): Generator<Drafted> {
  const processedAt = beforeSeason(games[0]!.scheduled.tipOff);
  for (const values of teamListRows()) yield { values, processedAt };
}

function beforeSeason(firstTipOff: number): string {
  return timestampText(firstTipOff - 24 * HOUR_MS);
}
