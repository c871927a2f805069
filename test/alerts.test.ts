import { createHmac } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { type Rig, runWithin } from "./rig.js";
import { projectOf } from "./small-project.js";

runWithin();

const rigs: Rig[] = [];
const closings: (() => void)[] = [];
afterEach(() => {
  for (const rig of rigs.splice(0)) rig.remove();
  for (const close of closings.splice(0)) close();
});

const COPY = 'config { type: "table" }\nSELECT n, day FROM ${ref("raw", "numbers")}';
const LARGE = `SELECT day, 'large' AS alert, CAST(n AS STRING) AS subject, IF(n > 50, 'critical', 'warning') AS severity,
  IF(n > 50, 'P1', NULL) AS level, FORMAT('%d is large', n) AS message, n AS value, n = 13 AS informational
FROM d.copy WHERE n > 9 AND day BETWEEN from_date AND to_date`;
const FILE_SINK = { log: { type: "file", path: ".fastbreak/alerts.jsonl" } };

interface Settings {
  readonly rules?: object;
  readonly sinks?: object;
}

async function project({
  rules = { large: { sql: "large.sql", channel: "#data" } },
  sinks = FILE_SINK,
}: Settings = {}) {
  const rig = await projectOf({ copy: COPY });
  rig.write("large.sql", LARGE);
  rig.write("fastbreak.json", JSON.stringify({ alerts: { rules, sinks } }));
  rigs.push(rig);
  return rig;
}

const ask = async (rig: Rig, ...args: string[]) => {
  const { code, stdout, stderr } = await rig.fastbreak("alerts", "--json", ...args);
  if (stdout === "") throw new Error(stderr);
  const names = (alerts: readonly { alert_name: string }[]) => alerts.map(({ alert_name }) => alert_name);
  const { opened, resolved, open, rules_failed } = JSON.parse(stdout);
  return { code, stderr, opened: names(opened), resolved: names(resolved), open: names(open), failed: rules_failed };
};
const notices = (rig: Rig) =>
  rig
    .read(".fastbreak/alerts.jsonl")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
const DAY = ["--date", "2024-01-01"];

describe("an alert", () => {
  it("is opened once by the run that makes it true, and resolved by the one that ends it", async () => {
    const rig = await project();
    await rig.sql("UPDATE raw.numbers SET n = 12");
    const run = await rig.fastbreak("run");
    expect(run).toMatchObject({
      code: 0,
      stderr: expect.stringContaining("warning: alert warning large:12 of 2024-01-01: 12 is large"),
    });
    await rig.sql("INSERT INTO raw.numbers VALUES (3, NULL)");
    expect((await rig.fastbreak("run")).stderr).not.toContain("alert");
    await rig.sql("UPDATE raw.numbers SET n = 4");
    expect((await rig.fastbreak("run")).stderr).toContain("note: alert resolved (no longer found): warning large:12");
    expect(
      await rig.sql(
        "SELECT alert_name, severity, analysis_date, metric_value, times_opened, resolution FROM fastbreak.alerts_log",
      ),
    ).toEqual([["large:12", "warning", "2024-01-01", "12", "1", "no longer found"]]);
    expect(notices(rig).map(({ type, data }) => [type, data.alert_name, data.channel])).toEqual([
      ["fastbreak.alert.opened", "large:12", "#data"],
      ["fastbreak.alert.resolved", "large:12", "#data"],
    ]);
    expect(notices(rig)[0]).toMatchObject({ specversion: "1.0", source: "fastbreak/fastbreak", subject: "large:12" });
  });

  it("costs a run nothing in which nothing had to run", async () => {
    const rig = await project();
    await rig.run([]);
    await rig.sql("DROP TABLE fastbreak.alerts_log");
    await rig.run([]);
    expect(await rig.sql("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'alerts_log'")).toEqual([["0"]]);
  });

  it("that is expected is logged and nobody is told", async () => {
    const rig = await project();
    await rig.sql("UPDATE raw.numbers SET n = 13");
    expect((await rig.fastbreak("run")).stderr).not.toContain("alert");
    expect(await rig.sql("SELECT alert_name, informational FROM fastbreak.alerts_log")).toEqual([["large:13", "true"]]);
    expect(() => notices(rig)).toThrow("ENOENT");
  });

  it("is asked for by itself, tells its level, and ends with 1 where that is wished", async () => {
    const rig = await project();
    await rig.run([]);
    await rig.sql("INSERT INTO d.copy VALUES (77, DATE '2024-01-01'), (20, DATE '2024-02-01')");
    expect(await ask(rig, ...DAY, "--fail-on", "error")).toMatchObject({
      code: 1,
      opened: ["large:77"],
      open: ["large:77"],
    });
    expect(await ask(rig, ...DAY)).toMatchObject({ code: 0, opened: [], open: ["large:77"] });
    const told = await rig.fastbreak("alerts", "--date", "2024-02-01", "--fail-on", "critical");
    expect(told.stdout).toMatch(
      /^ {2}critical P1 {2}2024-01-01 {2}since .* large:77: 77 is large\n {2}warning .*large:20/,
    );
    expect(told).toMatchObject({ code: 1, stdout: expect.stringContaining("2 alerts open, 1 new, 0 resolved") });
  });
});

