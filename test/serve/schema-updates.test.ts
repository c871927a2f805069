import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { servedShop } from "./served.js";

describe("jobs and calls that change the schema of a table", () => {
  const { server, shop, rows } = servedShop();
  const NESTED = [
    { name: "id", type: "INTEGER", mode: "REQUIRED" },
    {
      name: "buyer",
      type: "RECORD",
      fields: [
        { name: "name", type: "STRING", mode: "REQUIRED" },
        { name: "place", type: "RECORD", fields: [{ name: "city", type: "STRING" }] },
      ],
    },
    {
      name: "lines",
      type: "RECORD",
      mode: "REPEATED",
      fields: [
        { name: "sku", type: "STRING" },
        { name: "parts", type: "RECORD", mode: "REPEATED", fields: [{ name: "n", type: "INTEGER" }] },
      ],
    },
  ];
  /** The same with fields added on every level. */
  const WIDER = [
    { name: "id", type: "INTEGER", mode: "REQUIRED" },
    {
      name: "buyer",
      type: "RECORD",
      fields: [
        { name: "name", type: "STRING", mode: "REQUIRED" },
        {
          name: "place",
          type: "RECORD",
          fields: [
            { name: "city", type: "STRING" },
            { name: "zip", type: "STRING", description: "the code" },
          ],
        },
        { name: "tags", type: "STRING", mode: "REPEATED" },
      ],
    },
    {
      name: "lines",
      type: "RECORD",
      mode: "REPEATED",
      fields: [
        { name: "sku", type: "STRING" },
        {
          name: "parts",
          type: "RECORD",
          mode: "REPEATED",
          fields: [
            { name: "n", type: "INTEGER" },
            { name: "size", type: "FLOAT" },
          ],
        },
        { name: "price", type: "NUMERIC" },
      ],
    },
    { name: "note", type: "STRING", maxLength: "3" },
  ];
  const OLD = { id: 1, buyer: { name: "Ann", place: { city: "X" } }, lines: [{ sku: "a", parts: [{ n: 1 }] }] };
  const NEW = {
    id: 2,
    buyer: { name: "Bob", place: { city: "Y", zip: "1" }, tags: ["t"] },
    lines: [{ sku: "b", price: "1.5", parts: [{ n: 2, size: 0.5 }] }],
    note: "abc",
  };
  const nested = async (name: string) => {
    const [table] = await shop().createTable(name, { schema: { fields: NESTED } as never });
    await table.insert([OLD]);
    return table;
  };
  const load = async (name: string, lines: readonly object[], options: object) => {
    const path = join(server().dir, "f.json");
    writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    const format = { sourceFormat: "NEWLINE_DELIMITED_JSON", ...options };
    return (await shop().table(name).load(path, format))[0];
  };
  const fieldsOf = async (name: string) => (await shop().table(name).getMetadata())[0].schema.fields;
  const ADD = { schemaUpdateOptions: ["ALLOW_FIELD_ADDITION"] };
  const RELAX = { schemaUpdateOptions: ["ALLOW_FIELD_RELAXATION"] };

  it("adds fields within records, and within repeated ones, where a load job may", async () => {
    await nested("orders");
    const schema = { fields: WIDER };
    await expect(load("orders", [NEW], { schema })).rejects.toThrow(
      "Provided Schema does not match Table test-project:shop.orders. Cannot add fields (field: buyer.place.zip)",
    );
    await load("orders", [NEW], { schema, ...ADD });
    expect(await rows("SELECT TO_JSON_STRING(o) AS j FROM shop.orders AS o ORDER BY id")).toEqual([
      {
        j: '{"id":1,"buyer":{"name":"Ann","place":{"city":"X","zip":null},"tags":[]},"lines":[{"sku":"a","parts":[{"n":1,"size":null}],"price":null}],"note":null}',
      },
      {
        j: '{"id":2,"buyer":{"name":"Bob","place":{"city":"Y","zip":"1"},"tags":["t"]},"lines":[{"sku":"b","parts":[{"n":2,"size":0.5}],"price":"1.5"}],"note":"abc"}',
      },
    ]);
    const fields = await fieldsOf("orders");
    expect(fields[1].fields[0]).toEqual({ name: "name", type: "STRING", mode: "REQUIRED" });
    expect(fields[1].fields[1].fields[1]).toEqual({
      name: "zip",
      type: "STRING",
      mode: "NULLABLE",
      description: "the code",
    });
    expect(fields[3]).toEqual({ name: "note", type: "STRING", mode: "NULLABLE", maxLength: "3" });
    // A field more than once deep is looked for by every later row, too.
    await shop()
      .table("orders")
      .insert([{ ...NEW, id: 3 }]);
    expect(await rows("SELECT lines[0].parts[0].size AS s FROM shop.orders WHERE id = 3")).toEqual([{ s: 0.5 }]);
  });

  it("leaves the table as it was where the job is refused", async () => {
    await nested("kept");
    const before = await fieldsOf("kept");
    const schema = { fields: WIDER };
    await expect(load("kept", [NEW, { ...NEW, id: "x" }], { schema, ...ADD })).rejects.toThrow("bad value");
    expect(await fieldsOf("kept")).toEqual(before);
    const more = {
      fields: [...NESTED.slice(0, 2), { name: "extra", type: "STRING" }, { name: "lines", type: "STRING" }],
    };
    await expect(load("kept", [NEW], { schema: more, ...ADD })).rejects.toThrow("Field lines has changed type");
    await expect(load("kept", [{ id: 5, extra: 1 }], { autodetect: true })).rejects.toThrow("(field: extra)");
    expect(await fieldsOf("kept")).toEqual(before);
    expect(await rows("SELECT id FROM shop.kept")).toEqual([{ id: 1 }]);
    const part = load("kept_parts$20240101", [{ n: "x" }], { schema: { fields: [{ name: "n", type: "INTEGER" }] } });
    await expect(part).rejects.toThrow("bad value");
    expect(await shop().table("kept_parts").exists()).toEqual([false]);
  });

  it("takes REQUIRED away where a load job may", async () => {
    const [table] = await shop().createTable("people", {
      schema: {
        fields: [
          { name: "name", type: "STRING", mode: "REQUIRED" },
          { name: "age", type: "INTEGER", mode: "REQUIRED" },
        ],
      } as never,
    });
    const mode = async () => (await fieldsOf("people")).map((field: { mode: string }) => field.mode);
    const without = { schema: { fields: [{ name: "name", type: "STRING", mode: "REQUIRED" }] } };
    const nullable = { schema: { fields: [{ name: "name", type: "STRING" }] } };
    const begin = "Provided Schema does not match Table test-project:shop.people.";
    await expect(load("people", [{ name: "a" }], without)).rejects.toThrow(`${begin} Field age is missing`);
    await load("people", [{ name: "a" }], { ...without, ...RELAX });
    expect(await mode()).toEqual(["REQUIRED", "NULLABLE"]);
    await expect(load("people", [{ name: null }], nullable)).rejects.toThrow(
      `${begin} Field name has changed mode from REQUIRED to NULLABLE`,
    );
    await load("people", [{ name: null }], { ...nullable, ...RELAX });
    expect(await mode()).toEqual(["NULLABLE", "NULLABLE"]);
    expect(await rows("SELECT name, age FROM shop.people ORDER BY name")).toEqual([
      { name: null, age: null },
      { name: "a", age: null },
    ]);
    await expect(
      table.setMetadata({ schema: { fields: [{ name: "name", type: "STRING", mode: "REQUIRED" }] } as never }),
    ).rejects.toThrow("Field name has changed mode from NULLABLE to REQUIRED");
  });

  it("asks for the values of required fields within records until they are relaxed", async () => {
    const table = await nested("strict");
    await expect(table.insert([{ id: 2, buyer: { place: null } }])).rejects.toMatchObject({
      errors: [{ errors: [{ message: "Missing required field: buyer.name.", reason: "invalid" }] }],
    });
    await table.insert([{ id: 2, buyer: null }]);
    await expect(load("strict", [{ id: 3, buyer: {} }], {})).rejects.toThrow("Missing required field: buyer.name");
    const fields = await fieldsOf("strict");
    fields[1].fields[0].mode = "NULLABLE";
    fields[2].fields.push({ name: "price", type: "NUMERIC", description: "in euros" });
    const [changed] = await table.setMetadata({ schema: { fields } } as never);
    expect(changed.schema.fields[1].fields[0].mode).toBe("NULLABLE");
    expect(changed.schema.fields[2].fields[2]).toMatchObject({ name: "price", description: "in euros" });
    await table.insert([{ id: 3, buyer: {}, lines: [{ price: 2 }] }]);
    expect(await rows("SELECT id, buyer.name AS name FROM shop.strict WHERE id = 3")).toEqual([{ id: 3, name: null }]);
    fields[2].fields[2].mode = "REQUIRED";
    fields[2].fields[2].name = "weight";
    await expect(table.setMetadata({ schema: { fields } } as never)).rejects.toThrow("Field lines.price is missing");
  });

  it("does the same for query jobs that append", async () => {
    await nested("asked");
    const append = async (query: string, options: object = {}) => {
      const destination = shop().table("asked");
      const [job] = await server().client.createQueryJob({
        query,
        destination,
        writeDisposition: "WRITE_APPEND",
        ...options,
      });
      await job.getQueryResults();
    };
    const wide = "SELECT 2 AS id, STRUCT('Z' AS mood, 'Bob' AS name) AS buyer, 5 AS more";
    const both = { schemaUpdateOptions: ["ALLOW_FIELD_ADDITION", "ALLOW_FIELD_RELAXATION"] };
    await expect(append("SELECT 2 AS id")).rejects.toThrow(
      "Invalid schema update. Field id has changed mode from REQUIRED to NULLABLE",
    );
    await expect(append(wide, RELAX)).rejects.toThrow("Invalid schema update. Cannot add fields (field: buyer.mood)");
    await expect(append("SELECT ERROR('no') AS more", both)).rejects.toThrow("no");
    expect((await fieldsOf("asked")).map(({ name }: { name: string }) => name)).toEqual(["id", "buyer", "lines"]);
    await append(wide, both);
    expect(await rows("SELECT id, buyer.name, buyer.mood, more FROM shop.asked ORDER BY id")).toEqual([
      { id: 1, name: "Ann", mood: null, more: null },
      { id: 2, name: "Bob", mood: "Z", more: 5 },
    ]);
  });

  it("finds columns whatever the case of their names", async () => {
    await rows("CREATE TABLE shop.cased (Id INT64, Buyer STRUCT<Name STRING>)");
    await load("cased", [{ ID: 1, buyer: { NAME: "a" } }], { autodetect: true });
    expect(await rows("SELECT id, buyer.name FROM shop.cased")).toEqual([{ id: 1, name: "a" }]);
  });
});
