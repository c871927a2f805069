import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { openScratchWarehouse } from "../../engines/duckdb/warehouse.js";
import type { SqlValue } from "../../port/port.js";

const warehouse = await openScratchWarehouse();
beforeEach(async () => {
  await warehouse.script(`CREATE SCHEMA IF NOT EXISTS d;
    CREATE OR REPLACE TABLE d.t (id INT64, name STRING);
    INSERT INTO d.t VALUES (1, 'a'), (2, 'b'), (3, 'c')`);
});
afterAll(() => warehouse.close());

async function after(sql: string): Promise<readonly (readonly SqlValue[])[]> {
  await warehouse.script(sql);
  return (await warehouse.script("SELECT * FROM d.t ORDER BY 1, 2")).rows?.rows ?? [];
}

it.each<[string, string, SqlValue[][]]>([
  [
    "MERGE with every clause",
    `MERGE INTO d.t AS t USING (SELECT 1 AS id, 'x' AS name UNION ALL SELECT 4, 'y' UNION ALL SELECT 2, 'z') AS s ON t.id = s.id
    WHEN MATCHED AND s.id = 2 THEN DELETE
    WHEN MATCHED THEN UPDATE SET name = s.name
    WHEN NOT MATCHED BY TARGET AND s.id > 3 THEN INSERT (name, id) VALUES (UPPER(s.name), s.id)
    WHEN NOT MATCHED BY SOURCE THEN UPDATE SET name = 'gone'`,
    [
      [1n, "x"],
      [3n, "gone"],
      [4n, "Y"],
    ],
  ],
  [
    "MERGE with INSERT ROW",
    "MERGE d.t USING (SELECT 7 AS n, 'r' AS m) ON FALSE WHEN NOT MATCHED THEN INSERT ROW WHEN NOT MATCHED BY SOURCE THEN DELETE",
    [[7n, "r"]],
  ],
  [
    "MERGE that inserts two equal source rows",
    "MERGE d.t USING UNNEST([8, 8]) AS n ON id = n WHEN NOT MATCHED THEN INSERT (id) VALUES (n)",
    [
      [1n, "a"],
      [2n, "b"],
      [3n, "c"],
      [8n, null],
      [8n, null],
    ],
  ],
  [
    "MERGE that computes values of the rows that a clause takes alone",
    `MERGE d.t USING UNNEST([1, 2, 9]) AS n ON id = n
    WHEN MATCHED AND n = 1 THEN UPDATE SET name = 'one'
    WHEN MATCHED THEN UPDATE SET name = CAST(DIV(4, n - 1) AS STRING)
    WHEN NOT MATCHED AND n > 9 THEN INSERT (id, name) VALUES (n, ERROR(FORMAT('%t is new', n)))
    WHEN NOT MATCHED THEN INSERT (id, name) VALUES (n, 'new')
    WHEN NOT MATCHED BY SOURCE AND id > 3 THEN UPDATE SET name = ERROR('nobody asks')`,
    [
      [1n, "one"],
      [2n, "4"],
      [3n, "c"],
      [9n, "new"],
    ],
  ],
  [
    "MERGE with subqueries in its condition and clauses",
    `CREATE TEMP TABLE wanted AS SELECT n FROM UNNEST([1, 9]) AS n;
    MERGE d.t USING UNNEST([1, 2, 9]) AS k ON id = k AND id IN (SELECT n FROM wanted)
    WHEN MATCHED AND EXISTS (SELECT 1 FROM wanted WHERE n = k) THEN UPDATE SET name = CONCAT((SELECT MAX(o.name) FROM d.t AS o), name)
    WHEN NOT MATCHED AND k > (SELECT MAX(n) FROM wanted) - 1 THEN INSERT (name, id) VALUES (DEFAULT, k + (SELECT COUNT(*) FROM wanted))
    WHEN NOT MATCHED THEN INSERT (id) VALUES (k)
    WHEN NOT MATCHED BY SOURCE AND id > (SELECT COUNT(*) FROM wanted) THEN DELETE`,
    [
      [1n, "ca"],
      [2n, null],
      [2n, "b"],
      [11n, null],
    ],
  ],
  [
    "MERGE whose first clause of a kind takes all rows",
    `MERGE d.t USING UNNEST([1, 9]) AS k ON id = k WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT (id) VALUES (k)
    WHEN NOT MATCHED BY SOURCE THEN UPDATE SET name = 'x'
    WHEN NOT MATCHED BY SOURCE AND id = 2 THEN DELETE WHEN MATCHED AND k = 1 THEN UPDATE SET name = 'y'
    WHEN NOT MATCHED AND k = 9 THEN INSERT (name) VALUES ('z') WHEN MATCHED THEN UPDATE SET name = 'w'`,
    [
      [2n, "x"],
      [3n, "x"],
      [9n, null],
    ],
  ],
  [
    "MERGE where only one of two source rows applies",
    "MERGE d.t USING UNNEST([STRUCT(1 AS k, TRUE AS live), (1, FALSE)]) AS s ON id = s.k WHEN MATCHED AND s.live THEN DELETE",
    [
      [2n, "b"],
      [3n, "c"],
    ],
  ],
  [
    "UPDATE FROM",
    "UPDATE d.t SET name = s.name FROM (SELECT 1 AS id, 'new' AS name) AS s WHERE t.id = s.id",
    [
      [1n, "new"],
      [2n, "b"],
      [3n, "c"],
    ],
  ],
  ["DELETE with a subquery", "DELETE d.t WHERE id IN (SELECT n FROM UNNEST([1, 2]) AS n)", [[3n, "c"]]],
  ["TRUNCATE", "TRUNCATE TABLE d.t", []],
  [
    "INSERT from a query",
    "INSERT d.t (id) SELECT 9 AS n",
    [
      [1n, "a"],
      [2n, "b"],
      [3n, "c"],
      [9n, null],
    ],
  ],
  [
    "ALTER adding, renaming and dropping columns",
    "ALTER TABLE d.t ADD COLUMN IF NOT EXISTS extra FLOAT64; ALTER TABLE d.t DROP COLUMN name; ALTER TABLE d.t RENAME COLUMN extra TO e",
    [
      [1n, null],
      [2n, null],
      [3n, null],
    ],
  ],
  [
    "ALTER exchanging the names of two columns by way of a third",
    "ALTER TABLE d.t RENAME COLUMN id TO temp, RENAME COLUMN name TO id, RENAME COLUMN temp TO name, RENAME COLUMN IF EXISTS nope TO id; INSERT d.t (id, name) VALUES ('d', 4)",
    [
      [1n, "a"],
      [2n, "b"],
      [3n, "c"],
      [4n, "d"],
    ],
  ],
  [
    "ALTER adding several columns, some of which are there, and dropping several, some of which are not",
    "ALTER TABLE d.t ADD COLUMN IF NOT EXISTS name INT64, ADD COLUMN IF NOT EXISTS x INT64, ADD COLUMN y STRING; ALTER TABLE d.t DROP COLUMN IF EXISTS nope, DROP COLUMN x, DROP COLUMN y",
    [
      [1n, "a"],
      [2n, "b"],
      [3n, "c"],
    ],
  ],
  [
    "ALTER widening a type",
    "ALTER TABLE d.t ALTER COLUMN id SET DATA TYPE NUMERIC",
    [
      ["1", "a"],
      ["2", "b"],
      ["3", "c"],
    ],
  ],
  [
    "ALTER of options and of a table that is not there",
    "ALTER TABLE d.t SET OPTIONS (description = 'x'); ALTER TABLE IF EXISTS d.nope DROP COLUMN a",
    [
      [1n, "a"],
      [2n, "b"],
      [3n, "c"],
    ],
  ],
  [
    "CREATE TABLE LIKE and COPY",
    "CREATE OR REPLACE TABLE d.u LIKE d.t; CREATE OR REPLACE TABLE d.v COPY d.t; DELETE FROM d.v WHERE id < 3; INSERT INTO d.u SELECT * FROM d.v; TRUNCATE TABLE d.t; INSERT INTO d.t SELECT * FROM d.u",
    [[3n, "c"]],
  ],
  [
    "a temporary table",
    "CREATE TEMP TABLE x AS SELECT 5 AS n; INSERT INTO x VALUES (6); INSERT INTO d.t (id) SELECT n FROM x WHERE n > 5; DROP TABLE x",
    [
      [1n, "a"],
      [2n, "b"],
      [3n, "c"],
      [6n, null],
    ],
  ],
  [
    "a view with names for its columns",
    "CREATE OR REPLACE VIEW d.w (k, v) AS SELECT id, name FROM d.t; DELETE FROM d.t WHERE id IN (SELECT k FROM d.w WHERE v = 'a'); DROP VIEW d.w",
    [
      [2n, "b"],
      [3n, "c"],
    ],
  ],
])("%s", async (_name, sql, expected) => {
  expect(await after(sql)).toEqual(expected);
});

