import { afterAll, beforeAll, expect, it } from "vitest";
import { type Rig, runWithin } from "./rig.js";
import { projectOf } from "./small-project.js";

runWithin();

let rig: Rig;
beforeAll(async () => {
  rig = await projectOf({
    orders: 'config { type: "declaration", schema: "raw", name: "orders" }',
    paid: 'config { type: "table" }\nSELECT id, amount FROM ${ref("raw", "orders")}',
    large: 'config { type: "assertion", tags: ["warn"] }\nSELECT id, amount FROM ${ref("paid")} WHERE amount > 10',
    largest: 'config { type: "assertion", tags: ["warn"] }\nSELECT * FROM ${ref("large")} WHERE amount > 100',
    // By name only: it is made before whoever comes behind it in the alphabet.
    a_log: "config { type: \"table\" }\nSELECT 'largest' AS what, COUNT(*) AS n FROM checks.largest",
    found: "config { type: \"view\" }\nSELECT 'large' AS what, COUNT(*) AS n FROM ${ref('large')}",
    report: 'config { type: "table" }\nSELECT * FROM ${ref("found")} UNION ALL SELECT * FROM ${ref("a_log")}',
  });
  const made = await rig.fastbreak(
    "query",
    "CREATE TABLE raw.orders (id INT64, amount INT64); INSERT raw.orders VALUES (1, 5), (2, 50)",
  );
  expect(made.stderr).toBe("");
});
afterAll(() => rig.remove());

const report = () => rig.sql("SELECT what, n FROM d.report ORDER BY what");
const ran = async () =>
  (await rig.run([])).actions.filter(({ status }) => status !== "skipped").map(({ name }) => name);

it("takes the query of an assertion for its rows, as if stock Dataform had left its view", async () => {
  const checked = await rig.fastbreak("check");
  expect([checked.stdout, checked.code]).toEqual(["6 actions checked, 0 errors\n", 0]);
  expect((await rig.fastbreak("seed", "--scaffold")).stdout).not.toContain("largest");
  await rig.run([]);
  expect(await report()).toEqual([
    ["large", "1"],
    ["largest", "0"],
  ]);
  expect(await ran()).toEqual([]);
});

it("runs the reader of an assertion when what the assertion reads has moved, and when its query has", async () => {
  await rig.fastbreak("query", "INSERT raw.orders VALUES (3, 500)");
  await rig.run([]);
  expect(await report()).toEqual([
    ["large", "2"],
    ["largest", "1"],
  ]);
  rig.edit("definitions/large.sqlx", "> 10", "> 1");
  expect(await ran()).toContain("d.report");
  expect(await report()).toEqual([
    ["large", "3"],
    ["largest", "1"],
  ]);
  expect(await ran()).toEqual([]);
  expect((await rig.fastbreak("verify")).stdout).toContain("exactly what a full rebuild gives");
});

it("says what to do where statements read an assertion, which no query can take the place of", async () => {
  rig.write(
    "definitions/log.sqlx",
    'config { type: "operations" }\nCREATE TABLE IF NOT EXISTS d.log (n INT64);\nINSERT d.log SELECT COUNT(*) FROM ${ref("large")}',
  );
  const { code, stdout, stderr } = await rig.fastbreak("run");
  expect(code).toBe(1);
  expect(stdout + stderr).toContain(
    "definitions/log.sqlx: its statements read checks.large, an assertion, which leaves no view here; write its query instead",
  );
  expect(stdout + stderr).not.toContain("checks.large is not in the warehouse");
});
