import { dateOf, seasonYearOf, yearsBetween } from "../calendar.js";
import { espnTeamRosters } from "../raw-tables/index.js";
import { teamByAny } from "../teams.js";
import type { Conflicts } from "./conflicts.js";
import { LAYOUTS } from "./layouts.js";
import type { Players } from "./players.js";
import { RowSink } from "./row-sink.js";
import { readRecords, type Skips } from "./skips.js";
import type { Cells, SourceRecord, SourceTable } from "./source-table.js";

/** Somebody on a roster, not yet with a lookup. */
export interface RosterLine {
  readonly rosterDate: string;
  readonly seasonYear: number;
  readonly team: string;
  readonly playerId: number | undefined;
  readonly name: string;
  readonly position: string | null;
  readonly birthDate: string | null;
  readonly age: number | null;
  readonly status: string | null;
  readonly cells: Cells;
  readonly record: SourceRecord;
}

/**
 * Reads team rosters: stats.nba.com's and any table of player and team. The day of a roster is told by a column, else by
 * the file's name (`rosters_2021-11-15.csv`), else by when the file was written.
 */
export async function readRosters(sources: readonly SourceTable[], skips: Skips): Promise<RosterLine[]> {
  const lines: RosterLine[] = [];
  await readRecords(sources, LAYOUTS.rosters, espnTeamRosters, skips, (cells, record) => {
    const named = cells.text(record, "team");
    const team = teamByAny(named)?.abbr ?? cells.fail(record, "team", `unknown team "${named}"`, "unknown team");
    const name = cells.text(record, "player");
    if (!/\p{L}/u.test(name)) cells.malformed(record, "player", `no letters in player name "${name}"`);
    const rosterDate = cells.optionalDate(record, "roster_date") ?? dateOfFile(cells.source);
    const birth = cells.optional(record, "birth_date");
    const birthDate = birth === undefined ? null : (dateOf(birth) ?? null);
    const age = cells.optionalNumber(record, "age");
    lines.push({
      rosterDate,
      seasonYear: Number(/^\d{4}/.exec(cells.optional(record, "season") ?? "")?.[0] ?? seasonYearOf(rosterDate)),
      team,
      playerId: cells.optionalInt(record, "player_id") ?? undefined,
      name,
      position: cells.optional(record, "position") ?? null,
      birthDate,
      age: age === null ? (birthDate === null ? null : yearsBetween(birthDate, rosterDate)) : Math.floor(age),
      status: cells.optional(record, "status")?.toLowerCase() ?? null,
      cells,
      record,
    });
  });
  return lines;
}

function dateOfFile(source: SourceTable): string {
  const match = /(\d{4})[-_]?(\d\d)[-_]?(\d\d)/.exec(source.name);
  const named = match === null ? undefined : dateOf(`${match[1]}-${match[2]}-${match[3]}`);
  return named ?? new Date(source.modifiedAt).toISOString().slice(0, 10);
}

/** The rows of `espn_team_rosters`. A roster is the truth for its team on its day. */
export function rosterRows(
  lines: readonly RosterLine[],
  players: Players,
  processedAt: string,
  skips: Skips,
  conflicts: Conflicts,
): RowSink {
  const rows = new RowSink(espnTeamRosters, processedAt, skips, conflicts);
  for (const line of lines) {
    const match = players.match(line.name, { teams: [line.team], seasonYear: line.seasonYear });
    const lookup = (line.playerId === undefined ? undefined : players.lookupOf(line.playerId)) ?? match.lookup;
    const values = {
      roster_date: line.rosterDate,
      team_abbr: line.team,
      player_lookup: lookup,
      season_year: line.seasonYear,
      player_full_name: line.name,
      position_abbr: line.position,
      birth_date: line.birthDate,
      age: line.age,
      status: line.status,
    };
    rows.add(values, line.cells, line.record, "player");
    rows.cover(["roster_date", "team_abbr"], [line.rosterDate, line.team], line.cells);
  }
  return rows;
}
