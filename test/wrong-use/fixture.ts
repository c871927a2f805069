import { createHash } from "node:crypto";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ROOT, runProcess } from "../rig.js";

export type Files = Readonly<Record<string, string | Uint8Array>>;

const LOADER_TABLE = `{ id: { dataset: "raw", name: "numbers" }, primaryKey: ["n"], partitionColumn: undefined, clusterBy: [],
  columns: [{ name: "n", type: "INT64" }, { name: "day", type: "DATE" }] }`;
const loader = (body: string) => `const table = ${LOADER_TABLE};\n${body}\n`;
const returning = (rows: string) =>
  loader(`export async function load() { return { batches: [{ table, rows: ${rows} }], notes: [] }; }`);

/** The project that most wrong uses are aimed at. */
export const PROJECT: Files = {
  "package.json": "{}",
  "dataform.json": JSON.stringify({
    warehouse: "bigquery",
    defaultDatabase: "p",
    defaultSchema: "d",
    assertionSchema: "checks",
    vars: { factor: "1" },
  }),
  "fastbreak.json": JSON.stringify({
    loaders: {
      good: "loaders/good.mjs",
      missing: "loaders/nowhere.mjs",
      folder: "loaders",
      empty: "loaders/empty.mjs",
      broken: "loaders/broken.mjs",
      throws_on_import: "loaders/throws-on-import.mjs",
      throws: "loaders/throws.mjs",
      throws_null: "loaders/throws-null.mjs",
      throws_text: "loaders/throws-text.mjs",
      throws_nothing: "loaders/throws-nothing.mjs",
      rejects: "loaders/rejects.mjs",
      returns_nothing: "loaders/returns-nothing.mjs",
      returns_text: "loaders/returns-text.mjs",
      no_rows: "loaders/no-rows.mjs",
      no_table: "loaders/no-table.mjs",
      null_row: "loaders/null-row.mjs",
      wrong_type: "loaders/wrong-type.mjs",

      twice: "loaders/twice.mjs",
      fails_late: "loaders/fails-late.mjs",
      fails_null_late: "loaders/fails-null-late.mjs",
      refuses: "loaders/refuses.mjs",
      not_a_function: "loaders/not-a-function.mjs",
    },
    reports: {
      all: "reports/all.sql",
      gone: "reports/gone.sql",
      wrong: "reports/wrong.sql",
      empty: "reports/empty.sql",
    },
    environments: { dev: { schemaSuffix: "dev" } },
  }),
  "reports/all.sql": "-- Every number\nSELECT n FROM raw.numbers",
  "reports/wrong.sql": "-- Wrong\nSELECT nn FROM raw.numbers",
  "reports/empty.sql": "",
  "loaders/good.mjs": returning('[{ n: 1n, day: "2024-01-01" }, { n: 2n, day: "2024-01-02" }]'),
  "loaders/empty.mjs": "",
  "loaders/broken.mjs": "export function load( {",
  "loaders/throws-on-import.mjs": 'throw new Error("no network");',
  "loaders/throws.mjs": loader('export async function load() { throw new Error("the service is down"); }'),
  "loaders/throws-null.mjs": loader("export async function load() { throw null; }"),
  "loaders/throws-text.mjs": loader('export function load() { throw "a text"; }'),
  "loaders/throws-nothing.mjs": loader("export function load() { throw undefined; }"),
  "loaders/rejects.mjs": loader(
    'export const load = () => Promise.reject(new TypeError("x is not a function\\nat y"));',
  ),
  "loaders/returns-nothing.mjs": "export async function load() {}",
  "loaders/returns-text.mjs": 'export async function load() { return { batches: "abc" }; }',
  "loaders/no-rows.mjs": loader("export async function load() { return { batches: [{ table }], notes: [] }; }"),
  "loaders/no-table.mjs": loader("export async function load() { return { batches: [{ rows: [] }], notes: [] }; }"),
  "loaders/null-row.mjs": returning("[null]"),
  "loaders/wrong-type.mjs": returning('[{ n: "many", day: "2024-01-01" }]'),
  "loaders/twice.mjs": returning('[{ n: 7n, day: "2024-01-01" }, { n: 7n, day: "2024-01-02" }]'),
  "loaders/fails-late.mjs": loader(
    'function* rows() { yield { n: 9n, day: "2024-01-09" }; throw new Error("line 2 is damaged"); }\n' +
      "export async function load() { return { batches: [{ table, rows: rows() }], notes: [] }; }",
  ),
  "loaders/fails-null-late.mjs": loader(
    'async function* rows() { yield { n: 9n, day: "2024-01-09" }; throw null; }\n' +
      "export async function load() { return { batches: [{ table, rows: rows() }], notes: [] }; }",
  ),
  "loaders/refuses.mjs":
    'class LoadError extends Error { name = "LoadError" }\nexport async function load() { throw new LoadError("box.csv:3:1: no number"); }',
  "loaders/not-a-function.mjs": "export const load = 3;",
  "definitions/numbers.sqlx": 'config { type: "declaration", schema: "raw", name: "numbers" }',
  "definitions/daily.sqlx":
    'config { type: "incremental", uniqueKey: ["day"], tags: ["nightly"], bigquery: { partitionBy: "day", labels: { lookback_days: "0" } } }\n' +
    'SELECT day, SUM(n) * CAST(${dataform.projectConfig.vars.factor} AS INT64) AS total FROM ${ref("raw", "numbers")} GROUP BY day',
  "definitions/total.sqlx": 'config { type: "table" }\nSELECT SUM(total) AS total FROM ${ref("daily")}',
  "definitions/positive.sqlx":
    'config { type: "assertion", tags: ["gate"] }\nSELECT * FROM ${ref("daily")} WHERE total < 0',
  "definitions/total_test.sqlx":
    'config { type: "test", dataset: "total" }\ninput "daily" { SELECT DATE \'2024-01-01\' AS day, 2 AS total }\nSELECT 2 AS total',
};

