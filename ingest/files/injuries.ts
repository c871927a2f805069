import { playerLookup, toAscii } from "../player-lookup.js";
import { nbacInjuryReport } from "../raw-tables/index.js";
import { teamByNickname } from "../teams.js";
import type { Games } from "./games.js";
import { LAYOUTS } from "./layouts.js";
import type { Players } from "./players.js";
import { RowSink } from "./row-sink.js";
import { Cells, type SourceRecord, type SourceTable } from "./source-table.js";

export interface InjuryResult {
  readonly rows: RowSink;
  /** Transactions after a team's last scheduled game. */
  readonly withoutGame: number;
  /** Rows in whose player column the source has a remark. */
  readonly withoutPlayer: number;
  /** Names that no box score has; they are kept under their own lookup. */
  readonly notInBoxScores: number;
}

/** What the first matching pattern says of the free text; an entry without any is an injury. */
const CATEGORIES: readonly (readonly [RegExp, string])[] = [
  [/health and safety|covid/i, "health_and_safety_protocols"],
  [/illness|flu\b|gastroenteritis|migraine|infection/i, "illness"],
  [/suspen/i, "suspension"],
  [/personal|bereavement|family|birth of/i, "personal"],
  [/\brest\b|\bload management\b|conditioning/i, "rest"],
  [/ineligible|not with team|trade/i, "not_with_team"],
];

/**
 * Reads inactive-list transactions into `nbac_injury_report`: going out is `out`, coming back `available`, for the
 * team's game on that day, else its next one. A report lasts until the next report of the player, so an absence is not
 * repeated for later games. The source has no time of day: `report_hour` only counts the reports of one player and day.
 */
export async function readInjuries(
  sources: readonly SourceTable[],
  games: Games,
  players: Players,
  processedAt: string,
): Promise<InjuryResult> {
  const rows = new RowSink(nbacInjuryReport, processedAt);
  const reportsOfDay = new Map<string, number>();
  let withoutGame = 0;
  let withoutPlayer = 0;
  const strangers = new Set<string>();
  for (const source of sources) {
    const cells = new Cells(source, LAYOUTS.injury_transactions);
    for await (const record of source.records(LAYOUTS.injury_transactions)) {
      const date = cells.date(record, "date");
      const nickname = cells.text(record, "team");
      const team = teamByNickname(nickname)?.abbr ?? cells.fail(record, "team", `unknown team "${nickname}"`);
      const { name, isOut } = playerOf(cells, record);
      if (/^(placed on|activated|NBA health)/i.test(name)) {
        withoutPlayer++;
        continue;
      }
      const { lookup, isKnown } = lookupOf(name, players);
      if (lookup === "") cells.fail(record, isOut ? "relinquished" : "acquired", `no letters in name "${name}"`);
      if (!isKnown) strangers.add(lookup);
      const game = games.nextGame(team, date);
      if (game === undefined) {
        withoutGame++;
        continue;
      }
      const day = `${lookup} ${date}`;
      const hour = reportsOfDay.get(day) ?? 0;
      reportsOfDay.set(day, hour + 1);
      const notes = cells.optional(record, "notes");
      const values = {
        report_date: date,
        report_hour: hour,
        game_date: game.date,
        game_id: game.gameId,
        player_lookup: lookup,
        team,
        injury_status: isOut ? "out" : "available",
        reason: notes === undefined ? null : toAscii(notes),
        reason_category: isOut && notes !== undefined ? categoryOf(notes) : null,
        confidence_score: 1,
      };
      rows.add(values, cells, record, "date");
    }
  }
  return { rows, withoutGame, withoutPlayer, notInBoxScores: strangers.size };
}

function playerOf(cells: Cells, record: SourceRecord): { name: string; isOut: boolean } {
  const out = cells.optional(record, "relinquished");
  const back = cells.optional(record, "acquired");
  if ((out === undefined) === (back === undefined)) {
    cells.fail(record, "relinquished", "one of acquired and relinquished must name a player");
  }
  return { name: out ?? back ?? "", isOut: out !== undefined };
}

/** One player may go by several names ("A / B") and be told from namesakes by a remark in brackets. */
function lookupOf(name: string, players: Players): { lookup: string; isKnown: boolean } {
  const names = name
    .replace(/\([^)]*\)/g, "")
    .split("/")
    .map((part) => part.trim());
  for (const candidate of names) {
    const lookup = players.match(candidate);
    if (lookup !== undefined) return { lookup, isKnown: true };
  }
  return { lookup: playerLookup(names[0] ?? ""), isKnown: false };
}

function categoryOf(notes: string): string {
  return CATEGORIES.find(([pattern]) => pattern.test(notes))?.[1] ?? "injury";
}