it.each([
  [
    "MERGE of two source rows into one",
    "MERGE d.t USING UNNEST([1, 1]) AS n ON id = n WHEN MATCHED THEN UPDATE SET name = 'x'",
  ],
  ["UPDATE from two source rows", "UPDATE d.t SET name = 'x' FROM UNNEST([1, 1]) AS n WHERE id = n"],
])("%s fails as in BigQuery and changes nothing", async (_name, sql) => {
  await expect(warehouse.script(sql)).rejects.toThrow(
    "UPDATE/MERGE must match at most one source row for each target row",
  );
  expect(await after("SELECT 1")).toEqual([
    [1n, "a"],
    [2n, "b"],
    [3n, "c"],
  ]);
});

it.each([
  [
    "a wrong type in MERGE",
    "MERGE d.t USING UNNEST(['a']) AS n ON TRUE\nWHEN MATCHED THEN UPDATE SET id = n",
    /STRING which cannot be inserted into column id/,
    2,
    35,
  ],
  [
    "an unknown column in MERGE",
    "MERGE d.t USING UNNEST([1]) AS n ON id = n WHEN MATCHED THEN UPDATE SET nme = 'x'",
    /Column nme is not present.*Did you mean name\?/,
    1,
    73,
  ],
  [
    "a target column in WHEN NOT MATCHED",
    "MERGE d.t USING UNNEST([1]) AS n ON id = n WHEN NOT MATCHED AND id = 1 THEN INSERT (id) VALUES (1)",
    /Unrecognized name: id/,
    1,
    65,
  ],
  [
    "a narrowing type",
    "ALTER TABLE d.t ALTER COLUMN id SET DATA TYPE STRING",
    /is assignable to the new type \(STRING\)/,
    1,
    47,
  ],
  ["UPDATE without WHERE", "UPDATE d.t SET id = 1", /must have a WHERE clause/, 1, 22],
])("refuses %s with its place", async (_name, sql, message, line, column) => {
  await expect(warehouse.script(sql)).rejects.toMatchObject({ message: expect.stringMatching(message), line, column });
});

