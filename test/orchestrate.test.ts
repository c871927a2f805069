import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { type Rig, ROOT, runWithin } from "./rig.js";
import { ENDLESS } from "./slow-run.js";
import { projectOf } from "./small-project.js";

runWithin();

const rigs: Rig[] = [];
afterEach(() => {
  for (const rig of rigs.splice(0)) rig.remove();
});

const DATE = "2024-01-01";
const dated = (query: string, labels = "") =>
  `config { type: "incremental", uniqueKey: ["day"], bigquery: { partitionBy: "day", labels: { lookback_days: "0"${labels} } } }\n${query}`;
const step = (name: string, from = 'ref("raw", "numbers")') =>
  dated(`SELECT day, n, '${name}' AS name FROM \${${from}} WHERE n > 3`);

const FILES = {
  left: step("left"),
  right: step("right"),
  both: dated('SELECT l.day, l.n + r.n AS n FROM ${ref("left")} AS l JOIN ${ref("right")} AS r ON r.day = l.day'),
  store: dated(
    'SELECT b.day, b.n + r.n AS n FROM ${ref("numbers_of_all")} AS b LEFT JOIN ${ref("right")} AS r ON r.day = b.day',
    ', soft_dependency__left: "true", soft_dependency__right: "true", soft_dependency__both: "true"',
  ),
  numbers_of_all: dated('SELECT day, MAX(n) AS n FROM ${ref("raw", "numbers")} GROUP BY day'),
  enough: `config { type: "assertion", tags: ["gate"] }\nSELECT day, 'too little' AS reason FROM \${ref("store")} WHERE n < 10`,
  behind: `config { type: "incremental", uniqueKey: ["day"], tags: ["later"], bigquery: { partitionBy: "day", labels: { lookback_days: "0" } } }
SELECT day, n * \${dataform.projectConfig.vars.factor || "1"} AS n FROM \${ref("store")}`,
};

const NIGHT = {
  phase: "4",
  start: "night-start",
  success: "any-success",
  steps: {
    left: { model: "d.left", after: ["night-start"], topic: "left-complete", rows: "left_rows" },
    right: { model: "d.right", after: ["night-start"], topic: "right-complete", rows: "right_rows" },
    both: { model: "d.both", after: ["left-complete", "right-complete"], topic: "both-complete", rows: "both_rows" },
  },
  target: {
    model: "d.store",
    name: "store",
    topic: "store-trigger",
    source: "all_complete",
    complete: ["store-success"],
    rows: "store_rows",
    result: "result.sql",
  },
  behind: ["tag:later"],
  retries: 2,
  retryAfterSeconds: 0,
  incidents: { factor: { vars: { factor: "100" } }, open: { vars: {}, opensGate: true } },
};

async function project(night: object = NIGHT): Promise<Rig> {
  const rig = await projectOf(FILES);
  rigs.push(rig);
  rig.write("fastbreak.json", JSON.stringify({ orchestrations: { night } }));
  rig.write("result.sql", "SELECT n AS quality_score FROM d.store WHERE day = from_date");
  return rig;
}

const orchestrate = async (rig: Rig, ...args: string[]) => {
  const { code, stdout, stderr } = await rig.fastbreak("orchestrate", "--json", "--date", DATE, ...args);
  if (stdout === "") throw new Error(stderr);
  return { code, stderr, ...JSON.parse(stdout) };
};
const topics = async (rig: Rig) =>
  (await rig.sql("SELECT topic FROM fastbreak.messages ORDER BY published_at, message_id")).map(([topic]) => topic);
const record = (rig: Rig) =>
  rig.sql(
    "SELECT all_complete, store_triggered_at IS NOT NULL, trigger_source FROM fastbreak.night_orchestration ORDER BY ALL",
  );

