import { toAscii } from "../player-lookup.js";
import { nbacInjuryReport } from "../raw-tables/index.js";
import { teamByAny } from "../teams.js";
import type { Game, Games } from "./games.js";
import { LAYOUTS } from "./layouts.js";
import type { Players } from "./players.js";
import type { RowSink } from "./row-sink.js";
import { readRecords, type Skips } from "./skips.js";
import type { Cells, SourceRecord, SourceTable } from "./source-table.js";

/** What the first matching pattern says of the free text; an entry without any is an injury. */
const CATEGORIES: readonly (readonly [RegExp, string])[] = [
  [/health and safety|covid/i, "health_and_safety_protocols"],
  [/\billness\b(?!\s*-)|flu\b|gastroenteritis|migraine|infection/i, "illness"],
  [/suspen/i, "suspension"],
  [/personal|bereavement|family|birth of/i, "personal"],
  [/\brest\b|\bload management\b|conditioning/i, "rest"],
  [/g league|two-way|on assignment/i, "g_league"],
  [/ineligible|not with team|trade/i, "not_with_team"],
];

export function reasonCategory(notes: string): string {
  return CATEGORIES.find(([pattern]) => pattern.test(notes))?.[1] ?? "injury";
}

interface Transaction {
  readonly cells: Cells;
  readonly record: SourceRecord;
  readonly date: string;
  readonly game: Game;
  readonly team: string;
  readonly lookup: string;
  readonly isOut: boolean;
  readonly notes: string | undefined;
  /** Where the entry stands in the source: its running number, else by what it says, going out first. */
  readonly order: string;
}

/**
 * Reads inactive-list transactions into `nbac_injury_report`: going out is `out`, coming back `available`, for the
 * team's game on that day, else its next one. A report lasts until the next report of the player, so an absence is not
 * repeated for later games. The source has no time of day: `report_hour` only counts the reports of one player and day.
 * @returns the names that no box score and no roster has; they are kept under their own lookup
 */
export async function readTransactions(
  sources: readonly SourceTable[],
  games: Games,
  players: Players,
  rows: RowSink,
  skips: Skips,
): Promise<ReadonlySet<string>> {
  const found = new Map<string, Transaction>();
  const strangers = new Set<string>();
  await readRecords(sources, LAYOUTS.injury_transactions, nbacInjuryReport, skips, (cells, record) => {
    const date = cells.date(record, "date");
    rows.cover(["report_date", "source_file_path"], [date, cells.source.name]);
    const named = cells.text(record, "team");
    const team = teamByAny(named)?.abbr ?? cells.fail(record, "team", `unknown team "${named}"`, "unknown team");
    const { name, isOut } = playerOf(cells, record);
    if (/^(placed on|activated|NBA health)/i.test(name)) {
      cells.fail(
        record,
        isOut ? "relinquished" : "acquired",
        `"${name}" is no player`,
        "entry without a player's name",
      );
    }
    const game =
      games.nextGame(team, date) ??
      cells.fail(
        record,
        "date",
        `${team} has no game on or after ${date}`,
        "entry after the team's last scheduled game",
      );
    const lookup = lookupOf(name, team, game.seasonYear, players, strangers, cells, record);
    const notes = cells.optional(record, "notes");
    const number = record.cells[0]?.trim() ?? "";
    const order = `${/^\d+$/.test(number) ? number.padStart(12, "0") : ""} ${isOut ? 0 : 1} ${notes ?? ""}`;
    const key = [date, team, lookup, isOut, notes].join("\n");
    if (found.has(key)) {
      const text = `${cells.place(record, "date")}: the same entry of ${lookup} is there already`;
      skips.add(nbacInjuryReport, cells.source.name, "exact duplicate", text);
    } else found.set(key, { cells, record, date, game, team, lookup, isOut, notes, order });
  });
  const reportsOfDay = new Map<string, number>();
  for (const one of [...found.values()].sort((a, b) => (a.order < b.order ? -1 : 1))) {
    const day = `${one.lookup} ${one.date}`;
    const hour = reportsOfDay.get(day) ?? 0;
    reportsOfDay.set(day, hour + 1);
    const values = {
      report_date: one.date,
      report_hour: hour,
      game_date: one.game.date,
      game_id: one.game.gameId,
      player_lookup: one.lookup,
      team: one.team,
      injury_status: one.isOut ? "out" : "available",
      reason: one.notes === undefined ? null : toAscii(one.notes),
      reason_category: one.isOut && one.notes !== undefined ? reasonCategory(one.notes) : null,
      confidence_score: 1,
    };
    rows.add(values, one.cells, one.record, "date");
  }
  return strangers;
}

function playerOf(cells: Cells, record: SourceRecord): { name: string; isOut: boolean } {
  const out = cells.optional(record, "relinquished");
  const back = cells.optional(record, "acquired");
  if ((out === undefined) === (back === undefined)) {
    cells.fail(
      record,
      "relinquished",
      "one of acquired and relinquished must name a player",
      "entry that does not name one player",
    );
  }
  return { name: out ?? back ?? "", isOut: out !== undefined };
}

/** One player may go by several names ("A / B") and be told from namesakes by a remark in brackets. */
function lookupOf(
  name: string,
  team: string,
  seasonYear: number,
  players: Players,
  strangers: Set<string>,
  cells: Cells,
  record: SourceRecord,
): string {
  const names = name
    .replace(/\([^)]*\)/g, "")
    .split("/")
    .map((part) => part.trim());
  const matches = names.map((candidate) => players.match(candidate, { teams: [team], seasonYear }));
  const known = matches.find(({ kind }) => kind === "known");
  if (known !== undefined) return known.lookup;
  if (matches.some(({ kind }) => kind === "ambiguous")) {
    cells.fail(record, "team", `"${name}" is the name of several players`, "name of several players");
  }
  const own = matches[0]?.lookup ?? "";
  if (own === "") cells.malformed(record, "relinquished", `no letters in name "${name}"`);
  if (!players.isEmpty) strangers.add(names[0] ?? name);
  return own;
}
