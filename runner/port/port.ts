import type { Fingerprint, Partition } from "./identity.js";
import type { IngestionUnit } from "./ingestion-time.js";
import type { KeySlices, SliceDigests, SliceRecord, SliceRequest } from "./key-slices.js";
import type { LoadedFile, LoadFileRequest } from "./load-file.js";
import type { PartitionSet } from "./partition-set.js";
import type { DueRelation, RelationSettings, WantedRelation } from "./relation-settings.js";
import type { KeptVersions, SqlJobs } from "./sql-jobs.js";
import type { Column } from "./sql-types.js";
import type { ReplaceContentRequest, ReplacedContent } from "./table-content.js";
import type { TableReader } from "./table-reader.js";

/** A relation by its dataset and name; the project is the warehouse's own. */
export interface RelationId {
  readonly dataset: string;
  readonly name: string;
}

/** `dataset.name`, the form in which relations are shown, keyed and sorted everywhere. */
export function relationKey(relation: RelationId): string {
  return `${relation.dataset}.${relation.name}`;
}

/** The relation that a name in SQL stands for, with its project or without. */
export function relationNamed(relations: ReadonlyMap<string, Relation>, path: string): Relation | undefined {
  return relations.get(path) ?? relations.get(path.split(".").slice(-2).join("."));
}

/** FOREIGN KEY (...) REFERENCES ... NOT ENFORCED: nobody checks it. */
export interface ForeignKey {
  /** `fk$1` and so on where nobody has named it. */
  readonly name: string;
  readonly columns: readonly { readonly from: string; readonly to: string }[];
  /** The table that is referred to; of the home project where none is said. */
  readonly table: RelationId & { readonly project?: string | undefined };
}

export interface Relation {
  readonly id: RelationId;
  readonly kind: "table" | "view";
  /** The view keeps its rows. */
  readonly isMaterialized?: boolean;
  /** The statement that a view stands for, in the engine's own text. */
  readonly definition: string | undefined;
  readonly columns: readonly Column[];
  /** Columns of types that GoogleSQL does not have: no query can read them, but digests count them. */
  readonly foreignColumns: readonly string[];
  /** The DATE column the table is partitioned by; undefined: the relation is one partition, `*`. */
  readonly partitionColumn: string | undefined;
  readonly clusterBy: readonly string[];
  /** PRIMARY KEY (...) NOT ENFORCED of the table, or the unique key of the model that built it. */
  readonly primaryKey: readonly string[];
  readonly foreignKeys?: readonly ForeignKey[] | undefined;
  /** Columns of texts that come later have the collation und:ci. */
  readonly isCollated?: boolean | undefined;
  /** The column that stands for the other ones of a row, where somebody says so, and those that it leaves out. */
  readonly rowHash?: { readonly column: string; readonly without: readonly string[] };
  /** The column of which every query must say which partitions it reads; undefined: none need say it. */
  readonly filterColumn?: string | undefined;
  /** Partitioned by the time at which rows came, in a column that is none of `columns`. */
  readonly ingestion?: IngestionUnit | undefined;
  /** A snapshot of a table: nobody changes its rows. */
  readonly isSnapshot?: boolean;
  /** The column by which it was partitioned when it was last seen; it has no partitions any more. */
  readonly lostPartition?: string;
}

/** A table that a loader fills: name, typed columns, keys, layout. */
export interface TableDefinition {
  readonly id: RelationId;
  readonly columns: readonly (Column & { readonly required?: boolean })[];
  readonly primaryKey: readonly string[];
  readonly partitionColumn: string | undefined;
  readonly clusterBy: readonly string[];
  /** The column that stands for a row's meaning: a row that comes with an equal one is left as it is. Undefined: all columns do. */
  readonly rowHash?: string;
  /**
   * The columns by which a row that comes is told from the stored one, where an equal `rowHash` is not to keep it out.
   * Undefined: `rowHash`, or all of them without one.
   */
  readonly comparedBy?: readonly string[];
  /** Partitioned by the time at which rows came; then that time is one of `columns`. */
  readonly ingestion?: IngestionUnit | undefined;
}

