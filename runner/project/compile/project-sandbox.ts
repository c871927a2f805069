import { Buffer } from "node:buffer";
import { existsSync, readFileSync, realpathSync, writeSync } from "node:fs";
import { basename, dirname, extname, join, posix, relative } from "node:path";
import vm from "node:vm";
import { evaluate, type Realm } from "../../fence/realm.js";
import { sha256 } from "../../port/digest-text.js";
import { askingForCallerFile } from "./caller-file.js";
import { readCore } from "./core-files.js";
import { CORE_PROJECT_DIR, encodeCoreRequest } from "./core-request.js";
import type { ActionTrace, CompileErrorReport, CompileRequest, CompileResponse, ReadTrace } from "./protocol.js";
import type { SandboxFacts, SandboxHost } from "./realm/host.js";
import { ModuleResolver } from "./resolve.js";
import { SANDBOX_SOURCE, type SandboxResult } from "./sandbox.js";
import { errorLine, type LoadedSource, sourceLineOf, stackLineIn } from "./source-lines.js";
import { sourceText } from "./source-text.js";
import { Tracer } from "./tracer.js";

/** Scripts are named outside the project folder: core then asks for the current file instead of guessing from the stack. */
const SCRIPT_PREFIX = "dataform:";
const MAX_PRINTED_BYTES = 1 << 20;

/**
 * Compiles one project in its realm, in which nothing has run yet. Never throws for what the project's code does. No object or error of
 * the realm is touched here: its code could have made them traps.
 */
