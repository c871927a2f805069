import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { servedShop } from "./served.js";

/** Files as Arrow's library writes them. */
const FILES = {
  /** `n` DECIMAL(76, 38), `x` INT32. */
  flat: [
    "UEFSMRUAFUwVYCwVBBUAFQYVBhwAAAAfiwgAAAAAAAIDY2JgYGBm/I8E/l5L6ytRCS/pEkpy+evrKGcAVAEAP/59LiYAAAAVABUcFT4sFQQVAB",
    "UGFQYcAAAAH4sIAAAAAAACA2NiYGBgYWQHkhxADAClKDThDgAAABUEGTw1ABgGc2NoZW1hFQQAFQ4VQBUCGAFuJQoVTBWYASxcFUwVmAEAAAAV",
    "AiUCGAF4ABYEGRwZLCYAHBUOGSUGABkYAW4VBBYEFnIWhgEmCEkcFQAVABUCADwpBhkmAgIAAAAmABwVAhklBgAZGAF4FQQWBBZCFmQmjgFJHB",
    "UAFQAVAgA8KQYZJgAEAAAAFrQBFgQmCBbqAQAoIHBhcnF1ZXQtY3BwLWFycm93IHZlcnNpb24gMjYuMC4xGSwcAAAcAAAAxQAAAFBBUjE=",
  ].join(""),
  /** `n` DECIMAL(76, 38), `s` of `l` of DECIMAL(50, 20), `x` INT32. */
  wide: [
    "UEFSMRUAFUwVYCwVBBUAFQYVBhwAAAAfiwgAAAAAAAIDY2JgYGBm/I8E/l5L6ytRCS/pEkpy+evrKGcAVAEAP/59LiYAAAAVABVwFWosFQYVAB",
    "UGFQYcAAAAH4sIAAAAAAACA2NiYGBgZmIBkUsYUACH4mpeF5EZDAz/kcBXjULnpZYPGBgAuGRiujgAAAAVABUcFT4sFQQVABUGFQYcAAAAH4sI",
    "AAAAAAACA2NiYGBgYWQHkhxADAClKDThDgAAABUEGXw1ABgGc2NoZW1hFQYAFQ4VQBUCGAFuJQoVTBWYASxcFUwVmAEAAAA1AhgBcxUCADUCGA",
    "FsFQIVBkw8AAAANQQYBGxpc3QVAgAVDhUqFQIYB2VsZW1lbnQlChUoFWQsXBUoFWQAAAAVAiUCGAF4ABYEGRwZPCYAHBUOGSUGABkYAW4VBBYE",
    "FnIWhgEmCEkcFQAVABUCADwpBhkmAgIAAAAmABwVDhklBgAZSAFzAWwEbGlzdAdlbGVtZW50FQQWBhaWARaQASaOAUkcFQAVABUCADwpJgQCGV",
    "YAAAIABAAAACYAHBUCGSUGABkYAXgVBBYEFkIWZCaeAkkcFQAVABUCADwpBhkmAAQAAAAWygIWBCYIFvoCACggcGFycXVldC1jcHAtYXJyb3cg",
    "dmVyc2lvbiAyNi4wLjEZPBwAABwAABwAAABIAQAAUEFSMQ==",
  ].join(""),
  /** `n` DECIMAL(76, 38) with 24 digits before the point. */
  wider: [
    "UEFSMRUAFUwVbCwVAhUAFQYVBhwAAAAfiwgAAAAAAAIDY2JgYGBiZAAD9nXHt76MrL4XKHL6wcLuXzvPN3U4Gy4AyQAASxbtySYAAAAVBBksNQ",
    "AYBnNjaGVtYRUCABUOFUAVAhgBbiUKFUwVmAEsXBVMFZgBAAAAFgIZHBkcJgAcFQ4ZJQYAGRgBbhUEFgIWchaSASYISRwVABUAFQIAPCkGGSYA",
    "AgAAABZyFgImCBaSAQAoIHBhcnF1ZXQtY3BwLWFycm93IHZlcnNpb24gMjYuMC4xGRwcAAAAjgAAAFBBUjE=",
  ].join(""),
  /** `m` MAP of STRING and INT64, `t` TIMESTAMP(NANOS), `l` of those. */
  maps: [
    "UEFSMRUAFS4VSiwVBhUAFQYVBhwAAAAfiwgAAAAAAAIDY2JgYGBmYgaRXAyMQCobROQAAMhVRskXAAAAFQAVKhVELBUGFQAVBhUGHAAAAB+LCA",
    "AAAAAAAgNjYmBgYGZiBpHcDIwMEAAAAE0vzRUAAAAVABUcFUQsFQQVABUGFQYcAAAAH4sIAAAAAAACA2NiYGBgZnzO/OttYFGbBAC8blhKDgAA",
    "ABUAFSoVUCwVBBUAFQYVBhwAAAAfiwgAAAAAAAIDY2JgYGBhYAaSzOwMjAy/3gYWtUkAANW+HU4VAAAAFQQZnDUAGAZzY2hlbWEVBgA1AhgBbR",
    "UCFQJMLAAAADUEGAlrZXlfdmFsdWUVBAAVDCUAGANrZXklAEwcAAAAFQQlAhgFdmFsdWUAFQQlAhgBdGyMEhw8AAAAAAA1AhgBbBUCFQZMPAAA",
    "ADUEGARsaXN0FQIAFQQlAhgHZWxlbWVudGyMEhw8AAAAAAAWBBkcGUwmABwVDBklBgAZOAFtCWtleV92YWx1ZQNrZXkVBBYGFlQWcCYISRwVAB",
    "UAFQIAPBYEGSYEAhk2AgAEAAAAJgAcFQQZJQYAGTgBbQlrZXlfdmFsdWUFdmFsdWUVBBYGFlAWaiZ4SRwVABUAFQIAPCkmBAIZRgIAAgIAAAAm",
    "ABwVBBklBgAZGAF0FQQWBBZCFmom4gFJHBUAFQAVAgA8KQYZJgICAAAAJgAcFQQZJQYAGTgBbARsaXN0B2VsZW1lbnQVBBYEFlAWdibMAkkcFQ",
    "AVABUCADwpJgQAGUYAAgACAAAAFrYCFgQmCBa6AwAoIHBhcnF1ZXQtY3BwLWFycm93IHZlcnNpb24gMjYuMC4xGUwcAAAcAAAcAAAcAAAAsAEA",
    "AFBBUjE=",
  ].join(""),
};

