/** What can happen to a call on its way. `before`: the server never sees it; `after`: it has been carried out. */
export const FAULTS = [
  "reset before",
  "reset after",
  "half an answer",
  "500 before",
  "500 after",
  "503 before",
  "429 before",
  "403 rateLimitExceeded before",
  "page of a proxy before",
  "page of a proxy after",
  "empty object after",
  "delay",
] as const;

/** Faults that hold a call up for as long as its client waits. */
export const STALLS = ["stall before", "stall after"] as const;

export type Fault = (typeof FAULTS)[number] | (typeof STALLS)[number];

/** A call on its way. */
export interface CallOnItsWay {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

/** What happens to a call; `ms`: how late a delayed answer comes. */
export interface ChosenFault {
  readonly fault: Fault;
  readonly ms?: number | undefined;
}
