import { RowFault, type SkippedRows } from "../../runner/api/loader.js";
import type { RawTable } from "../raw-tables/index.js";
import type { Layout } from "./layouts.js";
import { Cells, MALFORMED, type SourceRecord, type SourceTable } from "./source-table.js";

interface Counted {
  rows: number;
  readonly first: string;
}

/** The rows that were not taken, counted by table, file and reason. */
export class Skips {
  readonly #counts = new Map<string, Map<string, Map<string, Counted>>>();
  readonly #unread = new Set<string>();

  /** Notes that a row of a file could not be read: nobody knows what it would have said. */
  noteUnread({ path }: SourceTable): void {
    this.#unread.add(path);
  }

  /** Whether every row of a file could be read; asked for once it has been. */
  isWhole(path: string): boolean {
    return !this.#unread.has(path);
  }

  add(table: RawTable, file: string, reason: string, first: string): void {
    const files = this.#counts.get(table.id.name) ?? new Map<string, Map<string, Counted>>();
    this.#counts.set(table.id.name, files);
    const reasons = files.get(file) ?? new Map<string, Counted>();
    files.set(file, reasons);
    const known = reasons.get(reason);
    if (known === undefined) reasons.set(reason, { rows: 1, first });
    else known.rows++;
  }

  list(): SkippedRows[] {
    return [...this.#counts].flatMap(([table, files]) =>
      [...files].flatMap(([file, reasons]) =>
        [...reasons].map(([reason, { rows, first }]) => ({ table: `nba_raw.${table}`, file, reason, rows, first })),
      ),
    );
  }
}

/**
 * Reads every record of some files of one layout. A row that `read` gives up is skipped and counted for `table`.
 * @throws LoadError if a file lacks columns, or if no row of it could be read because its cells are not what they should be.
 */
export async function readRecords(
  sources: readonly SourceTable[],
  layout: Layout,
  table: RawTable,
  skips: Skips,
  read: (cells: Cells, record: SourceRecord) => void,
): Promise<void> {
  for (const source of sources) {
    const cells = new Cells(source, layout);
    let hasTaken = false;
    let damage: RowFault | undefined;
    for await (const record of cells.records()) {
      try {
        read(cells, record);
        hasTaken = true;
      } catch (error) {
        if (!(error instanceof RowFault)) throw error;
        if (error.reason.startsWith(MALFORMED)) {
          damage ??= error;
          skips.noteUnread(source);
        } else hasTaken = true;
        skips.add(table, source.name, error.reason, error.message);
      }
    }
    if (damage !== undefined && !hasTaken) throw damage;
  }
}
