import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { servedShop } from "./served.js";

const REPLACED =
  "Cannot replace a table with a different partitioning spec. Instead, DROP the table, and then recreate it.";
const INCOMPATIBLE = "Incompatible table partitioning specification.";

describe("the layout of a table", () => {
  const { server, shop, rows } = servedShop();
  const metadata = async (name = "t") => (await shop().table(name).getMetadata())[0];
  const patch = (change: object, name = "t") => shop().table(name).setMetadata(change);
  const load = (name: string, options: object) => {
    const path = join(server().dir, "f.csv");
    writeFileSync(path, "7,2026-01-01\n");
    return shop().table(name).load(path, options);
  };
  beforeEach(() =>
    rows(`DROP TABLE IF EXISTS shop.t; DROP TABLE IF EXISTS shop.months; DROP TABLE IF EXISTS shop.plain;
      CREATE TABLE shop.t (a INT64, x DATE, s STRING) PARTITION BY x CLUSTER BY a;
      CREATE TABLE shop.months (a INT64, x DATE) PARTITION BY DATE_TRUNC(x, MONTH);
      CREATE TABLE shop.plain (a INT64, x DATE)`),
  );

  it.each([
    ["CREATE OR REPLACE TABLE shop.t (a INT64, x DATE)", "none", "interval(type:day,field:x) clustering(a)"],
    [
      "CREATE OR REPLACE TABLE shop.t (a INT64, x DATE) PARTITION BY x",
      "interval(type:day,field:x)",
      "interval(type:day,field:x) clustering(a)",
    ],
    [
      "CREATE OR REPLACE TABLE shop.plain PARTITION BY x AS SELECT DATE '2024-01-01' AS x",
      "interval(type:day,field:x)",
      "none",
    ],
    [
      "CREATE OR REPLACE TABLE shop.months (x DATE) PARTITION BY x",
      "interval(type:day,field:x)",
      "interval(type:month,field:x)",
    ],
    ["CREATE OR REPLACE TABLE shop.plain LIKE shop.months", "interval(type:month,field:x)", "none"],
    [
      "CREATE OR REPLACE TABLE shop.plain (a INT64) PARTITION BY RANGE_BUCKET(a, GENERATE_ARRAY(0, 9, 3))",
      "range(type:integer,field:a,start:0,end:9,interval:3)",
      "none",
    ],
    [
      "CREATE TABLE shop.seen (x DATE) PARTITION BY x; CREATE OR REPLACE TABLE shop.seen (x DATE)",
      "none",
      "interval(type:day,field:x)",
    ],
    [
      "CREATE TABLE shop.cut (x DATE) PARTITION BY DATE_TRUNC(x, YEAR); CREATE OR REPLACE TABLE shop.cut (x DATE)",
      "none",
      "interval(type:year,field:x)",
    ],
  ])("stays when a table is replaced: %s", async (sql, wanted, existing) => {
    await expect(rows(sql)).rejects.toThrow(
      `${REPLACED} New partitioning spec is ${wanted} and existing spec is ${existing}`,
    );
  });

  it("may come again with a table, and be another one once the table was dropped", async () => {
    await rows("CREATE OR REPLACE TABLE shop.t PARTITION BY X CLUSTER BY A AS SELECT 1 AS a, DATE '2024-01-01' AS x");
    await rows("CREATE OR REPLACE TABLE shop.months (x DATE) PARTITION BY DATE_TRUNC(x, MONTH)");
    await rows("CREATE OR REPLACE TABLE shop.plain AS SELECT 1 AS b");
    await rows("DROP TABLE shop.t; CREATE OR REPLACE TABLE shop.t AS SELECT 1 AS a");
    await rows("CREATE TEMP TABLE z (x DATE) PARTITION BY x; CREATE OR REPLACE TEMP TABLE z (x DATE)");
  });

  it.each([
    ["shop.t DROP COLUMN x", "DROP COLUMN is not supported for partitioning column x"],
    ["shop.t DROP COLUMN IF EXISTS X", "DROP COLUMN is not supported for partitioning column X"],
    ["shop.t DROP COLUMN a", "DROP COLUMN is not supported for clustering column a"],
    ["shop.t RENAME COLUMN x TO y", "RENAME COLUMN is not supported for partitioning column x"],
    ["shop.t RENAME COLUMN s TO y, RENAME COLUMN a TO b", "RENAME COLUMN is not supported for clustering column a"],
    ["shop.months DROP COLUMN x", "DROP COLUMN is not supported for partitioning column x"],
  ])("keeps its columns: ALTER TABLE %s", async (change, message) => {
    await expect(rows(`ALTER TABLE ${change}`)).rejects.toThrow(message);
    await rows("ALTER TABLE shop.t RENAME COLUMN s TO r");
    await rows("ALTER TABLE shop.t DROP COLUMN r");
  });

  it("is the one that a job says, or none", async () => {
    const day = { type: "DAY", field: "x" };
    const month = { type: "MONTH", field: "x" };
    const clustering = { fields: ["a"] };
    await expect(load("plain", { timePartitioning: day })).rejects.toThrow(
      `${INCOMPATIBLE} Expects partitioning specification none, but input partitioning specification is interval(type:day,field:x)`,
    );
    await expect(load("t", { timePartitioning: month, clustering })).rejects.toThrow(INCOMPATIBLE);
    await expect(load("t", { timePartitioning: day })).rejects.toThrow(INCOMPATIBLE);
    await expect(load("months", { timePartitioning: day, writeDisposition: "WRITE_TRUNCATE" })).rejects.toThrow(
      INCOMPATIBLE,
    );
    await load("months", { timePartitioning: month });
    await load("t", { schema: "a:INTEGER,x:DATE", timePartitioning: day, clustering });
    await load("t", { schema: "a:INTEGER,x:DATE", clustering });
    const query = "SELECT 1 AS a, DATE '2024-01-01' AS x";
    const append = (options: object) =>
      rows(query, { destination: shop().table("t"), writeDisposition: "WRITE_APPEND", ...options });
    await expect(append({ timePartitioning: month })).rejects.toThrow(INCOMPATIBLE);
    await expect(append({ clustering: { fields: ["x"] } })).rejects.toThrow(INCOMPATIBLE);
    await append({ timePartitioning: day, clustering });
    await append({ writeDisposition: "WRITE_TRUNCATE" });
    expect(await metadata()).toMatchObject({ timePartitioning: day, clustering });
  });

  it("is not another one by a change of the table", async () => {
    const other = "Cannot change partitioning spec for a partitioned table.";
    await expect(patch({ timePartitioning: { type: "MONTH", field: "x" } })).rejects.toThrow(other);
    await expect(patch({ timePartitioning: { type: "DAY", field: "a" } }, "months")).rejects.toThrow(other);
    await expect(
      patch({ rangePartitioning: { field: "a", range: { start: 0, end: 9, interval: 1 } } }),
    ).rejects.toThrow(other);
    await expect(patch({ timePartitioning: null })).rejects.toThrow(
      "Cannot convert partitioned/clustered table to non",
    );
    await expect(patch({ timePartitioning: { type: "DAY", field: "x" } }, "plain")).rejects.toThrow(
      "Cannot convert non partitioned/clustered table to partitioned/clustered table.",
    );
    await patch({ timePartitioning: { type: "DAY", field: "x", expirationMs: 3_600_000 } });
    expect((await metadata()).timePartitioning).toEqual({ type: "DAY", field: "x", expirationMs: "3600000" });
    await patch({ timePartitioning: { expirationMs: "7200000" } });
    expect((await metadata()).timePartitioning).toEqual({ type: "DAY", field: "x", expirationMs: "7200000" });
    await patch({ timePartitioning: null }, "plain");
  });

  it("has other clusters, or none, by a change of the table", async () => {
    const ddl = async () =>
      (await rows("SELECT ddl FROM shop.INFORMATION_SCHEMA.TABLES WHERE table_name = 't'"))[0].ddl;
    await patch({ clustering: { fields: ["s", "a"] } });
    expect((await metadata()).clustering).toEqual({ fields: ["s", "a"] });
    expect(await ddl()).toContain("CLUSTER BY s, a");
    await patch({ clustering: null });
    expect((await metadata()).clustering).toBeUndefined();
    expect(await ddl()).not.toContain("CLUSTER BY");
    expect(await ddl()).toContain("PARTITION BY x");
    await expect(patch({ clustering: { fields: ["nope"] } })).rejects.toThrow("Invalid field: nope");
    await rows("ALTER TABLE shop.t DROP COLUMN a");
  });

  it.each([
    ["(a INT64, b INT64, c INT64, d INT64, e INT64) CLUSTER BY a, b, c, d, e", "Clustering by more than 4 fields"],
    ["(a JSON) CLUSTER BY a", "Field a has type JSON, which is not supported for clustering."],
    ["(a FLOAT64) CLUSTER BY a", "Field a has type FLOAT64, which is not supported for clustering."],
    ["CLUSTER BY a AS SELECT [1] AS a", "which is not supported for clustering."],
  ])("has clusters that a table can have: %s", async (definition, message) => {
    await expect(rows(`CREATE TABLE shop.wrong ${definition}`)).rejects.toThrow(message);
  });
});

