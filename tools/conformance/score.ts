/**
 * Scores the dialect on a file of GoogleSQL queries with reference results: equal, refused, failed, wrong.
 *
 *   npx esbuild tools/conformance/score.ts --bundle --platform=node --format=cjs --external:@duckdb/node-api | \
 *     node - FILE.jsonl [--show CLASS] [--source own]
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { DuckDBInstance } from "@duckdb/node-api";
import type { Catalog } from "../../runner/dialect/contract.js";
import { DialectError } from "../../runner/dialect/contract.js";
import { translateQuery } from "../../runner/dialect/index.js";
import { installFunctions, installMacros } from "../../runner/dialect/runtime/index.js";
import { typeName } from "../../runner/sql-types.js";
import { type Cell, readRows, sameRows } from "./values.js";

interface Case {
  readonly id: string;
  readonly class: string;
  readonly source: string;
  readonly sql: string;
  readonly ordered?: boolean;
  readonly types?: readonly string[];
  readonly rows?: readonly (readonly Cell[])[];
  readonly error?: string;
  readonly errorKind?: string;
}

type Score = "equal" | "refused" | "failed" | "wrong" | "no verdict";

const EMPTY: Catalog = { find: () => undefined, names: () => [] };
const options = {
  show: { type: "string" },
  source: { type: "string" },
  id: { type: "string" },
  limit: { type: "string", default: "40" },
} as const;
const { values: flags, positionals } = parseArgs({ args: process.argv.slice(2), options, allowPositionals: true });

async function main(): Promise<void> {
  const file = positionals[0];
  if (file === undefined)
    throw new Error("usage: score FILE.jsonl [--show equal|refused|failed|wrong] [--source own] [--id ID]");
  const cases = readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Case)
    .filter(
      (item) =>
        (flags.source === undefined || item.source === flags.source) &&
        (flags.id === undefined || item.id === flags.id),
    );
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  await connection.run(
    "SET TimeZone = 'UTC'; SET default_null_order = 'NULLS_FIRST_ON_ASC_LAST_ON_DESC'; SET threads = 1; SET memory_limit = '4GB'",
  );
  await installFunctions(connection);
  await installMacros(connection);

  const totals = new Map<string, Map<Score, number>>();
  let shown = 0;
  for (const item of cases) {
    if (process.env.SCORE_TRACE) console.error(item.id);
    const { score, detail } = await scoreCase(item);
    for (const key of ["all", item.source]) {
      const counts = totals.get(key) ?? new Map<Score, number>();
      counts.set(score, (counts.get(score) ?? 0) + 1);
      totals.set(key, counts);
    }
    if ((flags.show === score || flags.id !== undefined) && shown < Number(flags.limit)) {
      shown += 1;
      console.log(
        `${item.id}: ${detail}${flags.show === "refused" && flags.id === undefined ? "" : `\n    ${item.sql.replace(/\s+/g, " ").slice(0, flags.id === undefined ? 300 : 9999)}`}`,
      );
    }
  }
  for (const [key, counts] of totals) {
    console.log(
      `${key}: ${[...counts]
        .map(([score, n]) => `${score} ${n}`)
        .sort()
        .join(", ")}`,
    );
  }

  async function scoreCase(item: Case): Promise<{ score: Score; detail: string }> {
    if (item.errorKind === "unsupported-by-oracle") return { score: "no verdict", detail: "" };
    let duckSql = "";
    try {
      const { sql, columns } = translateQuery(item.sql, EMPTY, { results: "reference" });
      duckSql = sql;
      const reader = await connection.runAndReadAll(sql);
      const rows = readRows(
        reader,
        columns.map((column) => column.type),
      );
      if (item.error !== undefined)
        return { score: "wrong", detail: `expected error ${item.error}; got ${JSON.stringify(rows).slice(0, 200)}` };
      if (sameRows(item.rows ?? [], rows, item.ordered === true)) {
        const types = columns.map((column) => typeName(column.type)).join(", ");
        const expected = (item.types ?? []).join(", ");
        if (flags.show === "types" && types !== expected)
          console.log(`${item.id}: type ${types}, expected ${expected}`);
        return { score: "equal", detail: duckSql };
      }
      return {
        score: "wrong",
        detail: `\n    want ${JSON.stringify(item.rows).slice(0, 400)}\n    got  ${JSON.stringify(rows).slice(0, 400)}\n    sql  ${duckSql.slice(0, 600)}`,
      };
    } catch (error) {
      const message = (error as Error).message.split("\n")[0] ?? "";
      if (error instanceof DialectError) {
        if (item.errorKind === "analysis") return { score: "equal", detail: message };
        const label = item.error !== undefined && error.kind !== "unsupported" ? "equal" : "refused";
        return { score: label, detail: `${message} [${error.line}:${error.column}]` };
      }
      const crash = !(error as Error).message.match(/Error|error/) || duckSql === "";
      if (item.error !== undefined && !crash)
        return { score: item.errorKind === "analysis" ? "failed" : "equal", detail: message };
      return {
        score: "failed",
        detail: `${message}${duckSql === "" ? ((error as Error).stack ?? "") : ""}\n    duck ${duckSql.slice(0, 500)}`,
      };
    }
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
