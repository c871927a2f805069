import { readFileSync } from "node:fs";
import type { Cell } from "./values.js";

/** One query of a conformance file with what the reference made of it. */
export interface Case {
  readonly id: string;
  readonly class: string;
  readonly source: string;
  /** A script to run first, in a dataset made for the case: the case was recorded from the real service. */
  readonly setup?: string;
  readonly sql: string;
  readonly ordered?: boolean;
  readonly columns?: readonly string[];
  readonly types?: readonly string[];
  readonly rows?: readonly (readonly Cell[])[];
  readonly error?: string;
  /** `runtime`: the engine must fail too; `analysis`: rejected before it runs; `unsupported-by-oracle`: no verdict. */
  readonly errorKind?: string;
  /** Line and column of the error. */
  readonly at?: readonly [line: number, column: number];
}

export function readCases(file: string): Case[] {
  const lines = readFileSync(file, "utf8").split("\n");
  return lines.filter((line) => line.trim() !== "").map((line) => JSON.parse(line) as Case);
}