export function compileInSandbox(request: CompileRequest, realm: Realm, facts: ProcessFacts): CompileResponse {
  const { projectDir, coreDir } = request;
  const coreBundle = join(coreDir, "bundle.js");
  const core = readCore(coreDir);
  const resolver = new ModuleResolver([projectDir, coreDir, ...packageRoot(projectDir)]);
  const tracer = new Tracer();
  const actionTraces: ReadTrace[] = [];
  const loading: string[] = [];
  const sources = new Map<string, LoadedSource>();
  const loadedFiles = new Map<string, string>();
  const read = new Map<string, string>();
  let actionsYaml: string | undefined;
  let printed = 0;

  const inProject = (path: string) => relative(projectDir, path);
  const isCore = (path: string) => path === "" || path === coreBundle;

  const host: SandboxHost = {
    resolve(fromDir, id) {
      if (id === "@dataform/core") return `path:${coreBundle}`;
      try {
        const path = resolver.resolve(fromDir, id.replace(`${CORE_PROJECT_DIR}/`, `${projectDir}/`));
        return path === undefined ? `error:Cannot find module '${id}'` : `path:${path}`;
      } catch (error) {
        return `error:${(error as Error).message}`;
      }
    },
    read(path) {
      try {
        const content = isCore(path) ? core.bundle : readFileSync(path);
        const text = sourceText(content, path);
        if (isCore(path)) return `plain:${askingForCallerFile(text)}`;
        loadedFiles.set(inProject(path), sha256(content));
        read.set(path, text);
        return extname(path) === ".json" ? `json:${text}` : `code:${text}`;
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        return `error:${inProject(path)} ${code === undefined ? message : "cannot be read"}`;
      }
    },
    compile(path, generated) {
      if (!isCore(path)) sources.set(inProject(path), { source: read.get(path) ?? generated, generated });
      let script: vm.Script;
      try {
        script = moduleScript(generated, isCore(path) ? "node_modules/@dataform/core" : inProject(path));
      } catch (error) {
        const { message, stack } = error as Error;
        return JSON.stringify([message, stack ?? message]);
      }
      // Text that closes the function around it runs here; what it throws is the realm's and is not touched.
      const run = quietly(() => script.runInContext(realm.context, { displayErrors: false }) as unknown);
      return typeof run === "function" ? run : JSON.stringify(["Unexpected token '}'", ""]);
    },
    dirname: (path) => dirname(path),
    enterFile(path) {
      loading.push(path);
      tracer.enterFile(inProject(path));
    },
    exitFile() {
      loading.pop();
      tracer.exit();
    },
    enterAction: () => tracer.enterAction(),
    exitAction: () => actionTraces.push(tracer.exit()) - 1,
    importFile(importer, path) {
      if (isCore(path)) return;
      if (isCore(importer)) {
        if (loading.length === 0 && basename(path) === "actions.yaml") actionsYaml = path;
        else if (loading.length === 0 && /\.(js|sqlx)$/.test(path)) actionsYaml = undefined;
        tracer.readFile(inProject(path));
      } else {
        tracer.importFile(inProject(importer), inProject(path));
      }
    },
    readInclude: (name) => tracer.readFile(`includes/${name}.js`),
    readVar: (name) => tracer.readVar(name),
    nondeterministic(kind, what, stack) {
      const place = userFrame(stack);
      const loaded = place && sources.get(place.file);
      const line = loaded === undefined ? place?.line : sourceLineOf(loaded, place?.line ?? 1, 1);
      tracer.readNondeterministic({ kind: kind as "clock" | "random" | "process", what, file: place?.file, line });
    },
    currentFile() {
      const file = loading.at(-1);
      return join(CORE_PROJECT_DIR, file === undefined ? "index.js" : inProject(file));
    },
    definingFile() {
      const file = loading.at(-1) ?? actionsYaml;
      return file === undefined ? undefined : inProject(file);
    },
    print(text) {
      const line = Buffer.from(`${text}\n`);
      if (printed + line.length > MAX_PRINTED_BYTES) return;
      printed += line.length;
      // Nobody reads: what the project prints is not worth a failure.
      quietly(() => writeSync(2, line));
    },
    path: (method, args) => quietly(() => callPath(method, JSON.parse(args) as string[])),
    encodeText: (text, encoding) => quietly(() => Buffer.from(text, encoding as BufferEncoding).toString("latin1")),
    decodeBytes: (bytes, encoding) => quietly(() => Buffer.from(bytes, "latin1").toString(encoding as BufferEncoding)),
    hrtime: () => facts.hrtime(),
  };

  const known: SandboxFacts = {
    projectDir,
    includeNames: includeNames(request.filePaths),
    settings: existsSync(join(projectDir, "dataform.json"))
      ? { file: "dataform.json", global: "dataformJson" }
      : { file: "workflow_settings.yaml", global: "workflowSettingsYaml" },
    version: facts.version,
    arch: facts.arch,
    platform: facts.platform,
    pid: facts.pid,
  };
  const run = evaluate(realm, SANDBOX_SOURCE, "sandbox") as (...args: unknown[]) => unknown;
  const coreRequest = encodeCoreRequest(request);
  const result = resultOf(() => run(host, Object.keys(host).join(), JSON.stringify(known), coreRequest));

  const report = (error: { message?: string; stack?: string; fileName?: string; actionName?: string }) =>
    reportError(error, projectDir, sources);
  if (result.graph === undefined) return { ok: false, error: report(result.error ?? {}) };
  return {
    ok: true,
    graph: result.graph,
    coreVersion: core.version,
    coreHash: core.hash,
    errors: (result.graph.graphErrors?.compilationErrors ?? []).map(report),
    fileTraces: tracer.fileTraces(),
    actionTraces: result.actions.map(({ list, index, trace, definedIn }) => ({
      ...(actionTraces[trace] ?? { files: [], vars: [], nondeterministic: [] }),
      list: list as ActionTrace["list"],
      index,
      definedIn,
    })),
    loadedFiles: Object.fromEntries(loadedFiles),
    probedFiles: [...resolver.probed].map(inProject).sort(),
  };
}

/** What the project's realm may know of the process, taken before the process is emptied. */
export interface ProcessFacts {
  readonly version: string;
  readonly arch: string;
  readonly platform: string;
  readonly pid: number;
  /** Nanoseconds of a clock that only goes forward. */
  readonly hrtime: () => number;
}

