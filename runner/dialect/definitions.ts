import type { TranslatedStatement } from "./statement.js";

/** Statements that define relations. Apart from what translates them: who opens a warehouse needs no more of it. */
export const DEFINITIONS: ReadonlySet<TranslatedStatement["kind"]> = new Set([
  "createTable",
  "createView",
  "createSchema",
  "drop",
  "alterTable",
  "alter",
  "loadData",
] as const);
