import { toJsonSchema } from "@valibot/to-json-schema";
import { settingsSchema } from "./settings-schema.js";

/** The JSON Schema of `fastbreak.json`, as `schemas/fastbreak.schema.json` holds it. */
export function settingsJsonSchema(): string {
  // What several settings must be together has no words there; readRunnerSettings tells it.
  const { $schema, ...schema } = toJsonSchema(settingsSchema, { typeMode: "input", ignoreActions: ["check"] });
  const titled = { $schema, title: "Settings of fastbreak (fastbreak.json)", ...schema };
  return `${JSON.stringify(titled, undefined, 2)}\n`;
}
