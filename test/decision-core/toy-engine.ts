import type { Engine } from "../../runner/engines/engine.js";
import { MemoryWarehouse } from "./memory-warehouse.js";

export const warehouse = new MemoryWarehouse();

/** An engine that keeps everything in maps and reads only the SQL of this folder's specs. */
export const TOY: Engine = {
  name: "toy",
  summary: "in this process, until it ends",
  locate: () => "memory",
  exists: () => true,
  open: async () => warehouse,
};
