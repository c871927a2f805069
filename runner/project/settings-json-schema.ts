import { toJsonSchema } from "@valibot/to-json-schema";
import { settingsSchema } from "./settings-schema.js";

/** The JSON Schema of `fastbreak.json`, as `schemas/fastbreak.schema.json` holds it. */
export function settingsJsonSchema(): string {
  const { $schema, ...schema } = toJsonSchema(settingsSchema, { typeMode: "input" });
  const titled = { $schema, title: "Settings of fastbreak (fastbreak.json)", ...schema };
  return `${JSON.stringify(titled, undefined, 2)}\n`;
}
