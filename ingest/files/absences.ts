import type { RowObject, SqlValue, StoredRows } from "../../runner/api/loader.js";
import { addDays, daysBetween } from "../calendar.js";
import { bdlPlayerBoxscores, nbacGamebookPlayerStats, nbacInjuryReport, type RawTable } from "../raw-tables/index.js";
import type { RawValues } from "../stamp.js";
import type { Changes } from "./changes.js";
import type { Game, Games } from "./games.js";
import { text } from "./known.js";
import { reasonCategory } from "./reason-category.js";
import type { RowSink } from "./row-sink.js";

/** What the source tells of an entry of an inactive list: a player goes out, or comes back. */
interface Told {
  readonly date: string;
  readonly team: string;
  readonly lookup: string;
  readonly isOut: boolean;
  readonly notes: string | null;
  /** Its running number in the source; empty without one. */
  readonly number: string;
  readonly file: string;
}

/** An entry with the team's game on its day, else the next one. */
export interface ListEntry extends Told {
  readonly game: Pick<Game, "gameId" | "date" | "seasonYear">;
}

/** The entries of a load's inactive lists. */
export interface Listed {
  readonly entries: readonly ListEntry[];
  /** Days that a file is the truth for, each with the file's name. */
  readonly days: ReadonlySet<string>;
  /** Names that no box score and no roster has; they are kept under their own lookup. */
  readonly strangers: ReadonlySet<string>;
}

/** A row of the report and its `source_file_path`, which says whether it is an entry or a game missed since one. */
interface ListRow {
  readonly values: RawValues;
  readonly file: string;
  readonly origin: string;
}

/** A report counts for the game of the two weeks behind it (stg_injury_status). */
const REPORT_DAYS = 14;

/** Entries that say the same are one, in whichever file they are. */
export function identityOf({ date, team, lookup, isOut, notes }: Told): string {
  return [date, team, lookup, isOut, notes].join("\n");
}

/** The name of a file's day. */
export function listDay(date: string, file: string): string {
  return `${date} ${file}`;
}

const ENTRY = /^(.*); entry(?: (\S+))?$/;
const MISSED = /; listed out since \d{4}-\d\d-\d\d$/;

/** Whether a stored row comes from an inactive list. */
export function isOfList(row: RowObject): boolean {
  const origin = text(row.source_file_path);
  return ENTRY.test(origin) || MISSED.test(origin);
}

/** Whether a row is one that a file of this load left when its rows did not say what they are. */
function isUnmarked(row: RowObject, { days }: Listed): boolean {
  return days.has(listDay(text(row.report_date), text(row.source_file_path)));
}

/**
 * Writes the rows of inactive lists, anew from all entries that are known, since what one of them means depends on the
 * others, on the schedule and on the box scores: an entry is `out` or `available` for the team's next game; whoever is out
 * is so for each of the team's games of the season until his next entry, or until a box score has him. What a game's row
 * says was known before the game.
 */
export async function listAbsences(
  stored: StoredRows,
  sinkOf: (table: RawTable) => RowSink,
  listed: Listed,
  changes: Changes,
): Promise<void> {
  const { hasNewGames, hasNewPlayers, moved, renamed } = changes;
  if (listed.days.size + moved.size + renamed.size === 0 && !hasNewGames && !hasNewPlayers) return;
  const reports = sinkOf(nbacInjuryReport);
  const columns = nbacInjuryReport.columns.map(({ name }) => name);
  const before = (await stored.read(nbacInjuryReport, columns)).filter(
    (row) => isOfList(row) || isUnmarked(row, listed),
  );
  const kept = before.flatMap((row) => entryOf(row, listed, changes));
  const entries = [...new Map([...kept, ...listed.entries].map((entry) => [identityOf(entry), entry])).values()];
  const played = await playedDates(stored, sinkOf, new Set(entries.map(({ lookup }) => lookup)));
  const rows = rowsOf(entries, changes.games, played);
  const files = new Set(listed.entries.map(({ file }) => file));
  for (const row of before) {
    const now = rows.get(keyOf(row));
    if (now === undefined || !isSame(row, now)) reports.vacate(row);
    else if (row.source_file_path !== now.origin) reports.renew(nbacInjuryReport.primaryKey, keyValues(row));
    // What the load says again is counted as unchanged; of other files' rows it says nothing.
    else if (!files.has(now.file)) rows.delete(keyOf(row));
  }
  for (const { values, origin } of rows.values()) reports.addDerived(values, origin);
}

/** The entry that a stored row is; none for a missed game, or one that its file holds no more or nobody can be told from. */
function entryOf(row: RowObject, listed: Listed, changes: Changes): ListEntry[] {
  const [, file = "", number = ""] = ENTRY.exec(text(row.source_file_path)) ?? [];
  const [date, team] = [text(row.report_date), text(row.team)];
  if (file === "" || listed.days.has(listDay(date, file))) return [];
  const seasonYear = changes.games.byGameId(text(row.game_id))?.seasonYear ?? Number.NaN;
  const stored = { gameId: text(row.game_id), date: text(row.game_date), seasonYear };
  const game = changes.games.nextGame(team, date) ?? stored;
  let lookup = text(row.player_lookup);
  if (changes.hasNewPlayers && (changes.renamed.has(lookup) || !changes.players.isCertain(lookup))) {
    const match = changes.players.match(lookup, { teams: [team], seasonYear: game.seasonYear });
    if (match.kind === "ambiguous") return [];
    lookup = match.lookup;
  }
  const notes = typeof row.reason === "string" ? row.reason : null;
  return [{ date, team, lookup, isOut: row.injury_status === "out", notes, number, file, game }];
}

