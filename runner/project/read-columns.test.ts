import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { randomFrom } from "../../test/random.js";
import { scanQuery } from "../googlesql/index.js";
import { ReadColumns, type ReadingText } from "./read-columns.js";

function text(key: string, sql: string): ReadingText {
  const { names, listed, tables } = scanQuery(sql);
  const items = listed.map(({ name, passed, names: own }) => ({ name, passed, names: [...own] }));
  return { key, names, listed: items, reads: tables.map(({ path, ...read }) => ({ key: path.join("."), ...read })) };
}

/** What the first of the texts reads of a relation, through the others as views: those of some columns that count. */
function readOf(key: string, columns: readonly string[], ...texts: readonly ReadingText[]): readonly string[] {
  const read = new ReadColumns(texts);
  const [names, leftOut] = [read.of(key), read.leftOut(key)];
  return columns.filter((column) => (names === undefined ? !leftOut.has(column) : names.has(column)));
}

describe("the columns that an action reads", () => {
  const COLUMNS = ["id", "a", "b", "c"];
  const read = (...sqls: readonly string[]) =>
    readOf("t", COLUMNS, ...sqls.map((sql, index) => text(index === 0 ? "model" : `v${index}`, sql))).join(" ");

  it.each<[string, string[], string]>([
    ["a view's columns that it names", ["SELECT a FROM v1", "SELECT id, a, b + c AS d FROM t"], "a"],
    ["what a column of a view is made of", ["SELECT d FROM v1", "SELECT id, a, b + c AS d FROM t"], "b c"],
    ["through a star of a view", ["SELECT a FROM v1", "SELECT * FROM t"], "a"],
    ["through stars of two views", ["SELECT a FROM v1", "SELECT * FROM v2", "SELECT * FROM t"], "a"],
    ["everything behind its own star", ["SELECT * FROM v1", "SELECT * FROM v2", "SELECT * FROM t"], "id a b c"],
    ["everything of the lists behind its own star", ["SELECT * FROM v1", "SELECT id, b FROM t"], "id b"],
    ["what decides a view's rows", ["SELECT a FROM v1", "SELECT * FROM t WHERE c > 0"], "a c"],
    ["what joins", ["SELECT a FROM v1", "SELECT x.* FROM t AS x JOIN u USING (id)"], "id a"],
    [
      "everything but what its own star and that of a view leave out",
      ["SELECT * EXCEPT (b) FROM v1", "SELECT * EXCEPT (c) FROM t"],
      "id a",
    ],
    [
      "what it leaves out of a view of views",
      ["SELECT * EXCEPT (b) FROM v1", "SELECT * FROM v2", "SELECT * FROM t"],
      "id a c",
    ],
    [
      "what it leaves out of one of two views",
      ["SELECT v1.* EXCEPT (b, c), v2.* EXCEPT (c) FROM v1, v2", "SELECT * FROM t", "SELECT * FROM t"],
      "id a b",
    ],
    [
      "what it leaves out of distinct rows of a view",
      ["SELECT * EXCEPT (b) FROM v1", "SELECT DISTINCT * FROM t"],
      "id a b c",
    ],
    [
      "what it leaves out of a view, and that decides its rows",
      ["SELECT * EXCEPT (b, c) FROM v1", "SELECT * FROM t WHERE c > 0"],
      "id a c",
    ],
    ["what is left out, and named elsewhere", ["SELECT * EXCEPT (b, c) FROM t WHERE c > 0"], "id a c"],
    ["what one star leaves out and the next shows", ["SELECT x.* EXCEPT (b, c), x.* EXCEPT (c) FROM t AS x"], "id a b"],
    ["what one of two reads leaves out", ["SELECT * EXCEPT (b) FROM t UNION ALL SELECT id, a, c FROM t"], "id a c"],
    [
      "what a star leaves out of both sides",
      ["SELECT * EXCEPT (b) FROM t JOIN (SELECT * FROM t) USING (id)"],
      "id a c",
    ],
    ["what one of two stars leaves out", ["SELECT x.* EXCEPT (b), y.* FROM t AS x JOIN t AS y USING (id)"], "id a b c"],
    ["what a WITH query passes on", ["WITH q AS (SELECT * FROM t) SELECT DISTINCT * EXCEPT (b) FROM q"], "id a c"],
    ["all of a distinct WITH query", ["WITH q AS (SELECT DISTINCT * FROM t) SELECT * EXCEPT (b) FROM q"], "id a b c"],
    ["what a list computes", ["SELECT * EXCEPT (n) FROM (SELECT id, a + b AS n FROM t)"], "id"],
    ["rows as values beside a star", ["SELECT * EXCEPT (b) FROM t WHERE TO_JSON_STRING(t) > ''"], "id a b c"],
    ["rows that a view takes as values", ["SELECT n FROM v1", "SELECT 1 AS n, TO_JSON(t) AS j FROM t"], "id a b c"],
    ["rows of a view taken as values", ["SELECT TO_JSON(v1) AS j FROM v1", "SELECT * FROM t"], "id a b c"],
    ["distinct rows of a view", ["SELECT a FROM v1", "SELECT DISTINCT a, b FROM t"], "a b"],
    ["names that two columns swap", ["SELECT a FROM v1", "SELECT a AS b, b AS a FROM t"], "a b"],
    [
      "a view that another view shows whole",
      ["SELECT n FROM v1", "SELECT COUNT(*) AS n FROM (SELECT DISTINCT * FROM v2)", "SELECT * FROM t"],
      "id a b c",
    ],
    ["one way of two", ["SELECT v1.a, v2.n FROM v1, v2", "SELECT a, b FROM t", "SELECT COUNT(c) AS n FROM t"], "a c"],
  ])("are %s", (_, sqls, expected) => {
    expect(read(...sqls)).toBe(expected);
  });
});

