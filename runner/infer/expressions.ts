import type { CallExpr, Expr, InSet, OrderItem, Query, TypeNode } from "../googlesql/ast.js";
import { SCALAR_TYPES } from "../googlesql/type-names.js";
import { PARENTHESIS_FREE } from "../googlesql/volatile-names.js";
import type { ScalarType, SqlType } from "../port/sql-types.js";
import { functionTypes } from "./function-types.js";
import { type Relation, ValueRelation } from "./relation.js";
import { type NameScope, pathType } from "./scope.js";
import { TypeVar, WEIGHT } from "./type-var.js";

/** What expressions need of the queries around them. */
export interface QueryTypes {
  /** Columns that can be of several tables are given to none. */
  readonly isStrict: boolean;
  /** Functions that the project makes, by their name in capitals. */
  readonly functions: ReadonlyMap<string, DeclaredTypes>;
  query(query: Query, parent: NameScope): Relation;
}

/** The types of a function's parameters and of what it gives; undefined: any, or what its body gives. */
export interface DeclaredTypes {
  readonly parameters: readonly (TypeNode | undefined)[];
  readonly returns: TypeNode | undefined;
}

/** Gathers what an expression says about the types of the columns in it, and gives its own type. */
export function expressionType(expr: Expr, scope: NameScope, queries: QueryTypes): TypeVar {
  const of = (inner: Expr): TypeVar => expressionType(inner, scope, queries);
  const all = (inner: readonly Expr[]): void => {
    for (const each of inner) of(each);
  };
  switch (expr.kind) {
    case "coerced":
      return of(expr.value);
    case "null":
    case "parameter":
    case "lambda":
      return new TypeVar();
    case "bool":
      return TypeVar.of("BOOL");
    case "integer":
      return TypeVar.of("INT64", WEIGHT.usual).literal("INT64", expr.value);
    case "float":
      return TypeVar.of("FLOAT64", WEIGHT.usual).literal("FLOAT64", expr.value);
    case "string":
      return stringType(expr.value);
    case "bytes":
      return TypeVar.of("BYTES");
    case "typedLiteral": {
      const type = SCALAR_TYPES[expr.type.toUpperCase()];
      return type === undefined ? new TypeVar() : TypeVar.of(type).literal(type, expr.value);
    }
    case "interval":
      of(expr.value).hint("INT64", WEIGHT.usual);
      return TypeVar.of("INTERVAL", WEIGHT.certain);
    case "path":
      return bareFunction(expr) ?? pathType(expr.parts, scope, queries.isStrict);
    case "field":
      return of(expr.target).field(expr.field.name);
    case "subscript":
      return subscriptType(of(expr.target), of(expr.index), expr.mode);
    case "unary":
      return expr.op === "NOT" ? of(expr.operand).hint("BOOL", WEIGHT.certain) : of(expr.operand).number();
    case "binary":
      return binaryType(expr, of);
    case "between":
      of(expr.value).unify(of(expr.low)).unify(of(expr.high));
      return TypeVar.of("BOOL");
    case "in":
      inTypes(of(expr.value), expr.set, scope, queries);
      return TypeVar.of("BOOL");
    case "like":
      of(expr.value).hint("STRING", WEIGHT.certain);
      all("array" in expr.patterns ? [expr.patterns.array] : expr.patterns);
      return TypeVar.of("BOOL");
    case "is": {
      const value = of(expr.value);
      if (expr.test !== "NULL") value.hint("BOOL", WEIGHT.certain);
      else if (!expr.negated) value.maybeNull();
      return TypeVar.of("BOOL");
    }
    case "isDistinct":
      of(expr.left).unify(of(expr.right));
      return TypeVar.of("BOOL");
    case "case": {
      const operand = expr.operand === undefined ? undefined : of(expr.operand);
      const result = new TypeVar();
      for (const branch of expr.branches) {
        const when = of(branch.when);
        if (operand === undefined) when.hint("BOOL", WEIGHT.certain);
        else operand.unify(when);
        result.unify(of(branch.result));
      }
      return expr.otherwise === undefined ? result : result.unify(of(expr.otherwise));
    }
    case "cast": {
      const type = typeOf(expr.type);
      const value = of(expr.value);
      // A value of the type itself can always be cast to it.
      if (typeof type === "string" && type !== "STRING" && expr.format === undefined) value.hint(type, 1);
      if (expr.format !== undefined) value.hint(type === "STRING" ? "TIMESTAMP" : "STRING", WEIGHT.hint);
      if (expr.format?.kind === "string" && typeof type === "string" && TEMPORAL.has(type))
        value.literal("STRING", sampleOfElements(expr.format.value));
      return type === undefined ? new TypeVar() : TypeVar.known(type);
    }
    case "extract":
      return extractType(expr, of);
    case "with": {
      const names = new Map(scope.aliases);
      let inner = scope;
      for (const { name, value } of expr.variables) {
        names.set(name.name.toLowerCase(), expressionType(value, inner, queries));
        inner = { ranges: [], aliases: new Map(names), parent: scope };
      }
      return expressionType(expr.result, inner, queries);
    }
    case "array": {
      const element = new TypeVar();
      for (const each of expr.elements) element.unify(of(each));
      const type = expr.elementType === undefined ? undefined : typeOf(expr.elementType);
      return TypeVar.array(type === undefined ? element : element.unify(TypeVar.known(type)));
    }
    case "arrayQuery":
      return TypeVar.array(onlyColumn(queries.query(expr.query, scope)));
    case "struct": {
      const struct = new TypeVar();
      for (const { name, value } of expr.fields) {
        const type = of(value);
        const implied = name?.name ?? (value.kind === "path" ? value.parts.at(-1)?.name : undefined);
        if (implied !== undefined) struct.field(implied).unify(type);
      }
      return struct;
    }
    case "subquery":
      return onlyColumn(queries.query(expr.query, scope));
    case "exists":
      queries.query(expr.query, scope);
      return TypeVar.of("BOOL");
    case "call":
      return callType(expr, scope, queries, of);
  }
}

