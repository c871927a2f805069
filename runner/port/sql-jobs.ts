import type { IngestionUnit } from "./ingestion-time.js";
import type { Relation, RelationId, RowObject, SqlValue } from "./port.js";
import type { RowAccess } from "./row-access.js";
import type { Column, SqlType } from "./sql-types.js";
import type { TablePartition } from "./table-partition.js";

/** A value for `@name`, or for the next `?` where it has no name. */
export interface JobParameter {
  readonly name: string | undefined;
  readonly type: SqlType;
  /** A GoogleSQL expression without columns. */
  readonly expression: string;
}

/** A relation that SQL reads by name and that stands in no file: INFORMATION_SCHEMA and the like. */
export interface SystemTable {
  /** Tells it from every other one. */
  readonly key: string;
  readonly columns: readonly Column[];
  /**
   * Its rows now.
   * @param reader whoever sees more than what is committed; undefined: nobody does
   */
  rows(reader?: CatalogueReader): Promise<readonly RowObject[]>;
}

/** How it is read what there is. */
export interface CatalogueReader extends Pick<SqlJobs, "datasets" | "relations" | "routines" | "rows"> {
  /** All rows of a query, which are few. */
  select(sql: string): Promise<readonly (readonly SqlValue[])[]>;
}

/** Finds the system table of a path; undefined: the path names none. */
export type SystemTables = (path: readonly string[]) => SystemTable | undefined;

/** How the pages of a Parquet file are packed. */
export type ParquetCodec = "uncompressed" | "snappy" | "gzip" | "zstd";

/**
 * A GoogleSQL expression for a system variable that hangs on the job: `project_id`, `script.job_id` and the like.
 * @param name without `@@`
 * @param inScript statements of the job are jobs of their own
 */
export type SystemVariables = (name: string, inScript: boolean) => Promise<string | undefined>;

/**
 * Writes rows to files.
 * @param options of EXPORT DATA, by name
 * @param writeParquet writes the same rows to a Parquet file
 */
export type Exporter = (
  options: Readonly<Record<string, SqlValue>>,
  rows: JobRows,
  writeParquet: (path: string, codec: ParquetCodec) => Promise<void>,
) => Promise<void>;

/** LOAD DATA. */
export interface LoadDefinition {
  readonly table: RelationId;
  readonly overwrite: boolean;
  /** None: the table or the files tell. */
  readonly columns: readonly LoadColumn[];
  /** The text behind PARTITION BY. */
  readonly partitionBy: string | undefined;
  readonly clusterBy: readonly string[];
  readonly tableOptions: Readonly<Record<string, SqlValue>>;
  /** Of FROM FILES. */
  readonly options: Readonly<Record<string, SqlValue>>;
  /** The partition that the rows go to, by the value of its column. */
  readonly partition: { readonly overwrite: boolean; readonly value: SqlValue } | undefined;
  /** Columns that the paths of the files tell, of a list or, where it is empty, as the paths have them; undefined: there are none. */
  readonly pathColumns: readonly Column[] | undefined;
}

/** A column of the list of LOAD DATA. */
export interface LoadColumn extends Column {
  readonly required: boolean;
  /** The text behind DEFAULT. */
  readonly defaultValue: string | undefined;
  readonly description: SqlValue;
}

/** What LOAD DATA has read and written. */
export interface Loaded {
  readonly files: number;
  readonly bytes: number;
  readonly rows: number;
  readonly badRows: number;
}

/**
 * Loads files into a table: all of their rows, or none.
 * @param once is kept with them
 */
export type Loader = (definition: LoadDefinition, once: ChangeMark | undefined) => Promise<Loaded>;

/** Tables whose rows lie in files. The warehouse has a table of each, without rows, so that views and lists know its columns. */
export interface ExternalTables {
  /** What is read in place of a table; undefined: its rows are in the warehouse. */
  find(table: RelationId): SystemTable | undefined;
  /** The query of a view, which may read such tables; undefined: there are none. */
  viewQuery(view: RelationId): string | undefined;
  /** Makes one. */
  create(definition: ExternalDefinition): Promise<"CREATE" | "REPLACE" | "SKIP">;
}

