import { totalmem } from "node:os";
import type { WarehousePlace } from "../engine.js";

/** What a place says of an engine's memory and threads. */
export type ChosenLimits = Pick<WarehousePlace, "memory" | "threads">;

/** The statements that make DuckDB keep to the limits; none for what is left open. */
export function limitStatements({ memory, threads }: Partial<ChosenLimits>): string {
  const statements = [
    ...(memory === undefined ? [] : [`SET GLOBAL memory_limit = '${memoryText(memory)}'`]),
    ...(threads === undefined ? [] : [`SET GLOBAL threads = ${threads}`]),
  ];
  return statements.map((statement) => `; ${statement}`).join("");
}

/** DuckDB takes amounts, and no shares. */
function memoryText(memory: string): string {
  const share = /^(\d+)%$/.exec(memory)?.[1];
  return share === undefined ? memory : `${Math.floor((totalmem() * Number(share)) / 100 / 2 ** 20)}MiB`;
}
