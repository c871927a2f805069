/** How the rows of one relation differ from those of another. */
export interface TableDiff {
  /** `dataset.name` of the action. */
  readonly key: string;
  readonly type: string;
  /** `new`: there was nothing before; `gone`: there is nothing behind. */
  readonly status: "equal" | "different" | "new" | "gone";
  /** The columns that tell rows apart, and who says so; none: a row is all of its columns. */
  readonly by: {
    readonly columns: readonly string[];
    readonly from: "--key" | "uniqueKey" | "primary key" | "all columns";
  };
  /** What limits the comparison. */
  readonly notes: readonly string[];
  readonly columns: {
    readonly added: readonly TypedColumn[];
    readonly removed: readonly TypedColumn[];
    readonly retyped: readonly { readonly name: string; readonly before: string; readonly after: string }[];
  };
  readonly rows: RowCounts;
  /** Columns whose values differ in rows that are on both sides, the one with most first. */
  readonly changes: readonly ColumnChange[];
  /** The first rows of each kind, by their key. */
  readonly samples: {
    readonly added: readonly SampleRow[];
    readonly removed: readonly SampleRow[];
    readonly changed: readonly ChangedRow[];
  };
}

export interface TypedColumn {
  readonly name: string;
  readonly type: string;
}

export interface RowCounts {
  readonly before: number;
  readonly after: number;
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  readonly unchanged: number;
}

export interface ColumnChange {
  readonly column: string;
  /** Rows on both sides in which it differs. */
  readonly rows: number;
  readonly before: Distribution;
  readonly after: Distribution;
}

/** The values of a column in all rows that were compared. */
export interface Distribution {
  readonly nulls: number;
  /** Undefined for types whose values cannot be counted so. */
  readonly distinct: number | undefined;
  readonly min: string | undefined;
  readonly max: string | undefined;
  readonly mean: number | undefined;
  /** The most frequent values of a text or a truth value. */
  readonly top: readonly { readonly value: string; readonly rows: number }[];
}

/** Values as text, by column; null is NULL. */
export type SampleRow = Readonly<Record<string, string | null>>;

export interface ChangedRow {
  readonly key: SampleRow;
  readonly before: SampleRow;
  readonly after: SampleRow;
}

/** Whether two sides are the same. */
export function isEqual({ status }: TableDiff): boolean {
  return status === "equal";
}
