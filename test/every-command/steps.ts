import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Rig } from "../rig.js";

/** A command as somebody types it. */
export interface Step {
  readonly args: readonly string[];
  /** Its exit code; default: 0 */
  readonly code?: number;
  /** What happens to the project first. */
  readonly before?: (rig: Rig) => unknown;
  /** A command that goes on until somebody ends it: what it has said when Ctrl-C is pressed. */
  readonly until?: RegExp;
  /** Whether it takes --json; default: true */
  readonly hasJson?: false;
}

export interface Told {
  /** What is shown in a project that is built, one after the other. */
  readonly shown: readonly Step[];
  /** Mistakes of whoever types, and of the project. */
  readonly wrong: readonly Step[];
}

const of = (code: number, ...args: readonly string[]): Step => ({ args, code });
const right = (...args: readonly string[]): Step => of(0, ...args);
const wrong = (...args: readonly string[]): Step => of(2, ...args);
const after = (before: NonNullable<Step["before"]>, step: Step): Step => ({ ...step, before });

const DAY = ["--date", "2024-01-03"];
const edit = (rig: Rig) => rig.edit("definitions/daily_revenue.sqlx", "SUM(amount)", "SUM(amount * 2)");
const misspell = (rig: Rig) => rig.edit("definitions/daily_revenue.sqlx", "SUM(amount)", "SUM(amuont)");
const forbid = (rig: Rig) => rig.edit("definitions/enough.sqlx", "revenue < 3", "revenue < 8");
const refund = (rig: Rig) => rig.edit("definitions/daily_revenue.sqlx", "SUM(amount * 2)", "SUM(amount) - 20");

