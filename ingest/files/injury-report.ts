import type { StoredRows } from "../../runner/api/loader.js";
import { dateOf } from "../calendar.js";
import { gameIdOf } from "../game-id.js";
import { toAscii } from "../player-lookup.js";
import { nbacInjuryReport } from "../raw-tables/index.js";
import type { RawValues } from "../stamp.js";
import { teamByAny, teamByCode } from "../teams.js";
import type { Games } from "./games.js";
import { LAYOUTS } from "./layouts.js";
import type { Players } from "./players.js";
import { reasonCategory } from "./reason-category.js";
import type { RowSink } from "./row-sink.js";
import { readRecords, type Skips } from "./skips.js";
import type { Cells, SourceRecord, SourceTable } from "./source-table.js";

const STATUSES = ["out", "doubtful", "questionable", "probable", "available"] as const;

/** A row of a report, and the minute of its hour at which the report was published. */
interface Reported {
  readonly values: RawValues;
  readonly scope: readonly [date: string, hour: number, gameId: string, team: string];
  readonly minute: number;
  readonly cells: Cells;
  readonly record: SourceRecord;
}

const SCOPE = ["report_date", "report_hour", "game_id", "team"];

/**
 * Reads the league's injury report into `nbac_injury_report`. When it was published is told by columns, else by the file's
 * name (`Injury-Report_2023-12-18_05PM`), else unknown: then it counts as of the day of the game, hour 0. A report is all
 * that there is to say of a team's game; of those of one hour the latest is taken, whichever was loaded first, and
 * `source_file_path` says when it was published.
 * @returns the names that no box score and no roster has; they are kept under their own lookup
 */
export async function readInjuryReport(
  sources: readonly SourceTable[],
  stored: StoredRows,
  games: Games,
  players: Players,
  rows: RowSink,
  skips: Skips,
): Promise<ReadonlySet<string>> {
  const strangers = new Set<string>();
  const reported: Reported[] = [];
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
    const published = publishedAt(cells, record) ?? { date: day, hour: 0, minute: 0 };
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
    reported.push({
      values,
      scope: [published.date, published.hour, gameId, team],
      minute: published.minute,
      cells,
      record,
    });
  });
  const latest = await latestOf(reported, stored, rows);
  for (const { values, scope, minute, cells, record } of reported) {
    if (minute < (latest.get(scope.join(" ")) ?? 0)) {
      const text = `${cells.place(record, "player")}: a later report of the hour has the team's game`;
      skips.add(nbacInjuryReport, cells.source.name, "report replaced within the hour", text);
      continue;
    }
    rows.add(values, cells, record, "player", publishedText(cells.source.name, scope[1], minute));
    rows.cover(SCOPE, [...scope], cells);
  }
  return strangers;
}

/**
 * The minute of the latest report of every hour, game and team that the load's reports are of, stored ones included. What
 * an earlier report of the hour left is written anew, also where the later one says the same.
 */
async function latestOf(
  reported: readonly Reported[],
  stored: StoredRows,
  rows: RowSink,
): Promise<Map<string, number>> {
  const latest = new Map<string, number>();
  for (const { scope, minute } of reported) {
    const key = scope.join(" ");
    latest.set(key, Math.max(latest.get(key) ?? 0, minute));
  }
  const values = [...new Set(reported.map(({ scope }) => scope[2]))];
  const before = await stored.read(nbacInjuryReport, [...SCOPE, "source_file_path"], { columns: ["game_id"], values });
  for (const row of before) {
    const scope = SCOPE.map((column) => row[column] ?? null);
    const known = latest.get(scope.join(" "));
    if (known === undefined) continue;
    const minute = publishedMinute(String(row.source_file_path));
    if (minute < known) rows.renew(SCOPE, scope);
    latest.set(scope.join(" "), Math.max(known, minute));
  }
  return latest;
}

function publishedText(file: string, hour: number, minute: number): string {
  return minute === 0 ? file : `${file}; published: ${hour}:${String(minute).padStart(2, "0")}`;
}

function publishedMinute(text: string): number {
  return Number(/; published: \d+:(\d\d)$/.exec(text)?.[1] ?? 0);
}

interface Published {
  readonly date: string;
  readonly hour: number;
  readonly minute: number;
}

function publishedAt(cells: Cells, record: SourceRecord): Published | undefined {
  const time = cells.optional(record, "report_time");
  const date = cells.optionalDate(record, "report_date") ?? dateOf(time ?? "");
  if (date !== undefined) {
    const at = timeOf(time ?? "");
    const hour = cells.optionalInt(record, "report_hour");
    if (hour === null) return { date, ...(at ?? { hour: 0, minute: 0 }) };
    return { date, hour, minute: hour === at?.hour ? at.minute : 0 };
  }
  const name = /(\d{4})[-_]?(\d\d)[-_]?(\d\d)[-_T ]+(\d{1,2}(?:[-_:]?\d\d)?\s*(?:AM|PM)?)/i.exec(cells.source.name);
  const named = name === null ? undefined : dateOf(`${name[1]}-${name[2]}-${name[3]}`);
  return named === undefined ? undefined : { date: named, ...(timeOf(name?.[4] ?? "") ?? { hour: 0, minute: 0 }) };
}

/** The time of `05PM`, `5:30 PM`, `17:00` or a timestamp. */
function timeOf(text: string): { hour: number; minute: number } | undefined {
  const match = /(?:^|[T ])(\d{1,2})(?:[-_:]?(\d\d))?(?::\d\d)?\s*_?(AM|PM)?/i.exec(text.trim());
  if (match === null) return undefined;
  const [hour, minute] = [Number(match[1]), Number(match[2] ?? 0)];
  const half = match[3]?.toUpperCase();
  if (half === undefined) return hour < 24 && minute < 60 ? { hour, minute } : undefined;
  return { hour: (hour % 12) + (half === "PM" ? 12 : 0), minute };
}

/** `Lively II, Dereck` as it is spoken. */
function inOrder(name: string): string {
  const comma = name.indexOf(",");
  return comma < 0 ? name : `${name.slice(comma + 1).trim()} ${name.slice(0, comma).trim()}`;
}

function code(text: string): string {
  return teamByCode(text)?.abbr ?? text.toUpperCase();
}
