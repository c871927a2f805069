import { type COLLATED, type RangeType, rangeElement, type ScalarType, type SqlType } from "../port/sql-types.js";

/** A type as the analyzer's protocol spells it. */
export interface TypeProto {
  readonly typeKind: string;
  readonly arrayType?: { readonly elementType: TypeProto };
  readonly rangeType?: { readonly elementType: TypeProto };
  readonly structType?: { readonly field?: readonly { readonly fieldName?: string; readonly fieldType: TypeProto }[] };
}

const KINDS: Readonly<Record<Exclude<ScalarType, RangeType | typeof COLLATED>, string>> = {
  INT64: "TYPE_INT64",
  FLOAT64: "TYPE_DOUBLE",
  NUMERIC: "TYPE_NUMERIC",
  BIGNUMERIC: "TYPE_BIGNUMERIC",
  BOOL: "TYPE_BOOL",
  STRING: "TYPE_STRING",
  BYTES: "TYPE_BYTES",
  DATE: "TYPE_DATE",
  DATETIME: "TYPE_DATETIME",
  TIME: "TYPE_TIME",
  TIMESTAMP: "TYPE_TIMESTAMP",
  INTERVAL: "TYPE_INTERVAL",
  JSON: "TYPE_JSON",
  GEOGRAPHY: "TYPE_GEOGRAPHY",
};
const NAMES = new Map(Object.entries(KINDS).map(([name, kind]) => [kind, name as ScalarType]));

export function typeToProto(type: SqlType): TypeProto {
  const ranged = rangeElement(type);
  if (ranged !== undefined) return { typeKind: "TYPE_RANGE", rangeType: { elementType: typeToProto(ranged) } };
  if (typeof type === "string") return { typeKind: KINDS[type as keyof typeof KINDS] };
  if (type.kind === "array") return { typeKind: "TYPE_ARRAY", arrayType: { elementType: typeToProto(type.element) } };
  const field = type.fields.map(({ name, type: fieldType }) => ({
    fieldName: name ?? "",
    fieldType: typeToProto(fieldType),
  }));
  return { typeKind: "TYPE_STRUCT", structType: { field } };
}

/** Undefined: a type that the runner does not know. */
export function typeFromProto(proto: TypeProto): SqlType | undefined {
  if (proto.arrayType !== undefined && proto.typeKind === "TYPE_ARRAY") {
    const element = typeFromProto(proto.arrayType.elementType);
    return element === undefined ? undefined : { kind: "array", element };
  }
  if (proto.rangeType !== undefined && proto.typeKind === "TYPE_RANGE")
    return `RANGE<${typeFromProto(proto.rangeType.elementType) as "DATE" | "DATETIME" | "TIMESTAMP"}>`;
  if (proto.typeKind !== "TYPE_STRUCT") return NAMES.get(proto.typeKind);
  const fields = (proto.structType?.field ?? []).map(({ fieldName, fieldType }) => ({
    name: fieldName === undefined || fieldName === "" ? undefined : fieldName,
    type: typeFromProto(fieldType),
  }));
  if (fields.some(({ type }) => type === undefined)) return undefined;
  return { kind: "struct", fields: fields as { name: string | undefined; type: SqlType }[] };
}