/** CREATE EXTERNAL TABLE. */
export interface ExternalDefinition {
  readonly table: RelationId;
  /** None: the files tell. */
  readonly columns: readonly Column[];
  readonly options: Readonly<Record<string, SqlValue>>;
  readonly ifExists: "fail" | "replace" | "skip";
}

/** System procedures of a service that keeps sessions and jobs. */
export interface SystemProcedures {
  /**
   * Ends a session.
   * @param id undefined: the caller's own, as soon as its text is through
   */
  abortSession(id: string | undefined): Promise<void>;
  /** @param job `[project.]job_id` */
  cancelJob(job: string): Promise<void>;
}

/** What a job may see and where it stops. */
export interface JobRequest {
  /** A GoogleSQL query or script. */
  readonly sql: string;
  readonly parameters: readonly JobParameter[];
  readonly defaultDataset: string | undefined;
  readonly systemTables: SystemTables;
  /** Whether new tables of a dataset have the collation und:ci for their texts; undefined: nobody keeps that. */
  readonly isCollated?: ((dataset: string) => boolean) | undefined;
  /** Knows of the job itself what system variables tell; undefined: nobody does. */
  readonly systemVariable?: SystemVariables | undefined;
  /** Carries out what system procedures do to sessions and jobs; undefined: there are none. */
  readonly procedures?: SystemProcedures | undefined;
  /** Who runs it, and what may be read; undefined: the server itself, which may read all. */
  readonly access?: RowAccess | undefined;
  /**
   * Told before a statement changes or removes rows of a table; undefined: all may.
   * @throws JobError where it may not
   */
  readonly mayChangeRows?: ((table: RelationId, kind: "UPDATE" | "DELETE" | "MERGE" | "TRUNCATE") => void) | undefined;
  /**
   * Told before a statement makes a table, a view or a dataset or changes what it is; undefined: all may.
   * @throws Error where it may not
   */
  readonly mayDefine?: ((definition: Definition) => Promise<void>) | undefined;
  /** Undefined: no table's rows lie in files. */
  readonly externals?: ExternalTables | undefined;
  /** Takes the rows of EXPORT DATA; undefined: nobody does. */
  readonly exporter?: Exporter | undefined;
  /** Carries LOAD DATA out; undefined: the engine does, with files of this machine. */
  readonly loader?: Loader | undefined;
  /** Ends the job where it is; the running statement is interrupted. */
  readonly signal: AbortSignal;
  /** Is kept in the transaction of what the text's only statement changes. Undefined: nobody will look for it. */
  readonly once?: ChangeMark | undefined;
  /** Where the rows of the text's one query go besides to the caller. */
  readonly destination: JobDestination | undefined;
}

/** A statement that makes a table, a view or a dataset or changes what it is. */
export interface Definition {
  readonly text: string;
  readonly table: RelationId;
  /** The table as it is; undefined: there is none. */
  readonly before: TableShape | undefined;
  /** A view stands where the statement names something. */
  readonly isView: boolean;
  /** The table that it makes; undefined: it changes one. */
  readonly made: TableShape | undefined;
}

/** Columns of a table, and how the warehouse lays out its rows. */
export type TableShape = Pick<Relation, "columns" | "partitionColumn" | "clusterBy" | "ingestion">;

/** What is kept with a change, in its transaction: whoever finds it, after the process was killed, need not ask again. */
export interface ChangeMark {
  readonly key: string;
  /** Kept as it is. */
  readonly note?: string | undefined;
  /** How long somebody may ask again, in milliseconds. */
  readonly keptMs: number;
}

/** A mark that an earlier process has left. */
export interface LeftMark {
  readonly key: string;
  readonly note: string | undefined;
  /** When it was left, in milliseconds since 1970. */
  readonly at: number;
  readonly changed: ChangedRows | undefined;
}

/** A text of our own: nobody gives it parameters, stops it, or wants its rows elsewhere. */
export function plainRequest(sql: string): JobRequest {
  return {
    sql,
    parameters: [],
    defaultDataset: undefined,
    systemTables: () => undefined,
    signal: new AbortController().signal,
    destination: undefined,
  };
}

