import type { RelationId } from "./port.js";
import type { Column } from "./sql-types.js";

export type FileFormat = "csv" | "json" | "parquet";

/** A file whose rows become the whole content of a table. */
export interface LoadFileRequest {
  readonly table: RelationId;
  /** Absolute. */
  readonly path: string;
  /** The file as the user knows it, for messages. */
  readonly shown: string;
  /** `json`: an object a line, or one list of objects. CSV and JSON may be compressed with gzip, told by `.gz`. */
  readonly format: FileFormat;
  /** The DATE column by which a table that is made is partitioned, in any case; undefined, or no such column: by none. */
  readonly partition?: string | undefined;
}

/** What loading a file has made of its table. */
export interface LoadedFile {
  readonly rows: number;
  /** Rows that the table held before and that are gone; undefined: there was no such table. */
  readonly replaced: number | undefined;
  readonly columns: readonly Column[];
  /** Columns of the table that the file does not have: they are NULL. */
  readonly absent: readonly string[];
}
