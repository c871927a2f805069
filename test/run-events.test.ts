import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { RunEvent } from "../runner/events/events.js";
import { recordOf } from "../runner/events/run-record.js";
import { reportJson } from "../runner/report/run-report.js";
import { RUN_TABLES } from "../runner/state/run-log.js";
import { type Rig, runWithin } from "./rig.js";
import { dayOf, smallProject } from "./small-project.js";

runWithin();

/** What happens before each of ten runs, what is asked for, and how it ends. */
const RUNS: readonly (readonly [what: string, before: (rig: Rig) => unknown, args: readonly string[], code: number])[] =
  [
    ["a first build", () => undefined, [], 0],
    ["nothing to do", () => undefined, [], 0],
    ["a corrected row", (rig) => rig.sql(`UPDATE raw.events SET points = 50 WHERE day = ${dayOf(3)}`), [], 0],
    [
      "one night",
      (rig) => rig.sql(`UPDATE raw.events SET points = 51 WHERE day = ${dayOf(2)}`),
      ["--date", "2024-01-04"],
      0,
    ],
    ["one model", () => undefined, ["--select", "totals"], 0],
    [
      "stale rows left beneath",
      (rig) => rig.sql(`UPDATE raw.events SET points = 52 WHERE day = ${dayOf(1)}`),
      ["--select", "totals", "--no-upstream"],
      0,
    ],
    ["a gate that blocks", (rig) => rig.sql(`UPDATE raw.events SET points = -99 WHERE day = ${dayOf(5)}`), [], 1],
    ["an edit that fails", (rig) => rig.edit("definitions/totals.sqlx", "SUM(points)", "SUM(no_such_column)"), [], 1],
    [
      "everything mended",
      (rig) => {
        rig.edit("definitions/totals.sqlx", "SUM(no_such_column)", "SUM(points)");
        return rig.sql(`UPDATE raw.events SET points = 1 WHERE day = ${dayOf(5)}`);
      },
      [],
      0,
    ],
    ["a full refresh", () => undefined, ["--full-refresh", "--date", "2024-01-02"], 0],
  ];

let rig: Rig;
beforeAll(async () => {
  rig = await smallProject(360);
});
afterAll(() => rig.remove());

it("are all that the JSON document, the artifact and the run tables are made of, in ten recorded runs", async () => {
  const recorded: RunEvent[][] = [];
  for (const [what, before, args, code] of RUNS) {
    await before(rig);
    const finished = await rig.fastbreak("run", "--json", ...args);
    expect([what, finished.code, finished.stderr.includes("internal error")]).toEqual([what, code, false]);
    const events = rig
      .read(".fastbreak/last-run.jsonl")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as RunEvent);
    const document = JSON.parse(finished.stdout) as { actions: { name: string }[] };
    const order = document.actions.map(({ name }) => name);
    expect(JSON.parse(JSON.stringify(reportJson(recordOf(events, order))))).toEqual(document);
    expect(JSON.parse(rig.read(".fastbreak/last-run.json"))).toEqual(
      JSON.parse(JSON.stringify(reportJson(recordOf(events)))),
    );
    recorded.push(events);
  }
  expect(existsSync(join(rig.dir, ".fastbreak/last-run.jsonl.tmp"))).toBe(false);

  // A run in which nothing had to run writes nothing, so that it leaves no row.
  const written = recorded.filter((events) => events.some(({ event }) => event === "action_started"));
  expect(written.length).toBeGreaterThanOrEqual(7);
  for (const { name, columns, rowsOf } of RUN_TABLES) {
    const texts = columns.map(({ name: column, type }) =>
      type === "TIMESTAMP" ? `strftime(${column}, '%Y-%m-%dT%H:%M:%S.%gZ')` : `CAST(${column} AS VARCHAR)`,
    );
    const expected = written.flatMap((events) =>
      rowsOf(recordOf(events)).map((row) => columns.map(({ name: column }) => asText(row[column]))),
    );
    const stored = await rig.sql(`SELECT ${texts.join(", ")} FROM fastbreak.${name}`);
    expect(stored.map((row) => row.join(" | ")).sort()).toEqual(expected.map((row) => row.join(" | ")).sort());
  }
});

function asText(value: unknown): string {
  return value === null || value === undefined ? "null" : String(value);
}
