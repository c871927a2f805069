import type { Expr, Statement } from "../googlesql/ast.js";
import type { Catalog, CatalogTable } from "../googlesql/catalog.js";
import { analysisError, SqlProblem, syntaxError, unsupported } from "../googlesql/errors.js";
import type { LoadOption as LoadOptionNode } from "../googlesql/script-ast.js";
import type { FileFormat } from "../port/load-file.js";
import { typeName } from "../port/sql-types.js";
import { createTable } from "./create-table.js";
import { columnOf } from "./named-columns.js";
import { typeOf } from "./resolve/type-node.js";
import type { TranslatedStatement } from "./statement.js";
import { targetPath } from "./target.js";
import { sameType } from "./types/equality.js";

type Statements = Extract<Statement, { kind: "loadData" }>;

/** An option whose value is known; undefined: NULL, as if it were not there. */
type LoadOption = Omit<LoadOptionNode, "value"> & {
  readonly value: string | number | boolean | readonly string[] | undefined;
};

/** LOAD DATA as the engine carries it out: it reads the files itself. */
export interface LoadData {
  /** Dataset and name as the engine calls them. */
  readonly target: readonly string[];
  readonly overwrite: boolean;
  /** The table was there when the statement was translated. */
  readonly isThere: boolean;
  /** The statement that makes the table of a column list; undefined: it has none, or the table is there and kept. */
  readonly create: Extract<TranslatedStatement, { kind: "createTable" }> | undefined;
  /** Names of the column list, in the order of a CSV's fields; undefined: the files tell. */
  readonly names: readonly string[] | undefined;
  readonly partitionBy: string | undefined;
  readonly clusterBy: readonly string[];
  readonly files: LoadOptions;
}

/** FROM FILES: what to read, and how. */
export interface LoadOptions {
  readonly format: FileFormat;
  /** Paths as they are written; a star stands for any characters of a file's name. */
  readonly uris: readonly string[];
  readonly isGzip: boolean;
  readonly ignoresUnknown: boolean;
  readonly csv: {
    /** Undefined: whether there is a header the file tells. */
    readonly skip: number | undefined;
    readonly delimiter: string;
    readonly quote: string;
    readonly nullMarker: string;
    readonly isJagged: boolean;
  };
}

/** @throws SqlProblem at the option that is wrong or that the embedded engine does not know */
export function loadData(statement: Statements, catalog: Catalog): LoadData {
  refuseFurther(statement);
  const { overwrite, columns, path } = statement;
  const known = catalog.find(path.parts.map(({ name }) => name));
  if (known?.isView === true)
    throw analysisError(
      `${path.parts.map(({ name }) => name).join(".")} is a view; files are loaded into tables`,
      path,
    );
  if (known !== undefined && !overwrite) requireSameTypes(columns, known);
  const files = optionsOf(statement);
  const isMade = columns.length > 0 && (overwrite || known === undefined);
  return {
    target: targetPath(path, catalog),
    overwrite,
    isThere: known !== undefined,
    create: isMade ? creation(statement, catalog) : undefined,
    names: columns.length === 0 ? undefined : columns.map(({ name }) => name.name),
    partitionBy: statement.partitionBy === undefined ? undefined : columnName(statement.partitionBy),
    clusterBy: statement.clusterBy.map((expr) => {
      const name = columnName(expr);
      if (name === undefined) throw unsupported("CLUSTER BY with an expression", expr);
      return name;
    }),
    files,
  };
}

function refuseFurther({ further: { temporary, partition, pathColumns, connection } }: Statements): void {
  if (temporary !== undefined) throw unsupported("LOAD DATA into a temporary table", temporary);
  if (partition !== undefined) throw unsupported("PARTITIONS of LOAD DATA", partition);
  const behind = pathColumns ?? connection;
  if (behind !== undefined) throw unsupported("WITH behind LOAD DATA", behind);
}

/** Rows are added to a table in its own columns. */
function requireSameTypes(list: Statements["columns"], table: CatalogTable): void {
  for (const { name, type } of list) {
    const [own, given] = [columnOf(name, table), typeOf(type)];
    if (sameType(own.type, given)) continue;
    const change = `Field ${name.name} has changed type from ${typeName(own.type)} to ${typeName(given)}`;
    throw analysisError(`Provided Schema does not match Table ${table.path.join(".")}. ${change}`, type);
  }
}

function creation(given: Statements, catalog: Catalog) {
  const { overwrite, kind: _kind, options: _options, tableOptions: _table, further: _further, ...rest } = given;
  const statement = {
    ...rest,
    kind: "createTable",
    temporary: false,
    orReplace: overwrite,
    ifNotExists: false,
  } as const;
  const created = createTable(
    { ...statement, primaryKey: [], foreignKeys: [], isCollated: undefined, options: [], query: undefined },
    undefined,
    catalog,
  );
  if (created.kind !== "createTable") throw new TypeError("CREATE TABLE makes a table");
  return created;
}

