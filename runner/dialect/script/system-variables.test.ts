import { describe, expect, it } from "vitest";
import { openScratchWarehouse } from "../../engines/duckdb/warehouse.js";
import { scriptsOn } from "./test-support/scripts-on.js";

const { rows, failure, warehouse } = scriptsOn(
  "CREATE SCHEMA d; CREATE TABLE d.t AS SELECT TIMESTAMP '2024-07-01 03:30:00+00' AS ts",
);

describe("@@time_zone", () => {
  const TOKYO = "SET @@time_zone = 'Asia/Tokyo'; ";
  const NEW_YORK = "SET @@time_zone = 'America/New_York'; ";

  it.each([
    ["TIMESTAMP '2024-07-01 09:00:00' = TIMESTAMP '2024-07-01 00:00:00+00'", true],
    ["TIMESTAMP '2024-07-01' = TIMESTAMP '2024-06-30 15:00:00Z'", true],
    ["TIMESTAMP '2024-07-01 09:00:00 UTC' = TIMESTAMP '2024-07-01 09:00:00+00'", true],
    ["CAST(ts AS STRING)", "2024-07-01 12:30:00+09"],
    ["STRING(ts)", "2024-07-01 12:30:00+09"],
    ["STRING(ts, 'UTC')", "2024-07-01 03:30:00+00"],
    ["FORMAT('%t', ts)", "2024-07-01 12:30:00+09"],
    ["FORMAT('%T', ts)", 'TIMESTAMP "2024-07-01 12:30:00+09"'],
    ["FORMAT_TIMESTAMP('%F %H', ts)", "2024-07-01 12"],
    ["FORMAT_TIMESTAMP('%c', ts)", "Mon Jul  1 12:30:00 2024"],
    ["FORMAT_TIMESTAMP('%F %H', ts, 'UTC')", "2024-07-01 03"],
    ["CAST(ts AS STRING FORMAT 'HH24 TZH')", "12 +09"],
    ["EXTRACT(HOUR FROM ts)", 12n],
    ["EXTRACT(HOUR FROM ts AT TIME ZONE 'UTC')", 3n],
    ["CAST(DATETIME(ts) AS STRING)", "2024-07-01 12:30:00"],
    ["CAST(CAST(ts AS DATETIME) AS STRING)", "2024-07-01 12:30:00"],
    ["CAST(TIME(ts) AS STRING)", "12:30:00"],
    ["UNIX_SECONDS(TIMESTAMP(DATE '1970-01-02'))", 54000n],
    ["UNIX_SECONDS(CAST(DATE '1970-01-02' AS TIMESTAMP))", 54000n],
    ["UNIX_SECONDS(TIMESTAMP('1970-01-02'))", 54000n],
    ["UNIX_SECONDS(CAST('1970-01-02' AS TIMESTAMP))", 54000n],
    ["UNIX_SECONDS(SAFE_CAST('1970-01-02' AS TIMESTAMP))", 54000n],
    ["SAFE_CAST(CONCAT('n', ts) AS TIMESTAMP) IS NULL", true],
    ["UNIX_SECONDS(TIMESTAMP(DATETIME '1970-01-02 00:00:00'))", 54000n],
    ["UNIX_SECONDS(PARSE_TIMESTAMP('%F', '1970-01-02'))", 54000n],
    ["UNIX_SECONDS(PARSE_TIMESTAMP('%F %z', '1970-01-02 +00:00'))", 86400n],
    ["UNIX_SECONDS(TIMESTAMP_TRUNC(TIMESTAMP_SECONDS(54001), DAY))", 54000n],
    ["UNIX_SECONDS(TIMESTAMP_TRUNC(TIMESTAMP_SECONDS(54001), WEEK))", -378000n],
    ["TO_JSON_STRING(ts)", '"2024-07-01T03:30:00Z"'],
    ["DATETIME_DIFF(CURRENT_DATETIME(), CURRENT_DATETIME('UTC'), HOUR)", 9n],
    ["CURRENT_DATE() = CURRENT_DATE('Asia/Tokyo') AND CURRENT_TIME() = CURRENT_TIME('Asia/Tokyo')", true],
    ["@@time_zone", "Asia/Tokyo"],
  ])("is what %s goes by", async (expression, value) => {
    expect(await rows(`${TOKYO}SELECT ${expression} FROM d.t`)).toEqual([[value]]);
  });

  it("holds for variables, conditions, loops and what follows, and for no other script", async () => {
    expect(
      await rows(
        `${NEW_YORK}DECLARE_ME: BEGIN DECLARE day DATE DEFAULT DATE(TIMESTAMP '2024-07-01 03:30:00Z'); DECLARE n INT64 DEFAULT 0;
         FOR row IN (SELECT DATE(ts) AS day FROM d.t) DO
           IF row.day = day AND DATE(TIMESTAMP '2024-07-01 03:30:00Z') = '2024-06-30' THEN SET n = n + 1; END IF;
         END FOR;
         SELECT CAST(day AS STRING), n; END DECLARE_ME`,
      ),
    ).toEqual([["2024-06-30", 1n]]);
    expect(await rows("SELECT CAST(DATE(ts) AS STRING), @@time_zone FROM d.t")).toEqual([["2024-07-01", "UTC"]]);
    expect(await rows(`SET @@time_zone = '+02:30'; SELECT STRING(ts) FROM d.t`)).toEqual([
      ["2024-07-01 06:00:00+02:30"],
    ]);
    expect(await rows(`${TOKYO}SET @@time_zone = 'UTC'; SELECT STRING(ts) FROM d.t`)).toEqual([
      ["2024-07-01 03:30:00+00"],
    ]);
  });

  it("is refused where it is none", async () => {
    expect(await failure("SET @@time_zone = 'Mars/Olympus'")).toBe("Invalid time zone: Mars/Olympus [at 1:19]");
    expect(await failure("SET @@time_zone = NULL")).toBe("Invalid time zone: NULL [at 1:19]");
  });
});

