import { describe, expect, it } from "vitest";
import { servedShop } from "./served.js";

describe("keys of tables", () => {
  const { shop, rows } = servedShop();
  const view = (name: string, columns: string, order = "constraint_name, column_name") =>
    rows(`SELECT ${columns} FROM shop.INFORMATION_SCHEMA.${name} ORDER BY ${order}`);
  const constraintsOf = async (table: string) => (await shop().table(table).getMetadata())[0].tableConstraints;

  it("are told of tables that SQL and the API have made", async () => {
    await rows(`CREATE TABLE shop.orders (region STRING, id INT64, PRIMARY KEY (region, id) NOT ENFORCED);
      CREATE TABLE shop.goods (id INT64 PRIMARY KEY NOT ENFORCED);
      CREATE TABLE shop.lines (order_id INT64, order_region STRING, good INT64 REFERENCES shop.goods(id) NOT ENFORCED,
        CONSTRAINT of_order FOREIGN KEY (order_id, order_region) REFERENCES shop.orders(id, region) NOT ENFORCED)`);
    await shop().createTable("returns", {
      schema: {
        fields: [
          { name: "good", type: "INT64" },
          { name: "n", type: "INT64" },
        ],
      },
      tableConstraints: {
        primaryKey: { columns: ["n"] },
        foreignKeys: [
          {
            name: "of_good",
            referencedTable: { projectId: "test-project", datasetId: "shop", tableId: "goods" },
            columnReferences: [{ referencingColumn: "good", referencedColumn: "id" }],
          },
        ],
      },
    });
    const type = {
      is_deferrable: "NO",
      initially_deferred: "NO",
      enforced: "NO",
      table_catalog: "test-project",
      table_schema: "shop",
    };
    expect(
      await view(
        "TABLE_CONSTRAINTS",
        "constraint_name, table_name, constraint_type, is_deferrable, initially_deferred, enforced, table_catalog, table_schema",
        "constraint_name",
      ),
    ).toEqual([
      { constraint_name: "goods.pk$", table_name: "goods", constraint_type: "PRIMARY KEY", ...type },
      { constraint_name: "lines.fk$1", table_name: "lines", constraint_type: "FOREIGN KEY", ...type },
      { constraint_name: "lines.of_order", table_name: "lines", constraint_type: "FOREIGN KEY", ...type },
      { constraint_name: "orders.pk$", table_name: "orders", constraint_type: "PRIMARY KEY", ...type },
      { constraint_name: "returns.of_good", table_name: "returns", constraint_type: "FOREIGN KEY", ...type },
      { constraint_name: "returns.pk$", table_name: "returns", constraint_type: "PRIMARY KEY", ...type },
    ]);
    const usage = await view(
      "KEY_COLUMN_USAGE",
      "constraint_name, table_name, column_name, ordinal_position AS place, position_in_unique_constraint AS other",
    );
    expect(usage).toEqual([
      { constraint_name: "goods.pk$", table_name: "goods", column_name: "id", place: 1, other: null },
      { constraint_name: "lines.fk$1", table_name: "lines", column_name: "good", place: 1, other: 1 },
      { constraint_name: "lines.of_order", table_name: "lines", column_name: "order_id", place: 1, other: 2 },
      { constraint_name: "lines.of_order", table_name: "lines", column_name: "order_region", place: 2, other: 1 },
      { constraint_name: "orders.pk$", table_name: "orders", column_name: "id", place: 2, other: null },
      { constraint_name: "orders.pk$", table_name: "orders", column_name: "region", place: 1, other: null },
      { constraint_name: "returns.of_good", table_name: "returns", column_name: "good", place: 1, other: 1 },
      { constraint_name: "returns.pk$", table_name: "returns", column_name: "n", place: 1, other: null },
    ]);
    const used = await view("CONSTRAINT_COLUMN_USAGE", "constraint_name, table_name, column_name");
    expect(used).toEqual([
      { constraint_name: "goods.pk$", table_name: "goods", column_name: "id" },
      { constraint_name: "lines.fk$1", table_name: "goods", column_name: "id" },
      { constraint_name: "lines.of_order", table_name: "orders", column_name: "id" },
      { constraint_name: "lines.of_order", table_name: "orders", column_name: "region" },
      { constraint_name: "orders.pk$", table_name: "orders", column_name: "id" },
      { constraint_name: "orders.pk$", table_name: "orders", column_name: "region" },
      { constraint_name: "returns.of_good", table_name: "goods", column_name: "id" },
      { constraint_name: "returns.pk$", table_name: "returns", column_name: "n" },
    ]);
    const toGoods = {
      referencedTable: { projectId: "test-project", datasetId: "shop", tableId: "goods" },
      columnReferences: [{ referencingColumn: "good", referencedColumn: "id" }],
    };
    expect(await constraintsOf("lines")).toEqual({
      foreignKeys: [
        {
          name: "of_order",
          referencedTable: { projectId: "test-project", datasetId: "shop", tableId: "orders" },
          columnReferences: [
            { referencingColumn: "order_id", referencedColumn: "id" },
            { referencingColumn: "order_region", referencedColumn: "region" },
          ],
        },
        toGoods,
      ],
    });
    expect(await constraintsOf("returns")).toEqual({
      primaryKey: { columns: ["n"] },
      foreignKeys: [{ name: "of_good", ...toGoods }],
    });
    const [{ ddl }] = await rows("SELECT ddl FROM shop.INFORMATION_SCHEMA.TABLES WHERE table_name = 'returns'");
    expect(ddl).toContain("PRIMARY KEY (n) NOT ENFORCED");
    await rows(`DROP TABLE shop.returns; ${ddl}`);
    expect(await constraintsOf("returns")).toMatchObject({ foreignKeys: [{ name: "of_good", ...toGoods }] });
  });

  it("are added, renamed with their columns, and dropped", async () => {
    await rows(`CREATE TABLE shop.a (id INT64, x INT64); ALTER TABLE shop.a ADD PRIMARY KEY (id) NOT ENFORCED;
      CREATE TABLE shop.b (a_id INT64, boss INT64);
      ALTER TABLE shop.b ADD CONSTRAINT to_a FOREIGN KEY (a_id) REFERENCES shop.a(id) NOT ENFORCED, ADD FOREIGN KEY (boss) REFERENCES shop.b(a_id) NOT ENFORCED;
      ALTER TABLE shop.b ADD CONSTRAINT IF NOT EXISTS to_a FOREIGN KEY (a_id) REFERENCES shop.a(id) NOT ENFORCED`);
    await rows("ALTER TABLE shop.b RENAME COLUMN a_id TO other");
    const names = async () =>
      ((await constraintsOf("b"))?.foreignKeys ?? []).map(
        ({ name, columnReferences: [one] }: { name?: string; columnReferences: { referencingColumn: string }[] }) => [
          name,
          one?.referencingColumn,
        ],
      );
    expect(await names()).toEqual([
      ["to_a", "other"],
      [undefined, "boss"],
    ]);
    await rows("ALTER TABLE shop.b DROP CONSTRAINT to_a");
    await rows("ALTER TABLE shop.b DROP CONSTRAINT IF EXISTS to_a");
    expect(await names()).toEqual([[undefined, "boss"]]);
    await expect(rows("ALTER TABLE shop.b DROP CONSTRAINT to_a")).rejects.toThrow(
      "Constraint to_a is not present in table shop.b",
    );
    await shop()
      .table("b")
      .setMetadata({ tableConstraints: { primaryKey: { columns: ["other"] }, foreignKeys: [] } });
    expect(await constraintsOf("b")).toEqual({ primaryKey: { columns: ["other"] } });
    await shop()
      .table("b")
      .setMetadata({ tableConstraints: null as never });
    expect(await constraintsOf("b")).toBeUndefined();
  });

  it.each([
    ["CREATE TABLE shop.c (x INT64, FOREIGN KEY (x) REFERENCES shop.nowhere(id) NOT ENFORCED)", "shop.nowhere"],
    [
      "CREATE TABLE shop.c (x INT64, FOREIGN KEY (y) REFERENCES shop.a(id) NOT ENFORCED)",
      "Unrecognized name: y in FOREIGN KEY",
    ],
    [
      "CREATE TABLE shop.c (x INT64, FOREIGN KEY (x) REFERENCES shop.a(y) NOT ENFORCED)",
      "Unrecognized name: y in REFERENCES",
    ],
    [
      "CREATE TABLE shop.c (x INT64, FOREIGN KEY (x) REFERENCES shop.a(id, x) NOT ENFORCED)",
      "cannot refer to 2 columns",
    ],
    ["CREATE TABLE shop.c (x INT64, FOREIGN KEY (x) REFERENCES shop.a(id))", "Expected keyword NOT"],
  ])("are refused where they are wrong: %s", async (sql, message) => {
    await expect(rows(sql)).rejects.toThrow(message);
  });
});
