import { toAscii } from "../player-lookup.js";
import { nbacInjuryReport } from "../raw-tables/index.js";
import { teamByAny } from "../teams.js";
import { identityOf, type ListEntry, type Listed, listDay } from "./absences.js";
import type { Games } from "./games.js";
import { LAYOUTS } from "./layouts.js";
import type { Players } from "./players.js";
import { readRecords, type Skips } from "./skips.js";
import type { Cells, SourceRecord, SourceTable } from "./source-table.js";

/** Reads inactive-list transactions; absences.ts makes the rows of `nbac_injury_report` of them. */
export async function readTransactions(
  sources: readonly SourceTable[],
  games: Games,
  players: Players,
  skips: Skips,
): Promise<Listed> {
  const found = new Map<string, ListEntry>();
  const days = new Set<string>();
  const strangers = new Set<string>();
  await readRecords(sources, LAYOUTS.injury_transactions, nbacInjuryReport, skips, (cells, record) => {
    const date = cells.date(record, "date");
    days.add(listDay(date, cells.source.name));
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
    const text = cells.optional(record, "notes");
    const notes = text === undefined ? null : toAscii(text);
    const entry = { date, team, lookup, isOut, notes, number: record.cells[0]?.trim() ?? "", file: cells.source.name };
    if (found.has(identityOf(entry))) {
      const duplicate = `${cells.place(record, "date")}: the same entry of ${lookup} is there already`;
      skips.add(nbacInjuryReport, cells.source.name, "exact duplicate", duplicate);
    } else found.set(identityOf(entry), { ...entry, game });
  });
  return { entries: [...found.values()], days, strangers };
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