/** What ORDER BY or PARTITION BY reads. */
export function orderTypes(items: readonly OrderItem[], scope: NameScope, queries: QueryTypes): void {
  for (const { expr } of items) if (expr.kind !== "integer") expressionType(expr, scope, queries);
}

/** The GoogleSQL type of a written one; undefined: none that is known here. */
export function typeOf(node: TypeNode): SqlType | undefined {
  if (node.kind === "scalarType") return SCALAR_TYPES[node.name.toUpperCase()];
  if (node.kind === "arrayType") {
    const element = typeOf(node.element);
    return element && { kind: "array", element };
  }
  const fields = node.fields.map(({ name, type }) => ({ name, type: typeOf(type) }));
  if (fields.some(({ type }) => type === undefined)) return undefined;
  return { kind: "struct", fields: fields.map(({ name, type }) => ({ name, type: type as SqlType })) };
}

function onlyColumn(relation: Relation): TypeVar {
  if (relation instanceof ValueRelation) return relation.value;
  return relation.columns()[0]?.type ?? new TypeVar();
}

/** A text may stand for a date or a time where one is wanted. */
function stringType(value: string): TypeVar {
  if (/^\d{4}-\d{2}-\d{2}$/.test(value)) return TypeVar.of("DATE", WEIGHT.hint).literal("DATE", value);
  if (/^\d{4}-\d{2}-\d{2}[T ]\d{2}:/.test(value))
    return TypeVar.of("TIMESTAMP", WEIGHT.hint).literal("TIMESTAMP", value);
  return TypeVar.of("STRING", WEIGHT.certain - 1).literal("STRING", value);
}

function bareFunction({ parts: [name, ...rest] }: Extract<Expr, { kind: "path" }>): TypeVar | undefined {
  const word = name?.name.toUpperCase() ?? "";
  if (rest.length > 0 || !PARENTHESIS_FREE.has(word)) return undefined;
  const type = SCALAR_TYPES[functionTypes(word, 0)?.result ?? ""];
  return type === undefined ? new TypeVar() : TypeVar.of(type);
}

function subscriptType(target: TypeVar, index: TypeVar, mode: string): TypeVar {
  if (mode === "PLAIN" && index.literals().length > 0) return new TypeVar();
  index.hint("INT64", WEIGHT.usual);
  return target.element();
}

