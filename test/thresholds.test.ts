import { afterEach, describe, expect, it } from "vitest";
import { type Rig, runWithin } from "./rig.js";
import { projectOf } from "./small-project.js";

runWithin();

let rig: Rig;
afterEach(() => rig.remove());

const TABLE = 'config { type: "table" }\nSELECT n, day FROM ${ref("raw", "numbers")}';
const odd = (tags: string) =>
  `config { type: "assertion", tags: [${tags}] }\nSELECT day, n FROM \${ref("model")} WHERE MOD(n, 2) = 1`;

async function project(tags: string, rows: number): Promise<void> {
  rig = await projectOf({ model: TABLE, odd: odd(tags) });
  await rig.sql(`INSERT INTO raw.numbers SELECT 2 * i + 1, DATE '2024-01-02' FROM range(${rows}) AS r(i)`);
}

describe("an assertion with thresholds", () => {
  it("is told below fail_if, publishes its model, and is told as standing while nothing changes", async () => {
    await project('"fail_if:10"', 3);
    const run = await rig.fastbreak("run");
    expect(run.code).toBe(0);
    expect(run.stderr).toMatch(
      /^warning: checks\.odd finds, for example, day=2024-01-02, n=\d \(3 rows of 2024-01-02\)\n$/,
    );
    expect(await rig.sql("SELECT COUNT(*) FROM d.model")).toEqual([["4"]]);
    expect((await rig.fastbreak("run")).stderr).toMatch(
      /^warning: checks\.odd still finds, .*\(3 rows of 2024-01-02\)\n$/,
    );
  });

  it("tells of all rows, however many there are, and of their dates where each has one", async () => {
    await project('"warn"', 150);
    expect((await rig.fastbreak("run")).stderr).toMatch(
      /^warning: checks\.odd finds, .* \(150 rows of 2024-01-02\)\n$/,
    );
    await rig.sql("UPDATE raw.numbers SET day = DATE '2024-01-05' WHERE n = 7; DELETE FROM raw.numbers WHERE n > 20");
    expect((await rig.fastbreak("run")).stderr).toMatch(/ \(10 rows of 2024-01-02 to 2024-01-05\)\n$/);
    await rig.sql("UPDATE raw.numbers SET day = NULL WHERE n = 9");
    expect((await rig.fastbreak("run")).stderr).toMatch(/ \(10 rows\)\n$/);
  });

  it("keeps its model from being published from fail_if rows on", async () => {
    await project('"warn_if:2", "fail_if:3"', 3);
    const run = await rig.run([], 1);
    expect(run.actions.find(({ name }) => name === "d.model")).toMatchObject({ status: "blocked" });
    expect(run.actions.find(({ name }) => name === "checks.odd")?.error).toMatch(
      /^assertion checks\.odd failed with 3 rows of 2024-01-02, where 3 are too many, for example on day=2024-01-02, n=/,
    );
  });

  it("says nothing below warn_if", async () => {
    await project('"warn_if:4", "fail_if:10"', 3);
    expect(await rig.fastbreak("run")).toMatchObject({ code: 0, stderr: "" });
  });

  it("is asked again when its thresholds, or a tag that makes it report, are others", async () => {
    await project('"fail_if:10"', 3);
    await rig.run([]);
    rig.write("definitions/odd.sqlx", odd('"fail_if:2"'));
    expect((await rig.run([], 1)).totals).toMatchObject({ failed: 1 });
    rig.write("definitions/odd.sqlx", odd('"warn"'));
    expect((await rig.run([])).totals).toMatchObject({ failed: 0 });
    rig.write("definitions/odd.sqlx", odd(""));
    expect((await rig.run([], 1)).totals).toMatchObject({ failed: 1 });
  });

  it("must say numbers of rows", async () => {
    await project('"fail_if:none"', 1);
    expect(await rig.fastbreak("run")).toMatchObject({
      code: 2,
      stderr:
        'fastbreak: definitions/odd.sqlx:1: tag "fail_if:none" must say a number of rows above 0, as fail_if:10\n',
    });
  });
});

