import { describe, expect, it } from "vitest";
import type { IncrementalTexts, RunnableAction } from "../graph/action.js";
import { takesMore } from "./takes-more.js";

const read = (key: string) => ({ key, start: 0, end: 0, implicitAlias: undefined });

/** A table merged by key, whose queries read `d.a`, and the incremental one what is named besides. */
function tableOf(query: string, later: string, besides: readonly string[] = []): RunnableAction {
  return {
    node: { key: "d.own" },
    target: { dataset: "d", name: "own" },
    preOps: [],
    postOps: [],
    accumulating: true,
    uniqueKey: ["id"],
    query,
    reads: [read("d.a")],
    incremental: { preOps: [], postOps: [], query: later, reads: ["d.a", ...besides].map(read) },
  } as unknown as RunnableAction;
}

describe("an incremental query", () => {
  it.each([
    ["SELECT id FROM a", "SELECT id FROM a WHERE id > 2"],
    ["SELECT id FROM a WHERE id < 9", "SELECT id FROM a WHERE id > 2 AND id < 9"],
    ["SELECT id FROM a", "SELECT id FROM (SELECT id FROM a QUALIFY COUNT(*) OVER () > 1)"],
    ["SELECT id FROM a", "SELECT id FROM a WHERE id > 2 OR n IS NOT NULL"],
    ["SELECT id FROM a WHERE id < 9", "SELECT id FROM a WHERE (id > 2 OR LEFT(n, 1) = 'x') AND id < 9"],
  ])("that only restricts the full one takes nothing more, %#", (full, later) =>
    expect(takesMore(tableOf(full, later))).toBe(false),
  );

  it.each([
    ["SELECT id FROM a WHERE id < 2", "SELECT id FROM a WHERE id >= 2"],
    ["SELECT id FROM a WHERE id < 2", "SELECT id FROM a WHERE id < 2 or id > 3"],
    ["SELECT id FROM a WHERE id < 2", "SELECT id FROM a WHERE id < 2 UNION ALL SELECT id FROM a"],
    ["SELECT id FROM a JOIN b USING (id)", "SELECT id FROM a LEFT JOIN b USING (id)"],
  ])("of other rows may take more, %#", (full, later) => expect(takesMore(tableOf(full, later))).toBe(true));

  it("that reads another table may take more; one that goes by the table's own rows has taken them", () => {
    const later = "SELECT id FROM a WHERE id > (SELECT MAX(id) FROM b)";
    expect(takesMore(tableOf("SELECT id FROM a", later, ["d.b"]))).toBe(true);
    expect(takesMore(tableOf("SELECT id FROM a WHERE n = 1", later, ["d.own"]))).toBe(false);
  });

  it.each([
    ["DELETE FROM `p.d.own` WHERE n = 1", true],
    ["MERGE `p.d.own` AS t USING b ON t.id = b.id WHEN MATCHED THEN UPDATE SET n = 1", true],
    ["CREATE SEARCH INDEX IF NOT EXISTS words ON `p.d.own` (n)", false],
    ["INSERT INTO `p.d.log` (at) VALUES (CURRENT_TIMESTAMP())", false],
  ])("behind which statements change rows may take more, %#", (statement, expected) => {
    const table = tableOf("SELECT id FROM a", "SELECT id FROM a WHERE id > 2");
    const incremental = { ...(table.incremental as IncrementalTexts), postOps: [statement] };
    expect(takesMore({ ...table, incremental })).toBe(expected);
    expect(takesMore({ ...table, postOps: [statement], incremental })).toBe(false);
  });

  it.each([
    ["SELECT id FROM a WHERE id > 2", ["DELETE FROM `p.d.own` WHERE id > 2"], false],
    [
      "SELECT id FROM a WHERE id >= newest",
      ["DECLARE newest DEFAULT 3;", "DELETE FROM `p.d.own` WHERE id > newest"],
      false,
    ],
    ["SELECT id FROM a WHERE id > 2", ["DELETE FROM `p.d.own` WHERE id IN (SELECT id FROM a)"], false],
    ["SELECT id FROM a", ["TRUNCATE TABLE `p.d.own`"], false],
    ["SELECT id FROM a WHERE id > 2 AND n = 1", ["DELETE FROM `p.d.own` WHERE id > 2"], true],
    ["SELECT id FROM a WHERE n = 1 AND id > 2", ["DELETE FROM `p.d.own` WHERE id > 2"], true],
    ["SELECT id FROM a WHERE id > 2", ["TRUNCATE TABLE `p.d.own`"], true],
    ["SELECT id FROM a WHERE id > 2", ["DELETE FROM `p.d.own` WHERE n = 1;"], true],
  ])("before which rows are removed gives them again where its condition is theirs, %#", (later, preOps, expected) => {
    const table = tableOf("SELECT id FROM a", later);
    const incremental = { ...(table.incremental as IncrementalTexts), preOps };
    expect(takesMore({ ...table, incremental })).toBe(expected);
  });

  it.each([
    ["SELECT id FROM a GROUP BY id", "SELECT id FROM a WHERE id > 2 GROUP BY id"],
    ["SELECT id FROM a WHERE n = 1 GROUP BY id", "SELECT id FROM a WHERE n = 1 AND id > 2 GROUP BY id"],
    ["SELECT id FROM a WHERE n = 1", "SELECT id FROM a WHERE id > 2 AND n = 1"],
    ["SELECT id FROM a WHERE TRUE GROUP BY id", "SELECT id FROM a WHERE id > 2 GROUP BY id"],
  ])("whose condition stands within it gives again what was removed by it, %#", (full, later) => {
    const table = { ...tableOf(full, later), uniqueKey: [] };
    const preOps = ["DELETE FROM `p.d.own` WHERE id > 2"];
    expect(takesMore({ ...table, incremental: { ...(table.incremental as IncrementalTexts), preOps } })).toBe(false);
  });
});
