import { afterEach, describe, expect, it } from "vitest";
import { type Rig, runWithin } from "./rig.js";
import { projectOf } from "./small-project.js";

runWithin();

const rigs: Rig[] = [];
afterEach(() => {
  for (const rig of rigs.splice(0)) rig.remove();
});

const DAILY = `config {
  type: "incremental", uniqueKey: ["day"],
  bigquery: { partitionBy: "day", labels: { lookback_days: "0" } }
}
SELECT day, SUM(n) AS total FROM \${ref("raw", "numbers")} GROUP BY day`;

const criterion = (
  tags: string,
  columns: string,
) => `config { type: "assertion", description: "Enough of everything", tags: [${tags}] }
SELECT ${columns} FROM \${ref("daily")} WHERE total < 10`;

const ENOUGH = criterion(
  '"gate"',
  "day, 'too little' AS reason, total AS actual_value, 10 AS threshold, 'load more' AS advice",
);

async function project(files: Readonly<Record<string, string>>): Promise<Rig> {
  const rig = await projectOf({ daily: DAILY, ...files });
  rigs.push(rig);
  await rig.sql("INSERT INTO raw.numbers VALUES (12, DATE '2024-01-02')");
  return rig;
}

const gate = async (rig: Rig, ...args: string[]) => {
  const { code, stdout, stderr } = await rig.fastbreak("gate", "--json", ...args);
  return { code, stderr, ...(stdout === "" ? {} : JSON.parse(stdout)) };
};

describe("fastbreak gate", () => {
  it("answers for one date, with value, threshold and what to do, and fails no run", async () => {
    const rig = await project({ enough: ENOUGH });
    const run = await rig.fastbreak("run", "--from", "2024-01-01", "--to", "2024-01-02");
    expect(run).toMatchObject({
      code: 0,
      stderr: expect.stringContaining("checks.enough finds, for example, day=2024-01-01"),
    });
    expect(await gate(rig, "--date", "2024-01-02")).toMatchObject({ code: 0, ready: true, reasons: [], stale: [] });
    expect(await gate(rig, "--date", "2024-01-01")).toMatchObject({
      code: 1,
      ready: false,
      reasons: ["too little"],
      criteria: [{ name: "checks.enough", severity: "error", value: "4", threshold: "10", advice: "load more" }],
    });
    const told = await rig.fastbreak("gate", "--date", "2024-01-01");
    expect(told.stdout).toBe(
      "  FAIL  enough: too little (found 4, needs 10); load more\n2024-01-01 is not ready: 0 of 1 criteria hold\n",
    );
  });

  it("is closed for a date that was not built, and names what is not up to date", async () => {
    const rig = await project({ enough: ENOUGH });
    await rig.run(["--date", "2024-01-02"]);
    expect(await gate(rig, "--date", "2024-01-01")).toMatchObject({
      code: 1,
      reasons: ["no data for 2024-01-01: d.daily has no rows of it"],
    });
    await rig.sql("UPDATE raw.numbers SET n = 13 WHERE n = 12");
    expect(await gate(rig, "--date", "2024-01-02")).toMatchObject({ code: 0, stale: ["d.daily"] });
  });

  it("says what is missing, not what was just run, for a date that was built and has nothing", async () => {
    const rig = await project({ enough: ENOUGH });
    const advice = async () => (await gate(rig, "--date", "2024-01-05")).criteria[0].advice;
    expect(await advice()).toBe("build it: fastbreak run --date 2024-01-05");
    await rig.run(["--date", "2024-01-05"]);
    expect(await advice()).toMatch(/^it is up to date[;:] .*of (?:2024-01-05: raw\.numbers|the date)/);
    await rig.sql("DELETE FROM raw.numbers");
    await rig.run(["--date", "2024-01-05"]);
    expect(await advice()).toBe("it is up to date; sources behind it that hold nothing: raw.numbers; load them");
  });

  it("is left open by a criterion that only warns, whose row is the reason where it names none", async () => {
    const rig = await project({ enough: criterion('"gate", "warn"', "day, total") });
    await rig.run(["--from", "2024-01-01", "--to", "2024-01-02"]);
    expect(await gate(rig, "--date", "2024-01-01")).toMatchObject({
      code: 0,
      ready: true,
      criteria: [{ severity: "warning", passed: false, reason: "day=2024-01-01, total=4" }],
    });
  });

  it("asks once more after a while", async () => {
    const rig = await project({ enough: ENOUGH });
    await rig.run(["--from", "2024-01-01", "--to", "2024-01-02"]);
    expect(await rig.fastbreak("gate", "--date", "2024-01-01", "--retry-after", "0")).toMatchObject({
      code: 1,
      stdout: expect.stringContaining("2024-01-01 is not ready after retry"),
      stderr: "note: 2024-01-01 is not ready; asking again in 0 s\n",
    });
    expect(await gate(rig, "--date", "2024-01-02", "--retry-after", "60")).toMatchObject({
      ready: true,
      retried: false,
    });
  });

  it("needs a date and a gate", async () => {
    const rig = await project({});
    expect(await gate(rig)).toMatchObject({ code: 2, stderr: "fastbreak: gate needs --date\n" });
    expect(await gate(rig, "--date", "2024-01-01")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no assertion has the tag "gate"'),
    });
  });
});
