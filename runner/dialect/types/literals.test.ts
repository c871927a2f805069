import { afterAll, beforeAll, expect, it } from "vitest";
import { openEngine } from "../../../tools/conformance/scorer.js";
import { temporalLiteral } from "./literals.js";

let engine: Awaited<ReturnType<typeof openEngine>>;
beforeAll(async () => {
  engine = await openEngine();
});
afterAll(() => engine.close());

const CLOCKS = ["00:00:00", "23:59:59.999999", "13:05:06.5", "1:2:3", "12:00:60"];
const NO_CLOCKS = ["13:05:06.", "24:00:00", "23:60:00", "12:00:61", "12:00", "12:00:00.1234567"];
const DATES = ["0001-01-01", "9999-12-31", "2024-02-29", "2024-2-9"];
const NO_DATES = ["2023-02-29", "0000-01-01", "2024-13-01"];
const DATETIMES = DATES.flatMap((date) => [
  date,
  ...[" ", "T", "t"].flatMap((between) => CLOCKS.map((clock) => date + between + clock)),
]);

const ZONES = ["", "Z", "z", "+00", "+00:00", "UTC", " UTC", "+01", " Europe/Paris"];
const TIMESTAMPS = DATETIMES.flatMap((text) => (text.includes(":") ? ZONES.map((zone) => text + zone) : text));

async function values(sql: string): Promise<unknown[]> {
  return (await engine.connection.runAndReadAll(sql)).getRowsJson().map(([value]) => value);
}

it.each([
  ["TIME", "string_to_time", CLOCKS, 3],
  ["DATETIME", "string_to_datetime", DATETIMES, 30],
  // Of three dates: alone, or with three times of day behind either mark, in none or four spellings of UTC.
  ["TIMESTAMP", "string_to_timestamp", TIMESTAMPS, 93],
] as const)("literals of %s have the values that %s gives their texts", async (type, macro, texts, written) => {
  const literals = texts.map((text) => [text, temporalLiteral(text, type, { start: 0, end: 0 })] as const);
  // What is no literal of DuckDB is left to the macro.
  const plain = literals.filter(([, sql]) => !sql.includes(macro));
  expect(plain).toHaveLength(written);
  const rows = plain.map(([text, sql]) => `('${text}', CAST(${sql} AS VARCHAR))`).join(", ");
  expect(
    await values(
      `SELECT text FROM (VALUES ${rows}) AS t(text, value) WHERE CAST(bq.${macro}(text) AS VARCHAR) <> value`,
    ),
  ).toEqual([]);
});

it.each([
  ["TIME", NO_CLOCKS],
  ["DATETIME", [...NO_DATES, ...NO_CLOCKS.map((clock) => `2024-02-29 ${clock}`), "2024-02-29 12:00:00 UTC"]],
  ["TIMESTAMP", [...NO_DATES.map((date) => `${date} 12:00:00+00`), ...NO_CLOCKS.map((clock) => `2024-2-9T${clock}`)]],
] as const)("texts that are no %s are no literals, whether or not a row reads them", (type, texts) => {
  for (const text of texts)
    expect(() => temporalLiteral(text, type, { start: 0, end: 0 }), text).toThrow(`to type ${type}`);
  expect(() => temporalLiteral(texts[0] as string, type, { start: 0, end: 0 }, true)).toThrow(
    `Invalid ${type} literal`,
  );
});