function binaryType({ op, left, right }: Extract<Expr, { kind: "binary" }>, of: (expr: Expr) => TypeVar): TypeVar {
  const [a, b] = [of(left), of(right)];
  switch (op) {
    case "AND":
    case "OR":
      a.hint("BOOL", WEIGHT.certain);
      b.hint("BOOL", WEIGHT.certain);
      return TypeVar.of("BOOL");
    case "||":
      for (const side of [a, b]) if (side.elementIfAny() === undefined) side.hint("STRING", WEIGHT.usual);
      return a.elementIfAny() === undefined ? TypeVar.of("STRING", WEIGHT.usual) : a.unify(b);
    case "+":
    case "-":
      if (left.kind === "interval" || right.kind === "interval") {
        const other = (left.kind === "interval" ? b : a).hint("TIMESTAMP", WEIGHT.hint);
        return new TypeVar().unify(other);
      }
      return numbers(a, b);
    case "/":
      numbers(a, b);
      return TypeVar.of("FLOAT64", WEIGHT.usual);
    case "*":
      return numbers(a, b);
    case "=":
    case "!=":
    case "<":
    case "<=":
    case ">":
    case ">=":
      a.unify(b);
      return TypeVar.of("BOOL");
    default:
      a.hint("INT64", WEIGHT.usual);
      b.hint("INT64", WEIGHT.usual);
      return TypeVar.of("INT64", WEIGHT.usual);
  }
}

function numbers(...sides: readonly TypeVar[]): TypeVar {
  for (const side of sides) side.number();
  return new TypeVar().number();
}

function inTypes(value: TypeVar, set: InSet, scope: NameScope, queries: QueryTypes): void {
  if (set.kind === "list") for (const item of set.values) value.unify(expressionType(item, scope, queries));
  else if (set.kind === "query") value.unify(onlyColumn(queries.query(set.query, scope)));
  else value.unify(expressionType(set.array, scope, queries).element());
}

function extractType({ part, value, zone }: Extract<Expr, { kind: "extract" }>, of: (expr: Expr) => TypeVar): TypeVar {
  const word = part.kind === "path" ? (part.parts[0]?.name.toUpperCase() ?? "") : "";
  const isTime = zone !== undefined || /^(HOUR|MINUTE|SECOND|MILLISECOND|MICROSECOND|DATE|TIME|DATETIME)$/.test(word);
  of(value).hint(isTime ? "TIMESTAMP" : "DATE", isTime ? WEIGHT.usual : WEIGHT.hint);
  return TypeVar.of(word === "DATE" ? "DATE" : "INT64");
}

function callType(call: CallExpr, scope: NameScope, queries: QueryTypes, of: (expr: Expr) => TypeVar): TypeVar {
  orderTypes(call.orderBy, scope, queries);
  if (call.having !== undefined) of(call.having.expr);
  if (call.over !== undefined) {
    for (const expr of call.over.partitionBy) of(expr).partitions();
    orderTypes(call.over.orderBy, scope, queries);
  }
  const declared = queries.functions.get(call.name);
  if (declared !== undefined) return declaredType(call, declared, of);
  const known = functionTypes(call.name, call.args.length);
  const same = new TypeVar();
  const place = (text: string, argument: TypeVar): void => {
    if (text.startsWith("array")) place(text.slice("array ".length), argument.element());
    else if (text === "same" || text === "") same.unify(argument);
    else if (text === "number") argument.number();
    else if (text !== "any") {
      const isLikely = text.startsWith("~");
      argument.hint(text.replace("~", "") as ScalarType, isLikely ? WEIGHT.hint + 1 : WEIGHT.certain);
    }
  };
  for (const [i, { value }] of call.args.entries()) {
    const text = known?.args[Math.min(i, known.args.length - 1)] ?? "any";
    if (text === "part") {
      if (value.kind === "interval") of(value);
    } else if (value.kind !== "lambda") place(text, of(value));
  }
  sampleTexts(call, of);
  if (known === undefined) return new TypeVar();
  return resultType(known.result, same);
}

