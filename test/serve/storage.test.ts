import { adapt, managedwriter, protos, v1 } from "@google-cloud/bigquery-storage";
import { credentials } from "@grpc/grpc-js";
import { type Table, tableFromIPC } from "apache-arrow";
import avro from "avsc";
import { PassThroughClient } from "google-auth-library";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Served, served } from "./served.js";

/** The real clients of the Storage API; what they read is decoded by the libraries of the formats. */
let server: Served;
let reader: v1.BigQueryReadClient;
let writer: managedwriter.WriterClient;
const TABLE = "projects/p/datasets/d/tables/t";

beforeAll(async () => {
  server = await served("--in-memory");
  const options = {
    apiEndpoint: "127.0.0.1",
    port: server.storagePort,
    sslCreds: credentials.createInsecure(),
    projectId: "p",
    authClient: new PassThroughClient(),
  };
  reader = new v1.BigQueryReadClient(options as never);
  writer = new managedwriter.WriterClient(options as never);
  await server.client.query(`CREATE SCHEMA d;
    CREATE TABLE d.t AS SELECT n AS id, CONCAT('name ', CAST(n AS STRING)) AS name FROM UNNEST(GENERATE_ARRAY(1, 5000)) AS n;
    CREATE VIEW d.v AS SELECT * FROM d.t;
    CREATE TABLE d.types AS
    SELECT 1 AS row, 9007199254740993 AS i, 0.1 AS f, TRUE AS b, 'é' AS s, b'\\x00\\xff' AS y, DATE '2024-02-29' AS d,
      DATETIME '2024-02-29 01:02:03.000004' AS dt, TIME '23:59:59.999999' AS t, TIMESTAMP '1969-12-31 23:59:59.999999+00' AS ts,
      NUMERIC '-1234567890123456789.000000001' AS n, BIGNUMERIC '-0.00000000000000001' AS bn, JSON '{"a":1}' AS j,
      INTERVAL '1-2 3 4:5:6.5' YEAR TO SECOND AS iv, ST_GEOGPOINT(1, 2) AS g, [1, 2] AS a,
      STRUCT('x' AS k, [STRUCT(1 AS v, 'u' AS w)] AS l) AS st, RANGE(DATE '2024-01-01', NULL) AS r
    UNION ALL SELECT 2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL`);
});
afterAll(async () => {
  await reader.close();
  writer.close();
  await server.stop();
});

interface Wanted {
  readonly table?: string;
  readonly fields?: readonly string[];
  readonly where?: string;
  readonly streams?: number;
}

async function session(dataFormat: "ARROW" | "AVRO", { table = TABLE, fields = [], where = "", streams = 1 }: Wanted) {
  const readOptions = { selectedFields: [...fields], rowRestriction: where };
  const [made] = await reader.createReadSession({
    parent: "projects/p",
    readSession: { table, dataFormat, readOptions },
    maxStreamCount: streams,
  });
  return made;
}

async function answers(readStream: string, offset = 0) {
  const all: Record<string, { [field: string]: Uint8Array }>[] = [];
  for await (const answer of reader.readRows({ readStream, offset })) all.push(answer as never);
  return all;
}

async function arrow(wanted: Wanted): Promise<Table> {
  const made = await session("ARROW", wanted);
  const parts = [made.arrowSchema?.serializedSchema as Uint8Array];
  for (const { name } of made.streams ?? [])
    for (const answer of await answers(name ?? ""))
      parts.push(answer.arrowRecordBatch?.serializedRecordBatch as Uint8Array);
  return tableFromIPC(Buffer.concat(parts));
}

