import type { Span } from "../../googlesql/contract.js";
import { analysisError } from "../../googlesql/errors.js";
import { type SqlType, typeName } from "../../port/sql-types.js";
import { bindOnce } from "../print/bind.js";
import { coerce, commonType } from "../types/coercion.js";
import { derive, isNullLiteral, type Typed } from "../types/typed.js";
import { joinLists } from "./array.js";
import { castText } from "./cast.js";

/** Above this many operands DuckDB's `concat` is measurably faster than a chain of `||`. */
const LONG = 6;
/** Above this many they are one list: naming each of them costs the square of their number. */
const MANY = 100;

/**
 * CONCAT and `||`: NULL if any operand is NULL.
 * https://cloud.google.com/bigquery/docs/reference/standard-sql/string_functions#concat
 */
export function concatenate(operands: readonly Typed[], what: string, name: string, span: Span): Typed {
  if (operands.length === 0)
    throw analysisError(
      `Number of arguments does not match for function ${name}. Supported signatures: ${name}(STRING, [STRING, ...]); ${name}(BYTES, [BYTES, ...])`,
      span,
    );
  const scalars = operands.every(({ type }) => typeof type === "string" && (what === "function" || type !== "BYTES"));
  if (scalars && operands.some(({ type }) => !["BYTES", "STRING", "JSON"].includes(type as string)))
    return concatenate(
      operands.map((operand) => asText(operand, span)),
      what,
      name,
      span,
    );
  const type = commonType(operands.filter((operand) => !isNullLiteral(operand)));
  const resultType: SqlType = type ?? "STRING";
  const isArray = typeof resultType === "object" && resultType.kind === "array";
  if (resultType !== "STRING" && resultType !== "BYTES" && !(isArray && what === "operator")) {
    const types = operands.map((operand) => (isNullLiteral(operand) ? "NULL" : typeName(operand.type))).join(", ");
    const supported =
      what === "operator"
        ? "STRING || STRING; BYTES || BYTES; ARRAY || ARRAY"
        : `${name}(STRING, ...); ${name}(BYTES, ...)`;
    throw analysisError(
      `No matching signature for ${what} ${name} for argument types: ${types}. Supported signatures: ${supported}`,
      span,
    );
  }
  const parts = operands.map((operand) => coerce(operand, resultType));
  return derive(
    isArray
      ? joinLists(
          parts.map((part) => part.sql),
          parts,
        )
      : joinText(parts),
    resultType,
    span,
    parts,
  );
}

/** CONCAT and `||` take whatever can be cast to STRING. */
function asText(operand: Typed, span: Span): Typed {
  if (isNullLiteral(operand)) return coerce(operand, "STRING");
  if (
    operand.type === "STRING" ||
    operand.type === "BYTES" ||
    operand.type === "JSON" ||
    typeof operand.type === "object"
  )
    return operand;
  return derive(castText(operand.sql, operand.type, "STRING", span), "STRING", operand.span, [operand]);
}

function joinText(parts: readonly Typed[]): string {
  const texts = parts.map((part) => part.sql);
  if (parts.length === 1) return texts[0] as string;
  if (parts[0]?.type === "BYTES" || parts.length <= LONG) return `(${texts.join(" || ")})`;
  if (parts.length > MANY) {
    const joined = "CASE WHEN list_count(parts) = len(parts) THEN array_to_string(parts, '') END";
    return `list_transform([[${texts.join(", ")}]], lambda parts: ${joined})[1]`;
  }
  return bindOnce(texts, (names) => {
    const missing = names.filter((_, i) => parts[i]?.nullable).map((name) => `${name} IS NULL`);
    const joined = `concat(${names.join(", ")})`;
    return missing.length === 0 ? joined : `CASE WHEN ${missing.join(" OR ")} THEN NULL ELSE ${joined} END`;
  });
}
