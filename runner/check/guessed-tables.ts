import { distance } from "fastest-levenshtein";
import type { DialectError } from "../googlesql/contract.js";
import { parseQueryText } from "../googlesql/parser/statement.js";
import { walk } from "../googlesql/walk.js";
import type { InferredTable } from "../infer/infer-sources.js";
import { tableKey } from "../infer/scaffold.js";
import type { Column, SqlType } from "../port/sql-types.js";

/** A table as the project's SQL uses it. */
export interface GuessedTable {
  /** `dataset.name`; of wildcard tables one of them. */
  readonly key: string;
  /** `dataset.name`, or `dataset.prefix_*`. */
  readonly pattern: string;
  readonly columns: readonly Column[];
  /** Its columns and their fields, in lower case: each type is a guess. */
  readonly suspects: ReadonlySet<string>;
}

/** Tables to check the project against, whose columns are those that its SQL names. */
export function guessedTables(tables: readonly InferredTable[]): readonly GuessedTable[] {
  return tables.map((table) => {
    const named = table.columns.map(({ name, type }): Column => ({ name, type: type.type(name) }));
    const columns = named.length === 0 ? named : [...named, ...partitionTimes(table)];
    const suspects = new Set(
      columns.flatMap(({ name, type }) => [name, ...fieldNames(type)]).map((name) => name.toLowerCase()),
    );
    return { key: tableKey(table), pattern: table.key, columns, suspects };
  });
}

/** The pseudo columns of tables that are partitioned by the time of loading. */
function partitionTimes({ pseudo }: InferredTable): Column[] {
  return pseudo.flatMap((name): Column[] => {
    if (name === "_PARTITIONTIME") return [{ name, type: "TIMESTAMP" }];
    return name === "_PARTITIONDATE" ? [{ name, type: "DATE" }] : [];
  });
}

function fieldNames(type: SqlType): readonly string[] {
  if (typeof type === "string") return [];
  if (type.kind === "array") return fieldNames(type.element);
  return type.fields.flatMap(({ name, type: inner }) => [...(name === undefined ? [] : [name]), ...fieldNames(inner)]);
}

/** Whether a name is nearly that of one of some relations: a letter in four may differ. */
export function isMisspelt(key: string, relations: Iterable<string>): boolean {
  const most = Math.floor((key.length - key.lastIndexOf(".") - 1) / 4);
  return [...relations].some((other) => other !== key && distance(key.toLowerCase(), other.toLowerCase()) <= most);
}

/** The names, in lower case, under which a query reads the elements of arrays. */
export function arrayAliases(text: string): readonly string[] {
  const aliases: string[] = [];
  try {
    walk(parseQueryText(text), (node) => {
      const alias =
        node.kind === "unnest" || node.kind === "table" ? (node.alias as { name: string } | undefined) : undefined;
      if (alias !== undefined) aliases.push(alias.name.toLowerCase());
      return undefined;
    });
  } catch {
    // What does not parse is told by the check itself.
    return [];
  }
  return aliases;
}

/** Whether an error of a script holds whatever columns the tables have that it reads. */
export function isCertain({ kind, message }: DialectError): boolean {
  return kind !== "analysis" || /^(Function not found|Table not found)/.test(message);
}
