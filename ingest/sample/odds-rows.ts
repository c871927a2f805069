import { daysBetween, timestampText } from "../calendar.js";
import { TEAM_BY_ABBR } from "../teams.js";
import { type Drafted, HOUR_MS } from "./drafted.js";
import { expectedPlayerPoints, expectedScore } from "./expectation.js";
import { Random } from "./random.js";
import type { PlayedGame, Season } from "./season.js";

const MINUTE_MS = 60_000;
const GAME_BOOKMAKERS = ["draftkings", "fanduel"];
const PROP_BOOKMAKERS = ["draftkings", "fanduel"];
const BACKUP_BOOKMAKERS = ["betmgm", "caesars"];
/** Every so many days only the backup source has player lines. */
const BACKUP_EVERY_DAYS = 6;
const BACKUP_DAY = 4;
/** Opening and closing quotes, in minutes before tip-off. */
const SNAPSHOTS = [
  { minutes: 600, isOpening: true },
  { minutes: 5, isOpening: false },
];

/** Rows of `odds_api_game_lines`: spread and total of two bookmakers, opening and closing. */
export function* gameLineRows({ seed, games }: Season): Generator<Drafted> {
  for (const game of games) {
    const { scheduled } = game;
    const random = new Random(seed, "lines", scheduled.gameId);
    const { home, away } = expectedScore(game);
    // What all bookmakers misjudge alike, at the opening and still at the close.
    const spread = away - home + random.normal(0, 1.5);
    const total = home + away + random.normal(0, 2);
    for (const bookmaker of GAME_BOOKMAKERS) {
      for (const { minutes, isOpening } of SNAPSHOTS) {
        const drift = isOpening ? 1.2 : 0.25;
        const homeSpread = toHalf(spread + random.normal(0, drift));
        const totalPoint = toHalf(total + random.normal(0, drift * 1.5));
        const outcomes: [market: string, outcome: string, point: number][] = [
          ["spreads", TEAM_BY_ABBR.get(scheduled.home)!.fullName, homeSpread],
          ["spreads", TEAM_BY_ABBR.get(scheduled.away)!.fullName, 0 - homeSpread],
          ["totals", "Over", totalPoint],
          ["totals", "Under", totalPoint],
        ];
        const snapshot = timestampText(scheduled.tipOff - minutes * MINUTE_MS);
        for (const [market, outcome, point] of outcomes) {
          const values = {
            game_id: scheduled.gameId,
            bookmaker_key: bookmaker,
            market_key: market,
            outcome_name: outcome,
            snapshot_timestamp: snapshot,
            game_date: scheduled.date,
            home_team_abbr: scheduled.home,
            away_team_abbr: scheduled.away,
            outcome_point: point,
            outcome_price: price(random),
          };
          yield { values, processedAt: snapshot };
        }
      }
    }
  }
}

/** Rows of `odds_api_player_points_props`: the regular players of both teams, opening and closing. */
export function* playerPropRows(season: Season): Generator<Drafted> {
  for (const game of season.games) {
    if (isBackupDay(season, game)) continue;
    const { scheduled } = game;
    for (const { player, line, random } of quotedPlayers(season, game)) {
      for (const bookmaker of PROP_BOOKMAKERS) {
        const closing = line + random.pick([-0.5, 0, 0, 0, 0.5]);
        const opening = closing + random.pick([-1, -0.5, 0, 0, 0, 0.5, 1]);
        for (const { minutes, isOpening } of SNAPSHOTS) {
          const snapshot = timestampText(scheduled.tipOff - minutes * MINUTE_MS);
          const values = {
            game_id: scheduled.gameId,
            player_lookup: player.lookup,
            bookmaker,
            snapshot_timestamp: snapshot,
            game_date: scheduled.date,
            points_line: isOpening ? opening : closing,
            over_price_american: price(random),
            under_price_american: price(random),
            minutes_before_tipoff: minutes,
          };
          yield { values, processedAt: snapshot };
        }
      }
    }
  }
}

/** Rows of `bettingpros_player_points_props`: the days on which the preferred source has nothing. */
export function* backupPropRows(season: Season): Generator<Drafted> {
  for (const game of season.games) {
    if (!isBackupDay(season, game)) continue;
    const updated = timestampText(game.scheduled.tipOff - HOUR_MS);
    for (const { player, line, random } of quotedPlayers(season, game)) {
      const offers = BACKUP_BOOKMAKERS.map((bookmaker) => ({ bookmaker, line: line + random.pick([0, 0, 0.5]) }));
      const opening = line + random.pick([-0.5, 0, 0.5]);
      for (const side of ["over", "under"] as const) {
        // The best line is the lowest for the over and the highest for the under; the first bookmaker wins a tie.
        const best = offers.reduce((a, b) => ((side === "over" ? b.line < a.line : b.line > a.line) ? b : a));
        for (const offer of offers) {
          const values = {
            game_date: game.scheduled.date,
            player_lookup: player.lookup,
            bookmaker: offer.bookmaker,
            bet_side: side,
            points_line: offer.line,
            opening_line: opening,
            is_best_line: offer === best,
            is_active: true,
            odds_american: price(random),
            bookmaker_last_update: updated,
          };
          yield { values, processedAt: updated };
        }
      }
    }
  }
}

function isBackupDay({ games }: Season, { scheduled }: PlayedGame): boolean {
  return daysBetween(games[0]!.scheduled.date, scheduled.date) % BACKUP_EVERY_DAYS === BACKUP_DAY;
}

const QUOTED_PER_TEAM = 8;
const LOWEST_LINE = 5.5;

/** The players who are quoted, with the line that the market agrees on before bookmakers differ, in half points. */
function* quotedPlayers({ seed }: Season, game: PlayedGame) {
  const score = expectedScore(game);
  const random = new Random(seed, "props", game.scheduled.gameId);
  for (const [side, points] of [
    [game.awaySide, score.away],
    [game.homeSide, score.home],
  ] as const) {
    const available = side.roster.filter((player) => !game.missing.has(player));
    for (const { player, expected } of expectedPlayerPoints(available, points).slice(0, QUOTED_PER_TEAM)) {
      const line = Math.floor(expected * 0.97 + random.normal(0, 0.8)) + 0.5;
      yield { player, line: Math.max(LOWEST_LINE, line), random };
    }
  }
}

/** The nearest half point; `+ 0` turns a negative zero into zero. */
function toHalf(points: number): number {
  return Math.round(points * 2) / 2 + 0;
}

/** American odds around -110. */
function price(random: Random): number {
  return -110 + 2 * random.int(-4, 4);
}