function columnName(expr: Expr): string | undefined {
  return expr.kind === "path" && expr.parts.length === 1 ? expr.parts[0]?.name : undefined;
}

const FORMATS: Readonly<Record<string, FileFormat>> = {
  CSV: "csv",
  JSON: "json",
  NEWLINE_DELIMITED_JSON: "json",
  PARQUET: "parquet",
};

/** Options that change nothing of what is read here, or whose only value is the one that is read. */
const LEFT_OUT = new Set(["allow_quoted_newlines", "projection_fields", "enable_list_inference", "enum_as_string"]);

function optionsOf(statement: Statements): LoadOptions {
  const given = statement.options.map((option): LoadOption => ({ ...option, value: constant(option.value) }));
  const options = new Map(given.map((option) => [option.name.name, option]));
  for (const option of given) refuseUnknown(option);
  const format = options.get("format");
  const uris = options.get("uris");
  if (format === undefined || uris === undefined)
    throw analysisError(`LOAD DATA needs the option ${format === undefined ? "format" : "uris"}`, statement);
  const kind = FORMATS[text(format).toUpperCase()];
  if (kind === undefined) {
    const message = `LOAD DATA of ${text(format)} files is not supported by the embedded engine; it reads CSV, JSON and PARQUET`;
    throw new SqlProblem("unsupported", message, format);
  }
  const csv = <T>(name: string, read: (option: LoadOption) => T, otherwise: T): T => {
    const option = options.get(name);
    if (option?.value === undefined) return otherwise;
    if (kind !== "csv") throw analysisError(`Option ${name} is for CSV files`, option.name);
    return read(option);
  };
  const compression = options.get("compression");
  if (compression !== undefined && !["GZIP", "NONE", ""].includes(text(compression).toUpperCase()))
    throw unsupported(`Compression ${text(compression)}`, compression);
  const ignores = options.get("ignore_unknown_values");
  if (ignores?.value === true && kind === "csv") throw unsupported("ignore_unknown_values of CSV files", ignores);
  return {
    format: kind,
    uris: pathsOf(uris),
    isGzip: compression !== undefined && text(compression).toUpperCase() === "GZIP",
    ignoresUnknown: ignores?.value === true,
    csv: {
      skip: csv("skip_leading_rows", count, undefined),
      delimiter: csv("field_delimiter", delimiter, ","),
      quote: csv("quote", text, '"'),
      nullMarker: csv("null_marker", text, ""),
      isJagged: csv("allow_jagged_rows", ({ value }) => value === true, false),
    },
  };
}

const KNOWN = new Set([
  "format",
  "uris",
  "compression",
  "ignore_unknown_values",
  "skip_leading_rows",
  "field_delimiter",
  "quote",
  "null_marker",
  "allow_jagged_rows",
]);

function refuseUnknown(option: LoadOption): void {
  const { name } = option.name;
  if (KNOWN.has(name) || LEFT_OUT.has(name) || option.value === undefined) return;
  if (name === "max_bad_records" && option.value === 0) return;
  if (name === "encoding" && /^utf-?8$/i.test(text(option))) return;
  throw unsupported(`Option ${name} of LOAD DATA`, option.name);
}

function constant(expr: Expr): LoadOption["value"] {
  if (expr.kind === "string" || expr.kind === "bool") return expr.value;
  if (expr.kind === "integer") return Number(expr.value);
  if (expr.kind === "null") return undefined;
  if (expr.kind === "array") {
    return expr.elements.map((element) => {
      if (element.kind !== "string") throw syntaxError("Expected string literal", element);
      return element.value;
    });
  }
  throw syntaxError("Expected a literal", expr);
}

/** Files of this machine: the embedded engine itself reads no buckets. */
function pathsOf(option: LoadOption): readonly string[] {
  const { value } = option;
  if (!Array.isArray(value) || value.length === 0) throw analysisError("uris must be an array of paths", option);
  return (value as readonly string[]).map((uri) => {
    const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(uri)?.[1]?.toLowerCase();
    if (scheme === undefined) return uri;
    if (scheme === "file") return decodeURIComponent(uri.slice("file://".length));
    const message = `LOAD DATA reads files of this machine on the embedded engine, not ${uri}; name a path, relative to the project`;
    throw new SqlProblem("unsupported", message, option);
  });
}

function text(option: LoadOption): string {
  if (typeof option.value === "string") return option.value;
  throw analysisError(`Option ${option.name.name} must be a string`, option);
}

function count(option: LoadOption): number {
  if (typeof option.value === "number" && option.value >= 0) return option.value;
  throw analysisError(`Option ${option.name.name} must be a number of rows`, option);
}

function delimiter(option: LoadOption): string {
  const given = text(option);
  const meant = given === "\\t" || given.toLowerCase() === "tab" ? "\t" : given;
  if (meant.length === 1) return meant;
  throw analysisError("Option field_delimiter must be one character", option);
}