it("must be there as it is where a text names it, though it does not count", () => {
  const read = new ReadColumns([
    text("model", "SELECT a FROM v1 UNION ALL SELECT x FROM (SELECT a AS x, b + 1 AS y FROM t)"),
    text("v1", "SELECT a, Z AS c FROM t"),
  ]);
  expect([...(read.of("t") ?? [])]).not.toContain("b");
  expect([...(read.of("t") ?? [])]).not.toContain("z");
  expect([...read.named]).toEqual(expect.arrayContaining(["a", "b", "z"]));
});

describe("a column that does not count", () => {
  const TABLES: Readonly<Record<string, readonly string[]>> = {
    t: ["id", "a", "b", "c", "f", "h", "j", "l"],
    u: ["id", "a", "d", "e", "g", "i", "k", "m"],
  };
  let run: (sql: string) => Promise<unknown[][]>;
  let close: () => void;
  beforeAll(async () => {
    const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
    const connection = await instance.connect();
    run = async (sql) => (await connection.runAndReadAll(inDuckDb(sql))).getRowsJson() as unknown[][];
    close = () => {
      connection.closeSync();
      instance.closeSync();
    };
    for (const [table, columns] of Object.entries(TABLES)) {
      const values = columns.map((column, index) =>
        column === "id" ? "i AS id" : `(i * ${index + 2}) // 2 % 3 AS ${column}`,
      );
      await run(`CREATE TABLE before_${table} AS SELECT ${values.join(", ")} FROM range(9) r(i)`);
      await run(`CREATE TABLE ${table} AS SELECT * FROM before_${table}`);
    }
  });
  afterAll(() => close());

  const put = (table: string, changed?: string) =>
    run(
      `CREATE OR REPLACE TABLE ${table} AS SELECT *${changed === undefined ? "" : ` REPLACE ((${changed} * 2 + id * 5 + 1) % 4 AS ${changed})`} FROM before_${table}`,
    );
  const rowsOf = async (sql: string) => (await run(sql)).map((row) => JSON.stringify(row)).sort();

  it("can hold anything: the rows of random models and views stay as they are", async () => {
    const seeds = 400 * Number(process.env.FASTBREAK_FUZZ_SCALE ?? "1");
    const tried = { queries: 0, columns: 0, differing: 0 };
    for (let seed = 1; seed <= seeds; seed += 1) {
      const writer = new Writer(randomFrom(seed * 7919), TABLES);
      const views = ["v1", "v2"].map((name) => ({ name, ...writer.view(name) }));
      const model = writer.query(2);
      // What DuckDB takes for wrong leaves no view behind.
      for (const { name, sql } of views) {
        await run(`DROP VIEW IF EXISTS ${name}`);
        await run(`CREATE VIEW ${name} AS ${sql}`).catch(() => undefined);
      }
      const before = await rowsOf(model.sql).catch(() => undefined);
      if (before === undefined) continue;
      tried.queries += 1;
      const texts = reached(
        text("model", model.sql),
        views.map(({ name, sql }) => text(name, sql)),
      );
      for (const [table, columns] of Object.entries(TABLES)) {
        const names = new Set(readOf(table, columns, ...texts));
        for (const column of columns) {
          const counts = names.has(column);
          // Those that count need no proof, and most of the others are as good as any; some show that a change can be seen.
          if (counts ? seed % 10 > 0 : writer.random() < 0.5) continue;
          await put(table, column);
          const after = await rowsOf(model.sql);
          await put(table);
          const isSame = JSON.stringify(after) === JSON.stringify(before);
          if (counts) tried.differing += isSame ? 0 : 1;
          else tried.columns += 1;
          if (!counts && !isSame)
            expect({ seed, table, column, model: model.sql, views }).toBe("one that makes no difference");
        }
      }
    }
    expect(tried.queries).toBeGreaterThan(seeds / 2);
    expect(tried.columns).toBeGreaterThan(seeds);
    expect(tried.differing).toBeGreaterThan(seeds / 10);
  }, 600_000);
});