describe("the rules that the runner has itself", () => {
  it("tell of failed models, rows in quarantine, open circuits and slow runs, until they are over", async () => {
    const rig = await project({
      rules: {
        failed: { on: "failed_models", severity: "error" },
        blocked: { on: "quarantined_rows" },
        circuit: { on: "open_breakers", severity: "critical" },
        late: { on: "slow_runs", seconds: 3600.5 },
        slow: { on: "slow_models" },
      },
    });
    rig.write("definitions/no_large.sqlx", 'config { type: "assertion" }\nSELECT * FROM ${ref("copy")} WHERE n > 9');
    const labels = (more: string) => `config { type: "table", bigquery: { labels: { ${more} } } }\n`;
    const ratio = 'SELECT 1 / (n - 12) AS ratio FROM ${ref("raw", "numbers")}';
    rig.write("definitions/ratio.sqlx", labels('breaker_threshold: "1", alert_seconds: "10"') + ratio);
    await rig.sql("UPDATE raw.numbers SET n = 12");
    await rig.run([], 1);
    expect((await ask(rig)).open).toEqual([
      "circuit:d.ratio",
      "failed:d.copy",
      "failed:d.ratio",
      "blocked:checks.no_large",
    ]);
    await rig.sql("UPDATE fastbreak.model_runs SET duration_ms = 11000 WHERE model = 'd.ratio'");
    await rig.sql("UPDATE fastbreak.runs SET finished_at = finished_at + INTERVAL 2 HOUR");
    expect((await ask(rig)).opened.sort()).toEqual(["late", "slow:d.ratio"]);
    await rig.fastbreak("breaker", "reset");
    await rig.sql("UPDATE raw.numbers SET n = 4");
    await rig.sql("DELETE FROM fastbreak.runs");
    await rig.run([]);
    expect((await ask(rig)).open).toEqual([]);
  });
});

