import { RESERVED } from "../googlesql/keywords.js";
import { datasetOf } from "../googlesql/project-names.js";
import { quoteIdentifier } from "../googlesql/quote.js";
import { type Column, typeName } from "../port/sql-types.js";
import type { InferredTable } from "./infer-sources.js";
import { plausibleValue } from "./plausible-values.js";

/** A table to be made, and its rows. */
export interface ScaffoldedTable {
  /** `dataset.name`. */
  readonly key: string;
  readonly columns: readonly Column[];
  readonly rows: number;
  /** Keys of the actions that read it. */
  readonly readers: readonly string[];
  /** GoogleSQL. */
  readonly statements: readonly string[];
}

const ROWS_A_STATEMENT = 200;
const NOTHING_NAMED = { name: "id", type: "INT64" } as const;

/**
 * The statements that make tables as the project's SQL uses them.
 * @param partitionOf the column by which a table is partitioned, in any case
 * @param rows as many plausible rows are put into each: the same on every run, with keys that meet those of other tables
 */
export function scaffold(
  tables: readonly InferredTable[],
  rows: number,
  partitionOf: (key: string) => string | undefined = () => undefined,
): readonly ScaffoldedTable[] {
  const keys = new Set<string>();
  const named = new Set(tables.map(({ key }) => key));
  return tables.flatMap((table): ScaffoldedTable[] => {
    const key = tableKey(table);
    // Wildcards may overlap, and cover a table that is also read by its name: that has the columns of both.
    if (keys.has(key) || (key !== table.key && named.has(key))) return [];
    keys.add(key);
    // Where nothing but the number of rows is read, any column will do.
    const columns = table.columns.map(({ name, type }) => ({ name, type: type.type(name) }));
    const statements = [
      createTable(key, columns.length === 0 ? [NOTHING_NAMED] : columns, partitionOf(table.key)),
      ...inserts(key, table, columns, rows),
    ];
    return [
      { key, columns: columns.length === 0 ? [NOTHING_NAMED] : columns, rows, readers: table.readers, statements },
    ];
  });
}

/** The datasets of tables, each once, as statements. */
export function schemas(tables: readonly Pick<ScaffoldedTable, "key">[]): readonly string[] {
  const datasets = new Set(tables.map(({ key }) => datasetOf(key)));
  return [...datasets].map((dataset) => `CREATE SCHEMA IF NOT EXISTS ${path(dataset)};`);
}

/** One table of a wildcard: with the suffix that the project asks for, or a day's. */
export function tableKey({ key, suffixes }: Pick<InferredTable, "key" | "suffixes">): string {
  if (!key.endsWith("*")) return key;
  const days = suffixes.filter((suffix) => /^\w+$/.test(suffix)).sort();
  return `${key.slice(0, -1)}${days.at(-1) ?? "20240101"}`;
}

function createTable(key: string, columns: readonly Column[], partition: string | undefined): string {
  const width = Math.max(...columns.map(({ name }) => quoted(name).length));
  const lines = columns.map(({ name, type }) => `  ${quoted(name).padEnd(width)} ${written(type)}`);
  const dated = columns.find(({ name, type }) => type === "DATE" && name.toLowerCase() === partition?.toLowerCase());
  const layout = dated === undefined ? "" : `\nPARTITION BY ${quoted(dated.name)}`;
  return `CREATE TABLE ${path(key)} (\n${lines.join(",\n")}\n)${layout};`;
}

function inserts(key: string, table: InferredTable, columns: readonly Column[], rows: number): string[] {
  const statements: string[] = [];
  const names = columns.length === 0 ? [NOTHING_NAMED.name] : columns.map(({ name }) => name);
  for (let from = 0; from < rows; from += ROWS_A_STATEMENT) {
    const lines: string[] = [];
    for (let row = from; row < Math.min(rows, from + ROWS_A_STATEMENT); row += 1) {
      const values = table.columns.map(({ name, type }) => plausibleValue(name, type, row, rows));
      lines.push(`  (${values.length === 0 ? row + 1 : values.join(", ")})`);
    }
    statements.push(`INSERT INTO ${path(key)} (${names.map(quoted).join(", ")}) VALUES\n${lines.join(",\n")};`);
  }
  return statements;
}

function written(type: Column["type"]): string {
  if (typeof type === "string") return typeName(type);
  if (type.kind === "array") return `ARRAY<${written(type.element)}>`;
  return `STRUCT<${type.fields.map(({ name, type: inner }) => `${quoted(name ?? "")} ${written(inner)}`).join(", ")}>`;
}

function path(key: string): string {
  return key.split(".").map(quoted).join(".");
}

function quoted(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) && !RESERVED.has(name.toUpperCase()) ? name : quoteIdentifier(name);
}
