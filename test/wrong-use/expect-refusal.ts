import { expect } from "vitest";
import type { Finished } from "../rig.js";

/** One wrong use. */
export interface WrongUse {
  /** The arguments; `ODD` stands for the folder of odd things. */
  readonly args: readonly string[];
  /** What the line on standard error must say. */
  readonly says: RegExp;
  /** Default: 2. */
  readonly code?: number;
  /** Findings, each of which has a line of its own; default: 1. */
  readonly lines?: number;
}

/** Words of Node, the embedded engine or its file system, which no user should have to read. */
const CODES = /\bE(?:NOENT|ACCES|PERM|ISDIR|NOTDIR|LOOP|EXIST|ROFS|NAMETOOLONG|PIPE|BUSY|INVAL)\b|\bERR_/;
const FOREIGN =
  /\b(?:Type|Range|Reference|Syntax|Internal)Error\b|(?:^|[^a-z])Error:|\b(?:IO|Binder|Catalog|Parser|Invalid Input|Conversion|Out of Memory) Error\b|\bat (?:Object|async|file:)|node:|\[object|\bundefined\b|\bNaN\b|YError|internal error|[Uu]nhandled/;

/** Checks a refusal: the exit code, one line a finding on standard error, nothing else anywhere. */
export function expectRefusal({ code, stdout, stderr }: Finished, use: Omit<WrongUse, "args">): void {
  const lines = stderr.split("\n").filter((line) => line !== "");
  expect(stderr).toMatch(use.says);
  expect(lines, stderr).toHaveLength(use.lines ?? 1);
  for (const line of lines) expect(line).toMatch(/^(fastbreak|note): \S/);
  expect(stderr).not.toMatch(CODES);
  expect(stderr).not.toMatch(FOREIGN);
  expect(stdout).toBe("");
  expect(code).toBe(use.code ?? 2);
}
