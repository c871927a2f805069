import { execFileSync, spawnSync } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { DigestRequest, Relation } from "../../port/port.js";
import { readCatalog } from "./catalog.js";
import { readDigests } from "./digest-scans.js";
import { readDigestsThrough } from "./digests.js";
import { KnownDigests } from "./known-digests.js";
import { TransactionDigests } from "./transaction-digests.js";

/** Tests write faster than any user: what the clock cannot tell is tested apart. */
const NO_DOUBT = 0;

let folder: string;
let path: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "fastbreak-digests-"));
  path = join(folder, "a.duckdb");
  await write(
    path,
    "CREATE SCHEMA d; CREATE TABLE d.t AS SELECT range AS a FROM range(10); CREATE VIEW d.w AS SELECT * FROM d.t",
  );
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Somebody writes who knows nothing of the cache. */
async function write(file: string, sql: string): Promise<void> {
  const instance = await DuckDBInstance.create(file);
  const connection = await instance.connect();
  await connection.run(sql);
  connection.closeSync();
  instance.closeSync();
}

/** Nothing in the file waits for it: nobody writes in these tests but others. */
const NO_CHECKPOINT = async () => expect.unreachable();

/** What one process sees that opens the file, asks, and closes it: its answer is the truth, whether it read the table or not. */
async function look({ alone = false, clockDoubtMs = NO_DOUBT } = {}): Promise<"read" | "known"> {
  const instance = await DuckDBInstance.create(path);
  const cache = new KnownDigests(path, alone, clockDoubtMs);
  const connection = await instance.connect();
  const relations = await readCatalog(connection);
  const requests = ["d.t", "d.w"].map((key): DigestRequest => {
    const relation = relations.get(key) as Relation;
    return { relation, columns: ["a"], range: undefined, grain: "relation" };
  });
  const reading = vi.spyOn(connection, "runAndReadAll");
  const transaction = new TransactionDigests(cache, cache.begin());
  const answers = await readDigestsThrough(transaction, connection, requests);
  await cache.commit(transaction, async () => undefined);
  const read = reading.mock.calls.map(([sql]) => sql).join("\n");
  expect(answers).toEqual(await readDigests(connection, requests));
  expect(read).toContain('"d"."w"');
  await cache.save(NO_CHECKPOINT);
  connection.closeSync();
  instance.closeSync();
  return read.includes('"d"."t"') ? "read" : "known";
}

/** A copy of the file, as a tool leaves it that keeps times. */
function copied(from: string, to: string): void {
  execFileSync("cp", ["-p", from, to]);
}