describe("@@dataset_id", () => {
  it("is the dataset of procedures that are called without one", async () => {
    const sql = `SET @@dataset_id = 'd'; CREATE PROCEDURE seven(OUT n INT64) BEGIN SET n = 7; END; CALL seven(x); SELECT x`;
    expect(await rows(`DECLARE x INT64; ${sql}`)).toEqual([[7n]]);
    expect(await failure("CALL seven()")).toContain("Procedure not found: seven");
  });

  it.each([
    [
      "a dropped temporary table",
      "CREATE TEMP TABLE x AS SELECT 1 AS n; DROP TABLE x; CREATE TABLE x AS SELECT 2 AS n",
    ],
    [
      "one that was rolled back",
      "CREATE TABLE x AS SELECT 2 AS n; BEGIN TRANSACTION; CREATE TEMP TABLE x AS SELECT 1 AS n; ROLLBACK TRANSACTION",
    ],
    ["one that is there", "CREATE TEMP TABLE x AS SELECT 1 AS n; CREATE TABLE x AS SELECT 2 AS n; DROP TABLE x"],
  ])("is that of a name which was given to %s", async (_, script) => {
    expect(await rows(`SET @@dataset_id = 'd'; ${script}; SELECT n FROM x`)).toEqual([[2n]]);
    expect(await rows("SET @@dataset_id = 'd'; DROP TABLE x; DROP TABLE IF EXISTS x; SELECT 1")).toEqual([[1n]]);
  });

  it("is the dataset of names that have none, for queries, definitions and functions", async () => {
    expect(
      await rows(
        `SET @@dataset_id = 'd'; CREATE TABLE own AS SELECT 5 AS n; INSERT INTO own VALUES (6);
         CREATE FUNCTION doubled(x INT64) AS (x * 2); CREATE TEMP TABLE own_temp AS SELECT 7 AS n;
         SELECT SUM(doubled(n)), (SELECT SUM(n) FROM own_temp), @@dataset_id FROM own`,
      ),
    ).toEqual([[22n, 7n, "d"]]);
    expect(await rows("SELECT SUM(d.doubled(n)) FROM d.own")).toEqual([[22n]]);
    expect(await rows("SET @@dataset_id = 'd'; SELECT n, _TABLE_SUFFIX FROM `ow*` ORDER BY n LIMIT 1")).toEqual([
      [5n, "n"],
    ]);
    expect(await failure("SELECT n FROM own")).toContain("own");
    expect(await failure("SET @@dataset_id = 'd'; SET @@dataset_id = NULL; SELECT n FROM own")).toContain("own");
  });
});

