import { dateOf } from "../calendar.js";
import { gameIdOf } from "../game-id.js";
import { toAscii } from "../player-lookup.js";
import { nbacInjuryReport } from "../raw-tables/index.js";
import { teamByAny, teamByCode } from "../teams.js";
import type { Games } from "./games.js";
import { reasonCategory } from "./injuries.js";
import { LAYOUTS } from "./layouts.js";
import type { Players } from "./players.js";
import type { RowSink } from "./row-sink.js";
import { readRecords, type Skips } from "./skips.js";
import type { Cells, SourceRecord, SourceTable } from "./source-table.js";

const STATUSES = ["out", "doubtful", "questionable", "probable", "available"] as const;

/**
 * Reads the league's injury report into `nbac_injury_report`. When it was published is told by columns, else by the file's
 * name (`Injury-Report_2023-12-18_05PM`), else unknown: then it counts as of the day of the game, hour 0.
 * @returns the names that no box score and no roster has; they are kept under their own lookup
 */
export async function readInjuryReport(
  sources: readonly SourceTable[],
  games: Games,
  players: Players,
  rows: RowSink,
  skips: Skips,
): Promise<ReadonlySet<string>> {
  const strangers = new Set<string>();
  await readRecords(sources, LAYOUTS.injury_report, nbacInjuryReport, skips, (cells, record) => {
    if (cells.optional(record, "player") === undefined || cells.optional(record, "status") === undefined) {
      cells.fail(record, "player", "the team has not reported yet", "report not yet submitted");
    }
    const matchup = /^(\w+)\s*@\s*(\w+)$/.exec(cells.text(record, "matchup"));
    const [away, home] = [matchup?.[1], matchup?.[2]].map((team) =>
      team === undefined ? cells.malformed(record, "matchup", "matchup must be AWAY@HOME") : code(team),
    ) as [string, string];
    const day = cells.date(record, "game_date");
    const game = games.ofEvent(home, away, day);
    const named = cells.text(record, "team");
    const team = teamByAny(named)?.abbr ?? cells.fail(record, "team", `unknown team "${named}"`, "unknown team");
    const status = cells.text(record, "status").toLowerCase();
    if (!STATUSES.some((known) => known === status)) {
      cells.fail(record, "status", `status "${status}" is none of ${STATUSES.join(", ")}`, "unknown status");
    }
    const name = inOrder(cells.text(record, "player"));
    const match = players.match(name, { teams: [team], seasonYear: game?.seasonYear });
    if (match.kind === "ambiguous")
      cells.fail(record, "player", `"${name}" is the name of several players`, "name of several players");
    if (match.lookup === "") cells.malformed(record, "player", `no letters in name "${name}"`);
    if (match.kind === "unknown" && !players.isEmpty) strangers.add(name);
    const reason = cells.optional(record, "reason");
    const published = publishedAt(cells, record) ?? { date: day, hour: 0 };
    const gameId = game?.gameId ?? gameIdOf(day, away, home);
    const values = {
      report_date: published.date,
      report_hour: published.hour,
      game_date: game?.date ?? day,
      game_id: gameId,
      player_lookup: match.lookup,
      team,
      injury_status: status,
      reason: reason === undefined ? null : toAscii(reason),
      reason_category: reason === undefined || status === "available" ? null : reasonCategory(reason),
      confidence_score: 1,
    };
    rows.add(values, cells, record, "player");
    rows.cover(["report_date", "report_hour", "game_id", "team"], [published.date, published.hour, gameId, team]);
  });
  return strangers;
}

function publishedAt(cells: Cells, record: SourceRecord): { date: string; hour: number } | undefined {
  const time = cells.optional(record, "report_time");
  const date = cells.optionalDate(record, "report_date") ?? dateOf(time ?? "");
  if (date !== undefined) {
    const hour = cells.optionalInt(record, "report_hour") ?? hourOf(time ?? "") ?? 0;
    return { date, hour };
  }
  const name = /(\d{4})[-_]?(\d\d)[-_]?(\d\d)[-_T ]+(\d{1,2}(?:[-_:]?\d\d)?\s*(?:AM|PM)?)/i.exec(cells.source.name);
  const named = name === null ? undefined : dateOf(`${name[1]}-${name[2]}-${name[3]}`);
  return named === undefined ? undefined : { date: named, hour: hourOf(name?.[4] ?? "") ?? 0 };
}

/** The hour of `05PM`, `5:30 PM`, `17:00` or a timestamp. */
function hourOf(text: string): number | undefined {
  const match = /(?:^|[T ])(\d{1,2})(?:[-_:]?(\d\d))?(?::\d\d)?\s*(AM|PM)?/i.exec(text.trim());
  if (match === null) return undefined;
  const hour = Number(match[1]);
  const half = match[3]?.toUpperCase();
  if (half === undefined) return hour < 24 ? hour : undefined;
  return (hour % 12) + (half === "PM" ? 12 : 0);
}

/** `Lively II, Dereck` as it is spoken. */
function inOrder(name: string): string {
  const comma = name.indexOf(",");
  return comma < 0 ? name : `${name.slice(comma + 1).trim()} ${name.slice(0, comma).trim()}`;
}

function code(text: string): string {
  return teamByCode(text)?.abbr ?? text.toUpperCase();
}
