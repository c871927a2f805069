import type { RowObject, RowScope, SqlValue, TableBatch } from "../../runner/api/loader.js";
import type { RawTable } from "../raw-tables/index.js";
import { compileStamp, type RawValues, type Stamp } from "../stamp.js";
import type { Conflicts } from "./conflicts.js";
import type { Skips } from "./skips.js";
import type { Cells, SourceRecord } from "./source-table.js";

interface Held {
  readonly row: RowObject;
  readonly file: string;
  readonly place: string;
}

/** Values that files are the truth for, and which files; undefined is no file. */
interface Covered {
  readonly values: readonly SqlValue[];
  readonly paths: Set<string | undefined>;
}

/**
 * Collects the rows of one table, one per key. Of two rows of one key the one that tells more is kept, whatever their
 * order: an exact duplicate is counted, a contradiction becomes a data issue too.
 */
export class RowSink {
  readonly #processedAt: string;
  readonly #stamp: Stamp;
  readonly #held = new Map<string, Held>();
  readonly #scopes = new Map<string, { columns: readonly string[]; tuples: Map<string, Covered> }>();
  readonly #vacated = new Map<string, readonly SqlValue[]>();
  readonly #renewed: RowScope[] = [];

  constructor(
    readonly table: RawTable,
    processedAt: string,
    readonly skips: Skips,
    readonly conflicts: Conflicts,
  ) {
    this.#processedAt = processedAt;
    this.#stamp = compileStamp(table);
  }

