import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Rig, ROOT, runWithin } from "./rig.js";

runWithin();

/** Where the reference implementation is installed to record goldens. */
const REFERENCE = join(ROOT, "tools/reference/node_modules");

interface CheckDocument {
  readonly findings: readonly {
    readonly file: string;
    readonly line: number;
    readonly column: number;
    readonly message: string;
    readonly action: string | null;
  }[];
  readonly unchecked: readonly { readonly action: string; readonly reason: string }[];
  readonly totals: { readonly checked: number; readonly unchecked: number; readonly errors: number };
}

describe("fastbreak check on this repository's project", () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = Rig.warehouseProject();
    await rig.fastbreak("load", "sample", "--games", "15");
  });
  afterAll(() => rig.remove());

  it("finds nothing wrong, and checks every action", async () => {
    const { code, stdout, stderr } = await rig.fastbreak("check", "--json");
    const { findings, unchecked, totals } = JSON.parse(stdout) as CheckDocument;
    expect({ code, stderr, findings, unchecked }).toEqual({ code: 0, stderr: "", findings: [], unchecked: [] });
    expect(totals.checked).toBeGreaterThan(30);
  });

  it("follows a column that a source has lost through the models", async () => {
    const broken = "definitions/analytics/stg_games.sqlx";
    const line =
      rig
        .read(broken)
        .split("\n")
        .findIndex((text) => text.includes("game_date_est AS tip_off")) + 1;
    rig.edit(broken, "game_date_est AS tip_off", "game_date_ets AS tip_off");
    const { code, stdout } = await rig.fastbreak("check");
    rig.edit(broken, "game_date_ets AS tip_off", "game_date_est AS tip_off");
    expect(stdout.split("\n")[0]).toBe(
      `${broken}:${line}:3: Unrecognized name: game_date_ets; Did you mean game_date_est?`,
    );
    expect(stdout).toMatch(/, 1 error\n$/);
    expect(code).toBe(2);
  });

  it("finds a mistake without a warehouse too, and nothing else", async () => {
    rig.write("definitions/alone.sqlx", 'config { type: "view" }\nSELECT DATE_ADD(1, INTERVAL 1 DAY) AS d\n');
    const { code, stdout, stderr } = await rig.fastbreak("check", "--database", "nowhere.duckdb");
    expect(stdout).toMatch(/^definitions\/alone\.sqlx:2:8: No matching signature for function DATE_ADD/);
    expect(stdout).toMatch(/^\d+ actions checked, 1 error$/m);
    expect([code, stderr]).toEqual([2, ""]);
  });
});

/** A project in which each file has one kind of mistake, and where it is to be found. */
const MISTAKES: Readonly<Record<string, readonly [text: string, place: string, message: RegExp]>> = {
  "column.sqlx": [
    'config { type: "table" }\n\nSELECT\n  idd\nFROM ${ref("orders")}\n',
    "4:3",
    /Unrecognized name: idd; Did you mean id\?/,
  ],
  "behind_ref.sqlx": [
    'config { type: "view" }\nSELECT id FROM ${ref("orders")} AS o WHERE o.custmer = "x"\n',
    "2:46",
    /Name custmer not found inside o; Did you mean customer\?/,
  ],
  "function.sqlx": [
    'config { type: "view" }\nSELECT 1 AS a, UPPR("x") AS b\n',
    "2:16",
    /Function not found: UPPR; Did you mean upper\?/,
  ],
  "types.sqlx": [
    'config { type: "view" }\nSELECT id FROM ${ref("orders")}\nWHERE id = "one"\n',
    "3:7",
    /No matching signature for operator =/,
  ],
  "table.sqlx": [
    'config { type: "view" }\nSELECT 1 AS a\nFROM d.ordrs\n',
    "3:6",
    /Table not found: d\.ordrs; Did you mean d\.orders\?/,
  ],
  "grouping.sqlx": [
    'config { type: "view" }\nSELECT id, customer, COUNT(*) AS n FROM ${ref("orders")} GROUP BY id\n',
    "2:12",
    /customer.*neither grouped nor aggregated/,
  ],
  "duplicate.sqlx": [
    'config { type: "view" }\nSELECT id, customer AS id FROM ${ref("orders")}\n',
    "2:12",
    /Duplicate column names/,
  ],
  "syntax.sqlx": ['config { type: "view" }\nSELECT id FROM ${ref("orders")} WHERE AND id\n', "2:39", /Syntax error/],
  "literal.sqlx": ['config { type: "view" }\nSELECT \'abc AS x\n', "2:8", /Unclosed string literal/],
  "config.sqlx": [
    'config {\n  type: "table",\n  bigquery: { partitionBy: "dya" }\n}\nSELECT DATE "2024-01-01" AS day\n',
    "3:29",
    /partitionBy names dya, which the query does not give; did you mean "day"\?/,
  ],
  "rows.sqlx": [
    'config { type: "table", assertions: { rowConditions: ["amont > 0"] } }\nSELECT amount FROM ${ref("orders")}\n',
    "1:56",
    /Unrecognized name: amont; Did you mean amount\?/,
  ],
  "after.sqlx": [
    'config { type: "table" }\nSELECT 1 AS a\npost_operations {\n  DELETE FROM ${self()}\n  WHERE b = 1\n}\n',
    "5:9",
    /Unrecognized name: b/,
  ],
  "script.sqlx": [
    'config { type: "operations" }\nDECLARE n INT64;\nIF n > 0 THEN\n  SET n = "a";\nEND IF\n',
    "4:11",
    /Cannot coerce expression of type STRING to type INT64/,
  ],
  "made.js": [
    'publish("made", { type: "view" }).query(ctx => `\n  SELECT cusomer\n  FROM ${ctx.ref("orders")}`);\n',
    "2:10",
    /Unrecognized name: cusomer/,
  ],
  "own.sqlx": [
    'config { type: "incremental" }\npre_operations { DELETE FROM ${self()} WHERE id > 1 }\nSELECT 1 AS id\n',
    "2:30",
    /Table not found: p\.d\.own; it is the model's own table, .* put \$\{when\(incremental\(\), \.\.\.\)\} around this$/,
  ],
  "assertion.sqlx": [
    'config { type: "assertion" }\nSELECT * FROM ${ref("orders")}\nWHERE amount < DATE "2024-01-01"\n',
    "3:7",
    /No matching signature/,
  ],
};

