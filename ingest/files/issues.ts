import type { RowObject, StoredRows, TableBatch } from "../../runner/api/loader.js";
import { digest16 } from "../data-hash.js";
import { precomputeDataIssues } from "../raw-tables/data-issues.js";

const PROCESSOR = "load_files";

/** Two sources, or two rows of one, that tell one fact differently. */
export interface Conflict {
  /** The game or player that the fact is about. */
  readonly identifier: string;
  readonly table: string;
  readonly field: string;
  readonly description: string;
  /** What was taken. */
  readonly expected: string | null;
  /** What the other source says. */
  readonly actual: string | null;
  readonly gameDate?: string | undefined;
  readonly seasonYear?: number | undefined;
  readonly team?: string | undefined;
  readonly player?: string | undefined;
}

/** Collects conflicting facts as rows of `precompute_data_issues`. */
export class Issues {
  readonly #conflicts = new Map<string, Conflict>();
  readonly #checked = new Map<string, readonly [table: string, identifier: string]>();

  add(conflict: Conflict): void {
    this.#conflicts.set(digest16(JSON.stringify(conflict)), conflict);
  }

  /** Says that a load saw all that a table tells of a game or player: issues of it that do not come again are over. */
  check(table: string, identifier: string): void {
    this.#checked.set(`${table} ${identifier}`, [table, identifier]);
  }

  get count(): number {
    return this.#conflicts.size;
  }

  /** The batch. An issue that is known keeps the time at which it was first seen. */
  async batch(stored: StoredRows, processedAt: string): Promise<TableBatch> {
    const known = new Map(
      (await stored.read(precomputeDataIssues, ["issue_id", "created_at"])).map((row) => [
        row.issue_id,
        row.created_at,
      ]),
    );
    const rows = [...this.#conflicts].map(
      ([id, conflict]): RowObject => ({
        issue_id: id,
        processor_name: PROCESSOR,
        run_id: null,
        issue_type: "CONFLICTING_FACTS",
        severity: "MEDIUM",
        category: "CONSISTENCY",
        identifier: conflict.identifier,
        table_name: conflict.table,
        field_name: conflict.field,
        issue_description: conflict.description,
        expected_value: conflict.expected,
        actual_value: conflict.actual,
        analysis_date: null,
        game_date: conflict.gameDate ?? null,
        season_year: conflict.seasonYear ?? null,
        team_abbr: conflict.team ?? null,
        player_lookup: conflict.player ?? null,
        resolved: false,
        resolution_notes: null,
        auto_resolved: false,
        created_at: known.get(id) ?? processedAt,
        resolved_at: null,
      }),
    );
    const checked = [...this.#checked.values()].map((about) => [PROCESSOR, ...about]);
    return {
      table: precomputeDataIssues,
      rows,
      covers: () => [{ columns: ["processor_name", "table_name", "identifier"], values: checked }],
    };
  }
}