/**
 * A value on its way into or out of a warehouse.
 * DATE is `YYYY-MM-DD`, TIMESTAMP `YYYY-MM-DD HH:MM:SS[.ffffff]+00:00`, NUMERIC a decimal string, INT64 a bigint or a safe number.
 */
export type SqlValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly SqlValue[]
  | { readonly [field: string]: SqlValue };

export type RowObject = Readonly<Record<string, SqlValue>>;

/** Inclusive range of partition dates, `YYYY-MM-DD`. */
export interface DateRange {
  readonly from: string;
  readonly to: string;
}

/** What to digest of one relation. */
export interface DigestRequest {
  readonly relation: Relation;
  /** The columns that make a row; none: only how many rows there are counts. */
  readonly columns: readonly string[];
  /** Only these partitions; ignored for a relation without partition column. */
  readonly range: DateRange | undefined;
  /** One digest a partition, or one of all rows under `*`. */
  readonly grain: "partition" | "relation";
}

/** Order-independent digest of one partition's rows: row count, XOR and SUM of a 64-bit hash of each row. */
export interface PartitionDigest {
  readonly rows: number;
  readonly digest: Fingerprint;
}

/** Digests by partition (a date, `*`, or `__NULL__`); a partition without rows is absent. */
export type PartitionDigests = ReadonlyMap<Partition, PartitionDigest>;

/** A table to which rows are appended, of which the newest of each key counts; with an empty key the newest of all. */
export interface Log {
  readonly table: RelationId;
  readonly key: readonly string[];
  /** Newest first by these columns, compared descending. */
  readonly newestBy: readonly string[];
}

/** The newest row of each key in a log. */
export interface LatestRowsRequest extends Log {
  readonly columns: readonly string[];
  /** Rows whose `column` is one of `values` or lies in `range`; undefined: all rows. */
  readonly where?: {
    readonly column: string;
    readonly values: readonly string[];
    readonly range: DateRange | undefined;
  };
}

/** New rows of a model, built beside its table and private to the transaction. */
export interface Stage {
  readonly name: string;
  readonly columns: readonly Column[];
  readonly rows: number;
  /** The table that they stand in already, where it was made of them; undefined: beside it. */
  readonly table?: RelationId | undefined;
}

export interface PublishRequest {
  readonly stage: Stage;
  readonly target: RelationId;
  /** The rows that the stage replaces; undefined: all. */
  readonly partitions: PartitionSet | undefined;
  readonly partitionColumn: string | undefined;
  readonly clusterBy: readonly string[];
  /** Unique key of the model; empty: changed partitions are replaced as a whole. */
  readonly key: readonly string[];
  /** Several rows may have one key: they are history, and nothing keeps merges from it. */
  readonly repeatsKeys?: boolean;
  /** Columns that the runner maintains and that never make a row different. */
  readonly rowColumns: RowColumns;
  /** The column that stands for a row's meaning: where it is equal, other columns are refreshed. Undefined: all columns do. */
  readonly rowHash: string | undefined;
  /** How a table that is made anew is kept; undefined: as the engine likes. */
  readonly settings?: RelationSettings | undefined;
  /** The settings may be others than those of the last build. */
  readonly isNewCode?: boolean;
  /** Of the rows that the stage replaces only these slices; undefined: all. */
  readonly only?: KeySlices | undefined;
}

/** Rows that go into a table whose other rows stay, as Dataform's incremental tables take them. */
export interface AccumulateRequest {
  readonly stage: Stage;
  readonly target: RelationId;
  /** A row of the table with an equal key takes the new values; NULL equals nothing. Empty: every row is added. */
  readonly key: readonly string[];
  /** The partitions that the stage has rows of are replaced. */
  readonly overwritesPartitions: boolean;
  readonly partitionColumn: string | undefined;
  /** By what the table is partitioned where that is no DATE column: GoogleSQL over its columns. */
  readonly partitionBy?: string | undefined;
  /** What columns of the stage that the table lacks, or has besides, do to it. */
  readonly onSchemaChange: "IGNORE" | "FAIL" | "EXTEND" | "SYNCHRONIZE";
}