describe("fastbreak check on mistakes", () => {
  let rig: Rig;
  beforeAll(() => {
    rig = Rig.empty();
    rig.write("dataform.json", JSON.stringify({ warehouse: "bigquery", defaultDatabase: "p", defaultSchema: "d" }));
    rig.write("package.json", "{}");
    mkdirSync(join(rig.dir, "definitions"));
    rig.write(
      "definitions/orders.sqlx",
      "config { type: \"table\" }\nSELECT 1 AS id, 'x' AS customer, NUMERIC '1.5' AS amount\n",
    );
    rig.write("definitions/hidden.sqlx", 'config { type: "operations", hasOutput: true }\nCALL d.fill("hidden")\n');
    rig.write("definitions/reader.sqlx", 'config { type: "view" }\nSELECT * FROM ${ref("hidden")}\n');
    for (const [file, [text]] of Object.entries(MISTAKES)) rig.write(`definitions/${file}`, text);
  });
  afterAll(() => rig.remove());

  it("finds each one at its line and column, and nothing else", async () => {
    const { code, stdout } = await rig.fastbreak("check", "--json");
    const { findings, unchecked } = JSON.parse(stdout) as CheckDocument;
    expect(unchecked).toEqual([
      { action: "d.reader", reason: "d.hidden is made by an operation that does not show its columns" },
    ]);
    expect(code).toBe(2);
    for (const [file, [, place, message]] of Object.entries(MISTAKES)) {
      const own = findings.filter((finding) => finding.file === `definitions/${file}`);
      expect(own.map(({ line, column }) => `${file} ${line}:${column}`)).toEqual([`${file} ${place}`]);
      expect(own[0]?.message).toMatch(message);
    }
    expect(findings).toHaveLength(Object.keys(MISTAKES).length);
  });

  it("annotates a pull request", async () => {
    process.env.GITHUB_ACTIONS = "true";
    const { stdout } = await rig.fastbreak("check").finally(() => delete process.env.GITHUB_ACTIONS);
    expect(stdout).toContain(
      "::error file=definitions/column.sqlx,line=4,col=3::Unrecognized name: idd; Did you mean id?\n",
    );
  });

  it("reports what does not compile in the same form", async () => {
    const broken = Rig.empty();
    broken.write("dataform.json", JSON.stringify({ warehouse: "bigquery", defaultSchema: "d" }));
    broken.write("package.json", "{}");
    mkdirSync(join(broken.dir, "definitions"));
    broken.write("definitions/a.sqlx", 'config { type: "view" }\nSELECT ${nope} AS x\n');
    const { code, stdout } = await broken.fastbreak("check", "--json");
    broken.remove();
    expect((JSON.parse(stdout) as CheckDocument).findings).toMatchObject([
      { file: "definitions/a.sqlx", line: 2, action: null },
    ]);
    expect(code).toBe(2);
  });

  it("names the one model of a JavaScript file, by its place or else by its name", async () => {
    const made = Rig.empty();
    made.write("dataform.json", JSON.stringify({ warehouse: "bigquery", defaultDatabase: "p", defaultSchema: "d" }));
    made.write("package.json", "{}");
    mkdirSync(join(made.dir, "definitions"));
    made.write(
      "definitions/many.js",
      `const parts = { partitionBy: "day" };
publish("a", { type: "table" }).query((ctx) => \`SELECT 1 AS id, 2 AS v\`);
publish("b", { type: "table" }).query((ctx) => \`SELECT id, w FROM \${ctx.ref("a")} WHERE w = 1\`);
publish("c", { type: "table", assertions: { uniqueKey: ["w"] } }).query((ctx) => \`SELECT id, v FROM \${ctx.ref("a")}\`);
publish("e", { type: "table", bigquery: { partitionBy: "day" } }).query((ctx) => \`SELECT v AS w FROM \${ctx.ref("a")}\`);
`,
    );
    const { stdout, code } = await made.fastbreak("check");
    made.remove();
    expect(stdout.split("\n").slice(0, -2)).toEqual([
      expect.stringMatching(/^definitions\/many\.js: d\.e: partitionBy names day, which the query does not give/),
      expect.stringMatching(/^definitions\/many\.js: d\.d_c_assertions_uniqueKey_0: Unrecognized name: w/),
      expect.stringMatching(/^definitions\/many\.js:3:60: Unrecognized name: w/),
      expect.stringMatching(/^definitions\/many\.js:3:89: Unrecognized name: w/),
    ]);
    expect(code).toBe(2);
  });

  it("names the package that --googlesql needs", async () => {
    const { code, stderr, stdout } = await rig.fastbreak("check", "--googlesql");
    expect(stderr).toMatch(
      /^fastbreak: --googlesql needs the package @fivetrandevelopers\/zetasql; install it with npm install .*\n$/,
    );
    expect([code, stdout]).toEqual([2, ""]);
  });

  it.skipIf(!existsSync(join(REFERENCE, "@fivetrandevelopers/zetasql")))(
    "asks GoogleSQL's own analyzer where it is installed",
    async () => {
      process.env.NODE_PATH = REFERENCE;
      const { stdout } = await rig.fastbreak("check", "--googlesql").finally(() => delete process.env.NODE_PATH);
      expect(stdout).toContain("definitions/column.sqlx:4:3: Unrecognized name: idd; Did you mean id?\n");
      expect(stdout).toContain("definitions/types.sqlx:3:7: No matching signature for operator =");
      expect(stdout).not.toMatch(/definitions\/orders\.sqlx/);
    },
  );
});

