import type { RowObject, StoredRows, TableBatch } from "../../runner/api/loader.js";
import { digest16 } from "../data-hash.js";
import { loadConflicts } from "../raw-tables/load-conflicts.js";

/** Two sources, or two rows of one, that tell one fact differently. */
export interface Conflict {
  /** The game or player that the fact is about. */
  readonly identifier: string;
  readonly table: string;
  readonly field: string;
  readonly description: string;
  readonly taken: string | null;
  readonly other: string | null;
  readonly gameDate?: string | undefined;
  readonly seasonYear?: number | undefined;
  readonly team?: string | undefined;
  readonly player?: string | undefined;
}

/** Collects conflicting facts as rows of `load_conflicts`. */
export class Conflicts {
  readonly #conflicts = new Map<string, Conflict>();
  readonly #checked = new Map<string, readonly [table: string, identifier: string]>();

  add(conflict: Conflict): void {
    this.#conflicts.set(digest16(JSON.stringify(conflict)), conflict);
  }

  /** Says that a load saw all that a table tells of a game or player: conflicts of it that do not come again are over. */
  check(table: string, identifier: string): void {
    this.#checked.set(`${table} ${identifier}`, [table, identifier]);
  }

  get count(): number {
    return this.#conflicts.size;
  }

  /** The batch. A conflict that is known keeps the time at which it was first found. */
  async batch(stored: StoredRows, processedAt: string): Promise<TableBatch> {
    const known = new Map(
      (await stored.read(loadConflicts, ["conflict_id", "first_found_at"])).map((row) => [
        row.conflict_id,
        row.first_found_at,
      ]),
    );
    const rows = [...this.#conflicts].map(
      ([id, conflict]): RowObject => ({
        conflict_id: id,
        identifier: conflict.identifier,
        table_name: conflict.table,
        field_name: conflict.field,
        description: conflict.description,
        taken_value: conflict.taken,
        other_value: conflict.other,
        game_date: conflict.gameDate ?? null,
        season_year: conflict.seasonYear ?? null,
        team_abbr: conflict.team ?? null,
        player_lookup: conflict.player ?? null,
        first_found_at: known.get(id) ?? processedAt,
      }),
    );
    return {
      table: loadConflicts,
      rows,
      covers: () => [{ columns: ["table_name", "identifier"], values: [...this.#checked.values()] }],
    };
  }
}