describe("a night", () => {
  it("runs steps, target, gate and what is behind, tells it in messages, and does nothing the second time", async () => {
    const rig = await project();
    await rig.sql("UPDATE raw.numbers SET n = 6");
    expect(await orchestrate(rig)).toMatchObject({
      code: 0,
      status: "success",
      strategy: "workflow",
      analysis_date: DATE,
      left_rows: 1,
      both_rows: 1,
      store_rows: 1,
      quality_score: 12,
      dependencies: { all_present: true, missing: [] },
      gate: { ready: true },
    });
    expect(await rig.sql("SELECT n FROM d.behind")).toEqual([["12"]]);
    expect([...(await topics(rig))].sort()).toEqual(
      [
        ...["night-start", "store-trigger", "store-success", "night-result"],
        ...["left-complete", "right-complete", "both-complete", "any-success", "any-success", "any-success"],
      ].sort(),
    );
    const [[event]] = (await rig.sql("SELECT event FROM fastbreak.messages WHERE topic = 'store-trigger'")) as [
      [string],
    ];
    expect(JSON.parse(event)).toMatchObject({
      specversion: "1.0",
      type: "fastbreak.store-trigger",
      subject: DATE,
      data: {
        processor: "store",
        analysis_date: DATE,
        trigger_source: "all_complete",
        upstream_completions: { left: 1, right: 1, both: 1 },
      },
    });
    expect(await record(rig)).toEqual([["true", "true", "all_complete"]]);

    const again = await orchestrate(rig);
    expect(again).toMatchObject({ code: 0, status: "success" });
    expect((await topics(rig)).filter((topic) => topic === "store-trigger")).toHaveLength(1);
  });

  it("by events begins each step when its topics have a message", async () => {
    const rig = await project();
    await rig.sql("UPDATE raw.numbers SET n = 6");
    expect(await orchestrate(rig, "--strategy", "events")).toMatchObject({ code: 0, status: "success" });
    const order = (await topics(rig)).filter((topic) => topic?.endsWith("-complete") || topic === "store-trigger");
    expect(order.slice(2).sort()).toEqual(["both-complete", "store-trigger"]);
    expect(order.slice(0, 2).sort()).toEqual(["left-complete", "right-complete"]);
  });

  describe("with rules of the project", () => {
    const rules = (skips: object, night: object = NIGHT) => ({ skips, orchestrations: { night } });
    const withRules = async (settings: object) => {
      const rig = await project();
      rig.write("fastbreak.json", JSON.stringify(settings));
      await rig.sql("UPDATE raw.numbers SET n = 6");
      return rig;
    };
    const january = { select: ["left", "right", "both"], months: [1] };
    const messages = (rig: Rig) =>
      rig.sql(
        "SELECT topic, data->>'status', data->>'skip_reason' FROM fastbreak.messages WHERE topic LIKE '%-complete' ORDER BY ALL",
      );

    it("runs nothing of a date that they leave out, and says why", async () => {
      const rig = await withRules(rules({ holidays: january }));
      const skipped = { left: "holidays", right: "holidays", both: "holidays" };
      const told = await orchestrate(rig);
      expect(told).toMatchObject({ code: 0, status: "skipped", skip_reason: "holidays", gate: null, errors: [] });
      expect(told.dependencies).toMatchObject({ all_present: true, missing: [], skipped });
      expect(await messages(rig)).toEqual(
        ["both", "left", "right"].map((name) => [`${name}-complete`, "skipped", "holidays"]),
      );
      expect(await record(rig)).toEqual([["true", "false", "null"]]);
      expect(await rig.sql("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'd'")).toEqual([]);

      // What is asked for all the same is made; the date has rows then, and is kept right.
      const forced = await orchestrate(rig, "--no-skips");
      expect(forced).toMatchObject({ code: 0, status: "success", both_rows: 1, dependencies: { skipped: {} } });
      expect(await orchestrate(rig)).toMatchObject({ code: 0, status: "success" });
    });

    it("goes on with what is left: a step that is left out is complete, and not missing", async () => {
      const rig = await withRules(rules({ holidays: { ...january, select: ["left", "both"] } }));
      const told = await orchestrate(rig, "--strategy", "events");
      expect(told).toMatchObject({ left_rows: 0, right_rows: 1, both_rows: 0, store_rows: 1 });
      expect(told.dependencies).toMatchObject({ missing: [], skipped: { left: "holidays", both: "holidays" } });
      expect(await messages(rig)).toEqual([
        ["both-complete", "skipped", "holidays"],
        ["left-complete", "skipped", "holidays"],
        ["right-complete", "success", "null"],
      ]);
      expect(await record(rig)).toEqual([["true", "true", "all_complete"]]);
    });

    it("lets a night name the rules under which it has nothing to do, whatever they select", async () => {
      const rule = { closed: { select: ["left"], without: "SELECT DATE '2024-01-02' AS day" } };
      const rig = await withRules(rules(rule, { ...NIGHT, skips: ["closed"] }));
      expect(await orchestrate(rig)).toMatchObject({ code: 0, status: "skipped", skip_reason: "closed" });
      rig.write("fastbreak.json", JSON.stringify(rules(rule, { ...NIGHT, skips: ["close"] })));
      const wrong = await rig.fastbreak("orchestrate", "--date", DATE);
      expect(wrong).toMatchObject({ code: 2 });
      expect(wrong.stderr).toMatch('orchestrations.night.skips: "skips" has no rule close; did you mean "closed"?');
    });

    it("skips the night of a source that no step rests on", async () => {
      const rig = await withRules(rules({}));
      await rig.sql("CREATE TABLE raw.others AS SELECT 1 AS n");
      rig.write("definitions/other.sqlx", 'config { type: "table" }\nSELECT n FROM ${ref("raw", "others")}');
      rig.write("definitions/others.sqlx", 'config { type: "declaration", schema: "raw", name: "others" }');
      const told = await orchestrate(rig, "--source", "others");
      expect(told).toMatchObject({ code: 0, status: "skipped", skip_reason: "irrelevant_source" });
      expect(await orchestrate(rig, "--source", "numbers")).toMatchObject({ code: 0, status: "success" });
    });
  });

  it("by time builds no step: it looks for their rows, again and again, and goes on without what is missing", async () => {
    const rig = await project();
    await rig.sql("UPDATE raw.numbers SET n = 12");
    await rig.sql("INSERT INTO raw.numbers VALUES (12, DATE '2023-12-31')");
    await rig.run(["--date", "2023-12-31"]);
    await rig.run(["--select", "left", "numbers_of_all", "--date", DATE]);
    const strict = await orchestrate(rig, "--strategy", "time", "--strict");
    expect(strict).toMatchObject({
      code: 1,
      status: "missing",
      dependencies: { all_present: false, missing: ["right", "both"], row_counts: { left: 1, right: 0, both: 0 } },
      errors: [`${DATE}: no rows of right, both; rows: {"left":1,"right":0,"both":0}`],
    });
    expect(strict.stderr.match(/trying again in 0 s/g)).toHaveLength(2);
    const loose = await orchestrate(rig, "--strategy", "time", "--retries", "0");
    expect(loose).toMatchObject({ store_rows: 1 });
    expect(await rig.sql("SELECT day FROM d.both")).toEqual([["2023-12-31"]]);
    expect(await record(rig)).toEqual([]);
  });

  it("stops at a closed gate, which is asked twice; an incident option goes on, and says who and why", async () => {
    const rig = await project();
    expect(await orchestrate(rig)).toMatchObject({
      code: 1,
      status: "gate_closed",
      gate: { ready: false },
      errors: [`${DATE} is not ready after a retry: too little`],
      stderr: expect.stringContaining("is not ready; asking again in 0 s"),
    });
    // What is always run asks the gate, too: that it is closed is no failure of this night.
    rig.write("fastbreak.json", JSON.stringify({ orchestrations: { night: { ...NIGHT, always: ["enough"] } } }));
    const open = await orchestrate(rig, "--incident", "open", "--because", "the late game counts");
    expect(open).toMatchObject({ code: 0, status: "success", errors: [] });
    expect(await rig.sql("SELECT n FROM d.behind")).toEqual([["8"]]);
    const kept = await rig.sql(
      "SELECT topic, data FROM fastbreak.messages WHERE topic LIKE 'night-incident' OR topic LIKE '%overridden' ORDER BY topic",
    );
    expect(kept.map(([topic, data]) => [topic, JSON.parse(data as string)])).toMatchObject([
      ["night-gate-overridden", { reasons: ["too little"], incident: "open", because: "the late game counts" }],
      ["night-incident", { incident: "open", because: "the late game counts", by: expect.any(String) }],
    ]);
  });

  it("makes with the target what its gate reads of it, and ends with what is always run, open or closed", async () => {
    const rig = await project({ ...NIGHT, retries: 0, always: ["diary"] });
    const score = dated('SELECT s.day, s.n AS score FROM ${ref("doubted")} AS s');
    rig.write("definitions/doubted.sqlx", 'config { type: "view" }\nSELECT * FROM ${ref("store")}');
    rig.write("definitions/score.sqlx", score);
    rig.write(
      "definitions/good.sqlx",
      `config { type: "assertion", tags: ["gate"] }\nSELECT day, 'a low score' AS reason FROM \${ref("score")} AS s WHERE s.score < 10`,
    );
    rig.write("definitions/diary.sqlx", score.replace('ref("doubted")', 'ref("store")'));
    rig.write(
      "result.sql",
      "SELECT s.score AS quality_score, [s.score] AS scores FROM d.score AS s WHERE day = from_date",
    );
    const closed = await orchestrate(rig);
    expect(closed).toMatchObject({ code: 1, status: "gate_closed", quality_score: 8, scores: [8] });
    expect(closed.errors).toEqual([`${DATE} is not ready: too little; a low score`]);
    expect(await rig.sql("SELECT score FROM d.diary")).toEqual([["8"]]);
    expect(await rig.sql("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'behind'")).toEqual([["0"]]);

    await rig.sql("UPDATE raw.numbers SET n = 6");
    expect(await orchestrate(rig)).toMatchObject({ code: 0, status: "success", quality_score: 12 });
    expect(await rig.sql("SELECT n FROM d.behind UNION ALL SELECT score FROM d.diary")).toEqual([["12"], ["12"]]);
  });

  it("ends on Ctrl-C while it waits for a step, or while one runs, and says what stands", async () => {
    const rig = await project();
    await rig.sql("UPDATE raw.numbers SET n = 1");
    const stopped = (seen: RegExp, ...args: string[]) =>
      new Promise<{ code: number | null; stderr: string }>((resolve) => {
        const command = [join(ROOT, "bin/fastbreak.cjs"), "orchestrate", "--date", DATE, ...args];
        const child = spawn(process.execPath, command, { cwd: rig.dir, stdio: ["ignore", "ignore", "pipe"] });
        let stderr = "";
        child.stderr.setEncoding("utf8").on("data", (text: string) => {
          stderr += text;
          // A second one would not wait for the order.
          if (seen.test(stderr) && !child.killed) child.kill("SIGINT");
        });
        child.once("close", (code) => resolve({ code, stderr }));
      });
    expect(await stopped(/trying again in 600 s/, "--retry-after", "600")).toEqual({
      code: 130,
      stderr: expect.stringMatching(/fastbreak: interrupted; what was published stands, .* the next run continues\n$/),
    });
    expect(existsSync(join(rig.dir, ".fastbreak/running.json"))).toBe(false);

    // What the first step has published stands; the night ends in the middle of the target.
    rig.edit("definitions/numbers_of_all.sqlx", "MAX(n) AS n", `MAX(n) + (${ENDLESS}) AS n`);
    const middle = await stopped(/made without them/, "--retries", "0");
    expect(middle).toEqual({
      code: 130,
      stderr: expect.stringContaining("fastbreak: interrupted; what was published"),
    });
    expect(await rig.sql("SELECT DISTINCT status FROM fastbreak.runs ORDER BY 1")).toContainEqual(["success"]);
  });

  it("asks for alerts once, at its end: what is half done is none", async () => {
    const rig = await project();
    const unfinished = `SELECT day AS alert_date, 'unfinished' AS alert, 'left' AS subject, 'critical' AS severity, 'half' AS message
      FROM d.left WHERE day BETWEEN from_date AND to_date AND day NOT IN (SELECT day FROM d.behind)`;
    rig.write("unfinished.sql", unfinished);
    const alerts = { rules: { nights: { sql: "unfinished.sql" } } };
    rig.write("fastbreak.json", JSON.stringify({ orchestrations: { night: { ...NIGHT, retries: 0 } }, alerts }));
    await rig.sql("UPDATE raw.numbers SET n = 6; INSERT INTO raw.numbers VALUES (6, DATE '2023-12-31')");
    await rig.run(["--date", "2023-12-31"]);
    expect(await orchestrate(rig)).toMatchObject({ code: 0 });
    expect(await rig.sql("SELECT count(*) FROM fastbreak.alerts_log")).toEqual([["0"]]);
    await rig.sql("UPDATE raw.numbers SET n = 4");
    expect(await orchestrate(rig)).toMatchObject({ status: "gate_closed" });
    await rig.sql("DELETE FROM d.behind WHERE day = '2024-01-01'");
    expect((await orchestrate(rig)).stderr).toContain("alert critical unfinished:left of 2024-01-01: half");
  });

  it("tells the file of its result that cannot be asked, and ends as failed", async () => {
    const rig = await project({ ...NIGHT, retries: 0 });
    await rig.sql("UPDATE raw.numbers SET n = 6");
    rig.write("result.sql", "SELECT score FROM d.scores");
    const failed = await orchestrate(rig);
    expect(failed).toMatchObject({ code: 1, status: "failed", store_rows: 1 });
    expect(failed.errors).toEqual([
      expect.stringMatching(/^the result file result\.sql could not be asked: Table not found: d\.scores/),
    ]);
    expect(await rig.sql("SELECT n FROM d.behind")).toEqual([["12"]]);
  });

  it("is compiled with the variables of its incident option", async () => {
    const rig = await project();
    await rig.sql("UPDATE raw.numbers SET n = 6");
    expect(await orchestrate(rig, "--incident", "factor", "--because", "a try")).toMatchObject({ code: 0 });
    expect(await rig.sql("SELECT n FROM d.behind")).toEqual([["1200"]]);
  });

  it("builds no other date with the variables of its incident option", async () => {
    const rig = await project();
    rig.write(
      "definitions/store.sqlx",
      FILES.store.replace("b.n + r.n", '(b.n + r.n) * ${dataform.projectConfig.vars.factor || "1"}'),
    );
    rig.write(
      "definitions/behind.sqlx",
      FILES.behind.replace('"0"', '"3"').replace("SELECT day, n *", "SELECT DATE '2024-01-01' AS day, SUM(n) *") +
        " WHERE day <= '2024-01-01'",
    );
    await rig.sql("UPDATE raw.numbers SET n = 6; INSERT INTO raw.numbers VALUES (10, DATE '2023-12-31')");
    await rig.run(["--from", "2023-12-30", "--to", DATE]);
    expect(await rig.sql("SELECT n FROM d.store ORDER BY day")).toEqual([["20"], ["12"]]);
    expect(await orchestrate(rig, "--incident", "factor", "--because", "a try")).toMatchObject({ code: 0 });
    expect(await rig.sql("SELECT n FROM d.store ORDER BY day")).toEqual([["20"], ["1200"]]);
    expect(await orchestrate(rig)).toMatchObject({ code: 0 });
    expect(await rig.sql("SELECT n FROM d.store ORDER BY day")).toEqual([["20"], ["12"]]);
  });

  it("whose step fails tells it to the tracker alone, goes on without it and ends with 1", async () => {
    const rig = await project({ ...NIGHT, retries: 0 });
    await rig.sql("UPDATE raw.numbers SET n = 12");
    rig.write("definitions/right.sqlx", dated('SELECT day, 1 / (n - 12) AS n FROM ${ref("raw", "numbers")}'));
    expect(await orchestrate(rig)).toMatchObject({
      code: 1,
      status: "failed",
      dependencies: { missing: ["right", "both"] },
      store_rows: 1,
    });
    expect(await topics(rig)).not.toContain("right-complete");
    expect(await rig.sql("SELECT processor, status FROM fastbreak.night_completions ORDER BY 1")).toEqual([
      ["both", "failed"],
      ["left", "success"],
      ["right", "failed"],
    ]);
    expect(await record(rig)).toEqual([["false", "false", "null"]]);
  });
});

