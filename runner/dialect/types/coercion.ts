import type { Span } from "../../googlesql/contract.js";
import { analysisError, unsupported } from "../../googlesql/errors.js";
import { COLLATED, type SqlType, type StructType, typeName } from "../../port/sql-types.js";
import { fieldAccess, floatLiteral, structLiteral, valueType } from "../print/sql.js";
import { plainType } from "./collation.js";
import { sameType } from "./equality.js";
import { bignumericLiteral, numericLiteral, temporalLiteral } from "./literals.js";
import { boundOf, derive, isNullLiteral, type Typed, withBound } from "./typed.js";

/**
 * Implicit coercion: https://cloud.google.com/bigquery/docs/reference/standard-sql/conversion_rules.
 * The number is a cost that picks among function signatures; undefined: not coercible.
 */
export function coercionCost(from: Typed, to: SqlType): number | undefined {
  if (sameType(from.type, to)) return 0;
  if (isNullLiteral(from) || from.literal?.kind === "error") return 0;
  return literalCost(from, to) ?? typeCost(from.type, to);
}

const WIDENING: Readonly<Record<string, number>> = {
  "INT64>FLOAT64": 11,
  "INT64>NUMERIC": 12,
  "INT64>BIGNUMERIC": 13,
  "NUMERIC>BIGNUMERIC": 11,
  "NUMERIC>FLOAT64": 12,
  "BIGNUMERIC>FLOAT64": 11,
  "DATE>DATETIME": 11,
  [`STRING>${COLLATED}`]: 1,
};
const LITERAL_TARGETS: Readonly<Record<string, readonly string[]>> = {
  string: ["DATE", "DATETIME", "TIME", "TIMESTAMP"],
  float: ["NUMERIC", "BIGNUMERIC"],
};

function literalCost(from: Typed, to: SqlType): number | undefined {
  const literal = from.literal;
  if (literal === undefined) return undefined;
  if (literal.kind === "emptyArray") return typeof to === "object" && to.kind === "array" ? 1 : undefined;
  if (literal.kind === "array") {
    if (typeof to !== "object" || to.kind !== "array") return undefined;
    return worstCost(literal.elements.map((element) => coercionCost(element, to.element)));
  }
  if (literal.kind === "struct") {
    if (typeof to !== "object" || to.kind !== "struct" || to.fields.length !== literal.fields.length) return undefined;
    return worstCost(literal.fields.map((field, i) => coercionCost(field, (to.fields[i] as { type: SqlType }).type)));
  }
  const targets = LITERAL_TARGETS[literal.kind];
  // A text with a time of day is no DATE, if there is anything else that it can be.
  if (literal.kind === "string" && to === "DATE" && literal.text.includes(":")) return 9;
  return typeof to === "string" && targets?.includes(to) ? 5 : undefined;
}

function worstCost(costs: readonly (number | undefined)[]): number | undefined {
  let worst = 1;
  for (const cost of costs) {
    if (cost === undefined) return undefined;
    worst = Math.max(worst, cost);
  }
  return worst;
}

function typeCost(from: SqlType, to: SqlType): number | undefined {
  if (typeof from === "string") return typeof to === "string" ? WIDENING[`${from}>${to}`] : undefined;
  if (typeof to === "string") return undefined;
  if (from.kind === "array") {
    if (to.kind !== "array") return undefined;
    // Arrays coerce only where their elements differ in struct field names, or in collation.
    if (sameShape(from.element, to.element)) return 1;
    return from.element === "STRING" && to.element === COLLATED ? 1 : undefined;
  }
  if (to.kind !== "struct" || from.fields.length !== to.fields.length) return undefined;
  return worstCost(
    from.fields.map((field, i) => {
      const target = (to.fields[i] as { type: SqlType }).type;
      return sameType(field.type, target) ? 0 : typeCost(field.type, target);
    }),
  );
}

/** Same types by position, whatever the struct fields are called. */
export function sameShape(a: SqlType, b: SqlType): boolean {
  if (typeof a === "string" || typeof b === "string") return a === b;
  if (a.kind === "array") return b.kind === "array" && sameShape(a.element, b.element);
  return (
    b.kind === "struct" &&
    a.fields.length === b.fields.length &&
    a.fields.every((field, i) => sameShape(field.type, (b.fields[i] as { type: SqlType }).type))
  );
}

/** The expression as `to`. The caller has checked `coercionCost`; otherwise an analysis error. */
export function coerce(from: Typed, to: SqlType): Typed {
  if (sameType(from.type, to)) return from;
  if (coercionCost(from, to) === undefined) {
    throw analysisError(`Cannot coerce expression of type ${typeName(from.type)} to ${typeName(to)}`, from.span);
  }
  if (isNullLiteral(from)) {
    return { ...from, type: to, sql: `CAST(NULL AS ${valueType(to)})` };
  }
  if (from.literal?.kind === "error")
    return { ...from, type: to, sql: `CAST(error(${from.literal.message}) AS ${valueType(to)})` };
  const coerced =
    coerceLiteral(from, to) ?? derive(implicitCast(from.sql, from.type, to, from.span), to, from.span, [from]);
  return to === "FLOAT64" && from.type !== "FLOAT64" ? { ...coerced, finite: true } : withBound(coerced, boundOf(from));
}

