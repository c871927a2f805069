import { openScratchWarehouse } from "../../runner/engines/duckdb/warehouse.js";
import type { SqlValue, Warehouse } from "../../runner/port/port.js";
import { type Column, type SqlType, typeName } from "../../runner/port/sql-types.js";
import { runScript } from "../../runner/server/run-script.js";
import type { Case } from "./cases.js";
import type { Score } from "./scorer.js";
import { type Cell, sameRows, trimFraction } from "./values.js";

const PROJECT = "fixture_project";
const DATASET = "fixture_set";

/** Scores cases that were recorded from the real service: a setup and a script, in a dataset of their own. */
export interface ScriptEngine {
  score(item: Case): Promise<Score>;
  close(): Promise<void>;
}

export async function openScriptEngine(): Promise<ScriptEngine> {
  const warehouse = await openScratchWarehouse();
  return {
    async score(item) {
      await runScript(warehouse, PROJECT, `DROP SCHEMA IF EXISTS ${DATASET} CASCADE; CREATE SCHEMA ${DATASET}`);
      return scored(warehouse, item);
    },
    close: () => warehouse.close(),
  };
}

async function scored(warehouse: Warehouse, item: Case): Promise<Score> {
  const verdict = (name: Score["verdict"], detail: string): Score => ({ verdict: name, detail, sql: "" });
  try {
    if (item.setup !== undefined) await runScript(warehouse, PROJECT, item.setup);
  } catch (error) {
    return verdict(refusedOrFailed(error), `setup: ${(error as Error).message}`);
  }
  try {
    const { rows: result } = await runScript(warehouse, PROJECT, item.sql);
    const columns = result?.columns ?? [];
    const rows = (result?.rows ?? []).map((row) => row.map((value, i) => cellOf(value, columns[i]?.type ?? "STRING")));
    const got = JSON.stringify(rows).slice(0, 400);
    if (item.error !== undefined) return verdict("wrong", `expected error ${item.error}\n    got  ${got}`);
    if (!sameRows(item.rows ?? [], rows, item.ordered === true))
      return verdict("wrong", `\n    want ${JSON.stringify(item.rows).slice(0, 400)}\n    got  ${got}`);
    const types = described(columns);
    const expected = (item.columns ?? []).map((name, i) => `${name} ${item.types?.[i]}`).join(", ");
    // Statements that define or change something answer with no rows, and here without columns too.
    if (result === undefined || types === expected) return verdict("equal", "");
    return { ...verdict("equal", ""), types: `${types}, expected ${expected}` };
  } catch (error) {
    const { message } = error as Error;
    return item.error === undefined ? verdict(refusedOrFailed(error), message) : verdict("equal", message);
  }
}

function refusedOrFailed(error: unknown): "refused" | "failed" {
  return /not supported/.test((error as Error).message) ? "refused" : "failed";
}

function described(columns: readonly Column[]): string {
  return columns.map(({ name, type }) => `${name} ${typeName(type)}`).join(", ");
}

/** A value of the port in the notation of the conformance files. */
function cellOf(value: SqlValue | undefined, type: SqlType): Cell {
  if (value === null || value === undefined) return null;
  if (typeof type === "object") {
    if (type.kind === "array") return (value as readonly SqlValue[]).map((item) => cellOf(item, type.element));
    return Object.values(value as Record<string, SqlValue>).map((item, i) =>
      cellOf(item, type.fields[i]?.type ?? "STRING"),
    );
  }
  switch (type) {
    case "FLOAT64":
      return typeof value === "number" ? value : String(value);
    case "BOOL":
      return value as boolean;
    case "TIMESTAMP":
      return `${trimFraction(
        String(value)
          .replace(/\+00:00$/, "")
          .replace(" ", "T"),
      )}Z`;
    case "DATETIME":
    case "TIME":
    case "INTERVAL":
      return trimFraction(String(value));
    case "JSON":
      return JSON.stringify(sortedKeys(JSON.parse(String(value))));
    default:
      return String(value);
  }
}

function sortedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedKeys);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sortedKeys(item)]));
}