/** On which days each of some players played, as box scores tell once the load is written. */
async function playedDates(
  stored: StoredRows,
  sinkOf: (table: RawTable) => RowSink,
  lookups: ReadonlySet<string>,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const dates = new Map<string, string[]>();
  const where = { columns: ["player_lookup"], values: [...lookups] };
  for (const [table, hasPlayed] of [
    [nbacGamebookPlayerStats, (row: RowObject) => row.player_status === "active"],
    [bdlPlayerBoxscores, (row: RowObject) => !/^0*(?::0*)?$/.test(text(row.minutes))],
  ] as const) {
    const sink = sinkOf(table);
    const known = await stored.read(
      table,
      ["game_id", "player_lookup", "team_abbr", "game_date", columnOf(table)],
      where,
    );
    for (const row of [...known.filter((one) => sink.leaves(one)), ...sink.rows()]) {
      const lookup = text(row.player_lookup);
      if (lookups.has(lookup) && hasPlayed(row)) dates.set(lookup, [...(dates.get(lookup) ?? []), text(row.game_date)]);
    }
  }
  return dates;
}

function columnOf(table: RawTable): string {
  return table === nbacGamebookPlayerStats ? "player_status" : "minutes";
}

function rowsOf(
  entries: readonly ListEntry[],
  games: Games,
  played: ReadonlyMap<string, readonly string[]>,
): Map<string, ListRow> {
  const rows = new Map<string, ListRow>();
  const add = (values: RawValues, file: string, what: string) =>
    rows.set(keyOf(values), { values, file, origin: `${file}; ${what}` });
  for (const ofPlayer of byPlayer(entries)) {
    const ordered = ofPlayer.sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
    ordered.forEach((entry, index) => {
      const hour = ordered.slice(0, index).filter(({ date }) => date === entry.date).length;
      add(valuesOf(entry, entry.game, entry.date, hour), entry.file, entryText(entry));
      const next = ordered[index + 1];
      for (const game of missedGames(entry, next, games, played.get(entry.lookup) ?? [])) {
        // As early as it counts: whatever is reported for the game itself goes before.
        const isLong = daysBetween(entry.date, game.date) > REPORT_DAYS;
        const reportDate = isLong ? addDays(game.date, -REPORT_DAYS) : entry.date;
        add(valuesOf(entry, game, reportDate, 0), entry.file, `listed out since ${entry.date}`);
      }
    });
  }
  return rows;
}

function byPlayer(entries: readonly ListEntry[]): ListEntry[][] {
  const groups = new Map<string, ListEntry[]>();
  for (const entry of entries) groups.set(entry.lookup, [...(groups.get(entry.lookup) ?? []), entry]);
  return [...groups.values()];
}

/** The games behind the entry's own that a player misses, as far as was known before each of them. */
function missedGames(
  entry: ListEntry,
  next: ListEntry | undefined,
  games: Games,
  played: readonly string[],
): readonly Game[] {
  if (!entry.isOut) return [];
  return games
    .ofTeam(entry.team)
    .filter(
      ({ date, seasonYear }) =>
        date > entry.game.date &&
        seasonYear === entry.game.seasonYear &&
        (next === undefined || date < next.date) &&
        !played.some((day) => day >= entry.date && day < date),
    );
}

/** Entries of a day by their running number, else by what they say, going out first. */
function orderOf({ date, number, isOut, notes }: ListEntry): string {
  return [date, /^\d+$/.test(number) ? number.padStart(12, "0") : "", isOut ? 0 : 1, notes ?? ""].join(" ");
}

/** The source has no time of day: `hour` counts the entries of one player and day. */
function valuesOf(entry: ListEntry, game: ListEntry["game"], reportDate: string, hour: number): RawValues {
  return {
    report_date: reportDate,
    report_hour: hour,
    game_date: game.date,
    game_id: game.gameId,
    player_lookup: entry.lookup,
    team: entry.team,
    injury_status: entry.isOut ? "out" : "available",
    reason: entry.notes,
    reason_category: entry.isOut && entry.notes !== null ? reasonCategory(entry.notes) : null,
    confidence_score: 1,
  };
}

function entryText({ number }: ListEntry): string {
  return /^\S+$/.test(number) ? `entry ${number}` : "entry";
}

function keyOf(row: RowObject | RawValues): string {
  return nbacInjuryReport.primaryKey.map((name) => String(row[name])).join(" ");
}

function keyValues(row: RowObject): SqlValue[] {
  return nbacInjuryReport.primaryKey.map((name) => row[name] ?? null);
}

function isSame(row: RowObject, { values }: ListRow): boolean {
  return Object.entries(values).every(([name, value]) => row[name] === value);
}
