import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Rig, ROOT } from "./rig.js";
import { smallProject } from "./small-project.js";

interface Told {
  readonly event: string;
  readonly quick?: boolean;
  readonly findings?: readonly { readonly file: string; readonly line: number; readonly message: string }[];
  readonly window?: unknown;
  readonly left?: readonly string[];
  readonly models?: readonly { readonly name: string; readonly rows: Readonly<Record<string, number>> }[];
}

/** A table whose incremental query is another than its full one. */
const LOG = `config { type: "incremental" }
SELECT day, points FROM \${ref("raw", "events")}
WHERE points > 5 \${when(incremental(), \`AND day > (SELECT MAX(day) FROM \${self()})\`)}`;

let rig: Rig;
let child: ChildProcess;
let events: AsyncIterator<string>;
beforeAll(async () => {
  rig = await smallProject(360);
  rig.write("definitions/log.sqlx", LOG);
  await rig.run([]);
  child = spawn(process.execPath, [join(ROOT, "bin/fastbreak.cjs"), "watch", "--json"], { cwd: rig.dir });
  if (child.stdout === null) throw new Error("the watch has no output");
  events = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
});
afterAll(() => {
  child.kill("SIGKILL");
  rig.remove();
});

async function next(isWanted: (event: Told) => boolean): Promise<Told> {
  for (;;) {
    const { value, done } = await events.next();
    if (done === true) throw new Error("the watch has ended");
    const event = JSON.parse(value) as Told;
    if (isWanted(event)) return event;
  }
}

it("shows on every save the mistakes first, then the rows that would change, and ends when it is asked to", async () => {
  await next(({ event }) => event === "watching");
  // What is taken back is right again, and a folder that is new is looked at, too.
  mkdirSync(join(rig.dir, "includes"));
  rig.write("definitions/new.sqlx", 'config { type: "tabel" }');
  expect((await next(({ event }) => event === "checked")).findings).toMatchObject([{ file: "definitions/new.sqlx" }]);
  rmSync(join(rig.dir, "definitions/new.sqlx"));
  expect((await next(({ event }) => event === "checked")).findings).toEqual([]);
  rig.write("includes/odd.js", "module.exports = {");
  expect((await next(({ event }) => event === "checked")).findings).toMatchObject([{ file: "includes/odd.js" }]);
  rmSync(join(rig.dir, "includes/odd.js"));
  expect((await next(({ event }) => event === "checked")).findings).toEqual([]);

  rig.edit("definitions/log.sqlx", "WHERE points > 5", "WHERE piont > 5");
  expect(await next(({ event }) => event === "checked")).toMatchObject({
    quick: true,
    findings: [{ file: "definitions/log.sqlx", line: 3, message: "Unrecognized name: piont" }],
  });
  await next(({ event }) => event === "checked");
  rig.edit("definitions/log.sqlx", "WHERE piont > 5", "WHERE points > 5");
  await next(({ event }) => event === "checked");

  rig.edit("definitions/daily.sqlx", "SUM(points)", "SUM(pionts)");
  const quick = await next(({ event }) => event === "checked");
  expect(quick).toMatchObject({ quick: true, findings: [{ file: "definitions/daily.sqlx", line: 2 }] });
  expect(quick.findings?.[0]?.message).toContain("pionts");
  expect(await next(({ event }) => event === "checked")).toMatchObject({ quick: false, findings: quick.findings });

  rig.edit("definitions/daily.sqlx", "SUM(pionts)", "SUM(points) + 1");
  expect(await next(({ event }) => event === "checked")).toMatchObject({ quick: false, findings: [] });
  const compared = await next(({ event }) => event === "compared");
  expect(compared).toMatchObject({
    window: { from: "2024-01-12", to: "2024-01-12" },
    // It reads every date, so that it would have every date built.
    left: ["d.totals"],
    models: [
      // Four dates of it are read by one date of what reads it.
      { name: "d.daily", rows: { before: 120, changed: 120 } },
      { name: "d.form", rows: { before: 30, changed: 30 } },
    ],
  });

  // What only a compile can tell, in a file that is new.
  rig.write("definitions/other.sqlx", 'config { type: "veiw" }\nSELECT 1 AS x');
  const compile = await next(({ findings }) => (findings?.length ?? 0) > 0);
  expect(compile.findings).toMatchObject([
    { file: "definitions/other.sqlx", message: expect.stringContaining("veiw") },
  ]);
  const ended = new Promise((done) => child.once("close", done));
  child.kill("SIGINT");
  expect(await ended).toBe(0);
});
