import { afterEach, beforeEach, expect, it } from "vitest";
import type { Warehouse } from "../../port/port.js";
import { openScratchWarehouse } from "./warehouse.js";

let warehouse: Warehouse;

beforeEach(async () => {
  warehouse = await openScratchWarehouse();
  await warehouse.script(
    "CREATE SCHEMA d; CREATE TABLE d.t AS SELECT 1 AS k; ALTER TABLE d.t ADD COLUMN added INT64; CREATE SCHEMA other",
  );
});

afterEach(() => warehouse.close());

const relations = () =>
  warehouse.transaction(async (transaction) => [...(await transaction.relations()).keys()].sort());

it.each(["DROP SCHEMA d", "DROP SCHEMA IF EXISTS d RESTRICT"])(
  "%s leaves one alone that has a table which was altered",
  async (sql) => {
    await expect(warehouse.script(sql)).rejects.toThrow("Dataset d is still in use [at 1:1]");
    expect(await relations()).toEqual(["d.t"]);
  },
);

it("CASCADE drops tables, views and routines, and nothing of other datasets", async () => {
  await warehouse.script(`CREATE VIEW d.v AS SELECT k FROM d.t; CREATE TABLE other.t AS SELECT 2 AS k;
    CREATE FUNCTION d.f() AS (1); DROP SCHEMA d CASCADE; CREATE SCHEMA d; DROP SCHEMA d; DROP SCHEMA IF EXISTS d CASCADE`);
  expect(await relations()).toEqual(["other.t"]);
});

it("CASCADE drops all or nothing", async () => {
  const failing = warehouse.transaction(async (transaction) => {
    await transaction.execute("DROP SCHEMA d CASCADE; CREATE SCHEMA d");
    throw new Error("stopped");
  });
  await expect(failing).rejects.toThrow("stopped");
  expect(await relations()).toEqual(["d.t"]);
});

it("CASCADE wins against who alters one of its tables meanwhile: he finds none when he tries again", async () => {
  let altering: Promise<unknown> = Promise.resolve();
  await warehouse.transaction(async (dropping) => {
    await dropping.execute("DROP SCHEMA d CASCADE; CREATE SCHEMA d");
    const tried = new Promise<void>((resolve) => {
      altering = warehouse.transaction(async (other) => {
        await other.relations();
        await other.execute("ALTER TABLE d.t ADD COLUMN late INT64").finally(resolve);
      });
    });
    altering.catch(() => undefined);
    await tried;
  });
  await expect(altering).rejects.toThrow("Table not found: d.t");
  expect(await relations()).toEqual([]);
});
