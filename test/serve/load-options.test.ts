import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { BigQuery, Dataset } from "@google-cloud/bigquery";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Served, served } from "./served.js";

describe("options of load jobs", () => {
  let server: Served;
  let client: BigQuery;
  let shop: Dataset;
  beforeAll(async () => {
    server = await served("--in-memory", "--buckets", "DIR");
    client = server.client;
    [shop] = await client.createDataset("shop");
    mkdirSync(join(server.dir, "bucket"));
  });
  afterAll(() => server.stop());

  const rows = async (query: string): Promise<object[]> => (await client.query(query))[0];
  const load = async (table: string, content: string, options: object) => {
    const path = join(server.dir, "f.txt");
    writeFileSync(path, content);
    await shop.table(table).load(path, { writeDisposition: "WRITE_TRUNCATE", sourceFormat: "CSV", ...options });
  };
  const schema = (...fields: readonly string[]) => ({
    fields: fields.map((field) => {
      const [name = "", type = ""] = field.split(" ");
      return { name, type };
    }),
  });
  const LINES = { sourceFormat: "NEWLINE_DELIMITED_JSON" };
  const TIMES = schema("n INTEGER", "t TIMESTAMP");
  const readTimes = "SELECT n, CAST(t AS STRING) AS t FROM shop.times ORDER BY n";

  it("reads timestamps without a zone in the zone of the job", async () => {
    const texts = ["2026-01-01 00:00:00", "2026-07-01 00:00", "2026-01-01T00:00:00Z", "2026-01-01 00:00:00+01:00", "0"];
    const expected = [
      { n: 0, t: "2026-01-01 05:00:00+00" },
      { n: 1, t: "2026-07-01 04:00:00+00" },
      { n: 2, t: "2026-01-01 00:00:00+00" },
      { n: 3, t: "2025-12-31 23:00:00+00" },
      { n: 4, t: "1970-01-01 00:00:00+00" },
    ];
    const timeZone = "America/New_York";
    await load("times", texts.map((text, n) => `${n},${text}\n`).join(""), { schema: TIMES, timeZone });
    expect(await rows(readTimes)).toEqual(expected);
    const lines = texts.map((t, n) => `${JSON.stringify({ n, t })}\n`).join("");
    await load("times", lines, { ...LINES, schema: TIMES, timeZone });
    expect(await rows(readTimes)).toEqual(expected);
  });

  it.each([
    [{ timeZone: "Nowhere" }, "Invalid value for timeZone: Invalid time zone: Nowhere"],
    [{ timeZone: "Nowhere", timestampFormat: "YYYY-MM-DD" }, "Invalid value for timeZone"],
    [{ dateFormat: "QQ" }, "Invalid value for dateFormat: Cannot find format element at 0"],
    [{ timeFormat: "YYYY" }, "Invalid value for timeFormat: TIME does not support 'YYYY'"],
  ])("refuses %j", async (options, message) => {
    await expect(load("times", "1,2026-01-01\n", { schema: TIMES, ...options })).rejects.toThrow(message);
  });

  const FORMATS = {
    dateFormat: "MM/DD/YYYY",
    datetimeFormat: "DD.MM.YYYY HH24:MI",
    timeFormat: "HH12:MI AM",
    timestampFormat: "YYYYMMDD HH24MISS",
    timeZone: "Europe/Paris",
  };
  const FORMATTED = [
    { d: "2026-01-02", dt: "2026-02-01 15:30:00", t: "13:05:00", ts: "2026-06-30 22:00:00+00" },
  ] as const;
  const readFormatted =
    "SELECT CAST(d AS STRING) AS d, CAST(dt AS STRING) AS dt, CAST(t AS STRING) AS t, CAST(ts AS STRING) AS ts FROM shop.formatted";

  it("reads dates and times by the formats of the job, and no others", async () => {
    const said = schema("d DATE", "dt DATETIME", "t TIME", "ts TIMESTAMP");
    const line = "01/02/2026,01.02.2026 15:30,01:05 PM,20260701 000000\n";
    await load("formatted", line, { schema: said, ...FORMATS });
    expect(await rows(readFormatted)).toEqual(FORMATTED);
    const json = '{"d":"01/02/2026","dt":"01.02.2026 15:30","t":"01:05 PM","ts":"20260701 000000"}\n';
    await load("formatted", json, { ...LINES, schema: said, ...FORMATS });
    expect(await rows(readFormatted)).toEqual(FORMATTED);
    await expect(load("formatted", "2026-01-02,,,\n", { schema: said, ...FORMATS })).rejects.toThrow(
      "Could not parse '2026-01-02' as DATE for field d",
    );
  });

  it("finds out columns by those formats", async () => {
    const { timestampFormat: _, ...formats } = FORMATS;
    const text = "d,dt,t,ts\n01/02/2026,01.02.2026 15:30,01:05 PM,2026/07/01 00:00\n";
    await load("formatted", text, { autodetect: true, ...formats });
    const [{ schema: found }] = await shop.table("formatted").getMetadata();
    expect(found.fields.map(({ type }: { type: string }) => type)).toEqual(["DATE", "DATETIME", "TIME", "TIMESTAMP"]);
    expect(await rows(readFormatted)).toEqual(FORMATTED);
  });

  it("finds out columns anew where the table is replaced", async () => {
    await load("anew", "a,b\nx,1\n", { autodetect: true });
    await load("anew", '{"a":1,"b":{"c":["x"]}}\n', { ...LINES, autodetect: true });
    expect(await rows("SELECT a, b.c FROM shop.anew")).toEqual([{ a: 1, c: ["x"] }]);
    await load("anew", "a,c\n1.5,2024-01-01\n", { autodetect: true });
    const [{ schema: found }] = await shop.table("anew").getMetadata();
    expect(found.fields).toMatchObject([
      { name: "a", type: "FLOAT" },
      { name: "c", type: "DATE" },
    ]);
  });

  it("finds columns by their names, or by where they stand", async () => {
    const names = schema("first STRING", "last STRING");
    const text = "LAST,first\nDoe,Ann\n";
    const read = "SELECT first, last FROM shop.people";
    await load("people", text, { schema: names, sourceColumnMatch: "NAME" });
    expect(await rows(read)).toEqual([{ first: "Ann", last: "Doe" }]);
    await load("people", text, { schema: names, skipLeadingRows: 1, sourceColumnMatch: "POSITION" });
    expect(await rows(read)).toEqual([{ first: "Doe", last: "Ann" }]);
    const wider = "age,last\n7,Doe\n";
    await expect(load("people", wider, { schema: names, sourceColumnMatch: "NAME" })).rejects.toThrow(
      "no such field: age.",
    );
    await load("people", wider, { schema: names, sourceColumnMatch: "NAME", ignoreUnknownValues: true });
    expect(await rows(read)).toEqual([{ first: null, last: "Doe" }]);
  });

  it("takes several texts for NULL", async () => {
    const options = { schema: schema("a INTEGER", "s STRING"), nullMarkers: ["NA", "-"] };
    await load("nulls", '1,NA\n-,"NA"\n3,\n', options);
    expect(await rows("SELECT a, s FROM shop.nulls ORDER BY s")).toEqual([
      { a: 1, s: null },
      { a: 3, s: "" },
      { a: null, s: "NA" },
    ]);
    await expect(load("nulls", "1,x\n", { ...options, nullMarker: "x" })).rejects.toThrow(
      "nullMarker and nullMarkers cannot be set at the same time",
    );
  });

  it.each([
    ["jsonExtension", "GEOJSON"],
    ["hivePartitioningOptions", { mode: "AUTO" }],
    ["fileSetSpecType", "FILE_SET_SPEC_TYPE_NEW_LINE_DELIMITED_MANIFEST"],
    ["referenceFileSchemaUri", "gs://bucket/x"],
    ["columnNameCharacterMap", "V2"],
    ["somethingNew", true],
  ])("refuses %s by name", async (name, value) => {
    const options = { schema: schema("a INTEGER"), [name]: value };
    await expect(load("refused", "1\n", options)).rejects.toThrow(`configuration.load.${name}`);
  });

  it("leaves alone what changes nothing", async () => {
    const harmless = { connectionProperties: [], fileSetSpecType: "FILE_SET_SPEC_TYPE_FILE_SYSTEM_MATCH" };
    await load("harmless", "1\n", { schema: schema("a INTEGER"), createSession: false, ...harmless });
    expect(await rows("SELECT a FROM shop.harmless")).toEqual([{ a: 1 }]);
  });

  it("reads external tables in the same way", async () => {
    writeFileSync(join(server.dir, "bucket/e.csv"), "s,d\nNA,01/02/2026\n");
    await rows(`CREATE EXTERNAL TABLE shop.outside (d DATE, s STRING) OPTIONS (format = 'CSV', uris = ['gs://bucket/e.csv'],
      source_column_match = 'NAME', date_format = 'MM/DD/YYYY', null_markers = ['NA'])`);
    expect(await rows("SELECT CAST(d AS STRING) AS d, s FROM shop.outside")).toEqual([{ d: "2026-01-02", s: null }]);
  });
});
