import { createWriteStream, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { crc32, gunzipSync, gzipSync } from "node:zlib";
import avro from "avsc";
import { compress, uncompress } from "snappyjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Served, served } from "./served.js";

type Pack = (block: Buffer, done: (cause: Error | null, packed?: Buffer) => void) => void;

/** A hundred records `{ n: i % 7, s: "row N of many" }`, packed by the zstd program. */
const ZSTD_BLOCK = "KLUv/QBonQEA2AAacm93IDAgb2YgbWFueQIxBDIGMwg0CjUMNg2gMHr/DdBzMXCx/wl006WX3qYjF0kB";

describe("files of Avro and Parquet with their compressions", () => {
  let server: Served;
  beforeAll(async () => {
    server = await served("--in-memory", "--buckets", "DIR");
    mkdirSync(join(server.dir, "b"));
    await server.client.createDataset("shop");
  });
  afterAll(() => server.stop());
  const rows = async (query: string): Promise<object[]> => (await server.client.query(query))[0];
  const path = (name: string) => join(server.dir, "b", name);
  const job = async (configuration: object) => {
    const [created] = await server.client.createJob({ configuration } as never);
    await created.promise();
  };
  const table = (tableId: string) => ({ projectId: "test-project", datasetId: "shop", tableId });
  const extract = (tableId: string, uri: string, options: object) =>
    job({ extract: { sourceTable: table(tableId), destinationUris: [`gs://b/${uri}`], ...options } });
  const load = (tableId: string, uri: string, options: object) =>
    job({ load: { destinationTable: table(tableId), sourceUris: [`gs://b/${uri}`], ...options } });

  const SCHEMA = {
    type: "record",
    name: "R",
    fields: [
      { name: "n", type: "long" },
      { name: "s", type: "string" },
    ],
  } as avro.Schema;
  const snappy: Pack = (block, done) => {
    const checksum = Buffer.alloc(4);
    checksum.writeUInt32BE(crc32(block));
    done(null, Buffer.concat([compress(new Uint8Array(block)), checksum]));
  };
  const zstandard: Pack = (_block, done) => done(null, Buffer.from(ZSTD_BLOCK, "base64"));
  const write = async (name: string, schema: avro.Schema, records: readonly object[], codec = "null") => {
    const codecs = { ...avro.streams.BlockEncoder.defaultCodecs(), snappy, zstandard };
    const type = avro.Type.forSchema(schema, { wrapUnions: true });
    const encoder = new avro.streams.BlockEncoder(type, { codec, codecs, writeHeader: true } as never);
    for (const record of records) encoder.write(record);
    encoder.end();
    await pipeline(encoder, createWriteStream(path(name)));
  };
  const many = Array.from({ length: 100 }, (_, i) => ({ n: i % 7, s: `row ${i % 7} of many` }));

  it.each(["null", "deflate", "snappy", "zstandard"])("loads Avro packed as %s", async (codec) => {
    await write(`${codec}.avro`, SCHEMA, many, codec);
    await load(`packed_${codec}`, `${codec}.avro`, { sourceFormat: "AVRO" });
    expect(await rows(`SELECT COUNT(*) AS c, SUM(n) AS n, MAX(s) AS s FROM shop.packed_${codec}`)).toEqual([
      { c: 100, n: many.reduce((sum, { n }) => sum + n, 0), s: "row 6 of many" },
    ]);
  });

  it("says that a block is damaged", async () => {
    await write("damaged.avro", SCHEMA, many, "snappy");
    const bytes = readFileSync(path("damaged.avro"));
    bytes[bytes.length - 18] = 255 - (bytes[bytes.length - 18] ?? 0);
    await pipeline([bytes], createWriteStream(path("damaged.avro")));
    await expect(load("damaged", "damaged.avro", { sourceFormat: "AVRO" })).rejects.toThrow(
      "The Apache Avro library failed to read data with the following error: snappy codec decompression error",
    );
  });

  it("makes a record of a union of several types, and texts of UUIDs", async () => {
    const schema = {
      type: "record",
      name: "R",
      namespace: "shop",
      fields: [
        { name: "either", type: ["null", "string", "int"] },
        { name: "id", type: { type: "string", logicalType: "uuid" } },
        {
          name: "deep",
          type: [
            "double",
            { type: "record", name: "Place", fields: [{ name: "city", type: ["null", "string"] }] },
            { type: "array", items: "string" },
          ],
        },
        { name: "all", type: { type: "array", items: ["string", "boolean"] } },
      ],
    } as avro.Schema;
    const id = "123e4567-e89b-12d3-a456-426614174000";
    await write("union.avro", schema, [
      { either: { string: "x" }, id, deep: { "shop.Place": { city: { string: "Y" } } }, all: [{ boolean: true }] },
      { either: { int: 5 }, id, deep: { array: ["a", "b"] }, all: [{ string: "z" }] },
      { either: null, id, deep: { double: 0.5 }, all: [] },
    ]);
    await load("variants", "union.avro", { sourceFormat: "AVRO" });
    const [{ schema: made }] = await server.client.dataset("shop").table("variants").getMetadata();
    expect(made.fields[0]).toEqual({
      name: "either",
      type: "RECORD",
      mode: "NULLABLE",
      fields: [
        { name: "string_value", type: "STRING", mode: "NULLABLE" },
        { name: "int_value", type: "INTEGER", mode: "NULLABLE" },
      ],
    });
    expect(await rows("SELECT TO_JSON_STRING(v) AS j FROM shop.variants AS v")).toEqual([
      {
        j: `{"either":{"string_value":"x","int_value":null},"id":"${id}","deep":{"double_value":null,"shop_Place_value":{"city":"Y"},"array_string_value":[]},"all":[{"string_value":null,"boolean_value":true}]}`,
      },
      {
        j: `{"either":{"string_value":null,"int_value":5},"id":"${id}","deep":{"double_value":null,"shop_Place_value":null,"array_string_value":["a","b"]},"all":[{"string_value":"z","boolean_value":null}]}`,
      },
      {
        j: `{"either":null,"id":"${id}","deep":{"double_value":0.5,"shop_Place_value":null,"array_string_value":[]},"all":[]}`,
      },
    ]);
  });

  const TYPES = `SELECT 1 AS i, 1.5 AS f, "a<b" AS s, DATE "2020-01-01" AS d, TIMESTAMP "2020-01-01 01:02:03.5+00" AS ts,
    NUMERIC "1.25" AS n, BIGNUMERIC "-0.5" AS bn, TRUE AS b, b"x" AS y, TIME "01:02:03" AS t, DATETIME "2020-01-01 00:00:01" AS dt,
    JSON '{"a":1}' AS j, [STRUCT(1 AS q, STRUCT("z" AS w) AS inner_one)] AS l, CAST(NULL AS STRING) AS nothing`;
  const unpack: Pack = (packed, done) =>
    done(null, Buffer.from(uncompress(new Uint8Array(packed.subarray(0, packed.length - 4)))));
  const read = async (name: string) => {
    const codecs = { ...avro.streams.BlockDecoder.defaultCodecs(), snappy: unpack };
    const decoder = avro.createFileDecoder(path(name), { codecs } as never);
    let header: { type: avro.Type; codec: string } | undefined;
    decoder.on("metadata", (type, codec) => {
      header = { type, codec };
    });
    const records: Record<string, unknown>[] = [];
    for await (const record of decoder) records.push({ ...record });
    return { ...header, records };
  };

  it("writes Avro that other programs read, and that is read again as it was", async () => {
    await rows(`CREATE TABLE shop.all_types AS ${TYPES}; ALTER TABLE shop.all_types ALTER COLUMN nothing SET DATA TYPE STRING;
      CREATE TABLE shop.strict (id INT64 NOT NULL, name STRING); INSERT shop.strict VALUES (1, 'a'), (2, NULL)`);
    await extract("strict", "strict-*.avro", { destinationFormat: "AVRO", compression: "SNAPPY" });
    const strict = await read("strict-000000000000.avro");
    expect(strict.codec).toBe("snappy");
    expect(strict.records).toEqual([
      { id: 1, name: "a" },
      { id: 2, name: null },
    ]);
    expect(JSON.parse(JSON.stringify(strict.type?.schema()))).toMatchObject({
      name: "Root",
      fields: [
        { name: "id", type: "long" },
        { name: "name", type: ["null", "string"] },
      ],
    });
    const again = async (name: string, options: object) => {
      await extract("all_types", `${name}.avro`, { destinationFormat: "AVRO", ...options });
      await load(name, `${name}.avro`, {
        sourceFormat: "AVRO",
        useAvroLogicalTypes: true,
        decimalTargetTypes: ["NUMERIC", "BIGNUMERIC"],
      });
      return (await rows(`SELECT TO_JSON_STRING(t) AS j FROM shop.${name} AS t`))[0] as { j: string };
    };
    const [{ j }] = (await rows("SELECT TO_JSON_STRING(t) AS j FROM shop.all_types AS t")) as [{ j: string }];
    expect((await again("logical", { useAvroLogicalTypes: true, compression: "DEFLATE" })).j).toBe(j);
    expect((await again("plain", {})).j).toBe(j);
    const { type, codec } = await read("plain.avro");
    const [, , , day] = JSON.parse(JSON.stringify(type?.schema({ exportAttrs: true }))).fields;
    expect([codec, day.type]).toEqual(["null", ["null", "string"]]);
    expect(readFileSync(path("plain.avro")).toString("latin1")).toContain('{"type":"string","sqlType":"DATE"}');
  });

  it.each(["NONE", "SNAPPY", "GZIP", "ZSTD"])("writes Parquet packed as %s", async (compression) => {
    await rows(
      `CREATE OR REPLACE TABLE shop.flat AS SELECT n, 'the same text' AS s FROM UNNEST(GENERATE_ARRAY(1, 2000)) AS n`,
    );
    await extract("flat", `${compression}.parquet`, { destinationFormat: "PARQUET", compression });
    await load(`flat_${compression}`, `${compression}.parquet`, { sourceFormat: "PARQUET" });
    expect(await rows(`SELECT SUM(n) AS n FROM shop.flat_${compression}`)).toEqual([{ n: 2_001_000 }]);
    await rows(`EXPORT DATA OPTIONS (uri = 'gs://b/${compression}-*.parquet', format = 'PARQUET', compression = '${compression}')
      AS SELECT n FROM shop.flat`);
    const [small, plain] = [`${compression}-000000000000.parquet`, "NONE-000000000000.parquet"].map(
      (name) => readFileSync(path(name)).length,
    );
    expect((small ?? 0) <= (plain ?? 0)).toBe(true);
    expect((small ?? 0) < (plain ?? 0)).toBe(compression !== "NONE");
  });

  it("writes a partition to every format", async () => {
    await rows(`CREATE TABLE shop.days (day DATE, n INT64) PARTITION BY day;
      INSERT shop.days VALUES (DATE '2024-01-01', 1), (DATE '2024-01-02', 2)`);
    for (const destinationFormat of ["PARQUET", "AVRO"]) {
      await extract("days$20240102", `part.${destinationFormat}`, { destinationFormat });
      await load(`part_${destinationFormat}`, `part.${destinationFormat}`, { sourceFormat: destinationFormat });
      expect(await rows(`SELECT n FROM shop.part_${destinationFormat}`)).toEqual([{ n: 2 }]);
    }
  });

  it("exports Avro by statement", async () => {
    const write = (options: string) =>
      rows(
        `EXPORT DATA OPTIONS (format = 'AVRO', overwrite = TRUE, ${options}) AS SELECT DATE '2020-01-01' AS d, 1 AS n`,
      );
    await write("uri = 'gs://b/stated-*.avro', compression = 'SNAPPY'");
    expect(await read("stated-000000000000.avro")).toMatchObject({ codec: "snappy", records: [{ d: 18_262, n: 1 }] });
    await write("uri = 'gs://b/stated-*.avro', use_avro_logical_types = FALSE");
    expect((await read("stated-000000000000.avro")).records).toEqual([{ d: "2020-01-01", n: 1 }]);
  });

  it("packs and unpacks texts, whatever their files are named", async () => {
    await pipeline([gzipSync("1,a\n2,b\n")], createWriteStream(path("packed-texts")));
    const schema = {
      fields: [
        { name: "n", type: "INTEGER" },
        { name: "s", type: "STRING" },
      ],
    };
    await load("texts", "packed-texts", { schema });
    expect(await rows("SELECT SUM(n) AS n FROM shop.texts")).toEqual([{ n: 3 }]);
    await extract("texts", "texts.csv.gz", { compression: "GZIP", printHeader: false });
    expect(gunzipSync(readFileSync(path("texts.csv.gz"))).toString()).toBe("1,a\n2,b\n");
    await extract("all_types", "signs.json", { destinationFormat: "NEWLINE_DELIMITED_JSON" });
    expect(readFileSync(path("signs.json"), "utf8")).toContain('"s":"a\\u003cb"');
  });

  it.each([
    ["CSV", "SNAPPY", "Compression type SNAPPY is not supported for CSV"],
    ["AVRO", "GZIP", "Compression type GZIP is not supported for AVRO"],
    ["ORC", "NONE", "Destination format ORC is not supported"],
  ])("refuses %s with %s", async (destinationFormat, compression, message) => {
    await expect(extract("texts", "none", { destinationFormat, compression })).rejects.toThrow(message);
  });
});
