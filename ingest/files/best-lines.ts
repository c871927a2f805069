import type { RowObject, StoredRows } from "../../runner/api/loader.js";
import { bettingprosPlayerPointsProps } from "../raw-tables/index.js";
import { text } from "./known.js";
import type { RowSink } from "./row-sink.js";

/** What `source_file_path` says behind a file that does not tell which line is best. */
const COMPARED = "; best line: compared";

/** The origin of an offer whose `is_best_line` is found by comparison. */
export function comparedOrigin(file: string): string {
  return `${file}${COMPARED}`;
}

/**
 * Fills `is_best_line` of the load's offers and of the stored ones for the same player, date and side, where no source tells
 * it: the best over is the lowest line of all bookmakers, the best under the highest, in whatever loads they came.
 */
export async function compareLines(sink: RowSink, stored: StoredRows): Promise<void> {
  const own = sink.rows();
  const groups = new Map<string, RowObject[]>();
  // Both sides: one that does not come again may leave another the best.
  for (const row of own) for (const bet_side of ["over", "under"]) groups.set(groupOf({ ...row, bet_side }), []);
  for (const row of own) groups.get(groupOf(row))?.push(row);
  const byKey = new Map(own.map((row) => [keyOf(row), row]));
  const columns = bettingprosPlayerPointsProps.columns.map(({ name }) => name);
  const lookups = [...new Set(own.map((row) => text(row.player_lookup)))];
  for (const row of await stored.read(sink.table, columns, { columns: ["player_lookup"], values: lookups })) {
    if (sink.leaves(row)) groups.get(groupOf(row))?.push(row);
    const next = byKey.get(keyOf(row));
    if (next !== undefined && isCompared(next) !== isCompared(row)) {
      sink.renew(
        sink.table.primaryKey,
        sink.table.primaryKey.map((name) => row[name] ?? null),
      );
    }
  }
  for (const all of groups.values()) {
    const isTold = all.some((row) => !isCompared(row) && row.is_best_line !== null);
    const lines = all.flatMap(({ points_line }) => (typeof points_line === "number" ? [points_line] : []));
    const best = all[0]?.bet_side === "over" ? Math.min(...lines) : Math.max(...lines);
    for (const row of all) {
      if (!isCompared(row)) continue;
      const isBest = isTold ? null : row.points_line === best;
      if (row.is_best_line !== isBest) sink.replace({ ...row, is_best_line: isBest });
    }
  }
}

function isCompared(row: RowObject): boolean {
  return text(row.source_file_path).endsWith(COMPARED);
}

function keyOf(row: RowObject): string {
  return bettingprosPlayerPointsProps.primaryKey.map((name) => row[name]).join(" ");
}

function groupOf(row: RowObject): string {
  return [row.game_date, row.player_lookup, row.bet_side].join(" ");
}