export interface RowColumns {
  /** Kept from the first insert. */
  readonly created?: string | undefined;
  /** Set when the row's data hash changes. */
  readonly updated?: string | undefined;
  /** Counts the changed rewrites of a row. */
  readonly revision?: string | undefined;
}

export interface PublishCounts {
  readonly inserted: number;
  readonly updated: number;
  /** Equal row hash, other columns moved (source hashes, quality): rewritten without a new `updated` time. */
  readonly refreshed: number;
  readonly deleted: number;
  readonly unchanged: number;
}

export interface MergeCounts {
  readonly read: number;
  readonly inserted: number;
  readonly updated: number;
  readonly unchanged: number;
}

/** Stored rows that a load speaks for: those whose `columns` hold one of the `values`; NULL equals NULL here. */
export interface RowScope {
  readonly columns: readonly string[];
  readonly values: readonly (readonly SqlValue[])[];
}

export interface ReplaceCounts extends MergeCounts {
  /** Rows of the scopes that did not come again. */
  readonly deleted: number;
}

export interface QueryResult {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly SqlValue[])[];
}

/** What a script leaves for its caller to show: the rows of its last query, and the rows changed by its last statement. */
export interface ScriptResult {
  readonly rows: QueryResult | undefined;
  readonly rowsChanged: number | undefined;
  /** It ended within a transaction, which is rolled back; known of the embedded engine. */
  readonly isLeftOpen?: boolean;
}

/**
 * Texts that run as one script: variables, temporary functions and temporary tables of one are there in those after it.
 * Errors of a script carry the offset of the statement in its text.
 */
export interface ScriptTexts {
  /** Statements (DDL, DML, control flow) separated by `;`. The number of rows that the last one changed, where it changes rows. */
  execute(sql: string): Promise<number | undefined>;
  /** @param table that is to be made of the rows if there is none: they may be written where they will stand */
  stage(query: string, table?: RelationId): Promise<Stage>;
  replaceView(view: RelationId, query: string, settings?: RelationSettings): Promise<void>;
}

/** What can be seen of one snapshot without running any SQL of a user. */
export interface Observation {
  relations(): Promise<ReadonlyMap<string, Relation>>;
  /** One answer per request, in order, all from one snapshot. */
  digests(requests: readonly DigestRequest[]): Promise<readonly PartitionDigests[]>;
  /** Rows of a log that another version has made lack the columns that it did not know. */
  latestRows(request: LatestRowsRequest): Promise<readonly RowObject[]>;
  /** GoogleSQL texts of the persistent functions and procedures, by `dataset.name`. */
  routines(): Promise<ReadonlyMap<string, string>>;
}

/** The same for all who have seen the same of a log and want to publish the same. */
export interface PublishTurn {
  readonly log: RelationId;
  readonly name: string;
}

/**
 * One atomic unit of work on one snapshot. SQL given here is GoogleSQL.
 * After any error the transaction is rolled back and unusable.
 */