/** Rows by the library of the format, its decimals and instants in the form that stands in the file. */
async function avroRows(wanted: Wanted): Promise<unknown[]> {
  const made = await session("AVRO", wanted);
  const long = avro.types.LongType.__with({
    fromBuffer: (buffer: Buffer) => buffer.readBigInt64LE(),
    toBuffer: () => Buffer.alloc(8),
    fromJSON: BigInt,
    toJSON: String,
    isValid: () => true,
    compare: () => 0,
  });
  const type = avro.Type.forSchema(JSON.parse(made.avroSchema?.schema ?? ""), {
    registry: { long },
    wrapUnions: "never",
  });
  const rows: unknown[] = [];
  for (const { name } of made.streams ?? [])
    for (const answer of await answers(name ?? "")) {
      const bytes = Buffer.from(answer.avroRows?.serializedBinaryRows as Uint8Array);
      for (let at = 0; at < bytes.length; ) {
        const { value, offset } = type.decode(bytes, at);
        rows.push(value);
        at = offset;
      }
    }
  return rows.map((row) =>
    JSON.parse(JSON.stringify(row, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value))),
  );
}

describe("reading", () => {
  it("sends every row once, in Arrow and in Avro", async () => {
    const table = await arrow({});
    expect(table.numRows).toBe(5000);
    expect(table.get(4999)?.toJSON()).toEqual({ id: 5000n, name: "name 5000" });
    const rows = await avroRows({});
    expect(rows).toHaveLength(5000);
    expect(rows[4999]).toEqual({ id: "5000", name: "name 5000" });
  });

  it("goes on behind the rows that a client has", async () => {
    const made = await session("AVRO", {});
    const counts = (await answers(made.streams?.[0]?.name ?? "", 4990)).map(({ rowCount }) => Number(rowCount));
    expect(counts).toEqual([10]);
  });

  it("sends some fields of some rows", async () => {
    const fields = ["st.l.w", "i"];
    const rows = await avroRows({ table: "projects/p/datasets/d/tables/types", fields, where: "row < 2 -- the first" });
    expect(rows).toEqual([{ i: "9007199254740993", st: { l: [{ w: "u" }] } }]);
  });

  it("splits a stream, whose parts have its rows together", async () => {
    const made = await session("ARROW", {});
    const [{ name = "" } = {}] = made.streams ?? [];
    const [{ primaryStream, remainderStream }] = await reader.splitReadStream({ name, fraction: 0.25 });
    const count = async (stream: string) =>
      (await answers(stream)).reduce((sum, { rowCount }) => sum + Number(rowCount), 0);
    expect([await count(primaryStream?.name ?? ""), await count(remainderStream?.name ?? "")]).toEqual([1250, 3750]);
    expect(await count(name ?? "")).toBe(5000);
    const one = await session("AVRO", { where: "id = 7" });
    const [whole] = await reader.splitReadStream({ name: one.streams?.[0]?.name ?? "" });
    expect([whole.primaryStream, whole.remainderStream]).toEqual([null, null]);
  });

  it("sends a sample, the same each time", async () => {
    const sampled = async (samplePercentage: number) => {
      const readSession = { table: TABLE, dataFormat: "ARROW" as const, readOptions: { samplePercentage } };
      const [made] = await reader.createReadSession({ parent: "projects/p", readSession, maxStreamCount: 1 });
      return Number(made.estimatedRowCount);
    };
    const some = await sampled(20);
    expect(some).toBeGreaterThan(0);
    expect(some).toBeLessThan(5000);
    expect(await sampled(20)).toBe(some);
    expect(await sampled(100)).toBe(5000);
    await expect(sampled(101)).rejects.toThrow("sample_percentage");
  });

  it("has every type in Arrow", async () => {
    const table = await arrow({ table: "projects/p/datasets/d/tables/types", where: "row = 1" });
    expect(Object.fromEntries(table.schema.fields.map(({ name, type }) => [name, String(type)]))).toEqual({
      row: "Int64",
      i: "Int64",
      f: "Float64",
      b: "Bool",
      s: "Utf8",
      y: "Binary",
      d: "Date32<DAY>",
      dt: "Timestamp<MICROSECOND>",
      t: "Time64<MICROSECOND>",
      ts: "Timestamp<MICROSECOND, UTC>",
      n: "Decimal[38e+9]",
      bn: "Decimal[76e+38]",
      j: "Utf8",
      iv: "Interval<MONTH_DAY_NANO>",
      g: "Utf8",
      a: "List<Int64>",
      st: "Struct<{k:Utf8, l:List<Struct<{v:Int64, w:Utf8}>>}>",
      r: "Struct<{start:Date32<DAY>, end:Date32<DAY>}>",
    });
    const [row] = table.toArray();
    expect(row.i).toBe(9007199254740993n);
    expect(String(row.n)).toBe("-1234567890123456789000000001");
    const words = [...(table.getChild("bn")?.data[0]?.values ?? [])] as number[];
    const unscaled = words.reduceRight((sum, word) => (sum << 32n) | BigInt(word), 0n);
    expect(BigInt.asIntN(256, unscaled)).toBe(-1_000_000_000_000_000_000_000n);
    expect([...row.a]).toEqual([1n, 2n]);
    expect(row.st.l.get(0).w).toBe("u");
    expect(table.getChild("ts")?.data[0]?.values[0]).toBe(-1n);
    expect([...(table.getChild("iv")?.data[0]?.values ?? [])].slice(0, 2)).toEqual([14, 3]);
    expect([row.r.start === null, row.r.end]).toEqual([false, null]);
  });

  it("has NULL in every type, and no NULL arrays", async () => {
    const [row] = (await arrow({ table: "projects/p/datasets/d/tables/types", where: "row = 2" })).toArray();
    const { row: number, a, ...others } = row.toJSON();
    expect([number, [...a]]).toEqual([2n, []]);
    expect(Object.values(others).every((value) => value === null)).toBe(true);
  });

  it("has every type in Avro", async () => {
    const [row, empty] = (await avroRows({ table: "projects/p/datasets/d/tables/types" })) as Record<string, unknown>[];
    expect(row).toMatchObject({
      f: 0.1,
      y: { data: [0, 255] },
      d: 19782,
      dt: "2024-02-29T01:02:03.000004",
      t: 86_399_999_999,
      ts: -1,
      j: '{"a":1}',
      g: "POINT(1 2)",
      st: { k: "x", l: [{ v: "1", w: "u" }] },
      r: { start: 19723, end: null },
    });
    const { data } = (row as { n: { data: number[] } }).n;
    expect(BigInt.asIntN(data.length * 8, BigInt(`0x${Buffer.from(data).toString("hex")}`))).toBe(
      -1234567890123456789000000001n,
    );
    expect(empty).toMatchObject({ i: null, a: [], st: null, r: null });
  });

  it("reads the result of a query", async () => {
    const [job] = await server.client.createQueryJob("SELECT id FROM d.t WHERE id <= 3 ORDER BY id");
    await job.getQueryResults();
    const [{ configuration }] = await job.getMetadata();
    const { projectId, datasetId, tableId } = configuration.query.destinationTable;
    const result = `projects/${projectId}/datasets/${datasetId}/tables/${tableId}`;
    const ids = async (where = "") => (await arrow({ table: result, where })).toArray().map(({ id }) => id);
    expect(await ids()).toEqual([1n, 2n, 3n]);
    expect((await ids("id > 1")).sort()).toEqual([2n, 3n]);
  });

  it.each<[string, Wanted, RegExp]>([
    ["a table that is not there", { table: "projects/p/datasets/d/tables/nope" }, /NOT_FOUND.*Table p:d\.nope/],
    ["a view", { table: "projects/p/datasets/d/tables/v" }, /INVALID_ARGUMENT.*view/],
    ["a name that is none", { table: "d.t" }, /INVALID_ARGUMENT.*projects\/P\/datasets\/D\/tables\/T/],
    ["a field that is not there", { fields: ["nope"] }, /INVALID_ARGUMENT.*nope/],
    ["a restriction that is no condition", { where: "id +" }, /INVALID_ARGUMENT/],
    ["a restriction that ends the query", { where: "TRUE); DROP TABLE d.t; SELECT (1" }, /INVALID_ARGUMENT/],
  ])("refuses %s", async (_, wanted, message) => {
    await expect(session("ARROW", wanted)).rejects.toThrow(message);
  });
});

