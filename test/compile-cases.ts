// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the strings are SQLX.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { ProjectOverrides } from "../runner/project/compile/protocol.js";
import { DEFAULT_LIMITS, runCompileChild } from "../runner/project/compile/run-child.js";
import { findCore } from "../runner/project/core-package.js";
import { readProjectFiles } from "../runner/project/files.js";
import { findProject } from "../runner/project/settings.js";
import { REPOSITORY } from "../runner/project/test-support/compile-child.js";

/** A project, and what both compilers are told beside it. */
export interface Case {
  readonly files: Readonly<Record<string, string>>;
  readonly overrides?: ProjectOverrides;
  readonly cliFlags?: readonly string[];
}

export const CASES: Readonly<Record<string, Case>> = {
  "tables, views, incrementals and their automatic assertions": {
    files: {
      "definitions/raw.sqlx": 'config { type: "declaration", database: "other", schema: "raw", name: "games" }',
      "definitions/a.sqlx": `config {
  type: "table", tags: ["x", "y"], description: "A", columns: { id: "Key", nested: { description: "N", columns: { x: "X" } } },
  assertions: { uniqueKey: ["id"], nonNull: ["id"], rowConditions: ["id > 0"] },
  bigquery: { partitionBy: "DATE(at)", clusterBy: ["id"], labels: { lookback_days: "3" }, partitionExpirationDays: 3 }
}
js { const column = "id"; }
-- a comment with \`backticks\` and \${not evaluated}
select \${column}, at, r"\\d+" as pattern from \${ref("raw", "games")}
pre_operations { declare x int64; --- set x = 1 }
post_operations { \${when(true, "select 1")} }`,
      "definitions/b.sqlx": `config { type: "incremental", uniqueKey: ["id"], protected: true, onSchemaChange: "EXTEND",
  bigquery: { partitionBy: "d", updatePartitionFilter: "d > '2020-01-01'" } }
select * from \${ref("a")} \${when(incremental(), \`where d > (select max(d) from \${self()})\`)}
pre_operations { select \${incremental() ? 1 : 2} }`,
      "definitions/c.sqlx":
        'config { type: "view", materialized: true, disabled: true }\nselect * from ${ref({ name: "b" })}',
      "definitions/d.sqlx": `config { type: "view", dependOnDependencyAssertions: true }\nselect * from \${ref("a")}`,
    },
  },
  "JavaScript, includes through includes, and packages": {
    files: {
      "includes/base.js": "module.exports = { one: 1, list: [1, 2] };",
      "includes/helpers.js":
        'const base = require("./base");\nfunction cols() { return base.list.map((x) => `c${x}`).join(", "); }\nmodule.exports = { cols, lazy: () => base.one + other.two };',
      "includes/other.js":
        'const helpers = require("includes/helpers");\nmodule.exports = { two: 2, has: typeof helpers };',
      "includes/deep/inner.js": "exports.deep = __filename.split('/').pop();",
      "node_modules/some-package/package.json": '{"name": "some-package", "main": "lib/main"}',
      "node_modules/some-package/lib/main.js":
        "module.exports = (name) => publish(name, { type: 'table' }).query('select 1');",
      "definitions/actions.js": `const module = require("some-package");
const { deep } = require("../includes/deep/inner");
module("from_package");
for (const name of ["p", "q"]) publish(name, { type: "table", tags: [deep] }).query((ctx) => \`select \${helpers.cols()}, \${helpers.lazy()} from \${ctx.ref("from_package")}\`);
assert("check", (ctx) => \`select * from \${ctx.ref("p")} where false\`);
operate("op", ["select 1", "select 2"]).dependencies(["q"]);
declare({ schema: "raw", name: "s" });`,
      "definitions/x.sqlx":
        'config { type: "table", schema: other.has }\nselect ${helpers.cols()} from ${ref("raw", "s")}',
    },
  },
  "actions.yaml with SQL files, and Markdown": {
    files: {
      "definitions/sub/actions.yaml": `actions:
- table:
    name: t
    filename: t.sql
    dependencyTargets: [{name: v}]
- view: {name: v, filename: ../v.sql}
- incrementalTable: {name: i, filename: i.sql, uniqueKey: [a]}
- assertion: {name: ass, filename: ass.sql}
- operation: {name: o, filename: o.sql}
- declaration: {name: decl, dataset: raw}
`,
      "definitions/sub/t.sql": "select `x`, '${y}' from t",
      "definitions/v.sql": "select 1",
      "definitions/sub/i.sql": "select 1 as a",
      "definitions/sub/ass.sql": "select 1",
      "definitions/sub/o.sql": "select 1;\nselect 2",
      "definitions/text.md": "# A `title`\r\n${x}",
      "definitions/z.js": 'publish("z").query("select 1").description(getContents("text.md"));',
    },
  },
  "variables, suffixes and prefixes": {
    files: {
      "dataform.json":
        '{"warehouse": "bigquery", "defaultDatabase": "p", "defaultSchema": "d", "assertionSchema": "c", "vars": {"a": "1", "b": "2"}}',
      "definitions/a.sqlx":
        'config { type: "table", assertions: { uniqueKey: ["x"] } }\nselect "${dataform.projectConfig.vars.a}${dataform.projectConfig.vars.b}" as x, "${Object.keys(dataform.projectConfig.vars)}"',
      "definitions/b.sqlx": 'config { type: "view" }\nselect * from ${ref("a")} -- ${name()} ${schema()} ${database()}',
    },
    overrides: {
      vars: { b: "changed", c: "new" },
      schemaSuffix: "dev",
      tablePrefix: "t",
      databaseSuffix: "db",
      defaultLocation: "EU",
    },
    cliFlags: [
      "--vars=b=changed,c=new",
      "--schema-suffix=dev",
      "--table-prefix=t",
      "--database-suffix=db",
      "--default-location=EU",
    ],
  },
  "workflow_settings.yaml, unit tests and operations": {
    files: {
      "workflow_settings.yaml":
        "defaultProject: p\ndefaultDataset: d\ndefaultLocation: US\ndefaultAssertionDataset: c\nvars:\n  x: 'y'\n",
      "definitions/a.sqlx": 'config { type: "view" }\nselect * from ${ref("src")}',
      "definitions/src.sqlx": 'config { type: "declaration", name: "src" }',
      "definitions/a_test.sqlx": 'config { type: "test", dataset: "a" }\ninput "src" { select 1 as x }\nselect 1 as x',
      "definitions/op.sqlx":
        'config { type: "operations", hasOutput: true, dependencies: ["a"] }\ncreate table ${self()} as select 1\n---\nselect 2',
    },
  },
  "assertions in a folder of their own, and Node's globals": {
    files: {
      "assertions/check.sqlx":
        'config { type: "assertion", tags: ["gate"] }\njs { const n = 0; }\nselect * from ${ref("a")} where x = ${n}',
      "definitions/assertions.js": 'require("../assertions/check.sqlx");',
      "definitions/a.sqlx":
        'config { type: "table" }\nselect "${JSON.stringify(process.env)} ${typeof process.nextTick} ${Buffer.from("é").toString("hex")} ${require("path").join("a", "../b")} ${typeof URL} ${typeof setTimeout} ${typeof require("dataform.json")}" as x',
    },
  },
  "modules found as folders, and files beside the project's own": {
    files: {
      "index.js": "module.exports = { root: 'r' };",
      ".df-credentials.json": '{"projectId": "x", "location": "US"}',
      "node_modules/pkg/package.json": '{"name": "pkg", "main": "lib/main.js"}',
      "node_modules/pkg/lib/main.js":
        'module.exports = { up: require("../"), same: require("..") === require("../"), here: require("./") };',
      "node_modules/pkg/index.js": "module.exports = 'index';",
      "node_modules/pkg/lib/index.js": "module.exports = 'lib';",
      "includes/index.js": "module.exports = { all: require('./one') };",
      "includes/one.js": "module.exports = 1;",
      "includes/beside.js": "module.exports = [require('..').all, require('../').root];",
      "definitions/c.js": 'publish("c").query(`select "${beside}"`);',
      "definitions/d.js": "require('.');",
      "definitions/deep/a.js":
        'const { up, same, here } = require("pkg");\npublish("a").query(`select "${typeof up} ${same} ${here} ${require("../../includes").all}"`);',
      "definitions/b.js":
        'publish("b").query(`select "${require("..").root} ${require("../").root} ${require("../node_modules/pkg/").here}"`);',
    },
  },
  "notebooks, and YAML with anchors": {
    files: {
      "workflow_settings.yaml":
        "defaultProject: &p p\ndefaultDataset: d\nvars: &vars\n  x: *p\n  'y': |\n    text\n    of lines\n",
      "definitions/actions.yaml": `actions:
- table: &common
    name: t
    filename: t.sql
    tags: &tags [one, two]
- view:
    <<: *common
    name: v
- notebook: {name: n, filename: n.ipynb, tags: *tags}
`,
      "definitions/t.sql": "select 1",
      "definitions/n.ipynb":
        '{"cells": [{"cell_type": "code", "source": ["import x\\n"], "outputs": [1], "execution_count": 2}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}',
    },
  },
  "compile errors": {
    files: {
      "includes/bad.js": "throw new Error('in an include');",
      "definitions/a.sqlx": 'config { type: "table" }\nselect ${nope} from ${ref("gone")}',
      "definitions/b.sqlx": 'config { type: "table" }\nselect * from ${ref("c")}',
      "definitions/c.sqlx": 'config { type: "table", colour: "red" }\nselect * from ${ref("b")}',
      "definitions/d.js": 'publish("b"); leaked = 1;',
      "definitions/e.sqlx": 'config { type: "table", dependencies: ["nowhere"] }\nselect 1',
    },
  },
};