it("SET DATA TYPE widens fields of a STRUCT, by their names", async () => {
  const retyped = (type: string) => `ALTER TABLE d.wide ALTER COLUMN s SET DATA TYPE ${type}`;
  await warehouse.script(`CREATE OR REPLACE TABLE d.wide AS
    SELECT STRUCT(1 AS a, 'x' AS b, STRUCT(2 AS c) AS n) AS s UNION ALL SELECT NULL;
    ${retyped("STRUCT<a NUMERIC, b STRING, n STRUCT<c FLOAT64>>")};
    INSERT d.wide VALUES ((2.5, 'y', STRUCT(0.5)))`);
  const { rows } = await warehouse.script("SELECT s.a, s.b, s.n.c FROM d.wide ORDER BY 1");
  expect(rows?.rows).toEqual([
    [null, null, null],
    ["1", "x", 2],
    ["2.5", "y", 0.5],
  ]);
  for (const [type, message] of [
    ["STRUCT<a INT64, b STRING, n STRUCT<c FLOAT64>>", /is assignable to the new type/],
    ["STRUCT<z NUMERIC, b STRING, n STRUCT<c FLOAT64>>", /is assignable to the new type/],
    ["STRUCT<a NUMERIC, b STRING>", /is assignable to the new type/],
    ["STRUCT<a FLOAT64, b STRING, n STRUCT<c FLOAT64>>", /SET DATA TYPE to FLOAT64 is not supported/],
    ["STRUCT<a BIGNUMERIC, b STRING, n STRUCT<c FLOAT64>>", /A BIGNUMERIC column within ARRAY or STRUCT/],
  ] as const)
    await expect(warehouse.script(retyped(type))).rejects.toThrow(message);
});