describe("fastbreak check on pre_operations", () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = Rig.empty();
    rig.write("dataform.json", JSON.stringify({ warehouse: "bigquery", defaultDatabase: "p", defaultSchema: "d" }));
    rig.write("package.json", "{}");
    mkdirSync(join(rig.dir, "definitions"));
    rig.write(
      "definitions/months.sqlx",
      'config { type: "incremental", protected: true }\nSELECT 2 AS month\n' +
        "pre_operations { DELETE FROM ${self()} WHERE month = 2 }\n",
    );
  });
  afterAll(() => rig.remove());

  it("knows the table that they change only once an earlier build has made it", async () => {
    await rig.fastbreak("query", "CREATE SCHEMA d");
    expect((await rig.fastbreak("check")).stdout).toContain("Table not found: p.d.months");
    await rig.fastbreak("query", "CREATE TABLE d.months AS SELECT 1 AS month");
    const { code, stdout } = await rig.fastbreak("check");
    expect([code, stdout]).toEqual([0, "1 action checked, 0 errors\n"]);
  });
});

describe("fastbreak check of statements beside a source whose columns are guessed", () => {
  it("tells mistakes of statements that do not read it, whatever their names have in common", async () => {
    const rig = Rig.empty();
    rig.write("dataform.json", JSON.stringify({ warehouse: "bigquery", defaultDatabase: "p", defaultSchema: "d" }));
    rig.write("package.json", "{}");
    mkdirSync(join(rig.dir, "definitions"));
    rig.write("definitions/order.sqlx", 'config { type: "declaration", schema: "raw", name: "order" }');
    rig.write("definitions/other.sqlx", 'config { type: "table" }\nSELECT id, amount FROM ${ref("order")}');
    rig.write("definitions/orders_daily.sqlx", 'config { type: "table" }\nSELECT 1 AS a');
    const operation = (text: string) => `config { type: "operations" }\n${text}`;
    rig.write("definitions/wrong.sqlx", operation('DELETE FROM ${ref("orders_daily")} WHERE nope = 1'));
    rig.write("definitions/guessed.sqlx", operation('DELETE FROM ${ref("order")} WHERE maybe = 1'));
    const { findings } = JSON.parse((await rig.fastbreak("check", "--json")).stdout) as CheckDocument;
    expect(findings).toMatchObject([{ file: "definitions/wrong.sqlx", message: "Unrecognized name: nope" }]);
    rig.remove();
  });
});
