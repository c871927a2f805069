import { describe, expect, it } from "vitest";
import { servedShop } from "./served.js";

describe("ranges of a served warehouse", () => {
  const { server, shop, rows } = servedShop();

  it("are columns of tables that the API makes, and streamed into them", async () => {
    const fields = [
      { name: "days", type: "RANGE", mode: "NULLABLE", rangeElementType: { type: "DATE" } },
      { name: "times", type: "RANGE", mode: "NULLABLE", rangeElementType: { type: "TIMESTAMP" } },
      { name: "price", type: "NUMERIC", mode: "NULLABLE", roundingMode: "ROUND_HALF_EVEN" },
    ];
    const [table] = await shop().createTable("ranges", { schema: { fields } as never });
    expect((await table.getMetadata())[0].schema.fields).toEqual(fields);
    await table.insert([
      { days: "[2020-01-01, UNBOUNDED)", times: { start: "2020-01-01T00:00:00Z", end: "2020-01-02T00:00:00Z" } },
      { days: null },
    ]);
    expect(
      await rows(`SELECT CAST(days AS STRING) AS days, TIMESTAMP_DIFF(RANGE_END(times), RANGE_START(times), HOUR) AS h
        FROM shop.ranges ORDER BY days`),
    ).toEqual([
      { days: null, h: null },
      { days: "[2020-01-01, UNBOUNDED)", h: 24 },
    ]);
    await expect(table.insert([{ days: "[2020-01-01, never)" }])).rejects.toMatchObject({
      name: "PartialFailureError",
    });
  });

  it("are parameters, alone and in arrays", async () => {
    const range = server().client.range("[2020-01-01, 2020-02-01)", "DATE");
    expect(await rows("SELECT RANGE_CONTAINS(@r, DATE '2020-01-31') AS yes", { params: { r: range } })).toEqual([
      { yes: true },
    ]);
    const element = { type: "RANGE", rangeElementType: { type: "DATETIME" } };
    const response = await fetch(`${server().url}/bigquery/v2/projects/p/queries`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        query: "SELECT CAST(r AS STRING) AS r FROM UNNEST(?) AS r",
        parameterMode: "POSITIONAL",
        queryParameters: [
          {
            parameterType: { type: "ARRAY", arrayType: element },
            parameterValue: { arrayValues: [{ rangeValue: { end: { value: "2020-01-01 01:00:00" } } }, {}] },
          },
        ],
      }),
    });
    expect(await response.json()).toMatchObject({
      rows: [{ f: [{ v: "[UNBOUNDED, 2020-01-01 01:00:00)" }] }, { f: [{ v: null }] }],
    });
  });
});
