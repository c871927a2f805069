import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { readCases } from "../../tools/conformance/cases.js";
import { DialectError } from "../googlesql/contract.js";
import { translateQuery } from "./index.js";

const rejected = readCases(fileURLToPath(new URL("./goldens/errors.jsonl", import.meta.url))).filter(
  (item) => item.errorKind === "analysis",
);

/** Punctuation and the list of signatures are ours. */
const words = (message: string): string =>
  message
    .replace(/[`"']/g, "")
    .replace(/Supported signatures?:.*/, "")
    .toLowerCase()
    .trim();

function problem(sql: string): DialectError | undefined {
  try {
    translateQuery(sql, { find: () => undefined, names: () => [] }, { results: "reference" });
    return undefined;
  } catch (error) {
    return error instanceof DialectError ? error : undefined;
  }
}

describe("queries that GoogleSQL rejects", () => {
  const found = rejected.map((item) => ({ item, error: problem(item.sql) }));

  it("are rejected before anything runs", () => {
    expect(found.filter(({ error }) => error === undefined).map(({ item }) => item.sql)).toEqual([]);
  });

  it("are rejected as wrong, not as unsupported", () => {
    expect(found.filter(({ error }) => error?.kind === "unsupported").map(({ item }) => item.sql)).toEqual([]);
  });

  // The rest is placed at the argument in question instead of the whole call.
  it("are rejected where the reference rejects them, nearly always", () => {
    const there = found.filter(({ item, error }) => error?.line === item.at?.[0] && error?.column === item.at?.[1]);
    expect(there.length / found.length).toBeGreaterThan(0.85);
  });

  it("are rejected in the words of the reference, mostly", () => {
    const same = found.filter(({ item, error }) => words(error?.message ?? "") === words(item.error ?? ""));
    expect(same.length / found.length).toBeGreaterThan(0.7);
  });
});
