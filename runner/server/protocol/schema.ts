import type { TypeNode } from "../../googlesql/ast.js";
import { parseTypeText } from "../../googlesql/parser/type.js";
import { quoteWhereNeeded } from "../../googlesql/quote.js";
import { API_TYPES, RANGE_TYPES } from "../../googlesql/type-names.js";
import {
  type Column,
  collationOf,
  declaredType,
  type RangeType,
  rangeElement,
  type SqlType,
  type StructField,
  typeName,
  withCollation,
} from "../../port/sql-types.js";
import { ApiError } from "./errors.js";

/** A column as the API writes it. https://cloud.google.com/bigquery/docs/reference/rest/v2/tables#TableFieldSchema */
export interface FieldSchema {
  readonly name: string;
  readonly type: string;
  readonly mode?: string | undefined;
  readonly description?: string | undefined;
  readonly fields?: readonly FieldSchema[] | undefined;
  readonly maxLength?: string | undefined;
  readonly precision?: string | undefined;
  readonly scale?: string | undefined;
  readonly collation?: string | undefined;
  readonly defaultValueExpression?: string | undefined;
  readonly roundingMode?: string | undefined;
  /** What a RANGE is a range of. */
  readonly rangeElementType?: { readonly type: string } | undefined;
  readonly policyTags?: { readonly names: readonly string[] } | undefined;
}

const LEGACY_NAMES: Partial<Record<string, string>> = {
  INT64: "INTEGER",
  FLOAT64: "FLOAT",
  BOOL: "BOOLEAN",
};

/** The scalar type of a name, in GoogleSQL's or in the older spelling; undefined: there is none that the engine has. */
export function scalarType(name: string): SqlType | undefined {
  return API_TYPES.get(name.toUpperCase());
}

/** Columns as the fields of a schema. */
export function fieldsOf(columns: readonly Column[], required: ReadonlySet<string> = new Set()): FieldSchema[] {
  return columns.map((column) => {
    const node = column.declared === undefined ? undefined : parseTypeText(declaredType(column));
    const collation = collationOf(column);
    const field = { ...fieldOf(column.name, column.type, node), ...(collation === undefined ? {} : { collation }) };
    return required.has(column.name) && field.mode === "NULLABLE" ? { ...field, mode: "REQUIRED" } : field;
  });
}

/** @param node the type with its parameters, where it has some */
function fieldOf(name: string, type: SqlType, node: TypeNode | undefined): FieldSchema {
  const element = rangeElement(type);
  if (element !== undefined) return { name, type: "RANGE", mode: "NULLABLE", rangeElementType: { type: element } };
  if (typeof type === "string")
    return { name, type: LEGACY_NAMES[type] ?? type, mode: "NULLABLE", ...parametersOf(node) };
  if (type.kind === "array")
    return {
      ...fieldOf(name, type.element, node?.kind === "arrayType" ? node.element : undefined),
      mode: "REPEATED",
    };
  const nodes = node?.kind === "structType" ? node.fields : [];
  const fields = type.fields.map((field, index) =>
    fieldOf(field.name ?? `_field_${index + 1}`, field.type, nodes[index]?.type),
  );
  return { name, type: "RECORD", mode: "NULLABLE", fields };
}

/** `STRING(10)` and `NUMERIC(5, 2)` as the API writes them. */
function parametersOf(node: TypeNode | undefined): Partial<FieldSchema> {
  if (node?.kind !== "scalarType") return {};
  const [first, second] = node.parameters;
  if (first === undefined) return {};
  if (node.name === "STRING" || node.name === "BYTES") return { maxLength: first };
  return second === undefined ? { precision: first } : { precision: first, scale: second };
}

/**
 * The type of a field that a client wrote.
 * @throws ApiError for a type that the engine does not have
 */
export function typeOfField(field: FieldSchema): SqlType {
  const type = elementType(field);
  return field.mode?.toUpperCase() === "REPEATED" ? { kind: "array", element: type } : type;
}

