import { afterAll, describe, expect, it } from "vitest";
import { openScratchWarehouse } from "../../engines/duckdb/warehouse.js";

const warehouse = await openScratchWarehouse();
afterAll(() => warehouse.close());

/** Loops that end once a moment is over. */
const WAITS = [
  ["CURRENT_TIMESTAMP()", "TIMESTAMP_ADD(CURRENT_TIMESTAMP(), INTERVAL 30 MILLISECOND)"],
  ["current_datetime", "DATETIME_ADD(CURRENT_DATETIME, INTERVAL 30 MILLISECOND)"],
  ["CURRENT_DATETIME('Asia/Tokyo')", "DATETIME_ADD(CURRENT_DATETIME('Asia/Tokyo'), INTERVAL 30 MILLISECOND)"],
  ["DATETIME(CURRENT_DATE(), CURRENT_TIME)", "DATETIME_ADD(CURRENT_DATETIME(), INTERVAL 30 MILLISECOND)"],
] as const;

describe("a loop that waits within a transaction", () => {
  it.each(WAITS)("for %s ends", async (now, later) => {
    const { rows } = await warehouse.script(`DECLARE ended DEFAULT ${later};
      BEGIN TRANSACTION;
      WHILE TRUE DO IF ${now} > ended THEN BREAK; END IF; END WHILE;
      COMMIT TRANSACTION;
      SELECT 'over'`);
    expect(rows?.rows).toEqual([["over"]]);
  });

  it("ends in one that begins before the script", async () => {
    const [[, later]] = WAITS;
    await warehouse.transaction((transaction) =>
      transaction.script((script) =>
        script.execute(`DECLARE ended DEFAULT ${later}; REPEAT SELECT 1; UNTIL CURRENT_TIMESTAMP() > ended END REPEAT`),
      ),
    );
  });
});

it("takes a variable for what it is, whatever it is called", async () => {
  const { rows } = await warehouse.script(`DECLARE current_date STRING DEFAULT 'a';
    BEGIN TRANSACTION; IF current_date = 'a' THEN SELECT 1; END IF; COMMIT TRANSACTION`);
  expect(rows?.rows).toEqual([[1n]]);
});

it("takes a column for what it is, too", async () => {
  const { rows } = await warehouse.script(`BEGIN TRANSACTION;
    IF (SELECT current_date FROM (SELECT 'a' AS current_date)) = 'a' THEN SELECT 1; END IF; COMMIT TRANSACTION`);
  expect(rows?.rows).toEqual([[1n]]);
});

it("gives columns the day of a time zone where a row has none", async () => {
  const { rows } = await warehouse.script(`CREATE SCHEMA z; CREATE TABLE z.t (n INT64,
      d DATE DEFAULT CURRENT_DATE('America/New_York'), dt DATETIME DEFAULT CURRENT_DATETIME('Asia/Tokyo'), t TIME DEFAULT CURRENT_TIME('UTC'));
    INSERT z.t (n) VALUES (1); SELECT DATE_DIFF(d, DATE(dt), DAY) BETWEEN -1 AND 0, t IS NULL FROM z.t`);
  expect(rows?.rows).toEqual([[true, false]]);
});
