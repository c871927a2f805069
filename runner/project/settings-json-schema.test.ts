import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { settingsJsonSchema } from "./settings-json-schema.js";

it("is published as it is; after a change of the settings run node scripts/settings-schema.mjs", () => {
  const published = fileURLToPath(new URL("../../schemas/fastbreak.schema.json", import.meta.url));
  expect(JSON.parse(readFileSync(published, "utf8"))).toEqual(JSON.parse(settingsJsonSchema()));
});