function coerceLiteral(from: Typed, to: SqlType): Typed | undefined {
  const literal = from.literal;
  switch (literal?.kind) {
    case "emptyArray":
      return { ...from, type: to, sql: `CAST([] AS ${valueType(to)})` };
    case "array": {
      const element = (to as { element: SqlType }).element;
      const elements = literal.elements.map((item) => coerce(item, element));
      const sql = `[${elements.map((item) => item.sql).join(", ")}]`;
      return { ...from, type: to, sql, literal: { kind: "array", elements } };
    }
    case "struct": {
      const { fields: targets } = to as StructType;
      const fields = literal.fields.map((field, i) => coerce(field, (targets[i] as { type: SqlType }).type));
      const sql = structLiteral(
        to as StructType,
        fields.map((field) => field.sql),
      );
      return { ...from, type: to, sql, literal: { kind: "struct", fields } };
    }
    case "integer":
      if (to === "FLOAT64")
        return { ...from, type: to, sql: floatLiteral(exactDouble(literal.value)), literal: undefined };
      if (to === "NUMERIC")
        return { ...from, type: to, sql: numericLiteral(`${literal.value}`, from.span), literal: undefined };
      if (to === "BIGNUMERIC")
        return { ...from, type: to, sql: bignumericLiteral(`${literal.value}`, from.span), literal: undefined };
      return undefined;
    case "float":
      if (to === "NUMERIC")
        return { ...from, type: to, sql: numericLiteral(literal.text, from.span), literal: undefined };
      if (to === "BIGNUMERIC")
        return { ...from, type: to, sql: bignumericLiteral(literal.text, from.span), literal: undefined };
      return undefined;
    case "string":
      if (to === COLLATED) return { ...from, type: to, literal: undefined };
      return { ...from, type: to, sql: temporalLiteral(literal.text, to, from.span), literal: undefined };
    default:
      return undefined;
  }
}

function exactDouble(value: bigint): string {
  return `${Number(value)}`;
}

/** DuckDB SQL of a coercion that needs no check, structs by position. */
export function implicitCast(sql: string, from: SqlType, to: SqlType, span: Span): string {
  if (sameType(from, to)) return sql;
  if (typeof from === "string" && typeof to === "string") {
    switch (`${from}>${to}`) {
      case "INT64>FLOAT64":
        return `CAST(${sql} AS DOUBLE)`;
      case "INT64>NUMERIC":
        return `CAST(${sql} AS DECIMAL(38,9))`;
      case "NUMERIC>FLOAT64":
        return `bq.numeric_to_float64(${sql})`;
      case "INT64>BIGNUMERIC":
      case "NUMERIC>BIGNUMERIC":
        return `bq_bignumeric(CAST(${sql} AS VARCHAR))`;
      case "BIGNUMERIC>FLOAT64":
        return `bq_bignumeric_to_double(${sql})`;
      case "DATE>DATETIME":
        return `bq.datetime_from_date(${sql})`;
      case `STRING>${COLLATED}`:
        return sql;
      default:
        throw unsupported(`Coercion from ${from} to ${to}`, span);
    }
  }
  if (typeof from === "object" && typeof to === "object") {
    if (sameType(from, plainType(to))) return sql;
    if (from.kind === "array" && to.kind === "array") {
      return `list_transform(${sql}, lambda e: ${implicitCast("e", from.element, to.element, span)})`;
    }
    if (from.kind === "struct" && to.kind === "struct") {
      const value = (target: string): string =>
        structLiteral(
          to,
          to.fields.map((field, i) =>
            implicitCast(fieldAccess(target, from, i), (from.fields[i] as { type: SqlType }).type, field.type, span),
          ),
        );
      return `CASE WHEN ${sql} IS NULL THEN NULL ELSE ${value(sql)} END`;
    }
  }
  throw unsupported(`Coercion from ${typeName(from)} to ${typeName(to)}`, span);
}

/**
 * The type to which all the expressions coerce; undefined: none. Typed expressions decide before literals do, and an
 * untyped NULL or [] takes any type. https://cloud.google.com/bigquery/docs/reference/standard-sql/conversion_rules#supertypes
 */
export function commonType(parts: readonly Typed[]): SqlType | undefined {
  const isUntyped = (part: Typed): boolean => isNullLiteral(part) || part.literal?.kind === "error";
  const typed = parts.filter((part) => !isUntyped(part) && part.literal?.kind !== "emptyArray");
  if (typed.length === 0) {
    return (parts.find((part) => !isUntyped(part)) ?? parts[0])?.type;
  }
  const firm = typed.filter((part) => !isLiteral(part));
  // Structs together have the names of the first.
  const struct = commonStruct(typed);
  const candidates = [...(struct === undefined ? [] : [struct]), ...[...firm, ...typed].map((part) => part.type)];
  for (const wide of ["NUMERIC", "BIGNUMERIC", "FLOAT64", "DATETIME"] as const) candidates.push(wide);
  return candidates.find((candidate) => parts.every((part) => coercionCost(part, candidate) !== undefined));
}

function isLiteral({ literal }: Typed): boolean {
  if (literal?.kind === "struct") return literal.fields.every(isLiteral);
  return literal !== undefined;
}

/** Structs of one length: field by field, the names from the first; undefined where they have none in common. */
function commonStruct(parts: readonly Typed[]): SqlType | undefined {
  const first = parts[0]?.type;
  if (typeof first !== "object" || first.kind !== "struct") return undefined;
  const fields: { name: string | undefined; type: SqlType }[] = [];
  for (const [i, field] of first.fields.entries()) {
    const members = parts.map((part) => fieldOf(part, i));
    const type = members.includes(undefined) ? undefined : commonType(members as Typed[]);
    if (type === undefined) return undefined;
    fields.push({ name: field.name, type });
  }
  return { kind: "struct", fields };
}

/** A struct's field as an expression of its own, if only to ask for its type. */
function fieldOf(part: Typed, index: number): Typed | undefined {
  if (part.literal?.kind === "struct") return part.literal.fields[index];
  const { type } = part;
  if (typeof type === "string" || type.kind !== "struct") return undefined;
  const field = type.fields[index];
  return field && { ...part, type: field.type, literal: undefined };
}
