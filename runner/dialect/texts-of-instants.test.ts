import { afterAll, beforeAll, expect, it } from "vitest";
import { openEngine } from "../../tools/conformance/scorer.js";
import { translateQuery } from "./index.js";

let engine: Awaited<ReturnType<typeof openEngine>>;
beforeAll(async () => {
  engine = await openEngine();
});
afterAll(() => engine.close());

async function textOf(expression: string): Promise<unknown> {
  const { sql } = translateQuery(`SELECT CAST(${expression} AS STRING)`, { find: () => undefined, names: () => [] });
  return (await engine.connection.runAndReadAll(sql)).getRows()[0]?.[0];
}

/** A literal, which is known before the query runs, and a text that is read when it does. */
const ways = (text: string) => [`'${text}'`, `CONCAT('${text.slice(0, 4)}', '${text.slice(4)}')`];

it.each([
  ["2024-01-02", "2024-01-02 00:00:00+00"],
  ["2024-1-2 3:4:5", "2024-01-02 03:04:05+00"],
  ["2024-01-02T03:04:05Z", "2024-01-02 03:04:05+00"],
  ["2024-01-02 03:04:05 UTC", "2024-01-02 03:04:05+00"],
  ["2024-01-02 03:04:05 UTC-3:30", "2024-01-02 06:34:05+00"],
  ["2024-01-02 03:04:05-0330", "2024-01-02 06:34:05+00"],
  ["2024-11-03 01:30:00 America/New_York", "2024-11-03 05:30:00+00"],
  // A zone may follow a date, as an offset behind what would begin a time of day.
  ["2024-01-02 +05:30", "2024-01-01 18:30:00+00"],
  ["2024-01-02T-8", "2024-01-02 08:00:00+00"],
])("%s is the instant %s", async (text, instant) => {
  for (const way of ways(text)) {
    for (const read of [`CAST(${way} AS TIMESTAMP)`, `SAFE_CAST(${way} AS TIMESTAMP)`, `TIMESTAMP(${way})`])
      expect([read, await textOf(read)]).toEqual([read, instant]);
  }
  expect(await textOf(`TIMESTAMP '${text}'`)).toBe(instant);
});

it.each(["2024-01-02Z", "2024-01-02 UTC", "2024-01-02+00", "2024-01-02 03:04:05UTC", "2024-01-02 03:04:05 +00"])(
  "%s is no instant",
  async (text) => {
    for (const way of ways(text)) {
      await expect(textOf(`CAST(${way} AS TIMESTAMP)`)).rejects.toThrow(`Invalid timestamp: '${text}'`);
      expect(await textOf(`SAFE_CAST(${way} AS TIMESTAMP)`)).toBeNull();
    }
    await expect(textOf(`TIMESTAMP '${text}'`)).rejects.toThrow(/^(Invalid TIMESTAMP literal|.*Invalid timestamp)/);
  },
);

it("a text in a zone of its own names no other", async () => {
  for (const text of ["2024-11-03 01:30:00", "2024-11-3 1:30:0"]) {
    for (const way of ways(text))
      expect(await textOf(`TIMESTAMP(${way}, 'America/New_York')`)).toBe("2024-11-03 05:30:00+00");
  }
  for (const way of ways("2024-11-03 01:30:00+00"))
    await expect(textOf(`TIMESTAMP(${way}, 'Asia/Tokyo')`)).rejects.toThrow(
      'Timezone is not allowed in "2024-11-03 01:30:00+00"',
    );
});
