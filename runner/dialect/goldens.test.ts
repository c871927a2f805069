import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readCases } from "../../tools/conformance/cases.js";
import { openEngine, scoreCase } from "../../tools/conformance/scorer.js";

/** Recorded queries that are not BigQuery's, by text. docs/dialect.md says why. */
const REFUSED = new Set(["SELECT FLATTEN([STRUCT([1, 2] AS a), STRUCT([3] AS a)].a)", "SELECT 1e400"]);

const folder = fileURLToPath(new URL("./goldens/", import.meta.url));
const files = readdirSync(folder).filter((file) => file.endsWith(".jsonl"));

let engine: Awaited<ReturnType<typeof openEngine>>;

beforeAll(async () => {
  engine = await openEngine();
});

afterAll(() => engine.close());

describe("recorded queries give the reference's rows or fail where it fails", () => {
  it.each(files)("%s", async (file) => {
    const cases = readCases(`${folder}${file}`);
    expect(cases.length).toBeGreaterThan(50);
    const differences: string[] = [];
    for (const item of cases) {
      const { verdict, detail, types } = await scoreCase(engine.connection, item);
      const expected = REFUSED.has(item.sql) ? "refused" : "equal";
      if (verdict !== expected || types !== undefined)
        differences.push(`${item.id} ${item.sql}: ${verdict} ${types ?? detail}`);
    }
    expect(differences).toEqual([]);
  });
});