describe("names that BigQuery keeps for itself", () => {
  const { shop, rows } = servedShop();
  const refused = (name: string) => `Invalid field name "${name}". Field names are not allowed to start with the`;

  it.each(["_PARTITIONTIME", "_table_x", "_FILE_NAME", "_ROW_TIMESTAMP", "__ROOT__", "_COLIDENTIFIER_1"])(
    "are no names of columns: %s",
    async (name) => {
      const made = shop().createTable("made", { schema: [{ name, type: "STRING" }] });
      await expect(made).rejects.toThrow(refused(name));
      const nested = [{ name: "r", type: "RECORD", fields: [{ name, type: "STRING" }] }];
      await expect(shop().createTable("made", { schema: nested })).rejects.toThrow(refused(name));
      await rows("CREATE OR REPLACE TABLE shop.known (a INT64)");
      await expect(rows(`CREATE TABLE shop.made (\`${name}\` INT64)`)).rejects.toThrow(refused(name));
      await expect(rows(`CREATE TABLE shop.made AS SELECT 1 AS \`${name}\``)).rejects.toThrow(refused(name));
      await expect(rows(`ALTER TABLE shop.known ADD COLUMN \`${name}\` INT64`)).rejects.toThrow(refused(name));
      await expect(rows(`ALTER TABLE shop.known RENAME COLUMN a TO \`${name}\``)).rejects.toThrow(refused(name));
      const destination = shop().table("made");
      await expect(rows(`SELECT 1 AS \`${name}\``, { destination })).rejects.toThrow(refused(name));
    },
  );
});
