import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readCases } from "../../../tools/conformance/cases.js";
import { openEngine } from "../../../tools/conformance/scorer.js";
import { expression, FUZZ_TABLE_SQL, mutated, query } from "./arbitraries.js";
import { executed, translated } from "./properties.js";
import { typedExpression, typedQuery } from "./typed-expressions.js";

/** FASTBREAK_FUZZ_SCALE multiplies the runs and, above 1, frees the seed; scripts/fuzz-dialect.mjs makes a million of them. */
const SCALE = Number(process.env.FASTBREAK_FUZZ_SCALE ?? "1");
const runs = (count: number) => ({ numRuns: Math.round(count * SCALE), ...(SCALE <= 1 ? { seed: 20_240_229 } : {}) });

const goldens = fileURLToPath(new URL("../goldens/", import.meta.url));
const corpus = readdirSync(goldens)
  .filter((file) => file.endsWith(".jsonl"))
  .flatMap((file) => readCases(`${goldens}${file}`).map((item) => item.sql));

let engine: Awaited<ReturnType<typeof openEngine>>;

beforeAll(async () => {
  engine = await openEngine();
  await engine.connection.run(FUZZ_TABLE_SQL);
});

afterAll(() => engine.close());

describe("any text is translated or rejected with a position, in GoogleSQL's words", () => {
  it("expressions over typed columns", () => {
    fc.assert(
      fc.property(expression, (text) => {
        translated(`SELECT ${text} FROM d.t`);
      }),
      runs(6000),
    );
  }, 120_000_000);

  it("well-typed expressions and queries", () => {
    let accepted = 0;
    const texts = fc.oneof(
      typedExpression.map((text) => `SELECT ${text} FROM d.t`),
      typedQuery,
    );
    fc.assert(
      fc.property(texts, (text) => {
        if (translated(text) !== undefined) accepted += 1;
      }),
      runs(5000),
    );
    expect(accepted).toBeGreaterThan(runs(5000).numRuns / 2);
  }, 120_000_000);

  it("queries", () => {
    fc.assert(
      fc.property(query, (text) => {
        translated(text);
      }),
      runs(6000),
    );
  }, 120_000_000);

  it("mutated texts of the recorded corpus", () => {
    fc.assert(
      fc.property(mutated(corpus), (text) => {
        translated(text);
      }),
      runs(6000),
    );
  }, 120_000_000);
});

describe("what is accepted, DuckDB accepts", () => {
  it("queries and expressions that run", async () => {
    const texts = fc.oneof(
      expression.map((text) => `SELECT ${text} AS c FROM d.t`),
      query,
      mutated(corpus),
      typedExpression.map((text) => `SELECT ${text} AS c FROM d.t`),
      typedQuery,
    );
    await fc.assert(
      fc.asyncProperty(texts, (text) => executed(engine.connection, text)),
      runs(1500),
    );
  }, 120_000_000);
});