/** The graph of our compile, by the built child. @throws Error when there is none */
export async function ownGraph(dir: string, overrides: ProjectOverrides | undefined, child: string): Promise<unknown> {
  const projectDir = findProject(dir);
  const { filePaths } = readProjectFiles(projectDir);
  const request = { projectDir, coreDir: (await findCore(projectDir)).dir, overrides: overrides ?? {}, filePaths };
  const { response } = await runCompileChild(request, child, DEFAULT_LIMITS);
  if (!response.ok) throw new Error(response.error.message);
  return withoutStacks(response.graph);
}

/** What `dataform compile --json` prints; it prints the graph and fails when there are compile errors. */
export async function stockGraph(dir: string, flags: readonly string[] = []): Promise<unknown> {
  const cli = join(REPOSITORY, "node_modules/@dataform/cli/bundle.js");
  const run = promisify(execFile)(process.execPath, [cli, "compile", "--json", ...flags, dir], { maxBuffer: 1 << 28 });
  const { stdout } = await run.catch((error: { stdout: string }) => error);
  return withoutStacks(JSON.parse(stdout));
}

/** Stacks hold the file names of the runtime that made them. */
function withoutStacks(graph: unknown): unknown {
  return JSON.parse(JSON.stringify(graph, (key, value) => (key === "stack" ? undefined : value)));
}
