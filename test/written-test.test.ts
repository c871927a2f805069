import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Rig, runWithin } from "./rig.js";
import { projectOf } from "./small-project.js";

runWithin();

const ODD = "it's ${x} `y` \\\\ -- {0} /* a";

let rig: Rig;
beforeAll(async () => {
  rig = await projectOf({
    named: 'config { type: "view" }\nSELECT n, day, label, tags, price FROM ${ref("raw", "odd")} AS odd WHERE n > 0',
    counted:
      'config { type: "table" }\nSELECT day, COUNT(*) AS rows_of_day, MAX(label) AS label FROM ${ref("named")} JOIN ${ref("raw", "numbers")} USING (day) GROUP BY day',
    odd: 'config { type: "declaration", schema: "raw", name: "odd" }',
    daily: 'config { type: "incremental" }\nSELECT * FROM ${ref("named")}',
    timed: 'config { type: "table" }\nSELECT CURRENT_TIMESTAMP() AS made FROM ${ref("named")}',
    endless: 'config { type: "table" }\nSELECT n, IEEE_DIVIDE(0, 0) AS x FROM ${ref("named")}',
    plain: 'config { type: "table" }\nSELECT n FROM raw.odd',
  });
  await rig.sql(`CREATE TABLE raw.odd AS SELECT i AS n, DATE '2024-01-01' + (i % 3)::INTEGER AS day,
    '${ODD.replaceAll("'", "''").replaceAll("\\\\", "\\")}' || i AS label, ['a', '{'] AS tags, (i / 7)::DOUBLE AS price, 1 AS unused FROM range(9) AS r(i)`);
  await rig.run([]);
});
afterAll(() => rig.remove());

const from = (...args: string[]) => rig.fastbreak("test", "--from", ...args);

describe("fastbreak test --from", () => {
  it("prints a test of the rows that belong to some of the model's, with the columns that its query reads", async () => {
    const { code, stdout, stderr } = await from("counted", "--rows", "1");
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^config \{\n {2}type: "test",\n {2}dataset: \{ schema: "d", name: "counted" \}\n\}\n\ninput "named" \{\n {2}SELECT /,
    );
    expect(stdout).toContain('input "raw", "numbers" {');
    expect(stdout).not.toContain("unused");
    expect(stderr).toMatch(
      /^note: definitions\/tests\/counted_test\.sqlx: 1 row expected of \d rows? of d\.named, 1 row of raw\.numbers; --write/,
    );
    expect(existsSync(join(rig.dir, "definitions/tests"))).toBe(false);
  });

  it("writes a test that passes, whatever stands in the rows, and fails when the model is another", async () => {
    const { code, stdout } = await from("named", "--date", "2024-01-02", "--write");
    expect([code, stdout]).toEqual([0, expect.stringMatching(/\npassed {2}named_test\n1 test: 1 passed, 0 failed/)]);
    expect((await from("named", "--write")).stderr).toMatch(/named_test\.sqlx is there already/);
    rig.edit("definitions/named.sqlx", "SELECT n,", "SELECT n + 1 AS n,");
    expect((await rig.fastbreak("test")).code).toBe(1);
  });

  it.each([
    ["daily", /d\.daily is an incremental table, of which Dataform runs no unit tests/],
    ["timed", /the result of d\.timed is another one each time \(.*CURRENT_TIMESTAMP/],
    ["endless", /the query of d\.endless gives NaN, which equals nothing/],
    ["plain", /definitions\/plain\.sqlx reads raw\.odd otherwise than by a plain \$\{ref/],
    ["nobody", /no action is named nobody/],
  ])("says why there is none of %s", async (model, message) => {
    const { code, stdout, stderr } = await from(model);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(message);
  });
});
