import type { IngestionUnit } from "../port/ingestion-time.js";
import type { ForeignKey } from "../port/port.js";
import type { Column } from "../port/sql-types.js";
import type { Query, Statement } from "./ast.js";
import type { ProjectNames } from "./project-names.js";

/** A table as the resolver sees it. */
export interface CatalogTable {
  /** Dataset, `project.dataset` in another project than home, and name; of a temporary table the schema that the engine keeps it in. */
  readonly path: readonly [dataset: string, name: string];
  /** It ends with the script that made it. */
  readonly temporary?: boolean;
  readonly columns: readonly Column[];
  /** Its rows are made for the statement that reads it: nobody changes them. */
  readonly isMadeUp?: boolean;
  /** A view; known only where it matters. */
  readonly isView?: boolean;
  /** A snapshot: its rows stay what they are. */
  readonly isSnapshot?: boolean;
  /** What is read in its place by somebody who may not read all of it, or not by itself, and where that finds its tables. */
  readonly standIn?: { readonly query: Query; readonly catalog: Catalog };
  /** How its rows are laid out; known only where it matters. */
  readonly layout?: {
    readonly partitionColumn: string | undefined;
    readonly clusterBy: readonly string[];
    readonly primaryKey: readonly string[];
    readonly foreignKeys?: readonly ForeignKey[] | undefined;
    /** Columns of texts that come later have the collation und:ci. */
    readonly isCollated?: boolean | undefined;
    /** Partitioned by the time at which rows came: the pseudo columns are there. */
    readonly ingestion?: IngestionUnit | undefined;
  };
}

export interface Catalog {
  /** What names with a project stand for; undefined: projects tell nothing apart. */
  readonly projects?: ProjectNames;
  /** Looks a path of one to three parts up; undefined: no such table (an analysis error, with the nearest name). */
  find(path: readonly string[]): CatalogTable | undefined;
  /** A path with the default dataset and project before it, where it has none; undefined: there are no defaults. */
  whole?(path: readonly string[]): readonly string[];
  /** Every known `dataset.table`, for "did you mean". */
  names(): readonly string[];
  /** What is looked up stands in the definition of a view. */
  readonly isOfView?: boolean;
  /** The user's function of a name as it is called, dots between its parts, in any case. */
  routine?(name: string): UserFunction | undefined;
  /** Whether there is a procedure of a name as it is called; undefined: nobody knows. */
  hasProcedure?(name: string): boolean | undefined;
  /** Whether new tables of a dataset have the collation und:ci for their texts; undefined: nobody keeps that. */
  isCollated?(dataset: string): boolean;
}

/** A function of the user: of one value, or of a table. */
export type UserFunction = Extract<Statement, { kind: "createFunction" | "createTableFunction" }>;
