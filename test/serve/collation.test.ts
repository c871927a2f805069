import { describe, expect, it } from "vitest";
import { servedShop } from "./served.js";

describe("default collations", () => {
  const { server, shop, rows } = servedShop();
  const collated = async (dataset: string, table: string) => {
    const [metadata] = await server().client.dataset(dataset).table(table).getMetadata();
    const fields = metadata.schema.fields as { name: string; collation?: string }[];
    return [metadata.defaultCollation, ...fields.map(({ name, collation }) => `${name} ${collation ?? ""}`.trim())];
  };

  it("of a dataset hold for the tables that come later, whoever makes them", async () => {
    await rows("CREATE SCHEMA caseless DEFAULT COLLATE 'und:ci'");
    const dataset = server().client.dataset("caseless");
    expect((await dataset.getMetadata())[0].defaultCollation).toBe("und:ci");
    await rows(
      "CREATE TABLE caseless.made (s STRING, p STRING COLLATE '', n INT64); INSERT INTO caseless.made VALUES ('a', 'a', 1)",
    );
    await rows(
      "CREATE TABLE caseless.plain (s STRING) DEFAULT COLLATE ''; CREATE TABLE caseless.chosen AS SELECT 'b' AS s",
    );
    await dataset.createTable("told", {
      schema: {
        fields: [
          { name: "s", type: "STRING" },
          { name: "p", type: "STRING", collation: "" },
        ],
      } as never,
    });
    expect(await collated("caseless", "made")).toEqual(["und:ci", "s und:ci", "p", "n"]);
    expect(await collated("caseless", "plain")).toEqual([undefined, "s"]);
    expect(await collated("caseless", "chosen")).toEqual(["und:ci", "s und:ci"]);
    expect(await collated("caseless", "told")).toEqual(["und:ci", "s und:ci", "p"]);
    expect(await rows("SELECT s = 'A' AS s, p = 'A' AS p FROM caseless.made")).toEqual([{ s: true, p: false }]);
    expect(
      await rows("SELECT default_collation_name AS c FROM INFORMATION_SCHEMA.SCHEMATA WHERE schema_name = 'caseless'"),
    ).toEqual([{ c: "und:ci" }]);
    const tables = await rows(
      "SELECT table_name AS t, default_collation_name AS c FROM caseless.INFORMATION_SCHEMA.TABLES ORDER BY t",
    );
    expect(tables).toEqual([
      { t: "chosen", c: "und:ci" },
      { t: "made", c: "und:ci" },
      { t: "plain", c: "NULL" },
      { t: "told", c: "und:ci" },
    ]);
    const [{ ddl }] = await rows("SELECT ddl FROM caseless.INFORMATION_SCHEMA.TABLES WHERE table_name = 'made'");
    await rows(`DROP TABLE caseless.made; ${ddl}`);
    expect(await collated("caseless", "made")).toEqual(["und:ci", "s und:ci", "p", "n"]);
  });

  it("of datasets and tables are changed by SQL and by the API", async () => {
    const [dataset] = await server().client.createDataset("later", { defaultCollation: "und:ci" } as never);
    await rows(
      "CREATE TABLE later.a (s STRING); ALTER SCHEMA later SET DEFAULT COLLATE ''; CREATE TABLE later.b (s STRING)",
    );
    expect([await collated("later", "a"), await collated("later", "b")]).toEqual([
      ["und:ci", "s und:ci"],
      [undefined, "s"],
    ]);
    await dataset.setMetadata({ defaultCollation: "und:ci" });
    await rows(
      "CREATE TABLE later.c (s STRING); ALTER TABLE later.c SET DEFAULT COLLATE ''; ALTER TABLE later.c ADD COLUMN t STRING",
    );
    expect(await collated("later", "c")).toEqual([undefined, "s und:ci", "t"]);
    await shop().createTable("d", { schema: "s:string", defaultCollation: "und:ci" } as never);
    expect(await collated("shop", "d")).toEqual(["und:ci", "s und:ci"]);
    await shop()
      .table("d")
      .setMetadata({ defaultCollation: "" } as never);
    await rows("ALTER TABLE shop.d ADD COLUMN t STRING");
    expect(await collated("shop", "d")).toEqual([undefined, "s und:ci", "t"]);
    await expect(dataset.setMetadata({ defaultCollation: "de:ci" })).rejects.toThrow("und:ci");
  });
});
