import { randomUUID } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { memoryLimit } from "./limits.js";
import { type DatabaseFile, openDatabase, openMemoryDatabase } from "./open.js";

const MEBIBYTE = 2 ** 20;
const before = process.cwd();
let folder: string;

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "fastbreak-open-")));
  mkdirSync(join(folder, "cwd"));
  process.chdir(join(folder, "cwd"));
});

afterAll(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true, force: true });
});

/** Sorts more rows than a small limit holds, and gives the files that DuckDB spilled to. */
async function spill(database: DatabaseFile): Promise<string[]> {
  const connection = await database.connect();
  try {
    await connection.run("SET GLOBAL threads = 1; SET GLOBAL memory_limit = '32MiB'");
    await connection.run(
      "CREATE TEMP TABLE many AS SELECT hash(i) AS a, hash(i + 1) AS b, hash(i + 2) AS c FROM range(3000000) AS r(i)",
    );
    const files = await connection.runAndReadAll("SELECT path FROM duckdb_temporary_files()");
    return files.getRows().map(([path]) => String(path));
  } finally {
    connection.closeSync();
  }
}

describe("a file that DuckDB reads as a table", () => {
  it.each([
    ["events.csv", "day,points\n2024-01-01,3\n"],
    ["events.json", '[{"points":3}]'],
  ])("%s is no warehouse, and stays as it was", async (name, text) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    await expect(openDatabase(path, { create: true })).rejects.toMatchObject({ code: "corrupt" });
    expect(readFileSync(path, "utf8")).toBe(text);
    rmSync(path);
  });
});

describe("the newest rows of some dates", () => {
  it("are given to a query that reads them twice", async () => {
    const database = await openMemoryDatabase();
    const connection = await database.connect();
    await connection.run(
      "CREATE TABLE tries AS SELECT DATE '2024-01-01' + (i % 10)::INTEGER AS day, i % 7 AS player, i % 3 AS try FROM range(1000) AS r(i)",
    );
    const days = "BETWEEN DATE '2024-01-02' AND DATE '2024-01-03'";
    const reader = await connection.runAndReadAll(`
      WITH newest AS (
        SELECT * FROM tries WHERE day ${days}
        QUALIFY row_number() OVER (PARTITION BY day, player ORDER BY try DESC) = 1
      )
      SELECT day::VARCHAR, count(*)::INTEGER, min(try)::INTEGER
      FROM (SELECT * FROM newest UNION ALL SELECT * FROM newest) WHERE day ${days} GROUP BY day ORDER BY day`);
    expect(reader.getRows()).toEqual([
      ["2024-01-02", 14, 2],
      ["2024-01-03", 14, 2],
    ]);
    connection.closeSync();
    await database.close();
  });
});

describe("what is spilled leaves nothing behind", () => {
  it("by a database in memory: it spills into the system's temporary folder, never into the working directory", async () => {
    const database = await openMemoryDatabase();
    const files = await spill(database);
    expect(files.length).toBeGreaterThan(0);
    expect(readdirSync(".")).toEqual([]);
    const spilledTo = dirname(files[0] as string);
    expect(dirname(spilledTo)).toBe(tmpdir());
    await database.close();
    expect(existsSync(spilledTo)).toBe(false);
  });

  it("by a database file: it spills beside the file, and goes with what killed processes left there", async () => {
    const path = join(folder, "warehouse.duckdb");
    const left = [`${path}.tmp`, `${path}.${randomUUID()}.tmp`];
    for (const leftover of left) {
      mkdirSync(leftover);
      writeFileSync(join(leftover, "duckdb_temp_storage_DEFAULT-0.tmp"), "left by a killed process");
    }
    writeFileSync(`${path}.notes.tmp`, "somebody's own file");
    const database = await openDatabase(path, { create: true });
    expect(left.filter((leftover) => existsSync(leftover))).toEqual([]);
    const files = await spill(database);
    expect(files.length).toBeGreaterThan(0);
    const spilledTo = new Set(files.map((file) => dirname(file)));
    expect(spilledTo.size).toBe(1);
    for (const place of spilledTo) expect(dirname(place)).toBe(folder);
    expect(readdirSync(".")).toEqual([]);
    await database.close();
    expect(readdirSync(folder).sort()).toEqual(["cwd", "warehouse.duckdb", "warehouse.duckdb.notes.tmp"]);
  });

  it("while others in the process have the file open: the first to close leaves their spilled rows alone", async () => {
    const path = join(folder, "shared.duckdb");
    const first = await openDatabase(path, { create: true });
    const [second, third] = await Promise.all([
      openDatabase(path, { create: false }),
      openDatabase(path, { create: false }),
    ]);
    const connection = await second.connect();
    await connection.run("SET GLOBAL threads = 1; SET GLOBAL memory_limit = '32MiB'");
    await connection.run("CREATE TEMP TABLE many AS SELECT hash(i) AS a, hash(i + 1) AS b FROM range(4000000) AS r(i)");
    await first.close();
    await third.close();
    const sum = await connection.runAndReadAll("SELECT count(*), sum(a % 7) FROM many");
    expect(String(sum.getRows()[0]?.[0])).toBe("4000000");
    connection.closeSync();
    await second.close();
    expect(readdirSync(folder).filter((name) => name.startsWith("shared"))).toEqual(["shared.duckdb"]);
  });

  it("where its name holds a quote", async () => {
    const path = join(folder, "o'clock.duckdb");
    const database = await openDatabase(path, { create: true });
    const [file] = await spill(database);
    expect(file).toContain("o'clock.duckdb.");
    await database.close();
  });
});

describe("the memory limit", () => {
  it("is half of what the machine has, or of what the container may have", () => {
    expect(memoryLimit(8192 * MEBIBYTE, 0)).toBe("4096MiB");
    expect(memoryLimit(8192 * MEBIBYTE, 2048 * MEBIBYTE)).toBe("1024MiB");
    // A kernel without a limit reports a number beyond any machine.
    expect(memoryLimit(8192 * MEBIBYTE, 2 ** 63)).toBe("4096MiB");
  });

  it.each([
    ["in memory", () => openMemoryDatabase()],
    ["in a file", () => openDatabase(join(folder, "limited.duckdb"), { create: true })],
  ])("holds for a database %s", async (_name, open) => {
    const database = await open();
    const connection = await database.connect();
    const read = async () =>
      String((await connection.runAndReadAll("SELECT current_setting('memory_limit')")).getRows()[0]?.[0]);
    const limit = await read();
    await connection.run(`SET GLOBAL memory_limit = '${memoryLimit()}'`);
    expect(limit).toBe(await read());
    await connection.run("RESET GLOBAL memory_limit");
    expect(limit).not.toBe(await read());
    connection.closeSync();
    await database.close();
  });
});
