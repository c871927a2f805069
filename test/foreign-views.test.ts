import { afterAll, beforeAll, expect, it } from "vitest";
import { type Rig, runWithin } from "./rig.js";
import { projectOf } from "./small-project.js";

runWithin();

let rig: Rig;
beforeAll(async () => {
  rig = await projectOf({
    local: 'config { type: "declaration", schema: "raw", name: "local" }',
    per_day: 'config { type: "table" }\nSELECT day, word, COUNT(*) AS n FROM ${ref("raw", "local")} GROUP BY day, word',
    made: 'config { type: "operations", hasOutput: true }\nCREATE OR REPLACE VIEW ${self()} AS SELECT UPPER(word) AS word FROM ${ref("raw", "local")}',
    words: 'config { type: "table" }\nSELECT DISTINCT word FROM ${ref("made")}',
  });
  const made = await rig.fastbreak(
    "query",
    `CREATE TABLE raw.seen AS SELECT TIMESTAMP '2024-01-01 03:00:00' AS ts, 1 AS n;
     CREATE FUNCTION raw.word(n INT64) RETURNS STRING LANGUAGE js AS r"""return n > 0 ? "more" : "less"; """;
     CREATE VIEW raw.local AS SELECT DATE(ts, 'America/New_York') AS day, raw.word(n) AS word FROM raw.seen`,
  );
  expect(made.stderr).toBe("");
});
afterAll(() => rig.remove());

const ran = async () =>
  (await rig.run([])).actions.filter(({ status }) => status !== "skipped").map(({ name }) => name);

it("reads views beside the project that call functions of GoogleSQL and of the user, and follows their rows", async () => {
  expect((await ran()).sort()).toEqual(["d.made", "d.per_day", "d.words"]);
  expect(await ran()).toEqual(["d.made"]);
  await rig.fastbreak("query", "INSERT raw.seen VALUES ('2024-01-02 12:00:00', -1)");
  expect((await ran()).sort()).toEqual(["d.made", "d.per_day", "d.words"]);
  expect(await rig.sql("SELECT strftime(day, '%d'), word, n FROM d.per_day ORDER BY day")).toEqual([
    ["31", "more", "1"],
    ["02", "less", "1"],
  ]);
  expect(await rig.sql("SELECT word FROM d.words ORDER BY word")).toEqual([["LESS"], ["MORE"]]);
});
