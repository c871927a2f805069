import { createRequire } from "node:module";
import { expect, it } from "vitest";
import { row } from "./testing.js";

const { HASH_FIELDS, dataHash } = createRequire(import.meta.url)("./hashing.js") as {
  readonly HASH_FIELDS: Readonly<Record<string, Readonly<Record<string, string>>>>;
  dataHash(table: string): string;
};

/** Two values of each type that differ in the last digit that counts. */
function values(type: string): readonly [string, string] {
  const scale = /^NUMERIC\(\d+,(\d)\)$/.exec(type)?.[1];
  if (scale !== undefined) return ["NUMERIC '1'", `NUMERIC '1.${"1".padStart(Number(scale), "0")}'`];
  const known: Readonly<Record<string, readonly [string, string]>> = {
    INT64: ["7", "8"],
    BOOL: ["TRUE", "FALSE"],
    STRING: ["'LAL'", "'LAC'"],
    DATE: ["DATE '2021-11-15'", "DATE '2021-11-16'"],
    "ARRAY<FLOAT64>": ["[1.0, 2.0]", "[1.0, 2.000001]"],
  };
  const pair = known[type];
  if (pair === undefined) throw new Error(`no values of type ${type}`);
  return pair;
}

it.each(Object.entries(HASH_FIELDS))(
  "the hash of %s changes with each of its fields, and when one becomes NULL",
  async (table, fields) => {
    const names = Object.entries(fields);
    const variant = (changed: string | undefined, to: (type: string) => string) =>
      `SELECT ${names.map(([name, type]) => `${name === changed ? to(type) : values(type)[0]} AS ${name}`).join(", ")}`;
    const other = names.map(([changed]) => variant(changed, (type) => values(type)[1]));
    const missing = names
      .filter(([, type]) => !type.startsWith("ARRAY"))
      .map(([changed]) => variant(changed, (type) => `CAST(NULL AS ${type.replace(/\(.*/, "")})`));
    const rows = [variant(undefined, () => ""), ...other, ...missing];
    const hashes = await row(
      `SELECT COUNT(*), COUNT(DISTINCT digest) FROM (SELECT ${dataHash(table)} AS digest FROM (${rows.join(" UNION ALL ")}))`,
    );
    expect(hashes.map(Number)).toEqual([rows.length, rows.length]);
  },
);
