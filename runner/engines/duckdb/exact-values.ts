import type { SqlType, StructType } from "../../port/sql-types.js";
import { quoteText } from "./quote.js";

/**
 * Expressions that are equal, and hash equal, only for values which no function can tell apart. The engine's own equality takes
 * 0.0 for -0.0 and one month for thirty days, and its hash forgets where leading zeros and inner arrays of an array end.
 *
 * @param column a column as SQL
 * @param type undefined: of a type that GoogleSQL does not have
 */
export function exactValues(column: string, type: SqlType | undefined): readonly string[] {
  if (type === "FLOAT64") return [column, `(${column} = 0 AND signbit(${column}))`];
  if (type === "INTERVAL") return [`CAST(${column} AS VARCHAR)`];
  if (typeof type === "string") return [column];
  const fields = type?.kind === "struct" ? namedFields(type) : undefined;
  if (fields !== undefined) {
    const values = fields.flatMap(({ name, type: of }) =>
      exactValues(`struct_extract(${column}, ${quoteText(name)})`, of),
    );
    return [`(${column} IS NULL)`, ...values];
  }
  const element = type?.kind === "array" ? type.element : undefined;
  if (element === "FLOAT64")
    return [column, `len(${column})`, `list_transform(${column}, lambda x: x = 0 AND signbit(x))`];
  if (typeof element === "string" && element !== "INTERVAL") return [column, `len(${column})`];
  // As JSON a JSON null within a value is a NULL, and as plain text a string may look like one: together they tell all apart.
  return [`CAST(to_json(${column}) AS VARCHAR)`, `CAST(${column} AS VARCHAR)`];
}

/** The fields of a STRUCT, where each can be asked for by its name; undefined: some cannot. */
function namedFields({ fields }: StructType): readonly { readonly name: string; readonly type: SqlType }[] | undefined {
  const named = fields.flatMap(({ name, type }) => (name === undefined ? [] : [{ name, type }]));
  const names = new Set(named.map(({ name }) => name.toLowerCase()));
  return named.length > 0 && names.size === fields.length ? named : undefined;
}

/** A 64-bit hash of some values. Hashed twice: the inner hash is an XOR, so that values swapped between two rows would cancel out. */
export function hashOfRow(values: readonly string[]): string {
  return values.length === 0 ? "hash(1)" : `hash(hash(${values.join(", ")}))`;
}
