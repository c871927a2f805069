import { describe, expect, it } from "vitest";
import { servedShop } from "./served.js";

describe("INFORMATION_SCHEMA of a served warehouse", () => {
  const { shop, rows } = servedShop();
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
