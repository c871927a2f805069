import { describe, expect, it } from "vitest";
import { servedShop } from "./served.js";

describe("INFORMATION_SCHEMA of a served warehouse", () => {
  const { server, shop, rows } = servedShop();
  const view = (columns: string, name: string, table: string) =>
    rows(`SELECT ${columns} FROM shop.INFORMATION_SCHEMA.${name} WHERE table_name = '${table}' ORDER BY 1`);

  it.each([
    ["TIMESTAMP", "HOUR", ["2026112001", "2026112100"]],
    ["DATETIME", "MONTH", ["202611"]],
    ["DATE", "YEAR", ["2026"]],
    ["TIMESTAMP", "DAY", ["20261120", "20261121"]],
  ])("tells the partitions of a %s by %s, which decorators read", async (type, unit, ids) => {
    const fields = [{ name: "a", type }];
    const name = `by_${type}_${unit}`;
    await shop().createTable(name, { schema: { fields } as never, timePartitioning: { type: unit, field: "a" } });
    const first = type === "DATE" ? "2026-11-20" : "2026-11-20 01:02:03";
    await rows(`INSERT INTO shop.${name} VALUES ('${first}'), ('2026-11-21'), (NULL)`);
    const told = await view("partition_id, total_rows", "PARTITIONS", name);
    expect(told.map((row) => row.partition_id)).toEqual([...ids, "__NULL__"]);
    for (const { partition_id, total_rows } of told)
      expect((await shop().table(`${name}$${partition_id}`).getRows())[0]).toHaveLength(total_rows);
    expect(await view("is_partitioning_column AS part", "COLUMNS", name)).toEqual([{ part: "YES" }]);
  });

  it("tells partitions of ranges, and of tables with values that JSON does not have", async () => {
    await rows(`CREATE TABLE shop.ranges (n INT64) PARTITION BY RANGE_BUCKET(n, GENERATE_ARRAY(-10, 10, 10));
      INSERT INTO shop.ranges VALUES (-3), (4), (5), (10), (NULL)`);
    expect(await view("partition_id AS id, total_rows AS n", "PARTITIONS", "ranges")).toEqual([
      { id: "-10", n: 1 },
      { id: "0", n: 2 },
      { id: "__NULL__", n: 1 },
      { id: "__UNPARTITIONED__", n: 1 },
    ]);
    const fields = ["GEOGRAPHY", "INTERVAL", "BYTES"].map((type) => ({ name: type.toLowerCase(), type }));
    await shop().createTable("places", { schema: { fields } as never, timePartitioning: { type: "DAY" } });
    await rows("INSERT INTO shop.places (geography) VALUES (ST_GEOGPOINT(1, 2))");
    expect(await view("total_rows", "PARTITIONS", "places")).toEqual([{ total_rows: 1 }]);
  });

  it("tells a definition that makes the same table again", async () => {
    await rows(`CREATE TABLE shop.full (id INT64 NOT NULL OPTIONS (description = 'the "key"'), name STRING(20) DEFAULT 'x',
      happened TIMESTAMP, PRIMARY KEY (id) NOT ENFORCED) PARTITION BY TIMESTAMP_TRUNC(happened, MONTH) CLUSTER BY name
      OPTIONS (description = 'all of it', labels = [('a', 'b')], partition_expiration_days = 30, require_partition_filter = TRUE)`);
    const [before] = await shop().table("full").getMetadata();
    expect(before.schema.fields[1].defaultValueExpression).toBe("'x'");
    const [first] = await view("ddl", "TABLES", "full");
    await rows(`DROP TABLE shop.full; ${first.ddl}`);
    const [again] = await view("ddl", "TABLES", "full");
    expect(again).toEqual(first);
    const [after] = await shop().table("full").getMetadata();
    for (const part of ["schema", "timePartitioning", "clustering", "tableConstraints", "labels", "description"])
      expect(after[part], part).toEqual(before[part]);
    expect(await view("option_name AS o, option_value AS v", "TABLE_OPTIONS", "full")).toEqual([
      { o: "description", v: '"all of it"' },
      { o: "labels", v: '[STRUCT("a", "b")]' },
      { o: "partition_expiration_days", v: "30.0" },
      { o: "require_partition_filter", v: "true" },
    ]);
    const columns = await view("column_name AS c, column_default AS d", "COLUMNS", "full");
    expect(columns).toContainEqual({ c: "name", d: "'x'" });
  });

  it("shows a script what its own statements have done so far", async () => {
    const told = await rows(`CREATE TABLE shop.own (x INT64) OPTIONS (description = 'first');
      ALTER TABLE shop.own SET OPTIONS (description = 'second');
      SELECT option_value AS v FROM shop.INFORMATION_SCHEMA.TABLE_OPTIONS WHERE table_name = 'own'`);
    expect(told).toEqual([{ v: '"second"' }]);
  });

  it("tells snapshots and clones of what they were made of, and materialized views", async () => {
    await rows(`CREATE TABLE shop.base AS SELECT 1 AS n; CREATE SNAPSHOT TABLE shop.shot CLONE shop.base;
      CREATE TABLE shop.cloned CLONE shop.base; CREATE MATERIALIZED VIEW shop.mv AS SELECT n FROM shop.base`);
    const of = { base_table_catalog: "test-project", base_table_schema: "shop", base_table_name: "base" };
    const columns = "table_name, base_table_catalog, base_table_schema, base_table_name";
    expect(
      await rows(
        `SELECT ${columns} FROM shop.INFORMATION_SCHEMA.TABLE_SNAPSHOTS WHERE snapshot_time <= CURRENT_TIMESTAMP()`,
      ),
    ).toEqual([{ table_name: "shot", ...of }]);
    expect(await view(`${columns}, snapshot_time_ms IS NULL AS unknown`, "TABLES", "cloned")).toEqual([
      { table_name: "cloned", ...of, unknown: false },
    ]);
    expect(
      await view(
        "table_name, last_refresh_time <= refresh_watermark AS fresh, last_refresh_status AS failed",
        "MATERIALIZED_VIEWS",
        "mv",
      ),
    ).toEqual([{ table_name: "mv", fresh: true, failed: null }]);
    expect(
      await rows(
        "SELECT table_id, type, creation_time > 0 AS made FROM shop.__TABLES_SUMMARY__ WHERE table_id IN ('mv', 'shot') ORDER BY 1",
      ),
    ).toEqual([
      { table_id: "mv", type: 2, made: true },
      { table_id: "shot", type: 1, made: true },
    ]);
  });

  it("tells the storage of tables with their partitions", async () => {
    await rows(`CREATE TABLE shop.days PARTITION BY d AS SELECT DATE '2026-11-01' AS d UNION ALL SELECT '2026-11-02';
      CREATE TABLE shop.plain AS SELECT 1 AS n`);
    const told =
      "table_name, total_rows, total_partitions, total_logical_bytes, total_physical_bytes, table_type, deleted";
    expect(
      await rows(
        `SELECT ${told} FROM \`region-us\`.INFORMATION_SCHEMA.TABLE_STORAGE WHERE table_name IN ('days', 'plain') ORDER BY 1`,
      ),
    ).toEqual([
      {
        table_name: "days",
        total_rows: 2,
        total_partitions: 2,
        total_logical_bytes: 16,
        total_physical_bytes: 16,
        table_type: "BASE TABLE",
        deleted: false,
      },
      {
        table_name: "plain",
        total_rows: 1,
        total_partitions: 0,
        total_logical_bytes: 8,
        total_physical_bytes: 8,
        table_type: "BASE TABLE",
        deleted: false,
      },
    ]);
  });

  it("tells datasets with their options, and sessions", async () => {
    await rows(
      "CREATE SCHEMA tuned OPTIONS (max_time_travel_hours = 48, storage_billing_model = 'PHYSICAL', is_case_insensitive = TRUE, description = 'd')",
    );
    expect(
      await rows(
        "SELECT option_name AS o, option_type AS t, option_value AS v FROM INFORMATION_SCHEMA.SCHEMATA_OPTIONS WHERE schema_name = 'tuned' ORDER BY 1",
      ),
    ).toEqual([
      { o: "description", t: "STRING", v: '"d"' },
      { o: "is_case_insensitive", t: "BOOL", v: "true" },
      { o: "max_time_travel_hours", t: "INT64", v: "48" },
      { o: "storage_billing_model", t: "STRING", v: '"PHYSICAL"' },
    ]);
    const [{ ddl }] = await rows("SELECT ddl FROM INFORMATION_SCHEMA.SCHEMATA WHERE schema_name = 'tuned'");
    await rows(`DROP SCHEMA tuned; ${ddl}`);
    expect(await rows("SELECT ddl FROM INFORMATION_SCHEMA.SCHEMATA WHERE schema_name = 'tuned'")).toEqual([{ ddl }]);
    const [job] = await server().client.createQueryJob({ query: "SELECT 1", createSession: true });
    // A job that waits still has no session yet.
    await job.getQueryResults();
    const id = (await job.getMetadata())[0].statistics.sessionInfo.sessionId;
    const sessions = () =>
      rows(
        `SELECT is_active, project_id, user_email, expiration_time > last_modified_time AS lives FROM \`region-us\`.INFORMATION_SCHEMA.SESSIONS_BY_PROJECT WHERE session_id = '${id}'`,
      );
    const facts = { project_id: "test-project", user_email: "fastbreak@localhost", lives: true };
    expect(await sessions()).toEqual([{ is_active: true, ...facts }]);
    await rows("CALL BQ.ABORT_SESSION()", { connectionProperties: [{ key: "session_id", value: id }] });
    expect(await sessions()).toEqual([{ is_active: false, ...facts }]);
  });

  it("keeps what is said of a column when it is renamed, and forgets it when it goes", async () => {
    await rows(`CREATE TABLE shop.told (a INT64 OPTIONS (description = 'first'), b INT64 DEFAULT 2 OPTIONS (description = 'second'), c STRING);
      ALTER TABLE shop.told RENAME COLUMN a TO z; ALTER TABLE shop.told DROP COLUMN b; ALTER TABLE shop.told ADD COLUMN b INT64;
      ALTER TABLE shop.told ALTER COLUMN c SET DEFAULT 'x'`);
    const fields = (await shop().table("told").getMetadata())[0].schema.fields;
    expect(fields).toEqual([
      { name: "z", type: "INTEGER", mode: "NULLABLE", description: "first" },
      { name: "c", type: "STRING", mode: "NULLABLE", defaultValueExpression: "'x'" },
      { name: "b", type: "INTEGER", mode: "NULLABLE" },
    ]);
    await rows("ALTER TABLE shop.told ALTER COLUMN c DROP DEFAULT");
    expect(await view("column_default AS d, collation_name AS c", "COLUMNS", "told")).toEqual([
      { d: "NULL", c: "NULL" },
      { d: "NULL", c: "NULL" },
      { d: "NULL", c: "NULL" },
    ]);
  });

  it("keeps what is said of columns that exchange their names", async () => {
    await rows(`CREATE TABLE shop.exchanged (a STRING(3) OPTIONS (description = 'first'), b INT64 OPTIONS (description = 'second'), c INT64);
      ALTER TABLE shop.exchanged RENAME COLUMN a TO temp, RENAME COLUMN b TO a, RENAME COLUMN temp TO b, RENAME COLUMN c TO d, RENAME COLUMN d TO e`);
    expect((await shop().table("exchanged").getMetadata())[0].schema.fields).toEqual([
      { name: "b", type: "STRING", mode: "NULLABLE", maxLength: "3", description: "first" },
      { name: "a", type: "INTEGER", mode: "NULLABLE", description: "second" },
      { name: "e", type: "INTEGER", mode: "NULLABLE" },
    ]);
  });

  it("tells aggregate functions that the API or SQL has made", async () => {
    const float = { typeKind: "FLOAT64" };
    await shop().createRoutine("scaled", {
      routineType: "AGGREGATE_FUNCTION",
      language: "SQL",
      arguments: [
        { name: "x", dataType: float },
        { name: "by", dataType: float, isAggregate: false },
      ],
      returnType: float,
      definitionBody: "SUM(x) / `by`",
    } as never);
    expect(await rows("SELECT shop.scaled(n, 2) AS s FROM UNNEST([1, 2, 3]) AS n")).toEqual([{ s: 3 }]);
    const [routine] = await shop().routine("scaled").getMetadata();
    expect(routine).toMatchObject({
      routineType: "AGGREGATE_FUNCTION",
      arguments: [{ name: "x" }, { name: "by", isAggregate: false }],
    });
    expect(
      await rows("SELECT routine_type AS t FROM shop.INFORMATION_SCHEMA.ROUTINES WHERE routine_name = 'scaled'"),
    ).toEqual([{ t: "AGGREGATE FUNCTION" }]);
    expect(
      await rows(
        "SELECT is_aggregate AS a FROM shop.INFORMATION_SCHEMA.PARAMETERS WHERE specific_name = 'scaled' AND ordinal_position > 0 ORDER BY ordinal_position",
      ),
    ).toEqual([{ a: "YES" }, { a: "NO" }]);
  });

  it("tells the types that routines take and return", async () => {
    await rows(`CREATE FUNCTION shop.parts(a ARRAY<STRUCT<x INT64, y STRING>>, b ANY TYPE) RETURNS ARRAY<INT64> AS
      (ARRAY(SELECT x FROM UNNEST(a)))`);
    const told = "FROM shop.INFORMATION_SCHEMA";
    expect(await rows(`SELECT data_type AS t ${told}.ROUTINES WHERE routine_name = 'parts'`)).toEqual([
      { t: "ARRAY<INT64>" },
    ]);
    expect(
      await rows(`SELECT data_type AS t ${told}.PARAMETERS WHERE specific_name = 'parts' ORDER BY ordinal_position`),
    ).toEqual([{ t: "ARRAY<INT64>" }, { t: "ARRAY<STRUCT<x INT64, y STRING>>" }, { t: "ANY TYPE" }]);
  });

  it("has rows for every view, with all of its columns", async () => {
    await rows(`CREATE TABLE shop.wide (id INT64, s STRUCT<a INT64, b STRING>) PARTITION BY RANGE_BUCKET(id, GENERATE_ARRAY(0, 10, 5));
      CREATE VIEW shop.wide_view AS SELECT id FROM shop.wide; CREATE OR REPLACE PROCEDURE shop.noop(x INT64) BEGIN SELECT x; END;
      INSERT INTO shop.wide (id) VALUES (1)`);
    await rows("SELECT 1", { createSession: true });
    await shop()
      .table("wide")
      .setMetadata({
        schema: {
          fields: [
            { name: "id", type: "INTEGER", policyTags: { names: ["projects/p/t"] } },
            {
              name: "s",
              type: "RECORD",
              fields: [
                { name: "a", type: "INTEGER" },
                { name: "b", type: "STRING" },
              ],
            },
          ],
        },
      } as never);
    const names =
      "TABLES COLUMNS COLUMN_FIELD_PATHS VIEWS ROUTINES PARAMETERS PARTITIONS TABLE_STORAGE JOBS SCHEMATA SESSIONS";
    for (const name of names.split(" "))
      expect((await rows(`SELECT * FROM \`region-us\`.INFORMATION_SCHEMA.${name}`)).length, name).toBeGreaterThan(0);
    expect(await view("column_name AS c, policy_tags AS t", "COLUMNS", "wide")).toContainEqual({
      c: "id",
      t: ["projects/p/t"],
    });
    expect(
      await view("managed_table_type AS m, is_fine_grained_mutations_enabled AS f", "TABLES", "wide_view"),
    ).toEqual([{ m: null, f: "NO" }]);
  });

  it("describes columns of a view, as they are made and altered", async () => {
    await rows("CREATE VIEW shop.spoken (a OPTIONS (description = 'first'), b) AS SELECT 1, 'q'");
    const told = () => view("column_name AS c, description AS d", "COLUMN_FIELD_PATHS", "spoken");
    expect(await told()).toEqual([
      { c: "a", d: "first" },
      { c: "b", d: null },
    ]);
    const altered =
      "ALTER COLUMN a SET OPTIONS (description = NULL), ALTER COLUMN b SET OPTIONS (description = 'second')";
    await rows(`ALTER VIEW shop.spoken ${altered}`);
    expect(await told()).toEqual([
      { c: "a", d: null },
      { c: "b", d: "second" },
    ]);
    await expect(rows("ALTER VIEW shop.spoken ALTER COLUMN z SET OPTIONS (description = 'x')")).rejects.toThrow(
      /\bz\b/,
    );
    await rows(
      "ALTER VIEW IF EXISTS shop.untold ALTER COLUMN z SET OPTIONS (description = 'x'); DROP VIEW shop.spoken",
    );
  });

  it("shows the default dataset where a view says none", async () => {
    await rows("CREATE TABLE shop.mine (n INT64); CREATE SCHEMA elsewhere; CREATE TABLE elsewhere.theirs (m INT64)");
    const [columns] = await server().client.query({
      query: "SELECT table_name, column_name FROM INFORMATION_SCHEMA.COLUMNS",
      defaultDataset: { datasetId: "elsewhere" },
    });
    expect(columns).toEqual([{ table_name: "theirs", column_name: "m" }]);
    const told = await rows(`SET @@dataset_id = 'elsewhere';
      SELECT table_name FROM INFORMATION_SCHEMA.TABLES WHERE EXISTS (SELECT 1 FROM INFORMATION_SCHEMA.SCHEMATA WHERE schema_name = 'shop')`);
    expect(told).toEqual([{ table_name: "theirs" }]);
    await rows("DROP SCHEMA elsewhere CASCADE; DROP TABLE shop.mine");
  });

  it("tells the transaction of statements", async () => {
    const [job] = await server().client.createQueryJob({
      query: "BEGIN TRANSACTION; INSERT INTO shop.base VALUES (5); INSERT INTO shop.base VALUES (6); COMMIT; SELECT 1",
    });
    await job.getQueryResults();
    const [children] = await server().client.getJobs({ parentJobId: job.id as string });
    const ids = await Promise.all(
      children.map(async (one) => (await one.getMetadata())[0].statistics.transactionInfo?.transactionId),
    );
    expect(new Set(ids.filter((id) => id !== undefined)).size).toBe(1);
    expect(ids.filter((id) => id === undefined)).toHaveLength(1);
    expect(children.map(({ metadata: { statistics } }) => statistics.query.statementType).reverse()).toEqual([
      "BEGIN_TRANSACTION",
      "INSERT",
      "INSERT",
      "COMMIT_TRANSACTION",
      "SELECT",
    ]);
  });

  it("tells what jobs have read, written and failed with", async () => {
    const labels = { step: "one" };
    await rows("CREATE TABLE shop.t AS SELECT 1 AS n; CREATE TABLE shop.copy (n INT64)");
    await rows("INSERT INTO shop.copy SELECT n FROM shop.t", { labels });
    await expect(rows("SELECT ERROR('no') FROM shop.t", { labels })).rejects.toThrow("no");
    const jobs = await rows(`SELECT statement_type, error_result.reason, destination_table.table_id AS target,
      ARRAY(SELECT table_id FROM UNNEST(referenced_tables)) AS reads, dml_statistics.inserted_row_count AS added
      FROM \`region-us\`.INFORMATION_SCHEMA.JOBS_BY_PROJECT
      WHERE EXISTS (SELECT 1 FROM UNNEST(labels) AS l WHERE l.key = 'step' AND l.value = 'one') ORDER BY creation_time`);
    expect(jobs).toMatchObject([
      { statement_type: "INSERT", reason: null, target: "copy", reads: ["t"], added: 1 },
      { reason: "invalidQuery", added: null },
    ]);
  });
});
