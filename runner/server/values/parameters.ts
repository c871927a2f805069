import * as v from "valibot";
import { RANGE_TYPES } from "../../googlesql/type-names.js";
import type { JobParameter } from "../../port/sql-jobs.js";
import { rangeElement, type SqlType, typeName } from "../../port/sql-types.js";
import { ApiError } from "../protocol/errors.js";
import { quoted, scalarType } from "../protocol/schema.js";
import { decodeText } from "./decode.js";

export interface ParameterType {
  readonly type: string;
  readonly arrayType?: ParameterType | undefined;
  readonly structTypes?: readonly { readonly name?: string | undefined; readonly type: ParameterType }[] | undefined;
  /** What a RANGE is a range of. */
  readonly rangeElementType?: ParameterType | undefined;
}

export interface ParameterValue {
  readonly value?: string | number | boolean | null | undefined;
  readonly arrayValues?: readonly ParameterValue[] | null | undefined;
  readonly structValues?: Readonly<Record<string, ParameterValue>> | null | undefined;
  /** The ends of a RANGE; one without a value is unbounded. */
  readonly rangeValue?: RangeValue | null | undefined;
}

export interface RangeValue {
  readonly start?: ParameterValue | null | undefined;
  readonly end?: ParameterValue | null | undefined;
}

const parameterType: v.GenericSchema<ParameterType> = v.object({
  type: v.string(),
  arrayType: v.optional(v.lazy(() => parameterType)),
  structTypes: v.optional(v.array(v.object({ name: v.optional(v.string()), type: v.lazy(() => parameterType) }))),
  rangeElementType: v.optional(v.lazy(() => parameterType)),
});

const parameterValue: v.GenericSchema<ParameterValue> = v.object({
  value: v.nullish(v.union([v.string(), v.number(), v.boolean()])),
  arrayValues: v.nullish(v.array(v.lazy(() => parameterValue))),
  structValues: v.nullish(
    v.record(
      v.string(),
      v.lazy(() => parameterValue),
    ),
  ),
  rangeValue: v.nullish(
    v.object({
      start: v.nullish(v.lazy(() => parameterValue)),
      end: v.nullish(v.lazy(() => parameterValue)),
    }),
  ),
});

/** A parameter of a query as the API takes it. */
export const queryParameter = v.object({
  name: v.nullish(v.string()),
  parameterType,
  parameterValue: v.optional(parameterValue, {}),
});

export type QueryParameter = v.InferOutput<typeof queryParameter>;

/**
 * Parameters as the engine binds them.
 * @throws ApiError for a type that the engine does not have and for a value that is none of its type
 */
export function jobParameters(given: readonly QueryParameter[]): JobParameter[] {
  return given.map(({ name, parameterType: type, parameterValue: value }) => {
    const sqlType = typeOfParameter(type);
    return { name: name || undefined, type: sqlType, expression: expressionOf(value, sqlType, name ?? "?") };
  });
}

function typeOfParameter({ type, arrayType, structTypes, rangeElementType }: ParameterType): SqlType {
  const upper = type.toUpperCase();
  if (upper === "ARRAY" && arrayType !== undefined) return { kind: "array", element: typeOfParameter(arrayType) };
  if (upper === "STRUCT" && structTypes !== undefined)
    return {
      kind: "struct",
      fields: structTypes.map((field) => ({ name: field.name || undefined, type: typeOfParameter(field.type) })),
    };
  const scalar = upper === "RANGE" ? RANGE_TYPES.get(rangeElementType?.type.toUpperCase() ?? "") : scalarType(upper);
  if (scalar !== undefined) return scalar;
  const problem =
    upper === "RANGE" ? "needs a rangeElementType of DATE, DATETIME or TIMESTAMP" : "is not a valid value";
  throw new ApiError("invalid", `Invalid value for type: ${type} ${problem}`, "parameterType.type");
}

/** A GoogleSQL expression of the value and of no other type. */
function expressionOf(value: ParameterValue | undefined, type: SqlType, name: string): string {
  if (typeof type === "object" && type.kind === "array") {
    const items = value?.arrayValues;
    // A client without a value for an array means an empty one.
    return `${typeText(type)}[${(items ?? []).map((item) => expressionOf(item, type.element, name)).join(", ")}]`;
  }
  if (typeof type === "object") {
    const given = value?.structValues;
    if (given === null || given === undefined) return `CAST(NULL AS ${typeText(type)})`;
    const fields = type.fields.map((field, index) => {
      const inner = field.name === undefined ? given[`_${index + 1}`] : given[field.name];
      return expressionOf(inner, field.type, name);
    });
    return `${typeText(type)}(${fields.join(", ")})`;
  }
  const element = rangeElement(type);
  if (element !== undefined && value?.rangeValue) {
    const { start, end } = value.rangeValue;
    return `RANGE(${[start, end].map((bound) => expressionOf(bound ?? undefined, element, name)).join(", ")})`;
  }
  const text = value?.value;
  if (text === null || text === undefined) return `CAST(NULL AS ${type})`;
  return scalarExpression(String(text), type, name);
}

function scalarExpression(text: string, type: SqlType & string, name: string): string {
  const literal = JSON.stringify(text);
  if (type === "STRING") return literal;
  const decoded = decodeText(text, type);
  if (decoded === undefined || decoded === null)
    throw new ApiError(
      "invalid",
      `Invalid value for parameter ${name} of type ${typeName(type)}: ${text}`,
      "queryParameters",
    );
  switch (type) {
    case "INT64":
    case "BOOL":
      return String(decoded).toUpperCase();
    case "BYTES":
      return `FROM_BASE64(${literal})`;
    case "GEOGRAPHY":
      return `ST_GEOGFROM(${literal})`;
    case "JSON":
      return `PARSE_JSON(${literal})`;
    default:
      return `CAST(${JSON.stringify(String(decoded))} AS ${type})`;
  }
}

function typeText(type: SqlType): string {
  if (typeof type === "string") return type;
  if (type.kind === "array") return `ARRAY<${typeText(type.element)}>`;
  const fields = type.fields.map(
    ({ name, type: inner }) => `${name === undefined ? "" : `${quoted(name)} `}${typeText(inner)}`,
  );
  return `STRUCT<${fields.join(", ")}>`;
}