describe("the completion state", () => {
  const message = (processor: string, more: object = {}) =>
    JSON.stringify({ processor, analysis_date: DATE, status: "success", row_count: 3, ...more });

  it("is fed by messages of others in any order; the one that completes it starts the target, once", async () => {
    const rig = await project();
    await rig.run([]);
    const enter = async (text: string) => {
      rig.write("message.json", text);
      const { code, stdout, stderr } = await rig.fastbreak("orchestrate", "--message", "message.json");
      return code === 0 ? stdout.trim() : stderr.trim();
    };
    expect(await enter(message("both"))).toBe(`${DATE}: waiting for left, right`);
    expect(await enter(message("left", { status: "failed" }))).toBe(`${DATE}: waiting for left, right`);
    expect(await enter(JSON.stringify({ specversion: "1.0", data: JSON.parse(message("left")) }))).toBe(
      `${DATE}: waiting for right`,
    );
    expect(await enter(message("right", { row_count: 0 }))).toBe(`${DATE}: waiting for right`);
    expect(await enter(message("right"))).toBe(`${DATE}: all complete; d.store is to be started`);
    expect(await enter(message("right"))).toMatch(new RegExp(`^${DATE}: d.store was started at `));
    expect((await topics(rig)).filter((topic) => topic === "store-trigger")).toHaveLength(1);
    const shown = await rig.fastbreak("orchestrate", "--show", "--json", "--date", DATE);
    expect(JSON.parse(shown.stdout)).toMatchObject({
      required: ["left", "right", "both"],
      completions: [{ processor: "both" }, { processor: "left" }, { processor: "right", row_count: 3 }],
      triggered_at: expect.any(String),
    });
    expect(await enter(message("rihgt"))).toContain('rihgt is no step; did you mean "right"?');
    expect(await enter(message("left", { row_count: -1 }))).toContain(
      "message.json is no completion message: data.row_count",
    );
    expect(await enter("{")).toContain("message.json cannot be read: it is not JSON");
  });
});

it("tells wrong use in a line", async () => {
  const rig = await project();
  const cases: readonly (readonly [string[], string])[] = [
    [["--date", "tomorrow"], "--date tomorrow is not a calendar date"],
    [["--message", "nowhere.json"], "nowhere.json cannot be read: it does not exist"],
    [["nihgt", "--date", DATE], 'there is no orchestration nihgt; did you mean "night"?'],
    [["--date", DATE, "--strategy", "luck"], "--strategy luck is not possible; give workflow, events, time"],
    [["--date", DATE, "--incident", "open"], "--incident and --because go together"],
    [
      ["--date", DATE, "--incident", "x", "--because", "y"],
      "--incident x is not known; fastbreak.json has factor, open",
    ],
  ];
  for (const [args, message] of cases) {
    const { code, stderr } = await rig.fastbreak("orchestrate", ...args);
    expect([code, stderr.trim().split("\n")]).toEqual([2, [expect.stringContaining(message)]]);
  }
});
