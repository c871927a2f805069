import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDuckDbWarehouse } from "../runner/engines/duckdb/warehouse.js";
import { type FollowedQuery, followedQuery } from "../runner/googlesql/locality/index.js";
import { find, TABLES } from "../runner/googlesql/locality/test-support/tables.js";
import type { SqlValue, Warehouse } from "../runner/port/port.js";
import { randomFrom } from "./random.js";

const ROUNDS = Number(process.env.FASTBREAK_QUERIES ?? 25);

type Random = () => number;

/** A query that is being made up: its text, and its columns by type. */
interface Made {
  readonly sql: string;
  readonly strings: readonly string[];
  readonly numbers: readonly string[];
}

/** Queries of nobody's project, with what projects are made of. */
class QueryMaker {
  readonly common: string[] = [];

  constructor(readonly random: Random) {}

  make(depth: number): string {
    const { sql } = this.#query(depth);
    const common = this.common.length === 0 ? "" : `WITH ${this.common.join(",\n")}\n`;
    return `${common}${sql}`;
  }

  #one<T>(items: readonly T[]): T {
    return items[Math.floor(this.random() * items.length)] as T;
  }

  #table(): Made {
    const name = this.#one(Object.keys(TABLES));
    const of = (type: string) => (TABLES[name] ?? []).filter((column) => column[1] === type).map(([column]) => column);
    return { sql: `SELECT * FROM ${name}`, strings: of("STRING"), numbers: of("INT64") };
  }

  /** A common table expression that others may read, too. */
  #named(made: Made): Made & { readonly name: string } {
    const name = `c${this.common.length}`;
    this.common.push(`${name} AS (${made.sql})`);
    const all = { ...made, name };
    this.#made.push(all);
    return all;
  }

  readonly #made: (Made & { readonly name: string })[] = [];

  #source(depth: number): Made & { readonly name: string } {
    if (this.#made.length > 0 && this.random() < 0.3) return this.#one(this.#made);
    return this.#named(depth <= 0 ? this.#table() : this.#query(depth - 1));
  }

  #query(depth: number): Made {
    const a = this.#source(depth);
    const [key, other] = [this.#one(a.strings), this.#one(a.strings)];
    const number = this.#one([...a.numbers, "1"]);
    const strings = a.strings.join(", ");
    switch (
      this.#one(["where", "group", "window", "join", "join", "join", "union", "distinct", "qualify", "in", "count"])
    ) {
      case "where":
        return { ...a, sql: `SELECT * FROM ${a.name} AS a WHERE a.${key} != 'k1' OR ${number} > 2` };
      case "group": {
        const keys = [...new Set([key, other])];
        const sums = a.numbers.map((name) => `SUM(${name}) AS ${name}`);
        const by = this.random() < 0.5 ? keys : keys.map((_, index) => index + 1);
        const columns = sums.length > 0 ? sums : ["COUNT(*) AS n"];
        return {
          sql: `SELECT ${[...keys, ...columns].join(", ")} FROM ${a.name} GROUP BY ${by.join(", ")}`,
          strings: keys,
          numbers: sums.length > 0 ? a.numbers : ["n"],
        };
      }
      case "window":
        return {
          sql: `SELECT ${strings}, SUM(${number}) OVER (PARTITION BY ${key}) AS z, RANK() OVER (PARTITION BY ${this.#one([key, other])} ORDER BY ${number}) AS r FROM ${a.name}`,
          strings: a.strings,
          numbers: ["z", "r"],
        };
      case "qualify":
        return {
          ...a,
          sql: `SELECT * FROM ${a.name} WHERE ${number} IS NOT NULL QUALIFY RANK() OVER (PARTITION BY ${key} ORDER BY ${number}) = 1`,
        };
      case "union": {
        const b = this.#source(depth - 1);
        const op = this.#one(["UNION ALL", "UNION DISTINCT", "EXCEPT DISTINCT", "INTERSECT DISTINCT"]);
        const arm = (made: Made & { readonly name: string }) =>
          `SELECT ${this.#one(made.strings)} AS k, ${this.#one([...made.numbers, "1"])} AS v FROM ${made.name}`;
        return { sql: `${arm(a)} ${op} ${arm(b)}`, strings: ["k"], numbers: ["v"] };
      }
      case "distinct":
        return { sql: `SELECT DISTINCT ${key} AS k, ${other} AS o FROM ${a.name}`, strings: ["k", "o"], numbers: [] };
      case "in": {
        const b = this.#source(depth - 1);
        return {
          ...a,
          sql: `SELECT * FROM ${a.name} AS a WHERE a.${key} IN (SELECT ${this.#one(b.strings)} FROM ${b.name})`,
        };
      }
      case "count": {
        const b = this.#source(depth - 1);
        const count = `(SELECT COUNT(*) FROM ${b.name} AS b WHERE b.${this.#one(b.strings)} = a.${key})`;
        return { sql: `SELECT a.${key} AS k, ${count} AS n FROM ${a.name} AS a`, strings: ["k"], numbers: ["n"] };
      }
      default: {
        const b = this.#source(depth - 1);
        const join = this.#one(["JOIN", "JOIN", "LEFT JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN", ","]);
        const condition = [
          `a.${key} = b.${this.#one(b.strings)}`,
          ...(this.random() < 0.3 ? [`a.${this.#one([...a.numbers, key])} IS NOT NULL`] : []),
          ...(this.random() < 0.2
            ? [`(a.${other} = b.${this.#one(b.strings)} OR b.${this.#one(b.strings)} = 'k2')`]
            : []),
        ].join(" AND ");
        const own = a.strings.map((name) => `a.${name} AS a_${name}`);
        const theirs = b.strings.map((name) => `b.${name} AS b_${name}`);
        const value = `IFNULL(a.${this.#one([...a.numbers, key])}, NULL)`;
        const values = [
          ...(a.numbers.length > 0 ? [`a.${this.#one(a.numbers)} AS p`] : [`LENGTH(${value}) AS p`]),
          ...(b.numbers.length > 0 ? [`b.${this.#one(b.numbers)} AS q`] : ["1 AS q"]),
        ];
        const list = [...own, ...theirs, ...values].join(", ");
        const from =
          join === ","
            ? `${a.name} AS a, ${b.name} AS b WHERE ${condition}`
            : `${a.name} AS a ${join} ${b.name} AS b ON ${condition}`;
        return {
          sql: `SELECT ${list} FROM ${from}`,
          strings: [...a.strings.map((name) => `a_${name}`), ...b.strings.map((name) => `b_${name}`)],
          numbers: ["p", "q"],
        };
      }
    }
  }
}