export interface Transaction extends ScriptTexts, Observation {
  /**
   * What the transaction publishes from now on becomes visible only while a condition holds, asked where nobody can come between; else it
   * fails with `conflict` and has published nothing. Undefined: nobody else writes to a warehouse that one process holds.
   * Who takes the same turn does so one after the other.
   */
  readonly onlyWhile?: (condition: string, turn: PublishTurn) => void;
  /**
   * Whether the engine can make a relation; undefined: any.
   * @throws EngineError `refused` that names what it cannot
   */
  readonly requireMakeable?: (wanted: WantedRelation) => void;
  append(table: RelationId, columns: readonly Column[], rows: readonly RowObject[]): Promise<void>;
  /**
   * Deletes rows of a log that `latestRows` does not give, once they are most of it. Undefined: they stay, because whoever else appends
   * to the log at the same time would be cancelled.
   */
  readonly compactLog?: (log: Log) => Promise<void>;
  /**
   * Runs several texts as one script.
   * @param options.readOnly leaves out statements that would change something that stays
   */
  script<T>(work: (script: ScriptTexts) => Promise<T>, options?: { readonly readOnly?: boolean }): Promise<T>;
  publish(request: PublishRequest): Promise<PublishCounts>;
  /** Adds a stage's rows to a table that is there. */
  accumulate(request: AccumulateRequest): Promise<PublishCounts>;
  /** Digests of a stage's rows, taken as those of a relation of the same columns would be. */
  digestStage(stage: Stage, like: Omit<DigestRequest, "range">): Promise<PartitionDigests>;
  /** Digests of tables slice by slice; undefined: the engine cannot tell slices. */
  readonly sliceDigests?: (
    requests: readonly SliceRequest[],
  ) => Promise<readonly ReadonlyMap<Partition, SliceDigests>[]>;
  /** Appends them to a table, a row a partition: `partition`, what `SliceDigests` names, and what else the record says. */
  readonly appendSliceDigests?: (table: RelationId, records: readonly SliceRecord[]) => Promise<void>;
  /** Drops a stage that is not published. */
  discard(stage: Stage): Promise<void>;
  query(sql: string): Promise<QueryResult>;
  /**
   * Reads no row and no bytes that cost.
   * @throws EngineError where a query names what is not there, or cannot be typed
   */
  requireQuery(sql: string): Promise<void>;
  /** Whether a query returns a row. Nothing of the row is read, so that of a wide table only the columns that conditions name are. */
  returnsRow(sql: string): Promise<boolean>;
  /** Merges by primary key; rows with an equal row hash stay untouched; two rows of one key are an error. */
  mergeRows(table: TableDefinition, rows: AsyncIterable<RowObject> | Iterable<RowObject>): Promise<MergeCounts>;
  /**
   * As `mergeRows`, and deletes the stored rows of the scopes whose key did not come: the rows are all there is of them.
   * In a table without a row hash a row stays untouched if all its columns are equal.
   * @param scopes asked for once the rows have ended, because what a stream covers is known only then
   */
  replaceRows(
    table: TableDefinition,
    rows: AsyncIterable<RowObject> | Iterable<RowObject>,
    scopes: () => readonly RowScope[],
  ): Promise<ReplaceCounts>;
  /**
   * Replaces the content of a table by the rows of a file. A table that is there keeps its columns and layout, another one is made
   * with the columns and types of the file. Undefined: the engine reads no files.
   * @throws EngineError `data` that names file and line of what does not fit
   */
  readonly loadFile?: (request: LoadFileRequest) => Promise<LoadedFile>;
  /**
   * Replaces the rows of a table, or of some days of it, by others that come in pieces; values and types stay exactly as they are.
   * @throws EngineError `data` that names what the table cannot keep
   */
  replaceContent(request: ReplaceContentRequest): Promise<ReplacedContent>;
}

/** What an engine can do; who works above it asks here and nowhere else. */
export interface Capabilities {
  /** CREATE, ALTER and DROP of what stays can stand in one transaction with rows and state. */
  readonly transactionalDdl: boolean;
  /** Digests that were read are known until somebody writes to the rows, and those of the same rows are read at once. */
  readonly remembersDigests: boolean;
  /** Tables are read as their rows lie, the same twice: what a query picks among equals is then the same, too. */
  readonly readsInOrder: boolean;
  /** It tells without reading rows whether a relation was written. */
  readonly freeMetadata: boolean;
  /** What a query costs can be asked before it runs. */
  readonly cost: boolean;
  /** Partitions of a model that are older than its `partitionExpirationDays` vanish by themselves. */
  readonly expiresPartitions: boolean;
  /** Relations can be read as they were. */
  readonly timeTravel: boolean;
}

/** Asking what work costs before it runs; the question itself costs nothing. */
export interface CostQuestions {
  /** Bytes that a query would process; undefined: what it reads is not there yet, or it cannot be told. */
  estimate(sql: string): Promise<number | undefined>;
  /** US dollars. */
  readonly pricePerTiB: number;
  /** Bytes that a run may process; undefined: any number. */
  readonly mostPerRun: number | undefined;
}

