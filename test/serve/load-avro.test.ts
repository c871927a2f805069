import { once } from "node:events";
import { createWriteStream, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import avro from "avsc";
import { describe, expect, it } from "vitest";
import { servedShop } from "./served.js";

describe("load jobs of Avro", () => {
  const { server, shop, rows } = servedShop();
  const long = avro.types.LongType.__with({
    fromBuffer: (bytes: Buffer) => bytes.readBigInt64LE(),
    toBuffer: (value: bigint | number) => {
      const bytes = Buffer.alloc(8);
      bytes.writeBigInt64LE(BigInt(value));
      return bytes;
    },
    fromJSON: BigInt,
    toJSON: Number,
    isValid: (value: unknown) => typeof value === "bigint" || Number.isInteger(value),
    compare: (a: bigint, b: bigint) => Number(a - b),
  });
  /** Writes a file as other programs do. */
  const file = async (schema: avro.Schema, records: readonly object[], codec = "deflate") => {
    const path = join(server().dir, "f.avro");
    const hasBig = records.some((record) => Object.values(record).some((value) => typeof value === "bigint"));
    // A type writes the header without what it does not know, such as dates.
    const given = hasBig ? avro.Type.forSchema(schema, { registry: { long } }) : schema;
    const encoder = new avro.streams.BlockEncoder(given as avro.Schema, { codec: codec as "deflate" });
    for (const record of records) encoder.write(record);
    encoder.end();
    await pipeline(encoder, createWriteStream(path));
    return path;
  };
  const load = async (table: string, path: string, options: object = {}) =>
    (
      await shop()
        .table(table)
        .load(path, { sourceFormat: "AVRO", ...options })
    )[0];

  const nullable = (type: avro.Schema) => ({ type: ["null", type] as avro.Schema, default: null });
  const SCHEMA = {
    type: "record",
    name: "Order",
    namespace: "shop",
    fields: [
      { name: "id", type: "long" },
      { name: "small", type: "int" },
      { name: "price", ...nullable("double") },
      { name: "paid", type: "boolean" },
      { name: "raw", type: "bytes" },
      { name: "state", type: { type: "enum", name: "State", symbols: ["NEW", "DONE"] } },
      { name: "before", ...nullable("State") },
      { name: "tags", type: { type: "array", items: "string" } },
      { name: "counts", type: { type: "map", values: "long" } },
      {
        name: "buyer",
        ...nullable({ type: "record", name: "Buyer", fields: [{ name: "name", ...nullable("string") }] }),
      },
      { name: "others", type: { type: "array", items: "Buyer" } },
    ],
  } as avro.Schema;

  it("makes the table as the file's schema is, and loads every type", async () => {
    const one = {
      id: 9_223_372_036_854_775_807n,
      small: -1,
      price: Number.POSITIVE_INFINITY,
      paid: true,
      raw: Buffer.from("ab"),
      state: "NEW",
      before: "DONE",
      tags: ["x", "y"],
      counts: { a: 1 },
      buyer: { name: "Ann" },
      others: [{ name: null }],
    };
    const two = { ...one, id: 2, price: null, before: null, tags: [], counts: {}, buyer: null, others: [] };
    const job = await load("orders", await file(SCHEMA, [one, two]));
    expect(job.statistics?.load?.outputRows).toBe("2");
    const [metadata] = await shop().table("orders").getMetadata();
    expect(metadata.schema.fields.slice(0, 3)).toEqual([
      { name: "id", type: "INTEGER", mode: "REQUIRED" },
      { name: "small", type: "INTEGER", mode: "REQUIRED" },
      { name: "price", type: "FLOAT", mode: "NULLABLE" },
    ]);
    expect(await rows("SELECT TO_JSON_STRING(o) AS j FROM shop.orders AS o ORDER BY id DESC")).toEqual([
      {
        j: '{"id":"9223372036854775807","small":-1,"price":"Infinity","paid":true,"raw":"YWI=","state":"NEW","before":"DONE","tags":["x","y"],"counts":[{"key":"a","value":1}],"buyer":{"name":"Ann"},"others":[{"name":null}]}',
      },
      {
        j: '{"id":2,"small":-1,"price":null,"paid":true,"raw":"YWI=","state":"NEW","before":null,"tags":[],"counts":[],"buyer":null,"others":[]}',
      },
    ]);
  });

  const TIMES = {
    type: "record",
    name: "Times",
    fields: [
      { name: "day", type: { type: "int", logicalType: "date" } },
      { name: "clock", type: { type: "long", logicalType: "time-micros" } },
      { name: "at", type: { type: "long", logicalType: "timestamp-millis" } },
      { name: "local", type: { type: "long", logicalType: "local-timestamp-micros" } },
      { name: "amount", type: { type: "bytes", logicalType: "decimal", precision: 10, scale: 2 } },
      { name: "said", type: { type: "string", sqlType: "JSON" } },
    ],
  } as avro.Schema;
  const times = { day: 19_723, clock: 3_600_000_001, at: -1, local: 1_704_067_200_000_001, said: '{"a":1}' };

  it("knows dates, times and decimals where the job asks for it", async () => {
    const path = await file(TIMES, [{ ...times, amount: Buffer.from([0xfe, 0x0c]) }], "null");
    await load("logical", path, { useAvroLogicalTypes: true });
    expect(await rows("SELECT TO_JSON_STRING(t) AS j FROM shop.logical AS t")).toEqual([
      {
        j: '{"day":"2024-01-01","clock":"01:00:00.000001","at":"1969-12-31T23:59:59.999Z","local":"2024-01-01T00:00:00.000001","amount":-5,"said":{"a":1}}',
      },
    ]);
    await load("plain", path);
    expect(
      await rows("SELECT day, clock, `at`, local, TO_HEX(amount) AS amount, said.a FROM shop.plain"),
    ).toMatchObject([{ day: 19_723, clock: 3_600_000_001, at: -1, local: 1_704_067_200_000_001, amount: "fe0c" }]);
  });

  it("reads instants that are further away than a number of JavaScript counts", async () => {
    const micros = 253_402_300_799_999_999n;
    const at = { type: "long", logicalType: "timestamp-micros" } as avro.Schema;
    const far = { type: "record", name: "Far", fields: [{ name: "at", type: at }] } as avro.Schema;
    const path = join(server().dir, "far.avro");
    const type = avro.Type.forSchema(
      { type: "record", name: "Far", fields: [{ name: "at", type: "long" }] },
      { registry: { long } },
    );
    const writer = new avro.streams.BlockEncoder(far, { writeHeader: "always" });
    const head: Buffer[] = [];
    writer.on("data", (chunk: Buffer) => head.push(chunk));
    writer.end();
    await once(writer, "end");
    const header = Buffer.concat(head);
    const record = type.toBuffer({ at: micros });
    // One block: how many records, how many bytes, the records, and what ends the header.
    const block = [Buffer.from([2, record.length * 2]), record, header.subarray(-16)];
    writeFileSync(path, Buffer.concat([header, ...block]));
    await load("far", path, { useAvroLogicalTypes: true });
    expect(await rows("SELECT CAST(`at` AS STRING) AS t FROM shop.far")).toEqual([
      { t: "9999-12-31 23:59:59.999999+00" },
    ]);
  });

  it("adds to a table, and takes its columns' types", async () => {
    await rows("CREATE TABLE shop.more (n INT64, x STRING)");
    const schema = { type: "record", name: "R", fields: [{ name: "n", type: "long" }] } as avro.Schema;
    await load("more", await file(schema, [{ n: 1 }]), { writeDisposition: "WRITE_APPEND" });
    expect(await rows("SELECT n, x FROM shop.more")).toEqual([{ n: 1, x: null }]);
    const other = { type: "record", name: "R", fields: [{ name: "n", type: "string" }] } as avro.Schema;
    await expect(load("more", await file(other, [{ n: "1" }]))).rejects.toThrow(
      "has changed type from INTEGER to STRING",
    );
  });

  it("says what cannot be read", async () => {
    const broken = join(server().dir, "broken.avro");
    writeFileSync(broken, "no Avro at all");
    await expect(load("broken", broken)).rejects.toThrow("The Apache Avro library failed to read data");
    writeFileSync(broken, "");
    await expect(load("broken", broken)).rejects.toThrow("The Apache Avro library failed to read data");
    const wide = {
      type: "record",
      name: "R",
      fields: [{ name: "n", type: { type: "bytes", logicalType: "decimal", precision: 45, scale: 18 } }],
    } as avro.Schema;
    const path = await file(wide, [{ n: Buffer.from([1]) }]);
    await expect(load("wide", path, { useAvroLogicalTypes: true })).rejects.toThrow("Invalid NUMERIC value");
    const decimalTargetTypes = ["NUMERIC", "BIGNUMERIC"];
    await load("wide", path, { useAvroLogicalTypes: true, decimalTargetTypes });
    expect(await rows("SELECT CAST(n AS STRING) AS n FROM shop.wide")).toEqual([{ n: "0.000000000000000001" }]);
    await expect(load("orc", path, { sourceFormat: "ORC" })).rejects.toThrow("ORC is not supported");
  });
});