/** What a table gets, or no longer asks for. */
export type SchemaChange =
  /** A column, or with a path a field of the STRUCTs, or ARRAYs of STRUCTs, that the path leads to. */
  | { readonly kind: "add"; readonly path: readonly string[]; readonly column: Column }
  /** A column need not have a value any more. */
  | { readonly kind: "relax"; readonly column: string }
  /** A column has other parameters of its type, or none any more, which take every value that is there. */
  | { readonly kind: "declare"; readonly column: string; readonly declared: string | undefined }
  /** Rows are clustered by these columns from now on. */
  | { readonly kind: "cluster"; readonly by: readonly string[] };

/** A table that takes the rows of a query. */
export interface JobDestination {
  readonly table: RelationId;
  /** `replace`: the table is made anew; `truncate`: its rows go, and it stays; `append`: rows are added to it. */
  readonly write: "replace" | "truncate" | "append";
  /** The part of the table, which is there, that they go to. */
  readonly partition?: TablePartition | undefined;
  /** What happens to the table before the rows come, in the same transaction. */
  readonly changes?: readonly SchemaChange[] | undefined;
  readonly partitionColumn: string | undefined;
  readonly clusterBy: readonly string[];
  /** Rows of a table that is made anew are partitioned by the time at which they come. */
  readonly ingestion?: IngestionUnit | undefined;
}

/** Rows that a statement answered with, kept by the engine until they are let go. */
export interface JobRows {
  readonly columns: readonly Column[];
  readonly count: number;
  /** Some of the rows, in order; fewer at the end. */
  read(start: number, count: number): readonly (readonly SqlValue[])[];
}

/** Rows that a statement changed; undefined where it is no statement of that kind. */
export interface ChangedRows {
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
}

/** One statement of a job, as it went. */
export interface JobStatement {
  /** BigQuery's name of its kind: `SELECT`, `CREATE_TABLE_AS_SELECT`, `SCRIPT` for control statements. */
  readonly kind: string;
  /** Its own text. */
  readonly text: string;
  /** The relation or routine that it makes, changes or drops. */
  readonly target: RelationId | undefined;
  /** What a definition did. */
  readonly operation: "CREATE" | "REPLACE" | "SKIP" | "DROP" | "ALTER" | undefined;
  /** Persistent relations that it reads. */
  readonly reads: readonly RelationId[];
  readonly changed: ChangedRows | undefined;
  readonly rows: JobRows | undefined;
  /** Columns that a query would answer with, where nothing ran. */
  readonly columns: readonly Column[] | undefined;
  /** What LOAD DATA has done, where a loader did it. */
  readonly loaded?: Loaded | undefined;
  /** That `@@query_label` gave it. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** What it failed with, as one of a script; nothing that it did is left. */
  readonly failure?: unknown;
  /** Of the transaction that it is part of. */
  readonly transactionId?: string | undefined;
  readonly startedAt: number;
  readonly endedAt: number;
}

/** Why a job failed, in the terms of the BigQuery API. */
export type JobErrorReason =
  | "invalidQuery"
  | "invalid"
  | "notFound"
  | "accessDenied"
  | "duplicate"
  | "stopped"
  | "timeout"
  | "resourceInUse"
  | "notImplemented"
  | "responseTooLarge"
  | "internalError";

/** A job that failed; the message is BigQuery's own where it has one, without the position. */
export class JobError extends Error {
  override readonly name = "JobError";
  constructor(
    readonly reason: JobErrorReason,
    message: string,
    /** 1-based place in the job's text. */
    readonly at: { readonly line: number; readonly column: number } | undefined = undefined,
    /** What was not found, or is there already. */
    readonly object:
      | { readonly kind: "Table" | "Dataset" | "Routine" | "RowAccessPolicy"; readonly path: readonly string[] }
      | undefined = undefined,
  ) {
    super(message);
  }
}

/** A relation with what only its definition tells. */
export interface RelationDetails extends Relation {
  /** Columns that must have a value, by name. */
  readonly required: ReadonlySet<string>;
  /** Rows of a table; undefined for a view. */
  readonly rows: number | undefined;
}

