import type { SchemaChange } from "../../port/sql-jobs.js";
import type { Column } from "../../port/sql-types.js";
import { ApiError } from "../protocol/errors.js";
import { columnsOfFields, declaredText, type FieldSchema, isDeclared, requireNamesOnce } from "../protocol/schema.js";
import { requireFieldNames } from "./field-names.js";
import { isWiderField, parameterText } from "./type-parameters.js";

/** What a new schema of a table may be. */
export interface SchemaRules {
  /** How messages begin. */
  readonly mismatch: string;
  readonly mayAdd: boolean;
  /** REQUIRED fields may become NULLABLE. */
  readonly mayRelax: boolean;
  /** Fields that need no value may be left out. */
  readonly mayOmit: boolean;
  /** REQUIRED may be said of fields that are NULLABLE, and means nothing. */
  readonly mayTighten?: boolean | undefined;
  /** What is said of the parameters of types counts: they may hold more than before. */
  readonly mayWiden?: boolean | undefined;
  /** Collation of the texts that are added and have none of their own: the table's default. */
  readonly collation?: string | undefined;
}

/** What makes a table have a new schema. */
export interface SchemaUpdate {
  readonly changes: readonly SchemaChange[];
  /** All fields of the table then. */
  readonly fields: readonly FieldSchema[];
  /** Fields differ, be it in what the warehouse does not know, such as that a nested one is required. */
  readonly isChange: boolean;
}

/** A schema is one of a table of another schema if it only adds fields and takes REQUIRED away. */
export function planSchemaUpdate(
  current: readonly FieldSchema[],
  wanted: readonly FieldSchema[],
  rules: SchemaRules,
): SchemaUpdate {
  requireNamesOnce(wanted);
  requireFieldNames(wanted);
  return new Planner(rules).plan(current, wanted);
}

class Planner {
  readonly #rules: SchemaRules;
  readonly #changes: SchemaChange[] = [];
  /** Columns whose parameters, or those of fields within them, are others. */
  readonly #widened = new Set<string>();
  #isChange = false;

  constructor(rules: SchemaRules) {
    this.#rules = rules;
  }