/** The model and the views through which it reads. */
function reached(model: ReadingText, views: readonly ReadingText[]): ReadingText[] {
  const found = [model];
  for (const { reads } of found)
    for (const view of views) if (reads.some(({ key }) => key === view.key) && !found.includes(view)) found.push(view);
  return found;
}

/** GoogleSQL of the writer below as DuckDB spells it. */
function inDuckDb(sql: string): string {
  return sql.replaceAll("* EXCEPT (", "* EXCLUDE (").replace(/\b(EXCEPT|INTERSECT) DISTINCT\b/g, "$1");
}

interface Written {
  readonly sql: string;
  readonly columns: readonly string[];
}

/** Writes random queries of everything that decides what is made of a column. */
class Writer {
  readonly #relations: Map<string, readonly string[]>;
  #names = 0;

  constructor(
    readonly random: () => number,
    tables: Readonly<Record<string, readonly string[]>>,
  ) {
    this.#relations = new Map(Object.entries(tables));
  }

  /** From then on the view can be read. */
  view(name: string): Written {
    const written = this.query(1);
    this.#relations.set(name, written.columns);
    return written;
  }

  query(depth: number): Written {
    const before = new Map(this.#relations);
    const commons: string[] = [];
    for (let count = this.#below(3); depth > 0 && count > 0; count -= 1) {
      // Now and then it hides a table.
      const name = this.#chance(0.1) ? this.#one(["t", "u"]) : this.#name("c");
      const { sql, columns } = this.query(depth - 1);
      if (commons.some((common) => common.startsWith(`${name} `))) continue;
      commons.push(`${name} AS (${sql})`);
      this.#relations.set(name, columns);
    }
    const body = this.#chance(0.35) ? this.#set(depth) : this.#select(depth);
    this.#relations.clear();
    for (const [name, columns] of before) this.#relations.set(name, columns);
    return { ...body, sql: `${commons.length > 0 ? `WITH ${commons.join(", ")} ` : ""}${body.sql}` };
  }

  #set(depth: number): Written {
    const first = this.#select(depth);
    const arms = [first];
    for (let count = 20; arms.length < 2 && count > 0; count -= 1) {
      const arm = this.#select(depth);
      if (arm.columns.length === first.columns.length) arms.push(arm);
    }
    const operator = this.#one(["UNION ALL", "UNION ALL", "UNION ALL", "EXCEPT DISTINCT", "INTERSECT DISTINCT"]);
    return { sql: arms.map(({ sql }) => sql).join(` ${operator} `), columns: first.columns };
  }