  /**
   * Adds the row that a record was mapped to. `column` is the source's column of the key, for the message, `origin` what
   * `source_file_path` says.
   */
  add(values: RawValues, cells: Cells, record: SourceRecord, column: string, origin = cells.source.name): void {
    this.conflicts.check(`nba_raw.${this.table.id.name}`, this.#identifier(values));
    this.#put(this.#stamp(values, this.#processedAt, origin), {
      file: cells.source.name,
      place: cells.place(record, column),
    });
  }

  /** Adds a row that comes from no single record. */
  addDerived(values: RawValues, sourceFile: string): void {
    this.#put(this.#stamp(values, this.#processedAt, sourceFile), { file: sourceFile, place: sourceFile });
  }

  /** Puts a row in place of one that is there, or of the stored one. */
  replace(row: RowObject): void {
    const file = String(row.source_file_path);
    const held = this.#held.get(this.#key(row)) ?? { file, place: file };
    this.#held.set(this.#key(row), { ...held, row: this.#stamp({ ...row }, this.#processedAt, file) });
  }

  /** A row with other values in some columns, and the hash that goes with them. */
  restamped(row: RowObject, values: RawValues): RowObject {
    return this.#stamp({ ...row, ...values }, this.#processedAt, String(row.source_file_path));
  }

  has(values: RawValues | RowObject): boolean {
    return this.#held.has(this.#key(values));
  }

  /**
   * Says what the source is the truth for: stored rows with these values go if they do not come again. A file that `cells`
   * names is so only if every row of it could be read, for one that could not may be what is missing.
   */
  cover(columns: readonly string[], values: readonly SqlValue[], cells?: Cells): void {
    const name = columns.join(" ");
    const scope = this.#scopes.get(name) ?? { columns, tuples: new Map<string, Covered>() };
    this.#scopes.set(name, scope);
    const key = JSON.stringify(values);
    const paths = scope.tuples.get(key)?.paths ?? new Set<string | undefined>();
    scope.tuples.set(key, { values, paths: paths.add(cells?.source.path) });
  }

  /** Says that stored rows with these values are written anew: the port leaves a row of equal facts, and its origin, alone. */
  renew(columns: readonly string[], values: readonly SqlValue[]): void {
    this.#renewed.push({ columns, values: [values] });
  }

  /** Whether a stored row is one that the source is the truth for. */
  isCovered(row: RowObject): boolean {
    return [...this.#scopes.values()].some(({ columns, tuples }) => {
      const covered = tuples.get(JSON.stringify(columns.map((column) => row[column] ?? null)));
      return covered !== undefined && this.#isTrue(covered);
    });
  }

  #isTrue({ paths }: Covered): boolean {
    return [...paths].some((path) => path === undefined || this.skips.isWhole(path));
  }

  /** Says that a stored row goes from its place: it belongs elsewhere now, or nowhere. */
  vacate(row: RowObject): void {
    const values = this.table.primaryKey.map((name) => row[name] ?? null);
    this.#vacated.set(this.#key(row), values);
  }

  /** Whether a stored row stays as it is once the load is written. */
  leaves(row: RowObject): boolean {
    return !this.has(row) && !this.#vacated.has(this.#key(row)) && !this.isCovered(row);
  }

  scopes(): RowScope[] {
    const covered = [...this.#scopes.values()].map(({ columns, tuples }) => ({
      columns,
      values: [...tuples.values()].filter((one) => this.#isTrue(one)).map(({ values }) => values),
    }));
    return [...covered, { columns: this.table.primaryKey, values: [...this.#vacated.values()] }];
  }

  /** The rows in the order of their keys. */
  rows(): RowObject[] {
    return [...this.#held.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, { row }]) => row);
  }

  batches(): TableBatch[] {
    const batch = { table: this.table, rows: this.rows(), covers: () => this.scopes() };
    return this.#renewed.length === 0 ? [batch] : [{ table: this.table, rows: [], covers: () => this.#renewed }, batch];
  }

  #put(row: RowObject, at: { file: string; place: string }): void {
    const key = this.#key(row);
    const held = this.#held.get(key);
    if (held === undefined) {
      this.#held.set(key, { row, ...at });
      return;
    }
    const differing = this.table.columns.filter(({ name }) => !STANDARD.has(name) && row[name] !== held.row[name]);
    if (differing.length === 0) {
      this.skips.add(
        this.table,
        at.file,
        "exact duplicate",
        `${at.place}: duplicate row for ${key}; the first is at ${held.place}`,
      );
      return;
    }
    const isBetter = compareRows(row, held.row) > 0;
    const [kept, left] = isBetter ? [{ row, ...at }, held] : [held, { row, ...at }];
    this.#held.set(key, kept);
    const text = `${left.place}: row for ${key} contradicts ${kept.place} in ${differing.map(({ name }) => name).join(", ")}`;
    this.skips.add(this.table, left.file, "contradicts another row of the same key", text);
    for (const { name } of differing) {
      this.conflicts.add({
        identifier: this.#identifier(row),
        table: `nba_raw.${this.table.id.name}`,
        field: name,
        description: `two rows for ${key} contradict each other; the one that tells more is taken`,
        taken: textOf(kept.row[name]),
        other: textOf(left.row[name]),
        gameDate: row.game_date === undefined || row.game_date === null ? undefined : String(row.game_date),
        player: typeof row.player_lookup === "string" ? row.player_lookup : undefined,
      });
    }
  }

  /** What an issue of a row is about. */
  #identifier(row: RawValues | RowObject): string {
    return String(row.nba_game_id ?? row.game_id ?? row.player_lookup ?? this.#key(row));
  }

  #key(row: RawValues | RowObject): string {
    return this.table.primaryKey.map((name) => String(row[name])).join(" ");
  }
}

const STANDARD = new Set(["data_hash", "processed_at", "source_file_path"]);

function textOf(value: RowObject[string] | undefined): string | null {
  return value === null || value === undefined ? null : String(value);
}

/** More facts first; then the file with the later name, larger numbers and later texts: the order of rows does not decide. */
function compareRows(a: RowObject, b: RowObject): number {
  const facts = (row: RowObject) => Object.values(row).filter((value) => value !== null).length;
  if (facts(a) !== facts(b)) return facts(a) - facts(b);
  const [file, other] = [String(a.source_file_path), String(b.source_file_path)];
  if (file !== other) return file > other ? 1 : -1;
  for (const name of Object.keys(a)) {
    if (STANDARD.has(name)) continue;
    const [left, right] = [a[name] ?? "", b[name] ?? ""];
    if (left !== right) return left > right ? 1 : -1;
  }
  return 0;
}
