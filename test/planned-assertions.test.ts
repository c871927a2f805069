import { afterEach, expect, it } from "vitest";
import { type Rig, type RunDocument, runWithin } from "./rig.js";
import { projectOf } from "./small-project.js";

runWithin();

let rig: Rig;
afterEach(() => rig.remove());

it("are foretold under a selection as they run with their models", async () => {
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