describe("digests kept beside a file", () => {
  it("are read once, and known as long as nobody writes", async () => {
    expect([await look(), await look(), await look()]).toEqual(["read", "known", "known"]);
  });

  it("are read anew when somebody else has written, also when he has put everything back", async () => {
    await look();
    await write(path, "UPDATE d.t SET a = a + 1; UPDATE d.t SET a = a - 1");
    expect([await look(), await look()]).toEqual(["read", "known"]);
  });

  it("are read anew when somebody in this process has written while the file is open", async () => {
    await look();
    const during = async () => {
      const other = await (await DuckDBInstance.fromCache(path)).connect();
      await other.run("INSERT INTO d.t VALUES (77)");
      other.closeSync();
    };
    expect(await inOneInstance(during)).toBe("read");
  });

  it("are read anew in a restored backup, and in what a killed writer has left", async () => {
    const backup = join(folder, "backup");
    copied(path, backup);
    await write(path, "INSERT INTO d.t VALUES (11)");
    await look();
    copied(backup, path);
    expect([await look(), await look()]).toEqual(["read", "known"]);
    const killed = `const { DuckDBInstance } = await import("@duckdb/node-api");
      const connection = await (await DuckDBInstance.create(${JSON.stringify(path)})).connect();
      await connection.run("INSERT INTO d.t VALUES (12)"); process.kill(process.pid, "SIGKILL");`;
    spawnSync(process.execPath, ["--input-type=module", "-e", killed], { cwd: process.cwd() });
    expect(existsSync(`${path}.wal`)).toBe(true);
    expect(await look()).toBe("read");
  });

  it("do not go with copies that went another way, though as many changes were made to both", async () => {
    const copy = join(folder, "copy");
    await look();
    copied(path, copy);
    await write(path, "INSERT INTO d.t VALUES (21)");
    await write(copy, "INSERT INTO d.t VALUES (22)");
    await look();
    copied(copy, path);
    expect(await look()).toBe("read");
    renameSync(copy, path);
    expect(await look()).toBe("read");
  });

  it.each([
    ["lost", ""],
    ["cut off", (text: string) => text.slice(0, -20)],
    ["of another engine", (text: string) => text.replace(/"engine":"[^"]*"/, '"engine":"v0"')],
    ["of another format", (text: string) => text.replace('"format":3', '"format":2')],
    ["changed", (text: string) => text.replace(/"10:/, '"11:')],
  ])("are read anew when their file is %s", async (_what, damage) => {
    await look();
    const file = `${path}.digests`;
    if (typeof damage === "string") rmSync(file);
    else writeFileSync(file, damage(readFileSync(file, "utf8")));
    expect([await look(), await look()]).toEqual(["read", "known"]);
  });

  it("are not trusted for a file that was written just now, where others in this process may write", async () => {
    expect([await look({ clockDoubtMs: 60_000 }), await look({ clockDoubtMs: 60_000 })]).toEqual(["read", "read"]);
  });

  it("are known at once where nobody else in this process writes, and read anew when another process has, however soon", async () => {
    expect([await look({ alone: true }), await look({ alone: true })]).toEqual(["read", "known"]);
    for (let value = 100; value < 110; value++) {
      await write(path, `INSERT INTO d.t VALUES (${value})`);
      expect([await look({ alone: true }), await look({ alone: true })]).toEqual(["read", "known"]);
    }
  });
});

describe("digests of a table that is renamed while a statement writes to it by its old name", () => {
  it("are read again", async () => {
    const instance = await DuckDBInstance.create(path);
    const [renamer, writer, reader] = [await instance.connect(), await instance.connect(), await instance.connect()];
    const cache = new KnownDigests(path, true);
    const renamed = new TransactionDigests(cache, cache.begin());
    renamed.wrote(undefined);
    /** What is told of the table is the truth. */
    const look = async () => {
      const transaction = new TransactionDigests(cache, cache.begin());
      const relation = (await readCatalog(reader)).get("d.renamed") as Relation;
      const request: DigestRequest = { relation, columns: ["a"], range: undefined, grain: "relation" };
      const told = await readDigestsThrough(transaction, reader, [request]);
      expect(told).toEqual(await readDigests(reader, [request]));
      await cache.commit(transaction, async () => undefined);
    };
    await renamer.run("BEGIN; ALTER TABLE d.t RENAME TO renamed");
    let writing: Promise<void> | undefined;
    const moments = new EventEmitter();
    const [begun, looked] = [once(moments, "begun"), once(moments, "looked")];
    await cache.commit(renamed, async () => {
      writing = cache.whileForeign(async (wrote) => {
        wrote({ dataset: "d", name: "t" });
        await writer.run("BEGIN; INSERT INTO d.t VALUES (77)");
        moments.emit("begun");
        await looked;
        await writer.run("COMMIT");
      });
      await begun;
      await renamer.run("COMMIT");
    });
    await look();
    moments.emit("looked");
    await writing;
    expect((await reader.runAndReadAll("SELECT COUNT(*) FROM d.renamed WHERE a = 77")).getRows()).toEqual([[1n]]);
    await look();
    for (const connection of [renamer, writer, reader]) connection.closeSync();
    instance.closeSync();
  });
});

/** As `look`, with the file open in this process for others too. */
async function inOneInstance(during: () => Promise<void>): Promise<"read" | "known"> {
  const shared = await DuckDBInstance.fromCache(path);
  try {
    const cache = new KnownDigests(path, false, NO_DOUBT);
    const connection = await shared.connect();
    const relation = (await readCatalog(connection)).get("d.t") as Relation;
    const request: DigestRequest = { relation, columns: ["a"], range: undefined, grain: "relation" };
    const asked = async () => {
      const reading = vi.spyOn(connection, "runAndReadAll");
      const answer = await readDigestsThrough(new TransactionDigests(cache, cache.begin()), connection, [request]);
      const isRead = reading.mock.calls.length > 0;
      reading.mockRestore();
      expect(answer).toEqual(await readDigests(connection, [request]));
      return isRead ? ("read" as const) : ("known" as const);
    };
    expect(await asked()).toBe("known");
    await during();
    const outcome = await asked();
    await cache.save(NO_CHECKPOINT);
    connection.closeSync();
    return outcome;
  } finally {
    shared.closeSync();
  }
}