function elementType({ name, type, fields, rangeElementType }: FieldSchema): SqlType {
  const upper = type.toUpperCase();
  if (upper === "RECORD" || upper === "STRUCT") {
    if (fields === undefined || fields.length === 0)
      throw new ApiError("invalid", `Field ${name} is type RECORD but has no schema`);
    const inner = fields.map((field): StructField => ({ name: field.name, type: typeOfField(field) }));
    return { kind: "struct", fields: inner };
  }
  if (upper === "RANGE") return rangeOfElement(name, rangeElementType?.type);
  const scalar = scalarType(upper);
  if (scalar !== undefined) return scalar;
  throw new ApiError("invalid", `Invalid value for type: ${type} (field: ${name})`);
}

function rangeOfElement(name: string, element: string = ""): RangeType {
  const type = RANGE_TYPES.get(element.toUpperCase());
  if (type === undefined) throw new ApiError("invalid", `Field ${name} is type RANGE but has no rangeElementType`);
  return type;
}

/** @throws ApiError for two fields of one name, in any case */
export function requireNamesOnce(fields: readonly FieldSchema[]): void {
  const seen = new Set<string>();
  for (const { name, fields: inner = [] } of fields) {
    if (seen.has(name.toLowerCase())) throw new ApiError("invalid", `Field ${name} already exists in schema`);
    seen.add(name.toLowerCase());
    requireNamesOnce(inner);
  }
}

/** The columns of a schema that a client wrote. */
export function columnsOfFields(fields: readonly FieldSchema[]): Column[] {
  return fields.map((field) => {
    const declared = isDeclared(field) ? { declared: declaredText(field) } : {};
    return { name: field.name, type: typeOfField(field), ...declared };
  });
}

/** Whether more is said of the type of a field, or of one within it, than its name. */
export function isDeclared({ collation, maxLength, precision, fields = [] }: FieldSchema): boolean {
  return Boolean(collation) || maxLength !== undefined || precision !== undefined || fields.some(isDeclared);
}

/** A field's type as CREATE TABLE writes it, with the parameters it was given. */
export function declaredText(field: FieldSchema): string {
  const repeated = field.mode?.toUpperCase() === "REPEATED";
  const text = elementText(field);
  if (!field.collation) return repeated ? `ARRAY<${text}>` : text;
  if (field.collation !== "und:ci" || repeated || elementType(field) !== "STRING")
    throw new ApiError("invalid", `Collation ${field.collation} of field ${field.name} is not supported`);
  return withCollation(text);
}

function elementText(field: FieldSchema): string {
  const type = elementType(field);
  if (typeof type === "string") {
    const { maxLength, precision, scale } = field;
    const parameters =
      maxLength ?? (precision === undefined ? undefined : `${precision}${scale === undefined ? "" : `, ${scale}`}`);
    if (parameters === undefined) return type;
    if (!/^\d+(, \d+)?$/.test(parameters))
      throw new ApiError("invalid", `Invalid type parameters of field ${field.name}`);
    return `${type}(${parameters})`;
  }
  const collated = field.fields?.find(({ collation }) => collation);
  if (collated !== undefined)
    throw new ApiError("invalid", `Collation of field ${collated.name}, within a RECORD, is not supported`);
  const fields = (field.fields ?? []).map((inner) => `${nameInType(inner.name)} ${declaredText(inner)}`);
  return `STRUCT<${fields.join(", ")}>`;
}

function nameInType(name: string): string {
  quoted(name);
  return quoteWhereNeeded(name);
}

/**
 * A name as SQL has it.
 * @throws ApiError for one that no column, table or dataset can have
 */
export function quoted(name: string): string {
  if (name === "" || name.length > 1024 || /[`\\\p{Cc}]/u.test(name))
    throw new ApiError("invalid", `Invalid name ${JSON.stringify(name)}`);
  return `\`${name}\``;
}

/** A type as parameters and routines write it. */
export function typeObject(type: SqlType): Record<string, unknown> {
  const element = rangeElement(type);
  if (element !== undefined) return { typeKind: "RANGE", rangeElementType: { typeKind: element } };
  if (typeof type === "string") return { typeKind: type };
  if (type.kind === "array") return { typeKind: "ARRAY", arrayElementType: typeObject(type.element) };
  const fields = type.fields.map((field) => ({ name: field.name, type: typeObject(field.type) }));
  return { typeKind: "STRUCT", structType: { fields } };
}

export { typeName };