function declaredType(
  { args }: CallExpr,
  { parameters, returns }: DeclaredTypes,
  of: (expr: Expr) => TypeVar,
): TypeVar {
  const known = (node: TypeNode | undefined): TypeVar => {
    const type = node && typeOf(node);
    return type === undefined ? new TypeVar() : TypeVar.known(type);
  };
  for (const [i, { value }] of args.entries()) if (value.kind !== "lambda") of(value).unify(known(parameters[i]));
  return known(returns);
}

/** Texts that a function must be able to read are as good as constants that a column is compared with. */
function sampleTexts({ name, args }: CallExpr, of: (expr: Expr) => TypeVar): void {
  const [first, second] = args.map(({ value }) => value);
  if (/^PARSE_(DATE|DATETIME|TIMESTAMP)$/.test(name) && first?.kind === "string" && second !== undefined)
    of(second).literal("STRING", sampleOf(first.value));
  const shape = SHAPE_TEXTS[name];
  if (shape !== undefined && first?.kind === "path") of(first).literal("STRING", shape);
  if (!/^(PARSE_JSON|JSON_)/.test(name) || first?.kind !== "path") return;
  const text = of(first).literal("STRING", "{}");
  // Where it is read by fields too, it is no text.
  if (name !== "PARSE_JSON") text.hint("JSON", 1);
}

/** Texts of places. */
const SHAPE_TEXTS: Readonly<Record<string, string>> = {
  ST_GEOGFROMTEXT: "POINT(1 2)",
  ST_GEOGFROM: "POINT(1 2)",
  ST_GEOGFROMGEOJSON: '{"type": "Point", "coordinates": [1, 2]}',
  ST_GEOGPOINTFROMGEOHASH: "c22yz",
};

const SAMPLE: Readonly<Record<string, string>> = {
  ...{ Y: "2024", y: "24", m: "01", d: "01", e: "1", j: "001", b: "Jan", B: "January", a: "Mon", A: "Monday" },
  ...{ H: "10", I: "10", M: "00", S: "00", p: "AM", F: "2024-01-01", T: "10:00:00", R: "10:00", D: "01/01/24" },
  ...{ Z: "UTC", z: "+0000", s: "1704103200", "E*S": "00", Ez: "+00:00", E4Y: "2024" },
};

/** 1 January 2024 in a format of dates and times. */
function sampleOf(format: string): string {
  return format.replace(
    /%(E\*S|E\dS|E4Y|Ez|[a-zA-Z])/g,
    (_, element: string) => SAMPLE[element] ?? SAMPLE[element.replace(/E\dS/, "E*S")] ?? "",
  );
}

const TEMPORAL: ReadonlySet<SqlType> = new Set(["DATE", "DATETIME", "TIME", "TIMESTAMP"] as const);

const ELEMENTS: Readonly<Record<string, string>> = {
  ...{ YYYY: "2024", YYY: "024", YY: "24", Y: "4", RRRR: "2024", RR: "24", MONTH: "JANUARY", MON: "JAN", MM: "01" },
  ...{ DDD: "001", DD: "01", HH24: "10", HH12: "10", HH: "10", MI: "00", SSSSS: "36000", SS: "00" },
  ...{ AM: "AM", PM: "AM", TZH: "+00", TZM: "00" },
};

/** 1 January 2024 as a format of CAST has it. */
function sampleOfElements(format: string): string {
  return format.replace(
    /"[^"]*"|YYYY|YYY|YY|Y|RRRR|RR|MONTH|MON|MM|MI|DDD|DD|HH24|HH12|HH|SSSSS|SS|FF\d|A\.?M\.?|P\.?M\.?|TZH|TZM/gi,
    (element) => {
      if (element.startsWith('"')) return element.slice(1, -1);
      const word = element.toUpperCase();
      return word.startsWith("FF")
        ? "0".repeat(Number(word.slice(2)))
        : (ELEMENTS[word] ?? element.replace(/^p/i, "A"));
    },
  );
}

function resultType(text: string, same: TypeVar): TypeVar {
  if (text.startsWith("array ")) return TypeVar.array(resultType(text.slice("array ".length), same));
  if (text === "same") return same;
  if (text === "number") return new TypeVar().number();
  return text === "any" ? new TypeVar() : TypeVar.of(text as ScalarType);
}
