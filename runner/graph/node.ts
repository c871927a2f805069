import type { Branded } from "../port/identity.js";

/** SHA-256 over the source files that decide an action's SQL. */
export type CodeHash = Branded<"CodeHash">;

/** SHA-256 over the compiled SQL of an action and of every view that it reads. */
export type CompiledHash = Branded<"CompiledHash">;

/** How far around partition `d` a model may read one upstream: `[d - back, d + ahead]` days; undefined: every partition. */
export interface ReadWindow {
  readonly back: number;
  readonly ahead: number;
}

export interface Upstream {
  readonly key: string;
  readonly window: ReadWindow | undefined;
  /** Names, in lower case, among which are all columns of it that count; undefined: every column counts. */
  readonly columns: ReadonlySet<string> | undefined;
  /** Names, in lower case, of columns that do not count where every other does. */
  readonly leftOut?: ReadonlySet<string>;
  /** Names, in lower case, of columns that must be there as they are for its query to be right, whether they count or not. */
  readonly named?: ReadonlySet<string>;
}

/** What planning knows of one action; made from the manifest, without any date. */
export interface PlanNode {
  readonly key: string;
  readonly kind: "model" | "view" | "assertion" | "operation";
  readonly partitioned: boolean;
  /** Tables that the action reads, views replaced by what they read. */
  readonly upstreams: readonly Upstream[];
  /** Digest over the source files that decide the action's SQL; known without compiling. */
  readonly codeHash: CodeHash;
  /** Digest over the compiled SQL, of the action and of every view it reads, and over the settings that change its table. */
  readonly compiledHash: CompiledHash;
  /** Why the result may differ although code and inputs do not; undefined: it may not. */
  readonly volatile: string | undefined;
  readonly disabled: boolean;
  /** Views that must stand when it is built, because it reads them as they stand. */
  readonly standingViews: readonly string[];
}