describe("writing", () => {
  const destinationTable = "projects/p/datasets/d/tables/w";
  const fields = [
    { name: "id", type: "INTEGER", mode: "REQUIRED" },
    { name: "name", type: "STRING" },
    { name: "instant", type: "TIMESTAMP" },
    { name: "day", type: "DATE" },
    { name: "price", type: "NUMERIC" },
    { name: "tags", type: "STRING", mode: "REPEATED" },
    { name: "place", type: "RECORD", fields: [{ name: "city", type: "STRING" }] },
  ];
  const protoDescriptor = adapt.convertStorageSchemaToProto2Descriptor(
    adapt.convertBigQuerySchemaToStorageTableSchema({ fields }),
    "root",
  );

  beforeEach(async () => {
    await server.client.query(`CREATE OR REPLACE TABLE d.w (id INT64 NOT NULL, name STRING, instant TIMESTAMP, day DATE,
      price NUMERIC, tags ARRAY<STRING>, place STRUCT<city STRING>)`);
  });

  async function stored(): Promise<number[]> {
    const [rows] = await server.client.query("SELECT id FROM d.w ORDER BY id");
    return rows.map(({ id }: { id: number }) => id);
  }

  async function stream(streamType?: "COMMITTED" | "PENDING" | "BUFFERED") {
    const type = streamType === undefined ? {} : { streamType };
    const connection = await writer.createStreamConnection({ ...type, destinationTable } as never);
    return { connection, rows: new managedwriter.JSONWriter({ connection, protoDescriptor }) };
  }

  it("has rows of the default stream at once, every type as it was sent", async () => {
    const { rows } = await stream();
    const instant = new Date("2024-02-29T01:02:03.004Z");
    const row = { id: 1, name: "é", price: "-1.000000001", tags: ["a", "b"], place: { city: "X" } };
    const { error, appendResult } = await rows
      .appendRows([{ ...row, instant, day: new Date("2024-02-29") }, { id: 2 }])
      .getResult();
    expect([error, appendResult?.offset]).toEqual([undefined, null]);
    rows.close();
    const [[first, second]] = await server.client.query("SELECT TO_JSON_STRING(w) AS j FROM d.w AS w ORDER BY id");
    expect(JSON.parse(first.j)).toEqual({ ...row, day: "2024-02-29", instant: "2024-02-29T01:02:03.004Z" });
    expect(JSON.parse(second.j)).toMatchObject({ id: 2, name: null, tags: [], place: null });
  });

  it("takes every offset of a committed stream once", async () => {
    const { rows, connection } = await stream("COMMITTED");
    const sent = [
      await rows.appendRows([{ id: 1 }, { id: 2 }], 0).getResult(),
      await rows.appendRows([{ id: 3 }], 2).getResult(),
    ];
    expect(sent.map(({ appendResult }) => Number(appendResult?.offset?.value))).toEqual([0, 2]);
    const again = await rows.appendRows([{ id: 3 }], 2).getResult();
    expect(again.error).toMatchObject({ code: 6, message: expect.stringContaining("expected offset 3, received 2") });
    const beyond = await rows.appendRows([{ id: 9 }], 7).getResult();
    expect(beyond.error).toMatchObject({ code: 11, message: expect.stringContaining("expected offset 3, received 7") });
    expect(await connection.finalize()).toMatchObject({ rowCount: "3" });
    const late = await rows.appendRows([{ id: 4 }], 3).getResult();
    const [detail] = late.error?.details ?? [];
    expect(detail?.type_url).toBe("type.googleapis.com/google.cloud.bigquery.storage.v1.StorageError");
    const { StorageError } = protos.google.cloud.bigquery.storage.v1;
    expect(StorageError.toObject(StorageError.decode(detail?.value as Uint8Array), { enums: String })).toMatchObject({
      code: "STREAM_FINALIZED",
      entity: connection.getStreamId(),
    });
    rows.close();
    expect(await stored()).toEqual([1, 2, 3]);
  });

  it("shows rows of pending streams when they are committed, all of them", async () => {
    const [one, two] = [await stream("PENDING"), await stream("PENDING")];
    await one.rows.appendRows([{ id: 1 }]).getResult();
    await two.rows.appendRows([{ id: 2 }]).getResult();
    const names = [one, two].map(({ connection }) => connection.getStreamId());
    const commit = () => writer.batchCommitWriteStream({ parent: destinationTable, writeStreams: names });
    const codes = async () => (await commit()).streamErrors?.map(({ code }) => code);
    expect(await codes()).toEqual(["INVALID_STREAM_STATE", "INVALID_STREAM_STATE"]);
    for (const { connection } of [one, two]) await connection.finalize();
    expect(await stored()).toEqual([]);
    expect(await commit()).toMatchObject({ commitTime: expect.anything() });
    expect(await stored()).toEqual([1, 2]);
    expect(await codes()).toEqual(["STREAM_ALREADY_COMMITTED", "STREAM_ALREADY_COMMITTED"]);
    expect(await stored()).toEqual([1, 2]);
    for (const { rows } of [one, two]) rows.close();
  });

  it("takes what comes by several connections at once only once", async () => {
    const beside = async (streamId: string) => {
      const connection = await writer.createStreamConnection({ streamId, destinationTable });
      return new managedwriter.JSONWriter({ connection, protoDescriptor });
    };
    const committed = await stream("COMMITTED");
    const writers = [committed.rows, await beside(committed.connection.getStreamId())];
    const answers = await Promise.all(writers.map((one) => one.appendRows([{ id: 1 }, { id: 2 }], 0).getResult()));
    expect(answers.map(({ error }) => error?.code ?? 0).sort()).toEqual([0, 6]);
    expect(await stored()).toEqual([1, 2]);

    const pending = await stream("PENDING");
    await pending.rows.appendRows([{ id: 3 }]).getResult();
    await pending.connection.finalize();
    const name = pending.connection.getStreamId();
    const commit = () => writer.batchCommitWriteStream({ parent: destinationTable, writeStreams: [name, name] });
    const done = await Promise.all([commit(), commit(), commit()]);
    expect(done.map(({ streamErrors }) => streamErrors?.[0]?.code ?? "done").sort()).toEqual([
      "STREAM_ALREADY_COMMITTED",
      "STREAM_ALREADY_COMMITTED",
      "done",
    ]);
    expect(await stored()).toEqual([1, 2, 3]);

    const buffered = await stream("BUFFERED");
    await buffered.rows.appendRows([{ id: 4 }, { id: 5 }]).getResult();
    await Promise.all([0, 1, 1].map((offset) => buffered.connection.flushRows({ offset: offset as never })));
    expect(await stored()).toEqual([1, 2, 3, 4, 5]);
    for (const one of [...writers, pending.rows, buffered.rows]) one.close();
  });

  it("shows rows of a buffered stream up to where it is flushed", async () => {
    const { rows, connection } = await stream("BUFFERED");
    await rows.appendRows([{ id: 1 }, { id: 2 }, { id: 3 }]).getResult();
    await connection.flushRows({ offset: 1 as never });
    expect(await stored()).toEqual([1, 2]);
    rows.close();
  });

  it("holds rows to the parameters of types", async () => {
    await server.client.query("CREATE OR REPLACE TABLE d.w (id INT64 NOT NULL, name STRING(2), price NUMERIC(5, 2))");
    const { rows } = await stream();
    const { rowErrors } = await rows
      .appendRows([
        { id: 1, name: "abc" },
        { id: 2, price: "1000" },
      ])
      .getResult();
    expect(rowErrors?.map(({ message }) => message)).toEqual([
      "Field name: STRING(2) has maximum length 2 but got a value with length 3",
      expect.stringContaining("not in range of [-999.99, 999.99] Field: price; Value: 1000"),
    ]);
    await rows.appendRows([{ id: 3, name: "ab", price: "1.005" }]).getResult();
    rows.close();
    const [[row]] = await server.client.query("SELECT name, CAST(price AS STRING) AS price FROM d.w");
    expect(row).toEqual({ name: "ab", price: "1.01" });
  });

  it("says which rows are wrong, takes none of them, and goes on", async () => {
    const { rows } = await stream();
    const bad = await rows.appendRows([{ id: 1 }, { id: 2, price: "1e40" }]).getResult();
    expect(bad.error).toMatchObject({ code: 3 });
    expect(bad.rowErrors).toMatchObject([{ index: "1", message: expect.stringContaining("price") }]);
    await rows.appendRows([{ id: 3 }]).getResult();
    rows.close();
    expect(await stored()).toEqual([3]);
  });

  it("fills what rows lack with NULL, or with defaults where it is asked to", async () => {
    await server.client.query(`CREATE OR REPLACE TABLE d.w (id INT64 NOT NULL, name STRING DEFAULT 'none', instant TIMESTAMP,
      day DATE DEFAULT DATE '2024-01-01', price NUMERIC, tags ARRAY<STRING>, place STRUCT<city STRING>)`);
    const { rows } = await stream();
    await rows.appendRows([{ id: 1 }, { id: 2, name: "x" }]).getResult();
    rows.setDefaultMissingValueInterpretation("DEFAULT_VALUE");
    rows.setMissingValueInterpretations({ day: "NULL_VALUE" });
    await rows.appendRows([{ id: 3 }, { id: 4, name: "y" }]).getResult();
    rows.close();
    await server.client
      .dataset("d")
      .table("w")
      .insert([{ id: 5 }, { id: 6, name: "z" }, { id: 7, name: null }]);
    const [found] = await server.client.query("SELECT id, name, CAST(day AS STRING) AS day FROM d.w ORDER BY id");
    expect(found).toEqual([
      { id: 1, name: null, day: null },
      { id: 2, name: "x", day: null },
      { id: 3, name: "none", day: null },
      { id: 4, name: "y", day: null },
      { id: 5, name: "none", day: "2024-01-01" },
      { id: 6, name: "z", day: "2024-01-01" },
      { id: 7, name: null, day: "2024-01-01" },
    ]);
  });

  it("takes rows in Arrow, every type as it was sent", async () => {
    await server.client.query(`CREATE OR REPLACE TABLE d.from_arrow LIKE d.types;
      CREATE OR REPLACE TABLE d.sent AS SELECT * EXCEPT (iv, g, r) FROM d.types;
      CREATE OR REPLACE TABLE d.from_arrow LIKE d.sent`);
    const made = await session("ARROW", { table: "projects/p/datasets/d/tables/sent" });
    const [answer] = await answers(made.streams?.[0]?.name ?? "");
    const client = new v1.BigQueryWriteClient({
      apiEndpoint: "127.0.0.1",
      port: server.storagePort,
      sslCreds: credentials.createInsecure(),
      projectId: "p",
      authClient: new PassThroughClient(),
    } as never);
    const call = client.appendRows();
    const told = new Promise<{ error?: unknown }>((resolve, reject) =>
      call.once("data", resolve).once("error", reject),
    );
    call.write({
      writeStream: "projects/p/datasets/d/tables/from_arrow/streams/_default",
      arrowRows: {
        writerSchema: { serializedSchema: made.arrowSchema?.serializedSchema },
        rows: { serializedRecordBatch: answer?.arrowRecordBatch?.serializedRecordBatch },
      },
    });
    expect((await told).error).toBeFalsy();
    call.end();
    await client.close();
    const text = async (table: string) =>
      (await server.client.query(`SELECT TO_JSON_STRING(t) AS j FROM d.${table} AS t ORDER BY row`))[0];
    expect(await text("from_arrow")).toEqual(await text("sent"));
  });

  it("tells a connection that the table has other columns", async () => {
    const { rows } = await stream();
    expect((await rows.appendRows([{ id: 1 }]).getResult()).updatedSchema).toBeFalsy();
    await server.client.query("ALTER TABLE d.w ADD COLUMN more STRING");
    const { updatedSchema } = await rows.appendRows([{ id: 2 }]).getResult();
    expect(updatedSchema?.fields?.at(-1)).toMatchObject({ name: "more", type: "STRING" });
    expect((await rows.appendRows([{ id: 3 }]).getResult()).updatedSchema).toBeFalsy();
    rows.close();
  });

  it("refuses tables that are not there", async () => {
    const made = writer.createWriteStream({
      streamType: managedwriter.PendingStream,
      destinationTable: "projects/p/datasets/d/tables/nope",
    });
    await expect(made).rejects.toThrow(/NOT_FOUND.*d\.nope/);
  });
});
