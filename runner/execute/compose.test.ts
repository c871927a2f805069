import { expect, it } from "vitest";
import type { RunnableAction } from "../graph/action.js";
import { composeBuild } from "./compose.js";

/** A model partitioned by `day` of what `raw.t` has of its own date, with the clause behind the table's name. */
function modelOf(clause: string, isFixed: true | undefined): RunnableAction {
  const query = `SELECT day, COUNT(*) AS n FROM raw.t ${clause}GROUP BY day`;
  const start = query.indexOf("raw.t");
  return {
    query,
    reads: [{ key: "raw.t", start, end: start + "raw.t".length, implicitAlias: "t", isFixed }],
    node: { key: "d.m", upstreams: [{ key: "raw.t", window: { back: 0, ahead: 0 } }], partitioned: true },
    partitionColumn: "day",
  } as unknown as RunnableAction;
}

it("restricts what a table gives to the dates of a build, unless nothing can stand in the table's place", () => {
  const day = { from: "2024-01-01", to: "2024-01-01" };
  const set = { within: [day], outside: undefined };
  const relations = new Map([["raw.t", { partitionColumn: "day" }]]) as never;
  const textOf = (action: RunnableAction) => composeBuild(action, action, set, { views: new Map(), relations }).text;
  expect(textOf(modelOf("", undefined))).toMatch(
    /FROM \(SELECT \* FROM `raw\.t` AS .* WHERE .*2024-01-01.*\) AS `t` GROUP BY/s,
  );
  expect(textOf(modelOf("TABLESAMPLE SYSTEM (1 PERCENT) ", true))).toContain(
    "FROM raw.t TABLESAMPLE SYSTEM (1 PERCENT) GROUP BY day",
  );
});
