import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Rig, runWithin } from "./rig.js";

runWithin();

let rig: Rig;
beforeAll(async () => {
  rig = Rig.empty();
  rig.write("dataform.json", JSON.stringify({ warehouse: "bigquery", defaultDatabase: "p", defaultSchema: "d" }));
  rig.write("package.json", "{}");
  mkdirSync(join(rig.dir, "definitions"));
  rig.write("definitions/raw.sqlx", 'config { type: "declaration", schema: "raw", name: "visits" }\n');
  rig.write(
    "definitions/visits.sqlx",
    `config { type: "incremental" }
SELECT id, day FROM \${ref("raw", "visits")} \${when(incremental(), \`WHERE day > (SELECT MAX(day) FROM \${self()})\`)}
pre_operations { \${when(incremental(), \`DELETE FROM \${self()} WHERE day > 1\`)} }
`,
  );
  await rig.fastbreak(
    "query",
    "CREATE SCHEMA raw; CREATE TABLE raw.visits AS SELECT 1 AS id, 1 AS day UNION ALL SELECT 2, 2",
  );
  await rig.run([]);
});
afterAll(() => rig.remove());

it("finds no difference in rows that are deleted and brought again", async () => {
  const { code, stdout } = await rig.fastbreak("verify");
  expect(stdout).toContain("nothing to add");
  expect(stdout).toContain("exactly what a full rebuild gives, apart from 1 as noted above");
  expect(code).toBe(0);
});

it("finds a row that the table has lost", async () => {
  await rig.fastbreak("query", "DELETE FROM d.visits WHERE id = 2");
  const { code, stdout } = await rig.fastbreak("verify");
  expect(stdout).toContain("its incremental query would change or add 1");
  expect(code).not.toBe(0);
});

it("finds no difference in a column that statements behind the query add", async () => {
  rig.write(
    "definitions/days.sqlx",
    `config { type: "table" }
SELECT id FROM \${ref("raw", "visits")}
post_operations { ALTER TABLE \${self()} ADD COLUMN IF NOT EXISTS twice INT64; UPDATE \${self()} SET twice = 2 * id WHERE TRUE }
`,
  );
  await rig.run(["--select", "days"]);
  expect(await rig.fastbreak("verify", "--select", "days")).toMatchObject({ code: 0 });
  await rig.fastbreak("query", "UPDATE d.days SET twice = 0 WHERE id = 2");
  const { code, stdout } = await rig.fastbreak("verify", "--select", "days");
  expect(stdout).toContain("d.days");
  expect(code).not.toBe(0);
});