/** Writes files below a folder, which are made with the folders they need. */
export function writeFiles(dir: string, files: Files): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), content);
  }
}

/** A project in a temporary folder, and what wrong uses are aimed at beside it. */
export class Fixture {
  readonly root = mkdtempSync(join(tmpdir(), "fastbreak-wrong-"));
  /** The project that works, loaded and run once. */
  readonly project = join(this.root, "project");
  #copies = 0;

  /** The project, its warehouse built, and odd things under `odd/`. */
  static async made(): Promise<Fixture> {
    const fixture = new Fixture();
    writeFiles(fixture.project, PROJECT);
    symlinkSync(join(ROOT, "node_modules"), join(fixture.project, "node_modules"));
    for (const args of [["load", "good"], ["run"]]) {
      const { code, stderr } = await fixture.binary(args);
      if (code !== 0) throw new Error(stderr);
    }
    const odd = join(fixture.root, "odd");
    writeFiles(odd, { "text.duckdb": "no database\n".repeat(2000), "empty.duckdb": "", "file/text": "x" });
    mkdirSync(join(odd, "empty"));
    mkdirSync(join(odd, "folder.duckdb"));
    symlinkSync(join(odd, "circle"), join(odd, "circle"));
    symlinkSync(join(odd, "gone"), join(odd, "dangling"));
    return fixture;
  }

  /** Another project of these files over those of the working one; its warehouse is a copy. */
  variant(files: Files, prepare: (dir: string) => void = () => undefined): string {
    this.#copies += 1;
    const dir = join(this.root, `variant-${this.#copies}`);
    cpSync(this.project, dir, { recursive: true, verbatimSymlinks: true });
    writeFiles(dir, files);
    prepare(dir);
    return dir;
  }

  /** Runs the real binary. */
  async binary(args: readonly string[], dir = this.project) {
    return runProcess(process.execPath, [join(ROOT, "bin/fastbreak.cjs"), ...args], dir);
  }

  /** Digest of what no wrong use may change: the warehouse's file and the project's. */
  digest(dir = this.project, withWarehouse = true): string {
    const hash = createHash("sha256");
    const warehouse = withWarehouse ? [".fastbreak/warehouse.duckdb"] : [];
    for (const path of [...warehouse, ...Object.keys(PROJECT)]) hash.update(readFileSync(join(dir, path)));
    return hash.digest("hex");
  }

  remove(): void {
    chmodSync(this.root, 0o700);
    rmSync(this.root, { recursive: true, force: true });
  }
}
