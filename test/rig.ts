import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll } from "vitest";
import { type Finished, inProcess } from "./in-process.js";

export type { Finished } from "./in-process.js";

/** The repository's own folder. */
export const ROOT = fileURLToPath(new URL("../", import.meta.url));

/** The variable that names a warehouse with nothing but the functions of GoogleSQL. */
export const LIBRARY = "FASTBREAK_TEST_LIBRARY";

/** What long work without a terminal writes every half minute, e.g. `[####......] 9 of 15 tables | 17,153 rows | 30.1 s`. */
const PROGRESS = /^(\[[#.]+\] |[\d,]+ rows? \| ).*\n/gm;

/** The part of `run --json` that tests read. */
export interface RunDocument {
  readonly compiled: boolean;
  readonly actions: readonly {
    readonly name: string;
    readonly type: string;
    readonly status: string;
    readonly rows_written: number;
    readonly error: string | null;
    readonly partitions: readonly { readonly partition: string; readonly decision: string; readonly reason: string }[];
  }[];
  readonly totals: {
    readonly run: number;
    readonly skipped: number;
    readonly failed: number;
    readonly unchanged: number;
    readonly rows_written: number;
  };
}

let isWithin = false;

/**
 * Has the commands of this file's projects run in the process of the test, one at a time, instead of each in one of its own: starting
 * is most of what they cost. For tests of what a command makes and says; not of processes, what they leave or what they share.
 */
export function runWithin(): void {
  isWithin = true;
  // The next file's test of processes may have the same worker.
  afterAll(() => {
    isWithin = false;
  });
}

/** A project in a temporary folder, with a warehouse of its own, driven through the real command line. */
export class Rig {
  readonly dir: string;

  private constructor(dir: string) {
    this.dir = dir;
  }

  /** This repository's own Dataform project. */
  static warehouseProject(options: { readonly alerts?: boolean } = {}): Rig {
    const rig = Rig.empty();
    for (const name of [
      "definitions",
      "includes",
      "assertions",
      "migrations",
      "reports",
      "alerts",
      "operations",
      "dataform.json",
      "package.json",
      "package-lock.json",
    ]) {
      cpSync(join(ROOT, name), join(rig.dir, name), { recursive: true });
    }
    const loaders = { sample: join(ROOT, "dist/ingest/sample.js"), files: join(ROOT, "dist/ingest/files.js") };
    const settings = JSON.parse(readFileSync(join(ROOT, "fastbreak.json"), "utf8")) as object;
    // Only tests of alerts ask for what they cost.
    const alerts = options.alerts ? {} : { alerts: {} };
    rig.write("fastbreak.json", JSON.stringify({ ...settings, loaders, ...alerts }));
    rig.bringLibrary();
    return rig;
  }

  /** A folder with the installed packages and nothing else. */
  static empty(): Rig {
    const dir = mkdtempSync(join(tmpdir(), "fastbreak-"));
    symlinkSync(join(ROOT, "node_modules"), join(dir, "node_modules"));
    return new Rig(dir);
  }

  /** The same project and warehouse in a folder of its own. */
  copy(): Rig {
    const rig = Rig.empty();
    cpSync(this.dir, rig.dir, { recursive: true, filter: (path) => !path.endsWith("node_modules") });
    return rig;
  }

  /** An empty warehouse that has the functions of GoogleSQL: whoever comes first needs a quarter of a second for them. */
  bringLibrary(): void {
    mkdirSync(join(this.dir, ".fastbreak"));
    const library = process.env[LIBRARY];
    if (library !== undefined) cpSync(library, join(this.dir, ".fastbreak/warehouse.duckdb"));
  }

  write(path: string, text: string): void {
    writeFileSync(join(this.dir, path), text);
  }

  read(path: string): string {
    return readFileSync(join(this.dir, path), "utf8");
  }

  /** Replaces text in a file; fails when the text is not there. */
  edit(path: string, from: string, to: string): void {
    const text = this.read(path);
    if (!text.includes(from)) throw new Error(`${path} does not contain ${from}`);
    this.write(path, text.replace(from, to));
  }

  /** Runs the built command line in the project: in a process of its own, or within this one (`runWithin`). */
  async fastbreak(...args: string[]): Promise<Finished> {
    return this.fastbreakWith({}, ...args);
  }

  /** The same with more environment variables. */
  async fastbreakWith(variables: Readonly<Record<string, string>>, ...args: string[]): Promise<Finished> {
    if (!isWithin) return this.process(variables, ...args);
    const { code, stdout, stderr } = await inProcess(args, this.dir, { variables: { NO_COLOR: "1", ...variables } });
    return { code, stdout, stderr };
  }

  /** The same in a process of its own, whatever the others run in. */
  async process(variables: Readonly<Record<string, string>>, ...args: string[]): Promise<Finished> {
    return runProcess(process.execPath, [join(ROOT, "bin/fastbreak.cjs"), ...args], this.dir, variables);
  }

  /** The same, ended by Ctrl-C once standard output or error has said something; `until` undefined: it ends by itself. */
  async fastbreakUntil(until: RegExp | undefined, ...args: string[]): Promise<Finished> {
    return runProcess(process.execPath, [join(ROOT, "bin/fastbreak.cjs"), ...args], this.dir, {}, until);
  }

  /** `load` with more arguments; fails where it fails or warns. That it goes on, which a busy machine makes it say, is no warning. */
  async load(...args: string[]): Promise<Finished> {
    const { code, stdout, stderr } = await this.fastbreak("load", ...args);
    const told = stderr.replace(PROGRESS, "");
    if (code !== 0 || told !== "") throw new Error(`exit code ${code}: ${told}`);
    return { code, stdout, stderr: told };
  }

  /** `run --json` with more arguments; fails unless it ends with the exit code. */
  async run(args: readonly string[], code = 0): Promise<RunDocument> {
    const finished = await this.fastbreak("run", "--json", ...args);
    if (finished.code !== code)
      throw new Error(`exit code ${finished.code}: ${finished.stderr}${failures(finished.stdout)}`);
    return JSON.parse(finished.stdout) as RunDocument;
  }

  /** Rows of a DuckDB query on the warehouse file, as text. */
  async sql(query: string): Promise<string[][]> {
    const [rows = []] = await this.allSql([query]);
    return rows;
  }

  /** The same of several queries, for which the warehouse is opened once: that is most of what a small query costs. */
  async allSql(queries: readonly string[]): Promise<string[][][]> {
    const instance = await DuckDBInstance.create(join(this.dir, ".fastbreak/warehouse.duckdb"), { threads: "1" });
    const connection = await instance.connect();
    try {
      const results: string[][][] = [];
      for (const query of queries) {
        const reader = await connection.runAndReadAll(query);
        results.push(
          reader
            .getRowsJson()
            .map((row) => row.map((value) => (typeof value === "string" ? value : JSON.stringify(value)))),
        );
      }
      return results;
    } finally {
      connection.closeSync();
      instance.closeSync();
    }
  }

  remove(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}

/** Runs a process to its end without a terminal, or until it has said something. */
export function runProcess(
  file: string,
  args: readonly string[],
  cwd: string,
  variables: Readonly<Record<string, string>> = {},
  until?: RegExp,
): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, NO_COLOR: "1", ...variables },
    });
    let stdout = "";
    let stderr = "";
    const heard = () => {
      if (until?.test(stdout) === true || until?.test(stderr) === true) child.kill("SIGINT");
    };
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      heard();
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
      heard();
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}

function failures(stdout: string): string {
  if (!stdout.startsWith("{")) return stdout;
  const { actions } = JSON.parse(stdout) as RunDocument;
  return actions.flatMap(({ name, error }) => (error === null ? [] : [`${name}: ${error}`])).join("; ");
}