const KEYS = ["k0", "k1", "k2", "k3", "k4"];

describe("rows of other keys", () => {
  let folder: string;
  let warehouse: Warehouse;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "fastbreak-locality-"));
    warehouse = await openDuckDbWarehouse(join(folder, "w.duckdb"), { create: true });
  });
  afterAll(async () => {
    await warehouse.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const text = (value: SqlValue) => (value === null ? "NULL" : String(value));

  /** The rows of a query as texts, those of one key and the others. */
  async function rowsOf(sql: string, column: string, keys: ReadonlySet<string>) {
    const { columns, rows } = await warehouse.transaction((transaction) => transaction.query(sql));
    const at = columns.findIndex(({ name }) => name === column);
    const own: string[] = [];
    const others: string[] = [];
    for (const row of rows) (keys.has(text(row[at] ?? null)) ? own : others).push(row.map(text).join(" | "));
    return { own: own.sort(), others: others.sort() };
  }

  async function fill(random: Random): Promise<void> {
    const value = (type: string) => {
      if (random() < 0.08) return "NULL";
      return type === "STRING" ? `'k${Math.floor(random() * KEYS.length)}'` : `${Math.floor(random() * 4)}`;
    };
    for (const [name, columns] of Object.entries(TABLES)) {
      const rows = Array.from({ length: 12 }, () => `(${columns.map(([, type]) => value(type)).join(", ")})`);
      await warehouse.script(
        `CREATE SCHEMA IF NOT EXISTS d; CREATE OR REPLACE TABLE ${name} (${columns.map((column) => column.join(" ")).join(", ")});
         INSERT INTO ${name} (${columns.map(([column]) => column).join(", ")}) VALUES ${rows.join(", ")}`,
      );
    }
  }

  /** Another content of the rows of one key in one table: all that a use without a key does not see may be another. */
  async function correct(table: string, column: string, key: string, seen: ReadonlySet<string>, random: Random) {
    const is = key === "NULL" ? `${column} IS NULL` : `${column} = '${key}'`;
    const columns = TABLES[table] ?? [];
    const free = columns.filter(([name]) => name !== column && !seen.has(name));
    for (const [name, type] of free)
      await warehouse.script(
        `UPDATE ${table} SET ${name} = ${type === "STRING" ? `'k${Math.floor(random() * 5)}'` : `IFNULL(${name}, 0) + 1`} WHERE ${is}`,
      );
    if (seen.size > 0) return;
    if (random() < 0.4) await warehouse.script(`DELETE FROM ${table} WHERE ${is}`);
    const value = ([name, type]: readonly [string, string]) =>
      name === column ? (key === "NULL" ? "NULL" : `'${key}'`) : type === "STRING" ? "'k3'" : "1";
    if (random() < 0.6)
      await warehouse.script(
        `INSERT INTO ${table} (${columns.map(([name]) => name).join(", ")}) VALUES (${columns.map(value).join(", ")})`,
      );
  }

  const restricted = (sql: string, query: FollowedQuery, by: string, keys: readonly string[]) => {
    let result = sql;
    const test = (column: string) =>
      keys.map((key) => (key === "NULL" ? `${column} IS NULL` : `${column} = '${key}'`)).join(" OR ");
    for (const { place, column } of [...query.keyedPlaces(by)].reverse()) {
      const alias = place.impliedAlias === undefined ? "" : ` AS ${place.impliedAlias}`;
      const rows = `(SELECT * FROM ${sql.slice(place.start, place.end)} WHERE ${test(column)})${alias}`;
      result = result.slice(0, place.start) + rows + result.slice(place.end);
    }
    return result;
  };

  it.each([1, 2, 3])(
    "stay as they are, and those of the key need nothing else, whatever the query (%i)",
    async (seed) => {
      const random = randomFrom(seed * 104_729);
      let followed = 0;
      for (let round = 0; round < ROUNDS; round++) {
        if (round % 5 === 0) await fill(random);
        const sql = new QueryMaker(random).make(1 + Math.floor(random() * 2));
        const query = followedQuery(sql, find);
        expect(query, sql).toBeDefined();
        const { columns } = await warehouse.transaction((transaction) =>
          transaction.query(`SELECT * FROM (${sql}) WHERE FALSE`),
        );
        for (const { name, type } of columns) {
          if (type !== "STRING" || !query?.hasKey(name)) continue;
          const uses = query.usesOf(name);
          for (const table of new Set(uses.map(({ place }) => place.table))) {
            const own = uses.filter(({ place }) => place.table === table);
            const keyedBy = new Set(own.flatMap((use) => use.keyedBy ?? []));
            if (keyedBy.size !== 1) continue;
            followed++;
            const key = random() < 0.15 ? "NULL" : (KEYS[Math.floor(random() * KEYS.length)] as string);
            const seen = new Set(own.flatMap((use) => (use.keyedBy === undefined ? [...use.columns] : [])));
            const keys = new Set([key]);
            const before = await rowsOf(sql, name, keys);
            const isWhole = own.some((use) => use.keyedBy === undefined);
            await correct(table, [...keyedBy][0]!, key, isWhole && seen.size === 0 ? new Set(["*"]) : seen, random);
            const after = await rowsOf(sql, name, keys);
            expect(after.others, `${sql}\nby ${name}, ${table} changed for ${key}`).toEqual(before.others);
            const rebuilt = await rowsOf(restricted(sql, query, name, [key]), name, keys);
            expect(rebuilt.own, `${sql}\nby ${name}, ${table} changed for ${key}`).toEqual(after.own);
          }
        }
      }
      expect(followed).toBeGreaterThan(ROUNDS / 2);
    },
  );
});