describe("an assertion that one row makes fail", () => {
  it("is refused where its query is, although nothing of the rows is read that it would find", async () => {
    await project("", 0);
    rig.write(
      "definitions/odd.sqlx",
      'config { type: "assertion" }\nSELECT n, n FROM ${ref("model")} WHERE MOD(n, 2) = 1',
    );
    const run = await rig.run([], 1);
    expect(run.actions.find(({ name }) => name === "d.model")).toMatchObject({
      status: "failed",
      error: expect.stringMatching(/Duplicate column names .*: n$/),
    });
  });
});

describe("an assertion of the dates of the run", () => {
  it("leaves rows of other dates to their own runs, and is asked until it finds none", async () => {
    rig = await projectOf({
      model: TABLE.replace('"table"', '"table", bigquery: { partitionBy: "day" }'),
      odd: odd('"within_window"'),
    });
    await rig.sql("INSERT INTO raw.numbers VALUES (1, DATE '2024-01-03'), (4, DATE '2024-01-04')");
    await rig.run([], 1);
    await rig.sql("DELETE FROM raw.numbers WHERE day = DATE '2024-01-03'");
    await rig.run([]);
    // Somebody else's rows of the third reach the model of the second only through the assertion's own query.
    await rig.sql("INSERT INTO raw.numbers VALUES (1, DATE '2024-01-03')");
    rig.write("definitions/odd.sqlx", odd('"within_window"').replace("model", 'raw", "numbers'));
    expect((await rig.run(["--date", "2024-01-04"])).totals).toMatchObject({ failed: 0 });
    expect((await rig.run(["--date", "2024-01-04"])).actions.map(({ name }) => name)).toContain("checks.odd");
    const failed = await rig.run(["--date", "2024-01-03"], 1);
    expect(failed.actions.find(({ name }) => name === "checks.odd")?.error).toContain(
      "for example on day=2024-01-03, n=1",
    );
  });
});

describe("an assertion that only reports", () => {
  it("is told of the run's dates alone, when it is asked and while it stands", async () => {
    await project('"warn"', 2);
    await rig.sql("INSERT INTO raw.numbers VALUES (7, DATE '2024-01-05')");
    const warnings = async (...words: string[]) => (await rig.fastbreak("run", ...words)).stderr;
    expect(await warnings("--date", "2024-01-05")).toMatch(
      /finds, for example, day=2024-01-05, n=7 \(1 row of 2024-01-05\)\n$/,
    );
    await rig.sql("INSERT INTO raw.numbers VALUES (8, DATE '2024-01-05')");
    expect(await warnings("--date", "2024-01-04")).toBe("");
    expect(await warnings()).toMatch(/still finds, for example, .* \(3 rows of 2024-01-02 to 2024-01-05\)\n$/);
    expect(await warnings("--date", "2024-01-06")).toBe("");
  });

  it("says nothing of rows that are expected, of which the gate still tells", async () => {
    await project('"gate"', 2);
    const named = odd('"gate"').replace("day, n", "day, n, n < 5 AS is_expected");
    rig.write("definitions/odd.sqlx", named);
    const { stderr } = await rig.fastbreak("run");
    expect(stderr).toBe("");
    expect(await rig.fastbreak("gate", "--date", "2024-01-02")).toMatchObject({ code: 1 });
    await rig.sql("INSERT INTO raw.numbers VALUES (5, DATE '2024-01-03')");
    expect((await rig.fastbreak("run")).stderr).toMatch(
      /finds, for example, day=2024-01-03, n=5, .*\(1 row of 2024-01-03\)/,
    );
  });
});

it("shows what it finds as it is written, and the command that comes next as a shell reads it", async () => {
  rig = await projectOf({
    model: 'config { type: "table", name: "the model" }\nSELECT n FROM ${ref("raw", "numbers")}; -- each of them',
    found: 'config { type: "assertion" }\nSELECT STRUCT(n, [n] AS list) AS pair FROM ${ref("the model")}; -- all',
  });
  const { code, stdout } = await rig.fastbreak("run");
  expect(code).toBe(1);
  expect(stdout.replace(/\s+/g, " ")).toContain('for example on pair={"n":4,"list":[4]}');
  expect(stdout).toContain('fastbreak run --select "d.the model+" checks.found+;');
});
