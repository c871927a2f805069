import * as v from "valibot";
import type { FieldSchema } from "../protocol/schema.js";
import { int64 } from "../protocol/validate.js";

const MODES = new Set(["", "NULLABLE", "REQUIRED", "REPEATED"]);
const mode = v.pipe(
  v.string(),
  v.check(
    (text) => MODES.has(text.toUpperCase()),
    ({ input }) => `${input} is not a valid value`,
  ),
);

/** A column as a client writes it. */
export const fieldSchema: v.GenericSchema<unknown, FieldSchema> = v.object({
  name: v.string(),
  type: v.string(),
  mode: v.optional(mode),
  description: v.optional(v.string()),
  fields: v.optional(v.array(v.lazy(() => fieldSchema))),
  maxLength: v.optional(int64),
  precision: v.optional(int64),
  scale: v.optional(int64),
  collation: v.optional(v.string()),
  defaultValueExpression: v.optional(v.string()),
  roundingMode: v.optional(v.string()),
  rangeElementType: v.optional(v.object({ type: v.string() })),
  policyTags: v.optional(v.object({ names: v.array(v.string()) })),
});

export const tableSchema = v.object({ fields: v.optional(v.array(fieldSchema), []) });

/**
 * The fields of a table with what a client has said of them besides name and type.
 * @param kept fields as the client wrote them
 */
export function describedFields(
  fields: readonly FieldSchema[],
  kept: readonly FieldSchema[],
  isNested = false,
): FieldSchema[] {
  const known = new Map(kept.map((field) => [field.name.toLowerCase(), field]));
  return fields.map((field) => {
    const own = known.get(field.name.toLowerCase());
    if (own === undefined) return field;
    const { description, policyTags, defaultValueExpression, roundingMode } = own;
    const inner = field.fields === undefined ? {} : { fields: describedFields(field.fields, own.fields ?? [], true) };
    const said = Object.entries({ description, policyTags, defaultValueExpression, roundingMode }).filter(
      ([, value]) => value !== undefined,
    );
    // Of fields within others the warehouse does not know that they are required.
    const isRequired = isNested && field.mode === "NULLABLE" && own.mode?.toUpperCase() === "REQUIRED";
    return { ...field, ...inner, ...(isRequired ? { mode: "REQUIRED" } : {}), ...Object.fromEntries(said) };
  });
}

/** The collation of texts that say nothing of it. */
export const defaultCollation = v.nullish(
  v.pipe(
    v.string(),
    v.check((said) => said === "" || said === "und:ci", "defaultCollation must be 'und:ci' or ''"),
  ),
);
