import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { WrongUse } from "./expect-refusal.js";
import type { Files } from "./fixture.js";

/** A wrong use of a project that differs from the working one. In `args`, `ODD` stands for the folder of odd things. */
export interface PlacedUse extends WrongUse {
  readonly files?: Files;
  readonly prepare?: (dir: string) => void;
}

export const settings = (text: string | Uint8Array): Files => ({ "fastbreak.json": text });
const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, "utf16le");
export const folderAt = (path: string) => (dir: string) => {
  rmSync(join(dir, path), { recursive: true, force: true });
  mkdirSync(join(dir, path));
};
const linkAt = (path: string, target: string) => (dir: string) => {
  rmSync(join(dir, path), { recursive: true, force: true });
  symlinkSync(target, join(dir, path));
};

/** Project folders that are none. */
export const projects: readonly PlacedUse[] = [
  { args: ["run", "--project-dir", "ODD/nowhere"], says: /project directory .*nowhere does not exist/ },
  { args: ["run", "ODD/nowhere"], says: /project directory .*nowhere does not exist/ },
  { args: ["run", "total"], says: /project directory .*total does not exist/ },
  { args: ["compile", "ODD/file/text"], says: /project directory .*text is a file; name the folder/ },
  {
    args: ["check", "ODD/file/text/below"],
    says: /project directory .* cannot be read: a part of its path is not a folder/,
  },
  { args: ["plan", "--project-dir", "ODD/empty"], says: /no Dataform project in .*empty/ },
  {
    args: ["query", "SELECT 1", "--project-dir", "ODD/circle"],
    says: /cannot be read: its symbolic links go round in a circle/,
  },
  { args: ["query", "SELECT 1", "--project-dir", "ODD/dangling"], says: /does not exist/ },
  { args: ["breaker", "--project-dir", `ODD/${"x".repeat(300)}`], says: /its name is too long/ },
  { args: ["breaker", "--project-dir", "a\u0000b"], says: /its name holds a character/ },
  { args: ["load", "good", "--project-dir", ""], says: /--project-dir needs a value/ },
  { args: ["gate", "--date", "2024-01-01", "--project-dir", "ODD/empty"], says: /no Dataform project/ },
  { args: ["test", "--project-dir", "ODD/empty"], says: /no Dataform project/ },
  { args: ["explain", "total", "--project-dir", "/proc"], says: /no Dataform project/ },
];

