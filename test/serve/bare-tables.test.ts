import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { servedShop } from "./served.js";

describe("tables that are made without columns", () => {
  const { server, shop, rows } = servedShop();
  const bare = async (name: string, metadata: object = {}) => (await shop().createTable(name, metadata as never))[0];
  const names = async (name: string) => {
    const { schema } = (await shop().table(name).getMetadata())[0];
    return (schema?.fields ?? []).map((field: { name: string }) => field.name);
  };
  const load = (name: string, lines: string, options: object) => {
    const path = join(server().dir, "f.json");
    writeFileSync(path, lines);
    return shop()
      .table(name)
      .load(path, { sourceFormat: "NEWLINE_DELIMITED_JSON", ...options });
  };

  it("have none, and take no rows", async () => {
    const table = await bare("empty", { description: "to come" });
    expect((await table.getMetadata())[0]).toMatchObject({ type: "TABLE", numRows: "0", description: "to come" });
    expect(await names("empty")).toEqual([]);
    expect(await rows("SELECT COUNT(*) AS n FROM shop.INFORMATION_SCHEMA.COLUMNS WHERE table_name = 'empty'")).toEqual([
      { n: 0 },
    ]);
    await expect(table.insert([{ a: 1 }])).rejects.toThrow("The destination table has no schema.");
    expect((await table.getRows())[0]).toEqual([]);
    await expect(rows("SELECT * FROM shop.empty")).rejects.toThrow();
    await expect(load("empty", '{"a":1}\n', {})).rejects.toThrow("No schema specified on job or table.");
  });

  it("get those of a change, required ones too", async () => {
    const table = await bare("changed", { labels: { a: "b" } });
    await table.setMetadata({ schema: { fields: [{ name: "n", type: "INTEGER", mode: "REQUIRED" }] } } as never);
    expect((await table.getMetadata())[0]).toMatchObject({
      labels: { a: "b" },
      schema: { fields: [{ name: "n", type: "INTEGER", mode: "REQUIRED" }] },
    });
    await table.insert([{ n: 1 }]);
    expect(await rows("SELECT * FROM shop.changed")).toEqual([{ n: 1 }]);
  });

  it("get those of a load, and keep what was said of them", async () => {
    const options = {
      description: "kept",
      timePartitioning: { type: "DAY", field: "day" },
      clustering: { fields: ["n"] },
    };
    await bare("loaded", options);
    const schema = {
      fields: [
        { name: "n", type: "INTEGER" },
        { name: "day", type: "DATE" },
      ],
    };
    await load("loaded", '{"n":1,"day":"2024-01-01"}\n', { schema });
    await load("loaded", '{"n":2,"day":"2024-01-02"}\n', {});
    expect(await rows("SELECT SUM(n) AS n FROM shop.loaded")).toEqual([{ n: 3 }]);
    expect((await shop().table("loaded").getMetadata())[0]).toMatchObject(options);
    expect((await shop().table("loaded$20240102").getMetadata())[0].numRows).toBe("1");
    await bare("found");
    await load("found", '{"n":1}\n', { autodetect: true });
    expect(await names("found")).toEqual(["n"]);
  });

  it("get those of a query that appends to them", async () => {
    await bare("asked");
    const destination = shop().table("asked");
    const append = async (query: string) => {
      const [job] = await server().client.createQueryJob({ query, destination, writeDisposition: "WRITE_APPEND" });
      await job.getQueryResults();
    };
    await append("SELECT 1 AS a");
    await append("SELECT 2 AS a");
    expect(await rows("SELECT SUM(a) AS a FROM shop.asked")).toEqual([{ a: 3 }]);
  });

  it("are partitioned by the arrival of their rows", async () => {
    await bare("arrivals", { timePartitioning: { type: "DAY" } });
    await load("arrivals", '{"n":1}\n', { schema: { fields: [{ name: "n", type: "INTEGER" }] } });
    expect(await rows("SELECT n FROM shop.arrivals WHERE _PARTITIONDATE = CURRENT_DATE()")).toEqual([{ n: 1 }]);
  });
});