/** A connection whose temporary tables, functions and variables last until it is closed. */
export interface JobSession {
  /**
   * Runs a text; statements are told as they end.
   * @throws JobError
   */
  run(request: JobRequest, told: (statement: JobStatement) => void): Promise<void>;
  close(): Promise<void>;
}

/** Runs texts of many clients side by side on one warehouse: readers never wait, writers of one table do. */
export interface SqlJobs {
  /** As a session that is closed behind the text. */
  run(request: JobRequest, told: (statement: JobStatement) => void): Promise<void>;
  /** @param request whose default dataset and column names hold for all jobs of the session */
  openSession(request: JobRequest): Promise<JobSession>;
  /**
   * What a text would do; nothing runs. Of a text of several statements one `SCRIPT` is told.
   * @throws JobError for a mistake in the text
   */
  describe(request: JobRequest): Promise<JobStatement>;
  /** Names of the datasets. */
  datasets(): Promise<readonly string[]>;
  /** Relations of one dataset, or one of them. */
  relations(dataset: string, name?: string): Promise<readonly RelationDetails[]>;
  /** GoogleSQL texts of the persistent functions and procedures, by `dataset.name`. */
  routines(): Promise<ReadonlyMap<string, string>>;
  /** Rows of a relation in a stable order. */
  rows(relation: RelationId, columns: readonly string[], start: number, count: number): Promise<JobRows>;
  /**
   * Adds rows to a table, all or none; how many.
   * @throws JobError
   */
  write(request: WriteRequest): Promise<number>;
  /** Changes the fields of a table: all of the changes are made or none. */
  changeSchema(table: RelationId, changes: readonly SchemaChange[]): Promise<void>;
  /**
   * What a table was, which may be gone since.
   * @param at microseconds since 1970; `oldest`: the first state that is known
   * @throws JobError where nobody knows any more
   */
  version(table: RelationId, at: bigint | "oldest"): Promise<TableVersion>;
  /** The marks that were given as `once` with what has changed something, and are not too old; none where nothing is kept. */
  marks(): Promise<readonly LeftMark[]>;
  /** Texts see a time that is so many milliseconds ahead of the real one; it never goes back. */
  moveClock(milliseconds: number): void;
  /** The columns of a Parquet file, and which of them always have a value. */
  parquetColumns(
    path: string,
  ): Promise<{ readonly columns: readonly Column[]; readonly required: ReadonlySet<string> }>;
  /** The rows of a Parquet file. */
  parquetRows(path: string): Promise<JobRows>;
  /** Writes columns of a table, or of a part of it, to a Parquet file. */
  writeParquet(table: ParquetSource, path: string): Promise<void>;
}

/** What becomes a Parquet file. */
export interface ParquetSource {
  readonly table: RelationId;
  readonly columns: readonly string[];
  readonly partition: TablePartition | undefined;
  readonly codec: ParquetCodec;
}

/** How long what tables were is kept after a change, for as long as the process lives. */
export interface KeptVersions {
  readonly hours: number;
  /** How much memory older rows may take, roughly. */
  readonly bytes: number;
}

/** What a table was at some time. */
export interface TableVersion {
  /** A name that texts may read it by for a while. */
  readonly id: RelationId;
  readonly columns: readonly Column[];
  readonly partitionColumn: string | undefined;
  readonly clusterBy: readonly string[];
  readonly rows: number;
}

/** Rows on their way into a table. */
export interface WriteRequest {
  readonly table: RelationId;
  /** The columns that rows may have; the others get their default. */
  readonly columns: readonly string[];
  /** What one row lacks is its default, too, and not NULL. */
  readonly fillsDefaults?: boolean;
  readonly rows: AsyncIterable<RowObject> | Iterable<RowObject>;
  /** A GoogleSQL statement that makes the table; undefined: it is there. */
  readonly create: string | undefined;
  /** The rows of the table, or of the partition, go. */
  readonly truncate: boolean;
  /** What happens to the table before the rows come, in the same transaction. */
  readonly changes?: readonly SchemaChange[] | undefined;
  /** The part of the table that the rows go to. */
  readonly partition?: TablePartition | undefined;
  /** As `once` of a job. */
  readonly once?: ChangeMark | undefined;
  readonly signal: AbortSignal;
}