describe("@@error", () => {
  it("tells of the error that is handled, and of none elsewhere", async () => {
    const told = "@@error.message, @@error.statement_text, @@error.formatted_stack_trace";
    expect(
      await rows(`BEGIN SELECT 1;\n  SELECT ERROR('a');
        EXCEPTION WHEN ERROR THEN
          BEGIN SELECT ERROR('b'); EXCEPTION WHEN ERROR THEN SELECT 1; END;
          SELECT ${told}; END`),
    ).toEqual([["a", "SELECT ERROR('a')", "At [2:3]"]]);
    expect(await rows(`BEGIN SELECT ERROR('a'); EXCEPTION WHEN ERROR THEN SELECT 1; END; SELECT ${told}`)).toEqual([
      [null, null, null],
    ]);
  });

  it("stays with its handler when a procedure handles one of its own", async () => {
    await warehouse().script(
      "CREATE PROCEDURE d.quiet() BEGIN BEGIN SELECT ERROR('b'); EXCEPTION WHEN ERROR THEN SELECT 1; END; END",
    );
    const script = "BEGIN SELECT ERROR('a'); EXCEPTION WHEN ERROR THEN CALL d.quiet(); SELECT @@error.message; END";
    expect(await rows(script)).toEqual([["a"]]);
  });

  it.each([
    ["SELECT 1; SELECT nope", "SELECT nope"],
    ["CALL d.nope()", "CALL d.nope()"],
    ["IF TRUE THEN UPDATE d.t SET nope = 1 WHERE TRUE; END IF", "UPDATE d.t SET nope = 1 WHERE TRUE"],
    ["EXECUTE IMMEDIATE 'SELECT nope'", "SELECT nope"],
    ["EXECUTE IMMEDIATE 'SELECT ('", "EXECUTE IMMEDIATE 'SELECT ('"],
  ])("has the text of a statement that never ran: %s", async (script, statement) => {
    const told = `BEGIN ${script}; EXCEPTION WHEN ERROR THEN SELECT @@error.statement_text; END`;
    expect(await rows(told)).toEqual([[statement]]);
  });

  it("names every procedure on the way", async () => {
    await warehouse().script("CREATE PROCEDURE d.inner_one() BEGIN\n  SELECT ERROR('deep'); END");
    await warehouse().script("CREATE PROCEDURE d.outer_one() BEGIN CALL d.inner_one(); END");
    const places = `SELECT f.location, f.filename, f.line > 0 AND f.column > 0 FROM UNNEST(@@error.stack_trace) AS f WITH OFFSET AS o ORDER BY o`;
    expect(await rows(`BEGIN CALL d.outer_one(); EXCEPTION WHEN ERROR THEN ${places}; END`)).toEqual([
      ["d.inner_one", null, true],
      ["d.outer_one", null, true],
      [null, null, true],
    ]);
  });
});

it("counts the rows of the last change", async () => {
  expect(await rows("SELECT @@row_count")).toEqual([[null]]);
  expect(
    await rows(
      "CREATE TEMP TABLE x (n INT64); INSERT INTO x VALUES (1), (2); UPDATE x SET n = 3 WHERE n = 1; SELECT @@row_count",
    ),
  ).toEqual([[1n]]);
});

it.each([
  ["SET @@row_count = 1", "Cannot set read-only system variable @@row_count [at 1:5]"],
  ["SET @@script.job_id = 'x'", "Cannot set read-only system variable @@script.job_id [at 1:5]"],
  ["SET @@query_label = 'Not A Label'", "Invalid value for @@query_label: Not A Label [at 1:21]"],
  ["SET @@location = CONCAT('U', 'S')", "@@location takes a string literal [at 1:18]"],
  ...["project_id", "dataset_id", "location", "session_id", "current_job_id", "script.job_id", "script.slot_ms"].map(
    (name) => [
      `SELECT @@${name}`,
      `System variable @@${name} outside of \`serve\` is not supported by the embedded engine [at 1:8]`,
    ],
  ),
])("is refused: %s", async (sql, message) => {
  expect(await failure(sql as string)).toBe(message);
});

it("knows the project where the warehouse has one", async () => {
  const own = await openScratchWarehouse({
    projects: async () => ({ home: "home-project", claims: () => false }),
    folder: ".",
  });
  const ask = async (sql: string) => (await own.script(sql)).rows?.rows;
  try {
    expect(await ask("SELECT @@project_id, @@dataset_project_id")).toEqual([["home-project", "home-project"]]);
    expect(
      await ask(`CREATE SCHEMA \`other.d\`; CREATE TABLE \`other.d.t\` AS SELECT 1 AS n; CREATE SCHEMA d; CREATE TABLE d.t AS SELECT 2 AS n;
        SET @@dataset_project_id = 'other'; SELECT (SELECT n FROM d.t), @@dataset_project_id, @@project_id`),
    ).toEqual([[1n, "other", "home-project"]]);
    expect(await ask("SET (@@dataset_project_id) = 'x'").catch((cause: Error) => cause.message)).toContain(
      "Syntax error",
    );
    expect(
      await ask(
        "SET @@dataset_project_id = 'other'; SET @@dataset_id = 'd'; SET @@dataset_project_id = NULL; SELECT n FROM t",
      ),
    ).toEqual([[2n]]);
  } finally {
    await own.close();
  }
});
