import type { DuckDBConnection } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { randomFrom } from "../../../test/random.js";
import type { Relation } from "../../port/port.js";
import { NO_LAYOUT, readCatalog, readRelation } from "./catalog.js";
import { type DatabaseFile, openMemoryDatabase } from "./open.js";
import { TransactionRelations } from "./relation-source.js";

const WORKERS = 4;
const TRANSACTIONS = 25;

let file: DatabaseFile;
let catalogReads = 0;

beforeAll(async () => {
  file = await openMemoryDatabase();
  const connection = await file.connect();
  await connection.run("CREATE SCHEMA d");
  connection.closeSync();
});

afterAll(() => file.close());

/** A transaction as the warehouse makes them. */
async function transact(connection: DuckDBConnection, work: (relations: TransactionRelations) => Promise<void>) {
  const { catalog } = file;
  const moment = await catalog.begin(async () => {
    await connection.run("BEGIN TRANSACTION");
    await connection.run("SELECT txid_current()");
  });
  const relations = new TransactionRelations(connection, catalog, { moment, fresh: false });
  if (catalog.at(moment) === undefined) catalogReads += 1;
  await work(relations);
  const commit = () => connection.run("COMMIT");
  await (relations.hasChanged ? catalog.commit(relations, commit) : commit());
}

async function expectTruth(connection: DuckDBConnection, relations: TransactionRelations): Promise<void> {
  const sorted = (known: ReadonlyMap<string, Relation>) => [...known].sort(([a], [b]) => (a < b ? -1 : 1));
  expect(sorted(await relations.read())).toEqual(sorted(await readCatalog(connection)));
}

/** Makes and drops tables and views of its own, whenever it likes. */
async function worker(name: string, random: () => number): Promise<void> {
  const connection = await file.connect();
  for (let count = 0; count < TRANSACTIONS; count += 1) {
    const id = { dataset: "d", name: `${name}_${Math.floor(random() * 5)}` };
    await transact(connection, async (relations) => {
      const kind = (await relations.read()).get(`d.${id.name}`)?.kind;
      const what = random();
      if (what < 0.3) return expectTruth(connection, relations);
      if (kind !== undefined) await connection.run(`DROP ${kind} d.${id.name}`);
      if (what < 0.4) relations.forget();
      else if (what < 0.7) {
        await connection.run(`CREATE TABLE d.${id.name} (a BIGINT, b STRUCT("x y" VARCHAR, z DOUBLE[]), c HUGEINT)`);
        relations.put(await readRelation(connection, id, { ...NO_LAYOUT, definition: undefined }));
      } else {
        await connection.run(`CREATE VIEW d.${id.name} AS SELECT ${count}::BIGINT AS a`);
        await connection.run(`COMMENT ON VIEW d.${id.name} IS 'SELECT ${count}'`);
        relations.put(await readRelation(connection, id, { ...NO_LAYOUT, definition: `SELECT ${count}` }));
      }
      await expectTruth(connection, relations);
    });
  }
  connection.closeSync();
}

describe("a catalogue that concurrent transactions share", () => {
  it("is, in each of them, what reading it anew gives", async () => {
    const workers = Array.from({ length: WORKERS }, (_, index) => worker(`w${index}`, randomFrom(7 + index * 1_001)));
    await Promise.all(workers);
    // It is worth its name only where most need not read it.
    expect(catalogReads).toBeLessThan((WORKERS * TRANSACTIONS) / 2);
  });

  it("knows nothing of what somebody commits beside it until he is done", async () => {
    const own = await file.connect();
    const other = await file.connect();
    await file.catalog.whileForeign(async () => {
      await transact(own, (relations) => expectTruth(own, relations));
      await other.run("CREATE TABLE d.foreign_one (a BIGINT)");
      await transact(own, (relations) => expectTruth(own, relations));
    });
    await transact(own, (relations) => expectTruth(own, relations));
    own.closeSync();
    other.closeSync();
  });
});
