import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { WORKED_EXAMPLES } from "../tools/reference/worked-examples.mjs";
import { value } from "./testing.js";

/** What GoogleSQL's reference implementation computes (tools/reference). */
const recorded = JSON.parse(
  readFileSync(new URL("../test/goldens/worked-examples.golden.json", import.meta.url), "utf8"),
) as readonly { readonly name: string; readonly sql: string; readonly value: string }[];

describe("the worked examples of docs/", () => {
  it.each(WORKED_EXAMPLES.map((example) => [example.name, example] as const))(
    "%s: the reference implementation and DuckDB compute what is stated",
    async (name, { sql, stated }) => {
      expect(recorded.find((example) => example.name === name)).toEqual({ name, sql, value: stated });
      expect(String(await value(sql))).toBe(stated);
    },
  );
});