/** Every command, with what it shows and what it refuses. */
export const EVERY_COMMAND: Readonly<Record<string, Told>> = {
  run: {
    shown: [
      right("run"),
      after(edit, right("run", "--concurrency", "1", ...DAY)),
      after(refund, of(1, "run", "--concurrency", "1")),
      after(
        (rig) => rig.edit("definitions/daily_revenue.sqlx", "SUM(amount)", "SUM(amuont)"),
        of(1, "run", "--concurrency", "1", ...DAY),
      ),
    ],
    wrong: [
      wrong("run", "--date", "3 January"),
      wrong("run", "--from", "2024-01-03", "--to", "2024-01-01"),
      wrong("run", "--select", "daily_revenu"),
      wrong("run", "--select", "tag:weekly"),
      wrong("run", "--include-deps"),
      wrong("run", "--environment", "prod"),
      wrong("run", "--database", "definitions"),
      wrong("run", "--project-dir", "nowhere"),
      after((rig) => rig.write("definitions/other.sqlx", 'config { type: "veiw" }\nSELECT 1 AS x'), wrong("run")),
    ],
  },
  plan: {
    shown: [
      right("plan"),
      after(edit, right("plan", ...DAY)),
      of(10, "plan", "--detailed-exitcode", "--select", "+countries", "--quiet"),
    ],
    wrong: [wrong("plan", "--output", "junit"), wrong("plan", "--exclude", "tag:nigthly"), wrong("plan", "--dry-run")],
  },
  explain: {
    shown: [right("explain", "daily_revenue"), after(edit, right("explain", "recent_revenue", ...DAY))],
    wrong: [wrong("explain"), wrong("explain", "recent"), wrong("explain", "countries", "daily_revenue")],
  },
  ls: {
    shown: [right("ls"), right("ls", "--select", "+recent_revenue", "--type", "incremental,view")],
    wrong: [wrong("ls", "--type", "tabel"), wrong("ls", "--select", "path:nowhere")],
  },
  graph: {
    shown: [right("graph"), right("graph", "--select", "+recent_revenue", "--up", "--all")],
    wrong: [wrong("graph", "--output", "svg"), wrong("graph", "--select", "@no_such_model")],
  },
  diff: {
    shown: [
      right("diff"),
      after(edit, of(6, "diff", ...DAY)),
      right("diff", "--environment", "dev", "--against", "none"),
    ],
    wrong: [
      wrong("diff", "daily"),
      wrong("diff", "daily_revenue", "--key"),
      wrong("diff", "--git", "no-such-branch"),
      wrong("diff", "--samples", "some"),
    ],
  },
  env: {
    shown: [right("env", "list"), right("env", "drop", "dev")],
    wrong: [wrong("env", "drop"), wrong("env", "drop", "staging"), wrong("env", "remove", "dev")],
  },
  watch: {
    shown: [{ args: ["watch", "--check-only"], until: /watching[^\n]*\n/ }],
    wrong: [wrong("watch", "--samples", "-1"), wrong("watch", "--select", "countries")],
  },
  verify: {
    shown: [right("verify")],
    wrong: [wrong("verify", "--select", "raw.orders"), wrong("verify", "--against", "snowflake")],
  },
  status: {
    shown: [right("status"), right("status", "--config"), right("status", "--check", "daily", ...DAY)],
    wrong: [wrong("status", "--check", "hourly"), wrong("status", "--last", "0")],
  },
  breaker: {
    shown: [right("breaker"), right("breaker", "history"), right("breaker", "reset", "broken")],
    wrong: [wrong("breaker", "rest"), wrong("breaker", "reset", "countries"), wrong("breaker", "list", "broken")],
  },
  gate: {
    shown: [
      right("gate", ...DAY),
      of(1, "gate", "--date", "2024-01-04"),
      right("gate", "--date", "2024-08-01"),
      after(forbid, of(1, "gate", "--date", "2024-01-01")),
    ],
    wrong: [wrong("gate"), wrong("gate", "2024-01-03"), wrong("gate", "--date", "2024-02-30")],
  },
  orchestrate: {
    shown: [right("orchestrate", ...DAY), right("orchestrate", "--show", ...DAY)],
    wrong: [
      wrong("orchestrate", "evening", ...DAY),
      wrong("orchestrate", ...DAY, "--strategy", "luck"),
      wrong("orchestrate", ...DAY, "--incident", "reuse"),
    ],
  },
  probe: {
    shown: [
      right("probe", "policy.json", ...DAY),
      after((rig) => rig.edit("policy.json", '"exactly":7', '"exactly":8'), of(1, "probe", "policy.json", ...DAY)),
    ],
    wrong: [
      wrong("probe", "policy.json"),
      wrong("probe", "polcy.json", ...DAY),
      wrong("probe", "policy.json", ...DAY, "--account", "loadr"),
      wrong("probe", "package.json", ...DAY),
    ],
  },
  alerts: {
    shown: [right("alerts"), of(1, "alerts", "--fail-on", "warning", ...DAY)],
    wrong: [wrong("alerts", "--fail-on", "everything"), wrong("alerts", "--now", "yesterday")],
  },
  compile: {
    shown: [right("compile")],
    wrong: [
      after((rig) => rig.write("definitions/other.sqlx", 'config { type: "veiw" }\nSELECT 1 AS x'), wrong("compile")),
    ],
  },
  check: {
    shown: [right("check")],
    wrong: [after(misspell, wrong("check")), wrong("check", "a", "b")],
  },
  lineage: {
    shown: [right("lineage", "recent_revenue.revenue"), right("lineage", "countries")],
    wrong: [wrong("lineage"), wrong("lineage", "countries.contry"), wrong("lineage", "contries.country")],
  },
  test: {
    shown: [right("test"), right("test", "--from", "stg_orders", "--rows", "1", ...DAY)],
    wrong: [
      wrong("test", "no_such_test"),
      wrong("test", "--from", "daily_revenue"),
      after(
        (rig) => rig.edit("definitions/stg_orders_test.sqlx", "'NO' AS country, 5", "'NO' AS country, 6"),
        of(1, "test"),
      ),
    ],
  },
  migrate: {
    shown: [right("migrate", "--status"), right("migrate", "--dry-run"), right("migrate"), right("migrate")],
    wrong: [
      wrong("migrate", "--status", "--dry-run"),
      after((rig) => rig.write("migrations/0004_late.sql", "SELECT 1"), wrong("migrate")),
    ],
  },
  report: {
    shown: [right("report", "--no-reports")],
    wrong: [wrong("report", "--out", "definitions"), wrong("report", "--runs", "many")],
  },
  ui: {
    shown: [{ args: ["ui", "--port", "0", "--token", "a-token-of-ours"], until: /http[^\n]*\n/ }],
    wrong: [wrong("ui", "--host", "0.0.0.0", "--port", "0"), wrong("ui", "--port", "http")],
  },
  query: {
    shown: [
      right("query", "SELECT day, country, revenue FROM shop.daily_revenue ORDER BY day, country"),
      right("query", "--report", "by_country", "--from", "2024-01-02", "--to", "2024-01-03"),
      right("query", "INSERT INTO raw.customers (customer_id, country) VALUES (9, 'SE')"),
    ],
    wrong: [
      wrong("query", "SELECT contry FROM shop.countries"),
      wrong("query", "SELECT country FROM shop.contries"),
      wrong("query"),
      wrong("query", "--report", "by_contry"),
      wrong("query", "SELECT country,\n  best_revenue /\nFROM shop.countries"),
    ],
  },
  init: {
    shown: [right("init"), after((rig) => rmSync(join(rig.dir, "fastbreak.json")), right("init"))],
    wrong: [wrong("init", "--project-dir", "nowhere")],
  },
  seed: {
    shown: [
      right("seed", "more"),
      after(
        (rig) => rig.write("definitions/rates.sqlx", 'config { type: "declaration", schema: "raw", name: "rates" }'),
        right("seed", "--scaffold"),
      ),
    ],
    wrong: [
      wrong("seed"),
      wrong("seed", "no-such-folder"),
      after((rig) => rig.write("more/raw/customers.csv", "customer_id,country\none,NO\n"), wrong("seed", "more")),
      after(
        (rig) => rig.write("more/raw/clients.csv", "customer_id,country\n1,NO\n"),
        wrong("seed", "more/raw/clients.csv"),
      ),
    ],
  },
  pull: {
    shown: [
      right("pull", "orders", "--dry-run"),
      right("pull", "--from", "2024-01-02", "--to", "2024-01-03"),
      right("pull", "orders", "--sample", "2"),
    ],
    wrong: [
      wrong("pull", "no_such_source"),
      of(3, "pull", "--limit-bytes", "1", ...DAY),
      wrong("pull", "--sample", "half"),
      wrong("pull", "countries"),
    ],
  },
  load: {
    shown: [right("load", "rates"), right("load", "rates")],
    wrong: [wrong("load"), wrong("load", "rats"), of(3, "load", "broken"), wrong("load", "rates", "--games")],
  },
  doctor: {
    shown: [right("doctor", "--target", "bigquery")],
    wrong: [wrong("doctor"), wrong("doctor", "--target", "snowflake")],
  },
  serve: {
    shown: [{ args: ["serve", "--in-memory", "--port", "0"], until: /http[^\n]*\n/ }],
    wrong: [
      wrong("serve", "--host", "0.0.0.0", "--port", "0"),
      wrong("serve", "--seed", "no-such-folder", "--in-memory", "--port", "0"),
      wrong("serve", "--port", "70000"),
    ],
  },
  completion: {
    shown: [{ args: ["completion", "bash"], hasJson: false }],
    wrong: [wrong("completion", "fish")],
  },
};
