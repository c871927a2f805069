import * as v from "valibot";
import { nameOf } from "../googlesql/project-names.js";
import { findCycle, type GraphNode } from "../graph/order.js";
import {
  type CompiledGraph,
  type CompileError,
  type CompileOutcome,
  compiledGraphSchema,
} from "./compile/graph-shape.js";
import type { ProjectOverrides } from "./compile/protocol.js";
import { type ChildLimits, runCompileChild } from "./compile/run-child.js";
import type { CorePackage } from "./core-package.js";
import { ProjectError, type ProjectProblem, projectError } from "./errors.js";
import { packageList } from "./pinned-core.js";
import { readTextInProject } from "./read-file.js";
import { suggestion } from "./settings.js";

export interface CompileOptions {
  /** Real path. */
  readonly projectDir: string;
  readonly core: CorePackage;
  readonly overrides: ProjectOverrides;
  readonly filePaths: readonly string[];
  readonly childPath: string;
  readonly limits: ChildLimits;
}

export interface CompiledProject {
  readonly graph: CompiledGraph;
  readonly outcome: CompileOutcome;
  /** What the project's code printed. */
  readonly log: string;
}

/** A compiled project that may have compile errors: the graph then holds what could be compiled, and core's own list of them. */
export interface CompileAttempt extends CompiledProject {
  /** Each at its file and line as far as core tells. */
  readonly problems: readonly ProjectProblem[];
}

/**
 * Compiles a project as `dataform compile` does, in a child process.
 *
 * @throws ProjectError with every compile error
 */
export async function compileProject(options: CompileOptions): Promise<CompiledProject> {
  const attempt = await attemptCompile(options);
  if (attempt.problems.length > 0) throw new ProjectError(attempt.problems);
  return attempt;
}

/**
 * Compiles a project as far as it can be compiled.
 *
 * @throws ProjectError when there is no graph at all, such as for wrong settings
 */
export async function attemptCompile(options: CompileOptions): Promise<CompileAttempt> {
  const { projectDir, core, overrides, filePaths } = options;
  const request = { projectDir, coreDir: core.dir, overrides, filePaths };
  const { response, log } = await runCompileChild(request, options.childPath, options.limits);
  if (!response.ok) throw new ProjectError(await fatalProblems(response.error, projectDir));
  const parsed = v.safeParse(compiledGraphSchema, response.graph);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    throw projectError(`the compiled graph has an unknown shape at ${v.getDotPath(issue)}: ${issue.message}`);
  }
  return {
    graph: parsed.output,
    outcome: response,
    log,
    problems: compileProblems(response, parsed.output, projectDir),
  };
}

/** What ends a compile before there is a graph, mostly the settings; those are told at their line. */
async function fatalProblems(error: CompileError, projectDir: string): Promise<readonly ProjectProblem[]> {
  const { settingsProblems } = await import("./settings-problem.js");
  const { fileName: file, line, message } = error;
  const problems = settingsProblems(message, projectDir);
  return problems.length > 0 ? problems : [{ file, line, column: undefined, message }];
}

/** Core's compile errors in the runner's words; what core says several times is said once. */
function compileProblems(outcome: CompileOutcome, graph: CompiledGraph, projectDir: string): ProjectProblem[] {
  const nodes = [...graph.tables, ...graph.operations, ...graph.assertions].map((action) => ({
    key: shortName(action.target),
    fileName: action.fileName,
    dependencies: action.dependencyTargets.map(shortName),
  }));
  const known = [...nodes.map(({ key }) => key), ...graph.declarations.map(({ target }) => shortName(target))];
  const problems = new Map<string, ProjectProblem>();
  let cycleTold = false;
  for (const error of outcome.errors) {
    const circular = error.message.startsWith("Circular dependency detected");
    if (circular && cycleTold) continue;
    cycleTold ||= circular;
    const message = circular
      ? cycleMessage(error.message, nodes)
      : (missingPackage(error.message, projectDir) ?? reworded(error.message, known));
    const key = `${error.fileName}\0${message}`;
    const line = problems.get(key)?.line ?? error.line ?? lineOfType(error.message, error.fileName, projectDir);
    problems.set(key, { file: error.fileName, line, column: undefined, message });
  }
  return [...problems.values()];
}