  plan(current: readonly FieldSchema[], wanted: readonly FieldSchema[]): SchemaUpdate {
    const fields = this.#fields(current, wanted, []);
    for (const field of fields.filter(({ name }) => this.#widened.has(name)))
      this.#changes.push({
        kind: "declare",
        column: field.name,
        declared: isDeclared(field) ? declaredText(field) : undefined,
      });
    return { changes: this.#changes, fields, isChange: this.#isChange };
  }

  #fields(current: readonly FieldSchema[], wanted: readonly FieldSchema[], path: readonly string[]): FieldSchema[] {
    const left = new Map(wanted.map((field) => [field.name.toLowerCase(), field]));
    const kept = current.map((field) => {
      const own = left.get(field.name.toLowerCase());
      left.delete(field.name.toLowerCase());
      return own === undefined ? this.#omitted(field, path) : this.#same(field, own, path);
    });
    return [...kept, ...[...left.values()].map((field) => this.#added(field, path))];
  }

  #omitted(field: FieldSchema, path: readonly string[]): FieldSchema {
    const isRequired = modeOf(field) === "REQUIRED";
    if (!this.#rules.mayOmit || (isRequired && !this.#rules.mayRelax))
      throw this.#refused(`Field ${dotted(path, field)} is missing in new schema`);
    return isRequired ? this.#relaxed(field, path) : field;
  }

  #same(field: FieldSchema, own: FieldSchema, path: readonly string[]): FieldSchema {
    const name = dotted(path, field);
    const [before, after] = [typeOf(field), typeOf(own)];
    if (before !== after) throw this.#refused(`Field ${name} has changed type from ${before} to ${after}`);
    const inner =
      before === "RECORD"
        ? { ...field, fields: this.#fields(field.fields ?? [], own.fields ?? [], [...path, field.name]) }
        : this.#widenedField(field, own, path);
    const [had, has] = [modeOf(field), modeOf(own)];
    if (had === has || (had === "NULLABLE" && has === "REQUIRED" && this.#rules.mayTighten === true)) return inner;
    if (had !== "REQUIRED" || has !== "NULLABLE" || !this.#rules.mayRelax)
      throw this.#refused(`Field ${name} has changed mode from ${had} to ${has}`);
    return this.#relaxed(inner, path);
  }

  /** The field with the parameters that are said of its type. */
  #widenedField(field: FieldSchema, own: FieldSchema, path: readonly string[]): FieldSchema {
    const [before, after] = [parameterText(field), parameterText(own)];
    if (this.#rules.mayWiden !== true || before === after) return field;
    if (!isWiderField(field, own))
      throw this.#refused(`Field ${dotted(path, field)} has changed type from ${before} to ${after}`);
    this.#isChange = true;
    this.#widened.add(path[0] ?? field.name);
    const { maxLength, precision, scale } = own;
    return { ...field, maxLength, precision, scale };
  }

  #relaxed(field: FieldSchema, path: readonly string[]): FieldSchema {
    this.#isChange = true;
    if (path.length === 0) this.#changes.push({ kind: "relax", column: field.name });
    return { ...field, mode: "NULLABLE" };
  }

  #added(given: FieldSchema, path: readonly string[]): FieldSchema {
    const field = path.length === 0 ? this.#collated(given) : given;
    const name = dotted(path, field);
    if (!this.#rules.mayAdd) throw this.#refused(`Cannot add fields (field: ${name})`);
    if (modeOf(field) === "REQUIRED")
      throw this.#refused(`Cannot add required fields to an existing schema. (field: ${name})`);
    const [column] = columnsOfFields([field]) as [Column];
    this.#changes.push({ kind: "add", path, column });
    this.#isChange = true;
    return field;
  }

  #collated(field: FieldSchema): FieldSchema {
    const { collation } = this.#rules;
    const isPlain = field.collation === undefined && typeOf(field) === "STRING" && modeOf(field) === "NULLABLE";
    return collation !== undefined && isPlain ? { ...field, collation } : field;
  }

  #refused(what: string): ApiError {
    return new ApiError("invalid", `${this.#rules.mismatch} ${what}`);
  }
}

const dotted = (path: readonly string[], { name }: FieldSchema): string => [...path, name].join(".");

const modeOf = ({ mode }: FieldSchema): string => mode?.toUpperCase() || "NULLABLE";

const OLDER_NAMES: Readonly<Record<string, string>> = {
  INT64: "INTEGER",
  FLOAT64: "FLOAT",
  BOOL: "BOOLEAN",
  STRUCT: "RECORD",
  DECIMAL: "NUMERIC",
  BIGDECIMAL: "BIGNUMERIC",
};

/** The one spelling of a type that messages use. */
function typeOf({ type, rangeElementType }: FieldSchema): string {
  const upper = type.toUpperCase();
  if (upper === "RANGE") return `RANGE<${rangeElementType?.type.toUpperCase()}>`;
  return OLDER_NAMES[upper] ?? upper;
}

/** Columns as they come, with the names as the table spells them and the parameters of its types. */
export function asInTable(columns: readonly FieldSchema[], fields: readonly FieldSchema[]): FieldSchema[] {
  const known = new Map(fields.map((field) => [field.name.toLowerCase(), field]));
  return columns.map((column) => {
    const own = known.get(column.name.toLowerCase());
    if (own === undefined) return column;
    const inner = column.fields === undefined ? {} : { fields: asInTable(column.fields, own.fields ?? []) };
    const { maxLength, precision, scale } = own;
    return { ...column, name: own.name, maxLength, precision, scale, ...inner };
  });
}

/** Names of the fields that must have a value, with those that they are in: `buyer.name`. */
export function requiredPaths(fields: readonly FieldSchema[], within = ""): ReadonlySet<string> {
  return new Set(
    fields.flatMap((field) => {
      const path = `${within}${field.name}`;
      return [...(modeOf(field) === "REQUIRED" ? [path] : []), ...requiredPaths(field.fields ?? [], `${path}.`)];
    }),
  );
}
