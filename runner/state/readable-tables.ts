import type { Column } from "../port/sql-types.js";
import { CIRCUIT_BREAKER_STATE } from "./breaker-state.js";
import { MODEL_FAILURES } from "./model-failures.js";

/** The state tables that models may read: the runner makes them, empty, before anything runs. */
export const READABLE_TABLES: readonly { readonly name: string; readonly columns: readonly Column[] }[] = [
  CIRCUIT_BREAKER_STATE,
  MODEL_FAILURES,
];
