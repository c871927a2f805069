/**
 * What the pages show, as plain data: made once by the command line, read by the code in the browser. Models refer to each other by
 * their place in `models`, columns by theirs in the model.
 */
export interface PageData {
  readonly version: string;
  readonly project: string;
  readonly engine: string;
  /** Where the warehouse is, as it is shown. */
  readonly warehouse: string;
  readonly createdAt: string;
  readonly window: { readonly from: string; readonly to: string } | null;
  readonly models: readonly PageModel[];
  /** Reader behind what it reads, assertions left out. */
  readonly layout: PageLayout;
  /** Newest first. */
  readonly runs: readonly PageRun[];
  readonly reports: readonly PageReport[];
  /** What could not be found out, in sentences. */
  readonly notes: readonly string[];
}

export type ModelType = "table" | "incremental" | "view" | "operation" | "assertion" | "source";

/** A column of another model: its place, and the column's place in it. */
export type ColumnRef = readonly [model: number, column: number];

export interface PageModel {
  /** `dataset.name` */
  readonly key: string;
  readonly type: ModelType;
  readonly file: string;
  readonly description: string;
  readonly tags: readonly string[];
  /** Places of the models that it depends on. */
  readonly reads: readonly number[];
  /** The model that an assertion belongs to. */
  readonly parent: number | null;
  readonly layout: readonly (readonly [what: string, value: string])[];
  readonly texts: readonly PageText[];
  readonly columns: readonly PageColumn[];
  /** Columns that decide which rows there are. */
  readonly rowsBy: readonly ColumnRef[];
  /** Why nothing is known of its columns; empty: they are known. */
  readonly unknown: string;
  /** Rows of the partitions that were built; null: nobody counted. */
  readonly rows: number | null;
  readonly decisions: readonly PageDecision[];
  /** Rows that an assertion has found. */
  readonly sample: PageRows | null;
}

export interface PageText {
  readonly title: string;
  readonly text: string;
}

export interface PageColumn {
  readonly name: string;
  readonly type: string;
  readonly description: string;
  readonly values: readonly ColumnRef[];
  readonly conditions: readonly ColumnRef[];
}

/** Equal neighbouring partitions, told as one. */
export interface PageDecision {
  readonly partitions: string;
  readonly decision: "run" | "skip";
  readonly reason: string;
  /** In words: the upstream that moved, the note. */
  readonly because: string;
  readonly lastBuild: { readonly runId: string; readonly at: string; readonly rows: number } | null;
  readonly hashes: readonly PageHash[];
}

export interface PageHash {
  readonly what: string;
  readonly recorded: string;
  readonly now: string;
  readonly same: boolean;
}

/** Positions in the drawing, by place of the model. */
export interface PageLayout {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly (readonly [model: number, x: number, y: number])[];
  /** Reader, what it reads, and the corners of the line between them as x, y, x, y, .. */
  readonly edges: readonly (readonly [from: number, to: number, ...points: number[]])[];
}

/** Size of a node in the drawing. */
export const NODE_WIDTH = 232;
export const NODE_HEIGHT = 44;

export interface PageRun {
  readonly id: string;
  readonly command: string;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly status: string;
  readonly window: string;
  readonly totals: Readonly<Record<string, number>>;
  /** What ran, in the order in which it ended. */
  readonly actions: readonly PageRunAction[];
  readonly skipped: number;
  /** What the skipped actions usually take, together. */
  readonly savedMs: number;
}

export interface PageRunAction {
  /** -1: the project has no such action any more. */
  readonly model: number;
  readonly key: string;
  readonly status: string;
  /** Milliseconds after the run began. */
  readonly startMs: number;
  readonly durationMs: number;
  readonly rowsWritten: number;
  readonly reason: string;
  readonly error: string;
}

/** The rows of a report that the project declares. */
export interface PageReport {
  readonly name: string;
  readonly description: string;
  readonly rows: PageRows | null;
  readonly error: string;
}

export interface PageRows {
  readonly columns: readonly (readonly [name: string, type: string])[];
  readonly rows: readonly (readonly (string | number | boolean | null)[])[];
  /** How many there are; more than are shown where it is larger. */
  readonly total: number;
}
