import { spawn } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { randomFrom } from "./random.js";
import { type Rig, ROOT } from "./rig.js";
import { dayOf, smallProject } from "./small-project.js";

const KILLS = Number(process.env.FASTBREAK_KILLS ?? 12);
const EVENTS = 60_000;

/** What the three tables must hold, from the events alone. */
const WRONG_ROWS = `
WITH daily AS (SELECT day, team, sum(points)::BIGINT AS points, count(*) AS events FROM raw.events GROUP BY ALL),
form AS (
  SELECT now.day, now.team, sum(past.points)::BIGINT AS points FROM daily AS now
  JOIN daily AS past ON past.team = now.team AND past.day BETWEEN now.day - 3 AND now.day GROUP BY ALL
),
totals AS (SELECT team, sum(points)::BIGINT AS points FROM form GROUP BY ALL)
SELECT 'daily', count(*) FROM ((FROM d.daily EXCEPT ALL FROM daily) UNION ALL (FROM daily EXCEPT ALL FROM d.daily))
UNION ALL SELECT 'form', count(*) FROM ((FROM d.form EXCEPT ALL FROM form) UNION ALL (FROM form EXCEPT ALL FROM d.form))
UNION ALL SELECT 'totals', count(*) FROM ((FROM d.totals EXCEPT ALL FROM totals) UNION ALL (FROM totals EXCEPT ALL FROM d.totals))`;

describe("a run that is killed", () => {
  let rig: Rig;
  /** How long an undisturbed run with work to do takes, in milliseconds. */
  let usual = 0;
  const random = randomFrom(Number(process.env.SEED ?? 1));

  const someDay = () => dayOf(Math.floor(random() * 12));
  const disturb = () =>
    rig.sql(`UPDATE raw.events SET points = points + ${1 + Math.floor(random() * 5)} WHERE day = ${someDay()}`);

  beforeAll(async () => {
    rig = await smallProject(EVENTS);
    await rig.run([]);
    await disturb();
    const started = performance.now();
    await rig.run([]);
    usual = performance.now() - started;
  });
  afterAll(() => rig.remove());

  it(`leaves nothing that the next run does not mend (${KILLS} kills)`, { timeout: 3_600_000 }, async () => {
    let killed = 0;
    for (let round = 0; round < KILLS; round += 1) {
      await disturb();
      if (await killedRun(rig, random() * usual * 1.1)) killed += 1;
      await rig.run([]);
      expect(await rig.sql(WRONG_ROWS), `after kill ${round}`).toEqual([
        ["daily", "0"],
        ["form", "0"],
        ["totals", "0"],
      ]);
    }
    expect(killed).toBeGreaterThan(KILLS / 4);
    expect((await rig.run([])).totals).toMatchObject({ run: 0, rows_written: 0 });
  });
});

/** Starts a run and kills it after a while; false when it had ended by itself. */
async function killedRun(rig: Rig, milliseconds: number): Promise<boolean> {
  const child = spawn(process.execPath, [join(ROOT, "bin/fastbreak.cjs"), "run"], { cwd: rig.dir, stdio: "ignore" });
  const ended = new Promise<NodeJS.Signals | null>((resolve) => child.once("exit", (_code, signal) => resolve(signal)));
  const timer = setTimeout(() => child.kill("SIGKILL"), milliseconds);
  const signal = await ended;
  clearTimeout(timer);
  return signal === "SIGKILL";
}
