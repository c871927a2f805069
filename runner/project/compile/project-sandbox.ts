import { createHash } from "node:crypto";
import { readFileSync, realpathSync, writeSync } from "node:fs";
import { basename, dirname, extname, join, posix, relative } from "node:path";
import vm from "node:vm";
import { CORE_PROJECT_DIR, encodeCoreRequest } from "./core-request.js";
import type { ActionTrace, CompileErrorReport, CompileRequest, CompileResponse, ReadTrace } from "./protocol.js";
import { ModuleResolver } from "./resolve.js";
import { type SandboxBridge, type SandboxHandle, type SandboxResult, sandboxBootstrap } from "./sandbox.js";
import { errorLine, type LoadedSource, sourceLineOf, stackLineIn } from "./source-lines.js";
import { Tracer } from "./tracer.js";

/** Scripts are named outside the project folder: core then asks for the current file instead of guessing from the stack. */
const SCRIPT_PREFIX = "dataform:";
const MAX_PRINTED_BYTES = 1 << 20;

/** Compiles one project in a fresh realm. Never throws for what the project's code does. */
export function createProjectSandbox(request: CompileRequest): CompileResponse {
  const { projectDir, coreDir } = request;
  const coreBundle = join(coreDir, "bundle.js");
  const coreVersion = String(JSON.parse(readFileSync(join(coreDir, "package.json"), "utf8")).version);
  const resolver = new ModuleResolver([projectDir, coreDir, ...packageRoot(projectDir)]);
  const tracer = new Tracer();
  const actionTraces: ReadTrace[] = [];
  const loading: string[] = [];
  const sources = new Map<string, LoadedSource>();
  const loadedFiles: Record<string, string> = {};
  let actionsYaml: string | undefined;
  let printed = 0;

  const context = vm.createContext({}, { name: "dataform project" });
  let compiler: ((code: string, path: string) => string) | undefined;
  const inProject = (path: string) => relative(projectDir, path);
  const isCore = (path: string) => path === "" || path === coreBundle;

  const bridge: SandboxBridge = {
    projectDir,
    includeNames: includeNames(request.filePaths),
    process: { version: process.version, arch: process.arch, platform: process.platform, pid: process.pid },
    resolve(fromDir, id) {
      if (id === "@dataform/core") return coreBundle;
      try {
        return resolver.resolve(fromDir, id.replace(`${CORE_PROJECT_DIR}/`, `${projectDir}/`));
      } catch {
        // A package.json that cannot be read: the module does not exist.
        return undefined;
      }
    },
    load(path) {
      try {
        const content = readFileSync(path);
        const source = content.toString("utf8");
        if (!isCore(path)) loadedFiles[inProject(path)] = createHash("sha256").update(content).digest("hex");
        if (extname(path) === ".json") return { json: source };
        const generated = isCore(path) || compiler === undefined ? source : compiler(source, path);
        sources.set(inProject(path), { source, generated });
        return {
          code: compileModule(generated, isCore(path) ? "node_modules/@dataform/core" : inProject(path), context),
        };
      } catch (error) {
        const { message, stack } = error as Error;
        return { error: String(message), stack: String(stack) };
      }
    },
    dirname,
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
      try {
        writeSync(2, line);
      } catch {
        // Nobody reads: what the project prints is not worth a failure.
      }
    },
    path: callPath,
    encodeText: (text, encoding) => Buffer.from(text, encoding as BufferEncoding).toString("latin1"),
    decodeBytes: (bytes, encoding) => Buffer.from(bytes, "latin1").toString(encoding as BufferEncoding),
    hrtime: () => Number(process.hrtime.bigint()),
  };

  const bootstrap = vm.runInContext(`"use strict";(${sandboxBootstrap.toString()})`, context, { filename: "sandbox" });
  const handle = bootstrap(bridge) as SandboxHandle;
  compiler = handle.useCompiler();
  const result = JSON.parse(handle.compile(encodeCoreRequest(request))) as SandboxResult;

  const report = (error: { message?: string; stack?: string; fileName?: string; actionName?: string }) =>
    reportError(error, projectDir, sources);
  if (result.graph === undefined) return { ok: false, error: report(result.error ?? {}) };
  return {
    ok: true,
    graph: result.graph,
    coreVersion,
    errors: (result.graph.graphErrors?.compilationErrors ?? []).map(report),
    fileTraces: tracer.fileTraces(),
    actionTraces: result.actions.map(({ list, index, trace, definedIn }) => ({
      ...(actionTraces[trace] ?? { files: [], vars: [], nondeterministic: [] }),
      list: list as ActionTrace["list"],
      index,
      definedIn,
    })),
    loadedFiles,
    probedFiles: [...resolver.probed].map(inProject).sort(),
  };
}

/**
 * A function of the sandbox's realm around a module. Strict, and with the body in a block of its own, as the stock CLI's
 * sandbox wraps it: `const module = ...` at the top of a file is allowed there. Line numbers stay those of `code`.
 */
function compileModule(code: string, path: string, context: vm.Context): unknown {
  const head = '(function (exports, require, module, __filename, __dirname) { "use strict"; {';
  const script = new vm.Script(`${head}\n${code}\n}})`, { filename: `${SCRIPT_PREFIX}${path}`, lineOffset: -1 });
  return script.runInContext(context);
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

function callPath(method: string, args: readonly unknown[]): unknown {
  const values = args.map(String);
  if (method === "parse") return JSON.stringify(posix.parse(values[0] ?? ""));
  if (method === "format") return posix.format(JSON.parse(values[0] ?? "{}"));
  const call = posix[method as "join"];
  return call(...values);
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
  const message = (error.message ?? "unknown error")
    .replaceAll(`${projectDir}/`, "")
    .replaceAll(`${CORE_PROJECT_DIR}/`, "");
  const stack = error.stack ?? "";
  const named = error.fileName?.replace(`${projectDir}/`, "").replace(`${CORE_PROJECT_DIR}/`, "");
  // Core blames the file that it was loading; the fault may be in an include or a required file further in.
  const frame = /^[^\n]*?dataform:([^\s()]+?):\d+\n/.exec(stack)?.[1] ?? userFrame(stack)?.file;
  const fileName = frame !== undefined && sources.has(frame) ? frame : named === "index.js" ? undefined : named;
  const loaded = fileName === undefined ? undefined : sources.get(fileName);
  if (fileName === undefined || loaded === undefined) return { fileName, line: undefined, message };
  const stackLine = stackLineIn(stack, `${SCRIPT_PREFIX}${fileName}`);
  const line = errorLine(loaded, stackLine, message, error.actionName?.split(".").at(-1) ?? "");
  return { fileName, line, message };
}