/** On whose behalf work is done: engines that keep a history of their jobs name it there. */
export interface WorkPurpose {
  readonly run: string;
  /** Key of the action. */
  readonly action: string;
  /** Nothing of it is to stay: an engine that cannot undo a statement refuses it. */
  readonly rehearsal?: boolean;
  /** What jobs are labelled with, and the reservation that they take; undefined: as all. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly reservation?: string | undefined;
}

/** Keeps what stands on relations besides their rows as the project wants it. */
export interface Upkeep {
  /** Those of which something is to be done. It costs no more than the catalogue does. */
  due(wanted: readonly WantedRelation[]): Promise<readonly DueRelation[]>;
  /**
   * Makes a relation as it is wanted; nothing for one that is not there.
   * @returns what was set, in words
   * @throws EngineError where the service refuses it
   */
  bring(wanted: WantedRelation, about: WorkPurpose): Promise<readonly string[]>;
}

/** What an engine has been paid with for some work. */
export interface WorkSpent {
  readonly jobs: number;
  readonly bytesProcessed: number;
  readonly bytesBilled: number;
  /** Milliseconds of all slots together. */
  readonly slotMs: number;
}

export interface Warehouse {
  /** Name of its engine. */
  readonly target: string;
  readonly capabilities: Capabilities;
  /**
   * Digest of everything between SQL and its result: dialect, runtime library, engine. Equal version, equal result; it is an input of
   * every build.
   */
  version(): Promise<string>;
  /** Looks at one snapshot; nothing is written, and nothing that only SQL needs is loaded. */
  observe<T>(work: (observation: Observation) => Promise<T>, about?: WorkPurpose): Promise<T>;
  /**
   * Runs `work` in one transaction: committed when it returns, rolled back when it throws. When a concurrent transaction wins, the work
   * is done again from its beginning.
   */
  transaction<T>(work: (transaction: Transaction) => Promise<T>, about?: WorkPurpose): Promise<T>;
  /** Runs a GoogleSQL script as it stands: each statement by itself, unless the script opens a transaction. */
  script(sql: string): Promise<ScriptResult>;
  /** Undefined: relations have nothing but rows and columns. */
  readonly upkeep?: Upkeep;
  /** Undefined: work costs nothing. */
  readonly cost?: CostQuestions;
  /** What this process has spent on some work so far. Undefined: the engine keeps no account. */
  readonly spentOn?: (about: WorkPurpose) => WorkSpent;
  /**
   * Reads and loads what somebody who is about to plan and run will ask for, while nothing else is to be done. Undefined: it costs more
   * than it saves.
   */
  readonly lookAhead?: () => Promise<void>;
  /**
   * What it knows of relations since it was opened is not taken for what is there now: time has passed. Undefined: it looks each time.
   */
  readonly lookAgain?: () => void;
  /** Ends the queries that run now: they fail, and their transactions are rolled back. Undefined: the engine cannot. */
  readonly interrupt?: () => void;
  /** Reads tables to copy them elsewhere. Undefined: the engine holds copies, and is none to copy from. */
  readonly reader?: TableReader;
  /**
   * Many clients at once, with all that the BigQuery API tells of their jobs; undefined: the engine has a service of its own. With
   * `kept`, jobs may read what tables were; nobody else may then change the warehouse.
   */
  readonly jobs?: (kept?: KeptVersions) => Promise<SqlJobs>;
  close(): Promise<void>;
}

/** The names of the columns that the runner maintains. */
export function rowColumnNames(columns: RowColumns): readonly string[] {
  return [columns.created, columns.updated, columns.revision].filter((name) => name !== undefined);
}

/** Names of columns in an order that is the same however they are written in upper and lower case. */
export function inNameOrder(names: readonly string[]): readonly string[] {
  return [...names].sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1));
}

/** Every column of a relation, those that no query can read too. */
export function allColumns(relation: Relation): readonly string[] {
  return [...relation.columns.map(({ name }) => name), ...relation.foreignColumns];
}