describe("load jobs of Parquet", () => {
  const { server, shop, rows } = servedShop();
  const load = async (table: string, name: keyof typeof FILES, options: object = {}) => {
    const path = join(server().dir, "f.parquet");
    writeFileSync(path, Buffer.from(FILES[name], "base64"));
    await shop()
      .table(table)
      .load(path, { sourceFormat: "PARQUET", ...options });
  };
  const types = async (table: string) => {
    const [{ schema }] = await shop().table(table).getMetadata();
    return schema.fields.map(({ type }: { type: string }) => type);
  };
  const N = "-123456789.123456789012";
  const readFlat = (table: string) => rows(`SELECT CAST(n AS STRING) AS n, x FROM shop.${table} ORDER BY x`);
  const FLAT = [
    { n: N, x: 7 },
    { n: null, x: 8 },
  ];

  it("reads decimals of more than 38 digits as they are", async () => {
    await load("flat", "flat");
    expect(await types("flat")).toEqual(["BIGNUMERIC", "INTEGER"]);
    expect(await readFlat("flat")).toEqual(FLAT);
    await rows("CREATE TABLE shop.known (n BIGNUMERIC, x INT64)");
    await load("known", "flat");
    expect(await readFlat("known")).toEqual(FLAT);
    await expect(load("flat", "wider")).rejects.toThrow(
      "column n: the embedded engine keeps BIGNUMERIC with 20 digits",
    );
  });

  it("holds columns to the parameters of the types that the schema of the job says", async () => {
    const schema = (maxLength: string) => ({
      fields: [
        { name: "n", type: "BIGNUMERIC", precision: "12", scale: "2", description: "an amount" },
        { name: "s", type: "RECORD", fields: [{ name: "l", type: "STRING", mode: "REPEATED", maxLength }] },
        { name: "x", type: "INT64", mode: "REQUIRED" },
      ],
    });
    await load("limited", "flat", { schema: schema("9") });
    const [{ schema: told }] = await shop().table("limited").getMetadata();
    expect(told.fields).toEqual([
      { name: "n", type: "BIGNUMERIC", mode: "NULLABLE", precision: "12", scale: "2", description: "an amount" },
      { name: "x", type: "INTEGER", mode: "REQUIRED" },
    ]);
    expect(await readFlat("limited")).toEqual([{ n: "-123456789.12", x: 7 }, FLAT[1]]);
    await rows("INSERT shop.limited VALUES (1.005, 9)");
    await expect(rows("INSERT shop.limited VALUES (1e10, 9)")).rejects.toThrow("does not fit BIGNUMERIC(12, 2)");
    const texts = { schema: schema("2"), decimalTargetTypes: ["STRING"] };
    await expect(load("short", "wide", texts)).rejects.toThrow("STRING(2) has maximum length 2");
  });

  it("makes decimals what the job wants them to be", async () => {
    await load("texts", "wide", { decimalTargetTypes: ["NUMERIC", "STRING"] });
    expect(await types("texts")).toEqual(["STRING", "RECORD", "INTEGER"]);
    expect(await rows("SELECT n, s.l, x FROM shop.texts ORDER BY x")).toEqual([
      { n: N, l: ["1.5", "-2"], x: 7 },
      { n: null, l: [], x: 8 },
    ]);
    await load("texts2", "wider", { decimalTargetTypes: ["STRING"] });
    expect(await rows("SELECT n FROM shop.texts2")).toEqual([{ n: "123456789012345678901234.5" }]);
    const schema = { fields: [{ name: "n", type: "NUMERIC" }] };
    await expect(load("said", "flat", { schema })).rejects.toThrow("column n");
  });

  it("makes records of maps, and cuts times to microseconds", async () => {
    await load("maps", "maps");
    expect(await rows("SELECT TO_JSON_STRING(t) AS j FROM shop.maps AS t ORDER BY t.t DESC")).toEqual([
      {
        j: '{"m":{"key_value":[{"key":"k","value":1},{"key":"l","value":null}]},"t":"2026-01-01T00:00:00","l":["2026-01-01T00:00:00"]}',
      },
      { j: '{"m":null,"t":null,"l":[]}' },
    ]);
  });

  it("counts a row without a value for a REQUIRED column as a bad record", async () => {
    const schema = { fields: [{ name: "n", type: "BIGNUMERIC", mode: "REQUIRED" }] };
    await expect(load("strict", "flat", { schema })).rejects.toThrow(
      "Only optional fields can be set to NULL. Field: n; Value: NULL",
    );
    await load("strict", "flat", { schema, maxBadRecords: 1 });
    expect(await readFlat("strict")).toEqual(FLAT.slice(0, 1));
  });
});
