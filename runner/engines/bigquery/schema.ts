import { API_TYPES, RANGE_TYPES } from "../../googlesql/type-names.js";
import { type Column, type SqlType, type StructField, withCollation } from "../../port/sql-types.js";
import type { Field } from "./protocol.js";

/** The columns of a schema; `foreign` are those of types that no value here has. */
export function columnsOf(fields: readonly Field[]): { readonly columns: Column[]; readonly foreign: string[] } {
  const columns: Column[] = [];
  const foreign: string[] = [];
  for (const field of fields) {
    const type = typeOf(field);
    if (type === undefined) foreign.push(field.name);
    else {
      const declared = declaredType(field);
      columns.push({ name: field.name, type, ...(declared === undefined ? {} : { declared }) });
    }
  }
  return { columns, foreign };
}

function typeOf(field: Field): SqlType | undefined {
  const element = elementOf(field);
  return element !== undefined && field.mode === "REPEATED" ? { kind: "array", element } : element;
}

function elementOf({ type, fields = [], rangeElementType }: Field): SqlType | undefined {
  const upper = type.toUpperCase();
  if (upper === "RANGE") return RANGE_TYPES.get(rangeElementType?.type.toUpperCase() ?? "");
  if (upper !== "RECORD" && upper !== "STRUCT") return API_TYPES.get(upper);
  const inner = fields.flatMap((field): StructField[] => {
    const own = typeOf(field);
    return own === undefined ? [] : [{ name: field.name, type: own }];
  });
  return inner.length === fields.length ? { kind: "struct", fields: inner } : undefined;
}

/** The type with its parameters and its collation; undefined: it has none. */
function declaredType(field: Field): string | undefined {
  const declared = parametrizedType(field);
  const isCollated = field.collation === "und:ci" && field.mode !== "REPEATED" && typeOf(field) === "STRING";
  return isCollated ? withCollation(declared ?? "STRING") : declared;
}

function parametrizedType({ type, mode, maxLength, precision, scale }: Field): string | undefined {
  const parameters =
    maxLength ?? (precision === undefined || scale === undefined ? precision : `${precision}, ${scale}`);
  if (parameters === undefined) return undefined;
  const element = `${String(API_TYPES.get(type.toUpperCase()))}(${parameters})`;
  return mode === "REPEATED" ? `ARRAY<${element}>` : element;
}
