import type { MessagePort } from "node:worker_threads";
import type { SqlType } from "../../../../port/sql-types.js";

/** The text of a user's JavaScript function. */
export interface JavaScriptSource {
  readonly name: string;
  readonly parameters: readonly string[];
  readonly code: string;
}

/** What a call carries as its first argument, as JSON. */
export interface Definition {
  readonly name: string;
  readonly code: string;
  readonly parameters: readonly { readonly name: string; readonly type: SqlType }[];
  readonly returns: SqlType;
}

/** From the main thread to the broker: one vector of calls of one function. */
export interface CallRequest {
  /** JSON text of a `Definition`. */
  readonly definition: string;
  /** JSON text: an array of argument lists. */
  readonly rows: string;
  readonly timeLimitMs: number;
}

/** The broker's answer: JSON text of an array of texts and nulls, or why there is none. */
export type CallAnswer = { readonly results: string } | CallFailure;

export type CallFailure =
  | { readonly failed: "error"; readonly message: string; readonly stack: string }
  | { readonly failed: "time" }
  | { readonly failed: "memory" }
  | { readonly failed: "death" };

/** What the broker is started with. */
export interface BrokerData {
  readonly childPath: string;
  /** Takes a `CallRequest`, gives a `CallAnswer`. */
  readonly port: MessagePort;
  /** Raised by one and notified with every answer. */
  readonly signal: Int32Array;
  readonly memoryMb: number;
}
