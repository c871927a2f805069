import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { type Rig, type RunDocument, runWithin } from "./rig.js";
import { projectOf } from "./small-project.js";

runWithin();

let rig: Rig;
afterEach(() => rig.remove());

it("foretells assertions under a selection as they run with their models", async () => {
  const table = (sql: string) => `config { type: "table", assertions: { uniqueKey: ["n"] } }\n${sql}`;
  rig = await projectOf({
    first: table('SELECT n FROM ${ref("numbers")}'),
    second: table('SELECT n + 1 AS n FROM ${ref("first")}'),
    other: table("SELECT 1 AS n"),
  });
  await rig.run([]);
  const decided = ({ actions }: RunDocument) =>
    actions.map(({ name, partitions }) => `${name} ${partitions.map(({ decision }) => decision)}`).sort();
  for (const selected of [
    ["--select", "first"],
    ["--select", "second"],
    ["--select", "other"],
  ]) {
    await rig.sql("UPDATE raw.numbers SET n = n + 1");
    const planned = JSON.parse((await rig.fastbreak("plan", "--json", ...selected)).stdout) as RunDocument;
    expect(decided(planned)).toEqual(decided(await rig.run(selected)));
  }
});

it("is that of an empty warehouse where there is none yet", async () => {
  rig = await projectOf({ first: 'config { type: "table" }\nSELECT 1 AS n' });
  rmSync(join(rig.dir, ".fastbreak"), { recursive: true });
  const planned = await rig.fastbreak("plan");
  expect([planned.code, planned.stderr]).toEqual([0, "note: there is no warehouse yet; a run makes it\n"]);
  expect(planned.stdout).toMatch(/run +d\.first +table +never built/);
  expect(existsSync(join(rig.dir, ".fastbreak/warehouse.duckdb"))).toBe(false);
  const named = await rig.fastbreak("plan", "--database", "other.duckdb");
  expect([named.code, named.stderr]).toEqual([2, expect.stringContaining("there is no warehouse at")]);
});