describe("a statement that reads the table which it changes", () => {
  const tables = `CREATE OR REPLACE TABLE d.own (k INT64, v INT64); CREATE OR REPLACE TABLE d.other (k INT64, w INT64);
    CREATE OR REPLACE TABLE d.low AS SELECT n FROM UNNEST([0, 1, 2]) AS n;`;

  it.each<[string, string, SqlValue[][]]>([
    [
      "INSERT of rows and their number",
      `INSERT d.other VALUES (0, NULL), (1, NULL), (6, 1); INSERT d.own VALUES (0, NULL), (1, 4), (2, 4);
      INSERT d.own (k, v) SELECT k + 10, v FROM d.own
      UNION ALL SELECT k, w FROM d.other AS s WHERE EXISTS (SELECT 1 FROM d.own AS t WHERE t.k = s.k)
      UNION ALL SELECT COUNT(*) + 50, NULL FROM d.own`,
      [
        [0n, null],
        [0n, null],
        [1n, null],
        [1n, 4n],
        [2n, 4n],
        [10n, null],
        [11n, 4n],
        [12n, 4n],
        [53n, null],
      ],
    ],
    [
      "INSERT from a view of it",
      `INSERT d.other VALUES (0, NULL), (1, NULL), (6, 1); INSERT d.own VALUES (0, NULL), (1, 4);
      CREATE OR REPLACE VIEW d.grown AS SELECT k + 10 AS k, v FROM d.own
      UNION ALL SELECT k, w FROM d.other AS s WHERE EXISTS (SELECT 1 FROM d.own AS t WHERE t.k = s.k)
      UNION ALL SELECT COUNT(*) + 50, NULL FROM d.own;
      INSERT d.own SELECT * FROM d.grown`,
      [
        [0n, null],
        [0n, null],
        [1n, null],
        [1n, 4n],
        [10n, null],
        [11n, 4n],
        [52n, null],
      ],
    ],
    [
      "MERGE with a source of two parts",
      `CREATE OR REPLACE TABLE d.dim (k INT64, v INT64, name STRING); CREATE OR REPLACE TABLE d.src (id INT64, name STRING);
      INSERT d.dim VALUES (1, 1, 'c'), (2, 1, 'c'), (3, 1, 'a'); INSERT d.src VALUES (3, 'c'), (2, 'a');
      MERGE d.dim AS t USING (
        SELECT id AS j, id, name FROM d.src
        UNION ALL SELECT NULL, s.id, s.name FROM d.src AS s
        WHERE EXISTS (SELECT 1 FROM d.dim AS d WHERE s.id = d.k AND d.v = 1 AND s.name <> d.name)
      ) AS s ON t.k = s.j AND t.v = 1
      WHEN MATCHED AND t.name <> s.name THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (s.id, 1, s.name);
      INSERT d.own SELECT k, v FROM d.dim`,
      [
        [1n, 1n],
        [2n, 1n],
        [3n, 1n],
      ],
    ],
    [
      "MERGE with subqueries",
      `INSERT d.own VALUES (2, 4), (2, 0), (0, 0), (NULL, 3), (2, 3), (3, 1);
      INSERT d.other VALUES (4, 1), (0, 3), (3, 1), (2, 0), (4, 1);
      MERGE d.own AS t USING (SELECT k, w FROM d.other) AS s ON t.k = s.k AND s.w IN (1, 2, 3)
      WHEN MATCHED THEN DELETE
      WHEN NOT MATCHED BY TARGET AND s.w IN (SELECT n FROM d.low) THEN INSERT (k, v) VALUES (s.w, NULL)
      WHEN NOT MATCHED BY TARGET AND s.w > 3 THEN INSERT (k, v) VALUES (s.w, s.w * 2)`,
      [
        [null, 3n],
        [0n, null],
        [1n, null],
        [1n, null],
        [2n, 0n],
        [2n, 3n],
        [2n, 4n],
      ],
    ],
  ])("finds it as it was before: %s", async (_, script, expected) => {
    await warehouse.script(tables + script);
    expect((await warehouse.script("SELECT * FROM d.own ORDER BY 1, 2")).rows?.rows).toEqual(expected);
  });
});

it("leaves columns alone that are not there, where IF EXISTS says so", async () => {
  const rows = await after(`ALTER TABLE d.t ALTER COLUMN IF EXISTS nope SET DEFAULT 3,
    ALTER COLUMN IF EXISTS nope DROP NOT NULL, ALTER COLUMN IF EXISTS nope SET DATA TYPE NUMERIC,
    ALTER COLUMN IF EXISTS nope SET OPTIONS (description = 'x'), ALTER COLUMN IF EXISTS name SET DEFAULT 'new';
    INSERT d.t (id) VALUES (4)`);
  expect(rows.at(-1)).toEqual([4n, "new"]);
});

it("adds columns of arrays beside others, in one statement and in one transaction", async () => {
  const rows = await after(`ALTER TABLE d.t ADD COLUMN xs ARRAY<INT64>, ADD COLUMN n INT64,
    ADD COLUMN ys ARRAY<STRUCT<a INT64, b ARRAY<STRING>>>;
    ALTER TABLE d.t ADD COLUMN IF NOT EXISTS xs ARRAY<INT64>;
    INSERT d.t (id) VALUES (4)`);
  expect([rows[0], rows.at(-1)]).toEqual([
    [1n, "a", [], null, []],
    [4n, null, [], null, []],
  ]);
});

it("adds columns to temporary tables", async () => {
  const { rows } = await warehouse.script(`CREATE TEMP TABLE tmp AS SELECT 1 AS a;
    ALTER TABLE tmp ADD COLUMN xs ARRAY<INT64>, ADD COLUMN n NUMERIC(5, 2);
    INSERT tmp VALUES (2, [3], 1.5); SELECT * FROM tmp ORDER BY a`);
  expect(rows?.rows).toEqual([
    [1n, [], null],
    [2n, [3n], expect.anything()],
  ]);
});

it("takes a window over an aggregate, beside variables", async () => {
  const sql =
    "DECLARE n INT64 DEFAULT 2; SELECT k, SUM(v) * n, SUM(SUM(v)) OVER (PARTITION BY k) FROM UNNEST([STRUCT(9 AS v, 1 AS k), (3, 1)]) GROUP BY k";
  expect((await warehouse.script(sql)).rows?.rows).toEqual([[1n, 24n, 12n]]);
});