  #select(depth: number): Written {
    const first = this.#from(depth);
    const other = this.#chance(0.25) ? this.#from(depth) : undefined;
    const second = [first, other].every((from) => from?.columns.includes("id")) ? other : undefined;
    const froms = second === undefined ? [first] : [first, second];
    const join =
      second &&
      this.#one([` JOIN ${second.sql} USING (id)`, ` JOIN ${second.sql} ON ${first.alias}.id = ${second.alias}.id`]);
    const all = froms.flatMap(({ alias, columns }) => columns.map((column) => `${alias}.${column}`));
    const column = () => this.#one(all);
    const kind = this.#below(10);
    let list: Written;
    if (kind < 2 && froms.length === 1) list = this.#star(first);
    else if (kind < 3) list = this.#rows(first);
    else if (kind < 4 && froms.length === 1)
      return {
        sql: `SELECT ${column()} AS x, SUM(${column()}) AS s FROM ${first.sql} GROUP BY ${this.#one(["1", "x", "ALL"])}`,
        columns: ["x", "s"],
      };
    else list = this.#items(column, first, depth);
    const where = this.#chance(0.3) ? ` WHERE ${column()} > ${this.#below(4)}` : "";
    const qualify = this.#chance(0.1) ? ` QUALIFY RANK() OVER (PARTITION BY ${column()} ORDER BY ${column()}) < 3` : "";
    const distinct = this.#chance(0.25) ? "DISTINCT " : "";
    const sql = `SELECT ${distinct}${list.sql} FROM ${first.sql}${join ?? ""}${where}${qualify}`;
    return { sql, columns: list.columns };
  }

  #star({ columns }: From): Written {
    const one = this.#one(columns);
    const left = columns.filter((column) => column !== one);
    if (this.#chance(0.3) && left.length > 0) return { sql: `* EXCEPT (${one})`, columns: left };
    if (this.#chance(0.2)) return { sql: `* REPLACE (${one} + ${this.#one(columns)} AS ${one})`, columns };
    if (this.#chance(0.3)) {
      const name = this.#name("n");
      return { sql: `*, ${this.#one(columns)} + 1 AS ${name}`, columns: [...columns, name] };
    }
    return { sql: "*", columns };
  }

  /** All of one side of a join, or but a column or two. */
  #rows({ alias, columns }: From): Written {
    const but = this.#chance(0.5) ? [] : [...new Set([this.#one(columns), this.#one(columns)])];
    const left = columns.filter((column) => !but.includes(column));
    if (but.length === 0 || left.length === 0) return { sql: `${alias}.*`, columns };
    return { sql: `${alias}.* EXCEPT (${but.join(", ")})`, columns: left };
  }

  #items(column: () => string, from: From, depth: number): Written {
    // Names of their own show what is left out; others are those of other columns, too.
    const columns = ["id", "a", "b", "c"].filter(() => this.#chance(0.15));
    for (let count = 1 + this.#below(3); count > 0; count -= 1) columns.push(this.#name("x"));
    const sql = columns.map((name) => {
      const kind = this.#below(12);
      if (kind < 5) return `${column()} AS ${name}`;
      if (kind < 8) return `${column()} * 2 + ${column()} AS ${name}`;
      if (kind < 9) return `SUM(${column()}) OVER (PARTITION BY ${column()}) AS ${name}`;
      if (kind < 10) return `LENGTH(REPLACE(CAST(TO_JSON(${from.alias}) AS STRING), '1', '')) AS ${name}`;
      const other = this.#from(Math.min(depth, 1) - 1);
      if (kind < 11) return `(SELECT MAX(${this.#one(other.columns)}) FROM ${other.sql}) AS ${name}`;
      return `IF(EXISTS (SELECT * FROM ${other.sql} WHERE ${other.alias}.${this.#one(other.columns)} = ${column()}), 1, 0) AS ${name}`;
    });
    return { sql: sql.join(", "), columns };
  }

  #from(depth: number): From {
    const alias = this.#name("q");
    if (depth > 0 && this.#chance(0.3)) {
      const { sql, columns } = this.query(depth - 1);
      return { sql: `(${sql}) AS ${alias}`, alias, columns };
    }
    const [name, columns] = this.#one([...this.#relations]);
    return { sql: `${name} AS ${alias}`, alias, columns };
  }

  #name(prefix: string): string {
    this.#names += 1;
    return `${prefix}_${this.#names}`;
  }

  #below(limit: number): number {
    return Math.floor(this.random() * limit);
  }

  #chance(share: number): boolean {
    return this.random() < share;
  }

  #one<T>(values: readonly T[]): T {
    return values[this.#below(values.length)] as T;
  }
}

interface From extends Written {
  readonly alias: string;
}