/** What to do about a module that is not found, where package.json names its package. */
function missingPackage(message: string, projectDir: string): string | undefined {
  const name = /^Cannot find module '((?:@[^/']+\/)?[^./'@][^/']*)(?:\/[^']*)?'$/.exec(message)?.[1];
  const text = name === undefined ? undefined : readTextInProject(projectDir, "package.json");
  if (name === undefined || text === undefined) return undefined;
  const listed = ["dependencies", "devDependencies", "optionalDependencies"].some(
    (list) => packageList(text, list)[name] !== undefined,
  );
  return listed ? `package ${name} of package.json is not installed; run npm install in the project` : undefined;
}

function cycleMessage(message: string, nodes: readonly GraphNode[]): string {
  const keys = findCycle(nodes);
  return keys === undefined ? message : `cyclic references: ${keys.join(" -> ")}`;
}

const UNKNOWN_TYPE = /^Unrecognized action type: (.*)$/;
/** What `type` of a config block can be. */
const TYPES = [
  "table",
  "view",
  "incremental",
  "assertion",
  "operations",
  "declaration",
  "test",
  "notebook",
  "dataPreparation",
];

/** The line of a type that nobody knows; core tells only the file. */
function lineOfType(message: string, file: string | undefined, projectDir: string): number | undefined {
  const type = UNKNOWN_TYPE.exec(message)?.[1];
  const text = type === undefined || file === undefined ? undefined : readTextInProject(projectDir, file);
  if (type === undefined || text === undefined) return undefined;
  const at = text.split("\n").findIndex((line) => /\btype\s*["']?\s*:/.test(line) && line.includes(type));
  return at === -1 ? undefined : at + 1;
}

function reworded(message: string, known: readonly string[]): string {
  const missing =
    /^Could not resolve "?(.*?)"?$/.exec(message)?.[1] ??
    /^Missing dependency detected: Action ".*?" depends on "(.*)" which does not exist/.exec(message)?.[1];
  if (missing !== undefined) {
    const name = resolvableName(missing);
    const candidates = name.includes(".") ? known : known.map(nameOf);
    return `refers to "${name}", which does not exist${suggestion(name, candidates)}`;
  }
  const ambiguous = /^Ambiguous Action name: ([\s\S]*)\. Did you mean one of: (.*?)\.$/.exec(message);
  if (ambiguous !== null) {
    const [, name = "", meant = ""] = ambiguous;
    const parts = (meant.split(", ")[0] ?? "").split(".").map((part) => `"${part}"`);
    return `"${resolvableName(name)}" can be ${meant.replaceAll(", ", " or ")}; say which, as in ref(${parts.join(", ")})`;
  }
  const type = UNKNOWN_TYPE.exec(message)?.[1];
  if (type !== undefined) return `type "${type}" is not known${suggestion(type, TYPES)}`;
  const duplicate = /^Duplicate (?:action name|canonical target) detected[\s\S]*?"(\{.*\})"/.exec(message)?.[1];
  if (duplicate !== undefined) return `${resolvableName(duplicate)} is defined more than once`;
  return message;
}

/** Core prints a reference as a name or as JSON of its parts. */
function resolvableName(text: string): string {
  try {
    const { schema, name } = JSON.parse(text) as { schema?: string; name?: string };
    return [schema, name].filter((part) => part !== undefined && part !== "").join(".");
  } catch {
    return withoutDatabase(text);
  }
}

function withoutDatabase(name: string): string {
  const parts = name.split(".");
  return parts.length === 3 ? parts.slice(1).join(".") : name;
}

function shortName(target: { readonly schema: string; readonly name: string }): string {
  return `${target.schema}.${target.name}`;
}
