import type { RunnableAction } from "./action.js";

/** One of an action's compiled texts, and the block of its SQLX file that it comes from. */
export interface ProjectText {
  readonly kind: "sql" | "pre_operations" | "post_operations";
  readonly text: string;
}

/** Tells where a place in an action's compiled SQL stands in the project: `definitions/x.sqlx:12:7`. */
export type Locate = (action: RunnableAction, text: ProjectText, offset: number) => string;
