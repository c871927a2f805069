import type { Expr } from "../../googlesql/ast.js";
import { analysisError, unsupported } from "../../googlesql/errors.js";
import { impliedName } from "../../googlesql/names.js";
import { type SqlType, type StructType, typeName } from "../../port/sql-types.js";
import { jsonElement, jsonMember } from "../functions/json-part.js";
import { bindOnce } from "../print/bind.js";
import { structLiteral, valueType } from "../print/sql.js";
import { coerce, coercionCost, commonType } from "../types/coercion.js";
import { derive, isNullLiteral, type Typed } from "../types/typed.js";
import { resolveAs, resolveExpr } from "./expression.js";
import { Gathered, gatherValue, structOrigin, union } from "./lineage.js";
import type { ExprContext } from "./scope.js";
import { typeOf } from "./type-node.js";

type Node<K extends Expr["kind"]> = Extract<Expr, { kind: K }>;

export function resolveArray(expr: Node<"array">, ctx: ExprContext): Typed {
  const span = { start: expr.start, end: expr.end };
  const declared = expr.elementType === undefined ? undefined : typeOf(expr.elementType);
  const resolved = expr.elements.map((element) => gatherValue(ctx.env, () => resolveExpr(element, ctx)));
  const elements = declared === undefined ? resolved.map(withSettledFields) : resolved;
  const element = declared ?? (elements.length === 0 ? "INT64" : commonType(elements));
  if (element === undefined) {
    const types = [...new Set(elements.map((item) => typeName(item.type)))].join(", ");
    throw analysisError(`Array elements of types {${types}} do not have a common supertype`, expr);
  }
  if (typeof element === "object" && element.kind === "array") {
    throw analysisError("Cannot construct array with element type ARRAY because nested arrays are not supported", expr);
  }
  const wrong = elements.find((item) => coercionCost(item, element) === undefined);
  if (wrong !== undefined) {
    throw analysisError(
      `Array element type ${typeName(wrong.type)} does not coerce to ${typeName(element)}`,
      wrong.span,
    );
  }
  const type: SqlType = { kind: "array", element };
  const items = elements.map((item) => coerce(item, element));
  const empty = items.length === 0;
  const allNull = items.every(isNullLiteral);
  const sql =
    empty || allNull
      ? `CAST([${items.map(() => "NULL").join(", ")}] AS ${valueType(type)})`
      : `[${items.map((item) => item.sql).join(", ")}]`;
  const typed = derive(sql, type, span, items, false);
  const { lineage } = ctx.env;
  lineage?.hasFieldsOf(sql, union(elements.map((item) => lineage.of(item.sql))));
  if (declared !== undefined) return typed;
  if (empty) return { ...typed, literal: { kind: "emptyArray" } };
  const literal = items.every((item) => item.literal !== undefined);
  return literal ? { ...typed, literal: { kind: "array", elements: items } } : typed;
}

/** Within a struct of an array whose type nobody says, `[]` is an ARRAY<INT64> and no other. */
function withSettledFields(value: Typed): Typed {
  if (value.literal?.kind !== "struct") return value;
  const fields = value.literal.fields.map((field) =>
    field.literal?.kind === "emptyArray" ? { ...field, literal: undefined } : withSettledFields(field),
  );
  return { ...value, literal: { kind: "struct", fields } };
}

export function resolveStruct(expr: Node<"struct">, ctx: ExprContext): Typed {
  const span = { start: expr.start, end: expr.end };
  if (expr.fields.length === 0) throw unsupported("An empty STRUCT", expr);
  const values = expr.fields.map((field) => gatherValue(ctx.env, () => resolveExpr(field.value, ctx)));
  if (expr.type !== undefined) {
    const type = typeOf(expr.type) as StructType;
    const typed = typedStruct(expr, type, values);
    defineStruct(typed, type, values, ctx);
    return typed;
  }
  const fields = expr.fields.map((field, i) => ({
    // `STRUCT(a, t.b)` takes the names of its columns; the tuple form `(a, b)` does not.
    name: field.name?.name ?? (expr.tuple ? undefined : impliedName(field.value)),
    type: (values[i] as Typed).type,
  }));
  const type: StructType = { kind: "struct", fields };
  const typed = derive(
    structLiteral(
      type,
      values.map((value) => value.sql),
    ),
    type,
    span,
    values,
    false,
  );
  defineStruct(typed, type, values, ctx);
  return { ...typed, literal: { kind: "struct", fields: values } };
}

