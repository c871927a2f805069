import { afterEach, expect, it } from "vitest";
import { type Rig, runWithin } from "./rig.js";
import { projectOf } from "./small-project.js";

runWithin();

let rig: Rig;
afterEach(() => rig.remove());

it("keeps the rows of the days before where each run is given its date as a variable", async () => {
  const condition = (compared: string) =>
    `SELECT n, day FROM \${ref("numbers")} WHERE day ${compared} '\${dataform.projectConfig.vars.run_date}'`;
  rig = await projectOf({
    of_day: `config { type: "incremental", uniqueKey: ["day", "n"] }\n${condition("=")}`,
    rebuilt: `config { type: "incremental", uniqueKey: ["day", "n"], bigquery: { labels: { history: "rebuild" } } }\n${condition("=")}`,
    until: `config { type: "table" }\n${condition("<=")}`,
    after: 'config { type: "table" }\nSELECT COUNT(*) AS n FROM ${ref("of_day")}',
  });
  rig.edit("dataform.json", "{", '{ "vars": { "run_date": "" }, ');
  await rig.fastbreak(
    "query",
    "INSERT INTO raw.numbers VALUES (5, '2024-01-02'), (6, '2024-01-02'), (7, '2024-01-03')",
  );
  const counts = async () =>
    (
      await rig.sql(
        "SELECT (SELECT count(*) FROM d.of_day), (SELECT count(*) FROM d.rebuilt), (SELECT count(*) FROM d.until), n FROM d.after",
      )
    )[0];
  const night = (date: string) => rig.fastbreak("run", "--vars", `run_date=${date}`);
  await night("2024-01-01");
  expect(await counts()).toEqual(["1", "1", "1", "1"]);
  await night("2024-01-02");
  expect(await counts()).toEqual(["3", "2", "3", "3"]);
  // A night that is made up for takes the corrected rows of its day, and leaves the others.
  await rig.fastbreak("query", "INSERT INTO raw.numbers VALUES (8, '2024-01-01'); DELETE FROM raw.numbers WHERE n = 5");
  await night("2024-01-01");
  expect(await counts()).toEqual(["4", "2", "2", "4"]);
  expect((await night("2024-01-01")).stdout).toContain("Nothing had to run");
});
