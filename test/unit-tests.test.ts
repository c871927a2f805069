import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Rig, runWithin } from "./rig.js";

runWithin();

interface TestDocument {
  readonly tests: readonly {
    readonly name: string;
    readonly file: string;
    readonly status: string;
    readonly message: string | null;
    readonly differences: readonly { readonly row: number; readonly column: string }[];
  }[];
  readonly totals: { readonly passed: number; readonly failed: number };
}

describe("fastbreak test", () => {
  let rig: Rig;
  beforeAll(() => {
    rig = Rig.empty();
    rig.write("dataform.json", JSON.stringify({ warehouse: "bigquery", defaultDatabase: "p", defaultSchema: "d" }));
    rig.write("package.json", "{}");
    mkdirSync(join(rig.dir, "definitions"));
    rig.write("definitions/orders.sqlx", 'config { type: "table" }\nSELECT 1 AS id, "x" AS customer, 2.5 AS amount\n');
    rig.write(
      "definitions/daily.sqlx",
      'config { type: "view" }\nSELECT customer, SUM(amount) AS total FROM ${ref("orders")} GROUP BY customer ORDER BY customer\n',
    );
    const test = (expected: string) =>
      [
        'config { type: "test", dataset: "daily" }',
        'input "orders" {',
        "  SELECT 'a' AS customer, 1.5 AS amount UNION ALL SELECT 'b', 4 UNION ALL SELECT 'a', 1",
        "}",
        expected,
      ].join("\n");
    rig.write("definitions/sums.sqlx", test("SELECT 'a' AS CUSTOMER, 2.5 AS total UNION ALL SELECT 'b', 4"));
    rig.write("definitions/wrong.sqlx", test("SELECT 'a' AS customer, 2.5 AS total UNION ALL SELECT 'c', 5"));
    rig.write("definitions/short.sqlx", test("SELECT 'a' AS customer, 2.5 AS total"));
    rig.write("definitions/broken.sqlx", test("SELECT 'a' AS customer, totl FROM UNNEST([1]) AS total"));
  });
  afterAll(() => rig.remove());

  it("tells which tests fail, where and why", async () => {
    const { code, stdout } = await rig.fastbreak("test", "--json");
    const { tests, totals } = JSON.parse(stdout) as TestDocument;
    const byName = new Map(tests.map((test) => [test.name, test]));
    expect(byName.get("sums")).toMatchObject({ status: "passed", file: "definitions/sums.sqlx", message: null });
    expect(byName.get("wrong")).toMatchObject({
      status: "failed",
      message: "1 of 2 rows differ",
      differences: [
        { row: 1, column: "customer", expected: "c", actual: "b" },
        { row: 1, column: "total", expected: "5", actual: "4" },
      ],
    });
    expect(byName.get("short")).toMatchObject({ status: "failed", message: "expected 1 rows, but saw 2" });
    expect(byName.get("broken")?.status).toBe("error");
    expect(byName.get("broken")?.message).toMatch(
      /the expected rows, line \d+, column 25: Unrecognized name: totl; Did you mean total\?/,
    );
    expect(totals).toEqual({ passed: 1, failed: 3 });
    expect(code).toBe(1);
  });

  it("shows rows that differ side by side", async () => {
    const { stdout } = await rig.fastbreak("test", "wrong");
    expect(stdout.split("\n").slice(0, 4)).toEqual([
      "failed  wrong  (definitions/wrong.sqlx): 1 of 2 rows differ",
      "    row  column    expected  actual",
      "    2    customer  c         b",
      "    2    total     5         4",
    ]);
  });

  it("runs the tests that are named, and knows the names", async () => {
    const sums = await rig.fastbreak("test", "sums");
    expect(sums.stdout).toMatch(/^passed {2}sums\n1 test: 1 passed, 0 failed/);
    expect(sums.code).toBe(0);
    const unknown = await rig.fastbreak("test", "smus");
    expect(unknown.stderr).toBe("fastbreak: there is no unit test smus; did you mean sums?\n");
    expect(unknown.code).toBe(2);
  });

  it("passes the tests of this repository's own models", async () => {
    const own = Rig.warehouseProject();
    const { code, stdout } = await own.fastbreak("test", "--json");
    own.remove();
    const { tests, totals } = JSON.parse(stdout) as TestDocument;
    expect(tests.filter(({ status }) => status !== "passed")).toEqual([]);
    expect(totals.passed).toBeGreaterThanOrEqual(3);
    expect(code).toBe(0);
  });
});