describe("a receiver", () => {
  /** A server that answers with each of some codes in turn, then with 200. */
  async function receiver(...codes: number[]) {
    const bodies: string[] = [];
    const signatures: string[] = [];
    const server = createServer(async (request: IncomingMessage, response) => {
      let body = "";
      for await (const chunk of request) body += String(chunk);
      const code = codes.shift() ?? 200;
      if (code === 200) {
        bodies.push(body);
        signatures.push(String(request.headers["fastbreak-signature"]));
      }
      response.writeHead(code).end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    closings.push(() => server.close());
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, bodies, signatures };
  }
  const HOOK = { hook: { type: "webhook", urlVariable: "HOOK_URL", secretVariable: "HOOK_KEY", severity: "warning" } };

  it("is sent signed notices, again where it was not ready", async () => {
    const { url, bodies, signatures } = await receiver(503);
    const rig = await project({ sinks: HOOK });
    await rig.sql("UPDATE raw.numbers SET n = 12");
    const run = await rig.fastbreakWith({ HOOK_URL: url, HOOK_KEY: "key" }, "run");
    expect(run.stderr).not.toContain("did not reach");
    expect(bodies).toHaveLength(1);
    const [, seconds, digest] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(signatures[0] ?? "") ?? [];
    expect(createHmac("sha256", "key").update(`${seconds}.${bodies[0]}`).digest("hex")).toBe(digest);
    await rig.fastbreakWith({ HOOK_URL: url, HOOK_KEY: "key" }, "alerts");
    expect(bodies).toHaveLength(1);
  });

  it("that refuses fails no run, and is sent the notice with the next ones", async () => {
    const { url, bodies } = await receiver(400);
    const rig = await project({ sinks: HOOK });
    await rig.sql("UPDATE raw.numbers SET n = 12");
    const run = await rig.fastbreakWith({ HOOK_URL: url, HOOK_KEY: "key" }, "run");
    expect(run).toMatchObject({
      code: 0,
      stderr: expect.stringContaining("alerts did not reach hook: the receiver answers 400"),
    });
    expect(bodies).toEqual([]);
    await rig.fastbreakWith({ HOOK_URL: url, HOOK_KEY: "key" }, "alerts");
    expect(bodies.map((body) => JSON.parse(body).data.alert_name)).toEqual(["large:12"]);
  });

  it("is off without its variable, wants its key, and is not sent anything in clear text to elsewhere", async () => {
    const rig = await project({ sinks: HOOK });
    await rig.sql("UPDATE raw.numbers SET n = 12");
    expect((await rig.fastbreak("run")).stderr).not.toContain("did not reach");
    await rig.sql("UPDATE fastbreak.alerts_log SET notified_at = NULL");
    const unsigned = await rig.fastbreakWith({ HOOK_URL: "https://alerts.invalid" }, "alerts");
    expect(unsigned.stderr).toContain("alerts did not reach hook: HOOK_KEY is not set");
    const clear = await rig.fastbreakWith({ HOOK_URL: "http://alerts.invalid", HOOK_KEY: "key" }, "alerts");
    expect(clear.stderr).toContain("the address must begin with https://");
  });

  it("of the kind stdout prints, and takes only its channels and severities", async () => {
    const sinks = {
      all: { type: "stdout" },
      pages: { type: "file", path: ".fastbreak/alerts.jsonl", severity: "critical" },
      others: { type: "file", path: ".fastbreak/alerts.jsonl", channels: ["#other"] },
      outside: { type: "file", path: "../alerts.jsonl" },
    };
    const rig = await project({ sinks });
    await rig.sql("UPDATE raw.numbers SET n = 12");
    const run = await rig.fastbreak("run");
    expect(run.stdout).toMatch(/\nALERT warning large:12 of 2024-01-01: 12 is large\n$/);
    expect(run.stderr).toContain("alerts did not reach outside: ../alerts.jsonl lies outside of the project");
    expect(() => notices(rig)).toThrow("ENOENT");
  });
});

describe("a mistake", () => {
  it("of a file that is not there, or of no rule at all, is told in a line", async () => {
    const rig = await project({ rules: { a: { sql: "gone.sql" } } });
    expect(await rig.fastbreak("alerts")).toMatchObject({
      code: 2,
      stderr: "fastbreak: fastbreak.json: the alert file gone.sql is not there\n",
    });
    rig.write("fastbreak.json", "{}");
    expect(await rig.fastbreak("alerts")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("the project has no alerts"),
    });
  });

  it("in a rule is told, the other rules are asked, and the answer is 1", async () => {
    const rules = { large: { sql: "large.sql" }, wrong: { sql: "wrong.sql" }, silent: { sql: "silent.sql" } };
    const rig = await project({ rules });
    rig.write("wrong.sql", "SELECT 'x' AS message FROM d.gone");
    rig.write("silent.sql", "SELECT 1 AS one");
    await rig.sql("UPDATE raw.numbers SET n = 12");
    await rig.run([]);
    const answer = await ask(rig, ...DAY);
    expect(answer).toMatchObject({ code: 1, open: ["large:12"], failed: ["wrong", "silent"] });
    expect(answer.stderr).toContain("the alert rule wrong could not be asked: Table not found: d.gone");
    expect(answer.stderr).toContain("the query has no column message");
  });
});