/** Undefined when it fails: an error of the host must not get into the realm. */
function quietly<T>(attempt: () => T): T | undefined {
  try {
    return attempt();
  } catch {
    return undefined;
  }
}

function resultOf(run: () => unknown): SandboxResult {
  const text = quietly(run);
  const result = typeof text === "string" ? quietly(() => JSON.parse(text) as SandboxResult) : undefined;
  const message =
    "the project's JavaScript breaks the compiler; does it change built-in objects such as JSON or Object?";
  return result ?? { actions: [], error: { message, stack: "" } };
}

/**
 * A script whose value is a function around a module. Strict, and with the body in a block of its own, as the stock CLI's
 * sandbox wraps it: `const module = ...` at the top of a file is allowed there. Line numbers stay those of `code`.
 *
 * @throws SyntaxError of the host
 */
function moduleScript(code: string, path: string): vm.Script {
  const head = '(function (exports, require, module, __filename, __dirname) { "use strict"; {';
  return new vm.Script(`${head}\n${code}\n}})`, { filename: `${SCRIPT_PREFIX}${path}`, lineOffset: -1 });
}

/** The folder of installed packages may be a link, as package managers with a store make it. */
function packageRoot(projectDir: string): string[] {
  try {
    return [realpathSync(join(projectDir, "node_modules"))];
  } catch {
    return [];
  }
}

/** Files directly in includes/, as core picks them. */
function includeNames(filePaths: readonly string[]): string[] {
  return filePaths.filter((path) => /^includes\/[^/]+\.js$/.test(path)).map((path) => basename(path, ".js"));
}

/** JSON text of a result of `node:path`. */
function callPath(method: string, args: readonly string[]): string {
  if (method === "format") return JSON.stringify(posix.format(JSON.parse(args[0] ?? "{}")));
  const call: (...args: string[]) => unknown = posix[method as "join"];
  return JSON.stringify(call(...args));
}

/** The innermost frame in the project's own code, or else in a package. */
function userFrame(stack: string): { file: string; line: number } | undefined {
  const frames = [...stack.matchAll(/dataform:([^\s()]+?):(\d+):\d+/g)]
    .map((match) => ({ file: match[1] ?? "", line: Number(match[2]) }))
    .filter(({ file }) => file !== "node_modules/@dataform/core");
  return frames.find(({ file }) => !file.startsWith("node_modules/")) ?? frames[0];
}

function reportError(
  error: { message?: string; stack?: string; fileName?: string; actionName?: string },
  projectDir: string,
  sources: ReadonlyMap<string, LoadedSource>,
): CompileErrorReport {
  const text = (error.message ?? "unknown error")
    .replaceAll(`${projectDir}/`, "")
    .replaceAll(`${CORE_PROJECT_DIR}/`, "");
  const stack = error.stack ?? "";
  const named = error.fileName?.replace(`${projectDir}/`, "").replace(`${CORE_PROJECT_DIR}/`, "");
  // Core blames the file that it was loading; the fault may be in an include or a required file further in.
  const frame = /^[^\n]*?dataform:([^\s()]+?):\d+\n/.exec(stack)?.[1] ?? userFrame(stack)?.file;
  const fileName = frame !== undefined && sources.has(frame) ? frame : named === "index.js" ? undefined : named;
  const loaded = fileName === undefined ? undefined : sources.get(fileName);
  const message = text.startsWith(`${fileName} `) ? text.slice(`${fileName} `.length) : text;
  if (fileName === undefined || loaded === undefined) return { fileName, line: undefined, message };
  const stackLine = stackLineIn(stack, `${SCRIPT_PREFIX}${fileName}`);
  const line = errorLine(loaded, stackLine, message, error.actionName?.split(".").at(-1) ?? "");
  return { fileName, line, message };
}
