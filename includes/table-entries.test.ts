import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";

interface Table {
  readonly dataset: string;
  readonly name: string;
  readonly updated: string;
  readonly hash: Readonly<Record<string, string>>;
}

const { entries } = createRequire(import.meta.url)("./table-entries.js") as {
  entries(tables: Readonly<Record<string, unknown>>): readonly Table[];
};

const ENTRY = {
  phase: "phase4",
  date: "game_date",
  key: ["game_date", "player_lookup"],
  step: { schedule: "23-50", typical: 60, alert: 90 },
  sources: { source_context: { rows: 1, what: "context row" } },
  hash: { STRING: "player_lookup hand", DATE: "game_date" },
};

it("an entry has its hash fields in byte order, and what is left out", () => {
  const [table] = entries({ "nba_precompute.player_handedness": ENTRY });
  expect(table).toMatchObject({ dataset: "nba_precompute", name: "player_handedness", updated: "processed_at" });
  expect(Object.entries(table?.hash ?? {})).toEqual([
    ["game_date", "DATE"],
    ["hand", "STRING"],
    ["player_lookup", "STRING"],
  ]);
});

describe("an entry is refused with the table and the field", () => {
  const { date: _, ...withoutDate } = ENTRY;
  it.each<[string, unknown, string]>([
    ["without a field", withoutDate, "date is missing"],
    ["without a part of a field", { ...ENTRY, step: { schedule: "23-50", alert: 90 } }, "step.typical is missing"],
    ["with a field that nobody reads", { ...ENTRY, dates: "x" }, "dates is not known; use phase, date, key"],
    [
      "with a source that lacks its rows",
      { ...ENTRY, sources: { source_context: { what: "context row" } } },
      "sources.source_context.rows is missing",
    ],
    ["of another phase", { ...ENTRY, phase: "phase5" }, "phase must be phase3 or phase4, not phase5"],
    [
      "of Phase 3 with a status",
      { ...ENTRY, phase: "phase3", status: { processor: "p", counted: "players", full: 1, early: 1 } },
      "status is of Phase 4 tables only",
    ],
    [
      "that leaves its key out of the hash",
      { ...ENTRY, hash: { DATE: "game_date" } },
      "player_lookup tells rows apart",
    ],
    ["that hashes a column twice", { ...ENTRY, hash: { ...ENTRY.hash, INT64: "hand" } }, "hash names hand twice"],
  ])("%s", (_what, entry, message) => {
    expect(() => entries({ "nba_precompute.player_handedness": entry })).toThrow(
      `includes/tables.js, nba_precompute.player_handedness: ${message}`,
    );
  });

  it("without a dataset", () => {
    expect(() => entries({ player_handedness: ENTRY })).toThrow("player_handedness: is not dataset.table");
  });
});