/** Settings files that cannot be used. */
export const files: readonly PlacedUse[] = [
  { args: ["run"], prepare: folderAt("fastbreak.json"), says: /fastbreak\.json: must be a file/ },
  { args: ["run"], prepare: folderAt("dataform.json"), says: /dataform\.json: must be a file/ },
  {
    args: ["run"],
    prepare: linkAt("fastbreak.json", "fastbreak.json"),
    says: /fastbreak\.json: is a symbolic link that leads to itself/,
  },
  { args: ["run"], prepare: linkAt("dataform.json", "nowhere"), says: /dataform\.json: is a symbolic link to nothing/ },
  { args: ["run"], files: settings(""), says: /fastbreak\.json:1: is empty; write \{\} for the defaults/ },
  { args: ["run"], files: settings("nope"), says: /fastbreak\.json:1: is not valid JSON/ },
  { args: ["run"], files: settings("{\n'a': 1}"), says: /fastbreak\.json:2: is not valid JSON/ },
  {
    args: ["run"],
    files: settings('{\n"reports": {"a": "b"\n'),
    says: /fastbreak\.json:3: is not valid JSON: a closing brace is expected/,
  },
  {
    args: ["run"],
    files: settings('{"target": "duckdb",}'),
    says: /is not valid JSON: a name in double quotes is expected/,
  },
  { args: ["run"], files: settings("{} {}"), says: /is not valid JSON: nothing more is expected/ },
  { args: ["run"], files: settings("// x\n{}"), says: /is not valid JSON: comments are not allowed/ },
  { args: ["run"], files: settings("[]"), says: /fastbreak\.json:1: must be a JSON object/ },
  { args: ["run"], files: settings("null"), says: /fastbreak\.json:1: must be a JSON object/ },
  { args: ["run"], files: settings('"text"'), says: /must be a JSON object/ },
  { args: ["run"], files: settings("12"), says: /must be a JSON object/ },
  { args: ["run"], files: settings("\ufeff{}"), says: /starts with a byte order mark; save it as UTF-8 without one/ },
  { args: ["run"], files: settings(utf16("{}")), says: /fastbreak\.json: is not UTF-8 text; save it as UTF-8/ },
  { args: ["run"], files: settings(Buffer.from([0x7b, 0xff, 0x7d])), says: /fastbreak\.json: is not UTF-8 text/ },
  { args: ["run"], files: settings(Buffer.from([0, 0, 0, 0])), says: /fastbreak\.json: is not UTF-8 text/ },
  {
    args: ["run"],
    files: settings('{"stateDatset": "x"}'),
    says: /fastbreak\.json:1: unknown setting "stateDatset"; did you mean "stateDataset"\?/,
  },
  { args: ["run"], files: settings('{"stateDataset": "a b"}'), says: /"stateDataset": must be a dataset name/ },
  { args: ["run"], files: settings('{"stateDataset": 3}'), says: /"stateDataset": must be text/ },
  { args: ["run"], files: settings('{"stateDataset": null}'), says: /"stateDataset": must be text/ },
  { args: ["run"], files: settings('{"loaders": []}'), says: /"loaders": must not be a list/ },
  { args: ["run"], files: settings('{"loaders": {"a": 1}}'), says: /"loaders\.a": must be a path/ },
  {
    args: ["run"],
    files: settings('{"loaders": {"__proto__": "x"}}'),
    says: /"loaders\.__proto__" is not possible as a name/,
  },
  { args: ["run"], files: settings('{"__proto__": {}}'), says: /"__proto__" is not possible as a name/ },
  { args: ["run"], files: settings('{"reports": "x"}'), says: /"reports": must be an object of paths/ },
  { args: ["run"], files: settings('{"target": "snowflake"}'), says: /target.* snowflake is not known/ },
  { args: ["run"], files: settings('{"target": ""}'), says: /"target": must not be empty/ },
  { args: ["run"], files: settings('{"threads": "two"}'), says: /"threads": must be a whole number from 1 to 256/ },
  { args: ["run"], files: settings('{"threads": 1.5}'), says: /"threads": must be a whole number from 1 to 256/ },
  { args: ["run"], files: settings('{"threads": 1e999}'), says: /"threads": must be a whole number/ },
  { args: ["run"], files: settings('{"concurrency": 0}'), says: /"concurrency": must be a whole number from 1 to 64/ },
  { args: ["run"], files: settings('{"memory": 8}'), says: /"memory": must be an amount such as 4GB or 50%/ },
  {
    args: ["run"],
    files: settings('{"environments": {"dev": {"vars": {"a": 1}}}}'),
    says: /"environments\.dev\.vars\.a": must be text/,
  },
  {
    args: ["run"],
    files: settings('{"environments": {"dev": 1}}'),
    says: /"environments\.dev": must be an object of settings/,
  },
  {
    args: ["run"],
    files: settings('{"environments": {"dev": {"schemaSufix": "x"}}}'),
    says: /unknown setting "environments\.dev\.schemaSufix"; did you mean "schemaSuffix"\?/,
  },
  {
    args: ["run", "--environment", "dev"],
    files: settings("{}"),
    says: /--environment dev is not known; fastbreak\.json has no "environments"/,
  },
  { args: ["run"], files: { "dataform.json": "{" }, says: /dataform\.json:1: is not valid JSON/ },
  { args: ["run"], files: { "dataform.json": "\ufeff{}" }, says: /dataform\.json: starts with a byte order mark/ },
  { args: ["run"], files: { "dataform.json": utf16("{}") }, says: /dataform\.json: is not UTF-8 text/ },
  { args: ["run"], files: { "dataform.json": "[]" }, says: /dataform\.json:1: must be a JSON object/ },
  { args: ["run"], files: { "dataform.json": '{"nonsense": 1}' }, says: /nonsense/ },
  {
    args: ["run"],
    files: { "workflow_settings.yaml": "" },
    says: /dataform\.json, workflow_settings\.yaml: a project has one settings file/,
  },
  {
    args: ["compile"],
    prepare: folderAt("workflow_settings.yaml"),
    says: /workflow_settings\.yaml: must be a file/,
  },
];

/** Sources that cannot be compiled. */
export const sources: readonly PlacedUse[] = [
  { args: ["run"], files: { "definitions/x.sqlx": "config { type: " }, says: /definitions\/x\.sqlx/ },
  {
    args: ["run"],
    files: { "definitions/x.sqlx": 'config { type: "tabel" }\nSELECT 1' },
    says: /definitions\/x\.sqlx/,
  },
  { args: ["run"], files: { "definitions/x.js": "syntax error(" }, says: /definitions\/x\.js/ },
  {
    args: ["run"],
    files: { "definitions/x.sqlx": 'config { type: "table" }\nSELECT ${nothing}' },
    says: /definitions\/x\.sqlx:2/,
  },
  {
    args: ["run"],
    files: { "definitions/x.sqlx": 'config { type: "table" }\nSELECT * FROM ${ref("totla")}' },
    says: /refers to "totla", which does not exist; did you mean "total"\?/,
  },
  { args: ["run"], prepare: folderAt("definitions/total.sqlx"), says: /definitions\/total\.sqlx/, lines: 2 },
  {
    args: ["run"],
    prepare: linkAt("definitions/y.sqlx", "nowhere"),
    says: /definitions\/y\.sqlx: is a symbolic link to nothing/,
  },
  { args: ["run"], prepare: (dir) => writeFileSync(join(dir, "includes"), "x"), says: /includes: must be a folder/ },
  {
    args: ["compile", "--timeout", "1ms"],
    files: { "definitions/z.js": "// new" },
    says: /compiling took longer than 0\.001 s/,
  },
];
