import type { Warehouse } from "../../runner/port/port.js";
import type { Content } from "./content.js";

export const STATE_DATASET = "world_state";

/** A live relation as somebody who looks at the warehouse sees it. */
export interface LiveTable {
  readonly kind: "table" | "view";
  readonly partitioned: boolean;
  /** A view's own text. */
  readonly definition: string;
  /** Columns and rows; undefined: a view that reads what is not there. */
  readonly shown: Content | undefined;
}

/** The side of a warehouse that the runner does not see: sources are written and results are read here. */
export interface Outside {
  readonly warehouse: Warehouse;
  /** Every table and view of the world. */
  live(): Promise<ReadonlyMap<string, LiveTable>>;
  write(name: string, content: Content, partitioned: boolean): Promise<void>;
  drop(name: string): Promise<void>;
}