function defineStruct({ sql }: Typed, { fields }: StructType, values: readonly Typed[], { env }: ExprContext): void {
  const { lineage } = env;
  if (lineage === undefined) return;
  const parts = values.map((value, i) => ({ name: fields[i]?.name, origin: lineage.of(value.sql) ?? new Gathered() }));
  lineage.define(sql, structOrigin(parts));
}

function typedStruct(expr: Node<"struct">, type: StructType, values: readonly Typed[]): Typed {
  if (type.fields.length !== values.length) {
    throw analysisError(
      `STRUCT type has ${type.fields.length} fields but constructor call has ${values.length} fields`,
      expr,
    );
  }
  const named = expr.fields.find((field) => field.name !== undefined);
  if (named !== undefined) {
    throw analysisError("STRUCT constructors cannot specify both an explicit type and field names with AS", expr);
  }
  const coerced = values.map((value, i) => {
    const target = (type.fields[i] as { type: SqlType }).type;
    if (coercionCost(value, target) === undefined) {
      throw analysisError(
        `Struct field ${i + 1} has type ${typeName(value.type)} which does not coerce to ${typeName(target)}`,
        value.span,
      );
    }
    return coerce(value, target);
  });
  return derive(
    structLiteral(
      type,
      coerced.map((value) => value.sql),
    ),
    type,
    { start: expr.start, end: expr.end },
    coerced,
    false,
  );
}

/** `array[OFFSET(i)]` and its kin, `json[i]`, `json['key']`. */
export function resolveSubscript(expr: Node<"subscript">, ctx: ExprContext): Typed {
  const target = resolveExpr(expr.target, ctx);
  const span = { start: expr.start, end: expr.end };
  if (target.type === "JSON") return jsonSubscript(expr, target, ctx);
  if (typeof target.type === "string" || target.type.kind !== "array") {
    throw analysisError(`Element access using [] is not supported on values of type ${typeName(target.type)}`, expr);
  }
  const index = resolveAs(expr.index, "INT64", ctx, "Array position");
  const base = expr.mode === "ORDINAL" || expr.mode === "SAFE_ORDINAL" ? 1 : 0;
  const isSafe = expr.mode.startsWith("SAFE");
  const { literal } = index;
  const sql =
    literal?.kind === "integer" && literal.value >= base && literal.value < MANY
      ? elementAt(target.sql, literal.value, base, isSafe)
      : bindOnce([target.sql, index.sql], ([list, at = ""]) => {
          const position = base === 1 ? at : `(${at} + 1)`;
          const inside = `(${at} >= ${base} AND ${at} < len(${list}) + ${base})`;
          if (isSafe) return `CASE WHEN ${inside} THEN ${list}[${position}] END`;
          return `${list}[CASE WHEN NOT ${inside} AND ${list} IS NOT NULL THEN ${outOfBounds(at)} ELSE ${position} END]`;
        });
  ctx.env.lineage?.hasFieldsOf(sql, ctx.env.lineage.of(target.sql));
  return derive(sql, target.type.element, span, [target, index], true);
}

/** More elements than an array can have. */
const MANY = 1n << 40n;

/** The element at a position that is known: beyond the end DuckDB gives NULL, as it does of a NULL array. */
function elementAt(array: string, index: bigint, base: 0 | 1, isSafe: boolean): string {
  const position = `${index + BigInt(1 - base)}`;
  if (isSafe) return `list_extract(${array}, ${position})`;
  return bindOnce(
    [array],
    ([list = array]) =>
      `list_extract(${list}, CASE WHEN len(${list}) < ${position} THEN ${outOfBounds(`'${index}'`)} ELSE ${position} END)`,
  );
}

/** The failing cast carries GoogleSQL's message. */
function outOfBounds(at: string): string {
  return `CAST('Array index ' || ${at} || ' is out of bounds' AS BIGINT)`;
}

function jsonSubscript(expr: Node<"subscript">, target: Typed, ctx: ExprContext): Typed {
  if (expr.mode !== "PLAIN") throw analysisError(`JSON subscript does not support ${expr.mode}`, expr);
  const index = resolveExpr(expr.index, ctx);
  const span = { start: expr.start, end: expr.end };
  if (index.type === "STRING") return jsonMember(target, index, span);
  if (index.type === "INT64") return jsonElement(target, index, span);
  throw analysisError(
    `Subscript access using [] is not supported on values of type JSON with an index of type ${typeName(index.type)}`,
    expr.index,
  );
}
